"""The calls of the sweep: how Cases are changed and their outcomes read, and what the answers say.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm

A query and the collection behind it go in one Composite. The collection names its records by their places in
the query's answer: where one of the Cases does not fit any more its last place is empty, the collection is
halted, and nothing of it is written. So a change is made to Cases that fit at that moment, 400 in a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sf_handoff.calls.batch import PARTS, RECORDS, chunks, outcome
from sf_handoff.calls.composite import NO_ASSIGNMENT, CompositeRequest, Part, Refusal, Subrequest, refusal
from sf_handoff.calls.follow_ups import Reason
from sf_handoff.calls.lookups import rows_of
from sf_handoff.calls.sweep import Pick, Rewrite, SweepMap
from sf_handoff.errors import Misconfigured, Uncertain
from sf_handoff.mapping import Json, RecordMap
from sf_handoff.retry import Verdict

PAGE = 2_000  # records that a query answers at once
_PAIRS = PARTS // 2
_AGAIN = frozenset({Verdict.CONTENTION, Verdict.TRANSIENT, Verdict.UNSURE})


# Changing


@dataclass(frozen=True)
class Rewritten:
    """What became of Cases, by their keys. `again` are those that the next call may change: they fitted, and
    others in their collection did not, or were locked (`refused` says so)."""

    done: list[str] = field(default_factory=list)
    refused: dict[str, Refusal] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)


def rewrites(
    keys: Sequence[str], case_map: RecordMap[Any], rewrite: Rewrite
) -> Iterator[tuple[list[list[str]], CompositeRequest]]:
    """The calls that change these Cases, each with its keys part by part."""
    values = rewrite.values
    for group in chunks(list(chunks(sorted(keys), RECORDS)), _PAIRS):
        parts: list[Subrequest] = []
        for number, some in enumerate(group):
            among = ", ".join(f"'{key}'" for key in some)  # ids of ours: they hold no quote
            where = f"{case_map.key} IN ({among}) AND {rewrite.when}"
            parts.append(_query(f"fitting_{number}", f"Id, {case_map.key}", case_map, where))
            parts.append(_collection(number, len(some), case_map.sobject, values))
        yield group, CompositeRequest(tuple(parts))


def rewritten(group: Sequence[Sequence[str]], case_map: RecordMap[Any], parts: Sequence[Part]) -> Rewritten:
    """What the answer says. Raises what `rows_of` does."""
    told = Rewritten()
    for keys, asked, wrote in zip(group, parts[::2], parts[1::2], strict=True):
        found = [str(each.get(case_map.key)) for each in rows_of([asked])]
        told.unfit.extend(key for key in keys if key not in set(found))
        if len(found) < len(keys):
            told.again.extend(found)
        else:
            _note(told, found, wrote)
    return told


def misfit(told: Rewritten) -> Misconfigured | None:
    """What says that no Case at all would be taken: each was refused, and for the set-up."""
    refused = list(told.refused.values())
    if told.done or told.again or not refused or any(each.verdict is not Verdict.SETUP for each in refused):
        return None
    return Misconfigured(f"Salesforce refused every record: {refused[0].code}.", code="CONFIG")


def _note(told: Rewritten, keys: Sequence[str], wrote: Part) -> None:
    """A collection's results stand in the order of its records, and these in that of the query's answer."""
    results = wrote.body if wrote.ok else [wrote.body] * len(keys)
    if not isinstance(results, list) or len(results) != len(keys):
        raise Uncertain("Salesforce answered with other records than were sent.", code="BAD_ANSWER")
    for key, result in zip(keys, results, strict=True):
        refused = outcome(wrote, result).refusal if wrote.ok else refusal(wrote)
        if refused is None:
            told.done.append(key)
            continue
        told.refused[key] = refused
        if refused.verdict in _AGAIN:
            told.again.append(key)


def _collection(number: int, size: int, sobject: str, values: Mapping[str, Json]) -> Subrequest:
    records: list[Json] = [
        {"attributes": {"type": sobject}, **values, "Id": f"@{{fitting_{number}.records[{place}].Id}}"}
        for place in range(size)
    ]
    body: dict[str, Json] = {"allOrNone": False, "records": records}
    return Subrequest(f"records_{number}", "PATCH", "composite/sobjects", body, NO_ASSIGNMENT)


# Outcomes


def picks(
    case_map: RecordMap[Any], sweep: SweepMap, since: datetime | None, after: str = ""
) -> CompositeRequest:
    """The call that reads a page of the outcomes on Cases changed `since`, behind the Id `after`."""
    where = f"{case_map.key} != null AND {sweep.outcome} != null"
    if since:
        where += f" AND SystemModstamp >= {since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if after:
        where += f" AND Id > '{after}'"
    columns = f"Id, {case_map.key}, {sweep.outcome}, SystemModstamp"
    return CompositeRequest((_query("picks", columns, case_map, f"{where} ORDER BY Id LIMIT {PAGE}"),))


def read_picks(case_map: RecordMap[Any], sweep: SweepMap, parts: Sequence[Part]) -> tuple[list[Pick], bool]:
    """The picks of a page, and whether more may be behind them. Salesforce may cut a page short: in the order
    of their Ids, what it told is whole as far as it goes."""
    (part,) = parts
    cut_short = part.record.get("done") is False
    found = [
        Pick(
            case_key=str(each.get(case_map.key)),
            case_id=str(each["Id"]),
            reason=_reason(each.get(sweep.outcome)),
            changed_at=_moment(each.get("SystemModstamp")),
        )
        for each in rows_of([replace(part, body={**part.record, "done": True}) if cut_short else part])
    ]
    return found, bool(found) and (cut_short or len(found) == PAGE)


def _reason(found: Json) -> Reason | None:
    return next((reason for reason in Reason if reason == found), None)


def _moment(found: Json) -> datetime:
    return datetime.fromisoformat(str(found))


def _query(reference_id: str, columns: str, case_map: RecordMap[Any], where: str) -> Subrequest:
    soql = f"SELECT {columns} FROM {case_map.sobject} WHERE {where}"  # noqa: S608
    return Subrequest(reference_id, "GET", f"query?q={quote(soql, safe='')}")
