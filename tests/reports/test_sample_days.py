"""Triage of generated days: an outage is one cluster, and nothing personal comes out of it."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from benchmarks.triage_quality import outage_of, qualities, table
from sf_handoff.mapping import bundled
from sf_handoff.reports.triage import Triage
from sf_handoff.reports.triaged import triage_day

pytestmark = pytest.mark.skipif(
    find_spec("sf_handoff.reports.sample_day") is None, reason="the generator of report days is not there"
)
SEEDS = (1, 2, 3)


def test_the_days_outage_is_one_cluster_and_the_unrelated_stay_out() -> None:
    for seed, found in qualities(SEEDS, 400, outage=True):
        outage = outage_of(found)
        assert outage.right >= 10, seed
        assert outage.recall >= 0.95, seed
        assert outage.precision >= 0.95, seed


def test_technical_cases_are_found_with_and_without_an_outage() -> None:
    for outage in (False, True):
        for seed, found in qualities(SEEDS, 400, outage=outage):
            assert found.technical.recall >= 0.9, seed
            assert found.technical.precision >= 0.9, seed
            assert found.tier_share >= 0.95, seed


def test_the_table_has_a_line_for_each_day_and_one_for_all() -> None:
    lines = list(table("outage days", qualities(SEEDS[:2], 120, outage=True), outage=True))
    assert [line.split()[0] for line in lines] == ["outage", "seed", "seed", "all"]
    assert lines[-1].startswith("all 240 rows")


@pytest.fixture(scope="module")
def cases() -> list[Any]:
    sample_day = import_module("sf_handoff.reports.sample_day").sample_day
    return list(sample_day(date(2026, 11, 20), 2000, 7, outage=True))


def test_nothing_personal_comes_out(cases: list[Any]) -> None:
    """What is shown of flags and clusters holds no string of those that must not leave."""
    maps = bundled()
    found = triage_day((case.row for case in cases), Triage(maps.triage, maps.report.own_record_types))
    shown = " ".join(
        str(text)
        for texts in (
            *((*flag.rules, *flag.why, flag.mistagged) for flag in found.flags),
            *((each.fingerprint, each.product, each.page, each.signature, each.symptom, each.words, each.alert) for each in found.clusters),
            *((near.words for near in each.near) for each in found.clusters),
        )
        for text in texts
    ).lower()  # fmt: skip
    personal = {text.lower() for case in cases for text in case.truth.personal if len(text) > 3}
    assert personal
    assert sorted(text for text in personal if text in shown) == []


def test_every_crisis_is_flagged_and_read_first(cases: list[Any]) -> None:
    found = triage_day((case.row for case in cases), Triage(bundled().triage))
    wanted = {case.row.case_number for case in cases if case.truth.crisis}
    assert wanted
    assert wanted <= set(found.crisis)
    assert [flag.case_number for flag in found.flags][: len(found.crisis)] == list(found.crisis)
