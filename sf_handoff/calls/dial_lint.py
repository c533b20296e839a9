"""A linter for dial links: what is wrong with one, and what to do about it.

    link   = "tel:+" 8*15DIGIT [ 1*3"," code ]
    code   = as many digits as the deployment's codes have

That is all that phones agree on: RFC 3966 has no pauses, 3GPP TS 22.101 gives the comma one, an iPhone
refuses `*` and `#`, and Android dials letters as the digits of their keys.
"""

from __future__ import annotations

import re
from enum import StrEnum

from sf_handoff.calls.codes import damm
from sf_handoff.calls.numbers import e164

MOST_PAUSES = 3
MOST_CHARACTERS = 32
MOST_DIGITS = 15  # ITU-T E.164
FEWEST_DIGITS = 8
_SHORT_CODE = 6
_WRITTEN = re.compile(r"tel:(?P<plus>\+?)(?P<number>[0-9]*)(?P<pauses>,*)(?P<code>[0-9,]*)")


class Verdict(StrEnum):
    """What is wrong; the value says what to do."""

    NOT_TEL = "Begin the link with tel: in small letters."
    MISSING_PLUS = "Write the number in full, with + and the country code."
    LETTERS = "Write digits for the letters; each phone reads letters in its own way."
    RAW_HASH = "Leave the # out: it cuts the link off, and codes have no closing #."
    ENCODED_HASH = "Leave %23 out: an iPhone refuses the link, and codes have no closing #."
    STAR = "Leave the * out: an iPhone refuses the link."
    SEMICOLON = "Use commas: a semicolon waits until the caller taps."
    PAUSE_LETTER = "Use commas for p and w: some phones dial them as 7 and 9."
    SPACE = "Leave spaces out: apps fail to open the link."
    OTHER_CHARACTER = "Leave out all but +, digits and commas."
    TOO_MANY_PAUSES = "Use at most three commas; each waits about three seconds."
    NO_PAUSE = "Put a comma or two between the number and the code."
    CODE_LENGTH = "Give the code all its digits, and no more."
    CHECK_DIGIT = "Take the code as it was given out: its check digit does not fit."
    TOO_LONG = "Keep the whole link within 32 characters."
    NUMBER_NOT_VALID = "Use a number that exists, in E.164: 8 to 15 digits with the country code."
    SHORT_CODE = "Never hand off to a short code such as 988 or 711: link to it plainly, without a handoff."


_SIGNS = {
    Verdict.RAW_HASH: "#",
    Verdict.ENCODED_HASH: "%23",
    Verdict.STAR: r"\*|%2a",
    Verdict.SEMICOLON: ";|%3b",
    Verdict.PAUSE_LETTER: "(?<=[0-9])[pw](?=[0-9])",
    Verdict.SPACE: r"\s|%20",
    Verdict.LETTERS: "(?!(?<=[0-9])[pw](?=[0-9]))(?<!%)(?<!%[0-9])[a-z]",
    Verdict.OTHER_CHARACTER: r"[^+0-9,a-z#*;\s%]|%(?!23|2a|3b|20)",
}


def lint(link: str, *, code_length: int) -> list[Verdict]:
    """All that is wrong with `link`; an empty list means that every phone can be trusted with it."""
    scheme, rest = link[:4], link[4:]
    found = [] if scheme == "tel:" else [Verdict.NOT_TEL]
    found += [verdict for verdict, sign in _SIGNS.items() if re.search(sign, rest, re.IGNORECASE)]
    written = _WRITTEN.fullmatch(link)
    if written:
        found += _of_number(written["plus"], written["number"], code_length)
        found += _of_code(written["pauses"], written["code"], code_length)
    elif not found:
        found.append(Verdict.OTHER_CHARACTER)
    if len(link) > MOST_CHARACTERS:
        found.append(Verdict.TOO_LONG)
    return found


def _of_number(plus: str, number: str, code_length: int) -> list[Verdict]:
    if len(number) <= _SHORT_CODE:
        return [Verdict.SHORT_CODE if number else Verdict.NUMBER_NOT_VALID]
    missing = [] if plus else [Verdict.MISSING_PLUS]
    if _valid(plus, number):
        return missing
    glued = _valid(plus, number[:-code_length])
    return [*missing, Verdict.NO_PAUSE if glued else Verdict.NUMBER_NOT_VALID]


def _of_code(pauses: str, code: str, code_length: int) -> list[Verdict]:
    """What is wrong with what is dialled after the number, if anything is."""
    if not pauses:
        return []
    found = [Verdict.TOO_MANY_PAUSES] if len(pauses) > MOST_PAUSES else []
    if len(code) != code_length or not code.isdigit():
        return [*found, Verdict.CODE_LENGTH]
    return found if damm(code) == "0" else [*found, Verdict.CHECK_DIGIT]


def _valid(plus: str, number: str) -> bool:
    """The whole of it is compared: what parses as another number was not written in full."""
    if not plus:
        return e164(number) is not None
    return FEWEST_DIGITS <= len(number) <= MOST_DIGITS and e164(f"+{number}") == f"+{number}"
