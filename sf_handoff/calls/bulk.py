"""Records as a Bulk API 2.0 job takes them, and what its results say.

An empty cell leaves a field alone, as in a map; links by external id are columns of their own. The results
come in any order, so each is known by its key.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_prepare_csv.htm
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sf_handoff.mapping import Json


class _Lines(list[str]):
    """What a csv.writer can write to."""

    def write(self, line: str) -> None:
        self.append(line)


def to_csv(records: Sequence[Mapping[str, Json]]) -> str:
    """The records as one file, with a column for every field that any of them has."""
    rows = [dict(_cells(each)) for each in records]
    columns = sorted({name for row in rows for name in row})
    lines = _Lines()
    writer = csv.DictWriter(lines, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return "".join(lines)


def results(text: str, key: str) -> Iterator[tuple[str, dict[str, Json]]]:
    """Key and outcome of each record, in the shape that a collection gives it."""
    for row in csv.DictReader(text.splitlines(keepends=True)):
        yield row.get(key) or "", _outcome(row)


def _cells(record: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, Mapping):
            yield from _link(name, value)
        else:
            yield name, ("true" if value else "false") if isinstance(value, bool) else str(value)


def _link(name: str, value: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """`Contact.ICN__c`, or with the type where the relationship may lead to several: `Contact:Who.ICN__c`."""
    attributes = value.get("attributes")
    kind = f"{attributes['type']}:" if isinstance(attributes, Mapping) else ""
    for field, key in value.items():
        if field != "attributes":
            yield f"{kind}{name}.{field}", str(key)


def _outcome(row: Mapping[str, str]) -> dict[str, Json]:
    """`sf__Error` reads `CODE:message:fields --`."""
    error = row.get("sf__Error")
    if not error:
        return {"id": row.get("sf__Id") or None, "success": True, "errors": []}
    code, _, rest = error.partition(":")
    message, _, fields = rest.rpartition(":")
    named: list[Json] = [name for name in _names(fields) if name]
    return {
        "success": False,
        "errors": [{"statusCode": code, "message": message, "fields": named}],
    }


def _names(fields: str) -> Iterable[str]:
    return (each.strip() for each in fields.removesuffix("--").replace(",", " ").split(" "))
