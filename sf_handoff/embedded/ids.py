"""Record ids: fifteen case-sensitive characters, and three more that check their case.

The first three are the sObject's key prefix, two name the instance, one is reserved, nine count.
https://help.salesforce.com/s/articleView?id=000383278
"""

from __future__ import annotations

INSTANCE = "EO0"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def make(prefix: str, number: int) -> str:
    """The id of the `number`th record, in an order that SQLite's own text order keeps."""
    text = ""
    for _ in range(9):
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    return with_check(prefix + INSTANCE + text)


def with_check(short: str) -> str:
    """The id of 18 characters for one of 15."""
    thirds = (short[:5], short[5:10], short[10:])
    return short + "".join(
        CHECK[sum(1 << place for place, letter in enumerate(third) if "A" <= letter <= "Z")]
        for third in thirds
    )


def normal(value: object) -> str | None:
    """`value` as an id of 18 characters, or None where it cannot be one."""
    if not isinstance(value, str) or len(value) not in {15, 18} or not set(value) <= set(DIGITS):
        return None
    whole = with_check(value[:15])
    return whole if whole.startswith(value) else None
