"""Flags → clusters: cases of one day that are the same issue, what is near, and what is trending.

The order of the rows changes nothing. Near clusters are proposed with the reason and never put together:
that is for a person to do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sf_handoff.reports.fingerprint import Parts, page_of, parts_of
from sf_handoff.reports.heard import Heard
from sf_handoff.reports.near import Face, Near, near_each_other
from sf_handoff.reports.triage import Flag
from sf_handoff.reports.triage_map import Trend, TriageMap


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cases that are the same issue. `words` say why they are together, `alert` why it is urgent.

    `people` counts different persons; a case without a person counts as one of its own.
    """

    fingerprint: str
    product: str | None
    page: str | None
    signature: str | None
    symptom: str | None
    cases: tuple[str, ...]
    people: int
    first_seen: datetime
    last_seen: datetime
    words: str
    near: tuple[Near, ...] = ()
    alert: str | None = None
    tier: int = 2

    @property
    def vague(self) -> bool:
        """Too little is known to say that its cases are one issue."""
        known = (self.product, self.page, self.signature, self.symptom)
        return Parts(*(each or "" for each in known)).vague


@dataclass(frozen=True, slots=True)
class Sign:
    """What clustering keeps of a technical case. `quoted` is an error's text as typed, and never leaves."""

    case_number: str
    parts: Parts
    symptoms: tuple[str, ...]
    page: str
    quoted: str
    person: str | None
    opened_at: datetime
    tier: int


def sign_of(heard: Heard, flag: Flag, declared: TriageMap, *, forwarded: bool = False) -> Sign:
    """What a person `forwarded` is an issue of its own where too little is known to put it with others."""
    parts = parts_of(heard, declared)
    return Sign(
        case_number=flag.case_number,
        parts=replace(parts, case=flag.case_number) if forwarded and parts.vague else parts,
        symptoms=heard.symptoms,
        page=min((page_of(path, declared) for path in heard.paths), default=""),
        quoted=heard.quoted,
        person=heard.row.person,
        opened_at=heard.row.opened_at,
        tier=flag.tier,
    )


def clusters_of(
    signs: Iterable[Sign], declared: TriageMap, earlier: Mapping[str, Sequence[int]] | None = None
) -> tuple[Cluster, ...]:
    """The clusters of a day, the biggest first. `earlier` has the counts of the days before, latest last."""
    groups = together(signs)
    near = near_each_other([_face(parts, members) for parts, members in groups.items()], declared.alike)
    found = [
        _cluster(parts, members, near.get(parts.fingerprint, ()), declared.trend, earlier or {})
        for parts, members in groups.items()
    ]
    return tuple(sorted(found, key=lambda each: (-len(each.cases), each.fingerprint)))


def together(signs: Iterable[Sign]) -> dict[Parts, list[Sign]]:
    """Cases by what they have in common.

    One that names no error goes with the error that most of those with its product and its symptom name:
    of one outage some callers read the error out, and others say only that nothing opens.
    """
    groups: dict[Parts, list[Sign]] = defaultdict(list)
    for each in signs:
        groups[each.parts].append(each)
    named = [parts for parts in groups if parts.signature]
    for parts in sorted(set(groups) - set(named)):
        at = _named_by_others(parts, {other: groups[other] for other in named})
        if at:
            groups[at] += groups.pop(parts)
    return {parts: sorted(groups[parts], key=lambda each: each.case_number) for parts in sorted(groups)}


def _named_by_others(parts: Parts, named: Mapping[Parts, Sequence[Sign]]) -> Parts | None:
    """The error that these nameless cases belong to, if there is one."""
    counts = {
        other: sum(parts.symptom in each.symptoms for each in members if each.parts == other)
        for other, members in named.items()
        if parts.product and (other.product, other.page) == (parts.product, parts.page)
    }
    enough = [
        (count, other.fingerprint, other)
        for other, count in counts.items()
        if count >= 2 and count * 4 >= sum(each.parts == other for each in named[other])
    ]
    return max(enough)[2] if enough else None


def _cluster(
    parts: Parts,
    members: Sequence[Sign],
    near: tuple[Near, ...],
    trend: Trend,
    earlier: Mapping[str, Sequence[int]],
) -> Cluster:
    alert = None if parts.vague else alarm(len(members), earlier.get(parts.fingerprint, ()), trend)
    return Cluster(
        fingerprint=parts.fingerprint,
        product=parts.product or None,
        page=parts.page or most_common(each.page for each in members),
        signature=parts.signature or None,
        symptom=_symptom(parts, members),
        cases=tuple(each.case_number for each in members),
        people=people(members),
        first_seen=min(each.opened_at for each in members),
        last_seen=max(each.opened_at for each in members),
        words=_why(parts, members),
        near=near,
        alert=alert,
        tier=3 if alert else max(each.tier for each in members),
    )


def _symptom(parts: Parts, members: Iterable[Sign]) -> str | None:
    return parts.symptom or most_common(each.symptoms[0] for each in members if each.symptoms)


def _face(parts: Parts, members: Sequence[Sign]) -> Face:
    quote = most_common(each.quoted for each in members)
    return Face(parts, _symptom(parts, members) or "", quote or "")


def people(members: Iterable[Sign]) -> int:
    """How many different persons; a case without a person is one of its own."""
    return len({each.person or f"case {each.case_number}" for each in members})


def alarm(today: int, before: Sequence[int], trend: Trend) -> str | None:
    """Why this many cases are trending, in words; None where they are not."""
    if today >= trend.day:
        return f"{today} cases in a day; from {trend.day} on it is urgent"
    days = before[-(trend.days - 1) :] if trend.days > 1 else ()
    total = today + sum(days)
    if today and total >= trend.window:
        return (
            f"{total} cases in {trend.days} days, {today} of them today; from {trend.window} on it is a trend"
        )
    return None


def most_common(names: Iterable[str]) -> str | None:
    """Of equally common ones the first by name."""
    counts = Counter(name for name in names if name)
    return min(counts, key=lambda name: (-counts[name], name), default=None)


def _why(parts: Parts, members: Sequence[Sign]) -> str:
    nameless = sum(each.parts != parts for each in members)
    said = f"in common: {parts.words}" if len(members) > 1 else parts.words
    if parts.vague:
        said += "; too little is known to say that it is one issue"
    if nameless:
        said += f"; {nameless} of {len(members)} name no error, and fail the same way"
    return said
