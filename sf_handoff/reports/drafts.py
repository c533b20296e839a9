"""Clusters of a day → tickets that could be filed, what is held for a person, and what is left.

Nothing of a row comes into a draft but through the gate. What cannot be made sure to be clean is not filed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from sf_handoff.errors import Rejected
from sf_handoff.redaction import NOBODY, People, Scrubbed, Unclean, fence, scrub
from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.evidence import Evidence, Quote
from sf_handoff.reports.priority import Proposal, propose
from sf_handoff.reports.ticket_map import TicketMap
from sf_handoff.reports.ticket_sections import Problem, Quotes
from sf_handoff.reports.ticket_text import body_of, title_of
from sf_handoff.reports.ticket_words import name_of, told
from sf_handoff.reports.tickets import DayCount, Priority, TicketDraft
from sf_handoff.reports.triaged import TriagedDay

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet

ORDER = tuple(Priority)
# A quote of which less than this share of its words is left says nothing.
_ENOUGH = 2 / 3
# When what is due, by the priority that is proposed: the words for it, and the moment.
Clocks: TypeAlias = Callable[[Priority], Sequence[tuple[str, datetime]]]


@dataclass(frozen=True)
class Held:
    """A problem that is not filed before a person has looked at its `cases`; `kinds` of personal data."""

    fingerprint: str
    why: str
    cases: tuple[str, ...]
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Left:
    """A problem that is no ticket yet."""

    fingerprint: str
    why: str


@dataclass(frozen=True)
class Drafted:
    """A day's clusters, each in one of three places. Drafts: the most urgent first, then the biggest."""

    drafts: tuple[TicketDraft, ...]
    held: tuple[Held, ...]
    left: tuple[Left, ...]


@dataclass(frozen=True)
class Beside:
    """What a draft needs beside the day's clusters.

    `people` are those whom each case names, by case Id: without them a case is not quoted. `history` has the
    counts of each problem's other days; where only cases were counted, people are 0.
    """

    day: ReportDay
    people: Mapping[str, People]
    history: Mapping[str, Mapping[date, DayCount]]
    clocks: Clocks


def drafts_of(
    triaged: TriagedDay, found: Mapping[str, Evidence], beside: Beside, maps: MappingSet
) -> Drafted:
    """The drafts of the clusters that are filed. `found` has the evidence of each of these."""
    drafts: list[TicketDraft] = []
    held: list[Held] = []
    names = {each.fingerprint: each for each in triaged.clusters}
    for cluster in filed(triaged, maps.tickets):
        try:
            drafts.append(_Drafting(maps, beside, names).draft(cluster, found[cluster.fingerprint]))
        except Unclean as error:
            held.append(_held(cluster, error))
        except Rejected as error:
            held.append(Held(cluster.fingerprint, error.message, cluster.cases))
    return Drafted(tuple(in_order(drafts)), tuple(held), tuple(_left(triaged, maps.tickets)))


def filed(triaged: TriagedDay, declared: TicketMap) -> tuple[Cluster, ...]:
    """The clusters that are filed: what a person forwarded, and what the rules are sure of."""
    return tuple(each for each in triaged.clusters if _why_left(each, triaged, declared) is None)


def in_order(drafts: Sequence[TicketDraft]) -> list[TicketDraft]:
    """The most urgent first, then the biggest."""
    return sorted(drafts, key=lambda each: (-ORDER.index(each.priority), -len(each.cases), each.fingerprint))


def _left(triaged: TriagedDay, declared: TicketMap) -> Iterator[Left]:
    for each in triaged.clusters:
        why = _why_left(each, triaged, declared)
        if why:
            yield Left(each.fingerprint, why)


def _why_left(cluster: Cluster, triaged: TriagedDay, declared: TicketMap) -> str | None:
    """Why a cluster is not filed; None where it is."""
    if not triaged.forwarded.isdisjoint(cluster.cases):
        return None
    if declared.decided_by == "people":
        return "nobody forwarded it"
    if cluster.vague:
        return "too little is known to say that its cases are one problem"
    if cluster.tier < declared.lowest_tier:
        return f"Tier {cluster.tier}: follow-up questions come first"
    return None


def _held(cluster: Cluster, error: Unclean) -> Held:
    kinds = f" ({', '.join(error.kinds)})" if error.kinds else ""
    why = f"something personal{kinds} could be left in its text"
    return Held(cluster.fingerprint, why, cluster.cases, error.kinds)


class _Drafting:
    """Makes the draft of one cluster."""

    def __init__(self, maps: MappingSet, beside: Beside, clusters: Mapping[str, Cluster]) -> None:
        self._maps, self._beside, self._clusters = maps, beside, clusters

    def draft(self, cluster: Cluster, evidence: Evidence) -> TicketDraft:
        """Raises Unclean and Rejected where title or body cannot be had."""
        problem = self._problem(cluster, evidence)
        return TicketDraft(
            fingerprint=cluster.fingerprint,
            title=title_of(problem),
            body=body_of(problem),
            labels=labels_of(cluster, evidence, self._maps),
            owner=problem.owner.team,
            priority=problem.proposal.priority,
            why=problem.proposal.why,
            cases=evidence.cases,
            people=cluster.people,
            first_seen=cluster.first_seen,
            last_seen=cluster.last_seen,
            alert=cluster.alert,
            near=tuple(each.fingerprint for each in cluster.near),
        )

    def _problem(self, cluster: Cluster, evidence: Evidence) -> Problem:
        beside, today = self._beside, DayCount(len(cluster.cases), cluster.people)
        days = {**beside.history.get(cluster.fingerprint, {}), beside.day.date: today}
        proposal = self._proposal(evidence, days, today)
        near = ((self._clusters.get(each.fingerprint), each.words) for each in cluster.near)
        return Problem(
            cluster=cluster,
            evidence=evidence,
            proposal=proposal,
            quotes=quotes_of(evidence, beside.people, self._maps.tickets),
            days=days,
            day=beside.day,
            owner=self._maps.owners.of(cluster.product),
            declared=self._maps.tickets,
            near=tuple((name_of(other), words) for other, words in near if other),
            clocks=tuple(beside.clocks(proposal.priority)),
        )

    def _proposal(self, evidence: Evidence, days: Mapping[date, DayCount], today: DayCount) -> Proposal:
        return propose(
            days,
            self._maps.tickets.thresholds,
            workaround=next(iter(evidence.workarounds), None),
            blocked=evidence.blocked,
            today=today,
        )


def quotes_of(evidence: Evidence, people: Mapping[str, People], declared: TicketMap) -> Quotes:
    """The quotes that are shown. One that cannot be made sure to be clean is left out for the next."""
    texts: list[Scrubbed] = []
    unclean = 0
    named = People.of(
        name for each in evidence.quotes for name in people.get(each.case.case_id, NOBODY).names
    )
    for quote in evidence.quotes:
        if len(texts) == declared.quotes:
            break
        if declared.names and quote.case.case_id not in people:
            unclean += 1
            continue
        try:
            said = scrub(quote.text, named, strict=True)
            if _telling(quote.text, said):
                texts.append(told("{case}:\n\n{text}", case=_case(quote), text=fence(said)))
        except Unclean:
            unclean += 1
    return Quotes(tuple(texts), unclean)


def _telling(text: str, said: Scrubbed) -> bool:
    """Whether enough of it is left to be worth reading."""
    left = re.sub(r"\[[^\]]*\]", " ", said.text)
    return len(left.split()) >= _ENOUGH * len(text.split())


def _case(quote: Quote) -> str:
    return f"SF {quote.case.case_number}"


def labels_of(cluster: Cluster, evidence: Evidence, maps: MappingSet) -> tuple[str, ...]:
    """The labels of its ticket, each once. That of its priority is for where there is no board."""
    labels = maps.labels
    tier, product = labels.tiers.get(cluster.tier), labels.products.get(cluster.product or "")
    owner = maps.owners.of(cluster.product).label
    found = (
        labels.ours,
        *labels.always,
        tier,
        product,
        owner,
        labels.workaround if evidence.workarounds else None,
    )
    return tuple(dict.fromkeys(each.name for each in found if each))
