"""From a source's row to a ReportRow, and the whole texts of those that were cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import MappingSet
from sf_handoff.reports import texts
from sf_handoff.reports.columns import Kind, ReportColumn, ReportMap
from sf_handoff.reports.reading import Kept, Reader, edited_after, maybe_cut, row_of

CASE_ID = "500EO0000000001YAA"
CREATED = "2026-11-19T17:30:00.000+0000"
RECORD: dict[str, Any] = {
    "Id": CASE_ID,
    "CaseNumber": "00001001",
    "CreatedDate": CREATED,
    "LastModifiedDate": "2026-11-20T05:00:00.000+0000",
    "Status": "New",
    "IsClosed": False,
    "RecordType": {"DeveloperName": "Complaint"},
    "Subject": "T VA.gov",
    "Description": "The page\r\nis blank",
    "Taps__c": 3,
}


@pytest.fixture
def report(mappings: MappingSet) -> ReportMap:
    more = ReportColumn("taps", "Case.Taps__c", "Taps__c", Kind.NUMBER, required=False)
    return replace(mappings.report, columns=(*mappings.report.columns, more))


def cells(report: ReportMap, **changes: Any) -> dict[str, Any]:
    values = {each.column: {"label": "-", "value": None} for each in report.columns}
    given = {"CASE_ID": CASE_ID, "CASE_NUMBER": "00001001", "CREATED_DATE": CREATED, **changes}
    return values | {name: {"label": str(value), "value": value} for name, value in given.items()}


def test_a_record_becomes_a_typed_row(report: ReportMap) -> None:
    row = row_of(report, Reader(report, report.columns).from_record(RECORD).values, cut=False)
    assert row.opened_at == datetime(2026, 11, 19, 17, 30, tzinfo=UTC)
    assert (row.case_id, row.case_number, row.status) == (CASE_ID, "00001001", "New")
    assert (row.closed, row.record_type, row.origin) == (False, "Complaint", None)
    assert row.notes == "The page\nis blank"
    assert row.extras == {"taps": 3}
    assert "blank" not in repr(row)


def test_a_line_of_csv_is_a_flat_record(report: ReportMap) -> None:
    flat = {each.field: "" for each in report.columns}
    flat |= {"Id": CASE_ID, "CaseNumber": "00001001", "CreatedDate": "2026-11-19T17:30:00.000Z"}
    flat |= {"RecordType.DeveloperName": "Complaint", "IsClosed": "true", "Taps__c": "3"}
    row = row_of(report, Reader(report, report.columns).from_record(flat).values, cut=False)
    assert (row.record_type, row.closed, row.extras) == ("Complaint", True, {"taps": 3})
    assert (row.notes, row.subject) == (None, None)


@pytest.mark.parametrize("name", ["CASE_ID", "CASE_NUMBER", "CREATED_DATE"])
@pytest.mark.parametrize("value", [None, 12])
def test_no_row_can_be_without_its_id_its_number_and_its_moment(
    report: ReportMap, name: str, value: object
) -> None:
    with pytest.raises(Misconfigured) as refused:
        Reader(report, report.columns).from_cells(cells(report, **{name: value}))
    assert (refused.value.code, refused.value.fields) == ("BAD_CELL", (name,))


def test_an_unreadable_cell_is_left_empty_and_counted(report: ReportMap) -> None:
    reader = Reader(report, report.columns)
    kept = reader.from_cells(cells(report, LAST_UPDATE="yesterday", CLOSED="maybe"))
    assert row_of(report, kept.values, cut=False).changed_at is None
    assert reader.unreadable == {"LAST_UPDATE": 1, "CLOSED": 1}


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        (None, False),
        ("short", False),
        ("x" * 126, False),
        ("x" * 127, True),
        ("x" * 255, True),
        ("x\n" * 60, True),
        ("and then …", True),
        ("and then... ", True),
    ],
)
def test_texts_that_may_have_been_cut(report: ReportMap, text: str | None, doubt: bool) -> None:
    assert maybe_cut(text) is doubt
    assert Reader(report, report.columns).from_cells(cells(report, DESCRIPTION=text)).doubtful is doubt


def test_a_record_is_never_in_doubt(report: ReportMap) -> None:
    long = {**RECORD, "Description": "x" * 255}
    assert not Reader(report, report.columns).from_record(long).doubtful


def test_whether_a_case_was_edited_after_the_day(report: ReportMap) -> None:
    kept = Reader(report, report.columns).from_record(RECORD)
    assert edited_after(report, kept, datetime(2026, 11, 20, 5, tzinfo=UTC))
    assert not edited_after(report, kept, datetime(2026, 11, 20, 5, 0, 1, tzinfo=UTC))


def kept_with(report: ReportMap, notes: str) -> Kept:
    return Reader(report, report.columns).from_cells(cells(report, DESCRIPTION=notes))


@pytest.mark.parametrize(
    ("shown", "whole", "cut"), [("ab", "abc", True), ("abc", "abc", False), ("a\nb", "a\r\nb", False)]
)
def test_the_record_tells_whether_a_text_was_cut(
    report: ReportMap, shown: str, whole: str, cut: bool
) -> None:
    values, was = texts.completed(
        report, kept_with(report, shown).values, {"Id": CASE_ID, "Description": whole}
    )
    assert (row_of(report, values, cut=False).notes, was) == (whole.replace("\r\n", "\n"), cut)


def test_a_thousand_texts_are_asked_for_in_one_call(report: ReportMap) -> None:
    request = texts.asked("Case", report.columns, [CASE_ID] * 801)
    assert len(request.subrequests) == 5
    assert [each.path.count(CASE_ID) for each in request.subrequests] == [200, 200, 200, 200, 1]
    assert request.subrequests[0].path.startswith(
        "query?q=SELECT%20Id%2C%20Description%20FROM%20Case%20WHERE"
    )
    assert all(len(each.path) < 16_000 for each in request.subrequests)
