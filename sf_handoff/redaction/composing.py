"""Our own words round scrubbed parts."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator

from sf_handoff.errors import Misconfigured
from sf_handoff.redaction.marks import Find
from sf_handoff.redaction.scrubbed import NOBODY, Scrubbed, lines_of, made
from sf_handoff.redaction.scrubbing import refusal

_MARGIN = re.compile(r"[ >]*")


def compose(words: str, /, **parts: Scrubbed | int) -> Scrubbed:
    """Our own words (from a map or the code) with their {gaps} filled; Markdown in them stays Markdown.

    Gaps are plain names, each given, none left over, else Misconfigured. A part fits a cell of a table as it
    is: it has no `|` and no line breaks of its own. A part of several lines is set under the margin (spaces
    and `>`) of its gap. The finished text is looked through once more, and raises Unclean.
    """
    pieces = list(_pieces(words))
    gaps = {gap for _, gap in pieces if gap is not None}
    for name in sorted(gaps ^ parts.keys()):
        raise Misconfigured(f"The text has no part for {name!r}, or no place for it.", fields=(name,))
    text, taken, seams = "", Counter[str](), set[int]()
    for literal, gap in pieces:
        text += literal
        if gap is not None:
            part = parts[gap]
            seams.add(len(text))
            text += _set(text, part) if isinstance(part, Scrubbed) else str(int(part))
            taken += Counter(part.taken) if isinstance(part, Scrubbed) else Counter()
            seams.add(len(text))
    _look(text, seams)
    return made(text, taken)


def _look(text: str, seams: set[int]) -> None:
    """Once more. Of names only those that the joining made: our words name nobody."""
    from sf_handoff.redaction.detect import finds
    from sf_handoff.redaction.people import known

    left = [find for find in finds(text, known(NOBODY.names)) if find.kind != "name" or _across(find, seams)]
    if left:
        raise refusal(find.kind for find in left)


def _across(find: Find, seams: set[int]) -> bool:
    return any(find.start < seam < find.end for seam in seams)


def _pieces(words: str) -> Iterator[tuple[str, str | None]]:
    try:
        parsed = list(string.Formatter().parse(words))
    except ValueError as error:
        raise Misconfigured("The text has a brace that opens or closes no gap.") from error
    for literal, gap, form, conversion in parsed:
        if gap is not None and (form or conversion or not gap.isidentifier()):
            raise Misconfigured("A gap of a text is a plain name in braces, without more.")
        yield literal, gap


def _set(before: str, part: Scrubbed) -> str:
    margin = before[before.rfind("\n") + 1 :]
    if "\n" not in part.text:
        return part.text
    if _MARGIN.fullmatch(margin):
        return part.text.replace("\n", f"\n{margin}")
    if "```" in part.text:
        raise Misconfigured("A part with a code fence stands at the start of a line.")
    return part.text


def fence(part: Scrubbed) -> Scrubbed:
    """The part, line by line as it was written, in a code fence longer than any in it."""
    lines = lines_of(part)
    longest = max((len(run) for run in re.findall(r"`+", lines)), default=0)
    bar = "`" * max(3, longest + 1)
    return made(f"{bar}\n{lines}\n{bar}", part.taken)
