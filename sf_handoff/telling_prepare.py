"""Who is to be told of resolved tickets: asked of Salesforce, and kept as drafts that follow every change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.errors import Rejected
from sf_handoff.ports import Ledger, NoticeStore, Resolutions
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.notices import notice as notices
from sf_handoff.reports.notices.answer_map import AnswerMaps
from sf_handoff.reports.notices.kept import NOT_SEEN, OPEN, KeptMass, KeptNotice, flags
from sf_handoff.reports.notices.mass import MassDraft, mass_draft
from sf_handoff.reports.notices.notice import About
from sf_handoff.reports.notices.rendering import Templates
from sf_handoff.reports.notices.values import Resolution, Routed
from sf_handoff.reports.notices.who_waits import GONE, Seen, answers, questions, routed, same
from sf_handoff.reports.tickets import TicketCase

T = TypeVar("T")
Ask = Callable[[CompositeRequest, Callable[[tuple[Part, ...]], T]], T]
REOPENED = "The ticket was opened again."


@dataclass(frozen=True)
class Resolved:
    """A resolved ticket that is not told yet, with every case that it ever counted."""

    ticket_id: str
    turn: int
    resolution: Resolution
    cases: tuple[TicketCase, ...]


@dataclass
class Preparing:
    """One look at all that is resolved. `ask` sends a call and reads its answer."""

    store: NoticeStore
    ledger: Ledger
    templates: Templates
    maps: AnswerMaps
    sobject: str
    at: datetime
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def run(self, resolutions: Resolutions, ask: Ask[dict[str, Seen]]) -> None:
        tickets = [
            Resolved(*each, cases=tuple(self.ledger.cases(each[0]))) for each in resolutions.resolved()
        ]
        seen = self._seen([case.case_id for each in tickets for case in each.cases], ask)
        for each in tickets:
            self._ticket(each, seen)

    def _seen(self, case_ids: Sequence[str], ask: Ask[dict[str, Seen]]) -> dict[str, Seen]:
        found: dict[str, Seen] = {}
        for request in questions(case_ids, self.sobject, self.maps.who):
            found |= ask(request, lambda parts: answers(parts, self.maps.who, self.templates.map.whh))
        return found

    def _ticket(self, ticket: Resolved, seen: Mapping[str, Seen]) -> None:
        """One none of whose cases can be seen is left: a permission may be missing."""
        number, there = ticket.resolution.ticket, [seen.get(same(each.case_id)) for each in ticket.cases]
        missing = there.count(None)
        if missing:
            words = f"Ticket {number}: {missing} of {len(there)} cases are deleted, or must not be seen."
            self.findings.append(Finding(NOT_SEEN, words, needs_a_person=True))
        if missing > 1 and missing == len(there):
            return
        kept = self.store.notices(ticket_id=ticket.ticket_id)
        heard = _heard([each for each in kept if each.turn == ticket.turn], seen)
        ways = list(routed(ticket.cases, seen, heard))
        self._notices(ticket, ways, seen)
        self._mass(ticket, ways, seen)

    # Notices

    def _notices(self, ticket: Resolved, ways: Sequence[Routed], seen: Mapping[str, Seen]) -> None:
        fresh: dict[str, KeptNotice] = {}
        refused: dict[str, str] = {}
        for way in ways:
            try:
                made = self._drafted(ticket, way, seen.get(same(way.waiting.case_id)))
                fresh[made.notice_id] = made
            except Rejected as error:
                refused[error.code] = error.message
        self._say(ticket, refused)

        def change(key: str, kept: KeptNotice | None) -> KeptNotice | None:
            return _renewed(kept, fresh[key], self.at) if kept else fresh[key]

        for each in self.store.change_notices(list(fresh), change):
            self.counts[each.notice.state] += 1

    def _drafted(self, ticket: Resolved, way: Routed, seen: Seen | None) -> KeptNotice:
        product = seen.product if seen else None
        about = About(ticket.ticket_id, ticket.resolution, ticket.turn, product)
        made = notices.draft(about, way, self.templates)
        open_still = made.state in OPEN
        return KeptNotice(
            made,
            ticket.ticket_id,
            ticket.turn,
            flags(way.waiting),
            product,
            settled_at=None if open_still else self.at,
            code=NOT_SEEN if way.reason == GONE else None,
        )

    def _say(self, ticket: Resolved, refused: Mapping[str, str]) -> None:
        for code, message in refused.items():
            words = f"Ticket {ticket.resolution.ticket}: nobody can be told yet. {message}"
            self.findings.append(Finding(code, words, needs_a_person=True))

    # Everybody

    def _mass(self, ticket: Resolved, ways: Sequence[Routed], seen: Mapping[str, Seen]) -> None:
        there = [each.waiting for each in ways if same(each.waiting.case_id) in seen]
        products = Counter(seen[same(each.case_id)].product for each in there)
        try:
            made = mass_draft(
                self.templates,
                there,
                ticket_id=ticket.ticket_id,
                ticket=ticket.resolution.ticket,
                product=products.most_common(1)[0][0] if products else None,
                customer_text=ticket.resolution.text.text,
            )
        except Rejected as error:
            self._say(ticket, {error.code: error.message})
            return
        if made:
            self.store.change_mass(made.mass_id, lambda kept: _renewed_mass(kept, made, ticket))
            self.counts["mass"] += 1


def withdraw_reopened(store: NoticeStore, resolutions: Resolutions, at: datetime) -> list[KeptNotice]:
    """Takes back what nobody was told yet of tickets that were opened again since."""
    now = turns(resolutions, store.notices(states=tuple(OPEN)))
    for mass in store.masses():
        if turns(resolutions, [mass])[mass.ticket_id] != mass.turn:
            store.change_mass(mass.draft.mass_id, lambda kept: None)

    def change(key: str, kept: KeptNotice | None) -> KeptNotice | None:
        if kept is None or now.get(kept.ticket_id) == kept.turn:
            return None
        return kept.having(notices.withdraw(kept.notice, REOPENED), at)

    open_ones = store.notices(states=tuple(OPEN))
    return store.change_notices(
        [each.notice_id for each in open_ones if now.get(each.ticket_id) != each.turn], change
    )


def turns(resolutions: Resolutions, of: Sequence[KeptNotice | KeptMass]) -> dict[str, int | None]:
    """How often each ticket was resolved; None for one that is open."""
    found = {each.ticket_id: resolutions.resolution(each.ticket_id) for each in of}
    return {ticket_id: holds[0] if holds else None for ticket_id, holds in found.items()}


def _heard(kept: Sequence[KeptNotice], seen: Mapping[str, Seen]) -> dict[str, str]:
    """Each person who was told, is to be told, or is not to be told any more, with the case of it."""
    heard: dict[str, str] = {}
    for each in kept:
        found = seen.get(same(each.notice.case_id))
        if each.heard and found and found.waiting.person:
            heard.setdefault(found.waiting.person, each.notice.case_number)
    return heard


def _renewed(kept: KeptNotice, fresh: KeptNotice, at: datetime) -> KeptNotice:
    """What a person decided stays."""
    if kept.decided_by:
        return kept
    new = kept.having(notices.renewed(kept.notice, fresh.notice), at)
    unseen = fresh.code if new.notice.reason == GONE else new.code
    return replace(new, waiting=fresh.waiting, product=fresh.product, code=unseen)


def _renewed_mass(kept: KeptMass | None, made: MassDraft, ticket: Resolved) -> KeptMass:
    """Approved texts stay approved while they are the same."""
    same_texts = kept and (kept.turn, kept.draft.digest) == (ticket.turn, made.digest)
    if kept and kept.draft.approved and same_texts:
        return replace(kept, draft=replace(made, approved=True))
    return KeptMass(made, ticket.ticket_id, ticket.turn)
