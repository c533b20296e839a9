"""Ours, as a service and a cron job use it.

Everything counts: what it checks, keeps, seals and settles too.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from benchmarks.workload import Work, payloads
from sf_handoff.adapters.assembly import connect, open_store
from sf_handoff.adapters.settings import Settings, read_settings
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.receipt import Sent
from sf_handoff.calls.states import Status
from sf_handoff.connector import Connector
from sf_handoff.ports import NewHandoff

# Where a store is filled without waiting for a disk, on systems that have such a place.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
ROUNDS = 50


def settings(folder: Path, store: str = "") -> Settings:
    """Those of the environment, which reach the org, on a store in `folder`. Codes to dial are not drawn."""
    return read_settings(store=store or f"sqlite:///{folder / 'store.sqlite3'}", dial_codes=False)


def opened(folder: Path, store: str = "") -> Connector:
    return connect(settings(folder, store))


def seed(folder: Path, run: str, count: int) -> None:
    """Makes a store with so many due handoffs: kept one by one by the store's own port, no call tried."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as fast, closing(open_store(settings(Path(fast)))) as store:
        for payload in payloads(run, count):
            store.keep(_due(Handoff.parse(payload)), lease=timedelta(0))
        store.close()
        shutil.copytree(fast, folder, dirs_exist_ok=True)


def _due(handoff: Handoff) -> NewHandoff:
    person, claim = handoff.veteran, handoff.claim
    return NewHandoff(
        handoff_id=str(handoff.handoff_id),
        payload=handoff.canonical(),
        state=Status.DUE,
        code=None,
        message=None,
        occurred_at=handoff.occurred_at,
        expires_at=handoff.occurred_at + timedelta(hours=1),
        person=person.icn if person else None,
        about=str(claim.id if claim else None),
        phone=None,
        screen=handoff.screen,
    )


def resync(connector: Connector, in_flight: int) -> dict[str, int]:
    """Once `sf-handoff outbox resync`."""
    return {"delivered": _delivered(connector.resync(in_flight=in_flight))}


def through_faults(connector: Connector, work: Sequence[Work]) -> dict[str, int]:
    """Live, and then again what stayed due, until nothing is, as cron does in the course of a day."""
    at_once = _delivered(connector.hand_off(each.payload) for each in work)
    rounds = 0
    while rounds < ROUNDS and connector.outbox(states=[Status.DUE]):
        connector.resync(insist=True)
        rounds += 1
    return {"at_once": at_once, "rounds": rounds}


def _delivered(receipts: Iterable[Sent]) -> int:
    return sum(each.status is Status.DELIVERED for each in receipts)


if __name__ == "__main__":
    seed(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
