"""Records by SOQL, for a report that is declared and not saved: a page at a time, or by a Bulk query.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from typing import Any

from requests import Response

from sf_handoff.adapters.bulk import QueryJob
from sf_handoff.adapters.rest import Rest, body_of, sent
from sf_handoff.errors import HandoffError, Unavailable, Uncertain
from sf_handoff.retry import Call, Expected

_NEXT = re.compile(r"/services/data/v\d{2,3}\.\d/(query/[A-Za-z0-9_-]{1,80})", re.ASCII)


class RecordRows:
    """The records of one org."""

    def __init__(self, org: Rest, sleep: Callable[[float], None]) -> None:
        self._org, self._sleep = org, sleep

    def describe(self, sobject: str, call: Call) -> Mapping[str, Any]:
        return body_of(sent(self._org, call, "GET", f"sobjects/{sobject}/describe"))

    def count(self, soql: str, call: Call) -> int:
        """What a `SELECT COUNT()` counts."""
        return _total(self._page(call, "query", params={"q": soql}))

    def pages(self, soql: str, call: Call) -> Generator[Mapping[str, Any], None, None]:
        """The records, one page in memory at a time."""
        page = self._page(call, "query", params={"q": soql})
        total, number = _total(page), 0
        while True:
            records = page.get("records")
            if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
                raise _unreadable()
            number += len(records)
            yield from records
            if page.get("done") is True:
                break
            page = self._page(call, _next(page))
        if number != total:
            raise _unreadable()

    def bulk(
        self, soql: str, call: Call, alive: Callable[[], None]
    ) -> Generator[Mapping[str, str], None, None]:
        """The same by a Bulk query: flat rows of text."""
        return QueryJob(self._org, call, alive, self._sleep).lines(soql)

    def _page(self, call: Call, path: str, **more: Any) -> dict[str, Any]:
        expired = False
        found: Response | None = None
        try:
            found = sent(self._org, call, "GET", path, expected=Expected.ROWS, **more)
        except HandoffError as error:
            expired = error.code == "INVALID_QUERY_LOCATOR"
            if not expired:
                raise
        if found is None:
            raise Unavailable(
                "Salesforce has let go of the query's further pages. Pull the day again.",
                code="INVALID_QUERY_LOCATOR",
            )
        return body_of(found)


def _next(page: Mapping[str, Any]) -> str:
    found = _NEXT.fullmatch(str(page.get("nextRecordsUrl")))
    if found is None:
        raise _unreadable()
    return found[1]


def _total(page: Mapping[str, Any]) -> int:
    total = page.get("totalSize")
    if type(total) is not int:
        raise _unreadable()
    return total


def _unreadable() -> Uncertain:
    return Uncertain("Salesforce's answer to the query was not readable.", code="BAD_ANSWER")
