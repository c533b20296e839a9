"""Whether everybody who waits for a ticket has been told: only then is it done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sf_handoff.reports.notices.notice import notice_id
from sf_handoff.reports.notices.values import Notice, NoticeState, Resolution, Unresolved
from sf_handoff.reports.tickets import TicketCase


@dataclass(frozen=True)
class Standing:
    """Where a ticket stands. It leaves the list of open ones when it is `told` and does not stay open.

    `untold` are the numbers of the cases that nobody has told yet, nor listed with a reason.
    """

    resolved: bool
    told: bool
    stays_open: bool
    untold: tuple[str, ...]
    words: str

    @property
    def over(self) -> bool:
        return self.told and not self.stays_open


def standing(
    found: Resolution | Unresolved,
    cases: Iterable[TicketCase],
    notices: Iterable[Notice],
    *,
    ticket_id: str,
    turn: int = 1,
) -> Standing:
    """Of a ticket with these cases. What was told when it was resolved before does not count."""
    numbers = {notice_id(ticket_id, turn, each.case_id): each.case_number for each in cases}
    if isinstance(found, Unresolved):
        return Standing(
            resolved=False,
            told=False,
            stays_open=True,
            untold=tuple(numbers.values()),
            words=f"Not resolved: {found.reason}",
        )
    made = {each.notice_id: each for each in notices if each.notice_id in numbers}
    untold = tuple(number for key, number in numbers.items() if key not in made or not made[key].settled)
    broken = sum(each.state is NoticeState.STILL_BROKEN for each in made.values())
    return Standing(
        resolved=True,
        told=not untold,
        stays_open=found.stays_open or broken > 0,
        untold=untold,
        words=_words(found, len(numbers), len(untold), broken),
    )


def _words(found: Resolution, cases: int, untold: int, broken: int) -> str:
    done = f"{cases - untold} of {cases} cases are told, or listed with the reason why not"
    stays = "; it can't be mended, and stays open" if found.stays_open else ""
    again = f"; {broken} say that it still does not work" if broken else ""
    return f"{found.kind.value.replace('_', ' ').capitalize()}: {done}{stays}{again}."
