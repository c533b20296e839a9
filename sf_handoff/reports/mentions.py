"""Devices, systems, browsers and builds in a text, told in the map's words and with their number alone.

What is not declared is never told, so that nothing of the text itself goes on but the digits of a version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from sf_handoff.reports.phrases import plain
from sf_handoff.reports.ticket_map import Mention

# A model or a version: `14`, `s22`, `2.37.0`, and of `119.0.6045.123` the beginning. Numbers of people and of
# cases are longer, or go on.
_NUMBER = (
    r"[ :-]{0,2}(?:v(?:ersion)?\.? ?|# ?)?(?![0-9]{3}[. -][0-9]{3}[. -][0-9]{4})"
    r"(?P<number>[a-z]?[0-9]{1,3}(?:\.[0-9]{1,2}(?![0-9])){0,2})(?:\.[0-9]{1,5}){0,3}(?![\w/-]|[ .][0-9])"
)
_NONE = "(?P<number>(?!))"


def mentioned(read: str, mentions: Iterable[Mention]) -> tuple[str, ...]:
    """What a plain text without its addresses mentions, each once: `iPhone 14`, `Samsung`."""
    found = (name for each in mentions for name in _of(each, read))
    return tuple(dict.fromkeys(found))


def _of(mention: Mention, read: str) -> Iterable[str]:
    for found in _expression(mention).finditer(read):
        number = found["number"]
        yield f"{mention.name} {number.upper()}" if number else mention.name


@lru_cache
def _expression(mention: Mention) -> re.Pattern[str]:
    said = "|".join(r"\s?".join(map(re.escape, plain(each).split())) for each in mention.phrases)
    number = _NUMBER if mention.numbered else _NONE
    end = r"|(?!\w)" if mention.alone else ""
    return re.compile(rf"(?<!\w)(?:{said})(?:{number}{end})")
