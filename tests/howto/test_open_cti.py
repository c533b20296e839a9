"""docs/howto/open-cti.md: its adapter, in Node, against its service, over loopback."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import requests

from mappings.screen_pop import FLOW
from sf_handoff import Receipt
from sf_handoff.calls.shapes.desktop import Desktop
from sf_handoff.errors import NotKept
from tests.calls.pops import JESSE, POPS
from tests.howto.pages import loaded, program
from tests.strangers.node import LOCKED_IN, NODE

HERE = Path(__file__).parent
TOKEN = "invented-token"
LEVEL_FOUR = POPS["level-four"]().assurance.words
NOT_CHECKED = "Could not check who is calling."


@pytest.fixture
def service(receipt: Receipt, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.setenv("POP_SERVICE_TOKEN", TOKEN)
    module = loaded("open-cti.md", "pop_service.py")
    yield module
    module.connector.close()


class Quiet(WSGIRequestHandler):
    """Keeps the lines that a server would log."""

    lines: list[str]

    def log_message(self, *said: Any) -> None:
        self.lines.append(said[0] % said[1:])


@contextmanager
def served(service: ModuleType) -> Iterator[tuple[str, list[str]]]:
    """The service's address on loopback, and what its log has."""
    lines: list[str] = []
    handler = type("Logged", (Quiet,), {"lines": lines})
    with make_server("127.0.0.1", 0, service.app, handler_class=handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/pop", lines
        finally:
            server.shutdown()
            thread.join()


def softphone(tmp_path: Path, url: str, *calls: dict[str, Any], token: str = TOKEN) -> dict[str, Any]:
    """What the adapter showed and opened for these calls."""
    adapter = tmp_path / "softphone.mjs"
    adapter.write_text(program("open-cti.md", "softphone.js"), "utf-8")
    told = {"program": str(adapter), "service": url, "token": token, "calls": calls}
    ran = subprocess.run(
        [NODE, *LOCKED_IN, HERE / "softphone.mjs"],
        input=json.dumps(told),
        env={"ONLY": url.removeprefix("http://").removesuffix("/pop")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    said, dialled = (json.loads(line) for line in ran.stdout.splitlines())
    return {**said, "dialled": dialled["answer"]}


def call(receipt: Receipt, key: str = "c-1", **changes: Any) -> dict[str, Any]:
    return {"call_key": key, "from_number": JESSE, "digits": receipt.dial.code, **changes}


def test_the_case_opens_when_the_call_brings_the_code(
    service: ModuleType, receipt: Receipt, tmp_path: Path
) -> None:
    with served(service) as (url, lines):
        said = softphone(tmp_path, url, call(receipt))
    assert said["opened"] == [{"type": "sobject", "params": {"recordId": receipt.case_id}}]
    assert said["answers"] == [{"success": True, "returnValue": None, "errors": []}]
    assert said["shown"] == [LEVEL_FOUR]
    assert lines == ['"POST /pop HTTP/1.1" 200 ' + lines[0].rpartition(" ")[2]]


def test_a_flow_of_the_map_opens_with_its_arguments(
    service: ModuleType, receipt: Receipt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "desktop", Desktop(flow=FLOW))
    with served(service) as (url, _):
        said = softphone(tmp_path, url, call(receipt))
    (opened,) = said["opened"]
    assert (opened["type"], opened["params"]["flowDevName"]) == ("flow", "App_Handoff_Pop")
    given = {each["name"]: each["value"] for each in opened["params"]["flowArgs"]}
    assert (given["recordId"], given["matchLevel"]) == (receipt.case_id, 4)


def test_nothing_opens_by_a_number_alone(service: ModuleType, receipt: Receipt, tmp_path: Path) -> None:
    with served(service) as (url, _):
        said = softphone(tmp_path, url, call(receipt, digits=None))
    assert (said["opened"], said["answers"]) == ([], [None])
    assert said["shown"][0].startswith("Possible match by caller number only.")


def test_while_the_store_is_away_the_agent_is_told_so(
    service: ModuleType, receipt: Receipt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*given: Any) -> Any:
        raise NotKept("STORE: away", code="STORE")

    monkeypatch.setattr(service.connector._store, "answer", away)
    with served(service) as (url, _):
        said = softphone(tmp_path, url, call(receipt))
    assert said["opened"] == []
    assert said["shown"][0].startswith("Could not check")


def test_without_the_service_the_call_goes_on(receipt: Receipt, service: ModuleType, tmp_path: Path) -> None:
    with served(service) as (url, _):
        pass
    said = softphone(tmp_path, url, call(receipt))
    assert (said["opened"], said["answers"]) == ([], [None])
    assert said["shown"][0].startswith(NOT_CHECKED)


def test_a_wrong_token_tells_nothing_and_spends_nothing(
    service: ModuleType, receipt: Receipt, tmp_path: Path
) -> None:
    with served(service) as (url, _):
        refused = softphone(tmp_path, url, call(receipt, "c-0"), token="another")
        said = softphone(tmp_path, url, call(receipt))
    assert (refused["opened"], refused["shown"][0].startswith(NOT_CHECKED)) == ([], True)
    assert said["shown"] == [LEVEL_FOUR]


@pytest.mark.parametrize(
    ("method", "authorization", "body", "status"),
    [
        ("POST", None, b"{}", 401),
        ("POST", TOKEN, b"{}", 401),
        ("POST", "Bearer ", b"{}", 401),
        ("POST", "Bearer \xe9", b"{}", 401),
        ("GET", f"Bearer {TOKEN}", None, 405),
        ("POST", f"Bearer {TOKEN}", b"", 400),
        ("POST", f"Bearer {TOKEN}", b"no JSON", 400),
        ("POST", f"Bearer {TOKEN}", b"[]", 400),
        ("POST", f"Bearer {TOKEN}", b"{}", 400),
        ("POST", f"Bearer {TOKEN}", b'{"call_key": 1}', 400),
        ("POST", f"Bearer {TOKEN}", b'{"call_key": "c-1", "ssn": "no"}', 400),
        ("POST", f"Bearer {TOKEN}", b'{"call_key": "' + b"x" * 2_000 + b'"}', 400),
        ("POST", f"Bearer {TOKEN}", b'{"call_key": "c-1"}', 200),
    ],
)
def test_the_service_takes_calls_and_nothing_else(
    service: ModuleType, method: str, authorization: str | None, body: bytes | None, status: int
) -> None:
    headers = {"Authorization": authorization.encode("latin-1")} if authorization else {}
    with served(service) as (url, _), requests.Session() as session:
        session.trust_env = False
        answer = session.request(method, url, data=body, headers=headers, timeout=60)
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
