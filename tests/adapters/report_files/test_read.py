"""The JSON Lines of a day read back: the rows that were written, or the line and the column that are wrong."""

from __future__ import annotations

import json
import string
from datetime import UTC, date, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.report import REPORT
from sf_handoff.adapters.report_files import read as reading
from sf_handoff.adapters.report_files.cells import Found
from sf_handoff.adapters.report_files.jsonl import write_jsonl
from sf_handoff.adapters.report_files.read import read_jsonl
from sf_handoff.commands import in_words
from sf_handoff.errors import InvalidHandoff
from sf_handoff.reports.columns import Kind, ReportColumn, ReportMap
from sf_handoff.reports.rows import ReportRow
from tests.adapters.report_files.rows import cluster, flag, row, rows

WIDER = ReportMap(
    "With columns of its own",
    (
        *REPORT.columns,
        ReportColumn("wait", "WAIT", "Wait__c", Kind.NUMBER),
        ReportColumn("due", "DUE", "Due__c", Kind.DATE),
        ReportColumn("seen", "SEEN", "Seen__c", Kind.MOMENT),
        ReportColumn("vip", "VIP", "Vip__c", Kind.FLAG),
        ReportColumn("remark", "REMARK", "Remark__c"),
    ),
)
FOUND = Found(WIDER, {"00000001": flag(1, crisis=True)}, (cluster(1, 2),))

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=40)
IDS = st.text(string.ascii_letters + string.digits, min_size=18, max_size=18)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=ZONES | st.just(UTC))  # noqa: DTZ001
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
ROWS = st.builds(
    ReportRow,
    case_id=IDS,
    case_number=st.text(string.digits, min_size=1, max_size=12),
    opened_at=MOMENTS,
    subject=st.none() | TEXTS,
    notes=st.none() | TEXTS,
    changed_at=st.none() | MOMENTS,
    status=st.none() | TEXTS,
    closed=st.none() | st.booleans(),
    origin=st.none() | TEXTS,
    record_type=st.none() | TEXTS,
    category=st.none() | TEXTS,
    product=st.none() | TEXTS,
    topic=st.none() | TEXTS,
    person=st.none() | IDS,
    cut=st.booleans(),
    extras=st.fixed_dictionaries(
        {
            "wait": st.none() | NUMBERS,
            "due": st.none() | st.dates(),
            "seen": st.none() | MOMENTS,
            "vip": st.none() | st.booleans(),
            "remark": st.none() | TEXTS,
        }
    ),
)


def written(path: Path, given_rows: list[ReportRow]) -> Path:
    file = BytesIO()
    write_jsonl(file, given_rows, FOUND)
    path.write_bytes(file.getvalue())
    return path


def refused(path: Path) -> InvalidHandoff:
    with pytest.raises(InvalidHandoff) as caught:
        list(read_jsonl(path, WIDER))
    assert caught.value.code == "ROWS"
    assert caught.value.__cause__ is None and caught.value.__context__ is None
    return caught.value


# What was written


@settings(max_examples=150, deadline=None)
@given(st.lists(ROWS, max_size=4))
def test_rows_are_read_back_exactly(tmp_path_factory: pytest.TempPathFactory, some: list[ReportRow]) -> None:
    path = written(tmp_path_factory.mktemp("day") / "day.jsonl", some)
    again = list(read_jsonl(path, WIDER))
    assert again == some
    assert [_types(each) for each in again] == [_types(each) for each in some]


def _types(given_row: ReportRow) -> dict[str, type]:
    values = {name: getattr(given_row, name) for name in ReportRow.__slots__ if name != "extras"}
    return {name: type(value) for name, value in {**values, **given_row.extras}.items()}


def test_what_was_found_in_the_rows_is_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path / "day.jsonl", list(rows(3)))
    assert json.loads(path.read_text().splitlines()[0])["crisis"] is True
    assert [each.case_number for each in read_jsonl(path, REPORT)] == ["00000001", "00000002", "00000003"]


def test_an_empty_file_is_a_day_without_rows_and_empty_lines_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    path.write_bytes(b"")
    assert list(read_jsonl(path, REPORT)) == []
    whole = written(path, list(rows(2))).read_bytes().splitlines()
    path.write_bytes(b"\n" + whole[0] + b"\r\n  \n" + whole[1])
    assert len(list(read_jsonl(path, REPORT))) == 2


def test_the_longest_notes_that_there_can_be_fit_into_a_line(tmp_path: Path) -> None:
    long = row(notes="\N{GRINNING FACE}" * 32_000)
    assert [each.notes for each in read_jsonl(written(tmp_path / "day.jsonl", [long]), REPORT)] == [
        long.notes
    ]


# What is wrong is named by line and column, never by value


def changed(path: Path, line: int, **values: Any) -> Path:
    """A good file of three rows, whose `line` has these values."""
    lines = [json.loads(each) for each in written(path, list(rows(3))).read_text().splitlines()]
    lines[line - 1] |= values
    path.write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    return path


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("case_id", None, "a value"),
        ("case_number", None, "a value"),
        ("opened_at", None, "a value"),
        ("case_number", 4711, "text"),
        ("opened_at", "canary", "a moment with a time zone"),
        ("opened_at", "2026-11-20T15:04:05", "a moment with a time zone"),
        ("opened_at", 1795186800, "a moment with a time zone"),
        ("changed_at", True, "a moment with a time zone"),
        ("closed", "canary", "true or false"),
        ("closed", 1, "true or false"),
        ("notes", ["canary"], "text"),
        ("subject", {"canary": 1}, "text"),
        ("status", False, "text"),
        ("wait", "4711", "a number"),
        ("wait", True, "a number"),
        ("due", "2026-02-30", "a date"),
        ("due", "2026-11-20T00:00:00Z", "a date"),
        ("due", 20261120, "a date"),
        ("vip", 0, "true or false"),
    ],
)
def test_a_wrong_value_is_named_by_line_and_column(
    tmp_path: Path, column: str, value: Any, expected: str
) -> None:
    error = refused(changed(tmp_path / "day.jsonl", 2, **{column: value}))
    assert error.message == f"line 2, {column}: expected {expected}."
    assert [(each.path, each.expected) for each in error.problems] == [(f"line 2, {column}", expected)]
    assert in_words(error) == f"The file is not valid. {error.message}"


@pytest.mark.parametrize(
    "line",
    [
        b"canary",
        b'{"case_id": "canary"',
        b'["canary"]',
        b'"canary"',
        b"\xff\xfecanary",
        b'{"wait": NaN, "canary": 1}',
        b'{"wait": -Infinity}',
        b"[" * 100_000,
        b'{"wait": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: bytes) -> None:
    path = written(tmp_path / "day.jsonl", list(rows(2)))
    path.write_bytes(path.read_bytes() + b"\n" + line + b"\n")
    error = refused(path)
    assert error.message.startswith("line 4: expected a JSON object, as `report pull")
    assert "canary" not in f"{error!r}{error}"


def test_a_line_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_LINE", 2000)
    path = tmp_path / "day.jsonl"
    path.write_bytes(b'{"notes": "' + b"x" * 4000 + b'"}\n')
    assert refused(path).message.startswith("line 1: expected a JSON object")


def test_rows_before_the_wrong_one_have_been_given(tmp_path: Path) -> None:
    """It is read as a stream: who wants all or nothing waits for the end."""
    found = read_jsonl(changed(tmp_path / "day.jsonl", 3, case_id=None), REPORT)
    assert [next(found).case_number, next(found).case_number] == ["00000001", "00000002"]
    with pytest.raises(InvalidHandoff):
        next(found)


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    error = refused(tmp_path / "nowhere.jsonl")
    assert error.message == "nowhere.jsonl: cannot be read (FileNotFoundError)."


def test_a_day_stays_within_its_dates(tmp_path: Path) -> None:
    at = datetime(2026, 11, 20, 23, 59, 59, 999_999, tzinfo=UTC)
    only = row(
        opened_at=at, extras={"due": date(1850, 1, 2), "wait": 2**70, "seen": at, "vip": None, "remark": ""}
    )
    assert list(read_jsonl(written(tmp_path / "day.jsonl", [only]), WIDER)) == [only]
