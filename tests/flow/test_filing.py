"""Filing: each step recorded before and after, so that whatever happens between two of them doubles nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sf_handoff.adapters.store import SqlStore
from sf_handoff.errors import Misconfigured, Unavailable
from sf_handoff.redaction import Unclean, scrub
from sf_handoff.reports import planning
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.marker import markers_in
from sf_handoff.reports.plan import Does, body_of
from sf_handoff.reports.tickets import Place, Priority, State, Step, StepState, TrackerFacts
from tests.adapters.stored import SEAL
from tests.conftest import Clock
from tests.flow.tracked import (
    BACK,
    DAY,
    HERE,
    LABELS,
    NEW,
    STAFF,
    US,
    Desk,
    Killed,
    Life,
    Tracked,
    away,
    draft,
    fine,
    fingerprint,
    limited,
    lost,
    lost_before,
    refused,
    ticket_map,
)

NEXT = ReportDay(DAY.date + timedelta(days=1))
LEDGER = ("tickets", "ticket_steps", "ticket_days", "ticket_cases")
PLACED = Place(NEW, "Medium priority")


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    store = SqlStore.open(f"sqlite:///{tmp_path / 's' / 'store.sqlite3'}", SEAL, clock)
    with closing(store._engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA synchronous = OFF")  # nobody pulls the plug here
    yield Desk(Tracked(clock), store, clock)
    store.close()


def whole(desk: Desk, count: int) -> None:
    """Each problem has one issue, where it belongs, with one tally; and nothing is left to do."""
    tracker = desk.tracker
    assert sorted(each.title for each in tracker.issues.values()) == sorted(
        f"Problem {number}" for number in range(1, count + 1)
    )
    for number, issue in tracker.issues.items():
        assert set(issue.labels) == {"handoff-connector", "Contact Center", "tier-3"}
        assert tracker.board[number] == PLACED
        assert len(tracker.said[number]) == 1
    assert not any(each.unfinished for each in desk.store.tickets())


# As it should go


def test_a_problem_becomes_an_issue_in_its_place(desk: Desk) -> None:
    filed = desk.file(draft())
    (issue,) = desk.tracker.issues.values()
    ticket = desk.ticket()
    assert filed.tickets == (ticket,)
    assert (filed.findings, filed.unavailable, filed.needs_a_person) == ((), None, False)
    assert (ticket.number, ticket.url, ticket.state) == (issue.number, issue.url, State.OPEN)
    assert (ticket.column, ticket.priority, ticket.cases, ticket.people) == (NEW, Priority.MEDIUM, 2, 2)
    assert issue.body.startswith("Claim status 1 does not open.")
    assert [each.token for each in markers_in(issue.body)] == [ticket.marker]
    (comment,) = desk.tracker.said[issue.number]
    assert comment.body.startswith("2026-11-19: 2 cases, 2 people")
    assert comment.comment_id == ticket.tally_id
    assert desk.store.cases(ticket.ticket_id) == list(draft().cases)
    whole(desk, 1)


def test_what_is_urgent_gets_an_estimate_where_the_map_has_one(desk: Desk) -> None:
    desk.file(draft(priority=Priority.URGENT))
    assert desk.tracker.board[1] == Place(NEW, "Urgent", 5.0)


def test_without_a_board_the_priority_is_a_label(desk: Desk) -> None:
    desk.tracker.has = replace(desk.tracker.has, board=False, columns=(), priorities=())
    desk.file(draft())
    assert "priority: medium" in desk.tracker.issues[1].labels
    assert {"place", "prioritise", "estimate"} & {name for name, _ in desk.tracker.log} == set()
    assert not desk.plan(draft()).acts


def test_nothing_is_written_by_a_plan(desk: Desk) -> None:
    plan = desk.plan(draft())
    assert {name for name, _ in desk.tracker.log} == {"facts", "labelled"}
    assert desk.store.tickets() == []
    (words,) = (each.words for each in plan.actions)
    wanted = ("create: Problem 1", "labels: handoff-connector, Contact Center, tier-3", f"column: {NEW}", "priority: Medium priority",
              "Claim status 1 does not open.", "2026-11-19: 2 cases")  # fmt: skip
    assert all(each in words for each in wanted)


def test_r02_the_same_day_three_times_is_one_issue_each(desk: Desk) -> None:
    """R02, R07"""
    for _ in range(3):
        filed = desk.file(draft(1), draft(2))
    assert filed.tickets == ()
    assert (desk.tracker.count("create"), desk.tracker.count("comment")) == (2, 2)
    whole(desk, 2)


def test_r07_two_rows_of_one_fingerprint_are_one_ticket(desk: Desk) -> None:
    """R07: and a case that comes twice counts once."""
    twice = draft(cases=2)
    desk.file(twice, replace(twice, cases=(*twice.cases[:1], *draft(2).cases)))
    assert desk.tracker.count("create") == 1
    assert desk.ticket().cases == 4


def test_story_50_a_repeat_adds_to_the_count_and_not_to_the_issues(desk: Desk) -> None:
    desk.file(draft())
    desk.file(draft(cases=3, day=NEXT), day=NEXT)
    assert desk.tracker.count("create") == 1
    (comment,) = desk.tracker.said[1]
    assert "2026-11-19: 2 cases, 2 people" in comment.body
    assert "2026-11-20: 3 cases, 3 people" in comment.body
    assert desk.ticket().cases == 5
    assert len(desk.store.cases(desk.ticket().ticket_id)) == 5


def test_story_50_nothing_is_created_before_the_ledger_and_our_issues_were_asked(desk: Desk) -> None:
    """Even a ledger that was lost: its key is the same, so the marker is."""
    desk.file(draft())
    with desk.store._transaction() as tx:
        for table in LEDGER:
            tx.exec_driver_sql(f"DELETE FROM {table}")
    plan = desk.plan(draft())
    assert [(each.does, each.number) for each in plan.actions] == [(Does.LINK, 1)]
    desk.filing().run(plan)
    assert desk.tracker.count("create") == 1
    assert len(desk.tracker.said[1]) == 1
    assert desk.ticket().number == 1
    assert not desk.plan(draft()).acts


def test_the_same_number_of_other_cases_is_counted_anew(desk: Desk) -> None:
    desk.file(draft())
    other = replace(draft(), cases=(draft().cases[0], *draft(2, 1).cases))
    assert desk.file(other).tickets
    assert set(desk.store.cases(desk.ticket().ticket_id)) == set(other.cases)


# Z01, Z02: an answer that was lost


def test_z01_an_answer_lost_after_the_create_is_found_by_the_marker(desk: Desk) -> None:
    desk.tracker.fault("create", lost)
    filed = desk.file(draft())
    assert (desk.tracker.count("create"), filed.findings, desk.slept) == (1, (), [])
    whole(desk, 1)


def test_z01_an_issue_without_our_label_is_found_among_those_we_made(desk: Desk) -> None:
    def bare(call: object) -> None:
        desk.tracker.make(US, "Problem 1", desk.plan(draft()).actions[0].body.text)  # type: ignore[union-attr]
        lost_before(lambda: None)

    desk.tracker.fault("create", bare)
    desk.file(draft())
    assert desk.tracker.count("create") == 1
    whole(desk, 1)


def test_z02_what_shows_late_is_looked_for_again(desk: Desk) -> None:
    """The other tickets go on meanwhile."""
    desk.tracker.fault("create", desk.tracker.slow(20, lost))
    desk.file(draft(1), draft(2))
    assert desk.tracker.count("create") == 2
    assert desk.slept == [30]
    assert [about for name, about in desk.tracker.log if name == "place"] == [(2, NEW), (1, NEW)]
    whole(desk, 2)


def test_z02_what_never_shows_is_made_again_after_half_a_minute(desk: Desk) -> None:
    desk.tracker.fault("create", lost_before)
    began = desk.clock.now
    desk.file(draft())
    assert desk.tracker.count("create") == 2
    assert desk.tracker.issues[1].created_at - began >= timedelta(seconds=30)
    whole(desk, 1)


def test_z02_a_second_lost_answer_is_for_a_person(desk: Desk) -> None:
    """A third request is never sent; what shows in the end is linked."""
    desk.tracker.fault("create", lost_before, desk.tracker.slow(3600, lost))
    filed = desk.file(draft())
    assert (desk.codes(filed), filed.needs_a_person) == (["UNCERTAIN"], True)
    record = desk.ticket().steps[Step.CREATE]
    assert (record.state, record.code) == (StepState.FAILED, "UNCERTAIN")
    for _ in range(2):
        desk.clock.forward(minutes=10)
        again = desk.file(draft())
        assert (desk.codes(again), desk.tracker.count("create")) == (["UNCERTAIN"], 2)
    desk.clock.forward(hours=1)
    assert desk.codes(desk.file(draft())) == []
    assert desk.tracker.count("create") == 2
    whole(desk, 1)


def test_z02_who_has_looked_says_that_it_may_be_made(desk: Desk) -> None:
    desk.tracker.fault("create", lost_before, lost_before)
    desk.file(draft())
    assert not desk.plan(draft()).acts
    desk.store.again(desk.ticket().ticket_id, (Step.CREATE,))
    desk.file(draft())
    whole(desk, 1)


def test_z02_a_list_that_cannot_be_had_makes_nothing(desk: Desk) -> None:
    filing = desk.filing()
    plan = filing.plan((draft(),), DAY)
    desk.tracker.fault("create", lost_before)
    desk.tracker.fault("labelled", fine, away, away)
    filed = filing.run(plan)
    assert (desk.codes(filed), desk.tracker.count("create")) == (["UNCERTAIN"], 1)


def test_a_tally_whose_answer_was_lost_is_found(desk: Desk) -> None:
    desk.tracker.fault("comment", lost)
    desk.file(draft())
    whole(desk, 1)


def test_a_tally_that_was_lost_is_written_later(desk: Desk) -> None:
    desk.tracker.fault("comment", lost_before)
    desk.file(draft())
    assert desk.slept == [30]
    whole(desk, 1)


def test_a_tally_that_is_lost_twice_is_left_to_the_next_run(desk: Desk) -> None:
    desk.tracker.fault("comment", lost_before, lost_before)
    assert desk.codes(desk.file(draft())) == ["UNCERTAIN"]
    desk.clock.forward(minutes=5)
    assert desk.codes(desk.file(draft())) == []
    whole(desk, 1)


# Z03: a step that fails


def test_z03_only_the_failed_step_is_repeated(desk: Desk) -> None:
    desk.tracker.fault("prioritise", refused("INVALID"))
    filed = desk.file(draft())
    assert (desk.codes(filed), desk.ticket().unfinished) == (["INVALID"], (Step.PRIORITISE,))
    assert desk.ticket().number == 1
    desk.tracker.log.clear()
    desk.file(draft())
    writes = [name for name, _ in desk.tracker.log if name not in {"facts", "labelled", "places"}]
    assert writes == ["prioritise"]
    whole(desk, 1)


def test_z03_the_number_is_kept_before_the_next_step(desk: Desk) -> None:
    desk.tracker.fault("place", away)
    assert desk.file(draft()).unavailable == "away"
    assert desk.ticket().number == 1
    desk.file(draft())
    assert desk.tracker.count("create") == 1
    whole(desk, 1)


def test_z03_a_label_that_cannot_be_set_is_left_out_and_said(desk: Desk) -> None:
    """The others are set; the one that is missing is tried again with the next run."""
    desk.tracker.fault("create", refused("INVALID", "labels"))
    desk.tracker.has = replace(desk.tracker.has, labels=desk.tracker.has.labels - {"tier-3"})
    filed = desk.file(draft())
    assert desk.codes(filed) == ["LABEL"]
    assert "tier-3" in filed.findings[0].words
    assert desk.tracker.issues[1].labels == ("handoff-connector", "Contact Center")
    assert desk.tracker.board[1] == PLACED
    desk.tracker.has = replace(desk.tracker.has, labels=desk.tracker.has.labels | {"tier-3"})
    desk.file(draft())
    whole(desk, 1)


def test_z03_a_label_dropped_without_a_word_is_noticed(desk: Desk) -> None:
    def dropped(call: object) -> object:
        body = desk.plan(draft()).actions[0].body
        assert body
        return desk.tracker.make(US, "Problem 1", body.text)

    desk.tracker.fault("create", dropped)
    desk.file(draft())
    assert desk.tracker.count("add_labels") == 1
    whole(desk, 1)


def test_a_column_that_was_renamed_is_said_with_what_is_near(desk: Desk) -> None:
    filing = desk.filing()
    plan = filing.plan((draft(),), DAY)
    desk.tracker.has = replace(desk.tracker.has, columns=("Inbox", "New issues", BACK))
    filed = filing.run(plan)
    assert desk.codes(filed) == ["COLUMN"]
    assert '"New issues" is near' in filed.findings[0].words
    assert desk.tracker.board[1].priority == "Medium priority"
    assert desk.ticket().unfinished == (Step.PLACE,)


def test_a_board_that_lags_keeps_no_other_ticket_waiting(desk: Desk) -> None:
    def lags(call: object) -> None:
        raise Unavailable("not yet", code="BOARD_LAG", retry_after=63)

    desk.tracker.fault("place", lags)
    filed = desk.file(draft(1), draft(2))
    assert (desk.codes(filed), filed.unavailable, filed.needs_a_person, desk.slept) == (
        ["BOARD_LAG"],
        None,
        False,
        [],
    )
    desk.file(draft(1), draft(2))
    whole(desk, 2)


def test_a_token_that_is_refused_ends_the_run(desk: Desk) -> None:
    def signed_out(call: object) -> None:
        raise Misconfigured("GITHUB_TOKEN", code="AUTH")

    desk.tracker.fault("create", signed_out)
    with pytest.raises(Misconfigured):
        desk.file(draft())
    desk.clock.forward(minutes=1)
    desk.file(draft())
    whole(desk, 1)


# Z04: limits


def test_z04_it_waits_as_told(desk: Desk) -> None:
    desk.tracker.fault("create", limited(60), limited(120))
    filed = desk.file(draft())
    assert (desk.slept, filed.unavailable) == ([60, 120], None)
    whole(desk, 1)


def test_z04_beyond_its_patience_it_stops_and_the_next_run_goes_on(desk: Desk) -> None:
    desk.tracker.fault("create", fine, limited(3600))
    filed = desk.file(draft(1), draft(2), draft(3))
    assert (filed.unavailable, desk.slept, desk.tracker.count("create")) == ("wait", [], 2)
    assert len(desk.store.tickets()) == 2
    desk.clock.forward(hours=1)
    desk.file(draft(1), draft(2), draft(3))
    whole(desk, 3)


def test_z04_patience_is_for_the_whole_run(desk: Desk) -> None:
    desk.tracker.fault("create", limited(200))
    desk.tracker.fault("place", limited(200))
    assert desk.file(draft()).unavailable == "wait"
    assert desk.slept == [200]


# Z06: what staff did


def test_z06_completed_and_back_within_two_weeks_is_opened_again(desk: Desk) -> None:
    desk.file(draft())
    desk.tracker.close_it(1, at=NEXT.start + timedelta(hours=1))
    desk.tracker.board[1] = Place("Done", "Low priority")
    later = ReportDay(NEXT.date + timedelta(days=14))
    desk.clock.now = later.end
    filed = desk.file(draft(day=later, priority=Priority.HIGH), day=later)
    assert [each.state for each in filed.tickets] == [State.OPEN]
    assert desk.tracker.issues[1].state is State.OPEN
    assert desk.tracker.board[1] == Place(BACK, "High priority")
    assert (desk.tracker.count("create"), len(desk.tracker.said[1])) == (1, 1)
    assert not desk.plan(draft(day=later, priority=Priority.HIGH), day=later).acts


def test_z06_completed_and_back_later_is_a_new_ticket_that_links_the_old(desk: Desk) -> None:
    desk.file(draft())
    desk.tracker.close_it(1, at=NEXT.start)
    later = ReportDay(NEXT.date + timedelta(days=15))
    desk.clock.now = later.end
    desk.file(draft(day=later), day=later)
    assert (desk.tracker.issues[1].state, desk.tracker.issues[2].state) == (State.CLOSED, State.OPEN)
    assert "#1" in desk.tracker.issues[2].body
    second = desk.ticket(generation=2)
    assert (second.number, second.follows, second.cases) == (2, 1, 2)
    assert second.marker != desk.ticket().marker
    assert not desk.plan(draft(day=later), day=later).acts


def test_z06_cases_from_before_it_was_closed_open_nothing(desk: Desk) -> None:
    """A day that is filed again, after the staff has dealt with it."""
    desk.file(draft())
    desk.tracker.close_it(1)
    desk.file(draft(cases=3))
    assert desk.tracker.issues[1].state is State.CLOSED
    assert (desk.ticket().cases, desk.tracker.count("create")) == (3, 1)


@pytest.mark.parametrize("what", ["not_planned", "duplicate", "moved", "gone", "elsewhere"])
def test_z06_what_staff_did_is_respected_and_the_ledger_counts(desk: Desk, what: str) -> None:
    """Neither a new ticket nor a comment; the count goes up in the ledger only."""
    desk.file(draft())
    if what == "moved":
        del desk.tracker.issues[1]
        desk.tracker.moved[1] = "https://tracker.test/other/7"
    elif what == "gone":
        del desk.tracker.issues[1]
    elif what == "elsewhere":
        desk.tracker.has = replace(desk.tracker.has, repository="example-agency/other")
    else:
        desk.tracker.close_it(1, what)
    desk.tracker.log.clear()
    desk.clock.forward(days=1)
    for _ in range(2):
        filed = desk.file(draft(cases=4, day=NEXT), day=NEXT)
    assert {name for name, _ in desk.tracker.log} <= {"facts", "labelled", "issue", "comments"}
    assert (filed.tickets, desk.ticket().cases) == ((), 6)
    state = {"moved": State.MOVED, "gone": State.GONE, "elsewhere": State.OPEN}.get(what, State.CLOSED)
    assert desk.ticket().state is state


def test_z06_an_issue_that_staff_edited_and_moved_stays_as_it_is(desk: Desk) -> None:
    desk.file(draft())
    desk.tracker.change(1, title="Ours now", body="Rewritten.", labels=())
    desk.tracker.board[1] = Place(BACK, "Low priority")
    desk.file(draft(day=NEXT, priority=Priority.URGENT), day=NEXT)
    issue = desk.tracker.issues[1]
    assert (issue.title, issue.body, issue.labels) == ("Ours now", "Rewritten.", ())
    assert desk.tracker.board[1] == Place(BACK, "Low priority")
    assert (desk.tracker.count("create"), desk.ticket().cases) == (1, 4)


def test_z06_what_staff_set_after_a_step_failed_is_left(desk: Desk) -> None:
    desk.tracker.fault("place", refused("INVALID"))
    desk.tracker.fault("prioritise", refused("INVALID"))
    desk.file(draft())
    desk.tracker.board[1] = Place(BACK, "Urgent")
    desk.file(draft())
    assert desk.tracker.board[1] == Place(BACK, "Urgent")
    assert (desk.ticket().unfinished, desk.ticket().column) == ((), BACK)


def test_z06_one_that_staff_opened_again_is_told_what_was_missed(desk: Desk) -> None:
    desk.file(draft())
    desk.tracker.close_it(1, "not_planned")
    desk.file(draft(day=NEXT), day=NEXT)
    assert "2026-11-20" not in desk.tracker.said[1][0].body
    desk.tracker.change(1, state=State.OPEN, state_reason="reopened")
    desk.file(day=NEXT)
    assert "2026-11-20: 2 cases" in desk.tracker.said[1][0].body


def test_z06_the_count_of_a_duplicate_goes_to_the_ticket_that_it_is_one_of(desk: Desk) -> None:
    desk.file(draft(1), draft(2))
    desk.tracker.close_it(2, "duplicate")
    desk.tracker.say(2, STAFF, "Duplicate of #1")
    for _ in range(2):
        desk.file(draft(1, day=NEXT), draft(2, 3, day=NEXT), day=NEXT)
    assert (desk.ticket(1).cases, desk.ticket(2).cases) == (7, 2)
    assert "2026-11-20: 5 cases, 5 people" in desk.tracker.said[1][0].body
    last = ReportDay(NEXT.date + timedelta(days=1))
    desk.file(draft(2, 1, day=last), day=last)
    assert (desk.ticket(1).cases, desk.ticket(2).cases) == (8, 2)


def test_cases_that_people_took_out_are_counted_no_more(desk: Desk) -> None:
    """Not where only some were: what became of the others is not known."""
    desk.file(draft(1), draft(2, 3))
    numbers = [each.case_number for each in (*draft(1).cases, *draft(2).cases)]
    for _ in range(2):
        planned = desk.filing().plan((), DAY, taken_out=numbers)
        desk.filing().run(planned)
    assert not planned.acts
    assert (desk.store.cases(desk.ticket(1).ticket_id), desk.ticket(2).cases) == ([], 3)
    assert f"{DAY.date}: 0 cases" in desk.tracker.said[desk.ticket(1).number or 0][0].body


def test_cases_that_people_took_out_of_a_closed_ticket_are_counted_no_more(desk: Desk) -> None:
    desk.file(draft(1))
    desk.tracker.close_it(1, "completed")
    numbers = [each.case_number for each in draft(1).cases]
    (action,) = desk.filing().plan((), DAY, taken_out=numbers).actions
    desk.filing().run(desk.filing().plan((), DAY, taken_out=numbers))
    assert (action.does, desk.ticket(1).cases) == (Does.COUNT, 0)
    assert not desk.filing().plan((draft(1),), DAY).actions[0].emptied


@pytest.mark.parametrize(("cases", "more"), [(2, 0), (3, 1)])
def test_a_day_that_a_duplicate_has_counted_is_not_counted_twice(desk: Desk, cases: int, more: int) -> None:
    """Its cases are told with the duplicate's own; those that are found now go to the other ticket."""
    desk.file(draft(1), draft(2))
    desk.tracker.close_it(2, "duplicate")
    desk.tracker.say(2, STAFF, "Duplicate of #1")
    for drafts in ([draft(1), draft(2, cases)], [draft(1), draft(2, cases)], [draft(2, cases)]):
        desk.file(*drafts)
        assert desk.store.cases(desk.ticket(2).ticket_id) == list(draft(2).cases)
        assert not set(desk.store.cases(desk.ticket(1).ticket_id)) & set(draft(2).cases)
    desk.file(draft(1), draft(2, cases))
    assert (desk.ticket(1).cases, desk.ticket(1).people) == (2 + more, 2 + more)


def test_a_locked_issue_refuses_the_tally_and_the_ledger_counts(desk: Desk) -> None:
    desk.file(draft())
    desk.tracker.change(1, locked=True)
    desk.tracker.fault("change_comment", refused("LOCKED"))
    filed = desk.file(draft(day=NEXT), day=NEXT)
    assert (desk.codes(filed), filed.needs_a_person, desk.ticket().cases) == (["LOCKED"], False, 4)
    assert not desk.plan(draft(day=NEXT), day=NEXT).acts
    desk.tracker.change(1, locked=False)
    desk.file(draft(day=NEXT), day=NEXT)
    assert "2026-11-20" in desk.tracker.said[1][0].body


def test_a_tally_that_staff_deleted_is_made_anew_once(desk: Desk) -> None:
    desk.file(draft())
    desk.tracker.said[1].clear()
    desk.tracker.say(1, STAFF, "Thank you.")
    for _ in range(2):
        desk.file(draft(day=NEXT), day=NEXT)
    assert [each.author for each in desk.tracker.said[1]] == [STAFF, US]
    assert desk.ticket().tally_id == desk.tracker.said[1][1].comment_id


# Z07: too many


def test_z07_at_most_25_a_day_and_one_summary(desk: Desk) -> None:
    many = [draft(number, 1) for number in range(1, 41)]
    many[38] = replace(many[38], priority=Priority.URGENT)
    many[39] = draft(40, 5)
    filed = desk.file(*many)
    tracker = desk.tracker
    assert (len(tracker.issues), desk.codes(filed), filed.needs_a_person) == (26, ["OVER"], True)
    titles = [each.title for each in tracker.issues.values()]
    assert titles[:2] == ["Problem 39", "Problem 40"]
    (summary,) = (each for each in tracker.issues.values() if "more problems" in each.title)
    assert summary.title == "15 more problems"
    assert summary.body.count("Problem") == 15
    assert "summary" in summary.labels
    again = desk.file(*many)
    assert (len(tracker.issues), again.tickets, desk.codes(again)) == (26, (), ["OVER"])


def test_z07_the_summary_of_a_day_is_kept_up_to_date_in_place(desk: Desk) -> None:
    desk.map = ticket_map(a_day=2)
    desk.file(*(draft(number) for number in range(1, 5)))
    assert tally_of_summary(desk) == []
    for _ in range(2):
        desk.file(*(draft(number) for number in range(1, 7)))
    assert len(desk.tracker.issues) == 3
    (said,) = tally_of_summary(desk)
    assert said.count("Problem") == 4


def tally_of_summary(desk: Desk) -> list[str]:
    ticket = desk.store.ticket(f"summary-{DAY.date}/1")
    assert ticket
    assert ticket.summary
    assert ticket.number
    return [each.body for each in desk.tracker.said[ticket.number]]


def test_z07_what_was_over_is_filed_when_it_comes_on_another_day(desk: Desk) -> None:
    desk.map = ticket_map(a_day=2)
    desk.file(*(draft(number) for number in range(1, 4)))
    filed = desk.file(draft(3, day=NEXT), day=NEXT)
    assert [each.fingerprint for each in filed.tickets] == [fingerprint(3)]
    assert desk.codes(filed) == []


# Refused before anything is written


def test_a_public_repository_is_refused_where_the_map_says_private(desk: Desk) -> None:
    desk.tracker.has = replace(desk.tracker.has, private=False)
    with pytest.raises(Misconfigured) as refusal:
        desk.plan(draft())
    assert refusal.value.code == "REPOSITORY_PUBLIC"
    desk.map = ticket_map(private=False)
    assert desk.plan(draft()).acts


def test_what_is_missing_is_named_before_anything_is_written(desk: Desk) -> None:
    def missing(facts: TrackerFacts) -> list[str]:
        return [f"{facts.repository} has no label tier-9", "no column Elsewhere"]

    with pytest.raises(Misconfigured, match=f"{HERE} has no label tier-9; no column Elsewhere"):
        desk.plan(draft(), missing=missing)


# I08: markers


def test_i08_a_marker_by_somebody_else_is_no_marker(desk: Desk) -> None:
    """Even a true one, copied from an issue of ours."""
    body = desk.plan(draft()).actions[0].body
    assert body
    desk.tracker.make(STAFF, "Copied", body.text, [LABELS.ours.name])
    assert [each.does for each in desk.plan(draft()).actions] == [Does.CREATE]
    assert desk.codes(desk.file(draft())) == []
    assert desk.ticket().number == 2


def test_i08_a_marker_of_another_store_is_for_a_person(desk: Desk) -> None:
    forged = f"<!-- sf-handoff {fingerprint(1)} 1 sfh{'0' * 32} -->"
    desk.tracker.make(US, "Another store's", f"text\n\n{forged}", [LABELS.ours.name])
    filed = desk.file(draft(1), draft(2))
    assert (desk.codes(filed), filed.needs_a_person) == (["FOREIGN_MARKER"], True)
    assert [each.fingerprint for each in filed.tickets] == [fingerprint(2)]


@pytest.mark.parametrize("around", ["```\n{}\n```", "> {}", "`{}`", "    {}", "~~~~\n```\n{}"])
def test_i08_a_marker_in_code_or_quoted_counts_for_nothing(desk: Desk, around: str) -> None:
    forged = f"<!-- sf-handoff {fingerprint(1)} 1 sfh{'0' * 32} -->"
    desk.tracker.make(US, "About markers", around.format(forged), [LABELS.ours.name])
    assert desk.codes(desk.file(draft())) == []
    assert desk.ticket().number == 2


# Whatever happens between two steps


def test_story_57_a_run_that_is_cut_off_is_gone_on_with(desk: Desk) -> None:
    """Limits, a deleted label, a closed issue and a failed step in one batch: each is resumed or respected."""
    desk.tracker.fault("prioritise", refused("INVALID"))
    desk.tracker.fault("create", fine, fine, limited(7200))
    filed = desk.file(*(draft(number) for number in range(1, 5)))
    assert (filed.unavailable, desk.codes(filed)) == ("wait", ["INVALID"])
    desk.tracker.close_it(2, "not_planned")
    desk.clock.forward(hours=2)
    desk.file(*(draft(number) for number in range(1, 5)))
    assert [each.number for each in desk.store.tickets()] == [1, 2, 3, 4]
    assert desk.tracker.issues[2].state is State.CLOSED
    desk.tracker.change(2, state=State.OPEN)
    whole(desk, 4)


def test_story_57_killed_at_every_point_nothing_is_doubled(desk: Desk) -> None:
    """Z01, R02: before and after each call, of the ledger and of the tracker; then it is run to its end."""
    drafts = (draft(1), draft(2))
    for point in range(200):
        anew(desk)
        try:
            desk.file(*drafts, life=Life(point))
        except Killed:
            desk.clock.forward(minutes=11)
        else:
            break
        filed = desk.file(*drafts)
        assert (filed.findings, filed.unavailable) == ((), None)
        assert (desk.tracker.count("create"), desk.tracker.count("comment")) == (2, 2), point
        whole(desk, 2)
        assert not desk.plan(*drafts).acts
    assert 60 < point < 199


def anew(desk: Desk) -> None:
    """An empty ledger and tracker."""
    desk.tracker = Tracked(desk.clock)
    with desk.store._transaction() as tx:
        for table in LEDGER:
            tx.exec_driver_sql(f"DELETE FROM {table}")


def test_a_run_that_died_is_in_nobodys_way(desk: Desk) -> None:
    with pytest.raises(Killed):
        desk.file(draft(), life=Life(20))
    assert desk.file(draft()).unavailable is None
    whole(desk, 1)


def test_z02_a_run_that_died_just_now_is_waited_for(desk: Desk) -> None:
    """Its request may be under way."""

    def killed(call: object) -> None:
        raise Killed

    desk.tracker.fault("create", killed)
    with pytest.raises(Killed):
        desk.file(draft())
    desk.clock.forward(seconds=10)
    desk.file(draft())
    assert desk.slept == [20]
    whole(desk, 1)


def test_two_runs_at_once_make_one_issue(desk: Desk) -> None:
    """One files while the other is refused, in the middle of its create; then the other one finds all done."""
    plans = [desk.plan(draft(1), draft(2)) for _ in range(2)]
    within, go_on = threading.Event(), threading.Event()

    def held(call: object) -> object:
        within.set()
        assert go_on.wait(30)
        return call()  # type: ignore[operator]

    desk.tracker.fault("create", held)
    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(desk.filing().run, plans[0])
        assert within.wait(30)
        refused_one = desk.filing().run(plans[1])
        go_on.set()
        assert one.result().unavailable is None
    assert refused_one.unavailable
    assert desk.filing().run(plans[1]).findings == ()
    assert desk.tracker.count("create") == 2
    whole(desk, 2)


def test_what_another_day_has_left_is_finished(desk: Desk) -> None:
    desk.tracker.fault("place", away)
    desk.file(draft())
    filed = desk.file(draft(2, day=NEXT), day=NEXT)
    assert [each.number for each in filed.tickets] == [2, 1]
    whole(desk, 2)


def test_what_another_day_could_not_create_is_said(desk: Desk) -> None:
    desk.tracker.fault("create", refused("INVALID"))
    desk.file(draft())
    filed = desk.file(day=NEXT)
    assert desk.codes(filed) == ["UNFINISHED"]
    assert str(DAY.date) in filed.findings[0].words
    assert desk.tracker.issues == {}


def test_what_may_hold_something_personal_is_held_and_the_others_are_filed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = body_of

    def looked(made: object, *rest: object) -> object:
        if made == draft(1):
            raise Unclean("found", kinds=("phone number",))
        return usual(made, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(planning, "body_of", looked)
    filed = desk.file(draft(1), draft(2))
    assert (desk.codes(filed), filed.needs_a_person) == (["PERSONAL"], True)
    assert "phone number" in filed.findings[0].words
    assert [each.fingerprint for each in filed.tickets] == [fingerprint(2)]


def test_who_decided_is_on_the_ticket_by_role(desk: Desk) -> None:
    number = draft(1).cases[0].case_number
    plan = desk.plan(draft(1), draft(2), decided=[number], role=scrub("a contact-center lead"))
    bodies = [each.body.text for each in plan.actions if each.body]
    assert ["Forwarded by: a contact-center lead" in each for each in bodies] == [True, False]
