"""What a run of a report answers, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.embedded import Embedded
from sf_handoff.embedded.reports_declared import Column, Report
from sf_handoff.errors import Misconfigured
from tests.embedded.reporting import (
    ACCOUNTS,
    ALL,
    CASE_COLUMNS,
    CASES,
    GROUPED,
    HIGH,
    JOINED,
    MATRIX,
    SHORT,
    Reports,
    filtered,
)
from tests.embedded.world import JESSE, Api, an_org, refusal

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
LONG = "The page at va.gov/claims\nshows nothing. " + "x" * 400
FOUND = (404, "NOT_FOUND", "The requested resource does not exist")


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    folder = tmp_path_factory.mktemp("org")
    with an_org(folder, assignment_rule=False, reports=ALL, clock=lambda: NOW) as running:
        jesse = running.records("Contact")[0]["Id"]
        running.create("Case", Subject="First", Priority="High", Taps__c=2, ContactId=jesse, TTY__c=True,
                       Seen_At__c="2026-11-01T05:30:00Z", Filed__c="2026-11-01", Description=LONG)  # fmt: skip
        running.create("Case", Subject="Second, at va.gov", Priority="Low", Taps__c=1200,
                       Seen_At__c="2026-11-02T04:59:59Z", Filed__c="2026-11-02")  # fmt: skip
        running.create("Case", Subject="Third", Priority="High", Taps__c=5,
                       Seen_At__c="2026-11-02T05:00:00Z")  # fmt: skip
        running.create("Case", Subject="It's 100%_", Priority=None)
        running.create("Account", Name="Household", Type="Other", AnnualRevenue=1500)
        running.create("Account", Name="Household", Type="Other", AnnualRevenue=-500)
        running.create("Account", Name="Nobody's")
        yield running


@pytest.fixture(scope="module")
def reports(api: Api) -> Reports:
    return Reports(api)


def test_the_list_of_reports(api: Api, org: Embedded) -> None:
    listed = api("GET", "/analytics/reports").json()
    assert [each["name"] for each in listed] == [each.name for each in ALL]
    first = listed[0]
    assert first["id"].startswith("00O") and len(first["id"]) == 18
    assert first["url"] == f"/services/data/v66.0/analytics/reports/{first['id']}"
    assert set(first) == {"describeUrl", "id", "instancesUrl", "name", "url"}
    assert (
        api.http.get(api.base + first["describeUrl"], timeout=10).json()["reportMetadata"]["id"]
        == first["id"]
    )


def test_a_tabular_report(reports: Reports, org: Embedded) -> None:
    found = reports.run(CASES)
    assert found["allData"] is True and found["hasDetailRows"] is True
    assert list(found["factMap"]) == ["T!T"]
    fact = found["factMap"]["T!T"]
    assert fact["aggregates"] == [{"label": "4", "value": 4}]
    assert found["reportMetadata"]["detailColumns"] == [each.name for each in CASE_COLUMNS]
    case = org.records("Case")[0]
    cells = dict(zip(found["reportMetadata"]["detailColumns"], fact["rows"][0]["dataCells"], strict=True))
    assert cells["CASE_NUMBER"] == {"label": case["CaseNumber"], "value": case["Id"]}
    assert cells["PRIORITY"] == {"label": "High", "value": "High"}
    assert cells["CREATED_DATE"] == {"label": "11/20/2026, 12:30 PM", "value": "2026-11-20T17:30:00Z"}
    assert cells["NAME"] == {"label": f"{JESSE['FirstName']} {JESSE['LastName']}", "value": case["ContactId"]}
    assert cells["Case.TTY__c"] == {"label": "true", "value": True}
    assert cells["Case.Taps__c"] == {"label": "2", "value": 2}
    assert cells["Case.Filed__c"] == {"label": "11/1/2026", "value": "2026-11-01"}
    assert cells["Case.Seen_At__c"] == {"label": "11/1/2026, 1:30 AM", "value": "2026-11-01T05:30:00Z"}
    nothing = fact["rows"][3]["dataCells"]
    assert nothing[2] == nothing[5] == nothing[9] == {"label": "-", "value": None}


def test_a_long_text_is_cut_and_its_lines_are_marked(reports: Reports) -> None:
    (text, *_) = reports.column(CASES, detailColumns=["DESCRIPTION"])
    assert text.startswith("The page at va.gov/claims<br>shows nothing.")
    assert len(text.replace("<br>", "\n")) == 255


def test_extended_metadata(reports: Reports) -> None:
    told = reports.run(GROUPED)["reportExtendedMetadata"]
    assert told["detailColumnInfo"] == {
        "SUBJECT": {"dataType": "string", "label": "Subject"},
        "Case.Taps__c": {"dataType": "double", "label": "Taps"},
    }
    assert told["groupingColumnInfo"] == {
        "PRIORITY": {"dataType": "picklist", "groupingLevel": 0, "label": "Priority"},
        "Case.Seen_At__c": {"dataType": "datetime", "groupingLevel": 1, "label": "Seen At"},
    }
    labels = {name: (each["label"], each["dataType"]) for name, each in told["aggregateColumnInfo"].items()}
    assert labels["s!Case.Taps__c"] == ("Sum of Taps", "double")
    assert labels["RowCount"] == ("Record Count", "int")


def test_a_summary_report(reports: Reports) -> None:
    found = reports.run(GROUPED)
    assert found["groupingsDown"] == {
        "groupings": [
            {"groupings": [{"groupings": [], "key": "0_0", "label": "-", "value": None}],
             "key": "0", "label": "-", "value": None},
            {"groupings": [
                {"groupings": [], "key": "1_0", "label": "11/1/2026", "value": "2026-11-01"},
                {"groupings": [], "key": "1_1", "label": "11/2/2026", "value": "2026-11-02"},
            ], "key": "1", "label": "High", "value": "High"},
            {"groupings": [{"groupings": [], "key": "2_0", "label": "11/1/2026", "value": "2026-11-01"}],
             "key": "2", "label": "Low", "value": "Low"},
        ]
    }  # fmt: skip
    facts = found["factMap"]
    assert set(facts) == {"T!T", "0!T", "0_0!T", "1!T", "1_0!T", "1_1!T", "2!T", "2_0!T"}
    assert [row["dataCells"][0]["label"] for row in facts["1_1!T"]["rows"]] == ["Third"]
    assert facts["T!T"]["rows"] == facts["1!T"]["rows"] == []
    assert facts["1!T"]["aggregates"] == [
        {"label": "7", "value": 7}, {"label": "4", "value": 3.5}, {"label": "5", "value": 5},
        {"label": "2", "value": 2}, {"label": "2", "value": 2},
    ]  # fmt: skip
    nothing = {"label": "-", "value": None}
    assert facts["0!T"]["aggregates"][:3] == [{"label": "0", "value": 0}, nothing, nothing]
    innermost = [fact for key, fact in facts.items() if "_" in key]
    assert (
        sum(fact["aggregates"][-1]["value"] for fact in innermost) == facts["T!T"]["aggregates"][-1]["value"]
    )


def test_money(reports: Reports) -> None:
    found = reports.run(ACCOUNTS)["factMap"]
    sales = [row["dataCells"][1] for row in found["1!T"]["rows"]]
    assert sales == [
        {"label": "$1,500", "value": {"amount": 1500, "currency": None}},
        {"label": "-$500", "value": {"amount": -500, "currency": None}},
    ]
    assert found["1!T"]["aggregates"][0] == {"label": "$1,000", "value": 1000}
    assert found["T!T"]["aggregates"][1] == {"label": "3", "value": 3}


def test_without_details_there_are_totals_only(reports: Reports) -> None:
    found = reports.run(GROUPED, details=False)
    assert found["hasDetailRows"] is False and found["allData"] is True
    assert {tuple(fact) for fact in found["factMap"].values()} == {("aggregates",)}
    assert reports.api("GET", reports.path(GROUPED)).json()["hasDetailRows"] is False


def test_a_run_may_change_the_metadata_and_saves_nothing(reports: Reports) -> None:
    found = reports.run(
        SHORT,
        reportFormat="SUMMARY",
        groupingsDown=[{"name": "NAME", "sortOrder": "Desc", "dateGranularity": "None"}],
        detailColumns=["Case.Taps__c", "SUBJECT"],
        aggregates=["RowCount", "mx!Case.Taps__c"],
        sortBy=[{"sortColumn": "Case.Taps__c", "sortOrder": "Desc"}],
    )
    assert [each["label"] for each in found["groupingsDown"]["groupings"]] == ["Jesse Gray", "-"]
    rows = found["factMap"]["1!T"]["rows"]
    assert [row["dataCells"][0]["label"] for row in rows] == ["1,200", "5", "-"]
    assert found["factMap"]["T!T"]["aggregates"] == [
        {"label": "4", "value": 4},
        {"label": "1,200", "value": 1200},
    ]
    assert reports.run(SHORT)["reportMetadata"]["reportFormat"] == "TABULAR"


@pytest.mark.parametrize(("granularity", "labels"), [
    ("Month", ["-", "November 2026"]), ("Year", ["-", "2026"]), ("Day", ["-", "11/1/2026", "11/2/2026"]),
])  # fmt: skip
def test_groups_of_dates(reports: Reports, granularity: str, labels: list[str]) -> None:
    grouping = {"name": "Case.Seen_At__c", "sortOrder": "Asc", "dateGranularity": granularity}
    found = reports.run(SHORT, reportFormat="SUMMARY", groupingsDown=[grouping])
    assert [each["label"] for each in found["groupingsDown"]["groupings"]] == labels


def test_what_a_client_echoes_is_taken(reports: Reports) -> None:
    metadata = reports.api("GET", reports.path(HIGH, "/describe")).json()["reportMetadata"]
    assert reports.run(HIGH, **metadata) == reports.run(HIGH)
    assert reports.column(HIGH) == ["First", "Second, at va.gov", "Third"]


@pytest.mark.parametrize("changes", [
    {"reportFormat": "MATRIX"},
    {"groupingsAcross": [{"name": "PRIORITY"}]},
    {"groupingsDown": [{"name": "PRIORITY"}]},
    {"reportFormat": "SUMMARY", "groupingsDown": [{"name": "PRIORITY"}] * 4},
    {"reportFormat": "SUMMARY", "groupingsDown": [{"name": "PRIORITY", "dateGranularity": "Day"}]},
    {"reportFormat": "SUMMARY", "groupingsDown": [{"name": "DESCRIPTION"}]},
    {"detailColumns": ["SUBJECT", "NOTHING"]},
    {"detailColumns": ["SUBJECT", "SUBJECT"]},
    {"detailColumns": ["SUBJECT"] * 101},
    {"sortBy": [{"sortColumn": "DESCRIPTION", "sortOrder": "Asc"}]},
    {"sortBy": [{"sortColumn": "SUBJECT", "sortOrder": "Up"}]},
    {"sortBy": [{"sortColumn": "SUBJECT", "sortOrder": "Asc"}, {"sortColumn": "NAME", "sortOrder": "Asc"}]},
    {"aggregates": ["s!SUBJECT"]},
    {"crossFilters": [{"includesObject": True}]},
    {"topRows": {"rowLimit": 5}},
    {"scope": "user"},
    filtered("NOTHING", "equals", "x"),
    filtered("SUBJECT", "within", "x"),
    filtered("SUBJECT", "lessThan", ""),
    filtered("CREATED_DATE", "lessThan", None),
    filtered("SUBJECT", "equals", "x" * 140_000),
    filtered("Case.Seen_At__c", "equals", "2026-11-01T25:00:00Z"),
    filtered("Case.TTY__c", "contains", "t"),
    filtered("Case.TTY__c", "equals", "maybe"),
    filtered("Case.Taps__c", "equals", "many"),
    filtered("Case.Taps__c", "equals", "NaN"),
    filtered("Case.Filed__c", "equals", "1/2/2026"),
    filtered("Case.Seen_At__c", "equals", "0001-01-01"),
    {"reportFilters": [{"column": "SUBJECT", "operator": "equals", "value": "x"}] * 21},
    {"standardDateFilter": {"column": "SUBJECT", "durationValue": "TODAY"}},
    {"standardDateFilter": {"column": "CREATED_DATE", "durationValue": 5}},
    {"reportFormat": "SUMMARY", "groupingsDown": [{"name": 5}]},
    {"standardDateFilter": {"column": "CREATED_DATE", "durationValue": "THIS_FISCAL_YEAR"}},
    {"standardDateFilter": {"column": "CREATED_DATE", "durationValue": "CUSTOM", "startDate": "soon"}},
])  # fmt: skip
def test_what_cannot_be_run(reports: Reports, changes: dict[str, Any]) -> None:
    assert refusal(reports.answer(SHORT, **changes))[:2] == (400, "BAD_REQUEST")


@pytest.mark.parametrize("changes", [{"detailColumns": "SUBJECT"}, {"reportFilters": ["x"]},
                                     {"standardDateFilter": "TODAY"}, {"standardDateFilter": {"column": []}},
                                     {"sortBy": [{"sortColumn": {}}]}, {"aggregates": [1]},
                                     {"groupingsDown": {"name": "PRIORITY"}}])  # fmt: skip
def test_what_is_not_metadata(reports: Reports, changes: dict[str, Any]) -> None:
    assert refusal(reports.answer(SHORT, **changes))[:2] == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("report", [MATRIX, JOINED])
def test_matrix_and_joined_reports_are_described_and_not_run(reports: Reports, report: Report) -> None:
    told = reports.api("GET", reports.path(report, "/describe")).json()
    assert told["reportMetadata"]["reportFormat"] == report.format
    assert refusal(reports.answer(report)) == (
        400, "BAD_REQUEST", f"Reports of the format {report.format} can't be run.",
    )  # fmt: skip


def test_a_report_that_is_not_there(reports: Reports) -> None:
    for path in ("/analytics/reports/00O000000000000AAA", "/analytics/reports/x", "/analytics/dashboards"):
        assert refusal(reports.api("GET", path)) == FOUND
    assert refusal(reports.api("PATCH", reports.path(CASES), {}))[:2] == (405, "METHOD_NOT_ALLOWED")
    short = reports.ids[CASES.name][:15]
    assert reports.api("GET", f"/analytics/reports/{short}/describe").status_code == 200


def test_describe(reports: Reports) -> None:
    told = reports.api("GET", reports.path(SHORT, "/describe")).json()
    assert set(told) == {"attributes", "reportExtendedMetadata", "reportMetadata", "reportTypeMetadata"}
    assert told["reportMetadata"]["standardDateFilter"] == {
        "column": "Case.Seen_At__c", "durationValue": "CUSTOM", "endDate": None, "startDate": None,
    }  # fmt: skip
    (category,) = told["reportTypeMetadata"]["categories"]
    priority = category["columns"]["PRIORITY"]
    assert {"High", "Low"} <= {each["name"] for each in priority["filterValues"]}
    operators = told["reportTypeMetadata"]["dataTypeFilterOperatorMap"]
    assert {each["name"] for each in operators["boolean"]} == {"equals", "notEqual"}
    (group,) = told["reportTypeMetadata"]["standardDateFilterDurationGroups"]
    week = next(each for each in group["standardDateFilterDurations"] if each["value"] == "LAST_WEEK")
    assert (week["startDate"], week["endDate"]) == ("2026-11-08", "2026-11-14")


def shape(found: Any) -> Any:
    """What a recorded run and one of ours have in common where they agree: keys and kinds, no contents."""
    if isinstance(found, dict):
        return {key: shape(value) for key, value in found.items()}
    return [shape(found[0])] if isinstance(found, list) and found else type(found).__name__


@pytest.mark.parametrize(("name", "report", "key"), [
    ("tabular_basic", SHORT, "T!T"), ("summary_basic_single_group", ACCOUNTS, "1!T"),
])  # fmt: skip
def test_the_recorded_shapes(reports: Reports, recorded: Path, name: str, report: Report, key: str) -> None:
    real = json.loads((recorded / f"salesforce-reporting/{name}.json").read_text("utf-8"))
    ours = reports.run(report)
    assert set(ours) == set(real)
    assert shape(ours["attributes"]) == shape(real["attributes"])
    assert shape(ours["groupingsAcross"]) == shape(real["groupingsAcross"])
    mine, theirs = (each["groupingsDown"]["groupings"][-1:] for each in (ours, real))
    assert shape(mine) == shape(theirs)
    assert shape(ours["factMap"][key]["aggregates"]) == shape(real["factMap"][key]["aggregates"])
    assert set(ours["reportMetadata"]) >= set(real["reportMetadata"])
    for info in ("aggregateColumnInfo", "groupingColumnInfo", "detailColumnInfo"):
        mine, theirs = (list(each["reportExtendedMetadata"][info].values()) for each in (ours, real))
        assert shape(mine[:1]) == shape(theirs[:1])
    if name != "tabular_basic":
        last = [each["factMap"][key]["rows"][0]["dataCells"][-1] for each in (ours, real)]
        assert shape(last[0]) == shape(last[1])
        assert ours["factMap"]["T!T"]["rows"] == real["factMap"]["T!T"]["rows"] == []
        empty = [
            cell for row in real["factMap"][key]["rows"] for cell in row["dataCells"] if not cell["value"]
        ]
        assert empty[0] == {"label": "-", "value": None}


def test_ids_stay(tmp_path: Path) -> None:
    with an_org(tmp_path, reports=[CASES, SHORT]) as org:
        api = Api(org)
        before = Reports(api).ids
        api.http.close()
    again = Report(SHORT.name, "Case", CASE_COLUMNS, details=("PRIORITY",))
    with an_org(tmp_path, reports=[again]) as org:
        api = Api(org)
        with api.http:
            reports = Reports(api)
            assert reports.ids == before
            assert reports.run(again)["reportMetadata"]["detailColumns"] == ["PRIORITY"]


def test_a_report_whose_field_is_gone(tmp_path: Path) -> None:
    box = {"name": "Box__c", "keyPrefix": "a00", "fields": [{"name": "Size__c", "type": "int"}]}
    boxes = Report("Boxes", "Box__c", (Column("S", "Size__c"),))
    with an_org(tmp_path, sobjects=[box], reports=[boxes]) as org:
        assert org.api_calls == 0
    with an_org(tmp_path) as org:
        api = Api(org)
        with api.http:
            path = f"/analytics/reports/{Reports(api).ids['Boxes']}"
            assert refusal(api("GET", path)) == (403, "FORBIDDEN", "The report definition is obsolete.")


@pytest.mark.parametrize(("wrong", "message"), [
    (Report("R", "Nothing", ()), "sObject type 'Nothing' is not supported"),
    (Report("R", "Case", (Column("X", "Nothing"),)), "No such column 'Nothing'"),
    (Report("R", "Case", (Column("X", "Subject", "Nothing.Id"),)), "relationship 'Nothing'"),
    (Report("R", "Case", CASE_COLUMNS, details=("NOPE",)), "no column NOPE"),
    (Report("R", "Contact", (Column("X", "MailingAddress"),)), "X cannot be shown"),
])  # fmt: skip
def test_a_report_that_does_not_fit_the_org(tmp_path: Path, wrong: Report, message: str) -> None:
    with pytest.raises(Misconfigured, match=message), an_org(tmp_path, reports=[wrong]):
        pass
