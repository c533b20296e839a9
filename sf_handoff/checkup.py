"""The flow of `doctor`: what is set up, what is missing and how to mend it. Nothing is written anywhere.

settings, maps → store and its key → sign-in, fields, queues → the report → the tracker → notices
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

from sf_handoff.calls import fit
from sf_handoff.errors import HandoffError, Misconfigured, Rejected, Unavailable
from sf_handoff.mapping import MappingSet
from sf_handoff.ports import Records, Reports, StoreSeen, Tracker
from sf_handoff.reports import headings
from sf_handoff.reports.tickets import TrackerFacts
from sf_handoff.retry import OVERNIGHT, Call

# Somebody waits, and reads what could not be asked.
POLICY = replace(OVERNIGHT, total=30.0, attempts=2, longest_wait=2.0)
NOT_THERE = "NOT_FOUND"


class State(StrEnum):
    OK = "ok"
    MISSING = "missing"
    UNASKED = "could not ask"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `stops`: the connector cannot work until it is mended."""

    area: str
    state: State
    words: str
    mend: str = ""
    stops: bool = False


class Lacking(Protocol):
    """Something that the tracker has not, in words."""

    @property
    def code(self) -> str: ...
    @property
    def words(self) -> str: ...


MENDS = {
    "REPOSITORY_PUBLIC": "Make the repository private, or name another one in GITHUB_REPO.",
    "NO_PUSH": "Give the token's account the role Write on the repository.",
    "LABEL_MISSING": "Make the label in the repository, or name in the map the one that is there.",
    "COLUMN_MISSING": "Make the column on the board, or name in mappings/labels.py one that is there.",
    "COLUMN_AMBIGUOUS": "Give each column of the board a name of its own.",
    "PRIORITY_MISSING": "Make the priority on the board, or name in mappings/labels.py one that is there.",
    "PRIORITY_AMBIGUOUS": "Give each priority of the board a name of its own.",
}


def ok(area: str, words: str) -> Check:
    return Check(area, State.OK, words)


def missing(area: str, words: str, mend: str = "", *, stops: bool = True) -> Check:
    return Check(area, State.MISSING, words, mend, stops)


def asked(area: str, questions: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """The checks of an area, as they come. Where one cannot be made, that is the last."""
    try:
        yield from questions()
    except Unavailable as error:
        yield Check(area, State.UNASKED, error.message, "Try again later.")
    except HandoffError as error:
        yield missing(area, error.message, stops=isinstance(error, Misconfigured))


def of_store(seen: StoreSeen) -> Iterator[Check]:
    if seen.version is None:
        yield ok("Store", "There is none yet; it is made with the first handoff.")
    elif seen.version > seen.known:
        yield missing(
            "Store",
            f"It has schema version {seen.version}, and this release works with {seen.known}.",
            "Use the release that made it, or a newer one.",
        )
    else:
        later = "" if seen.version == seen.known else f"; on first use it is brought to {seen.known}"
        yield ok("Store", f"It opens, and has schema version {seen.version}{later}.")
    if seen.has_key:
        opens = "" if seen.version is None else " and opens what is in the store"
        yield ok("Store", f"The encryption key is there, for its owner alone{opens}.")
    else:
        yield ok("Store", "There is no encryption key yet; one is made with the first handoff.")


def of_org(
    records: Records, reports: Reports, maps: MappingSet, report_id: str, account: Call
) -> Iterator[Check]:
    """What the maps write, name and read. The first answer shows that the sign-in works."""
    org: dict[str, fit.SObject] = {}
    documents: dict[str, Mapping[str, Any]] = {}
    for at, name in enumerate(fit.needed(maps)):
        found = _described(partial(records.describe, name, account))
        if not at:
            yield ok("Salesforce", "The sign-in works.")
        if found is None:
            yield missing(
                "Salesforce",
                f"There is no {name}, or the connector's user may not see it.",
                f"Give the user's permission set access to {name}.",
            )
        else:
            org[name], documents[name] = fit.SObject.read(name, found), found
    for name in org:
        yield from _told("Salesforce", fit.lacks(maps, org, name), _all_there(maps, name))
    yield from _queues(records, maps, account)
    yield from asked("Report", lambda: _report(reports, maps, report_id, documents, account))


def of_tracker(tracker: Tracker, lacking: Callable[[TrackerFacts], Iterable[Lacking]]) -> Iterator[Check]:
    """`lacking` says what the maps name and the tracker has not; any of it keeps tickets from being filed."""
    facts = tracker.facts()
    seen_by = "private" if facts.private else "public"
    board = "with its board" if facts.board else "without a board"
    yield ok("Tracker", f"{facts.repository} is there, {seen_by} and {board}.")
    lacks = [missing("Tracker", each.words, MENDS.get(each.code, "")) for each in lacking(facts)]
    yield from lacks or [ok("Tracker", "The maps' labels, columns and priorities are there, and may be set.")]


def _queues(records: Records, maps: MappingSet, account: Call) -> Iterator[Check]:
    soql = "SELECT DeveloperName FROM Group WHERE Type = 'Queue'"
    there = [str(each["DeveloperName"]) for each in records.pages(soql, account)]
    lacks = tuple(fit.missing_queues(maps, there))
    yield from _told(
        "Salesforce", lacks, f"All queues of the ramps are there: {', '.join(maps.ramps.queues)}."
    )


def _report(
    reports: Reports,
    maps: MappingSet,
    report_id: str,
    documents: Mapping[str, Mapping[str, Any]],
    account: Call,
) -> Iterator[Check]:
    """The saved report where there is one, and the fields in any case: whole texts are read from records."""
    described = documents.get(maps.report.sobject)
    found = [headings.of_sobject(described, maps.report)] if described else []
    if report_id:
        saved = _described(partial(reports.describe, report_id, account))
        if saved is None:
            yield missing(
                "Report",
                "REPORT_ID: there is no such report, or the user may not see it.",
                "Share its folder with the connector's user, or unset REPORT_ID to read by query.",
            )
            return
        found.append(headings.of_report(saved, maps.report))
        yield ok("Report", "The saved report has every column that the map requires.")
    else:
        yield ok("Report", "REPORT_ID is not set: days are read by the query of mappings/report.py.")
    for each in dict.fromkeys(finding for one in found for finding in one.findings):
        yield missing("Report", each.words, stops=False) if each.needs_a_person else ok("Report", each.words)


def _described(describe: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any] | None:
    try:
        return describe()
    except (Rejected, Misconfigured) as error:
        if error.code != NOT_THERE:
            raise
    return None


def _told(area: str, lacks: Iterable[fit.Lack], otherwise: str) -> Iterator[Check]:
    found = [missing(area, each.words, each.mend, stops=each.stops) for each in lacks]
    yield from found or [ok(area, otherwise)]


def _all_there(maps: MappingSet, name: str) -> str:
    number = fit.written(maps, name)
    if number:
        return f"{name}: {number} fields are as the maps write them."
    return f"{name}: its key is as the map reads it."
