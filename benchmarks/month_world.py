"""What the month happens in: a clock of its own, an org and a tracker, a store, and each day's cases.

Outages of one product are planned so that its problem comes back: once while its ticket can be opened again,
and once when it is too late for that.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import SecretStr

from sf_handoff.adapters.assembly import embedded_settings, start_embedded
from sf_handoff.adapters.settings import Settings
from sf_handoff.commands.sample import incoming_case
from sf_handoff.embedded import Embedded
from sf_handoff.embedded.tracker.desk import Rules
from sf_handoff.mapping import MappingSet, bundled
from sf_handoff.reports.sample_day import sample_day
from sf_handoff.reports.sample_dice import Dice
from sf_handoff.reports.sample_problems import OUTAGES

AUTHOR = "avery-analyst"
TICK = timedelta(milliseconds=20)
MANY = 10_000_000
RULES = Rules(requests_an_hour=MANY, searches_a_minute=MANY, contents_a_minute=MANY, contents_an_hour=MANY,
              seconds_a_minute=MANY)  # fmt: skip
# Of a hundred callers: how many have an address, no telephone, and do not want to hear from anybody.
ADDRESS, NO_PHONE, OPTED_OUT, DIED, NO_MAIL, NO_CALLS = 75, 10, 4, 3, 5, 5
OUTAGE_DAYS = 22  # of a hundred, beside the planned ones


class Clock:
    """Time passes with each look at it, and whoever sleeps makes it pass."""

    def __init__(self, now: datetime) -> None:
        self.now, self._lock = now, Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self.now += TICK
            return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += timedelta(seconds=seconds)

    def to(self, moment: datetime) -> None:
        with self._lock:
            self.now = max(self.now, moment)


@dataclass(frozen=True)
class Asked:
    """What was asked for. `first` is the first report day."""

    seed: int = 1
    days: int = 42
    rows: int = 25
    store: str = "sqlite"
    first: date = date(2025, 10, 20)

    @property
    def dates(self) -> list[date]:
        return [self.first + timedelta(days=each) for each in range(self.days)]


@dataclass
class World:
    """`personal` is all that must never leave the org. What is `mended` works for everybody who tries
    it; of what is `out_of_reach` the nights said that a person must open it."""

    asked: Asked
    org: Embedded
    maps: MappingSet
    settings: Settings
    clock: Clock
    folder: Path
    chance: random.Random
    personal: set[str] = field(default_factory=set)
    mended: set[int] = field(default_factory=set)
    out_of_reach: set[int] = field(default_factory=set)
    rows: int = 0
    outages: int = 0
    _known: set[str] = field(default_factory=set)

    def bring(self, day: date) -> None:
        """The cases of the day, as the hotline has them when it ends."""
        wanted = planned(self.asked).get(day) or self._chance_of(day)
        cases = list(sample_day(day, self.asked.rows, seed_for(self.asked.seed, day, wanted), bool(wanted)))
        self.org.load_cases(f"{day}", "a day", (incoming_case(each, self.maps) for each in cases))
        self.personal.update(text for each in cases for text in each.truth.personal if len(text) > 3)
        self.rows += len(cases)
        self.outages += bool(wanted)
        for person in self.org.records("Contact"):
            if person["Id"] not in self._known:
                self._known.add(person["Id"])
                self.org.update("Contact", person["Id"], **self._facts(len(self._known)))

    def _chance_of(self, day: date) -> str:
        dice = Dice(self.asked.seed, day.toordinal(), 99)
        others = [each for each in OUTAGES if each.name not in returning(self.asked.seed)]
        return dice.pick(others).name if dice.percent(OUTAGE_DAYS) else ""

    def _facts(self, number: int) -> dict[str, Any]:
        """How this caller may be reached."""
        dice = Dice(self.asked.seed, number, 98)
        facts: dict[str, Any] = {"Email": f"caller{number}@example.com"} if dice.percent(ADDRESS) else {}
        facts |= {"Phone": None} if dice.percent(NO_PHONE) else {}
        flags = {"No_Outreach__c": OPTED_OUT, "Deceased__c": DIED, "HasOptedOutOfEmail": NO_MAIL,
                 "DoNotCall": NO_CALLS}  # fmt: skip
        return facts | {name: True for name, share in flags.items() if dice.percent(share)}


def returning(seed: int) -> tuple[str, str]:
    """The problems that come back: soon, and when it is too late to open the ticket again."""
    names = [each.name for each in OUTAGES]
    return names[seed % len(names)], names[(seed + 1) % len(names)]


def planned(asked: Asked) -> dict[date, str]:
    """The outages of these problems. Their tickets are completed the day after."""
    soon, late = returning(asked.seed)
    days = {0: late, 1: soon, 6: soon, 17: late, 20: soon, 38: late}
    return {asked.first + timedelta(days=each): name for each, name in days.items() if each < asked.days}


def seed_for(seed: int, day: date, wanted: str) -> int:
    """A seed whose outage of that day is the wanted one."""
    tried = seed * 1_000
    while wanted and Dice(tried, day.toordinal()).pick(OUTAGES).name != wanted:
        tried += 1
    return tried


def at(day: date, hours: float) -> datetime:
    """So many hours after that day began in Washington, more or less."""
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC) + timedelta(hours=hours)


@contextmanager
def world(asked: Asked, folder: Path, store: str) -> Iterator[World]:
    maps, clock = bundled(), Clock(at(asked.first, 0))
    with start_embedded(folder / "org", maps, clock=clock) as org:
        org.tracker.rules = RULES
        settings = Settings(
            store=store,
            encryption_keys=SecretStr(f"k1:{base64.b64encode(bytes(32)).decode()}"),
            tracker="embedded",
            answer_authors=AUTHOR,
            org="embedded",
        )
        settings = embedded_settings(settings, org).model_copy(
            update={"auth": "client_credentials", "client_secret": SecretStr(org.client_secret)}
        )
        yield World(asked, org, maps, settings, clock, folder, random.Random(asked.seed))
