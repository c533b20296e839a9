"""What the transport does when the wire, or what is at the other end of it, misbehaves."""

from __future__ import annotations

import gzip
import http.client
import logging
import pickle
import socket
import socketserver
import ssl
import threading
import traceback
import tracemalloc
import warnings
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection

from sf_handoff.adapters.answers import RefusedNow
from sf_handoff.adapters.auth import TOKEN_PATH
from sf_handoff.adapters.http import MAX_BODY, Transport, check_address
from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, Rejected, Unavailable, Uncertain
from sf_handoff.retry import ONLINE, OVERNIGHT, Call, RetryPolicy
from tests.scripted import (
    HOST,
    SECRET,
    TOKEN,
    How,
    Reply,
    Scripted,
    Seen,
    Time,
    authority,
    ca_file,
    context_for,
    error,
    html,
    org_on,
    scripted,
    transport,
)

PATH = "/services/data/v66.0/composite?canary=query"
DATA = b'{"LastName": "canary-body"}'
OK = Reply(200, {"fine": True})
HASTY = replace(ONLINE, total=0.5, connect=0.4, read=0.3, attempts=1)
LASTING = replace(OVERNIGHT, total=5_000.0)


def post(made: Transport, server: Scripted, call: Call | None = None, **changes: Any) -> requests.Response:
    arguments: dict[str, Any] = {"data": DATA, "call": call or Call(ONLINE), "signed": False}
    return made.request("POST", server.url + PATH, **{**arguments, **changes})


def failure(made: Transport, server: Scripted, call: Call | None = None, **changes: Any) -> HandoffError:
    with pytest.raises(HandoffError) as caught:
        post(made, server, call, **changes)
    return caught.value


def assert_nothing_private(raised: BaseException) -> None:
    """No canary in the error's text, arguments, attributes, chain or traceback; and it can be pickled."""
    assert raised.__cause__ is None
    assert raised.__context__ is None
    copy = pickle.loads(pickle.dumps(raised))
    shown = [str(raised), repr(raised), repr(raised.args), repr(vars(raised))]
    shown += traceback.format_exception(raised)
    told = "".join(line for line in shown if "canary" in line)
    assert told == ""
    assert HOST not in "".join(shown)
    assert (type(copy), copy.args, vars(copy)) == (type(raised), raised.args, vars(raised))


# Time limits


def test_every_request_has_a_time_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    plain = requests.Session.request

    def spied(self: requests.Session, method: str, url: str, **kwargs: Any) -> requests.Response:
        asked.append(kwargs.get("timeout"))
        assert (kwargs["allow_redirects"], kwargs["stream"]) == (False, True)
        return plain(self, method, url, **kwargs)

    monkeypatch.setattr(requests.Session, "request", spied)
    over = error(401, "INVALID_SESSION_ID")
    with scripted(over, error(500, "UNKNOWN_EXCEPTION"), OK, OK, OK) as server, transport(tmp_path) as made:
        org = org_on(made, server)
        post(made, server, Call(ONLINE, keyed=True), signed=True)
        made.get(server.url + PATH, timeout=None)
        org.client(Call()).restful("limits")
    assert len(asked) == len(server.seen) + len(server.sign_ins) == 7
    for connect, read in asked:
        assert 0 < connect <= ONLINE.connect
        assert 0 < read <= ONLINE.read


def test_a_callers_own_settings_do_not_undo_ours(tmp_path: Path) -> None:
    with scripted(Reply(302, b"", {"Location": PATH}), OK) as server, transport(tmp_path) as made:
        org_on(made, server)
        with pytest.raises(Uncertain) as caught:
            made.post(server.url + PATH, timeout=None, allow_redirects=True, verify=False, stream=False)
    assert caught.value.code == "REDIRECT"
    assert len(server.seen) == 1


def test_what_a_sign_in_takes_is_taken_from_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time()
    limits: list[tuple[float, float]] = []
    plain = requests.Session.request

    def spied(self: requests.Session, method: str, url: str, **kwargs: Any) -> requests.Response:
        limits.append(kwargs["timeout"])
        time.now += 0.7  # what each request takes
        return plain(self, method, url, **kwargs)

    monkeypatch.setattr(requests.Session, "request", spied)
    with scripted(error(401, "INVALID_SESSION_ID"), OK) as server, transport(tmp_path, time) as made:
        org_on(made, server)
        post(made, server, Call(ONLINE), signed=True)
    # A sign-in, the request, a new sign-in, the request again.
    assert [round(read, 2) for _, read in limits] == [2.0, 2.0, 1.5, 0.8]


def test_without_time_left_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time()
    plain = requests.Session.request

    def slow(self: requests.Session, method: str, url: str, **kwargs: Any) -> requests.Response:
        response = plain(self, method, url, **kwargs)
        time.now += ONLINE.total if url.endswith(TOKEN_PATH) else 0.0
        return response

    with scripted(OK) as server, transport(tmp_path, time) as made:
        org_on(made, server)
        monkeypatch.setattr(requests.Session, "request", slow)
        raised = failure(made, server, Call(ONLINE, keyed=True), signed=True)
    assert (type(raised) is not Uncertain, raised.code) == (True, "TIMEOUT")
    assert isinstance(raised, Unavailable)
    assert server.seen == []


SLOW = [How.HANG, How.HANG_AMID, How.TRICKLE, How.TRICKLE_BODY, How.TRICKLE_CHUNK]


@pytest.mark.parametrize("how", SLOW)
def test_w03_w12_the_deadline_ends_a_hang_and_a_trickle(how: How, tmp_path: Path) -> None:
    endless = Reply(200, {"x": "x" * 1_000}, how=how)
    call = Call(HASTY, keyed=True)
    with scripted(endless) as server, transport(tmp_path) as made:
        raised = failure(made, server, call)
    assert (type(raised), raised.code) == (Uncertain, "TIMEOUT")
    assert call.requests == len(server.seen) == 1
    assert not server.trickled


def test_w01_all_addresses_of_a_host_share_one_time_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    several = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{n}", 9)) for n in range(1, 5)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: several)

    def silent(self: socket.socket, address: Any) -> None:
        waits.append(self.gettimeout() or 0.0)
        raise TimeoutError

    monkeypatch.setattr(socket.socket, "connect", silent)
    with transport(tmp_path, Time()) as made, pytest.raises(Unavailable) as caught:
        made.request("GET", f"https://{HOST}/", signed=False, call=Call(replace(ONLINE, attempts=1)))
    assert (caught.value.code, isinstance(caught.value, Uncertain)) == ("UNREACHABLE", False)
    assert len(waits) == 4
    assert sum(waits) <= ONLINE.connect


# Never sent


@contextmanager
def port_that_refuses() -> Iterator[str]:
    with socket.socket() as bound:
        bound.bind((HOST, 0))
        yield f"https://{HOST}:{bound.getsockname()[1]}/"


@contextmanager
def hangs_up() -> Iterator[str]:
    """A listener that closes each connection before the TLS handshake."""
    with socket.create_server((HOST, 0)) as listener:

        def close_all() -> None:
            with suppress(OSError):
                while True:
                    listener.accept()[0].close()

        thread = threading.Thread(target=close_all)
        thread.start()
        try:
            yield f"https://{HOST}:{listener.getsockname()[1]}/"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize("keyed", [True, False])
def test_w01_a_refused_connection_is_tried_again_and_is_no_doubt(keyed: bool, tmp_path: Path) -> None:
    time, call = Time(), Call(ONLINE, keyed=keyed)
    with port_that_refuses() as url, transport(tmp_path, time) as made, pytest.raises(Unavailable) as caught:
        made.request("POST", url, data=DATA, call=call, signed=False)
    assert caught.value.code == "UNREACHABLE"
    assert not isinstance(caught.value, Uncertain)
    assert call.requests == ONLINE.attempts
    assert [0 <= nap <= ceiling for nap, ceiling in zip(time.naps, (0.05, 0.1), strict=True)] == [True, True]
    assert_nothing_private(caught.value)


def test_w01_trying_again_ends_with_the_deadline(tmp_path: Path) -> None:
    time, call = Time(), Call(replace(ONLINE, attempts=10_000, first_wait=0.5))
    with port_that_refuses() as url, transport(tmp_path, time) as made, pytest.raises(Unavailable):
        made.request("POST", url, data=DATA, call=call, signed=False)
    assert 1 < call.requests < 10_000
    assert sum(time.naps) < ONLINE.total


def test_w01_a_name_without_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with transport(tmp_path) as made, pytest.raises(Unavailable) as caught:
        made.request("POST", f"https://{HOST}/", data=DATA, signed=False)
    assert caught.value.code == "UNREACHABLE"


def test_w01_a_handshake_that_breaks_off_was_never_sent(tmp_path: Path) -> None:
    call = Call(ONLINE)
    with hangs_up() as url, transport(tmp_path) as made, pytest.raises(Unavailable) as caught:
        made.request("POST", url, data=DATA, call=call, signed=False)
    assert (caught.value.code, isinstance(caught.value, Uncertain)) == ("UNREACHABLE", False)
    assert call.requests == ONLINE.attempts


# Ambiguous

IN_DOUBT = [
    pytest.param(Reply(how=How.HANG), "TIMEOUT", id="W03 no answer"),
    pytest.param(Reply(how=How.CLOSE), "BROKEN_OFF", id="W05 closed"),
    pytest.param(Reply(how=How.RESET), "BROKEN_OFF", id="W05 reset"),
    pytest.param(Reply(body={"a": 1}, how=How.CLOSE_AFTER_HEADERS), "BROKEN_OFF", id="W05 no body"),
    pytest.param(Reply(body={"a": 1}, how=How.CUT), "BROKEN_OFF", id="W05 cut body"),
    pytest.param(Reply(body={"a": 1}, how=How.CUT_CHUNKS), "BROKEN_OFF", id="W05 cut chunks"),
    pytest.param(Reply(body=b""), "BAD_ANSWER", id="W06 empty"),
    pytest.param(Reply(body=b'{"a": '), "BAD_ANSWER", id="W06 truncated"),
    pytest.param(html(), "NOT_JSON", id="W07 page"),
    pytest.param(Reply(body=b'{"a":' * 200_000), "BAD_ANSWER", id="W14 deep"),
    pytest.param(Reply(body=b'{"a": ' + b"1" * 5_000 + b"}"), "BAD_ANSWER", id="W14 long number"),
    pytest.param(Reply(body=b'{"a": NaN}'), "BAD_ANSWER", id="W14 NaN"),
    pytest.param(Reply(body=b'{"a": 1, "a": 2}'), "BAD_ANSWER", id="W14 repeated key"),
    pytest.param(error(500, "UNKNOWN_EXCEPTION"), "UNKNOWN_EXCEPTION", id="W09 500"),
    pytest.param(html(500), "NOT_JSON", id="W09 500 page"),
    pytest.param(html(502), "NOT_JSON", id="W09 502"),
    pytest.param(html(504), "NOT_JSON", id="W09 504"),
    pytest.param(
        Reply(200, b"\x1f\x8bcanary", {"Content-Encoding": "gzip"}), "BAD_ANSWER", id="W13 not gzip"
    ),
]
TRIED_TWICE = RetryPolicy(3.0, 2, connect=1.0, read=0.3, first_wait=0.01, longest_wait=0.01, refusals=False)


@pytest.mark.parametrize(("reply", "code"), IN_DOUBT)
def test_in_doubt_is_repeated_with_the_same_key(reply: Reply, code: str, tmp_path: Path) -> None:
    """W03, W05, W06, W07, W09, W13, W14: its parameters say which."""
    call = Call(TRIED_TWICE, keyed=True)
    with scripted(reply, OK) as server, transport(tmp_path) as made:
        assert post(made, server, call).json() == {"fine": True}
    first, second = server.seen
    assert first == second
    assert call.requests == 2


@pytest.mark.parametrize(("reply", "code"), IN_DOUBT)
def test_in_doubt_is_not_repeated_without_a_key(reply: Reply, code: str, tmp_path: Path) -> None:
    """W03, W05, W06, W07, W09, W13, W14"""
    call = Call(TRIED_TWICE)
    with scripted(reply, OK) as server, transport(tmp_path) as made:
        raised = failure(made, server, call)
    assert (type(raised), raised.code) == (Uncertain, code)
    assert call.requests == len(server.seen) == 1
    assert_nothing_private(raised)


# Refused for now

ANSWERED = datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC)


def http_date(seconds: float) -> str:
    return (ANSWERED + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")


WAITS = [
    pytest.param({"Retry-After": "7"}, 7.0, id="seconds"),
    pytest.param({"Retry-After": http_date(30), "Date": http_date(0)}, 30.0, id="date"),
    pytest.param({"Retry-After": http_date(-30), "Date": http_date(0)}, 1.0, id="date gone by"),
    pytest.param({"Retry-After": "-5"}, 1.0, id="negative"),
    pytest.param({}, None, id="absent"),
    pytest.param({"Retry-After": "864000"}, 900.0, id="10 days"),
    pytest.param({"Retry-After": "soon"}, None, id="no number"),
]


@pytest.mark.parametrize("reply", [html(503), html(429), error(503, "SERVER_UNAVAILABLE"), error(429, "")])
@pytest.mark.parametrize(("headers", "seconds"), WAITS)
def test_w08_not_now_is_left_to_the_outbox_while_someone_waits(
    reply: Reply, headers: dict[str, str], seconds: float | None, tmp_path: Path
) -> None:
    time, call = Time(), Call(ONLINE, keyed=True)
    with (
        scripted(replace(reply, headers={**reply.headers, **headers}), OK) as server,
        transport(tmp_path, time) as made,
    ):
        raised = failure(made, server, call)
    assert isinstance(raised, RefusedNow)
    assert raised.retry_after == seconds
    assert (call.requests, time.naps) == (1, [])
    assert_nothing_private(raised)


@pytest.mark.parametrize(("headers", "seconds"), WAITS)
def test_w08_not_now_is_tried_again_overnight(
    headers: dict[str, str], seconds: float | None, tmp_path: Path
) -> None:
    time, call = Time(), Call(LASTING, keyed=False)
    with scripted(html(503, **headers), OK) as server, transport(tmp_path, time) as made:
        post(made, server, call)
    (nap,) = time.naps
    assert (seconds or 0.0) <= nap <= (seconds or 0.0) + LASTING.first_wait
    assert call.requests == 2


def test_w08_overnight_does_not_wait_beyond_its_patience(tmp_path: Path) -> None:
    time, call = Time(), Call(OVERNIGHT)
    with scripted(html(503, **{"Retry-After": "864000"}), OK) as server, transport(tmp_path, time) as made:
        raised = failure(made, server, call)
    assert (type(raised), time.naps) == (RefusedNow, [])


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("method", ["PATCH", "POST", "GET"])
def test_w10_w11_a_redirect_is_never_followed(
    status: int, elsewhere: bool, method: str, tmp_path: Path
) -> None:
    with scripted(OK) as second, transport(tmp_path) as made:
        away = Reply(status, b"", {"Location": second.url + "/canary" if elsewhere else "/canary"})
        with scripted(away, OK) as first, pytest.raises(Uncertain) as caught:
            made.request(method, first.url + PATH, data=DATA, signed=False, call=Call())
    assert caught.value.code == "REDIRECT"
    assert (len(first.seen), second.seen) == (1, [])
    assert_nothing_private(caught.value)


@pytest.mark.parametrize("location", ["https://[canary", "//", "\xff\xfe", "http://a:b:c/"])
def test_w10_a_redirect_to_nonsense(location: str, tmp_path: Path) -> None:
    with (
        scripted(
            Reply(302, b"", {"Location": location.encode("latin1").decode("ascii", "replace")})
        ) as server,
        transport(tmp_path) as made,
    ):
        raised = failure(made, server)
    assert raised.code == "REDIRECT"


# Size


def bomb(size: int, times: int = 1) -> bytes:
    """`size` bytes of a JSON string, compressed `times` times; made piece by piece."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = packer.compress(b'"')
    for _ in range(size >> 20):
        packed += packer.compress(b"a" * (1 << 20))
    packed += packer.flush()
    return packed if times == 1 else gzip.compress(packed)


@pytest.mark.parametrize(
    ("body", "coding"),
    [(bomb(100 << 20), "gzip"), (bomb(100 << 20, 2), "gzip, gzip")],
    ids=["once", "twice"],
)
@pytest.mark.parametrize("status", [200, 302, 503])
def test_w13_a_gzip_bomb_takes_little_memory(body: bytes, coding: str, status: int, tmp_path: Path) -> None:
    headers = {"Content-Encoding": coding, "Location": "/canary"}
    with scripted(Reply(status, body, headers)) as server, transport(tmp_path) as made:
        tracemalloc.start()
        try:
            raised = failure(made, server, Call(OVERNIGHT))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert (type(raised), raised.code) == (Uncertain, "BAD_ANSWER")
    assert peak < 32 << 20


@pytest.mark.parametrize(("spare", "fits"), [(0, True), (1, False)])
def test_w13_an_answer_may_be_eight_megabytes_long(spare: int, fits: bool, tmp_path: Path) -> None:
    body = b'["' + b"a" * (MAX_BODY - 4 + spare) + b'"]'
    with scripted(Reply(200, body)) as server, transport(tmp_path) as made:
        if fits:
            assert len(post(made, server).content) == MAX_BODY
        else:
            assert failure(made, server).code == "BAD_ANSWER"


# TLS


def other_name() -> ssl.SSLContext:
    return context_for(authority().issue_cert("somewhere-else.example"))


def expired() -> ssl.SSLContext:
    return context_for(authority().issue_cert(HOST, not_after=datetime(2020, 1, 1, tzinfo=UTC)))


def from_a_stranger() -> ssl.SSLContext:
    return context_for(trustme.CA().issue_cert(HOST))


def too_old() -> ssl.SSLContext:
    context = context_for(authority().issue_cert(HOST))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


@pytest.mark.parametrize("made_context", [other_name, expired, from_a_stranger, too_old])
def test_w02_a_certificate_that_is_not_right_gets_nothing(made_context: Any, tmp_path: Path) -> None:
    call = Call(OVERNIGHT, keyed=True)
    with scripted(OK, context=made_context()) as server, transport(tmp_path) as made:
        raised = failure(made, server, call)
    assert (type(raised), raised.code) == (Misconfigured, "TLS")
    assert (server.seen, call.requests) == ([], 1)
    assert_nothing_private(raised)


def test_w02_a_missing_ca_file_is_said_without_its_path(tmp_path: Path) -> None:
    missing = str(tmp_path / "canary.pem")
    with scripted(OK) as server, transport(tmp_path, ca_file=missing) as made:
        raised = failure(made, server)
    assert (type(raised), raised.code, server.seen) == (Misconfigured, "TLS", [])
    assert_nothing_private(raised)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_x07_the_environment_names_no_other_authorities(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, ca_file(tmp_path))
    with scripted(OK, OK) as server, transport(tmp_path, ca_file=None) as made:
        raised = failure(made, server)
        assert (raised.code, server.seen) == ("TLS", [])
        # The same variable makes plain requests trust the server.
        if variable != "SSL_CERT_FILE":
            assert requests.get(server.url, timeout=5).ok


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("value", ["", "/nowhere"])
def test_x07_the_environment_does_not_switch_verification_off(
    variable: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with scripted(OK) as server, transport(tmp_path) as trusting, transport(tmp_path, ca_file=None) as usual:
        assert failure(usual, server).code == "TLS"
        assert post(trusting, server).ok


def test_a_netrc_file_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {HOST} login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with scripted(OK) as server, transport(tmp_path) as made:
        org_on(made, server)
        post(made, server, signed=True)
    assert server.seen[0].headers["authorization"] == f"Bearer {TOKEN.format(1)}"
    assert "authorization" not in server.sign_ins[0].headers


# A proxy between


class _Tunnel(socketserver.StreamRequestHandler):
    """Answers CONNECT as a proxy does, and passes bytes on."""

    def handle(self) -> None:
        host, _, port = self.rfile.readline().split()[1].decode().partition(":")
        while self.rfile.readline().strip():
            pass
        with socket.create_connection((host, int(port))) as there, suppress(OSError):
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=self._pass_on, args=(there, self.request))
            back.start()
            self._pass_on(self.request, there)
            back.join()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("NO_PROXY", "no_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with socketserver.ThreadingTCPServer((HOST, 0), _Tunnel) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        address = f"http://{HOST}:{server.server_address[1]}"
        monkeypatch.setenv("https_proxy", address)
        yield address
        server.shutdown()
        thread.join()


def test_a_proxy_may_stand_between(proxied: str, tmp_path: Path) -> None:
    call = Call(HASTY)
    endless = Reply(200, {"x": "x" * 1_000}, how=How.TRICKLE)
    with scripted(OK, endless) as server, transport(tmp_path) as made:
        assert post(made, server).ok
        raised = failure(made, server, call)
    assert (type(raised), raised.code, server.trickled) == (Uncertain, "TIMEOUT", False)


def test_w02_a_proxy_does_not_stand_in_for_the_certificate(proxied: str, tmp_path: Path) -> None:
    with scripted(OK, context=from_a_stranger()) as server, transport(tmp_path) as made:
        raised = failure(made, server)
    assert (raised.code, server.seen) == ("TLS", [])


@pytest.mark.parametrize(
    ("address", "code"), [("http://127.0.0.1:1", "UNREACHABLE"), ("http://[canary", "ADDRESS")]
)
def test_a_proxy_that_is_not_there(
    proxied: str, address: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", address)
    with scripted(OK) as server, transport(tmp_path) as made:
        raised = failure(made, server)
    assert (raised.code, isinstance(raised, Uncertain), server.seen) == (code, False, [])
    assert_nothing_private(raised)


# Addresses

GOOD = (".my.salesforce.com",)
NOT_OURS = [
    "http://acme.my.salesforce.com/",
    "HTTP://acme.my.salesforce.com/",
    "ftp://acme.my.salesforce.com/",
    "//acme.my.salesforce.com/",
    "acme.my.salesforce.com",
    "https://",
    "https:///services",
    "",
    "https://evil.example/",
    "https://evilmy.salesforce.com/",
    "https://acme.my.salesforce.com.evil.example/",
    "https://acme.my.salesforce.com@evil.example/",
    "https://evil.example\\@acme.my.salesforce.com/",
    "https://evil.example#@acme.my.salesforce.com/",
    "https://evil.example?.my.salesforce.com/",
    "https://[acme.my.salesforce.com/",
    "https://acme.my.salesforce.com:port/",
]


@pytest.mark.parametrize("url", NOT_OURS)
def test_addresses_that_may_see_no_token(url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        check_address(url, GOOD)
    assert caught.value.code == "ADDRESS"
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize("url", ["https://acme.my.salesforce.com", "https://ACME.My.Salesforce.com:443/x"])
@pytest.mark.parametrize("suffix", [".my.salesforce.com", "my.salesforce.com", "acme.my.salesforce.com"])
def test_addresses_that_are_ours(url: str, suffix: str) -> None:
    check_address(url, (suffix,))


def test_no_connection_is_made_to_an_address_that_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: reached.append(address))
    with transport(tmp_path) as made:
        for url in (f"http://{HOST}:1/", "https://localhost:1/", f"https://localhost:1\\@{HOST}/"):
            with pytest.raises(Misconfigured):
                made.request("POST", url, data=DATA, signed=False)
    assert reached == []


# The token


def test_s01_a_session_that_is_over_is_renewed_and_the_request_sent_again_as_it_was(tmp_path: Path) -> None:
    packed = gzip.compress(DATA)
    headers = {"Sforce-Auto-Assign": "FALSE", "Sforce-Call-Options": "client=x", "Content-Encoding": "gzip"}
    call = Call(ONLINE)
    with scripted(error(401, "INVALID_SESSION_ID"), OK) as server, transport(tmp_path) as made:
        org_on(made, server)
        assert post(made, server, call, data=packed, headers=headers, signed=True).ok
    first, second = server.seen
    assert (len(server.sign_ins), call.requests) == (2, 2)
    assert first.headers["authorization"] == f"Bearer {TOKEN.format(1)}"
    assert second.headers["authorization"] == f"Bearer {TOKEN.format(2)}"
    assert {name.lower(): value for name, value in headers.items()}.items() <= second.headers.items()
    assert first.body == second.body == packed
    assert (first.method, first.path) == (second.method, second.path)


def test_s01_eight_threads_on_one_session_that_is_over_sign_in_once(tmp_path: Path) -> None:
    together = threading.Barrier(8, timeout=10)

    def answer(request: Seen) -> Reply:
        if request.headers["authorization"] == f"Bearer {TOKEN.format(1)}":
            together.wait()
            return error(401, "INVALID_SESSION_ID")
        return OK

    with scripted(OK, *[answer] * 16) as server, transport(tmp_path) as made:
        org_on(made, server)
        post(made, server, signed=True)
        with ThreadPoolExecutor(8) as threads:
            calls = [threads.submit(post, made, server, signed=True) for _ in range(8)]
            assert [call.result().status_code for call in calls] == [200] * 8
    assert len(server.sign_ins) == 2
    assert len(server.seen) == 1 + 8 + 8


def test_s03_a_new_session_that_is_refused_as_well_ends_it(tmp_path: Path) -> None:
    call = Call(OVERNIGHT, keyed=True)
    with scripted(*[error(401, "INVALID_SESSION_ID")] * 5) as server, transport(tmp_path) as made:
        org_on(made, server)
        raised = failure(made, server, call, signed=True)
    assert (type(raised), raised.code) == (Misconfigured, "AUTH")
    assert (len(server.seen), call.requests, len(server.sign_ins)) == (2, 2, 2)
    assert_nothing_private(raised)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("TotalRequests Limit exceeded.", Exhausted),
        ("ConcurrentRequests (Concurrent API Requests) Limit exceeded.", RefusedNow),
        ("ConcurrentPerOrgLongTxn Limit exceeded.", RefusedNow),
    ],
)
def test_s04_s05_a_limit_is_no_reason_to_sign_in_again(text: str, kind: type, tmp_path: Path) -> None:
    refused = error(403, "REQUEST_LIMIT_EXCEEDED", text, **{"Retry-After": "60"})
    with scripted(refused, OK) as server, transport(tmp_path) as made:
        org_on(made, server)
        raised = failure(made, server, Call(ONLINE, keyed=True), signed=True)
    assert type(raised) is kind
    assert isinstance(raised, Unavailable)
    assert (raised.code, raised.retry_after) == ("REQUEST_LIMIT_EXCEEDED", 60.0)
    assert (len(server.sign_ins), len(server.seen)) == (1, 1)


def test_s04_a_used_up_allowance_is_not_tried_again_overnight(tmp_path: Path) -> None:
    refused = error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    with scripted(refused, OK) as server, transport(tmp_path) as made:
        assert type(failure(made, server, Call(OVERNIGHT, keyed=True))) is Exhausted
    assert len(server.seen) == 1


def test_a_transport_without_a_sign_in_sends_nothing(tmp_path: Path) -> None:
    with scripted(OK) as server, transport(tmp_path) as made:
        raised = failure(made, server, signed=True)
    assert (type(raised), raised.code, server.seen) == (Misconfigured, "AUTH", [])


# Privacy


@pytest.mark.parametrize(
    "reply",
    [
        error(400, "REQUIRED_FIELD_MISSING", "canary is missing"),
        error(400, "INVALID_TYPE", "canary is no type"),
        error(418, "SOMETHING_NEW", "canary teapot"),
        error(400, "canary is not a code"),
        Reply(300, ["/services/data/v66.0/sobjects/Case/canary1", "/services/data/canary2"]),
        Reply(200, b'{"canary": "' + b"[" * 200_000),
        Reply(400, {"canary": "neither code nor message"}),
        Reply(500, b"canary", {"Content-Type": "application/json"}),
    ],
)
def test_x03_no_error_holds_what_was_sent_or_answered(reply: Reply, tmp_path: Path) -> None:
    with scripted(reply) as server, transport(tmp_path) as made:
        org_on(made, server)
        raised = failure(made, server, Call(ONLINE), signed=True)
    assert_nothing_private(raised)


@pytest.mark.parametrize(
    "unsendable",
    [
        {"headers": {"X-Note": "canary\r\nX-Injected: 1"}},
        {"headers": {"X-Note": "canary \u2014 not Latin-1"}},
        {"data": None, "json": {"canary": float("nan")}},
    ],
    ids=["line break in a header", "no Latin-1 header", "NaN"],
)
def test_i09_what_no_request_can_hold_is_refused_before_it_is_sent(
    unsendable: dict[str, Any], tmp_path: Path
) -> None:
    with scripted(OK) as server, transport(tmp_path) as made:
        raised = failure(made, server, Call(ONLINE, keyed=True), **unsendable)
    assert (type(raised), raised.code, server.seen) == (Rejected, "UNSENDABLE", [])
    assert_nothing_private(raised)


def test_x03_debug_logging_shows_no_token_and_no_body(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    answered = Reply(200, {"LastName": "canary-answer"}, {"X-Canary": "canary-header"})
    with scripted(answered, error(400, "X", "canary-said")) as server, transport(tmp_path) as made:
        org_on(made, server)
        made.request("POST", server.url + "/services/data", data=DATA, signed=True)
        failure(made, server, signed=True)
    printed = capsys.readouterr()
    logged = caplog.text.replace("canary=query", "")  # urllib3 logs the path; ours hold no person
    assert "urllib3" in caplog.text
    for shown in (logged, printed.out, printed.err):
        assert [word for word in ("canary", SECRET, TOKEN.format(1)) if word in shown] == []


def test_a_recorder_of_conversations_is_not_passed_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """VCR and its like put their own connection in the place of urllib3's."""
    recorded: list[str] = []

    class Recorder(HTTPSConnection):
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
            recorded.append(method)
            super().request(method, url, *args, **kwargs)

    with scripted(OK, OK) as server, transport(tmp_path) as made:
        post(made, server)
        made.close()
        monkeypatch.setattr(HTTPSConnectionPool, "ConnectionCls", Recorder)
        post(made, server)
    assert recorded == ["POST"]


def test_many_threads_share_one_transport(tmp_path: Path) -> None:
    with scripted(*[OK] * 40) as server, transport(tmp_path) as made, ExitStack() as stack:
        org_on(made, server)
        threads = stack.enter_context(ThreadPoolExecutor(8))
        calls = [threads.submit(post, made, server, Call(ONLINE), signed=True) for _ in range(40)]
        assert {call.result().status_code for call in calls} == {200}
    assert len(server.sign_ins) == 1
