"""Which clusters may be the same issue, and why. Proposed in words, never put together: a person does that.

Error texts are compared by https://rapidfuzz.github.io/RapidFuzz/Usage/fuzz.html#token-sort-ratio
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from sf_handoff.errors import Misconfigured
from sf_handoff.reports.fingerprint import Parts

MOST_NEAR = 5
SAME_ERROR, SAME_SYMPTOM, ELSEWHERE = 70, 60, 50  # how likely it is, beside the likeness of texts in per cent


@dataclass(frozen=True, slots=True)
class Near:
    """Another cluster that may be the same issue, and why."""

    fingerprint: str
    words: str


@dataclass(frozen=True, slots=True, order=True)
class Face:
    """What a cluster looks like to others: its commonest symptom, and the error's text most often quoted."""

    parts: Parts
    symptom: str
    quote: str


def near_each_other(faces: Iterable[Face], alike: int) -> dict[str, tuple[Near, ...]]:
    """By fingerprint, the clusters that may be the same issue, the likeliest first.

    Error texts count from `alike` per cent on. Of what is vague nothing is proposed.
    """
    found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for one, other in combinations(sorted(each for each in faces if not each.parts.vague), 2):
        likely, words = likeness(one, other, alike)
        if likely:
            found[one.parts.fingerprint].append((-likely, other.parts.fingerprint, words))
            found[other.parts.fingerprint].append((-likely, one.parts.fingerprint, words))
    return {
        fingerprint: tuple(Near(other, words) for _, other, words in sorted(near)[:MOST_NEAR])
        for fingerprint, near in found.items()
    }


def likeness(one: Face, other: Face, enough: int) -> tuple[int, str]:
    """How likely two clusters are one issue, 0 for not at all, and why."""
    a, b = one.parts, other.parts
    same_error = a.signature if a.signature == b.signature else ""
    if a.product and b.product and a.product != b.product:
        return (ELSEWHERE, f"same error ({same_error}), another product") if same_error else (0, "")
    where = _where(a, b)
    alike = _alike(one.quote, other.quote)
    if alike >= enough:
        return alike, f"{where}; error texts {alike} % alike"
    if same_error:
        return SAME_ERROR, f"{where}; same error ({same_error})"
    if one.symptom and one.symptom == other.symptom:
        return SAME_SYMPTOM, f"{where}; both: {one.symptom}; {_errors(a, b)}"
    return 0, ""


def _where(a: Parts, b: Parts) -> str:
    if a.product != b.product:
        return "one of them names no product"
    if a.product:
        return "same product"
    return "same page" if a.page and a.page == b.page else "neither names a product"


def _errors(a: Parts, b: Parts) -> str:
    named = sorted(filter(None, (a.signature, b.signature)))
    if len(named) == 2:
        return f"other errors ({' and '.join(named)})"
    return f"only one names an error ({named[0]})" if named else "none names an error"


def _alike(one: str, other: str) -> int:
    """How alike two texts are, in per cent; numbers in them do not matter."""
    if not one or not other:
        return 0
    try:
        from rapidfuzz import fuzz
    except ImportError:
        raise Misconfigured("Near clusters need rapidfuzz: install sf-handoff[report].") from None
    return round(fuzz.token_sort_ratio(*(re.sub(r"\d+", "0", text) for text in (one, other))))
