"""Queries: from SOQL to the answer's pages, and a single record by the same road.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
"""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from typing import Any

from sf_handoff.embedded import ids
from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.soql import Comparison, Literal, Query, parse
from sf_handoff.embedded.soql_lexer import Token, pointing
from sf_handoff.embedded.soql_sql import Statement, Translator
from sf_handoff.embedded.values import rendered

PAGE = 2000
BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d+)")
CURSOR = "01g"


def query(org: Org, call: Call) -> Answer:
    soql = call.params.get("q")
    if not soql:
        raise Refusal("MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    return Answer(200, _page(org, call.version, _Cursor(soql, _page_size(call))))


def more(org: Org, call: Call, locator: str) -> Answer:
    """The next page. The query is run again for it, so that a page shows the records as they now are."""
    cursor, _, before = locator.partition("-")
    row = org.database.row("SELECT soql, size FROM _cursors WHERE locator = ?", cursor)
    if row is None or not before.isdecimal():
        raise Refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
    return Answer(200, _page(org, call.version, _Cursor(row["soql"], row["size"], int(before), cursor)))


def record(org: Org, sobject: SObject, record_id: str, names: list[str], version: str) -> dict[str, Any]:
    """One record with the named fields; the caller knows that it is there."""
    columns = tuple(Token("name", name, 0) for name in names)
    own_id = Token("name", "Id", 0)
    same = Comparison(own_id, "=", (Literal("string", Token("string", f"'{record_id}'", 0)),))
    asked = Query("", columns, Token("name", sobject.name, 0), where=same)
    statement = Translator(org, asked, sobject).statement()
    (row,) = org.database.rows(statement.select, *statement.values, 1, 0)
    return _shown(org, statement, row, sobject, version)


@dataclass(frozen=True)
class _Cursor:
    """A query, the size of its pages, and how many rows are `before` the page that is wanted."""

    soql: str
    size: int
    before: int = 0
    locator: str = ""


def _page(org: Org, version: str, cursor: _Cursor) -> dict[str, Any]:
    asked = parse(cursor.soql)
    sobject = org.schema.get(asked.source.text)
    if sobject is None:
        raise _unknown_sobject(asked)
    statement = Translator(org, asked, sobject).statement()
    if not asked.columns:
        return {"totalSize": _total(org, statement), "done": True, "records": []}
    rows = org.database.rows(statement.select, *statement.values, cursor.size + 1, cursor.before)
    records = [_shown(org, statement, row, sobject, version) for row in rows[: cursor.size]]
    if len(rows) <= cursor.size:
        return {"totalSize": cursor.before + len(rows), "done": True, "records": records}
    locator = cursor.locator or _keep(org, cursor)
    following = f"/services/data/v{version}/query/{locator}-{cursor.before + cursor.size}"
    total = _total(org, statement)
    return {"totalSize": total, "done": False, "nextRecordsUrl": following, "records": records}


def _total(org: Org, statement: Statement) -> int:
    row = org.database.row(statement.count, *statement.values)
    return int(row["total"]) if row else 0


def _keep(org: Org, cursor: _Cursor) -> str:
    locator = ids.make(CURSOR, org.database.next(CURSOR))
    org.database.execute("INSERT INTO _cursors VALUES (?, ?, ?)", locator, cursor.soql, cursor.size)
    return locator


def _page_size(call: Call) -> int:
    wished = BATCH_SIZE.search(call.headers.get("sforce-query-options", ""))
    return min(max(int(wished[1]), 200), PAGE) if wished else PAGE


def _shown(
    org: Org, statement: Statement, row: sqlite3.Row, sobject: SObject, version: str
) -> dict[str, Any]:
    """A row as nested JSON: a parent under its relationship's name, or null where there is none."""
    places: dict[tuple[str, ...], Any] = {(): _attributes(sobject.name, sobject.name, row[0], version)}
    parents = {parent.path: (parent, row[at]) for at, parent in enumerate(statement.parents, start=1)}
    for at, column in enumerate(statement.columns, start=len(parents) + 1):
        for depth in range(1, len(column.path) + 1):
            path = column.path[:depth]
            if path not in places:
                parent, parent_id = parents[path]
                places[path] = _parent(org, parent_id, version, polymorphic=parent.polymorphic)
                if places[path[:-1]] is not None:
                    places[path[:-1]][path[-1]] = places[path]
        if places[column.path] is not None:
            value = row[at]
            compound = column.field.type == "address" and value is not None
            places[column.path][column.field.name] = (
                json.loads(value) if compound else rendered(column.field, value)
            )
    shown: dict[str, Any] = places[()]
    return shown


def _parent(org: Org, parent_id: str | None, version: str, *, polymorphic: bool) -> dict[str, Any] | None:
    found = org.schema.of_id(parent_id) if parent_id else None
    if found is None or parent_id is None:
        return None
    return _attributes("Name" if polymorphic else found.name, found.name, parent_id, version)


def _attributes(kind: str, sobject: str, record_id: str, version: str) -> dict[str, Any]:
    url = f"/services/data/v{version}/sobjects/{sobject}/{record_id}"
    return {"attributes": {"type": kind, "url": url}}


def _unknown_sobject(asked: Query) -> Refusal:
    message = (
        f"sObject type '{asked.source.text}' is not supported. If you are attempting to use a custom object, "
        "be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call "
        "for the appropriate names."
    )
    return pointing(asked.soql, asked.source.at, "INVALID_TYPE", message)
