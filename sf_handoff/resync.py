"""Sends again what waits in the outbox, in the calls that the plan gives."""

from __future__ import annotations

import math
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sf_handoff.batches import Batches
from sf_handoff.calls.batch import chunks
from sf_handoff.calls.follow_ups import Kind
from sf_handoff.calls.plan import ONE_BY_ONE, Plan, plan
from sf_handoff.calls.states import Status
from sf_handoff.delivery import Attempt, Delivery, lease
from sf_handoff.errors import HandoffError, Misconfigured, NotKept, Uncertain
from sf_handoff.follow_ups import FollowUps
from sf_handoff.ports import Row, Settlement, Store, Waiting
from sf_handoff.retry import RetryPolicy

# Seconds that what is under way has to end, once the program is told to stop; then its rows are given back.
GRACE = 5.0
_LOOK = 0.2

Send = Callable[[Sequence[str]], list[Attempt]]


class Resync:
    """Safe to run twice at once, on one host or several: a row that another holds is left to it."""

    def __init__(self, store: Store, delivery: Delivery, batches: Batches, follow_ups: FollowUps) -> None:
        self._store, self._delivery, self._batches = store, delivery, batches
        self._follow_ups = follow_ups

    def run(
        self,
        policy: RetryPolicy,
        *,
        states: Sequence[Status] = (Status.DUE,),
        since: datetime | None = None,
        ids: Sequence[str] = (),
        codes: Sequence[str] = (),
        limit: int | None = None,
        in_flight: int = 1,
        stop: Callable[[], bool] = lambda: False,
    ) -> Generator[Row, None, None]:
        """Each row as it was settled. Ends at the first sign that Salesforce is away; the rest stays due.

        Raises Misconfigured, after the rows that are settled, when every further one would fail the same way.
        """
        waiting = self._store.waiting(states=states, since=since, ids=ids, codes=codes)[:limit]
        chosen = plan(len(waiting), in_flight)
        later = frozenset(each.handoff_id for each in waiting if each.kind is not Kind.TAP)
        run = _Run(
            self._store, self._delivery, self._batches, self._follow_ups, policy, states, chosen, stop, later
        )
        alone = policy.insists or not self._batches.know_names
        yield from _all(run.send, _lanes(waiting, chosen, in_flight), in_flight, stop, first_alone=alone)
        run.give_back()


@dataclass
class _Run:
    """One run. `later` are the rows that follow a tap: they are taken once the taps before them are settled.
    `held` are the rows that it has leased and not settled yet."""

    store: Store
    delivery: Delivery
    batches: Batches
    follow_ups: FollowUps
    policy: RetryPolicy
    states: Sequence[Status]
    chosen: Plan
    stop: Callable[[], bool]
    later: frozenset[str]
    held: dict[str, Row] = field(default_factory=dict)

    def send(self, ids: Sequence[str]) -> list[Attempt]:
        if self.stop():
            return []
        if len(ids) > ONE_BY_ONE:
            told = self._sent(self._take([each for each in ids if each not in self.later], self.states))
            if self.stop() or any(attempt.error for attempt in told):
                return told
            return told + self._followed([each for each in ids if each in self.later])
        return self._one_by_one(ids)

    def _one_by_one(self, ids: Sequence[str]) -> list[Attempt]:
        """The next may be of the same episode, and must know what became of the one before.

        One that gets no answer while another one does is counted, and holds up nobody.
        """
        told: list[Attempt] = []
        for each in ids:
            told += self._alone(each, self.states)
            doubtful = [attempt for attempt in told if _in_doubt([attempt])]
            away = any(attempt.error for attempt in told if attempt not in doubtful)
            if self.stop() or away or len(doubtful) > 1:
                return told
        if len(told) < 2 or not _in_doubt(told):
            return told
        suspect = next(attempt for attempt in told if _in_doubt([attempt]))
        again = self._alone(suspect.row.handoff_id, (Status.DUE,), suspect=True)
        others = [attempt for attempt in told if attempt is not suspect]
        return others + [Attempt(each.row, None) if _in_doubt([each]) else each for each in again]

    def _alone(self, handoff_id: str, states: Sequence[Status], *, suspect: bool = False) -> list[Attempt]:
        taken = self._take([handoff_id], states)
        if handoff_id in self.later:
            return self._settled(self.follow_ups.attempt(taken, self.policy, suspect=suspect))
        return self._settled([self.delivery.attempt(row, self.policy, suspect=suspect) for row in taken])

    def _followed(self, ids: Sequence[str]) -> list[Attempt]:
        taken = self._take(ids, self.states)
        return self._settled(self.follow_ups.attempt(taken, self.policy)) if taken else []

    def give_back(self) -> None:
        """Rows whose attempt did not end in time. It may still arrive; the next one finds it by its key."""
        with suppress(NotKept):
            if self.held:
                self.store.settle_all([(row, _as_it_was(row)) for row in self.held.values()])

    def _sent(self, taken: list[Row]) -> list[Attempt]:
        attempts = self._in_one(taken)
        return self._by_tens(attempts) if _in_doubt(attempts) and len(attempts) > 1 else attempts

    def _in_one(self, taken: list[Row]) -> list[Attempt]:
        return self._settled(self.batches.attempt(taken, self.policy, bulk=self.chosen.bulk)) if taken else []

    def _by_tens(self, attempts: list[Attempt]) -> list[Attempt]:
        """Finds the handoff whose request always comes to nothing, so that it does not hold up the others.

        Where two parts fail and none gets through it is Salesforce that is away, and not one of them.
        """
        told = {each.row.handoff_id: each for each in attempts}
        open_ones = [handoff_id for handoff_id, each in told.items() if each.error]
        failed, through = list[list[Attempt]](), False
        for part in chunks(open_ones, -(-len(open_ones) // 10)):
            again = [] if self.stop() else self._in_one(self._take(part, (Status.DUE,)))
            told |= {each.row.handoff_id: each for each in again}
            if _in_doubt(again):
                failed.append(again)
            through = through or any(each.error is None for each in again)
            if (len(failed) > 1 and not through) or any(
                each.error for each in again if not _in_doubt([each])
            ):
                return list(told.values())
        for part_failed in failed if through else ():
            told |= {each.row.handoff_id: each for each in self._narrowed(part_failed)}
        return list(told.values())

    def _narrowed(self, failed: list[Attempt]) -> list[Attempt]:
        if len(failed) > 1:
            return self._by_tens(failed)
        taken = self._take([failed[0].row.handoff_id], (Status.DUE,))
        tried = self._settled([self.delivery.attempt(row, self.policy, suspect=True) for row in taken])
        return [Attempt(each.row, None) if _in_doubt([each]) else each for each in tried]

    def _take(self, ids: Sequence[str], states: Sequence[Status]) -> list[Row]:
        if not ids:
            return []
        taken = self.store.take(
            limit=len(ids), lease=lease(self.policy), ids=ids, states=states, waiting_too=True
        )
        self.held.update({row.handoff_id: row for row in taken})
        return taken

    def _settled(self, attempts: list[Attempt]) -> list[Attempt]:
        for each in attempts:
            self.held.pop(each.row.handoff_id, None)
        return attempts


def _in_doubt(attempts: Sequence[Attempt]) -> bool:
    return any(isinstance(each.error, Uncertain) for each in attempts)


def _as_it_was(row: Row) -> Settlement:
    return Settlement(
        state=Status.DUE,
        code="STOPPED",
        message="The program was stopped while it was sent; it will be sent again, which doubles nothing.",
        case_id=row.case_id if row.case_done else None,
        case_number=row.case_number if row.case_done else None,
        task_id=row.task_id,
        contact_linked=row.contact_linked,
        notes=row.notes,
        retry_in=timedelta(0),
        counted=False,
    )


def _lanes(waiting: Sequence[Waiting], chosen: Plan, in_flight: int) -> list[list[list[str]]]:
    """The chunks, in lanes that may run side by side. An episode stays in its lane, in its order."""
    lanes: dict[int, list[str]] = defaultdict(list)
    for each in waiting:
        lanes[zlib.crc32(each.case_key.encode()) % in_flight].append(each.handoff_id)
    return [list(chunks(ids, chosen.size)) for ids in lanes.values()]


def _all(
    send: Send,
    lanes: list[list[list[str]]],
    in_flight: int,
    stop: Callable[[], bool],
    *,
    first_alone: bool = False,
) -> Iterator[Row]:
    """Runs the lanes side by side, each chunk after the one before it; when told to stop, for GRACE at most.

    With `first_alone` the others wait for the first chunk: it tries for all whether Salesforce is back, or
    learns what all of them need. What breaks in one lane is raised when the others have come to a stop, and
    theirs is told.
    """
    stopped: HandoffError | None = None
    broken: BaseException | None = None
    until = math.inf
    under_way: dict[Future[list[Attempt]], list[list[str]]] = {}
    ready, later = (lanes[:1], lanes[1:]) if first_alone else (lanes, [])
    pool = ThreadPoolExecutor(in_flight, thread_name_prefix="resync")
    try:
        under_way |= {pool.submit(send, lane[0]): lane[1:] for lane in ready}
        while under_way and time.monotonic() < until:
            done, _ = wait(under_way, timeout=_LOOK, return_when=FIRST_COMPLETED)
            for future in done:
                rest, surprise = under_way.pop(future), future.exception()
                for attempt in [] if surprise else future.result():
                    yield attempt.row
                    stopped = stopped or attempt.error
                broken = broken or surprise
                if not stopped and not broken:
                    under_way |= {pool.submit(send, lane[0]): lane[1:] for lane in (rest, *later) if lane}
                    later = []
            until = min(until, time.monotonic() + GRACE) if stop() else until
    finally:
        pool.shutdown(wait=not (under_way and stop()), cancel_futures=True)
    if broken:
        raise broken
    if isinstance(stopped, Misconfigured):
        raise stopped
