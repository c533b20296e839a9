"""The Reports API, as far as tabular and summary reports go. No report is made or changed through it.

https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_reports.htm
"""

from __future__ import annotations

from sf_handoff.embedded import reports_excel, reports_instances
from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.reports_cells import Cells
from sf_handoff.embedded.reports_describe import described
from sf_handoff.embedded.reports_instances import ASYNC, SYNC, count
from sf_handoff.embedded.reports_kept import Kept, found, recent
from sf_handoff.embedded.reports_metadata import asked
from sf_handoff.embedded.reports_results import results
from sf_handoff.embedded.reports_rows import Run

MOST_RECENT = 200


def reports(org: Org, call: Call) -> Answer:
    """All of them, as if each had been looked at recently."""
    base = f"/services/data/v{call.version}/analytics/reports"
    listed = [
        {
            "describeUrl": f"{base}/{report_id}/describe",
            "id": report_id,
            "instancesUrl": f"{base}/{report_id}/instances",
            "name": name,
            "url": f"{base}/{report_id}",
        }
        for report_id, name in recent(org, MOST_RECENT)
    ]
    return Answer(200, listed)


def run(org: Org, call: Call, report_id: str) -> Answer:
    """The report now: as saved (GET) or with other metadata (POST), as JSON or as a workbook."""
    this = _run(org, call, found(org, report_id))
    count(org, SYNC)
    if reports_excel.wanted(call):
        return reports_excel.answer(this)
    return Answer(200, results(this, call.version, details=_details(call)))


def describe(org: Org, call: Call, report_id: str) -> Answer:
    day = Cells(org.timezone).day(org.now())
    return Answer(200, described(found(org, report_id), day, call.version))


def run_later(org: Org, call: Call, report_id: str) -> Answer:
    report = found(org, report_id)
    this = _run(org, call, report)
    count(org, ASYNC)
    answer = results(this, call.version, details=_details(call))
    return Answer(200, reports_instances.keep(org, report, answer, call.version))


def instances(org: Org, call: Call, report_id: str) -> Answer:
    return Answer(200, reports_instances.listed(org, found(org, report_id), call.version))


def instance(org: Org, call: Call, report_id: str, instance_id: str) -> Answer:
    return Answer(200, reports_instances.results(org, found(org, report_id), instance_id))


def delete_instance(org: Org, call: Call, report_id: str, instance_id: str) -> Answer:
    reports_instances.delete(org, found(org, report_id), instance_id)
    return Answer(204)


def _run(org: Org, call: Call, report: Kept) -> Run:
    return Run(org, report, asked(report, call), Cells(org.timezone))


def _details(call: Call) -> bool:
    return call.params.get("includeDetails", "").lower() == "true"
