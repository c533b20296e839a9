"""A customer says that it still does not work: the ticket is opened again, and its clocks run anew.

What staff has put out of reach stays there: a ticket that is gone, moved or locked, or closed so long ago
that the problem would get a new one. Then a person is told, and each look at the tracker says it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sf_handoff.errors import Misconfigured, Rejected
from sf_handoff.filing_pace import PATIENCE, Patience
from sf_handoff.ports import Ledger, Resolutions, Tracker
from sf_handoff.redaction import Scrubbed, Unclean, compose, scrub
from sf_handoff.reports import marker
from sf_handoff.reports.answers import Answered
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.marker import Marker
from sf_handoff.reports.ticket_map import LabelMap
from sf_handoff.reports.tickets import Moved, Place, State, Ticket, TrackedIssue, TrackerFacts

NO_TICKET = "NO_TICKET"
STILL_BROKEN = "STILL_BROKEN"


@dataclass(frozen=True)
class Reopened:
    """`opened`: the ticket `number` is open. Otherwise the finding says why not, and what a person can do."""

    number: int
    opened: bool
    findings: tuple[Finding, ...] = ()


class Reopening:
    """Opens tickets again. `returns` is for how long after it was closed (`mappings/ticket.py`)."""

    def __init__(
        self,
        tracker: Tracker,
        ledger: Ledger,
        resolutions: Resolutions,
        *,
        labels: LabelMap,
        returns: timedelta,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        patience: timedelta = PATIENCE,
    ) -> None:
        self._tracker, self._ledger, self._resolutions = tracker, ledger, resolutions
        self._labels, self._returns, self._clock = labels, returns, clock
        self._ask = Patience(patience, sleep)

    def reopen(self, ticket_id: str, case_number: str) -> Reopened:
        """For the case of a customer who was told, and says no. Safe to repeat: a case opens a turn's ticket
        once. Raises what the tracker and the store do, and Rejected (`NO_TICKET`)."""
        ticket, facts = self._filed(ticket_id), self._ask(self._tracker.facts)
        answered = self._answered(ticket)
        number, issue = ticket.number or 0, self._issue(ticket, facts)
        in_the_way = self._in_the_way(issue)
        if in_the_way or not isinstance(issue, TrackedIssue):
            return self._out_of_reach(ticket, answered, case_number, in_the_way)
        said = issue.locked or self._said(ticket, answered, case_number, facts)
        if said and not answered.held:
            return Reopened(number, opened=issue.state is State.OPEN)
        if not said:
            self._say(ticket, answered, case_number)
        if issue.state is not State.OPEN:
            issue = self._ask(lambda: self._tracker.reopen(number))
        elif not said or issue.locked:
            facts = replace(facts, board=False)  # staff has opened it, and put it where it stands
        findings = self._placed(ticket, issue, facts)
        if answered.held and not answered.held.stays_open:
            self._resolutions.unresolve(ticket.ticket_id, _why(case_number), since=issue.updated_at)
        return Reopened(number, opened=True, findings=findings)

    def _filed(self, ticket_id: str) -> Ticket:
        """The ticket where the answer stands: one that is a duplicate is told what another says."""
        ticket = self._ledger.ticket(ticket_id)
        if ticket is None or ticket.number is None:
            raise Rejected("There is no such ticket, or it was not filed.", code=NO_TICKET)
        follows = self._answered(ticket).follows
        others = self._ledger.tickets() if follows else []
        here = (each for each in others if marker.same(each.repository, ticket.repository))
        return next((each for each in here if each.number == follows), ticket)

    def _answered(self, ticket: Ticket) -> Answered:
        return self._resolutions.answered((ticket.ticket_id,)).get(ticket.ticket_id, Answered())

    def _issue(self, ticket: Ticket, facts: TrackerFacts) -> TrackedIssue | Moved | None:
        if not marker.same(ticket.repository, facts.repository):
            return Moved(ticket.url or "")
        return self._ask(lambda: self._tracker.issue(ticket.number or 0))

    def _in_the_way(self, issue: TrackedIssue | Moved | None) -> str:
        """Why it cannot be opened again, if it cannot."""
        if issue is None:
            return "it is gone"
        if isinstance(issue, Moved):
            return "it is in another repository now"
        if issue.locked and issue.state is State.CLOSED:
            return "it is locked"
        if issue.closed_at and self._clock() - issue.closed_at > self._returns:
            return f"it was closed more than {self._returns.days} days ago"
        return ""

    def _out_of_reach(
        self, ticket: Ticket, answered: Answered, case_number: str, in_the_way: str
    ) -> Reopened:
        """The turn is over all the same: what was told does not help."""
        words = f"{_why(case_number)} The ticket was not opened again: {in_the_way}."
        if answered.held and not answered.held.stays_open:
            since = max(filter(None, (answered.looked, answered.held.text.written_at)))
            self._resolutions.unresolve(ticket.ticket_id, words, since=since)
            self._resolutions.looked(ticket.ticket_id, answered.looked)  # so the next look says it
        ask = f"#{ticket.number}: {words} Open it, or file a new one that links #{ticket.number}."
        finding = Finding(STILL_BROKEN, ask, needs_a_person=True)
        return Reopened(ticket.number or 0, opened=False, findings=(finding,))

    def _said(self, ticket: Ticket, answered: Answered, case_number: str, facts: TrackerFacts) -> bool:
        """Whether it stands on the ticket: the run that wrote it may have died before it opened it."""
        comments = self._ask(lambda: self._tracker.comments(ticket.number or 0))
        mark = self._mark(ticket, answered, case_number)
        return marker.marked_comment(comments, mark, facts.login) is not None

    def _say(self, ticket: Ticket, answered: Answered, case_number: str) -> None:
        text = marker.marked(_text(case_number), self._mark(ticket, answered, case_number))
        self._ask(lambda: self._tracker.comment(ticket.number or 0, text))

    def _mark(self, ticket: Ticket, answered: Answered, case_number: str) -> Marker:
        """Another one than the tally's: of this case, and of the turn that it is about."""
        token = self._ledger.marker(f"{ticket.ticket_id} still broken {case_number}", answered.turn)
        return Marker(f"{ticket.fingerprint}-broken", answered.turn, token)

    def _placed(self, ticket: Ticket, issue: TrackedIssue, facts: TrackerFacts) -> tuple[Finding, ...]:
        """Puts it back on the board; that it is open matters more."""
        place, findings = self._on_the_board(issue.number) if facts.board else (None, ())
        self._ledger.seen(ticket.ticket_id, issue, place)
        return findings

    def _on_the_board(self, number: int) -> tuple[Place | None, tuple[Finding, ...]]:
        column = self._labels.reopened_column
        try:
            return self._ask(lambda: self._tracker.place(number, column)), ()
        except (Misconfigured, Rejected) as error:
            words = f'#{number} is open again, and could not be put into "{column}" ({error.code}).'
            return None, (Finding(error.code, words, needs_a_person=True),)


def _why(case_number: str) -> str:
    return f"A customer says that it still does not work (SF {case_number})."


def _text(case_number: str) -> Scrubbed:
    """Without the number, where it looks like something personal."""
    try:
        return compose(
            "A customer says that it still does not work ({case}).", case=scrub(f"SF {case_number}")
        )
    except Unclean:
        return compose("A customer says that it still does not work.")
