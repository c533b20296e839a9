"""The workers that `torture.py` kills: services that hand off, and re-syncs that send again what is left.

Each writes what it asked and what it was told to a file of its own, a line at a time and before it goes on:
what was written outlives a SIGKILL.
"""

from __future__ import annotations

import json
import os
import random
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from benchmarks.torture_blind import Blind
from sf_handoff.adapters.assembly import open_salesforce, open_seal
from sf_handoff.adapters.settings import Settings, read_settings
from sf_handoff.adapters.store import SqlStore
from sf_handoff.calls.receipt import Sent
from sf_handoff.calls.samples import lighthouse_claim, sample_handoff
from sf_handoff.connector import Connector
from sf_handoff.errors import HandoffError, NotKept
from sf_handoff.mapping import bundled
from sf_handoff.ports import Salesforce

KNOWN, TWICE, UNKNOWN = 360, 20, 20  # people: with one Contact, with two, with none
EPISODES = 8  # a person
# Of the taps: sent twice by one service; sent by all services at the same time; of a person who taps a new
# claim again and again, wherever that goes.
AGAIN, SHARED, HASTY = 0.1, 0.1, 0.05
THREADS = 10  # of a service
PACE = (0.0, 0.1)  # seconds between two taps of a thread
MOST_IN_CREATE_MODE = 1000  # a Bulk job knows its records by the key


@dataclass(frozen=True)
class Clock:
    """The time for the store and for what it leases: it goes `speed` times as fast from `start` on.

    So nobody waits minutes for the leases of the dead, and who is stopped for some seconds has lost his own;
    live attempts still end within theirs. `ahead` is that of whoever comes when all of them are over.
    """

    start: float
    speed: float = 4.0
    ahead: float = 0.0

    def __call__(self) -> datetime:
        return self.at(time.time())

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self.speed)

    def at(self, moment: float) -> datetime:
        passed = (moment - self.start) * self.speed
        return datetime.fromtimestamp(self.start + passed + self.ahead, UTC)


@dataclass(frozen=True)
class Job:
    """What a worker must know. `life` counts how often it has been started."""

    number: int
    life: int
    seed: int
    create: bool
    settings: dict[str, str]
    clock: Clock
    ledgers: Path


class Ledger:
    """A file to which only its worker adds. A write that returned is the system's: no kill takes it back."""

    def __init__(self, job: Job) -> None:
        path = job.ledgers / f"{job.number:02}-{job.life:05}.jsonl"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, kind: str, **said: str | int | None) -> None:
        os.write(self._file, json.dumps({"kind": kind, **said}).encode() + b"\n")

    def receipt(self, receipt: Sent) -> None:
        self.write(
            "receipt",
            id=receipt.handoff_id,
            status=receipt.status.value,
            case=receipt.case_id,
            task=receipt.task_id,
        )


def service(job: Job) -> None:
    """Hands off in a loop, on several threads that share a Connector, until it is killed."""
    ledger = Ledger(job)
    connector = _opened(job, ledger)
    for number in range(1, THREADS):
        Thread(target=_serve, args=(job, number, connector, ledger), daemon=True).start()
    _serve(job, 0, connector, ledger)


def _serve(job: Job, thread: int, connector: Connector, ledger: Ledger) -> None:
    chance = random.Random(f"{job.seed}/{job.number}/{job.life}/{thread}")
    while True:
        for payload in _taps(job, chance):
            ledger.write("asked", id=str(payload["handoff_id"]))
            try:
                ledger.receipt(connector.hand_off(payload))
            except NotKept:
                ledger.write("not kept")
                time.sleep(PACE[1])
            except Exception as surprise:
                ledger.write("surprise", error=repr(surprise))
        time.sleep(chance.uniform(*PACE))


def resyncer(job: Job) -> None:
    """Sends again what is due in a loop until it is killed: with one call in flight, and with three."""
    chance, ledger = random.Random(f"{job.seed}/{job.number}/{job.life}"), Ledger(job)
    connector = _opened(job, ledger)
    while True:
        time.sleep(chance.uniform(0.0, 0.3))
        try:
            connector.resync(
                limit=MOST_IN_CREATE_MODE if job.create else chance.choice((1, 40, None)),
                in_flight=chance.choice((1, 3)),
                insist=chance.random() < 0.3,
                progress=ledger.receipt,
            )
        except HandoffError as error:
            ledger.write("stopped", code=error.code)
        except Exception as surprise:
            ledger.write("surprise", error=repr(surprise))


def connect(job: Job) -> Connector:
    """A Connector by the settings, whose store goes by the job's clock. Raises NotKept."""
    settings: Settings = read_settings(**job.settings)
    store = SqlStore.open(settings.store_url, open_seal(settings), job.clock, shared_clock=False)
    org: Salesforce = open_salesforce(settings, job.clock.sleep)
    return Connector(
        salesforce=Blind(org) if job.create else org,
        store=store,
        mappings=bundled(),
        clock=job.clock,
        sleep=job.clock.sleep,
    )


def moved(job: Job, ahead: timedelta) -> Job:
    return replace(job, clock=replace(job.clock, ahead=ahead.total_seconds()))


def _opened(job: Job, ledger: Ledger) -> Connector:
    while True:
        try:
            return connect(job)
        except NotKept:
            time.sleep(0.1)
        except Exception as surprise:
            ledger.write("surprise", error=repr(surprise))
            raise


def _taps(job: Job, chance: random.Random) -> Iterator[dict[str, Any]]:
    """The next tap, once or twice. A shared one is the same for all services that are at it just now."""
    if chance.random() < SHARED:
        moment = int(time.time() * 4) / 4
        yield _tap(random.Random(f"{job.seed}/{moment}"), job.clock.at(moment))
        return
    payload = _tap(chance, job.clock())
    yield payload
    if chance.random() < AGAIN:
        yield payload


def _tap(chance: random.Random, at: datetime) -> dict[str, Any]:
    """One tap. Its id is in the name of the screen too, and its episode in the claim's: the books are proved
    by these, whatever key a record has."""
    handoff_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    moment = int(at.timestamp() / 4)
    number, episode = chance.randrange(KNOWN + TWICE + UNKNOWN), chance.randrange(EPISODES)
    if chance.random() < HASTY:
        number, episode = moment % KNOWN, EPISODES + moment
    claim = lighthouse_claim(at)
    claim["data"]["id"] = f"{number:04}{episode:02}"
    return sample_handoff(
        at=at, handoff_id=handoff_id, veteran=person(number), claim=claim, screen=f"Torture/{handoff_id}"
    )


def person(number: int) -> dict[str, str]:
    phone = f"+1503555{100 + number % 100:04}"
    return {"icn": f"20{number:08}V000000", "first_name": "Casey", "last_name": "Sample", "phone": phone}


def contacts() -> list[dict[str, str]]:
    """The records of the people whom the org knows."""
    numbers = [*range(KNOWN + TWICE), *range(KNOWN, KNOWN + TWICE)]
    return [{"LastName": "Sample", "ICN__c": person(each)["icn"]} for each in numbers]
