"""ZenHub's GraphQL API on the wire: POST with a personal API key, nearly always answered 200.

Its limit is processing time, which here is reckoned from a query's complexity, so that it is the same
wherever it runs. https://developers.zenhub.com/graphql-api-docs/getting-started
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sf_handoff.embedded.reading import read_json
from sf_handoff.embedded.tracker.desk import Desk

PATH = "/zenhub/public/graphql"
SECONDS_A_POINT = 0.01


class ZenHub:
    """The endpoint. A mutation that raises is undone alone (`zenhub_execution`)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        if request.url.path != PATH:
            return Response("Not Found", 404, media_type="text/plain")
        if request.method != "POST":
            return Response("Method Not Allowed", 405, {"Allow": "POST"}, media_type="text/plain")
        with self._desk.database.transaction():
            return self._answered(request.headers.get("authorization", ""), body)

    def _answered(self, authorization: str, body: bytes) -> Response:
        scheme, _, key = authorization.partition(" ")
        known = hmac.compare_digest(key.encode(), self._desk.setting("zenhub_token").encode())
        if scheme.lower() != "bearer" or not known:
            return Response("Unauthorized", 401, media_type="text/plain")
        asked = _read(body)
        if asked is None:
            return JSONResponse(refused("The body is not a JSON object with a query"), 400)
        return self._executed(asked)

    def _executed(self, asked: Mapping[str, Any]) -> Response:
        from sf_handoff.embedded.tracker.zenhub_execution import execute

        used = _used(self._desk)
        if used >= self._desk.rules.seconds_a_minute:
            return JSONResponse(refused("Rate limit exceeded", "RATE_LIMITED"), 200, self._headers(used))
        answer, points = execute(self._desk, asked)
        used += points * SECONDS_A_POINT
        _keep(self._desk, used)
        return JSONResponse(answer, 200, self._headers(used))

    def _headers(self, used: float) -> dict[str, str]:
        limit = self._desk.rules.seconds_a_minute
        told = {"Limit": limit, "Used": used, "Remaining": max(0.0, limit - used)}
        return {f"X-RateLimit-{name}": f"{value:.2f}" for name, value in told.items()}


def refused(message: str, code: str = "") -> dict[str, Any]:
    return {"errors": [{"message": message, **({"extensions": {"code": code}} if code else {})}]}


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        found = read_json(body)
    except ValueError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("query"), str):
        return None
    return found if isinstance(found.get("variables"), dict | None) else None


def _used(desk: Desk) -> float:
    """Processing time in the bucket, which drains evenly, a minute's worth a minute."""
    row = desk.database.row("SELECT span, used FROM uses WHERE what = 'zenhub'")
    if row is None:
        return 0.0
    elapsed = desk.clock().timestamp() - float(row["span"])
    return max(0.0, float(row["used"]) - elapsed * desk.rules.seconds_a_minute / 60)


def _keep(desk: Desk, used: float) -> None:
    desk.database.execute("DELETE FROM uses WHERE what = 'zenhub'")
    moment = f"{desk.clock().timestamp():.6f}"
    desk.database.execute("INSERT INTO uses VALUES ('zenhub', ?, ?)", moment, used)
