"""Nights as values: what became of each chore, and of the run as a whole. Nothing personal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Ended(StrEnum):
    """How a chore ended. `later`: the other side is away; `skipped`: what it needs did not end well."""

    DONE = "done"
    LATER = "later"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Result:
    """What became of a chore. `code` is the error's; `setup` says that somebody must mend the set-up."""

    chore: str
    ended: Ended
    words: str
    day: date | None = None
    code: str | None = None
    setup: bool = False
    needs_a_person: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A night. With `asked_for` somebody named the day. `died`: the run before did not come to its end."""

    run_id: str
    day: date
    started_at: datetime
    ended_at: datetime | None = None
    steps: tuple[Result, ...] = ()
    asked_for: bool = False
    skipped: tuple[date, ...] = ()
    died: str | None = None

    @property
    def needs_a_person(self) -> tuple[str, ...]:
        said = [line for each in self.steps for line in each.needs_a_person]
        said += [f"{each.chore}: {each.words}" for each in self.steps if each.ended is Ended.FAILED]
        if self.skipped:
            first, last = self.skipped[0], self.skipped[-1]
            days = f"{first}" if first == last else f"{first} to {last}"
            said.append(
                f"No report was made for {days}: too long ago. For one day: sf-handoff nightly --date"
            )
        return tuple(said)
