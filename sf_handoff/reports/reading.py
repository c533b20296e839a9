"""From a source's row to a kept one, and from that to a ReportRow. A row is kept as plain JSON values.

What a row cannot be without (its Id, its number, when it was opened) is never left empty: such a row ends
the pull. https://datatracker.ietf.org/doc/html/rfc3339
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sf_handoff.errors import Misconfigured
from sf_handoff.reports.cells import Cell, Plain, Unreadable, plain, shown, typed
from sf_handoff.reports.columns import KNOWN, Kind, ReportColumn, ReportMap
from sf_handoff.reports.rows import ReportRow

# A report cuts at 255 characters; a line break may stand as four.
CUT_AT, BREAK = 255, 4
# How much shorter a text that was cut can be: a report may drop spaces and empty lines at its end.
SLACK = 128
ELLIPSES = ("…", "...")
VITAL = ("case_id", "case_number", "opened_at")


@dataclass(frozen=True)
class Kept:
    """A row as it is kept: its values in the order of the map. `doubtful`: a long text may have been cut."""

    case_id: str
    case_number: str
    opened_at: str
    values: tuple[Plain, ...] = field(repr=False)
    doubtful: bool = False


@dataclass
class Reader:
    """Reads rows by the columns that were found. `unreadable` counts cells, by API name."""

    report: ReportMap
    columns: Sequence[ReportColumn]
    unreadable: Counter[str] = field(default_factory=Counter)

    def from_cells(self, cells: Mapping[str, Cell]) -> Kept:
        """A row of a report's run."""
        kept = self._kept(lambda each: shown(each.kind, cells[each.column]), lambda each: each.column)
        return self._doubted(kept)

    def from_record(self, record: Mapping[str, Any]) -> Kept:
        """A record of a query: nested where a field is a parent's, or flat as a line of CSV."""
        return self._kept(lambda each: at_path(record, each.field), lambda each: each.field)

    def _kept(self, raw: Callable[[ReportColumn], Any], name: Callable[[ReportColumn], str]) -> Kept:
        there = {each.name for each in self.columns}
        values = {each.name: self._plain(each, raw(each), name(each)) for each in self.columns}
        for each in VITAL:
            if values[each] is None:
                column = name(self.report.column(each))
                raise Misconfigured(
                    f"The column {column} is empty or unreadable in a row; mappings/report.py calls it "
                    f"{each}, and no row can be without.",
                    code="BAD_CELL",
                    fields=(column,),
                )
        ordered = tuple(values[each.name] if each.name in there else None for each in self.report.columns)
        case_id, case_number, opened_at = (str(values[each]) for each in VITAL)
        return Kept(case_id, case_number, opened_at, ordered)

    def _plain(self, column: ReportColumn, raw: Any, name: str) -> Plain:
        try:
            return plain(column.kind, raw)
        except Unreadable:
            self.unreadable[name] += 1
            return None

    def _doubted(self, kept: Kept) -> Kept:
        doubtful = any(
            maybe_cut(value)
            for column, value in zip(self.report.columns, kept.values, strict=True)
            if column.kind is Kind.LONG_TEXT
        )
        return Kept(kept.case_id, kept.case_number, kept.opened_at, kept.values, doubtful)


def at_path(record: Mapping[str, Any], path: str) -> Any:
    if path in record:
        return record[path]
    found: Any = record
    for each in path.split("."):
        found = found.get(each) if isinstance(found, Mapping) else None
    return found


def maybe_cut(text: Plain) -> bool:
    """Whether a report may have shown the beginning of a text only. The record tells."""
    if not isinstance(text, str):
        return False
    longest = len(text) + (BREAK - 1) * text.count("\n")
    return longest >= CUT_AT - SLACK or text.rstrip().endswith(ELLIPSES)


def row_of(report: ReportMap, values: Sequence[Plain], *, cut: bool) -> ReportRow:
    """The row that was kept."""
    found = {each.name: typed(each.kind, value) for each, value in zip(report.columns, values, strict=True)}
    extras = {each.name: found.pop(each.name) for each in report.extras}
    known: dict[str, Any] = {name: found[name] for name in found if name in KNOWN}
    return ReportRow(**known, cut=cut, extras=extras)


def edited_after(report: ReportMap, kept: Kept, end: datetime) -> bool:
    """Whether someone has changed the case since the day's end."""
    places = [at for at, each in enumerate(report.columns) if each.name == "changed_at"]
    changed = kept.values[places[0]] if places else None
    return changed is not None and datetime.fromisoformat(str(changed)) >= end
