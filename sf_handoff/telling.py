"""Tells customers what came of their report: who is told what, approved by a person, tried, and done with.

resolved tickets → every case with its route → drafts → a person approves → Case fields and agents' Tasks,
mails for export → attempts, recorded → everybody told, or listed with the reason

Nothing is sent to a customer by us. All of it may be repeated, and may end anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.errors import HandoffError, Misconfigured, Rejected
from sf_handoff.gate import Gate
from sf_handoff.ports import SALESFORCE, Ledger, NoticeStore, Resolutions, Salesforce
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.notices import notice as notices
from sf_handoff.reports.notices.attempts import next_attempt
from sf_handoff.reports.notices.kept import OPEN, KeptMass, KeptNotice
from sf_handoff.reports.notices.mass import approve_mass
from sf_handoff.reports.notices.notice import About
from sf_handoff.reports.notices.rendering import Templates
from sf_handoff.reports.notices.routes import ROUTE_WORDS
from sf_handoff.reports.notices.told import standing
from sf_handoff.reports.notices.values import Attempt, Means, NoticeState, Reached, Route, Routed
from sf_handoff.retry import OVERNIGHT, Call
from sf_handoff.sender import Sender
from sf_handoff.telling_prepare import REOPENED, Preparing, turns, withdraw_reopened
from sf_handoff.telling_writes import Writing

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet

T = TypeVar("T")
NO_OUTREACH = "The contact center has decided that the customer is not contacted."
_CHANGE = Callable[[KeptNotice], KeptNotice]


@dataclass(frozen=True)
class Prepared:
    """What is new: how many notices are in which state, how many drafts to everybody, how many taken back."""

    counts: Mapping[str, int]
    withdrawn: int
    findings: tuple[Finding, ...]
    api_calls: int


@dataclass(frozen=True)
class Decided:
    """What became of what a person decided, by notice: done, or why not."""

    done: tuple[str, ...] = ()
    refused: Mapping[str, Rejected] = field(default_factory=dict)


@dataclass(frozen=True)
class Wrote:
    """What was written to Salesforce, by notice; `parked` with the code of the refusal. `later` are to be
    written the next time. `stopped` is what ended it early."""

    done: tuple[str, ...]
    parked: Mapping[str, str]
    later: tuple[str, ...]
    api_calls: int
    stopped: HandoffError | None = None


class Telling:
    """`reopen` opens a ticket again, given its id and the number of the case where it still does not work;
    without it that waits for a Telling that has one."""

    def __init__(
        self,
        *,
        salesforce: Salesforce,
        store: NoticeStore,
        ledger: Ledger,
        resolutions: Resolutions,
        maps: MappingSet,
        clock: Callable[[], datetime],
        reopen: Callable[[str, str], object] | None = None,
    ) -> None:
        if maps.notices is None or maps.answers is None:
            raise Misconfigured("MAPPINGS: the maps have no `notices` or no `answers`.")
        self._sender = Sender(salesforce, Gate(store, SALESFORCE))
        self._store, self._ledger, self._resolutions = store, ledger, resolutions
        self._case_map, self._answers = maps.case, maps.answers
        self._templates, self._clock, self._reopen = Templates(maps.notices), clock, reopen
        self._calls = 0

    # Drafts

    def prepare(self) -> Prepared:
        """Drafts what is to be told of all that is resolved, and takes back what is open again. Raises what
        Salesforce does; nothing is told of a ticket that could not be looked at."""
        self._calls = 0
        sobject, at = self._case_map.sobject, self._clock()
        withdrawn = withdraw_reopened(self._store, self._resolutions, at)
        run = Preparing(self._store, self._ledger, self._templates, self._answers, sobject, at)
        run.run(self._resolutions, self._ask)
        return Prepared(dict(run.counts), len(withdrawn), tuple(run.findings), self._calls)

    def choose(self, notice_id: str, template: str, values: Mapping[str, str]) -> KeptNotice:
        """Another template than the proposed one, with `values` that only staff know. It is to be approved
        again. Raises Rejected."""
        offices = self._templates.map.offices
        more = {name: offices.get(text, text) if name == "office" else text for name, text in values.items()}
        kept = self._one(notice_id)
        holds = self._resolutions.resolution(kept.ticket_id)
        if kept.notice.state not in OPEN or holds is None or holds[0] != kept.turn:
            raise Rejected("The text of this notice can't be changed any more.", code="STATE")
        about = About(kept.ticket_id, holds[1], kept.turn, kept.product)
        route = kept.notice.route
        way = Routed(kept.waiting, route, ROUTE_WORDS.get(route, ""))
        made = notices.draft(about, way, self._templates, template=template, more=more)

        def chosen(now: KeptNotice) -> KeptNotice:
            if now.notice.state not in OPEN:
                raise Rejected("The text of this notice can't be changed any more.", code="STATE")
            return now.having(replace(made, attempts=now.notice.attempts), self._clock())

        self._change([notice_id], chosen)
        return self._one(notice_id)

    # Decisions

    def approve(self, shown: Mapping[str, str], by: str) -> Decided:
        """Approves notices, of each the text whose digest was shown. `by` is an account's id."""
        current = turns(self._resolutions, self._store.notices(ids=tuple(shown)))
        at = self._clock()

        def approved(kept: KeptNotice) -> KeptNotice:
            if current.get(kept.ticket_id) != kept.turn:
                raise Rejected(f"{REOPENED} Nobody is told yet.", code="REOPENED")
            approved = notices.approve(kept.notice, shown[kept.notice_id])
            if kept.notice.state is NoticeState.APPROVED:
                return kept
            return replace(kept.having(approved, at), approved_at=at, approved_by=by)

        return self._decide(tuple(shown), approved)

    def hold(self, ids: Sequence[str]) -> Decided:
        """Takes back an approval, or a decision that nobody is told."""
        at = self._clock()

        def held(kept: KeptNotice) -> KeptNotice:
            if kept.notice.state in OPEN or kept.decided_by:
                draft = kept.having(kept.notice.into(NoticeState.DRAFT), at)
                return replace(draft, decided_by=None)
            raise Rejected("This notice can't be held back any more.", code="STATE")

        return self._decide(ids, held)

    def leave_out(self, ids: Sequence[str], why: str, by: str) -> Decided:
        """Lists these customers as not to be contacted, with the reason; that stays until it is held."""
        at = self._clock()

        def left_out(kept: KeptNotice) -> KeptNotice:
            if kept.notice.state not in OPEN:
                raise Rejected("This notice can't be withdrawn any more.", code="STATE")
            gone = kept.having(kept.notice.into(NoticeState.NO_OUTREACH, why or NO_OUTREACH), at)
            return replace(gone, decided_by=by)

        return self._decide(ids, left_out)

    def approve_mass(self, mass_id: str, digest: str, by: str) -> KeptMass:
        """Approves a banner and a mail to everybody, if these are the texts that were shown."""
        at = self._clock()

        def approved(kept: KeptMass | None) -> KeptMass | None:
            if kept is None:
                raise Rejected("There is no such draft.", code="NO_NOTICE")
            draft = approve_mass(kept.draft, digest)
            return kept if kept.draft.approved else KeptMass(draft, kept.ticket_id, kept.turn, at, by)

        changed = self._store.change_mass(mass_id, approved)
        assert changed is not None
        return changed

    # Attempts

    def record(
        self, notice_id: str, outcome: Reached, means: Means, at: datetime, by: str | None = None
    ) -> KeptNotice:
        """Notes an attempt. Where it still does not work, the ticket is opened again. Raises Rejected."""
        if at > self._clock():
            raise Rejected("An attempt can't be in the future.", code="AT")

        def tried(kept: KeptNotice) -> KeptNotice:
            attempt = Attempt(means, at, outcome)
            told = notices.recorded(kept.notice, attempt, kept.waiting, self._templates, had=kept.had)
            new = len(told.attempts) - len(kept.notice.attempts)
            return replace(kept.having(told, self._clock()), recorded_by=(*kept.recorded_by, *[by] * new))

        self._change([notice_id], tried)
        self.reopen_broken()
        return self._one(notice_id)

    def reopen_broken(self) -> int:
        """Opens the tickets of customers again who said that it still does not work; how many such there
        were. Safe to repeat: `reopen` knows the case."""
        reopen = self._reopen
        broken = [
            each for each in self._store.notices(states=(NoticeState.STILL_BROKEN,)) if not each.reopened
        ]
        if reopen is None:
            return 0
        for each in broken:
            reopen(each.ticket_id, each.notice.case_number)
            self._change([each.notice_id], lambda kept: replace(kept, reopened=True))
        return len(broken)

    # Salesforce, and the end

    def write(self, *, again: bool = False) -> Wrote:
        """Brings Cases and Tasks up to date; with `again` also of notices that were refused before."""
        withdraw_reopened(self._store, self._resolutions, self._clock())
        unwritten = self._store.notices(unwritten=True)
        todo = [each for each in unwritten if each.to_write and (again or each.code is None)]
        run = Writing(self._sender, self._store, self._case_map, self._answers, self._templates.map)
        stopped: HandoffError | None = None
        try:
            run.run(todo)
        except HandoffError as error:
            stopped = error
        return Wrote(tuple(run.done), dict(run.parked), tuple(run.later), run.calls, stopped)

    def settle(self) -> tuple[str, ...]:
        """The tickets of which everybody is told now, or listed with the reason; they are noted as told."""
        told = []
        for ticket_id, turn, resolution in self._resolutions.resolved():
            kept = [each.notice for each in self._store.notices(ticket_id=ticket_id)]
            cases = self._ledger.cases(ticket_id)
            if standing(resolution, cases, kept, ticket_id=ticket_id, turn=turn).told:
                self._resolutions.told(ticket_id, self._clock())
                told.append(ticket_id)
        return tuple(told)

    def purge(self, settled: timedelta) -> int:
        """Empties the texts of notices that were settled longer ago than that."""
        return self._store.purge_notices(settled)

    # Mails

    def mails(self, *, again: bool = False) -> list[KeptNotice]:
        """The approved notices whose next attempt is a mail by the contact center, and that were not exported
        for it; with `again` those that were."""
        withdraw_reopened(self._store, self._resolutions, self._clock())
        approved = self._store.notices(states=(NoticeState.APPROVED,))
        return [each for each in approved if self._mailed(each) and _exported(each) is again]

    def exported(self, mails: Sequence[KeptNotice]) -> None:
        """Notes that these have been exported. Raises Rejected where one has changed since."""
        sent = {each.notice_id: each for each in mails}

        def noted(kept: KeptNotice) -> KeptNotice:
            if kept.stamp != sent[kept.notice_id].stamp:
                raise Rejected("A notice was changed while it was exported. Export again.", code="CHANGED")
            return replace(kept, exported=len(kept.notice.attempts))

        self._change(list(sent), noted)

    def _mailed(self, kept: KeptNotice) -> bool:
        by_us = kept.notice.route is Route.CONTACT_CENTER
        following = next_attempt(kept.notice.attempts, kept.waiting, self._templates.map.attempts)
        return by_us and following.means is Means.EMAIL

    # Inside

    def _one(self, notice_id: str) -> KeptNotice:
        found = self._store.notices(ids=(notice_id,))
        if not found:
            raise _unknown()
        return found[0]

    def _decide(self, ids: Sequence[str], change: _CHANGE) -> Decided:
        """Each by itself: one that is refused stops no other."""
        refused: dict[str, Rejected] = {}

        def decided(key: str, kept: KeptNotice | None) -> KeptNotice | None:
            refused.pop(key, None)
            try:
                return change(_there(kept))
            except Rejected as error:
                refused[key] = error
            return None

        self._store.change_notices(ids, decided)
        return Decided(tuple(each for each in ids if each not in refused), refused)

    def _change(self, ids: Sequence[str], change: _CHANGE) -> None:
        self._store.change_notices(ids, lambda key, kept: change(_there(kept)))

    def _ask(self, request: CompositeRequest, read: Callable[[tuple[Part, ...]], T]) -> T:
        call = Call(OVERNIGHT)
        try:
            return self._sender.composite(request, call, read)
        finally:
            self._calls += call.requests


def _there(kept: KeptNotice | None) -> KeptNotice:
    if kept is None:
        raise _unknown()
    return kept


def _unknown() -> Rejected:
    return Rejected("There is no such notice. See: sf-handoff notices list", code="NO_NOTICE")


def _exported(kept: KeptNotice) -> bool:
    return kept.exported == len(kept.notice.attempts)
