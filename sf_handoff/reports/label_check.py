"""What the maps name and the tracker has not: asked before anything is written.

GitHub makes no difference between upper and lower case in labels, and drops what it is not allowed to set
without a word. Columns and priorities are a board's own, and two columns may have one name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sf_handoff.reports.ticket_map import each_once
from sf_handoff.reports.tickets import TrackerFacts

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet

_ALIKE, _SUGGESTED = 0.6, 3


@dataclass(frozen=True)
class Missing:
    """Something that is not as the maps say. `near` are names that the tracker has and that may be meant."""

    code: str
    name: str
    words: str
    near: tuple[str, ...] = ()


def missing(maps: MappingSet, facts: TrackerFacts) -> tuple[Missing, ...]:
    """All that would go wrong, in words; nothing where all is there."""
    board = _board(maps, facts) if facts.board else ()
    return (*_repository(maps, facts), *_labels(maps, facts), *board)


def _repository(maps: MappingSet, facts: TrackerFacts) -> Iterator[Missing]:
    name = facts.repository
    if maps.tickets.private and not facts.private:
        words = f"The repository {name} is public, and mappings/ticket.py wants a private one."
        yield Missing("REPOSITORY_PUBLIC", name, words)
    if not facts.may_push:
        words = f"The token may not write to {name}: GitHub would drop every label without a word."
        yield Missing("NO_PUSH", name, words)


def _labels(maps: MappingSet, facts: TrackerFacts) -> Iterator[Missing]:
    labels = maps.labels
    wanted = each_once((*(labels.placed if facts.board else labels.every), *maps.owners.every))
    there = {each.lower() for each in facts.labels}
    for each in wanted:
        if each.name.lower() not in there:
            yield _missing("LABEL_MISSING", f"label {each.name!r}", each.name, facts.labels)


def _board(maps: MappingSet, facts: TrackerFacts) -> Iterator[Missing]:
    labels = maps.labels
    for kind, code, names, there in (
        ("column", "COLUMN", (labels.column, labels.reopened_column), facts.columns),
        ("priority", "PRIORITY", labels.priorities.values(), facts.priorities),
    ):
        for name in dict.fromkeys(names):
            if name not in there:
                yield _missing(f"{code}_MISSING", f"{kind} {name!r}", name, there)
            elif there.count(name) > 1:
                words = f"The board has {there.count(name)} times the {kind} {name!r}: which one is meant?"
                yield Missing(f"{code}_AMBIGUOUS", name, words)


def _missing(code: str, what: str, name: str, there: Iterable[str]) -> Missing:
    near = nearly(name, there)
    perhaps = f" Is it {' or '.join(repr(each) for each in near)}?" if near else ""
    return Missing(code, name, f"The tracker has no {what}.{perhaps}", near)


def nearly(name: str, there: Iterable[str]) -> tuple[str, ...]:
    """The names that are spelled much like this one, the likeliest first."""
    known = {each.lower(): each for each in sorted(there)}
    return tuple(known[each] for each in get_close_matches(name.lower(), list(known), _SUGGESTED, _ALIKE))
