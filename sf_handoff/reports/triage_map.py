"""What `mappings/triage.py` declares: the words that cases are judged by, and the rules over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sf_handoff.errors import Misconfigured
from sf_handoff.reports.codes import Codes
from sf_handoff.reports.heard import HEARD, MARKS, SYMPTOM, TOLD
from sf_handoff.reports.rules import RuleSet, Says, Silent


def phrases(text: str) -> tuple[str, ...]:
    """Phrases as they are written in a map: one after the other, parted by semicolons."""
    return tuple(" ".join(each.split()) for each in text.split(";"))


def spelled(ways: Mapping[str, str]) -> dict[str, str]:
    """From each word's other spellings, parted by spaces, to the word."""
    return {way: word for word, others in ways.items() for way in others.split()}


@dataclass(frozen=True)
class Symptom:
    """How something fails. Other things fail by `also`, too: there the site must be named.

    `product` is where it happens, unless the case says otherwise.
    """

    name: str
    phrases: tuple[str, ...]
    also: tuple[str, ...] = ()
    product: str | None = None


@dataclass(frozen=True)
class Product:
    """A product of the site: what people call it, and the paths under which its pages lie."""

    name: str
    phrases: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


@dataclass(frozen=True)
class ErrorText:
    """A text that the site shows when it fails. A `general` one shows anywhere, and tells nothing apart."""

    name: str
    phrases: tuple[str, ...]
    general: bool = False


@dataclass(frozen=True)
class Marks:
    """What agents type into the subject: confirmed technical (T3), technical (T), not technical (NT)."""

    t3: tuple[str, ...]
    t: tuple[str, ...]
    nt: tuple[str, ...]
    category: str


@dataclass(frozen=True)
class Trend:
    """From how many cases on an issue is trending: `window` of them within `days`, or `day` in a day."""

    window: int = 5
    days: int = 7
    day: int = 10


@dataclass(frozen=True)
class TriageMap:
    """Everything that judges a case. `groups` are phrases that rules speak of by the group's name.

    `sections` are the first parts of the site's paths.
    """

    rule_sets: tuple[RuleSet, ...]
    groups: Mapping[str, tuple[str, ...]]
    symptoms: tuple[Symptom, ...]
    products: tuple[Product, ...]
    sections: frozenset[str]
    errors: tuple[ErrorText, ...]
    marks: Marks
    crisis_words: tuple[str, ...]
    crisis_spellings: Mapping[str, str] = field(default_factory=dict)
    codes: Codes = field(default_factory=Codes)
    spellings: Mapping[str, str] = field(default_factory=dict)
    denials: frozenset[str] = frozenset()
    ours: str = "ours"
    trend: Trend = field(default_factory=Trend)
    alike: int = 80  # per cent, from which on two error texts are proposed as the same

    def __post_init__(self) -> None:
        names = [each.name for each in self.rule_sets]
        if self.ours not in names or len(set(names)) < len(names):
            raise Misconfigured(
                f"mappings/triage.py: one set of rules must be named {self.ours!r}, each once."
            )
        unknown = sorted(set(self._spoken_of()) - self._known)
        if unknown:
            raise Misconfigured(
                f"mappings/triage.py: no phrases are declared for {', '.join(unknown)}.", code="CONFIG"
            )
        untiered = [rule.name for rule in self.rule_set(self.ours).rules if rule.tier not in range(4)]
        if untiered:
            raise Misconfigured(f"mappings/triage.py: no tier (0 to 3) for {', '.join(untiered)}.")

    def rule_set(self, name: str) -> RuleSet:
        """Raises Misconfigured for a name that is not declared, with those that are."""
        for each in self.rule_sets:
            if each.name == name:
                return each
        raise Misconfigured(
            f"mappings/triage.py has no set of rules of that name; it has "
            f"{', '.join(each.name for each in self.rule_sets)}."
        )

    @property
    def phrases(self) -> dict[str, tuple[str, ...]]:
        """All that is listened for in subject and notes, by group."""
        return {
            **self.groups,
            **{f"{TOLD}: {each.name}": each.phrases for each in self.symptoms},
            **{f"{SYMPTOM}: {each.name}": each.also for each in self.symptoms},
            **{f"product: {each.name}": each.phrases for each in self.products},
            **{f"error: {each.name}": each.phrases for each in self.errors},
        }

    @property
    def _known(self) -> set[str]:
        return {*self.phrases, *HEARD, *MARKS}

    def _spoken_of(self) -> Iterator[str]:
        for rule_set in self.rule_sets:
            for rule in rule_set.rules:
                for condition in rule.when:
                    if isinstance(condition, Says | Silent):
                        yield from condition.groups
