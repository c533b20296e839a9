"""The sweep of flow 1's handoffs, every night: what no call came for, what agents have picked, what is over.

outcomes on Cases → counted · Cases without a call → closed · their context → emptied
calls without outcome → listed for the lead

Every write is conditional at its moment, and remembered; a sweep that was ended anywhere is carried on by the
next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from sf_handoff.calls import lookups
from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.calls.follow_ups import Reason
from sf_handoff.calls.states import Status
from sf_handoff.calls.sweep import Finding, Rewrite, State, SweepMap, Unanswered, working_days_after
from sf_handoff.calls.sweep_calls import Rewritten, misfit, picks, read_picks, rewrites, rewritten
from sf_handoff.errors import HandoffError, Misconfigured
from sf_handoff.follow_ups import FollowUps
from sf_handoff.following import Following
from sf_handoff.gate import Gate
from sf_handoff.ports import SALESFORCE, Row, Salesforce, SweepStore
from sf_handoff.retry import ONLINE, OVERNIGHT, Call
from sf_handoff.sender import Sender

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet

# A change may be seen this much later than its time says: it was made in a transaction that took long.
OVERLAP = timedelta(hours=1)
UNCALLED = timedelta(hours=24)  # after a tap's time is over
UNANSWERED = 2  # working days
CONTEXT = timedelta(days=30)
MOST_ROUNDS = 4  # a Case that was changed in each of them is for the next night
# For what is told of a single Case: within the lease that a live call has, and not out of its reserve.
ALONE = replace(ONLINE, reserve=OVERNIGHT.reserve)
_SOME = 1_000  # Cases that are taken from the store at once
COUNTED = ("no_call", "late", "left", "outcomes", "wrong_person", "emptied")
T = TypeVar("T")


@dataclass(frozen=True)
class Swept:
    """What a sweep has done. `listed` is for the lead: calls without outcome. `stopped` is what ended its
    calls to Salesforce early; the rest is done the next time.

    `counts` are of Cases: closed since `no_call` came, found to be `late` or `left` to agents, their
    `outcomes` read, calls that were another person's (`wrong_person`), `emptied` of their context.
    """

    counts: Mapping[str, int]
    listed: tuple[Unanswered, ...]
    findings: tuple[Finding, ...]
    api_calls: int
    stopped: HandoffError | None = None


class Sweep:
    """Safe to run twice, at once too. `context` is how long context stays on a Case that had no call."""

    def __init__(
        self,
        *,
        salesforce: Salesforce,
        store: SweepStore,
        mappings: MappingSet,
        clock: Callable[[], datetime],
        context: timedelta = CONTEXT,
    ) -> None:
        if mappings.sweep is None:
            raise Misconfigured("MAPPINGS: the maps have no `sweep`, and the nightly sweep needs it.")
        self._sender = Sender(salesforce, Gate(store, SALESFORCE))
        self._follow_ups = FollowUps(self._sender, store, mappings, clock)
        self._store, self._maps, self._map = store, mappings, mappings.sweep
        self._clock, self._context = clock, context

    def run(self, now: datetime) -> Swept:
        """Sweeps as of `now`. What ends it early is in the result. Raises NotKept where the store does not
        answer in the end."""
        run = _Run(self._sender, self._follow_ups, self._store, self._maps, self._map)
        stopped: HandoffError | None = None
        try:
            run.read_outcomes(self._clock)
            run.close(now - UNCALLED)
            run.empty(now - self._context)
        except HandoffError as error:
            stopped = error
        self._store.forget_swept()
        return Swept(
            counts=MappingProxyType({name: run.counts[name] for name in COUNTED}),
            listed=tuple(self._listed(now)),
            findings=tuple(Finding(key, code) for key, code in sorted(run.findings.items())),
            api_calls=run.calls,
            stopped=stopped,
        )

    def _listed(self, now: datetime) -> Iterator[Unanswered]:
        for each in self._store.unanswered(now - timedelta(days=UNANSWERED)):
            if working_days_after(each.since, UNANSWERED) <= now:
                yield each


@dataclass
class _Run:
    """One sweep, and what has come of it so far."""

    sender: Sender
    follow_ups: FollowUps
    store: SweepStore
    maps: MappingSet
    map: SweepMap
    counts: Counter[str] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)
    calls: int = 0

    # Outcomes

    def read_outcomes(self, clock: Callable[[], datetime]) -> None:
        """Reads what agents have picked since the last sweep: a call for each 2,000 Cases that were changed.

        How far it has come is remembered by the org's own clock, and only once all of it is kept.
        """
        following = Following(self.store, self.maps, clock, self._send, None)
        since, latest, waits = self.store.picked_until(), list[datetime](), False
        after: str | None = ""
        while after is not None:
            request = picks(self.maps.case, self.map, since and since - OVERLAP, after)
            found, more = self._asked(request, partial(read_picks, self.maps.case, self.map))
            kept = self.store.keep_picks(found)
            self.counts["outcomes"] += kept.new
            self.findings |= dict.fromkeys(kept.unknown, "UNKNOWN_OUTCOME")
            for tap in kept.wrong:
                following.outcome(tap, Reason.WRONG_PERSON, None)
            waits = waits or kept.waits
            latest += [each.changed_at for each in found]
            after = found[-1].case_id if more else None
        if latest and not waits:
            self.store.read_picks_until(max(latest))

    def _send(self, row: Row) -> Row:
        """Sends what was told now; where that fails it is in the outbox, and listed as what it is."""
        self.counts["wrong_person"] += row.fresh
        if not row.fresh or row.state is not Status.DUE:
            return row
        sent = self.follow_ups.attempt([row], ALONE)[0].row
        self.calls += sent.api_calls
        return sent

    # Cases that no call came for

    def close(self, before: datetime) -> None:
        """Closes the Cases all of whose taps were over `before`; those that agents have are left to them."""
        after = ""
        while found := self.store.uncalled(before, after=after, limit=_SOME):
            after = found[-1].case_key
            todo = [each.case_key for each in found if not each.seems_late]
            todo += self._sorted_out([each.case_key for each in found if each.seems_late])
            for _ in range(MOST_ROUNDS):
                wrote = self._rewritten(todo, self.map.no_call, partial(self._found, State.NO_CALL))
                todo = [*wrote.again, *self._sorted_out(wrote.unfit)]

    def _sorted_out(self, keys: Sequence[str]) -> list[str]:
        """Those of the Cases that may be closed after all; what the others are is remembered."""
        conditions = (self.map.no_call.when, self.map.was_no_call, self.map.was_late)
        found: dict[str, set[str]] = {when: set() for when in conditions}
        for request, whens in lookups.by_key_when(keys, self.maps.case, conditions):
            parts = self._asked(request, lambda parts: [lookups.rows_of([each]) for each in parts])
            for when, records in zip(whens, parts, strict=True):
                found[when] |= {str(each[self.maps.case.key]) for each in records}
        open_ones, closed, late = (found[when] & set(keys) for when in conditions)
        self._found(State.NO_CALL, closed)
        self._found(State.LATE, late)
        self._found(State.LEFT, set(keys) - open_ones - closed - late)
        return sorted(open_ones)

    def _found(self, state: State, keys: Collection[str]) -> None:
        if keys:
            self.store.swept(sorted(keys), state)
            self._count(state, keys)

    # Context

    def empty(self, before: datetime) -> None:
        """Takes context off the Cases without a call whose last tap was `before`. Once each: one that has
        become another's is left."""
        after = ""
        while todo := self.store.outdated(before, after=after, limit=_SOME):
            after = todo[-1]
            for _ in range(MOST_ROUNDS):
                wrote = self._rewritten(todo, self.map.emptied, self._emptied)
                self._found(State.LEFT, wrote.unfit)
                todo = wrote.again

    def _emptied(self, keys: Sequence[str]) -> None:
        if keys:
            self.store.emptied(keys)
            self._count("emptied", keys)

    def _count(self, what: str, keys: Collection[str]) -> None:
        """One that was refused at first, and is done now, needs nobody."""
        self.counts[what] += len(keys)
        for key in keys:
            self.findings.pop(key, None)

    # Calls

    def _rewritten(
        self, keys: Sequence[str], rewrite: Rewrite, done: Callable[[Sequence[str]], None]
    ) -> Rewritten:
        """Changes these Cases; `done` is told after each call which are. Those refused become findings."""
        case_map, whole = self.maps.case, Rewritten()
        for group, request in rewrites(keys, case_map, rewrite):
            wrote = self._asked(request, partial(rewritten, group, self.maps.case))
            if problem := misfit(wrote):
                raise problem
            done(wrote.done)
            self.findings |= {key: refused.code for key, refused in wrote.refused.items()}
            whole.again.extend(wrote.again)
            whole.unfit.extend(wrote.unfit)
        return whole

    def _asked(self, request: CompositeRequest, read: Callable[[tuple[Part, ...]], T]) -> T:
        call = Call(OVERNIGHT)
        try:
            return self.sender.composite(request, call, read)
        finally:
            self.calls += call.requests
