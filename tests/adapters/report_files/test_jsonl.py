"""JSON Lines: every value in its type, so that our own commands can read the day again."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mappings.report import REPORT
from sf_handoff.adapters.report_files.cells import Found
from sf_handoff.adapters.report_files.jsonl import write_jsonl
from sf_handoff.reports.columns import Kind, ReportColumn, ReportMap
from tests.adapters.report_files.rows import cluster, flag, found, row, rows


def read(given_rows: Any, what: Found) -> list[dict[str, Any]]:
    file = io.BytesIO()
    write_jsonl(file, given_rows, what)
    return [json.loads(line) for line in file.getvalue().decode("ascii").splitlines()]


def test_values_have_their_types() -> None:
    extra = ReportMap("x", (*REPORT.columns, ReportColumn("wait", "WAIT", "Wait__c", Kind.NUMBER)))
    first, second = read(
        [row(1, extras={"wait": 1.5}), row(2, extras={"wait": float("nan")})], Found(extra, {})
    )
    assert first["closed"] is False
    assert first["wait"] == 1.5
    assert second["wait"] is None
    assert datetime.fromisoformat(first["opened_at"]) == row(1).opened_at
    assert first["changed_at"] is None
    assert first["person"] == row(1).person


def test_what_was_found_is_typed_too() -> None:
    first, second = read(
        rows(2), found(flag(1, crisis=True, mistagged="Tier 0 words"), clusters=(cluster(1),))
    )
    assert (first["tier"], first["rules"], first["crisis"]) == (3, ["t3-subject", "va.gov-text"], True)
    assert (first["why"], first["mistagged"], first["cluster"]) == (
        ["Subject has T3"],
        "Tier 0 words",
        "v1-abc",
    )
    assert (second["tier"], second["rules"], second["crisis"], second["cluster"]) == (None, [], False, None)


def test_a_day_without_rows_is_an_empty_file() -> None:
    assert read([], found()) == []


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    assert read([row(notes=text)], found())[0]["notes"] == text
