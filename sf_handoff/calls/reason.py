"""Whether a reason that a person typed may be kept: it stands in clear, so it must name nobody."""

from __future__ import annotations

import re
import unicodedata

SHORTEST, LONGEST = 3, 200
# What people put between the digits of a number, in the dashes of any keyboard.
_GAP = r"[\s.()/\u2010-\u2015\u2212-]"
_PERSONAL = {
    "an e-mail address": r"[\w.+-]+@[\w-]+\.\w",
    "an ICN": r"\d{10}V\d{6}",
    "a phone number": (
        rf"(?<!\d)(?:\+?1{_GAP}{{0,2}})?\(?\d{{3}}{_GAP}{{0,3}}\d{{3}}{_GAP}{{0,3}}\d{{4}}(?!\d)"
        rf"|\+\d(?:{_GAP}{{0,2}}\d){{7}}"
        rf"|(?<![\w-])\d{{3}}{_GAP}\d{{4}}(?![\w-])"
    ),
    "a Social Security number": rf"(?<!\d)\d{{3}}{_GAP}{{0,3}}\d{{2}}{_GAP}{{0,3}}\d{{4}}(?!\d)",
}


def unfit(why: str) -> str | None:
    """Why this reason cannot be kept, in words that do not repeat it; None where it can."""
    text = unicodedata.normalize("NFKC", why).strip()
    if not SHORTEST <= len(text) <= LONGEST:
        return f"give a reason of {SHORTEST} to {LONGEST} characters."
    if not text.isprintable():
        return "give a reason in one line of plain text."
    for what, pattern in _PERSONAL.items():
        if re.search(pattern, text, re.IGNORECASE):
            return f"there is something in it that looks like {what}. Give a reason that names nobody."
    return None
