"""Telephone numbers as calls bring them: normalised, or told apart from what only looks like one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# What phone systems send where there is no number; the digits are the same words on a keypad, and some of
# them parse as valid numbers, so they are looked for first.
_BLOCKED = frozenset(
    "anonymous restricted blocked private withheld unknown unavailable "
    "266696687 7378742833 2562533 7748283 865696 8656696".split()
)


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


def e164(number: str, region: str = "US") -> str | None:
    """`number` as E.164 if it is a valid one. What is dialled after it, and an extension, are dropped.

    "Possible" is not enough: 0000000000 is possible. https://github.com/google/libphonenumber
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(re.split(r"[,;]", number, maxsplit=1)[0], region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def caller(from_number: str | None) -> Caller:
    """What can be said of the number that a call came from."""
    given = (from_number or "").strip()
    if not given:
        return Caller(CallerNumber.ABSENT)
    digits = re.sub(r"\D", "", given)
    if given.lower() in _BLOCKED or digits in _BLOCKED or (digits and not digits.strip("0")):
        return Caller(CallerNumber.BLOCKED)
    found = e164(given)
    return Caller(CallerNumber.GIVEN, found) if found else Caller(CallerNumber.MALFORMED)
