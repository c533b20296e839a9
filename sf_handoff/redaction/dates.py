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
    r"(?P<y4>(?:18|19|20)[0-9]{2})\s?[-/.]\s?[0-1]?[0-9]\s?[-/.]\s?[0-3]?[0-9]"
    r"(?:T[0-2][0-9]:?[0-5][0-9](?::?[0-5][0-9](?:\.[0-9]{1,9})?)?(?:Z|[+-][0-2][0-9]:?[0-5][0-9])?)?",
    r"[0-1]?[0-9] [0-3]?[0-9] (?P<y5>(?:19|20)[0-9]{2})",
    r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?P<y6>(?:19|20)[0-9]{2})",
    r"(?P<y7>(?:19|20)[0-9]{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])",
)
_DATE = re.compile(
    # Two dates may be joined by a dash; otherwise none is part of anything longer.
    r"(?<!\w)(?:(?<!-)|(?<=/[0-9]{2}-)|(?<=/[0-9]{4}-))(?<![0-9][./])(?:"
    + "|".join(f"(?:{each})" for each in _FULL)
    + r")(?!\w|-(?![0-3]?[0-9]/[0-3]?[0-9]/)|\.[0-9])",
    _I,
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
_BORN = r"(?:d\.? ?o\.? ?b\.?|date ?of ?birth|birth ?-?(?:date|day)?|b-?day|born|birthdate|d/o/b|nacid[oa])"
# A cue, and a few words without a figure between it and the date.
_NEAR = re.compile(rf"(?<![a-z]){_BORN}(?![a-z])[^0-9,;\n\ue000\ue001]{{1,40}}$", _I)
_SHORT_CUED = re.compile(
    rf"(?<![a-z]){_BORN}(?![a-z])(?:[\s:=#,()'-]|\b(?:is|was|per|on|from|in|his|her|the|dd[ -]?214"
    rf"|file|record"
    r"|records|shows|listed|as)\b){1,8}([0-9]{6}|[0-9]{8})(?![0-9])",
    _I,
)
_ORDINAL = (
    "(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh"
    "|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth"
    "|thirtieth)"
)
_TENS = "(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_ONES = "(?:one|two|three|four|five|six|seven|eight|nine)"
_SAID_YEAR = (
    f"(?:nineteen[ -](?:hundred(?: and)? )?(?:oh[ -])?(?:{_TENS}(?:[ -]{_ONES})?|{_ONES}|ten|eleven|twelve"
    f"|[a-z]{{3,5}}teen)|two thousand(?: and)?(?: {_ONES})?|(?:19|20)[0-9]{{2}})"
)
_SPOKEN = re.compile(
    rf"\b(?:the )?(?:{_ORDINAL}|[0-3]?[0-9]{_TH}) (?:day )?(?:of )?{_MONTH},? {_SAID_YEAR}\b"
    rf"|\b{_MONTH} (?:the )?{_ORDINAL},? {_SAID_YEAR}\b",
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
    r"|valid|ends|good|discharged?|separated|served|enlisted)\b[\w\s:,'-]{0,14}$",
    _I,
)
# What the words between a cue and a date may say that makes it another date.
_OTHER = re.compile(r"\b(?:filed|dated|decision|appt|called|effective|received|sent|since|until|says)\b", _I)
_OLD, _PIVOT = 2008, 27


def births(text: str) -> Iterator[Find]:
    for pattern in (_LOOSE, _SHORT_CUED):
        yield from (Find("birth_date", *found.span(1)) for found in pattern.finditer(text))
    for found in _DATE.finditer(text):
        before = text[max(0, found.start() - 60) : found.start()]
        near = _NEAR.search(before)
        if (
            _CUE.search(before)
            or (near and not _OTHER.search(near[0]))
            or (_old(found) and not _OTHER_CUE.search(before[-30:]))
        ):
            yield Find("birth_date", *found.span())


def spelled(text: str) -> Iterator[Find]:
    """Days of birth in words: march third nineteen fifty two."""
    for pattern in (_SPOKEN, _SPELLED):
        for found in pattern.finditer(text):
            if not found[0][-4:].isdigit():
                yield Find("birth_date", *found.span())


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
