"""Text that does nothing where it is read: on GitHub, in a mail, in a spreadsheet.

Characters that markup needs become others that look like them; mentions and references are broken with
U+200B, which also holds where an e-mail reply is read as plain text (zenhub-api-facts, "Text safety").
A backslash or an entity would not do: GitHub mentions through both.
"""

from __future__ import annotations

import re
import unicodedata

from sf_handoff.redaction.marks import PLACEHOLDERS
from sf_handoff.redaction.view import unescaped

_BREAK = "\u200b"
_LOOKS_LIKE = str.maketrans(
    {"<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "*": "∗", "~": "∼", "|": "¦", "\\": "/", "\t": " "}
)
_NEWLINES = str.maketrans(dict.fromkeys("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\n"))
_GONE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
_PLACEHOLDER = re.compile("(" + "|".join(re.escape(each) for each in PLACEHOLDERS.values()) + ")")
# (what to look for, what to put there)
_ACTIVE = (
    (re.compile(r"(?i)\bhttps?://(?:www\.)?(?=(?:[a-z0-9-]{1,40}\.){0,4}va\.gov\b)"), ""),
    (re.compile(r"\b(sfh)(?=[0-9a-f]{32}\b)"), rf"\1{_BREAK}"),
    (re.compile(r"://"), f":{_BREAK}//"),
    (re.compile(r"(?i)\b(www)\."), rf"\1{_BREAK}."),
    (re.compile(r"(?i)\b(mailto|xmpp|javascript|data|vbscript):"), rf"\1{_BREAK}:"),
    (re.compile(r"[@＠]"), rf"\g<0>{_BREAK}"),
    (re.compile(r"[#＃](?=\d|$)"), rf"\g<0>{_BREAK}"),
    (re.compile(r"(?i)\b(gh)-(?=\d|$)"), rf"\1-{_BREAK}"),
    (re.compile(r"(?i):(?=(?=[a-z0-9_+-]{0,40}[a-z+_-]|100:|1234:)[a-z0-9_+-]{1,40}:)"), f":{_BREAK}"),
    (re.compile(r"&(?=#|[a-z0-9]{1,32};)", re.IGNORECASE), f"&{_BREAK}"),
    (re.compile(r"\$(?!\d)|(?<=[^\s(])\$"), "＄"),
    (re.compile(r"(?<![^\W_])_|_(?![^\W_])"), "ˍ"),
)
# What may be a commit; digits alone are a case number rather.
_HASH = re.compile(r"(?i)(?<![^\W_])(?=[0-9]{0,60}[a-f])[0-9a-f]{7,}(?![^\W_])")
_FOURS = re.compile(r".{1,4}")
# What makes a list, a heading, a formula or a command of what follows.
_LEADING = re.compile(r"^(?:[\s=+\-@#>/:%^!＝＋－＠＃﹦﹢﹣﬩∗∼¦‹›ˍ−–—⁻₋⁼₌⁺₊'.,;_]|\u200b)+(?=(.?))")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")
_MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{2})["
    r"\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def neutral(text: str) -> str:
    """Every line made harmless wherever a line may stand; our own placeholders stay as they are."""
    seen = unescaped(text).translate(_NEWLINES)
    return "\n".join(_line(line) for line in seen.split("\n"))


def _line(line: str) -> str:
    line = line.replace("\t", " ")
    plain = line.isascii() and line.isprintable()
    pieces = _PLACEHOLDER.split(line if plain else "".join(filter(_visible, line)))
    # Every second piece is a placeholder; brackets that a parenthesis or a colon follows would be a link.
    for at in range(0, len(pieces), 2):
        pieces[at] = _inert(pieces[at])
        if at and pieces[at][:1] in ("(", ":"):
            pieces[at] = _BREAK + pieces[at]
    joined = "".join(pieces).strip()
    return _NUMBERED.sub(rf"\1{_BREAK}\2", _LEADING.sub("", joined))


def _inert(text: str) -> str:
    text = _MARKS.sub(r"\1", text.translate(_LOOKS_LIKE))
    for pattern, put in _ACTIVE:
        text = pattern.sub(put, text)
    return _HASH.sub(lambda found: _BREAK.join(_FOURS.findall(found[0])), text)


def _visible(character: str) -> bool:
    if character.isascii():
        return character.isprintable()
    return character not in _BLANK and unicodedata.category(character) not in _GONE
