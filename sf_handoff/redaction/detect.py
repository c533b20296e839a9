"""All detectors, in order: what one has found, or cleared, no later one looks at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sf_handoff.redaction import addresses, dates, digits, ids, kept, web
from sf_handoff.redaction.marks import KEPT, PLACEHOLDERS, Find, masked, spread
from sf_handoff.redaction.names import names
from sf_handoff.redaction.people import Known
from sf_handoff.redaction.unknown import unknown
from sf_handoff.redaction.view import view
from sf_handoff.redaction.vocabulary import PHRASES

_PHRASES = re.compile(rf"\b(?:{PHRASES})\b", re.IGNORECASE | re.ASCII)
_OFFICE = re.compile(
    r"\b(?:[A-Z][a-z]{1,30} ){1,2}(?:RO|VARO|VAMC|CBOC|PMC|VAHCS|HCS|HCC|OPC|CLC|VA"
    r"|[Rr]egional [Oo]ffice|Vet Center|[Cc]linic|[Ii]ntake [Cc]enter)\b"
    r"|\b[A-Z][a-z]{1,30},? [A-Za-z]{2} (?:RO|VARO|VAMC|CBOC)\b",
    re.ASCII,
)
# Placeholders, markers and fingerprints.
_OURS = re.compile(
    "|".join(re.escape(view(each).text) for each in PLACEHOLDERS.values())
    + r"|\bsfh[0-9a-f]{32}\b|\bv1-[0-9a-f]{16}\b",
    re.ASCII,
)


def _ours(text: str) -> Iterator[Find]:
    yield from (Find(KEPT, *found.span()) for found in _OURS.finditer(text))


def _phrases(text: str) -> Iterator[Find]:
    for pattern in (_PHRASES, _OFFICE):
        yield from (Find(KEPT, *found.span()) for found in pattern.finditer(text))


_Detector = Callable[[str], Iterator[Find]]
# In this order; the second half have nothing to look for where there is no digit.
_WORDS: tuple[_Detector, ...] = (
    _ours,
    web.mails,
    web.files,
    web.pages,
    web.machines,
    dates.spelled,
    digits.spoken,
)
_NUMBERS: tuple[_Detector, ...] = (
    ids.qualified, kept.own, dates.births, addresses.addresses, ids.cued, kept.kept, dates.days, ids.filed,
    addresses.places, addresses.zips, digits.shapes, ids.cards, ids.numbered, ids.handles, digits.unexplained,
)  # fmt: skip
_DIGIT = re.compile(r"[0-9]")


def finds(text: str, known: Known, *, strict: bool = False) -> Iterator[Find]:
    """What is personal in a text, in order, as stretches of the text; `strict` also what is unknown."""
    seen = view(text)
    plain, found = seen.text, []
    for detector in (*_WORDS, *_NUMBERS, _phrases):
        if detector in _NUMBERS and not _DIGIT.search(plain):
            continue
        now = [_trimmed(plain, each) for each in detector(plain)]
        found += [each for each in now if each.kind and _untouched(plain, each)]
        plain = masked(plain, now) if now else plain
    named = list(names(plain, known, again=PLACEHOLDERS["name"] in seen.text))
    found += named
    if strict:
        found += unknown(masked(plain, named))
    for each in spread(found, seen.text, " ,.-\n'\"/&"):
        yield Find(each.kind, *seen.origin(each.start, each.end))


def _trimmed(plain: str, find: Find) -> Find:
    """Without the space, and the bracket that opens but does not close, at its edges."""
    part = plain[find.start : find.end]
    start = find.start + len(part) - len(part.lstrip())
    if plain[start : start + 1] == "(" and ")" not in part:
        start += 1
    return Find(find.kind, start, max(start, find.end - len(part) + len(part.rstrip())))


def _untouched(plain: str, find: Find) -> bool:
    return bool(plain[find.start : find.end].strip("\ue000\ue001 ,.;:-\n"))
