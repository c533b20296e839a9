"""Date literals: TODAY, LAST_N_MONTHS:3 and their like, as the days they stand for.

Weeks start on Sunday, as in the locale en_US. The literals of fiscal years are not known here.
https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

UNITS = ("WEEK", "MONTH", "QUARTER", "YEAR")
MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}

# The unit, and how many of them from the current one the first is, and the first that is not meant.
PLAIN: dict[str, tuple[str, int, int]] = {
    "TODAY": ("DAY", 0, 1),
    "YESTERDAY": ("DAY", -1, 0),
    "TOMORROW": ("DAY", 1, 2),
    "LAST_90_DAYS": ("DAY", -90, 1),
    "NEXT_90_DAYS": ("DAY", 1, 91),
    **{f"LAST_{unit}": (unit, -1, 0) for unit in UNITS},
    **{f"THIS_{unit}": (unit, 0, 1) for unit in UNITS},
    **{f"NEXT_{unit}": (unit, 1, 2) for unit in UNITS},
}
COUNTED: dict[str, tuple[str, Callable[[int], tuple[int, int]]]] = {
    **{f"LAST_N_{unit}S": (unit, lambda n: (-n, 0)) for unit in UNITS},
    **{f"NEXT_N_{unit}S": (unit, lambda n: (1, n + 1)) for unit in ("DAY", *UNITS)},
    **{f"N_{unit}S_AGO": (unit, lambda n: (-n, 1 - n)) for unit in ("DAY", *UNITS)},
    "LAST_N_DAYS": ("DAY", lambda n: (-n, 1)),
}


def days(name: str, count: int, today: date) -> tuple[date, date]:
    """The first day meant, and the first after it that is not. LAST_N_DAYS alone includes today.

    Days that no calendar has (before the year 1) are an OverflowError or a ValueError.
    """
    if name in PLAIN:
        unit, first, last = PLAIN[name]
    else:
        unit, bounds = COUNTED[name]
        first, last = bounds(count)
    return _start(unit, first, today), _start(unit, last, today)


def _start(unit: str, distance: int, today: date) -> date:
    """The first day of the unit that lies `distance` units from the one that `today` is in."""
    if unit == "DAY":
        return today + timedelta(days=distance)
    if unit == "WEEK":
        return today + timedelta(days=7 * distance - today.isoweekday() % 7)
    length = MONTHS[unit]
    year, month = divmod(today.year * 12 + (today.month - 1) // length * length + distance * length, 12)
    return date(year, month + 1, 1)
