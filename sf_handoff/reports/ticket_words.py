"""Small parts of what tickets say. Our own words stand in the text, all else comes in by the gate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sf_handoff.redaction import Scrubbed, compose, scrub
from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.day import EASTERN, zone_named
from sf_handoff.reports.page.headline import counted
from sf_handoff.reports.tickets import DayCount
from sf_handoff.worktime import clock_words, day_words

# What GitHub takes, in characters; below a body there must be room for the marker.
TITLE, BODY = 256, 65_536
ROOM = 1_024
_AT_ONCE = 10  # case numbers through the gate: it refuses long texts of hardly any words
# What was taken out of a text, in words.
_KINDS = {
    "ssn": "Social Security number",
    "icn": "ICN",
    "edipi": "EDIPI",
    "file_number": "VA file number",
    "claim_id": "claim id",
    "phone": "phone number",
    "email": "e-mail address",
    "birth_date": "birth date",
    "address": "address",
    "name": "name",
    "file_name": "file name",
    "other_id": "other id",
    "unknown": "unknown word",
}


def told(words: str, /, **values: str | int | Scrubbed) -> Scrubbed:
    """Our `words`, with values that are not our own in their gaps."""
    return compose(
        words, **{name: scrub(each) if isinstance(each, str) else each for name, each in values.items()}
    )


def together(parts: Iterable[Scrubbed], between: str = "\n") -> Scrubbed:
    named = {f"part_{at}": each for at, each in enumerate(parts)}
    return compose(between.join(f"{{{name}}}" for name in named), **named)


def listed(counts: Mapping[str, int], most: int) -> Scrubbed:
    """iPhone 14 (3 cases), Samsung (1 case), and 2 more."""
    shown = list(counts.items())[:most]
    parts = [told(f"{{name}} ({counted(count, 'case')})", name=name) for name, count in shown]
    return together([*parts, *_more(len(counts) - len(shown), "")], ", ")


def case_numbers(numbers: Iterable[str], most: int) -> Scrubbed:
    """SF 00012345, SF 00012347, and 37 more. A number is told apart from others by what stands before it."""
    every = list(dict.fromkeys(numbers))
    shown = [f"SF {each}" for each in every[:most]]
    parts = [scrub(", ".join(shown[at : at + _AT_ONCE])) for at in range(0, len(shown), _AT_ONCE)]
    return together([*parts, *_more(len(every) - most, " cases")], ", ")


def taken_out(texts: Iterable[Scrubbed]) -> str:
    """2 names, 1 phone number; nothing where nothing was."""
    counts: dict[str, int] = {}
    for each in texts:
        for kind, count in each.taken.items():
            counts[kind] = counts.get(kind, 0) + count
    words = ((_KINDS.get(kind, _KINDS["other_id"]), count) for kind, count in sorted(counts.items()))
    return ", ".join(f"{count} {word}{_plural(word, count)}" for word, count in words)


def name_of(cluster: Cluster) -> Scrubbed:
    """Claim status: does not open (mobl_502)."""
    return told("{product}: {problem}", product=product_of(cluster), problem=problem_of(cluster))


def product_of(cluster: Cluster) -> str:
    return cluster.product or (page_of(cluster.page) if cluster.page else "No product named")


def page_of(path: str) -> str:
    """With the site before it: what begins with a slash may be taken for a command."""
    return f"va.gov{path}"


def problem_of(cluster: Cluster) -> str:
    error = f" ({cluster.signature})" if cluster.signature and cluster.symptom else ""
    return f"{cluster.symptom or cluster.signature or 'not said what happens'}{error}"


def different(people: int) -> str:
    return "1 person" if people == 1 else f"{people:,} different people"


def people_in(count: DayCount) -> str:
    """In a table: a case without a person counts as one, so none at all says that nobody counted them."""
    return f"{count.people:,}" if count.people or not count.cases else "not counted"


def when(moment: datetime, zone: str) -> str:
    """Monday, November 23, 2026 at 10:00 a.m. ET."""
    local = moment.astimezone(zone_named(zone))
    there = "ET" if zone == EASTERN else zone
    return f"{local:%A}, {day_words(local.date())} at {clock_words(local.time())} {there}"


def _more(count: int, noun: str) -> list[Scrubbed]:
    return [compose(f"and {{count}} more{noun}", count=count)] if count > 0 else []


def _plural(word: str, count: int) -> str:
    return "" if count == 1 else "es" if word.endswith("s") else "s"
