"""Rows as JSON: parents nested under the names of their relationships, children as answers of their own.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_query.htm
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sf_handoff.embedded.database import Value
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.soql_columns import Parent
from sf_handoff.embedded.soql_sql import Children, Records
from sf_handoff.embedded.soql_totals import Totals
from sf_handoff.embedded.values import rendered

Record = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """Runs queries. `answer` makes an answer of a list of children."""

    org: Org
    version: str
    answer: Callable[[list[Record]], Record]

    def records(self, query: Records) -> list[Record]:
        return self._shown(query, self.org.database.rows(query.sql, *query.values))

    def totals(self, query: Totals) -> list[Record]:
        named = list(zip(query.names, query.columns, strict=True))
        return [
            {
                "attributes": {"type": "AggregateResult"},
                **{name: rendered(column.field, row[at]) for at, (name, column) in enumerate(named)},
            }
            for row in self.org.database.rows(query.sql, *query.values)
        ]

    def _shown(self, query: Records, rows: list[sqlite3.Row]) -> list[Record]:
        owners = [str(row[0]) for row in rows]
        children = {
            each.name: self._children(each, owners) for each in query.shown if isinstance(each, Children)
        }
        return [self._record(query, row, children) for row in rows]

    def _children(self, query: Children, owners: list[str]) -> dict[str, list[Record]]:
        """The children of each parent."""
        inner = query.records
        rows = self.org.database.rows(inner.sql, *inner.values, json.dumps(owners))
        families: defaultdict[str, list[Record]] = defaultdict(list)
        for row, child in zip(rows, self._shown(inner, rows), strict=True):
            if query.limit is None or len(families[row[-1]]) < query.limit:
                families[row[-1]].append(child)
        return families

    def _record(
        self, query: Records, row: sqlite3.Row, children: dict[str, dict[str, list[Record]]]
    ) -> Record:
        """A parent stands where the first of its columns is asked for, or null where there is none."""
        kind = query.sobject.name
        places: dict[tuple[str, ...], Record | None] = {(): self._attributes(kind, kind, row[0])}
        parents = {parent.path: (parent, row[at]) for at, parent in enumerate(query.parents, start=1)}
        values = iter(row[1 + len(parents) :])
        record = places[()] or {}
        for each in query.shown:
            if isinstance(each, Children):
                family = children[each.name].get(row[0])
                record[each.name] = self.answer(family) if family else None
                continue
            value = next(values)
            for depth in range(1, len(each.path) + 1):
                self._place(places, parents, each.path[:depth])
            place = places[each.path]
            if place is not None:
                place[each.field.name] = _value(each.field, value, place)
        return record

    def _place(
        self,
        places: dict[tuple[str, ...], Record | None],
        parents: dict[tuple[str, ...], tuple[Parent, str | None]],
        path: tuple[str, ...],
    ) -> None:
        if path in places:
            return
        parent, parent_id = parents[path]
        found = self.org.schema.of_id(parent_id) if parent_id else None
        places[path] = None
        if found and parent_id:
            kind = "Name" if parent.polymorphic else found.name
            places[path] = self._attributes(kind, found.name, parent_id)
        child = places[path[:-1]]
        if child is not None:
            child[path[-1]] = places[path]

    def _attributes(self, kind: str, sobject: str, record_id: str) -> Record:
        url = f"/services/data/v{self.version}/sobjects/{sobject}/{record_id}"
        return {"attributes": {"type": kind, "url": url}}


def _value(field: Field, value: Value, record: Record) -> Any:
    """An address is an object; what a file holds is shown as the place to fetch it from."""
    if value is None:
        return None
    if field.type == "address":
        return json.loads(str(value))
    if field.type == "base64":
        return f"{record['attributes']['url']}/{field.name}"
    return rendered(field, value)
