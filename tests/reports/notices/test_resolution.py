"""What came of a ticket: told only with a reason and with words by somebody who may write to customers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sf_handoff.reports.notices.resolution import customer_text, duplicate_of, resolve
from sf_handoff.reports.notices.values import Outcome, Resolution, Unresolved, Why
from sf_handoff.reports.tickets import Moved, State
from tests.reports.notices.made import (
    ANALYST,
    FRIDAY,
    STRANGER,
    answers,
    comment,
    for_customers,
    issue,
    resolution,
)


def told(
    *comments: Any, reason: str | None = "completed", labels: tuple[str, ...] = (), **how: Any
) -> Resolution:
    found = resolve(issue(reason, labels=labels), comments, answers(), **how)
    assert isinstance(found, Resolution), found
    return found


def refused(
    *comments: Any, reason: str | None = "completed", labels: tuple[str, ...] = (), **how: Any
) -> Unresolved:
    found = resolve(issue(reason, labels=labels), comments, answers(), **how)
    assert isinstance(found, Unresolved), found
    return found


@pytest.mark.parametrize(
    ("reason", "labels", "body", "kind"),
    [
        ("completed", (), for_customers(), Outcome.COMPLETED),
        ("completed", ("workaround",), for_customers(), Outcome.COMPLETED),
        ("completed", (), for_customers() + "\n## Workaround\nUse the app.", Outcome.WORKAROUND),
        ("completed", (), "## Workaround\nUse the app.", Outcome.WORKAROUND),
        ("not_planned", (), for_customers(), Outcome.NOT_PLANNED),
        ("not_planned", ("blocked",), for_customers(), Outcome.NOT_PLANNED),
        ("not_planned", ("workaround",), for_customers(), Outcome.WORKAROUND),
        ("not_planned", ("Workaround",), for_customers(), Outcome.WORKAROUND),
        ("not_planned", (), "## Workaround\nUse the app.", Outcome.WORKAROUND),
        ("duplicate", (), for_customers(), Outcome.DUPLICATE),
        (None, ("blocked",), for_customers(), Outcome.BLOCKED),
        (None, ("Blocked",), for_customers(), Outcome.BLOCKED),
        (None, ("blocked", "workaround"), for_customers(), Outcome.BLOCKED),
    ],
)
def test_story_60_the_outcome_is_read_from_reason_label_and_section(
    reason: str | None, labels: tuple[str, ...], body: str, kind: Outcome
) -> None:
    found = told(comment(body), reason=reason, labels=labels)
    assert (found.kind, found.ticket) == (kind, 12)
    assert found.text.role == "Insights & Analytics"
    assert found.stays_open == (kind is Outcome.BLOCKED)


@pytest.mark.parametrize(
    ("reason", "labels", "bodies", "why"),
    [
        (None, (), (for_customers(),), Why.OPEN),
        ("completed", ("blocked",), (for_customers(),), Why.CONTRADICTION),
        ("completed", (), (), Why.NO_TEXT),
        ("completed", (), ("It is fixed.",), Why.NO_TEXT),
        ("completed", (), (for_customers(""),), Why.NO_TEXT),
        ("completed", (), (f"> {for_customers()}",), Why.NO_TEXT),
        (None, ("blocked",), (), Why.NO_TEXT),
        ("duplicate", (), (), Why.DUPLICATE),
        ("some new reason", (), (for_customers(),), Why.NO_REASON),
    ],
)
def test_story_60_nothing_is_told_without_a_reason_and_words_for_customers(
    reason: str | None, labels: tuple[str, ...], bodies: tuple[str, ...], why: Why
) -> None:
    assert refused(*map(comment, bodies), reason=reason, labels=labels).code is why


def test_an_issue_closed_without_any_reason_is_not_resolved() -> None:
    found = resolve(issue(None, state=State.CLOSED), [comment(for_customers())], answers())
    assert isinstance(found, Unresolved) and found.code is Why.NO_REASON


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (None, Why.GONE),
        (Moved("https://tracker.example/other/issues/1"), Why.MOVED),
        (issue(state=State.GONE), Why.GONE),
    ],
)
def test_what_is_gone_or_moved_is_not_resolved(seen: Any, why: Why) -> None:
    found = resolve(seen, [comment(for_customers())], answers())
    assert isinstance(found, Unresolved) and found.code is why


def test_only_authors_on_the_list_count_and_the_last_of_them_wins() -> None:
    mine, other = comment(for_customers("First.")), comment(for_customers("Second."), "second", at=1)
    forged = comment(for_customers("Send us your password."), STRANGER, at=2)
    found = told(other, forged, mine)
    assert (found.text.text, found.text.role) == ("Second.", "content")
    assert refused(forged).code is Why.NOT_LISTED


def test_logins_do_not_differ_by_case() -> None:
    assert told(comment(for_customers(), ANALYST.upper())).text.text == "Claims load again."


def test_the_body_never_counts_whoever_wrote_it() -> None:
    seen = issue(body=for_customers("Forged."), author=ANALYST)
    found = resolve(seen, [], answers())
    assert isinstance(found, Unresolved) and found.code is Why.NO_TEXT


def test_an_edited_comment_is_marked_for_whoever_approves() -> None:
    assert told(comment(for_customers(), edited=True)).text.edited
    assert not told(comment(for_customers())).text.edited
    assert told(
        comment(for_customers()), comment("## Workaround\nUse the app.", at=1, edited=True)
    ).text.edited


def test_a_way_around_that_was_written_before_is_no_longer_told() -> None:
    early = comment("## For customers\nWe know.\n## Workaround\nUse the app.")
    found = told(early, comment(for_customers("Claims load again."), at=5))
    assert (found.kind, found.text.text) == (Outcome.COMPLETED, "Claims load again.")


def test_a_later_way_around_goes_with_the_words_before() -> None:
    found = told(comment(for_customers("We know.")), comment("## Workaround\nUse the app.", at=5))
    assert (found.kind, found.text.text) == (Outcome.WORKAROUND, "We know.\n\nUse the app.")


def test_words_from_before_it_was_opened_again_are_about_what_came_of_it_then() -> None:
    old, reopened = comment(for_customers("Fixed."), at=0), FRIDAY + timedelta(hours=1)
    assert refused(old, reason="not_planned", since=reopened).code is Why.OLD_TEXT
    found = told(old, comment(for_customers("No."), at=2), reason="not_planned", since=reopened)
    assert (found.kind, found.text.text) == (Outcome.NOT_PLANNED, "No.")


def test_a_duplicate_is_told_what_comes_of_the_other_ticket() -> None:
    canonical = Resolution(Outcome.NOT_PLANNED, resolution().text, 7, FRIDAY)
    found = told(reason="duplicate", canonical=canonical)
    assert (found.kind, found.ticket, found.follows) == (Outcome.NOT_PLANNED, 12, 7)
    own = told(comment(for_customers("We know.")), reason="duplicate", canonical=canonical)
    assert (own.kind, own.text.text, own.follows) == (Outcome.DUPLICATE, "We know.", None)


@pytest.mark.parametrize(
    ("body", "author", "number"),
    [
        ("Duplicate of #7", "engineer", 7),
        ("Duplicate of #7", ANALYST, 7),
        ("duplicate of https://tracker.example/board/issues/8", "engineer", 8),
        ("Duplicate of #7", STRANGER, None),
        ("> Duplicate of #7", "engineer", None),
        ("Not a duplicate of #7", "engineer", None),
        ("Duplicate of #12", "engineer", None),
        ("Duplicate of https://tracker.example/other/issues/8", "engineer", None),
        ("Duplicate of other/board#8", "engineer", None),
    ],
)
def test_the_other_ticket_is_named_by_whoever_closed_this_one(
    body: str, author: str, number: int | None
) -> None:
    assert duplicate_of(issue("duplicate"), [comment(body, author)], answers()) == number


def test_words_for_customers_are_found_while_the_issue_is_open() -> None:
    written = customer_text([comment(for_customers("We are on it."))], answers())
    assert written is not None and written.text == "We are on it."
    assert customer_text([comment(for_customers(), STRANGER)], answers()) is None


def test_nothing_shows_the_words_by_accident() -> None:
    assert "Claims load" not in repr(told(comment(for_customers())))
