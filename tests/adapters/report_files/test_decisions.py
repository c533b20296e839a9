"""Decisions come back from a workbook that people have worked in, or an error says which cell to mend."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sf_handoff.adapters.report_files.decisions import read_decisions, read_parked_decisions
from sf_handoff.adapters.report_files.xlsx import write_xlsx
from sf_handoff.errors import InvalidHandoff
from sf_handoff.reports.decisions import Decided, Decision, ParkedDecided, ParkedDecision
from tests.adapters.report_files.rows import about, flag, found, rows
from tests.adapters.report_files.test_xlsx import parked

FORWARD, HERE = Decided(Decision.FORWARD, "known outage"), Decided(Decision.RESOLVE_HERE, "")


@pytest.fixture
def worked(tmp_path: Path) -> Callable[[Callable[[Any], None]], Path]:
    """The workbook of a day with four cases to decide, after somebody's work on it."""

    def save(work: Callable[[Any], None]) -> Path:
        file = io.BytesIO()
        write_xlsx(file, rows(5), found(*map(flag, range(1, 5))), about(parked=(parked(),)))
        book = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
        work(book)
        path = tmp_path / "report.xlsx"
        book.save(path)
        return path

    return save


def decide(book: Any) -> None:
    sheet = book["Decide"]
    sheet["E2"], sheet["F2"], sheet["E4"] = "forward", "known outage", "resolve here"


def test_what_was_decided_comes_back(worked: Any) -> None:
    assert read_decisions(worked(decide)) == {"00000001": FORWARD, "00000003": HERE}


def test_nothing_decided_is_nothing(worked: Any) -> None:
    assert read_decisions(worked(lambda book: None)) == {}


def sort_rows(book: Any) -> None:
    decide(book)
    sheet = book["Decide"]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
    for at, line in enumerate(reversed(lines), start=2):
        for column, value in enumerate(line, start=1):
            sheet.cell(at, column).value = value


def move_columns(book: Any) -> None:
    decide(book)
    sheet = book["Decide"]
    sheet.insert_cols(1, 2)
    sheet["A1"], sheet["A2"] = "My notes", "ask the other shift"
    for line in range(1, sheet.max_row + 1):
        moved, kept = sheet.cell(line, 7).value, sheet.cell(line, 3).value
        sheet.cell(line, 3).value, sheet.cell(line, 7).value = moved, kept


def type_carelessly(book: Any) -> None:
    sheet = book["Decide"]
    sheet["E1"] = " decision\n"
    sheet["E2"], sheet["F2"], sheet["E4"] = "  FORWARD ", " known\N{NO-BREAK SPACE}outage ", "Resolve  here"


def add_sheets(book: Any) -> None:
    decide(book)
    book.create_sheet("Scratch", 0)["B3"] = "Decision"
    book.copy_worksheet(book["Decide"])
    book["Decide"].title = "Friday"


def write_above(book: Any) -> None:
    decide(book)
    book["Decide"].insert_rows(1, 3)
    book["Decide"]["A1"] = "Decided in the morning meeting"


def make_numbers(book: Any) -> None:
    """What Excel's green corner offers: the zeros are gone."""
    decide(book)
    for line in range(2, 6):
        book["Decide"].cell(line, 1, int(book["Decide"].cell(line, 1).value))


def filter_and_hide(book: Any) -> None:
    decide(book)
    book["Decide"].row_dimensions[2].hidden = True
    book["Decide"].column_dimensions["F"].hidden = True
    book["Decide"].auto_filter.add_filter_column(4, ["resolve here"])


@pytest.mark.parametrize(
    "work", [sort_rows, move_columns, type_carelessly, add_sheets, write_above, make_numbers, filter_and_hide]
)
def test_whatever_people_do_to_it_is_understood(work: Any, worked: Any) -> None:
    assert read_decisions(worked(work)) == {"00000001": FORWARD, "00000003": HERE}


def test_a_column_of_reasons_may_be_gone(worked: Any) -> None:
    def work(book: Any) -> None:
        decide(book)
        book["Decide"].delete_cols(6)

    assert read_decisions(worked(work))["00000001"] == Decided(Decision.FORWARD, "")


def test_an_unknown_decision_is_said_by_its_cell_and_never_by_its_words(worked: Any) -> None:
    def work(book: Any) -> None:
        decide(book)
        book["Decide"]["E3"] = "call Jesse Gray back"

    with pytest.raises(InvalidHandoff) as raised:
        read_decisions(worked(work))
    (problem,) = raised.value.problems
    assert problem.path == "Decide, row 3, Decision"
    assert "forward, resolve here, not ours" in str(raised.value)
    assert "Jesse" not in str(raised.value)


def test_two_decisions_on_one_case_are_no_decision(worked: Any) -> None:
    def work(book: Any) -> None:
        decide(book)
        book["Decide"]["A3"], book["Decide"]["E3"] = "00000001", "not ours"

    with pytest.raises(InvalidHandoff, match="Decide, row 3"):
        read_decisions(worked(work))


def test_a_decision_without_a_case_is_said(worked: Any) -> None:
    def work(book: Any) -> None:
        book["Decide"]["E9"] = "forward"

    with pytest.raises(InvalidHandoff, match=r"Decide, row 9.*case number"):
        read_decisions(worked(work))


def test_a_workbook_without_the_columns_is_refused(worked: Any) -> None:
    def work(book: Any) -> None:
        book["Decide"]["E1"] = "What to do"

    with pytest.raises(InvalidHandoff, match="'Case number'"):
        read_decisions(worked(work))


@pytest.mark.parametrize("data", [b"", b"case_number,decision\r\n", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_workbook_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    path.write_bytes(data)
    with pytest.raises(InvalidHandoff, match="not a workbook"):
        read_decisions(path)
    with pytest.raises(InvalidHandoff, match="not a workbook"):
        read_decisions(tmp_path / "gone.xlsx")
    with pytest.raises(InvalidHandoff, match="not a workbook"):
        read_decisions(tmp_path / "old.xls")


def resized(path: Path, old: str, new: str) -> None:
    """The sheet of decisions with something in its XML replaced."""
    with zipfile.ZipFile(path) as before:
        parts = {name: before.read(name) for name in before.namelist()}
    name = next(each for each in parts if each.endswith("sheet1.xml"))
    parts[name] = re.sub(old.encode(), new.encode(), parts[name], count=1, flags=re.DOTALL)
    with zipfile.ZipFile(path, "w") as after:
        for each, content in parts.items():
            after.writestr(each, content)


def test_what_a_sheet_says_of_its_own_size_is_not_believed(worked: Any) -> None:
    path = worked(decide)
    resized(path, r'<dimension ref="[^"]*"', '<dimension ref="A1:C3"')
    assert read_decisions(path) == {"00000001": FORWARD, "00000003": HERE}


def test_a_sheet_that_breaks_off_is_refused(worked: Any) -> None:
    path = worked(decide)
    resized(path, r"</sheetData>.*", "")
    with pytest.raises(InvalidHandoff) as refused:
        read_decisions(path)
    assert (refused.value.code, "cannot be read" in refused.value.message) == ("DECISIONS", True)


def test_parked_handoffs_are_decided_on_their_own_sheet(worked: Any) -> None:
    def work(book: Any) -> None:
        decide(book)
        book["Parked"]["G2"], book["Parked"]["H2"] = "Discard", "test data"

    path = worked(work)
    assert read_parked_decisions(path) == {
        parked().handoff_id: ParkedDecided(ParkedDecision.DISCARD, "test data")
    }
    assert len(read_decisions(path)) == 2
