"""What priority a problem is proposed to have, with the arithmetic in words. Others decide.

Counts and a workaround give it; where many people cannot use something at all it is one step more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sf_handoff.reports.page.headline import counted
from sf_handoff.reports.ticket_map import Thresholds
from sf_handoff.reports.ticket_words import different
from sf_handoff.reports.tickets import DayCount, Priority

_ONE_MORE = {Priority.LOW: Priority.MEDIUM, Priority.MEDIUM: Priority.HIGH}


@dataclass(frozen=True)
class Proposal:
    """`why` begins with the priority: `High: 14 reports in all (10 or more), …`."""

    priority: Priority
    why: str


def propose(
    days: Mapping[date, DayCount],
    thresholds: Thresholds,
    *,
    workaround: str | None = None,
    blocked: int = 0,
    today: DayCount,
) -> Proposal:
    """The priority by `days`, all of the problem's, and by what is known of `today`.

    `workaround` is a phrase of the map, `blocked` counts the cases of today that cannot use it at all.
    """
    priority, counts = by_counts(days, thresholds, workaround=bool(workaround))
    raised = _ONE_MORE.get(priority) if _many_blocked(blocked, today, thresholds) else None
    told = [f"{counts}, from {_people(days)}", _workaround(workaround), *_blocked(blocked, today)]
    if raised:
        told.append(f"raised from {priority}, since {thresholds.blocked} or more people are kept out")
    name = (raised or priority).capitalize()
    return Proposal(raised or priority, f"{name}: {'; '.join(told)}")


def by_counts(
    days: Mapping[date, DayCount], thresholds: Thresholds, *, workaround: bool = False
) -> tuple[Priority, str]:
    """The priority that the counts give, and the one that decided it."""
    total = sum(each.cases for each in days.values())
    most = max((each.cases for each in days.values()), default=0)
    if most >= thresholds.day:
        return Priority.URGENT, f"{counted(most, 'report')} in one day ({thresholds.day} or more)"
    if total >= thresholds.total:
        return Priority.HIGH, f"{counted(total, 'report')} in all ({thresholds.total} or more)"
    low = Priority.LOW if workaround else Priority.MEDIUM
    return low, f"{counted(total, 'report')} in all (fewer than {thresholds.total})"


def _people(days: Mapping[date, DayCount]) -> str:
    """Who called on several days is known for each day only: the day with the most is the least there are."""
    most = max((each.people for each in days.values()), default=0)
    several = sum(bool(each.cases) for each in days.values()) > 1
    return f"at least {different(most)}" if several else different(most)


def _workaround(phrase: str | None) -> str:
    return f"a workaround is known (“{phrase.replace(' ..', ' …')}”)" if phrase else "no workaround is known"


def _blocked(blocked: int, today: DayCount) -> Iterator[str]:
    if blocked:
        yield f"it cannot be used at all ({blocked:,} of {counted(today.cases, 'report')} of this day)"


def _many_blocked(blocked: int, today: DayCount, thresholds: Thresholds) -> bool:
    """Whether enough people are kept out, even if each of the other cases is of a person of its own."""
    others = today.cases - blocked
    return 0 < thresholds.blocked <= today.people - others
