"""Opening hours as callers know them: weekdays, local times, federal holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Hours:
    """When a line answers. `days` counts from Monday (0); times are local to `timezone`."""

    opens: time
    closes: time
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    timezone: str = "America/New_York"
    zone_words: str = "ET"
    closed_on_federal_holidays: bool = True

    def open_at(self, moment: datetime) -> bool:
        local = moment.astimezone(ZoneInfo(self.timezone))
        if local.weekday() not in self.days or not self.opens <= local.time() < self.closes:
            return False
        return not (self.closed_on_federal_holidays and federal_holiday(local.date()))

    @property
    def words(self) -> str:
        first, last = DAYS[self.days[0]], DAYS[self.days[-1]]
        days = first if first == last else f"{first} to {last}"
        return f"{days}, {clock_words(self.opens)} to {clock_words(self.closes)} {self.zone_words}"


def federal_holiday(day: date) -> bool:
    """Whether federal offices are closed on `day`, observed days included (5 U.S.C. 6103)."""
    return day in _federal_holidays(day.year)


def clock_words(moment: time) -> str:
    """8:00 a.m., 9:00 p.m.: as VA's own pages write it."""
    hour = moment.hour % 12 or 12
    return f"{hour}:{moment.minute:02d} {'a.m.' if moment.hour < 12 else 'p.m.'}"


def day_words(day: date) -> str:
    """September 30, 2022."""
    return f"{day:%B} {day.day}, {day.year}"


def moment_words(moment: datetime, timezone: str = "America/New_York", zone_words: str = "ET") -> str:
    """November 20, 2026 at 10:04 a.m. ET."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{day_words(local.date())} at {clock_words(local.time())} {zone_words}"


@lru_cache(maxsize=16)
def _federal_holidays(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("US", years=year))
