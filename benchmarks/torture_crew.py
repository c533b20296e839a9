"""Who is tortured, and with what: processes that are killed and stopped, an org with faults, a store."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from benchmarks import torture_work
from benchmarks.mix import DATA, query_path
from benchmarks.served import PATIENCE, Served
from benchmarks.torture_books import Refused, ask
from benchmarks.torture_work import Job

if TYPE_CHECKING:
    from tests import postgres

MANY = 1_000_000
OPEN = "SELECT Id, Handoff_Claim_Id__c FROM Case WHERE IsClosed = false ORDER BY CreatedDate DESC LIMIT 20"
OF_RECORDS = "/composite|/jobs/"
# As was measured with prototypes: what it is, and how often. The first that meets a request happens to it.
FAULTS: dict[str, dict[str, Any]] = {
    "503 in HTML": {"kind": "answer", "status": 503, "body": "<html>Busy</html>", "chance": 0.04},
    "200 in HTML": {"kind": "html", "chance": 0.04},
    "reset before it is done": {"kind": "drop_before", "chance": 0.03},
    "reset after it is done": {"kind": "drop_after", "chance": 0.08},
    "slower than the time limit": {"kind": "hold_after", "seconds": 2.5, "chance": 0.04},
    "truncated": {"kind": "truncate", "chance": 0.02},
    "session expired": {"kind": "expired", "chance": 0.01},
    "row locked": {"kind": "row", "chance": 0.05},
}
OUTAGE = {"refused in an outage": {"kind": "unavailable"}}


class Crew:
    """The workers: half of them services, half re-syncs. They are forked from a process that has everything
    imported, so that to kill one costs next to nothing. Only processes that were started here are killed."""

    def __init__(self, jobs: list[Job], chance: random.Random) -> None:
        self._chance, self._jobs = chance, jobs
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload([torture_work.__name__])
        self._running: dict[int, ForkServerProcess] = {}
        self._stopped: dict[int, float] = {}
        self.done: Counter[str] = Counter()

    def tend(self) -> None:
        """Starts who is dead, and lets those go on whose pause is over."""
        now = time.monotonic()
        for number, until in list(self._stopped.items()):
            if now >= until:
                self._signal(number, signal.SIGCONT)
                del self._stopped[number]
        for number in range(len(self._jobs)):
            if number not in self._running or not self._running[number].is_alive():
                self._start(number)

    def kill(self) -> None:
        self.done["kills"] += 1
        self._kill(self._any())

    def pause(self) -> None:
        """For longer than a live attempt's lease, more often than not."""
        number = self._any()
        self.done["pauses"] += 1
        self._signal(number, signal.SIGSTOP)
        self._stopped[number] = time.monotonic() + self._chance.uniform(1.0, 4.0)

    def end(self) -> None:
        for number in list(self._running):
            self._kill(number)

    def _any(self) -> int:
        return self._chance.choice(sorted(self._running))

    def _start(self, number: int) -> None:
        job = self._jobs[number]
        work = torture_work.service if number < -(-len(self._jobs) // 2) else torture_work.resyncer
        process = self._context.Process(target=work, args=(job,), daemon=True)
        process.start()
        self.done["starts"] += 1
        self._running[number], self._jobs[number] = process, replace(job, life=job.life + 1)

    def _kill(self, number: int) -> None:
        process = self._running.pop(number)
        self._stopped.pop(number, None)
        process.kill()
        process.join()
        process.close()

    def _signal(self, number: int, what: signal.Signals) -> None:
        pid = self._running[number].pid if number in self._running else None
        with suppress(ProcessLookupError):
            if pid and self._running[number].is_alive():
                os.kill(pid, what)


class Trouble:
    """Faults of the org, ordered at its control address: the mix, or now and then an outage."""

    def __init__(self, org: Served, seed: int) -> None:
        self._org, self._seed, self._away = org, seed, False
        self.happened: Counter[str] = Counter()

    def begin(self) -> None:
        self._order(OUTAGE if self._away else FAULTS)

    def turn(self) -> None:
        """Begins an outage, or ends it: so a backlog gathers that is worth a Bulk job."""
        self.end()
        self._away = not self._away
        self.happened["outages"] += self._away
        self.begin()

    def end(self) -> None:
        left = self._ask("GET", "/faults")
        self._seed += 1
        self._ask("DELETE", f"/faults?seed={self._seed}")
        faults = OUTAGE if self._away else FAULTS
        self.happened.update({name: MANY - each["times"] for name, each in zip(faults, left, strict=True)})

    def _order(self, faults: dict[str, dict[str, Any]]) -> None:
        for fault in faults.values():
            where = {} if fault["kind"] == "row" else {"path": OF_RECORDS}
            self._ask("POST", "/faults", {**fault, **where, "times": MANY})

    def calls(self) -> int:
        return int(self._ask("GET", "/usage")["apiCalls"])

    def _ask(self, method: str, page: str, body: object = None) -> Any:
        address = urlsplit(self._org.env["EMBEDDED_CONTROL"])
        connection = HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE)
        connection.request(method, address.path + page, json.dumps(body) if body else None)
        answer = connection.getresponse().read()
        connection.close()
        return json.loads(answer) if answer else None


class Agents:
    """People who are done with Cases, now and then: what is tapped after that begins another Case."""

    def __init__(self, org: Served, chance: random.Random) -> None:
        self._org, self._chance = org, chance
        self.closed: set[str] = set()

    def close_one(self) -> None:
        found = ask(self._org, "GET", query_path(OPEN))["records"]
        if found:
            case = self._chance.choice(found)
            self.closed.add(str(case["Handoff_Claim_Id__c"]))
            with suppress(Refused):  # the record is locked
                ask(self._org, "PATCH", f"{DATA}/sobjects/Case/{case['Id']}", {"Status": "Closed"})


class Server:
    """The store's server. One of our own is shut down amid its work and started again, in the background."""

    def __init__(self, server: postgres.Server | None = None) -> None:
        self._server = server
        self._pool = ThreadPoolExecutor(1)
        self._under_way: Future[None] | None = None
        self.crashes = 0

    def crash(self) -> None:
        if self._server:
            self.wait()
            self.crashes += 1
            self._under_way = self._pool.submit(self._crash, self._server)

    def wait(self) -> None:
        """Until it is there again."""
        if self._under_way:
            self._under_way.result()

    def _crash(self, server: postgres.Server) -> None:
        server.stop("immediate")
        server.start()


@contextmanager
def store(given: str, folder: Path) -> Iterator[tuple[str, Server]]:
    """The store's URL, and its server."""
    if given == "sqlite":
        yield f"sqlite:///{folder / 'store' / 'store.sqlite3'}", Server()
    elif given == "postgresql":
        from tests import postgres

        with postgres.running(durable=True) as server, server.database() as name:
            yield server.url(name), Server(server)
    else:
        yield given, Server()
