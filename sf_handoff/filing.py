"""Files a day's problems as tickets: planned first, then done step by step, each recorded before and after.

drafts → what the ledger and the tracker have → plan → steps → what was filed
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sf_handoff.errors import Unavailable
from sf_handoff.filing_pace import PATIENCE, Later, Patience, since
from sf_handoff.filing_steps import Steps
from sf_handoff.ports import Ledger, Tracker
from sf_handoff.redaction import Scrubbed
from sf_handoff.reports import marker
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.plan import Action, Known, Making, Plan, Texts
from sf_handoff.reports.planning import concerned, plan
from sf_handoff.reports.ticket_map import LabelMap, TicketMap
from sf_handoff.reports.tickets import (
    Moved,
    Ticket,
    TicketDraft,
    TrackedIssue,
    TrackerFacts,
)

FILING = "filing"


@dataclass(frozen=True)
class Filed:
    """What a run did. `unavailable` says why it stopped; the rest is done by the next one."""

    tickets: tuple[Ticket, ...] = ()
    findings: tuple[Finding, ...] = ()
    unavailable: str | None = None

    @property
    def needs_a_person(self) -> bool:
        return any(each.needs_a_person for each in self.findings)


class Filing:
    """Plans and files. `patience` is how long a run waits in all where the tracker asks for it."""

    def __init__(
        self,
        tracker: Tracker,
        ledger: Ledger,
        *,
        map: TicketMap,  # noqa: A002
        labels: LabelMap,
        texts: Texts,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        patience: timedelta = PATIENCE,
    ) -> None:
        self._tracker, self._ledger = tracker, ledger
        self._map, self._labels, self._texts = map, labels, texts
        self._clock, self._sleep, self._patience = clock, sleep, patience

    def plan(
        self,
        drafts: Sequence[TicketDraft],
        day: ReportDay,
        *,
        missing: Callable[[TrackerFacts], Sequence[str]] = lambda facts: (),
        decided: Collection[str] = (),
        role: Scrubbed | None = None,
        taken_out: Collection[str] = (),
    ) -> Plan:
        """What filing these drafts would do; nothing is written. `missing` names what the tracker lacks.

        Raises Misconfigured where something is missing, or the repository is public and must not be.
        """
        known = self._known(drafts, day)
        making = Making(
            day, self._map, self._labels, self._texts, self._ledger.marker,
            frozenset(decided), role, frozenset(taken_out),
        )  # fmt: skip
        return plan(drafts, known, making, missing(known.facts))

    def run(self, planned: Plan) -> Filed:
        """Does what was planned, for as much of it as is not done yet. Safe to run again, and twice at once.

        Raises Misconfigured; what was done until then is in the ledger.
        """
        with self._ledger.alone(FILING) as alone:
            if not alone:
                return Filed(findings=planned.findings, unavailable="Another run is filing tickets just now.")
            patience = Patience(self._patience, self._sleep)
            steps = Steps(self._tracker, self._ledger, self._labels, self._texts, patience, self._clock)
            stopped = _all(steps, planned)
        return Filed(tuple(steps.tickets.values()), (*planned.findings, *steps.findings), stopped)

    # What there is

    def _known(self, drafts: Sequence[TicketDraft], day: ReportDay) -> Known:
        ask = Patience(self._patience, self._sleep)
        facts, tickets = ask(self._tracker.facts), tuple(self._ledger.tickets())
        wanted = concerned(tickets, (each.fingerprint for each in drafts))
        issues = self._issues(wanted, ask)
        here = [each for each in wanted if marker.same(each.repository, facts.repository)]
        numbers = {each.number for each in here if each.number is not None} - issues.keys()
        asked = {number: self._issue(number, ask) for number in sorted(numbers)}
        shown = self._shown(drafts, issues.values()) | {each.number for each in here if each.number}
        return Known(
            facts=facts,
            tickets=tickets,
            counted=self._ledger.counted(day.date),
            issues=tuple(issues.values()),
            asked=asked,
            duplicates=self._duplicates(sorted(shown), {**asked, **issues}, ask),
        )

    def _issues(self, wanted: Sequence[Ticket], ask: Patience) -> dict[int, TrackedIssue]:
        """All of ours in any state, and where a create's answer may be lost, whatever we made since."""
        found = ask(lambda: self._tracker.labelled(self._labels.ours.name))
        lost = since(wanted)
        if lost:
            found = [*found, *ask(lambda: self._tracker.made_by_us(lost))]
        return {each.number: each for each in found}

    def _shown(self, drafts: Sequence[TicketDraft], issues: Iterable[TrackedIssue]) -> set[int]:
        """Duplicates that carry a draft's marker, whether the ledger knows them or not."""
        drafted = {each.fingerprint for each in drafts}
        marked = ((each, marker.markers_in(each.body)) for each in issues if each.state_reason == "duplicate")
        return {each.number for each, found in marked if drafted & {one.fingerprint for one in found}}

    def _issue(self, number: int, ask: Patience) -> TrackedIssue | Moved | None:
        return ask(lambda: self._tracker.issue(number))

    def _duplicates(
        self, numbers: list[int], issues: dict[int, TrackedIssue | Moved | None], ask: Patience
    ) -> dict[int, int]:
        """What those that were closed as duplicates are duplicates of, and these in turn."""
        found: dict[int, int] = {}
        for number in numbers:
            issue = issues.get(number)
            duplicate = isinstance(issue, TrackedIssue) and issue.state_reason == "duplicate"
            if duplicate and number not in found:
                canonical = marker.duplicate_of(ask(lambda: self._tracker.comments(number)))  # noqa: B023
                if canonical is not None:
                    found[number] = canonical
                    numbers.append(canonical)
        return found


def _all(steps: Steps, planned: Plan) -> str | None:
    """Every action, and once more those that had to wait; why it stopped, if it did."""
    acting = [each for each in planned.actions if each.acts]
    try:
        waiting = [each for each in acting if _waits(steps, each)]
        if waiting:
            steps.wait()
        for each in waiting:
            steps.file(each, last=True)
    except Unavailable as error:
        return error.message
    return None


def _waits(steps: Steps, action: Action) -> bool:
    try:
        steps.file(action)
    except Later:
        return True
    return False
