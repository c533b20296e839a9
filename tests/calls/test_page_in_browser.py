"""The agent's page in a browser: axe finds nothing, it fits a sheet of paper, and no script runs.

https://github.com/dequelabs/axe-core
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.calls.shapes.page import POLICY, page
from tests.axe import audit
from tests.browser import chromium
from tests.calls.pops import POPS

LOOKS = {"light": (), "dark": ("--force-dark-mode",), "forced-colors": ("--force-high-contrast",)}


def audited(name: str, folder: Path, *flags: str) -> dict[str, Any]:
    return audit(page(POPS[name]()), POLICY, folder, *flags)


@pytest.mark.parametrize(
    "name", ["level-four", "crisis", "death", "no-match", "late", "several", "tty", "hostile"]
)
def test_axe_finds_no_violation(name: str, tmp_path: Path) -> None:
    told = audited(name, tmp_path)
    assert told["violations"] == []
    assert told["unsure"] == []
    assert {"color-contrast", "color-contrast-enhanced", "html-has-lang", "document-title"} <= set(
        told["passed"]
    )


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_violation_in_any_colours(look: str, tmp_path: Path) -> None:
    assert audited("level-four", tmp_path, *LOOKS[look])["violations"] == []


def test_axe_would_find_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sf_handoff.calls.shapes import page as module

    monkeypatch.setattr(module, "CSS", "* { color: #999 }")
    assert "color-contrast" in [rule for rule, _ in audited("level-four", tmp_path)["violations"]]


def test_dark_is_dark(tmp_path: Path) -> None:
    light, dark = tmp_path / "light", tmp_path / "dark"
    for folder in (light, dark):
        folder.mkdir()
    pictures = [
        chromium(page(POPS["no-match"]()), folder, f"--screenshot={folder / 'seen.png'}", *flags)
        for folder, flags in ((light, ()), (dark, LOOKS["dark"]))
    ]
    assert pictures == ["", ""]
    assert (light / "seen.png").read_bytes() != (dark / "seen.png").read_bytes()


@pytest.mark.parametrize("name", ["level-four", "many-errors", "hostile", "crisis", "late"])
def test_it_prints_on_one_sheet(name: str, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.pdf"
    chromium(page(POPS[name]()), tmp_path, f"--print-to-pdf={sheet}", "--no-pdf-header-footer")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet.read_bytes())) == 1


def test_the_policy_stops_a_script_that_got_in(tmp_path: Path) -> None:
    script = "<script>document.body.innerHTML = 'script ran'</script>"
    shown = chromium(
        page(POPS["level-four"]()).replace("</body>", f"{script}</body>"), tmp_path, "--dump-dom"
    )
    assert "Jesse Gray" in shown
    loose = page(POPS["level-four"]()).replace(POLICY, "").replace("</body>", f"{script}</body>")
    assert "Jesse Gray" not in chromium(loose, tmp_path, "--dump-dom")


def test_the_style_is_applied_under_the_policy(tmp_path: Path) -> None:
    plain, styled = tmp_path / "plain", tmp_path / "styled"
    for folder in (plain, styled):
        folder.mkdir()
    html_ = page(POPS["no-match"]())
    chromium(html_, styled, f"--screenshot={styled / 'seen.png'}")
    chromium(html_.replace("body {", "body  {"), plain, f"--screenshot={plain / 'seen.png'}")
    assert (plain / "seen.png").read_bytes() != (styled / "seen.png").read_bytes()
