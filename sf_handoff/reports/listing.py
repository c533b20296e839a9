"""A ticket as it is published: in `issues list`, on the page of the day, in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sf_handoff.reports.clocks import ClockMap, Running, Seen, clocks_of, priority_of
from sf_handoff.reports.ticket_map import LabelMap
from sf_handoff.reports.tickets import State, Ticket

FOREVER = float("inf")


@dataclass(frozen=True)
class ListedTicket:
    """`title` is the scrubbed one that stands in the tracker; `number` is None until it is filed.

    `by_law`: somebody outside has set its date. `told`: everybody who waits was told, or is listed with the
    reason.
    """

    number: int | None
    title: str
    url: str | None = None
    priority: str | None = None
    cases: int = 0
    clocks: tuple[Running, ...] = ()
    fingerprint: str = ""
    state: State = State.OPEN
    state_reason: str | None = None
    pipeline: str | None = None
    people: int = 0
    first_seen: date | None = None
    last_seen: date | None = None
    by_law: bool = False
    told: bool = False

    @property
    def running(self) -> tuple[Running, ...]:
        """What is not met yet; a date by law first, then the first to run out."""
        waiting = [each for each in self.clocks if each.met_by is None]
        return tuple(sorted(waiting, key=lambda each: (not each.by_law, each.due)))

    def overdue(self, now: datetime) -> bool:
        return any(each.overdue(now) for each in self.clocks)

    @property
    def rank(self) -> tuple[bool, float, float]:
        """Where it stands: what is dated by law first, then what ran out longest ago or runs out next."""
        counting = [each for each in self.running if each.by_law or not self.by_law]
        due = min((each.due.timestamp() for each in counting), default=FOREVER)
        return not self.by_law, due, self.number or FOREVER


def listed(
    ticket: Ticket,
    seen: Seen | None,
    clocks: ClockMap,
    labels: LabelMap,
    *,
    told: bool,
    reopened: datetime | None = None,
) -> ListedTicket:
    """The ticket from the ledger, with what the tracker shows of it where it could be asked."""
    issue, place = (seen.issue, seen.place) if seen else (None, None)
    priority = priority_of(ticket, seen, labels)
    title = issue.title if issue else ticket.title
    running = clocks_of(ticket, seen, clocks, labels, reopened=reopened)
    marked = clocks.legal.mark(issue.labels if issue else ticket.labels)
    return ListedTicket(
        number=ticket.number,
        title=title,
        url=ticket.url,
        priority=priority.value if priority else (place.priority if place else None),
        cases=ticket.cases,
        clocks=running,
        fingerprint=ticket.fingerprint,
        state=issue.state if issue else ticket.state,
        state_reason=issue.state_reason if issue else ticket.state_reason,
        pipeline=place.column if place else ticket.column,
        people=ticket.people,
        first_seen=min(ticket.days, default=None),
        last_seen=max(ticket.days, default=None),
        by_law=marked or any(each.by_law for each in running),
        told=told,
    )


def record(ticket: ListedTicket, now: datetime) -> dict[str, Any]:
    """The ticket as the command line publishes it."""
    return {
        "fingerprint": ticket.fingerprint,
        "title": ticket.title,
        "number": ticket.number,
        "url": ticket.url,
        "state": ticket.state.value,
        "pipeline": ticket.pipeline,
        "priority": ticket.priority,
        "cases": ticket.cases,
        "people": ticket.people,
        "first_seen": _iso(ticket.first_seen),
        "last_seen": _iso(ticket.last_seen),
        "clocks": [
            {
                "name": each.name,
                "due": each.due.isoformat(),
                "met_by": each.met_by.value if each.met_by else None,
                "met_at": _iso(each.met_at),
                "overdue": each.overdue(now),
                "by_law": each.by_law,
            }
            for each in ticket.clocks
        ],
        "by_law": ticket.by_law,
        "overdue": ticket.overdue(now),
        "told": ticket.told,
    }


def line(ticket: ListedTicket, now: datetime) -> str:
    """`#12  [Tier 3] Claim status  high, in New Issues, 14 cases; Owner's answer: overdue since …`"""
    return f"{_name(ticket)}  {'; '.join(_said(ticket, now))}"


def _name(ticket: ListedTicket) -> str:
    """People edit titles: what would steer a terminal becomes a space."""
    title = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", " ", ticket.title).split())
    return f"#{ticket.number}  {title}" if ticket.number else f"not filed yet  {title}"


def _said(ticket: ListedTicket, now: datetime) -> Iterator[str]:
    cases = "1 case" if ticket.cases == 1 else f"{ticket.cases} cases"
    where = f"in {ticket.pipeline}" if ticket.pipeline else None
    yield ", ".join(filter(None, (ticket.priority or "no priority", where, cases)))
    yield from remarks(ticket)
    yield from (each.words(now) for each in ticket.running)


def remarks(ticket: ListedTicket) -> Iterator[str]:
    """What is to be said of it beside its clocks."""
    if ticket.state is State.CLOSED:
        reason = f" as {ticket.state_reason.replace('_', ' ')}" if ticket.state_reason else ""
        yield f"closed{reason}" + ("" if ticket.told else ", and those who wait were not told yet")
    elif ticket.state is not State.OPEN:
        yield _LOST[ticket.state]
    elif ticket.by_law and not any(each.by_law for each in ticket.clocks):
        yield "others set its date, and its title does not say which"


_LOST = {
    State.GONE: "gone from the tracker, or not to be seen with this token",
    State.MOVED: "moved to another repository",
}


def _iso(at: date | None) -> str | None:
    return at.isoformat() if at else None
