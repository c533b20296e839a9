"""The workbook, read back with a library that did not write it: types, drop-downs, links, nothing that calculates."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.report import REPORT
from sf_handoff.adapters.report_files.cells import Found
from sf_handoff.adapters.report_files.sheet import MOST_LINKS, MOST_UNITS, Book, Column, Link, Table
from sf_handoff.adapters.report_files.spool import Spool
from sf_handoff.adapters.report_files.xlsx import About, write_xlsx
from sf_handoff.calls.states import Status
from sf_handoff.ports import Row
from sf_handoff.reports.columns import Kind, ReportColumn, ReportMap
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.triage import Flag
from sf_handoff.texts import utf16_units
from tests.adapters.report_files.rows import NOON, about, cluster, flag, found, row, rows


def written(given_rows: Iterable[ReportRow], what: Found, on: About | None = None) -> io.BytesIO:
    file = io.BytesIO()
    write_xlsx(file, given_rows, what, on or about())
    return io.BytesIO(file.getvalue())


def opened(given_rows: Iterable[ReportRow], what: Found, on: About | None = None) -> Any:
    return openpyxl.load_workbook(written(given_rows, what, on))


def table(sheet: Any) -> list[dict[str, Any]]:
    titles = [cell.value for cell in sheet[1]]
    return [
        dict(zip(titles, (cell.value for cell in line), strict=True)) for line in sheet.iter_rows(min_row=2)
    ]


def parked() -> Row:
    return Row(
        handoff_id="6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11", state=Status.PARKED, payload=b"", attempts=1, next_at=None,
        code="REQUIRED_FIELD_MISSING", message="no", case_key="k", case_id=None, case_number="00000077", case_done=False,
        task_id=None, contact_linked=None, api_calls=1, notes=(), taps=1, newest=True, occurred_at=NOON, expires_at=NOON,
        kept_at=NOON, settled_at=NOON, dial_code=None,
    )  # fmt: skip


def test_the_sheets() -> None:
    assert opened(rows(3), found(flag(1))).sheetnames == [
        "Decide",
        "Clusters",
        "Parked",
        "About",
        "All cases",
    ]


def test_cells_have_real_types_and_moments_are_in_eastern_time() -> None:
    extra = ReportMap(
        "x",
        (
            *REPORT.columns,
            ReportColumn("wait", "W", "W__c", Kind.NUMBER),
            ReportColumn("due", "D", "D__c", Kind.DATE),
        ),
    )
    only = row(closed=True, extras={"wait": 2.5, "due": date(2026, 12, 1)})
    said = table(opened([only], Found(extra, {}))["All cases"])[0]
    assert said["Opened at (ET)"] == datetime(2026, 11, 20, 12, 31)  # noqa: DTZ001 (Excel knows no zone)
    assert said["Case number"] == "00000001"
    assert said["Closed"] is True
    assert said["Wait"] == 2.5
    assert said["Due"].date() == date(2026, 12, 1)
    assert said["Changed at (ET)"] is None
    assert said["Notes"] == only.notes
    assert "Person" not in said


def test_another_zone_is_named_in_the_header() -> None:
    said = table(opened(rows(1), found(), about(zone="America/Chicago"))["All cases"])[0]
    assert said["Opened at (America/Chicago)"].hour == 11


def test_the_header_stays_and_every_column_can_be_filtered() -> None:
    book = opened(rows(5), found(flag(1), flag(2)))
    for name, last in (("Decide", 3), ("All cases", 6)):
        sheet = book[name]
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, sheet.max_column).column_letter}{last}"
        assert sheet.column_dimensions["A"].width > 10
    assert book["All cases"]["L2"].alignment.wrap_text


def test_a_decision_is_chosen_from_a_list_and_none_is_made_beforehand() -> None:
    sheet = opened(rows(5), found(flag(1, 3), flag(2, 1), flag(3, 0)))["Decide"]
    said = table(sheet)
    assert [each["Decision"] for each in said] == [None] * 3
    assert [each["Proposed"] for each in said] == ["forward", "resolve here", "not ours"]
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, rule.formula1, str(rule.sqref)) == ("list", '"forward,resolve here,not ours"', "E2:E4")
    assert rule.showErrorMessage
    assert sheet["E1"].value == "Decision"


def test_crisis_words_come_first_then_the_highest_tier_and_clusters_stay_together() -> None:
    flags = (flag(1, 2), flag(2, 3), flag(3, 3), flag(4, 3), flag(5, 1, crisis=True))
    said = table(opened(rows(6), found(*flags, clusters=(cluster(2, 4),)))["Decide"])
    assert [each["Case number"][-1] for each in said] == ["5", "2", "4", "3", "1"]
    assert [each["Look first"] for each in said] == ["crisis words", None, None, None, None]
    assert said[1]["Same problem"] == "2 cases. Sign in: cannot sign in"


def test_crisis_words_alone_propose_nothing_and_have_no_tier() -> None:
    alone = Flag("00000001", 0, (), (), crisis=True)
    book = opened(rows(1), found(alone))
    (said,) = table(book["Decide"])
    assert (said["Look first"], said["Proposed"], said["Tier"], said["Why"]) == (
        "crisis words",
        None,
        None,
        None,
    )
    assert table(book["All cases"])[0]["Tier"] is None


def test_rows_are_as_high_as_their_text_needs_and_the_notes_are_not_printed() -> None:
    sheet = opened([row(1, notes="a"), row(2, notes="word " * 54)], found(flag(1), flag(2)))["Decide"]
    assert (sheet.row_dimensions[2].height, sheet.row_dimensions[3].height) == (30, 75)
    assert sheet["J1"].value == "Notes"
    assert sheet.print_area == "'Decide'!$A$1:$I$3"


def test_case_numbers_link_into_lightning_by_the_opaque_id() -> None:
    book = opened(rows(2), found(flag(1)))
    for name in ("Decide", "All cases"):
        link = book[name]["A2"].hyperlink
        assert link.target == f"https://example.lightning.force.com/lightning/r/Case/{row(1).case_id}/view"
        assert book[name]["A2"].value == "00000001"


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "file:///etc/passwd"])
def test_there_is_no_link_where_there_is_no_address(url: str | None) -> None:
    book = opened(rows(1), found(), about(case_url=lambda case_id: url))
    assert book["All cases"]["A2"].hyperlink is None
    assert book["All cases"]["A2"].value == "00000001"


@pytest.mark.parametrize(
    "text", ["=1+1", "{=1}", "+1", "-1", "@A1", "https://example.com", "007", "=HYPERLINK(1)"]
)
def test_text_stays_text(text: str) -> None:
    """I07"""
    file = written([row(subject=text, product=text)], found(flag(1)), about(notes=(text,)))
    cell = openpyxl.load_workbook(file)["All cases"]["K2"]
    assert (cell.value, cell.hyperlink) == (text, None)
    with zipfile.ZipFile(file) as packed:
        assert not any(b"<f>" in packed.read(name) for name in packed.namelist() if "sheet" in name)


@pytest.mark.parametrize(
    "text",
    [
        "<r>AT&T phone, page blank</r>",
        "<r>page blank</r>",
        '<r><t>x</t></r></is></c><c r="XFC2"><f>HYPERLINK("x")</f></c><c r="XFD2"><is><r><t>x</t></r>',
    ],
)
def test_text_that_looks_like_the_workbooks_own_xml_is_text(text: str) -> None:
    book = opened([row(1, notes=text, subject=text)], found(flag(1)))
    for name in ("Decide", "All cases"):
        (line,) = table(book[name])
        assert (line["Notes"], line["Subject"]) == (f" {text}", f" {text}")
        assert all(cell.data_type != "f" for cells in book[name].iter_rows() for cell in cells)


def test_a_column_of_the_org_is_no_decision() -> None:
    own = ReportColumn("decision", "Case.Decision__c", "Decision__c", required=False)
    report = ReportMap(REPORT.title, (*REPORT.columns, own))
    book = opened([row(1, extras={"decision": "Forward"})], Found(report, {"00000001": flag(1)}))
    (line,) = table(book["All cases"])
    assert (line["Decision (org)"], line.get("Decision")) == ("Forward", None)


def test_what_is_parked_can_be_decided_too() -> None:
    sheet = opened([], found(), about(parked=(parked(),)))["Parked"]
    said = table(sheet)[0]
    assert said["Handoff"] == parked().handoff_id
    assert said["Since (ET)"].hour == 12
    assert said["What to do"]
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == '"send again,discard"'


def test_about_says_what_day_it_is_how_much_there_is_and_what_was_noted() -> None:
    sheet = opened(
        rows(5), found(flag(1), clusters=(cluster(1),)), about(notes=("2 cases were edited late.",))
    )["About"]
    said = [(line[0].value, line[1].value) for line in sheet.iter_rows()]
    assert {
        ("Day", "Friday, November 20, 2026"),
        ("Cases", 5),
        ("To decide", 1),
        ("Clusters", 1),
        ("Parked handoffs", 0),
    } <= set(said)
    assert ("Noted", "2 cases were edited late.") in said
    assert any("not ours (another center's)" in str(value) for _, value in said)


def test_a_day_without_rows_is_a_workbook_too() -> None:
    book = opened([], found())
    assert book["Decide"].max_row == book["All cases"].max_row == 1
    assert len(book["Decide"].data_validations.dataValidation) == 1


def test_a_cell_that_is_too_long_is_cut_with_a_mark_and_a_note() -> None:
    book = opened([row(notes="\N{GRINNING FACE}" * 20_000)], found())
    cell = book["All cases"]["L2"]
    assert utf16_units(cell.value) <= MOST_UNITS
    assert cell.value.endswith("[cut here: the whole text is in the CSV]")
    assert ("Cut, whole in the CSV", "All cases, row 2, Notes") in [
        (a.value, b.value) for a, b in book["About"].iter_rows()
    ]


def test_the_same_day_gives_the_same_bytes() -> None:
    assert written(rows(9), found(flag(2))).getvalue() == written(rows(9), found(flag(2))).getvalue()


def test_nothing_is_left_behind(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    written(rows(9), found(flag(2)))

    def broken() -> Iterable[ReportRow]:
        yield from rows(2)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        written(broken(), found(flag(1)))
    assert list(tmp_path.iterdir()) == []


def test_a_full_sheet_is_followed_by_another() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        numbers = Table(
            Book(workbook, ZoneInfo("UTC")),
            "Numbers",
            (Column[int]("n", lambda n: n, choices=("a",)),),
            most_rows=4,
        )
        for at in range(7):
            numbers.add(at)
        assert numbers.close() == 7
    book = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
    assert book.sheetnames == ["Numbers", "Numbers 2", "Numbers 3"]
    found_ = [[line[0] for line in book[name].iter_rows(values_only=True)] for name in book.sheetnames]
    assert found_ == [["n", 0, 1, 2], ["n", 3, 4, 5], ["n", 6]]
    assert [str(book[name].data_validations.dataValidation[0].sqref) for name in book.sheetnames] == [
        "A2:A4",
        "A2:A4",
        "A2",
    ]


def one_cell(*values: Any) -> list[Any]:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        cells = Table(
            Book(workbook, ZoneInfo("America/New_York")), "Cells", (Column[Any]("c", lambda value: value),)
        )
        for value in values:
            cells.add(value)
        cells.close()
    return [
        line[0] for line in openpyxl.load_workbook(io.BytesIO(file.getvalue()))["Cells"].iter_rows(min_row=2)
    ]


def test_numbers_and_days_that_excel_does_not_have_are_text() -> None:
    values = (2**53 + 1, float("inf"), date(1850, 1, 2), datetime(1850, 1, 2, tzinfo=UTC), 7)
    assert [cell.value for cell in one_cell(*values)] == [
        "9007199254740993", "inf", "1850-01-02", "1850-01-02T00:00:00+00:00", 7,
    ]  # fmt: skip


def test_links_end_where_they_would_fill_the_memory() -> None:
    found_ = one_cell(*(Link(str(at), "https://example.com/x") for at in range(MOST_LINKS + 1)))
    assert found_[MOST_LINKS - 1].hyperlink
    assert not found_[MOST_LINKS].hyperlink
    assert found_[MOST_LINKS].value == str(MOST_LINKS)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=[]), min_size=1, max_size=40), min_size=1, max_size=20)
)
def test_any_text_is_read_back_but_for_what_no_file_holds(texts: list[str]) -> None:
    for text, cell in zip(texts, one_cell(*texts), strict=True):
        said = str(cell.value if cell.value is not None else "").replace("_x005F_", "_")
        want = text.replace("\r\n", "\n").replace("\r", "\n")
        assert cell.data_type == "s"
        assert len(said) == len(want)
        assert all(b in (a, "�") for a, b in zip(want, said, strict=True))


def test_what_excel_would_take_for_a_character_code_is_escaped() -> None:
    assert one_cell("_x0041_ and _x00e9_ _x_")[0].value == "_x005F_x0041_ and _x005F_x00e9_ _x_"


def test_the_spool_gives_back_in_order_and_holds_keys_only(tmp_path: Any) -> None:
    with Spool[str](tmp_path) as spool:
        for at in (3, 1, 2):
            spool.add(at, f"thing {at}")
        assert list(spool.sorted()) == ["thing 1", "thing 2", "thing 3"]
    assert list(tmp_path.iterdir()) == []
