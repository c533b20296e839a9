"""Codes that a Veteran's phone dials after the number: eight random digits and a Damm check digit.

The arithmetic: with N live codes and k random digits, one guess hits with probability N/10**k. With
k = 8, 500 live codes and three tries a call that is 1.5e-5 a call, and 0.015 hits in a day of 1,000
hostile calls; a code lives ten minutes until its first match. How guessing is stopped, and what is left of
it then, stands in `breakers.py`. The check digit adds no security; Damm's
catches every single wrong digit and every swap of neighbours, so that a mis-key is told from a guess.

A code is text (leading zeros count), is random (never derived from a person), and is looked up by its
HMAC: 10**8 values are too few for a plain hash to hide.
"""

from __future__ import annotations

import re
from collections.abc import Callable

RANDOM_DIGITS = 8
LENGTH = RANDOM_DIGITS + 1

# Damm's totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004).
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def damm(digits: str) -> str:
    """The check digit of `digits`."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def new_code(below: Callable[[int], int]) -> str:
    """A code from `below(n)`, a uniform cryptographic draw from 0 to n-1 (`secrets.randbelow`)."""
    digits = f"{below(10**RANDOM_DIGITS):0{RANDOM_DIGITS}d}"
    return digits + damm(digits)


def as_dialled(digits: str) -> str:
    """The digits as phone systems pass them on, without spaces, hyphens and a closing #."""
    return re.sub(r"[\s-]", "", digits).removesuffix("#")


def well_formed(code: str) -> bool:
    """Whether `code` has the length of a code and its check digit: if not, it was mis-keyed."""
    return len(code) == LENGTH and code.isascii() and code.isdigit() and damm(code) == "0"


def spoken(code: str) -> str:
    """In groups of three, as it is read out."""
    return " ".join(code[i : i + 3] for i in range(0, len(code), 3))
