"""A day's rows → what is technical in them, in one pass: flags, clusters, and who should look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sf_handoff.reports.clusters import Cluster, Sign, clusters_of, sign_of
from sf_handoff.reports.decisions import Decision
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.triage import TRENDING, Flag, Triage, in_order, training_list

DECIDED = "decided"  # the rule of cases that a person decided on
# What the tiers mean to those who decide: confirmed, answered here, not the site's.
TIERS = {Decision.FORWARD: 3, Decision.RESOLVE_HERE: 1, Decision.NOT_OURS: 0}


@dataclass(frozen=True)
class TriagedDay:
    """A day, judged. `rows` counts all, `own` our handoff Cases among them; `flags` are in reading order.

    `forwarded` are the case numbers that a person forwarded.
    """

    rows: int
    own: int
    flags: tuple[Flag, ...]
    clusters: tuple[Cluster, ...]
    forwarded: frozenset[str] = frozenset()

    @property
    def crisis(self) -> tuple[str, ...]:
        """Case numbers with a sign of a crisis: to be read before all others."""
        return tuple(flag.case_number for flag in self.flags if flag.crisis)

    @property
    def training(self) -> list[tuple[str, str]]:
        return training_list(self.flags)

    @property
    def by_case(self) -> dict[str, Flag]:
        """Where two cases have one number (a finding says so) the flags of both stand at it."""
        found: dict[str, Flag] = {}
        for flag in self.flags:
            other = found.get(flag.case_number)
            found[flag.case_number] = flag.beside(other) if other else flag
        return found

    @property
    def counts(self) -> dict[str, int]:
        """Cases by fingerprint: what is kept of the day for the trends of later ones."""
        return {cluster.fingerprint: len(cluster.cases) for cluster in self.clusters}

    @property
    def technical(self) -> int:
        return sum(flag.technical for flag in self.flags)

    @property
    def by_tier(self) -> dict[int, int]:
        """Flagged cases by tier; every other case is none of the site's."""
        return {tier: sum(flag.tier == tier for flag in self.flags if flag.rules) for tier in range(4)}


def triage_day(
    rows: Iterable[ReportRow],
    triage: Triage,
    earlier: Mapping[str, Sequence[int]] | None = None,
    decisions: Mapping[str, Decision] | None = None,
    *,
    people_decide: bool = False,
) -> TriagedDay:
    """Judges a day. Keeps a few words of each technical case and nothing of the others.

    `earlier` has the counts of the days before by fingerprint, latest last (see `earlier_counts`). What
    people decided, by case number, goes before the rules; where `people_decide`, only what they forwarded is
    clustered.
    """
    count = own = 0
    decided = decisions or {}
    forwarded: set[str] = set()
    flags: list[Flag] = []
    signs: list[Sign] = []
    for row in rows:
        count += 1
        own += triage.is_own(row)
        flag, heard = triage.judge(row)
        decision = decided.get(row.case_number)
        flag = _decided(flag, row.case_number, decision) if decision else flag
        if not flag:
            continue
        flags.append(flag)
        forward = decision is Decision.FORWARD
        if forward or (flag.technical and not people_decide):
            signs.append(sign_of(heard, flag, triage.map, forwarded=forward))
        forwarded |= {row.case_number} if forward else set()
    clusters = clusters_of(signs, triage.map, earlier)
    told = tuple(in_order(_with_trends(flags, clusters)))
    return TriagedDay(count, own, told, clusters, frozenset(forwarded))


def earlier_counts(days: Iterable[Mapping[str, int]]) -> dict[str, list[int]]:
    """The counts of each calendar day, oldest first, turned around: by fingerprint, 0 for a day without."""
    seen = list(days)
    return {
        fingerprint: [day.get(fingerprint, 0) for day in seen]
        for fingerprint in sorted({name for day in seen for name in day})
    }


def _decided(flag: Flag | None, case_number: str, decision: Decision) -> Flag | None:
    """The flag as a person decided; what nothing was found in needs a decision only to be forwarded.

    Why they did so is not told: it may name somebody.
    """
    if not flag and decision is not Decision.FORWARD:
        return None
    flag = flag or Flag(case_number, 0, (), ())
    return replace(
        flag,
        tier=TIERS[decision],
        rules=(DECIDED, *flag.rules),
        why=(f"decided by a person: {decision}", *flag.why),
    )


def _with_trends(flags: Iterable[Flag], clusters: Iterable[Cluster]) -> Iterator[Flag]:
    """What is trending is Tier 3, whatever a single case of it says."""
    alerts = {number: each.alert for each in clusters if each.alert for number in each.cases}
    for flag in flags:
        alert = alerts.get(flag.case_number)
        if alert:
            size = alert.partition(";")[0].partition(",")[0]
            flag = replace(  # noqa: PLW2901
                flag, tier=3, rules=(*flag.rules, TRENDING), why=(*flag.why, f"trending: {size}")
            )
        yield flag
