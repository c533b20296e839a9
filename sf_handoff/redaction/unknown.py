"""What nobody knows: words that are no English and none of VA's world, and numbers that nothing explains.

For the strict form. Looks at a text in which all that was found or cleared is blotted out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sf_handoff.redaction import words
from sf_handoff.redaction.marks import UNKNOWN, Find
from sf_handoff.redaction.names_around import OFFICES
from sf_handoff.redaction.tokens import Token, tokens

_PART = re.compile(r"[a-z0-9]{1,60}(?:['-][a-z0-9]{1,60}){0,12}", re.IGNORECASE | re.ASCII)
# Counts, times, shares and years explain themselves; so do an ordinal and a number with its unit.
_COUNT = re.compile(
    r"[0-9]{1,3}(?:st|nd|rd|th|x|s|m|h|d|k|am|pm|min|mins|hr|hrs|sec|mb|gb|kb|px|mg)?|(?:19|20)[0-9]{2}s?"
    r"|[0-9]{1,2}-[0-9]{1,2}",
    re.IGNORECASE | re.ASCII,
)
# Of more than these letters a word says something.
_SHORT = 1


def unknown(text: str) -> Iterator[Find]:
    for found in _PART.finditer(text):
        if not _known(found[0]):
            yield Find(UNKNOWN, *found.span())
    yield from (Find(UNKNOWN, token.start, token.end) for token in tokens(text) if _may_name(token))


def _may_name(token: Token) -> bool:
    """A word that names people as well, with a capital where none is due."""
    word = token.word
    return (
        token.capital
        and not token.opens
        and not words.vocabulary(token.plain)
        and token.plain not in OFFICES
        and (words.maybe(word) or words.wordlike(word) or words.given(word) or words.family(word))
    )


def _known(part: str) -> bool:
    if _COUNT.fullmatch(part):
        return True
    return all(_ordinary(word) for word in part.split("-"))


def _ordinary(word: str) -> bool:
    if any(character.isdigit() for character in word):
        return _COUNT.fullmatch(word) is not None or words.vocabulary(word)
    return len(word) <= _SHORT or words.ordinary(word)
