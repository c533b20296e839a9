"""What one set of rules catches and another misses: with case numbers, and the rule that caught each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.rules import RuleSet
from sf_handoff.reports.triage import Triage, in_words


@dataclass(frozen=True, slots=True)
class Caught:
    """A case that only one of the sets caught: by which rules, and why."""

    case_number: str
    rules: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Two sets of rules over the same rows. `rows` counts those looked at, without our own Cases."""

    a: str
    b: str
    rows: int
    both: int
    only_a: tuple[Caught, ...]
    only_b: tuple[Caught, ...]

    @property
    def words(self) -> str:
        """`2019 report 1 catches 22, 2019 report 2 catches 31; 2 only the first, 11 only the second.`"""
        first, second = len(self.only_a), len(self.only_b)
        return (
            f"{self.a} catches {self.both + first}, {self.b} catches {self.both + second}; "
            f"{first} only the first, {second} only the second."
        )


def compare(rows: Iterable[ReportRow], a: RuleSet, b: RuleSet, triage: Triage) -> Comparison:
    """Compares two sets of rules of `triage`'s map over the rows, in one pass."""
    count = both = 0
    only: tuple[list[Caught], list[Caught]] = ([], [])
    for row in rows:
        if triage.is_own(row):
            continue
        count += 1
        heard = triage.hear(row)
        by = (a.catches(heard), b.catches(heard))
        if all(by):
            both += 1
            continue
        for fired, caught in zip(by, only, strict=True):
            if fired:
                why = tuple(in_words(rule, heard) for rule in fired)
                caught.append(Caught(row.case_number, tuple(rule.name for rule in fired), why))
    first, second = (tuple(sorted(caught, key=lambda each: each.case_number)) for caught in only)
    return Comparison(a.name, b.name, count, both, first, second)
