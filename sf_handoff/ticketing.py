"""A day's problems → tickets: what is known of each, whose names to take out, drafts, the plan; then filing.

The day's rows are read once more while the pull is open; what is kept of them is a few notes of each problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sf_handoff.daily import JudgedDay
from sf_handoff.errors import InvalidHandoff
from sf_handoff.filing import Filed, Filing
from sf_handoff.mapping import MappingSet
from sf_handoff.ports import Ledger, Salesforce
from sf_handoff.redaction import People, scrub
from sf_handoff.reports import names
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.decisions import Decided, Decision
from sf_handoff.reports.drafts import Beside, Drafted, drafts_of, filed
from sf_handoff.reports.evidence import Evidence, evidence_of
from sf_handoff.reports.history import DayCounts
from sf_handoff.reports.label_check import missing
from sf_handoff.reports.plan import Plan
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.tickets import DayCount, Priority
from sf_handoff.reports.triage import Triage
from sf_handoff.reports.triaged import TriagedDay, triage_day
from sf_handoff.retry import OVERNIGHT, Call


@dataclass(frozen=True)
class Decisions:
    """What people decided of a day's cases: `by` is an account's id, for the store; `role` for the ticket.

    Without `by` there is nothing new: what was decided before still holds.
    """

    cases: Mapping[str, Decided] = field(default_factory=dict)
    by: str = ""
    role: str = "a contact-center lead"


NONE_DECIDED = Decisions()


@dataclass(frozen=True)
class Gathered:
    """What is known of a day's problems once its rows are gone. `people` are whom the quoted cases name."""

    day: ReportDay
    triaged: TriagedDay
    evidence: Mapping[str, Evidence]
    people: Mapping[str, People] = field(repr=False)
    history: tuple[DayCounts, ...]
    decisions: Decisions
    api_calls: int
    strangers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planned:
    """The plan, with the drafts that it was made from and what is held or left."""

    gathered: Gathered
    drafted: Drafted
    plan: Plan

    @property
    def needs_a_person(self) -> bool:
        return bool(self.plan.needs_a_person or self.drafted.held or self.gathered.strangers)


class Ticketing:
    """`filing` is asked for when a plan is made: gathering needs no tracker. `clocks` gives what is due when
    for a ticket of a priority that is filed at a moment."""

    def __init__(
        self,
        *,
        filing: Callable[[], Filing],
        ledger: Ledger,
        salesforce: Salesforce,
        mappings: MappingSet,
        clocks: Callable[[Priority, datetime], Sequence[tuple[str, datetime]]],
        clock: Callable[[], datetime],
    ) -> None:
        self._filing, self._ledger, self._salesforce = filing, ledger, salesforce
        self._mappings, self._clocks, self._clock = mappings, clocks, clock

    def gather(self, judged: JudgedDay, decisions: Decisions = NONE_DECIDED) -> Gathered:
        """What tickets of this day can say. Its rows must still be there; people's decisions override the
        rules. Raises what Salesforce does: without the names of those concerned nothing is quoted."""
        given = set(decisions.cases)
        before = self._ledger.decided(judged.pull.day.date)
        decisions = replace(decisions, cases={**before, **decisions.cases})
        triaged, strangers = self._decided(judged, decisions)
        if given and given <= set(strangers):
            raise InvalidHandoff(
                f"None of the cases in the workbook is of {judged.pull.day.date}; nothing was taken over. "
                "Is it the workbook of another day?",
                code="DECISIONS",
            )
        evidence = evidence_of(judged.pull.rows(), filed(triaged, self._mappings.tickets), self._mappings)
        people, calls = self._people(evidence)
        day, history = judged.pull.day, judged.history
        return Gathered(day, triaged, evidence, people, history, decisions, calls, strangers)

    def plan(self, gathered: Gathered) -> Planned:
        """What filing them would do. Nothing is written.

        Raises Misconfigured where the tracker lacks what the maps name.
        """
        day, decisions, maps = gathered.day, gathered.decisions, self._mappings
        now = self._clock()
        beside = Beside(
            day=day,
            people=gathered.people,
            history=self._history(gathered),
            clocks=lambda priority: self._clocks(priority, now),
        )
        drafted = drafts_of(gathered.triaged, gathered.evidence, beside, maps)
        plan = self._filing().plan(
            drafted.drafts,
            day,
            missing=lambda facts: [each.words for each in missing(maps, facts)],
            decided=frozenset(decisions.cases),
            role=scrub(decisions.role),
            taken_out=[key for key, each in decisions.cases.items() if each.decision is not Decision.FORWARD],
        )
        return Planned(gathered, drafted, plan)

    def file(self, planned: Planned) -> Filed:
        """Does what was planned. Safe to do again: what is done already is left alone."""
        gathered, decisions = planned.gathered, planned.gathered.decisions
        known = {number: each for number, each in decisions.cases.items() if number not in gathered.strangers}
        if known and decisions.by:
            self._ledger.decide(known, day=gathered.day.date, by=decisions.by)
        return self._filing().run(planned.plan)

    # Inside

    def _decided(self, judged: JudgedDay, decisions: Decisions) -> tuple[TriagedDay, tuple[str, ...]]:
        """The day judged by people, too; and the numbers that they decided on and the day does not have."""
        maps = self._mappings
        people_decide = maps.tickets.decided_by == "people"
        if not (decisions.cases or people_decide):
            return judged.triaged, ()
        triage = Triage(maps.triage, maps.report.own_record_types)
        chosen = {number: each.decision for number, each in decisions.cases.items()}
        unseen = set(chosen)

        def seen_rows() -> Iterator[ReportRow]:
            for row in judged.pull.rows():
                unseen.discard(row.case_number)
                yield row

        triaged = triage_day(seen_rows(), triage, judged.earlier, chosen, people_decide=people_decide)
        return triaged, tuple(sorted(unseen))

    def _people(self, evidence: Mapping[str, Evidence]) -> tuple[dict[str, People], int]:
        maps = self._mappings
        people: dict[str, People] = {}
        call = Call(OVERNIGHT)
        for request in names.asked(
            maps.report.sobject, maps.tickets, names.persons_needed(evidence.values())
        ):
            people |= names.read(self._salesforce.composite(request, call), maps.tickets)
        return people, call.requests

    def _history(self, gathered: Gathered) -> dict[str, dict[date, DayCount]]:
        """The earlier days of each problem: as its tickets count them, else as the days' counts have it."""
        found: dict[str, dict[date, DayCount]] = {
            fingerprint: {
                each.date: DayCount(each.clusters.get(fingerprint, 0), 0) for each in gathered.history
            }
            for fingerprint in gathered.evidence
        }
        for ticket in self._ledger.tickets(fingerprints=tuple(gathered.evidence)):
            found.setdefault(ticket.fingerprint, {}).update(ticket.days)
        return found
