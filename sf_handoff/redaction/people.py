"""The people in the rows of a report, as their names are written in notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from sf_handoff.redaction import words
from sf_handoff.redaction.marks import Find
from sf_handoff.redaction.view import view

_TITLES = (
    frozenset("mr mrs ms miss dr sgt ssg sfc capt cpt maj col lt gen sra the and".split()) | words.SUFFIXES
)
_LONG = 6


class Known:
    """The parts of names, folded; who they belong to does not matter."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parts: set[str] = set()
        self._initials: set[str] = set()
        self._strings: list[str] = []
        for name in names:
            self._learn(view(name).text.lower())
        self._long = [part for part in self._parts if len(part) >= _LONG]

    def _learn(self, name: str) -> None:
        if re.search(r"[0-9@]", name):
            self._strings.append(name.strip())
            return
        last, _, first = name.partition(",")
        parts = [
            re.sub(r"[^a-z]", "", part) for part in re.split(r"[\s-]+", f"{first} {last}" if first else last)
        ]
        parts = [part for part in parts if part and part not in _TITLES]
        full = [part for part in parts if len(part) > 1]
        self._parts |= {part for part in full if not words.particle(part)}
        if len(parts) > 1:
            self._initials |= {parts[0][0] + parts[-1][0], "".join(part[0] for part in parts)}
            self._parts |= {a + b for a in (parts[0], parts[0][0]) for b in parts[1:] if len(a + b) > 4}
            self._parts |= {"".join(full[1:])} if len("".join(full[1:])) > 4 else set()

    def holds(self, plain: str) -> bool:
        if plain in self._parts:
            return True
        return any(
            plain.endswith(end) and plain[: -len(end)] in self._parts and len(plain) - len(end) > 2
            for end in ("s", "es")
        )

    def nearly(self, plain: str, surely: bool) -> bool:
        """Whether it is a long part of a name with one slip of the keys, or the beginning of a part."""
        if any(part.startswith(plain) and len(plain) > 2 for part in self._parts) and (
            surely or not words.ordinary(plain)
        ):
            return True
        if len(plain) < _LONG - 1 or not self._long or words.ordinary(plain):
            return False
        return any(_slip(plain, part) for part in self._long)

    def initials(self, plain: str) -> bool:
        return len(plain) > 1 and plain in self._initials

    def strings(self, text: str) -> Iterator[Find]:
        lower = text.lower()
        for string in self._strings:
            yield from (
                Find("name", found.start(), found.end()) for found in re.finditer(re.escape(string), lower)
            )


@lru_cache(maxsize=16)
def known(names: tuple[str, ...]) -> Known:
    return Known(names)


def _slip(word: str, part: str) -> bool:
    """One letter more, less or other, or two changed about."""
    if abs(len(word) - len(part)) > 1 or word == part:
        return False
    at = next(
        (at for at, (one, two) in enumerate(zip(word, part, strict=False)) if one != two),
        min(len(word), len(part)),
    )
    rest, wanted = word[at:], part[at:]
    return (
        rest[1:] == wanted[1:]
        or rest[1:] == wanted
        or rest == wanted[1:]
        or (rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:])
    )
