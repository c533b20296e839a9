# ruff: noqa: S608 - the names in the SQL are the schema's, and quoted; every value is a parameter
"""From a parsed query to parametrised SQL over the org's tables.

SOQL knows no unknown: a comparison with an empty field is false, and its negation true. Empty fields sort
first. https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_conditionexpression.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sf_handoff.embedded import ids
from sf_handoff.embedded.database import Value, quoted
from sf_handoff.embedded.describe_fields import NUMBERS, TEXT, Field
from sf_handoff.embedded.org import Org, stamp
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.soql import Comparison, Condition, Joined, Literal, Not, Query
from sf_handoff.embedded.soql_columns import Column, Columns, Parent
from sf_handoff.embedded.soql_lexer import Token, pointing, text
from sf_handoff.embedded.values import day, moment

FITTING = {
    "boolean": {"boolean"},
    "date": {"date"},
    "datetime": {"datetime"},
    "id": {"string"},
    "reference": {"string"},
    **{kind: {"string"} for kind in TEXT},
    **{kind: {"number"} for kind in NUMBERS},
}


@dataclass(frozen=True)
class Statement:
    """A query in SQL. It selects the record's id, then each parent's, then the columns.

    `select` takes a page's size and the number of rows before it as its last two values.
    """

    columns: tuple[Column, ...]
    parents: tuple[Parent, ...]
    select: str
    count: str
    values: tuple[Value, ...]


class Translator:
    """Translates one query. `start` is the sObject it reads from."""

    def __init__(self, org: Org, query: Query, start: SObject) -> None:
        self._org = org
        self._query = query
        self._columns = Columns(org.schema, start, query.soql)
        self._values: list[Value] = []
        self._start = start

    def statement(self) -> Statement:
        query = self._query
        columns = tuple(self._columns.at(token) for token in query.columns)
        parents = self._columns.parents(columns)
        where = f" AND ({self._condition(query.where)})" if query.where else ""
        order = [self._order(each.column, each.descending, each.nulls) for each in query.order]
        ordered = ", ".join([*order, 't."Id"'])
        bounds = f"LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset}"
        source = f'{quoted(self._start.name)} AS t{self._columns.joins} WHERE NOT t."IsDeleted"{where}'
        results = ['t."Id"', *(each.id_sql for each in parents), *(each.sql for each in columns)]
        rows = f"SELECT {', '.join(results)} FROM {source} ORDER BY {ordered} {bounds}"
        return Statement(
            columns,
            parents,
            f"SELECT * FROM ({rows}) LIMIT ? OFFSET ?",
            f"SELECT COUNT(*) AS total FROM (SELECT 1 FROM {source} {bounds})",
            tuple(self._values),
        )

    def _order(self, token: Token, descending: bool, nulls: str) -> str:
        column = self._columns.at(token)
        if not column.field["sortable"]:
            raise self._unusable(token, column.field, "sorted")
        return f"{column.sql} {'DESC' if descending else 'ASC'} NULLS {nulls}"

    def _condition(self, condition: Condition) -> str:
        if isinstance(condition, Joined):
            return f" {condition.word} ".join(f"({self._condition(part)})" for part in condition.parts)
        if isinstance(condition, Not):
            return f"NOT IFNULL(({self._condition(condition.part)}), 0)"
        return self._comparison(condition)

    def _comparison(self, asked: Comparison) -> str:
        column = self._columns.at(asked.column)
        if not column.field["filterable"] or column.field.type == "address":
            raise self._unusable(asked.column, column.field, "filtered")
        if asked.sign in {"IN", "NOT IN"}:
            anyone = " OR ".join(self._single(column, "=", each) for each in asked.values)
            return anyone if asked.sign == "IN" else f"NOT IFNULL(({anyone}), 0)"
        return self._single(column, asked.sign, asked.values[0])

    def _single(self, column: Column, sign: str, literal: Literal) -> str:
        if literal.kind == "null":
            if sign not in {"=", "!="}:
                raise self._malformed(literal.token)
            return f"{column.sql} IS {'' if sign == '=' else 'NOT '}NULL"
        if literal.kind == "range":
            return self._ranged(column, sign, literal)
        if sign == "LIKE":
            return self._like(column, literal)
        self._values.append(self._value(column.field, literal))
        if sign == "!=":
            return f"NOT IFNULL({column.sql} = ?, 0)"
        return f"{column.sql} {sign} ?"

    def _like(self, column: Column, literal: Literal) -> str:
        if literal.kind != "string" or column.field.type not in TEXT:
            raise self._misfit(column.field, literal)
        self._values.append(text(self._query.soql, literal.token, like=True))
        return f"{column.sql} LIKE ? ESCAPE '\\'"

    def _ranged(self, column: Column, sign: str, literal: Literal) -> str:
        """TODAY and its like are whole days of the running user's time zone, from `first` up to `last`."""
        if column.field.type not in {"date", "datetime"} or sign == "LIKE":
            raise self._misfit(column.field, literal)
        first, last = self._days(column.field.type, literal)
        inside = f"({column.sql} >= ? AND {column.sql} < ?)"
        if sign in {"=", "!="}:
            self._values += (first, last)
            return inside if sign == "=" else f"NOT IFNULL({inside}, 0)"
        self._values.append(first if sign in {"<", ">="} else last)
        return f"{column.sql} {'<' if sign in {'<', '<='} else '>='} ?"

    def _days(self, kind: str, literal: Literal) -> tuple[str, str]:
        today = self._org.clock().astimezone(self._org.timezone).date()
        name = literal.token.text.upper()
        first = today - timedelta(days=1 if name == "YESTERDAY" else literal.days)
        last = today + timedelta(days=0 if name == "YESTERDAY" else 1)
        if kind == "date":
            return first.isoformat(), last.isoformat()
        midnights = (datetime.combine(each, time(), self._org.timezone) for each in (first, last))
        start, end = (stamp(each) for each in midnights)
        return start, end

    def _value(self, field: Field, literal: Literal) -> Value:
        if literal.kind not in FITTING[field.type]:
            raise self._misfit(field, literal)
        token = literal.token
        if literal.kind == "string":
            found = text(self._query.soql, token)
            return self._id(field, found, token) if field.type in {"id", "reference"} else found
        if literal.kind == "boolean":
            return int(token.text.upper() == "TRUE")
        if literal.kind == "number":
            return float(token.text)
        try:
            return day(token.text) if literal.kind == "date" else moment(token.text)
        except ValueError:
            raise self._malformed(token) from None

    def _id(self, field: Field, given: str, token: Token) -> str:
        found = ids.normal(given)
        if found is None:
            message = f"invalid ID field: {given}"
            raise pointing(self._query.soql, token.at, "INVALID_QUERY_FILTER_OPERATOR", message)
        return found

    def _misfit(self, field: Field, literal: Literal) -> Refusal:
        bare = "string" not in FITTING[field.type]
        kind = field.type if bare else "string"
        hint = "should not be enclosed in quotes" if bare else "should be enclosed in quotes"
        message = f"value of filter criterion for field '{field.name}' must be of type {kind} and {hint}"
        return pointing(self._query.soql, literal.token.at, "INVALID_FIELD", message)

    def _malformed(self, token: Token) -> Refusal:
        return pointing(self._query.soql, token.at, "MALFORMED_QUERY", f"unexpected token: '{token.text}'")

    def _unusable(self, token: Token, field: Field, use: str) -> Refusal:
        message = f"field '{field.name}' can not be {use} in a query call"
        return pointing(self._query.soql, token.at, "INVALID_FIELD", message)
