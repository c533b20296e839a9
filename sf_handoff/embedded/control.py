"""The address at which another process orders faults and sees what was asked; nothing of Salesforce's.

It is `/embedded/` and a secret, beside the API: no session, no call counted, no fault. As JSON: `faults`
(GET lists those still to come, POST adds one from the fields of `Fault`, DELETE takes all back and releases
what is held; `?seed=` for chance), `requests` (GET: the last ones as `METHOD path`), `usage` (GET: how many
API calls, requests and connections there were).
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, fields

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sf_handoff.embedded import usage
from sf_handoff.embedded.faults import Fault
from sf_handoff.embedded.faulty import Seen, path_of
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.reading import read_json, whole

ROOT = "/embedded/"
NAMES = {each.name for each in fields(Fault)}
FAULT = TypeAdapter(Fault)


def secret_path() -> str:
    return ROOT + secrets.token_urlsafe(24)


class Control:
    """Middleware: answers what is asked below `/embedded/`, and lets the rest pass."""

    def __init__(self, app: ASGIApp, path: str, org: Org, seen: Seen) -> None:
        self._app = app
        self._path = path
        self._org = org
        self._seen = seen
        self._pages = {
            ("GET", "faults"): self._coming,
            ("POST", "faults"): self._add,
            ("DELETE", "faults"): self._clear,
            ("GET", "requests"): self._requests,
            ("GET", "usage"): self._usage,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not path_of(scope).startswith(ROOT):
            await self._app(scope, receive, send)
            return
        answer = await self._answer(Request(scope, receive))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """A page of a browser cannot ask here, even if it learned the secret."""
        if "origin" in request.headers:
            return _refused(403, "not for browsers")
        path, _, page = path_of(request.scope).rpartition("/")
        found = self._pages.get((request.method, page))
        if found is None or not secrets.compare_digest(path, self._path):
            return _refused(404, "there is no such page")
        return await found(request)

    async def _coming(self, _: Request) -> Response:
        return JSONResponse([asdict(each) for each in self._org.faults.coming])

    async def _add(self, request: Request) -> Response:
        try:
            given = read_json(await request.body())
        except ValueError:
            return _refused(400, "not JSON")
        if not isinstance(given, dict):
            return _refused(400, "not an object")
        if unknown := given.keys() - NAMES:
            return _refused(400, f"{', '.join(sorted(unknown))}: no field of a fault")
        try:
            fault = FAULT.validate_python(given)
        except ValidationError as error:
            return _refused(400, "; ".join(_said(each["loc"], each["msg"]) for each in error.errors()))
        self._org.faults.add(fault)
        return JSONResponse(asdict(fault), 201)

    async def _clear(self, request: Request) -> Response:
        seed = whole(request.query_params.get("seed", "0"))
        if seed is None:
            return _refused(400, "seed: not a number")
        self._org.faults.clear(seed)
        return Response(status_code=204)

    async def _requests(self, _: Request) -> Response:
        return JSONResponse(list(self._seen.last))

    async def _usage(self, _: Request) -> Response:
        with self._org.database.transaction():
            calls = usage.ever(self._org)
        seen = self._seen
        return JSONResponse({"apiCalls": calls, "requests": seen.requests, "connections": seen.connections})


def _said(where: tuple[int | str, ...], message: str) -> str:
    return ": ".join([*map(str, where), message.removeprefix("Value error, ")])


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)
