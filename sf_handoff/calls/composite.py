"""One Composite call per handoff: how it is put together, and what its answer says.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm

The call carries, with `allOrNone: false`, the Case (upserted by the episode's key), what is read back from
it, and the Task (upserted by the tap's own key, its WhatId a reference to the Case). Queues and record
types are found by DeveloperName in the same call, so that the maps hold no Ids of one org.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from urllib.parse import quote

from sf_handoff.calls.tap import Tap
from sf_handoff.mapping import Body, Json, LinkByName, LinkToPart, RecordMap
from sf_handoff.retry import Verdict, verdict

# On every Case write: by default a REST write runs the assignment rules, and can take a Case from its owner.
NO_ASSIGNMENT = {"Sforce-Auto-Assign": "FALSE"}


class Knowledge(Enum):
    """What we know about a record before we write it, which decides what may be sent."""

    NEW = auto()  # never sent: everything, as one upsert
    THERE = auto()  # was written: only what is ours, as one upsert
    UNSURE = auto()  # may be there: it is looked up first, and made or brought up to date accordingly
    DONE = auto()  # nothing to write


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
    """A Composite, ready to be sent. `keyed` says that sending it twice is harmless.

    One that makes a record is not: it carries what belongs to the agents once the record is there.
    """

    subrequests: tuple[Subrequest, ...]
    notes: tuple[str, ...] = ()
    keyed: bool = False

    def to_json(self, version: str) -> dict[str, Json]:
        return {
            "allOrNone": False,
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
    """Why a part was not carried out. `text` is Salesforce's own and may echo values: mask it before use."""

    verdict: Verdict
    code: str
    text: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """What became of one record: its Id, or the refusal."""

    record_id: str | None = None
    created: bool = False
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Answer:
    """What a handoff's Composite did. A record that was not part of the call is None."""

    case: Written | None
    task: Written | None
    case_number: str | None
    case_over: bool
    names: Mapping[str, str | None]


def compose(
    tap: Tap,
    case_map: RecordMap[Tap],
    task_map: RecordMap[Tap],
    *,
    case: Knowledge,
    task: Knowledge,
    case_id: str | None = None,
    names: Mapping[str, str] | None = None,
) -> CompositeRequest:
    """The Composite that writes what is missing of this tap.

    `case_id` is the Case's Id where it is known; `names` holds Ids of queues and record types found before.
    Raises Rejected where a key or a picklist value of the map does not fit its field.
    """
    parts: list[Subrequest] = []
    notes: list[str] = []
    if case is not Knowledge.DONE:
        body = case_map.body(tap, creating=case is not Knowledge.THERE)
        known = names or {}
        parts += [_lookup(name, body) for name in body.names if lookup_key(name, body) not in known]
        record = _record("case", case_map, tap.case_key, tap, _named(body, known), NO_ASSIGNMENT)
        parts += [*_write(record, case), _read_back(case_map, record)]
        notes += body.notes
    if task is not Knowledge.DONE:
        body = task_map.body(tap, creating=task is not Knowledge.THERE)
        what_id = case_id or ("@{case_read.Id}" if case is Knowledge.UNSURE else "@{case.id}")
        parts += _write(
            _record("task", task_map, tap.handoff_id, tap, _linked(body, task_map, what_id), {}), task
        )
        notes += body.notes
    return CompositeRequest(tuple(parts), tuple(notes), keyed=Knowledge.NEW not in (case, task))


def read(parts: Iterable[Part], case_map: RecordMap[Tap]) -> Answer:
    """What the answer says. A 200 whose parts failed is a failure of those parts."""
    by_id = {part.reference_id: part for part in parts}
    back = by_id.get("case_read")
    record = back.record if back and back.ok else {}
    number = record.get(case_map.number or "")
    return Answer(
        case=_written("case", by_id),
        task=_written("task", by_id),
        case_number=str(number) if number else None,
        case_over=any(record.get(name) for name in case_map.over),
        names={
            part.reference_id: _first_id(part)
            for part in by_id.values()
            if part.reference_id.startswith("name_")
        },
    )


@dataclass(frozen=True)
class _Record:
    """One record to be written: all its values, and those that are ours. `path` finds it by its key."""

    ref: str
    sobject: str
    path: str
    values: Mapping[str, Json]
    with_key: Mapping[str, Json]
    ours: Mapping[str, Json]
    headers: Mapping[str, str]


def _record(
    ref: str,
    record_map: RecordMap[Tap],
    key: str,
    tap: Tap,
    values: Mapping[str, Json],
    headers: Mapping[str, str],
) -> _Record:
    path = f"sobjects/{record_map.sobject}/{record_map.key}/{quote(key, safe='')}"
    ours = record_map.body(tap, creating=False).values
    with_key = {**values, record_map.key: key}
    return _Record(ref, record_map.sobject, path, values, with_key, ours, headers)


def lookup_key(name: LinkByName[object], body: Body) -> str:
    """The referenceId under which a DeveloperName is looked up: letters, digits and underscores only."""
    return f"name_{name.to}_{body.values[name.api_name]}"


def _lookup(name: LinkByName[object], body: Body) -> Subrequest:
    where = f"{name.where} AND " if name.where else ""
    soql = f"SELECT Id FROM {name.to} WHERE {where}DeveloperName = '{body.values[name.api_name]}'"  # noqa: S608
    return Subrequest(lookup_key(name, body), "GET", f"query?q={quote(soql, safe='')}")


def _named(body: Body, known: Mapping[str, str]) -> dict[str, Json]:
    """The values with each DeveloperName turned into an Id, or into a reference to its look-up."""
    keys = {name.api_name: lookup_key(name, body) for name in body.names}
    ids = {field: known.get(key, f"@{{{key}.records[0].Id}}") for field, key in keys.items()}
    return {**body.values, **ids}


def _linked(body: Body, record_map: RecordMap[Tap], what_id: str) -> dict[str, Json]:
    links = {each.api_name for each in record_map.fields if isinstance(each, LinkToPart)}
    return {name: what_id if name in links else value for name, value in body.values.items()}


def _write(record: _Record, knowledge: Knowledge) -> list[Subrequest]:
    """The parts that write one record: one upsert, or look-up, create and update where we are unsure.

    Of the last two exactly one can succeed: the key is unique, so a create where the record is refused is
    DUPLICATE_VALUE; and the update refers to the look-up, so without a record it halts.
    """
    ref = record.ref
    if knowledge is not Knowledge.UNSURE:
        return [Subrequest(ref, "PATCH", record.path, record.values, record.headers)]
    here = f"sobjects/{record.sobject}/@{{{ref}_found.Id}}"
    return [
        Subrequest(f"{ref}_found", "GET", f"{record.path}?fields=Id"),
        Subrequest(f"{ref}_new", "POST", f"sobjects/{record.sobject}", record.with_key, record.headers),
        Subrequest(f"{ref}_ours", "PATCH", here, record.ours, record.headers),
    ]


def _read_back(case_map: RecordMap[Tap], record: _Record) -> Subrequest:
    wanted = ",".join(("Id", *filter(None, (case_map.number,)), *case_map.over))
    return Subrequest("case_read", "GET", f"{record.path}?fields={wanted}")


def _written(ref: str, by_id: Mapping[str, Part]) -> Written | None:
    if ref in by_id:
        return _one_write(by_id[ref])
    if f"{ref}_found" not in by_id:
        return None
    found, new, ours = (by_id[f"{ref}_{step}"] for step in ("found", "new", "ours"))
    if not found.ok and found.status != 404:
        return _one_write(found)
    if found.ok:
        record_id = found.record.get("Id")
        return Written(str(record_id)) if ours.ok else Written(refusal=refusal(ours))
    return _one_write(new)


def _one_write(part: Part) -> Written:
    """A record is written when its part says 200 or 201 with `success` and an id, or 204."""
    record = part.record
    if part.ok and (part.status == 204 or (record.get("success") is True and record.get("id"))):
        return Written(str(record.get("id") or "") or None, bool(record.get("created", part.status == 201)))
    return Written(refusal=refusal(part))


def refusal(part: Part) -> Refusal:
    """The first error of a part, judged."""
    if part.status == 300:
        return Refusal(Verdict.REFUSED, "MULTIPLE_MATCH", "several records carry this key", ())
    error = part.errors[0] if part.errors else {}
    code = str(error.get("errorCode") or error.get("statusCode") or f"HTTP_{part.status}")
    text = str(error.get("message") or "")
    fields = error.get("fields")
    names = tuple(str(each) for each in fields) if isinstance(fields, list) else ()
    judged = Verdict.UNSURE if part.ok else verdict(part.status, code, text)
    return Refusal(judged, code, text, names)


def _first_id(part: Part) -> str | None:
    records = part.record.get("records")
    if part.ok and isinstance(records, list) and records and isinstance(records[0], dict):
        return str(records[0].get("Id"))
    return None
