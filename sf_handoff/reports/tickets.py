"""Tickets as values: what is to be filed, what was filed, and what the tracker shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sf_handoff.redaction import Scrubbed


class Priority(StrEnum):
    """In this order. The maps say what a board calls each."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class TicketCase:
    """A case of a problem. `case_id` is of the record in Salesforce; neither says who called."""

    case_number: str
    case_id: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many cases a problem had on a day, from how many different people.

    A case without a person counts as one: people are 0 only where nobody counted them.
    """

    cases: int
    people: int


@dataclass(frozen=True)
class TicketDraft:
    """One problem of a day, as a ticket that could be filed. `why` is the arithmetic of its priority.

    `labels` are those of the map for it; `near` says which other fingerprints may be the same problem.
    """

    fingerprint: str
    title: Scrubbed
    body: Scrubbed
    labels: tuple[str, ...]
    owner: str
    priority: Priority
    why: str
    cases: tuple[TicketCase, ...]
    people: int
    first_seen: datetime
    last_seen: datetime
    alert: str | None = None
    near: tuple[str, ...] = ()


class Step(StrEnum):
    """What filing a ticket consists of, in this order. Each is recorded before and after."""

    CREATE = "create"
    REOPEN = "reopen"
    LABEL = "label"
    PLACE = "place"
    PRIORITISE = "prioritise"
    ESTIMATE = "estimate"
    TALLY = "tally"


class StepState(StrEnum):
    """`begun` and not over: whoever comes next must look before doing it again."""

    TO_DO = "to do"
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"


class State(StrEnum):
    """Of an issue, as it was seen last. `gone`: deleted, or the token may not see it; `moved`: in another
    repository."""

    OPEN = "open"
    CLOSED = "closed"
    GONE = "gone"
    MOVED = "moved"


@dataclass(frozen=True)
class StepRecord:
    """What is known of a step. `code` says why it failed."""

    state: StepState
    at: datetime
    code: str | None = None


@dataclass(frozen=True)
class Ticket:
    """A ticket as the ledger knows it. `generation` counts the tickets of one fingerprint, from 1.

    `marker` is the token by which its issue is found again. `days` are the counts of each report day.
    `follows` is the number of the issue that it comes after, `day` the report day that it was filed for.
    """

    ticket_id: str
    fingerprint: str
    generation: int
    marker: str
    title: str
    repository: str
    intended_at: datetime
    number: int | None = None
    url: str | None = None
    opened_at: datetime | None = None
    state: State = State.OPEN
    state_reason: str | None = None
    closed_at: datetime | None = None
    column: str | None = None
    priority: Priority | None = None
    labels: tuple[str, ...] = ()
    tally_id: int | None = None
    follows: int | None = None
    summary: bool = False
    day: date | None = None
    steps: Mapping[Step, StepRecord] = field(default_factory=dict)
    days: Mapping[date, DayCount] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        return sum(each.cases for each in self.days.values())

    @property
    def people(self) -> int:
        """At most so many: a person who called on two days is counted on both."""
        return sum(each.people for each in self.days.values())

    @property
    def unfinished(self) -> tuple[Step, ...]:
        """Steps that are to be done, or may have been."""
        return tuple(step for step, record in self.steps.items() if record.state is not StepState.DONE)


# What the tracker shows


@dataclass(frozen=True)
class TrackedIssue:
    """An issue as the tracker shows it. `author` and `closed_by` are logins."""

    number: int
    title: str
    body: str
    state: State
    author: str
    created_at: datetime
    updated_at: datetime
    url: str
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    locked: bool = False
    comments: int = 0


@dataclass(frozen=True)
class Moved:
    """The issue is in another repository now."""

    url: str


@dataclass(frozen=True)
class Comment:
    """`edited` where it was changed after it was written."""

    comment_id: int
    author: str
    body: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Place:
    """Where an issue stands on the board."""

    column: str | None = None
    priority: str | None = None
    estimate: float | None = None


@dataclass(frozen=True)
class TrackerFacts:
    """What the tracker has, asked before anything is written. Without a board there are no columns.

    `login` is whose token it is. Without the right to push GitHub drops labels without a word.
    """

    repository: str
    private: bool
    may_push: bool
    login: str
    labels: frozenset[str]
    board: bool = False
    columns: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
