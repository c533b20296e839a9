"""Takes personal data out of text that others wrote, before it is kept or shown."""

from __future__ import annotations

import re
from collections.abc import Iterable

REMOVED = "[removed]"
_LONGEST = 2_000  # patterns are only run on this much; an answer's message is never longer for a reason

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b\d{10}V\d{6}\b",  # ICN
        r"\b[A-Z0-9._%+-]+@[A-Z0-9.-]+\.[A-Z]{2,}\b",  # e-mail
        r"\b00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]+",  # Salesforce session id
        r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",  # JWT
        r"\bBearer\s+\S+",
        r"(?<!\d)\d{3}[- .\u2010-\u2015]?\d{2}[- .\u2010-\u2015]?\d{4}(?!\d)",  # SSN, and any nine digits
        r"(?<!\w)\+?1?[ .-]?\(?[2-9]\d{2}\)?[ .-]?\d{3}[ .-]?\d{4}(?!\d)",  # North American number
        r"(?<!\w)\+\d[\d .-]{7,18}\d(?!\d)",  # any other E.164
    )
)


def mask(text: str, known: Iterable[str] = ()) -> str:
    """`text` without the `known` personal values and without anything that looks like one."""
    text = "".join(c if c.isprintable() else " " for c in text[:_LONGEST])
    for value in sorted((v for v in known if len(v) > 1), key=len, reverse=True):
        text = re.sub(re.escape(value), REMOVED, text, flags=re.IGNORECASE)
    for pattern in _PATTERNS:
        text = pattern.sub(REMOVED, text)
    return text
