"""docs/howto/service-cloud-voice.md: its program against a stand-in that holds it to what is documented.

https://developer.salesforce.com/docs/service/voice-dev-guide/guide/voice-rest-voicecalls-create.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sf_handoff import IncomingCall, Receipt
from sf_handoff.errors import NotKept
from tests.calls.pops import JESSE
from tests.howto.pages import loaded

ORG_ID, CALL_CENTER, QUEUE = "00D000000000001AAA", "Invented_Center", "00G000000000001AAA"
LINE = "+18008271000"
REQUIRED = {
    "callCenterApiName", "vendorCallKey", "to", "from", "initiationMethod", "startTime", "participants",
}  # fmt: skip
OPTIONAL = {"parentVoiceCallId", "callAttributes"}


@dataclass(frozen=True)
class Told:
    """A request as it arrived; `claims` are those of its token, whose signature fits."""

    method: str
    path: str
    headers: dict[str, str]
    claims: dict[str, Any]
    body: dict[str, Any]


class Telephony(ThreadingHTTPServer):
    """Salesforce's side, on loopback. `told` is what it heard; it answers with `status` unless that is 200."""

    def __init__(self, public_key: Any) -> None:
        self.public_key, self.told, self.status = public_key, list[Told](), 200
        self.strayed = list[str]()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Telephony

    def log_message(self, *args: Any) -> None:
        """Says nothing."""

    def answer(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind, _, token = self.headers["Authorization"].partition(" ")
        claims = jwt.decode(token, self.server.public_key, algorithms=["RS256"]) if kind == "Bearer" else {}
        self.server.told.append(Told(self.command, self.path, dict(self.headers), claims, body))
        voice_call = {"voiceCallId": "0LQ000000000001AAA"}
        said = voice_call if self.command == "POST" else {"agent": None, "queue": QUEUE}
        content = json.dumps(said if self.server.status == 200 else {"errors": ["invented"]}).encode()
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        """Where a redirect would lead."""
        self.server.strayed.append(self.path)
        self.send_error(404)

    do_POST = do_PATCH = answer


@contextmanager
def answering(public_key: Any) -> Iterator[Telephony]:
    with Telephony(public_key) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def telephony(key: rsa.RSAPrivateKey) -> Iterator[Telephony]:
    with answering(key.public_key()) as server:
        yield server


@pytest.fixture
def voice(
    telephony: Telephony,
    key: rsa.RSAPrivateKey,
    receipt: Receipt,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[ModuleType]:
    file = tmp_path / "voice.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    monkeypatch.setenv("VOICE_URL", telephony.url)
    monkeypatch.setenv("VOICE_ORG_ID", ORG_ID)
    monkeypatch.setenv("VOICE_CALL_CENTER", CALL_CENTER)
    monkeypatch.setenv("VOICE_PRIVATE_KEY_FILE", str(file))
    monkeypatch.setenv("VOICE_FALLBACK_QUEUE", QUEUE)
    module = loaded("service-cloud-voice.md", "voice.py")
    yield module
    module.session.close()
    module.connector.close()


@pytest.fixture
def call(receipt: Receipt) -> IncomingCall:
    return IncomingCall("c-1", JESSE, LINE, receipt.dial.code)


def test_the_call_is_made_and_then_routed(
    voice: ModuleType, telephony: Telephony, call: IncomingCall
) -> None:
    assert voice.call_arrives(call) == {"agent": None, "queue": QUEUE}
    assert [(each.method, each.path) for each in telephony.told] == [
        ("POST", "/telephony/v1/voiceCalls"),
        ("PATCH", "/telephony/v1/voiceCalls/c-1/omniFlow"),
    ]


def test_each_request_is_signed_for_itself(
    voice: ModuleType, telephony: Telephony, call: IncomingCall
) -> None:
    voice.call_arrives(call)
    for each in telephony.told:
        assert each.headers["Content-Type"] == "application/json"
        assert each.headers["Telephony-Provider-Name"]
        assert (each.claims["iss"], each.claims["sub"]) == (ORG_ID, CALL_CENTER)
        assert each.claims["exp"] - each.claims["iat"] == 300
    assert len({each.claims["jti"] for each in telephony.told}) == 2


def test_the_voice_call_has_the_documented_fields(
    voice: ModuleType, telephony: Telephony, call: IncomingCall
) -> None:
    voice.call_arrives(call)
    body = telephony.told[0].body
    assert REQUIRED <= set(body) <= REQUIRED | OPTIONAL
    assert (body["callCenterApiName"], body["vendorCallKey"]) == (CALL_CENTER, "c-1")
    assert (body["to"], body["from"], body["initiationMethod"]) == (LINE, JESSE, "Inbound")
    assert body["participants"] == [{"participantKey": JESSE, "type": "END_USER"}]
    assert body["startTime"].endswith("Z")
    assert datetime.fromisoformat(body["startTime"]).tzinfo


def test_the_attributes_are_json_as_text_and_without_prefix(
    voice: ModuleType, telephony: Telephony, call: IncomingCall, receipt: Receipt
) -> None:
    voice.call_arrives(call)
    attributes = telephony.told[0].body["callAttributes"]
    assert isinstance(attributes, str)
    said = json.loads(attributes)
    assert (said["level"], said["caller_name"], said["case_id"]) == ("4", "Jesse Gray", receipt.case_id)
    assert all(isinstance(value, str) and "-" not in name for name, value in said.items())


def test_the_flow_gets_the_inputs_that_the_map_names(
    voice: ModuleType, telephony: Telephony, call: IncomingCall, receipt: Receipt
) -> None:
    voice.call_arrives(call)
    assert telephony.told[1].body == {
        "dialedNumber": LINE,
        "fallbackQueue": QUEUE,
        "flowInputParameters": {
            "handoffRef": receipt.handoff_id,
            "matchLevel": "4",
            "queueHint": "App_Handoff_Claims",
        },
    }
    assert set(telephony.told[1].body["flowInputParameters"]) == set(voice.desktop.voice_flow)


def test_a_key_with_odd_characters_stays_one_part_of_the_address(
    voice: ModuleType, telephony: Telephony
) -> None:
    voice.call_arrives(IncomingCall("c/1?", JESSE, LINE))
    assert telephony.told[1].path == "/telephony/v1/voiceCalls/c%2F1%3F/omniFlow"


def test_no_address_has_personal_data(voice: ModuleType, telephony: Telephony, call: IncomingCall) -> None:
    voice.call_arrives(call)
    addresses = " ".join(each.path for each in telephony.told)
    assert not [text for text in ("5550142", str(call.digits), "Jesse") if text in addresses]


def test_while_the_store_is_away_the_call_is_told_and_routed_all_the_same(
    voice: ModuleType, telephony: Telephony, call: IncomingCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*given: Any) -> Any:
        raise NotKept("STORE: away", code="STORE")

    monkeypatch.setattr(voice.connector._store, "answer", away)
    assert voice.call_arrives(call)["queue"] == QUEUE
    said = json.loads(telephony.told[0].body["callAttributes"])
    assert said["assurance"].startswith("Could not check")
    assert telephony.told[1].body["flowInputParameters"] == {"matchLevel": "0"}


@pytest.mark.parametrize("status", [302, 401, 500])
def test_what_salesforce_refuses_is_an_exception_of_requests(
    voice: ModuleType, telephony: Telephony, call: IncomingCall, status: int
) -> None:
    telephony.status = status
    with pytest.raises(requests.RequestException):
        voice.call_arrives(call)
    assert (len(telephony.told), telephony.strayed) == (1, [])
