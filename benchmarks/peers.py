"""Ours against other clients, on the embedded org: API calls, time, processor time, what is lost or doubled.

The last line is the verdict, the exit status 0 or 1; it depends on exact numbers only, never on time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench, starts
from benchmarks.results import Result, Scenario, faults, table
from benchmarks.served import served
from benchmarks.workload import PEOPLE, plant_people

BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
LATENCY = 0.05
PACKAGES = ("simple-salesforce", "aiosalesforce", "tenacity", "requests", "SQLAlchemy", "pydantic")

HANDOFF = (
    "ours",
    "simple-salesforce, rows",
    "simple-salesforce, composite by hand",
    "aiosalesforce, rows",
    "aiosalesforce, composite",
)
RESYNC = ("ours, resync", "ours, resync, 4 in flight")
BY_HAND = "simple-salesforce, collections by hand"
LOOPS = ("simple-salesforce, row loop", "aiosalesforce, rows, 25 in flight")
BULK = ("ours, resync", "simple-salesforce, bulk2 by hand")
FAULTY = ("ours, live and resync", "simple-salesforce, try/except", "simple-salesforce and tenacity")
AWAY = ("ours, gate closed",)
STARTS = {
    "ours, all that a Connector uses": ("-c", "import sf_handoff.adapters.assembly, mappings"),
    "ours, `from sf_handoff import Connector`": ("-c", "from sf_handoff import Connector"),
    "ours, `import sf_handoff`": ("-c", "import sf_handoff"),
    "ours, `sf-handoff --version`": ("-m", "sf_handoff", "--version"),
    "`import simple_salesforce`": ("-c", "import simple_salesforce"),
    "`import aiosalesforce`": ("-c", "import aiosalesforce"),
}


def full(repeats: int) -> list[Scenario]:
    def handoff(count: int, latency: float) -> Scenario:
        title = f"A. One handoff, {latency * 1000:.0f} ms"
        return Scenario("A", title, count, HANDOFF, repeats, latency)

    def resync(count: int, latency: float, loops: tuple[str, ...] = LOOPS) -> Scenario:
        title = f"B. {count:,} due handoffs, {latency * 1000:.0f} ms"
        return Scenario("B", title, count, (*RESYNC, BY_HAND, *loops), repeats, latency)

    return [
        handoff(60, 0),
        handoff(15, LATENCY),
        resync(100, 0),
        resync(100, LATENCY),
        resync(1000, 0),
        resync(1000, LATENCY, LOOPS[1:]),  # one after the other takes ten times as long as for 100
        Scenario("B2", "B2. 10,000 due handoffs by Bulk API 2.0", 10_000, BULK, 1),
        Scenario("D", "D. 500 handoffs, faults", 500, FAULTY, repeats, trouble=True),
        Scenario("L", "L. Salesforce away, SQLite", 100, AWAY, repeats),
    ]


def quick() -> list[Scenario]:
    return [
        Scenario("A", "A. One handoff, 0 ms", 5, HANDOFF, 1),
        Scenario("B", "B. 60 due handoffs, 0 ms", 60, (RESYNC[0], BY_HAND), 1),
        Scenario("D", "D. 30 handoffs, faults", 30, FAULTY[:1], 1, trouble=True),
        Scenario("L", "L. Salesforce away, SQLite", 5, AWAY, 1),
    ]


def measure(scenarios: Sequence[Scenario], repeats: int) -> list[Result]:
    with served() as org:
        plant_people(org, PEOPLE)
        bench = Bench(org)
        return [*(bench.result(each) for each in scenarios), starts(STARTS, repeats)]


def machine() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.system(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "packages": {name: version(name) for name in PACKAGES},
    }


def page(results: Sequence[Result], before: dict[str, Any], after: dict[str, Any]) -> str:
    """The tables, under what they were measured on."""
    on = "Python {python}, SQLite {sqlite}, {cores} cores of {system}; load average {load}".format_map(before)
    packages = ", ".join(f"{name} {number}" for name, number in before["packages"].items())
    lines = [f"{on} when it began, {after['load']} when it ended. {packages}."]
    for result in results:
        lines += ["", *table(result)]
    return "\n".join(lines) + "\n"


def told(results: Sequence[Result], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """All of it. A database's URL may hold a password, and stays here."""
    nameless = [replace(each, scenario=replace(each.scenario, store="")) for each in results]
    return {"before": before, "after": after, "results": [asdict(each) for each in nameless]}


def write(path: Path, text: str, opens: str = BEGIN, closes: str = END) -> None:
    """Puts the tables between the two marks of a page."""
    before, begin, rest = path.read_text("utf-8").partition(opens)
    _, end, after = rest.partition(closes)
    if not (begin and end):
        raise SystemExit(f"{path}: the marks {opens} and {closes} are not there.")
    path.write_text(f"{before}{begin}\n{text}{end}{after}", "utf-8")


def verdict(results: Sequence[Result]) -> int:
    """Says it, and returns the exit status."""
    found = faults(results)
    print(f"FAILED: {'; '.join(found)}" if found else "PASSED")
    return 1 if found else 0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.peers")
    parser.add_argument("--quick", action="store_true", help="small sizes, once: for the exact numbers only")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each way (default: 3)")
    parser.add_argument("--only", default="", help="scenarios by their letters, as in A,B2")
    parser.add_argument("--postgresql", default="", help="URL of an empty database, for L on it as well")
    parser.add_argument("--json", type=Path, help="write all that was measured to this file")
    parser.add_argument("--write", type=Path, help="write the tables into this page, between its marks")
    return parser.parse_args()


def main() -> int:
    asked = options()
    repeats = 1 if asked.quick else asked.repeats
    scenarios = quick() if asked.quick else full(repeats)
    if asked.postgresql:
        title = "L. Salesforce away, PostgreSQL"
        scenarios.append(Scenario("L", title, 100, AWAY, repeats, store=asked.postgresql))
    only = set(filter(None, asked.only.split(",")))
    before = machine()
    results = measure([each for each in scenarios if not only or each.letter in only], repeats)
    after = machine()
    text = page(results, before, after)
    print(text)
    if asked.json:
        asked.json.write_text(json.dumps(told(results, before, after), indent=1) + "\n", "utf-8")
    if asked.write:
        write(asked.write, text)
    return verdict(results)


if __name__ == "__main__":
    sys.exit(main())
