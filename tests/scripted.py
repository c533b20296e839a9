"""A server on loopback that answers what it is told, in order, and remembers what it was asked.

Each step of the script is a Reply, or a function from the request to a Reply. Sign-ins are answered apart:
first from `sign_ins`, then with a token of the form `TOKEN.format(n)`.
"""

from __future__ import annotations

import functools
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from sf_handoff.adapters.auth import TOKEN_PATH, ClientCredentials
from sf_handoff.adapters.http import Transport
from sf_handoff.adapters.salesforce import SalesforceOrg

HOST = "127.0.0.1"
TOKEN = "00D000000000001!canary.token.{}"
SECRET = "canary-client-secret"
PACE = 0.01


class How(Enum):
    """How a reply goes out."""

    WHOLE = auto()
    CLOSE = auto()  # the connection closes before a byte of it
    RESET = auto()  # the same, with a TCP reset
    CLOSE_AFTER_HEADERS = auto()
    CUT = auto()  # half of the body, then it closes
    CUT_CHUNKS = auto()  # one chunk of two, then it closes
    HANG = auto()  # nothing, and it stays open
    HANG_AMID = auto()  # half of the body, and it stays open
    TRICKLE = auto()  # a byte at a time, from the status line on
    TRICKLE_BODY = auto()  # a byte at a time, after whole headers
    TRICKLE_CHUNK = auto()  # the same, as a single chunk


@dataclass(frozen=True)
class Reply:
    """An answer. `body` is sent as it is if it is bytes, else as JSON."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    how: How = How.WHOLE

    def payload(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    def head(self, **more: str) -> bytes:
        headers = {"Content-Type": "application/json;charset=UTF-8", **more, **self.headers}
        lines = [f"HTTP/1.1 {self.status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode()


@dataclass(frozen=True)
class Seen:
    """A request as it arrived; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Step = Reply | Callable[[Seen], Reply]


def html(status: int = 200, **headers: str) -> Reply:
    page = b"<html><body>canary-page: we are down for maintenance</body></html>"
    return Reply(status, page, {"Content-Type": "text/html; charset=UTF-8", **headers})


def error(status: int, code: str, message: str = "canary-said", **headers: str) -> Reply:
    """An error in the shape of the REST API."""
    return Reply(status, [{"errorCode": code, "message": message}], headers)


def granted(number: int, instance_url: str) -> Reply:
    return Reply(200, {"access_token": TOKEN.format(number), "instance_url": instance_url, "scope": "api"})


class Scripted(ThreadingHTTPServer):
    """The server. `seen` are the requests but the sign-ins, which are in `sign_ins`.

    `trickled` says that a trickle was read to its end.
    """

    daemon_threads = False
    trickled = False

    def __init__(self, script: Sequence[Step], sign_ins: Sequence[Step], context: ssl.SSLContext) -> None:
        self.over = threading.Event()
        self.seen: list[Seen] = []
        self.sign_ins: list[Seen] = []
        self._script, self._grants, self.context = list(script), list(sign_ins), context
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        super().__init__((HOST, 0), _Handler)
        self.url = f"https://{HOST}:{self.server_address[1]}"

    def reply(self, request: Seen) -> Reply:
        with self._lock:
            step = self._grant(request) if request.path == TOKEN_PATH else self._next(request)
        return step(request) if callable(step) else step

    def answer_sign_ins_with(self, *steps: Step) -> None:
        self._grants.extend(steps)

    def opened(self, connection: socket.socket) -> None:
        self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        self._open.discard(connection)
        connection.close()

    def end(self) -> None:
        """Lets go of what hangs, and of connections that are kept alive."""
        self.over.set()
        for connection in tuple(self._open):
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away, or that does not trust us, is part of the play."""

    def _next(self, request: Seen) -> Step:
        self.seen.append(request)
        return self._script.pop(0) if self._script else error(500, "SCRIPT_OVER")

    def _grant(self, request: Seen) -> Step:
        self.sign_ins.append(request)
        return self._grants.pop(0) if self._grants else granted(len(self.sign_ins), self.url)


class _Handler(BaseHTTPRequestHandler):
    server: Scripted
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.server.opened(self.request)
        super().setup()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.server.closed(self.request)

    def log_message(self, *args: Any) -> None:
        """Says nothing."""

    def parse_request(self) -> bool:
        """Answers every method alike."""
        parsed = super().parse_request()
        setattr(self, f"do_{self.command}", self._answer)
        return parsed

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.reply(Seen(self.command, self.path, headers, body))
        with suppress(OSError):
            self._send(reply)
        self.close_connection = reply.how is not How.WHOLE

    def _send(self, reply: Reply) -> None:
        payload = reply.payload()
        half = payload[: len(payload) // 2]
        whole = reply.head() if reply.status == 204 else reply.head(**{"Content-Length": str(len(payload))})
        chunked = reply.head(**{"Transfer-Encoding": "chunked"})
        match reply.how:
            case How.WHOLE:
                self.wfile.write(whole + (b"" if reply.status == 204 else payload))
            case How.RESET:
                linger = struct.pack("ii", 1, 0)
                self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            case How.CLOSE_AFTER_HEADERS:
                self.wfile.write(whole)
            case How.CUT:
                self.wfile.write(whole + half)
            case How.CUT_CHUNKS:
                self.wfile.write(chunked + b"%x\r\n%s\r\nffff\r\ncut" % (len(half), half))
            case How.HANG:
                self.server.over.wait()
            case How.HANG_AMID:
                self.wfile.write(whole + half)
                self.server.over.wait()
            case How.TRICKLE:
                self._trickle(whole + payload)
            case How.TRICKLE_BODY:
                self.wfile.write(whole)
                self._trickle(payload)
            case How.TRICKLE_CHUNK:
                self.wfile.write(chunked + b"%x\r\n" % len(payload))
                self._trickle(payload + b"\r\n0\r\n\r\n")

    def _trickle(self, data: bytes) -> None:
        for byte in data:
            self.wfile.write(bytes([byte]))
            if self.server.over.wait(PACE):
                return
        self.server.trickled = True


@functools.cache
def authority() -> trustme.CA:
    return trustme.CA()


def context_for(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@functools.cache
def _usual_context() -> ssl.SSLContext:
    return context_for(authority().issue_cert(HOST))


@contextmanager
def scripted(
    *script: Step, sign_ins: Sequence[Step] = (), context: ssl.SSLContext | None = None
) -> Iterator[Scripted]:
    """The server, until the block ends."""
    with Scripted(script, sign_ins, context or _usual_context()) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.end()
            server.shutdown()
            thread.join()


@dataclass
class Time:
    """A clock that only moves when someone sleeps on it, or moves it. `naps` are the sleeps."""

    now: float = 1000.0
    naps: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


def ca_file(folder: Path, certificate: trustme.CA | None = None) -> str:
    path = folder / "scripted-ca.pem"
    (certificate or authority()).cert_pem.write_to_path(path)
    return str(path)


@contextmanager
def transport(folder: Path, time: Time | None = None, **changes: Any) -> Iterator[Transport]:
    """A Transport that trusts the scripted server, and sleeps on `time`."""
    settings: dict[str, Any] = {"allowed_hosts": (HOST,), "ca_file": ca_file(folder)}
    settings |= {"sleep": (time or Time()).sleep} | ({"clock": time.clock} if time else {})
    with Transport(**{**settings, **changes}) as made:
        yield made


def org_on(made: Transport, server: Scripted, **changes: Any) -> SalesforceOrg:
    """A SalesforceOrg that signs in at the scripted server, on this transport."""
    settings: dict[str, Any] = {"allowed_hosts": (HOST,), "version": "66.0"}
    grant = ClientCredentials("canary-client-id", SECRET)
    return SalesforceOrg(made, server.url, grant, **{**settings, **changes})
