"""Report rows → flags: which cases are technical, how sure that is, and by which rule.

A flag is a proposal; a person decides. The status of a case is never looked at: agents of all tiers use all
of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sf_handoff.reports.heard import (
    ADDRESS,
    AT_LENGTH,
    CODE,
    MARKED,
    MARKS,
    ONLINE,
    PRODUCT,
    SYMPTOM,
    TOLD,
    Heard,
    quoted,
    without_addresses,
)
from sf_handoff.reports.phrases import BREAK, Lexicon, plain, words
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.rules import Rule, Silent
from sf_handoff.reports.triage_map import TriageMap

TECHNICAL = 2  # the lowest tier that is
LONG_ENOUGH = 4  # words in notes that say what a case is about
TRENDING = "trending"  # the rule of cases whose problem many have
MOST_REASONS = 2
# By these a case is about something online, or marked: the rule's own words say that.
UNTOLD = frozenset({ADDRESS, AT_LENGTH, MARKED, *MARKS, ONLINE, PRODUCT})


@dataclass(frozen=True, slots=True)
class Flag:
    """What the rules say of one case. `rules` are names, the one that decided the tier first.

    `why` has the same in words: the rule's, with the phrases of the map that were found, and nothing else of
    the case. `mistagged` says how the agent's mark and the text disagree.
    """

    case_number: str
    tier: int
    rules: tuple[str, ...]
    why: tuple[str, ...]
    crisis: bool = False
    mistagged: str | None = None

    @property
    def technical(self) -> bool:
        return self.tier >= TECHNICAL

    def beside(self, other: Flag) -> Flag:
        """This flag and another as one: nothing of either is lost, and the more urgent counts."""
        first, second = sorted((self, other), key=lambda flag: -flag.tier)
        return replace(
            first,
            rules=tuple(dict.fromkeys((*first.rules, *second.rules))),
            why=tuple(dict.fromkeys((*first.why, *second.why))),
            crisis=first.crisis or second.crisis,
            mistagged=first.mistagged or second.mistagged,
        )

    @property
    def deciding(self) -> tuple[str, ...]:
        """Of `why` what to tell people: the trend and the first rules, two in all, no phrase twice."""
        trend = self.why[-1:] if TRENDING in self.rules else ()
        told: list[str] = []
        for each in (*trend, *self.why):
            phrase = each.rpartition(": ")[2]
            if len(told) < MOST_REASONS and not any(phrase in one for one in (self.mistagged or "", *told)):
                told.append(each)
        return tuple(told)


class Triage:
    """Judges cases by the rules of a map. `own` are the record types of our handoff Cases: no complaints."""

    def __init__(self, declared: TriageMap, own: frozenset[str] = frozenset()) -> None:
        self.map, self._own = declared, own
        self._phrases = Lexicon(declared.phrases, declared.spellings, declared.denials)
        marks = declared.marks
        self._marks = Lexicon(dict(zip(MARKS, (marks.t3, marks.t, marks.nt), strict=True)), endings=False)
        self._crisis = Lexicon({"crisis": declared.crisis_words}, declared.crisis_spellings)
        self._rules = declared.rule_set(declared.ours)
        self._products = {each.name for each in declared.products}

    def flag(self, row: ReportRow) -> Flag | None:
        """What the rules say of the case, or None where they say nothing."""
        return self.judge(row)[0]

    def flags(self, rows: Iterable[ReportRow]) -> Iterator[Flag]:
        for row in rows:
            flag = self.flag(row)
            if flag:
                yield flag

    def judge(self, row: ReportRow) -> tuple[Flag | None, Heard]:
        """The flag, and what was heard to come to it. In our own Cases only signs of a crisis are heard."""
        heard = self.hear(row)
        fired = () if self.is_own(row) else self._rules.fired(heard)
        return (self._flag(heard, fired) if fired or heard.crisis else None), heard

    def is_own(self, row: ReportRow) -> bool:
        return row.record_type in self._own

    def hear(self, row: ReportRow) -> Heard:
        """Reads the case once, for any rule to ask."""
        subject, notes = plain(row.subject), plain(row.notes)
        marks = self._marks.found(subject)
        about = subject.replace("va.gov", " ", 1) if marks else subject  # a mark is not said by the caller
        found = without_addresses(f"{about}\n{notes}")
        said = self._phrases.found(found.rest) | marks
        codes = self.map.codes.found(found.rest)
        every = [each.name for each in self.map.symptoms]
        symptoms = tuple(name for name, _ in _shown(every, said, TOLD, SYMPTOM))
        if found.page:
            said[ADDRESS] = "an address on VA.gov"
        return Heard(
            row=row,
            said=said | self._otherwise(row, said, symptoms, codes),
            symptoms=symptoms,
            paths=found.paths,
            codes=codes,
            subject_words=frozenset(words(subject)) - {BREAK},
            quoted=quoted(found.rest),
            crisis=bool(self._crisis.found(subject, notes)),
        )

    # Inside

    def _otherwise(
        self, row: ReportRow, said: Mapping[str, str], symptoms: Sequence[str], codes: Sequence[str]
    ) -> dict[str, str]:
        """What is heard by other means than phrases."""
        heard = {
            CODE: ", ".join(codes),
            ONLINE: row.product if row.product in self._products else "",
            SYMPTOM: ": ".join(next(_shown(symptoms, said, TOLD, SYMPTOM), ())),
            TOLD: ": ".join(next(_shown(symptoms, said, TOLD), ())),
            PRODUCT: next((group for group in said if group.startswith("product: ")), ""),
            AT_LENGTH: "more than a few words" if len((row.notes or "").split()) >= LONG_ENOUGH else "",
            MARKED: next((mark for mark in MARKS if mark in said), ""),
        }
        return {group: word for group, word in heard.items() if word}

    def _flag(self, heard: Heard, fired: tuple[Rule, ...]) -> Flag:
        tier = (fired[0].tier or 0) if fired else 0
        return Flag(
            case_number=heard.row.case_number,
            tier=tier,
            rules=tuple(rule.name for rule in fired),
            why=tuple(in_words(rule, heard) for rule in fired),
            crisis=heard.crisis,
            mistagged=self._mistagged(heard, fired[0], tier) if fired else None,
        )

    def _mistagged(self, heard: Heard, rule: Rule, tier: int) -> str | None:
        """How the mark disagrees with the text, or with the category that belongs to it."""
        mark = heard.said.get(MARKED)
        if mark is None:
            return None
        if mark != "marked NT" and tier < TECHNICAL:
            return f"{mark}, but reads as Tier {tier}: {in_words(rule, heard)}"
        if mark == "marked NT" and tier >= TECHNICAL:
            return f"{mark}, but reads as technical: {in_words(rule, heard)}"
        return self._wrong_category(heard, mark)

    def _wrong_category(self, heard: Heard, mark: str) -> str | None:
        wanted = self.map.marks.category
        if mark == "marked T3" or heard.text("category") == wanted.lower():
            return None
        return f"{mark}, but the category is not {wanted}"


def _shown(symptoms: Sequence[str], said: Mapping[str, str], *kinds: str) -> Iterator[tuple[str, str]]:
    """The symptoms that were heard in one of these kinds of phrases, each with the phrase."""
    for name in symptoms:
        phrase = next((said[f"{kind}: {name}"] for kind in kinds if f"{kind}: {name}" in said), None)
        if phrase:
            yield name, phrase


def in_words(rule: Rule, heard: Heard) -> str:
    """The rule's words, and in quotes the phrases of the map by which it fired."""
    asked = (getattr(condition, "groups", ()) for condition in rule.when if not isinstance(condition, Silent))
    found = (
        next((group for group in groups if group in heard.said), None)
        for groups in asked
        if UNTOLD.isdisjoint(groups)
    )
    told = dict.fromkeys(_told(group, heard.said[group]) for group in found if group)
    return _kept_once(": ".join((rule.words, ", ".join(told)))) if told else rule.words


@lru_cache(4096)
def _kept_once(words: str) -> str:
    """Many cases of a large day say the same."""
    return words


def _told(group: str, phrase: str) -> str:
    """`does not open (“page … blank”)`; an error code as it is."""
    if group == CODE:
        return phrase
    symptom, _, words_of_it = phrase.rpartition(": ")
    quote = f"“{words_of_it.replace('..', '…')}”"
    return f"{symptom} ({quote})" if symptom else quote


def in_order(flags: Iterable[Flag]) -> list[Flag]:
    """Signs of a crisis first, then the surest, then by case number."""
    return sorted(flags, key=lambda flag: (not flag.crisis, -flag.tier, flag.case_number))


def training_list(flags: Iterable[Flag]) -> list[tuple[str, str]]:
    """Mis-tagged cases, by case number, with what is wrong; who tagged them is nowhere in it."""
    return sorted((flag.case_number, flag.mistagged) for flag in flags if flag.mistagged)
