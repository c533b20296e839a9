"""Reads back the JSON Lines of a day, row by row."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sf_handoff.errors import InvalidHandoff, Problem
from sf_handoff.reports.columns import KNOWN, Kind, ReportColumn, ReportMap
from sf_handoff.reports.rows import ReportRow, Value

MOST_LINE = 1 << 20  # notes are 32,000 characters at most


def read_jsonl(path: Path, report: ReportMap) -> Iterator[ReportRow]:
    """The rows of a file that `report pull` wrote. Raises InvalidHandoff (`ROWS`), naming line and column."""
    with _opened(path) as file:
        for number, line in enumerate(iter(lambda: file.readline(MOST_LINE + 1), b""), start=1):
            if line.strip():
                yield _row(_record(line, number), number, report)


def _opened(path: Path) -> Any:
    problem = ""
    try:
        return path.open("rb")
    except OSError as error:
        problem = type(error).__name__
    raise InvalidHandoff(f"{path.name}: cannot be read ({problem}).", code="ROWS")


def _record(line: bytes, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line, parse_constant=_no_number) if len(line) <= MOST_LINE else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _wrong(number, "", "a JSON object, as `report pull --format json` writes it")
    return found


def _row(record: dict[str, Any], number: int, report: ReportMap) -> ReportRow:
    values = {each.name: _value(record, each, number) for each in report.columns}
    known = {name: value for name, value in values.items() if name in KNOWN}
    extras = {name: value for name, value in values.items() if name not in KNOWN}
    return ReportRow(**known, cut=record.get("notes_cut") is True, extras=extras)  # type: ignore[arg-type]


def _value(record: dict[str, Any], column: ReportColumn, number: int) -> Value:
    found = record.get(column.name)
    if found is None:
        if column.name in ("case_id", "case_number", "opened_at"):
            raise _wrong(number, column.name, "a value")
        return None
    return _typed(found, column, number)


def _typed(found: Any, column: ReportColumn, number: int) -> Value:
    read, expected = _KINDS.get(column.kind, _TEXT)
    value: Value = None
    with contextlib.suppress(TypeError, ValueError):
        value = read(found)
    if value is None:
        raise _wrong(number, column.name, expected)
    return value


def _moment(found: Any) -> datetime | None:
    moment = datetime.fromisoformat(found)
    return moment if moment.tzinfo else None


def _only(*types: type) -> Callable[[Any], Value]:
    return lambda found: found if type(found) in types else None


_TEXT: tuple[Callable[[Any], Value], str] = (_only(str), "text")
_KINDS: dict[Kind, tuple[Callable[[Any], Value], str]] = {
    Kind.MOMENT: (_moment, "a moment with a time zone"),
    Kind.DATE: (date.fromisoformat, "a date"),
    Kind.FLAG: (_only(bool), "true or false"),
    Kind.NUMBER: (_only(int, float), "a number"),
}


def _no_number(name: str) -> Any:
    raise ValueError("JSON has no NaN and no infinity.")


def _wrong(number: int, column: str, expected: str) -> InvalidHandoff:
    path = f"line {number}" + (f", {column}" if column else "")
    return InvalidHandoff(f"{path}: expected {expected}.", code="ROWS", problems=(Problem(path, expected),))
