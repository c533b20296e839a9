"""Who has heard of a ticket otherwise, or does not want to hear any more: by the person, or by the case."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sf_handoff.reports.notices.kept import OPEN, KeptNotice
from sf_handoff.reports.notices.notice import REFUSED, notice_id
from sf_handoff.reports.notices.routes import TOLD_ALREADY
from sf_handoff.reports.notices.values import NoticeState, Resolution
from sf_handoff.reports.notices.who_waits import Listed, Seen, same
from sf_handoff.reports.tickets import TicketCase


@dataclass(frozen=True)
class Resolved:
    """A resolved ticket that is not told yet, with every case that it ever counted."""

    ticket_id: str
    turn: int
    resolution: Resolution
    cases: tuple[TicketCase, ...]

    @property
    def notice_ids(self) -> dict[str, str]:
        """By case."""
        return {each.case_id: notice_id(self.ticket_id, self.turn, each.case_id) for each in self.cases}

    def made(self, kept: KeptNotice) -> bool:
        """Whether this notice is of what holds now."""
        return (kept.ticket_id, kept.turn) == (self.ticket_id, self.turn)

    def kin(self, other: Resolved) -> bool:
        """Whether one is a duplicate of the other, or both of a third."""
        mine, theirs = self.resolution, other.resolution
        one = (mine.follows or mine.ticket) == (theirs.follows or theirs.ticket)
        return one and self is not other and bool(mine.follows or theirs.follows)


def heard(kept: Iterable[KeptNotice], seen: Mapping[str, Seen]) -> dict[str, str]:
    """Each person who was told, is to be told, or is not to be told any more, with the case of it."""
    found: dict[str, str] = {}
    for each in kept:
        person = _person(each.notice.case_id, seen)
        if each.heard and person:
            found.setdefault(person, each.notice.case_number)
    return found


def barred(
    ticket: Resolved,
    kept: Sequence[KeptNotice],
    refusals: Sequence[KeptNotice],
    seen: Mapping[str, Seen],
) -> dict[str, Listed]:
    """Who has refused, and whom a lead decided to leave out when the ticket was resolved before."""
    last = {each.notice.case_id: each for each in kept}
    decided = [each for each in last.values() if each.decided_by and each.turn < ticket.turn]
    found: dict[str, Listed] = {}
    for each in (*(one for one in refusals if not ticket.made(one)), *decided):
        for key in _keys(each.notice.case_id, seen):
            found.setdefault(key, Listed(each.notice.reason or REFUSED, each.decided_by))
    return found


def elsewhere(
    own: Sequence[KeptNotice],
    first: Sequence[KeptNotice],
    kin: Sequence[KeptNotice],
    seen: Mapping[str, Seen],
) -> dict[str, Listed]:
    """Who hears of it for the ticket that this one is a duplicate of, or for another duplicate.

    Tickets whose notices are `first` are asked before this one, so that their drafts count; one who has had
    our text of this ticket goes on with it.
    """
    begun = {key for each in own if each.begun for key in _keys(each.notice.case_id, seen)}
    meant = begun | {key for each in own if each.heard for key in _keys(each.notice.case_id, seen)}
    counts = [(each, begun) for each in first if each.heard or each.notice.state in OPEN]
    counts += [(each, begun if each.begun else meant) for each in kin if each.heard]
    found: dict[str, Listed] = {}
    for each, ours in counts:
        for key in _keys(each.notice.case_id, seen):
            if key not in ours:
                found.setdefault(key, Listed(_words(each)))
    return found


def may_be_older(kept: KeptNotice | None) -> bool:
    """Whether a store that was restored may know less of this notice than Salesforce."""
    if kept is None or kept.notice.reason == TOLD_ALREADY:
        return True
    return kept.notice.state is NoticeState.DRAFT and kept.task_id is None


def told_already(ticket: Resolved, done: Container[str], seen: Mapping[str, Seen]) -> dict[str, Listed]:
    """Who was told under a notice that is done in Salesforce."""
    cases = [case_id for case_id, each in ticket.notice_ids.items() if each in done]
    return {key: Listed(TOLD_ALREADY) for each in cases for key in _keys(each, seen)}


def refused(notices: Iterable[KeptNotice]) -> list[KeptNotice]:
    return [each for each in notices if each.notice.reason == REFUSED]


def _words(kept: KeptNotice) -> str:
    notice = kept.notice
    if notice.state is NoticeState.NO_OUTREACH and notice.reason:
        return notice.reason
    return f"The same person hears of it for case {notice.case_number}."


def _keys(case_id: str, seen: Mapping[str, Seen]) -> Iterator[str]:
    yield same(case_id)
    if person := _person(case_id, seen):
        yield same(person)


def _person(case_id: str, seen: Mapping[str, Seen]) -> str | None:
    found = seen.get(same(case_id))
    return found.waiting.person if found else None
