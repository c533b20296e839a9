"""The programs that stand in the how-tos, taken from the pages and run as they are."""

from __future__ import annotations

import re
from types import ModuleType

from tests.conftest import ROOT


def program(page: str, file: str) -> str:
    """The one block that the page calls by this file name."""
    text = (ROOT / "docs" / "howto" / page).read_text("utf-8")
    found = re.findall(rf"^```\w+ {re.escape(file)}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"{page} has {len(found)} blocks named {file}"
    return str(found[0])


def loaded(page: str, file: str) -> ModuleType:
    """The Python program of the page as a module, imported and not run as the main one."""
    module = ModuleType(file.removesuffix(".py"))
    exec(compile(program(page, file), file, "exec"), module.__dict__)
    return module
