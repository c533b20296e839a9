"""A parsed query: what was asked, still in the query's own words, each with its place.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sf_handoff.embedded.soql_lexer import Token


@dataclass(frozen=True)
class Literal:
    """A value in a condition. `kind` is a token's, or null, boolean or range (TODAY and its like)."""

    kind: str
    token: Token
    count: int = 0


@dataclass(frozen=True)
class Term:
    """A field, or an aggregate function of it."""

    column: Token
    function: str = ""


@dataclass(frozen=True)
class Comparison:
    """One term against one value, or against several (`IN`, `NOT IN`)."""

    term: Term
    sign: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class SemiJoin:
    """A field against the ids that another query finds; `NOT IN` makes it an anti-join."""

    column: Token
    sign: str
    inner: Inner


@dataclass(frozen=True)
class Inner:
    column: Token
    source: Token
    where: Condition | None


@dataclass(frozen=True)
class Not:
    part: Condition


@dataclass(frozen=True)
class Joined:
    """Conditions joined by AND or by OR."""

    word: str
    parts: tuple[Condition, ...]


Condition: TypeAlias = Comparison | SemiJoin | Not | Joined


@dataclass(frozen=True)
class Order:
    term: Term
    descending: bool
    nulls: str


@dataclass(frozen=True)
class Selected:
    term: Term
    alias: Token | None = None


@dataclass(frozen=True)
class FieldGroup:
    """`FIELDS(…)`: `kind` is ALL, STANDARD or CUSTOM."""

    token: Token
    kind: str


@dataclass(frozen=True)
class Query:
    """A query as it was asked. COUNT() selects nothing; a `Query` among the selected is about children."""

    soql: str
    selected: tuple[Selected | FieldGroup | Query, ...]
    source: Token
    where: Condition | None = None
    grouped: tuple[Token, ...] = ()
    having: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0

    @property
    def aggregate(self) -> bool:
        terms = (each.term for each in self.selected if isinstance(each, Selected))
        return bool(self.grouped) or any(term.function for term in terms)
