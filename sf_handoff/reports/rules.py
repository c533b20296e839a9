"""What a triage rule is: a name, words for people, and conditions that must all hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from sf_handoff.reports.heard import Heard

Column: TypeAlias = Literal["subject", "notes", "category", "product", "topic", "status"]


class Condition(Protocol):
    """Something that a case is asked."""

    def holds(self, heard: Heard) -> bool: ...


@dataclass(frozen=True)
class Is:
    """The column has this value, as a report's filter `equals` sees it: capitals do not matter."""

    column: Column
    value: str

    def holds(self, heard: Heard) -> bool:
        return heard.text(self.column) == self.value.lower()


@dataclass(frozen=True)
class Contains:
    """The column holds this text, as a report's filter `contains` sees it: anywhere, even inside a word."""

    column: Column
    part: str

    def holds(self, heard: Heard) -> bool:
        return self.part.lower() in heard.text(self.column)


@dataclass(frozen=True)
class Lacks:
    """The column holds none of these texts (`notContain`)."""

    column: Column
    parts: tuple[str, ...]

    def holds(self, heard: Heard) -> bool:
        return not any(part.lower() in heard.text(self.column) for part in self.parts)


@dataclass(frozen=True)
class Begins:
    """The column begins with this text (`startsWith`)."""

    column: Column
    part: str

    def holds(self, heard: Heard) -> bool:
        return heard.text(self.column).lstrip().startswith(self.part.lower())


@dataclass(frozen=True)
class HasWord:
    """The subject has this word, not as a part of another."""

    word: str

    def holds(self, heard: Heard) -> bool:
        return self.word.lower() in heard.subject_words


@dataclass(frozen=True, init=False)
class Says:
    """Subject or notes say something of one of these groups of phrases."""

    groups: tuple[str, ...]

    def __init__(self, *groups: str) -> None:
        object.__setattr__(self, "groups", groups)

    def holds(self, heard: Heard) -> bool:
        return any(group in heard.said for group in self.groups)


@dataclass(frozen=True, init=False)
class Silent:
    """Subject and notes say nothing of these groups of phrases."""

    groups: tuple[str, ...]

    def __init__(self, *groups: str) -> None:
        object.__setattr__(self, "groups", groups)

    def holds(self, heard: Heard) -> bool:
        return not any(group in heard.said for group in self.groups)


@dataclass(frozen=True)
class Rule:
    """A reason to look at a case. `tier` is what the case then seems to be; `words` say why, to people."""

    name: str
    words: str
    when: tuple[Condition, ...]
    tier: int | None = None

    def fires(self, heard: Heard) -> bool:
        return all(condition.holds(heard) for condition in self.when)


@dataclass(frozen=True)
class RuleSet:
    """Rules that go together: a case is caught where one of them fires.

    With `from_tier` the first rule that fires decides the tier, and only from there on the case is caught.
    """

    name: str
    words: str
    rules: tuple[Rule, ...] = field(repr=False)
    from_tier: int | None = None

    def fired(self, heard: Heard) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.fires(heard))

    def catches(self, heard: Heard) -> tuple[Rule, ...]:
        """The rules that put this case on the list; none where it does not belong there."""
        fired = self.fired(heard)
        if self.from_tier is None or not fired:
            return fired
        tier = fired[0].tier
        return fired if tier is not None and tier >= self.from_tier else ()
