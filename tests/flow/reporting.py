"""An invented org with the daily report in it, days of cases, and a pull on real sockets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sf_handoff import mapping
from sf_handoff.adapters.assembly import open_salesforce
from sf_handoff.adapters.report_rows import RecordRows
from sf_handoff.adapters.report_runs import ReportRuns
from sf_handoff.adapters.salesforce import SalesforceOrg
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.spool import Spool
from sf_handoff.embedded import Embedded, ids, running
from sf_handoff.embedded.org import stamp
from sf_handoff.embedded.reports_declared import Column, Filter, Group, Report
from sf_handoff.mapping import MappingSet, bundled
from sf_handoff.pull import ReportPull
from sf_handoff.reports.columns import Kind, ReportColumn, ReportMap
from sf_handoff.reports.day import ReportDay

DAY = ReportDay(date(2026, 11, 19))
NOW = datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC)
# In a report a case's number and subject are links: the cell's value is the Id of the case.
LINKS = {"CASE_NUMBER": "Id", "SUBJECT": "Id"}


def columns(report: ReportMap) -> tuple[Column, ...]:
    return tuple(Column(each.column, each.field, LINKS.get(each.column, "")) for each in report.columns)


def saved(name: str, report: ReportMap, **changes: Any) -> Report:
    return Report(name, report.sobject, columns(report), **changes)


def reports(report: ReportMap) -> tuple[Report, ...]:
    names = tuple(each.column for each in report.columns)
    ungrouped = tuple(each for each in names if each not in ("STATUS", "ORIGIN"))
    return (
        saved("The day", report),
        saved("By status", report, format="SUMMARY", details=ungrouped,
              groups=(Group("STATUS"), Group("ORIGIN"))),
        saved("Some", report, filters=(Filter("STATUS", "equals", "New"), Filter("STATUS", "equals", "Working")),
              filter_logic="1 OR 2"),
        saved("A matrix", report, format="MATRIX"),
        saved("Joined", report, format="MULTI_BLOCK"),
        saved("Without notes", report, details=tuple(each for each in names if each != "DESCRIPTION")),
    )  # fmt: skip


def with_fields(mappings: MappingSet) -> MappingSet:
    """The maps, with the custom fields of the report on the Case."""
    case = mappings.case
    there = {each.api_name for each in case.fields}
    more = tuple(
        _declared(each)
        for each in mappings.report.columns
        if each.field.endswith("__c") and each.field not in there
    )
    return replace(mappings, case=replace(case, fields=(*case.fields, *more)))


def _declared(column: ReportColumn) -> mapping.Field[Any]:
    if column.kind is Kind.PICKLIST:
        return mapping.Picklist(column.field, mapping.once, _nothing, values=column.values)
    return mapping.Text(column.field, mapping.once, _nothing, length=column.length)


def _nothing(_: object) -> Any:
    return None


@dataclass
class Stage:
    """A running org, the way to it, and pulls from it. `naps` are the sleeps."""

    org: Embedded
    salesforce: SalesforceOrg
    mappings: MappingSet
    naps: list[float]

    def pull(self, **changes: Any) -> ReportPull:
        made: dict[str, Any] = {
            "reports": ReportRuns(self.salesforce, self.naps.append),
            "records": RecordRows(self.salesforce, self.naps.append),
            "salesforce": self.salesforce,
            "spool": Spool,
            "report": self.mappings.report,
            "clock": lambda: NOW,
        }
        return ReportPull(**(made | changes))

    def report_id(self, name: str = "The day") -> str:
        with self.org._org.database.transaction():
            row = self.org._org.database.row(
                "SELECT id FROM _reports WHERE developer_name = ?", name.replace(" ", "_")
            )
        assert row is not None
        return str(row["id"])

    def fill(self, number: int, day: ReportDay = DAY, **fields: Any) -> None:
        fill(self.org, moments(number, day), fields)

    def clear(self) -> None:
        with self.org._org.database.transaction():
            for table in ('"Case"', "_report_runs"):
                self.org._org.database.execute(f"DELETE FROM {table}")


def moments(number: int, day: ReportDay = DAY) -> list[datetime]:
    """So many moments of the day, evenly, with its first and its last second."""
    last = day.end - timedelta(seconds=1)
    step = (last - day.start) / max(number - 1, 1)
    return [day.start + step * at for at in range(number)]


def fill(org: Embedded, opened: Sequence[datetime], fields: Mapping[str, Any]) -> None:
    """Cases that were opened then, written past the API: quick enough for a hundred thousand."""
    first = org.create("Case", **{"Subject": "The page is blank", **fields})
    inner, kind = org._org, org._sobject("Case")
    with inner.database.transaction():
        record = inner.database.read(kind, first)
        inner.database.execute('DELETE FROM "Case" WHERE "Id" = ?', first)
        assert record is not None
        for moment in opened:
            at, number = stamp(moment), inner.database.next("500")
            inner.database.insert(
                kind,
                {
                    **record,
                    "Id": ids.make("500", number),
                    "CaseNumber": f"{number:08d}",
                    "CreatedDate": at,
                    "LastModifiedDate": at,
                },
            )


@contextmanager
def staged(folder: Path, **changes: Any) -> Iterator[Stage]:
    mappings = with_fields(bundled())
    settings: dict[str, Any] = {
        "record_types": ["App_Handoff"],
        "reports": reports(mappings.report),
        "assignment_rule": False,
    }
    with running(folder / "org", mappings, **(settings | changes)) as org:
        salesforce, naps = signed_in(org), list[float]()
        try:
            yield Stage(org, salesforce, mappings, naps)
        finally:
            salesforce.close()


def signed_in(org: Embedded) -> SalesforceOrg:
    return open_salesforce(
        Settings(
            org=org.https,
            client_id=org.client_id,
            username=org.username,
            private_key_file=org.private_key_file,
            audience=org.audience,
            ca_file=org.ca_file,
            allowed_hosts="127.0.0.1",
        ),
        sleep=lambda seconds: None,
    )
