"""Does `sf-handoff serve` stand a constant load without an error and without growing?

The load is open: a request is due at its time by the clock, whether or not those before it were answered, and
its latency counts from then. The last line is the verdict, the exit status 0 or 1.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from benchmarks.mix import DATA, Asked, Mix, query_path
from benchmarks.served import Served, served

CONNECTIONS = 16
LATE = 0.010
# Tolerances of the verdict. Memory is compared between two medians of ten seconds.
WARM_UP, WINDOW = 10, 10
MOST_GROWTH = 3 * 1024
LEAST_OF_RATE = 0.99


@dataclass(frozen=True)
class Answered:
    """What became of one request; `seconds` since it was due."""

    kind: str
    seconds: float
    late: bool
    problem: str


@dataclass(frozen=True)
class Books:
    """What the org counted, and what it ought to have counted."""

    calls: int
    cases: int
    tasks: int


@dataclass(frozen=True)
class Figures:
    """All that one run found out.

    `memory` is a sample a second, in kB, empty where there is no /proc; `org` is None if it would not say.
    """

    rate: float
    wanted: int
    took: float
    answered: tuple[Answered, ...]
    memory: tuple[int, ...]
    org: Books | None
    ours: Books

    @property
    def errors(self) -> Counter[str]:
        return Counter(f"{each.kind}: {each.problem}" for each in self.answered if each.problem)

    @property
    def achieved(self) -> float:
        return len(self.answered) / self.took

    @property
    def growth(self) -> int | None:
        """How much more memory is used at the end than after the warm-up; None where too little was seen."""
        warm = self.memory[WARM_UP:]
        if len(warm) < 2 * WINDOW:
            return None
        return round(statistics.median(warm[-WINDOW:]) - statistics.median(warm[:WINDOW]))


class Load:
    """Sends the mix at a constant rate over some kept connections, each with a thread."""

    def __init__(self, org: Served, mix: Mix, rate: float, wanted: int) -> None:
        self._org, self._mix, self._rate, self._wanted = org, mix, rate, wanted
        self._numbers = itertools.count()
        self._start = time.monotonic() + 0.5
        self.answered: list[Answered] = []

    def run(self) -> tuple[float, list[int]]:
        """Sends everything; how long that took, and the org's memory in each of the seconds."""
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(CONNECTIONS)]
        for each in threads:
            each.start()
        planned = self._wanted / self._rate
        memory = []
        for second in range(1, int(planned) + 1):
            _until(self._start + second)
            memory.append(self._org.resident())
        for each in threads:
            each.join()
        took = max(planned, time.monotonic() - self._start)
        return took, [each for each in memory if each is not None]

    def _work(self) -> None:
        connection = self._org.connection()
        while (number := next(self._numbers)) < self._wanted:
            due = self._start + number / self._rate
            _until(due)
            late = time.monotonic() - due > LATE
            asked = self._mix.request(number)
            try:
                connection.request(asked.method, asked.path, asked.body, self._org.headers)
                answer = connection.getresponse()
                problem = _problem(asked, answer.status, answer.read())
            except (OSError, HTTPException) as error:
                connection.close()
                problem = type(error).__name__
            self.answered.append(Answered(asked.kind, time.monotonic() - due, late, problem))
        connection.close()


def _until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _problem(asked: Asked, status: int, body: bytes) -> str:
    try:
        return asked.problem(status, json.loads(body) if body else None)
    except (KeyError, TypeError, ValueError):
        return f"HTTP {status}, not readable"


def measure(org: Served, rate: float, seconds: float) -> Figures:
    wanted = round(rate * seconds)
    mix = Mix()
    load = Load(org, mix, rate, wanted)
    before = _calls(org)
    took, memory = load.run()
    ours = Books(len(load.answered), len(mix.case_keys), len(mix.task_keys))
    return Figures(rate, wanted, took, tuple(load.answered), tuple(memory), _books(org, before), ours)


def _books(org: Served, before: int) -> Books | None:
    try:
        calls = _calls(org) - before - 1  # this look at the count is a call as well
        return Books(calls, _count(org, "Case"), _count(org, "Task"))
    except (OSError, HTTPException, KeyError, TypeError):
        return None


def _calls(org: Served) -> int:
    allowance = _get(org, f"{DATA}/limits")["DailyApiRequests"]
    return int(allowance["Max"]) - int(allowance["Remaining"])


def _count(org: Served, sobject: str) -> int:
    return int(_get(org, query_path(f"SELECT COUNT() FROM {sobject}"))["totalSize"])


def _get(org: Served, path: str) -> dict[str, Any]:
    connection = org.connection()
    connection.request("GET", path, headers=org.headers)
    found: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return found


def report(figures: Figures) -> list[str]:
    """The figures as lines of text."""
    answered = figures.answered
    return [
        f"requests   {figures.wanted} due, {len(answered)} ended",
        f"errors     {sum(figures.errors.values())}",
        *(f"           {times} x {kind}" for kind, times in sorted(figures.errors.items())),
        f"rate       {figures.achieved:.1f} a second of {figures.rate:g} in {figures.took:.1f} s; "
        f"{sum(each.late for each in answered)} started more than {LATE * 1000:.0f} ms late",
        "latency                                 number     p50     p95     p99     max   (ms)",
        *(_latencies(kind, answered) for kind in sorted({each.kind for each in answered})),
        _latencies("", answered),
        f"memory     {_memory(figures)}",
        *_compared(figures.org, figures.ours),
    ]


def _latencies(kind: str, answered: Sequence[Answered]) -> str:
    found = sorted(each.seconds * 1000 for each in answered if not kind or each.kind == kind)
    marks = [found[min(len(found) - 1, int(len(found) * part))] for part in (0.50, 0.95, 0.99, 1)]
    shown = "".join(f"{mark:8.1f}" for mark in marks)
    return f"           {kind or 'all':<28}{len(found):7}{shown}"


def _memory(figures: Figures) -> str:
    if not figures.memory:
        return "not known: this system has no /proc"
    first, last = figures.memory[0] / 1024, figures.memory[-1] / 1024
    seen = f"{first:.1f} MB in the first second, {last:.1f} MB in the last"
    if figures.growth is None:
        return f"{seen}; growth needs {WARM_UP + 2 * WINDOW} s to tell"
    return f"{seen}; {figures.growth / 1024:+.2f} MB after {WARM_UP} s of warm-up"


def _compared(org: Books | None, ours: Books) -> list[str]:
    if org is None:
        return ["books      not known: the org does not say"]
    return [
        f"calls      {org.calls} counted by the org, {ours.calls} sent",
        f"records    {org.cases} Cases of {ours.cases} keys, {org.tasks} Tasks of {ours.tasks} keys",
    ]


def faults(figures: Figures) -> list[str]:
    """Why the org did not stand it; nothing if it did."""
    found = []
    if figures.errors:
        found.append("errors")
    if len(figures.answered) != figures.wanted:
        found.append("requests without an end")
    if figures.org != figures.ours:
        found.append("the books differ")
    if figures.achieved < LEAST_OF_RATE * figures.rate:
        found.append("too slow")
    if figures.growth is not None and figures.growth > MOST_GROWTH:
        found.append("memory grows")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.serve_load")
    parser.add_argument("--rate", type=float, default=200, help="requests a second (default: 200)")
    parser.add_argument("--seconds", type=float, default=60, help="how long (default: 60)")
    asked = parser.parse_args()
    with served() as org:
        used, own = org.processor_seconds(), time.process_time()
        figures = measure(org, asked.rate, asked.seconds)
        print(*report(figures), sep="\n")
        if used is not None:
            share = ((org.processor_seconds() or used) - used) / figures.took
            load = (time.process_time() - own) / figures.took
            print(f"processor  {share:.0%} of a core for the org, {load:.0%} for the load")
        print(f"file       {org.database.stat().st_size / 1e6:.1f} MB")
        print(f"machine    {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
        return verdict(figures)


def verdict(figures: Figures) -> int:
    """Says it, and returns the exit status."""
    found = faults(figures)
    unjudged = " (memory not judged)" if figures.growth is None else ""
    print(f"FAILED: {', '.join(found)}" if found else f"PASSED{unjudged}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
