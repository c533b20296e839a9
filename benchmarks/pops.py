"""How soon a screen pop is there: by code, by number, for nobody we know, and to eight callers at once.

The last line is the verdict, the exit status 0 or 1; it depends on what the pops say. One that is past the
hard stop says nothing, and so is wrong; else time never decides.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from benchmarks.peers import machine, write
from sf_handoff import Connector, IncomingCall, ScreenPop, Unavailable
from sf_handoff.adapters.assembly import open_store
from sf_handoff.adapters.settings import Settings
from sf_handoff.answering import Answering
from sf_handoff.calls.pop import could_not_check
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.connector import utc_now
from sf_handoff.in_time import POP_SECONDS, InTime
from sf_handoff.mapping import bundled

BEGIN, END = "<!-- pops -->", "<!-- /pops -->"
HANDOFFS, WARM_UP, THREADS = 500, 20, 8
# A hundred invented numbers each: 555-0100 to 555-0199.
AREAS = (503, 541, 206, 253, 360, 425, 509, 208, 406, 307, 605)
NOBODY = "+12125550100"
BOUND_MS, STOP_MS = 800, 1000 * POP_SECONDS


@dataclass(frozen=True)
class Asked:
    """One call, and what its pop must say: its level, and the handoff that it belongs to."""

    call: IncomingCall
    level: int
    handoff_id: str | None


@dataclass(frozen=True)
class Row:
    """One way of calling on one store. `wrong` pops say something else, or were late."""

    store: str
    way: str
    seconds: tuple[float, ...]
    wrong: int


class Away:
    """A Salesforce that cannot be reached: no pop needs it."""

    def composite(self, *given: Any) -> Any:
        raise Unavailable("away", code="UNREACHABLE")

    bulk_insert = composite

    def close(self) -> None:
        """There is nothing to close."""


class AtOnce(Answering):
    """Has one pop for everybody, ready."""

    def __init__(self) -> None:
        maps = bundled()
        self._ready = could_not_check(_call(NOBODY), ramps=maps.ramps, words=maps.pop, now=utc_now())

    def pop(self, call: IncomingCall) -> ScreenPop:
        return self._ready


class Measure:
    """A Connector on a store with live handoffs, each of another person with another number."""

    def __init__(self, connector: Connector, store: str, handoffs: int) -> None:
        self._connector, self._store = connector, store
        self._taps = [self._tap(number) for number in range(2 * handoffs + WARM_UP)]

    def rows(self) -> Iterator[Row]:
        """Each code works for one call: one half is dialled one by one, the other by all at once."""
        numbers = self._taps[WARM_UP:]
        half = len(numbers) // 2
        codes = [self._by_code(*each) for each in numbers]
        _timed(self._connector, [self._by_code(*each) for each in self._taps[:WARM_UP]], 1)
        yield self._row("by number", [self._by_number(*each) for each in numbers[:half]])
        yield self._row("by code", codes[:half])
        yield self._row("no match", [Asked(_call(NOBODY), 0, None) for _ in range(half)])
        yield self._row(f"by code, {THREADS} at once", codes[half:], THREADS)

    def _row(self, way: str, asked: Sequence[Asked], threads: int = 1) -> Row:
        print(f"{self._store}: {way}", file=sys.stderr)
        answers = _timed(self._connector, asked, threads)
        wrong = sum(_wrong(each, pop) for each, (_, pop) in zip(asked, answers, strict=True))
        return Row(self._store, way, tuple(took for took, _ in answers), wrong)

    def _tap(self, number: int) -> tuple[str, str, str]:
        """Hands one over: its id, its person's number and its code."""
        area, last = divmod(number, 100)
        phone = f"+1{AREAS[area]}55501{last:02}"
        person = {"icn": f"{2_000_000_000 + number}V100000", "first_name": "Jesse", "last_name": "Sample"}
        key = str(uuid.uuid4())
        tap = sample_handoff(at=datetime.now(UTC), handoff_id=key, veteran={**person, "phone": phone})
        code = self._connector.hand_off(tap).dial.code
        if code is None:
            raise SystemExit("A handoff has no code.")
        return key, phone, code

    def _by_code(self, key: str, phone: str, code: str) -> Asked:
        return Asked(_call(phone, digits=code), 4, key)

    def _by_number(self, key: str, phone: str, code: str) -> Asked:
        return Asked(_call(phone, attestation="A"), 2, key)


def _call(phone: str, **more: str) -> IncomingCall:
    return IncomingCall(str(uuid.uuid4()), phone, "+18008271000", **more)


def _timed(connector: Connector, asked: Sequence[Asked], threads: int) -> list[tuple[float, ScreenPop]]:
    def one(each: Asked) -> tuple[float, ScreenPop]:
        started = time.perf_counter()
        pop = connector.screen_pop(each.call)
        return time.perf_counter() - started, pop

    if threads == 1:
        return [one(each) for each in asked]
    with ThreadPoolExecutor(threads) as callers:
        return list(callers.map(one, asked))


def _wrong(asked: Asked, pop: ScreenPop) -> bool:
    return (pop.assurance.level, pop.handoff_ref) != (asked.level, asked.handoff_id)


@contextmanager
def connected(store: str) -> Iterator[Connector]:
    """A Connector of which only the store is real; its budget is the usual one."""
    with tempfile.TemporaryDirectory(prefix="sf-handoff-pops-") as folder:
        settings = Settings(org="embedded", store=store or f"sqlite:///{folder}/store.sqlite3")
        salesforce, opened = Away(), open_store(settings)
        with Connector(salesforce=salesforce, store=opened, mappings=bundled(), codes=True) as connector:
            yield connector


def budget_alone(count: int) -> Row:
    """What the budget costs a pop that is there at once."""
    in_time = InTime(AtOnce().pop, cast(Any, None), bundled(), utc_now, POP_SECONDS)
    seconds = []
    for _ in range(count):
        call, started = _call(NOBODY), time.perf_counter()
        in_time.pop(call)
        seconds.append(time.perf_counter() - started)
    return Row("none", "the budget alone", tuple(seconds), 0)


def measured(name: str, store: str, handoffs: int) -> list[Row]:
    print(f"{name}: keeping the handoffs", file=sys.stderr)
    with connected(store) as connector:
        return list(Measure(connector, name, handoffs).rows())


def on_postgresql(url: str, handoffs: int) -> list[Row]:
    """On the database given, else on a server of its own; none where there is no server to be had."""
    if url:
        return measured("PostgreSQL", url, handoffs)
    import pytest

    from tests import postgres

    try:
        with postgres.running(durable=True) as server, server.database() as name:
            return measured("PostgreSQL", server.url(name), handoffs)
    except pytest.skip.Exception:
        return []


def page(rows: Sequence[Row], before: dict[str, Any], after: dict[str, Any]) -> str:
    """The table, under what it was measured on."""
    on = "Python {python}, SQLite {sqlite}, {cores} cores of {system}; load average {load}".format_map(before)
    lines = [
        f"{on} when it began, {after['load']} when it ended.",
        f"In milliseconds; the bounds are {BOUND_MS} for p95 and {STOP_MS:,.0f} for the slowest.",
        "",
        "| Store | Call | Pops | p50 | p95 | p99 | slowest | late or wrong |",
        "|--|--|--:|--:|--:|--:|--:|--:|",
        *map(_line, rows),
    ]
    if not any(row.store == "PostgreSQL" for row in rows):
        lines += ["", "PostgreSQL was skipped: its server or its driver is not installed here."]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    times = sorted(1000 * each for each in row.seconds)
    said = (f"{percentile(times, share):,.2f}" for share in (0.5, 0.95, 0.99, 1.0))
    return f"| {row.store} | {row.way} | {len(times)} | {' | '.join(said)} | {row.wrong} |"


def percentile(ordered: Sequence[float], share: float) -> float:
    """The least value that this share of all does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def verdict(rows: Sequence[Row]) -> int:
    """Says it, and returns the exit status."""
    found = [f"{row.store}, {row.way}: {row.wrong} late or wrong" for row in rows if row.wrong]
    print(f"FAILED: {'; '.join(found)}" if found else "PASSED")
    return 1 if found else 0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.pops")
    parser.add_argument(
        "--handoffs", type=int, default=HANDOFFS, help="pops of each kind, 540 at most (default: 500)"
    )
    parser.add_argument(
        "--postgresql", default="", help="URL of an empty database; default a server of its own"
    )
    parser.add_argument("--write", type=Path, help="write the table into this page, between its marks")
    return parser.parse_args()


def main() -> int:
    asked = options()
    before = machine()
    rows = [
        budget_alone(asked.handoffs),
        *measured("SQLite", "", asked.handoffs),
        *on_postgresql(asked.postgresql, asked.handoffs),
    ]
    text = page(rows, before, machine())
    print(text)
    if asked.write:
        write(asked.write, text, BEGIN, END)
    return verdict(rows)


if __name__ == "__main__":
    sys.exit(main())
