"""`benchmarks/torture.py` loses and doubles nothing, and would notice: its longer runs are in docs/reliability.md."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.conftest import ROOT

SUM = re.compile(r"kept (\d+) delivered (\d+) parked (\d+) lost (\d+) doubled (\d+)")


def tortured(*options: str) -> tuple[subprocess.CompletedProcess[str], list[int]]:
    """The run, and the numbers of its last line: kept, delivered, parked, lost, doubled."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.torture", "--workers", "4", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    found = SUM.fullmatch(ran.stdout.splitlines()[-1] if ran.stdout else "")
    assert found, ran.stdout + ran.stderr
    return ran, [int(each) for each in found.groups()]


def test_nothing_is_lost_or_doubled_amid_faults_and_kills() -> None:
    """K07, A05, A01: seconds of it; the row's full length is what the program is for."""
    ran, (kept, delivered, parked, lost, doubled) = tortured("--minutes", "0.17", "--seed", "7")
    assert ran.returncode == 0, ran.stdout
    assert (lost, doubled) == (0, 0)
    assert kept == delivered + parked > 0
    kills = re.search(r"(\d+) kills", ran.stdout)
    assert kills and int(kills[1]) >= 5, ran.stdout


def test_without_our_key_it_finds_doubles() -> None:
    """K07: proves the books of the test above: plain creates, repeated blindly, double handoffs, and it says so."""
    ran, (kept, *_, doubled) = tortured("--minutes", "0.17", "--seed", "7", "--mode", "create")
    assert ran.returncode == 1
    assert kept > 0
    assert doubled > 0, ran.stdout
    assert "doubled    " in ran.stdout
