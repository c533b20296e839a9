"""E-mail and web addresses, also written round the corner, machine addresses, and names of files.

Paths of VA's pages stay: they say where it fails. What follows `?` or `#` in them does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sf_handoff.redaction.marks import KEPT, Find
from sf_handoff.redaction.words import ordinary

_I = re.IGNORECASE | re.ASCII
_AT = r"(?:\s{0,2}@\s{0,2}|\s?[\[({<]\s?(?:at|@)\s?[\])}>]\s?|\s?-at-\s?|\s?_at_\s?)"
_DOT = r"(?:\.|\s?[\[({<]\s?(?:dot|\.)\s?[\])}>]\s?|\s{1,2}dot\s{1,2}|\s?-dot-\s?)"
_BRACKETED = r"\s?[\[({<]\s?(?:dot|\.)\s?[\])}>]\s?"
_USER = rf"(?<![\w.+-])[\w+-](?:[\w.%+'-]{{0,62}}[\w+-])?(?:{_BRACKETED}[\w+-]{{1,40}}){{0,4}}"
_HOST = rf"[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,5}}"
_AT_ALL = re.compile(r"@|(?<![a-z])at(?![a-z])", _I)
_MAIL = (
    re.compile(rf"{_USER}{_AT}{_HOST}", _I),
    # With gaps round the dot, and letter by letter.
    re.compile(rf"{_USER}\s{{0,2}}@\s{{0,2}}[\w-]{{1,63}}(?:\s?\.\s?[\w-]{{2,24}}){{1,3}}", _I),
    re.compile(r"(?<!\w)(?:[\w.+-][ ]){2,40}@(?:[ ][\w.-]){4,40}(?!\w)", _I),
    re.compile(
        rf"{_USER}(?:@|[\[({{]\s?at\s?[\])}}])[\w-]{{1,63}}(?:[ ,]{{1,2}}"
        r"(?:com|org|net|edu|gov|mil|us)\b)?",
        _I,
    ),
    re.compile(
        rf"{_USER}\s{{1,2}}@\s{{1,2}}(?:gmail|yahoo|hotmail|outlook"
        r"|aol|icloud|example|comcast|msn)\b",
        _I,
    ),
)
_SPOKEN = re.compile(
    r"(?<![\w.])(?:[a-z](?: as in [a-z]{2,12})?[\s,]{1,3}){0,20}[\w+-]{1,40}"
    r"(?:(?:\.|\s(?:dot|underscore|dash|period|point)\s)[\w+-]{1,40}){0,4}\s{1,2}at\s{1,2}"
    r"(?:sign\s)?"
    r"(?:[\w-]{1,40}(?:\s{1,2}(?:dot|period|point)\s{1,2}[\w-]{2,20}){1,3}"
    r"|[\w-]{1,40}\.(?:com|org|net|edu|us|mil|info)\b"
    r"|(?:gmail|yahoo|hotmail|outlook|aol|icloud|comcast|msn)\b)",
    _I,
)
_URL = re.compile(r"(?<![\w])(?:(?:https?|ftps?)\s?://|www\.)[^\s<>\"'`|{}]{2,2000}", _I)
_QUERY = re.compile(
    r"(?<![\w@/.])(?:[\w-]{1,63}\.){1,5}(?:gov|com|org|net|us|"
    r"mil|me)(?:/[\w./~%:-]{0,500})?[?#][^\s<>\"']{1,2000}",
    _I,
)
_PATH = re.compile(
    r"(?<![\w@.])(?:[\w-]{1,63}\.){1,5}(?:gov|com|org|net|us|mil"
    r"|me)(?:/[\w.~%:-]{1,200}){1,20}",
    _I,
)
_OWN = re.compile(
    r"(?:https?://)?(?:[\w-]{1,40}\.){0,4}(?:va\.gov|vets\.gov"
    r"|login\.gov|ebenefits\.va\.gov|id\.me)(?![\w.-]*@)(/[^\s?#]{0,500})?",
    _I,
)
_TELLING = re.compile(r"[0-9]{5,}|[0-9a-f]{12,}|(?:[0-9][a-z]|[a-z][0-9]){4,}|%40|@", _I)
_UUID = re.compile(r"(?<![\w-])[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?![\w-])", _I)
_IP = re.compile(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})\.){3}(?:25[0-5]"
    r"|2[0-4][0-9]|1?[0-9]{1,2})(?![\w]|\.[0-9])(?::[0-9]{1,5})?"
    r"|(?<![\w:.])(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4}){1,5}"
    r"(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{1,4}"
    r"(?![\w:])",
    _I,
)
_MAC = re.compile(r"(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])", _I)
_VERSION = re.compile(
    "(?:version|ver|v|build|chrome|chromium|firefox|safari|edge|opera|brave|internet|browser|webview"
    r"|ios|ipados|android|macos|windows|nvda|jaws|acrobat|reader|app|release|update)\W{0,3}$",
    _I,
)
_ENDS = (
    "pdf|docx?|xlsx?|pptx?|jpe?g|png|tiff?|heic|hei[cf]|gif|bmp"
    "|txt|zip|msg|eml|csv|rtf|mov|mp[34]|odt|pages|numbers|vcf"
    "|p7[ms]|webp|wp[ds]|m4[abv]|wav|har|ics|log|xml|json|dcm|dicom|7z|rar|t?gz|tar|html?|mht|xps|jfif"
    "|avif|jp2|dng|raw|svg|psd|avi|wmv|mkv|webm|3gp|aac|ogg|wma|amr|caf|aiff?|od[sgp]|docm|dotx?|xlsm"
    "|pst|ost|mbox|bak|tmp|dat|mdb|accdb|sqlite|epub|fdf|xfdf|cer|crt|p12|pfx|ccda?|hl7|one"
    "|tax(?:20[0-9]{2})?"
)
_FOLDER = re.compile(
    r"(?<![\w])(?:[A-Z]:[\\/]|%[A-Z_]{3,20}%[\\/]|\\\\|~/|/(?:users|home|mnt|media"
    r"|volumes|var|tmp|documents)/)(?:[^\n\"<>|*?:;,]{1,240}?\."
    rf"(?:{_ENDS})\b|[^\s\"<>|*?;,]{{1,240}})",
    _I,
)
_QUOTED = re.compile(rf"[\"'`(\[]([^\n\"'`()\[\]]{{1,120}}\.(?:{_ENDS}))[\"'`)\]]", _I)
_FILE = re.compile(rf"(?<![\w.])[\w(][\w()&'+-]{{0,80}}(?:\.[\w()-]{{1,60}}){{0,4}}\.(?:{_ENDS})(?![\w])", _I)
# The words before a name of a file, any of which may be its own.
_WORDS_BEFORE = re.compile(r"(?:[\w(][\w()&'+-]{0,40} ){1,7}$", re.ASCII)
# What says that the name of a file follows, and small words that no name of a file begins with.
_TELLS = frozenset(
    "attached attachment attachments called caller copy cust doc docs document documents emailed "
    "file filename "
    "files got is it loading named open opened opening pdf pic photo picture reads renamed saved says scan "
    "scanned see sees select selected sending sends sent submitted tried tries upl upld upload uploaded "
    "uploading uploads us was when zip".split()
)
_SMALL = frozenset(
    "a an and as at but by for from he her his i in my name of on only or our page she so that the "
    "their then "
    "they this to vet veteran vets with your".split()
)


def mails(text: str) -> Iterator[Find]:
    if not _AT_ALL.search(text):
        return
    for pattern in _MAIL:
        yield from (Find("email", *found.span()) for found in pattern.finditer(text))
    for found in _SPOKEN.finditer(text):
        user = re.split(r"\s+(?:at)\s", found[0], maxsplit=1, flags=re.IGNORECASE)[0]
        if " " in user or "." in user or not ordinary(user) or " dot " in found[0].lower():
            yield Find("email", *found.span())


def pages(text: str) -> Iterator[Find]:
    """Addresses: of VA's pages what stands before a query stays, unless it holds an id; others go whole."""
    for pattern in (_URL, _QUERY, _PATH):
        for found in pattern.finditer(text):
            start, end = found.start(), found.start() + len(found[0].rstrip(".,;:!?)]'\""))
            own = _OWN.match(text, start, end)
            if own and not _TELLING.search(own[1] or ""):
                yield Find(KEPT, start, own.end())
                if end > own.end() + 1:
                    yield Find("other_id", own.end(), end)
            elif not own and pattern is _PATH and not _TELLING.search(found[0]):
                yield Find(KEPT, start, end)
            elif (
                own
                or pattern is not _URL
                or _TELLING.search(found[0])
                or "?" in found[0]
                or found[0].count("/") > 3
            ):
                yield Find("other_id", start, end)


def machines(text: str) -> Iterator[Find]:
    for pattern in (_UUID, _MAC):
        yield from (Find("other_id", *found.span()) for found in pattern.finditer(text))
    for found in _IP.finditer(text):
        if not _VERSION.search(text, max(0, found.start() - 14), found.start()):
            yield Find("other_id", *found.span())


def files(text: str) -> Iterator[Find]:
    for pattern in (_FOLDER, _QUOTED):
        group = 1 if pattern.groups else 0
        yield from (Find("file_name", *found.span(group)) for found in pattern.finditer(text))
    for found in _FILE.finditer(text):
        yield Find("file_name", found.start() - _own_words(text, found.start()), found.end())


def _own_words(text: str, end: int) -> int:
    """How far before `end` the name of a file begins: after what tells of it, else at its capitals."""
    before = _WORDS_BEFORE.search(text, max(0, text.rfind("\n", 0, end) + 1, end - 120), end)
    words = before[0].split(" ")[:-1] if before else []
    tells = [at for at, word in enumerate(words) if word.lower() in _TELLS]
    own = words[tells[-1] + 1 :] if tells else _from_capitals(words)
    while own and own[0].lower() in _SMALL:
        own = own[1:]
    return sum(len(word) + 1 for word in own)


def _from_capitals(words: list[str]) -> list[str]:
    """The last words from a capital or a figure on, with no more than two small ones in a row between."""
    start = len(words)
    for at in range(len(words) - 1, -1, -1):
        if words[at][0].isupper() or words[at][0].isdigit():
            start = at
        elif start - at > 2:
            break
    return words[start:]
