"""A ticket made from plain text is a type error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mypy import api

SNIPPET = Path(__file__).parent / "typing" / "drafts.py"
ROOT = Path(__file__).parents[2]


def test_mypy_refuses_plain_text_in_tickets_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    text = SNIPPET.read_text("utf-8").replace("# mypy: ignore-errors", "#")
    snippet = tmp_path / "drafts.py"
    snippet.write_text(text, "utf-8")
    lines = text.splitlines()
    refused = {number for number, line in enumerate(lines, 1) if line.endswith("# refused")}
    out, err, _ = api.run(
        [
            str(snippet),
            "--strict",
            "--follow-imports=silent",
            "--no-error-summary",
            "--config-file",
            str(ROOT / "setup.cfg"),
        ]
    )
    assert err == ""
    assert {int(number) for number in re.findall(r"drafts\.py:(\d+): error", out)} == refused, out
