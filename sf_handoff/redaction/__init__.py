"""What may leave the CRM: text from which personal data was taken, and nothing else.

`Scrubbed` is a type of its own, so that a ticket made from plain text is a type error. Only `scrub` and
`compose` make one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sf_handoff.errors import Rejected

_MADE_HERE = object()


class Unclean(Rejected):
    """It cannot be made sure that nothing personal is left. `kinds` says of what kinds, never the text."""

    def __init__(self, message: str, *, kinds: tuple[str, ...] = ()) -> None:
        super().__init__(message, code="PERSONAL")
        self.kinds = kinds


class Scrubbed:
    """Text that may leave. `taken` counts what was taken out of it, by kind."""

    __slots__ = ("taken", "text")

    def __init__(self, text: str, taken: Mapping[str, int], made: object) -> None:
        if made is not _MADE_HERE:
            raise TypeError("Only scrub() and compose() make text that may leave.")
        self.text, self.taken = text, MappingProxyType(dict(taken))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Scrubbed({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scrubbed) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


@dataclass(frozen=True)
class People:
    """Names, and other strings, of the people in the rows."""

    names: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, names: Iterable[str]) -> People:
        return cls(tuple(dict.fromkeys(name for name in names if name.strip())))


NOBODY = People()


def scrub(text: str, people: People = NOBODY) -> Scrubbed:
    return Scrubbed(text, {}, _MADE_HERE)


def compose(words: str, /, **parts: Scrubbed | int) -> Scrubbed:
    return Scrubbed(words.format_map(parts), {}, _MADE_HERE)


def fence(part: Scrubbed) -> Scrubbed:
    return compose("```\n{part}\n```", part=part)
