"""What the sweep works with: what its maps say, what it finds, and what an outcome on a Case is to us."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sf_handoff.calls.changes import blank, column
from sf_handoff.calls.follow_ups import Reason
from sf_handoff.mapping import Field, FieldGroup, Json
from sf_handoff.worktime import federal_holiday

EASTERN = ZoneInfo("America/New_York")


class State(StrEnum):
    """What the sweep has found of a Case that no call came for. `LEFT`: agents have it, or it is gone."""

    NO_CALL = "no_call"
    LATE = "late"
    LEFT = "left"


# Maps


@dataclass(frozen=True)
class Rewrite:
    """The same change of many Cases: fields to set and `blanks` to empty, `when` a SOQL condition holds."""

    when: str
    fields: tuple[Field[None], ...] = ()
    blanks: tuple[Field[Any], ...] = ()

    @property
    def values(self) -> dict[str, Json]:
        emptied = {column(each): blank(each) for each in self.blanks}
        return emptied | {each.api_name: each.to_json(each.value(None), _quiet) for each in self.fields}


@dataclass(frozen=True)
class SweepMap:
    """What the sweep changes (`no_call`, `emptied`), the conditions under which a Case is what it makes of it
    (`was_no_call`) or was late when it was made, and the field in which agents pick the `outcome`."""

    no_call: Rewrite
    was_no_call: str
    was_late: str
    emptied: Rewrite
    outcome: str

    def groups(self, case: str) -> Iterator[FieldGroup]:
        """Every field that is written; `case` is the sObject of a Case."""
        yield FieldGroup("when no call came", case, self.no_call.fields)


# Values


@dataclass(frozen=True)
class Uncalled:
    """A Case that no call came for, by its key; `seems_late`: by what the store knows of its taps."""

    case_key: str
    seems_late: bool


@dataclass(frozen=True)
class Unanswered:
    """A handoff whose call was matched at `since`, and that has no outcome."""

    handoff_id: str
    case_id: str
    case_number: str | None
    since: datetime


@dataclass(frozen=True)
class Finding:
    """A Case that could not be brought to where it belongs, by the id of its first tap, and why."""

    handoff_id: str
    code: str


@dataclass(frozen=True)
class Pick:
    """An outcome as it stands on a Case; None: one that the map does not have."""

    case_key: str
    case_id: str
    reason: Reason | None
    changed_at: datetime


@dataclass(frozen=True)
class Picks:
    """What became of picks: how many are `new`, the taps whose calls reached the `wrong` person, the keys of
    Cases with an `unknown` outcome, and whether some wait for what was told of them and is not sent."""

    new: int = 0
    wrong: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    waits: bool = False


class Judged(StrEnum):
    """What an outcome on a Case is to us."""

    KNOWN = "known"
    NEW = "new"
    WRONG_PERSON = "wrong_person"
    UNKNOWN = "unknown"
    WAITS = "waits"


def judge(pick: Reason | None, known: Sequence[tuple[float, str]], *, pending: bool) -> Judged:
    """What a pick is, given what is `known` to have stood on the Case, each with its time. While something
    that was told of it is still to be sent (`pending`) nobody can say whose it is."""
    if pending:
        return Judged.WAITS
    last = max(known)[1] if known else None
    if pick is None:
        return Judged.KNOWN if last == Judged.UNKNOWN else Judged.UNKNOWN
    if last == pick:
        return Judged.KNOWN
    return Judged.WRONG_PERSON if pick is Reason.WRONG_PERSON else Judged.NEW


def working_days_after(moment: datetime, days: int) -> datetime:
    """So many working days later, at the same time of day where the contact center is. On a day on which
    nobody works time stands still."""
    local = moment.astimezone(EASTERN)
    day, clock = local.date(), local.time()
    if not _works(day):
        day, clock = _next_working_day(day), time()
    for _ in range(days):
        day = _next_working_day(day)
    return datetime.combine(day, clock, EASTERN)


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while not _works(day):
        day += timedelta(days=1)
    return day


def _works(day: date) -> bool:
    return day.weekday() < 5 and not federal_holiday(day)


def _quiet(note: str) -> None:
    """The values of these maps are theirs: there is nothing to note."""
