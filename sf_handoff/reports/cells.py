"""Values of the report's columns: as a source has them, plain for keeping (JSON), and typed for the rules.

What decides is the `value` of a report's cell. But where a cell links to a record (a name, a case's number or
subject), `value` is the Id of that record and the text stands in `label` alone.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_factmap_example.htm
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from sf_handoff.reports.columns import Kind
from sf_handoff.reports.rows import Value

Plain: TypeAlias = str | int | float | bool | None
Cell: TypeAlias = Mapping[str, Any]

PROSE = (Kind.TEXT, Kind.LONG_TEXT)
NOTHING = "-"
FLAGS = {"true": True, "false": False, "1": True, "0": False}
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?", re.ASCII)
_BREAK = re.compile(r"<br\s*/?>|\r\n?", re.IGNORECASE)
_CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


class Unreadable(ValueError):
    """The source has something else in the column than its kind says."""


def shown(kind: Kind, cell: Cell) -> Any:
    """What a report's cell has to say about a column of this kind."""
    value, label = cell.get("value"), cell.get("label")
    if kind not in PROSE or not isinstance(value, str):
        return value
    links = value != label and isinstance(label, str) and _ID.fullmatch(value)
    text = label if links else value
    return None if links and text == NOTHING else _BREAK.sub("\n", str(text))


def plain(kind: Kind, raw: Any) -> Plain:
    """The value as it is kept, or Unreadable. Nothing is None."""
    if raw is None or raw == "":
        return None
    found = None
    with contextlib.suppress(ValueError, TypeError, KeyError, OverflowError):
        found = _PLAIN[kind](raw)
    if found is None:
        raise Unreadable(kind)
    return found


def typed(kind: Kind, kept: Plain) -> Value:
    """The kept value, typed."""
    if kept is not None and kind is Kind.MOMENT:
        return datetime.fromisoformat(str(kept))
    if kept is not None and kind is Kind.DATE:
        return date.fromisoformat(str(kept))
    return kept


def whole_id(given: str) -> str:
    """An Id of 15 characters with the three that make it safe where case is lost; one of 18 as it is."""
    if not _ID.fullmatch(given):
        raise Unreadable(Kind.ID)
    if len(given) == 18:
        return given
    fives = (given[at : at + 5] for at in (0, 5, 10))
    return given + "".join(
        _CHECKS[sum(1 << at for at, each in enumerate(five) if "A" <= each <= "Z")] for five in fives
    )


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Unreadable(Kind.TEXT)
    return raw.replace("\r\n", "\n").replace("\r", "\n")


def _moment(raw: Any) -> str:
    """RFC 3339, in UTC, whole seconds as reports show them. Without a time or a zone it is no moment."""
    found = datetime.fromisoformat(raw)
    if found.tzinfo is None:
        raise Unreadable(Kind.MOMENT)
    return found.astimezone(UTC).isoformat(timespec="seconds")


def _flag(raw: Any) -> bool:
    if str(raw).lower() not in FLAGS:
        raise Unreadable(Kind.FLAG)
    return FLAGS[str(raw).lower()]


def _number(raw: Any) -> int | float:
    """An amount of money stands beside its currency."""
    found: Any = raw["amount"] if isinstance(raw, Mapping) else raw
    number = float(found)
    if isinstance(found, bool) or not math.isfinite(number):
        raise Unreadable(Kind.NUMBER)
    return int(number) if number.is_integer() else number


_PLAIN: dict[Kind, Callable[[Any], Plain]] = {
    Kind.ID: lambda raw: whole_id(_text(raw)),
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.PICKLIST: _text,
    Kind.MOMENT: _moment,
    Kind.DATE: lambda raw: date.fromisoformat(raw[:10]).isoformat(),
    Kind.FLAG: _flag,
    Kind.NUMBER: _number,
}
