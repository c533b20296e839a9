"""The conditions of WHERE and HAVING. AND and OR do not mix without parentheses.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_conditionexpression.htm
"""

from __future__ import annotations

from collections.abc import Callable

from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.soql_dates import COUNTED, PLAIN
from sf_handoff.embedded.soql_reader import Reader
from sf_handoff.embedded.soql_tree import (
    Comparison,
    Condition,
    Inner,
    Joined,
    Literal,
    Not,
    SemiJoin,
    Term,
)

COMPARISONS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
LITERALS = {"string", "number", "date", "datetime"}
DEEPEST = 15


def where(reader: Reader) -> Condition:
    return _Conditions(reader, lambda: Term(reader.name())).either()


def having(reader: Reader) -> Condition:
    return _Conditions(reader, reader.term).either()


class _Conditions:
    def __init__(self, reader: Reader, term: Callable[[], Term]) -> None:
        self._reader = reader
        self._term = term
        self._depth = 0

    def either(self) -> Condition:
        """Conditions joined by one word; the other one needs parentheses around its group."""
        parts = [self._negated()]
        word = self._reader.here.text.upper()
        while self._reader.take("AND", "OR"):
            parts.append(self._negated())
            if self._reader.here.says("AND", "OR") and self._reader.here.text.upper() != word:
                raise self._reader.unexpected()
        return Joined(word, tuple(parts)) if len(parts) > 1 else parts[0]

    def _negated(self) -> Condition:
        if self._reader.take("NOT"):
            return Not(self._deeper(self._negated))
        if self._reader.take("("):
            inner = self._deeper(self.either)
            self._reader.expect(")")
            return inner
        return self._comparison()

    def _deeper(self, read: Callable[[], Condition]) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Refusal("QUERY_TOO_COMPLICATED", "Query is either selecting too many fields or the filter "
                          "conditions are too complicated.")  # fmt: skip
        found = read()
        self._depth -= 1
        return found

    def _comparison(self) -> Condition:
        reader, term = self._reader, self._term()
        if reader.here.text in COMPARISONS:
            return Comparison(term, COMPARISONS[reader.advance().text], (self._literal(),))
        if reader.take("LIKE"):
            return Comparison(term, "LIKE", (self._literal(),))
        sign = "NOT IN" if reader.take("NOT") else "IN"
        reader.expect("IN")
        reader.expect("(")
        if reader.here.says("SELECT") and not term.function:
            found: Condition = SemiJoin(term.column, sign, self._inner())
        else:
            found = Comparison(term, sign, reader.several(self._literal))
        reader.expect(")")
        return found

    def _inner(self) -> Inner:
        reader = self._reader
        reader.expect("SELECT")
        column = reader.name()
        reader.expect("FROM")
        return Inner(column, reader.name(), where(reader) if reader.take("WHERE") else None)

    def _literal(self) -> Literal:
        reader = self._reader
        token, word = reader.here, reader.here.text.upper()
        if token.kind in LITERALS:
            return Literal(token.kind, reader.advance())
        if token.says("NULL", "TRUE", "FALSE"):
            return Literal("null" if word == "NULL" else "boolean", reader.advance())
        if not token.says(*PLAIN, *COUNTED):
            raise reader.unexpected()
        reader.advance()
        if word in PLAIN:
            return Literal("range", token)
        reader.expect(":")
        return Literal("range", token, reader.count())
