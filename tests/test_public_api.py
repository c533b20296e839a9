"""The names that users hold on to, and what importing them costs."""

from __future__ import annotations

import inspect
import subprocess
import sys

import sf_handoff
from sf_handoff import Connector, errors

HEAVY = {
    "requests", "urllib3", "simple_salesforce", "httpx", "sqlalchemy", "sqlite3", "click", "cryptography", "jwt",
    "pydantic", "tenacity", "starlette", "uvicorn", "holidays", "phonenumbers", "zeep", "lxml",
}  # fmt: skip


def test_the_names() -> None:
    assert set(sf_handoff.__all__) == {
        "Connector", "Handoff", "IncomingCall", "Receipt", "ScreenPop",
        "HandoffError", "InvalidHandoff", "Rejected", "Misconfigured", "Unavailable", "Uncertain", "Exhausted",
        "NotKept",
    }  # fmt: skip
    assert all(getattr(sf_handoff, name) for name in sf_handoff.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(sf_handoff, "Conector")


def test_the_tree_of_errors() -> None:
    def below(error: type[BaseException]) -> dict[str, object]:
        own = [each for each in error.__subclasses__() if each.__module__ == errors.__name__]
        return {each.__name__: below(each) for each in own}

    assert below(sf_handoff.HandoffError) == {
        "InvalidHandoff": {},
        "Rejected": {},
        "Misconfigured": {},
        "Unavailable": {"NotKept": {}, "Uncertain": {}, "Exhausted": {}},
    }


def test_the_connector_takes_what_the_contract_says() -> None:
    assert list(inspect.signature(Connector.hand_off).parameters) == ["self", "payload"]
    assert list(inspect.signature(Connector.screen_pop).parameters) == ["self", "call"]
    assert "limit" in inspect.signature(Connector.resync).parameters
    assert {"salesforce", "store", "mappings", "clock"} <= set(inspect.signature(Connector).parameters)


def test_importing_the_package_loads_no_http_database_or_terminal_library() -> None:
    program = "import sys, sf_handoff; print('\\n'.join(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {name.split(".")[0] for name in ran.stdout.split()} & HEAVY == set()


def test_every_public_name_has_a_docstring() -> None:
    undocumented = [name for name in sf_handoff.__all__ if not inspect.getdoc(getattr(sf_handoff, name))]
    undocumented += [
        f"Connector.{name}"
        for name, member in inspect.getmembers(Connector, inspect.isfunction)
        if not name.startswith("_") and not inspect.getdoc(member)
    ]
    assert undocumented == []
