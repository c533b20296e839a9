"""The CSV: the same names in the same order, read by any reader, and nothing in it that calculates."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.report import REPORT
from sf_handoff.adapters.report_files.cells import Found
from sf_handoff.adapters.report_files.csv import write_csv
from sf_handoff.reports.columns import Kind, ReportColumn, ReportMap
from tests.adapters.report_files.rows import cluster, flag, found, row, rows

NAMES = [
    "case_number", "opened_at", "changed_at", "status", "closed", "origin", "record_type", "category", "product",
    "topic", "subject", "notes", "case_id", "notes_cut", "tier", "rules", "cluster",
]  # fmt: skip


def written(given_rows: object, what: Found) -> bytes:
    file = io.BytesIO()
    write_csv(file, given_rows, what)  # type: ignore[arg-type]
    return file.getvalue()


def read(given_rows: object, what: Found) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(given_rows, what).decode("utf-8"), newline="")))


def test_names_and_order_are_the_maps_and_no_person_is_in_it() -> None:
    lines = list(csv.reader(io.StringIO(written(rows(2), found()).decode(), newline="")))
    assert lines[0] == NAMES
    assert len(lines) == 3
    assert b"003000000000001AAA" not in written(rows(2), found())


def test_a_day_without_rows_has_the_header_only() -> None:
    assert written([], found()).decode() == ",".join(NAMES) + "\r\n"


def test_it_is_rfc_4180_without_a_mark_and_ends_in_a_line_end() -> None:
    data = written([row(subject='He said "no", twice', notes="one\ntwo")], found())
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b'"He said ""no"", twice","one\ntwo"' in data
    assert data.endswith(b"\r\n")


def test_what_was_found_stands_behind_each_row() -> None:
    first, second = read(rows(2), found(flag(1), clusters=(cluster(1),)))
    assert (first["tier"], first["rules"], first["cluster"]) == ("3", "t3-subject va.gov-text", "v1-abc")
    assert (second["tier"], second["rules"], second["cluster"]) == ("", "", "")


def test_values_are_written_as_programs_read_them() -> None:
    extra = ReportMap("x", (*REPORT.columns, ReportColumn("wait", "WAIT", "Wait__c", Kind.NUMBER)))
    only = read([row(closed=True, changed_at=None, extras={"wait": -3}, cut=True)], Found(extra, {}))[0]
    assert datetime.fromisoformat(only["opened_at"]) == datetime(2026, 11, 20, 17, 31, tzinfo=UTC)
    assert (only["closed"], only["changed_at"], only["wait"], only["notes_cut"]) == ("true", "", "-3", "true")
    assert only["case_number"] == "00000001"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_would_calculate_is_quoted(start: str) -> None:
    """I07"""
    said = read([row(subject=f"{start}HYPERLINK(1)", notes=f"so {start}")], found())[0]
    assert said["subject"] == f"'{start}HYPERLINK(1)"
    assert said["notes"] == f"so {start}"


def test_two_days_can_be_put_behind_one_another() -> None:
    whole = written(rows(2), found()) + written(rows(3), found()).split(b"\r\n", 1)[1]
    assert len(list(csv.reader(io.StringIO(whole.decode(), newline="")))) == 6


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_any_text_is_read_back_but_for_what_no_file_holds(text: str) -> None:
    said = read([row(notes=text)], found())[0]["notes"]
    assert len(said.removeprefix("'")) == len(text.removeprefix("'"))
    assert not said.startswith(("=", "+", "-", "@", "\t", "\r"))
    kept = "".join(a for a, b in zip(said.removeprefix("'"), text.removeprefix("'"), strict=True) if b == a)
    assert set(said) - set(kept) <= {"�", "'"}
