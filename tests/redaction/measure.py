"""How well a scrubber does on labelled texts, by laying what went in beside what came out.

Both are read as a person would: without case, accents, invisible characters and marks of Markdown; entities,
full-width digits and look-alike letters as what they look like. What of the first has no counterpart in the
second was taken, and the placeholders that stand there took it.

Found is a labelled part of which nothing that identifies is left: none of its digits, none of its words of
three letters or more (of any length, where it has no longer ones). Taken wrongly is a placeholder where nothing
is labelled, and a stretch that takes something along that was to be kept. A refused text leaves nothing; if
nothing in it is personal, that is one thing taken wrongly.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Protocol

from sf_handoff.redaction import People, Unclean
from tests.redaction.labelled import KINDS, Text, places

PLACEHOLDER = re.compile(r"\\?\[([A-Za-z][A-Za-z /'.-]*)\\?\]")
TAKEN = "\ue000"
UNIT = re.compile(r"&#?\w{1,8};|.", re.DOTALL)
INVISIBLE = {"Cf", "Cc", "Mn"}
MARKDOWN = "*`\\"
LOOKALIKES = str.maketrans("аеорсухіјѕԁαορν", "aeopcyxijsdaopv")


class Outgoing(Protocol):
    @property
    def text(self) -> str: ...


Scrub = Callable[[str, People], Outgoing]


@dataclass(frozen=True)
class Measured:
    """What a scrubber found, missed and took wrongly. `left` and `overdone` are for whoever mends it."""

    found: Mapping[str, int]
    missed: Mapping[str, int]
    wrong: int
    refused: int
    left: tuple[tuple[str, str], ...] = ()
    overdone: tuple[str, ...] = ()

    @property
    def right(self) -> int:
        return sum(self.found.values())

    @property
    def recall(self) -> float:
        return share(self.right, self.right + sum(self.missed.values()))

    @property
    def precision(self) -> float:
        return share(self.right, self.right + self.wrong)


@dataclass(frozen=True)
class Verdict:
    """How it went with one text."""

    left: tuple[tuple[str, str], ...]
    wrong: int
    refused: bool = False


@dataclass(frozen=True)
class Letters:
    """A text as read, with a single space between words, and from where in it each character comes."""

    line: str
    origins: tuple[int, ...]


def measure(texts: Iterable[Text], scrub: Scrub) -> Measured:
    judged = [(text, judge(text, scrub)) for text in texts]
    labelled = Counter(kind for text, _ in judged for kind, _ in text.personal)
    left = tuple(part for _, verdict in judged for part in verdict.left)
    missed = Counter(kind for kind, _ in left)
    return Measured(
        found={kind: labelled[kind] - missed[kind] for kind in KINDS},
        missed={kind: missed[kind] for kind in KINDS},
        wrong=sum(verdict.wrong for _, verdict in judged),
        refused=sum(verdict.refused for _, verdict in judged),
        left=left,
        overdone=tuple(text.text for text, verdict in judged if verdict.wrong),
    )


def judge(text: Text, scrub: Scrub) -> Verdict:
    try:
        outgoing = scrub(text.text, People.of(text.people)).text
    except Unclean:
        return Verdict((), int(not text.personal), refused=True)
    before, after = letters(text.text), letters(with_taken(text.text, outgoing))
    matcher = SequenceMatcher(None, before.line, after.line, autojunk=False)
    stays = {at for block in matcher.get_matching_blocks() for at in range(block.a, block.a + block.size)}
    personal = places(text.text, (part for _, part in text.personal))
    left = tuple(
        label for label, place in zip(text.personal, personal, strict=True) if is_left(before, place, stays)
    )
    kept = places(text.text, text.kept)
    return Verdict(left, sum(wrongs(matcher, before, after, personal, kept)))


def with_taken(original: str, outgoing: str) -> str:
    """Outgoing text with one character for each placeholder; brackets of the note itself are none."""

    def stand_in(match: re.Match[str]) -> str:
        return match.group() if f"[{match[1]}]" in original else f" {TAKEN} "

    return PLACEHOLDER.sub(stand_in, outgoing)


def letters(text: str) -> Letters:
    read = [("\x02", -1), (" ", -1)]
    for unit in UNIT.finditer(text):
        for char in readable(unit.group()):
            if char.isalnum() or char == TAKEN:
                read.append((char, unit.start()))
            elif read[-1][0] != " " and (char.isspace() or not invisible(char)):
                read.append((" ", unit.start()))
    read += [("\x03", -1)] if read[-1][0] == " " else [(" ", -1), ("\x03", -1)]
    return Letters("".join(char for char, _ in read), tuple(origin for _, origin in read))


def readable(unit: str) -> Iterator[str]:
    for char in unicodedata.normalize("NFKD", html.unescape(unit)).casefold().translate(LOOKALIKES):
        yield str(unicodedata.digit(char, char))


def invisible(char: str) -> bool:
    return char in MARKDOWN or unicodedata.category(char) in INVISIBLE


def is_left(before: Letters, place: range, stays: set[int]) -> bool:
    """Whether something of the part that stands at `place` can still be read."""
    inside = [at for at, origin in enumerate(before.origins) if origin in place]
    words = [
        range(inside[0] + word.start(), inside[0] + word.end())
        for word in re.finditer(r"[^ ]+", before.line[inside[0] : inside[-1] + 1])
    ]
    telling = [word for word in words if len(word) > 2 or has_digit(before, word)] or words
    return any(
        sum(at in stays for at in word) >= (1 if has_digit(before, word) else min(3, len(word)))
        for word in telling
    )


def has_digit(before: Letters, word: range) -> bool:
    return any(before.line[at].isdigit() for at in word)


def wrongs(
    matcher: SequenceMatcher[str], before: Letters, after: Letters, personal: list[range], kept: list[range]
) -> Iterator[int]:
    """How much each change took that it should not have."""
    for tag, start, stop, after_start, after_stop in matcher.get_opcodes():
        if tag == "equal":
            continue
        placeholders = after.line[after_start:after_stop].count(TAKEN)
        if placeholders and not touches(before, range(start, stop), personal):
            yield placeholders
        elif touches(before, range(start, stop), kept):
            yield 1


def touches(before: Letters, stretch: range, marked: list[range]) -> bool:
    origins = [before.origins[at] for at in stretch if before.line[at] != " "]
    return any(origin in place for origin in origins for place in marked)


def share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def table(measured: Measured) -> str:
    """The confusion table in Markdown."""
    missed = sum(measured.missed.values())
    rows = [(kind, measured.found[kind], measured.missed[kind]) for kind in KINDS]
    return "\n".join(
        (
            "| kind | in the texts | found | missed |",
            "|---|---:|---:|---:|",
            *(
                f"| {kind} | {found + left} | {found} | {left} |"
                for kind, found, left in (*rows, ("all", measured.right, missed))
            ),
            "",
            "| taken rightly | taken wrongly | precision | recall | texts refused |",
            "|---:|---:|---:|---:|---:|",
            f"| {measured.right} | {measured.wrong} | {measured.precision:.2%} | {measured.recall:.2%} "
            f"| {measured.refused} |",
        )
    )
