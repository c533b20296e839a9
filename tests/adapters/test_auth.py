"""Signing in: with both grants at the embedded org, and with every way in which it can go wrong."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from sf_handoff.adapters.auth import TOKEN_PATH, ClientCredentials, Grant, JwtBearer, Token, TokenSource
from sf_handoff.adapters.http import Transport
from sf_handoff.embedded import Embedded
from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, Unavailable, Uncertain
from sf_handoff.retry import ONLINE, OVERNIGHT, Call, RetryPolicy
from tests.adapters.test_transport import assert_nothing_private
from tests.scripted import (
    HOST,
    SECRET,
    TOKEN,
    How,
    Reply,
    Scripted,
    Seen,
    error,
    granted,
    html,
    org_on,
    scripted,
    transport,
)

OK = Reply(200, {"fine": True})
QUICK = RetryPolicy(3.0, 3, connect=1.0, read=0.3, first_wait=0.01, longest_wait=0.01, refusals=True)
DATA_PATH = "/services/data/v66.0/limits"


def now() -> datetime:
    return datetime.now(UTC)


def later(**by: float) -> datetime:
    return now() + timedelta(**by)


@pytest.fixture
def made(org: Embedded) -> Iterator[Transport]:
    with Transport(allowed_hosts=(HOST,), ca_file=str(org.ca_file)) as made:
        yield made


@pytest.fixture
def jwt(org: Embedded) -> JwtBearer:
    return JwtBearer(org.client_id, org.username, org.audience, org.private_key_file.read_text(), now)


def pem(key: Any, encryption: Any = None) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return str(key.private_bytes(encoding, form, encryption or serialization.NoEncryption()).decode())


def signed_in(made: Transport, org: Embedded, grant: Grant) -> dict[str, Any]:
    made.tokens = TokenSource(made, org.https, grant, (HOST,))
    found: dict[str, Any] = made.request("GET", org.https + DATA_PATH).json()
    return found


def refusal(made: Transport, org: Embedded, grant: Grant, policy: RetryPolicy = ONLINE) -> HandoffError:
    made.tokens = TokenSource(made, org.https, grant, (HOST,))
    with pytest.raises(HandoffError) as caught:
        made.request("GET", org.https + DATA_PATH, call=Call(policy, keyed=True))
    return caught.value


def failure(made: Transport, server: Scripted, call: Call | None = None) -> HandoffError:
    with pytest.raises(HandoffError) as caught:
        made.request("GET", server.url + DATA_PATH, call=call or Call(QUICK, keyed=True))
    return caught.value


# At the embedded org


def test_a_signed_assertion_opens_a_session(made: Transport, org: Embedded, jwt: JwtBearer) -> None:
    assert "DailyApiRequests" in signed_in(made, org, jwt)


def test_the_apps_secret_opens_a_session(made: Transport, org: Embedded) -> None:
    grant = ClientCredentials(org.client_id, org.client_secret)
    assert "DailyApiRequests" in signed_in(made, org, grant)


def test_a_session_that_the_org_has_ended_is_renewed(made: Transport, org: Embedded, jwt: JwtBearer) -> None:
    signed_in(made, org, jwt)
    org.expire_sessions()
    assert made.request("GET", org.https + DATA_PATH).ok
    assert org.requests.count(f"POST {TOKEN_PATH}") == 2


def test_sign_ins_that_the_org_refuses(made: Transport, org: Embedded, jwt: JwtBearer) -> None:
    stranger = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    refused: list[tuple[Grant, str, str]] = [
        (replace(jwt, audience="https://elsewhere.example"), "invalid_grant", "AUDIENCE"),
        (replace(jwt, private_key=stranger), "invalid_grant", "certificate"),
        (replace(jwt, username="nobody@embedded.example"), "invalid_grant", "USERNAME"),
        (replace(jwt, client_id="unknown"), "invalid_client_id", "CLIENT_ID"),
        (ClientCredentials(org.client_id, "wrong"), "invalid_client", "CLIENT_SECRET"),
    ]
    for number, (grant, code, word) in enumerate(refused, 1):
        raised = refusal(made, org, grant, OVERNIGHT)
        assert (type(raised), raised.code) == (Misconfigured, code)
        assert word in raised.message
        assert org.requests == [f"POST {TOKEN_PATH}"] * number, "never repeated, and nothing else is sent"
        assert_nothing_private(raised)


@pytest.mark.parametrize(("minutes", "which"), [(-10, "behind"), (120, "ahead of")])
def test_t01_a_clock_that_is_wrong_is_told_by_how_much(
    made: Transport, org: Embedded, jwt: JwtBearer, minutes: int, which: str
) -> None:
    raised = refusal(made, org, replace(jwt, clock=lambda: later(minutes=minutes)), OVERNIGHT)
    assert (type(raised), raised.code) == (Misconfigured, "CLOCK")
    seconds, where = re.findall(r"clock is (\d+) seconds (\w+)", raised.message)[0]
    assert abs(int(seconds) - abs(minutes) * 60) < 30
    assert which.startswith(where)
    assert_nothing_private(raised)


@pytest.mark.parametrize(
    ("date", "grant", "code"),
    [
        (timedelta(seconds=181 + 30), "jwt", "CLOCK"),
        (-timedelta(seconds=181 + 30), "jwt", "CLOCK"),
        (timedelta(seconds=180 - 30), "jwt", "invalid_grant"),
        (-timedelta(seconds=180 - 30), "jwt", "invalid_grant"),
        (timedelta(days=1), "secret", "invalid_grant"),
        ("yesterday", "jwt", "invalid_grant"),
        ("Fri, 20 Nov 2026 15:04:30 -0000", "jwt", "invalid_grant"),
        (None, "jwt", "invalid_grant"),
    ],
)
def test_t01_a_clock_that_is_right_enough_is_not_to_blame(
    tmp_path: Path, jwt: JwtBearer, date: Any, grant: str, code: str
) -> None:
    said = format_datetime(now() + date, usegmt=True) if isinstance(date, timedelta) else date
    refused = replace(oauth(400, "invalid_grant"), headers={"Date": said} if said else {})
    with scripted(sign_ins=[refused]) as server, transport(tmp_path) as made:
        used = jwt if grant == "jwt" else ClientCredentials("canary-client-id", SECRET)
        made.tokens = TokenSource(made, server.url, used, (HOST,))
        with pytest.raises(Misconfigured) as caught:
            made.request("GET", server.url + DATA_PATH)
    assert caught.value.code == code
    assert_nothing_private(caught.value)


@pytest.mark.parametrize("kind", ["no key", "public", "elliptic", "locked"])
def test_x07_a_key_that_cannot_sign(made: Transport, org: Embedded, jwt: JwtBearer, kind: str) -> None:
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = rsa_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    keys = {
        "no key": "canary, not a key",
        "public": public.decode(),
        "elliptic": pem(ec.generate_private_key(ec.SECP256R1())),
        "locked": pem(rsa_key, serialization.BestAvailableEncryption(b"canary")),
    }
    raised = refusal(made, org, replace(jwt, private_key=keys[kind]))
    assert (type(raised), raised.code) == (Misconfigured, "AUTH")
    assert "PRIVATE_KEY_FILE" in raised.message
    assert org.requests == []
    assert_nothing_private(raised)


# What Salesforce may answer instead


def oauth(status: int, code: str) -> Reply:
    return Reply(status, {"error": code, "error_description": "canary-said"})


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize(
    "code",
    [
        "invalid_grant",
        "invalid_client",
        "invalid_client_id",
        "inactive_user",
        "inactive_org",
        "unsupported_grant_type",
        "invalid_app_access",
        "something_new",
    ],
)
def test_s03_a_refused_sign_in_is_a_matter_of_set_up(status: int, code: str, tmp_path: Path) -> None:
    with scripted(OK, sign_ins=[oauth(status, code)]) as server, transport(tmp_path) as made:
        org_on(made, server)
        raised = failure(made, server, Call(OVERNIGHT, keyed=True))
    assert (type(raised), raised.code) == (Misconfigured, code)
    assert (len(server.sign_ins), server.seen) == (1, [])
    assert_nothing_private(raised)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {}),
        Reply(200, []),
        Reply(200, {"access_token": TOKEN.format(1)}),
        Reply(200, {"access_token": None, "instance_url": f"https://{HOST}"}),
        Reply(200, {"access_token": "", "instance_url": f"https://{HOST}"}),
        Reply(200, {"access_token": "canary\r\nX-Injected: 1", "instance_url": f"https://{HOST}"}),
        Reply(200, {"access_token": "canary\u2014", "instance_url": f"https://{HOST}"}),
        Reply(200, {"access_token": ["canary"], "instance_url": f"https://{HOST}"}),
        Reply(204, b""),
    ],
)
def test_a_sign_in_without_a_token_is_no_sign_in(reply: Reply, tmp_path: Path) -> None:
    with scripted(OK, sign_ins=[reply]) as server, transport(tmp_path) as made:
        org_on(made, server)
        raised = failure(made, server)
    assert (type(raised), raised.code) == (Unavailable, "BAD_ANSWER")
    assert (len(server.sign_ins), server.seen) == (1, [])
    assert_nothing_private(raised)


def test_a_token_answer_that_is_cut_does_not_show_its_token(tmp_path: Path) -> None:
    cut = granted(1, f"https://{HOST}").payload()[:-4]
    with scripted(OK, sign_ins=[Reply(200, cut)] * 9) as server, transport(tmp_path) as made:
        org_on(made, server)
        raised = failure(made, server)
    assert (type(raised), raised.code, server.seen) == (Unavailable, "BAD_ANSWER", [])
    assert_nothing_private(raised)


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_w11_a_sign_in_does_not_lead_to_a_host_that_is_not_ours(scheme: str, tmp_path: Path) -> None:
    with scripted(OK) as second, transport(tmp_path) as made:
        elsewhere = f"{scheme}://localhost:{second.server_address[1]}"
        with scripted(OK, sign_ins=[granted(1, elsewhere)] * 2) as server:
            org = org_on(made, server)
            raised = failure(made, server)
            with pytest.raises(Misconfigured):
                org.client()
    assert (type(raised), raised.code) == (Misconfigured, "ADDRESS")
    assert (second.seen, second.sign_ins, server.seen) == ([], [], [])
    assert_nothing_private(raised)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(how=How.HANG), "TIMEOUT"),
        (Reply(how=How.CLOSE), "BROKEN_OFF"),
        (Reply(200, None), "BAD_ANSWER"),
        (html(), "NOT_JSON"),
        (html(502), "NOT_JSON"),
        (html(503), "HTTP_503"),
        (Reply(302, b"", {"Location": "/canary"}), "REDIRECT"),
    ],
)
def test_a_sign_in_in_doubt_is_no_doubt_about_the_request(reply: Reply, code: str, tmp_path: Path) -> None:
    call = Call(QUICK, keyed=True)
    with scripted(OK, sign_ins=[reply] * 20) as server, transport(tmp_path) as made:
        org_on(made, server)
        raised = failure(made, server, call)
    assert (type(raised), raised.code) == (Unavailable, code)
    assert not isinstance(raised, Uncertain)
    # Its own attempts, not those times the request's.
    assert len(server.sign_ins) == QUICK.attempts
    assert (call.requests, server.seen) == (0, [])
    assert_nothing_private(raised)


def test_a_sign_in_is_tried_again_where_that_is_safe(tmp_path: Path) -> None:
    with scripted(OK, sign_ins=[html(502)]) as server, transport(tmp_path) as made:
        org_on(made, server)
        assert made.request("GET", server.url + DATA_PATH, call=Call(QUICK)).ok
    assert (len(server.sign_ins), len(server.seen)) == (2, 1)


def test_an_allowance_used_up_is_told_from_a_refused_sign_in(tmp_path: Path) -> None:
    used_up = error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", **{"Retry-After": "9"})
    with scripted(OK, sign_ins=[used_up]) as server, transport(tmp_path) as made:
        org_on(made, server)
        raised = failure(made, server)
    assert isinstance(raised, Exhausted)
    assert raised.retry_after == 9.0


# Threads


def test_s03_eight_threads_share_one_refused_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = threading.Semaphore(0)

    def refused(request: Seen) -> Reply:
        for _ in range(8 + 8 + 1):  # each thread asks for its time twice, the sign-in once
            assert waiting.acquire(timeout=10)
        return oauth(400, "invalid_grant")

    with scripted(sign_ins=[refused] * 8) as server, transport(tmp_path) as made:
        org_on(made, server)
        usual = made.deadline

        def counted(call: Call) -> Any:
            waiting.release()
            return usual(call)

        monkeypatch.setattr(made, "deadline", counted)
        with ThreadPoolExecutor(8) as threads:
            calls = [threads.submit(failure, made, server, Call(OVERNIGHT)) for _ in range(8)]
            raised = [call.result() for call in calls]
    assert {each.code for each in raised} == {"invalid_grant"}
    assert len({id(each) for each in raised}) == 8, "an error of its own for each thread"
    assert len(server.sign_ins) == 1


def test_a_refused_sign_in_is_tried_anew_after_a_minute_and_not_before(tmp_path: Path) -> None:
    with scripted(OK, sign_ins=[oauth(400, "invalid_grant")]) as server, transport(tmp_path) as made:
        org_on(made, server)
        now = made.clock
        assert failure(made, server).code == "invalid_grant"
        assert failure(made, server).code == "invalid_grant"
        assert len(server.sign_ins) == 1
        made.clock = lambda: now() + 61.0
        assert made.request("GET", server.url + DATA_PATH).ok
    assert len(server.sign_ins) == 2


def test_waiting_for_another_threads_sign_in_ends_with_the_call(tmp_path: Path) -> None:
    begun = threading.Event()

    def hangs(request: Seen) -> Reply:
        begun.set()
        return Reply(how=How.HANG)

    patient = replace(QUICK, total=30.0, read=30.0, attempts=1)
    with scripted(sign_ins=[hangs]) as server, transport(tmp_path) as made, ThreadPoolExecutor(1) as threads:
        org_on(made, server)
        first = threads.submit(failure, made, server, Call(patient))
        assert begun.wait(10)
        second = failure(made, server, Call(replace(QUICK, total=0.2)))
        assert not first.done(), "the second did not wait for the first"
        server.over.set()
        assert first.result().code == "BROKEN_OFF"
    assert (type(second), second.code, len(server.sign_ins)) == (Unavailable, "TIMEOUT", 1)


# What is shown


def test_x03_grants_and_tokens_do_not_show_themselves() -> None:
    for each in (
        Token("canary-token", "https://canary.example"),
        ClientCredentials("canary-id", SECRET),
        JwtBearer("canary-id", "canary@example.org", "canary", "canary-key", now),
    ):
        assert "canary" not in repr(each)
