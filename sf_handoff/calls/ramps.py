"""Ramps: which screen may hand off, to which line and queue; and the lines that may never be touched."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote

from sf_handoff.calls.codes import LENGTH
from sf_handoff.calls.dial_lint import lint
from sf_handoff.calls.numbers import e164
from sf_handoff.errors import Misconfigured
from sf_handoff.worktime import Hours


@dataclass(frozen=True)
class Line:
    """A telephone line. `number` is E.164; without `hours` it answers day and night.

    `collects_codes` says whether its phone system listens for a dialled code: digits sent to one that
    does not would press its menu keys. `calls_back` says whether its queue calls those back who ask for it.
    `pool` are other numbers (E.164) that ring at the same place, each given to one tap at a time.
    """

    name: str
    number: str
    display: str
    hours: Hours | None = None
    collects_codes: bool = False
    calls_back: bool = False
    pool: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ramp:
    """One way from a screen to an agent, and how its Case is set up in the destination org.

    `queue` and `record_type` are DeveloperNames. `life` is how long after the tap its context may open
    by itself; a handoff delivered later than that is written as history, for nobody's queue. Above
    `daily_ceiling` taps a day (in Washington) the caller gets the dial plan only.
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
    daily_ceiling: int | None = None


@dataclass(frozen=True)
class Ramps:
    """All ramps and lines of a deployment. `unlisted` serves the screens that have none of their own."""

    ramps: tuple[Ramp, ...]
    unlisted: Ramp
    lines: tuple[Line, ...]
    crisis_numbers: frozenset[str]

    def __post_init__(self) -> None:
        """Raises Misconfigured, naming the line, where one has a number that calls must not be handed to."""
        numbers = [(line, number) for line in self.lines for number in (line.number, *line.pool)]
        for line, number in numbers:
            wrong = [verdict.value for verdict in lint(f"tel:{number}", code_length=LENGTH)]
            if self.is_crisis(number):
                wrong = ["Take the Veterans Crisis Line out: no call to it is ever handed off."]
            if number in line.pool and [each for _, each in numbers].count(number) > 1:
                wrong.append("A number of a pool stands there once, and is no line's own.")
            if wrong:
                raise Misconfigured(f"{line.name} (mappings/ramps.py): {' '.join(wrong)}")

    def ramp(self, screen: str) -> Ramp:
        return next((ramp for ramp in self.ramps if ramp.screen == screen), self.unlisted)

    def line(self, dialed: str) -> Line | None:
        """The line of this number, compared in full: without its country code it is another's number."""
        wanted = e164(normal(dialed))
        return next((line for line in self.lines if line.number == wanted), None)

    def is_crisis(self, dialed: str) -> bool:
        """Whether `dialed` may reach the Veterans Crisis Line, however it is written.

        In what is no valid number, any piece that is one of its numbers counts: refusing a handoff too many
        does no harm here, recording one would.
        """
        numbers = {digits for number in self.crisis_numbers for digits in spellings(number)}
        runs = re.findall(r"[0-9][0-9\s().\u2010-\u2015-]*", normal(dialed))
        written = {re.sub(r"\D", "", run).lstrip("0") for run in runs} | spellings(dialed)
        if any(run.startswith(each) and len(run) - len(each) <= 1 for run in written for each in numbers):
            return True
        pieces = {piece for run in runs for piece in re.findall(r"[0-9]+", run)}
        return e164(dialed) is None and not pieces.isdisjoint(numbers)

    @property
    def queues(self) -> tuple[str, ...]:
        return tuple(sorted({ramp.queue for ramp in (*self.ramps, self.unlisted)}))

    @property
    def record_types(self) -> tuple[str, ...]:
        return tuple(sorted({ramp.record_type for ramp in (*self.ramps, self.unlisted)}))


def normal(number: str) -> str:
    """What was meant: digits of other scripts and percent-encoding undone, lower case."""
    return unicodedata.normalize("NFKC", unquote(number)).strip().lower().removeprefix("tel:")


def spellings(number: str) -> frozenset[str]:
    """What a number comes down to: its own digits with and without the country code 1, and its E.164.

    What is dialled after it is left out. Letters count as on a keypad where that makes a valid number.
    """
    own = re.split(r"[,;pwx#]|ext", normal(number), maxsplit=1)[0]
    digits = re.sub(r"\D", "", own)
    return frozenset(filter(None, (digits, digits.removeprefix("1"), e164(number))))
