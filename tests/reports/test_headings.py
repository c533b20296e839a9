"""Columns are found by API name; what is missing, renamed or surplus is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sf_handoff.errors import Misconfigured, Uncertain
from sf_handoff.mapping import MappingSet
from sf_handoff.reports.columns import ReportMap
from sf_handoff.reports.headings import of_report, of_sobject


@pytest.fixture
def report(mappings: MappingSet) -> ReportMap:
    return mappings.report


def label(name: str) -> str:
    return name.rpartition(".")[2].removesuffix("__c").replace("_", " ").title()


def described(report: ReportMap, *more: str, without: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    names = [each.column for each in report.columns if each.column not in without] + list(more)
    return {
        "reportMetadata": {"reportFormat": "TABULAR", "detailColumns": names, **changes},
        "reportExtendedMetadata": {"detailColumnInfo": {each: {"label": label(each)} for each in names}},
    }


def refused(act: Callable[[], object]) -> Misconfigured:
    with pytest.raises(Misconfigured) as caught:
        act()
    return caught.value


def test_all_columns_in_any_order(report: ReportMap) -> None:
    found = described(report)
    found["reportMetadata"]["detailColumns"].reverse()
    assert of_report(found, report).columns == report.columns
    assert of_report(found, report).findings == ()


def test_every_required_column_that_is_missing_is_named(report: ReportMap) -> None:
    error = refused(lambda: of_report(described(report, without=("DESCRIPTION", "STATUS")), report))
    assert (error.code, error.fields) == ("MISSING_COLUMN", ("STATUS", "DESCRIPTION"))
    assert "DESCRIPTION (notes)" in error.message


def test_a_column_under_another_name_and_the_same_label_is_said_to_be_renamed(report: ReportMap) -> None:
    found = described(report, "Case.Subject__c", without=("SUBJECT",))
    error = refused(lambda: of_report(found, report))
    assert error.code == "RENAMED_COLUMN"
    assert "SUBJECT (is called Case.Subject__c now)" in error.message


def test_the_label_that_the_report_type_still_has_tells_too(report: ReportMap) -> None:
    found = described(report, "Case.Why__c", without=("DESCRIPTION",))
    found["reportExtendedMetadata"]["detailColumnInfo"]["Case.Why__c"]["label"] = "Case notes"
    found["reportTypeMetadata"] = {"categories": [{"columns": {"DESCRIPTION": {"label": "Case Notes"}}}]}
    assert "is called Case.Why__c now" in refused(lambda: of_report(found, report)).message


def test_an_optional_column_may_be_missing_or_renamed(report: ReportMap) -> None:
    found = of_report(described(report, "Case.Origin__c", without=("ORIGIN", "CLOSED")), report)
    assert {each.name for each in report.columns} - {each.name for each in found.columns} == {
        "origin",
        "closed",
    }
    assert [(each.code, each.needs_a_person) for each in found.findings] == [
        ("MISSING_OPTIONAL", False),
        ("RENAMED_OPTIONAL", True),
    ]


def test_surplus_columns_are_noted_and_left_out(report: ReportMap) -> None:
    (finding,) = of_report(described(report, "AGE", "OWNER"), report).findings
    assert (finding.code, finding.needs_a_person) == ("SURPLUS_COLUMNS", False)
    assert "AGE, OWNER" in finding.words


def test_a_column_that_rows_are_grouped_by_is_there(report: ReportMap) -> None:
    by = [{"name": "STATUS", "dateGranularity": "None"}, {"name": "CREATED_DATE", "dateGranularity": "Day"}]
    found = described(report, without=("STATUS",), reportFormat="SUMMARY", groupingsDown=by)
    assert of_report(found, report).columns == report.columns
    without = described(report, without=("STATUS", "CREATED_DATE"), reportFormat="SUMMARY", groupingsDown=by)
    assert refused(lambda: of_report(without, report)).fields == ("CREATED_DATE",)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reportFormat": "MATRIX"}, "REPORT_FORMAT"),
        ({"reportFormat": "MULTI_BLOCK"}, "REPORT_FORMAT"),
        ({"topRows": {"rowLimit": 10}}, "ROW_LIMIT"),
    ],
)
def test_a_report_that_never_shows_all_rows_is_refused(
    report: ReportMap, changes: dict[str, Any], code: str
) -> None:
    assert refused(lambda: of_report(described(report, **changes), report)).code == code


@pytest.mark.parametrize("answer", [{}, {"reportMetadata": {}}, {"reportMetadata": None}])
def test_a_describe_that_cannot_be_read(report: ReportMap, answer: dict[str, Any]) -> None:
    with pytest.raises(Uncertain):
        of_report(answer, report)
    with pytest.raises(Uncertain):
        of_sobject(answer, report)


def sobject(report: ReportMap, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    own = [each.field for each in report.columns if "." not in each.field and each.field not in without]
    links = {"name": "RecordTypeId", "label": "Record Type", "relationshipName": "RecordType"}
    return {"fields": [*({"name": each, "label": label(each)} for each in own), links, {"name": "Extra__c"}]}


def test_fields_of_the_sobject_and_of_its_parents(report: ReportMap) -> None:
    found = of_sobject(sobject(report), report)
    assert (found.columns, found.findings) == (report.columns, ())


def test_a_field_that_the_user_may_not_see_is_missing(report: ReportMap) -> None:
    found = of_sobject(sobject(report, without=("Product__c",)), report)
    assert [each.code for each in found.findings] == ["MISSING_OPTIONAL"]
    error = refused(lambda: of_sobject(sobject(report, without=("Case_Category__c",)), report))
    assert error.fields == ("Case_Category__c",)


def test_what_no_row_can_be_without_is_required_whatever_the_map_says(report: ReportMap) -> None:
    lax = replace(report, columns=tuple(replace(each, required=False) for each in report.columns))
    assert refused(lambda: of_report(described(report, without=("CASE_ID", "SUBJECT")), lax)).fields == (
        "CASE_ID",
    )
