"""Finds phrases in what agents typed: whole words, whatever the case, the ending or the kind of apostrophe.

One pass over the words finds all phrases of a map, and the time grows with the text alone: there is no
regular expression in it that can go astray.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

MOST_READ = 32_000  # characters: what Salesforce lets a long text field hold
MOST_BETWEEN = 2  # words that `..` may stand for
BREAK = "|"
_ANY = ".."
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_WORDS = re.compile(r"\w+|(?<=\S)[.,;:!?)](?=\s|$)|\s[-–—]+(?=\s)|\n")
# Words that mean another thing than what their stem means.
_AS_THEY_ARE = frozenset({"missing", "missed", "during", "string", "billing", "hearing", "rating", "housing"})


def plain(text: str | None) -> str:
    """Lower case, compatible characters made the same, nothing invisible, straight quotes; never too long."""
    shown = (text or "")[:MOST_READ]
    if not shown.isascii():
        shown = _UNSEEN.sub("", unicodedata.normalize("NFKC", shown)[:MOST_READ])
        shown = shown.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})
    return shown.lower()


def words(text: str) -> list[str]:
    """The words of a plain text, and a BREAK wherever a clause ends."""
    found = _WORDS.findall(text.replace("'", ""))
    return [word if word[0].isalnum() or word[0] == "_" else BREAK for word in found]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its ending, as far as matching needs it: loads, loading and loaded are load."""
    if len(word) < 5 or word in _AS_THEY_ARE or not word.isalpha():
        return word[:-1] if len(word) == 4 and word[-1] == "s" and word[-2] not in "su" else word
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            doubled = word[-1] == word[-2] and word[-1] not in "lsz"
            return _bare(word[:-1] if doubled else word)
    if word.endswith("ies"):
        return word[:-3] + "y"
    return _bare(word[:-1] if word[-1] == "s" and word[-2] not in "su" else word)


def _bare(word: str) -> str:
    return word[:-1] if len(word) >= 5 and word[-1] == "e" else word


class _Entry(NamedTuple):
    """A phrase under its first word: its group, itself, what follows, and the words that must be there."""

    group: str
    phrase: str
    rest: tuple[str, ...]
    needed: frozenset[str]


@dataclass(frozen=True)
class Lexicon:
    """Groups of phrases that say the same thing. In a phrase `..` stands for up to two words.

    `spellings` are read as the word that they stand for ("cant" as "not"). A phrase close after one of
    `denials` is not said: "no error". Without `endings` words must be as they stand in the phrase.
    """

    groups: Mapping[str, Sequence[str]]
    spellings: Mapping[str, str] = field(default_factory=dict)
    denials: frozenset[str] = frozenset()
    endings: bool = True
    _index: dict[str, list[_Entry]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for group, phrases in self.groups.items():
            for phrase in phrases:
                first, *rest = self._pattern(phrase)
                entry = _Entry(group, phrase, tuple(rest), frozenset(rest) - {_ANY})
                self._index.setdefault(first, []).append(entry)

    def found(self, *texts: str) -> dict[str, str]:
        """The groups that these plain texts say something of, each with the first phrase that did."""
        said: dict[str, str] = {}
        for text in texts:
            self._read(self._words(words(text)), said)
        return said

    def _read(self, read: Sequence[str], said: dict[str, str]) -> None:
        present = set(read)
        firsts = present.intersection(self._index)
        for at, word in enumerate(read):
            for group, phrase, rest, needed in self._index[word] if word in firsts else ():
                if group in said or not needed <= present:
                    continue
                if follows(read, at + 1, rest) and not self._denied(read, at):
                    said[group] = phrase

    def _denied(self, read: Sequence[str], at: int) -> bool:
        for word in reversed(read[max(0, at - 3) : at]):
            if word == BREAK:
                return False
            if word in self.denials:
                return True
        return False

    def _pattern(self, phrase: str) -> list[str]:
        parts = phrase.split(f" {_ANY} ")
        pattern = [word for part in parts for word in (*self._words(words(plain(part))), _ANY)]
        return pattern[:-1]

    def _words(self, read: Iterable[str]) -> list[str]:
        same = [self.spellings.get(word, word) for word in read]
        return [stem(word) for word in same] if self.endings else same


def follows(read: Sequence[str], at: int, rest: Sequence[str]) -> bool:
    """Whether the words from `at` on are the rest of a phrase."""
    for number, word in enumerate(rest):
        if word == _ANY:
            return _follows_later(read, at, rest[number + 1 :])
        if at >= len(read) or read[at] != word:
            return False
        at += 1
    return True


def _follows_later(read: Sequence[str], at: int, rest: Sequence[str]) -> bool:
    for skipped in range(MOST_BETWEEN + 1):
        if follows(read, at + skipped, rest):
            return True
        if read[at + skipped : at + skipped + 1] in ([], [BREAK]):
            return False
    return False
