"""What is known of each cluster beside its cases: a second look at the rows of a day, for tickets.

A few notes of each cluster are kept to be quoted, and counts of what is declared; of the rest of the rows
nothing. The order of the rows changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.fingerprint import page_of
from sf_handoff.reports.heard import Heard, without_addresses
from sf_handoff.reports.history import UNLISTED, UNSAID
from sf_handoff.reports.mentions import mentioned
from sf_handoff.reports.phrases import Lexicon, plain
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.ticket_map import TicketMap
from sf_handoff.reports.tickets import TicketCase
from sf_handoff.reports.triage import Triage

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet

SPARE = 2  # candidates for each quote that is shown: some cannot be cleaned
_WORDS_FOR_A_POINT, _MOST_FOR_LENGTH = 15, 4


@dataclass(frozen=True)
class Quote:
    """What an agent wrote about a case, as it was typed: it may name people."""

    case: TicketCase
    text: str = field(repr=False)


@dataclass(frozen=True)
class Evidence:
    """What a ticket can say of a cluster. Mappings count cases.

    `quotes` are candidates, those that tell most first; `too_long` counts notes that are none. `blocked`
    counts cases that cannot use it at all, `denied` those that say that there is no workaround.
    """

    cases: tuple[TicketCase, ...] = ()
    quotes: tuple[Quote, ...] = ()
    too_long: int = 0
    products: Mapping[str, int] = field(default_factory=dict)
    topics: Mapping[str, int] = field(default_factory=dict)
    mentions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)
    blocked: int = 0
    workarounds: Mapping[str, int] = field(default_factory=dict)
    denied: int = 0


def evidence_of(
    rows: Iterable[ReportRow], clusters: Collection[Cluster], maps: MappingSet
) -> dict[str, Evidence]:
    """The evidence of each of these clusters, by fingerprint. Memory does not grow with the rows' texts."""
    looking = _Look(maps)
    gathered = {each.fingerprint: _Gathered() for each in clusters}
    places: defaultdict[str, list[_Gathered]] = defaultdict(list)
    for cluster in clusters:
        for number in set(cluster.cases):
            places[number].append(gathered[cluster.fingerprint])
    for row in rows:
        for place in places.get(row.case_number, ()):
            looking.at(row, place)
    return {fingerprint: each.evidence(maps.tickets) for fingerprint, each in gathered.items()}


@dataclass
class _Gathered:
    """What was found of one cluster so far. `candidates`: by plain text, how much it tells, and the quote."""

    cases: set[TicketCase] = field(default_factory=set)
    candidates: dict[str, tuple[int, Quote]] = field(default_factory=dict)
    counts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def offer(self, text: str, tells: int, quote: Quote, most: int) -> None:
        """Keeps the note if it is among the most telling. Of the same text twice the first case stays."""
        other = self.candidates.get(text)
        if other and other[1].case.case_number <= quote.case.case_number:
            return
        self.candidates[text] = (tells, quote)
        if len(self.candidates) > most:
            del self.candidates[max(self.candidates, key=self._rank)]

    def evidence(self, declared: TicketMap) -> Evidence:
        counts = {name: ordered(counted) for name, counted in self.counts.items()}
        mentions = {kind: counts.get(kind, {}) for kind in declared.mentions}
        alone = counts.get("alone", {})
        return Evidence(
            cases=tuple(sorted(self.cases, key=lambda each: (each.case_number, each.case_id))),
            quotes=tuple(self.candidates[text][1] for text in sorted(self.candidates, key=self._rank)),
            too_long=alone.get("too long", 0),
            products=counts.get("product", {}),
            topics=counts.get("topic", {}),
            mentions=mentions,
            errors=counts.get("error", {}),
            pages=counts.get("page", {}),
            blocked=alone.get("blocked", 0),
            workarounds=counts.get("workaround", {}),
            denied=alone.get("denied", 0),
        )

    def _rank(self, text: str) -> tuple[int, str, str]:
        tells, quote = self.candidates[text]
        return -tells, quote.case.case_number, quote.case.case_id


class _Look:
    """Reads one row for its cluster."""

    def __init__(self, maps: MappingSet) -> None:
        self._triage, self._map = Triage(maps.triage), maps.tickets
        declared, spellings = maps.tickets, maps.triage.spellings
        values = {each.name: frozenset(each.values) for each in maps.report.columns}
        self._products = values.get("product", frozenset())
        self._topics = values.get("topic", frozenset()) | declared.topics
        heard = {"workaround": declared.workaround_phrases, "steps": declared.step_phrases}
        self._said = Lexicon(heard, spellings, declared.denials)
        self._said_or_denied = Lexicon({"workaround": declared.workaround_phrases}, spellings)

    def at(self, row: ReportRow, place: _Gathered) -> None:
        heard, counts = self._triage.hear(row), place.counts
        text = row.notes or row.subject or ""
        read = plain(text)
        said, bare = self._said.found(read), without_addresses(read).rest
        place.cases.add(TicketCase(row.case_number, row.case_id))
        counts["product"][_named(row.product, self._products)] += 1
        counts["topic"][_named(row.topic, self._topics)] += 1
        for kind, mentions in self._map.mentions.items():
            counts[kind].update(mentioned(bare, mentions))
        counts["error"].update(self._errors(heard))
        counts["page"].update({page for path in heard.paths if (page := page_of(path, self._triage.map))})
        counts["alone"]["blocked"] += not self._map.blocking.isdisjoint(heard.symptoms[:1])
        if "workaround" in said:
            counts["workaround"][said["workaround"]] += 1
        elif self._said_or_denied.found(read):
            counts["alone"]["denied"] += 1
        self._quote(row, text, self._tells(heard, said, text), place)

    def _quote(self, row: ReportRow, text: str, tells: int, place: _Gathered) -> None:
        if len(text) > self._map.longest_quote:
            place.counts["alone"]["too long"] += 1
        elif text.strip():
            quote = Quote(TicketCase(row.case_number, row.case_id), text)
            same = " ".join(plain(text).split())
            place.offer(same, tells, quote, self._map.quotes * SPARE)

    def _errors(self, heard: Heard) -> set[str]:
        named = (each.name for each in self._triage.map.errors if f"error: {each.name}" in heard.said)
        return {*heard.codes, *named}

    def _tells(self, heard: Heard, said: Mapping[str, str], text: str) -> int:
        """How much a note tells: the error first, what fails, by which steps; then its length."""
        length = min(len(text.split()) // _WORDS_FOR_A_POINT, _MOST_FOR_LENGTH)
        return 6 * bool(self._errors(heard)) + 4 * bool(heard.symptoms) + 4 * ("steps" in said) + length


def ordered(counted: Mapping[str, int]) -> dict[str, int]:
    """The commonest first, of equally common ones the first by name."""
    return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))


def _named(value: str | None, listed: frozenset[str]) -> str:
    """By name only what the map lists: what somebody typed may name a person."""
    if not value:
        return UNSAID
    return value if value in listed else UNLISTED
