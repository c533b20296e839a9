# ruff: noqa: S608 - the names in the SQL are the schema's, and quoted; every value is a parameter
"""From a parsed query to parametrised SQL over the org's tables. Empty fields sort first.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sf_handoff.embedded.database import Value, quoted
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.soql_columns import Column, Columns, Parent
from sf_handoff.embedded.soql_lexer import Token, pointing
from sf_handoff.embedded.soql_tree import FieldGroup, Order, Query, Selected
from sf_handoff.embedded.soql_where import Where


@dataclass(frozen=True)
class Records:
    """A query of records in SQL. A row holds the record's id, then each parent's, then the columns."""

    sobject: SObject
    shown: tuple[Column | Children, ...]
    parents: tuple[Parent, ...]
    sql: str
    values: tuple[Value, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(each for each in self.shown if isinstance(each, Column))


@dataclass(frozen=True)
class Children:
    """A query of children under the name of their relationship.

    Its last parameter is a JSON list of parents' ids, the last value of its rows the parent's; `limit` is
    for each parent.
    """

    name: str
    records: Records
    limit: int | None


class Translator:
    """Translates one query of records. `start` is the sObject it reads from, `link` the way to a parent."""

    def __init__(
        self, org: Org, query: Query, start: SObject, *, deleted: bool = False, link: Field | None = None
    ) -> None:
        self._org = org
        self._query = query
        self._start = start
        self._deleted = deleted
        self._link = link
        self._columns = Columns(org.schema, start, query.soql, deleted=deleted)
        self._where = Where(org, query, start, self._columns, deleted=deleted)

    def records(self) -> Records:
        shown = tuple(self._shown())
        columns = [each for each in shown if isinstance(each, Column)]
        parents = self._columns.parents(columns)
        results = ['t."Id"', *(each.sql for each in columns)]
        results[1:1] = [each.id_sql for each in parents]
        rows, bounds = self._where.rows(), self._bounds
        if self._link:
            owner = f"t.{quoted(self._link.name)}"
            results.append(owner)
            rows, bounds = f"{rows} AND {owner} IN (SELECT value FROM json_each(?))", ""
        order = ", ".join([*map(self._order, self._query.order), 't."Id"'])
        sql = f"SELECT {', '.join(results)} FROM {self._source(rows)} ORDER BY {order} {bounds}"
        return Records(self._start, shown, parents, sql, tuple(self._where.values))

    def count(self) -> tuple[str, tuple[Value, ...]]:
        """COUNT() in SQL."""
        source = self._source(self._where.rows())
        sql = f"SELECT COUNT(*) AS total FROM (SELECT 1 FROM {source} {self._bounds})"
        return sql, tuple(self._where.values)

    @property
    def _bounds(self) -> str:
        limit = -1 if self._query.limit is None else self._query.limit
        return f"LIMIT {limit} OFFSET {self._query.offset}"

    def _source(self, rows: str) -> str:
        """To be asked for last, since every column may have added a join."""
        return f"{quoted(self._start.name)} AS t{self._columns.joins} WHERE {rows}"

    def _shown(self) -> Iterator[Column | Children]:
        seen: set[tuple[str, ...]] = set()
        for each in self._selected():
            key = each.key if isinstance(each, Column) else (each.name,)
            if key in seen:
                raise Refusal("INVALID_FIELD", f"duplicate field selected: {'.'.join(key)}")
            seen.add(key)
            yield each

    def _selected(self) -> Iterator[Column | Children]:
        for each in self._query.selected:
            if isinstance(each, FieldGroup):
                yield from self._columns.group(each.kind)
            elif isinstance(each, Selected):
                yield self._columns.at(each.term.column)
            else:
                yield self._children(each)

    def _children(self, query: Query) -> Children:
        token = query.source
        name = token.text.lower().removeprefix(f"{self._start.name.lower()}.")
        for child, link in self._org.schema.children(self._start):
            if link.children and link.children.lower() == name:
                translator = Translator(self._org, query, child, deleted=self._deleted, link=link)
                return Children(link.children, translator.records(), query.limit)
        message = (
            f"Didn't understand relationship '{token.text}' in FROM part of query call. If you are "
            "attempting to use a custom relationship, be sure to append the '__r' after the custom "
            "relationship name. Please reference your WSDL or the describe call for the appropriate names."
        )
        raise pointing(query.soql, token.at, "INVALID_TYPE", message)

    def _order(self, order: Order) -> str:
        column = self._columns.of(order.term)
        if order.term.function:
            raise ungrouped(order.term.column, ordered=True)
        return ordering(order, column, self._query.soql)


def ordering(order: Order, column: Column, soql: str) -> str:
    if not (order.term.function or column.field["sortable"]):
        message = f"field '{column.field.name}' can not be sorted in a query call"
        raise pointing(soql, order.term.column.at, "INVALID_FIELD", message)
    return f"{column.sql} {'DESC' if order.descending else 'ASC'} NULLS {order.nulls}"


def ungrouped(token: Token, *, ordered: bool = False) -> Refusal:
    """Seen in answers without row and column, unlike the others."""
    subject = "Ordered field" if ordered else "Field"
    return Refusal("MALFORMED_QUERY", f"{subject} must be grouped or aggregated: {token.text}")
