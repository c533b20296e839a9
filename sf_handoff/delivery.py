"""Sends kept handoffs one by one, and settles each in the store by what Salesforce answered."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sf_handoff.calls.composite import Part, Todo, compose, read
from sf_handoff.calls.handoff import Handoff, SignIn
from sf_handoff.calls.settle import Progress, advance, misfit
from sf_handoff.calls.states import Linked
from sf_handoff.calls.tap import Tap
from sf_handoff.errors import HandoffError, NotKept, Rejected
from sf_handoff.mapping import MappingSet
from sf_handoff.ports import Row, Store
from sf_handoff.retry import LOCK_WAIT, Call, RetryPolicy
from sf_handoff.sender import Sender, by_the_maps
from sf_handoff.settlement import not_noted, settlement

# The call itself; and once more each for: the person's link left out, a Case that agents are done with, a
# queue made anew, and a Case that another tap made first. What is locked is tried again beside these.
MOST_CALLS = 5


def lease(policy: RetryPolicy) -> timedelta:
    """How long a row is held for one attempt. A worker that dies gives its rows back after it."""
    return timedelta(seconds=max(15.0, policy.total + 5.0))


def lease_lost() -> NotKept:
    """Another worker has what this one was at work on: it must write no more of it."""
    return NotKept("It took too long, and another worker has taken it over.", code="LEASE_LOST")


@dataclass(frozen=True)
class Attempt:
    """A settled row, and the error of the call as a whole if it did not go through."""

    row: Row
    error: HandoffError | None


def begun(row: Row, mappings: MappingSet, now: datetime, link: Linked | None = None) -> Progress:
    """What is to be written, from what the store knows of the row and its episode.

    A later tap joins the episode's Case and brings it up to date. An earlier one, and one whose time is
    over, adds its Task only.
    """
    tap = tap_of(row, mappings, now, link)
    if row.case_id is None:
        case = Todo.MAKE
    else:
        case = Todo.DONE if row.case_done or not row.newest or tap.late else Todo.JOIN
    task = Todo.DONE if row.task_id else Todo.MAKE
    return Progress(tap, case, task, row.case_id, row.case_number, row.task_id)


def try_to_begin(row: Row, mappings: MappingSet, now: datetime) -> tuple[Progress, HandoffError | None]:
    """`begun`; where the map of people fails on this row, as for nobody known, and with its failure."""
    try:
        return begun(row, mappings, now), None
    except Rejected as error:
        return begun(row, mappings, now, Linked.NONE), error


def tap_of(row: Row, mappings: MappingSet, now: datetime, link: Linked | None) -> Tap:
    handoff = Handoff.from_kept(row.payload)
    person = handoff.veteran if link in (None, Linked.LINKED) else None
    key = by_the_maps(lambda: mappings.person.identifier(person)) if person else None
    return Tap(
        handoff=handoff,
        handoff_id=row.handoff_id,
        case_key=row.case_key,
        ramp=mappings.ramps.ramp(handoff.screen),
        taps=row.taps,
        late=now > row.expires_at and not row.called,
        person_key=key,
        link=link or (Linked.LINKED if key else Linked.NONE),
    )


def emptied(row: Row, mappings: MappingSet) -> Tap:
    """The tap without a word of what it held."""
    handoff = Handoff.model_construct(
        schema_="handoff/1",
        occurred_at=row.occurred_at,
        sign_in=SignIn.model_construct(loa=1),
        screen="",
        dialed="",
    )
    return Tap(
        handoff=handoff,
        handoff_id=row.handoff_id,
        case_key=row.case_key,
        ramp=mappings.ramps.unlisted,
        taps=row.taps,
        late=False,
        person_key=None,
        link=Linked.NONE,
    )


class Pauses:
    """The waits before what was locked is tried again, as many as the policy has, within its time."""

    def __init__(self, policy: RetryPolicy, sleep: Callable[[float], None]) -> None:
        self._left, self._sleep = policy.locked, sleep
        self._until = time.monotonic() + policy.total

    def one_more(self) -> bool:
        """Waits, and says whether to try again."""
        wait = random.uniform(*LOCK_WAIT)
        if not self._left or time.monotonic() + wait > self._until:
            return False
        self._left -= 1
        self._sleep(wait)
        return True


class Delivery:
    """Turns a row into calls to Salesforce. Safe to share between threads."""

    def __init__(
        self,
        sender: Sender,
        store: Store,
        mappings: MappingSet,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._sender, self._store, self._mappings = sender, store, mappings
        self._clock, self._sleep = clock, sleep

    def attempt(self, row: Row, policy: RetryPolicy, *, suspect: bool = False) -> Attempt:
        """One attempt for a row that the caller has leased. One without an answer counts for a `suspect`."""
        call, notes, pauses = Call(policy), tuple[str, ...](), Pauses(policy, self._sleep)
        progress, error = try_to_begin(row, self._mappings, self._clock())
        calls = 0
        try:
            while calls < MOST_CALLS and error is None:
                if progress.over:
                    row = self._store.new_episode(row)
                    progress = begun(row, self._mappings, self._clock(), progress.tap.link)
                if not progress.next_call_helps and not (progress.locked and pauses.one_more()):
                    break
                if call.requests and not self._store.beat([row], lease(policy)):
                    raise lease_lost()
                calls += not progress.locked
                progress, notes = self._call(progress, call)
        except HandoffError as failure:
            error = failure
        settled = settlement(row, progress, error, notes, call.requests, suspect=suspect)
        try:
            noted = self._store.settle(row, settled)
        except NotKept:
            noted = not_noted(row, settled)
        return Attempt(noted, None if noted.settled_at else error)

    def _call(self, progress: Progress, call: Call) -> tuple[Progress, tuple[str, ...]]:
        """One call, and what the maps noted on the way."""
        known, maps = self._sender.names, self._mappings
        request = by_the_maps(
            lambda: compose(
                progress.tap,
                maps.case,
                maps.task,
                case=progress.case,
                task=progress.task,
                case_id=progress.case_id,
                names=known,
            )
        )
        after = self._sender.composite(request, call, lambda parts: self._read(progress, parts), misfit)
        if known and after.refusal and after.refusal.code == "INVALID_CROSS_REFERENCE_KEY":
            # A queue or record type may have been made anew under the same name: look them up again.
            self._sender.forget_names()
            after = replace(after, refusal=None)
        return after, request.notes

    def _read(self, progress: Progress, parts: tuple[Part, ...]) -> Progress:
        answer = read(parts, self._mappings.case)
        self._sender.learn(answer.names)
        return advance(progress, answer, parts)
