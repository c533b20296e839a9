"""Notices as values: what came of a ticket, who waits for it, and what became of telling them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What came of a ticket, as customers are told it. `blocked`: it can't be mended, and stays open."""

    COMPLETED = "completed"
    NOT_PLANNED = "not_planned"
    DUPLICATE = "duplicate"
    WORKAROUND = "workaround"
    BLOCKED = "blocked"


class Why(StrEnum):
    """Why nobody can be told yet."""

    OPEN = "OPEN"
    GONE = "GONE"
    MOVED = "MOVED"
    NO_REASON = "NO_REASON"
    CONTRADICTION = "CONTRADICTION"
    DUPLICATE = "DUPLICATE"
    NO_TEXT = "NO_TEXT"
    NOT_LISTED = "NOT_LISTED"
    OLD_TEXT = "OLD_TEXT"


class Route(StrEnum):
    """By whom somebody is told: the contact center, a White House VA Hotline agent, or nobody."""

    CONTACT_CENTER = "contact_center"
    WHH_AGENT = "whh_agent"
    NO_OUTREACH = "no_outreach"


class Means(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class Reached(StrEnum):
    """How an attempt went. `still_broken`: reached, and the customer says that it does not work."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BOUNCED = "bounced"
    REFUSED = "refused"
    STILL_BROKEN = "still_broken"


class NoticeState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    TOLD = "told"
    EXHAUSTED = "exhausted"
    NO_OUTREACH = "no_outreach"
    WITHDRAWN = "withdrawn"
    STILL_BROKEN = "still_broken"


# Told, or listed with the reason why not: nothing more is to be done for this case.
SETTLED = frozenset({NoticeState.TOLD, NoticeState.EXHAUSTED, NoticeState.NO_OUTREACH})


@dataclass(frozen=True)
class CustomerText:
    """What Insights & Analytics wrote for customers. `role` is its author's; nobody is named.

    `edited`: changed since it was written, and GitHub does not say by whom. Whoever approves should look.
    """

    text: str = field(repr=False)
    role: str
    written_at: datetime
    edited: bool = False


@dataclass(frozen=True)
class Resolution:
    """What came of ticket number `ticket`, with the text for customers.

    `follows` is the number of the ticket that it is a duplicate of, where the answer stands.
    """

    kind: Outcome
    text: CustomerText
    ticket: int
    closed_at: datetime | None = None
    follows: int | None = None

    @property
    def stays_open(self) -> bool:
        return self.kind is Outcome.BLOCKED


@dataclass(frozen=True)
class Unresolved:
    """Nobody can be told yet, and why."""

    code: Why
    reason: str


@dataclass(frozen=True)
class Waiting:
    """A case that waits for an answer. How to reach the person is known as yes or no only.

    `person` is the Id of the person's record. `opted_out`: of being contacted at all; an address that must
    not be used is as good as not there. `whh`: the case belongs to an agent of the White House VA Hotline.
    """

    case_number: str
    case_id: str
    person: str | None = field(default=None, repr=False)
    email_there: bool = False
    phone_there: bool = False
    opted_out: bool = False
    deceased: bool = False
    already_told: bool = False
    whh: bool = False


@dataclass(frozen=True)
class Routed:
    """A case with its route, and the reason in words. `decided_by`: a lead's decision that nobody is told."""

    waiting: Waiting
    route: Route
    reason: str
    decided_by: str | None = None


@dataclass(frozen=True)
class Attempt:
    """One try to reach somebody."""

    means: Means
    at: datetime
    outcome: Reached


@dataclass(frozen=True)
class Notice:
    """What one case is told. The text of an approved one never changes: `digest` is of what was approved.

    A case that nobody is told about has no text. `chosen`: staff chose the template, not the map. `reason`
    says why it is where it is.
    """

    notice_id: str
    ticket: int
    case_number: str
    case_id: str
    route: Route
    state: NoticeState
    outcome: Outcome
    template: str = ""
    subject: str = field(default="", repr=False)
    body: str = field(default="", repr=False)
    digest: str = ""
    chosen: bool = False
    attempts: tuple[Attempt, ...] = ()
    reason: str | None = None

    @property
    def settled(self) -> bool:
        return self.state in SETTLED

    def into(self, state: NoticeState, reason: str | None = None) -> Notice:
        return replace(self, state=state, reason=reason)
