"""Windows of time, and the filters that ask for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.errors import Misconfigured
from sf_handoff.reports.slices import AIM, Window, heeded, narrowed

START = datetime(2026, 11, 1, 4, tzinfo=UTC)
DAY = Window(START, START + timedelta(hours=25))
SAVED: dict[str, Any] = {"aggregates": ["s!TAPS"], "reportFilters": [], "reportBooleanFilter": None}


@given(st.integers(2, 3000), st.integers(0, 200_000))
def test_the_parts_of_a_window_make_it_up_without_a_gap(minutes: int, rows: int) -> None:
    window = Window(START, START + timedelta(minutes=minutes))
    parts = window.parts(rows)
    assert (parts[0].start, parts[-1].end) == (window.start, window.end)
    assert all(one.end == other.start for one, other in pairwise(parts))
    assert all(each.start < each.end and each.start.second == 0 for each in parts)
    assert len(parts) == min(minutes, max(2, -(-rows // AIM)))


def test_a_minute_has_no_parts() -> None:
    assert Window(START, START + timedelta(minutes=1)).parts(5000) == ()


def test_the_bounds_are_closed_below_and_open_above() -> None:
    changes = narrowed(SAVED, "CREATED_DATE", DAY)
    assert changes["reportFilters"] == [
        {"column": "CREATED_DATE", "operator": "greaterOrEqual", "value": "2026-11-01T04:00:00Z"},
        {"column": "CREATED_DATE", "operator": "lessThan", "value": "2026-11-02T05:00:00Z"},
    ]
    assert changes["aggregates"] == ["s!TAPS", "RowCount"]
    assert changes["reportBooleanFilter"] is None
    assert "standardDateFilter" not in changes


def test_saved_filters_and_their_logic_stay_in_force() -> None:
    own = [{"column": "STATUS", "operator": "equals", "value": "New"}] * 2
    saved = {**SAVED, "reportFilters": own, "reportBooleanFilter": "1 OR 2"}
    changes = narrowed(saved, "CREATED_DATE", DAY)
    assert changes["reportFilters"][:2] == own
    assert changes["reportBooleanFilter"] == "(1 OR 2) AND 3 AND 4"


def test_the_saved_date_filter_is_opened_wider_than_any_time_zone() -> None:
    saved = {**SAVED, "standardDateFilter": {"column": "CLOSED_DATE", "durationValue": "YESTERDAY"}}
    assert narrowed(saved, "CREATED_DATE", DAY)["standardDateFilter"] == {
        "column": "CREATED_DATE",
        "durationValue": "CUSTOM",
        "startDate": "2026-10-31",
        "endDate": "2026-11-03",
    }


def test_a_report_without_room_for_two_filters_is_refused() -> None:
    saved = {**SAVED, "reportFilters": [{"column": "STATUS"}] * 19}
    with pytest.raises(Misconfigured) as refused:
        narrowed(saved, "CREATED_DATE", DAY)
    assert refused.value.code == "REPORT_FILTERS"


@pytest.mark.parametrize(
    ("said", "fits"),
    [
        ({}, True),
        ({"reportFilters": []}, False),
        ({"standardDateFilter": None}, False),
        ({"standardDateFilter": {"column": "CREATED_DATE", "durationValue": "YESTERDAY"}}, False),
    ],
)
def test_whether_a_run_went_by_what_it_was_asked(said: dict[str, Any], fits: bool) -> None:
    saved = {**SAVED, "standardDateFilter": {"column": "CREATED_DATE", "durationValue": "YESTERDAY"}}
    asked = narrowed(saved, "CREATED_DATE", DAY)
    assert heeded(asked, {**asked, **said}) is fits
