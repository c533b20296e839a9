"""Answers of report runs, read: made ones, and the recorded ones of a real org."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.errors import Misconfigured, Uncertain
from sf_handoff.reports.cells import plain, shown
from sf_handoff.reports.columns import Kind
from sf_handoff.reports.runs import checked
from tests.needs import needs
from tests.reports.answers import answer, fact, group, tabular

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "salesforce"
SUMMARY = answer(
    {
        "T!T": fact(3),
        "0!T": fact(2),
        "0_0!T": fact(1, ("a", "b")),
        "0_1!T": fact(1, ("c", "d")),
        "1!T": fact(1),
        "1_0!T": fact(1, ("e", "f")),
    },
    (group("0", "New", group("0_0", "Phone"), group("0_1", "Web")), group("1", "Old", group("1_0", "Web"))),
)


def values(run: Any) -> list[dict[str, Any]]:
    return [{name: cell["value"] for name, cell in row.items()} for row in checked(run).rows()]


def test_a_tabular_run() -> None:
    run = checked(tabular(("a", "b"), ("c", "d")))
    assert (run.total, run.shown, run.cut_off, run.adds_up) == (2, 2, False, True)
    assert values(run.answer) == [{"A": "a", "B": "b"}, {"A": "c", "B": "d"}]


def test_rows_of_a_summary_stand_in_its_innermost_groups_and_have_their_values() -> None:
    run = checked(SUMMARY)
    assert (run.total, run.shown, run.cut_off, run.adds_up) == (3, 3, False, True)
    assert values(SUMMARY) == [
        {"G0": "New", "G1": "Phone", "A": "a", "B": "b"},
        {"G0": "New", "G1": "Web", "A": "c", "B": "d"},
        {"G0": "Old", "G1": "Web", "A": "e", "B": "f"},
    ]


def test_rows_that_an_outer_group_repeats_are_read_once() -> None:
    repeated = {**SUMMARY["factMap"], "0!T": fact(2, ("a", "b"), ("c", "d"))}
    assert len(values({**SUMMARY, "factMap": repeated})) == 3


def test_the_day_around_a_moment_is_no_value_of_it() -> None:
    by_day = [{"name": "G0", "dateGranularity": "Day"}, {"name": "G1", "dateGranularity": "None"}]
    metadata = {**SUMMARY["reportMetadata"], "groupingsDown": by_day}
    assert set(values({**SUMMARY, "reportMetadata": metadata})[0]) == {"G1", "A", "B"}


@pytest.mark.parametrize("wrong", ["T!T", "0!T", "1_0!T"])
def test_sub_counts_that_do_not_add_up(wrong: str) -> None:
    rows = SUMMARY["factMap"][wrong]["rows"]
    facts = {**SUMMARY["factMap"], wrong: {**fact(7), "rows": rows}}
    assert not checked({**SUMMARY, "factMap": facts}).adds_up


@pytest.mark.parametrize(
    ("rows", "all_data", "cut_off"),
    [(1999, True, False), (2000, True, True), (1999, False, True), (3, None, True), (3, "true", True)],
)
def test_what_is_taken_for_cut_off(rows: int, all_data: object, cut_off: bool) -> None:
    assert checked(tabular(*[("a", "b")] * rows, allData=all_data)).cut_off is cut_off


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"factMap": {}}, "BAD_ANSWER"),
        ({"factMap": {"T!T": fact(1, ("a",))}}, "BAD_ANSWER"),
        ({"factMap": {"T!T": {"aggregates": [{"value": "1"}], "rows": []}}}, "BAD_ANSWER"),
        ({"factMap": {"T!T": {**fact(1), "rows": [{}]}}}, "BAD_ANSWER"),
        ({"factMap": {"T!T": {**fact(1), "rows": [{"dataCells": ["a", "b"]}]}}}, "BAD_ANSWER"),
        ({"factMap": None}, "BAD_ANSWER"),
        ({"reportMetadata": None}, "BAD_ANSWER"),
        ({"groupingsDown": {"groupings": [{"label": "x"}]}}, "BAD_ANSWER"),
        ({"hasDetailRows": False}, "REPORT_FORMAT"),
    ],
)
def test_an_answer_that_cannot_be_read(changes: dict[str, Any], code: str) -> None:
    with pytest.raises((Uncertain, Misconfigured)) as refused:
        list(checked({**tabular(("a", "b")), **changes}).rows())
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("kind", "said"), [("MATRIX", "a matrix"), ("MULTI_BLOCK", "joined"), ("X", "unknown")]
)
def test_formats_that_are_not_read_are_refused_by_name(kind: str, said: str) -> None:
    metadata = {**tabular()["reportMetadata"], "reportFormat": kind}
    with pytest.raises(Misconfigured, match=said) as refused:
        checked({**tabular(), "reportMetadata": metadata})
    assert refused.value.code == "REPORT_FORMAT"


# Recorded runs


def recorded(name: str) -> Any:
    path = FOLDER / "salesforce-reporting" / f"{name}.json"
    needs(path.exists(), f"no recorded run at {path}")
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("name", ["matrix_basic", "matrix_complex"])
def test_the_recorded_matrices_are_refused(name: str) -> None:
    with pytest.raises(Misconfigured, match="a matrix"):
        checked(recorded(name))


def test_the_recorded_tabular_run_is_read() -> None:
    run = checked(recorded("tabular_basic"))
    rows = list(run.rows())
    assert (len(rows), run.total, run.cut_off, run.adds_up) == (20, 20, False, True)
    first = rows[0]
    assert first["LAST_NAME"]["value"].startswith("003")
    assert shown(Kind.TEXT, first["LAST_NAME"]) == first["LAST_NAME"]["label"]
    assert str(shown(Kind.TEXT, first["ADDRESS2_STREET"])).count("\n") == 2
    assert shown(Kind.TEXT, first["ADDRESS2_CITY"]) is None


def test_the_recorded_summary_is_read() -> None:
    run = checked(recorded("summary_basic_single_group"))
    rows = list(run.rows())
    assert (len(rows), run.total, run.cut_off, run.adds_up) == (13, 13, False, True)
    by_group = [row["TYPE"]["value"] for row in rows]
    assert (by_group.count("Customer - Direct"), by_group.count("Customer - Channel")) == (8, 5)
    amounts = [plain(Kind.NUMBER, shown(Kind.NUMBER, row["SALES"])) for row in rows]
    assert sum(each for each in amounts if isinstance(each, int)) == 9_469_000_000
    assert plain(Kind.DATE, rows[0]["CREATED_DATE"]["value"]) is not None
