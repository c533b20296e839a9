"""What follows a tap, as one Composite call: its Case is found by key, and changed where a condition holds.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm

A change refers to the query before it; where that finds nothing the change is halted, and nothing is written.
Sending the same call again changes the same fields to the same values, and makes no second Task.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote

from sf_handoff.calls.changes import After
from sf_handoff.calls.composite import (
    NO_ASSIGNMENT,
    CompositeRequest,
    Part,
    Refusal,
    Subrequest,
    Written,
    first_id,
    linked,
    lookup,
    lookup_key,
    made,
    named,
    one_write,
    refusal,
    was_made,
)
from sf_handoff.calls.follow_ups import Callback, CallbackTried, Event, Outcome, Reason
from sf_handoff.mapping import Body, MappingSet
from sf_handoff.retry import Verdict

_GONE = frozenset({"NOT_FOUND", "ENTITY_IS_DELETED"})


@dataclass(frozen=True)
class Step:
    """One change of a record that is there: with one of `keys` where `when` holds, or of `record_id`."""

    sobject: str
    key: str
    keys: tuple[str, ...]
    body: Body
    when: str = ""
    record_id: str | None = None
    is_task: bool = False


@dataclass(frozen=True)
class Reached:
    """How far a call has brought a follow-up. `gone`: its Case is not in the org. `unfit`: a condition did
    not hold, and what agents have set stays, or no open Task was there."""

    case_id: str | None = None
    task_id: str | None = None
    gone: bool = False
    unfit: bool = False
    refusal: Refusal | None = None
    record: str = ""

    @property
    def delivered(self) -> bool:
        return self.case_id is not None and self.refusal is None


def steps(
    after: After[Event], maps: MappingSet, task_ids: Sequence[str], callback_task_ids: Sequence[str] = ()
) -> tuple[Step, ...]:
    """The changes that this event asks for. `task_ids` are the Tasks of the tap's episode,
    `callback_task_ids` those of the callbacks that followed the tap."""
    return tuple(_steps(after, maps, task_ids, callback_task_ids))


def _steps(
    after: After[Event], maps: MappingSet, task_ids: Sequence[str], callback_task_ids: Sequence[str]
) -> Iterator[Step]:
    event, follow_ups, case = after.event, maps.follow_ups, maps.case
    for change in follow_ups.on_case(event):
        yield Step(case.sobject, case.key, (after.tap.case_key,), change.body(after), change.when(event))
    task = partial(Step, follow_ups.callback.sobject, follow_ups.callback.key, is_task=True)
    if isinstance(event, Outcome) and event.reason is Reason.WRONG_PERSON:
        body = follow_ups.wrong_person_tasks.body(after.of(event))
        yield from (task((), body, record_id=each) for each in task_ids)
        body = follow_ups.wrong_person_callbacks.body(after.of(event))
        yield from (task((), body, record_id=each) for each in callback_task_ids)
    if isinstance(event, Callback) and event.earlier:
        yield task(event.earlier, follow_ups.callback_again.body(after.of(event)), follow_ups.open_task)
    if isinstance(event, CallbackTried):
        yield task(event.callbacks, follow_ups.callback_tried.body(after.of(event)), follow_ups.open_task)


def compose(after: After[Event], maps: MappingSet, todo: Sequence[Step]) -> CompositeRequest:
    """The call that does `todo`."""
    parts = [_there(after, maps)]
    for number, step in enumerate(todo):
        record_id = step.record_id or "@{there.records[0].Id}"
        if step.when:
            parts.append(_find(f"find_{number}", step.sobject, step.key, step.keys, step.when))
            record_id = f"@{{find_{number}.records[0].Id}}"
        path = f"sobjects/{step.sobject}/{record_id}"
        headers = NO_ASSIGNMENT if step.sobject == maps.case.sobject else {}
        parts.append(Subrequest(f"change_{number}", "PATCH", path, step.body.values, headers))
    return CompositeRequest(tuple(parts), tuple(note for step in todo for note in step.body.notes))


def compose_task(after: After[Callback], maps: MappingSet, names: Mapping[str, str]) -> CompositeRequest:
    """The call that makes the Task of a callback; `names` holds Ids of queues found before."""
    task = maps.follow_ups.callback
    body = task.body(after, creating=True)
    parts = [_there(after, maps)]
    parts += [lookup(name, body) for name in body.names if lookup_key(name, body) not in names]
    values = linked(body, task, "@{there.records[0].Id}")
    known = named(Body(values, body.names, ()), names)
    return CompositeRequest((*parts, *made("callback", task, after.follow_up_id, known, {})), body.notes)


def read(parts: Sequence[Part], todo: Sequence[Step]) -> Reached:
    """What the answer says. A change that was halted because its record did not fit is nothing wrong."""
    by_id = {part.reference_id: part for part in parts}
    there = by_id["there"]
    if not there.ok:
        return Reached(refusal=refusal(there), record="look-up")
    case_id = first_id(there)
    if case_id is None:
        return Reached(gone=True)
    found = Reached(case_id)
    for number, step in enumerate(todo):
        wrote = _one(step, by_id.get(f"find_{number}"), by_id[f"change_{number}"])
        if wrote is None:
            found = replace(found, unfit=True)
        elif wrote.refusal:
            return replace(found, refusal=wrote.refusal, record=step.sobject)
        else:
            found = replace(found, task_id=wrote.record_id or found.task_id)
    return found


def read_task(parts: Sequence[Part]) -> tuple[Reached, dict[str, str | None]]:
    """What became of a callback's Task, and the Ids of the names that were looked up."""
    by_id = {part.reference_id: part for part in parts}
    found, wrote = read([by_id["there"]], ()), was_made("callback", by_id)
    names = {ref: first_id(part) for ref, part in by_id.items() if ref.startswith("name_") and part.ok}
    if found.case_id is None or wrote is None:
        return found, names
    missing = wrote.refusal is not None and None in names.values()
    refused = Refusal(Verdict.SETUP, "NAME_NOT_FOUND", ()) if missing else wrote.refusal
    return replace(found, task_id=wrote.record_id, refusal=refused, record="Task"), names


def _one(step: Step, find: Part | None, change: Part) -> Written | None:
    """What became of one change; None where no record fitted. A Task that is gone needs no change."""
    if find is not None and not find.ok:
        return Written(refusal=refusal(find))
    record_id = first_id(find) if find is not None else None
    if find is not None and record_id is None:
        return None
    wrote = one_write(change)
    if wrote.refusal and step.record_id and wrote.refusal.code in _GONE:
        return Written()
    return wrote if wrote.refusal or not step.is_task else Written(record_id or step.record_id)


def _there(after: After[Event], maps: MappingSet) -> Subrequest:
    return _find("there", maps.case.sobject, maps.case.key, (after.tap.case_key,))


def _find(reference_id: str, sobject: str, key: str, keys: Sequence[str], when: str = "") -> Subrequest:
    """Keys of ours are ids: they hold no quote. `when` is the map's."""
    among = ", ".join(f"'{each}'" for each in keys)
    more = f" AND {when}" if when else ""
    soql = f"SELECT Id FROM {sobject} WHERE {key} IN ({among}){more}"  # noqa: S608
    return Subrequest(reference_id, "GET", f"query?q={quote(soql, safe='')}")
