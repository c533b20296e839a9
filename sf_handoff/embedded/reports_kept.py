"""The reports that the org has, beside its records, under ids that stay.

All of them lie in the folder Unfiled Public Reports, whose id is the organization's.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getbasic_reportmetadata.htm
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sf_handoff.embedded import ids
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal, not_found
from sf_handoff.embedded.reports_declared import Column, DateFilter, Report
from sf_handoff.embedded.soql_columns import Columns, known
from sf_handoff.embedded.soql_lexer import Token
from sf_handoff.errors import Misconfigured

PREFIX = "00O"
CANNOT_BE_SHOWN = ("address", "base64")
DATES = ("date", "datetime")


@dataclass(frozen=True)
class Kept:
    """A report of the org: its id, the columns of its type with their fields, its saved `reportMetadata`."""

    id: str
    sobject: str
    columns: dict[str, Column]
    fields: dict[str, Field]
    metadata: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.metadata["name"])

    def label(self, name: str) -> str:
        return self.columns[name].label or self.fields[name].label


def bad_request(message: str) -> Refusal:
    return Refusal("BAD_REQUEST", message)


def keep(org: Org, reports: Iterable[Report]) -> list[str]:
    """Write what is declared; the ids. A report that is there already (by DeveloperName) keeps its id."""
    return [_keep(org, each) for each in reports]


def _keep(org: Org, report: Report) -> str:
    fields = _declared_fields(org, report)
    known = org.database.row("SELECT id FROM _reports WHERE developer_name = ?", report.developer_name)
    report_id = known["id"] if known else ids.make(PREFIX, org.database.next(PREFIX))
    document = {
        "sobject": report.sobject,
        "columns": [asdict(column) for column in report.columns],
        "metadata": _metadata(org, report, report_id, fields),
    }
    org.database.execute(
        "INSERT INTO _reports VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document",
        report_id,
        report.developer_name,
        json.dumps(document),
    )
    return str(report_id)


def found(org: Org, report_id: str) -> Kept:
    """The report of this id, of 15 or 18 characters."""
    row = org.database.row("SELECT * FROM _reports WHERE id = ?", ids.normal(report_id))
    if row is None:
        raise not_found()
    document = json.loads(row["document"])
    columns = tuple(Column(**each) for each in document["columns"])
    try:
        fields = _fields(org, document["sobject"], columns)
    except Refusal:
        raise Refusal("FORBIDDEN", "The report definition is obsolete.", status=403) from None
    by_name = {each.name: each for each in columns}
    return Kept(row["id"], document["sobject"], by_name, fields, document["metadata"])


def recent(org: Org, most: int) -> list[tuple[str, str]]:
    """Ids and names."""
    rows = org.database.rows("SELECT id, document FROM _reports ORDER BY id LIMIT ?", most)
    return [(row["id"], json.loads(row["document"])["metadata"]["name"]) for row in rows]


def _declared_fields(org: Org, report: Report) -> dict[str, Field]:
    try:
        fields = _fields(org, report.sobject, report.columns)
        _fields(org, report.sobject, (Column(each.name, each.value or each.field) for each in report.columns))
    except Refusal as refusal:
        raise Misconfigured(f"Report {report.name}: {refusal.error['message'].splitlines()[-1]}") from None
    named = {
        *report.details,
        *(each.name for each in report.groups),
        *(each.column for each in report.filters),
    }
    if report.dates:
        named.add(report.dates.column)
    if unknown := sorted(named - set(fields)):
        raise Misconfigured(f"Report {report.name}: no column {', '.join(unknown)}.")
    if unfit := [name for name, each in fields.items() if each.type in CANNOT_BE_SHOWN]:
        raise Misconfigured(f"Report {report.name}: {', '.join(unfit)} cannot be shown.")
    return fields


def _fields(org: Org, sobject: str, columns: Iterable[Column]) -> dict[str, Field]:
    seen = Columns(org.schema, known(org.schema, "", Token("name", sobject, 0)), "")
    return {each.name: seen.at(Token("name", each.field, 0)).field for each in columns}


def _metadata(org: Org, report: Report, report_id: str, fields: dict[str, Field]) -> dict[str, Any]:
    return {
        "aggregates": list(report.aggregates),
        "chart": None,
        "crossFilters": [],
        "currency": None,
        "description": None,
        "detailColumns": list(report.details or fields),
        "developerName": report.developer_name,
        "division": None,
        "folderId": org.organization_id,
        "groupingsAcross": [],
        "groupingsDown": [
            {
                "dateGranularity": each.granularity,
                "name": each.name,
                "sortAggregate": None,
                "sortOrder": each.order,
            }
            for each in report.groups
        ],
        "hasDetailRows": True,
        "hasRecordCount": True,
        "historicalSnapshotDates": [],
        "id": report_id,
        "name": report.name,
        "reportBooleanFilter": report.filter_logic,
        "reportFilters": [{**asdict(each), "isRunPageEditable": True} for each in report.filters],
        "reportFormat": report.format,
        "reportType": {"label": f"{report.sobject}s", "type": report.type or f"{report.sobject}List"},
        "scope": "organization",
        "showGrandTotal": True,
        "showSubtotals": True,
        "sortBy": [],
        "standardDateFilter": _dates(report, fields),
        "standardFilters": [],
    }


def _dates(report: Report, fields: dict[str, Field]) -> dict[str, Any] | None:
    """Without one of its own, a report has all time of its first date."""
    first = next((name for name, each in fields.items() if each.type in DATES), None)
    dates = report.dates or (DateFilter(first) if first else None)
    if dates is None:
        return None
    return {
        "column": dates.column,
        "durationValue": dates.duration,
        "endDate": dates.end,
        "startDate": dates.start,
    }
