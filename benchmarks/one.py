"""One run of one way, in an interpreter of its own: what it did is printed as JSON.

`python -m benchmarks.one`, with the org in the environment and the rest as JSON on standard input.
https://man7.org/linux/man-pages/man2/getrusage.2.html
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.served import Served
from benchmarks.workload import Work, work

Act = Callable[[Any], object]
WARM_UP = 5


@dataclass(frozen=True)
class Spec:
    """`run` names the handoffs, `folder` is for the store, `store` is its URL if it is not in there."""

    way: str
    run: str
    count: int
    folder: str
    store: str = ""


@dataclass(frozen=True)
class Measured:
    """`seconds` of each step, `cpu` and `calls` of all; memory in kB, before and at its peak."""

    seconds: list[float]
    cpu: float
    calls: int
    before: int
    peak: int
    more: dict[str, int]


def peers(name: str) -> Callable[[Served, Spec], Act]:
    def opened(org: Served, spec: Spec) -> Act:
        from benchmarks import ways

        if name.startswith("aio_"):
            client = ways.Aio(org)
            act = getattr(client, name.removeprefix("aio_"))
            return lambda given: client.run(partial(act, given))
        faulty = name in ("skipping", "retrying")
        return partial(getattr(ways, name), ways.SignedIn(org) if faulty else ways.simple(org))

    return opened


def ours_one(org: Served, spec: Spec) -> Act:
    from benchmarks import ours

    connector = ours.opened(Path(spec.folder), spec.store)
    return lambda each: connector.hand_off(each.payload)


def ours_gate(org: Served, spec: Spec) -> Act:
    """Salesforce is away, and one handoff has found out."""
    act = ours_one(org, spec)
    org.control("POST", "faults", {"kind": "unavailable", "times": None, "headers": {"Retry-After": "600"}})
    return act


def ours_resync(in_flight: int) -> Callable[[Served, Spec], Act]:
    def opened(org: Served, spec: Spec) -> Act:
        from benchmarks import ours

        connector = ours.opened(Path(spec.folder))
        return lambda given: ours.resync(connector, in_flight)

    return opened


def ours_faults(org: Served, spec: Spec) -> Act:
    from benchmarks import ours

    return partial(ours.through_faults, ours.opened(Path(spec.folder)))


# Those that do one tap at a time, each of which is timed; those that do all at once; and those that send what
# their store has already.
ONE: dict[str, Callable[[Served, Spec], Act]] = {
    "ours": ours_one,
    "ours, gate closed": ours_gate,
    "simple-salesforce, rows": peers("rows"),
    "simple-salesforce, composite by hand": peers("composed"),
    "aiosalesforce, rows": peers("aio_rows"),
    "aiosalesforce, composite": peers("aio_composed"),
}
ALL: dict[str, Callable[[Served, Spec], Act]] = {
    "ours, live and resync": ours_faults,
    "simple-salesforce, row loop": peers("row_loop"),
    "simple-salesforce, collections by hand": peers("collections"),
    "simple-salesforce, bulk2 by hand": peers("bulk"),
    "simple-salesforce, try/except": peers("skipping"),
    "simple-salesforce and tenacity": peers("retrying"),
    "aiosalesforce, rows, 25 in flight": peers("aio_side_by_side"),
}

SEEDED: dict[str, Callable[[Served, Spec], Act]] = {
    "ours, resync": ours_resync(1),
    "ours, resync, 4 in flight": ours_resync(4),
}


def measured(org: Served, spec: Spec) -> Measured:
    if spec.way in SEEDED:
        return _timed(org, SEEDED[spec.way](org, spec), [[]])
    given = work(org, spec.run, spec.count)
    if spec.way in ALL:
        return _timed(org, ALL[spec.way](org, spec), [given])
    warm_up = work(org, f"{spec.run} warm-up", WARM_UP, first=spec.count)
    act = ONE[spec.way](org, spec)
    for each in warm_up:
        act(each)
    return _timed(org, act, given)


def _timed(org: Served, act: Act, given: Sequence[list[Work] | Work]) -> Measured:
    calls, before, peak = org.api_calls(), _cpu(), _peak()
    seconds, more = [], None
    for each in given:
        started = time.perf_counter()
        more = act(each)
        seconds.append(time.perf_counter() - started)
    told: Any = more if isinstance(more, dict) else {}
    return Measured(seconds, _cpu() - before, org.api_calls() - calls, peak, _peak(), told)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    print(json.dumps(asdict(measured(Served(0, dict(os.environ)), Spec(**json.load(sys.stdin))))))
