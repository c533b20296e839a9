# ruff: noqa: S608 - this is SOQL; its names are the report's, its values are quoted by `reports_filters`
"""The rows of a report, by way of SOQL, and what the groups of them add up to.

A report may filter by a long text, which a query may not.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_factmap_example.htm
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sf_handoff.embedded.database import Value
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.reports_cells import NOTHING, Cell, Cells, total
from sf_handoff.embedded.reports_filters import Filters, filter_logic
from sf_handoff.embedded.reports_kept import Kept
from sf_handoff.embedded.schema import Schema, SObject
from sf_handoff.embedded.soql import parse
from sf_handoff.embedded.soql_sql import Translator
from sf_handoff.embedded.soql_tree import Query

Row = dict[str, Value]
ORDERS = {"Asc": "ASC NULLS FIRST", "Desc": "DESC NULLS LAST"}


@dataclass
class Node:
    """A group of rows, in groups of their own where there is a further grouping. The whole is one too."""

    cell: Cell = field(default_factory=lambda: dict(NOTHING))
    rows: list[Row] = field(default_factory=list)
    groups: dict[tuple[Any, str], Node] = field(default_factory=dict)

    def group(self, cell: Cell) -> Node:
        value = cell["value"]
        key = (value["amount"] if isinstance(value, dict) else value, cell["label"])
        return self.groups.setdefault(key, Node(cell))


@dataclass(frozen=True)
class Run:
    """One run of a report, by the metadata that it goes by."""

    org: Org
    report: Kept
    metadata: dict[str, Any]
    cells: Cells

    def tree(self) -> Node:
        """All rows, grouped. The rows come in the order of the groups."""
        whole = Node()
        for row in self._rows():
            node = whole
            node.rows.append(row)
            for each in self.metadata["groupingsDown"]:
                node = node.group(self._group(row, each))
                node.rows.append(row)
        return whole

    def line(self, row: Row) -> list[Cell]:
        return [
            self.cells.cell(self.report.fields[name], *self.value(row, name))
            for name in self.metadata["detailColumns"]
        ]

    def totals(self, rows: list[Row]) -> list[Cell]:
        return [self._total(name, rows) for name in self.metadata["aggregates"]]

    def value(self, row: Row, name: str) -> tuple[Value, Value]:
        """What the column shows, and the Id beside it."""
        column = self.report.columns[name]
        return row[column.field], row[column.value] if column.value else None

    def _group(self, row: Row, grouping: dict[str, Any]) -> Cell:
        name = grouping["name"]
        granularity = grouping.get("dateGranularity") or "None"
        return self.cells.group(self.report.fields[name], *self.value(row, name), granularity)

    def _total(self, name: str, rows: list[Row]) -> Cell:
        if name == "RowCount":
            return total(None, len(rows))
        kind, _, column = name.partition("!")
        own, path = self.report.fields[column], self.report.columns[column].field
        numbers = [value for row in rows if isinstance(value := row[path], int | float)]
        return total(own, _summed(kind, numbers))

    def _rows(self) -> list[Row]:
        paths = list(dict.fromkeys(("Id", *self._paths())))
        query = self._query(paths)
        org = replace(self.org, schema=_searchable(self.org.schema))
        start = org.schema.get(self.report.sobject)
        assert start is not None
        records = Translator(org, query, start).records()
        before = 1 + len(records.parents)
        found = org.database.rows(records.sql, *records.values)
        return [dict(zip(paths, row[before:], strict=True)) for row in found]

    def _paths(self) -> Iterator[str]:
        """The fields to read."""
        grouped = [each["name"] for each in self.metadata["groupingsDown"]]
        summed = [each.partition("!")[2] for each in self.metadata["aggregates"] if each != "RowCount"]
        for name in (*self.metadata["detailColumns"], *grouped, *summed):
            column = self.report.columns[name]
            yield from (column.field, *([column.value] if column.value else []))

    def _query(self, paths: list[str]) -> Query:
        where = Filters(self.report, self.metadata, self.cells.zone).where()
        order = [(each["name"], each) for each in self.metadata["groupingsDown"]]
        order += [(each["sortColumn"], each) for each in self.metadata["sortBy"]]
        sorting = ", ".join(
            f"{self.report.columns[name].field} {ORDERS[each.get('sortOrder', 'Asc')]}"
            for name, each in order
        )
        soql = f"SELECT {', '.join(paths)} FROM {self.report.sobject}"
        soql += f" WHERE {where}" if where else ""
        soql += f" ORDER BY {sorting}" if sorting else ""
        try:
            return parse(soql)
        except Refusal:
            raise filter_logic() from None


def _summed(kind: str, numbers: list[int | float]) -> float | None:
    if kind == "s":
        return sum(numbers)
    if not numbers:
        return None
    return {"a": sum(numbers) / len(numbers), "mx": max(numbers), "m": min(numbers)}[kind]


def _searchable(schema: Schema) -> Schema:
    return Schema(tuple(_with_long_texts(each) for each in schema.sobjects))


def _with_long_texts(sobject: SObject) -> SObject:
    return replace(sobject, fields=tuple(_filterable(each) for each in sobject.fields))


def _filterable(own: Field) -> Field:
    if own.type != "textarea":
        return own
    return replace(own, document={**own.document, "filterable": True})
