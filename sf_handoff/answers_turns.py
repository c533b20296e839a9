"""One run over the tickets: what the issue of each says now, against what is kept of its answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sf_handoff.errors import Rejected
from sf_handoff.filing_pace import Patience
from sf_handoff.ports import Ledger, Resolutions, Tracker
from sf_handoff.reports import answers as said
from sf_handoff.reports import marker
from sf_handoff.reports.answers import Answered, Over, Waits
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.notices.resolution import Answers, customer_text, duplicate_of, resolve
from sf_handoff.reports.notices.values import Outcome, Resolution, Unresolved, Why
from sf_handoff.reports.tickets import Comment, Moved, Place, State, Ticket, TrackedIssue

GONE = frozenset({Why.GONE.value, Why.MOVED.value})
MOST_FOLLOWED = 5


class Turns:
    """`tickets` are those of this repository by number, `issues` what the tracker shows of some of them."""

    def __init__(
        self,
        tracker: Tracker,
        ledger: Ledger,
        resolutions: Resolutions,
        ask: Patience,
        *,
        answers: Answers,
        tickets: Mapping[int | None, Ticket],
        issues: dict[int, TrackedIssue | Moved | None],
        answered: Mapping[str, Answered],
        places: Mapping[int, Place],
        hinted: Collection[int],
    ) -> None:
        self._tracker, self._ledger, self._resolutions, self._ask = tracker, ledger, resolutions, ask
        self._answers, self._tickets, self._issues = answers, tickets, issues
        self._answered, self._places, self._hinted = dict(answered), places, hinted
        self._said: dict[int, list[Comment]] = {}
        self._looked_at: dict[str, Resolution | Unresolved] = {}
        self._away: list[tuple[Ticket, Moved | None, datetime | None]] = []
        self.seen = 0
        self.resolved: list[str] = []
        self.reopened: list[str] = []
        self.gone: list[str] = []
        self.unresolved: dict[str, Unresolved] = {}
        self.findings: list[Finding] = []

    def each(self, ticket: Ticket) -> None:
        """Looks at one ticket; where it is refused, that is said, and the others go on."""
        try:
            self.look(ticket)
        except Rejected as error:
            self.findings.append(said.refused(ticket.number or 0, error.code))

    def look(self, ticket: Ticket) -> Resolution | Unresolved:
        """What callers of the ticket can be told now, or why nothing; looked at once a run."""
        if ticket.ticket_id not in self._looked_at:
            self._looked_at[ticket.ticket_id] = self._look(ticket)
        return self._looked_at[ticket.ticket_id]

    def say(self) -> None:
        """Notes what is gone or moved, last of all: a run that dies before has not said it."""
        for ticket, found, looked in self._away:
            self._ledger.seen(ticket.ticket_id, found)
            code = Why.MOVED if isinstance(found, Moved) else Why.GONE
            self._resolutions.looked(ticket.ticket_id, looked, said=code)

    # One ticket

    def _look(self, ticket: Ticket) -> Resolution | Unresolved:
        number = ticket.number or 0
        issue, answered = self._issue(number), self._answered.get(ticket.ticket_id, Answered())
        if not isinstance(issue, TrackedIssue):
            return self._not_there(ticket, issue, answered)
        self.seen += 1
        answered = self._note_there(ticket, issue, answered)
        ended = said.over(answered, issue, self._answers.blocked)
        if ended:
            answered = self._over(ticket, answered, ended)
        if issue.state is State.OPEN and not marker.has(issue.labels, self._answers.blocked):
            return Unresolved(Why.OPEN, f"#{number} is open.")
        if answered.held and not self._is_due(issue, answered):
            return answered.held
        found = self._judged(ticket, issue, answered, self._came(issue, answered))
        if answered.looked != issue.updated_at:
            self._resolutions.looked(ticket.ticket_id, issue.updated_at)
        return found

    def _is_due(self, issue: TrackedIssue, answered: Answered) -> bool:
        """Whether what is held may have changed. Until callers are told, it is read each time."""
        follows = answered.held is not None and answered.held.follows in self._tickets
        return not answered.told_at or follows or self._is_news(issue, answered)

    def _is_news(self, issue: TrackedIssue, answered: Answered) -> bool:
        newer = answered.looked is None or issue.updated_at > answered.looked
        return newer or issue.number in self._hinted

    def _judged(
        self, ticket: Ticket, issue: TrackedIssue, answered: Answered, now: Resolution | Unresolved
    ) -> Resolution | Unresolved:
        """What holds after this look."""
        ended = said.over_by(answered, now)
        if ended:
            answered = self._over(ticket, answered, ended)
        held = answered.held
        if held and answered.told_at:
            if not said.same(held, now) and self._is_news(issue, answered):
                self.findings.append(said.changed(issue.number))
            return held
        if isinstance(now, Unresolved):
            self._note_unresolved(ticket, issue, answered, now)
        elif held != now:
            self._resolutions.resolve(ticket.ticket_id, now, turn=answered.next_turn)
            self.resolved.append(ticket.ticket_id)
        return now

    def _over(self, ticket: Ticket, answered: Answered, ended: Over) -> Answered:
        self._resolutions.unresolve(ticket.ticket_id, ended.why, since=ended.since)
        if ended.why in {said.OPENED, said.CLOSED_AGAIN}:
            self.reopened.append(ticket.ticket_id)
        since = ended.since or answered.since
        answered = replace(answered, held=None, told_at=None, since=since, why=ended.why)
        self._answered[ticket.ticket_id] = answered
        return answered

    # What its comments say

    def _came(self, issue: TrackedIssue, answered: Answered) -> Resolution | Unresolved:
        canonical = None
        if self._follows(issue, answered):
            found = self._canonical(issue)
            if isinstance(found, Unresolved):
                return found
            canonical = found
        comments = self._comments(issue.number)
        return resolve(issue, comments, self._answers, since=answered.since, canonical=canonical)

    def _follows(self, issue: TrackedIssue, answered: Answered) -> bool:
        """Whether it is a duplicate without an answer of its own."""
        if issue.state is not State.CLOSED or issue.state_reason != Outcome.DUPLICATE.value:
            return False
        return customer_text(self._comments(issue.number), self._answers, since=answered.since) is None

    def _canonical(self, issue: TrackedIssue) -> Resolution | Unresolved:
        """What comes of the issue that this one is a duplicate of in the end, ours or not."""
        last = self._end(issue)
        if isinstance(last, Unresolved):
            return last
        ticket = self._tickets.get(last.number)
        found = self.look(ticket) if ticket else self._came(last, Answered())
        return _followed(last.number, found, ours=ticket is not None)

    def _end(self, issue: TrackedIssue) -> TrackedIssue | Unresolved:
        chain = [issue.number]
        while self._follows(issue, self._kept(issue.number)):
            number = duplicate_of(self._with_closer(issue), self._comments(issue.number), self._answers)
            if number is None:
                return _duplicate(f"Nobody says of which issue here #{chain[-1]} is a duplicate.")
            if number in chain or len(chain) > MOST_FOLLOWED:
                return _duplicate(f"#{chain[-1]} is a duplicate of #{number}, and so on without an end.")
            found = self._issue(number)
            if not isinstance(found, TrackedIssue):
                return _duplicate(
                    f"It is a duplicate of #{number}, which is gone, or not in this repository."
                )
            chain.append(number)
            issue = found
        return issue

    def _kept(self, number: int) -> Answered:
        ticket = self._tickets.get(number)
        return self._answered.get(ticket.ticket_id, Answered()) if ticket else Answered()

    def _comments(self, number: int) -> list[Comment]:
        if number not in self._said:
            self._said[number] = self._ask(lambda: self._tracker.comments(number))
        return self._said[number]

    def _with_closer(self, issue: TrackedIssue) -> TrackedIssue:
        """A list may leave out who closed it."""
        if issue.closed_by is not None:
            return issue
        found = self._ask(lambda: self._tracker.issue(issue.number))
        return found if isinstance(found, TrackedIssue) else issue

    def _issue(self, number: int) -> TrackedIssue | Moved | None:
        if number not in self._issues:
            self._issues[number] = self._ask(lambda: self._tracker.issue(number))
        return self._issues[number]

    # What is noted

    def _not_there(self, ticket: Ticket, found: Moved | None, answered: Answered) -> Resolution | Unresolved:
        """An answer that was found while the issue was there still holds."""
        moved = isinstance(found, Moved)
        code, number = Why.MOVED if moved else Why.GONE, ticket.number or 0
        if answered.said != code:
            self.gone.append(ticket.ticket_id)
            self.findings.append(said.moved(number, answered) if moved else said.gone(number, answered))
            self._away.append((ticket, found, answered.looked))
        return answered.held or Unresolved(code, f"#{number} is not there any more.")

    def _note_there(self, ticket: Ticket, issue: TrackedIssue, answered: Answered) -> Answered:
        place = self._places.get(issue.number)
        kept = (ticket.state, ticket.state_reason, ticket.closed_at, ticket.column)
        column = place.column if place else ticket.column
        if kept != (issue.state, issue.state_reason, issue.closed_at, column):
            self._ledger.seen(ticket.ticket_id, issue, place)
        if answered.said:
            self._resolutions.looked(ticket.ticket_id, answered.looked)
        return replace(answered, said=None)

    def _note_unresolved(
        self, ticket: Ticket, issue: TrackedIssue, answered: Answered, found: Unresolved
    ) -> None:
        """Where nobody may write to customers at all, that is said once for all tickets."""
        self.unresolved[ticket.ticket_id] = found
        nobody = found.code in {Why.NO_TEXT, Why.NOT_LISTED} and not self._answers.authors
        if not isinstance(found, Waits) and not nobody:
            headings = self._answers.marks.customer
            self.findings.append(said.unresolved(issue, found, answered, headings))


def _duplicate(words: str) -> Unresolved:
    return Unresolved(Why.DUPLICATE, words)


def _followed(number: int, found: Resolution | Unresolved, *, ours: bool) -> Resolution | Unresolved:
    """What a duplicate is told. Where the other is ours, what keeps it from being answered is said there."""
    if isinstance(found, Resolution):
        return found
    opened = found.code is Why.OPEN or (isinstance(found, Waits) and found.opened)
    if opened or ours or isinstance(found, Waits):
        return Waits(Why.DUPLICATE, f"A duplicate of #{number}, which has no answer yet.", opened=opened)
    return _duplicate(f"A duplicate of #{number}, which is closed without an answer. {found.reason}")
