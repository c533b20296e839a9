"""Redact, neutralise, look again: the one way for text out of the CRM. Fails closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sf_handoff.redaction.scrubbed import NOBODY, People, Scrubbed, Unclean, made

# Longer texts are no notes; nor are texts of hardly any words.
LONGEST = 20_000
_JUDGED = 400
_LOOKS = 3


def scrub(text: str, people: People = NOBODY, *, strict: bool = False) -> Scrubbed:
    """Text that may leave: personal data taken out (`[name]`), markup and mentions harmless.

    It is one line; `fence` has the lines as they were. Raises Unclean where it cannot be made sure. `strict`
    is for what agents wrote: also words and numbers that nothing accounts for are taken out (`[…]`).
    """
    from sf_handoff.redaction.neutral import neutral

    _judge(text)
    taken = Counter[str]()
    left: tuple[str, ...] = ()
    for _ in range(_LOOKS):
        text, now = _redacted(text, people, strict)
        taken += now
        lines = neutral(text)
        line = neutral(" ".join(lines.split()))
        left = () if line == text and not now else kinds_in(line, people, strict=strict)
        if not left:
            return made(line, taken, lines)
    raise refusal(left)


def kinds_in(text: str, people: People = NOBODY, *, strict: bool = False) -> tuple[str, ...]:
    """The kinds of personal data in a text, for checks that refuse rather than redact."""
    from sf_handoff.redaction.detect import finds
    from sf_handoff.redaction.people import known

    found = finds(text, known(people.names), strict=strict)
    return tuple(dict.fromkeys(find.kind for find in found))


def refusal(kinds: Iterable[str]) -> Unclean:
    named = tuple(dict.fromkeys(kinds))
    return Unclean(f"Something personal is left ({', '.join(named)}): a person must look.", kinds=named)


def _judge(text: str) -> None:
    if len(text) > LONGEST:
        raise Unclean(f"A text of more than {LONGEST:,} characters cannot be judged: a person must look.")
    if len(text) > _JUDGED and sum(each.isalpha() or each.isspace() for each in text) < 0.5 * len(text):
        raise Unclean("A text of hardly any words cannot be judged: a person must look.")


def _redacted(text: str, people: People, strict: bool) -> tuple[str, Counter[str]]:
    from sf_handoff.redaction.detect import finds
    from sf_handoff.redaction.marks import PLACEHOLDERS
    from sf_handoff.redaction.people import known

    pieces, at, taken = [], 0, Counter[str]()
    for find in finds(text, known(people.names), strict=strict):
        pieces += [text[at : max(at, find.start)], PLACEHOLDERS[find.kind]]
        at, taken[find.kind] = max(at, find.end), taken[find.kind] + 1
    return "".join([*pieces, text[at:]]), taken
