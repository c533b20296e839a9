"""The tokens of one query, read from left to right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sf_handoff.embedded.reading import whole
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.soql_lexer import Token, pointing, tokens
from sf_handoff.embedded.soql_tree import Term

FUNCTIONS = ("AVG", "COUNT", "COUNT_DISTINCT", "MAX", "MIN", "SUM")
RESERVED = ("SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "LIMIT", "NULL", "TRUE", "FALSE")
HIGHEST = 2**31 - 1

T = TypeVar("T")


class Reader:
    def __init__(self, soql: str) -> None:
        self.soql = soql
        self._tokens = tokens(soql)
        self._next = 0

    @property
    def here(self) -> Token:
        return self._tokens[self._next]

    def advance(self) -> Token:
        token = self.here
        self._next += 1
        return token

    def take(self, *words: str) -> Token | None:
        return self.advance() if self.here.says(*words) else None

    def expect(self, *words: str) -> Token:
        if not self.here.says(*words):
            raise self.unexpected()
        return self.advance()

    def calls(self, *words: str) -> bool:
        """Does one of these functions come next?"""
        return self.here.says(*words) and self._tokens[self._next + 1].says("(")

    def counts(self) -> bool:
        """Take COUNT(), if that comes next."""
        if not self.calls("COUNT") or not self._tokens[self._next + 2].says(")"):
            return False
        self._next += 3
        return True

    def name(self) -> Token:
        if self.here.kind != "name" or self.here.says(*RESERVED):
            raise self.unexpected()
        return self.advance()

    def term(self) -> Term:
        if not self.calls(*FUNCTIONS):
            return Term(self.name())
        function = self.advance().text.upper()
        self.expect("(")
        column = self.name()
        self.expect(")")
        return Term(column, function)

    def several(self, read: Callable[[], T]) -> tuple[T, ...]:
        found = [read()]
        while self.take(","):
            found.append(read())
        return tuple(found)

    def count(self) -> int:
        token = self.here
        if token.kind != "number" or not token.text.isdecimal():
            raise self.unexpected()
        number = whole(self.advance().text)
        return HIGHEST if number is None else min(number, HIGHEST)

    def unexpected(self) -> Refusal:
        token = self.here
        if token.at == 0:
            return Refusal("MALFORMED_QUERY", f"unexpected token: {token.text}")
        return pointing(self.soql, token.at, "MALFORMED_QUERY", f"unexpected token: '{token.text}'")
