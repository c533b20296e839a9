"""Reads back what came of the tickets: the tracker is asked in few calls, and what it shows is kept.

tickets in the ledger → their issues → state and column → the answer of each → turns that begin or end

What is read is the truth; hints only say where to look sooner. Safe to run again, wherever a run died.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sf_handoff.answers_turns import GONE, Turns
from sf_handoff.filing_pace import PATIENCE, Patience
from sf_handoff.ports import Hints, Ledger, Resolutions, Tracker
from sf_handoff.reports import answers as said
from sf_handoff.reports import marker
from sf_handoff.reports.answers import Answered
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.notices.notice_map import Marks
from sf_handoff.reports.notices.resolution import Answers
from sf_handoff.reports.notices.values import Unresolved
from sf_handoff.reports.ticket_map import LabelMap
from sf_handoff.reports.tickets import Moved, Place, State, Ticket, TrackedIssue, TrackerFacts

# Of whoever is listed in ANSWER_AUTHORS, as customers' words are told by role.
ROLE = "Insights and Analytics"


@dataclass(frozen=True)
class Synced:
    """What a run found: `seen` issues, and by the ids of their tickets what was resolved now, what is over
    and cannot be told yet with the reason, what was opened again, and what is gone or moved since."""

    seen: int = 0
    resolved: tuple[str, ...] = ()
    unresolved: Mapping[str, Unresolved] = field(default_factory=dict)
    reopened: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def needs_a_person(self) -> bool:
        return any(each.needs_a_person for each in self.findings)


class Sync:
    """Reads tickets back. `authors` are the logins whose words may go to customers.

    `patience` is how long a run waits in all where the tracker asks for it.
    """

    def __init__(
        self,
        tracker: Tracker,
        ledger: Ledger,
        resolutions: Resolutions,
        hints: Hints,
        *,
        labels: LabelMap,
        marks: Marks,
        authors: Collection[str],
        sleep: Callable[[float], None],
        patience: timedelta = PATIENCE,
    ) -> None:
        self._tracker, self._ledger, self._resolutions, self._hints = tracker, ledger, resolutions, hints
        self._labels, self._marks, self._authors = labels, marks, authors
        self._sleep, self._patience = sleep, patience

    def run(self, numbers: Collection[int] | None = None) -> Synced:
        """Looks at all tickets, or at those with these numbers, such as were hinted at.

        Raises what the tracker and the store do; what was read until then is kept.
        """
        hinted = self._hints.hinted()
        ask = Patience(self._patience, self._sleep)
        facts = ask(self._tracker.facts)
        filed = [each for each in self._ledger.tickets() if each.number is not None]
        here = {each.number: each for each in filed if marker.same(each.repository, facts.repository)}
        answered = self._resolutions.answered()
        wanted = [each for number, each in here.items() if numbers is None or number in numbers]
        issues = self._issues(wanted, answered, ask, listed=numbers is None)
        answers = self._answers(facts)
        turns = Turns(
            self._tracker, self._ledger, self._resolutions, ask,
            answers=answers, tickets=here, issues=issues, answered=answered,
            places=self._places(issues, ask), hinted=hinted,
        )  # fmt: skip
        for each in wanted:
            if each.number in issues:
                turns.each(each)
        turns.say()
        self._hints.looked_at({each: at for each, at in hinted.items() if numbers is None or each in numbers})
        about_all = [said.no_authors()] if filed and not answers.authors else []
        about_all += [said.elsewhere(len(filed) - len(here))] if len(here) < len(filed) else []
        return _synced(turns, about_all)

    def _issues(
        self, wanted: Sequence[Ticket], answered: Mapping[str, Answered], ask: Patience, *, listed: bool
    ) -> dict[int, TrackedIssue | Moved | None]:
        """The issues of these tickets: ours as one list, and by themselves only those that it has not.

        What is known to be gone or moved is not asked for again; where it comes back, the list has it.
        """
        ours = ask(lambda: self._tracker.labelled(self._labels.ours.name)) if listed else []
        shown = {each.number: each for each in ours}
        found: dict[int, TrackedIssue | Moved | None] = {}
        for ticket in wanted:
            number = ticket.number or 0
            if number in shown:
                found[number] = shown[number]
            elif not listed or answered.get(ticket.ticket_id, Answered()).said not in GONE:
                found[number] = ask(lambda: self._tracker.issue(number))  # noqa: B023
        return found

    def _places(
        self, issues: Mapping[int, TrackedIssue | Moved | None], ask: Patience
    ) -> Mapping[int, Place]:
        """Where the open ones stand; the board shows closed ones in no column."""
        numbers = [
            number
            for number, each in issues.items()
            if isinstance(each, TrackedIssue) and each.state is State.OPEN
        ]
        return ask(lambda: self._tracker.places(numbers)) if numbers else {}

    def _answers(self, facts: TrackerFacts) -> Answers:
        """Never the connector itself: what it writes quotes others."""
        authors = {each: ROLE for each in self._authors if not marker.same(each, facts.login)}
        return Answers(self._marks, self._labels.blocked.name, self._labels.workaround.name, authors)


def _synced(turns: Turns, about_all: Sequence[Finding]) -> Synced:
    return Synced(
        seen=turns.seen,
        resolved=tuple(turns.resolved),
        unresolved=dict(turns.unresolved),
        reopened=tuple(turns.reopened),
        gone=tuple(turns.gone),
        findings=(*about_all, *turns.findings),
    )
