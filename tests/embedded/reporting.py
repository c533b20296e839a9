"""Invented reports over the invented org of these tests."""

from __future__ import annotations

from typing import Any

from sf_handoff.embedded.reports_declared import Column, DateFilter, Filter, Group, Report
from tests.embedded.world import Api

CASE_COLUMNS = (
    Column("CASE_NUMBER", "CaseNumber", "Id"),
    Column("SUBJECT", "Subject", "Id"),
    Column("DESCRIPTION", "Description"),
    Column("PRIORITY", "Priority"),
    Column("CREATED_DATE", "CreatedDate", label="Date/Time Opened"),
    Column("NAME", "Contact.Name", "ContactId", label="Contact Name"),
    Column("OWNER", "Owner.Name", "OwnerId", label="Case Owner"),
    Column("Case.TTY__c", "TTY__c"),
    Column("Case.Taps__c", "Taps__c"),
    Column("Case.Filed__c", "Filed__c"),
    Column("Case.Seen_At__c", "Seen_At__c"),
)
SHOWN = ("SUBJECT", "PRIORITY", "Case.Seen_At__c")
CASES = Report("All cases", "Case", CASE_COLUMNS)
SHORT = Report(
    "Cases: a few columns", "Case", CASE_COLUMNS, details=SHOWN, dates=DateFilter("Case.Seen_At__c")
)
GROUPED = Report(
    "Cases by priority",
    "Case",
    CASE_COLUMNS,
    format="SUMMARY",
    details=("SUBJECT", "Case.Taps__c"),
    groups=(Group("PRIORITY"), Group("Case.Seen_At__c", "Day")),
    aggregates=("s!Case.Taps__c", "a!Case.Taps__c", "mx!Case.Taps__c", "m!Case.Taps__c", "RowCount"),
)
HIGH = Report(
    "High",
    "Case",
    CASE_COLUMNS,
    details=("SUBJECT",),
    filters=(Filter("PRIORITY", "equals", "High"), Filter("SUBJECT", "contains", "va.gov")),
    filter_logic="1 OR 2",
)
ACCOUNTS = Report(
    "Accounts by type",
    "Account",
    (
        Column("ACCOUNT.NAME", "Name", "Id"),
        Column("TYPE", "Type"),
        Column("SALES", "AnnualRevenue"),
    ),
    format="SUMMARY",
    details=("ACCOUNT.NAME", "SALES"),
    groups=(Group("TYPE"),),
    aggregates=("s!SALES", "RowCount"),
)
MATRIX = Report("A matrix", "Case", CASE_COLUMNS, format="MATRIX")
JOINED = Report("A joined one", "Case", CASE_COLUMNS, format="MULTI_BLOCK")
ALL = (CASES, SHORT, GROUPED, HIGH, ACCOUNTS, MATRIX, JOINED)


class Reports:
    """The Reports API, by the names of reports."""

    def __init__(self, api: Api) -> None:
        self.api = api
        listed = api("GET", "/analytics/reports").json()
        self.ids: dict[str, str] = {each["name"]: each["id"] for each in listed}

    def path(self, report: Report, below: str = "") -> str:
        return f"/analytics/reports/{self.ids[report.name]}{below}"

    def run(self, report: Report, *, details: bool = True, **changes: Any) -> dict[str, Any]:
        answer = self.answer(report, details=details, **changes)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def answer(self, report: Report, *, details: bool = True, **changes: Any) -> Any:
        params = {"includeDetails": str(details).lower()}
        if not changes:
            return self.api("GET", self.path(report), params=params)
        return self.api("POST", self.path(report), {"reportMetadata": changes}, params=params)

    def column(self, report: Report, at: int = 0, key: str = "T!T", **changes: Any) -> list[Any]:
        """The labels in one column."""
        rows = self.run(report, **changes)["factMap"][key]["rows"]
        return [row["dataCells"][at]["label"] for row in rows]


def filtered(column: str, operator: str, value: str | None) -> dict[str, Any]:
    return {"reportFilters": [{"column": column, "operator": operator, "value": value}]}
