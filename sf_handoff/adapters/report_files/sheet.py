"""One table of a workbook: typed cells, a header that stays, filters, and a new sheet where one is full.

Each value is written as what it is, never guessed from how it looks, so no text becomes a formula or a link.
Excel takes 1,048,576 rows a sheet, 32,767 characters a cell and 65,530 links a sheet.
https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
https://xlsxwriter.readthedocs.io/working_with_memory.html
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from sf_handoff.adapters.report_files.cells import printable
from sf_handoff.texts import cut, utf16_units

MOST_ROWS, MOST_UNITS = 1_048_576, 32_767
# Links and the heights of rows cost memory until the file is closed, and Excel takes 65,530 links a sheet.
MOST_LINKS = MOST_HEIGHTS = 5_000
CUT_MARK = " … [cut here: the whole text is in the CSV]"
_LONGEST_WHOLE = 2**53  # Excel's numbers are doubles
_OLDEST = 1900
_LINE, _MOST_LINES, _WIDE = 15, 6, 1.05  # points; lines; how much wider than a figure a letter may be


@dataclass(frozen=True)
class Link:
    text: str
    url: str


Cell: TypeAlias = str | int | float | bool | date | datetime | Link | None
T = TypeVar("T")


@dataclass(frozen=True)
class Column(Generic[T]):
    """`choices` make a drop-down, and the cells are for a person to fill in."""

    title: str
    value: Callable[[T], Cell]
    width: int = 14
    wrapped: bool = False
    choices: Sequence[str] = ()
    to_fill: bool = False


class Look(StrEnum):
    PLAIN = "plain"
    WRAPPED = "wrapped"
    LEFT = "left"
    FILL = "fill"
    LINK = "link"
    MOMENT = "moment"
    DAY = "day"
    HEAD = "head"


_TOP = {"valign": "top"}
_LOOKS: dict[Look, dict[str, Any]] = {
    Look.PLAIN: _TOP,
    Look.LEFT: {**_TOP, "align": "left"},
    Look.WRAPPED: {**_TOP, "text_wrap": True},
    Look.FILL: {**_TOP, "text_wrap": True, "bg_color": "#FFF7D6", "border": 1, "border_color": "#8A929B"},
    Look.LINK: {**_TOP, "font_color": "#123F7A", "underline": 1},
    Look.MOMENT: {**_TOP, "num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    Look.DAY: {**_TOP, "num_format": "yyyy-mm-dd", "align": "left"},
    Look.HEAD: {**_TOP, "text_wrap": True, "bold": True, "bg_color": "#123F7A", "font_color": "#FFFFFF"},
}


class Book:
    """An XlsxWriter workbook with the looks that its sheets share. `zone` is that of its moments."""

    def __init__(self, workbook: Any, zone: ZoneInfo) -> None:
        self.workbook, self.zone = workbook, zone
        self.looks = {look: workbook.add_format(given) for look, given in _LOOKS.items()}
        self.cut: list[str] = []

    def text(self, text: str, where: str) -> str:
        """As a cell takes it. What is too long for one is cut, with a mark, and noted."""
        said = printable(text.replace("\r\n", "\n").replace("\r", "\n"))
        if said.startswith("<r>"):
            # XlsxWriter takes such a text for rich text of its own, and writes it into the XML as it is.
            said = f" {said}"
        if utf16_units(said) <= MOST_UNITS:
            return said
        self.cut.append(where)
        return cut(said, MOST_UNITS, CUT_MARK)


class Table(Generic[T]):
    """Things as rows, in the order that they are added."""

    def __init__(
        self,
        book: Book,
        name: str,
        columns: Sequence[Column[T]],
        most_rows: int = MOST_ROWS,
        printed: int | None = None,
    ) -> None:
        self._book, self._name, self._columns, self._most = book, name, columns, most_rows
        self._printed = printed or len(columns)
        self.count, self._sheets = 0, 0
        self._begin()

    def add(self, thing: T) -> None:
        if self._row == self._most - 1:
            self._end()
            self._begin()
        self._row += 1
        self.count += 1
        values = [column.value(thing) for column in self._columns]
        lines = max(map(_lines, self._columns, values))
        if (
            lines > 1 and self._row <= MOST_HEIGHTS
        ):  # said here, since not every program measures it by itself
            self._sheet.set_row(self._row, _LINE * lines)
        for at, (column, value) in enumerate(zip(self._columns, values, strict=True)):
            self._write(at, column, value)

    def close(self) -> int:
        """Ends the table; how many rows it has."""
        self._end()
        return self.count

    def _begin(self) -> None:
        self._sheets += 1
        self._row = self._links = 0
        name = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet, self._sheet_name = self._book.workbook.add_worksheet(name), name
        self._sheet.freeze_panes(1, 1)
        on_paper(self._sheet)
        self._sheet.repeat_rows(0)
        for at, column in enumerate(self._columns):
            self._sheet.set_column(at, at, column.width)
            self._sheet.write_string(0, at, column.title, self._book.looks[Look.HEAD])

    def _end(self) -> None:
        last = max(self._row, 1)
        self._sheet.autofilter(0, 0, self._row, len(self._columns) - 1)
        self._sheet.print_area(0, 0, self._row, self._printed - 1)
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
        for at, column in enumerate(self._columns):
            if column.choices:
                self._sheet.data_validation(1, at, last, at, _drop_down(column))

    def _write(self, at: int, column: Column[T], value: Cell) -> None:
        sheet, row, looks = self._sheet, self._row, self._book.looks
        look = Look.FILL if column.to_fill else Look.WRAPPED if column.wrapped else Look.PLAIN
        match value:
            case None:
                sheet.write_blank(row, at, None, looks[look])
            case Link(text, url):
                self._write_link(at, text, url)
            case bool():
                sheet.write_boolean(row, at, value, looks[look])
            case datetime() if value.year > _OLDEST:
                local = value.astimezone(self._book.zone).replace(tzinfo=None)
                sheet.write_datetime(row, at, local, looks[Look.MOMENT])
            case date() if value.year > _OLDEST:
                sheet.write_datetime(row, at, value, looks[Look.DAY])
            case int() | float() if math.isfinite(value) and abs(value) <= _LONGEST_WHOLE:
                sheet.write_number(row, at, value, looks[look])
            case date():
                sheet.write_string(row, at, value.isoformat(), looks[look])
            case _:
                where = f"{self._sheet_name}, row {row + 1}, {column.title}"
                sheet.write_string(row, at, self._book.text(str(value), where), looks[look])

    def _write_link(self, at: int, text: str, url: str) -> None:
        self._links += 1
        said = self._book.text(text, self._sheet_name)
        if self._links <= MOST_LINKS and url.startswith("https://"):
            self._sheet.write_url(self._row, at, url, self._book.looks[Look.LINK], said)
        else:
            self._sheet.write_string(self._row, at, said, self._book.looks[Look.PLAIN])


def on_paper(sheet: Any) -> None:
    """As wide as a page."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _lines(column: Column[Any], value: Cell) -> int:
    """How many lines the text takes in its column, up to a few: the rest shows when the row is drawn out."""
    if not column.wrapped or not isinstance(value, str):
        return 1
    begun = value[: _MOST_LINES * column.width].split("\n")
    return min(_MOST_LINES, sum(1 + int(len(each) * _WIDE // column.width) for each in begun))


def _drop_down(column: Column[Any]) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": list(column.choices),
        "error_title": "Choose from the list",
        "error_message": f"{column.title} is one of: {', '.join(column.choices)}. Empty: not decided yet.",
    }
