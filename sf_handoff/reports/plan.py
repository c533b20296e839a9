"""A plan as values: what is to be done about each problem of a day, and every text that will be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from sf_handoff.redaction import Scrubbed, compose
from sf_handoff.reports import marker
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.marker import Marker
from sf_handoff.reports.ticket_map import LabelMap, TicketMap
from sf_handoff.reports.tickets import (
    DayCount,
    Moved,
    Place,
    Priority,
    Step,
    Ticket,
    TicketCase,
    TicketDraft,
    TrackedIssue,
    TrackerFacts,
)

RANK = {priority: rank for rank, priority in enumerate(Priority)}


class Does(StrEnum):
    """`finish`: steps that were left. `count`: in the ledger only. `held`: a person must look first."""

    CREATE = "create"
    LINK = "link"
    REOPEN = "reopen"
    TALLY = "tally"
    FINISH = "finish"
    COUNT = "count"
    NOTHING = "nothing"
    HELD = "held"


@dataclass(frozen=True)
class Texts:
    """What a tally says of a ticket, and the one ticket for the problems of a day that are too many."""

    tally: Callable[[Ticket], Scrubbed]
    summary: Callable[[ReportDay, Sequence[TicketDraft]], TicketDraft]


@dataclass(frozen=True)
class Making:
    """What a plan is made by. `role` says who decided of the cases in `decided`, never by name; those that
    are not to be tickets are `taken_out`."""

    day: ReportDay
    map: TicketMap
    labels: LabelMap
    texts: Texts
    marker: Callable[[str, int], str]
    decided: frozenset[str] = frozenset()
    role: Scrubbed | None = None
    taken_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Known:
    """What the ledger and the tracker have. `counted` are the day's cases by ticket.

    `issues` are all of ours; `asked` those that a ticket has and that are not among them; `duplicates` says
    which issue one that was closed as a duplicate is one of.
    """

    facts: TrackerFacts
    tickets: tuple[Ticket, ...] = ()
    counted: Mapping[str, frozenset[TicketCase]] = field(default_factory=dict)
    issues: tuple[TrackedIssue, ...] = ()
    asked: Mapping[int, TrackedIssue | Moved | None] = field(default_factory=dict)
    duplicates: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """What is done about one problem. `steps` are those of the tracker, in their order.

    `ticket` is as the ledger has it; without one it is intended first, with `intended`. Where the tracker
    was `asked` for its issue, `found` is what it showed. `emptied`: it counts no case of the day any more.
    """

    does: Does
    day: date
    marker: Marker
    why: str
    steps: tuple[Step, ...] = ()
    intended: tuple[Step, ...] = ()
    ticket: Ticket | None = None
    draft: TicketDraft | None = None
    number: int | None = None
    follows: int | None = None
    labels: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)
    body: Scrubbed | None = None
    tally: Scrubbed | None = None
    asked: bool = False
    found: TrackedIssue | Moved | None = None
    summary: bool = False
    emptied: bool = False

    @property
    def acts(self) -> bool:
        return self.does not in {Does.NOTHING, Does.HELD}

    @property
    def title(self) -> str:
        if self.draft:
            return self.draft.title.text
        return self.ticket.title if self.ticket else self.marker.fingerprint

    @property
    def words(self) -> str:
        """What is done, why, and all that will be sent."""
        where = f" #{self.number}" if self.number else ""
        lines = [f"{self.does}{where}: {self.title}", f"because {self.why}", *self._settings()]
        if Step.CREATE in self.steps and self.body:
            lines += ["", self.body.text]
        if Step.TALLY in self.steps and self.tally:
            lines += ["", "tally comment:", "", self.tally.text]
        return "\n".join(lines)

    def _settings(self) -> list[str]:
        said = {
            Step.LABEL: f"labels: {', '.join(self.labels)}",
            Step.PLACE: f"column: {self.place.column}",
            Step.PRIORITISE: f"priority: {self.place.priority}",
            Step.ESTIMATE: f"estimate: {self.place.estimate}",
        }
        return [said[step] for step in self.steps if step in said]


@dataclass(frozen=True)
class Plan:
    """What is to be done about a day. `over` are the problems that stand in the summary only."""

    day: ReportDay
    actions: tuple[Action, ...] = ()
    findings: tuple[Finding, ...] = ()
    over: tuple[TicketDraft, ...] = ()

    @property
    def acts(self) -> bool:
        return any(each.acts for each in self.actions)

    @property
    def needs_a_person(self) -> bool:
        return any(each.needs_a_person for each in self.findings)


def tally_of(ticket: Ticket, draft: TicketDraft | None, texts: Texts) -> Scrubbed:
    """The tally comment, with the marker by which it is found again; that of a summary is the list anew."""
    text = draft.body if draft and ticket.summary else texts.tally(ticket)
    return marker.marked(text, marker.of(ticket))


def body_of(draft: TicketDraft, token: Marker, making: Making, follows: int | None) -> Scrubbed:
    """The body of a new issue, with its marker."""
    said, parts = "", {}
    if follows:
        said, parts = "It is back: this comes after #{follows}.\n\n", {"follows": follows}
    decided = making.role and any(each.case_number in making.decided for each in draft.cases)
    text = draft.body
    if decided and making.role:
        text = compose("{body}\n\nForwarded by: {role}", body=draft.body, role=making.role)
    return marker.marked(text, token, said=said, **parts)


def as_counted(ticket: Ticket, day: date, draft: TicketDraft | None) -> Ticket:
    """The ticket with the draft's cases of the day, or with none."""
    counts = DayCount(len(set(draft.cases)), draft.people) if draft else DayCount(0, 0)
    return replace(ticket, days=dict(sorted({**ticket.days, day: counts}.items())))
