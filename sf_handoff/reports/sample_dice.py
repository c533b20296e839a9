"""Numbers that look thrown and are not: the same key gives the same ones on every machine and Python.

SplitMix64. Nothing here is for secrets. https://doi.org/10.1145/2714064.2660195
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15


class Dice:
    """A stream of numbers that `key` decides."""

    __slots__ = ("_state",)

    def __init__(self, *key: int) -> None:
        self._state = 0
        for part in key:
            self._state = _mixed((self._state ^ (part & _MASK)) + _STEP)

    def below(self, end: int) -> int:
        """A whole number from 0 to `end` - 1."""
        self._state = (self._state + _STEP) & _MASK
        return _mixed(self._state) * end >> 64

    def percent(self, share: int) -> bool:
        """True in so many of a hundred throws."""
        return self.below(100) < share

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]


class Weighted(Generic[T]):
    """Choices of which some are commoner than others."""

    def __init__(self, choices: Iterable[tuple[T, int]]) -> None:
        pairs = tuple(choices)
        self._values = tuple(value for value, _ in pairs)
        self._ends = tuple(accumulate(weight for _, weight in pairs))

    def pick(self, dice: Dice) -> T:
        at = dice.below(self._ends[-1])
        return next(value for value, end in zip(self._values, self._ends, strict=True) if at < end)


class Sprinkled:
    """Which `count` of `total` places are meant: one somewhere in every equal part of them."""

    def __init__(self, count: int, total: int, *key: int) -> None:
        self._count, self._total, self._key = min(count, total), total, key

    def __contains__(self, place: int) -> bool:
        if not self._count:
            return False
        part = place * self._count // self._total
        start = -(-part * self._total // self._count)
        end = -(-(part + 1) * self._total // self._count)
        return place == start + Dice(*self._key, part).below(end - start)


def _mixed(number: int) -> int:
    number &= _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)
