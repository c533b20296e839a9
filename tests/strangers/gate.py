"""The only way out for a client under test: a CONNECT proxy on loopback that knows one or two ways, and no more.

A client that insists on a Salesforce host gets to the embedded org by it, and what it asked for is written down.
https://www.rfc-editor.org/rfc/rfc9110#name-connect
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer

Address = tuple[str, int]
MY_DOMAIN = "strangers.my.salesforce.com"
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
THROUGH = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Gate(ThreadingTCPServer):
    """Leads to the addresses in `ways`, by the `host:port` asked for. `asked` are all that were, in order."""

    def __init__(self, ways: Mapping[str, Address]) -> None:
        super().__init__(("127.0.0.1", 0), _Visit)
        self.ways = ways
        self.asked: list[str] = []
        self._visits: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, Address]:
        visit, address = super().get_request()
        self._visits.append(visit)
        return visit, address

    def server_close(self) -> None:
        """Whoever is still here has to leave: clients keep connections."""
        for each in self._visits:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        super().server_close()

    @property
    def address(self) -> Address:
        host, port = self.socket.getsockname()
        return host, port

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self.address)


class _Visit(StreamRequestHandler):
    rbufsize = 0
    server: Gate

    def handle(self) -> None:
        method, target, _ = self.rfile.readline().decode("latin-1").split(" ")
        while self.rfile.readline().strip():
            pass
        self.server.asked.append(target)
        way = self.server.ways.get(target) if method == "CONNECT" else None
        if way is None:
            self.wfile.write(REFUSED)
            return
        with socket.create_connection(way) as beyond:
            self.wfile.write(THROUGH)
            back = threading.Thread(target=_carry, args=(beyond, self.connection))
            back.start()
            _carry(self.connection, beyond)
            back.join()


def _carry(source: socket.socket, to: socket.socket) -> None:
    """All bytes one way, until either end has had enough."""
    with suppress(OSError):
        while some := source.recv(65_536):
            to.sendall(some)
    with suppress(OSError):
        to.shutdown(socket.SHUT_WR)


@contextmanager
def a_gate(ways: Mapping[str, Address]) -> Iterator[Gate]:
    with Gate(ways) as gate:
        thread = threading.Thread(target=gate.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield gate
        finally:
            gate.shutdown()
            thread.join()
