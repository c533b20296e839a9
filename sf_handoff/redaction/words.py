"""What a word is: an ordinary one, one of VA's world, a name, or a name that is a word as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from sf_handoff.redaction.names_common import ALSO_GIVEN, FAMILY_WORDS, HARDLY, NICKNAMES, WORDLIKE
from sf_handoff.redaction.names_family import FAMILY
from sf_handoff.redaction.names_given import GIVEN
from sf_handoff.redaction.ordinary_daily import EVERYDAY, MAKERS, SHORTHAND, SPANISH, TOWNS
from sf_handoff.redaction.ordinary_first import FIRST
from sf_handoff.redaction.ordinary_second import SECOND
from sf_handoff.redaction.vocabulary import WORDS

_ENDINGS = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"),
    ("er", ""),
    ("er", "e"), ("ers", ""), ("ers", "e"), ("ly", ""), ("ily", "y"), ("ally", ""), ("ness", ""), ("able",
    ""), ("able", "e"), ("ment", ""), ("ments", ""),
    ("est", ""), ("ier", "y"), ("iest", "y"), ("ful", ""), ("less", ""), ("ion", ""), ("ion", "e"), ("ions",
    ""), ("ions", "e"), ("or", ""), ("or", "e"), ("ors", ""), ("ors", "e"), ("al", ""),
)  # fmt: skip
_BEGINNINGS = (
    "un",
    "re",
    "non",
    "mis",
    "pre",
    "over",
    "in",
    "dis",
    "sub",
    "up",
    "down",
    "out",
    "back",
    "under",
)
_PARTICLES = frozenset(
    "de del dela della di da dos das du la las le los el van "
    "von der den ter ten al bin ibn bint abu mac mc o st san "
    "santa y ben vander".split()
)
SUFFIXES = frozenset("jr sr ii iii iv esq phd md rn dds lpn np pa-c".split())


@cache
def _ordinary_words() -> frozenset[str]:
    return frozenset((*FIRST.split(), *SECOND.split(), *EVERYDAY.split()))


@cache
def _vocabulary() -> frozenset[str]:
    return WORDS.union(SPANISH.split(), MAKERS.split(), SHORTHAND.split(), TOWNS.split())


@cache
def _given() -> frozenset[str]:
    return frozenset(GIVEN.split()) | frozenset(ALSO_GIVEN.split())


@cache
def _family() -> frozenset[str]:
    return frozenset(FAMILY.split())


@cache
def _wordlike() -> frozenset[str]:
    also = (each for each in ALSO_GIVEN.split() if each in _ordinary_words())
    return frozenset(WORDLIKE.split()).union(also)


@cache
def _maybe() -> frozenset[str]:
    return _nicknames() | frozenset(FAMILY_WORDS.split())


@cache
def _nicknames() -> frozenset[str]:
    return frozenset(NICKNAMES.split())


@cache
def _hardly() -> frozenset[str]:
    return frozenset(HARDLY.split())


def stems(word: str) -> Iterator[str]:
    """The words that this one may be a form of."""
    for ending, put in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            yield stem + put
            if not put and len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]


@lru_cache(maxsize=8192)
def ordinary(word: str) -> bool:
    """Whether an English word, or one of VA's world, in any of its forms."""
    word = word.lower().removesuffix("'s").replace("'", "")
    known = _ordinary_words()
    if word in _vocabulary() or word in known or any(stem in known for stem in stems(word)):
        return True
    return any(
        word.startswith(each)
        and len(word) - len(each) > 3
        and (word[len(each) :] in known or any(stem in known for stem in stems(word[len(each) :])))
        for each in _BEGINNINGS
    )


@lru_cache(maxsize=8192)
def misspelt(word: str) -> bool:
    """Whether one letter more, less, other or out of place makes an ordinary word of it."""
    word = word.lower()
    if len(word) < 5:
        return False
    known = _ordinary_words()
    letters = "abcdefghijklmnopqrstuvwxyz"
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    nearby = [left + right[1:] for left, right in halves if right]
    nearby += [left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1]
    nearby += [left + letter + right[1:] for left, right in halves[1:] if right for letter in letters]
    nearby += [left + letter + right for left, right in halves[1:] for letter in letters]
    return any(
        each in known or any(stem in known for stem in stems(each) if len(stem) > 3) for each in nearby
    )


def vocabulary(word: str) -> bool:
    return word.lower() in _vocabulary()


def _plain(word: str) -> str:
    return word.lower().removesuffix("'s").replace("'", "")


@lru_cache(maxsize=8192)
def given(word: str) -> bool:
    return _plain(word) in _given()


@lru_cache(maxsize=8192)
def family(word: str) -> bool:
    plain = _plain(word)
    plural = plain.endswith("s") and len(plain) > 5 and plain[:-1] in _family() and not wordlike(plain[:-1])
    return plain in _family() or (plural and not ordinary(plain))


@lru_cache(maxsize=8192)
def hardly(word: str) -> bool:
    """A name that is hardly ever one: may, will, case, page."""
    return _plain(word) in _hardly()


@lru_cache(maxsize=8192)
def wordlike(word: str) -> bool:
    """A name that is an ordinary word as well: grace, young, stone."""
    return _plain(word) in _wordlike() or hardly(word)


@lru_cache(maxsize=8192)
def maybe(word: str) -> bool:
    """A word that may name somebody where something else says so: skip, street, stack."""
    return _plain(word) in _maybe()


@lru_cache(maxsize=8192)
def nickname(word: str) -> bool:
    return _plain(word) in _nicknames()


@lru_cache(maxsize=8192)
def joined(word: str) -> bool:
    """Whether ordinary words were written as one: NullPointerException, household."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", word)
    if len(parts) > 1:
        plain = [part for part in parts if len(part) > 1 and ordinary(part) and not particle(part)]
        return bool(plain) and all(part in plain or (part.isupper() and len(part) > 1) for part in parts)
    known = _ordinary_words()
    return word.islower() and any(
        word[:at] in known and (word[at:] in known or any(stem in known for stem in stems(word[at:])))
        for at in range(4, len(word) - 2)
    )


@lru_cache(maxsize=8192)
def surely(word: str) -> bool:
    """A name, and hardly anything else."""
    return (given(word) or family(word)) and not wordlike(word) and not vocabulary(_plain(word))


def particle(word: str) -> bool:
    return word.lower() in _PARTICLES
