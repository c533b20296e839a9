"""When the cases of an invented day come in: from midnight to midnight Eastern, most of them about noon."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from sf_handoff.reports.sample_dice import Dice

ZONE = ZoneInfo("America/New_York")
BY_HOUR = (4, 3, 2, 2, 2, 4, 10, 26, 58, 84, 96, 98, 88, 90, 86, 74, 58, 40, 28, 20, 15, 12, 8, 6)
HOUR = 3600


class Hours:
    """The 23, 24 or 25 hours of `day`; all moments are in UTC."""

    def __init__(self, day: date) -> None:
        self._day = day
        self.start = self.local(0)
        self.end = datetime.combine(day + timedelta(days=1), time(), ZONE).astimezone(UTC)
        count = int((self.end - self.start).total_seconds()) // HOUR
        clock = ((self.start + timedelta(hours=each)).astimezone(ZONE).hour for each in range(count))
        self._weights = tuple(BY_HOUR[each] for each in clock)
        self._ends = tuple(HOUR * each for each in accumulate(self._weights))

    def local(self, hour: int) -> datetime:
        """When clocks in the East show this hour."""
        return datetime.combine(self._day, time(hour), ZONE).astimezone(UTC)

    def at(self, place: int, count: int, dice: Dice) -> datetime:
        """When case `place` of `count` comes in: in their order, close together where the hour is busy."""
        share = (place * HOUR + dice.below(HOUR)) * self._ends[-1] // (count * HOUR)
        hour = bisect_right(self._ends, share)
        before = self._ends[hour - 1] if hour else 0
        return self.start + timedelta(hours=hour, seconds=(share - before) // self._weights[hour])
