"""Notes as agents type them, all invented, with what is personal in each: what the privacy gate is judged by.

There are two halves. Whoever writes detectors may read `known`; `unseen` is for measuring alone.
`later` is a third set, for measuring as well: longer notes, written apart from the detectors and the halves.

In the modules a note is one string with marks in it: «kind:what is personal», ‹what must be kept›, and after
a ‖ the people whom the rows of that day name, parted by semicolons. A mark goes round as little as identifies:
the id in an address of a page and not the page, a surname and not its rank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

KINDS = (
    "ssn",
    "icn",
    "edipi",
    "file_number",
    "claim_id",
    "phone",
    "email",
    "birth_date",
    "address",
    "name",
    "file_name",
    "other_id",
)

MARK = re.compile(r"«(?P<kind>[a-z_]+):(?P<personal>[^«»]+)»|‹(?P<kept>[^‹›]+)›")


@dataclass(frozen=True)
class Text:
    """A note and the truth about it; what is personal and what is kept stand in the order of the text."""

    text: str
    personal: tuple[tuple[str, str], ...] = ()
    people: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def texts(*lines: str) -> tuple[Text, ...]:
    return tuple(read(line) for line in lines)


def read(line: str) -> Text:
    """The note that a marked line stands for."""
    marked, _, people = line.partition(" ‖ ")
    marks = list(MARK.finditer(marked))
    text = Text(
        MARK.sub(lambda mark: mark["personal"] or mark["kept"], marked),
        tuple((mark["kind"], mark["personal"]) for mark in marks if mark["kind"]),
        tuple(name.strip() for name in people.split(";") if name.strip()),
        tuple(mark["kept"] for mark in marks if mark["kept"]),
    )
    check(text, marks)
    return text


def check(text: Text, marks: list[re.Match[str]]) -> None:
    """Labels are found again by their words, so that none of them may stand earlier by chance."""
    bare = 0
    starts: dict[bool, list[int]] = {True: [], False: []}
    for at, mark in enumerate(marks):
        before = marks[at - 1].end() if at else 0
        bare += mark.start() - before
        starts[mark["kept"] is None].append(bare)
        bare += len(mark["personal"] or mark["kept"])
    if "«" in text.text or "‹" in text.text:
        raise ValueError(f"a mark is not closed: {text.text}")
    for personal, parts in ((True, [part for _, part in text.personal]), (False, list(text.kept))):
        if [place.start for place in places(text.text, parts)] != starts[personal]:
            raise ValueError(f"a label stands earlier in the text as well: {text.text}")


def places(text: str, parts: Iterable[str]) -> list[range]:
    """Where the parts stand, each after the one before it."""
    found: list[range] = []
    for part in parts:
        start = text.index(part, found[-1].stop if found else 0)
        found.append(range(start, start + len(part)))
    return found
