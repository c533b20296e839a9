"""`benchmarks/pops.py` runs, says what it measured, and its verdict can be negative. No time is judged."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import peers, pops
from benchmarks.pops import NOBODY, Asked, Row
from sf_handoff import IncomingCall
from tests.calls.pops import POPS
from tests.conftest import ROOT

WAYS = ("by number", "by code", "no match", "by code, 8 at once")
RIGHT = Row("SQLite", "by code", (0.002, 0.001, 0.004, 0.003), 0)
ON = {"python": "3.11", "sqlite": "3.40", "cores": 2, "system": "Linux", "load": 0.1}


def test_all_pops_are_right_and_stand_in_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{pops.BEGIN}\nold\n{pops.END}\nafter\n", "utf-8")
    command = [sys.executable, "-m", "benchmarks.pops", "--handoffs", "9", "--write", str(page)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    written = page.read_text("utf-8")
    stores = ["SQLite"] if "PostgreSQL was skipped" in written else ["SQLite", "PostgreSQL"]
    rows = [line.split(" | ") for line in written.splitlines() if line.startswith("| ")][1:]
    assert [tuple(row[:3]) for row in rows] == [
        ("| none", "the budget alone", "9"),
        *((f"| {store}", way, "9") for store in stores for way in WAYS),
    ]
    assert all(row[-1] == "0 |" for row in rows)
    assert written.startswith(f"before\n{pops.BEGIN}\nPython 3.")
    assert written.endswith(f"{pops.END}\nafter\n")
    assert ran.stdout.splitlines()[-1] == "PASSED"


def test_what_is_late_or_wrong_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert pops.verdict([RIGHT]) == 0
    assert pops.verdict([RIGHT, replace(RIGHT, wrong=2)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "FAILED: SQLite, by code: 2 late or wrong"


@pytest.mark.parametrize(
    ("said", "level", "found", "wrong"),
    [
        ("level-four", 4, True, False),
        ("level-four", 2, True, True),
        ("level-four", 4, False, True),
        ("no-match", 0, False, False),
        ("could-not-check", 4, True, True),
    ],
)
def test_a_pop_must_name_the_right_handoff_at_the_right_level(
    said: str, level: int, found: bool, wrong: bool
) -> None:
    key = POPS["level-four"]().handoff_ref if found else None
    assert pops._wrong(Asked(IncomingCall("c-1", NOBODY), level, key), POPS[said]()) is wrong


def test_however_slow_it_passes() -> None:
    assert pops.verdict([replace(RIGHT, seconds=(3600.0,))]) == 0


def test_shares_are_of_what_was_measured() -> None:
    line = pops._line(RIGHT)
    assert line == "| SQLite | by code | 4 | 2.00 | 4.00 | 4.00 | 4.00 | 0 |"
    hundred = list(map(float, range(1, 101)))
    assert [pops.percentile(hundred, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]


def test_without_postgresql_the_page_says_so() -> None:
    assert "PostgreSQL was skipped" in pops.page([RIGHT], ON, ON)
    assert "skipped" not in pops.page([RIGHT, replace(RIGHT, store="PostgreSQL")], ON, ON)


def test_the_page_of_the_docs_has_the_marks(tmp_path: Path) -> None:
    copy = tmp_path / "performance.md"
    copy.write_text((ROOT / "docs" / "performance.md").read_text("utf-8"), "utf-8")
    peers.write(copy, "the table\n", pops.BEGIN, pops.END)
    assert f"{pops.BEGIN}\nthe table\n{pops.END}" in copy.read_text("utf-8")
