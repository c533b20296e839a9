"""Carries out ordered faults around the application, down to the TCP connection."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sf_handoff.embedded.faults import MAINTENANCE, Fault, Faults


class Protocol(H11Protocol):
    """uvicorn's HTTP/1.1, which also tells the application its transport, so that it can be cut."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class Faulty:
    """Middleware: notes each request, and lets a fault that is due happen to it."""

    def __init__(self, app: ASGIApp, faults: Faults, seen: deque[str]) -> None:
        self._app = app
        self._faults = faults
        self._seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["raw_path"].decode("ascii")
        self._seen.append(f"{scope['method']} {path}")
        fault = self._faults.take(scope["method"], path)
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind in {"answer", "html"}:
            await Request(scope, receive).body()
            await _instead(fault)(scope, receive, send)
        else:
            await self._cut(fault, scope, receive, send)

    async def _cut(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["state"]["transport"]
        if fault.kind == "drop_before":
            await Request(scope, receive).body()
        else:
            messages = await self._done(scope, receive)
        if fault.kind == "truncate":
            start, body = messages[0], messages[-1]["body"]
            await send(start)
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            transport.close()
        else:
            transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _done(self, scope: Scope, receive: Receive) -> list[Message]:
        """What the application would have sent."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        return messages


def _instead(fault: Fault) -> Response:
    if fault.kind == "html":
        return Response(MAINTENANCE, 200, media_type="text/html; charset=UTF-8")
    headers: dict[str, Any] = dict(fault.headers)
    if isinstance(fault.body, str):
        return Response(fault.body, fault.status, headers)
    return JSONResponse(fault.body, fault.status, headers, media_type="application/json;charset=UTF-8")
