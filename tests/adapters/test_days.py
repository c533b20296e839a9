"""Report days in the store: their counts for trends, and what became of their taps; nothing of any case."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mappings.report import REPORT
from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import report_days
from sf_handoff.calls.follow_ups import Called, Outcome, Reason
from sf_handoff.calls.states import Status
from sf_handoff.ports import Settlement
from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.history import DayCounts, Tally
from sf_handoff.reports.triage import Flag
from tests.adapters.report_files.rows import row, rows
from tests.conftest import Clock

from .stored import AT, DONE, LEASE, handoff_id, new

DAY = ReportDay(date(2026, 11, 20))
COUNTS = DayCounts(
    DAY.date,
    rows=7,
    by_category={"Concern": 4, "not given": 3},
    by_product={"Sign in": 7},
    by_tier={0: 1, 3: 2},
    technical=2,
    clusters={"v1-0123456789abcdef": 2},
)
PARKED = Settlement(Status.PARKED, code="STRING_TOO_LONG", message="why")
CALLED = Called(at=AT + timedelta(minutes=2), call_key="call-1", level=4, matched_by="dialed_code")


def between(store: SqlStore, first: int, before: int) -> list[int]:
    """Which days of November are kept."""
    return [each.date.day for each in store.days(date(2026, 11, first), date(2026, 11, before))]


# Counts


def test_counts_come_back_as_they_were_kept(store: SqlStore) -> None:
    store.keep_day(COUNTS)
    assert store.days(DAY.date, DAY.date + timedelta(days=1)) == [COUNTS]


def test_a_second_pull_of_a_day_replaces_the_first(store: SqlStore, clock: Clock) -> None:
    other = replace(COUNTS, date=DAY.date - timedelta(days=1))
    again = DayCounts(DAY.date, rows=9, by_category={"Other": 9})
    for each in (COUNTS, other, again):
        store.keep_day(each)
        clock.forward(minutes=1)
    assert store.days(date(2026, 1, 1), date(2027, 1, 1)) == [other, again]


def test_days_are_read_by_range_the_oldest_first(store: SqlStore) -> None:
    for day in (9, 20, 3, 10, 19):
        store.keep_day(replace(COUNTS, date=date(2026, 11, day)))
    assert between(store, 9, 20) == [9, 10, 19]
    assert between(store, 1, 30) == [3, 9, 10, 19, 20]
    assert between(store, 4, 9) == []


def test_days_of_other_months_and_years_are_in_their_order(store: SqlStore) -> None:
    wanted = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 9, 30), date(2026, 10, 1)]
    for day in reversed(wanted):
        store.keep_day(replace(COUNTS, date=day))
    assert [each.date for each in store.days(date(2025, 1, 1), date(2027, 1, 1))] == wanted


def test_a_purge_leaves_the_counts(store: SqlStore, clock: Clock) -> None:
    store.keep_day(COUNTS)
    clock.forward(days=1000)
    store.purge(delivered=timedelta(), parked=timedelta())
    assert store.days(DAY.date, DAY.date + timedelta(days=1)) == [COUNTS]


def test_what_agents_typed_is_counted_and_not_kept(store: SqlStore) -> None:
    """A value that the map does not list is anybody's words."""
    day = [
        row(1, category="Jesse Gray", product="call 503-555-0142"),
        row(2, category="Concern", product="SIGN IN", topic="Jesse Gray"),
        row(3, category=None, product="", subject="Jesse Gray", notes="Jesse Gray"),
    ]
    tally = Tally(REPORT)
    list(tally.counting(day))
    moment = day[0].opened_at
    cluster = Cluster("v1-a", None, None, None, None, ("1",), 1, moment, moment, "Jesse Gray")
    store.keep_day(tally.counts(DAY.date, [Flag("1", 3, ("x",), ("Jesse Gray",))], [cluster]))
    with store._transaction() as tx:
        (kept,) = tx.execute(select(report_days)).mappings().all()
    assert "Gray" not in str(kept) and "555" not in str(kept)
    assert json.loads(kept["counts"]) == {
        "by_category": {"Concern": 1, "another value": 1, "not given": 1},
        "by_product": {"another value": 2, "not given": 1},
        "by_tier": {"3": 1},
        "clusters": {"v1-a": 1},
    }


def test_without_a_list_in_the_map_nothing_is_counted_by_name() -> None:
    open_ended = replace(REPORT, columns=tuple(replace(each, values=()) for each in REPORT.columns))
    fewer = replace(REPORT, columns=tuple(each for each in REPORT.columns if each.name != "product"))
    for report, category in ((open_ended, "another value"), (fewer, "Other")):
        tally = Tally(report)
        list(tally.counting(rows(2)))
        counts = tally.counts(DAY.date, (), ())
        assert (counts.by_category, counts.by_product) == ({category: 2}, {"another value": 2})


# The funnel


def tap(store: SqlStore, number: int, settlement: Settlement | None = DONE, **changes: Any) -> str:
    """A tap on a screen of the app; `settlement` is what became of sending it."""
    kept = store.keep(new(number, **{"screen": "ClaimStatus", **changes}), lease=LEASE)
    if settlement:
        store.settle(kept, settlement)
    return handoff_id(number)


def funnel(store: SqlStore, day: ReportDay = DAY) -> dict[str, dict[str, int]]:
    """What there is some of, by screen."""
    found = store.funnel(day.start, day.end)
    return {
        screen: {name: number for name, number in counts.items() if number}
        for screen, counts in found.items()
    }


def test_no_taps_are_no_funnel(store: SqlStore) -> None:
    assert store.funnel(DAY.start, DAY.end) == {}


def test_all_that_can_become_of_a_tap_has_its_count(store: SqlStore) -> None:
    tap(store, 1)
    (counts,) = store.funnel(DAY.start, DAY.end).values()
    assert sorted(counts) == ["bound", "confirmed", "delivered", "late", "no_call", "parked", "taps"]


def test_taps_are_counted_by_their_screen(store: SqlStore) -> None:
    tap(store, 1)
    tap(store, 2, screen="Letters")
    tap(store, 3, None, screen="Letters")
    assert funnel(store) == {
        "ClaimStatus": {"taps": 1, "delivered": 1},
        "Letters": {"taps": 2, "delivered": 1},
    }


def test_a_call_and_its_outcome(store: SqlStore, clock: Clock) -> None:
    called, confirmed = tap(store, 1), tap(store, 2)
    store.follow(called, CALLED, lease=None)
    for event in (CALLED, CALLED.model_copy(update={"call_key": "call-2"})):
        store.follow(confirmed, event, lease=None)
    store.follow(confirmed, Outcome(at=AT, reason=Reason.CONFIRMED), lease=None)
    clock.forward(days=1)
    assert funnel(store) == {"ClaimStatus": {"taps": 2, "delivered": 2, "bound": 2, "confirmed": 1}}


@pytest.mark.parametrize("last", [Reason.CONFIRMED, Reason.OTHER_REASON])
def test_of_several_outcomes_the_last_counts(store: SqlStore, clock: Clock, last: Reason) -> None:
    one = tap(store, 1)
    other = Reason.OTHER_REASON if last is Reason.CONFIRMED else Reason.CONFIRMED
    for reason in (other, last):
        clock.forward(seconds=1)
        store.follow(one, Outcome(at=AT, reason=reason), lease=None)
    assert funnel(store)["ClaimStatus"].get("confirmed", 0) == (last is Reason.CONFIRMED)


def test_nobody_called_once_its_time_is_over(store: SqlStore, clock: Clock) -> None:
    tap(store, 1)
    assert "no_call" not in funnel(store)["ClaimStatus"]
    clock.forward(hours=1)
    assert funnel(store) == {"ClaimStatus": {"taps": 1, "delivered": 1, "no_call": 1}}


def test_what_is_delivered_after_its_time_is_late(store: SqlStore, clock: Clock) -> None:
    kept = store.keep(new(1, screen="ClaimStatus"), lease=timedelta(hours=9))
    clock.forward(hours=2)
    store.settle(kept, DONE)
    assert funnel(store) == {"ClaimStatus": {"taps": 1, "delivered": 1, "late": 1}}
    store.follow(handoff_id(1), CALLED, lease=None)
    assert funnel(store) == {"ClaimStatus": {"taps": 1, "delivered": 1, "bound": 1}}


def test_what_is_parked(store: SqlStore) -> None:
    tap(store, 1, PARKED)
    assert funnel(store) == {"ClaimStatus": {"taps": 1, "parked": 1}}


def test_a_tap_belongs_to_one_day(store: SqlStore) -> None:
    """R03: one at midnight sharp is of the day that begins."""
    days = [ReportDay(DAY.date + timedelta(days=by)) for by in (-1, 0, 1)]
    moments = (DAY.start - timedelta(seconds=1), DAY.start, DAY.end - timedelta(seconds=1), DAY.end)
    for number, moment in enumerate(moments):
        tap(store, number, occurred_at=moment)
    assert [funnel(store, day)["ClaimStatus"]["taps"] for day in days] == [1, 2, 1]


def test_an_hour_that_comes_twice_is_of_its_day(store: SqlStore) -> None:
    """R03"""
    long_day = ReportDay(date(2026, 11, 1))
    for number in range(25):
        tap(store, number, occurred_at=long_day.start + timedelta(hours=number))
    assert funnel(store, long_day)["ClaimStatus"]["taps"] == 25


def test_a_purge_changes_no_count(store: SqlStore, clock: Clock) -> None:
    one = tap(store, 1)
    tap(store, 2)
    tap(store, 3, PARKED)
    store.settle(store.follow(one, CALLED, lease=LEASE), DONE)
    store.settle(store.follow(one, Outcome(at=AT, reason=Reason.CONFIRMED), lease=LEASE), DONE)
    clock.forward(days=31)
    before = funnel(store)
    assert store.purge(delivered=timedelta(days=30), parked=timedelta(days=30)) == 5
    assert funnel(store) == before
    assert before["ClaimStatus"] == {
        "taps": 3, "delivered": 2, "bound": 1, "confirmed": 1, "no_call": 2, "parked": 1,
    }  # fmt: skip


def test_what_is_forgotten_is_counted_no_more(store: SqlStore, clock: Clock) -> None:
    tap(store, 1)
    for days in (31, 401):
        clock.forward(days=days)
        store.purge(delivered=timedelta(days=30), parked=timedelta(days=30))
    assert funnel(store) == {}


def test_the_moment_of_the_tap_decides_not_that_of_keeping(store: SqlStore, clock: Clock) -> None:
    clock.forward(days=3)
    tap(store, 1, occurred_at=datetime(2026, 11, 20, 16, tzinfo=UTC))
    assert funnel(store)["ClaimStatus"]["taps"] == 1
