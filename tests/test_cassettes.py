"""Recorded conversations: played back with nothing listening. `make record` records them anew.

A cassette here is evidence about our own HTTP path. Until somebody with an org records them there, it is
none about Salesforce; cassettes/README.md says for each what it was recorded against.
"""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import vcr
from pydantic import SecretStr

from sf_handoff import Connector, Receipt
from sf_handoff.adapters.assembly import connect, embedded_tracker, open_tracker, start_embedded
from sf_handoff.adapters.settings import Settings
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.states import Status
from sf_handoff.mapping import MappingSet
from sf_handoff.ports import Tracker
from sf_handoff.redaction import compose
from sf_handoff.reports.tickets import Place
from tests.conftest import ROOT, Clock

FOLDER = ROOT / "cassettes" / "salesforce"
TRACKERS = ROOT / "cassettes" / "trackers"
RECORDING = os.environ.get("RECORD_CASSETTES") == "1"
NOWHERE = "https://127.0.0.1:1"
ID = "6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11"
NOBODY = {"icn": "1999999999V199999", "first_name": "Casey", "last_name": "Doe", "phone": "+15035550150"}

# What must not stand in a recording, and what stands there instead.
_SECRETS = (
    (re.compile(r'("access_token"\s*:\s*")[^"]+'), r"\1ACCESS-TOKEN"),
    (re.compile(r'("signature"\s*:\s*")[^"]+'), r"\1SIGNATURE"),
    (re.compile(r"(assertion=)[^&]+"), r"\1ASSERTION"),
    (re.compile(r"(client_id=)[^&]+"), r"\1CLIENT-ID"),
    (re.compile(r"(client_secret=)[^&]+"), r"\1CLIENT-SECRET"),
    (re.compile(r"https://127\.0\.0\.1:\d+"), NOWHERE),
    (re.compile(r'("ICN__c"\s*:\s*")[^"]+'), r"\1PERSON-KEY"),
    (re.compile(r"(external ID: )\S+( not found)"), r"\1PERSON-KEY\2"),
    (re.compile(r'("SuppliedName"\s*:\s*")[^"]+'), r"\1SUPPLIED-NAME"),
    (re.compile(r'("SuppliedPhone"\s*:\s*")[^"]+'), r"\1SUPPLIED-PHONE"),
    (re.compile(r'("Handoff_Claim_Id__c"\s*:\s*")[^"]+'), r"\1CLAIM-ID"),
)


def scrubbed(text: str) -> str:
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def scrub_request(request: Any) -> Any:
    request.headers = {"Content-Type": request.headers.get("Content-Type", "")}
    request.uri = scrubbed(request.uri)
    if request.body:
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        request.body = scrubbed(body).encode()
    return request


def scrub_response(response: dict[str, Any]) -> dict[str, Any]:
    kept = ("content-type", "sforce-limit-info", "www-authenticate", "etag", "link")
    headers = {name: value for name, value in response["headers"].items() if name.lower() in kept}
    body = scrubbed(response["body"]["string"].decode())
    return {**response, "headers": headers, "body": {"string": body.encode()}}


class Conversation:
    """A cassette and what one needs to hold its conversation, over loopback or from the tape."""

    def __init__(self, connector: Connector, clock: Clock, expire: Callable[[], None]) -> None:
        self.connector, self.clock, self.expire = connector, clock, expire
        self.salesforce: Any = connector._salesforce

    def tap(self, **changes: Any) -> Receipt:
        return self.connector.hand_off(sample_handoff(at=self.clock.now, **{"handoff_id": ID, **changes}))


def player() -> vcr.VCR:
    return vcr.VCR(
        # The body too: a change of the maps changes what is sent, and is recorded anew on purpose.
        match_on=["method", "path", "body"],
        record_mode="all" if RECORDING else "none",
        before_record_request=scrub_request,
        before_record_response=scrub_response,
        decode_compressed_response=True,
    )


@contextmanager
def conversation(name: str, folder: Path, mappings: MappingSet, auth: Any = "jwt") -> Iterator[Conversation]:
    clock = Clock(datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC))
    with start_embedded(folder / "org", mappings) as org:
        settings = Settings(
            org=org.https if RECORDING else NOWHERE,
            auth=auth,
            client_id=org.client_id,
            client_secret=SecretStr(org.client_secret),
            username=org.username,
            private_key_file=org.private_key_file,
            audience=org.audience,
            ca_file=org.ca_file,
            allowed_hosts="127.0.0.1",
            store=f"sqlite:///{folder / 'store' / 'store.sqlite3'}",
        )
        expire = org.expire_sessions if RECORDING else lambda: None
        with player().use_cassette(str(FOLDER / f"{name}.yaml")) as tape:
            with connect(settings, clock, sleep=lambda seconds: None) as connector:
                yield Conversation(connector, clock, expire)
            assert RECORDING or tape.all_played, f"{name}: a recorded exchange was never asked for"


@contextmanager
def ticketing(name: str, folder: Path, mappings: MappingSet) -> Iterator[Tracker]:
    """A tracker, over loopback or from the tape."""
    with start_embedded(folder / "org", mappings) as org:
        settings = embedded_tracker(Settings(tracker="embedded"), org)
        if not RECORDING:
            urls = {each: scrubbed(getattr(settings, each)) for each in ("github_url", "zenhub_url")}
            settings = settings.model_copy(update=urls)
        settings = settings.model_copy(update={"tracker": name})
        with player().use_cassette(str(TRACKERS / f"{name}.yaml")) as tape:
            with closing(open_tracker(settings, sleep=lambda seconds: None)) as tracker:
                yield tracker
            assert RECORDING or tape.all_played, f"{name}: a recorded exchange was never asked for"


@pytest.fixture(autouse=True)
def nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playback opens no connection at all, not even to loopback."""
    if RECORDING:
        return

    def refuse(self: socket.socket, address: Any) -> None:
        raise AssertionError("playback tried to open a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_a_handoff(tmp_path: Path, mappings: MappingSet) -> None:
    with conversation("handoff", tmp_path, mappings) as talk:
        receipt = talk.tap()
    assert (receipt.status, receipt.case_number, receipt.api_calls) == (Status.DELIVERED, "00001001", 1)


def test_a_repeated_handoff(tmp_path: Path, mappings: MappingSet) -> None:
    """Sent again long after its time to an org that has it: looked up, and nothing is doubled."""
    with conversation("repeated-handoff", tmp_path, mappings) as talk:
        first = talk.tap()
        talk.clock.forward(hours=2)
        again = resent(talk, tmp_path / "restored")
    assert (again.case_id, again.task_id) == (first.case_id, first.task_id)


def resent(talk: Conversation, folder: Path) -> Receipt:
    """The same tap from a store that has never seen it."""
    from sf_handoff.adapters.seal import Seal
    from sf_handoff.adapters.store import SqlStore

    connector = talk.connector
    store = SqlStore.open(f"sqlite:///{folder / 'store.sqlite3'}", Seal("k", {"k": b"k" * 32}), talk.clock)
    other = Connector(
        salesforce=connector._salesforce, store=store, mappings=connector._mappings, clock=talk.clock
    )
    at = talk.clock.now - timedelta(hours=2)
    receipt = other.hand_off(sample_handoff(at=at, handoff_id=ID))
    store.close()
    return receipt


def test_a_contact_that_does_not_exist(tmp_path: Path, mappings: MappingSet) -> None:
    with conversation("no-such-contact", tmp_path, mappings) as talk:
        receipt = talk.tap(veteran=NOBODY)
    assert (receipt.status, receipt.contact_linked, receipt.api_calls) == (Status.DELIVERED, "none", 2)


def test_a_session_that_expired(tmp_path: Path, mappings: MappingSet) -> None:
    with conversation("expired-session", tmp_path, mappings) as talk:
        talk.tap()
        talk.expire()
        talk.clock.forward(minutes=1)
        second = talk.tap(handoff_id="6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b12")
    assert second.status is Status.DELIVERED


def test_sign_in_with_client_credentials(tmp_path: Path, mappings: MappingSet) -> None:
    with conversation("sign-in", tmp_path, mappings, auth="client_credentials") as talk:
        limits = talk.salesforce.client().restful("limits")
    assert limits["DailyApiRequests"]["Max"] > 0


TITLE, BODY = compose("Sign-in fails"), compose("It says that it cannot sign in.")


def test_a_ticket_on_github(tmp_path: Path, mappings: MappingSet) -> None:
    with ticketing("github", tmp_path, mappings) as tracker:
        facts = tracker.facts()
        number = tracker.create(TITLE, BODY, ["bug"]).number
        tally = tracker.comment(number, compose("Two cases"))
        tracker.change_comment(tally.comment_id, compose("Three cases"))
        (found,) = tracker.labelled("bug")
    assert (facts.private, facts.may_push) == (True, True)
    assert (found.number, found.title, found.comments) == (number, TITLE.text, 1)


def test_a_ticket_on_a_board(tmp_path: Path, mappings: MappingSet) -> None:
    with ticketing("zenhub", tmp_path, mappings) as tracker:
        column, priority = tracker.facts().columns[1], tracker.facts().priorities[0]
        number = tracker.create(TITLE, BODY, ["bug"]).number
        tracker.place(number, column)
        tracker.prioritise(number, priority)
        tracker.estimate(number, 3.0)
        assert tracker.places([number]) == {number: Place(column, priority, 3.0)}


def test_a_first_call_signs_in_and_sends() -> None:
    """The token with a JWT assertion, then the call under it."""
    exchanges = recorded(FOLDER / "handoff.yaml")
    assert [(each["method"], path_of(each["uri"])) for each in exchanges] == [
        ("POST", "/services/oauth2/token"),
        ("POST", "/services/data/v66.0/composite"),
    ]
    assert "grant-type%3Ajwt-bearer" in exchanges[0]["body"]


def recorded(path: Path) -> list[dict[str, Any]]:
    import yaml

    return [each["request"] for each in yaml.safe_load(path.read_text("utf-8"))["interactions"]]


def path_of(uri: str) -> str:
    return "/" + uri.split("/", 3)[3]


def cassettes() -> list[Path]:
    return sorted((ROOT / "cassettes").rglob("*.yaml"))


def test_every_cassette_is_played_by_a_test_here() -> None:
    source = Path(__file__).read_text("utf-8")
    assert cassettes()
    assert [path.name for path in cassettes() if not played(path.stem, source)] == []


def played(name: str, source: str) -> bool:
    return any(f'{by}("{name}"' in source for by in ("conversation", "ticketing"))


@pytest.mark.parametrize("path", cassettes(), ids=lambda path: path.stem)
def test_no_cassette_holds_anything_personal_or_secret(path: Path) -> None:
    """Names the file and the kind, never the string."""
    text = path.read_text("utf-8")
    unwrapped = re.sub(r"\n\s+", " ", text)
    kinds = {
        "ICN": r"\d{10}V\d{6}",
        "token": r"00D\w{12,15}!|eyJ[\w-]{10,}\.|Bearer\s+(?!ACCESS)|(?<!\w)(gh[pos]|github_pat|zh)_\w",
        "name": r"\b(Jesse|Gray|Casey|Doe|Morgan|Reyes)\b",
        "phone": r"\+1\d{10}(?!\d)|555-?01\d\d",
        "SSN": r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)",
        "private key": r"BEGIN [A-Z ]*PRIVATE KEY",
    }
    held = [kind for kind, pattern in kinds.items() if re.search(pattern, unwrapped)]
    assert not held, f"{path.name} holds: {held}"


def test_the_readme_tells_what_each_was_recorded_against() -> None:
    said = (ROOT / "cassettes" / "README.md").read_text("utf-8")
    assert [path.name for path in cassettes() if path.name not in said] == []


def test_bodies_are_json_still(tmp_path: Path) -> None:
    """Scrubbing leaves documents whole."""
    for path in cassettes():
        for request in recorded(path):
            if "composite" in request["uri"]:
                assert json.loads(request["body"])["allOrNone"] is False
