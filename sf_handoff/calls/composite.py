"""One Composite call per handoff: how it is put together, and what its answer says.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm

A record is made under a key of ours that is unique in the org, and then read by that key, in one go: where it
is there already, the create is refused as a duplicate, nothing is overwritten, and the read finds it. So the
same call may be sent as often as one likes, whatever became of it before. `allOrNone` is false: each part is
settled on its own. Queues and record types are found by DeveloperName in the same call, so that the maps hold
no Ids of one org.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from urllib.parse import quote

from sf_handoff.calls.tap import Tap
from sf_handoff.mapping import Body, Json, LinkByName, LinkToPart, RecordMap
from sf_handoff.retry import Verdict, verdict

# On every Case write: by default a REST write runs the assignment rules, and can take a Case from its owner.
NO_ASSIGNMENT = {"Sforce-Auto-Assign": "FALSE"}


# Refusals of a create that say nothing against the record being there: the read by key tells.
_MAY_BE_THERE = frozenset({Verdict.EXISTS, Verdict.SIBLING})


_OPEN_ID = "@{case_open.records[0].Id}"


class Todo(Enum):
    """What a record needs."""

    MAKE = auto()  # made, unless it is there
    JOIN = auto()  # an episode's Case, brought up to date if agents are not done with it
    DONE = auto()  # nothing


@dataclass(frozen=True)
class Subrequest:
    """One part of a Composite. `path` starts behind `/services/data/vXX.X/`."""

    reference_id: str
    method: str
    path: str
    body: Mapping[str, Json] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self, version: str) -> dict[str, Json]:
        parts: dict[str, Json] = {
            "method": self.method,
            "url": f"/services/data/v{version}/{self.path}",
            "referenceId": self.reference_id,
        }
        if self.headers:
            parts["httpHeaders"] = dict(self.headers)
        if self.body is not None:
            parts["body"] = dict(self.body)
        return parts


@dataclass(frozen=True)
class CompositeRequest:
    """A Composite, ready to be sent. `keyed` says that sending it twice is harmless."""

    subrequests: tuple[Subrequest, ...]
    notes: tuple[str, ...] = ()
    keyed: bool = True

    def to_json(self, version: str) -> dict[str, Json]:
        return {
            "allOrNone": False,
            # Parts depend on each other without naming each other; collated ones may run in any order.
            "collateSubrequests": False,
            "compositeRequest": [part.to_json(version) for part in self.subrequests],
        }


@dataclass(frozen=True)
class Part:
    """The answer to one subrequest."""

    reference_id: str
    status: int
    body: Json

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def record(self) -> Mapping[str, Json]:
        return self.body if isinstance(self.body, dict) else {}

    @property
    def errors(self) -> list[Mapping[str, Json]]:
        """The error objects, whichever of the documented shapes they came in."""
        body = self.body
        if isinstance(body, dict):
            nested = body.get("errors")
            body = nested if isinstance(nested, list) and nested else [body]
        return [each for each in body if isinstance(each, dict)] if isinstance(body, list) else []


@dataclass(frozen=True)
class Refusal:
    """Why a part was not carried out. Salesforce's own text is judged and dropped: it may echo values."""

    verdict: Verdict
    code: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """What became of one record: its Id and whether it was made now, or the refusal.

    `number` is what people quote, where the record was found and not made.
    """

    record_id: str | None = None
    made: bool = False
    refusal: Refusal | None = None
    number: str | None = None


@dataclass(frozen=True)
class Answer:
    """What a handoff's Composite did. A record that was not part of the call is None.

    `over` says that agents are done with the Case that was to be joined, and that nothing was written.
    `names` has what was found for each DeveloperName, None for what the org does not have.
    """

    case: Written | None
    task: Written | None
    case_number: str | None
    over: bool
    names: Mapping[str, str | None]


def compose(
    tap: Tap,
    case_map: RecordMap[Tap],
    task_map: RecordMap[Tap],
    *,
    case: Todo,
    task: Todo,
    case_id: str | None = None,
    names: Mapping[str, str] | None = None,
) -> CompositeRequest:
    """The Composite that writes what is missing of this tap.

    `case_id` is the Case's Id where it is known; `names` holds Ids of queues and record types found before.
    Raises Rejected where a key or a picklist value of the map does not fit its field.
    """
    parts: list[Subrequest] = []
    notes: list[str] = []
    what_id = case_id or ""
    if case is Todo.MAKE:
        body = case_map.body(tap, creating=True)
        known = names or {}
        parts += [lookup(name, body) for name in body.names if lookup_key(name, body) not in known]
        parts += made("case", case_map, tap.case_key, named(body, known), NO_ASSIGNMENT)
        notes += body.notes
        what_id = "@{case_read.Id}"
        if tap.case_key != tap.handoff_id and not tap.late:
            # Another tap may have made it, and agents may be done with it since.
            parts.append(_open(case_map, case_map.key, tap.case_key))
            what_id = _OPEN_ID
    elif case is Todo.JOIN:
        body = case_map.body(tap, creating=False)
        what_id = _OPEN_ID
        path = f"sobjects/{case_map.sobject}/{what_id}"
        parts.append(_open(case_map, "Id", case_id or ""))
        parts.append(Subrequest("case", "PATCH", path, body.values, NO_ASSIGNMENT))
        notes += body.notes
    if task is Todo.MAKE:
        body = task_map.body(tap, creating=True)
        parts += made("task", task_map, tap.handoff_id, linked(body, task_map, what_id), {})
        notes += body.notes
    return CompositeRequest(tuple(parts), tuple(notes))


def read(parts: Iterable[Part], case_map: RecordMap[Tap]) -> Answer:
    """What the answer says. A 200 whose parts failed is a failure of those parts."""
    by_id = {part.reference_id: part for part in parts}
    opened = by_id.get("case_open")
    back = by_id.get("case_read")
    number = back.record.get(case_map.number or "") if back and back.ok else None
    return Answer(
        case=was_made("case", by_id),
        task=was_made("task", by_id),
        case_number=str(number) if number else None,
        over=bool(opened and opened.ok and first_id(opened) is None and (back is None or back.ok)),
        names={ref: first_id(part) for ref, part in by_id.items() if ref.startswith("name_") and part.ok},
    )


def lookup_key(name: LinkByName[object], body: Body) -> str:
    """The referenceId under which a DeveloperName is looked up: letters, digits and underscores only."""
    return f"name_{name.to}_{body.values[name.api_name]}"


def lookup(name: LinkByName[object], body: Body) -> Subrequest:
    where = f"{name.where} AND " if name.where else ""
    soql = f"SELECT Id FROM {name.to} WHERE {where}DeveloperName = '{body.values[name.api_name]}'"  # noqa: S608
    return Subrequest(lookup_key(name, body), "GET", f"query?q={quote(soql, safe='')}")


def _open(case_map: RecordMap[Tap], field: str, value: str) -> Subrequest:
    """Finds the Case if agents are not done with it; what refers to it halts where they are."""
    still = f" AND {case_map.open_when}" if case_map.open_when else ""
    soql = f"SELECT Id FROM {case_map.sobject} WHERE {field} = '{value}'{still}"  # noqa: S608
    return Subrequest("case_open", "GET", f"query?q={quote(soql, safe='')}")


def named(body: Body, known: Mapping[str, str]) -> dict[str, Json]:
    """The values with each DeveloperName turned into an Id, or into a reference to its look-up."""
    keys = {name.api_name: lookup_key(name, body) for name in body.names}
    ids = {field: known.get(key, f"@{{{key}.records[0].Id}}") for field, key in keys.items()}
    return {**body.values, **ids}


def linked(body: Body, record_map: RecordMap[Any], what_id: str) -> dict[str, Json]:
    links = {each.api_name for each in record_map.fields if isinstance(each, LinkToPart)}
    return {name: what_id if name in links else value for name, value in body.values.items()}


def made(
    ref: str,
    record_map: RecordMap[Any],
    key: str,
    values: Mapping[str, Json],
    headers: Mapping[str, str],
) -> list[Subrequest]:
    """The two parts that make a record unless it is there, and tell its Id in both cases."""
    wanted = ",".join(filter(None, ("Id", record_map.number)))
    path = f"sobjects/{record_map.sobject}"
    by_key = f"{path}/{record_map.key}/{quote(key, safe='')}"
    return [
        Subrequest(ref, "POST", path, {**values, record_map.key: key}, headers),
        Subrequest(f"{ref}_read", "GET", f"{by_key}?fields={wanted}"),
    ]


def was_made(ref: str, by_id: Mapping[str, Part]) -> Written | None:
    """What became of a record, from the part that wrote it and the one that read it back."""
    part, back = by_id.get(ref), by_id.get(f"{ref}_read")
    if part is None:
        return None
    written = one_write(part)
    if written.refusal is None or back is None:
        return written
    if written.refusal.verdict in _MAY_BE_THERE and back.ok and back.record.get("Id"):
        return Written(str(back.record["Id"]))
    return Written(refusal=refusal(back)) if back.status == 300 else written


def one_write(part: Part) -> Written:
    """A record is written when its part says 200 or 201 with `success` and an id, or 204."""
    record = part.record
    if part.ok and (part.status == 204 or (record.get("success") is True and record.get("id"))):
        return Written(str(record.get("id") or "") or None, part.status == 201)
    return Written(refusal=refusal(part))


def refusals(parts: Iterable[Part]) -> list[tuple[str, Refusal]]:
    """What went wrong in each part, in the order of the call; a part halted by another comes last.

    That a record is there already, and was then read, is nothing wrong; that several are is said by the read.
    Nor is that one is not found by its key, where the part that was to make it says why.
    """
    parts = list(parts)
    read_back = {part.reference_id.removesuffix("_read") for part in parts if part.ok or part.status == 300}
    found = [(part.reference_id, refusal(part)) for part in parts if not _fine(part)]
    found = [(ref, each) for ref, each in found if not (each.verdict in _MAY_BE_THERE and ref in read_back)]
    return sorted(found, key=lambda each: each[1].verdict is Verdict.SIBLING)


def _fine(part: Part) -> bool:
    if part.reference_id in ("case", "task"):
        return one_write(part).refusal is None
    return part.ok or (part.reference_id.endswith("_read") and part.status == 404)


def refusal(part: Part) -> Refusal:
    """The first error of a part, judged."""
    if part.status == 300:
        return Refusal(Verdict.REFUSED, "MULTIPLE_MATCH", ())
    error = part.errors[0] if part.errors else {}
    code = str(error.get("errorCode") or error.get("statusCode") or f"HTTP_{part.status}")
    fields = error.get("fields")
    names = tuple(str(each) for each in fields) if isinstance(fields, list) else ()
    text = str(error.get("message") or "")
    judged = Verdict.UNSURE if part.ok else verdict(part.status, code, text)
    return Refusal(judged, code, names)


def first_id(part: Part) -> str | None:
    records = part.record.get("records")
    if part.ok and isinstance(records, list) and records and isinstance(records[0], dict):
        return str(records[0].get("Id"))
    return None
