"""Where a library for reports is not installed, the message says what to install."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sf_handoff.adapters.report_files.decisions import read_decisions
from sf_handoff.adapters.report_files.html import write_page
from sf_handoff.adapters.report_files.xlsx import write_xlsx
from sf_handoff.errors import Misconfigured
from tests.adapters.report_files.rows import about, found
from tests.reports.days import outage


@pytest.mark.parametrize(
    ("library", "write"),
    [
        ("xlsxwriter", lambda: write_xlsx(io.BytesIO(), [], found(), about())),
        ("matplotlib", lambda: write_page(io.BytesIO(), outage())),
        ("openpyxl", lambda: read_decisions(Path("report.xlsx"))),
    ],
)
def test_what_is_missing_is_named(
    library: str, write: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(Misconfigured, match=rf"{library}.*sf-handoff\[report\]"):
        write()


def test_importing_the_writers_loads_none_of_them() -> None:
    import subprocess

    program = (
        "import sys\n"
        "from sf_handoff.adapters.report_files import charts, csv, decisions, html, jsonl, xlsx\n"
        "assert not {'matplotlib', 'openpyxl', 'xlsxwriter', 'numpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
