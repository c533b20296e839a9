"""Sends what followed a tap: one call for one of them, three for a thousand calls and outcomes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from sf_handoff.calls.batch import Draft
from sf_handoff.calls.changes import After
from sf_handoff.calls.composite import Written
from sf_handoff.calls.follow_ups import (
    INCIDENT,
    UNDONE,
    WRONG_PERSON,
    Callback,
    Called,
    Event,
    Outcome,
    is_wrong_person,
    read_event,
)
from sf_handoff.calls.follow_ups import NOT_SENT as TOO_LATE
from sf_handoff.calls.settle import LINK
from sf_handoff.calls.states import Status
from sf_handoff.calls.steps import Reached, Step, compose, compose_task, read, read_task, steps
from sf_handoff.calls.tap import Tap
from sf_handoff.delivery import Attempt, emptied, lease, lease_lost, tap_of
from sf_handoff.desk import Desk
from sf_handoff.errors import HandoffError, NotKept, Rejected, Uncertain
from sf_handoff.mapping import Body, MappingSet
from sf_handoff.ports import Row, Settlement, Store
from sf_handoff.retry import Call, RetryPolicy
from sf_handoff.sender import Sender, by_the_maps
from sf_handoff.settlement import follow_up_settlement, not_noted, not_yet

AS_AGENTS_HAVE_IT = "what agents have set on the Case stays"
NOT_SENT = Reached()
MOST_ALONE = 2  # so many go each in a call of its own: a batch costs two
Settled: TypeAlias = tuple[Row, Settlement, HandoffError | None]


@dataclass(eq=False)
class _Sent:
    """A follow-up on its way."""

    row: Row
    after: After[Event]
    todo: tuple[Step, ...]
    reached: Reached = NOT_SENT
    error: HandoffError | None = None
    notes: tuple[str, ...] = ()
    calls: int = 0
    suspect: bool = False

    @property
    def case_key(self) -> str:
        return self.after.tap.case_key

    @property
    def in_doubt(self) -> bool:
        return isinstance(self.error, Uncertain)


class FollowUps:
    """Brings what followed taps to their Cases. Safe to share between threads."""

    def __init__(
        self, sender: Sender, store: Store, mappings: MappingSet, clock: Callable[[], datetime]
    ) -> None:
        self._sender, self._store, self._mappings, self._clock = sender, store, mappings, clock

    def attempt(self, rows: Sequence[Row], policy: RetryPolicy, *, suspect: bool = False) -> list[Attempt]:
        """One attempt for rows that the caller has leased; what came before its tap is given back. One
        without an answer counts for a `suspect`."""
        if not rows:
            return []
        taps = {tap.handoff_id: tap for tap in self._store.rows(ids=[row.parent or "" for row in rows])}
        behind = self._store.held_back([row.handoff_id for row in rows])
        settled: list[Settled] = []
        ready: list[_Sent] = []
        for row in rows:
            begun = self._begun(row, taps.get(row.parent or ""), held_back=row.handoff_id in behind)
            if isinstance(begun, _Sent):
                ready.append(begun)
            else:
                settled.append(begun)
        for sent in self._sent(ready, policy):
            sent.suspect = sent.suspect or suspect
            settled.append((sent.row, _settlement(sent), sent.error))
        return self._noted(settled)

    def _begun(self, row: Row, tap: Row | None, *, held_back: bool) -> _Sent | Settled:
        """The changes that it asks for; or what becomes of it without any."""
        try:
            event = by_the_maps(lambda: read_event(row.payload))
            early = _too_early(row, event, tap, held_back=held_back)
            if early or tap is None:
                return row, early or _tap_gone(row), None
            after = After(by_the_maps(lambda: self._tap(tap, event)), event, row.handoff_id)
            todo = by_the_maps(lambda: steps(after, self._mappings, tap.task_ids, tap.callback_task_ids))
        except HandoffError as error:
            return row, follow_up_settlement(row, NOT_SENT, error, (), 0), error
        return _Sent(row, after, todo)

    def _tap(self, row: Row, event: Event) -> Tap:
        """What was emptied since says nothing, but the wrong person's Case is cleared all the same."""
        if is_wrong_person(event):
            return emptied(row, self._mappings)
        return tap_of(row, self._mappings, self._clock(), row.contact_linked)

    def _sent(self, ready: list[_Sent], policy: RetryPolicy) -> list[_Sent]:
        """Many in a few calls where nothing depends on their order, the others one by one."""
        many = _unordered(ready)
        alone = [each for each in ready if each not in many] if len(many) > MOST_ALONE else ready
        if alone is not ready:
            self._send_many(many, policy)
            if any(each.in_doubt for each in many):
                alone = [each for each in ready if each.in_doubt or each in alone]
        self._one_by_one(alone, policy)
        return ready

    def _one_by_one(self, alone: Sequence[_Sent], policy: RetryPolicy) -> None:
        """In their order. An error ends it, but for one request that came to nothing: the next one shows
        whether Salesforce is away, or whether that one alone gets no answer, and is to be counted."""
        doubtful: list[_Sent] = []
        stuck: HandoffError | None = None
        for each in alone:
            if stuck is None:
                self._send_one(each, policy)
                doubtful += [each] if each.in_doubt else []
                away = each.error is not None and not isinstance(each.error, Uncertain | Rejected)
                stuck = each.error if away or len(doubtful) > 1 else None
            elif not each.reached.delivered:
                each.error = stuck
        if len(doubtful) == 1 and any(each.error is None for each in alone):
            self._send_one(doubtful[0], policy)
            doubtful[0].suspect = doubtful[0].in_doubt

    def _send_one(self, sent: _Sent, policy: RetryPolicy) -> None:
        call, event = Call(policy), sent.after.event
        sent.reached, sent.error, sent.notes = NOT_SENT, None, ()
        try:
            if sent.todo:
                self._change(sent, call)
            if isinstance(event, Callback) and (sent.reached.unfit or not sent.todo):
                self._make_task(sent, sent.after.of(event), call)
        except HandoffError as error:
            sent.error = error
        sent.calls += call.requests

    def _change(self, sent: _Sent, call: Call) -> None:
        request = compose(sent.after, self._mappings, sent.todo)
        sent.reached = self._sender.composite(request, call, lambda parts: read(parts, sent.todo))
        sent.notes = request.notes

    def _make_task(self, sent: _Sent, after: After[Callback], call: Call) -> None:
        """Makes the Task of a callback; without the person's link where that is what was refused."""
        sent.reached = NOT_SENT
        for _ in range(2):
            if call.requests and not self._store.beat([sent.row], lease(call.policy)):
                raise lease_lost()
            request = by_the_maps(lambda: compose_task(after, self._mappings, self._sender.names))  # noqa: B023
            sent.reached = self._sender.composite(request, call, self._read_task)
            sent.notes = (*sent.notes, *request.notes)
            refused = sent.reached.refusal
            if refused is None or refused.verdict not in LINK:
                break
            after = replace(after, tap=after.tap.unlinked(LINK[refused.verdict]))

    def _read_task(self, parts: Any) -> Reached:
        reached, names = read_task(parts)
        self._sender.learn(names)
        return reached

    # Many at once

    def _send_many(self, many: list[_Sent], policy: RetryPolicy) -> None:
        desk = Desk(
            self._sender, self._store, self._mappings, policy, [each.row for each in many], bulk=False
        )
        try:
            self._write_many(many, desk)
        except HandoffError as error:
            for each in many:
                each.error = error if not each.reached.delivered else None
        many[0].calls = desk.calls

    def _write_many(self, many: list[_Sent], desk: Desk) -> None:
        """Finds the Cases, and which of them still are as a condition wants them; then changes each once."""
        case_map, keys = self._mappings.case, sorted({each.after.tap.case_key for each in many})
        conditions = sorted({step.when for each in many for step in each.todo} | {""})
        fitting = desk.fitting(keys, case_map, conditions)
        there = fitting[""]
        bodies: dict[str, dict[str, Any]] = defaultdict(dict)
        for each in many:
            for step in each.todo:
                if step.keys[0] in fitting[step.when]:
                    bodies[step.keys[0]] |= step.body.values
        drafts = [
            Draft(key, Body(values, (), ()), "", there[key].record_id)
            for key, values in bodies.items()
            if values
        ]
        wrote = desk.written(drafts, case_map)
        for each in many:
            _tell(each, there, fitting, wrote)

    def _noted(self, settled: list[Settled]) -> list[Attempt]:
        pairs = [(row, settlement) for row, settlement, _ in settled]
        try:
            rows = self._store.settle_all(pairs)
        except NotKept:
            rows = [not_noted(*pair) for pair in pairs]
        return [
            Attempt(row, None if row.settled_at else error)
            for row, (_, _, error) in zip(rows, settled, strict=True)
        ]


def _tell(
    each: _Sent, there: dict[str, Written], fitting: dict[str, dict[str, Written]], wrote: dict[str, Written]
) -> None:
    key = each.after.tap.case_key
    found = there.get(key)
    if found is None or found.record_id is None:
        each.reached = Reached(gone=found is None, refusal=found.refusal if found else None, record="Case")
        return
    unfit = any(key not in fitting[step.when] for step in each.todo)
    refused = wrote[key].refusal if key in wrote else None
    each.reached = Reached(found.record_id, unfit=unfit, refusal=refused, record="Case")
    each.notes = tuple(note for step in each.todo for note in step.body.notes)


def _unordered(ready: Sequence[_Sent]) -> list[_Sent]:
    """Those that change nothing but fields of their Case, and that it does not matter which comes first."""
    outcomes = Counter(each.case_key for each in ready if isinstance(each.after.event, Outcome))
    wrong = {each.case_key for each in ready if is_wrong_person(each.after.event)}
    return [
        each
        for each in ready
        if isinstance(each.after.event, Called | Outcome)
        and outcomes[each.case_key] < 2
        and each.case_key not in wrong
    ]


def _too_early(row: Row, event: Event, tap: Row | None, *, held_back: bool) -> Settlement | None:
    """What stands in the way as long as the tap itself is not in Salesforce, or an earlier one is not."""
    if tap is None:
        return _tap_gone(row)
    if is_wrong_person(event):
        if tap.state is Status.DUE and tap.token is not None:
            return not_yet(row, Status.DUE, "TAP_DUE", _TAP_DUE)
        # A Case that an earlier tap had made, and that this one never came to, is none of this call's.
        made = tap.case_done or tap.case_key == tap.handoff_id
        return None if made else not_yet(row, Status.DELIVERED, WRONG_PERSON, INCIDENT)
    if tap.undone and not isinstance(event, Outcome):
        return not_yet(row, Status.KEPT, UNDONE, TOO_LATE)
    if held_back:
        return not_yet(row, Status.DUE, "EARLIER_DUE", "What was told before it is not sent yet.")
    if tap.case_done and tap.payload:
        return None
    if tap.state is Status.KEPT:
        return not_yet(row, Status.KEPT, tap.code, tap.message)
    if not tap.payload:
        return _tap_gone(row)
    if tap.state is Status.PARKED:
        words = "The handoff that it belongs to is parked. Send that one again first."
        return not_yet(row, Status.PARKED, "TAP_PARKED", words)
    return not_yet(row, Status.DUE, "TAP_DUE", _TAP_DUE)


_TAP_DUE = "The handoff that it belongs to is not sent yet."


def _tap_gone(row: Row) -> Settlement:
    words = "What the store held of the handoff that it belongs to was emptied or cannot be read."
    return not_yet(row, Status.PARKED, "TAP_GONE", words)


def _settlement(sent: _Sent) -> Settlement:
    """A Case that is not there any more is nothing that waiting mends."""
    if is_wrong_person(sent.after.event):
        return _cleared(sent)
    error, notes = sent.error, sent.notes
    if sent.reached.gone and error is None:
        error = Rejected("Its Case is not in the org any more, or not visible to us.", code="NO_CASE")
    if sent.reached.unfit and not isinstance(sent.after.event, Callback):
        notes = (*notes, AS_AGENTS_HAVE_IT)
    return follow_up_settlement(sent.row, sent.reached, error, notes, sent.calls, suspect=sent.suspect)


def _cleared(sent: _Sent) -> Settlement:
    """The wrong person's: listed as an incident whatever became of it. Where no Case is, all is clear."""
    if sent.reached.gone and sent.error is None:
        return Settlement(Status.DELIVERED, WRONG_PERSON, INCIDENT, api_calls=sent.calls)
    settled = follow_up_settlement(
        sent.row, sent.reached, sent.error, sent.notes, sent.calls, suspect=sent.suspect
    )
    if settled.state is Status.DELIVERED:
        return replace(settled, code=WRONG_PERSON, message=INCIDENT)
    undone_yet = f"{INCIDENT} Not all of it is done yet. {settled.code}: {settled.message}"
    return replace(settled, code=WRONG_PERSON, message=undone_yet)
