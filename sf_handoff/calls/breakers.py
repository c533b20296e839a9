"""How often codes may be guessed before a code alone opens nothing.

The arithmetic: with N live codes of k random digits one guess hits with probability N/10**k, 5e-6 for 500
codes of 8. A day of 1,000 hostile calls of three guesses each would hit 0.015 times. The breaker over all
calls opens after 20 misses in ten minutes, so that whoever guesses, from however many numbers and however
fast, gets 2,880 guesses a day that count: 0.0144 hits, and less than that day's. While a breaker is open a
code still opens from the number on file. Who forges the very number that a code belongs to must then guess
that one code: 1e-8 a guess, 0.001 in 100,000.

Callers are far below this: at four times the peak, with every call from the app, 1,520 codes are dialled in
ten minutes; of 2 % that are garbled the check digit passes one in ten, which makes 3 misses. A mis-key is
no miss: it is not looked up, so it cannot hit. Six misses from one number are two whole calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

TRIES = 3
WINDOW = timedelta(minutes=10)
MOST_OF_ONE = 6
MOST_OF_ALL = 20


@dataclass(frozen=True)
class Misses:
    """Guesses at codes in the window that hit nothing: from this caller's number, and from all."""

    of_caller: int
    of_all: int

    @property
    def too_many(self) -> bool:
        """Whether a code has to come from the number on file."""
        return self.of_caller >= MOST_OF_ONE or self.of_all >= MOST_OF_ALL

    @property
    def just_opened(self) -> tuple[str, ...]:
        """The breakers that the last of these misses opened."""
        counts = {"caller": (self.of_caller, MOST_OF_ONE), "all": (self.of_all, MOST_OF_ALL)}
        return tuple(name for name, (found, most) in counts.items() if found == most)
