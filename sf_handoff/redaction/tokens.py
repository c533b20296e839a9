"""The words of a text with what their spelling tells: capitals where none are due hint at a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sf_handoff.redaction.marks import TAKEN_MARK

_WORD = re.compile(r"(?<![\w&])[A-Za-z]{1,60}(?:'[A-Za-z]{1,60}){0,3}(?![\w&])", re.ASCII)
_ENDS = re.compile(r"[.!?:;\n|>*]|(?:^|\s)[-–/]\s?$")
_NEXT_TO = re.compile(r"(?:[ ]{1,2}|[ ]?\n[ ]?|-|\.[ ]?|[ ]?\"|, )")
_BREAK = re.compile(r"[.!?\n]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word. `capital`: written as a name, where case says anything; `opens`: begins a sentence."""

    word: str
    start: int
    end: int
    capital: bool
    opens: bool
    gap: str
    plain: str

    @property
    def initial(self) -> bool:
        return len(self.word) == 1

    @property
    def follows(self) -> bool:
        """Whether it stands directly after the word before, as the parts of a name do."""
        return _NEXT_TO.fullmatch(self.gap) is not None


def plainly(word: str) -> str:
    """Without case, apostrophes and what shows possession."""
    return word.lower().removesuffix("'s").replace("'", "")


def tokens(text: str) -> list[Token]:
    found = list(_WORD.finditer(text))
    loud = _loud(text, found)
    listed, before = [], 0
    for at, each in enumerate(found):
        gap = text[before : each.start()]
        opens = bool(_ENDS.search(gap)) or (at == 0 and TAKEN_MARK not in gap)
        capital = each[0][0].isupper() and not loud[at]
        listed.append(
            Token(each[0], each.start(), each.end(), capital, opens, gap if at else "\x00", plainly(each[0]))
        )
        before = each.end()
    return listed


def _loud(text: str, found: list[re.Match[str]]) -> list[bool]:
    """Of each word whether its sentence is all in capitals or all capitalised: then case says nothing."""
    loud: list[bool] = []
    for sentence in _sentences(text, found):
        long = [each[0] for each in sentence if len(each[0]) > 3]
        upper = sum(word.isupper() for word in long)
        capital = sum(word[0].isupper() for word in long)
        case_is_nothing = len(long) > 1 and (
            upper > 0.6 * len(long) or (len(long) > 4 and capital > 0.8 * len(long))
        )
        loud += [case_is_nothing] * len(sentence)
    return loud


def _sentences(text: str, found: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    sentence = found[:1]
    for last, each in pairwise(found):
        if _BREAK.search(text, last.end(), each.start()):
            yield sentence
            sentence = []
        sentence.append(each)
    if sentence:
        yield sentence
