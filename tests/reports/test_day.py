"""The report day, on ordinary days and on those when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.errors import Misconfigured
from sf_handoff.reports.day import ReportDay

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def test_a_day_is_from_midnight_to_midnight_in_washington() -> None:
    day = ReportDay(date(2026, 11, 19))
    assert day.start == datetime(2026, 11, 19, 5, tzinfo=UTC)
    assert day.end == datetime(2026, 11, 20, 5, tzinfo=UTC)
    assert day.words == "Thursday, November 19, 2026 (ET)"
    assert day.where("CreatedDate") == (
        "CreatedDate >= 2026-11-19T05:00:00Z AND CreatedDate < 2026-11-20T05:00:00Z"
    )


@pytest.mark.parametrize(
    ("day", "start", "end", "hours", "said"),
    [
        (SPRING, "2026-03-08T05:00:00+00:00", "2026-03-09T04:00:00+00:00", 23, "(ET, 23 hours)"),
        (AUTUMN, "2026-11-01T04:00:00+00:00", "2026-11-02T05:00:00+00:00", 25, "(ET, 25 hours)"),
    ],
)
def test_days_on_which_clocks_change(day: date, start: str, end: str, hours: int, said: str) -> None:
    found = ReportDay(day)
    assert (found.start.isoformat(), found.end.isoformat(), found.hours) == (start, end, hours)
    assert found.words.endswith(said)


def test_both_hours_from_one_to_two_belong_to_the_day_that_has_them_twice() -> None:
    for moment in ("2026-11-01T05:30:00+00:00", "2026-11-01T06:30:00+00:00"):
        assert ReportDay(AUTUMN).holds(datetime.fromisoformat(moment))


@given(st.integers(0, 4 * 366 * 24 * 3600).map(lambda seconds: FIRST + timedelta(seconds=seconds)))
def test_every_moment_is_in_exactly_one_day(moment: datetime) -> None:
    near = [ReportDay(moment.date() + timedelta(days=by)) for by in (-2, -1, 0, 1)]
    assert sum(day.holds(moment) for day in near) == 1


@pytest.mark.parametrize("zone", ["America/New_York", "America/Havana", "Asia/Beirut", "Pacific/Apia", "UTC"])
def test_days_meet_without_a_gap_where_midnight_is_missing_too(zone: str) -> None:
    days = [ReportDay(date(2026, 1, 1) + timedelta(days=by), zone) for by in range(366)]
    assert all(one.end == other.start for one, other in pairwise(days))
    assert all(each.holds(each.start) and not each.holds(each.end) for each in days)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-20T15:00:00+00:00", date(2026, 11, 19)),
        ("2026-11-20T04:59:59+00:00", date(2026, 11, 18)),
        ("2026-11-20T05:00:00+00:00", date(2026, 11, 19)),
        ("2026-11-02T04:59:59+00:00", date(2026, 10, 31)),
    ],
)
def test_the_last_day_that_is_over(moment: str, day: date) -> None:
    assert ReportDay.before(datetime.fromisoformat(moment)).date == day


@pytest.mark.parametrize("zone", ["", "America/Nowhere", "../etc/passwd", "/etc/localtime"])
def test_an_unknown_zone_is_a_matter_of_set_up(zone: str) -> None:
    with pytest.raises(Misconfigured, match="TIMEZONE"):
        ReportDay(AUTUMN, zone)
