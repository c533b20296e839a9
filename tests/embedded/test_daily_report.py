"""The daily report in the org: its columns come from the map, its rows from the days that were loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.adapters.assembly import start_embedded
from sf_handoff.commands.sample import load_day
from sf_handoff.embedded import Embedded
from sf_handoff.embedded.reports_declared import daily
from sf_handoff.embedded.schema import Schema
from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import MappingSet, bundled
from sf_handoff.reports.columns import Kind, ReportColumn, ReportMap
from sf_handoff.reports.sample_day import SampleCase, sample_day
from tests.embedded.world import Api

MAPS = bundled()
DAY, ROWS = date(2026, 11, 1), 400
# As our own reckoning has it: 25 hours from midnight to midnight.
BOUNDS = ("2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z")


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with start_embedded(tmp_path_factory.mktemp("org"), MAPS) as running:
        load_day(running, MAPS, DAY, ROWS, outage=True)
        load_day(running, MAPS, date(2026, 11, 2), 50)
        yield running


@pytest.fixture(scope="module")
def cases() -> list[SampleCase]:
    return list(sample_day(DAY, ROWS, 1, outage=True))


@pytest.fixture(scope="module")
def api(org: Embedded) -> Iterator[Api]:
    api = Api(org)
    with api.http:
        yield api


def run(api: Api, **changes: Any) -> dict[str, Any]:
    path = f"/analytics/reports/{api.org.report_id}?includeDetails=true"
    answer = api("POST", path, {"reportMetadata": changes})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def the_day(api: Api) -> dict[str, Any]:
    dates = {"column": "CREATED_DATE", "durationValue": "CUSTOM",
             "startDate": f"{DAY}", "endDate": f"{DAY}"}  # fmt: skip
    return run(api, standardDateFilter=dates, sortBy=[{"sortColumn": "CREATED_DATE", "sortOrder": "Asc"}])


def test_the_report_is_the_one_that_the_map_declares(api: Api) -> None:
    described = api("GET", f"/analytics/reports/{api.org.report_id}/describe").json()
    metadata = described["reportMetadata"]
    assert metadata["name"] == MAPS.report.title
    assert metadata["reportFormat"] == "TABULAR"
    assert metadata["detailColumns"] == [each.column for each in MAPS.report.columns]
    assert metadata["standardDateFilter"]["column"] == "CREATED_DATE"
    types = described["reportExtendedMetadata"]["detailColumnInfo"]
    assert types["CREATED_DATE"]["dataType"] == "datetime"
    assert types["Case.Product__c"]["dataType"] == "picklist"


def test_it_has_the_same_id_in_every_new_org(org: Embedded, tmp_path: Path) -> None:
    for _ in range(2):
        with start_embedded(tmp_path, MAPS) as other:
            assert other.report_id == org.report_id


def test_it_answers_with_the_cases_of_its_day_and_no_other(api: Api, cases: list[SampleCase]) -> None:
    ran = the_day(api)
    assert ran["allData"] is True
    rows = ran["factMap"]["T!T"]["rows"]
    assert ran["factMap"]["T!T"]["aggregates"][-1]["value"] == len(rows) == ROWS
    at = {name: place for place, name in enumerate(ran["reportMetadata"]["detailColumns"])}
    opened = [datetime.fromisoformat(row["dataCells"][at["CREATED_DATE"]]["value"]) for row in rows]
    assert opened == [each.row.opened_at for each in cases]
    for column, name in (("Case.Case_Category__c", "category"), ("Case.Product__c", "product")):
        shown = Counter(row["dataCells"][at[column]]["value"] for row in rows)
        assert shown == Counter(getattr(each.row, name) for each in cases)


def test_the_record_type_is_a_column_like_others(api: Api, cases: list[SampleCase]) -> None:
    ran = the_day(api)
    at = ran["reportMetadata"]["detailColumns"].index("CASES.RECORDTYPE")
    shown = Counter(row["dataCells"][at]["value"] for row in ran["factMap"]["T!T"]["rows"])
    assert shown == Counter(each.row.record_type for each in cases)
    ours = {"column": "CASES.RECORDTYPE", "operator": "equals", "value": "App_Handoff"}
    only = run(api, reportFilters=[ours])["factMap"]["T!T"]
    assert only["aggregates"][-1]["value"] > 0
    assert {row["dataCells"][at]["value"] for row in only["rows"]} == {"App_Handoff"}


def test_a_case_number_is_shown_and_its_value_is_the_id(api: Api) -> None:
    ran = the_day(api)
    at = {name: place for place, name in enumerate(ran["reportMetadata"]["detailColumns"])}
    for row in ran["factMap"]["T!T"]["rows"][:5]:
        number, record = row["dataCells"][at["CASE_NUMBER"]], row["dataCells"][at["CASE_ID"]]
        assert number["label"].isdigit()
        assert number["value"] == record["value"]


def test_soql_finds_them_with_their_whole_text(api: Api, cases: list[SampleCase]) -> None:
    names = ", ".join(each.field for each in MAPS.report.columns)
    where = f"WHERE CreatedDate >= {BOUNDS[0]} AND CreatedDate < {BOUNDS[1]}"
    assert api.query(f"SELECT COUNT() FROM Case {where}").json()["totalSize"] == ROWS
    found = api.found(f"SELECT {names} FROM Case {where} ORDER BY CaseNumber")
    for got, case in zip(found, cases, strict=True):
        row = case.row
        assert (got["Subject"], got["Description"]) == (row.subject, row.notes)
        assert got["RecordType"]["DeveloperName"] == row.record_type
        assert got["IsClosed"] is row.closed
        assert datetime.fromisoformat(got["LastModifiedDate"]) == row.changed_at
        assert bool(got["ContactId"]) == bool(row.person)


def test_those_linked_to_the_same_person_are_in_the_org_too(api: Api, cases: list[SampleCase]) -> None:
    found = api.found("SELECT ContactId, Contact.ICN__c, Contact.LastName FROM Case WHERE ContactId != null")
    assert all(each["ContactId"] for each in found)
    linked = {each.person.icn: each.person.last for each in cases if each.person}
    shown = {each["Contact"]["ICN__c"]: each["Contact"]["LastName"] for each in found}
    assert linked.items() <= shown.items()
    assert len({each["ContactId"] for each in found}) == len(shown)


def test_closed_cases_were_closed_when_they_were_last_changed(api: Api) -> None:
    for each in api.found("SELECT IsClosed, ClosedDate, LastModifiedDate FROM Case"):
        assert each["ClosedDate"] == (each["LastModifiedDate"] if each["IsClosed"] else None)


def with_columns(*columns: ReportColumn) -> ReportMap:
    return replace(MAPS.report, columns=(*MAPS.report.columns, *columns))


def schema_of(maps: MappingSet, report: ReportMap) -> Schema:
    return Schema.build(maps.groups, maps.person, (), report)


def test_custom_fields_come_from_the_declaration() -> None:
    report = with_columns(
        ReportColumn("weight", "Case.Weight__c", "Weight__c", Kind.NUMBER),
        ReportColumn("due", "Case.Due__c", "Due__c", Kind.DATE),
        ReportColumn("seen", "Case.Seen__c", "Seen__c", Kind.MOMENT),
        ReportColumn("vip", "Case.Vip__c", "Vip__c", Kind.FLAG, label="Very important"),
        ReportColumn("story", "Case.Story__c", "Story__c", Kind.LONG_TEXT, length=5000),
        ReportColumn("site", "Case.Site__c", "Site__c", length=40),
    )
    case = schema_of(MAPS, report).get("Case")
    assert case is not None
    found = {name: case.field(f"{name}__c") for name in ("Weight", "Due", "Seen", "Vip", "Story", "Site")}
    kinds = {name: each.type for name, each in found.items() if each}
    assert kinds == {"Weight": "double", "Due": "date", "Seen": "datetime", "Vip": "boolean",
                     "Story": "textarea", "Site": "string"}  # fmt: skip
    assert found["Vip"] and found["Vip"].label == "Very important"
    assert found["Story"] and found["Story"].length == 5000
    assert found["Site"] and found["Site"]["custom"]
    product = case.field("Product__c")
    assert product and [each["value"] for each in product["picklistValues"]] == list(
        MAPS.report.column("product").values
    )


def test_a_field_that_we_write_as_well_is_that_one() -> None:
    screen = ReportColumn("screen", "Case.Handoff_Screen__c", "Handoff_Screen__c")
    case = schema_of(MAPS, with_columns(screen)).get("Case")
    assert case is not None
    found = case.field("Handoff_Screen__c")
    assert found is not None
    assert found.length == 80


@pytest.mark.parametrize(
    ("kind", "field", "said"),
    [(Kind.ID, "Site__c", "whose Id it is"), (Kind.NUMBER, "Handoff_Screen__c", "the org has it as string")],
)
def test_a_declaration_that_cannot_be_is_refused(kind: Kind, field: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        schema_of(MAPS, with_columns(ReportColumn("extra", f"Case.{field}", field, kind)))


def test_a_standard_field_that_is_not_there_is_refused(tmp_path: Path) -> None:
    strange = with_columns(ReportColumn("mood", "MOOD", "Mood"))
    with (
        pytest.raises(Misconfigured, match="No such column 'Mood'"),
        start_embedded(tmp_path, replace(MAPS, report=strange)),
    ):
        pass


def test_a_custom_column_is_one_of_the_report() -> None:
    report = daily(with_columns(ReportColumn("site", "Case.Site__c", "Site__c", label="Where")))
    assert report.columns[-1].name == "Case.Site__c"
    assert report.columns[-1].label == "Where"


def test_its_days_are_those_on_which_cases_were_opened() -> None:
    """Even where another date is the first column."""
    first = ReportColumn("due", "Case.Due__c", "Due__c", Kind.DATE)
    report = daily(replace(MAPS.report, columns=(first, *MAPS.report.columns)))
    assert report.dates
    assert report.dates.column == "CREATED_DATE"
