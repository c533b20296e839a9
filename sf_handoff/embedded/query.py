"""Queries: from SOQL to the answer's pages, and a single record by the same road.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
"""

from __future__ import annotations

import re
from typing import Any

from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.query_pages import Pages
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.soql import parse, statement
from sf_handoff.embedded.soql_columns import known
from sf_handoff.embedded.soql_lexer import Token
from sf_handoff.embedded.soql_rows import Rows
from sf_handoff.embedded.soql_sql import Records, Translator
from sf_handoff.embedded.soql_totals import TotalsTranslator
from sf_handoff.embedded.soql_tree import Comparison, Literal, Query, Selected, Term

PAGE, LEAST, LONG_TEXTS = 2000, 200, 2
BATCH_SIZE = re.compile(r"batchSize\s*=\s*([0-9]{1,18})")
CURSOR, CURSOR_WITH_DELETED = "01g", "0r8"


def query(org: Org, call: Call) -> Answer:
    return Answer(200, _first(org, call, deleted=False))


def query_all(org: Org, call: Call) -> Answer:
    """With the deleted records. Its further pages are `more` of /query too."""
    return Answer(200, _first(org, call, deleted=True))


def more(org: Org, call: Call, locator: str) -> Answer:
    """The next page, as the records were when the query ran."""
    return Answer(200, Pages(org, call.version).more(locator, _batch_size(call)))


def record(org: Org, sobject: SObject, record_id: str, names: list[str], version: str) -> dict[str, Any]:
    """One record with the named fields; the caller knows that it is there."""
    unique = {name.lower(): Selected(Term(Token("name", name, 0))) for name in names}
    same = Literal("string", Token("string", f"'{record_id}'", 0))
    where = Comparison(Term(Token("name", "Id", 0)), "=", (same,))
    asked = Query("", tuple(unique.values()), Token("name", sobject.name, 0), where)
    pages = Pages(org, version)
    rows = Rows(org, version, lambda children: pages.first(children, PAGE))
    (found,) = rows.records(Translator(org, asked, sobject).records())
    return found


def _first(org: Org, call: Call, *, deleted: bool) -> dict[str, Any]:
    soql = statement(call.params.get("q"))
    asked = parse(soql)
    sobject = known(org.schema, soql, asked.source)
    pages = Pages(org, call.version, CURSOR_WITH_DELETED if deleted else CURSOR)
    rows = Rows(org, call.version, lambda children: pages.first(children, PAGE))
    size = _batch_size(call) or PAGE
    if asked.aggregate:
        return _totals(rows, TotalsTranslator(org, asked, sobject, deleted=deleted), size)
    translator = Translator(org, asked, sobject, deleted=deleted)
    if not asked.selected:
        sql, values = translator.count()
        (row,) = org.database.rows(sql, *values)
        return {"totalSize": row["total"], "done": True, "records": []}
    found = translator.records()
    return pages.first(rows.records(found), _fitting(found, size))


def _totals(rows: Rows, translator: TotalsTranslator, size: int) -> dict[str, Any]:
    found = rows.totals(translator.totals())
    if len(found) > size:
        message = (
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a "
            "single batch"
        )
        raise Refusal("EXCEEDED_ID_LIMIT", message)
    return {"totalSize": len(found), "done": True, "records": found}


def _batch_size(call: Call) -> int | None:
    wished = BATCH_SIZE.search(call.headers.get("sforce-query-options", ""))
    return min(max(int(wished[1]), LEAST), PAGE) if wished else None


def _fitting(found: Records, size: int) -> int:
    """Two long texts of the org's own make a page small."""
    fields = (column.field for column in found.columns)
    long = [each for each in fields if each["custom"] and each.type == "textarea" and not each["filterable"]]
    return min(size, LEAST) if len(long) >= LONG_TEXTS else size
