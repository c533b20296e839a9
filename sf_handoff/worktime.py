"""Opening hours as callers know them, and working time as offices count it: weekdays, federal holidays.

Working time passes on Monday to Friday that are no federal holidays, all 24 hours of them by the clock on the
wall, so that 24 hours of it are the same time on the next working day. In the United States clocks change on
Sundays; where they change on a working day, that day counts 24 hours too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sf_handoff.errors import Misconfigured

EASTERN = "America/New_York"
_DAY = timedelta(days=1)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Hours:
    """When a line answers. `days` counts from Monday (0); times are local to `timezone`."""

    opens: time
    closes: time
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    timezone: str = EASTERN
    zone_words: str = "ET"
    closed_on_federal_holidays: bool = True

    def __post_init__(self) -> None:
        if not self.days or list(self.days) != sorted(set(self.days) & set(range(7))):
            raise Misconfigured("Hours: days are numbers from 0 (Monday) to 6, in their order.")
        if not self.opens < self.closes:
            raise Misconfigured("Hours: a line must open before it closes, on the same day.")

    def open_at(self, moment: datetime) -> bool:
        local = moment.astimezone(ZoneInfo(self.timezone))
        return self._works_on(local.date()) and self.opens <= local.time() < self.closes

    def opens_next(self, moment: datetime) -> datetime:
        """When it opens after `moment`, in its own time zone."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        while not self._works_on(day):
            day += timedelta(days=1)
        return datetime.combine(day, self.opens, local.tzinfo)

    def closed_words(self, moment: datetime) -> str | None:
        """That it is closed, why, and until when; None while it is open."""
        if self.open_at(moment):
            return None
        today, opens = moment.astimezone(ZoneInfo(self.timezone)).date(), self.opens_next(moment)
        holiday = today.weekday() in self.days and not self._works_on(today)
        return (
            f"Closed {'today, a federal holiday' if holiday else 'now'}; opens {opens:%A}, "
            f"{day_words(opens.date())} at {clock_words(self.opens)} {self.zone_words}"
        )

    @property
    def words(self) -> str:
        return f"{self._day_words}, {clock_words(self.opens)} to {clock_words(self.closes)} {self.zone_words}"

    @property
    def _day_words(self) -> str:
        names = [DAYS[day] for day in self.days]
        if len(names) > 2 and self.days[-1] - self.days[0] == len(names) - 1:
            return f"{names[0]} to {names[-1]}"
        return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))

    def _works_on(self, day: date) -> bool:
        return day.weekday() in self.days and not (self.closed_on_federal_holidays and federal_holiday(day))


def after(moment: datetime, passed: timedelta, timezone: str = EASTERN) -> datetime:
    """When so much working time has passed since `moment`, in that time zone; always on a working day."""
    if passed < timedelta():
        raise ValueError("working time only passes forward")
    wall = _at_work(_wall(moment, timezone))
    while passed >= (left := _midnight_after(wall) - wall):
        passed, wall = passed - left, _at_work(_midnight_after(wall))
    return _moment_of(wall + passed, timezone)


def between(start: datetime, end: datetime, timezone: str = EASTERN) -> timedelta:
    """The working time that passed from `start` to `end`; none where `end` is not after it."""
    wall, until = _at_work(_wall(start, timezone)), _wall(end, timezone)
    passed = timedelta()
    while wall < until:
        stop = min(until, _midnight_after(wall))
        passed, wall = passed + (stop - wall), _at_work(stop)
    return passed


def working_day(day: date) -> bool:
    """Monday to Friday, and no federal holiday."""
    return day.weekday() < 5 and not federal_holiday(day)


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


def moment_words(moment: datetime, timezone: str = EASTERN, zone_words: str = "ET") -> str:
    """November 20, 2026 at 10:04 a.m. ET."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{day_words(local.date())} at {clock_words(local.time())} {zone_words}"


def midnight(moment: datetime, timezone: str = EASTERN) -> datetime:
    """When the day of `moment` began."""
    zone = ZoneInfo(timezone)
    return datetime.combine(moment.astimezone(zone).date(), time(), zone)


def _wall(moment: datetime, timezone: str) -> datetime:
    """What the clock on the wall shows."""
    return moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None, fold=0)


def _moment_of(wall: datetime, timezone: str) -> datetime:
    """The moment; one that the clock jumps over is as much later as it jumps."""
    zone = ZoneInfo(timezone)
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def _midnight_after(wall: datetime) -> datetime:
    return datetime.combine(wall.date() + _DAY, time())


def _at_work(wall: datetime) -> datetime:
    """This moment on a working day, else the midnight with which the next one begins."""
    while not working_day(wall.date()):
        wall = _midnight_after(wall)
    return wall


@lru_cache(maxsize=16)
def _federal_holidays(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("US", years=year))
