"""Bulk API 2.0: one ingest job from its creation to its results.

simple-salesforce's own helper waits up to a day, with its own sleep, and holds several copies of the data; a
worker must prolong its leases while it waits, and give up in time.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0_ingest.htm
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from requests import Response

from sf_handoff.calls import bulk
from sf_handoff.errors import HandoffError, Misconfigured, Uncertain
from sf_handoff.mapping import Json
from sf_handoff.retry import Call, Expected

if TYPE_CHECKING:
    from sf_handoff.adapters.salesforce import SalesforceOrg

FIRST_LOOK, LONGEST_LOOK, LOOK_GROWS = 0.5, 10.0, 1.5
PATIENCE = 900.0


class IngestJob:
    """One job. `alive` is called before each look at it, for whoever must say that they still wait."""

    def __init__(
        self, org: SalesforceOrg, call: Call, alive: Callable[[], None], sleep: Callable[[float], None]
    ) -> None:
        self._org, self._call, self._alive, self._sleep = org, call, alive, sleep
        self._path = "jobs/ingest"

    def insert(
        self, sobject: str, records: Sequence[dict[str, Json]], key: str
    ) -> dict[str, dict[str, Json]]:
        """What became of each record, by its key, in the shape that a collection gives it.

        The job is deleted in the end: it would keep the data for seven days.
        """
        self._create(sobject)
        try:
            self._fill(bulk.to_csv(records))
            self._wait()
            return {found: outcome for text in self._results() for found, outcome in bulk.results(text, key)}
        finally:
            with contextlib.suppress(HandoffError):
                self._request("DELETE", expected=Expected.NOTHING)

    def _create(self, sobject: str) -> None:
        made = self._json("POST", json={"object": sobject, "operation": "insert", "lineEnding": "LF"})
        job_id = str(made.get("id"))
        if not re.fullmatch(r"[A-Za-z0-9]{15,18}", job_id):
            raise Uncertain("Salesforce's answer about a Bulk job was not readable.", code="BAD_ANSWER")
        self._path = f"jobs/ingest/{job_id}"

    def _fill(self, text: str) -> None:
        headers = {"Content-Type": "text/csv; charset=UTF-8"}
        self._request(
            "PUT", "/batches", data=text.encode("utf-8"), headers=headers, expected=Expected.NOTHING
        )
        self._json("PATCH", json={"state": "UploadComplete"})

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

    def _results(self) -> Iterator[str]:
        for which in ("successfulResults", "failedResults"):
            answer = self._request("GET", f"/{which}/", expected=Expected.CSV)
            yield answer.content.decode("utf-8")

    def _json(self, method: str, **more: Any) -> dict[str, Any]:
        found = self._request(method, **more).json()
        if not isinstance(found, dict):
            raise Uncertain("Salesforce's answer about a Bulk job was not readable.", code="BAD_ANSWER")
        return found

    def _request(
        self, method: str, below: str = "", expected: Expected = Expected.JSON, **more: Any
    ) -> Response:
        """Each request has the policy's time to itself; all are on the call's account."""
        call = Call(self._call.policy, keyed=method in ("GET", "DELETE"), expected=expected)
        try:
            return self._org.request(method, self._path + below, call, **more)
        finally:
            self._call.requests += call.requests
