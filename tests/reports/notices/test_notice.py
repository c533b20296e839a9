"""A notice from its draft to having been told, and the ticket with it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sf_handoff.errors import Rejected
from sf_handoff.reports.notices.notice import (
    CHANGED,
    approve,
    draft,
    notice_id,
    published,
    recorded,
    renewed,
    withdraw,
)
from sf_handoff.reports.notices.routes import route
from sf_handoff.reports.notices.task_text import task_text
from sf_handoff.reports.notices.told import standing
from sf_handoff.reports.notices.values import (
    Attempt,
    Means,
    Notice,
    NoticeState,
    Outcome,
    Reached,
    Route,
    Unresolved,
    Waiting,
    Why,
)
from sf_handoff.reports.tickets import TicketCase
from tests.reports.notices.made import FRIDAY, about, notices, resolution, templates, waiting

S = NoticeState


def drafted(case: Waiting | None = None, kind: Outcome = Outcome.COMPLETED, **how: Any) -> Notice:
    return draft(about(kind), route(case or waiting()), templates(), **how)


def approved(**how: Any) -> Notice:
    made = drafted(**how)
    return approve(made, made.digest)


def attempt(outcome: Reached, *, day: int = 0, means: Means = Means.EMAIL) -> Attempt:
    return Attempt(means, FRIDAY + timedelta(days=day), outcome)


def after(made: Notice, *outcomes: Reached, case: Waiting | None = None) -> Notice:
    for day, outcome in enumerate(outcomes):
        made = recorded(made, attempt(outcome, day=day), case or waiting(), templates())
    return made


def case_of(made: Notice) -> TicketCase:
    return TicketCase(made.case_number, made.case_id)


# Drafts


def test_the_same_ticket_turn_and_case_give_the_same_notice() -> None:
    assert drafted() == drafted()
    ids = {
        notice_id("t-1", 1, "c"),
        notice_id("t-1", 2, "c"),
        notice_id("t-1", 1, "d"),
        notice_id("t-11", 1, "c"),
    }
    assert len(ids) == 4 and all(len(each) <= 64 for each in ids)


@pytest.mark.parametrize("outcome", Outcome)
def test_a_draft_says_what_came_of_the_ticket(outcome: Outcome) -> None:
    made = drafted(kind=outcome)
    assert (made.state, made.template) == (S.DRAFT, notices().proposals[outcome])
    assert all(part in made.body for part in ("Claims load again.", "00001001", "checking your claim status"))
    if outcome is not Outcome.COMPLETED:
        assert "fixed" not in f"{made.subject} {made.body}".lower()


def test_story_66_whom_nobody_may_contact_gets_no_text_but_stands_on_the_list() -> None:
    made = drafted(waiting(deceased=True))
    assert (made.state, made.route, made.body, made.settled) == (S.NO_OUTREACH, Route.NO_OUTREACH, "", True)
    assert made.reason == "The customer has died."


def test_story_63_staff_choose_another_template_and_give_what_only_they_know() -> None:
    more = {"next_step": "A specialist calls you.", "answer_by": "December 4"}
    made = drafted(kind=Outcome.NOT_PLANNED, template="escalated", more=more)
    assert "A specialist calls you." in made.body and made.chosen
    assert "Claims load again." in drafted(more={"customer_text": "Mine."}).body
    with pytest.raises(Rejected) as refused:
        drafted(template="escalated")
    assert refused.value.code == "EMPTY"


def test_neither_text_nor_person_shows_by_accident() -> None:
    assert "Claims load" not in repr(approved()) and "003" not in repr(waiting())


# Approval


def test_what_was_approved_is_what_was_shown() -> None:
    made = drafted()
    with pytest.raises(Rejected) as refused:
        approve(made, drafted(kind=Outcome.BLOCKED).digest)
    assert refused.value.code == "CHANGED"
    done = approve(made, made.digest)
    assert done == replace(made, state=S.APPROVED) == approve(done, made.digest)


@pytest.mark.parametrize("state", [S.TOLD, S.EXHAUSTED, S.NO_OUTREACH, S.WITHDRAWN, S.STILL_BROKEN])
def test_what_is_over_cannot_be_approved_or_withdrawn(state: NoticeState) -> None:
    made = drafted().into(state)
    with pytest.raises(Rejected):
        approve(made, made.digest)
    assert withdraw(made, "opened again") == made


def test_a_draft_follows_what_changes_and_an_approved_one_has_to_be_approved_again() -> None:
    fresh = draft(
        replace(about(), resolution=resolution(text="All claims load.")), route(waiting()), templates()
    )
    assert renewed(drafted(), fresh) == fresh
    assert renewed(approved(), fresh) == replace(fresh, reason=CHANGED)
    assert renewed(approved(), drafted()) == approved()
    assert renewed(after(approved(), Reached.REACHED), fresh).state is S.TOLD


def test_who_has_had_a_mail_hears_the_same_on_the_phone_as_long_as_it_is_true() -> None:
    begun = after(approved(), Reached.NO_ANSWER)
    reworded = draft(replace(about(), resolution=resolution(text="Reworded.")), route(waiting()), templates())
    assert renewed(begun, reworded, had=True) == begun
    untrue = renewed(begun, drafted(kind=Outcome.NOT_PLANNED))
    assert (untrue.state, untrue.template, untrue.attempts) == (S.DRAFT, "not planned", begun.attempts)


def test_what_staff_chose_stays_as_long_as_the_outcome_does() -> None:
    chosen = drafted(kind=Outcome.NOT_PLANNED, template="records differ")
    assert renewed(chosen, drafted(kind=Outcome.NOT_PLANNED)) == chosen
    assert renewed(chosen, drafted(kind=Outcome.COMPLETED)).template == "resolved"


def test_nobody_is_tried_who_has_opted_out_since() -> None:
    begun = after(approved(), Reached.NO_ANSWER)
    found = renewed(begun, drafted(waiting(opted_out=True)))
    assert (found.state, found.attempts) == (S.NO_OUTREACH, begun.attempts)


def test_who_could_not_be_reached_is_looked_at_again_but_not_who_refused() -> None:
    unknown = drafted(waiting(email_there=False, phone_there=False))
    assert renewed(unknown, drafted()) == drafted()
    refused = after(approved(), Reached.REFUSED)
    assert renewed(refused, drafted()) == refused


# Attempts


@pytest.mark.parametrize(
    ("outcomes", "state", "settled"),
    [
        ((), S.APPROVED, False),
        ((Reached.NO_ANSWER,), S.APPROVED, False),
        ((Reached.NO_ANSWER, Reached.BOUNCED), S.APPROVED, False),
        ((Reached.NO_ANSWER,) * 3, S.EXHAUSTED, True),
        ((Reached.NO_ANSWER, Reached.REACHED), S.TOLD, True),
        ((Reached.REFUSED,), S.NO_OUTREACH, True),
        ((Reached.STILL_BROKEN,), S.STILL_BROKEN, False),
        ((Reached.REACHED, Reached.STILL_BROKEN), S.STILL_BROKEN, False),
        ((*[Reached.NO_ANSWER] * 3, Reached.REACHED), S.TOLD, True),
        ((*[Reached.NO_ANSWER] * 3, Reached.STILL_BROKEN), S.STILL_BROKEN, False),
    ],
)
def test_stories_61_and_62_attempts_lead_to_told_exhausted_refused_or_still_broken(
    outcomes: tuple[Reached, ...], state: NoticeState, settled: bool
) -> None:
    made = after(approved(), *outcomes)
    assert (made.state, made.settled, len(made.attempts)) == (state, settled, len(outcomes))
    assert (made.reason is None) == (state in {S.APPROVED, S.TOLD})


def test_an_attempt_told_twice_counts_once() -> None:
    once = recorded(approved(), attempt(Reached.NO_ANSWER), waiting(), templates())
    assert recorded(once, attempt(Reached.NO_ANSWER), waiting(), templates()) == once


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (S.DRAFT, Reached.REACHED),
        (S.WITHDRAWN, Reached.REACHED),
        (S.NO_OUTREACH, Reached.REACHED),
        (S.STILL_BROKEN, Reached.REACHED),
        (S.TOLD, Reached.NO_ANSWER),
        (S.EXHAUSTED, Reached.NO_ANSWER),
    ],
)
def test_nobody_is_tried_without_approval_or_when_it_is_over(state: NoticeState, outcome: Reached) -> None:
    with pytest.raises(Rejected) as refused:
        recorded(drafted().into(state), attempt(outcome), waiting(), templates())
    assert refused.value.code == "STATE"


def test_what_is_published_has_the_keys_of_the_contract_and_no_text() -> None:
    shown = published(after(approved(), Reached.NO_ANSWER))
    assert list(shown) == ["notice_id", "ticket", "case_number", "route", "state", "attempts", "reason"]
    assert "Claims load" not in json.dumps(shown)
    assert shown["attempts"] == [
        {"means": "email", "at": "2026-11-20T15:00:00+00:00", "outcome": "no_answer"}
    ]


# The ticket


def test_story_60_a_ticket_is_told_when_every_case_is_told_or_listed_with_the_reason() -> None:
    told, listed, open_one = (
        after(approved(), Reached.REACHED),
        drafted(waiting("00001002", deceased=True)),
        draft(about(), route(waiting("00001003")), templates()),
    )
    cases = [case_of(each) for each in (told, listed, open_one)]
    some = standing(resolution(), cases, [told, listed, open_one], ticket_id="t-1")
    assert (some.resolved, some.told, some.over, some.untold) == (True, False, False, ("00001003",))
    assert some.words == "Completed: 2 of 3 cases are told, or listed with the reason why not."
    every = standing(resolution(), cases[:2], [told, listed], ticket_id="t-1")
    assert every.told and every.over


def test_story_60_what_was_said_in_an_earlier_turn_does_not_count() -> None:
    earlier = after(approved(), Reached.REACHED, Reached.STILL_BROKEN)
    found = standing(resolution(), [case_of(earlier)], [earlier], ticket_id="t-1", turn=2)
    assert (found.told, found.stays_open, found.untold) == (False, False, ("00001001",))
    assert "still does not work" not in found.words


def test_story_60_nothing_is_told_of_a_ticket_without_an_answer() -> None:
    done = after(approved(), Reached.REACHED)
    found = standing(Unresolved(Why.NO_TEXT, "No words."), [case_of(done)], [done], ticket_id="t-1")
    assert (found.resolved, found.told, found.over, found.words) == (
        False,
        False,
        False,
        "Not resolved: No words.",
    )


def test_story_62_still_broken_keeps_the_ticket_open() -> None:
    broken = after(approved(), Reached.REACHED, Reached.STILL_BROKEN)
    found = standing(resolution(), [case_of(broken)], [broken], ticket_id="t-1")
    assert (found.told, found.stays_open, found.over) == (False, True, False)
    assert "1 say that it still does not work" in found.words


def test_story_62_what_cannot_be_mended_is_told_and_stays_open() -> None:
    made = drafted(kind=Outcome.BLOCKED)
    told = after(approve(made, made.digest), Reached.REACHED)
    found = standing(resolution(Outcome.BLOCKED), [case_of(told)], [told], ticket_id="t-1")
    assert (found.told, found.stays_open, found.over) == (True, True, False)


# The agent's Task


def test_story_61_the_task_says_what_happened_what_to_read_what_was_tried_and_what_to_ask() -> None:
    made = after(approved(), Reached.NO_ANSWER)
    text = task_text(made, resolution(), waiting(), notices())
    assert "The team has fixed the problem" in text and "(Ticket 12.)" in text
    assert made.body in text and made.subject in text
    assert "1. November 20, 2026, email: no answer" in text
    assert "Attempt 2 of 3: email." in text
    assert all(each in text for each in notices().agents.ask)


def test_story_61_the_task_of_an_exhausted_notice_says_so() -> None:
    text = task_text(after(approved(), *[Reached.NO_ANSWER] * 3), resolution(), waiting(), notices())
    assert "All 3 attempts were made." in text


def test_story_66_the_task_of_a_case_without_outreach_has_the_reason_and_no_text() -> None:
    case = waiting(opted_out=True)
    text = task_text(drafted(case), resolution(), case, notices())
    assert text.endswith("WHO TELLS\nThe customer has opted out of being contacted.")


def test_agents_are_told_not_to_say_fixed() -> None:
    case = waiting()
    text = task_text(drafted(kind=Outcome.NOT_PLANNED), resolution(Outcome.NOT_PLANNED), case, notices())
    assert "Do not say that it is fixed." in text
