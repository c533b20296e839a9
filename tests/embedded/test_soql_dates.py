from __future__ import annotations

from datetime import date

import pytest

from sf_handoff.embedded.soql_dates import days

FRIDAY = date(2026, 11, 20)
SUNDAY = date(2026, 3, 1)
LEAP_DAY = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("name", "count", "today", "first", "last"),
    [
        ("TODAY", 0, FRIDAY, "2026-11-20", "2026-11-21"),
        ("YESTERDAY", 0, SUNDAY, "2026-02-28", "2026-03-01"),
        ("TOMORROW", 0, LEAP_DAY, "2024-03-01", "2024-03-02"),
        ("LAST_90_DAYS", 0, FRIDAY, "2026-08-22", "2026-11-21"),
        ("NEXT_90_DAYS", 0, FRIDAY, "2026-11-21", "2027-02-19"),
        ("LAST_N_DAYS", 1, FRIDAY, "2026-11-19", "2026-11-21"),
        ("NEXT_N_DAYS", 2, FRIDAY, "2026-11-21", "2026-11-23"),
        ("N_DAYS_AGO", 3, FRIDAY, "2026-11-17", "2026-11-18"),
        ("THIS_WEEK", 0, FRIDAY, "2026-11-15", "2026-11-22"),
        ("THIS_WEEK", 0, SUNDAY, "2026-03-01", "2026-03-08"),
        ("LAST_WEEK", 0, SUNDAY, "2026-02-22", "2026-03-01"),
        ("NEXT_WEEK", 0, FRIDAY, "2026-11-22", "2026-11-29"),
        ("LAST_N_WEEKS", 2, FRIDAY, "2026-11-01", "2026-11-15"),
        ("NEXT_N_WEEKS", 2, FRIDAY, "2026-11-22", "2026-12-06"),
        ("N_WEEKS_AGO", 1, FRIDAY, "2026-11-08", "2026-11-15"),
        ("THIS_MONTH", 0, LEAP_DAY, "2024-02-01", "2024-03-01"),
        ("LAST_MONTH", 0, date(2026, 1, 31), "2025-12-01", "2026-01-01"),
        ("NEXT_MONTH", 0, date(2026, 12, 1), "2027-01-01", "2027-02-01"),
        ("LAST_N_MONTHS", 12, FRIDAY, "2025-11-01", "2026-11-01"),
        ("NEXT_N_MONTHS", 2, FRIDAY, "2026-12-01", "2027-02-01"),
        ("N_MONTHS_AGO", 11, FRIDAY, "2025-12-01", "2026-01-01"),
        ("THIS_QUARTER", 0, FRIDAY, "2026-10-01", "2027-01-01"),
        ("LAST_QUARTER", 0, SUNDAY, "2025-10-01", "2026-01-01"),
        ("NEXT_QUARTER", 0, LEAP_DAY, "2024-04-01", "2024-07-01"),
        ("LAST_N_QUARTERS", 2, FRIDAY, "2026-04-01", "2026-10-01"),
        ("NEXT_N_QUARTERS", 1, FRIDAY, "2027-01-01", "2027-04-01"),
        ("N_QUARTERS_AGO", 4, FRIDAY, "2025-10-01", "2026-01-01"),
        ("THIS_YEAR", 0, FRIDAY, "2026-01-01", "2027-01-01"),
        ("LAST_YEAR", 0, LEAP_DAY, "2023-01-01", "2024-01-01"),
        ("NEXT_YEAR", 0, LEAP_DAY, "2025-01-01", "2026-01-01"),
        ("LAST_N_YEARS", 2, FRIDAY, "2024-01-01", "2026-01-01"),
        ("NEXT_N_YEARS", 1, FRIDAY, "2027-01-01", "2028-01-01"),
        ("N_YEARS_AGO", 1, FRIDAY, "2025-01-01", "2026-01-01"),
    ],
)
def test_the_days_of_a_date_literal(name: str, count: int, today: date, first: str, last: str) -> None:
    assert days(name, count, today) == (date.fromisoformat(first), date.fromisoformat(last))


def test_days_before_the_first_year_are_an_error() -> None:
    for name in ("LAST_N_DAYS", "LAST_N_YEARS", "NEXT_N_WEEKS"):
        with pytest.raises((OverflowError, ValueError)):
            days(name, 9_999_999_999, FRIDAY)
