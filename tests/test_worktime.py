"""Opening hours and working time: local time, both changes of the clock, federal holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.errors import Misconfigured
from sf_handoff.worktime import (
    Hours,
    after,
    between,
    clock_words,
    federal_holiday,
    moment_words,
    working_day,
)

BENEFITS = Hours(opens=time(8), closes=time(21))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20T13:00:00+00:00", True),  # Friday 8:00 a.m. EST
        ("2026-11-20T12:59:59+00:00", False),
        ("2026-11-21T01:59:59+00:00", True),  # Friday 8:59 p.m. EST
        ("2026-11-21T02:00:00+00:00", False),
        ("2026-11-21T15:00:00+00:00", False),  # Saturday
        ("2026-07-20T12:00:00+00:00", True),  # Monday 8:00 a.m. EDT
        ("2026-07-20T11:59:00+00:00", False),
        ("2026-03-09T12:00:00+00:00", True),  # the Monday after clocks went forward
        ("2026-11-02T12:59:00+00:00", False),  # the Monday after clocks went back
        ("2026-11-26T15:00:00+00:00", False),  # Thanksgiving
        ("2026-07-03T15:00:00+00:00", False),  # Independence Day, observed on the Friday
    ],
)
def test_open_or_closed(moment: str, *, is_open: bool) -> None:
    assert BENEFITS.open_at(datetime.fromisoformat(moment)) is is_open


@pytest.mark.parametrize(
    "day",
    ["2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03", "2026-09-07",
     "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25"],
)  # fmt: skip
def test_the_eleven_federal_holidays_of_2026(day: str) -> None:
    assert federal_holiday(date.fromisoformat(day))


def test_the_day_after_thanksgiving_is_a_working_day() -> None:
    assert not federal_holiday(date(2026, 11, 27))


@pytest.mark.parametrize(
    "day",
    ["2021-12-24", "2022-06-20", "2022-12-26", "2027-07-05", "2027-12-24", "2027-12-31", "2028-11-10"],
)
def test_a_holiday_on_a_weekend_is_observed_on_the_working_day_beside_it(day: str) -> None:
    """Also New Year's Day of 2028, a Saturday: in the year before."""
    assert federal_holiday(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-20T10:00:00+00:00", "2026-11-20T08:00:00-05:00"),  # Friday before opening
        ("2026-11-21T02:00:00+00:00", "2026-11-23T08:00:00-05:00"),  # Friday night
        ("2026-11-26T15:00:00+00:00", "2026-11-27T08:00:00-05:00"),  # Thanksgiving
        ("2026-12-24T15:00:00+00:00", "2026-12-28T08:00:00-05:00"),  # while it is open: the next time
        ("2026-03-07T15:00:00+00:00", "2026-03-09T08:00:00-04:00"),  # clocks go forward on the Sunday
        ("2026-10-31T15:00:00+00:00", "2026-11-02T08:00:00-05:00"),  # and back
        ("2027-12-31T15:00:00+00:00", "2028-01-03T08:00:00-05:00"),  # over New Year, observed on the Friday
    ],
)
def test_when_it_opens_next(moment: str, opens: str) -> None:
    assert BENEFITS.opens_next(datetime.fromisoformat(moment)).isoformat() == opens


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-08T06:59:00+00:00", True),  # 1:59 a.m. EST, then it is 3 a.m.
        ("2026-03-08T07:00:00+00:00", False),
        ("2026-11-01T05:30:00+00:00", True),  # 1:30 a.m. EDT
        ("2026-11-01T06:30:00+00:00", True),  # 1:30 a.m. again, EST
        ("2026-11-01T07:00:00+00:00", False),
    ],
)
def test_the_night_when_the_clock_changes(moment: str, *, is_open: bool) -> None:
    nights = Hours(opens=time(1), closes=time(2), days=(6,))
    assert nights.open_at(datetime.fromisoformat(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-20T15:00:00+00:00", None),
        ("2026-11-21T15:00:00+00:00", "Closed now; opens Monday, November 23, 2026 at 8:00 a.m. ET"),
        (
            "2026-11-26T15:00:00+00:00",
            "Closed today, a federal holiday; opens Friday, November 27, 2026 at 8:00 a.m. ET",
        ),
    ],
)
def test_closed_it_says_why_and_until_when(moment: str, words: str | None) -> None:
    assert BENEFITS.closed_words(datetime.fromisoformat(moment)) == words


def test_a_line_that_works_on_holidays() -> None:
    hours = Hours(opens=time(8), closes=time(21), closed_on_federal_holidays=False)
    assert hours.open_at(datetime(2026, 11, 26, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("days", "words"),
    [((0, 1, 2, 3, 4), "Monday to Friday"), ((5, 6), "Saturday and Sunday"), ((2,), "Wednesday"),
     ((0, 2, 4), "Monday, Wednesday and Friday")],
)  # fmt: skip
def test_days_in_words(days: tuple[int, ...], words: str) -> None:
    assert Hours(opens=time(8), closes=time(21), days=days).words == f"{words}, 8:00 a.m. to 9:00 p.m. ET"


@pytest.mark.parametrize("changes", [{"days": ()}, {"days": (4, 0)}, {"days": (0, 7)}, {"closes": time(8)}])
def test_hours_that_cannot_be(changes: Any) -> None:
    with pytest.raises(Misconfigured):
        replace(BENEFITS, **changes)


def test_words() -> None:
    assert BENEFITS.words == "Monday to Friday, 8:00 a.m. to 9:00 p.m. ET"
    assert clock_words(time(0, 5)) == "12:05 a.m."
    assert clock_words(time(12)) == "12:00 p.m."
    assert moment_words(datetime(2026, 11, 20, 15, 3, tzinfo=UTC)) == "November 20, 2026 at 10:03 a.m. ET"


# Working time

NEW_YORK = ZoneInfo("America/New_York")
moments = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 (asked for so)
    datetime(2030, 12, 31),  # noqa: DTZ001
    timezones=st.just(NEW_YORK),
    allow_imaginary=False,
)
spans = st.timedeltas(timedelta(), timedelta(days=40))


@pytest.mark.parametrize(
    ("moment", "hours", "due"),
    [
        ("2026-11-17T10:04:00-05:00", 24, "2026-11-18T10:04:00-05:00"),
        ("2026-11-20T10:04:00-05:00", 24, "2026-11-23T10:04:00-05:00"),  # over a weekend
        ("2026-11-25T10:04:00-05:00", 24, "2026-11-27T10:04:00-05:00"),  # over Thanksgiving
        ("2026-11-24T10:04:00-05:00", 48, "2026-11-27T10:04:00-05:00"),
        ("2026-11-21T15:00:00-05:00", 1, "2026-11-23T01:00:00-05:00"),  # filed on a Saturday
        ("2026-11-26T09:00:00-05:00", 24, "2026-11-30T00:00:00-05:00"),  # a holiday, then one whole Friday
        ("2026-11-20T00:00:00-05:00", 24, "2026-11-23T00:00:00-05:00"),  # not the Saturday's midnight
        ("2026-11-21T04:59:00+00:00", 24, "2026-11-23T23:59:00-05:00"),  # still Friday in Washington
        ("2026-11-21T05:00:00+00:00", 0, "2026-11-23T00:00:00-05:00"),
        ("2027-12-30T12:00:00-05:00", 24, "2028-01-03T12:00:00-05:00"),  # New Year, observed on the Friday
    ],
)
def test_working_time_skips_weekends_and_federal_holidays(moment: str, hours: int, due: str) -> None:
    assert after(datetime.fromisoformat(moment), timedelta(hours=hours)).isoformat() == due


@pytest.mark.parametrize(
    ("moment", "due", "elapsed"),
    [
        ("2026-03-06T10:00:00-05:00", "2026-03-09T10:00:00-04:00", 71),  # clocks go forward on the Sunday
        ("2026-10-30T10:00:00-04:00", "2026-11-02T10:00:00-05:00", 73),  # and back
    ],
)
def test_a_change_of_the_clock_on_a_sunday_keeps_the_time_of_day(moment: str, due: str, elapsed: int) -> None:
    start = datetime.fromisoformat(moment)
    found = after(start, timedelta(hours=24))
    assert found.isoformat() == due
    assert (found.astimezone(UTC) - start.astimezone(UTC)) == timedelta(hours=elapsed)
    assert between(start, found) == timedelta(hours=24)


@pytest.mark.parametrize(
    ("moment", "hours", "due"),
    [
        ("2024-04-25T10:00:00+02:00", 24, "2024-04-26T10:00:00+03:00"),  # a Friday of 23 hours in Cairo
        ("2024-04-25T10:00:00+02:00", 14.5, "2024-04-26T01:30:00+03:00"),  # half past midnight was skipped
        ("2024-10-30T10:00:00+03:00", 48, "2024-11-01T10:00:00+02:00"),  # a Thursday of 25 hours
    ],
)
def test_a_working_day_of_23_or_25_hours_counts_24(moment: str, hours: float, due: str) -> None:
    found = after(datetime.fromisoformat(moment), timedelta(hours=hours), "Africa/Cairo")
    assert found.isoformat() == due


@given(moments, spans, spans)
def test_working_time_adds_up(moment: datetime, some: timedelta, more: timedelta) -> None:
    assert after(moment, some + more) == after(after(moment, some), more)


@given(moments, spans)
def test_what_has_passed_is_what_was_added(moment: datetime, some: timedelta) -> None:
    due = after(moment, some)
    assert between(moment, due) == some
    assert between(due, moment) == timedelta()


@given(moments, moments, spans)
def test_who_starts_later_is_not_due_earlier(one: datetime, other: datetime, some: timedelta) -> None:
    first, last = sorted((one, other), key=datetime.timestamp)
    assert after(first, some) <= after(last, some)
    assert between(first, last) <= max(timedelta(), last - first + timedelta(hours=1))


@given(moments, spans)
def test_nothing_is_due_on_a_day_off(moment: datetime, some: timedelta) -> None:
    due = after(moment, some)
    assert working_day(due.date())
    assert due.astimezone(UTC) >= moment.astimezone(UTC) + some - timedelta(hours=1)


def test_working_time_does_not_pass_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        after(datetime(2026, 11, 20, 15, tzinfo=UTC), timedelta(hours=-1))
