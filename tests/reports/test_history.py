"""What is usual, and when a day stands out: ranges of the same weekday, and no percentage from three cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from mappings.report import REPORT
from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.history import DayCounts, Tally, Usual, against, share, stands_out, usual, window
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.triage import Flag

FRIDAY = date(2026, 11, 20)


def weeks(*rows: int, day: date = FRIDAY) -> list[DayCounts]:
    """The same weekday in the weeks before, the latest first."""
    return [DayCounts(day - timedelta(weeks=back), count) for back, count in enumerate(rows, start=1)]


def fridays(*rows: int) -> Usual:
    found = usual(weeks(*rows), FRIDAY)
    assert found
    return found


def test_rows_are_counted_while_they_pass() -> None:
    def row(number: str, category: str | None, product: str | None) -> ReportRow:
        return ReportRow(
            case_id="500", case_number=number, opened_at=datetime(2026, 11, 20, 15, tzinfo=UTC), subject=None, notes=None,
            category=category, product=product,
        )  # fmt: skip

    rows = [row("1", "Other", "Sign in"), row("2", "Other", None), row("3", None, "Sign in")]
    tally = Tally(REPORT)
    assert list(tally.counting(rows)) == rows
    moment = rows[0].opened_at
    cluster = Cluster("v1-a", None, None, None, None, ("1", "2"), 2, moment, moment, "same")
    flags = [
        Flag("1", 3, ("a",), ()), Flag("2", 2, ("a",), ()), Flag("3", 0, ("a",), ()), Flag("3", 0, (), (), crisis=True),
    ]  # fmt: skip
    assert tally.counts(FRIDAY, flags, [cluster]) == DayCounts(
        FRIDAY,
        3,
        {"Other": 2, "not given": 1},
        {"Sign in": 2, "not given": 1},
        {0: 1, 2: 1, 3: 1},
        2,
        {"v1-a": 2},
    )


def test_nothing_of_a_person_is_kept() -> None:
    assert set(DayCounts.__dataclass_fields__) == {
        "date", "rows", "by_category", "by_product", "by_tier", "technical", "clusters",
    }  # fmt: skip


def test_the_usual_day_is_the_same_weekday_of_four_weeks() -> None:
    every_day = [DayCounts(FRIDAY - timedelta(days=back), back) for back in range(-3, 60)]
    assert usual(every_day, FRIDAY) == Usual("Friday", 4, 17.5, 7, 28)
    assert [each.rows for each in window(every_day, FRIDAY)] == list(range(28, 0, -1))


def test_federal_holidays_are_no_usual_days() -> None:
    thanksgiving = date(2026, 11, 26)
    assert usual(weeks(200, 210, day=thanksgiving), thanksgiving) is None
    after = weeks(3, 200, 210, 190, day=date(2026, 12, 3))
    assert usual(after, date(2026, 12, 3)) == Usual("Thursday", 3, 200.0, 190, 210)


def test_days_that_were_not_counted_are_no_zeros() -> None:
    assert usual([], FRIDAY) is None
    assert fridays(100).days == 1
    assert fridays(100).words == "the only earlier Friday had 100"


@pytest.mark.parametrize(
    ("count", "before", "out"),
    [
        (231, (164, 167, 170, 173), True),
        (175, (164, 167, 170, 173), False),  # a few more are no news
        (60, (164, 167, 170, 173), True),
        (12, (9, 9, 9, 9), False),  # chance alone does that
        (46, (9, 9, 9, 9), True),
        (0, (164, 167), True),
        (4, (1, 1, 1, 1), False),  # too few to speak of
        (500, (100,), False),  # one day is no usual day
        (150, (100, 200), False),
    ],
)
def test_a_day_stands_out_when_chance_alone_would_not_do_it(
    count: int, before: Sequence[int], out: bool
) -> None:
    assert stands_out(count, fridays(*before)) is out


@pytest.mark.parametrize(
    ("count", "before", "words"),
    [
        (210, (100, 90, 100, 110), "2.1 times a usual Friday (the last 4 Fridays had 90 to 110)"),
        (50, (100, 90, 100, 110), "50% of a usual Friday (the last 4 Fridays had 90 to 110)"),
        (95, (100, 90, 100, 110), "as on other Fridays (the last 4 Fridays had 90 to 110)"),
        (115, (100, 90, 100, 110), "much as on other Fridays (the last 4 Fridays had 90 to 110)"),
        (30, (5, 6), "more than on other Fridays (the last 2 Fridays had 5 to 6)"),
        (5, (40, 40), "fewer than on other Fridays (the last 2 Fridays had 40 each)"),
        (0, (40, 41), "none, unlike other Fridays (the last 2 Fridays had 40 to 41)"),
        (500, (1_000,), "the only earlier Friday had 1,000"),
    ],
)
def test_the_comparison_in_words(count: int, before: Sequence[int], words: str) -> None:
    assert against(count, fridays(*before)) == words


def test_without_an_earlier_day_nothing_is_compared() -> None:
    assert against(10, None) == "no usual day to compare it with"
    assert stands_out(10, None) is False


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (1, 3, "1 of 3"),
        (0, 0, "0 of 0"),
        (9, 19, "9 of 19"),
        (46, 231, "20% of 231"),
        (1, 2_000, "under 1% of 2,000"),
        (0, 40, "0% of 40"),
    ],
)
def test_no_percentage_of_a_few(part: int, whole: int, words: str) -> None:
    assert share(part, whole) == words
