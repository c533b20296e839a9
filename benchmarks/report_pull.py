"""A day of the report, pulled by its Id, by query and by Bulk query: rows a second, API calls, peak memory.

    python -m benchmarks.report_pull [--rows 2000 60000]

Each pull is a process of its own, on an embedded org in this one. The last line is the verdict, the exit
status 0 or 1: memory must not grow with the rows.
https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sf_handoff

WAYS = ("report", "query", "bulk query")
# Between the fewest and the most rows, in kB.
MOST_GROWTH = 40 * 1024
SHORT, LONG = "The page is blank after signing in. " * 5, "The caller read the letter aloud. " * 20
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Measured:
    """What one pull did; memory in kB."""

    way: str
    rows: int
    calls: int
    seconds: float
    before: int
    peak: int

    @property
    def line(self) -> str:
        return (
            f"{self.way:<11} {self.rows:>8,} rows  {self.rows / self.seconds:>8,.0f} rows/s  "
            f"{self.calls:>4} calls  peak {self.peak / 1024:>6.1f} MB "
            f"(+{(self.peak - self.before) / 1024:.1f})"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[2_000, 60_000])
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if str(ROOT) not in sf_handoff.__path__:
        sf_handoff.__path__.append(str(ROOT))  # as cli.py does: the maps lie beside the package
    if given.child:
        print(json.dumps(asdict(pulled(json.load(sys.stdin)))))
        return 0
    found = [each for rows in given.rows for each in measured(rows)]
    for each in found:
        print(each.line)
    return verdict(found)


def verdict(found: Sequence[Measured]) -> int:
    grown = [way for way in WAYS if growth([each.peak for each in found if each.way == way]) > MOST_GROWTH]
    print(f"BAD: memory grows with the rows: {', '.join(grown)}" if grown else "GOOD: memory does not grow")
    return 1 if grown else 0


def growth(peaks: Sequence[int]) -> int:
    return max(peaks, default=0) - min(peaks, default=0)


def measured(rows: int) -> list[Measured]:
    """Each way on an org with so many cases in the day, one in five with a long text."""
    from tests.flow.reporting import fill, moments, staged

    with tempfile.TemporaryDirectory() as folder, staged(Path(folder)) as stage:
        opened = moments(rows)
        fill(stage.org, opened[::5], {"Description": LONG, "Status": "New"})
        fill(stage.org, [each for at, each in enumerate(opened) if at % 5], {"Description": SHORT})
        spec = {
            "org": stage.org.https,
            "client_id": stage.org.client_id,
            "username": stage.org.username,
            "private_key_file": str(stage.org.private_key_file),
            "audience": stage.org.audience,
            "ca_file": str(stage.org.ca_file),
            "allowed_hosts": "127.0.0.1",
        }
        report_id = stage.report_id()
        return [_in_a_process({"way": way, "report_id": report_id, "settings": spec}) for way in WAYS]


def _in_a_process(spec: dict[str, Any]) -> Measured:
    command = [sys.executable, "-m", "benchmarks.report_pull", "--child"]
    ran = subprocess.run(
        command, input=json.dumps(spec), capture_output=True, text=True, cwd=ROOT, check=False
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2000:])
    return Measured(**json.loads(ran.stdout))


def pulled(spec: dict[str, Any]) -> Measured:
    """One pull, whose rows are looked at once and let go."""
    from sf_handoff import pull
    from sf_handoff.adapters.assembly import open_salesforce
    from sf_handoff.adapters.opening import report_pull
    from sf_handoff.adapters.settings import Settings
    from sf_handoff.mapping import bundled
    from tests.flow.reporting import DAY

    pull.BULK_FROM = 0 if spec["way"] == "bulk query" else sys.maxsize
    org = open_salesforce(Settings(**spec["settings"]))
    puller = report_pull(org, bundled().report)
    before, started = _peak(), time.perf_counter()
    with puller.pull(DAY, spec["report_id"] if spec["way"] == "report" else "") as day:
        rows = sum(1 for each in day.rows())
        assert rows == day.count
        took = time.perf_counter() - started
        return Measured(spec["way"], rows, day.calls, took, before, _peak())


def _peak() -> int:
    """The high-water mark since this program began; that of getrusage begins with its parent's."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    assert found is not None
    return int(found[1])


if __name__ == "__main__":
    sys.exit(main())
