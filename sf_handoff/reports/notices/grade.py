"""How hard a text is to read: Flesch and Kincaid's grade level, with its length.

https://www.plainlanguage.gov/ asks for words that readers know. Syllables are counted by groups of vowels:
a hyphenation dictionary misses those at which no line may break ("idea", "every").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"[.!?]+[\"”’')]*\s+|\n\s*\n|\n(?=\s*[-•] )")
_HOURS = re.compile(r"\b([ap])\.m\.", re.IGNORECASE)
_SILENT = re.compile(
    r"(?<![aeiouyl])e$|(?<=[aeiouy])le$|(?<![tdlaeiouy])ed$|(?<=[aeiouy])led$|(?<=[aeiouy][^aeiouysczgxh])es$"
)
_GROUPS = re.compile(r"[aeiouy]+")
_APART = re.compile(
    r"(?<![cts])i(?:a(?!ge)|o(?!us|n)|um|en[ct])|eo(?!p)|ea(?=t[ei]|l(?:it|$)|$)|ua(?=[lt])|[aeo]ing|ying"
)


@dataclass(frozen=True)
class Reading:
    """`grade` is the school year in which somebody reads it with ease."""

    grade: float
    words: int
    characters: int

    def __str__(self) -> str:
        return f"grade {max(1, round(self.grade))}, {self.words} words, {self.characters} characters"


def reading(text: str) -> Reading:
    sentences = [found for each in _SENTENCE.split(_HOURS.sub(r"\1m", text)) if (found := _words(each))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return Reading(0.0, 0, len(text))
    a_sentence = len(words) / len(sentences)
    a_word = sum(map(syllables, words)) / len(words)
    return Reading(0.39 * a_sentence + 11.8 * a_word - 15.59, len(words), len(text))


def syllables(word: str) -> int:
    """At least one. Letters that are spelled out count each; a number or an address counts as one."""
    if not word.isalpha():
        return 1
    if word.isupper() and len(word) <= 4:
        return len(word)
    lower = word.lower()
    spoken = _SILENT.sub("", lower)
    return max(1, len(_GROUPS.findall(spoken)) + len(_APART.findall(lower)))


def _words(sentence: str) -> list[str]:
    """Words without their punctuation; the parts of one with a hyphen count each."""
    bare = (re.sub(r"[’']", "", part) for part in re.split(r"[\s—–-]+", sentence))
    stripped = (re.sub(r"^\W+|\W+$", "", part) for part in bare)
    return [word for word in stripped if word]
