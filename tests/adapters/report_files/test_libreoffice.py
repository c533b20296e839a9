"""The workbook as LibreOffice opens it: types, the drop-down, the header, and nothing that calculates."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TypeAlias
from xml.etree import ElementTree as ET

import pytest

from mappings.report import REPORT
from sf_handoff.adapters.report_files.cells import Found
from sf_handoff.adapters.report_files.xlsx import write_xlsx
from sf_handoff.reports.columns import Kind, ReportColumn, ReportMap
from tests.adapters.report_files.rows import about, cluster, flag, row, rows
from tests.adapters.report_files.test_xlsx import parked
from tests.needs import needs

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SECONDS = 120
NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}
REPEATED = f"{{{NAMES['table']}}}number-columns-repeated"
OWN = ReportMap(
    "With columns of its own",
    (
        *REPORT.columns,
        ReportColumn("wait", "W", "W__c", Kind.NUMBER),
        ReportColumn("due", "D", "D__c", Kind.DATE),
    ),
)
# What a careless file would have run, or guessed to be a number, a date or a link.
TEXTS = ("=1+1", "+15035550142", "@SUM(A1)", "-7", "007", "1/2", "https://example.com", "TRUE")
Cell: TypeAlias = tuple[str, str]


def attribute(element: ET.Element, name: str) -> str:
    space, _, local = name.partition(":")
    return element.get(f"{{{NAMES[space]}}}{local}", "")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> ET.Element:
    """The workbook as LibreOffice saves it again: flat ODS, one file of XML."""
    needs(SOFFICE, "LibreOffice is not installed: how it opens the workbook is not seen")
    folder = tmp_path_factory.mktemp("workbook")
    some = [
        row(number, subject=text, closed=number % 2 == 0, extras={"wait": 2.5, "due": date(2026, 12, 1)})
        for number, text in enumerate(TEXTS, start=1)
    ]
    found = Found(OWN, {f"{at:08d}": flag(at, at % 4) for at in (1, 2, 3)}, (cluster(1, 2),))
    with (folder / "day.xlsx").open("wb") as file:
        write_xlsx(file, some, found, about(parked=(parked(),)))
    converted(folder)
    return ET.parse(folder / "day.fods").getroot()


def converted(folder: Path) -> None:
    """A profile of its own, or a LibreOffice that is open already would get the file."""
    command = [
        str(SOFFICE), f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--norestore",
        "--convert-to", "fods", "--outdir", str(folder), str(folder / "day.xlsx"),
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS, cwd=folder)
    assert (folder / "day.fods").exists(), ran.stderr.decode(errors="replace")


def sheet(opened: ET.Element, name: str) -> ET.Element:
    (found,) = (
        each for each in opened.iterfind(".//table:table", NAMES) if attribute(each, "table:name") == name
    )
    return found


def cells(line: ET.Element) -> Iterator[ET.Element]:
    for cell in line.iterfind("table:table-cell", NAMES):
        for _ in range(min(int(cell.get(REPEATED, "1")), 100)):
            yield cell


def said(cell: ET.Element) -> Cell:
    """Its type and its value; a text's is what is shown."""
    kind = attribute(cell, "office:value-type")
    text = "\n".join("".join(each.itertext()) for each in cell.iterfind("text:p", NAMES))
    named = {"float": "office:value", "date": "office:date-value"}
    return kind, attribute(cell, named[kind]) if kind in named else text


def lines(opened: ET.Element, name: str) -> list[dict[str, ET.Element]]:
    """The cells of each row, by the titles of their columns."""
    first, *others = sheet(opened, name).iterfind(".//table:table-row", NAMES)
    titles = [said(cell)[1] for cell in cells(first)]
    found = [dict(zip(titles, cells(line), strict=False)) for line in others]
    return [each for each in found if said(each[titles[0]])[1]]


def test_it_opens_with_all_its_sheets_and_rows(opened: ET.Element) -> None:
    names = [attribute(each, "table:name") for each in opened.iterfind(".//table:table", NAMES)]
    assert names == ["Decide", "Clusters", "Parked", "About", "All cases"]
    assert len(lines(opened, "All cases")) == len(TEXTS)
    assert len(lines(opened, "Decide")) == 3


def test_cells_are_what_they_are(opened: ET.Element) -> None:
    first, second = (
        {title: said(cell) for title, cell in line.items()} for line in lines(opened, "All cases")[:2]
    )
    assert first["Case number"] == ("string", "00000001")
    assert first["Opened at (ET)"] == ("date", "2026-11-20T12:31:00")
    assert first["Due"] == ("date", "2026-12-01")
    assert first["Wait"] == ("float", "2.5")
    assert (first["Closed"], second["Closed"]) == (("float", "0"), ("float", "1"))
    assert first["Tier"] == ("float", "1")
    assert first["Notes"][1].splitlines() == ["Caller cannot sign in.", "Tried twice."]
    assert first["Changed at (ET)"] == ("", "")


def test_flags_are_shown_as_such(opened: ET.Element) -> None:
    """LibreOffice has no cells of that type: it makes formulas of them, without anything to calculate."""
    flags = [line["Closed"] for line in lines(opened, "All cases")]
    assert ["".join(each.itertext()).strip() for each in flags] == ["FALSE", "TRUE"] * 4


def test_text_stays_text_and_nothing_calculates(opened: ET.Element) -> None:
    """I07"""
    subjects = [said(line["Subject"]) for line in lines(opened, "All cases")]
    assert subjects == [("string", text) for text in TEXTS]
    formulas = {attribute(each, "table:formula") for each in opened.iter()}
    assert formulas == {"", "of:=FALSE()", "of:=TRUE()"}


def drop_downs(opened: ET.Element, name: str) -> set[str]:
    """What may be chosen in each Decision of a sheet."""
    rules = {
        attribute(each, "table:name"): each for each in opened.iterfind(".//table:content-validation", NAMES)
    }
    asked = [line["Decision"] for line in lines(opened, name)]
    assert asked
    assert {said(cell) for cell in asked} == {("", "")}
    found = [rules[attribute(cell, "table:content-validation-name")] for cell in asked]
    for rule in found:
        message = rule.find("table:error-message", NAMES)
        assert message is not None
        assert attribute(message, "table:display") == "true"
        assert attribute(message, "table:message-type") in ("", "stop")
    return {attribute(rule, "table:condition") for rule in found}


def test_decisions_are_chosen_from_a_list(opened: ET.Element) -> None:
    (three,) = drop_downs(opened, "Decide")
    assert three == 'of:cell-content-is-in-list("forward";"resolve here";"not ours")'
    (two,) = drop_downs(opened, "Parked")
    assert two == 'of:cell-content-is-in-list("send again";"discard")'


def test_the_header_is_one_and_every_column_can_be_filtered(opened: ET.Element) -> None:
    """That it stays while one scrolls is of a view, and headless there is none: on paper it is repeated."""
    names = ("Decide", "Clusters", "Parked", "All cases")
    for name in names:
        (head,) = sheet(opened, name).iterfind("table:table-header-rows/table:table-row", NAMES)
        assert said(next(cells(head)))[1]
    ranges = opened.findall(".//table:database-range", NAMES)
    filtered = [each for each in ranges if attribute(each, "table:display-filter-buttons") == "true"]
    assert len(filtered) == len(names)


def test_case_numbers_lead_into_lightning(opened: ET.Element) -> None:
    (link,) = lines(opened, "Decide")[0]["Case number"].iterfind(".//text:a", NAMES)
    assert attribute(link, "xlink:href").startswith(
        "https://example.lightning.force.com/lightning/r/Case/500"
    )


def test_a_day_without_rows_opens_too(tmp_path: Path) -> None:
    needs(SOFFICE, "LibreOffice is not installed: how it opens the workbook is not seen")
    with (tmp_path / "day.xlsx").open("wb") as file:
        write_xlsx(file, rows(0), Found(REPORT, {}), about())
    converted(tmp_path)
    root = ET.parse(tmp_path / "day.fods").getroot()
    assert lines(root, "All cases") == lines(root, "Decide") == []
