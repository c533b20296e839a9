"""Opening hours: local time, both changes of the clock, federal holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from sf_handoff.worktime import Hours, clock_words, federal_holiday, moment_words

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


def test_words() -> None:
    assert BENEFITS.words == "Monday to Friday, 8:00 a.m. to 9:00 p.m. ET"
    assert clock_words(time(0, 5)) == "12:05 a.m."
    assert clock_words(time(12)) == "12:00 p.m."
    assert moment_words(datetime(2026, 11, 20, 15, 3, tzinfo=UTC)) == "November 20, 2026 at 10:03 a.m. ET"
