"""The part of SOQL that this org speaks, as a small recursive-descent grammar. The rest is MALFORMED_QUERY.

    SELECT fields | COUNT()  FROM sObject  [WHERE …]  [ORDER BY …]  [LIMIT n]  [OFFSET n]

Fields may be parents' (`Contact.Name`). AND and OR do not mix without parentheses.
https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.soql_lexer import Token, pointing, tokens

COMPARISONS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
RANGES = {"TODAY", "YESTERDAY", "LAST_N_DAYS"}
RESERVED = ("SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "LIMIT", "NULL", "TRUE", "FALSE")
LITERALS = {"string", "number", "date", "datetime"}
MOST_SKIPPED = 2000


@dataclass(frozen=True)
class Literal:
    """A value in a condition. `kind` is a token's, or null, boolean or range (TODAY and its like)."""

    kind: str
    token: Token
    days: int = 0


@dataclass(frozen=True)
class Comparison:
    """One field against one value, or against several (`IN`, `NOT IN`)."""

    column: Token
    sign: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Not:
    part: Condition


@dataclass(frozen=True)
class Joined:
    """Conditions joined by AND or by OR."""

    word: str
    parts: tuple[Condition, ...]


Condition: TypeAlias = Comparison | Not | Joined


@dataclass(frozen=True)
class Order:
    column: Token
    descending: bool
    nulls: str


@dataclass(frozen=True)
class Query:
    """A query as it was asked. `columns` is empty for COUNT()."""

    soql: str
    columns: tuple[Token, ...]
    source: Token
    where: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0


def parse(soql: str) -> Query:
    return _Parser(soql).query()


class _Parser:
    def __init__(self, soql: str) -> None:
        self._soql = soql
        self._tokens = tokens(soql)
        self._next = 0

    def query(self) -> Query:
        self._expect("SELECT")
        columns = self._columns()
        self._expect("FROM")
        query = Query(
            self._soql,
            columns,
            self._name(),
            where=self._either() if self._take("WHERE") else None,
            order=self._orders() if self._take("ORDER") else (),
            limit=self._count() if self._take("LIMIT") else None,
            offset=self._skipped() if self._take("OFFSET") else 0,
        )
        if self._here.kind != "end":
            raise self._unexpected()
        return query

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    def _advance(self) -> Token:
        token = self._here
        self._next += 1
        return token

    def _take(self, *words: str) -> Token | None:
        return self._advance() if self._here.says(*words) else None

    def _expect(self, word: str) -> Token:
        if not self._here.says(word):
            raise self._unexpected()
        return self._advance()

    def _name(self) -> Token:
        if self._here.kind != "name" or self._here.says(*RESERVED):
            raise self._unexpected()
        return self._advance()

    def _unexpected(self) -> Refusal:
        token = self._here
        if token.at == 0:
            return Refusal("MALFORMED_QUERY", f"unexpected token: {token.text}")
        return pointing(self._soql, token.at, "MALFORMED_QUERY", f"unexpected token: '{token.text}'")

    def _columns(self) -> tuple[Token, ...]:
        if self._here.says("COUNT") and self._tokens[self._next + 1].says("("):
            self._next += 2
            self._expect(")")
            return ()
        columns = [self._name()]
        while self._take(","):
            columns.append(self._name())
        return tuple(columns)

    def _either(self) -> Condition:
        """Conditions joined by one word; the other one needs parentheses around its group."""
        parts = [self._negated()]
        word = self._here.text.upper()
        while self._take("AND", "OR"):
            parts.append(self._negated())
            if self._here.says("AND", "OR") and self._here.text.upper() != word:
                raise self._unexpected()
        return Joined(word, tuple(parts)) if len(parts) > 1 else parts[0]

    def _negated(self) -> Condition:
        if self._take("NOT"):
            return Not(self._negated())
        if self._take("("):
            inner = self._either()
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Comparison:
        column = self._name()
        if self._here.text in COMPARISONS:
            return Comparison(column, COMPARISONS[self._advance().text], (self._literal(),))
        if self._take("LIKE"):
            return Comparison(column, "LIKE", (self._literal(),))
        sign = "NOT IN" if self._take("NOT") else "IN"
        self._expect("IN")
        return Comparison(column, sign, self._list())

    def _list(self) -> tuple[Literal, ...]:
        self._expect("(")
        found = [self._literal()]
        while self._take(","):
            found.append(self._literal())
        self._expect(")")
        return tuple(found)

    def _literal(self) -> Literal:
        token, word = self._here, self._here.text.upper()
        if token.kind in LITERALS:
            return Literal(token.kind, self._advance())
        if token.says("NULL", "TRUE", "FALSE"):
            return Literal("null" if word == "NULL" else "boolean", self._advance())
        if not token.says(*RANGES):
            raise self._unexpected()
        self._advance()
        days = 0
        if word == "LAST_N_DAYS":
            self._expect(":")
            days = self._count()
        return Literal("range", token, days)

    def _orders(self) -> tuple[Order, ...]:
        self._expect("BY")
        found = [self._order()]
        while self._take(","):
            found.append(self._order())
        return tuple(found)

    def _order(self) -> Order:
        column = self._name()
        direction = self._take("ASC", "DESC")
        nulls = "FIRST"
        if self._take("NULLS"):
            nulls = "LAST" if self._take("LAST") else self._expect("FIRST").text.upper()
        return Order(column, bool(direction and direction.says("DESC")), nulls)

    def _count(self) -> int:
        token = self._here
        if token.kind != "number" or not token.text.isdecimal():
            raise self._unexpected()
        return int(self._advance().text)

    def _skipped(self) -> int:
        offset = self._count()
        if offset > MOST_SKIPPED:
            message = f"Maximum SOQL offset allowed is {MOST_SKIPPED}"
            raise Refusal("NUMBER_OUTSIDE_VALID_RANGE", message)
        return offset
