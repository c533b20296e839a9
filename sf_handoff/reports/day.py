"""The report day: from midnight to midnight where the contact center is, as moments in UTC of our own making.

A report's own YESTERDAY means the running user's, and SOQL's date literals do too: neither is asked. Days on
which clocks change have 23 or 25 hours; every moment lies in exactly one day.
https://docs.python.org/3/library/zoneinfo.html
"""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sf_handoff.errors import Misconfigured
from sf_handoff.worktime import day_words

EASTERN = "America/New_York"


@dataclass(frozen=True)
class ReportDay:
    """One day of the report, `date` in `zone`."""

    date: dt.date
    zone: str = EASTERN

    def __post_init__(self) -> None:
        zone_named(self.zone)

    @classmethod
    def before(cls, moment: dt.datetime, zone: str = EASTERN) -> ReportDay:
        """The last day that is over at `moment`."""
        return cls(moment.astimezone(zone_named(zone)).date() - dt.timedelta(days=1), zone)

    @cached_property
    def start(self) -> dt.datetime:
        return self._midnight(self.date)

    @cached_property
    def end(self) -> dt.datetime:
        """The first moment that is not in it any more: where the next day starts."""
        return self._midnight(self.date + dt.timedelta(days=1))

    @property
    def hours(self) -> int:
        return (self.end - self.start) // dt.timedelta(hours=1)

    def holds(self, moment: dt.datetime) -> bool:
        return self.start <= moment < self.end

    def where(self, field: str) -> str:
        """The condition of SOQL that `field` lies in the day."""
        return f"{field} >= {utc_words(self.start)} AND {field} < {utc_words(self.end)}"

    @property
    def words(self) -> str:
        """Sunday, November 1, 2026 (ET, 25 hours)."""
        zone = "ET" if self.zone == EASTERN else self.zone
        length = "" if self.hours == 24 else f", {self.hours} hours"
        return f"{self.date:%A}, {day_words(self.date)} ({zone}{length})"

    def _midnight(self, day: dt.date) -> dt.datetime:
        """Where a change of clocks leaves no midnight, the first moment of the day; of two, the first."""
        return dt.datetime.combine(day, dt.time(), zone_named(self.zone)).astimezone(dt.UTC)


def zone_named(name: str) -> ZoneInfo:
    zone = None
    with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo(name)
    if zone is None:
        raise Misconfigured("TIMEZONE: no such time zone; write it like America/New_York.")
    return zone


def utc_words(moment: dt.datetime) -> str:
    """As SOQL and report filters write a moment, unquoted."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
