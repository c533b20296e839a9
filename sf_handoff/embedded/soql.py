"""The part of SOQL that this org speaks, as a small recursive-descent grammar. The rest is MALFORMED_QUERY.

    SELECT fields | COUNT()  FROM sObject  [WHERE …]  [GROUP BY …  [HAVING …]]
    [ORDER BY …]  [LIMIT n]  [OFFSET n]

Fields may be parents' (`Contact.Name`), aggregates (`MAX(CreatedDate) latest`), groups (`FIELDS(ALL)`) and
queries of children (`(SELECT Id FROM Tasks)`).
https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
"""

from __future__ import annotations

from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.soql_conditions import having, where
from sf_handoff.embedded.soql_lexer import Token
from sf_handoff.embedded.soql_reader import Reader
from sf_handoff.embedded.soql_tree import FieldGroup, Order, Query, Selected, Term

LONGEST = 100_000
MOST_SKIPPED = 2000
MOST_OF_ALL_FIELDS = 200


def statement(given: str | None) -> str:
    """What a client gave for a statement, if there is one and not too much of it."""
    if not given:
        raise Refusal("MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    if len(given) > LONGEST:
        raise Refusal("MALFORMED_QUERY", f"SOQL statements cannot be longer than {LONGEST} characters.")
    return given


def parse(soql: str) -> Query:
    return _Parser(soql).query()


class _Parser:
    def __init__(self, soql: str) -> None:
        self._reader = Reader(soql)

    def query(self) -> Query:
        reader = self._reader
        reader.expect("SELECT")
        selected = self._selected()
        reader.expect("FROM")
        source = reader.name()
        condition = where(reader) if reader.take("WHERE") else None
        counting = not selected
        grouped = self._grouped() if not counting and reader.take("GROUP") else ()
        query = Query(
            reader.soql,
            selected,
            source,
            condition,
            grouped,
            having=having(reader) if grouped and reader.take("HAVING") else None,
            order=self._orders() if reader.take("ORDER") else (),
            limit=reader.count() if reader.take("LIMIT") else None,
            offset=self._skipped() if reader.take("OFFSET") else 0,
        )
        if reader.here.kind != "end":
            raise reader.unexpected()
        return _checked(query)

    def _children(self) -> Query:
        reader = self._reader
        reader.expect("SELECT")
        selected = reader.several(lambda: self._fields() or Selected(Term(reader.name())))
        reader.expect("FROM")
        query = Query(
            reader.soql,
            selected,
            reader.name(),
            where(reader) if reader.take("WHERE") else None,
            order=self._orders() if reader.take("ORDER") else (),
            limit=reader.count() if reader.take("LIMIT") else None,
        )
        reader.expect(")")
        return _checked(query)

    def _selected(self) -> tuple[Selected | FieldGroup | Query, ...]:
        return () if self._reader.counts() else self._reader.several(self._item)

    def _item(self) -> Selected | FieldGroup | Query:
        reader = self._reader
        if reader.take("("):
            return self._children()
        if group := self._fields():
            return group
        term = reader.term()
        alias = reader.name() if reader.here.kind == "name" and not reader.here.says("FROM") else None
        return Selected(term, alias)

    def _fields(self) -> FieldGroup | None:
        reader = self._reader
        if not reader.calls("FIELDS"):
            return None
        token = reader.advance()
        reader.expect("(")
        kind = reader.expect("ALL", "CUSTOM", "STANDARD").text.upper()
        reader.expect(")")
        return FieldGroup(token, kind)

    def _grouped(self) -> tuple[Token, ...]:
        self._reader.expect("BY")
        return self._reader.several(self._reader.name)

    def _orders(self) -> tuple[Order, ...]:
        self._reader.expect("BY")
        return self._reader.several(self._order)

    def _order(self) -> Order:
        reader = self._reader
        term = reader.term()
        direction = reader.take("ASC", "DESC")
        nulls = reader.expect("FIRST", "LAST").text.upper() if reader.take("NULLS") else "FIRST"
        return Order(term, bool(direction and direction.says("DESC")), nulls)

    def _skipped(self) -> int:
        offset = self._reader.count()
        if offset > MOST_SKIPPED:
            message = f"Maximum SOQL offset allowed is {MOST_SKIPPED}"
            raise Refusal("NUMBER_OUTSIDE_VALID_RANGE", message)
        return offset


def _checked(query: Query) -> Query:
    """What the grammar cannot say: how the clauses bear on each other."""
    unbounded = any(isinstance(each, FieldGroup) and each.kind != "STANDARD" for each in query.selected)
    if unbounded and (query.limit is None or query.limit > MOST_OF_ALL_FIELDS):
        message = f"The SOQL FIELDS function must have a LIMIT of at most {MOST_OF_ALL_FIELDS}"
        raise Refusal("MALFORMED_QUERY", message)
    if query.aggregate:
        if not query.grouped and query.limit is not None:
            message = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
            raise Refusal("MALFORMED_QUERY", message)
    elif any(isinstance(each, Selected) and each.alias for each in query.selected):
        raise Refusal("MALFORMED_QUERY", "only aggregate expressions use field aliasing")
    return query
