"""How a problem stands: its ticket in the ledger, and its issue in the tracker, by number or by marker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from sf_handoff.reports import marker
from sf_handoff.reports.marker import Marker
from sf_handoff.reports.plan import Known
from sf_handoff.reports.tickets import Moved, Ticket, TrackedIssue

Found = TrackedIssue | Moved | None


def latest(tickets: Iterable[Ticket]) -> dict[str, Ticket]:
    """The last generation of each fingerprint."""
    return {each.fingerprint: each for each in sorted(tickets, key=lambda each: each.generation)}


class Standing:
    """What is known, by fingerprint. A ledger that was lost has no ticket for an issue with our marker."""

    def __init__(self, known: Known, token: Callable[[str, int], str]) -> None:
        self._known, self._make = known, token
        self._latest = latest(known.tickets)
        self._issues = {each.number: each for each in known.issues}
        self._marked: dict[str, list[tuple[Marker, TrackedIssue]]] = defaultdict(list)
        for issue in sorted(known.issues, key=lambda each: each.number):
            if marker.same(issue.author, known.facts.login):
                for each in marker.markers_in(issue.body):
                    self._marked[each.fingerprint].append((each, issue))

    def of(self, fingerprint: str) -> tuple[int, Ticket | None, Found]:
        """The last generation of a fingerprint, 0 for none; its ticket, and its issue."""
        ticket = self._latest.get(fingerprint)
        ours = [(each.generation, issue) for each, issue in self._marked[fingerprint] if self._is_ours(each)]
        generation = max([each for each, _ in ours], default=0)
        if ticket and ticket.generation >= generation:
            return ticket.generation, ticket, self.issue(ticket)
        return generation, None, next((issue for each, issue in ours if each == generation), None)

    def issue(self, ticket: Ticket) -> Found:
        """What the tracker shows of a ticket; by its marker where the answer was lost."""
        if ticket.number is not None:
            if not self.here(ticket):
                return None
            return self._issues.get(ticket.number) or self._known.asked.get(ticket.number)
        found = (issue for each, issue in self._marked[ticket.fingerprint] if each == marker.of(ticket))
        return next(found, None)

    def counts_at(self, fingerprint: str) -> str:
        """The fingerprint that its cases are counted under: another one where its issue is a duplicate."""
        seen: list[str] = []
        while fingerprint not in seen:
            seen.append(fingerprint)
            issue = self.of(fingerprint)[2]
            if not isinstance(issue, TrackedIssue) or issue.state_reason != "duplicate":
                return fingerprint
            canonical = self._known.duplicates.get(issue.number)
            fingerprint = (self._fingerprint(canonical) if canonical else None) or fingerprint
        return fingerprint if fingerprint == seen[-1] else seen[0]

    def here(self, ticket: Ticket) -> bool:
        return marker.same(ticket.repository, self._known.facts.repository)

    def token(self, fingerprint: str, generation: int) -> Marker:
        return Marker(fingerprint, generation, self._make(fingerprint, generation))

    def strange(self, fingerprint: str) -> bool:
        """Whether an issue of ours has a marker for it that is not."""
        return not all(self._is_ours(each) for each, _ in self._marked[fingerprint])

    def _fingerprint(self, number: int) -> str | None:
        for each in self._known.tickets:
            if each.number == number and self.here(each):
                return each.fingerprint
        marked = ((each, issue) for found in self._marked.values() for each, issue in found)
        ours = (each.fingerprint for each, issue in marked if issue.number == number and self._is_ours(each))
        return next(ours, None)

    def _is_ours(self, found: Marker) -> bool:
        return found == self.token(found.fingerprint, found.generation)
