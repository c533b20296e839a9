"""Which tickets are open: from the ledger and the tracker, in few calls; from the ledger alone where it is away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sf_handoff.errors import Misconfigured, Unavailable
from sf_handoff.mapping import MappingSet
from sf_handoff.reports.clocks import Met
from sf_handoff.reports.tickets import Place, State, Ticket
from sf_handoff.ticket_list import AWAY, Listing, open_tickets
from tests.listed import FILED, LABELS, TellingLedger, TellingTracker, comment, issue, ticket


def listing(mappings: MappingSet, tickets: list[Ticket], tracker: TellingTracker, **how: object) -> Listing:
    return open_tickets(TellingLedger(tickets).port, tracker.port, mappings.clocks, LABELS, **how)  # type: ignore[arg-type]


def numbers(found: Listing) -> list[int | None]:
    return [each.number for each in found.tickets]


def test_three_calls_and_one_for_each_that_may_have_an_answer(mappings: MappingSet) -> None:
    tickets = [ticket(each, tally_id=each if each == 3 else None) for each in range(1, 41)]
    issues = [issue(each, comments=1 if each in (2, 3) else 0) for each in range(1, 41)]
    answered = comment("avery-analyst", FILED + timedelta(hours=1))
    tracker = TellingTracker(issues, {2: Place("Icebox")}, {2: [answered]})
    found = listing(mappings, tickets, tracker)
    assert tracker.calls == ["labelled", f"places {list(range(1, 41))}", "comments 2"]
    two = next(each for each in found.tickets if each.number == 2)
    assert two.pipeline == "Icebox"
    assert [each.met_by for each in two.clocks if each.name == "Owner's answer"] == [Met.ANSWERED]


def test_the_open_list_keeps_what_is_closed_until_everybody_was_told(mappings: MappingSet) -> None:
    tickets = [
        ticket(1),
        ticket(2, state=State.CLOSED),
        ticket(3, state=State.CLOSED),
        ticket(4, state=State.CLOSED, summary=True),
    ]
    tracker = TellingTracker([issue(1)])
    assert sorted(map(str, numbers(listing(mappings, tickets, tracker, told={"t1", "t3"})))) == ["1", "2"]
    everything = listing(mappings, tickets, tracker, told={"t3"}, closed_too=True)
    assert {each.number: each.told for each in everything.tickets} == {1: False, 2: False, 3: True, 4: False}


def test_what_is_not_among_the_open_ones_any_more_is_asked_for(mappings: MappingSet) -> None:
    tickets = [ticket(each) for each in (1, 2, 3, 4)] + [ticket(5, state=State.CLOSED), ticket(None)]
    issues = [
        issue(1, state=State.CLOSED, closed_at=FILED + timedelta(days=1)),
        issue(4, labels=()),
    ]
    tracker = TellingTracker(issues, moved={2: "https://tracker.example/other/issues/9"})
    found = listing(mappings, tickets, tracker)
    assert {each.number: each.state for each in found.tickets} == {
        1: State.CLOSED,
        2: State.MOVED,
        3: State.GONE,
        4: State.OPEN,
        5: State.CLOSED,
        None: State.OPEN,
    }
    assert tracker.calls == ["labelled", "issue 1", "issue 2", "issue 3", "issue 4", "places [4]"]
    assert not any(each.clocks for each in found.tickets if each.state in (State.GONE, State.MOVED))


def test_an_issue_that_is_open_again_is_shown_so(mappings: MappingSet) -> None:
    closed = ticket(1, state=State.CLOSED, closed_at=FILED + timedelta(days=9))
    (shown,) = listing(mappings, [closed], TellingTracker([issue(1)]), told={"t1"}).tickets
    assert shown.state is State.OPEN
    assert min(each.due for each in shown.clocks) > FILED + timedelta(days=9)


def test_the_clocks_run_anew_from_when_it_was_opened_again_after_an_answer(mappings: MappingSet) -> None:
    """Also once the ledger knows it as open: then nothing else says when it was closed."""
    later = FILED + timedelta(days=20)
    found = listing(
        mappings, [ticket(1), ticket(2)], TellingTracker([issue(1), issue(2)]), reopened={"t1": later}
    )
    due = {each.number: min(clock.due for clock in each.clocks) for each in found.tickets}
    assert due[1] > later > due[2] > FILED


def test_the_same_number_in_another_repository_is_another_issue(mappings: MappingSet) -> None:
    there = issue(1, title="Theirs", url="https://tracker.example/example-agency/other/issues/1")
    (shown,) = listing(mappings, [ticket(1)], TellingTracker([there])).tickets
    assert shown.title == "Problem 1"
    (same,) = listing(mappings, [ticket(1)], TellingTracker([issue(1, title="Ours")])).tickets
    assert same.title == "Ours"


def test_issues_that_others_gave_our_label_are_named(mappings: MappingSet) -> None:
    found = listing(mappings, [ticket(1)], TellingTracker([issue(1), issue(9), issue(7)]))
    assert found.notes == ("Labelled handoff-connector, and not filed from here: #7, #9.",)
    assert numbers(found) == [1]


@pytest.mark.parametrize("fails", ["labelled", "places", "comments"])
def test_where_the_tracker_is_away_the_ledger_tells_what_it_knows(mappings: MappingSet, fails: str) -> None:
    tracker = TellingTracker(
        [issue(1, comments=1, title="New words")], error=Unavailable("Away."), fails=fails
    )
    found = listing(mappings, [ticket(1)], tracker)
    assert found.away is tracker.error
    assert found.notes == (AWAY,)
    (one,) = found.tickets
    assert (one.title, one.pipeline, one.priority) == ("Problem 1", "New Issues", "high")
    assert [each.name for each in one.clocks] == ["High priority", "Outstanding"]


def test_a_tracker_that_refuses_us_is_no_tracker_that_is_away(mappings: MappingSet) -> None:
    with pytest.raises(Misconfigured):
        listing(mappings, [ticket(1)], TellingTracker(error=Misconfigured("No such repository.")))


def test_without_a_ticket_there_is_nothing_to_ask_the_board(mappings: MappingSet) -> None:
    tracker = TellingTracker()
    assert listing(mappings, [], tracker) == Listing(())
    assert tracker.calls == ["labelled"]
