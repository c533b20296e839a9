"""Sends what followed a tap: one call for one of them, three for a thousand calls and outcomes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sf_handoff.calls.batch import Draft
from sf_handoff.calls.changes import After
from sf_handoff.calls.composite import Written
from sf_handoff.calls.follow_ups import Callback, Called, Event, Outcome, Reason, read_event
from sf_handoff.calls.settle import LINK
from sf_handoff.calls.states import Status
from sf_handoff.calls.steps import Reached, Step, compose, compose_task, read, read_task, steps
from sf_handoff.delivery import Attempt, lease, lease_lost, tap_of
from sf_handoff.desk import Desk
from sf_handoff.errors import HandoffError, NotKept, Rejected
from sf_handoff.mapping import Body, MappingSet
from sf_handoff.ports import Row, Settlement, Store
from sf_handoff.retry import Call, RetryPolicy
from sf_handoff.sender import Sender, by_the_maps
from sf_handoff.settlement import follow_up_settlement, not_noted, not_yet

AS_AGENTS_HAVE_IT = "what agents have set on the Case stays"
INCIDENT = (
    "Privacy incident: the call was matched to the wrong person. The match is undone, the code is spent, and "
    "person and context are off the Case. Report it as your rules say."
)


NOT_SENT = Reached()


@dataclass
class _Sent:
    """A follow-up on its way."""

    row: Row
    after: After[Event]
    todo: tuple[Step, ...]
    reached: Reached = NOT_SENT
    error: HandoffError | None = None
    notes: tuple[str, ...] = ()
    calls: int = 0


class FollowUps:
    """Brings what followed taps to their Cases. Safe to share between threads."""

    def __init__(
        self, sender: Sender, store: Store, mappings: MappingSet, clock: Callable[[], datetime]
    ) -> None:
        self._sender, self._store, self._mappings, self._clock = sender, store, mappings, clock

    def attempt(self, rows: Sequence[Row], policy: RetryPolicy) -> list[Attempt]:
        """One attempt for rows that the caller has leased; what came before its tap is given back."""
        taps = {tap.handoff_id: tap for tap in self._store.rows(ids=[row.parent or "" for row in rows])}
        settled: list[tuple[Row, Settlement, HandoffError | None]] = []
        ready: list[_Sent] = []
        for row in rows:
            tap = taps.get(row.parent or "")
            early = _too_early(row, tap)
            if early or tap is None:
                settled.append((row, early or _tap_gone(row), None))
            else:
                ready.append(self._begun(row, tap))
        for sent in self._sent(ready, policy):
            settled.append((sent.row, _settlement(sent), sent.error))
        return self._noted(settled)

    def _begun(self, row: Row, tap: Row) -> _Sent:
        event, maps = read_event(row.payload), self._mappings
        after = After(tap_of(tap, maps, self._clock(), tap.contact_linked), event, row.handoff_id)
        sent = _Sent(row, after, ())
        try:
            sent.todo = by_the_maps(lambda: steps(after, maps, tap.task_ids))
        except HandoffError as error:
            sent.error = error
        return sent

    def _sent(self, ready: list[_Sent], policy: RetryPolicy) -> list[_Sent]:
        many = [each for each in ready if each.error is None and _only_case(each.after.event)]
        if len(many) > 2:
            self._send_many(many, policy)
        for each in ready:
            if each.error is None and not (len(many) > 2 and each in many):
                self._send_one(each, policy)
        return ready

    def _send_one(self, sent: _Sent, policy: RetryPolicy) -> None:
        call, event = Call(policy), sent.after.event
        try:
            if sent.todo:
                self._change(sent, call)
            if isinstance(event, Callback) and (sent.reached.unfit or not sent.todo):
                self._make_task(sent, sent.after.of(event), call)
        except HandoffError as error:
            sent.error = error
        sent.calls = call.requests

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

    def _noted(self, settled: list[tuple[Row, Settlement, HandoffError | None]]) -> list[Attempt]:
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


def _only_case(event: Event) -> bool:
    """Whether it changes nothing but fields of its Case."""
    return isinstance(event, Called) or (
        isinstance(event, Outcome) and event.reason is not Reason.WRONG_PERSON
    )


def _too_early(row: Row, tap: Row | None) -> Settlement | None:
    """What stands in the way as long as the tap itself is not in Salesforce."""
    if tap is None or not row.payload:
        return _tap_gone(row)
    if tap.state is Status.KEPT:
        return not_yet(row, Status.KEPT, tap.code, tap.message)
    if not tap.payload:
        return _tap_gone(row)
    if tap.case_id:
        return None
    if tap.state is Status.PARKED:
        words = "The handoff that it belongs to is parked. Send that one again first."
        return not_yet(row, Status.PARKED, "TAP_PARKED", words)
    return not_yet(row, Status.DUE, "TAP_DUE", "The handoff that it belongs to is not sent yet.")


def _tap_gone(row: Row) -> Settlement:
    words = "What the store held of the handoff that it belongs to was emptied or cannot be read."
    return not_yet(row, Status.PARKED, "TAP_GONE", words)


def _settlement(sent: _Sent) -> Settlement:
    """A Case that is not there any more is nothing that waiting mends."""
    error, notes, event = sent.error, sent.notes, sent.after.event
    if sent.reached.gone and error is None:
        error = Rejected("Its Case is not in the org any more, or not visible to us.", code="NO_CASE")
    if sent.reached.unfit and not isinstance(event, Callback):
        notes = (*notes, AS_AGENTS_HAVE_IT)
    settled = follow_up_settlement(sent.row, sent.reached, error, notes, sent.calls)
    wrong = isinstance(event, Outcome) and event.reason is Reason.WRONG_PERSON
    if wrong and settled.state is Status.DELIVERED:
        return replace(settled, code="WRONG_PERSON", message=INCIDENT)
    return settled
