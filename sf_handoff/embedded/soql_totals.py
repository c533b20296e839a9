# ruff: noqa: S608 - the names in the SQL are the schema's, and quoted; every value is a parameter
"""Aggregate queries in SQL: COUNT, SUM and their like, over everything or over groups.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby.htm
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sf_handoff.embedded.database import Value, quoted
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.soql_columns import Column, Columns
from sf_handoff.embedded.soql_lexer import Token, pointing
from sf_handoff.embedded.soql_sql import ordering, ungrouped
from sf_handoff.embedded.soql_tree import Comparison, Condition, Joined, Not, Order, Query, Selected, Term
from sf_handoff.embedded.soql_where import Where


@dataclass(frozen=True)
class Totals:
    """An aggregate query in SQL. A row holds the columns, which the answer calls `names`."""

    names: tuple[str, ...]
    columns: tuple[Column, ...]
    sql: str
    values: tuple[Value, ...]


class TotalsTranslator:
    def __init__(self, org: Org, query: Query, start: SObject, *, deleted: bool = False) -> None:
        self._query = query
        self._start = start
        self._columns = Columns(org.schema, start, query.soql, deleted=deleted)
        self._where = Where(org, query, start, self._columns, deleted=deleted)
        self._keys: set[tuple[str, ...]] = set()

    def totals(self) -> Totals:
        groups = [self._group(each) for each in self._query.grouped]
        selected = [self._selected(each) for each in self._query.selected]
        columns = tuple(self._of(each.term) for each in selected)
        rows = self._where.rows()
        tail = self._tail(groups)
        results = ", ".join(each.sql for each in columns)
        source = f"{quoted(self._start.name)} AS t{self._columns.joins} WHERE {rows}"
        return Totals(
            tuple(self._names(selected, columns)),
            columns,
            f"SELECT {results} FROM {source}{tail}",
            tuple(self._where.values),
        )

    def _tail(self, groups: list[Column]) -> str:
        query = self._query
        tail = f" GROUP BY {', '.join(each.sql for each in groups)}" if groups else ""
        if query.having:
            self._check(query.having)
            tail += f" HAVING {self._where.condition(query.having)}"
        if query.order:
            tail += f" ORDER BY {', '.join(self._order(each) for each in query.order)}"
        return f"{tail} LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset}"

    def _group(self, token: Token) -> Column:
        column = self._columns.at(token)
        if not column.field["groupable"]:
            message = f"field '{column.field.name}' can not be grouped in a query call"
            raise pointing(self._query.soql, token.at, "INVALID_FIELD", message)
        self._keys.add(column.key)
        return column

    def _selected(self, each: object) -> Selected:
        if not isinstance(each, Selected):
            message = "FIELDS() and queries of children cannot be part of an aggregate query"
            raise Refusal("MALFORMED_QUERY", message)
        return each

    def _of(self, term: Term, *, ordered: bool = False) -> Column:
        """The column of a term that is grouped, or an aggregate of one that is not."""
        grouped = self._columns.at(term.column).key in self._keys
        if not (grouped or term.function):
            raise ungrouped(term.column, ordered=ordered)
        if grouped and term.function:
            message = f"Grouped field should not be aggregated: {term.column.text}"
            raise pointing(self._query.soql, term.column.at, "MALFORMED_QUERY", message)
        return self._columns.of(term)

    def _order(self, order: Order) -> str:
        return ordering(order, self._of(order.term, ordered=True), self._query.soql)

    def _check(self, condition: Condition) -> None:
        if isinstance(condition, Joined):
            for part in condition.parts:
                self._check(part)
        elif isinstance(condition, Not):
            self._check(condition.part)
        elif isinstance(condition, Comparison):
            self._of(condition.term)
        else:
            message = "Semi-joins are only supported in WHERE clauses"
            raise pointing(self._query.soql, condition.column.at, "MALFORMED_QUERY", message)

    def _names(self, selected: list[Selected], columns: tuple[Column, ...]) -> Iterator[str]:
        """The alias; else the field's own name, or expr0, expr1, … for a function."""
        taken, unnamed = set(), 0
        for each, column in zip(selected, columns, strict=True):
            name = each.alias.text if each.alias else column.field.name
            if each.term.function and not each.alias:
                name, unnamed = f"expr{unnamed}", unnamed + 1
            if name.lower() in taken:
                raise Refusal("MALFORMED_QUERY", f"duplicate alias: {name}")
            taken.add(name.lower())
            yield name
