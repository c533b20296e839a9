"""What detectors find: where, and of which kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

# What each kind becomes, in words that a reader of the ticket understands.
PLACEHOLDERS = {
    "ssn": "[Social Security number]",
    "icn": "[ICN]",
    "edipi": "[EDIPI]",
    "file_number": "[VA file number]",
    "claim_id": "[claim id]",
    "phone": "[phone number]",
    "email": "[e-mail address]",
    "birth_date": "[date of birth]",
    "address": "[address]",
    "name": "[name]",
    "file_name": "[file name]",
    "other_id": "[identifier]",
    "unknown": "[…]",
}
# Only in the strict form: what may be anything, and so also a name.
UNKNOWN = "unknown"
# A find of this kind is nobody's; later detectors do not look at it again.
KEPT = ""
# Private use characters, which no view of a text holds: they end words, and match no pattern.
TAKEN_MARK, _KEPT_MARK = "\ue000", "\ue001"


@dataclass(frozen=True, slots=True)
class Find:
    """A stretch of the view of a text."""

    kind: str
    start: int
    end: int


def masked(text: str, finds: Sequence[Find]) -> str:
    """The text with the finds blotted out, of the same length."""
    pieces, at = [], 0
    for find in sorted(finds, key=lambda each: each.start):
        start = max(find.start, at)
        if find.end <= start:
            continue
        mark = TAKEN_MARK if find.kind else _KEPT_MARK
        pieces += [text[at:start], mark * (find.end - start)]
        at = find.end
    return "".join([*pieces, text[at:]])


def spread(finds: Iterable[Find], text: str, joints: str) -> Iterator[Find]:
    """Finds in order, those of one kind made one where only `joints` stand between them."""
    last: Find | None = None
    for find in sorted(finds, key=lambda each: (each.start, -each.end)):
        if last is None:
            last = find
        elif find.start < last.end or (
            find.kind == last.kind and not text[last.end : find.start].strip(joints)
        ):
            last = Find(last.kind, last.start, max(last.end, find.end))
        else:
            yield last
            last = find
    if last is not None:
        yield last
