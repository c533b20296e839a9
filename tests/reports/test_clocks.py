"""What runs for a ticket, what meets it, and how a ticket is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import MappingSet
from sf_handoff.reports.clocks import (
    ClockMap,
    LegalDates,
    Met,
    Running,
    Seen,
    clocks_at,
    clocks_of,
    may_have_answers,
    priority_of,
)
from sf_handoff.reports.listing import ListedTicket, line, listed, record
from sf_handoff.reports.tickets import Place, Priority, State, Step, StepRecord, StepState, Ticket
from tests.listed import CONNECTOR, FILED, LABELS, URL, comment, issue, ticket

NEW = Place("New Issues", "High priority")


@pytest.fixture
def clocks(mappings: MappingSet) -> ClockMap:
    return mappings.clocks


def by_name(running: tuple[Running, ...]) -> dict[str, Running]:
    return {each.name: each for each in running}


def running(clocks: ClockMap, seen: Seen | None, of: Ticket | None = None) -> dict[str, Running]:
    return by_name(clocks_of(of or ticket(), seen, clocks, LABELS))


def test_story_54_every_ticket_has_its_clocks_in_working_time(clocks: ClockMap) -> None:
    """Filed on the Tuesday of the week before Thanksgiving's."""
    found = running(clocks, Seen(issue(), NEW))
    due = {name: each.due.strftime("%Y-%m-%d %H:%M") for name, each in found.items()}
    assert due == {
        "First look": "2026-11-18 10:04",
        "Owner's answer": "2026-11-19 10:04",
        "High priority": "2026-11-27 10:04",  # the seventh working day: one is Thanksgiving
        "Outstanding": "2026-12-31 10:04",  # the thirtieth, without Christmas too
    }
    assert list(found) == ["First look", "Owner's answer", "High priority", "Outstanding"]


@pytest.mark.parametrize(
    ("priority", "due"),
    [
        (Priority.LOW, "2026-12-31"),
        (Priority.MEDIUM, "2026-12-09"),
        (Priority.HIGH, "2026-11-27"),
        (Priority.URGENT, "2026-11-19"),
    ],
)
def test_story_54_each_priority_has_its_time(clocks: ClockMap, priority: Priority, due: str) -> None:
    rule = clocks.priorities[priority]
    found = by_name(clocks_at(FILED, priority, clocks))
    assert f"{found[rule.name].due.date()}" == due
    assert len(clocks_at(FILED, None, clocks)) == len(found) - 1


def test_story_54_overdue_is_what_is_not_met_when_its_time_is_over(clocks: ClockMap) -> None:
    found = running(clocks, Seen(issue(), NEW))
    answer = found["Owner's answer"]
    assert not answer.overdue(answer.due)
    assert answer.overdue(answer.due + timedelta(seconds=1))
    assert answer.words(answer.due) == "Owner's answer: due November 19, 2026 at 10:04 a.m. ET"
    late = answer.due + timedelta(days=1)
    assert answer.words(late) == "Owner's answer: overdue since November 19, 2026 at 10:04 a.m. ET"
    met = replace(answer, met_by=Met.ANSWERED, met_at=FILED)
    assert not met.overdue(late)
    assert met.words(late) == "Owner's answer: answered November 17, 2026 at 10:04 a.m. ET"
    assert replace(met, met_at=None).words(late) == "Owner's answer: answered"


def test_a_clock_that_counts_every_day(clocks: ClockMap) -> None:
    every = replace(clocks.rules[-1], business=False)
    assert every.due(FILED) == FILED + timedelta(days=30)


LATER = FILED + timedelta(hours=3)
MET: list[tuple[dict[str, Any], dict[str, tuple[Met | None, datetime | None]]]] = [
    ({}, {"First look": (None, None), "Owner's answer": (None, None), "Outstanding": (None, None)}),
    (
        {"issue": issue(assignees=("avery-analyst",))},
        {"First look": (Met.ASSIGNED, None), "Owner's answer": (None, None), "Outstanding": (None, None)},
    ),
    (
        {"place": Place("In Progress")},
        {"First look": (Met.MOVED, None), "Owner's answer": (None, None)},
    ),
    ({"place": Place("new issues")}, {"First look": (None, None)}),
    (
        {"comments": (comment("avery-analyst", LATER),)},
        {"First look": (Met.ANSWERED, LATER), "Owner's answer": (Met.ANSWERED, LATER), "Outstanding": (None, None)},
    ),
    ({"comments": (comment(CONNECTOR, LATER),)}, {"First look": (None, None), "Owner's answer": (None, None)}),
    ({"comments": (comment("stale[bot]", LATER),)}, {"Owner's answer": (None, None)}),
    (
        {"comments": (comment("a", LATER + timedelta(hours=1), 2), comment("b", LATER))},
        {"Owner's answer": (Met.ANSWERED, LATER)},
    ),
    (
        {"issue": issue(state=State.CLOSED, closed_at=LATER, assignees=("a",))},
        dict.fromkeys(("First look", "Owner's answer", "High priority", "Outstanding"), (Met.CLOSED, LATER)),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("shown", "expected"), MET)
def test_what_meets_which_clock(clocks: ClockMap, shown: dict[str, Any], expected: dict[str, Any]) -> None:
    seen = replace(Seen(issue(), NEW), **shown)
    found = running(clocks, seen, ticket(priority=Priority.HIGH))
    assert {name: (found[name].met_by, found[name].met_at) for name in expected} == expected


def test_our_tally_is_no_answer_even_under_another_login(clocks: ClockMap) -> None:
    tallied = ticket(tally_id=77)
    seen = Seen(issue(comments=1), NEW, (comment("former-connector", LATER, 77),))
    assert running(clocks, seen, tallied)["Owner's answer"].met_by is None
    assert not may_have_answers(tallied, issue(comments=1))
    assert may_have_answers(tallied, issue(comments=2))
    assert may_have_answers(ticket(), issue(comments=1))


REOPENED = datetime(2026, 12, 2, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("of", "from_moment"),
    [
        (ticket(steps={Step.REOPEN: StepRecord(StepState.DONE, REOPENED)}), REOPENED),
        (ticket(closed_at=REOPENED, state=State.CLOSED), REOPENED),  # somebody opened it again
        (ticket(steps={Step.REOPEN: StepRecord(StepState.FAILED, REOPENED)}), FILED),
    ],
)
def test_story_62_a_ticket_that_is_open_again_starts_all_its_clocks(
    clocks: ClockMap, of: Ticket, from_moment: datetime
) -> None:
    seen = Seen(issue(), NEW, (comment("avery-analyst", LATER),))
    found = running(clocks, seen, of)
    again = from_moment == REOPENED
    assert {name: each.due for name, each in found.items()} == {
        each.name: each.due for each in clocks_at(from_moment, Priority.HIGH, clocks)
    }
    assert (found["Owner's answer"].met_by is None) is again
    assert found["First look"].met_by is (Met.MOVED if again else Met.ANSWERED)
    in_backlog = running(clocks, Seen(issue(), Place("Product Backlog")), of)
    assert in_backlog["First look"].met_by is (None if again else Met.MOVED)


def test_without_the_tracker_only_that_is_told_which_the_ledger_can_know(clocks: ClockMap) -> None:
    assert list(running(clocks, None)) == ["High priority", "Outstanding"]
    closed = running(clocks, None, ticket(state=State.CLOSED, closed_at=LATER))
    assert {each.met_at for each in closed.values()} == {LATER}


@pytest.mark.parametrize(
    "of",
    [
        ticket(None),
        ticket(state=State.GONE),
        ticket(state=State.MOVED),
        ticket(summary=True),
    ],
)
def test_nothing_runs_for_what_is_not_there(clocks: ClockMap, of: Ticket) -> None:
    assert running(clocks, None, of) == {}


@pytest.mark.parametrize(
    ("seen", "priority"),
    [
        (None, Priority.HIGH),
        (Seen(issue(), Place("New Issues", "URGENT priority")), Priority.URGENT),
        (Seen(issue(), Place("New Issues", "P0")), None),
        (Seen(issue(), Place("New Issues")), Priority.HIGH),
        (Seen(issue(labels=("Priority: Low", "priority: medium"))), Priority.MEDIUM),
    ],
)
def test_insights_and_analytics_decide_the_priority(seen: Seen | None, priority: Priority | None) -> None:
    assert priority_of(ticket(), seen, LABELS) is priority


@pytest.mark.parametrize(
    ("title", "due"),
    [
        ("[Congressional] V012345 Due 12/01/2026 Claim status", "2026-12-01T23:59:00-05:00"),
        ("[Congressional] due: 7/4/2027 Letters", "2027-07-04T23:59:00-04:00"),
        ("Due 2026-12-01", "2026-12-01T23:59:00-05:00"),
        ("Due 13/45/2026 and due 12/02/2026", "2026-12-02T23:59:00-05:00"),
        ("Due 02/30/2026", None),
        ("Overdue 12/01/2026", None),
        ("Residue 12/01/2026", None),
        ("Due 12/01/20261", None),
        ("Claim status", None),
    ],
)
def test_story_65_a_date_by_law_is_read_from_the_title(clocks: ClockMap, title: str, due: str | None) -> None:
    found = clocks.legal.due(title)
    assert (found.isoformat() if found else None) == due


def test_story_65_what_is_dated_by_law_stands_first_and_shows_its_date(clocks: ClockMap) -> None:
    def one(number: int, **shown: Any) -> ListedTicket:
        seen = Seen(issue(number, **shown), Place("New Issues", "Low priority"))
        return listed(
            ticket(number, opened_at=FILED - timedelta(days=number)), seen, clocks, LABELS, told=False
        )

    by_law = one(1, title="[Congressional] V012345 Due 12/15/2026 Letters")
    sooner = one(2, title="Due 12/01/2026")
    undated = one(3, labels=("CTO-team",))
    usual, older = one(4), one(5)
    ranked = sorted((usual, undated, by_law, older, sooner), key=lambda each: each.rank)
    assert [each.number for each in ranked] == [2, 1, 3, 5, 4]
    now = FILED + timedelta(days=40)
    assert "; Due by law: overdue since December 15, 2026 at 11:59 p.m. ET; " in line(by_law, now)
    assert by_law.overdue(datetime(2026, 12, 16, 5, 1, tzinfo=UTC))
    assert record(by_law, now)["by_law"]
    assert "others set its date, and its title does not say which" in line(undated, now)
    done = one(1, title="Due 12/01/2026", state=State.CLOSED, closed_at=LATER)
    assert not done.overdue(now)


def test_a_pattern_of_a_date_names_its_parts() -> None:
    with pytest.raises(Misconfigured, match="year, month and day"):
        LegalDates("Due", titles=(r"(?P<day>\d+)",))


def test_a_ticket_is_published_with_what_the_tracker_shows_of_it(clocks: ClockMap) -> None:
    seen = Seen(issue(title="Edited by staff"), Place("In Progress", "P0"))
    found = record(listed(ticket(), seen, clocks, LABELS, told=False), FILED + timedelta(days=3))
    clock = found.pop("clocks")[1]
    assert found == {
        "fingerprint": "v1-1",
        "title": "Edited by staff",
        "number": 1,
        "url": f"{URL}/1",
        "state": "open",
        "pipeline": "In Progress",
        "priority": "P0",
        "cases": 14,
        "people": 9,
        "first_seen": "2026-11-16",
        "last_seen": "2026-11-18",
        "by_law": False,
        "overdue": True,
        "told": False,
    }
    assert clock == {
        "name": "Owner's answer",
        "due": "2026-11-19T10:04:00-05:00",
        "met_by": None,
        "met_at": None,
        "overdue": True,
        "by_law": False,
    }


def test_a_line_in_words(clocks: ClockMap) -> None:
    now = FILED + timedelta(days=2, hours=1)
    said = line(listed(ticket(12), Seen(issue(12), NEW), clocks, LABELS, told=False), now)
    assert said.startswith(
        "#12  Problem 12  high, in New Issues, 14 cases; First look: overdue since November 18"
    )
    assert said.endswith("; Outstanding: due December 31, 2026 at 10:04 a.m. ET")
    one = ticket(
        None, days={date(2026, 11, 16): ticket().days[date(2026, 11, 18)]}, priority=None, column=None
    )
    assert (
        line(listed(one, None, clocks, LABELS, told=False), now)
        == "not filed yet  Problem None  no priority, 5 cases"
    )
    closed = ListedTicket(3, "A\x1b[31m\nB", state=State.CLOSED, state_reason="not_planned", cases=1)
    assert line(closed, now) == (
        "#3  A [31m B  no priority, 1 case; closed as not planned, and those who wait were not told yet"
    )
    assert line(replace(closed, told=True), now).endswith("closed as not planned")
    assert line(ListedTicket(3, "A", state=State.MOVED), now).endswith("moved to another repository")
