"""The org over HTTP: a Starlette application around the router.

Every data call is one transaction; a refused one is undone but counted. The headers are those of recorded
answers. https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers.htm
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from sf_handoff.embedded import identity, oauth, resources, usage
from sf_handoff.embedded.control import Control, secret_path
from sf_handoff.embedded.faulty import Faulty, Seen
from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal, not_found, not_json
from sf_handoff.embedded.router import split

METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
EVERY_ANSWER = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-XSS-Protection": "1; mode=block",
    "X-Robots-Tag": "none",
    "Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private",
}
LONGEST = 16_384
FAST = 1


class Site:
    """One org on the wire, and what stands `beside` it. `control` is the path of its control address."""

    def __init__(self, org: Org, beside: Sequence[BaseRoute] = ()) -> None:
        self.org = org
        self.seen = Seen()
        self.control = secret_path()
        self.app = Starlette(
            routes=[
                Route("/services/oauth2/token", self._token, methods=["POST"]),
                Route("/services/oauth2/userinfo", self._userinfo, methods=["GET", "POST"]),
                Route("/id/{organization}/{user}", self._identity, methods=["GET", "POST"]),
                Route("/services/data", self._versions),
                Route("/services/data/", self._versions),
                Route("/services/data/{rest:path}", self._data, methods=METHODS),
                *beside,
            ],
            middleware=[
                Middleware(Control, path=self.control, org=org, seen=self.seen),
                Middleware(Faulty, faults=org.faults, seen=self.seen),
            ],
            exception_handlers={HTTPException: _no_such_page, Exception: _broken},
        )

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        with self.org.database.transaction():
            return _response(oauth.token(self.org, form, request.headers, _base(request)))

    async def _userinfo(self, request: Request) -> Response:
        authorization = request.headers.get("authorization", "")
        with self.org.database.transaction():
            return _response(identity.userinfo(self.org, authorization, _base(request)))

    async def _identity(self, request: Request) -> Response:
        authorization = request.headers.get("authorization", "")
        ids = request.path_params["organization"], request.path_params["user"]
        version = request.query_params.get("version", "")
        with self.org.database.transaction():
            return _response(identity.identity(self.org, authorization, _base(request), ids, version))

    async def _versions(self, request: Request) -> Response:
        return _response(Answer(200, resources.versions()))

    async def _data(self, request: Request) -> Response:
        body = await request.body()
        if refused := _too_long(request):
            return refused
        headers = dict(request.headers)
        call = Call(
            "GET" if request.method == "HEAD" else request.method,
            request.scope["raw_path"].decode("ascii"),
            dict(request.query_params),
            headers,
            body,
            _base(request),
        )
        zipped = "gzip" in headers.get("accept-encoding", "")
        return _response(self._answer(call), zipped=zipped)

    def _answer(self, call: Call) -> Answer:
        try:
            split(call.path)
            with self.org.database.transaction():
                oauth.check_session(self.org, call.headers.get("authorization", ""))
                usage.count(self.org)
                answer = self._handled(call)
                return replace(answer, headers={**usage.header(self.org), **answer.headers})
        except Refusal as refusal:
            asks = {"WWW-Authenticate": "Token"} if refusal.status == 401 else {}
            return Answer(refusal.status, refusal.body, asks)

    def _handled(self, call: Call) -> Answer:
        try:
            with self.org.database.savepoint():
                return resources.ALL.answer(self.org, _unzipped(call))
        except Refusal as refusal:
            return Answer(refusal.status, refusal.body)


def _unzipped(call: Call) -> Call:
    if call.headers.get("content-encoding", "").lower() != "gzip" or not isinstance(call.body, bytes):
        return call
    try:
        body = gzip.decompress(call.body)
    except (OSError, EOFError, zlib.error):
        raise not_json("The entity body is not gzip at [line:1, column:1]") from None
    return Call(call.method, call.path, call.params, call.headers, body, call.base)


def _response(answer: Answer, *, zipped: bool = False) -> Response:
    headers = {**EVERY_ANSWER, **answer.headers}
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    headers["Content-Type"] = answer.media
    body = _content(answer)
    if answer.status < 300:
        headers["Vary"] = "Accept-Encoding"
        if zipped:
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, FAST)
    return Response(body, answer.status, headers)


def _content(answer: Answer) -> bytes:
    if isinstance(answer.body, bytes):
        return answer.body
    as_it_is = isinstance(answer.body, str) and not answer.media.startswith("application/json")
    text = answer.body if as_it_is else json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return str(text).encode("utf-8", "replace")


def _too_long(request: Request) -> Response | None:
    """Refused before the API sees it, hence as HTML (seen in reports of 414); not counted as a call."""
    scope = request.scope
    query = scope["query_string"]
    uri = len(scope["raw_path"] + (b"?" + query if query else b""))
    headers = sum(len(name) + len(value) for name, value in scope["headers"])
    if uri > LONGEST:
        return _bad_message(414, "URI Too Long")
    return _bad_message(431, "Request Header Fields Too Large") if uri + headers > LONGEST else None


def _bad_message(status: int, reason: str) -> Response:
    page = f"<h1>Bad Message {status}</h1><pre>reason: {reason}</pre>"
    return HTMLResponse(page, status, {"Connection": "close"})


async def _no_such_page(request: Request, error: Exception) -> Response:
    """Outside the REST API, or with a method that its resource never had."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        message = f"HTTP Method '{request.method}' not allowed"
        return _response(Answer(405, Refusal("METHOD_NOT_ALLOWED", message).body))
    return _response(Answer(404, not_found().body))


async def _broken(request: Request, error: Exception) -> Response:
    """A mistake of ours, answered as Salesforce answers one of its own; it is logged as well."""
    message = "An unexpected error occurred."
    return _response(Answer(500, Refusal("UNKNOWN_EXCEPTION", message).body))


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
