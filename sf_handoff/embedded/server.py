"""Two listeners on loopback, plain and TLS, on one event loop in one background thread."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from sf_handoff.embedded.faulty import Protocol

HOST = "127.0.0.1"
BETWEEN_TICKS = 1.0
KEEP_ALIVE = 300
LONGEST_HEAD = 2**20


class Listener(uvicorn.Server):
    """uvicorn's server, stopped by an event instead of a poll, with its open connections cut."""

    def __init__(self, config: uvicorn.Config, bound: socket.socket) -> None:
        super().__init__(config)
        self._bound = bound
        self._stop = asyncio.Event()
        self.ready = threading.Event()

    async def listen(self) -> None:
        try:
            await self.serve(sockets=[self._bound])
        finally:
            self.ready.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        while not self._stop.is_set():
            await self.on_tick(0)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), BETWEEN_TICKS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for each in list(self.server_state.connections):
            each.transport.abort()
        await super().shutdown(sockets)

    def stop(self) -> None:
        self._stop.set()


@contextmanager
def listening(app: ASGIApp, port: int, certificate: Path) -> Iterator[tuple[int, int]]:
    """Serve `app` until the block ends. Yields the plain port and the TLS port, each free or chosen."""
    with ExitStack() as stack:
        plain, tls = _bind(stack, port), _bind(stack, port + 1 if port else 0)
        listeners = (Listener(_config(app), plain), Listener(_config(app, certificate), tls))
        loop = asyncio.new_event_loop()
        stack.callback(loop.close)
        thread = threading.Thread(target=_run, args=(loop, listeners), name="embedded-org", daemon=True)
        ports = plain.getsockname()[1], tls.getsockname()[1]
        thread.start()
        stack.callback(thread.join)
        for each in listeners:
            each.ready.wait()
            stack.callback(loop.call_soon_threadsafe, each.stop)
        yield ports


def _run(loop: asyncio.AbstractEventLoop, listeners: tuple[Listener, ...]) -> None:
    asyncio.set_event_loop(loop)
    loop.run_until_complete(_listen(listeners))
    loop.run_until_complete(loop.shutdown_asyncgens())


async def _listen(listeners: tuple[Listener, ...]) -> None:
    await asyncio.gather(*(each.listen() for each in listeners))


def _bind(stack: ExitStack, port: int) -> socket.socket:
    """A socket that says it is TCP: asyncio turns Nagle's delay off only for those."""
    bound = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP))
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((HOST, port))
    return bound


def _config(app: ASGIApp, certificate: Path | None = None) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        ssl_certfile=certificate,
    )
    config.load()
    return config
