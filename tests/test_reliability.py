"""docs/reliability.md tells the truth about its tests: each row of the fault matrix is there once, with tests that
exist and carry the row's id, or says in plain words why it has none."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache

import pytest

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "reliability.md"
LAST = {"W": 14, "S": 16, "A": 15, "K": 9, "R": 9, "Z": 7, "T": 1, "I": 11}
WANTED = [f"{kind}{number:02}" for kind, last in LAST.items() for number in range(1, last + 1)]
WANTED += ["X03", "X04", "X05", "C01"]
WITHOUT = {"Not built yet.", "Not offered.", "Does not apply."}
ROW = re.compile(r"^\| ([A-Z]\d\d) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def rows() -> list[tuple[str, str]]:
    """Each row's id, and what its last column says."""
    return [(row, tests) for row, _, _, tests in ROW.findall(PAGE.read_text("utf-8"))]


@cache
def told(path: str) -> dict[str, str]:
    """The functions of a file below tests/, each with its docstring."""
    file = ROOT / "tests" / path
    text = file.read_text("utf-8") if file.exists() else ""
    functions = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef)]
    return {each.name: ast.get_docstring(each) or "" for each in functions}


def test_every_row_of_the_matrix_is_there_once() -> None:
    assert Counter(row for row, _ in rows()) == Counter(WANTED)


@pytest.mark.parametrize(("row", "tests"), rows(), ids=lambda value: value[:3])
def test_a_row_names_its_tests_or_says_why_it_has_none(row: str, tests: str) -> None:
    named = NAMED.findall(tests)
    assert tests in WITHOUT if not named else len(named) == len(tests.split("<br>")) <= 3


@pytest.mark.parametrize(("row", "tests"), rows(), ids=lambda value: value[:3])
def test_the_tests_named_are_there_and_carry_the_row_s_id(row: str, tests: str) -> None:
    for path, name in NAMED.findall(tests):
        assert name.startswith("test_"), name
        assert name in told(path), f"tests/{path} has no {name}"
        assert f"_{row.lower()}_" in name.lower() or row in told(path)[name], f"{name} does not say {row}"
