"""The agent's page in a browser: axe finds nothing, it fits a sheet of paper, and no script runs.

https://github.com/dequelabs/axe-core
"""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.calls.shapes.page import POLICY, page
from tests.browser import chromium
from tests.calls.pops import POPS
from tests.needs import needs

# Where `make test` puts it.
AXE = Path(sys.prefix) / "axe" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AUDIT = """
axe.run(document, {runOnly: {type: 'tag', values: RULES}}).then(found => {
  const told = {violations: found.violations.map(each => [each.id, each.nodes.map(node => node.html)]),
                unsure: found.incomplete.map(each => each.id), passed: found.passes.map(each => each.id)};
  const said = document.createElement('pre');
  said.id = 'told';
  said.textContent = JSON.stringify(told);
  document.body.append(said);
});
"""
LOOKS = {"light": (), "dark": ("--force-dark-mode",), "forced-colors": ("--force-high-contrast",)}


def audited(name: str, folder: Path, *flags: str) -> dict[str, Any]:
    """What axe says of the page. Only in this copy may a script run."""
    needs(AXE.exists(), "axe-core is not installed (`make test` does it): the agent's page is not audited")
    script = (
        f"<script>{AXE.read_text('utf-8')}</script><script>const RULES = {json.dumps(RULES)};{AUDIT}</script>"
    )
    copy = page(POPS[name]()).replace(POLICY, "").replace("</body>", f"{script}</body>")
    found = re.search(r'<pre id="told">(.*?)</pre>', chromium(copy, folder, "--dump-dom", *flags), re.DOTALL)
    assert found, "axe did not finish"
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


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
