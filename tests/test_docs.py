"""The docs are true: what they show is run, what they list is read from the code, what they link is there."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
# Set-up commands, which CI runs by themselves.
NOT_RUN = ("make demo", "make test")
# What differs from run to run: ids, record ids, codes, moments.
VARIES = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b(500|00T)[A-Za-z0-9]{15}\b|,,\d{9}|\d{4}-\d\d-\d\d \d\d:\d\d"
)


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def with_blocks(language: str) -> list[Path]:
    return [page for page in PAGES if blocks(page, language)]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def environment(tmp_path: Path) -> dict[str, str]:
    tools = str(Path(sys.executable).parent)
    return {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }


@pytest.mark.parametrize("page", with_blocks("console"), ids=name)
def test_the_commands_shown_do_what_is_shown(page: Path, tmp_path: Path) -> None:
    lines = "".join(blocks(page, "console")).splitlines()
    commands = [line[2:] for line in lines if line.startswith("$ ")]
    script = "\n".join(command for command in commands if command not in NOT_RUN)
    shown = [line for line in lines if not line.startswith("$ ")]
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert [VARIES.sub("…", line) for line in ran.stdout.splitlines()] == [
        VARIES.sub("…", line) for line in shown
    ]


@pytest.mark.parametrize("page", with_blocks("python"), ids=name)
def test_the_python_shown_runs(page: Path, tmp_path: Path) -> None:
    for block in blocks(page, "python"):
        ran = subprocess.run(
            [sys.executable, "-c", block],
            cwd=tmp_path,
            env={**environment(tmp_path), "SF_HANDOFF_ORG": "embedded"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        said = re.search(r"print\(.*\)  # (\w+)", block)
        assert ran.stdout.startswith(said[1] if said else "delivered ")


@pytest.mark.parametrize(("page", "text"), generator().pages().items(), ids=lambda value: value[:12])
def test_the_reference_is_what_the_code_says(page: str, text: str) -> None:
    assert (ROOT / "docs" / "reference" / page).read_text("utf-8") == text, "run: python docs/generate.py"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    found, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in found or page.suffix != ".md":
            continue
        found.add(page)
        links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
        waiting += [(page.parent / link).resolve() for link in links if "://" not in link]
    assert set(PAGES) - found == set()


def test_the_troubleshooting_page_names_real_codes_only() -> None:
    said = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    source = "".join(path.read_text("utf-8") for path in (ROOT / "sf_handoff").rglob("*.py"))
    codes = set(re.findall(r"\b[A-Z]{3,}(?:_[A-Z]+)+\b|\bTIMEOUT\b|\bAUTH\b|\bUNREACHABLE\b", said))
    assert codes
    assert {code for code in codes if code not in source} == set()


@pytest.mark.parametrize(
    ("page", "module", "some"),
    [("report", "checks", 11), ("tickets", "plan_findings", 4), ("answers", "answers", 3)],
)
def test_a_page_names_every_finding_of_its_step(page: str, module: str, some: int) -> None:
    said = (ROOT / "docs" / "howto" / f"{page}.md").read_text("utf-8")
    source = (ROOT / "sf_handoff" / "reports" / f"{module}.py").read_text("utf-8")
    codes = set(re.findall(r'Finding\(\s*"([A-Z_]+)"', source))
    assert len(codes) >= some
    assert {code for code in codes if f"`{code}`" not in said} == set()


def test_our_own_codes_are_raised_somewhere() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "sf_handoff").rglob("*.py"))
    assert [code for code in generator().OWN if f'"{code}"' not in source] == []
