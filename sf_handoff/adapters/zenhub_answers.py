"""What an answer of ZenHub means. A status of 200 says little: the errors stand in the body.

https://developers.zenhub.com/graphql-api-docs/getting-started
"""

from __future__ import annotations

import contextlib
from typing import Any

from requests import Response

from sf_handoff.adapters.answers import Peer, RefusedNow, readable, retry_after
from sf_handoff.adapters.web import Vendor
from sf_handoff.errors import HandoffError, Misconfigured, Rejected, Uncertain

# The codes of refusals that callers act on.
NOT_FOUND, COMPLEXITY = "NOT_FOUND", "COMPLEXITY"
AN_HOUR = 3600.0
# The bucket of processing time fills evenly, all of it in a minute. Below a tenth we wait for the next tenth.
LOW, A_TENTH = 0.1, 6.0


def problem_in(response: Response) -> HandoffError | None:
    """The error that an answer stands for. A success is 200 with data, and with no error beside it."""
    status, wait = response.status_code, retry_after(response, AN_HOUR)
    if status == 401:
        return Misconfigured("ZenHub does not accept the key. Check ZENHUB_TOKEN.", code="AUTH")
    if status == 403:
        return _not_allowed()
    if status == 429:
        return RefusedNow("ZenHub asks to wait.", code="RATE_LIMIT", retry_after=wait)
    if status >= 500:
        return Uncertain("ZenHub failed while it worked.", code=f"HTTP_{status}", retry_after=wait)
    said = response.json() if readable(response.content) else None
    errors = said.get("errors") if isinstance(said, dict) else None
    if isinstance(said, dict) and errors:
        return _refusal(said, errors if isinstance(errors, list) else [errors], wait)
    if status != 200:
        return _strange(status)
    if not isinstance(said, dict) or not isinstance(said.get("data"), dict):
        return Uncertain("ZenHub's answer holds no data.", code="BAD_ANSWER")
    return None


def rest(response: Response) -> float | None:
    """How long to leave it alone after a success: its limit is time that it works for us."""
    with contextlib.suppress(KeyError, ValueError):
        headers = response.headers
        left, limit = float(headers["X-RateLimit-Remaining"]), float(headers["X-RateLimit-Limit"])
        return A_TENTH if left < LOW * limit else None
    return None


def _refusal(said: dict[str, Any], errors: list[Any], wait: float | None) -> HandoffError:
    """By the code of the first error, else by its words, else by whether anything was executed."""
    known = [each for each in errors if isinstance(each, dict)]
    code, words = _code(known), " ".join(str(each.get("message")) for each in known).lower()
    if code in ("RATE_LIMITED", "THROTTLED") or "rate limit" in words or "processing time" in words:
        return RefusedNow("ZenHub asks to wait.", code="RATE_LIMIT", retry_after=wait)
    if "complexity" in words:
        return Rejected("ZenHub finds the query too large.", code=COMPLEXITY)
    if code in ("UNAUTHENTICATED", "FORBIDDEN"):
        return _not_allowed()
    if code == NOT_FOUND:
        return Rejected("ZenHub does not know it.", code=NOT_FOUND, fields=_asked(known))
    if code in ("UNPROCESSABLE", "NOT_UNIQUE"):
        return Rejected("ZenHub does not take what was sent.", code="INVALID")
    if "data" not in said:
        return Misconfigured("ZenHub does not take such requests any more; nothing was done.", code="GRAPHQL")
    return Uncertain("ZenHub failed while it worked on the request.", code="GRAPHQL", retry_after=wait)


def _not_allowed() -> Misconfigured:
    return Misconfigured(
        "ZenHub does not let the key's owner do this. Check what ZENHUB_TOKEN may do.", code="PERMISSION"
    )


def _code(errors: list[dict[str, Any]]) -> str:
    for each in errors:
        extensions = each.get("extensions")
        if isinstance(extensions, dict) and isinstance(extensions.get("code"), str):
            return str(extensions["code"])
    return ""


def _asked(errors: list[dict[str, Any]]) -> tuple[str, ...]:
    """Under which of our names the things were asked for that it does not know."""
    paths = (each.get("path") for each in errors)
    return tuple(path[0] for path in paths if isinstance(path, list) and path and isinstance(path[0], str))


def _strange(status: int) -> HandoffError:
    if status in (404, 405) or 300 <= status < 400:
        return Misconfigured(
            f"ZENHUB_URL: it does not answer as ZenHub's GraphQL API (HTTP {status}).", code="ADDRESS"
        )
    return Rejected(f"ZenHub refused the request: HTTP {status}.", code=f"HTTP_{status}")


ZENHUB = Vendor(
    peer=Peer("ZenHub", "ZENHUB_URL"),
    token="ZENHUB_TOKEN",  # noqa: S106 - the name of the setting
    headers={"Accept": "application/json"},
    judge=problem_in,
    rest=rest,
)
