"""Bulk API 2.0: one job, ingest or query, from its creation to its results.

simple-salesforce's own helper waits up to a day, with its own sleep, and holds several copies of the data; a
worker must prolong its leases while it waits, and give up in time.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0.htm
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

from requests import Response

from sf_handoff.adapters.rest import Rest, body_of, sent
from sf_handoff.calls import bulk
from sf_handoff.errors import HandoffError, Misconfigured, Uncertain
from sf_handoff.mapping import Json
from sf_handoff.retry import Call, Expected

FIRST_LOOK, LONGEST_LOOK, LOOK_GROWS = 0.5, 10.0, 1.5
PATIENCE = 900.0
# Rows of a query in one answer: what is held at a time.
PAGE = 5000


class Job:
    """One job. `alive` is called before each look at it, for whoever must say that they still wait."""

    resource: str

    def __init__(
        self, org: Rest, call: Call, alive: Callable[[], None], sleep: Callable[[float], None]
    ) -> None:
        self._org, self._call, self._alive, self._sleep = org, call, alive, sleep
        self._path = self.resource

    def _create(self, **asked: str) -> None:
        made = self._json("POST", json={**asked, "lineEnding": "LF"})
        job_id = str(made.get("id"))
        if not re.fullmatch(r"[A-Za-z0-9]{15,18}", job_id):
            raise Uncertain("Salesforce's answer about a Bulk job was not readable.", code="BAD_ANSWER")
        self._path = f"{self.resource}/{job_id}"

    def _wait(self) -> None:
        pause, waited = FIRST_LOOK, 0.0
        while waited < PATIENCE:
            self._alive()
            state = self._json("GET").get("state")
            if state == "JobComplete":
                return
            if state in ("Failed", "Aborted"):
                raise Misconfigured(
                    "Salesforce could not work on the Bulk job. Look at it under Bulk Data Load Jobs.",
                    code="BULK_FAILED",
                )
            self._sleep(pause)
            waited, pause = waited + pause, min(LONGEST_LOOK, pause * LOOK_GROWS)
        raise Uncertain("The Bulk job is not done after a quarter of an hour.", code="BULK_TIMEOUT")

    @contextlib.contextmanager
    def _gone_in_the_end(self) -> Iterator[None]:
        """The job is deleted: it would keep the data for seven days."""
        try:
            yield
        finally:
            with contextlib.suppress(HandoffError):
                self._request("DELETE", expected=Expected.NOTHING)

    def _json(self, method: str, **more: Any) -> dict[str, Any]:
        return body_of(self._request(method, **more))

    def _request(
        self, method: str, below: str = "", expected: Expected = Expected.JSON, **more: Any
    ) -> Response:
        keyed = method in ("GET", "DELETE")
        return sent(self._org, self._call, method, self._path + below, keyed=keyed, expected=expected, **more)


class IngestJob(Job):
    """Makes records."""

    resource = "jobs/ingest"

    def insert(
        self, sobject: str, records: Sequence[dict[str, Json]], key: str
    ) -> dict[str, dict[str, Json]]:
        """What became of each record, by its key, in the shape that a collection gives it."""
        self._create(object=sobject, operation="insert")
        with self._gone_in_the_end():
            self._fill(bulk.to_csv(records))
            self._wait()
            return {found: outcome for text in self._results() for found, outcome in bulk.results(text, key)}

    def _fill(self, text: str) -> None:
        headers = {"Content-Type": "text/csv; charset=UTF-8"}
        self._request(
            "PUT", "/batches", data=text.encode("utf-8"), headers=headers, expected=Expected.NOTHING
        )
        self._json("PATCH", json={"state": "UploadComplete"})

    def _results(self) -> Iterator[str]:
        for which in ("successfulResults", "failedResults"):
            answer = self._request("GET", f"/{which}/", expected=Expected.CSV)
            yield answer.content.decode("utf-8")


class QueryJob(Job):
    """Reads records, a page of CSV at a time."""

    resource = "jobs/query"

    def lines(self, soql: str) -> Generator[Mapping[str, str], None, None]:
        """The records as flat rows of text, nothing as an empty one."""
        self._create(operation="query", query=soql)
        with self._gone_in_the_end():
            self._wait()
            locator = ""
            while locator != "null":
                page = self._page(locator)
                yield from _lines(page)
                locator = page.headers.get("Sforce-Locator", "null")

    def _page(self, locator: str) -> Response:
        params = {"maxRecords": str(PAGE), **({"locator": locator} if locator else {})}
        return self._request("GET", "/results", expected=Expected.CSV, params=params)


def _lines(page: Response) -> Iterator[Mapping[str, str]]:
    """The lines under the header, as many as the answer says that there are."""
    text = io.TextIOWrapper(io.BytesIO(page.content), "utf-8", newline="")
    number = 0
    for line in csv.DictReader(text):
        number += 1
        if None in line or None in line.values():
            raise _unreadable()
        yield line
    if str(number) != page.headers.get("Sforce-NumberOfRecords", str(number)):
        raise _unreadable()


def _unreadable() -> Uncertain:
    return Uncertain("The results of a Bulk query were not readable.", code="BAD_ANSWER")
