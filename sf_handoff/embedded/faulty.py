"""Carries out ordered faults around the application, down to the TCP connection."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakSet

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sf_handoff.embedded.faults import INSTEAD, REFUSED, Fault, Faults, Held

MAINTENANCE = "<html><head><title>Down for maintenance</title></head><body>We are down.</body></html>"
JSON = "application/json;charset=UTF-8"
PIECES_A_SECOND = 10
Pause = Callable[[float | None], Awaitable[bool]]


class Protocol(H11Protocol):
    """uvicorn's HTTP/1.1, which also tells the application its transport, so that it can be cut."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class Seen:
    """What was asked: the last requests as `METHOD path`, how many there were, over how many connections."""

    def __init__(self) -> None:
        self.last: deque[str] = deque(maxlen=5000)
        self.requests = 0
        self.connections = 0
        self._open: WeakSet[asyncio.Transport] = WeakSet()

    def note(self, scope: Scope) -> None:
        self.last.append(f"{scope['method']} {path_of(scope)}")
        self.requests += 1
        transport = scope["state"]["transport"]
        self.connections += transport not in self._open
        self._open.add(transport)


class Faulty:
    """Middleware: notes each request, and lets a fault that is due happen to it."""

    def __init__(self, app: ASGIApp, faults: Faults, seen: Seen) -> None:
        self._app = app
        self._faults = faults
        self._seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._seen.note(scope)
        fault = self._faults.take(scope["method"], path_of(scope))
        if fault is None:
            await self._app(scope, receive, send)
            return
        again = _again(await Request(scope, receive).body())
        if fault.kind in INSTEAD:
            await _instead(fault)(scope, receive, send)
        elif fault.kind == "drop_before":
            await _cut(scope, receive)
        elif fault.kind == "hold_before":
            if await self._still_there(fault, receive):
                await self._app(scope, again, send)
        else:
            start, body = await self._done(scope, again)
            await self._after(fault, start, body, scope, receive, send)

    async def _after(
        self, fault: Fault, start: Message, body: bytes, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if fault.kind == "drop_after":
            await _cut(scope, receive)
        elif fault.kind == "truncate":
            await send(start)
            await send(_piece(body[: len(body) // 2]))
            scope["state"]["transport"].close()
            await _gone(receive)
        elif fault.kind == "slow_body":
            await send(start)
            await self._trickle(fault, body, receive, send)
        elif await self._still_there(fault, receive):
            await send(start)
            await send(_piece(body, more=False))

    async def _still_there(self, fault: Fault, receive: Receive) -> bool:
        async with _waiting(self._faults.held, receive) as pause:
            return await pause(fault.seconds)

    async def _trickle(self, fault: Fault, body: bytes, receive: Receive, send: Send) -> None:
        size = max(1, fault.rate // PIECES_A_SECOND)
        async with _waiting(self._faults.held, receive) as pause:
            for at in range(0, len(body), size):
                await send(_piece(body[at : at + size]))
                await pause(size / fault.rate)
        await send(_piece(b"", more=False))

    async def _done(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """What the application would have sent."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        return messages[0], b"".join(each["body"] for each in messages[1:])


@asynccontextmanager
async def _waiting(held: Held, receive: Receive) -> AsyncIterator[Pause]:
    """A pause ends with its seconds or by release, and says whether the client is still there."""
    gone = asyncio.ensure_future(_gone(receive))
    with held.one() as future:
        released = asyncio.wrap_future(future)

        async def pause(seconds: float | None) -> bool:
            await asyncio.wait({gone, released}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return not gone.done()

        try:
            yield pause
        finally:
            gone.cancel()


def _again(body: bytes) -> Receive:
    """A body that was read before, for the application."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _cut(scope: Scope, receive: Receive) -> None:
    scope["state"]["transport"].abort()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _piece(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _instead(fault: Fault) -> Response:
    headers: dict[str, Any] = dict(fault.headers)
    if fault.kind == "html":
        return Response(MAINTENANCE, 200, headers, media_type="text/html; charset=UTF-8")
    if fault.kind in REFUSED:
        refusal = REFUSED[fault.kind]
        asks = {"WWW-Authenticate": "Token"} if refusal.status == 401 else {}
        return JSONResponse(refusal.body, refusal.status, {**asks, **headers}, media_type=JSON)
    if isinstance(fault.body, str):
        return Response(fault.body, fault.status, headers)
    return JSONResponse(fault.body, fault.status, headers, media_type=JSON)


def path_of(scope: Scope) -> str:
    path: bytes = scope["raw_path"]
    return path.decode("ascii")
