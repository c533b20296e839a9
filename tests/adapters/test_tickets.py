"""The ledger of tickets, on both databases: intended once, each step as it is, counted as often as one likes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from sf_handoff.adapters import tables
from sf_handoff.adapters.seal import Seal
from sf_handoff.adapters.store import SqlStore
from sf_handoff.errors import Misconfigured
from sf_handoff.redaction import scrub
from sf_handoff.reports.decisions import Decided, Decision
from sf_handoff.reports.tickets import (
    DayCount,
    Moved,
    Place,
    Priority,
    State,
    Step,
    StepRecord,
    StepState,
    Ticket,
    TicketCase,
    TrackedIssue,
)
from tests.conftest import Clock

from .conftest import Opener
from .stored import at_once

DAY, NEXT = date(2026, 11, 19), date(2026, 11, 20)
ONE, OTHER = "v1-00000000000000aa", "v1-00000000000000bb"
STEPS = (Step.CREATE, Step.PLACE, Step.TALLY)
CASES = tuple(TicketCase(f"0000{number}", f"50000000000000{number}AAA") for number in range(1, 4))
MADE = datetime(2026, 11, 20, 15, 5, tzinfo=UTC)
ISSUE = TrackedIssue(7, "t", "b", State.OPEN, "handoff-connector", MADE, MADE, "https://tracker.test/7")


def intend(store: SqlStore, fingerprint: str = ONE, generation: int = 1, title: str = "Problem") -> Ticket:
    return store.intend(
        fingerprint, generation=generation, day=DAY, title=scrub(title), repository="a/b", steps=STEPS,
        priority=Priority.HIGH, labels=("x", "y"), follows=3 if generation > 1 else None,
    )  # fmt: skip


def states(ticket: Ticket) -> list[tuple[str, str]]:
    return [(step, record.state) for step, record in ticket.steps.items()]


# Intended


def test_what_is_intended_comes_back_as_it_was_kept(store: SqlStore, clock: Clock) -> None:
    made = intend(store, generation=2)
    assert made == Ticket(
        ticket_id=made.ticket_id, fingerprint=ONE, generation=2, marker=store.marker(ONE, 2), title="Problem",
        repository="a/b", intended_at=clock.now, day=DAY, priority=Priority.HIGH, labels=("x", "y"), follows=3,
        steps={step: StepRecord(StepState.TO_DO, clock.now) for step in STEPS},
    )  # fmt: skip
    assert store.ticket(made.ticket_id) == made
    assert store.ticket("another") is None


def test_what_is_intended_twice_is_one_ticket_as_it_was(store: SqlStore, clock: Clock) -> None:
    """R07"""
    first = intend(store)
    store.not_done(first.ticket_id, Step.CREATE, "INVALID")
    clock.forward(hours=1)
    again = intend(store, title="Another title")
    assert (again.title, again.intended_at) == ("Problem", first.intended_at)
    assert again.steps[Step.CREATE].state is StepState.FAILED
    assert len(store.tickets()) == 1


def test_two_processes_intend_the_same_ticket_at_once(url: str, opened: Opener) -> None:
    """R07"""
    stores = [opened(url) for _ in range(4)]
    made = at_once(4, lambda number: intend(stores[number], title=f"From {number}"))
    assert len({each.title for each in made}) == 1
    assert len(stores[0].tickets()) == 1


def test_tickets_are_listed_by_fingerprint_and_generation(store: SqlStore) -> None:
    for fingerprint, generation in ((OTHER, 1), (ONE, 2), (ONE, 1)):
        intend(store, fingerprint, generation)
    store.seen(f"{ONE}/1", replace(ISSUE, state=State.CLOSED))

    def listed(tickets: list[Ticket]) -> list[tuple[str, int]]:
        return [(each.fingerprint, each.generation) for each in tickets]

    assert listed(store.tickets()) == [(ONE, 1), (ONE, 2), (OTHER, 1)]
    assert listed(store.tickets(fingerprints=(OTHER,))) == [(OTHER, 1)]
    assert listed(store.tickets(open_only=True)) == [(ONE, 2), (OTHER, 1)]


def test_i08_a_marker_cannot_be_made_without_the_store(
    store: SqlStore, url: str, opened: Opener, tmp_path: object
) -> None:
    """I08: the same for every host of a store, another one for every ticket and every other store."""
    mine = store.marker(ONE, 1)
    assert mine.startswith("sfh") and len(mine) == 35 and mine.isalnum()
    assert opened(url).marker(ONE, 1) == mine
    stranger = opened(f"sqlite:///{tmp_path}/another/store.sqlite3")
    assert len({mine, store.marker(ONE, 2), store.marker(OTHER, 1), stranger.marker(ONE, 1)}) == 4


# Steps


def test_z01_a_step_is_recorded_before_and_after(store: SqlStore, clock: Clock) -> None:
    ticket_id = intend(store).ticket_id
    clock.forward(seconds=5)
    begun = store.begin(ticket_id, Step.CREATE)
    assert begun.steps[Step.CREATE] == StepRecord(StepState.BEGUN, clock.now)
    assert begun.unfinished == STEPS
    clock.forward(seconds=5)
    done = store.done(ticket_id, Step.CREATE, issue=ISSUE)
    assert done.steps[Step.CREATE] == StepRecord(StepState.DONE, clock.now)
    assert (done.number, done.url, done.opened_at) == (7, ISSUE.url, MADE)
    assert done.unfinished == (Step.PLACE, Step.TALLY)


def test_z03_what_came_back_stays_when_another_step_fails(store: SqlStore) -> None:
    ticket_id = intend(store).ticket_id
    store.done(ticket_id, Step.CREATE, issue=ISSUE)
    store.done(ticket_id, Step.TALLY, tally_id=5_000_000_000)
    failed = store.not_done(ticket_id, Step.PLACE, "COLUMN")
    assert (failed.number, failed.tally_id, failed.steps[Step.PLACE].code) == (7, 5_000_000_000, "COLUMN")
    placed = store.done(ticket_id, Step.PLACE, place=Place("New Issues"))
    assert (placed.column, placed.unfinished, placed.steps[Step.PLACE].code) == ("New Issues", (), None)


def test_steps_can_be_asked_for_again(store: SqlStore) -> None:
    ticket_id = intend(store).ticket_id
    store.done(ticket_id, Step.PLACE)
    again = store.again(ticket_id, (Step.REOPEN, Step.PLACE), priority=Priority.URGENT)
    assert states(again) == [(step, "to do") for step in (Step.CREATE, Step.REOPEN, Step.PLACE, Step.TALLY)]
    assert again.priority is Priority.URGENT
    assert store.again(ticket_id, (Step.TALLY,)).priority is Priority.URGENT


# Counts


def test_the_cases_of_a_day_are_counted_once(store: SqlStore) -> None:
    ticket_id = intend(store).ticket_id
    for _ in range(3):
        ticket = store.count(ticket_id, DAY, CASES[:2], 2, (Step.TALLY,))
    assert ticket.days == {DAY: DayCount(2, 2)}
    assert store.cases(ticket_id) == list(CASES[:2])


def test_a_later_count_of_a_day_takes_the_place_of_an_earlier_one(store: SqlStore) -> None:
    ticket_id = intend(store).ticket_id
    intend(store, OTHER)
    store.count(ticket_id, NEXT, CASES[:1], 1)
    store.count(ticket_id, DAY, CASES[:2], 2)
    store.count(f"{OTHER}/1", DAY, CASES[2:], 1)
    ticket = store.count(ticket_id, DAY, (*CASES[1:], CASES[1]), 1)
    assert list(ticket.days.items()) == [(DAY, DayCount(2, 1)), (NEXT, DayCount(1, 1))]
    assert (ticket.cases, ticket.people) == (3, 2)
    assert store.cases(ticket_id) == list(CASES)
    assert store.counted(DAY) == {ticket_id: frozenset(CASES[1:]), f"{OTHER}/1": frozenset(CASES[2:])}
    assert store.count(ticket_id, DAY, (), 0).days[DAY] == DayCount(0, 0)


def test_steps_are_to_be_done_again_where_a_count_changed(store: SqlStore) -> None:
    ticket_id = intend(store).ticket_id
    store.count(ticket_id, DAY, CASES[:2], 2)
    for cases, people, state in ((CASES[:2], 2, "done"), (CASES[1:], 2, "to do"), (CASES[1:], 1, "to do")):
        store.done(ticket_id, Step.TALLY)
        found = store.count(ticket_id, DAY, cases, people, (Step.TALLY,))
        assert found.steps[Step.TALLY].state == state


# What the tracker shows


def test_z06_what_is_seen_of_an_issue_is_kept(store: SqlStore) -> None:
    ticket_id = intend(store).ticket_id
    store.done(ticket_id, Step.CREATE, issue=ISSUE)
    closed = store.seen(
        ticket_id, replace(ISSUE, state=State.CLOSED, state_reason="completed", closed_at=MADE)
    )
    assert (closed.state, closed.state_reason, closed.closed_at) == (State.CLOSED, "completed", MADE)
    opened = store.seen(ticket_id, ISSUE, Place("Done"))
    assert (opened.state, opened.state_reason, opened.closed_at, opened.column) == (
        State.OPEN,
        None,
        None,
        "Done",
    )
    moved = store.seen(ticket_id, Moved("https://tracker.test/other/1"))
    assert (moved.state, moved.url, moved.number) == (State.MOVED, "https://tracker.test/other/1", 7)
    assert store.seen(ticket_id, None).state is State.GONE


# What people decided


def test_decisions_are_kept_with_who_made_them(store: SqlStore, clock: Clock) -> None:
    """By account id; the reason may hold anything, and is sealed."""
    first = {
        "00001": Decided(Decision.FORWARD, "Jesse Gray called twice"),
        "00002": Decided(Decision.NOT_OURS, ""),
    }
    store.decide(first, day=DAY, by="account-1")
    store.decide({"00001": Decided(Decision.RESOLVE_HERE, "reset")}, day=NEXT, by="account-1")
    assert store.decided(DAY) == first
    with store._transaction() as tx:
        kept = tx.execute(select(tables.decisions).order_by("day", "case_number")).all()
    assert [(each.case_number, each.decided_by) for each in kept[:2]] == [
        ("00001", "account-1"),
        ("00002", "account-1"),
    ]
    assert b"Gray" not in kept[0].reason and kept[1].reason is None
    store.decide({"00001": Decided(Decision.NOT_OURS, "no")}, day=DAY, by="account-2")
    assert store.decided(DAY) == {**first, "00001": Decided(Decision.NOT_OURS, "no")}
    assert store.decided(date(2026, 1, 1)) == {}


def test_a_reason_that_was_moved_to_another_case_does_not_open(store: SqlStore) -> None:
    both = {number: Decided(Decision.FORWARD, f"reason {number}") for number in ("00001", "00002")}
    store.decide(both, day=DAY, by="account-1")
    with store._transaction() as tx:
        stolen = tx.execute(
            select(tables.decisions.c.reason).where(tables.decisions.c.case_number == "00001")
        ).scalar_one()
        tx.execute(tables.decisions.update().values(reason=stolen))
    with pytest.raises(Misconfigured) as refused:
        store.decided(DAY)
    assert refused.value.code == "TAMPERED"
    assert isinstance(store._seal, Seal)


def test_what_somebody_typed_to_a_decision_is_emptied_with_what_was_parked(
    store: SqlStore, clock: Clock
) -> None:
    """The decision itself stays: a day that is filed again is filed as it was decided."""
    store.decide({"00001": Decided(Decision.FORWARD, "a reason")}, day=DAY, by="account-1")
    clock.forward(days=89)
    store.purge(delivered=timedelta(days=30), parked=timedelta(days=90))
    assert store.decided(DAY)["00001"].reason == "a reason"
    clock.forward(days=2)
    store.purge(delivered=timedelta(days=30), parked=timedelta(days=90))
    assert store.decided(DAY) == {"00001": Decided(Decision.FORWARD, "")}
