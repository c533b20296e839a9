"""What looks personal and is not: case numbers, forms, citations, codes, versions, VA's own lines.

Facts: the directory of VA's lines and what public issues may hold (va-domain-facts, B.9 and C.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sf_handoff.redaction.marks import KEPT, Find

# Lines that VA publishes. Nobody's own.
PUBLIC_LINES = frozenset(
    "8008271000 8006982411 8446982311 8559482311 8007994889 8773270022 8005389552 5418307563 8772228387"
    " 8774705947 8004888244 8884424551 8002738255".split()
)
_LINE = re.compile(
    r"(?<![\w+])\+?(?:1[ .-]{0,2})?\(?([0-9]{3})\)?[ ./-]{0,3}"
    r"([0-9]{3})[ .-]{0,3}([0-9]{4})(?![\w-])"
)
_IA = re.IGNORECASE | re.ASCII
_MONEY = r"(?:\$|usd ?)[ ]?[0-9]{1,3}(?:,?[0-9]{3}){0,4}(?:\.[0-9]{1,2})?(?![0-9])"
_STAMP = (
    r"\b20[0-3][0-9]-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]"
    r"(?::[0-5][0-9](?:[.,][0-9]{1,9})?)?(?:Z|[ ]?[+-][0-9]{2}:?[0-9]{2})?\b"
)
_CASES = (
    r"\b(?:cases?|casos?|sf|case ?(?:nos?|numbers?|nbr|num|#)|ref(?:erence)?"
    r"|ticket|dup(?:licate)? of)\b[ :.#]{0,4}(?:no\b|nos\b|number"
    "|num|is|was)?[ :.#]{0,4}"
    r"(?:(?:sf[ -]?)?[0-9]{8}(?![0-9-])(?:,? ?(?:and|or|&|/|,)? ?(?=(?:sf[ -]?)?[0-9]{8}(?![0-9-])))?){1,40}"
)
_PATTERNS = (
    _CASES,
    r"\bsf[ -]?#?[0-9]{8}\b",
    r"(?<![\w-])00[0-9]{6}(?![\w-])",
    r"\b[0-9]{2}-HRC-[A-Z]{2}-[0-9]{2}-[0-9]{8}\b",
    r"(?<![\w.-])(?:VA ?)?(?:form ?)?[0-9]{2}[A-Z]?-[0-9]{2,4}[A-Z]{0,3}(?:-[0-9A-Z]{1,2})?(?![\w-])",
    r"\b(?:DD|SF|OMB|VA)[ -]?(?:form )?-?[0-9]{2,4}(?:-[0-9]{4})?[A-Z]?\b",
    r"\b[0-9]{1,2} ?(?:C\.?F\.?R\.?|U\.?S\.?C\.?)[ ]?(?:part|sec"
    r"(?:tion)?|§+)?[ .]{0,2}[0-9]{1,5}(?:\.[0-9]{1,4})?[a-z]?"
    r"(?:\([a-z0-9]{1,4}\)){0,4}",
    r"\b(?:v|ver|version|build|release|ios|android|chrome|firefox"
    r"|safari|edge|windows|macos|os)\b[ .#:]{0,3}[0-9]{1,8}(?:\.[0-9]{1,6}){0,4}"
    "(?![0-9])",
    r"(?<![\w.-])(?!(?:1\.)?(?:[0-9]{3}\.){2}[0-9]{4}\b)(?![0-9]{3}\.[0-9]{2}\.[0-9]{4}\b)"
    r"(?![0-9]{1,2}\.[0-9]{1,2}\.(?:19|20)?[0-9]{2}(?![\w.]))[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1"
    r",6}(?:\.[0-9]{1,5})?(?:-[0-9]{1,3})?(?![\w-])",
    r"\b(?<!area )(?:error|err|code|status|http)\b[ :#]{0,3}(?:code )?[ :#]{0,2}[0-9]{3,6}(?![0-9-])",
    r"\b[A-Z]{2,8}(?:_[A-Z]{2,10}){0,4}_?[0-9]{3}(?![0-9-])",
    r"\b(?:epoch|timestamp|unix|ts)\b\W{0,3}[0-9]{10,13}(?![0-9])",
    r"\b(?:ref(?:erence)?|akamai|ray)\b(?: ?(?:id|#|no\.?|number))?\W{1,4}[0-9]{1,2}\.[0-9a-"
    r"f]{6,10}\.[0-9]{10}\.[0-9a-f]{4,12}",
    r"\b(?:KB|KA|INC|REQ|CHG|TASK|PRB|JIRA|PR)[ -]?#?[0-9]{3,9}(?![0-9-])",
    r"(?<![\w-])1?-?8[0-9]{2}-[0-9]{3}-[A-Z]{4}\b|\b1-8[0-9]{2}-my ?va-?[0-9]{3}\b",
    r"\b(?:docket|court|public law|pub\. ?l\.|p\.l\.|ndc|icd|cpt|m21)\b[ .:#]{0,3}(?:no\.? ?|number )?"
    r"(?=[a-z0-9.-]{0,8}[0-9])[a-z0-9]{1,6}(?:[.-][a-z0-9]{1,6}){0,3}(?![\w-])",
    r"\b(?:error |err |status )?code:? (?=[a-z0-9-]{0,8}[0-9])[a-z]{1,4}-[0-9]{1,5}(?:-[0-9]{1,4})?(?![\w-])",
    r"\b[0-2][0-9][0-5][0-9] ?- ?[0-2][0-9][0-5][0-9](?= ?(?:[ecmp][sd]?t|hrs|hours|z|utc|local)\b)",
    r"\b20[0-3][0-9][01][0-9][0-3][0-9][_tT-][0-2][0-9][0-5][0-9](?:[0-5][0-9])?Z?\b",
    _STAMP,
    _MONEY,
)
_KEPT = re.compile("|".join(f"(?:{each})" for each in _PATTERNS), re.IGNORECASE | re.ASCII)
# VA's own mail rooms, as its letters and pages name them.
_OWN_ADDRESS = re.compile(
    r"(?:evidence intake cent(?:er|re),? ?)?(?:p\.?o\.? ?box 4444,?\s{1,3}janesville"
    r"|washington,? ?d\.?c\.?,? ?20420|810 vermont ave(?:nue)?\.?,? "
    "?(?:nw)?,? ?washington)"
    r"(?:,?\s{1,2}(?:wi|wisconsin|dc)\.?)?(?:,?\s{1,2}[0-9]{5}(?:-[0-9]{4})?)?",
    re.IGNORECASE | re.ASCII,
)


_CONTROL = re.compile(r"\bomb(?: control)?(?: ?(?:#|no\.?|nos\.?|num|number))?[ :.]{0,3}2900-[0-9]{4}\b", _IA)


def own(text: str) -> Iterator[Find]:
    """VA's own lines and mail rooms, and the numbers of its forms at the budget office."""
    yield from (Find(KEPT, *found.span()) for found in _CONTROL.finditer(text))
    yield from (Find(KEPT, *found.span()) for found in _OWN_ADDRESS.finditer(text))
    for found in _LINE.finditer(text):
        if "".join(found.groups()) in PUBLIC_LINES:
            yield Find(KEPT, *found.span())


def kept(text: str) -> Iterator[Find]:
    yield from (Find(KEPT, *found.span()) for found in _KEPT.finditer(text))
