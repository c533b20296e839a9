"""Telephone numbers as calls bring them: normalised, or told apart from what only looks like one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# What phone systems send where there is no number: words, or the same words on a keypad. Some of those parse
# as valid numbers (RESTRICTED is one in Texas), so they are looked for first.
_WORDS = frozenset("anonymous restricted blocked private withheld unknown unavailable".split())
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_KEYED = frozenset(word.translate(_KEYPAD) for word in _WORDS)
# Where the number ends and what is dialled after it begins. Between digits only: P, W and X are also letters
# of numbers that spell a word.
_SUFFIX = re.compile(r"[,;#]|(?<=[\d\s)])(?:ext[a-z]*|[xpw])[\s.:]*(?=\d)", re.IGNORECASE)


class CallerNumber(StrEnum):
    GIVEN = "given"
    BLOCKED = "blocked"
    ABSENT = "absent"
    MALFORMED = "malformed"


@dataclass(frozen=True)
class Caller:
    """What the call says of its caller: `e164` only where it is a valid number."""

    kind: CallerNumber
    e164: str | None = None


def e164(number: str) -> str | None:
    """`number` as E.164 if it is a valid one. What is dialled after it, and an extension, are dropped.

    "Possible" is not enough: 0000000000 is possible. Without a country code it is a number of the United
    States. https://github.com/google/libphonenumber
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(_SUFFIX.split(number, maxsplit=1)[0], "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def display(number: str) -> str:
    """An E.164 number as people write it: 800-827-1000, +44 20 7946 0018."""
    import phonenumbers

    if re.fullmatch(r"\+1[0-9]{10}", number):
        return f"{number[2:5]}-{number[5:8]}-{number[8:]}"
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def caller(from_number: str | None) -> Caller:
    """What can be said of the number that a call came from."""
    given = (from_number or "").strip()
    if not given:
        return Caller(CallerNumber.ABSENT)
    if given.lower() in _WORDS or _stands_for_none(re.sub(r"\D", "", given)):
        return Caller(CallerNumber.BLOCKED)
    found = e164(given)
    return Caller(CallerNumber.GIVEN, found) if found else Caller(CallerNumber.MALFORMED)


def _stands_for_none(digits: str) -> bool:
    """Zeros, or a word on the keypad; some phone systems put the country code before them."""
    own = digits if digits in _KEYED else digits.removeprefix("1")
    return own in _KEYED or (own != "" and not own.strip("0"))
