"""`sample day`: an invented day comes into the embedded org once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sf_handoff.adapters.assembly import EMBEDDED_FOLDER, start_embedded
from sf_handoff.commands import cli, in_words
from sf_handoff.embedded import Embedded
from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import MappingSet


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SF_HANDOFF_ORG", "embedded")
    monkeypatch.setenv("SF_HANDOFF_STORE", f"sqlite:///{tmp_path / 'place' / 'store.sqlite3'}")
    return tmp_path / "place"


def sample(*more: str) -> Result:
    return CliRunner().invoke(cli, ["sample", "day", "--date", "2026-11-20", *more])


def cases(store: Path, mappings: MappingSet) -> int:
    with start_embedded(store / EMBEDDED_FOLDER, mappings) as org:
        return len(org.records("Case"))


def test_a_day_comes_into_the_org_once(store: Path, mappings: MappingSet) -> None:
    said = [sample("--rows", "40").stdout for _ in range(2)]
    assert said[0].startswith("Friday, 20 November 2026, seed 1: 40 cases, all invented, came into")
    assert "40 cases, there already; nothing was added." in said[1]
    assert cases(store, mappings) == 40


def test_its_summary_as_json(store: Path) -> None:
    first, again = (json.loads(sample("--rows", "200", "--outage", "--json").stdout) for _ in range(2))
    assert list(first) == [
        "date", "rows", "seed", "outage", "added", "technical", "mistagged", "crisis", "tiers", "clusters",
        "report_id",
    ]  # fmt: skip
    assert (first["rows"], first["added"], again["added"]) == (200, 200, 0)
    assert again == first | {"added": 0}
    name, count = next(iter(first["clusters"].items()))
    assert name.startswith("outage-")
    assert 15 <= count <= 60
    assert first["technical"] == first["tiers"]["2"] + first["tiers"]["3"]
    assert first["report_id"].startswith("00O")


def test_another_seed_is_another_day_beside_it(store: Path, mappings: MappingSet) -> None:
    for seed in ("1", "2"):
        assert sample("--rows", "7", "--seed", seed).exit_code == 0
    assert cases(store, mappings) == 14


def test_the_same_day_of_another_size_is_refused(store: Path, mappings: MappingSet) -> None:
    sample("--rows", "7")
    refused = sample("--rows", "8")
    assert isinstance(refused.exception, Misconfigured)
    assert "the invented day 2026-11-20 of seed 1 already: 7 rows, without an outage" in str(
        refused.exception
    )
    assert cases(store, mappings) == 7


def test_a_day_without_cases(store: Path) -> None:
    said = sample("--rows", "0").stdout
    assert "seed 1: 0 cases, all invented, came into the embedded org." in said
    assert "technical" not in said


@pytest.mark.parametrize("org", ["https://example.my.salesforce.com", ""])
def test_any_other_org_is_refused(monkeypatch: pytest.MonkeyPatch, org: str) -> None:
    monkeypatch.setenv("SF_HANDOFF_ORG", org)
    refused = sample("--rows", "7").exception
    assert isinstance(refused, Misconfigured)
    assert "embedded org only" in in_words(refused)


def test_wrong_usage() -> None:
    assert CliRunner().invoke(cli, ["sample", "day", "--rows", "7"]).exit_code == 2
    assert sample("--rows", "-1").exit_code == 2
    assert sample().exit_code == 2


def test_the_served_org_names_its_report(org: Embedded) -> None:
    from sf_handoff.commands.serve import environment

    assert environment(org)["SF_HANDOFF_REPORT_ID"] == org.report_id
