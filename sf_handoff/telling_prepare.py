"""Who is to be told of resolved tickets: asked of Salesforce, and kept as drafts that follow every change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Protocol, TypeVar

from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.calls.lookups import by_key_when, rows_of
from sf_handoff.errors import Rejected
from sf_handoff.ports import Ledger, NoticeStore, Resolutions
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.notices import notice as notices
from sf_handoff.reports.notices.answer_map import AnswerMaps
from sf_handoff.reports.notices.kept import NOT_SEEN, OPEN, KeptMass, KeptNotice, flags
from sf_handoff.reports.notices.mass import MassDraft, mass_draft
from sf_handoff.reports.notices.notice import About
from sf_handoff.reports.notices.rendering import Templates
from sf_handoff.reports.notices.values import NoticeState, Routed
from sf_handoff.reports.notices.who_waits import GONE, Listed, Seen, answers, questions, routed, same
from sf_handoff.telling_heard import Resolved, barred, elsewhere, heard, may_be_older, refused, told_already

T = TypeVar("T")
REOPENED = "The ticket was opened again."


class Ask(Protocol):
    """Sends a call, and reads its answer."""

    def __call__(self, request: CompositeRequest, read: Callable[[tuple[Part, ...]], T], /) -> T: ...


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

    def run(self, resolutions: Resolutions, ask: Ask) -> None:
        tickets = [
            Resolved(*each, cases=tuple(self.ledger.cases(each[0]))) for each in resolutions.resolved()
        ]
        tickets.sort(key=lambda each: each.resolution.follows is not None)
        if not tickets:
            return
        refusals = refused(self.store.notices(states=(NoticeState.NO_OUTREACH,)))
        untold = {each.ticket_id for each in tickets}
        followed = {each.ticket_id: self._followed(each, untold, resolutions) for each in tickets}
        others = [*refusals, *chain.from_iterable(followed.values())]
        asked = [case.case_id for each in tickets for case in each.cases]
        seen = self._seen([*asked, *(each.notice.case_id for each in others)], ask)
        done = self._done(tickets, ask)
        for number, each in enumerate(tickets):
            first = [*followed[each.ticket_id], *self._kin(each, tickets[:number])]
            listed = self._listed(each, refusals, first, self._kin(each, tickets[number:]), seen)
            self._ticket(each, seen, listed | told_already(each, done, seen))

    def _followed(
        self, ticket: Resolved, untold: Container[str], resolutions: Resolutions
    ) -> list[KeptNotice]:
        """What holds of the ticket that this one is a duplicate of, where that is told already."""
        if ticket.resolution.follows is None:
            return []
        there = self.store.notices(ticket=ticket.resolution.follows)
        found = [each for each in there if each.ticket_id not in untold]
        now = turns(resolutions, found)
        return [each for each in found if now[each.ticket_id] == each.turn]

    def _kin(self, ticket: Resolved, others: Sequence[Resolved]) -> list[KeptNotice]:
        kin = {other.ticket_id: other for other in others if ticket.kin(other)}
        found = chain.from_iterable(self.store.notices(ticket_id=each) for each in kin)
        return [each for each in found if kin[each.ticket_id].made(each)]

    def _listed(
        self,
        ticket: Resolved,
        refusals: Sequence[KeptNotice],
        first: Sequence[KeptNotice],
        kin: Sequence[KeptNotice],
        seen: Mapping[str, Seen],
    ) -> dict[str, Listed]:
        kept = self.store.notices(ticket_id=ticket.ticket_id)
        own = [each for each in kept if ticket.made(each)]
        return elsewhere(own, first, kin, seen) | barred(ticket, kept, refusals, seen)

    def _seen(self, case_ids: Sequence[str], ask: Ask) -> dict[str, Seen]:
        found: dict[str, Seen] = {}
        for request in questions(case_ids, self.sobject, self.maps.who):
            found |= ask(request, lambda parts: answers(parts, self.maps.who, self.templates.map.whh))
        return found

    def _done(self, tickets: Sequence[Resolved], ask: Ask) -> set[str]:
        """The notices whose Task is done, though nobody has approved them here: the store is an older one."""
        kept = {
            each.notice_id: each
            for ticket in tickets
            for each in self.store.notices(ticket_id=ticket.ticket_id)
        }
        made = [notice_id for ticket in tickets for notice_id in ticket.notice_ids.values()]
        unsure = [each for each in made if may_be_older(kept.get(each))]
        found: set[str] = set()
        for request, _ in by_key_when(unsure, self.maps.task, ("IsClosed = true",)):
            found |= {str(each.get(self.maps.task.key)) for each in ask(request, rows_of)}
        return found

    def _ticket(self, ticket: Resolved, seen: Mapping[str, Seen], listed: Mapping[str, Listed]) -> None:
        """One none of whose cases can be seen is left: a permission may be missing."""
        number, there = ticket.resolution.ticket, [seen.get(same(each.case_id)) for each in ticket.cases]
        missing = there.count(None)
        if missing:
            words = f"Ticket {number}: {missing} of {len(there)} cases are deleted, or must not be seen."
            self.findings.append(Finding(NOT_SEEN, words, needs_a_person=True))
        if missing > 1 and missing == len(there):
            return
        kept = [each for each in self.store.notices(ticket_id=ticket.ticket_id) if ticket.made(each)]
        self._uncounted(ticket, kept)
        ways = list(routed(ticket.cases, seen, heard(kept, seen), listed))
        self._notices(ticket, ways, seen)
        self._mass(ticket, ways, seen)

    # Notices

    def _uncounted(self, ticket: Resolved, kept: Sequence[KeptNotice]) -> None:
        """Takes back what nobody was told yet of cases that the ticket does not count any more."""
        counted = {each.case_id for each in ticket.cases}
        left = [each.notice_id for each in kept if each.notice.case_id not in counted]

        def change(key: str, kept: KeptNotice | None) -> KeptNotice | None:
            return kept.having(notices.withdraw(kept.notice, notices.UNCOUNTED), self.at) if kept else None

        for each in self.store.change_notices(left, change):
            self.counts[each.notice.state] += 1

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
            decided_by=way.decided_by,
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


def _renewed(kept: KeptNotice, fresh: KeptNotice, at: datetime) -> KeptNotice:
    """What a person decided stays."""
    if kept.decided_by:
        return kept
    new = kept.having(notices.renewed(kept.notice, fresh.notice, had=kept.had), at)
    unseen = fresh.code if new.notice.reason == GONE else new.code
    return replace(new, waiting=fresh.waiting, product=fresh.product, code=unseen)


def _renewed_mass(kept: KeptMass | None, made: MassDraft, ticket: Resolved) -> KeptMass:
    """Approved texts stay approved while they are the same."""
    same_texts = kept and (kept.turn, kept.draft.digest) == (ticket.turn, made.digest)
    if kept and kept.draft.approved and same_texts:
        return replace(kept, draft=replace(made, approved=True))
    return KeptMass(made, ticket.ticket_id, ticket.turn)
