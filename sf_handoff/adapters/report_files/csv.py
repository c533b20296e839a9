"""The day as CSV (RFC 4180, UTF-8), for programs that append one day to another.

Names and order are the map's, then what was found. There is no byte-order mark, since programs take it for a
part of the first name, and no line that is not a row; people have the workbook.
https://www.rfc-editor.org/rfc/rfc4180
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from typing import BinaryIO

from sf_handoff.adapters.report_files.cells import Found, harmless, printable, value_of
from sf_handoff.reports.rows import ReportRow, Value

ADDED = ("notes_cut", "tier", "rules", "cluster")


def write_csv(file: BinaryIO, rows: Iterable[ReportRow], found: Found) -> None:
    lines = csv.writer(_Encoded(file))
    lines.writerow((*(each.name for each in found.columns), *ADDED))
    lines.writerows(tuple(map(_cell, _values(row, found))) for row in rows)


class _Encoded:
    """What is written, as UTF-8; a text layer of io would write on by itself after a full disk."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


def _values(row: ReportRow, found: Found) -> Iterator[Value]:
    yield from (value_of(row, column) for column in found.columns)
    flag, cluster = found.flags.get(row.case_number), found.cluster_of.get(row.case_number)
    yield row.cut
    yield flag.tier if flag else None
    yield " ".join(flag.rules) if flag else None
    yield cluster.fingerprint if cluster else None


def _cell(value: Value) -> str:
    """Moments and days as RFC 3339 has them; text in a form that stays text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return harmless(printable(value)) if isinstance(value, str) else str(value)
