"""Many handoffs in few calls: collections of records inside one Composite, and what their answers say.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm

The same promise as for one handoff: a record is made under its key unless it is there, and nothing that is
there is overwritten. A collection cannot read back by key, so records that were there are found by a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sf_handoff.calls.composite import (
    NO_ASSIGNMENT,
    CompositeRequest,
    Part,
    Subrequest,
    Written,
    linked,
    named,
    one_write,
)
from sf_handoff.calls.settle import Progress
from sf_handoff.calls.tap import Tap
from sf_handoff.errors import Uncertain
from sf_handoff.mapping import Body, Json, RecordMap

RECORDS, PARTS = 200, 5  # in a collection; collections or queries in a Composite

V = TypeVar("V")


@dataclass(frozen=True)
class Draft:
    """One record of a batch. `key` is our external id; `record_id` says that it is there already."""

    key: str
    body: Body = field(repr=False)
    person: str = field(repr=False)
    record_id: str | None = None


def case_draft(taps: Sequence[Progress], case_map: RecordMap[Tap]) -> Draft:
    """The Case of an episode: what is set once as its first tap has it, the rest as its last one has it.

    It is history only where its last tap is.
    """
    in_order = sorted((each.tap for each in taps), key=lambda tap: tap.handoff.occurred_at)
    first, last = replace(in_order[0], late=in_order[-1].late), in_order[-1]
    made, kept = case_map.body(first, creating=True), case_map.body(last, creating=False)
    notes = tuple(dict.fromkeys((*made.notes, *kept.notes)))
    body = Body({**made.values, **kept.values}, made.names, notes)
    return Draft(first.case_key, body, first.person_to_link or "")


def joined_draft(progress: Progress, case_map: RecordMap[Tap]) -> Draft:
    """What brings the Case of an episode up to date."""
    body = case_map.body(progress.tap, creating=False)
    return Draft(progress.tap.case_key, body, progress.tap.person_to_link or "", progress.case_id)


def task_draft(progress: Progress, task_map: RecordMap[Tap]) -> Draft:
    made = task_map.body(progress.tap, creating=True)
    body = Body(linked(made, task_map, progress.case_id or ""), made.names, made.notes)
    return Draft(progress.tap.handoff_id, body, progress.tap.person_to_link or "")


def record(draft: Draft, record_map: RecordMap[Tap], names: Mapping[str, str]) -> dict[str, Json]:
    """The record as a collection carries it, its queue and record type by Id."""
    values = named(draft.body, names)
    which: dict[str, Json] = {"Id": draft.record_id} if draft.record_id else {record_map.key: draft.key}
    return {"attributes": {"type": record_map.sobject}, **values, **which}


def by_person(drafts: Iterable[Draft]) -> list[Draft]:
    """In an order that keeps records of one parent together, so that they do not lock each other out."""
    return sorted(drafts, key=lambda draft: (draft.person, draft.key))


def writes(
    drafts: Sequence[Draft], record_map: RecordMap[Tap], names: Mapping[str, str]
) -> Iterator[tuple[list[list[Draft]], CompositeRequest]]:
    """The calls that write the drafts, each with its drafts part by part. All are made, or all are there."""
    method = "PATCH" if drafts and drafts[0].record_id else "POST"
    for group in chunks(list(chunks(drafts, RECORDS)), PARTS):
        parts = []
        for number, chunk in enumerate(group):
            records: list[Json] = [record(each, record_map, names) for each in chunk]
            body: dict[str, Json] = {"allOrNone": False, "records": records}
            parts.append(Subrequest(f"records_{number}", method, "composite/sobjects", body, NO_ASSIGNMENT))
        yield group, CompositeRequest(tuple(parts))


def written(group: Sequence[Sequence[Draft]], parts: Sequence[Part]) -> dict[str, Written]:
    """What became of each record, by its key. A collection's results stand in the order of its records."""
    found: dict[str, Written] = {}
    for drafts, part in zip(group, parts, strict=True):
        results = part.body if part.ok else [part.body] * len(drafts)
        if not isinstance(results, list) or len(results) != len(drafts):
            raise Uncertain("Salesforce answered with other records than were sent.", code="BAD_ANSWER")
        for draft, result in zip(drafts, results, strict=True):
            found[draft.key] = outcome(part, result)
    return found


def outcome(part: Part, result: Json) -> Written:
    """What became of one record of a collection."""
    made = isinstance(result, dict) and result.get("success") is True
    status = 201 if made else 400 if part.ok else part.status
    return one_write(Part(part.reference_id, status, result))


def chunks(values: Sequence[V], size: int) -> Iterator[list[V]]:
    for at in range(0, len(values), size):
        yield list(values[at : at + size])
