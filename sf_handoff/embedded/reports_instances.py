"""Runs that are counted, and the asynchronous ones: their results are kept for a day.

The rows are those of the moment of the request. A run is Running at the first look at it and done at the
second, so that a client has to ask again and a test need not wait.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_instances_resource.htm
"""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from typing import Any

from sf_handoff.embedded import ids
from sf_handoff.embedded.org import Org, stamp
from sf_handoff.embedded.refusals import Refusal, not_found
from sf_handoff.embedded.reports_kept import Kept, bad_request

PREFIX = "0LG"
HOUR, KEPT = timedelta(hours=1), timedelta(days=1)
SYNC, ASYNC = "HourlySyncReportRuns", "HourlyAsyncReportRuns"
HOURLY = {ASYNC: 1200, SYNC: 500}
SAID = {ASYNC: "asynchronously", SYNC: "synchronously"}
LOOKS = ("New", "Running", "Success")
MOST_LISTED = 2000


def count(org: Org, kind: str) -> None:
    """One more run in this hour, if its allowance has one left."""
    most = HOURLY[kind]
    if left(org, kind) < 1:
        message = f"You can't run more than {most} reports {SAID[kind]} every 60 minutes. Try again later."
        raise Refusal("FORBIDDEN", message, status=403)
    org.database.execute("DELETE FROM _report_runs WHERE made <= ?", stamp(org.clock() - HOUR))
    org.database.execute("INSERT INTO _report_runs VALUES (?, ?)", kind, org.now())


def left(org: Org, kind: str) -> int:
    row = org.database.row(
        "SELECT COUNT(*) AS runs FROM _report_runs WHERE kind = ? AND made > ?",
        kind,
        stamp(org.clock() - HOUR),
    )
    return HOURLY[kind] - (int(row["runs"]) if row else 0)


def keep(org: Org, report: Kept, results: dict[str, Any], version: str) -> dict[str, Any]:
    """What is told of a run that was just asked for."""
    database = org.database
    instance = ids.make(PREFIX, database.next(PREFIX))
    database.execute("DELETE FROM _report_instances WHERE requested <= ?", _oldest(org))
    database.execute(
        "INSERT INTO _report_instances VALUES (?, ?, ?, NULL, 0, ?)",
        instance,
        report.id,
        org.now(),
        json.dumps(results),
    )
    return _told(org, _row(org, report, instance), version)


def listed(org: Org, report: Kept, version: str) -> list[dict[str, Any]]:
    """The last runs, the newest first."""
    rows = org.database.rows(
        "SELECT id FROM _report_instances WHERE report = ? AND requested > ? ORDER BY id DESC LIMIT ?",
        report.id,
        _oldest(org),
        MOST_LISTED,
    )
    return [_told(org, _looked(org, report, row["id"]), version) for row in rows]


def results(org: Org, report: Kept, instance: str) -> dict[str, Any]:
    """The results of a run; until they are there, nothing but how far it is."""
    row = _looked(org, report, instance)
    found: dict[str, Any] = json.loads(row["results"])
    if not row["completed"]:
        found = dict.fromkeys(found)
    told = _told(org, row, "")
    found["attributes"] = {
        **{
            key: told[key]
            for key in ("completionDate", "id", "ownerId", "queryable", "requestDate", "status")
        },
        "reportId": report.id,
        "reportName": report.name,
        "type": "ReportInstance",
    }
    return found


def delete(org: Org, report: Kept, instance: str) -> None:
    row = _row(org, report, instance)
    if not row["completed"]:
        raise bad_request("The report instance can't be deleted while it is running.")
    org.database.execute("DELETE FROM _report_instances WHERE id = ?", row["id"])


def _looked(org: Org, report: Kept, instance: str) -> sqlite3.Row:
    row = _row(org, report, instance)
    if row["looks"] < len(LOOKS) - 1:
        completed = org.now() if row["looks"] == len(LOOKS) - 2 else None
        org.database.execute(
            "UPDATE _report_instances SET looks = looks + 1, completed = ? WHERE id = ?", completed, row["id"]
        )
    return _row(org, report, instance)


def _row(org: Org, report: Kept, instance: str) -> sqlite3.Row:
    row = org.database.row(
        "SELECT * FROM _report_instances WHERE id = ? AND report = ? AND requested > ?",
        ids.normal(instance),
        report.id,
        _oldest(org),
    )
    if row is None:
        raise not_found()
    return row


def _told(org: Org, row: sqlite3.Row, version: str) -> dict[str, Any]:
    return {
        "completionDate": _second(row["completed"]),
        "hasDetailRows": json.loads(row["results"])["hasDetailRows"],
        "id": row["id"],
        "ownerId": org.user_id,
        "queryable": False,
        "requestDate": _second(row["requested"]),
        "status": LOOKS[row["looks"]],
        "url": f"/services/data/v{version}/analytics/reports/{row['report']}/instances/{row['id']}",
    }


def _second(moment: str | None) -> str | None:
    return f"{moment[:19]}Z" if moment else None


def _oldest(org: Org) -> str:
    return stamp(org.clock() - KEPT)
