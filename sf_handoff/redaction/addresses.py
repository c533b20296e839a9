"""Postal addresses: streets, boxes, military mail, units, and a ZIP code after its state."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sf_handoff.redaction.marks import KEPT, Find
from sf_handoff.redaction.vocabulary import OFFICES, STATE_CODES, STATE_NAMES

_I = re.IGNORECASE | re.ASCII
_CODE = "|".join(STATE_CODES)
# As they were written before there were codes.
_OLD_CODE = (
    "ala|ariz|ark|calif|cal|colo|conn|del|fla|ill|ind|kans|mass|mich|minn|miss|mont|nebr?|nev|okla"
    "|oreg?|penna?"
    "|tenn|tex|wash|wisc?|wyo|n\\.? ?c|s\\.? ?c|n\\.? ?d|s\\.? ?d|n\\.? ?h|n\\.? ?j|n\\.? ?m|n\\.? "
    "?y|r\\.? ?i|w\\.? ?va|p\\.? ?r"
)
_STATE = rf"(?:{_CODE}|{'|'.join(STATE_NAMES)}|{_OLD_CODE})"
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
    r"|#\s?[\w-]{1,6}|[0-9]{1,2}(?:st|nd|rd|th) (?:floor|fl)\b)){0,2}"
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
    r"(?<![\w$.:#/-])(?P<no>[nsew]?[0-9]{1,6}(?:-?[a-d]\b|-[0-9]{1,4})?"
    rf"(?: ?1/2)?)[,\s]{{1,3}}(?:{_SIDE}\s)?(?P<mid>(?:[a-z0-9'.-]{{1,20}}\s{{1,2}}){{1,4}}?)"
    rf"(?P<way>(?:{_CLEAR}|{_UNCLEAR}))\b\.?(?:\s{_SIDE})?{_UNIT}{_REST}",
    _I,
)
_ROUTE = re.compile(
    rf"(?<![\w$.:#/-])(?:[nsew][0-9]{{1,5}})?[nsew]?[0-9]{{1,6}}\s{{1,2}}(?:{_SIDE}\s)?(?:old "
    r"|us |u\.s\. |state |county |private |cty |farm to market "
    r")?(?:route|rte|rt|road|rd|highway|hwy|cr|fm|sr|cth|county)\.?\s{1,2}"
    rf"(?:#\s?)?(?:[0-9]{{1,4}}[a-z]?|(?-i:[A-Z]{{1,2}}))\b(?:\s{_SIDE})?{_UNIT}{_REST}"
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
    rf"\bgen(?:eral|\.)? del(?:ivery|\.)?{_REST}"
    r"|\bbox\s?#?\s?[0-9]{1,6},? (?:star (?:route|rte|rt)|rural (?:route|rte)|(?:rr|hc|hcr|rfd|route"
    r"|rt) ?#?[0-9]{1,4})\b"
    rf"(?:,? ?[0-9a-z]{{1,3}}\b(?= ?,))?(?:{_REST}(?<=[0-9])|(?:, ?(?-i:[A-Z][a-z]{{2,20}})){{0,2}})"
    r"|\b(?:pmb|psb)[ #]{1,2}[0-9]{1,6}\b"
    r"|\b(?:p\.?\s?o\.?\s{0,2}(?:box|bx)|post office box|pob|"
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
_OLD_UPPER = (
    "Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ill|Ind|Kans|Mass|Mich|Minn|Miss|Mont|Nebr?|Nev|Okla|Oreg?|Penna?"
)
_UPPER = "|".join(
    [
        *(code.upper() for code in STATE_CODES),
        *(name.title() for name in STATE_NAMES),
        *(f"{code}\\." for code in f"{_OLD_UPPER}|Tenn|Tex|Wash|Wisc?|Wyo".split("|")),
    ]
)
_PLACE = re.compile(
    r"(?P<town>(?:\b[A-Z][A-Za-z'.-]{1,20}+(?: |(?=,))){1,3},? "
    rf"?)?(?<![\w'])(?P<state>{_UPPER})(?!\w)\.?,?\s{{1,3}}{_ZIP}",
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


# Roads by their stones: Carretera 110 Km 4.2.
_MILES = re.compile(
    r"\b(?:carretera|carr\.?|highway|hwy|route|ruta|pr|us|sr)[ -]?[0-9]{1,4}(?:, ?| )(?:km|kilometro"
    r"|mile|mm|milepost"
    r"|mile marker)\.? ?[0-9]{1,3}(?:\.[0-9]{1,2})?(?:,? (?:interior|int))?"
    rf"(?:,? (?:bo|barrio|sector|urb|parc)\.? (?-i:[A-Z])[a-z]{{2,20}}(?: (?-i:[A-Z])[a-z]{{2,20}})?"
    rf")?{_REST}",
    _I,
)
_POSTAL = (
    r"(?:[a-ceghj-nprstvxy][0-9][a-ceghj-nprstv-z] ?[0-9][a-ceghj-nprstv-z][0-9]"
    r"|[a-z]{1,2}[0-9][a-z0-9]? [0-9][abd-hjlnp-uw-z]{2})"
)
# Addresses elsewhere: a postal code with the town before it, and streets as they are named there.
_ABROAD = (
    re.compile(
        rf"(?:,? ?(?-i:[A-Z])[A-Za-z'.-]{{1,20}}){{0,3}}(?:,? (?:ab|bc|mb|nb|nl|ns|on|pe|qc|sk|yt|nt|nu))?"
        rf"[, ]{{1,2}}(?<!\w){_POSTAL}(?!\w)",
        _I,
    ),
    re.compile(
        r"(?<!\w)[A-Z][a-z]{2,24}(?:strasse|str\.|weg|gasse|platz|allee|damm|ring|laan|straat|gatan"
        r"|vej|gata) ?"
        r"[0-9]{1,4}[a-z]?(?:,? (?:[A-Z]{1,2}-)?[0-9]{4,5} [A-Z][a-z]{2,20}(?: [A-Z][a-z]{2,20})?)?(?!\w)",
        re.ASCII,
    ),
    re.compile(
        r"(?<!\w)(?:Via|Viale|Piazza|Rua|Rue|Avenue|Calle|Paseo|Jalan) (?:d[aeiou]s?l?l?a? )?[A-Z][a-z]{2,20}"
        r"(?: [A-Z][a-z]{2,20})?,? ?(?:n\.? ?)?[0-9]{1,4}(?:,? (?:[A-Z]{1,2}-)?[0-9]{4,5} [A-Z][a-z]"
        r"{2,20})?(?![\w])",
        re.ASCII,
    ),
    re.compile(
        r"\b(?:brgy|barangay|purok|sitio|poblacion|colonia|col\.)\.? (?-i:[A-Z0-9])[\w'-]{0,20}"
        r"(?: (?-i:[A-Z])[a-z]{2,20})?(?:, ?(?-i:[A-Z])[a-z]{2,20}(?: City)?){0,3}(?:,? [0-9]{4,5})?",
        _I,
    ),
)
_LOT = re.compile(
    r"\b(?:lot|space|spc|trailer|trlr|unit|apt|site|slip)\.? ?#?[0-9]{1,4}[a-z]?,? (?:at |in )?"
    r"(?-i:[A-Z][a-z]{2,20})(?: (?-i:[A-Z][a-z]{2,20})){0,2}" + _REST,
    _I,
)
_JAPAN = re.compile(
    r"\b(?:[0-9]{1,4}(?:-[0-9]{1,4}){1,3} )?(?:(?-i:[A-Z][a-z-]{2,20}),? ){0,3}(?:japan|tokyo"
    r"|okinawa|osaka|kanagawa"
    r"|yokohama|nagasaki|sasebo|misawa|iwakuni|yokosuka|kyoto|fukuoka),? [0-9]{3}-[0-9]{4}(?![\w-])",
    _I,
)
# What stands before a street or a box that was found, and belongs to it.
_LEADING = re.compile(
    r"(?:\b(?:[0-9]{1,2}(?:st|nd|rd|th) (?:floor|fl)|(?:apt|apartment|unit|ste|suite|rm|room|floor"
    r"|fl)\.? ?#?[\w-]{1,5})"
    r"|\b(?-i:FCI|USP|FPC|FMC|SCI|FDC|MCC|MDC)\b(?: (?-i:[A-Z])[a-z]{1,20}){0,3}"
    r"|\b(?:(?-i:[A-Z])[a-z]{1,20} ){1,3}(?:jail|prison|shelter|apartments|apts|manor|village"
    r"|estates|towers|mobile home"
    r" park|trailer park|correctional(?: (?:facility|institution|center))?|nursing home)),? ?$",
    _I,
)
_ZIP_CUED = re.compile(rf"\bzip(?: ?code)?[ :=#]{{0,3}}(?:is )?({_ZIP})", _I)
# After a cue a street needs no word for it.
_AT_HOME = re.compile(
    r"\b(?:lives?|living|resides?|residing|home|address|addr|addy) (?:is )?(?:at|is|now)?[ :]{1,2}"
    rf"([0-9]{{1,5}} (?:{_SIDE} )?(?-i:[A-Z][a-z]{{2,20}})(?: (?-i:[A-Z][a-z]{{2,20}}))?{_UNIT}{_REST})",
    _I,
)


def addresses(text: str) -> Iterator[Find]:
    yield from (Find("address", *found.span(1)) for found in _AT_HOME.finditer(text))
    streets = [found for found in _STREET.finditer(text) if _is_street(text, found)]
    others = [
        found
        for pattern in (_MILES, _ROUTE, _NAMED, _BOX, _LOT, _JAPAN, *_ABROAD)
        for found in pattern.finditer(text)
    ]
    for found in (*streets, *others):
        before = _LEADING.search(text, max(0, found.start() - 60), found.start())
        yield Find("address", before.start() if before else found.start(), found.end())
    if streets or others:
        yield from (Find("address", *found.span(1)) for found in _ZIP_CUED.finditer(text))
    for found in streets:
        yield from _again(text, found["mid"].strip())


def _again(text: str, street: str) -> Iterator[Find]:
    """The same street with another number, in short."""
    pattern = re.compile(rf"(?<![\w.-])[0-9]{{1,6}} {re.escape(street)}(?!\w)", _I)
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
