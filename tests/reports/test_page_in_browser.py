"""The page of the day in a browser: axe finds nothing in any colours, nothing runs off it, and it prints."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import pytest

from sf_handoff.adapters.report_files.charts import draw
from sf_handoff.reports.page.page import POLICY, page
from tests.axe import audit
from tests.browser import chromium
from tests.reports.days import DAYS

LOOKS = {"light": (), "dark": ("--force-dark-mode",), "forced-colors": ("--force-high-contrast",)}


@pytest.mark.parametrize("name", DAYS)
def test_axe_finds_no_violation(name: str, tmp_path: Path) -> None:
    told = audit(page(DAYS[name](), draw), POLICY, tmp_path)
    assert told["violations"] == []
    assert set(told["unsure"]) <= {"color-contrast"}  # axe cannot judge the words of a drawing
    assert {
        "color-contrast",
        "color-contrast-enhanced",
        "svg-img-alt",
        "heading-order",
        "landmark-unique",
    } <= set(told["passed"])


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_violation_in_any_colours(look: str, tmp_path: Path) -> None:
    assert audit(page(DAYS["outage"](), draw), POLICY, tmp_path, *LOOKS[look])["violations"] == []


@pytest.mark.parametrize("width", [320, 768, 1440])
@pytest.mark.parametrize("name", ["outage", "hostile"])
def test_nothing_runs_off_the_page(name: str, width: int, tmp_path: Path) -> None:
    """Chromium has no window that is narrower than 500, so the page stands in a frame."""
    rights = "[...document.querySelectorAll('body :not(.scrolls *)')].map(each => each.getBoundingClientRect().right)"
    script = f"<script>parent.document.title = 'right ' + Math.ceil(Math.max(...{rights}))</script></body>"
    copy = page(DAYS[name](), draw).replace(POLICY, "").replace("</body>", script)
    frame = f'<title></title><iframe style="width:{width}px;height:900px;border:0" srcdoc="{escape(copy)}"></iframe>'
    found = re.search(
        r"<title>right (\d+)</title>", chromium(frame, tmp_path, "--dump-dom", "--window-size=1600,900")
    )
    assert found
    assert int(found[1]) <= width


def test_it_prints_on_few_sheets(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.pdf"
    chromium(page(DAYS["outage"](), draw), tmp_path, f"--print-to-pdf={sheet}", "--no-pdf-header-footer")
    assert 1 < len(re.findall(rb"/Type\s*/Page\b", sheet.read_bytes())) <= 4


def test_the_charts_are_drawn_under_the_policy(tmp_path: Path) -> None:
    """Were a colour in a style attribute, the policy would take it from the chart."""
    with_policy, without = tmp_path / "with", tmp_path / "without"
    for folder, html in (
        (with_policy, page(DAYS["quiet"](), draw)),
        (without, page(DAYS["quiet"](), draw).replace(POLICY, "")),
    ):
        folder.mkdir()
        chromium(html, folder, f"--screenshot={folder / 'seen.png'}", "--window-size=1200,2400")
    assert (with_policy / "seen.png").read_bytes() == (without / "seen.png").read_bytes()


def test_dark_is_dark(tmp_path: Path) -> None:
    light, dark = tmp_path / "light", tmp_path / "dark"
    for folder, flags in ((light, ()), (dark, LOOKS["dark"])):
        folder.mkdir()
        chromium(page(DAYS["quiet"](), draw), folder, f"--screenshot={folder / 'seen.png'}", *flags)
    assert (light / "seen.png").read_bytes() != (dark / "seen.png").read_bytes()


def test_the_policy_stops_a_script_that_got_in(tmp_path: Path) -> None:
    script = "<script>document.body.innerHTML = 'script ran'</script></body>"
    shown = chromium(page(DAYS["quiet"](), draw).replace("</body>", script), tmp_path, "--dump-dom")
    assert "nothing stands out" in shown
