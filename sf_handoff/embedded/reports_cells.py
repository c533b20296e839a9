"""The cells of a report: a `label` as the running user (en_US) reads it, and the raw `value`.

Nothing is a dash. Recorded cells have `<br>` for a line break. A report shows the beginning of a long text
only.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_factmap_example.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sf_handoff.embedded.database import Value
from sf_handoff.embedded.describe_fields import NUMBERS, TEXT, Field

Cell = dict[str, Any]
LONGEST = 255
NOTHING: Mapping[str, Any] = {"label": "-", "value": None}


@dataclass(frozen=True)
class Cells:
    """Cells for a user who lives in `zone`."""

    zone: ZoneInfo

    def cell(self, field: Field, value: Value, linked: Value = None) -> Cell:
        """`linked` is the Id of the record that the field names."""
        if value is None:
            return dict(NOTHING)
        if field.type in TEXT:
            text = shortened(str(value)).replace("\r\n", "\n").replace("\n", "<br>")
            return {"label": text, "value": linked or text}
        if field.type == "boolean":
            return {"label": "true" if value else "false", "value": bool(value)}
        if field.type in NUMBERS:
            amount = _plain(float(value))
            shown = {"amount": amount, "currency": None} if _money(field) else amount
            return {"label": number(field, amount), "value": shown}
        if field.type == "date":
            return {"label": _day(date.fromisoformat(str(value))), "value": value}
        if field.type == "datetime":
            return self._moment(datetime.fromisoformat(str(value)))
        return {"label": value, "value": linked or value}

    def group(self, field: Field, value: Value, linked: Value, granularity: str) -> Cell:
        """The group that a value falls in: itself, or the day, month or year around a date."""
        if value is None or granularity == "None":
            return self.cell(field, value, linked)
        day = self.day(value)
        if granularity == "Day":
            return {"label": _day(day), "value": day.isoformat()}
        if granularity == "Month":
            return {"label": f"{day:%B %Y}", "value": day.replace(day=1).isoformat()}
        return {"label": f"{day.year}", "value": day.replace(month=1, day=1).isoformat()}

    def day(self, value: Value) -> date:
        """The day of a date, or of a moment as the user saw it."""
        given = datetime.fromisoformat(str(value))
        return given.astimezone(self.zone).date() if given.tzinfo else given.date()

    def _moment(self, value: datetime) -> Cell:
        local = value.astimezone(self.zone)
        hour = local.hour % 12 or 12
        label = f"{_day(local.date())}, {hour}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"
        return {"label": label, "value": f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}


def shortened(text: str) -> str:
    return text[:LONGEST]


def total(field: Field | None, value: float | None) -> Cell:
    """An aggregate: a count where there is no field. Money is a plain number here, as recorded."""
    if value is None:
        return dict(NOTHING)
    return {"label": number(field, value) if field else f"{value:,.0f}", "value": _plain(value)}


def number(field: Field, value: float) -> str:
    text = f"{abs(value):,.{field['scale']}f}"
    shown = f"${text}" if _money(field) else f"{text}%" if field.type == "percent" else text
    return f"-{shown}" if value < 0 else shown


def _plain(value: float) -> float:
    """A whole number is written without a fraction."""
    return int(value) if value == int(value) else value


def _money(field: Field) -> bool:
    return field.type == "currency"


def _day(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"
