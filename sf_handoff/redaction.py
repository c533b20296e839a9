"""Takes personal data out of text that others wrote, before it is kept or shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

REMOVED = "[removed]"
_LONGEST = 2_000  # patterns are only run on this much; an answer's message is never longer for a reason
_DASH = r"[- .\u2010-\u2015]?"

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)\d{10}V\d{6}(?!\d)",  # ICN
        r"[\w.%+'-]+(?:@|%40)[\w.-]+\.\w{2,}",  # e-mail
        r"\b00D[A-Z0-9]{12,15}(?:!|%21)[\w.-]+",  # Salesforce session id
        r"\beyJ[\w-]+\.[\w-]+\.[\w-]*",  # JWT
        r"\bBearer\s+\S+",
        rf"(?<!\d)\d{{3}}{_DASH}\d{{2}}{_DASH}\d{{4}}(?!\d)",  # SSN, and any nine digits
        rf"(?<!\w)(?:\+?1{_DASH})?\(?[2-9]\d{{2}}\)?{_DASH}\d{{3}}{_DASH}\d{{4}}(?!\d)",  # North American
        r"(?<!\w)\+\d[\d .-]{7,18}\d(?!\d)",  # any other E.164
    )
)


def mask(text: str, known: Iterable[str] = ()) -> str:
    """`text` without the `known` personal values and without anything that looks like one."""
    text = _plain(text)
    for value in sorted((v for v in map(_plain, known) if len(v) > 1), key=len, reverse=True):
        text = re.sub(re.escape(value), REMOVED, text, flags=re.IGNORECASE)
    for pattern in _PATTERNS:
        text = pattern.sub(REMOVED, text)
    return text


def _plain(text: str) -> str:
    """Composed, printable, and not too long: cut between words, so that no value is left in part."""
    composed = unicodedata.normalize("NFC", text[: 2 * _LONGEST])
    shown = "".join(c if c.isprintable() else " " for c in composed)
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST].rsplit(" ", 1)[0]
