"""What priority is proposed, and whether its arithmetic says why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sf_handoff.reports.priority import Proposal, propose
from sf_handoff.reports.ticket_map import Thresholds
from sf_handoff.reports.tickets import DayCount, Priority

DAY = date(2026, 11, 20)


def proposed(
    *counts: int, people: int | None = None, workaround: str | None = None, blocked: int = 0, **own: int
) -> Proposal:
    """For these counts of days, the last of them today."""
    *before, now = counts
    today = DayCount(now, now if people is None else people)
    days = {DAY - timedelta(days=back): DayCount(each, each) for back, each in enumerate(before, 1)}
    thresholds = Thresholds(**own)
    return propose({**days, DAY: today}, thresholds, workaround=workaround, blocked=blocked, today=today)


@pytest.mark.parametrize(
    ("counts", "workaround", "priority"),
    [
        ((1,), None, Priority.MEDIUM),
        ((1,), "another browser", Priority.LOW),
        ((9,), "another browser", Priority.LOW),
        ((9,), None, Priority.MEDIUM),
        ((1, 8), None, Priority.MEDIUM),
        ((1, 9), None, Priority.HIGH),
        ((5, 4, 1), "another browser", Priority.HIGH),
        ((10,), None, Priority.URGENT),
        ((10,), "another browser", Priority.URGENT),
        ((12, 1), None, Priority.URGENT),
    ],
)
def test_story_51_priority_by_count_per_day_count_in_all_and_workaround(
    counts: tuple[int, ...], workaround: str | None, priority: Priority
) -> None:
    assert proposed(*counts, workaround=workaround).priority is priority


def test_story_51_severity_and_people_raise_it_by_one_step() -> None:
    assert proposed(6, blocked=6, people=5).priority is Priority.HIGH
    assert proposed(6, blocked=6, people=5, workaround="works on a phone").priority is Priority.MEDIUM
    assert proposed(6, blocked=6, people=4).priority is Priority.MEDIUM
    # Two of the five people may be those of the two other cases.
    assert proposed(6, blocked=4, people=6).priority is Priority.MEDIUM
    assert proposed(11, blocked=11).priority is Priority.URGENT
    assert proposed(4, 7, blocked=7).priority is Priority.HIGH


def test_story_51_thresholds_are_the_maps() -> None:
    assert proposed(3, day=3).priority is Priority.URGENT
    assert proposed(1, 2, total=3).priority is Priority.HIGH
    days = {DAY: DayCount(9, 9)}
    never = propose(days, Thresholds(blocked=0), blocked=9, today=days[DAY])
    assert never.priority is Priority.MEDIUM


@pytest.mark.parametrize(
    ("proposal", "why"),
    [
        (
            proposed(14, people=9),
            "Urgent: 14 reports in one day (10 or more), from 9 different people; no workaround is known",
        ),
        (
            proposed(9, 5, people=5),
            "High: 14 reports in all (10 or more), from at least 9 different people; no workaround is known",
        ),
        (
            proposed(1, workaround="works on .. computer"),
            "Low: 1 report in all (fewer than 10), from 1 person; a workaround is known (“works on … computer”)",
        ),
        (
            proposed(6, blocked=6),
            "High: 6 reports in all (fewer than 10), from 6 different people; no workaround is known; it cannot "
            "be used at all (6 of 6 reports of this day); raised from medium, since 5 or more people are kept out",
        ),
    ],
)
def test_the_arithmetic_is_told(proposal: Proposal, why: str) -> None:
    assert proposal.why == why


def test_where_only_cases_were_counted_people_are_those_that_are_known() -> None:
    days = {DAY - timedelta(days=1): DayCount(8, 0), DAY: DayCount(3, 2)}
    found = propose(days, Thresholds(), today=days[DAY])
    assert found.why.startswith("High: 11 reports in all (10 or more), from at least 2 different people")
