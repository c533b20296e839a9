# ruff: noqa: S608 - the names in the SQL are the schema's, and quoted; every value is a parameter
"""Conditions in SQL.

SOQL knows no unknown: a comparison with an empty field is false, and its negation true. An empty string is
no value. https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_conditionexpression.htm
"""

from __future__ import annotations

from collections.abc import Sequence

from sf_handoff.embedded.database import Value, quoted
from sf_handoff.embedded.describe_fields import TEXT
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.soql_columns import Column, Columns, known
from sf_handoff.embedded.soql_lexer import Token, pointing
from sf_handoff.embedded.soql_semi_joins import check
from sf_handoff.embedded.soql_tree import Comparison, Condition, Joined, Literal, Not, Query, SemiJoin
from sf_handoff.embedded.soql_values import Values

KEYS = {"id", "reference"}


class Where:
    """Writes the conditions of one query, and collects the values for their parameters in `values`."""

    def __init__(self, org: Org, query: Query, start: SObject, columns: Columns, *, deleted: bool) -> None:
        self._org = org
        self._query = query
        self._start = start
        self._columns = columns
        self._deleted = deleted
        self._values = Values(org, query.soql)
        self.values: list[Value] = []

    def rows(self) -> str:
        """Which rows of the table the query is about."""
        living = "1" if self._deleted else 'NOT t."IsDeleted"'
        return f"{living} AND {self.condition(self._query.where)}" if self._query.where else living

    def condition(self, condition: Condition) -> str:
        check(condition, self._query.soql)
        return f"({self._sql(condition)})"

    def _sql(self, condition: Condition) -> str:
        if isinstance(condition, Joined):
            return _joined(condition.word, [self._sql(part) for part in condition.parts])
        if isinstance(condition, Not):
            return _not(self._sql(condition.part))
        if isinstance(condition, SemiJoin):
            return self._semi_join(condition)
        return self._comparison(condition)

    def _comparison(self, asked: Comparison) -> str:
        token, column = asked.term.column, self._columns.of(asked.term)
        if not (asked.term.function or column.field["filterable"]):
            message = f"field '{column.field.name}' can not be filtered in a query call"
            raise self._pointing(token, "INVALID_FIELD", message)
        if column.field.type == "address":
            message = "Address fields can only be filtered using Distance expressions"
            raise self._pointing(token, "INVALID_FIELD", message)
        if asked.sign not in _signs(column.field.type):
            message = f"invalid operator on {column.field.type} field"
            raise self._pointing(token, "INVALID_QUERY_FILTER_OPERATOR", message)
        if asked.sign in {"IN", "NOT IN"}:
            anyone = self._anyone(column, asked.values, token)
            return anyone if asked.sign == "IN" else _not(anyone)
        return self._single(column, asked.sign, asked.values[0], token)

    def _anyone(self, column: Column, literals: Sequence[Literal], token: Token) -> str:
        """Plain values become one SQL list, for a list may be longer than SQLite lets a chain of ORs be."""
        special = [each for each in literals if each.kind == "range" or self._nothing(column, each)]
        singles = [self._single(column, "=", each, token) for each in special]
        plain = [each for each in literals if each not in special]
        if plain:
            self.values += [self._values.value(column.field, each, token) for each in plain]
            singles.append(f"{column.sql} IN ({', '.join('?' * len(plain))})")
        return _joined("OR", singles)

    def _single(self, column: Column, sign: str, literal: Literal, token: Token) -> str:
        if sign in {"=", "!="} and self._nothing(column, literal):
            return f"{column.sql} IS {'' if sign == '=' else 'NOT '}NULL"
        if literal.kind == "null":
            raise self._pointing(
                literal.token, "MALFORMED_QUERY", f"unexpected token: '{literal.token.text}'"
            )
        if literal.kind == "range":
            return self._ranged(column, sign, literal, token)
        self.values.append(self._values.value(column.field, literal, token, like=sign == "LIKE"))
        if sign == "LIKE":
            return f"{column.sql} LIKE ? ESCAPE '\\'"
        return _not(f"{column.sql} = ?") if sign == "!=" else f"{column.sql} {sign} ?"

    def _nothing(self, column: Column, literal: Literal) -> bool:
        textual = column.field.type in TEXT or column.field.type in KEYS
        return literal.kind == "null" or (textual and literal.token.text == "''")

    def _ranged(self, column: Column, sign: str, literal: Literal, token: Token) -> str:
        first, last = self._values.days(column.field, literal, token)
        inside = f"({column.sql} >= ? AND {column.sql} < ?)"
        if sign in {"=", "!="}:
            self.values += (first, last)
            return inside if sign == "=" else _not(inside)
        self.values.append(first if sign in {"<", ">="} else last)
        return f"{column.sql} {'<' if sign in {'<', '<='} else '>='} ?"

    def _semi_join(self, asked: SemiJoin) -> str:
        outer, soql = self._columns.at(asked.column), self._query.soql
        start = known(self._org.schema, soql, asked.inner.source)
        columns = Columns(self._org.schema, start, soql, deleted=self._deleted)
        inner = columns.at(asked.inner.column)
        if outer.field.type not in KEYS or inner.field.type not in KEYS or inner.path:
            message = "Semi join sub-selects compare an ID or reference field with one of the inner object"
            raise self._pointing(asked.inner.column, "MALFORMED_QUERY", message)
        if start.name == self._start.name:
            message = "The inner and outer selects should not be on the same object type"
            raise self._pointing(asked.inner.source, "MALFORMED_QUERY", message)
        query = Query(soql, (), asked.inner.source, asked.inner.where)
        where = Where(self._org, query, start, columns, deleted=self._deleted)
        rows = where.rows()
        self.values += where.values
        found = f"SELECT {inner.sql} FROM {quoted(start.name)} AS t{columns.joins} WHERE {rows}"
        among = f"{outer.sql} IN ({found})"
        return among if asked.sign == "IN" else _not(among)

    def _pointing(self, token: Token, code: str, message: str) -> Refusal:
        return pointing(self._query.soql, token.at, code, message)


def _signs(kind: str) -> set[str]:
    """`invalid operator` is what Salesforce says of the others."""
    signs = {"=", "!=", "IN", "NOT IN"}
    if kind not in {"base64", "boolean"}:
        signs |= {"<", "<=", ">", ">="}
    return signs | {"LIKE"} if kind in TEXT else signs


def _not(condition: str) -> str:
    return f"NOT IFNULL(({condition}), 0)"


def _joined(word: str, parts: list[str]) -> str:
    """Joined in halves, for SQLite bounds how deep an expression may be."""
    if len(parts) == 1:
        return f"({parts[0]})"
    half = len(parts) // 2
    return f"({_joined(word, parts[:half])} {word} {_joined(word, parts[half:])})"
