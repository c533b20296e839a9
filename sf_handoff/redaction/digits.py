"""Runs of digits by their shape: Social Security and phone numbers, and whatever else nobody explains.

A run of seven or more digits that nothing accounts for is taken: better one number too few in a ticket.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sf_handoff.redaction.marks import Find

_I = re.IGNORECASE | re.ASCII
_S = r"[\s./_,-]{1,3}"
_EXTENSION = r"(?:[\s,;]{0,3}\(?(?:ext(?:ension)?|x|extn)[\s.:#]{0,3}[0-9]{1,6}\)?)?"
_SSN = re.compile(
    r"(?<![\w-])(?!\d\d\d[ ]\d\d[ ]\d{4}\b(?=\s?(?:am|pm)))[0-9]{3}"
    r"(?:\s?[-./_\u2022]\s?|\s{1,2})[0-9]{2}(?:\s?[-./_]\s?"
    r"|\s{1,2})[0-9]{4}(?![\w-])|(?<![\w-])[0-9]{9}(?![\w-])"
    r"|(?<![\w-])(?=[OIlS-]{0,6}[0-9])[0-9OIlS]{3}-[0-9OIlS]{2}-[0-9OIlS]{3}[0-9]"
    r"(?![\w-])",
    _I,
)
_PHONES = (
    re.compile(
        r"(?<![0-9])(?:\btel:)?(?:\+?1[\s.,/-]{0,3})?\(?\s?[2-9][0-9]{2}\s?\)?"
        r"(?:\s{0,2}[./\\_,;:-]{0,2}\s{0,2}|,?\s?(?:and|then)\s)[2-9][0-9]{2}"
        r"(?:\s{0,2}[./\\_,;:-]{0,2}\s{0,2}|,?\s?(?:and|then)\s)[0-9]{4}"
        "(?![0-9])" + _EXTENSION,
        _I,
    ),
    re.compile(
        r"(?<![\w])(?:tel:)?(?:\+|\b00|\b011[\s.-]{1,2})[\s]?[1-9]"
        r"(?:[\s.()/-]{0,3}[0-9]){6,14}(?![0-9])" + _EXTENSION,
        _I,
    ),
    re.compile(r"(?<![\w.$-])[2-9][0-9]{2}\s?[.-]\s?[0-9]{4}(?![\w-]|\.[0-9])" + _EXTENSION, _I),
    re.compile(r"(?<![\w.$-])555 ?[0-9]{4}(?![\w-])" + _EXTENSION, _I),
    re.compile(
        r"\b(?:cb|c/b|call ?back|callback|phone|ph|tel|telephone|cell"
        "|mobile|home|work|fax|number|num|contact|call(?:ed)?|text"
        r"|reach(?:ed)?|dial(?:ed)?)\b"
        r"(?:[\s:=#.-]|\b(?:is|was|at|no|number|num|num|him|her|them"
        r"|me|back|on|the|vet)\b){0,8}(\+?[0-9](?:[\s.()/-]{0,3}[0-9]){6,14})"
        "(?![0-9a-z])" + _EXTENSION,
        _I,
    ),
    re.compile(r"(?<![\w-])[2-9][0-9OIl]{2}[ .-][0-9OIl]{3}[ .-][0-9OIl]{4}(?![\w-])", _I),
    re.compile(r"\b(?:(?:ext|extension|extn)[\s.:#]{0,3}|x[.:#]?)([0-9]{3,6})(?![\w-])", _I),
)
_TEN = re.compile(r"(?<![\w.-])1?[0-9]{10}(?![\w-])", _I)
_LONG = re.compile(r"(?:(?<![\w-])[0-9a-z]{1,4}-)?[0-9]{7,64}(?:-[0-9]{1,4}(?![\w-]))?", _I)
_GROUPS = re.compile(
    r"(?<![\w.$:/-])[0-9]{1,6}(?:(?:[ ]{1,2}|[-._/\\]|\s[-.]\s)[0-9]{1,6}){2,20}"
    r"(?![\w/:-]|\.[0-9])",
    _I,
)
_MIXED = re.compile(
    r"(?<![\w-])(?=[\w-]{0,24}[0-9])(?=[\w-]{0,24}[a-z])(?:[a-z]{0,6}[-_]?[0-9]{6,20}[a-z0-9"
    r"]{0,6}|[a-z]{1,4}(?:-?[0-9]{3,4}){2,5})(?![\w-])",
    _I,
)

_WORDS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "niner": "9", "ten": "10", "eleven": "11",
    "twelve": "12",
    "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18",
    "nineteen": "19", "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6",
    "seventy": "7",
    "eighty": "8", "ninety": "9", "hundred": "00", "double": "", "triple": "", "dash": "", "hyphen": "",
    "and": "", "area": "", "code": "",
    "then": "",
    "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7",
    "ocho": "8", "nueve": "9", "cero": "0",
}  # fmt: skip
_SAID = "|".join(sorted(_WORDS, key=len, reverse=True))
_SPOKEN = re.compile(
    rf"\b(?:(?:{_SAID})\b|[0-9]{{1,4}}\b)(?:[\s,./-]{{1,4}}(?:(?:{_SAID})\b"
    r"|[0-9]{1,4}\b)){3,40}",
    _I,
)
_SAID_CUE = re.compile(
    r"(?:last four|last 4|l4|ssn|social|ending in)\W{0,4}(?:(?:of"
    r"|is|are|the|ssn|social|security|number|was)\W{1,3}){0,5}$",
    _I,
)
_DASHED = re.compile(
    r"[0-9]{3}\W{1,3}(?:dash|hyphen|then)\W{1,3}[0-9]{2,3}\W{1,3}(?:dash|hyphen|then)\W{1,3}[0-9]{4}", _I
)
_TRAILING = re.compile(
    r"(?:[\s,./-]{1,4}(?:and|dash|hyphen|double|triple|area|code|then|hundred|o)){1,9}$", _I
)
_JOINTS = {"and", "dash", "hyphen", "double", "triple", "area", "code", "then"}


def spoken(text: str) -> Iterator[Find]:
    """Digits in words: seven or more, or four after a cue. Words alone that join belong to nothing."""
    for found in _SPOKEN.finditer(text):
        words = re.findall(r"[a-z]+|[0-9]+", found[0].lower())
        said = any(word.isalpha() and word not in _JOINTS for word in words)
        if not said and not _DASHED.search(found[0]):
            continue
        count, end = len(_digits(words)), found.start() + len(_TRAILING.sub("", found[0]))
        if count >= 7:
            yield Find(
                "ssn" if count == 9 else "phone" if count in (7, 10, 11) else "other_id", found.start(), end
            )
        elif count == 4 and _SAID_CUE.search(text, max(0, found.start() - 50), found.start()):
            yield Find("ssn", found.start(), end)


def _digits(words: list[str]) -> str:
    said, times = "", 1
    for word in words:
        said += _WORDS.get(word, word) * times
        times = {"double": 2, "triple": 3}.get(word, 1)
    return said


def shapes(text: str) -> Iterator[Find]:
    """Numbers with the shape of a phone or of a Social Security number."""
    for pattern in _PHONES:
        for found in pattern.finditer(text):
            start = found.start(1) if pattern.groups else found.start()
            yield Find("phone", start, found.end())
    yield from (Find("ssn", *found.span()) for found in _SSN.finditer(text))
    yield from (Find("phone", *found.span()) for found in _TEN.finditer(text))


def unexplained(text: str) -> Iterator[Find]:
    for pattern in (_LONG, _MIXED):
        yield from (Find("other_id", *found.span()) for found in pattern.finditer(text))
    for found in _GROUPS.finditer(text):
        count = sum(character.isdigit() for character in found[0])
        if count >= 7 and not _listed(found[0]):
            yield Find("ssn" if count == 9 else "phone" if count in (10, 11) else "other_id", *found.span())


def _listed(run: str) -> bool:
    """Whether these are numbers beside each other (codes, years) rather than the groups of one."""
    groups = re.split(r"[ ]+", run)
    return len(groups) > 1 and (
        all(len(group) == 3 and group[0] in "45" for group in groups)
        or all(len(group) == 4 and group[:2] in ("19", "20") for group in groups)
    )
