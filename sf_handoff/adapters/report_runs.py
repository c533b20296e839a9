"""Runs of saved reports: at once, or later where the org has no more runs to give at once.

An org allows 500 runs an hour at once, 20 of them at a time, and 1,200 later, whose results it keeps for a
day. Running a report changes nothing, so every request may be repeated.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_reports.htm
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sf_handoff.adapters.rest import Rest, body_of, sent
from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, Rejected, Unavailable
from sf_handoff.retry import Call, Expected, RetryPolicy

FIRST_LOOK, LONGEST_LOOK, LOOK_GROWS = 0.5, 10.0, 1.5
PATIENCE = 900.0
# A run at once may take the org two minutes.
AT_ONCE, LATER = "HourlySyncReportRuns", "HourlyAsyncReportRuns"
RUN_READ, RUN_TOTAL = 125.0, 400.0
HOUR = 3600.0
DETAILS = {"includeDetails": "true"}
REFUSED = "FORBIDDEN"


class ReportRuns:
    """The reports of one org. Safe to share between threads."""

    def __init__(self, org: Rest, sleep: Callable[[float], None]) -> None:
        self._org, self._sleep = org, sleep
        self._later = False

    def describe(self, report_id: str, call: Call) -> Mapping[str, Any]:
        """What the report has saved, and its columns. Raises Rejected where there is no such report."""
        path = f"analytics/reports/{checked_id(report_id)}/describe"
        return body_of(sent(self._org, call, "GET", path))

    def plan(self, runs: int, call: Call) -> None:
        """Decides how so many runs are made, by what is left of this hour. Raises Exhausted if too little.

        A user who may not see the limits is told nothing; then the first refusal decides.
        """
        left = self._left(call)
        if runs <= left.get(AT_ONCE, runs):
            return
        if runs > left.get(LATER, runs):
            raise _exhausted(f"The report needs about {runs} runs")
        self._later = True

    def run(self, report_id: str, changes: Mapping[str, Any], call: Call) -> Mapping[str, Any]:
        """One run with these changes of its `reportMetadata`, which are not saved."""
        path = f"analytics/reports/{checked_id(report_id)}"
        if not self._later:
            with contextlib.suppress(_NoMoreAtOnce):
                return self._at_once(path, changes, call)
            self._later = True
        return self._run_later(path, changes, call)

    def _at_once(self, path: str, changes: Mapping[str, Any], call: Call) -> Mapping[str, Any]:
        account = Call(_patient(call.policy))
        refused: HandoffError | None = None
        try:
            return self._posted(path, changes, account, Expected.ROWS)
        except Misconfigured as error:
            refused = error
        finally:
            call.requests += account.requests
        if refused.code != REFUSED or self._left(call).get(AT_ONCE, 0) > 0:
            raise refused
        raise _NoMoreAtOnce("The runs at once are used up.", code=REFUSED)

    def _run_later(self, path: str, changes: Mapping[str, Any], call: Call) -> Mapping[str, Any]:
        """Two runs at most: a second one where the first failed, took too long or is gone."""
        try:
            return self._instance(path, changes, call)
        except _Failed:
            pass
        failed = ""
        try:
            return self._instance(path, changes, call)
        except _Failed as error:
            failed = error.code
        raise Unavailable(f"The report's run, and a second one, came to nothing: {failed}.", code=failed)

    def _instance(self, path: str, changes: Mapping[str, Any], call: Call) -> Mapping[str, Any]:
        refused: HandoffError | None = None
        try:
            made = self._posted(f"{path}/instances", changes, call, Expected.JSON)
        except Misconfigured as error:
            refused = error
        if refused:
            if refused.code == REFUSED and self._left(call).get(LATER, 1) < 1:
                raise _exhausted("There are no more report runs")
            raise refused
        instance = f"{path}/instances/{checked_id(str(made.get('id')))}"
        try:
            return self._waited(instance, call)
        finally:
            # The org would keep what the cases say for a day.
            with contextlib.suppress(HandoffError):
                sent(self._org, call, "DELETE", instance, expected=Expected.NOTHING)

    def _waited(self, instance: str, call: Call) -> Mapping[str, Any]:
        pause, waited = FIRST_LOOK, 0.0
        while waited < PATIENCE:
            gone = False
            try:
                found = body_of(sent(self._org, call, "GET", instance, expected=Expected.ROWS))
            except (Rejected, Misconfigured) as error:
                gone = error.code == "NOT_FOUND"
                if not gone:
                    raise
            if gone:
                raise _Failed("The result is gone.", code="RUN_GONE")
            status = (found.get("attributes") or {}).get("status")
            if status == "Success":
                return found
            if status == "Error":
                raise _Failed("The run failed.", code="RUN_FAILED")
            self._sleep(pause)
            waited, pause = waited + pause, min(LONGEST_LOOK, pause * LOOK_GROWS)
        raise _Failed("The run does not end.", code="RUN_TIMEOUT")

    def _posted(
        self, path: str, changes: Mapping[str, Any], call: Call, expected: Expected
    ) -> Mapping[str, Any]:
        body = {"reportMetadata": changes}
        return body_of(sent(self._org, call, "POST", path, expected=expected, params=DETAILS, json=body))

    def _left(self, call: Call) -> dict[str, int]:
        """The runs that are left of this hour, as far as the user may know."""
        found: dict[str, Any] = {}
        with contextlib.suppress(Misconfigured, Rejected):
            found = body_of(sent(self._org, call, "GET", "limits"))
        kinds = {each: found.get(each) for each in (AT_ONCE, LATER)}
        return {
            each: limit["Remaining"]
            for each, limit in kinds.items()
            if isinstance(limit, dict) and type(limit.get("Remaining")) is int
        }


class _NoMoreAtOnce(Unavailable):
    """The runs at once of this hour are used up."""


class _Failed(Unavailable):
    """An asynchronous run came to nothing."""


def checked_id(given: str) -> str:
    """An Id, and nothing else that may stand in a path."""
    if not re.fullmatch(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?", given, re.ASCII):
        raise Misconfigured("REPORT_ID: a report's Id has 15 or 18 letters and digits.", code="REPORT_ID")
    return given


def _patient(policy: RetryPolicy) -> RetryPolicy:
    return replace(policy, read=max(policy.read, RUN_READ), total=max(policy.total, RUN_TOTAL))


def _exhausted(what: str) -> Exhausted:
    return Exhausted(
        f"{what}, and the org has too few left of this hour. Try again in an hour, or pull by query: unset "
        "REPORT_ID.",
        code="REPORT_RUNS",
        retry_after=HOUR,
    )
