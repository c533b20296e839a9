"""What runs for a ticket: by when somebody must have looked at it, answered, mended it; and what met that.

A ticket that is opened again is as one that was filed then: all of its clocks start again. GitHub says when a
comment was written and when an issue was closed, not when it was assigned or moved; so what was met by those
has no moment. https://docs.github.com/en/rest/issues/issues#get-an-issue
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sf_handoff.errors import Misconfigured
from sf_handoff.reports.ticket_map import LabelMap
from sf_handoff.reports.tickets import Comment, Place, Priority, State, Step, StepState, Ticket, TrackedIssue
from sf_handoff.worktime import EASTERN, after, moment_words

# GitHub's mark of accounts that are programs. What they write is no answer.
BOT = "[bot]"
DATE_PARTS = {"year", "month", "day"}


class Met(StrEnum):
    """What meets a clock."""

    ASSIGNED = "assigned"
    MOVED = "moved on"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True)
class ClockRule:
    """A time limit. `business`: only working time counts, 24 hours a working day."""

    name: str
    time: timedelta
    met_by: tuple[Met, ...] = (Met.CLOSED,)
    business: bool = True

    def due(self, start: datetime) -> datetime:
        return after(start, self.time) if self.business else start + self.time


@dataclass(frozen=True)
class LegalDates:
    """How an item shows that its date is set from outside: by a label, or by a date in its title.

    `titles` are patterns with the groups `year`, `month` and `day`, all in digits.
    """

    name: str
    labels: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(set(re.compile(each).groupindex) != DATE_PARTS for each in self.titles):
            raise Misconfigured(
                "mappings/clocks.py: a pattern of a date has the groups year, month and day, and no others."
            )

    def due(self, title: str) -> datetime | None:
        """The last minute of the day in the title."""
        for pattern in self.titles:
            for found in re.finditer(pattern, title, re.IGNORECASE | re.ASCII):
                parts = {name: int(digits) for name, digits in found.groupdict().items()}
                try:
                    return datetime(**parts, hour=23, minute=59, tzinfo=ZoneInfo(EASTERN))
                except ValueError:
                    continue
        return None

    def mark(self, labels: Iterable[str]) -> bool:
        return not {each.casefold() for each in self.labels}.isdisjoint(each.casefold() for each in labels)


@dataclass(frozen=True)
class ClockMap:
    """The clocks of every ticket, the one that each priority adds, and dates set by others."""

    rules: tuple[ClockRule, ...]
    priorities: Mapping[Priority, ClockRule]
    legal: LegalDates

    def of(self, priority: Priority | None) -> tuple[ClockRule, ...]:
        mine = self.priorities.get(priority) if priority else None
        return (*self.rules, mine) if mine else self.rules


@dataclass(frozen=True)
class Running:
    """One clock of a ticket. `met_at` is None as well where it is met and nobody knows since when."""

    name: str
    due: datetime
    met_by: Met | None = None
    met_at: datetime | None = None
    by_law: bool = False

    def overdue(self, now: datetime) -> bool:
        return self.met_by is None and self.due < now

    def words(self, now: datetime) -> str:
        """`Owner's answer: overdue since November 20, 2026 at 10:04 a.m. ET`"""
        if self.met_by:
            return f"{self.name}: {self.met_by}{f' {moment_words(self.met_at)}' if self.met_at else ''}"
        return f"{self.name}: {'overdue since' if self.overdue(now) else 'due'} {moment_words(self.due)}"


@dataclass(frozen=True)
class Seen:
    """What the tracker shows of a ticket now. `comments` are only read where there can be some."""

    issue: TrackedIssue
    place: Place | None = None
    comments: tuple[Comment, ...] = ()


def clocks_at(start: datetime, priority: Priority | None, clocks: ClockMap) -> tuple[Running, ...]:
    """Those of a ticket that is filed at `start`, the first to run out first."""
    running = (Running(rule.name, rule.due(start)) for rule in clocks.of(priority))
    return tuple(sorted(running, key=lambda each: each.due))


def clocks_of(
    ticket: Ticket,
    seen: Seen | None,
    clocks: ClockMap,
    labels: LabelMap,
    *,
    reopened: datetime | None = None,
) -> tuple[Running, ...]:
    """Every clock of the ticket, met or not, the first to run out first.

    `reopened` is when it was last found to be opened again after an answer. Without what the tracker shows
    now only those are told that nothing but its closing meets.
    """
    start = started(ticket, seen, reopened)
    if start is None or ticket.summary or (seen is None and ticket.state in (State.GONE, State.MOVED)):
        return ()
    met = _happened(ticket, seen, start, labels)
    rules = clocks.of(priority_of(ticket, seen, labels))
    known = (rule for rule in rules if seen or rule.met_by == (Met.CLOSED,))
    running = [_settled(Running(rule.name, rule.due(start)), rule.met_by, met) for rule in known]
    legal = clocks.legal.due(seen.issue.title if seen else ticket.title)
    if legal:
        dated = Running(clocks.legal.name, legal, by_law=True)
        running.append(_settled(dated, (Met.CLOSED,), met))
    return tuple(sorted(running, key=lambda each: each.due))


def started(ticket: Ticket, seen: Seen | None, reopened: datetime | None = None) -> datetime | None:
    """When it was filed, or opened again: by us, or by somebody after it was closed."""
    known = [filed(ticket, seen), reopened]
    step = ticket.steps.get(Step.REOPEN)
    if step and step.state is StepState.DONE:
        known.append(step.at)
    if seen and seen.issue.state is State.OPEN:
        known.append(ticket.closed_at)
    return max(filter(None, known), default=None)


def filed(ticket: Ticket, seen: Seen | None) -> datetime | None:
    return ticket.opened_at or (seen.issue.created_at if seen else None)


def priority_of(ticket: Ticket, seen: Seen | None, labels: LabelMap) -> Priority | None:
    """What the board says, or a label where there is no board; else what we proposed.

    None where the board has a priority that the map does not name.
    """
    if seen and seen.place and seen.place.priority:
        return _named(seen.place.priority, labels)
    shown = {each.casefold() for each in seen.issue.labels} if seen else set()
    labelled = [each for each, label in labels.priority_labels.items() if label.name.casefold() in shown]
    return max(labelled, key=list(Priority).index, default=ticket.priority)


def answers(seen: Seen, ticket: Ticket) -> tuple[Comment, ...]:
    """The comments that people wrote. The issue's author is the connector."""
    return tuple(
        each
        for each in seen.comments
        if each.author != seen.issue.author
        and not each.author.endswith(BOT)
        and each.comment_id != ticket.tally_id
    )


def may_have_answers(ticket: Ticket, issue: TrackedIssue) -> bool:
    """Whether it is worth a call to read its comments: our tally is one of them."""
    return issue.comments > (ticket.tally_id is not None)


def _happened(
    ticket: Ticket, seen: Seen | None, start: datetime, labels: LabelMap
) -> dict[Met, datetime | None]:
    """What has happened since `start`, and when, as far as one can tell."""
    if seen is None:
        return {Met.CLOSED: ticket.closed_at} if ticket.state is State.CLOSED else {}
    found: dict[Met, datetime | None] = {}
    said = [each.created_at for each in answers(seen, ticket) if each.created_at >= start]
    if said:
        found[Met.ANSWERED] = min(said)
    if seen.issue.state is State.CLOSED:
        found[Met.CLOSED] = seen.issue.closed_at
    if seen.issue.assignees:
        found[Met.ASSIGNED] = None
    put = labels.column if start == filed(ticket, seen) else labels.reopened_column
    if seen.place and seen.place.column and seen.place.column.casefold() != put.casefold():
        found[Met.MOVED] = None
    return found


def _settled(clock: Running, met_by: Iterable[Met], met: Mapping[Met, datetime | None]) -> Running:
    """The clock with the first thing that met it; one without a moment says less than one with."""
    dated = [(at, each) for each, at in met.items() if each in met_by and at]
    if dated:
        at, how = min(dated)
        return replace(clock, met_by=how, met_at=at)
    return replace(clock, met_by=next((each for each in met if each in met_by), None))


def _named(name: str, labels: LabelMap) -> Priority | None:
    spelt = {words.casefold(): each for each, words in labels.priorities.items()}
    return spelt.get(name.casefold())
