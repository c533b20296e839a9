"""What a report is declared as, in the words of the Reports API.

Nothing derives the name of a report's column from its field: CaseNumber is CASE_NUMBER, a custom field
`Case.Name__c`. So a report declares both.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getbasic_reportmetadata.htm
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sf_handoff.reports.columns import ReportMap


@dataclass(frozen=True)
class Column:
    """A column of a report type.

    `value` is the field that a cell's `value` shows where that is not `field`: the Id of the record that
    `field` names. `label` is the field's own where it is left out.
    """

    name: str
    field: str
    value: str = ""
    label: str = ""


@dataclass(frozen=True)
class Group:
    """`granularity` (Day, Month, Year) is for dates; `order` is Asc or Desc."""

    name: str
    granularity: str = "None"
    order: str = "Asc"


@dataclass(frozen=True)
class Filter:
    column: str
    operator: str
    value: str


@dataclass(frozen=True)
class DateFilter:
    """The standard date filter. CUSTOM lies between two days of the running user's, both included."""

    column: str
    duration: str = "CUSTOM"
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True)
class Report:
    """One report. `columns` are those of its type; `details` the ones shown, all of them if none is named.

    `aggregates` are RowCount, and `s!`, `a!`, `mx!` or `m!` before the name of a column of numbers.
    """

    name: str
    sobject: str
    columns: tuple[Column, ...]
    format: str = "TABULAR"
    type: str = ""
    details: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    aggregates: tuple[str, ...] = ("RowCount",)
    filters: tuple[Filter, ...] = ()
    filter_logic: str | None = None
    dates: DateFilter | None = None

    @property
    def developer_name(self) -> str:
        return re.sub(r"\W+", "_", self.name, flags=re.ASCII).strip("_")


def daily(report: ReportMap) -> Report:
    """The daily report as its map declares it. Like every record's name, the number of a Case is a link."""
    columns = tuple(
        Column(each.column, each.field, "Id" if each.name == "case_number" else "", each.label)
        for each in report.columns
    )
    return Report(report.title, report.sobject, columns, dates=DateFilter(report.column("opened_at").column))
