"""Identifiers: of VA by their shape or their cue, and those of banks, cards, forces and sign-in providers.

Facts: va-domain-facts, C.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sf_handoff.redaction import words
from sf_handoff.redaction.marks import Find

_I = re.IGNORECASE | re.ASCII
_S = r"[\s./_-]{0,3}"
_IS = r"(?:[\s:=#.,*-]|\b(?:is|was|of|no|nos|num|number|nbr|the|id|as|reads?|listed|on|file)\b){0,8}"
_RUN = rf"[0-9](?:{_S}[0-9])"
_DIGIT = r"[0-9]"

_ICN = re.compile(
    rf"(?:{_DIGIT}[\s.-]{{0,2}}){{10}}v(?:[\s.-]{{0,2}}{_DIGIT}){{6}}"
    r"(?![0-9])(?:\^[A-Z]{1,4}){0,1}(?:\^\w{1,12}){0,4}",
    _I,
)
# A correlated id with its authorities, whatever it is of.
_QUALIFIED = re.compile(r"(?<!\w)\w{4,20}\^(?:NI|PI|PN)\^\w{2,12}(?:\^\w{1,12}){1,3}", _I)
_ICN_CUED = re.compile(rf"\bicn\b{_IS}([0-9][0-9v\s.-]{{6,24}}[0-9])(?![0-9])", _I)
_EDIPI = re.compile(rf"\b(?:edipi|edi-?pi|edip|dod ?id|dodid|cac)\b{_IS}({_RUN}{{5,11}})(?![0-9])", _I)

_SOCIAL = r"\b(?:ssn?s?|ssan|ss ?#|s\.s\.n?\.?|soc(?:ial)?(?:[ -]sec(?:urity)?)?|sosec)"
_SSN_CUED = re.compile(
    rf"{_SOCIAL}(?![a-z])(?:[\s:=#.,*x-]|\b(?:is|was|of|no|num|"
    r"number|nbr|the|as|ending|ends|in|with|last|four|4|digits)\b){0,12}"
    r"([0-9]{3}[ .-]?[0-9]{2}[ .-]?[0-9]{4}(?![0-9])"
    f"|{_RUN}{{3,9}})(?![0-9])",
    _I,
)
_LAST_FOUR = re.compile(
    r"\b(?:l-?4|last ?-?(?:4|four)|last[ -]four|lst ?4)(?![0-9])"
    r"(?: ?-?(?:digits|ss[an]?n?))?(?:[\s:=#.,*()-]|\b(?:is|are"
    "|was|of|his|her|their|the|ss|ssn|social|security|number|"
    r"num|no|vet|veteran|xxx|xx|are)\b|'s){0,10}([0-9](?:[ .-]?[0-9]){3}"
    "(?![0-9])(?:(?:, ?(?:and )?| and | ?[/&] ?| or )[0-9]{4}(?![0-9])){0,9})",
    _I,
)
_STARRED = re.compile(r"(?<![\w])[x*#]{3}[\s.-]{0,2}[x*#]{2}[\s.-]{0,2}([0-9]{4})(?![0-9])", _I)
_ENDING = re.compile(
    r"\b(?:ending|ends)(?:(?: ?in| with)[ :#-]{0,3}|[ :#-]{0,3}(?!(?:19|20)[0-9]{2}))([0-9]{4})(?![0-9])", _I
)

_FILE_NUMBER = re.compile(
    r"(?<![\w-])(?:x?c|x?ss|css)[ -]?(?:#|no\.?"
    r"|num(?:ber)?)?[ :-]{0,2}[0-9](?:[ .-]{0,2}[0-9]){6,7}(?![0-9-])"
    r"|\b(?:va ?)?(?:file|c-?file|vafn|vbms|birls|claim(?:s)? "
    r"?folder|cfile)\b(?:\s?(?:#|no\b|nos\b|num\b|number\b|nbr\b"
    rf"|id\b)){{1,2}}{_IS}c?[ -]?[0-9](?:[ .-]{{0,2}}[0-9]){{6,8}}"
    "(?![0-9])"
    r"|\b(?:c-?file|vafn|va file|c-?number|c ?#|file no|file|birls"
    rf"|vbms)\b{_IS}c?[ -]?[0-9](?:[ .-]{{0,2}}[0-9]){{6,8}}(?![0-9])",
    _I,
)
_CLAIM = re.compile(
    "(?<![a-z])(?:claims?|clm|ep|benefit claim|contention|cid"
    r"|appeal|corp|participant|ptcpnt|pid|vbms|bgs)(?![a-z])(?:[\s:=#.,"
    "(_-]|(?<![a-z])(?:is|was|of|no|num|number|nbr|the|id|ids"
    f"|as|under|ref|status|for|and|or|&)(?![a-z])){{0,8}}([0-9]{{8,10}}(?![0-9])|{_RUN}{{7,9}})"
    r"(?![0-9])(?:(?:,| and| or|/|&)\s?[0-9]{8,10}(?![0-9])){0,20}",
    _I,
)
# A stretch of letters and figures in which there are figures enough for an id.
_CODE = r"(?=(?:[a-z/-]{0,6}[0-9]){3})[a-z0-9][a-z0-9/-]{2,30}"
_CUED = (
    r"\b(?:acct|account|card|checking|savings|visa|mastercard|debit"
    r"|iban)\b[^0-9\n*x#]{0,6}[*x#.]{2,12}[ -]?([0-9]{3,6})(?![0-9])",
    r"\b(?:confirmation|reservation|tracking|order|receipt|invoice|registration|badge|license|permit)"
    rf" ?(?:#|no\.?|num\.?|number|code|id)[ :#]{{0,3}}(?:is )?({_CODE})(?![\w-])",
    # Too long for a word, and for a number.
    r"(?<![\w/.-])((?=[a-z]{0,40}[0-9])(?=[0-9]{0,40}[a-z])[a-z0-9]{20,128})(?![\w-])",
    # A card of VA's: the number of its issuer, then that of the member.
    r"(?<![\w-])(80840[ -]?[0-9]{10})(?![\w-])",
    # Policies of government life insurance, and Medicare's card.
    r"(?<![\w-])((?:v|rs|rh|j|jr|js|k|h|w|fv|rv)[ -]?[0-9]{4}[ -][0-9]{2}[ -][0-9]{2})(?![\w-])",
    r"(?<![\w-])([1-9][a-z][a-z0-9][0-9][ -]?[a-z][a-z0-9][0-9][ -]?[a-z]{2}[0-9]{2})(?![\w-])",
    r"\b(?:s/n|sn|serial|imei|imsi|meid|udid|iccid|eid|esn)\b[ ]?(?:#|no\.?|num\.?"
    r"|number)?[\s:=#]{0,3}(?:is )?"
    rf"((?:[a-z]{{1,2}}[ -]?)?[0-9](?:[ .-]?[0-9]){{4,20}}(?![0-9])|{_CODE})(?![\w-])",
    r"\b(?:acct|account|card|checking|savings|visa|debit)\b[^.\n]{0,24}\b(?:ending"
    r"|ends)\b[^0-9.\n]{0,12}[0-9]{3,6}"
    r"[^0-9.\n]{1,14}\b([0-9]{4})(?![0-9])",
    r"\b\w{0,20}(?:session|token|cookie|secret|bearer|passwd|auth)(?:[_-]?id)?[=:][ ]?[\"']?"
    r"((?=[^\s\"'&]{0,40}[0-9])[^\s\"'&]{6,400})",
    (
        r"\b(?:routing|aba|rtn|account|acct|acc|bank|checking|savings"
        r"|iban|card|debit|credit|visa|mastercard|amex|direct deposit)\b"
        r"(?:[\s:=#.,*x-]|\b(?:is|was|of|no|num|number|nbr|the|acct"
        "|account|ending|ends|in|with|last|four|4|digits|card|routing"
        r"|checking|savings)\b){0,10}"
        r"([0-9](?:[ .-]?[0-9]){5,18})(?![0-9])"
    ),
    r"\b(?:acct|account|card|checking|savings|visa|debit)\b[\w\s]{0,12}\b"
    "(?:ending|ends)(?: ?in| with)?[ :#x*-]{0,6}([0-9]{3,6})(?![0-9])",
    r"\b(?:acct|account)[ ]?(?:#|no\.?|num\.?|number)[ :]{0,3}(?:is )?([a-z]{0,3}[0-9]{4,17})(?![0-9])",
    r"\b(?:service|serial|svc|srvc|military|army)[ ]?(?:#|no\.?"
    r"|num\.?|number|nbr)[ :]{0,3}(?:is |was )?((?:[a-z]{1,2}[ "
    "-]?)?[0-9](?:[ .-]?[0-9]){4,8})(?![0-9])",
    r"(?<!\w)((?:RA|US|ER|NG|AF|FR|UR)[ -]?[0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3})(?![0-9])",
    r"\b(?:driver'?s?'?|dr?ivers?|operator'?s?)?[ ]?(?:licen[sc]e"
    r"|lic|dl|d\.l\.|dln)\b[\s:=#.-]{0,4}(?:no\b|num\b|number\b"
    r"|id\b|is\b|[\s:#.]|[a-z]{2}\b[ ](?=[a-z]?[0-9])){0,5}((?=[a-z0-9-]{0,6}[0-9]{3})[a-z0-"
    "9][a-z0-9-]{4,18})",
    r"\bpassport\b(?:[\s:=#.-]|\b(?:no|num|number|book|id|is)\b){0,8}([a-z]{0,2}[0-9]{6,9})(?![0-9])",
    r"\b(?:control|ctrl|cntrl|ctl)[ ]?(?:#|no\.?|num\.?|number"
    r"|nbr)?[\s:#.]{0,3}(?:(?:is|was|on|the|his|her|my|dd ?-?214|214"
    r"|form) ){0,5}((?=[a-z0-9-]{0,12}[0-9]{3})[a-z0-9][a-z0-9-]{3,20})",
    r"\b(?:mhv|my ?healthe?vet|login\.?gov|id\.?me|ds ?logon|va "
    "profile|vets ?360|sec|cerner|vista|dfn|patient|member|user"
    "|account|usr|mpi|correlation|premium|policy|medicare|mbi"
    "|insurance|group|insurance policy|enrollment|nok)[ ]?(?:account "
    "|acct |user )?"
    r"(?:ien|id|#|uuid|uid|identifier|no\.?|num|number)[\s:=#.]{0,3}"
    r"(?:is |was )?((?=[\w-]{0,14}[0-9])[\w-]{4,40})",
    r"\b(?:username|user ?name|user ?id|userid|login ?id|login "
    r"name|screen ?name|handle|logon)[\s:=#]{0,3}(?:is |was )?[\s:'\"]{0,2}"
    r"((?=[\w.-]{0,20}[0-9_.])[\w.-]{3,40}\w)",
    r"\b(?:password|passwd|pwd|pw|passcode|pin|otp|one[ -]time "
    r"code|verification code|security code|access code)[\s:=#]{0,3}"
    r"(?:is |was )?[\s:'\"]{0,2}((?=[^\s\"']{0,20}[0-9])[^\s\"']{4,40})",
    r"\b(?:session|bearer|token|cookie|jwt|api ?key|secret|device"
    r"|trace|correlation)(?:[ _-]?id)?[\s:=#]{1,3}(?:is )?[\"']?"
    r"((?=[\w.-]{0,20}[0-9])[\w.-]{8,400})",
    r"\b(?:cvv|cvc|csc|cvv2)[\s:=#]{0,3}(?:is |code )?([0-9]{3,4})(?![0-9])",
    r"\b(?:plate|tag|vin)\b[\s:=#]{0,3}(?:no\.? |number |is )?"
    r"((?=[a-z0-9 -]{0,7}[0-9])[a-z0-9]{2,4}[ -]?[a-z0-9]{2,13})\b",
    r"\b([a-z]{2}[0-9]{2}(?:[ ]?[0-9a-z]{4}){3,7}(?:[ ]?[0-9a-z]{1,3})?)\b(?<=[0-9])",
    r"(?<![\w-])((?=[0-9a-f]{0,30}[0-9])(?=[0-9a-f]{0,30}[a-f])[0-9a-f]{16,128})(?![\w-])",
    r"\b(?:zh|ghp|gho|ghs|ghu|ghr|github_pat|sk|pk|xox[abp])_[\w-]{8,255}",
    r"\beyJ[\w-]{10,2000}(?:\.[\w-]{1,4000}){0,3}",
)
_OTHER = tuple(re.compile(each, _I) for each in _CUED)
_CARD = re.compile(r"(?<![\w-])[0-9](?:[ -]?[0-9]){12,18}(?![\w-])", _I)


def _of(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Find]:
    """The first group where there is one: the cue itself stays, as it says what was there."""
    group = 1 if pattern.groups else 0
    yield from (Find(kind, *found.span(group)) for found in pattern.finditer(text))


def qualified(text: str) -> Iterator[Find]:
    """Ids that need no cue."""
    yield from _of("icn", _ICN, text)
    yield from _of("icn", _ICN_CUED, text)
    yield from _of("other_id", _QUALIFIED, text)


def cued(text: str) -> Iterator[Find]:
    """Ids whose cue says what they are; of two that overlap the first named stands."""
    yield from _of("edipi", _EDIPI, text)
    yield from _of("ssn", _SSN_CUED, text)
    yield from _of("ssn", _LAST_FOUR, text)
    yield from _of("ssn", _STARRED, text)
    for pattern in _OTHER:
        yield from _of("other_id", pattern, text)
    yield from _of("ssn", _ENDING, text)


# Whatever else is said to be a number of something, and has the figures for it.
_NUMBERED = re.compile(
    r"\b(?:#|no\.?|nos\.?|num|nbr|number|id|vic|vhic|dbids|policy|loan|member"
    r"|badge)[ ]?[:#=.]{0,3} ?(?:is |was )?"
    r"((?:[a-z]{1,4}[ -]?)?(?=(?:[ ./-]{0,2}[0-9]){6})(?:[0-9]{1,12}[ ./-]){0,6}[0-9]{1,20}"
    rf"|(?=(?:[a-z/-]{{0,6}}[0-9]){{4}})(?=[0-9/-]{{0,12}}[a-z]){_CODE})(?![\w-])",
    _I,
)
# Without a cue: capitals and figures by turns, or groups of them.
_TURNS = re.compile(
    r"(?<![\w.#/-])(?=[A-Z0-9-]{8,40}(?![\w-]))(?=(?:[A-Z-]{0,8}[0-9]){4})(?=(?:[0-9-]{0,12}[A-Z]){2})"
    r"(?=[A-Z0-9]{0,12}-?(?:[0-9]-?[A-Z]|[A-Z]-?[0-9])[A-Z0-9]{0,12}-?[A-Z0-9]{0,12}(?:[0-9]-?[A-Z]"
    r"|[A-Z]-?[0-9]))"
    r"[A-Z0-9]{1,20}(?:-[A-Z0-9]{1,12}){0,6}(?![\w-])",
    re.ASCII,
)


# As people name themselves where they sign in: what is no word, with figures at its end.
_HANDLE = re.compile(r"(?<![\w.#/-])@?([a-z][a-z._]{2,24}?)[._]?[0-9]{2,4}(?![\w-])", re.ASCII)
_AT_HANDLE = re.compile(r"(?<![\w.])@([a-z][\w-]{2,30})(?!\w)", _I)


def handles(text: str) -> Iterator[Find]:
    for found in _HANDLE.finditer(text):
        if not any(words.ordinary(word) for word in (found[1], *re.split(r"[._]", found[1]))):
            yield Find("other_id", *found.span())
    for found in _AT_HANDLE.finditer(text):
        word = found[1].strip("0123456789")
        if re.search("[0-9]", found[1]) and not words.ordinary(word) and not words.joined(word):
            yield Find("other_id", *found.span(1))


def numbered(text: str) -> Iterator[Find]:
    yield from _of("other_id", _NUMBERED, text)
    yield from _of("other_id", _TURNS, text)


def filed(text: str) -> Iterator[Find]:
    yield from _of("file_number", _FILE_NUMBER, text)
    yield from _of("claim_id", _CLAIM, text)


def cards(text: str) -> Iterator[Find]:
    """Card numbers, by their check digit (Luhn)."""
    for found in _CARD.finditer(text):
        if _luhn([int(digit) for digit in found[0] if digit.isdigit()]):
            yield Find("other_id", *found.span())


def _luhn(digits: list[int]) -> bool:
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
