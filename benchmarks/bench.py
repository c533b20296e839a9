"""Runs ways on one embedded org, each run in an interpreter of its own, one after the other."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import Any

from benchmarks.one import SEEDED, Measured, Spec
from benchmarks.results import Books, Result, Row, Scenario
from benchmarks.served import ROOT, Served
from benchmarks.workload import keys

# What goes wrong where there is trouble; its chance begins with the seed of the run.
TROUBLE: tuple[dict[str, Any], ...] = (
    {"kind": "unavailable", "chance": 0.02, "times": None},
    {"kind": "drop_after", "chance": 0.01, "times": None},
    {"kind": "expired", "chance": 0.01},
    {"kind": "row", "chance": 0.01, "times": None},
)
EVERY_CALL = "/services/data/"
OF_EACH_CASE = """
SELECT "Case"."Handoff_Id__c", COUNT("Task"."Id")
FROM "Case" LEFT JOIN "Task" ON "Task"."WhatId" = "Case"."Id" GROUP BY "Case"."Id"
"""


class Bench:
    """The ways of a scenario take turns, so that what else the machine does happens to all of them."""

    def __init__(self, org: Served) -> None:
        self._org = org

    def result(self, scenario: Scenario) -> Result:
        runs: dict[str, list[tuple[Measured, Books]]] = {way: [] for way in scenario.ways}
        for repeat in range(scenario.repeats):
            for way, found in runs.items():
                print(f"{scenario.title}: {way}, {repeat + 1} of {scenario.repeats}", file=sys.stderr)
                found.append(self._run(scenario, way, repeat))
        return Result(scenario, tuple(_row(way, scenario, found) for way, found in runs.items()))

    def _run(self, scenario: Scenario, way: str, repeat: int) -> tuple[Measured, Books]:
        run = f"{scenario.title}/{way}/{repeat}"
        with tempfile.TemporaryDirectory(prefix="sf-handoff-bench-") as folder:
            if way in SEEDED:
                self._python("benchmarks.ours", folder, run, str(scenario.count))
            spec = Spec(way, run, scenario.count, folder, scenario.store)
            with self._faults(scenario, repeat):
                told = json.loads(self._python("benchmarks.one", given=json.dumps(asdict(spec))))
        return Measured(**told), self._books(keys(run, scenario.count))

    @contextmanager
    def _faults(self, scenario: Scenario, seed: int) -> Iterator[None]:
        """The latency of the scenario, or its trouble, until the block ends."""
        slow = {"kind": "hold_after", "seconds": scenario.latency, "times": None}
        ordered = [*(TROUBLE if scenario.trouble else ()), *([slow] if scenario.latency else ())]
        self._org.control("DELETE", f"faults?seed={seed}")
        for each in ordered:
            where = {} if each["kind"] == "row" else {"path": EVERY_CALL}
            self._org.control("POST", "faults", {**each, **where})
        yield
        self._org.control("DELETE", "faults")

    def _python(self, module: str, *arguments: str, given: str = "") -> str:
        own = {name: value for name, value in os.environ.items() if not name.startswith("SF_HANDOFF_")}
        ran = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={**own, **self._org.env},
            input=given,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise SystemExit(f"{module} ended with status {ran.returncode}.")
        return ran.stdout

    def _books(self, wanted: Sequence[str]) -> Books:
        """As the org's own database has it: no call is counted for it."""
        tasks: dict[str, list[int]] = {key: [] for key in wanted}
        with closing(sqlite3.connect(self._org.database)) as database:
            for key, number in database.execute(OF_EACH_CASE):
                if key in tasks:
                    tasks[key].append(number)
        return Books(
            cases=sum(map(len, tasks.values())),
            tasks=sum(map(sum, tasks.values())),
            doubled=sum(max(0, sum(each) - 1) for each in tasks.values()),
            lost=sum(not sum(each) for each in tasks.values()),
        )


def _row(way: str, scenario: Scenario, found: Sequence[tuple[Measured, Books]]) -> Row:
    return Row(way, scenario.count, tuple(each for each, _ in found), tuple(books for _, books in found))


def starts(commands: Mapping[str, Sequence[str]], repeats: int) -> Result:
    """How long programs take to start, without the bare interpreter's time."""
    runs: dict[str, list[Measured]] = {way: [] for way in commands}
    for _ in range(repeats):
        for way, found in runs.items():
            bare, bare_cpu = _started(("-c", ""))
            took, cpu = _started(commands[way])
            found.append(Measured([max(0.0, took - bare)], max(0.0, cpu - bare_cpu), 0, 0, 0, {}))
    rows = tuple(Row(way, 1, tuple(found)) for way, found in runs.items())
    return Result(Scenario("G", "G. Start-up", 1, tuple(commands), repeats), rows)


def _started(arguments: Sequence[str]) -> tuple[float, float]:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    took, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
