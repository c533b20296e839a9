"""The programs in `benchmarks/` run, and their verdicts can be negative. How fast this machine is, is not told."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import peers, report_pull, results
from benchmarks.mix import Mix
from benchmarks.one import Measured
from benchmarks.results import Result, Row, Scenario
from benchmarks.serve_load import Answered, Books, Figures, faults, report
from sf_handoff.embedded import Embedded
from tests.conftest import ROOT

GOOD = Figures(
    rate=2.0,
    wanted=60,
    took=30.0,
    answered=(Answered("query", 0.002, late=False, problem=""),) * 60,
    memory=(90_000,) * 10 + (95_000,) * 20,
    org=Books(60, 5, 3),
    ours=Books(60, 5, 3),
)


def test_the_load_on_serve_ends_without_error_and_with_books_that_agree() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.serve_load", "--rate", "40", "--seconds", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "requests   80 due, 80 ended\nerrors     0\n" in ran.stdout, ran.stderr
    books = re.search(
        r"calls +(\d+) .*, (\d+) sent\nrecords +(\d+) .* (\d+) keys, (\d+) .* (\d+) keys", ran.stdout
    )
    assert books, ran.stdout
    calls, sent, cases, case_keys, tasks, task_keys = map(int, books.groups())
    assert calls == sent == 80
    assert cases == case_keys > tasks == task_keys > 0
    assert ran.stdout.splitlines()[-1].startswith(("PASSED", "FAILED: too slow"))


def test_records_are_found_by_an_index_however_many_there_are(org: Embedded) -> None:
    with closing(sqlite3.connect(org.ca_file.with_name("org.sqlite3"))) as database:
        for table, column in (
            ("Case", "Handoff_Id__c"),
            ("Case", "Id"),
            ("Task", "WhatId"),
            ("Contact", "ICN__c"),
        ):
            plan = database.execute(f'EXPLAIN QUERY PLAN SELECT * FROM "{table}" WHERE "{column}" = ?', ("",))
            assert [row[3].split(" USING ")[0] for row in plan] == [f"SEARCH {table}"]


def test_the_load_has_the_mix_that_is_promised() -> None:
    asked = [Mix().request(number) for number in range(40)]
    assert [each.method for each in asked].count("PATCH") == 20
    assert [each.path.endswith("/composite") for each in asked].count(True) == 10
    assert ["/query?q=SELECT" in each.path for each in asked].count(True) == 10


def test_a_good_run_passes() -> None:
    assert faults(GOOD) == []
    assert GOOD.growth == 0


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (
            replace(GOOD, answered=(*GOOD.answered[1:], replace(GOOD.answered[0], problem="HTTP 500"))),
            "errors",
        ),
        (replace(GOOD, wanted=61), "requests without an end"),
        (replace(GOOD, org=Books(61, 5, 3)), "the books differ"),
        (replace(GOOD, org=Books(60, 6, 3)), "the books differ"),
        (replace(GOOD, org=None), "the books differ"),
        (replace(GOOD, took=31.0), "too slow"),
        (replace(GOOD, memory=(90_000,) * 20 + (93_100,) * 10), "memory grows"),
    ],
)
def test_what_is_wrong_is_said(figures: Figures, said: str) -> None:
    assert faults(figures) == [said]


def test_an_org_that_is_gone_is_no_reason_to_say_nothing() -> None:
    assert report(replace(GOOD, org=None))[-1] == "books      not known: the org does not say"


def test_memory_is_not_judged_before_there_is_enough_of_it() -> None:
    for memory in ((), (90_000,) * 10 + (190_000,) * 19):
        figures = replace(GOOD, memory=memory)
        assert figures.growth is None and faults(figures) == []
    assert "memory     not known: this system has no /proc" in report(replace(GOOD, memory=()))


MEASURED = Measured(seconds=[0.002, 0.004], cpu=0.004, calls=2, before=90_000, peak=92_048, more={})
IN_ORDER = results.Books(cases=2, tasks=2, doubled=0, lost=0)


def result(letter: str, way: str = "ours", books: results.Books = IN_ORDER, **measured: Any) -> Result:
    scenario = Scenario(letter, "Some scenario", 2, (way,), 1)
    return Result(scenario, (Row(way, 2, (replace(MEASURED, **measured),), (books,)),))


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any], str]:
    """What `benchmarks.peers` printed, its JSON and the page that it wrote its tables into."""
    folder = tmp_path_factory.mktemp("peers")
    page, told = folder / "page.md", folder / "told.json"
    page.write_text(f"before\n{peers.BEGIN}\nold\n{peers.END}\nafter\n", "utf-8")
    command = [sys.executable, "-m", "benchmarks.peers", "--quick", "--json", str(told), "--write", str(page)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout, json.loads(told.read_text("utf-8")), page.read_text("utf-8")


def test_ours_and_peers_make_as_many_calls_as_is_said(quick: tuple[str, dict[str, Any], str]) -> None:
    printed, told, _ = quick
    calls = {
        (each["scenario"]["letter"], row["way"]): [run["calls"] for run in row["runs"]]
        for each in told["results"]
        for row in each["rows"]
    }
    assert calls[("A", "ours")] == [5]
    assert calls[("A", "simple-salesforce, rows")] == calls[("A", "aiosalesforce, rows")] == [15]
    assert calls[("A", "simple-salesforce, composite by hand")] == [5]
    assert calls[("A", "aiosalesforce, composite")] == [5]
    assert calls[("B", "ours, resync")] == [3]
    assert calls[("B", "simple-salesforce, collections by hand")] == [2]
    assert calls[("L", "ours, gate closed")] == [0]
    assert printed.splitlines()[-1] == "PASSED"


def test_every_way_wrote_what_it_had_to(quick: tuple[str, dict[str, Any], str]) -> None:
    for each in quick[1]["results"]:
        for row in each["rows"]:
            if each["scenario"]["letter"] in ("A", "B", "D"):
                count = row["count"]
                assert row["books"] == [{"cases": count, "tasks": count, "doubled": 0, "lost": 0}], row["way"]


def test_the_tables_are_written_between_the_marks(quick: tuple[str, dict[str, Any], str]) -> None:
    printed, _, page = quick
    tables = printed.removesuffix("\nPASSED\n")
    assert page == f"before\n{peers.BEGIN}\n{tables}{peers.END}\nafter\n"
    assert "| **ours** | 5 | 1.00 |" in page


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"no end\n{peers.BEGIN}\n", "utf-8")
    with pytest.raises(SystemExit, match="marks"):
        peers.write(page, "tables")
    assert page.read_text("utf-8") == f"no end\n{peers.BEGIN}\n"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (result("A", calls=3), "3 API calls, 2 at most"),
        (result("B", way="ours, resync", calls=4), "4 API calls, 3 at most"),
        (result("B2", calls=31), "31 API calls, 30 at most"),
        (result("L", calls=1), "1 API calls, 0 at most"),
        (result("D", books=replace(IN_ORDER, lost=1)), "1 lost, 0 doubled, 2 Cases of 2"),
        (result("B2", books=replace(IN_ORDER, doubled=1)), "0 lost, 1 doubled, 2 Cases of 2"),
        (result("A", books=replace(IN_ORDER, cases=1)), "0 lost, 0 doubled, 1 Cases of 2"),
    ],
)
def test_ours_is_judged_by_exact_numbers(found: Result, said: str) -> None:
    (problem,) = results.faults([found])
    assert problem.endswith(said)


@pytest.mark.parametrize(
    "found",
    [
        result("A"),
        result("B2", calls=30),
        result("A", seconds=[3600.0], cpu=3600.0),
        result("D", way="simple-salesforce, try/except", books=replace(IN_ORDER, lost=2)),
        result("B", way="ours, resync, 4 in flight", calls=13),
    ],
)
def test_neither_time_nor_a_peer_is_judged(found: Result) -> None:
    assert results.faults([found]) == []
    assert peers.verdict([found]) == 0


def test_a_table_has_the_others_in_proportion_to_ours() -> None:
    ours = result("A").rows[0]
    other = replace(ours, way="other", runs=(replace(MEASURED, calls=6, cpu=0.002),))
    shown = results.table(Result(Scenario("A", "One", 2, ("ours", "other"), 1), (ours, other)))
    assert shown[2:] == [
        "| **ours** | 2 | 1.00 | 3.0 | 2.0 | 1.00 | 2.00 | 1.00 |",
        "| other | 6 | 3.00 | 3.0 | 2.0 | 1.00 | 1.00 | 0.50 |",
    ]


def test_a_day_is_pulled_in_every_way() -> None:
    command = [sys.executable, "-m", "benchmarks.report_pull", "--rows", "3", "12"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(" rows ") == 2 * len(report_pull.WAYS)
    assert ran.stdout.splitlines()[-1].startswith("GOOD")


@pytest.mark.parametrize(("peak", "judged"), [(140_960, 0), (140_961, 1)])
def test_memory_that_grows_with_the_rows_is_bad(peak: int, judged: int) -> None:
    small = report_pull.Measured("query", 2_000, 3, 1.0, 90_000, 100_000)
    assert report_pull.verdict([small, replace(small, rows=60_000, peak=peak)]) == judged
