"""Shows that a handoff is never lost and never doubled: kills workers amid faults, then proves the books.

`sf-handoff serve` runs as a process of its own and fails as ordered. Services hand off and re-syncs send
again; one of them is killed each 0.2 to 0.8 seconds and started again, one is stopped now and then for longer
than its lease, an agent closes a Case, and a PostgreSQL server of our own is shut down amid its work. Then
the faults end, everybody is killed once more, and one re-sync brings out what is due. In the end every
handoff that was kept is one Task on one Case, one Case an episode, or it is parked with a reason.

With `--mode create` the connector is given a way to Salesforce that makes records without our key. Then there
must be doubles: that proves the books.
"""

from __future__ import annotations

import argparse
import base64
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import torture_books, torture_work
from benchmarks.mix import DATA
from benchmarks.served import Served, served
from benchmarks.torture_books import Books, ask
from benchmarks.torture_crew import Agents, Crew, Server, Trouble, store
from benchmarks.torture_work import Clock, Job
from sf_handoff.calls.states import Status
from sf_handoff.connector import Connector
from sf_handoff.delivery import lease
from sf_handoff.errors import HandoffError
from sf_handoff.retry import OVERNIGHT

# Seconds between two of a kind, from and to; an outage lasts as long as what comes between.
KILL, PAUSE, CLOSE, CRASH, OUTAGE = (0.2, 0.8), (5.0, 10.0), (0.5, 1.5), (4.0, 6.0), (15.0, 25.0)
TICK = 0.02
MOST_ROUNDS = 20
SHOWN = 10


@dataclass(frozen=True)
class Asked:
    """What was asked for on the command line."""

    minutes: float
    workers: int
    store: str
    seed: int
    mode: str


def torture(asked: Asked, crew: Crew, agents: Agents, trouble: Trouble, server: Server) -> None:
    """Until the time is over."""
    chance = random.Random(asked.seed)
    now = time.monotonic()
    end = now + asked.minutes * 60
    plan: dict[Callable[[], None], tuple[float, float]] = {
        crew.kill: KILL,
        crew.pause: PAUSE,
        agents.close_one: CLOSE,
        server.crash: CRASH,
        trouble.turn: OUTAGE,
    }
    due = {each: now + chance.uniform(*between) for each, between in plan.items()}
    while (now := time.monotonic()) < end:
        crew.tend()
        for each, moment in due.items():
            if now >= moment:
                each()
                due[each] = now + chance.uniform(*plan[each])
        time.sleep(TICK)
    crew.end()


def drain(job: Job) -> Counter[str]:
    """Sends what is left, by a worker that comes when all leases are over; then what was parked because its
    workers were killed, as a person would. What was parked before that, by its code."""
    connector = torture_work.connect(torture_work.moved(job, 2 * lease(OVERNIGHT)))
    limit = torture_work.MOST_IN_CREATE_MODE if job.create else None
    parked = Counter[str]()
    with connector:
        for states in ([Status.DUE], [Status.PARKED], [Status.DUE]):
            if states == [Status.PARKED]:
                parked.update(str(row.code) for row in connector.outbox(states=states))
            _send_all(connector, states, limit)
    return parked


def _send_all(connector: Connector, states: list[Status], limit: int | None) -> None:
    """Until nothing of it is left, and what was parked once."""
    for _ in range(MOST_ROUNDS):
        if not connector.outbox(states=states):
            return
        try:
            connector.resync(limit, states=states, insist=True)
        except HandoffError as error:
            print(f"drain      {error.code}: {error.message}")
        else:
            if Status.PARKED in states:
                return


@dataclass(frozen=True)
class Found:
    """All that one run found out."""

    asked: Asked
    books: Books
    did: Counter[str]
    faults: Counter[str]
    parked_before: Counter[str]
    calls: int
    took: float
    drained_in: float

    @property
    def due(self) -> int:
        return len(self.books.state(Status.DUE))

    @property
    def passed(self) -> bool:
        books = self.books
        surprised = any(kind.startswith("surprise") for kind in books.told.counts)
        return not (books.lost or books.doubled or books.untrue or self.due or surprised)


def run(asked: Asked, org: Served, folder: Path) -> Found:
    began = time.monotonic()
    with store(asked.store, folder) as (url, server):
        jobs = jobs_for(asked, org, url, folder)
        seed_contacts(org)
        torture_work.connect(jobs[0]).close()
        crew, agents = Crew(jobs, random.Random(asked.seed)), Agents(org, random.Random(asked.seed))
        trouble = Trouble(org, asked.seed)
        trouble.begin()
        try:
            torture(asked, crew, agents, trouble, server)
        finally:
            crew.end()
        server.wait()
        trouble.end()
        ended = time.monotonic()
        parked = drain(jobs[0])
        done = time.monotonic()
        books = Books(
            torture_books.told(jobs[0].ledgers),
            torture_books.kept(url),
            torture_books.records(org, torture_books.CASES),
            torture_books.records(org, torture_books.TASKS),
            frozenset(agents.closed),
        )
    did = crew.done + Counter({"crashes": server.crashes, "closed": len(agents.closed)})
    return Found(asked, books, did, trouble.happened, parked, trouble.calls(), ended - began, done - ended)


def jobs_for(asked: Asked, org: Served, url: str, folder: Path) -> list[Job]:
    prefix = "SF_HANDOFF_"
    settings = {
        name.removeprefix(prefix).lower(): value for name, value in org.env.items() if name.startswith(prefix)
    }
    settings |= {"store": url, "encryption_keys": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"}
    ledgers = folder / "ledgers"
    ledgers.mkdir()
    clock, create = Clock(time.time()), asked.mode == "create"
    return [Job(number, 0, asked.seed, create, settings, clock, ledgers) for number in range(asked.workers)]


def seed_contacts(org: Served) -> None:
    people = [{"attributes": {"type": "Contact"}, **each} for each in torture_work.contacts()]
    for at in range(0, len(people), 200):
        ask(org, "POST", f"{DATA}/composite/sobjects", {"records": people[at : at + 200]})


def report(found: Found) -> list[str]:
    """The findings as lines of text; the last one is the sum."""
    books, did = found.books, found.did
    kept = len(books.told.kept | books.rows.keys())
    delivered = len(books.state(Status.DELIVERED))
    happened = ", ".join(f"{times} x {name}" for name, times in found.faults.items())
    wrong = {"lost": books.lost, "doubled": books.doubled, "untrue": books.untrue}
    surprises = [
        f"{times} x {kind}" for kind, times in books.told.counts.items() if kind.startswith("surprise")
    ]
    return [
        f"run        {found.asked.mode} on {found.asked.store.partition(':')[0]}, seed {found.asked.seed}, "
        f"{found.asked.workers} workers, {found.took:.0f} s; drained in {found.drained_in:.0f} s more",
        f"done       {did['kills']} kills, {did['starts']} starts, {did['pauses']} pauses, "
        f"{did['crashes']} crashes of the store's server, {did['closed']} episodes closed by an agent",
        f"faults     {happened}",
        f"told       {_counted(books.told.counts)}",
        f"pace       {kept / found.took:.1f} handoffs a second, {found.calls} API calls",
        f"org        {len(books.cases)} Cases, {len(books.tasks)} Tasks; of episodes with a closed Case "
        f"{books.split} have more than one open",
        f"parked     before a person sent it again: {_counted(found.parked_before)}; "
        f"after: {_counted(books.parked)}",
        *(f"{kind:<11}{each}" for kind, some in wrong.items() for each in some[:SHOWN]),
        *(f"surprise   {each}" for each in surprises),
        *([f"due        {found.due} are still due"] if found.due else []),
        *(
            [f"untrue     {len(books.untrue)} receipts, rows or Tasks that name other records"]
            if books.untrue
            else []
        ),
        f"kept {kept} delivered {delivered} parked {sum(books.parked.values())} "
        f"lost {len(books.lost)} doubled {len(books.doubled)}",
    ]


def _counted(some: Counter[str]) -> str:
    return ", ".join(f"{times} {name}" for name, times in sorted(some.items())) or "none"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.torture")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long; may be a fraction (default: 1)")
    parser.add_argument("--workers", type=int, default=4, help="how many processes (default: 4)")
    parser.add_argument(
        "--store", default="sqlite", help="sqlite, postgresql (a server of its own), or a URL"
    )
    parser.add_argument(
        "--seed", type=int, default=None, help="of all that is left to chance (default: a new one)"
    )
    parser.add_argument(
        "--mode", choices=("keyed", "create"), default="keyed", help="create must find doubles"
    )
    given = parser.parse_args()
    seed = secrets.randbelow(2**31) if given.seed is None else given.seed
    asked = Asked(given.minutes, max(2, given.workers), given.store, seed, given.mode)
    with tempfile.TemporaryDirectory(prefix="sf-handoff-torture-") as folder, served() as org:
        found = run(asked, org, Path(folder))
    print(*report(found), sep="\n")
    return 0 if found.passed else 1


if __name__ == "__main__":
    sys.exit(main())
