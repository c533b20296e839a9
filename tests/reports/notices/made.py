"""Tickets, comments and cases made by hand, for the tests of notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

from sf_handoff.reports.notices.notice import About
from sf_handoff.reports.notices.notice_map import NoticeMap
from sf_handoff.reports.notices.rendering import Templates
from sf_handoff.reports.notices.resolution import Answers
from sf_handoff.reports.notices.values import CustomerText, Outcome, Resolution, Waiting
from sf_handoff.reports.tickets import Comment, State, TrackedIssue

FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)
ANALYST, STRANGER = "insights-writer", "passer-by"


@cache
def notices() -> NoticeMap:
    """The map that ships with the package."""
    found = import_module("sf_handoff.mappings.notices").NOTICES
    assert isinstance(found, NoticeMap)
    return found


@cache
def templates() -> Templates:
    return Templates(notices())


def answers(**changes: Any) -> Answers:
    made = Answers(
        notices().marks, "blocked", "workaround", {ANALYST: "Insights & Analytics", "second": "content"}
    )
    return replace(made, **changes)


def issue(reason: str | None = "completed", **changes: Any) -> TrackedIssue:
    made = TrackedIssue(
        number=12,
        title="Claim status does not load",
        body="",
        state=State.CLOSED if reason else State.OPEN,
        author="connector",
        created_at=FRIDAY - timedelta(days=5),
        updated_at=FRIDAY,
        url="https://tracker.example/board/issues/12",
        state_reason=reason,
        closed_at=FRIDAY if reason else None,
        closed_by="engineer" if reason else None,
    )
    return replace(made, **changes)


def comment(body: str, author: str = ANALYST, *, at: int = 0, edited: bool = False) -> Comment:
    """A comment written `at` hours after Friday, three in the afternoon UTC."""
    written = FRIDAY + timedelta(hours=at)
    return Comment(1000 + at, author, body, written, written + timedelta(hours=int(edited)))


def for_customers(text: str = "Claims load again.") -> str:
    return f"## For customers\n{text}"


def waiting(number: str = "00001001", **changes: Any) -> Waiting:
    made = Waiting(number, f"500{number}", person=f"003{number}", email_there=True, phone_there=True)
    return replace(made, **changes)


def resolution(kind: Outcome = Outcome.COMPLETED, text: str = "Claims load again.") -> Resolution:
    return Resolution(kind, CustomerText(text, "Insights & Analytics", FRIDAY), 12, FRIDAY)


def about(kind: Outcome = Outcome.COMPLETED, **changes: Any) -> About:
    return replace(About("t-1", resolution(kind), product="Claim status"), **changes)
