"""What a pull found to say, each with a code and words of its own, and whether a person must look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sf_handoff.reports.day import ReportDay

MOST_NAMED = 10


@dataclass(frozen=True)
class Finding:
    """`code` is stable. The words hold counts, case numbers and API names, nothing that a case says."""

    code: str
    words: str
    needs_a_person: bool = False


def no_rows(day: ReportDay) -> Finding:
    return Finding("NO_ROWS", f"No case was opened on {day.words}.")


def no_rows_at_last() -> Finding:
    words = "No case at all, after five working days that all had some. Is the report as it was?"
    return Finding("NO_ROWS_UNUSUAL", words, needs_a_person=True)


def not_over(day: ReportDay) -> Finding:
    return Finding("NOT_OVER", f"{day.words} is not over: more rows will come.")


def late_edits(count: int) -> Finding:
    return Finding("LATE_EDITS", f"{cases(count)} edited after the day's end; the rows show them as now.")


def repeated(count: int, numbers: Sequence[str]) -> Finding:
    words = f"{cases(count)} in the source more than once, and kept once: {named(count, numbers)}."
    return Finding("REPEATED_ROWS", words, needs_a_person=True)


def same_number(count: int, numbers: Sequence[str]) -> Finding:
    words = (
        f"Different cases have the same case number, and all were kept: {named(count, numbers)}. What the "
        "rules say of one stands at the other too."
    )
    return Finding("SAME_NUMBER", words, needs_a_person=True)


def unreadable(column: str, count: int) -> Finding:
    words = f"{count} cells of the column {column} hold something else than the map says; left empty."
    return Finding("UNREADABLE_CELLS", words, needs_a_person=True)


def sub_counts() -> Finding:
    words = "The report's sub-counts do not add up to their totals, though all rows are there."
    return Finding("SUB_COUNTS", words, needs_a_person=True)


def moved(before: int, found: int, after: int) -> Finding:
    words = f"Rows came or went during the pull: {before} before, {found} read, {after} after. Pull it again."
    return Finding("ROWS_MOVED", words, needs_a_person=True)


def date_filter(column: str) -> Finding:
    words = f"The report's own date filter, on {column}, was set aside: the day is that of opening."
    return Finding("DATE_FILTER", words)


def cut_texts(count: int) -> Finding:
    return Finding("CUT_TEXTS", f"{cases(count)} cut by the report, and read whole from the record.")


def lost_texts(count: int, numbers: Sequence[str]) -> Finding:
    words = f"{cases(count)} perhaps cut by the report, and could not be read: {named(count, numbers)}."
    return Finding("LOST_TEXTS", words, needs_a_person=True)


def cases(count: int) -> str:
    return "1 case was" if count == 1 else f"{count:,} cases were"


def named(count: int, numbers: Sequence[str]) -> str:
    """The first of them."""
    more = f" and {count - MOST_NAMED} more" if count > MOST_NAMED else ""
    return ", ".join(numbers[:MOST_NAMED]) + more
