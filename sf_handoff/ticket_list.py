"""Which tickets are open, and by when what is due: the ledger's, with what the tracker shows of them now.

Few calls: the open issues with our label, one question to the board, one more for each ticket that is not
among them any more, and comments only where a clock depends on them and there can be some.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sf_handoff.errors import Unavailable
from sf_handoff.ports import Ledger, Tracker
from sf_handoff.reports.clocks import ClockMap, Met, Seen, may_have_answers
from sf_handoff.reports.listing import ListedTicket, listed
from sf_handoff.reports.ticket_map import LabelMap
from sf_handoff.reports.tickets import Moved, State, Ticket, TrackedIssue

AWAY = "The tracker could not be asked. This is what was known last; answers given since are not in it."


@dataclass(frozen=True)
class Listing:
    """`notes` say what is not as it looks. `away` is why the tracker could not be asked."""

    tickets: tuple[ListedTicket, ...]
    notes: tuple[str, ...] = ()
    away: Unavailable | None = None


def open_tickets(
    ledger: Ledger,
    tracker: Tracker,
    clocks: ClockMap,
    labels: LabelMap,
    *,
    told: Collection[str] = (),
    reopened: Mapping[str, datetime] | None = None,
    closed_too: bool = False,
) -> Listing:
    """The tickets that are open, or closed and not told yet, what presses most first.

    `told` are the ids of those whose callers were all told; `reopened` says when the others were found to be
    opened again after an answer. Raises NotKept, and Misconfigured where the
    tracker refuses us; where it is away, what the ledger knows is listed.
    """
    tickets, away = ledger.tickets(), None
    shown = Shown(notes=(AWAY,))
    try:
        shown = _look(tracker, tickets, clocks, labels)
    except Unavailable as error:
        away = error
    found = []
    for each in tickets:
        now = replace(each, state=shown.lost.get(each.ticket_id, each.state))
        one = listed(
            now, shown.seen.get(each.ticket_id), clocks, labels,
            told=each.ticket_id in told, reopened=(reopened or {}).get(each.ticket_id),
        )  # fmt: skip
        done = one.state is not State.OPEN and (one.told or each.summary)
        if closed_too or not done:
            found.append(one)
    return Listing(tuple(sorted(found, key=lambda each: each.rank)), shown.notes, away)


@dataclass(frozen=True)
class Shown:
    """What the tracker shows, by the ids of tickets. `lost` are no more where they were."""

    seen: Mapping[str, Seen] = field(default_factory=dict)
    lost: Mapping[str, State] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def _look(tracker: Tracker, tickets: Sequence[Ticket], clocks: ClockMap, labels: LabelMap) -> Shown:
    ours = labels.ours.name
    open_now = {each.number: each for each in tracker.labelled(ours, open_only=True)}
    found = {each.ticket_id: _found(tracker, each, open_now) for each in tickets if each.number}
    issues = {each: issue for each, issue in found.items() if isinstance(issue, TrackedIssue)}
    on_board = sorted(each.number for each in issues.values() if each.state is State.OPEN)
    places = tracker.places(on_board) if on_board else {}
    by_answers = any(Met.ANSWERED in rule.met_by for rule in clocks.rules)
    seen = {}
    for ticket in tickets:
        issue = issues.get(ticket.ticket_id)
        if issue:
            read = by_answers and issue.state is State.OPEN and may_have_answers(ticket, issue)
            comments = tuple(tracker.comments(issue.number)) if read else ()
            seen[ticket.ticket_id] = Seen(issue, places.get(issue.number), comments)
    lost = {each: state for each, state in found.items() if isinstance(state, State)}
    return Shown(seen, lost, tuple(_notes(ours, open_now, tickets)))


def _found(
    tracker: Tracker, ticket: Ticket, open_now: Mapping[int, TrackedIssue]
) -> TrackedIssue | State | None:
    """Its issue, or what became of it; None for one that is closed: `issues sync` looks at those."""
    found: TrackedIssue | Moved | None = open_now.get(ticket.number or 0)
    if found is None and ticket.state is State.OPEN:
        found = tracker.issue(ticket.number or 0)
        if not isinstance(found, TrackedIssue):
            return State.MOVED if isinstance(found, Moved) else State.GONE
    return found if isinstance(found, TrackedIssue) and _same(ticket, found) else None


def _notes(ours: str, open_now: Mapping[int, TrackedIssue], tickets: Sequence[Ticket]) -> Iterator[str]:
    strange = sorted(open_now.keys() - {each.number for each in tickets})
    if strange:
        yield f"Labelled {ours}, and not filed from here: {', '.join(f'#{each}' for each in strange)}."


def _same(ticket: Ticket, issue: TrackedIssue) -> bool:
    """Whether this is its issue, and not one of the same number in another repository."""
    return ticket.url is None or ticket.url.casefold() == issue.url.casefold()
