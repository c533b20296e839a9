"""The describe of a report: what it has saved, and by which columns and operators it may be filtered.

https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getbasic_reportmetadata.htm
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sf_handoff.embedded.reports_filters import OPERATORS
from sf_handoff.embedded.reports_kept import Kept
from sf_handoff.embedded.reports_metadata import GRANULARITIES, data_type, extended, info
from sf_handoff.embedded.reports_results import attributes
from sf_handoff.embedded.soql_dates import PLAIN, days


def described(report: Kept, today: date, version: str) -> dict[str, Any]:
    return {
        "attributes": attributes(report, version),
        "reportExtendedMetadata": extended(report, report.metadata),
        "reportMetadata": report.metadata,
        "reportTypeMetadata": {
            "categories": [
                {"columns": {name: _column(report, name) for name in report.fields}, "label": report.sobject}
            ],
            "dataTypeFilterOperatorMap": {data_type(kind): _named(said) for kind, said in OPERATORS.items()},
            "dateGranularityInfos": _named(GRANULARITIES),
            "divisionInfo": None,
            "scopeInfo": {
                "defaultValue": "organization",
                "values": [{"allowsDivision": False, "label": "All", "value": "organization"}],
            },
            "standardDateFilterDurationGroups": [
                {
                    "label": "Calendar",
                    "standardDateFilterDurations": [_duration(name, today) for name in PLAIN],
                },
            ],
            "standardFilterInfos": None,
            "supportsJoinedFormat": False,
        },
    }


def _column(report: Kept, name: str) -> dict[str, Any]:
    own = report.fields[name]
    values = own["picklistValues"] if own.type == "picklist" else []
    return {
        **info(report, name),
        "filterValues": [{"label": each["label"], "name": each["value"]} for each in values],
        "filterable": True,
        "isCustom": own["custom"],
        "isLookup": bool(report.columns[name].value),
        "maxLength": own.length or None,
    }


def _named(said: dict[str, str]) -> list[dict[str, str]]:
    return [{"label": label, "name": name} for name, label in said.items()]


def _duration(name: str, today: date) -> dict[str, str]:
    """A duration, and which days it means today, both included."""
    first, after = days(name, 0, today)
    return {
        "endDate": (after - timedelta(days=1)).isoformat(),
        "label": name.replace("_", " ").capitalize(),
        "startDate": first.isoformat(),
        "value": name,
    }
