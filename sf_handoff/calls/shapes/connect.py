"""Contact attributes of Amazon Connect: flat text, at most 32,768 UTF-8 bytes over all names and values.

https://docs.aws.amazon.com/connect/latest/APIReference/API_UpdateContactAttributes.html
They travel with the contact through transfers, and so the reference number does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sf_handoff.calls.pop_document import ScreenPop
from sf_handoff.calls.shapes.facts import facts, written
from sf_handoff.errors import Rejected

MOST_BYTES = 32_768
PREFIX = "handoff_"
CUT = "cut"  # the attribute that names what was cut
# What goes first where all is too long: entry by entry from the end, then the whole. Nothing else is cut, and
# nothing in the middle.
CUT_FIRST = ("notes", "errors_seen", "partial_failures", "app", "accessibility")

_KEY = re.compile(r"[A-Za-z0-9_-]+")


def connect(pop: ScreenPop) -> dict[str, str]:
    """The pop as contact attributes. Raises Rejected where even what must stay is too long."""
    return fitted(
        facts(pop), lambda said: {f"{PREFIX}{name}": written(value) for name, value in said.items()}
    )


def fitted(
    said: Mapping[str, object], spelled: Callable[[Mapping[str, object]], dict[str, str]]
) -> dict[str, str]:
    """The attributes that `spelled` makes of what is said, less what has to be cut."""
    left, cut = dict(said), dict[str, None]()
    while size(attributes := spelled(left | ({CUT: tuple(cut)} if cut else {}))) > MOST_BYTES:
        name = next((name for name in CUT_FIRST if name in left), None)
        if name is None:
            raise Rejected(
                f"The attributes have {size(attributes):,} bytes; Amazon Connect takes {MOST_BYTES:,}.",
                code="POP",
            )
        cut[name] = None
        kept = left.pop(name)
        if isinstance(kept, tuple) and len(kept) > 1:
            left[name] = kept[:-1]
    return checked(attributes)


def size(attributes: Mapping[str, str]) -> int:
    return sum(len(text.encode()) for pair in attributes.items() for text in pair)


def checked(attributes: dict[str, str]) -> dict[str, str]:
    odd = tuple(name for name in attributes if not _KEY.fullmatch(name))
    if odd:
        raise Rejected(
            f"Amazon Connect takes names of A-Z a-z 0-9 - _ only: {', '.join(odd)}.", code="POP", fields=odd
        )
    return attributes
