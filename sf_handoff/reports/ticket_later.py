"""What is written when a ticket is there already: its count by day, that the problem is back, and the summary
of what is over a day's number of new tickets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sf_handoff.redaction import Scrubbed, compose
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.page.headline import counted
from sf_handoff.reports.priority import by_counts
from sf_handoff.reports.ticket_map import TicketMap
from sf_handoff.reports.ticket_sections import table
from sf_handoff.reports.ticket_words import BODY, ROOM, different, together, told
from sf_handoff.reports.tickets import DayCount, Priority, Ticket, TicketDraft
from sf_handoff.worktime import day_words

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet

DAYS = 60  # of a tally, the last
SUMMARY = "summary-"


def tally_text(ticket: Ticket, declared: TicketMap) -> Scrubbed:
    """The counts of a ticket by day. It says what priority they speak for where that is high."""
    days = sorted(ticket.days.items())
    in_all = f"In all: {counted(ticket.cases, 'case')} on {counted(len(days), 'day')}."
    earlier = len(days) - DAYS
    rows = table([(day_words(day), count) for day, count in days[-DAYS:]])
    told_of = [
        "## Reports so far",
        f"{in_all} Somebody who called on several days is counted on each of them.",
        *_by_now(ticket, declared),
        *(
            [f"The table has the last {DAYS} days; {earlier} before them are left out."]
            if earlier > 0
            else []
        ),
    ]
    return together([*(compose(each) for each in told_of), rows], "\n\n")


def reopened_text(count: DayCount, day: ReportDay) -> Scrubbed:
    """Why the ticket is open again."""
    return compose(
        f"It is back: {counted(count.cases, 'case')} from {different(count.people)} on {day.words}. "
        "The ticket is open again."
    )


def summary_of(over: Sequence[TicketDraft], day: ReportDay, maps: MappingSet) -> TicketDraft:
    """One ticket for all the problems of a day that got none of their own, of which there is at least one."""
    labels, owner = maps.labels, maps.owners.triage
    named = (labels.ours, *labels.always, labels.summary, owner.label)
    problems = counted(len(over), "more problem")
    return TicketDraft(
        fingerprint=f"{SUMMARY}{day.date.isoformat()}",
        title=compose(f"{problems} of {day_words(day.date)}"),
        body=_summary(over, day, maps.tickets),
        labels=tuple(dict.fromkeys(each.name for each in named)),
        owner=owner.team,
        priority=max((each.priority for each in over), key=list(Priority).index),
        why=f"the highest of {problems}",
        cases=tuple(dict.fromkeys(case for each in over for case in each.cases)),
        people=sum(each.people for each in over),
        first_seen=min(each.first_seen for each in over),
        last_seen=max(each.last_seen for each in over),
    )


def _summary(over: Sequence[TicketDraft], day: ReportDay, declared: TicketMap) -> Scrubbed:
    """As many problems as there is room for, whole lines only."""
    first = (
        f"On {day.words} there were more new problems than the {declared.a_day} that get a ticket of their "
        "own in a day. These are the others; all their cases stand in the report of the day."
    )
    footer = compose(f"---\n\n{declared.footer}")
    lines = [told("- {title}: {counts}", title=each.title, counts=_counts(each)) for each in over]
    room = BODY - ROOM - len(footer.text) - 2 * len(first)
    shown = list(_fitting(lines, room))
    left = len(lines) - len(shown)
    more = [compose("- and {count} more, with fewer cases", count=left)] if left else []
    return together([compose(first), together([*shown, *more]), footer], "\n\n")


def _fitting(lines: Sequence[Scrubbed], room: int) -> Iterator[Scrubbed]:
    for each in lines:
        room -= len(each.text) + 1
        if room < 0:
            return
        yield each


def _counts(draft: TicketDraft) -> str:
    return f"{counted(len(draft.cases), 'case')} from {different(draft.people)}"


def _by_now(ticket: Ticket, declared: TicketMap) -> list[str]:
    priority, why = by_counts(ticket.days, declared.thresholds)
    if priority not in {Priority.HIGH, Priority.URGENT} or priority is ticket.priority:
        return []
    return [f"By these counts it is {priority.capitalize()} now: {why}. What the board says counts."]
