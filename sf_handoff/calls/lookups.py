"""Queries that a batch asks beforehand or afterwards: for names, for open Cases, for records by their keys.

Each answer is a whole page: at most 200 values are asked for at once, which also keeps the address below
Salesforce's limit of 16 KB.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from sf_handoff.calls.batch import PARTS, chunks
from sf_handoff.calls.composite import CompositeRequest, Part, Subrequest, lookup_key, refusal
from sf_handoff.calls.tap import Tap
from sf_handoff.errors import Misconfigured, Unavailable, Uncertain
from sf_handoff.mapping import Body, Json, RecordMap
from sf_handoff.retry import Verdict

VALUES = 200


def by_key(keys: Sequence[str], record_map: RecordMap[Any]) -> Iterator[CompositeRequest]:
    """The calls that find records by their keys."""
    return (request for request, _ in by_key_when(keys, record_map, ("",)))


def by_key_when(
    keys: Sequence[str], record_map: RecordMap[Any], conditions: Sequence[str]
) -> Iterator[tuple[CompositeRequest, tuple[str, ...]]]:
    """The calls that find records by their keys, once for each condition that they may fit; each call with
    the conditions of its parts."""
    columns = ", ".join(filter(None, ("Id", record_map.key, record_map.number)))
    select = f"SELECT {columns} FROM {record_map.sobject}"  # noqa: S608
    queries = [
        (_query(select, record_map.key, some, when), when)
        for some in chunks(sorted(keys), VALUES)
        for when in conditions
    ]
    for group in chunks(queries, PARTS):
        yield _request(query for query, _ in group), tuple(when for _, when in group)


def still_open(ids: Sequence[str], case_map: RecordMap[Tap]) -> Iterator[CompositeRequest]:
    """The calls that ask which of these Cases agents are not done with."""
    return _calls(f"SELECT Id FROM {case_map.sobject}", "Id", ids, case_map.open_when)  # noqa: S608


def by_name(bodies: Iterable[Body], known: Mapping[str, str]) -> Iterator[CompositeRequest]:
    """The calls that find the queues and record types whose Ids are not known yet."""
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for body in bodies:
        for name in body.names:
            if lookup_key(name, body) not in known:
                wanted[name.to, name.where].add(str(body.values[name.api_name]))
    queries = [
        _query(f"SELECT Id, DeveloperName FROM {to}", "DeveloperName", sorted(names), where)  # noqa: S608
        for (to, where), names in sorted(wanted.items())
    ]
    return (_request(some) for some in chunks(queries, PARTS))


def named_ids(bodies: Iterable[Body], found: Iterable[Mapping[str, Json]]) -> dict[str, str]:
    """The Ids that look-ups by name found, by the keys that `lookup_key` gives the names.

    Salesforce compares DeveloperNames without regard to case, and answers with its own spelling.
    """
    ids = {f"name_{_type(each)}_{each.get('DeveloperName')}".lower(): str(each["Id"]) for each in found}
    wanted = {lookup_key(name, body) for body in bodies for name in body.names}
    return {key: ids[key.lower()] for key in wanted if key.lower() in ids}


def rows_of(parts: Iterable[Part]) -> list[Mapping[str, Json]]:
    """The records that queries found, each with its Id. Raises where a query was not answered as a whole:
    Misconfigured if it never will be, else Unavailable."""
    return [record for part in parts for record in _rows(part)]


def _rows(part: Part) -> Sequence[Mapping[str, Json]]:
    if not part.ok:
        refused = refusal(part)
        text = f"Salesforce refused a look-up: {refused.code}."
        if refused.verdict is Verdict.SETUP:
            raise Misconfigured(text, code="CONFIG")
        raise Unavailable(text, code=refused.code)
    found = part.record.get("records")
    if isinstance(found, list) and part.record.get("done") is True:
        records = [each for each in found if isinstance(each, dict) and isinstance(each.get("Id"), str)]
        if len(records) == len(found):
            return records
    raise Uncertain("Salesforce did not answer a look-up as a whole.", code="BAD_ANSWER")


def _type(record: Mapping[str, Json]) -> Json:
    attributes = record.get("attributes")
    return attributes.get("type") if isinstance(attributes, dict) else None


def _calls(select: str, field: str, values: Sequence[str], more: str = "") -> Iterator[CompositeRequest]:
    queries = [_query(select, field, some, more) for some in chunks(sorted(values), VALUES)]
    return (_request(some) for some in chunks(queries, PARTS))


def _query(select: str, field: str, values: Iterable[str], more: str = "") -> str:
    """Ids, keys of ours and DeveloperNames: none of them can hold a quote."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{select} WHERE {field} IN ({listed}){f' AND {more}' if more else ''}"


def _request(queries: Iterable[str]) -> CompositeRequest:
    parts = (
        Subrequest(f"query_{number}", "GET", f"query?q={quote(each, safe='')}")
        for number, each in enumerate(queries)
    )
    return CompositeRequest(tuple(parts))
