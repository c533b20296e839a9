"""Text that may leave, as a type of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Never

from sf_handoff.errors import Rejected

_MADE_HERE = object()


class Unclean(Rejected):
    """It cannot be made sure that nothing personal is left. `kinds` says of what kinds, never the text."""

    def __init__(self, message: str, *, kinds: tuple[str, ...] = ()) -> None:
        super().__init__(message, code="PERSONAL")
        self.kinds = kinds

    def __reduce__(self) -> tuple[object, ...]:
        return _unclean, (self.message, self.kinds)


def _unclean(message: str, kinds: tuple[str, ...]) -> Unclean:
    return Unclean(message, kinds=kinds)


class Scrubbed:
    """Text that may leave. `taken` counts what was taken out of it, by kind.

    Not a str, and final: only `scrub`, `compose` and `fence` make one. It can be copied (it never changes),
    but not pickled: what comes back from outside has to be scrubbed again.
    """

    __slots__ = ("_lines", "taken", "text")

    text: str
    taken: Mapping[str, int]
    _lines: str

    def __init__(self, text: str, taken: Mapping[str, int], made: object, lines: str | None = None) -> None:
        if made is not _MADE_HERE:
            raise TypeError("Only scrub() and compose() make text that may leave.")
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "taken", MappingProxyType(dict(taken)))
        object.__setattr__(self, "_lines", text if lines is None else lines)

    def __init_subclass__(cls) -> Never:
        raise TypeError("Scrubbed is final.")

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("Text that may leave does not change.")

    __delattr__ = __setattr__  # type: ignore[assignment]

    def __reduce__(self) -> Never:
        raise TypeError("Text that may leave is not pickled: scrub it again.")

    def __copy__(self) -> Scrubbed:
        return self

    def __deepcopy__(self, memo: object) -> Scrubbed:
        return self

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Scrubbed({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scrubbed) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def made(text: str, taken: Mapping[str, int], lines: str | None = None) -> Scrubbed:
    """For this package alone."""
    return Scrubbed(text, taken, _MADE_HERE, lines)


def lines_of(part: Scrubbed) -> str:
    """The text as it was written, line by line."""
    return part._lines


@dataclass(frozen=True)
class People:
    """Names, and other strings, of the people in the rows."""

    names: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, names: Iterable[str]) -> People:
        return cls(tuple(dict.fromkeys(name for name in names if name.strip())))


NOBODY = People()
