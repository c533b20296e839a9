"""The connection below the transport: it ends by the deadline, and it knows whether anything was sent.

requests and urllib3 limit each connect, read and write by itself, so an answer that comes a byte at a time,
or a host with many addresses, outlasts every limit. Here each of them gets what is left of the call.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from sf_handoff.retry import RetryPolicy

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_MARGIN = 0.1


@dataclass(frozen=True)
class Deadline:
    """When a call must be over, on a clock that nobody sets."""

    at: float
    clock: Callable[[], float]

    @property
    def left(self) -> float:
        return self.at - self.clock()

    def allows(self, seconds: float = 0.0) -> bool:
        """Whether an attempt can still begin after so many seconds."""
        return self.left - _MARGIN > seconds

    def limits(self, policy: RetryPolicy) -> tuple[float, float]:
        """The time limits of one attempt: (connect, read)."""
        left = self.left - _MARGIN
        return min(policy.connect, left), min(policy.read, left)


@dataclass
class Attempt:
    """One request under way. `sent` turns true before its first byte leaves, encrypted."""

    deadline: Deadline
    sent: bool = False


_current: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


@contextmanager
def attempt(deadline: Deadline) -> Iterator[Attempt]:
    """What this thread's connections do in the block belongs to one attempt."""
    made = Attempt(deadline)
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)


class _Socket(ssl.SSLSocket):
    """A TLS socket whose every read and write is limited by what is left of the attempt."""

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        under_way = self._limited()
        if under_way:
            under_way.sent = True
        return super().send(data, flags)

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        self._limited()
        return super().recv_into(buffer, nbytes, flags)

    def _limited(self) -> Attempt | None:
        under_way = _current.get()
        if under_way:
            left = under_way.deadline.left
            if left <= 0:
                raise TimeoutError("the deadline has passed")
            self.settimeout(min(left, self.gettimeout() or left))
        return under_way


class _Connection(HTTPSConnection):
    debuglevel = 0  # http.client prints headers, the token's too, where debugging is switched on for all

    def connect(self) -> None:
        self.ssl_context = create_urllib3_context()
        self.ssl_context.sslsocket_class = _Socket
        super().connect()

    def _new_conn(self) -> socket.socket:
        """Divides the time limit by the number of the host's addresses: urllib3 gives all of it to each."""
        limit = self.timeout
        self.timeout = limit and limit / self._addresses()
        try:
            connected = super()._new_conn()
        finally:
            self.timeout = limit
        connected.settimeout(limit)
        return connected

    def _addresses(self) -> int:
        with suppress(OSError, UnicodeError):
            return len(socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)) or 1
        return 1


class _Pool(HTTPSConnectionPool):
    @property
    def ConnectionCls(self) -> type[Any]:  # type: ignore[override]  # noqa: N802
        """Ours, unless a recorder of HTTP conversations has put its own in the place of urllib3's."""
        usual = HTTPSConnectionPool.ConnectionCls
        return _Connection if usual is HTTPSConnection else usual


class Adapter(HTTPAdapter):
    """requests' adapter, on connections of ours, with or without a proxy between."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _use_our_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        _use_our_pools(manager)
        return manager


def _use_our_pools(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {**manager.pool_classes_by_scheme, "https": _Pool}
