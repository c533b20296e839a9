"""Invented report days: the hotline's cases between two midnights, with what is really wrong with them.

Some hundred cases have ten to fifteen technical ones; an outage comes on top of them. The same arguments give
the same day, case for case, and days of one seed share their callers and their recurring problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from heapq import merge

from sf_handoff.mapping import Json
from sf_handoff.reports.columns import ReportMap
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.sample_calls import Call, Day
from sf_handoff.reports.sample_dice import Dice, Sprinkled, Weighted
from sf_handoff.reports.sample_hours import Hours
from sf_handoff.reports.sample_notes import filled, odd
from sf_handoff.reports.sample_people import Person

# Lanes keep the throws of one purpose apart from those of another.
ORDINARY, OUTAGE, TECHNICAL, ODD, FULL, CRISIS, FINISH = range(7)
STATUS = Weighted((("Closed", 50), ("New", 22), ("Working", 18), ("Escalated", 10)))
ORIGIN = Weighted((("Phone", 92), ("Email", 6), ("Web", 2)))
HANDOFF, MARKED, USUAL = "App_Handoff", "Non_compliant", "Hotline"
SENT = frozenset(
    {"opened_at", "changed_at", "status", "origin", "category", "product", "topic", "subject", "notes"}
)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so, whatever the case looks like. Without a `tier` it has nothing to do with VA.gov.

    `personal` are the strings in subject and notes that must never leave the org.
    """

    cluster: str | None = None
    tier: int | None = None
    technical: bool = False
    mistagged: bool = False
    crisis: bool = False
    personal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleCase:
    """One invented case as the report would have it, with Ids of no org, and the truth about it."""

    row: ReportRow
    truth: Truth
    person: Person | None

    def fields(self, report: ReportMap) -> dict[str, Json]:
        """What a create sends, by the org's names. The org gives its own numbers, links and flags."""
        sent = (each for each in report.columns if each.name in SENT)
        return {each.field: _sent(getattr(self.row, each.name), each.values) for each in sent}


def sample_day(day: date, rows: int, seed: int = 1, outage: bool = False) -> Iterator[SampleCase]:
    """The `rows` cases of the day, in the order in which they were opened."""
    plan = _Plan(day, rows, seed, outage)
    lanes = merge(plan.ordinary(), plan.outage(), key=lambda each: each[0])
    return (plan.case(place, at, call) for place, (at, call) in enumerate(lanes))


class _Plan:
    def __init__(self, day: date, rows: int, seed: int, outage: bool) -> None:
        self._rows, self._key = rows, (seed, day.toordinal())
        self._hours, self._day = Hours(day), Day(day, seed)
        dice = Dice(*self._key, OUTAGE)
        self._outage = min(15 + dice.below(46), rows * 2 // 3) if outage else 0
        self._start, self._lasts = 8 + dice.below(7), 2 + dice.below(3)
        self._odd = Sprinkled(rows // 20, rows, *self._key, ODD)
        self._full = Sprinkled(-(-rows // 400) if rows >= 100 else 0, rows, *self._key, FULL)
        self._crisis = Sprinkled(-(-rows // 150) if rows >= 100 else 0, rows, *self._key, CRISIS)

    def ordinary(self) -> Iterator[tuple[datetime, Call]]:
        count = self._rows - self._outage
        technical = Sprinkled(self._technical(count), count, *self._key, TECHNICAL)
        for place in range(count):
            dice = Dice(*self._key, ORDINARY, place)
            call = self._day.technical(dice) if place in technical else self._day.other(dice)
            yield self._hours.at(place, count, dice), call

    def outage(self) -> Iterator[tuple[datetime, Call]]:
        first = self._hours.local(self._start)
        for place in range(self._outage):
            dice = Dice(*self._key, OUTAGE, place)
            seconds = self._lasts * 3600 * (place * 100 + dice.below(100)) // (self._outage * 100)
            yield first + timedelta(seconds=seconds), self._day.outage(dice, place)

    def case(self, place: int, at: datetime, call: Call) -> SampleCase:
        dice = Dice(*self._key, FINISH, place)
        if place in self._crisis and not call.handoff:
            call = self._day.crisis(dice, call)
        if call.person and call.note and dice.percent(3):
            call = replace(call, subject=f"{call.subject.strip()} - {call.person.last}")
        if call.note and place in self._odd:
            call = replace(call, note=odd(call.note, dice))
        if call.note and place in self._full:
            call = replace(call, note=filled(call.note))
        return SampleCase(self._row(place, at, call, dice), _truth(call), call.person)

    def _row(self, place: int, at: datetime, call: Call, dice: Dice) -> ReportRow:
        status = STATUS.pick(dice)
        return ReportRow(
            case_id=f"500{place:012d}AAA",
            case_number=f"{place + 1:08d}",
            opened_at=at,
            changed_at=self._changed(at, dice),
            subject=call.subject,
            notes=call.note.text if call.note else None,
            status=status,
            closed=status == "Closed",
            origin="Mobile App" if call.handoff else ORIGIN.pick(dice),
            record_type=HANDOFF if call.handoff else MARKED if "va.gov" in call.subject.lower() else USUAL,
            category=call.category,
            product=call.product,
            topic=call.topic,
            person=f"003{call.person.number:012d}AAA" if call.person else None,
        )

    def _technical(self, count: int) -> int:
        """How many are technical: ten to fifteen of some hundreds, as many in proportion of other numbers."""
        if 150 <= count <= 600:
            return 10 + Dice(*self._key, TECHNICAL).below(6)
        return min(count, max(1, count * 12 // 350))

    def _changed(self, at: datetime, dice: Dice) -> datetime:
        """Within some hours on the same day as a rule; a few are touched again after midnight."""
        if dice.percent(3):
            return self._hours.end + timedelta(seconds=60 + dice.below(36_000))
        left = int((self._hours.end - at).total_seconds())
        return at + timedelta(seconds=min(60 + dice.below(14_400), left - 1))


def _truth(call: Call) -> Truth:
    named = (call.person.last,) if call.person and call.subject.endswith(call.person.last) else ()
    personal = tuple(dict.fromkeys((*named, *(call.note.personal if call.note else ()))))
    technical = call.tier is not None and call.tier >= 2
    return Truth(call.cluster, call.tier, technical, call.mistagged, call.crisis, personal)


def _sent(value: object, values: tuple[str, ...]) -> Json:
    """As JSON; nothing where it is not one of the picklist's `values`."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}.000+0000"
    return str(value) if value is not None and (not values or value in values) else None
