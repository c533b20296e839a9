"""A text as a reader takes it: without what hides a number or a name from a pattern.

NFKD without accents, look-alike letters of other scripts, invisible characters, HTML entities, and markup in
the middle of a word. Every character of the view knows where it comes from.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

_LOOK_ALIKES = str.maketrans(
    # Cyrillic, Greek, Armenian and small capitals, as the Latin letters that they look like.
    "аеорсухіјѕԁԛԝһкмтвнАВЕКМНОРСТУХІЈЅЗбгпαεικνορτυχβγωΑΒΕΖΗΙΚΜΝΟΡΤΥΧօսոհɑɡıʟʀɴᴀᴄᴇᴏɪѵ",
    "aeopcyxijsdqwhkmtbhABEKMHOPCTYXIJS3brnaeikvoptuxBywABEZHIKMNOPTYXounhagilrnaceoiv",
)
_LETTERS = str.maketrans(
    {
        "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE",
        "œ": "oe", "Œ": "OE", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ŋ": "n", "ħ": "h",
        "‘": "'", "’": "'", "ʼ": "'", "ʻ": "'", "ʹ": "'", "′": "'", "´": "'", "＇": "'",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‹": "<", "›": ">",
        "−": "-", "﹣": "-", "⁃": "-", "ー": "-", "⁄": "/", "∕": "/", "∖": "\\", "∗": "*", "∼": "~",
        "¦": "|", "ˍ": "_", "．": ".", "。": ".", "․": ".", "‧": ".", "·": ".", "•": ".", "∙": ".",
        "\t": " ", "\r": "\n", "\v": "\n", "\f": "\n", "\x1c": "\n", "\x85": "\n",
        "\u2028": "\n", "\u2029": "\n", "\u3164": "", "\uffa0": "", "\u115f": "", "\u1160": "", "\u2800": " ",
    }
)  # fmt: skip
_BREAKS = re.compile(r"</?(?:br|p|div|li|ul|ol|tr|td|th|table|h[1-6r])\b", re.IGNORECASE)
# Letters that were typed for figures, in what is a number otherwise.
_FIGURES = str.maketrans("oOlI", "0011")
_MISTYPED = re.compile(r"(?<![\w.])[0-9oOlI]{1,12}(?:[-/. ][0-9oOlI]{1,12}){0,4}(?![\w])", re.ASCII)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"})
_TROUBLE = re.compile(
    r"&(?:amp;){0,9}(?:#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{2,8}[0-9]{0,2});"
    r"|(?<=[\w.-])(?:</?[a-z!][^<>]{0,80}>){1,3}(?=[\w.-])"
    r"|%(?:2[02bdef89]|3a|40|5f)"
    r"|(?<=[\w.-])[*`~]{1,3}(?=[\w.-])"
    r"|(?<=\w)__(?=\w)"
    r"|\\(?=[^\w\s\\])"
    r"|[^\x20-\x7e\n]",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class View:
    """`text` is what patterns look at. `starts` and `ends` say where each character stood."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the view stands in the text that it is of."""
        return self.starts[start], self.ends[end - 1]


def view(text: str) -> View:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for found in _TROUBLE.finditer(text):
        pieces.append(text[at : found.start()])
        starts += range(at, found.start())
        ends += range(at + 1, found.start() + 1)
        plain, at = _plain(found[0]), found.end()
        pieces.append(plain)
        starts += [found.start()] * len(plain)
        ends += [at] * len(plain)
    pieces.append(text[at:])
    starts += range(at, len(text))
    ends += range(at + 1, len(text) + 1)
    plain = _MISTYPED.sub(lambda run: _figures(run[0]), "".join(pieces))
    return View(plain, tuple(starts), tuple(ends))


def _figures(run: str) -> str:
    if run.isdigit() or sum(character.isdigit() for character in run) < 4:
        return run
    return re.sub(r"[oO]?[0-9][0-9oOlI]*", lambda part: part[0].translate(_FIGURES), run)


def _plain(trouble: str) -> str:
    if trouble[0] == "&":
        return "".join(folded(character) for character in unescaped(trouble))
    if trouble[0] == "%":
        return unquote(trouble).replace(" ", "+")
    return folded(trouble) if len(trouble) == 1 and not trouble.isascii() else _control(trouble)


def _control(trouble: str) -> str:
    if trouble[0] == "<":
        return "\n" if _BREAKS.search(trouble) else ""
    return trouble.translate(_LETTERS) if trouble in "\t\r\v\f\x1c" else ""


def unescaped(text: str) -> str:
    """HTML entities decoded, also those that were encoded more than once."""
    for _ in range(9):
        plainer = html.unescape(text)
        if plainer == text:
            break
        text = plainer
    return text


@lru_cache(maxsize=4096)
def folded(character: str) -> str:
    """One character as the plain one it stands for; nothing where it is invisible."""
    simple = character.translate(_LETTERS).translate(_LOOK_ALIKES)
    if simple != character:
        return simple
    category = unicodedata.category(character)
    if category in _INVISIBLE:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    if category[0] == "Z":
        return " "
    apart = unicodedata.normalize("NFKD", character)
    return "".join(
        each.translate(_LETTERS).translate(_LOOK_ALIKES)
        for each in apart
        if unicodedata.category(each) not in _INVISIBLE
    )
