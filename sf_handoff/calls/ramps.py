"""Ramps: which screen may hand off, to which line and queue; and the lines that may never be touched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from sf_handoff.worktime import Hours


@dataclass(frozen=True)
class Line:
    """A telephone line. `number` is E.164; without `hours` it answers day and night.

    `collects_codes` says whether its phone system listens for a dialled code: digits sent to one that
    does not would press its menu keys.
    """

    name: str
    number: str
    display: str
    hours: Hours | None = None
    collects_codes: bool = False


@dataclass(frozen=True)
class Ramp:
    """One way from a screen to an agent, and how its Case is set up in the destination org.

    `queue` and `record_type` are DeveloperNames. `life` is how long after the tap its context may open
    by itself; a handoff delivered later than that is written as history, for nobody's queue.
    """

    screen: str
    about: str
    queue: str
    record_type: str
    origin: str
    rule: str
    layers_skipped: int = 0
    life: timedelta = timedelta(minutes=10)
    enabled: bool = True


@dataclass(frozen=True)
class Ramps:
    """All ramps and lines of a deployment. `unlisted` serves the screens that have none of their own."""

    ramps: tuple[Ramp, ...]
    unlisted: Ramp
    lines: tuple[Line, ...]
    crisis_numbers: frozenset[str]

    def ramp(self, screen: str) -> Ramp:
        return next((ramp for ramp in self.ramps if ramp.screen == screen), self.unlisted)

    def line(self, dialed: str) -> Line | None:
        wanted = significant_digits(dialed)
        return next((line for line in self.lines if significant_digits(line.number) == wanted), None)

    def is_crisis(self, dialed: str) -> bool:
        """Whether `dialed` reaches the Veterans Crisis Line, however it is written.

        What follows the number is ignored, so "988,1" and "tel:988" are the crisis line too.
        """
        return significant_digits(dialed) in {significant_digits(number) for number in self.crisis_numbers}

    @property
    def queues(self) -> tuple[str, ...]:
        return tuple(sorted({ramp.queue for ramp in (*self.ramps, self.unlisted)}))

    @property
    def record_types(self) -> tuple[str, ...]:
        return tuple(sorted({ramp.record_type for ramp in (*self.ramps, self.unlisted)}))


def significant_digits(number: str) -> str:
    """The digits of the number itself: no dial suffix, no separators, no leading country code 1."""
    before_suffix = re.split(r"[,;pwx#]|ext", number.strip().lower().removeprefix("tel:"), maxsplit=1)[0]
    digits = re.sub(r"\D", "", before_suffix)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
