"""Reads what people decided in the workbook, whatever they did to it: sorted, filtered, columns moved.

Columns are found by their titles, on any sheet that has them. What cannot be understood is said loudly, by
its cell and never by what stands in it. https://openpyxl.readthedocs.io/en/stable/optimized.html
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar
from xml.etree import ElementTree

from sf_handoff.adapters.report_files.extra import report_extra
from sf_handoff.adapters.report_files.xlsx import CASE_NUMBER, DECISION, HANDOFF, NOTICE, REASON
from sf_handoff.errors import InvalidHandoff, Problem
from sf_handoff.reports.decisions import (
    Decided,
    Decision,
    NoticeDecided,
    NoticeDecision,
    ParkedDecided,
    ParkedDecision,
)

_LAST_HEADER_ROW = 20
_NUMBER_LENGTH = 8  # of Salesforce's own CaseNumber, whose zeros get lost when a cell is made a number
Chosen = TypeVar("Chosen", bound=StrEnum)
Titles: TypeAlias = dict[str, int]


def read_decisions(path: Path) -> dict[str, Decided]:
    """Case number → decision. A case without one is not in it."""
    read = _read(path, CASE_NUMBER, Decision)
    return {key: Decided(decision, reason) for key, (decision, reason) in read.items()}


def read_parked_decisions(path: Path) -> dict[str, ParkedDecided]:
    """Handoff id → what becomes of it."""
    read = _read(path, HANDOFF, ParkedDecision)
    return {key: ParkedDecided(decision, reason) for key, (decision, reason) in read.items()}


def read_notice_decisions(path: Path) -> dict[str, NoticeDecided]:
    """Notice id → what becomes of it. Its cell holds the digest of the text beside it, too."""
    read = _read(path, NOTICE, NoticeDecision)
    keys = {key: key.partition("/") for key in read}
    return {keys[key][0]: NoticeDecided(*decided, keys[key][2]) for key, decided in read.items()}


@dataclass(frozen=True)
class _Line(Generic[Chosen]):
    """A row somebody decided on."""

    where: str
    key: str
    decision: Chosen | None  # None: something that is none of the choices
    reason: str


def _read(path: Path, key: str, choices: type[Chosen]) -> dict[str, tuple[Chosen, str]]:
    decided: dict[str, tuple[Chosen, str]] = {}
    problems: list[Problem] = []
    for line in _lines(path, key, choices):
        if line.decision is None:
            problems.append(Problem(line.where, f"one of {', '.join(choices)}, or empty"))
        elif not line.key:
            problems.append(Problem(line.where, f"a {key.lower()} beside the decision"))
        elif decided.setdefault(line.key, (line.decision, line.reason))[0] != line.decision:
            problems.append(Problem(line.where, "the same decision as in the other row of this case"))
    if problems:
        raise InvalidHandoff(
            "The workbook has decisions that cannot be read; none was taken over. "
            + "; ".join(map(str, problems)),
            code="DECISIONS",
            problems=tuple(problems),
        )
    return decided


def _lines(path: Path, key: str, choices: type[Chosen]) -> Iterator[_Line[Chosen]]:
    tables = 0
    for sheet in _sheets(path):
        titles: Titles = {}
        for number, cells in enumerate(_cells(sheet, path), start=1):
            if titles:
                yield from _line(sheet.title, number, cells, titles, key, choices)
            elif number <= _LAST_HEADER_ROW:
                titles = _titles(cells, key)
                tables += bool(titles)
    if not tables:
        raise InvalidHandoff(
            f"{path.name}: no sheet has a column {key!r} and a column {DECISION!r}.", code="DECISIONS"
        )


def _cells(sheet: Any, path: Path) -> Iterator[tuple[object, ...]]:
    """All rows of the sheet: what it says of its own size may be older than what stands in it."""
    sheet.reset_dimensions()
    broken = ""
    try:
        yield from sheet.iter_rows(values_only=True)
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        broken = type(error).__name__
    if broken:
        raise InvalidHandoff(f"{path.name}: a sheet of it cannot be read ({broken}).", code="DECISIONS")


def _line(
    sheet: str, number: int, cells: tuple[object, ...], titles: Titles, key: str, choices: type[Chosen]
) -> Iterator[_Line[Chosen]]:
    said = _plain(_cell(cells, titles, DECISION)).casefold()
    if said:
        where = f"{sheet}, row {number}, {DECISION}"
        decision = choices(said) if said in set(choices) else None
        yield _Line(where, _key(_cell(cells, titles, key)), decision, _plain(_cell(cells, titles, REASON)))


def _titles(cells: tuple[object, ...], key: str) -> Titles:
    """Where the columns of a header stand; nothing for a row that is no header."""
    wanted = {title.casefold(): title for title in (key, DECISION, REASON)}
    found = {wanted.get(_plain(cell).casefold(), ""): at for at, cell in reversed([*enumerate(cells)])}
    return found if {key, DECISION} <= set(found) else {}


def _cell(cells: tuple[object, ...], titles: Titles, title: str) -> object:
    at = titles.get(title)
    return cells[at] if at is not None and at < len(cells) else None


def _plain(value: object) -> str:
    """The words of a cell, without what typing and pasting leave around them."""
    return " ".join(str(value).split()) if value is not None else ""


def _key(value: object) -> str:
    """A case number or an id; Excel offers to turn a number that is text into a number, and people accept."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"{value:0{_NUMBER_LENGTH}d}" if type(value) is int else _plain(value)


def _sheets(path: Path) -> Iterator[Any]:
    """The sheets with cells, hidden ones too."""
    with report_extra():
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise InvalidHandoff(
            f"{path.name}: not a workbook that can be read ({type(error).__name__}). "
            "Save it as .xlsx, without a password.",
            code="DECISIONS",
        ) from None
    with closing(book):
        yield from book.worksheets
