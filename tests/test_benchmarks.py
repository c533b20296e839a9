"""The programs in `benchmarks/` run, and their verdicts can be negative. How fast this machine is, is not told."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from benchmarks.mix import Mix
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
