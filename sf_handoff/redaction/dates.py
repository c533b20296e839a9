"""Dates of birth: by their cue in any notation; without one, a full date old enough to be one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sf_handoff.redaction.marks import KEPT, Find

_I = re.IGNORECASE | re.ASCII
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary|uary)?|mar(?:ch)?|apr(?:il)?"
    "|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo"
    "|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
_GAP = r"(?:\s?[-/.,_\\]\s?|\s{1,2})"
_TH = r"(?:st|nd|rd|th)?"
_FULL = (
    rf"{_MONTH}\.?{_GAP}?(?:the )?[0-3]?[0-9]{_TH}(?:{_GAP}|, ?"
    r"|of |\s?'){0,2}(?P<y1>(?:19|20)[0-9]{2}|'?[0-9]{2})",
    rf"(?:the )?[0-3]?[0-9]{_TH}{_GAP}?(?:of |de )?{_MONTH}\.?(?:{_GAP}"
    r"|, ?| de |\s?'){0,2}(?P<y2>(?:19|20)[0-9]{2}|'?[0-9]{2})",
    r"[0-3]?[0-9]\s?[-/.\\_]\s?[0-3]?[0-9]\s?[-/.\\_]\s?(?P<y3>(?:19|20)[0-9]{2}|'?[0-9]{2})",
    r"(?P<y4>(?:18|19|20)[0-9]{2})\s?[-/.]\s?[0-1]?[0-9]\s?[-/.]\s?[0-3]?[0-9](?:T00:00:00(?:\.0{1,6})?Z?)?",
    r"[0-1]?[0-9] [0-3]?[0-9] (?P<y5>(?:19|20)[0-9]{2})",
    r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?P<y6>(?:19|20)[0-9]{2})",
    r"(?P<y7>(?:19|20)[0-9]{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])",
)
_DATE = re.compile(
    r"(?<![\w-])(?<![0-9][./])(?:" + "|".join(f"(?:{each})" for each in _FULL) + r")(?![\w-]|\.[0-9])", _I
)
_CUE = re.compile(
    r"(?<![a-z])(?:d\.?o\.?b\.?|date ?of ?birth|birth ?-?(?:date"
    "|day)?|b-?day|born|bd|birthdate|d/o/b|nacid[oa]|nacimiento"
    "|fecha de nac(?:imiento)?)(?![a-z])"
    r"(?:[\s:=#.,()'\"*-]|\b(?:is|was|of|on|in|the|as|his|her|"
    "vet|listed|shows?|given|to|s|year|and|not|or|from|changed"
    r"|should|be|reads|but)\b){0,14}$",
    _I,
)
# After a cue, also what is no full date: month and day, a year alone, six digits.
_LOOSE = re.compile(
    r"(?<![a-z])(?:d\.?o\.?b\.?|date ?of ?birth|birth ?-?(?:date"
    r"|day)?|b-?day|born|birthdate|d/o/b|nacid[oa])(?![a-z])(?:[\s:=#.,"
    r"()'\"*-]|\b(?:is|was|of|on|in|the|as|his|her|listed|shows?"
    r"|s)\b){0,10}"
    rf"((?:{_MONTH}\.?\s?[0-3]?[0-9]{_TH}(?![0-9])(?:[\s,]{{1,3}}"
    r"(?:nineteen|twenty)[\s-][a-z-]{3,20}(?:[\s-](?:one|two"
    f"|three|four|five|six|seven|eight|nine))?)?|[0-3]?[0-9]{_TH} "
    rf"{_MONTH}|{_MONTH}[\s,]{{1,3}}(?:19|20)[0-9]{{2}}|[0-1]?[0-9]/[0-3]?[0-9]"
    "(?!/)|(?:19|20)[0-9]{2}|[0-9]{6}|[0-9]{8}|[0-9]{1,2}[ "
    ".,/-]{1,3}[0-9]{1,2}[ .,/-]{1,3}(?:[0-9]{4}|[0-9]{2})"
    "|[0-9]{5}))(?![0-9])",
    _I,
)
_SPELLED = re.compile(
    rf"\b{_MONTH}\s{{1,2}}(?:the )?(?:[a-z]{{3,10}}|[a-z]{{5,6}}[\s-][a-z]{{3,7}}"
    rf"|[0-9]{{1,2}}{_TH}),?\s{{1,2}}(?:nineteen)[\s-](?:hundred "
    r")?[a-z-]{2,10}(?:[\s-](?:one|two|three|four|five|six|seven"
    r"|eight|nine))?\b",
    _I,
)
_OTHER_CUE = re.compile(
    r"\b(?:filed|filing|decision|decided|dated|effective|eff|received"
    "|recd|rcvd|submitted|letter|updated|granted|denied|notice"
    "|denial|award|exp|expires|expired|expiring|due|until|through"
    r"|valid|ends|good)\b[\w\s:,'-]{0,14}$",
    _I,
)
_OLD, _PIVOT = 2008, 27


def births(text: str) -> Iterator[Find]:
    yield from (Find("birth_date", *found.span(1)) for found in _LOOSE.finditer(text))
    for found in _DATE.finditer(text):
        before = text[max(0, found.start() - 60) : found.start()]
        if _CUE.search(before) or (_old(found) and not _OTHER_CUE.search(before[-30:])):
            yield Find("birth_date", *found.span())


def spelled(text: str) -> Iterator[Find]:
    """Days of birth in words: march third nineteen fifty two."""
    yield from (Find("birth_date", *found.span()) for found in _SPELLED.finditer(text))


def days(text: str) -> Iterator[Find]:
    """All other dates: they stay."""
    for found in _DATE.finditer(text):
        if found["y5"] is None:
            yield Find(KEPT, *found.span())


def _old(found: re.Match[str]) -> bool:
    year = next(int(each.strip("'")) for each in found.groups() if each is not None)
    if year < 100:
        year += 1900 if year >= _PIVOT else 2000
    return year < _OLD
