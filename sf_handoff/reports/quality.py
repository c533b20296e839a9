"""How good triage is where the truth is known: precision, recall, and whether an outage is one cluster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.triage import Triage
from sf_handoff.reports.triaged import triage_day

ENOUGH = 5  # cases that are one issue, from which on they must be found together


class Truth(Protocol):
    """What is so, whatever the case looks like. No tier: the case has nothing to do with the site."""

    @property
    def cluster(self) -> str | None: ...
    @property
    def tier(self) -> int | None: ...
    @property
    def technical(self) -> bool: ...
    @property
    def mistagged(self) -> bool: ...


@dataclass(frozen=True)
class Score:
    """What was found, of what was to be found. Where nothing was, both shares are whole."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)


@dataclass(frozen=True)
class Quality:
    """The figures of one day. `clusters`: each issue of at least ENOUGH cases, against the cluster it became.

    `misjudged` are the case numbers whose technical flag is wrong, for whoever edits the words.
    """

    rows: int
    technical: Score
    tier: int
    mistagged: Score
    clusters: Mapping[str, Score]
    misjudged: tuple[str, ...]

    @property
    def tier_share(self) -> float:
        """The share of cases whose tier is right; no flag reads as Tier 0."""
        return self.tier / self.rows if self.rows else 1.0


def measure(cases: Iterable[tuple[ReportRow, Truth]], triage: Triage) -> Quality:
    """Triages the rows and compares what came out with the truth about them."""
    truths: dict[str, Truth] = {}

    def rows() -> Iterable[ReportRow]:
        for row, truth in cases:
            truths[row.case_number] = truth
            yield row

    day = triage_day(rows(), triage)
    flags = day.by_case
    technical = {number for number, flag in flags.items() if flag.technical}
    mistagged = {number for number, flag in flags.items() if flag.mistagged}
    tiers = {number: flag.tier for number, flag in flags.items()}
    truly = {number for number, truth in truths.items() if truth.technical}
    return Quality(
        rows=day.rows,
        technical=score(technical, truly),
        tier=sum(tiers.get(number, 0) == (truth.tier or 0) for number, truth in truths.items()),
        mistagged=score(mistagged, {number for number, truth in truths.items() if truth.mistagged}),
        clusters=_clusters(day.clusters, truths),
        misjudged=tuple(sorted(technical ^ truly)),
    )


def score(found: set[str], right: set[str]) -> Score:
    return Score(len(found & right), len(found - right), len(right - found))


def _clusters(clusters: Iterable[Cluster], truths: Mapping[str, Truth]) -> dict[str, Score]:
    issues: dict[str, set[str]] = {}
    for number, truth in truths.items():
        if truth.cluster:
            issues.setdefault(truth.cluster, set()).add(number)
    became = {number: each for each in clusters for number in each.cases}
    return {
        name: _as_cluster(numbers, became)
        for name, numbers in sorted(issues.items())
        if len(numbers) >= ENOUGH
    }


def _as_cluster(numbers: set[str], became: Mapping[str, Cluster]) -> Score:
    """Against the cluster that most of the issue's cases are in."""
    found = Counter(became[number].fingerprint for number in numbers if number in became)
    if not found:
        return Score(missed=len(numbers))
    most = min(found, key=lambda fingerprint: (-found[fingerprint], fingerprint))
    members = next(each.cases for each in became.values() if each.fingerprint == most)
    return score(set(members), numbers)
