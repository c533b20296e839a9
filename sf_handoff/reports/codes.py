"""Tells error codes from the other numbers in a text.

A name before a number is carried on only where it is a declared system's: it might be a person's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Codes:
    """`systems` are the beginnings of codes (`mobl` of MOBL_502); behind those `apart` a space may stand.

    A number after one of `not_errors` is none, nor is one of `forms`.
    """

    systems: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    not_errors: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()

    def found(self, text: str) -> tuple[str, ...]:
        """The codes in a plain text, normalised: `mobl_502`; `error_503` where no system is known."""
        named = (self._name(found) for found in _expression(self.systems, self.apart).finditer(text))
        return tuple(dict.fromkeys(name for name in named if name and name not in self.forms))

    def _name(self, found: re.Match[str]) -> str | None:
        before = found.string[max(0, found.start() - 16) : found.start()].split()
        if found["told"] and not self.not_errors.isdisjoint(before[-1:]):
            return None
        number = found["told"] or found["number"] or found["web"] or found["bare"]
        return f"{found['of'] or found['system'] or 'error'}_{number}"


@lru_cache
def _expression(systems: tuple[str, ...], apart: tuple[str, ...]) -> re.Pattern[str]:
    """A number after a word for errors, one after a system's name, or one of the web's own."""
    known = "|".join(map(re.escape, (*systems, *apart))) or "(?!)"
    spaced = "|".join(map(re.escape, apart)) or "(?!)"
    end = r"(?!\w|-[0-9])"
    return re.compile(
        r"(?<![\w-])(?:error|err|code|http)(?: code| message| msg)?[ :#-]{0,3}"
        rf"(?:(?P<of>{known})[ _-]?|[a-z]{{2,6}}[ _-]?)?(?P<told>[0-9]{{3,4}}){end}"
        rf"|(?<![\w-])(?P<system>(?:{known})(?=[_-]?[0-9])|(?:{spaced})(?= ))[ _-]?"
        rf"(?P<number>[0-9]{{3,4}}){end}"
        r"|(?<![\w-])(?P<web>[45][0-9]{2}) "
        r"(?:error|bad gateway|service unavailable|internal server|gateway time)"
        rf"|(?<![\w-])an? (?P<bare>50[0-4])(?! dollar){end}"
    )
