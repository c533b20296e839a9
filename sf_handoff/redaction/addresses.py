"""Postal addresses: streets, boxes, military mail, units, and a ZIP code after its state."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sf_handoff.redaction.marks import KEPT, Find
from sf_handoff.redaction.vocabulary import OFFICES, STATE_CODES, STATE_NAMES

_I = re.IGNORECASE | re.ASCII
_CODE = "|".join(STATE_CODES)
_STATE = rf"(?:{_CODE}|{'|'.join(STATE_NAMES)})"
_ZIP = r"[0-9]{5}(?:\s?-\s?[0-9]{4})?(?![0-9])"
_CLEAR = (
    "street|str|avenue|ave|av|road|rd|lane|ln|boulevard|blvd|"
    "parkway|pkwy|highway|hwy|terrace|trail|trl|crescent|cres"
    "|hollow|crossing|xing|pike|turnpike|tpke|causeway|calle|"
    "avenida|ridge|heights|estates|alley|esplanade|bayou|court"
    "|ct|cir|circle|cove|blf|bluff"
)
_UNCLEAR = (
    "st|drive|dr|loop|way|place|pl|ter|sq|square|path|run|row"
    "|walk|plaza|point|pt|creek|bend|bnd|grove|glen|view|landing"
    "|lndg|broadway|park|knoll|pass|pt|mall|green|mews|trace|"
    "trce|vista|spur"
)
_UNIT = (
    r"(?:[\s,]{0,3}(?:(?:apt|apartment|unit|ste|suite|lot|bldg"
    r"|building|rm|trlr|trailer|space|spc|fl|floor)\b[\s.#:]{0,3}[\w-]{1,6}"
    r"|#\s?[\w-]{1,6})){0,2}"
)
_NOT_NEXT = (
    "(?!(?:and|or|then|but|to|from|for|is|was|the|a|an|on|in|"
    "at|he|she|they|we|vet|veteran|caller|says|said|called|wants"
    r"|needs|not|has|still|since)\b)"
)
_TOWN = (
    rf"(?:[\s,]{{1,3}}(?:in )?{_NOT_NEXT}[a-z][a-z'.-]{{1,20}}(?: "
    f"{_NOT_NEXT}[a-z][a-z'.-]{{1,20}}){{0,2}})"
)
_REST = (
    rf"(?:{_TOWN}?[\s,.]{{1,3}}(?:{_STATE})\b\.?(?:[\s,]{{1,3}}{_ZIP})?"
    rf"|{_TOWN}[\s,.]{{1,3}}{_ZIP}|[\s,.]{{1,3}}{_ZIP})?"
)
_SIDE = r"(?:north|south|east|west|n|s|e|w|ne|nw|se|sw|no|so)\b\.?"
_STREET = re.compile(
    r"(?<![\w$.:#/-])(?P<no>[0-9]{1,6}(?:-?[a-d]\b|-[0-9]{1,4})?"
    rf"(?: ?1/2)?)[,\s]{{1,3}}(?:{_SIDE}\s)?(?P<mid>(?:[a-z0-9'.-]{{1,20}}\s{{1,2}}){{1,4}}?)"
    rf"(?P<way>(?:{_CLEAR}|{_UNCLEAR}))\b\.?(?:\s{_SIDE})?{_UNIT}{_REST}",
    _I,
)
_ROUTE = re.compile(
    rf"(?<![\w$.:#/-])[0-9]{{1,6}}\s{{1,2}}(?:{_SIDE}\s)?(?:old "
    r"|us |u\.s\. |state |county |private |cty |farm to market "
    r")?(?:route|rte|rt|road|rd|highway|hwy|cr|fm|sr)\.?\s{1,2}"
    rf"(?:#\s?)?[0-9]{{1,4}}[a-z]?\b(?:\s{_SIDE})?{_UNIT}{_REST}"
    rf"|(?<![\w$.:#/-])[0-9]{{1,5}}\s(?:{_SIDE})\s[0-9]{{1,5}}\s(?:{_SIDE})(?![a-z]){_UNIT}{_REST}"
    r"|\b(?:calle|avenida|camino|carretera|carr\.?|paseo|urb\.?"
    r"|urbanizacion|bo\.|barrio)\s(?:(?:de|del|la|las|los|el)\s){0,2}[a-z]{2,20}"
    r"(?:\s[a-z]{2,20})?\s#?[0-9]{1,5}[a-z]?\b(?:,? (?:urb"
    rf"|bo|bda|ext|res)\.? [a-z]{{2,15}}(?: [a-z]{{2,15}}){{0,2}})?{_UNIT}{_REST}"
    r"|\b(?-i:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten)\s"
    rf"(?-i:(?:[A-Z][a-z']{{1,20}}\s){{1,3}})(?:{_CLEAR}|{_UNCLEAR})\b\.?{_UNIT}{_REST}",
    _I,
)
_NAMED = re.compile(
    rf"(?<![\w$.:#/-])[0-9]{{1,6}}\s{{1,2}}(?:{_SIDE}\s)?(?:avenida"
    r"|calle|camino|via|rue|broadway|ave(?:nue)?|paseo|corte)\.?\s{1,2}"
    r"(?:(?:de|del|la|las|los|el|of)\s){0,2}[a-z0-9]{1,20}"
    rf"(?:\s(?!and|or|in|to)[A-Z][a-z]{{1,20}})?{_UNIT}{_REST}",
    _I,
)
_BOX = re.compile(
    r"\b(?:p\.?\s?o\.?\s{0,2}(?:box|bx)|post office box|pob|"
    rf"p\.?o\.? drawer|apartado)\s{{0,2}}(?:#|no\.?)?\s?[0-9]{{1,6}}\b{_REST}"
    r"|\b(?:rural route|rural rte|r\.?\s?r\.?|rfd|rd|hc|star route"
    rf"|rt|route)\s?#?\s?[0-9]{{1,4}}[\s,]{{0,3}}(?:box|bx)\s?#?\s?[0-9]{{1,6}}[a-z]?\b{_REST}"
    rf"|\b(?:rural route|r\.?r\.?|rfd)\s?#?\s?[0-9]{{1,4}}\b{_REST}"
    r"|\b(?:psc|unit|cmr|uss [a-z ]{2,20})\s?[0-9]{0,6}[\s,]{1,3}"
    r"(?:box|bx)\s?[0-9]{1,6}(?:[\s,]{1,3}(?:apo|fpo|dpo)[\s,]{1,3}"
    r"(?:ae|ap|aa)?[\s,]{0,3}[0-9]{5}(?:-[0-9]{4})?)?"
    r"|\b(?:(?:psc|unit|cmr)\s?[0-9]{1,6}[\s,]{1,3})?(?:apo|fpo"
    r"|dpo)[\s,]{1,3}(?:ae|ap|aa)\b(?:[\s,]{1,3}[0-9]{5}(?:-[0-9]{4})?)?"
    r"|\b(?:apt|apartment|trlr|trailer)\b[\s.#:]{0,3}(?=[\w-]{0,4}[0-9])[\w-]{1,6}",
    _I,
)
_UPPER = "|".join([*(code.upper() for code in STATE_CODES), *(name.title() for name in STATE_NAMES)])
_PLACE = re.compile(
    r"(?P<town>(?:\b[A-Z][A-Za-z'.-]{1,20}+(?: |(?=,))){1,3},? "
    rf"?)?(?<![\w'])(?P<state>{_UPPER})\b\.?,?\s{{1,3}}{_ZIP}",
    re.ASCII,
)
_PLACE_LOW = re.compile(
    rf"(?:(?P<town>\b[a-z'.-]{{3,20}}),? )?(?<![\w'])(?P<state>{_STATE})\b\.?,?\s{{1,3}}{_ZIP}", _I
)
_PLUS_FOUR = re.compile(r"(?<![\w-])[0-9]{5}\s?-\s?[0-9]{4}(?![\w-])", re.ASCII)
_WORDLIKE = frozenset("in or me ok hi oh ma pa de la id al ct so no co".split())
_LIVES = re.compile(
    r"\b(?:lives?|living|resides?|residing|address|addr|addy|moved"
    r"|mail(?:ed|ing)?|home|house|street|located|at|new|old)\b\W{0,3}"
    r"(?:\w{1,9}\W{1,3}){0,3}$",
    _I,
)
_STOP = frozenset(
    "am pm the a an in on of to and or by from for with hours "
    "hour hrs days day weeks week months month years year times "
    "time min mins minutes pm,"
    " steps step more other different same one two days, business "
    "appts appt calls call called called. documents pages page "
    "items claims cases"
    " percent letters, letter rating ratings is was are not no "
    "vet veteran has had have error errors since after before "
    "until at about codes code"
    " que y attempts tries people vets users still all out per "
    "this that per his her my your our their when if as dr. open "
    "via wk wks yrs yr".split()
)
_OFFICE = re.compile(rf"(?:{'|'.join(OFFICES)})\W*$", _I)
_NEAR_OFFICE = re.compile(
    r"\b(?:RO|VARO|VAMC|office|center|intake|building|hospital"
    r"|clinic|zip|claims)\b",
    re.ASCII,
)


# After a cue a street needs no word for it.
_AT_HOME = re.compile(
    r"\b(?:lives?|living|resides?|residing|home|address|addr|addy) (?:is )?(?:at|is|now)?[ :]{1,2}"
    rf"([0-9]{{1,5}} (?:{_SIDE} )?(?-i:[A-Z][a-z]{{2,20}})(?: (?-i:[A-Z][a-z]{{2,20}}))?{_UNIT}{_REST})",
    _I,
)


def addresses(text: str) -> Iterator[Find]:
    yield from (Find("address", *found.span(1)) for found in _AT_HOME.finditer(text))
    for found in _STREET.finditer(text):
        if _is_street(text, found):
            yield Find("address", *found.span())
    for pattern in (_ROUTE, _NAMED, _BOX):
        yield from (Find("address", *found.span()) for found in pattern.finditer(text))


def places(text: str) -> Iterator[Find]:
    """A ZIP code after its state, with the town before it. Those of VA's offices stay."""
    for found in _PLACE.finditer(text):
        yield _place(text, found)
    for found in _PLACE_LOW.finditer(text):
        if found["state"].lower() not in _WORDLIKE or (found["town"] and found[0][len(found["town"])] == ","):
            yield _place(text, found)


def zips(text: str) -> Iterator[Find]:
    yield from (Find("address", *found.span()) for found in _PLUS_FOUR.finditer(text))


def _place(text: str, found: re.Match[str]) -> Find:
    before = text[max(0, found.start("state") - 30) : found.start("state")]
    ours = _OFFICE.search(before) or _NEAR_OFFICE.search(before)
    return Find(KEPT if ours else "address", *found.span())


def _is_street(text: str, found: re.Match[str]) -> bool:
    middle = found["mid"].lower().split()
    if any(word in _STOP for word in middle) or all(word.strip(".").isdigit() for word in middle):
        return False
    if re.fullmatch(_CLEAR, found["way"], re.IGNORECASE):
        return True
    more = text[found.end("way") : found.end()].strip(" .")
    capital = found["way"][0].isupper() and found["mid"].strip()[0].isupper()
    cued = _LIVES.search(text, max(0, found.start() - 40), found.start())
    return bool(capital or more or cued or (len(found["no"]) > 2 and len(middle) <= 2))
