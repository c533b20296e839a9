"""What an answer of GitHub means. None of its own words are passed on but the names of fields.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

from __future__ import annotations

import contextlib
import json
import re
from email.utils import parsedate_to_datetime
from typing import Any

from requests import Response

from sf_handoff.adapters.answers import Peer, RefusedNow, readable, retry_after
from sf_handoff.adapters.web import ELSEWHERE, Vendor
from sf_handoff.errors import HandoffError, Misconfigured, Rejected, Uncertain

# The codes of refusals that callers act on.
GONE, MOVED, LOCKED = "GONE", "MOVED", "LOCKED"
AN_HOUR = 3600.0
_LOCKED = re.compile(r"(issue|conversation) (is|has been) locked")


def problem_in(response: Response) -> HandoffError | None:
    """The error that an answer stands for, or None: for a success, and for word of another address."""
    status = response.status_code
    if status == 204 or status in ELSEWHERE:
        return None
    if 200 <= status < 400:
        return None if status in (200, 201) and readable(response.content) else _unread(response)
    said = _said(response)
    if status == 429 or (status == 403 and _limited(response, said)):
        return RefusedNow("GitHub asks to wait.", code="RATE_LIMIT", retry_after=rest(response))
    if status >= 500:
        wait = retry_after(response, AN_HOUR)
        return Uncertain("GitHub failed while it worked.", code=f"HTTP_{status}", retry_after=wait)
    return _refusal(status, said)


def rest(response: Response) -> float | None:
    """How long GitHub wants to be left alone after this answer, in seconds; None where it does not say.

    The end of its hour is counted from the answer's own Date, so that clocks that differ do not matter.
    """
    asked = retry_after(response, AN_HOUR)
    if asked is not None or response.headers.get("X-RateLimit-Remaining") != "0":
        return asked
    with contextlib.suppress(KeyError, TypeError, ValueError):
        now = parsedate_to_datetime(response.headers["Date"]).timestamp()
        return min(max(float(response.headers["X-RateLimit-Reset"]) - now, 1.0), AN_HOUR)
    return None


def _refusal(status: int, said: dict[str, Any]) -> HandoffError:
    fields = _fields(said)
    match status:
        case 401:
            return Misconfigured("GitHub does not accept the token. Check GITHUB_TOKEN.", code="AUTH")
        case 403 if _LOCKED.search(str(said.get("message"))):
            return Rejected("The issue is locked.", code=LOCKED)
        case 403:
            return Misconfigured(
                "GitHub does not let the token's owner do this. Check what GITHUB_TOKEN may do.",
                code="PERMISSION",
            )
        case 404 | 410:
            return Rejected("GitHub has it no more, or the token may not see it.", code=GONE)
        case 422:
            about = f" (field {', '.join(fields)})" if fields else ""
            return Rejected(f"GitHub does not take what was sent{about}.", code="INVALID", fields=fields)
    return Rejected(f"GitHub refused the request: HTTP {status}.", code=f"HTTP_{status}")


def _limited(response: Response, said: dict[str, Any]) -> bool:
    told = "Retry-After" in response.headers or response.headers.get("X-RateLimit-Remaining") == "0"
    words = str(said.get("message")).lower()
    return told or "rate limit" in words or "abuse" in words


def _unread(response: Response) -> Uncertain:
    if "json" in response.headers.get("Content-Type", "").lower():
        return Uncertain("GitHub's answer was not readable.", code="BAD_ANSWER")
    return Uncertain("GitHub's address answered with a page instead of data.", code="NOT_JSON")


def _said(response: Response) -> dict[str, Any]:
    found = None
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(response.content)
    return found if isinstance(found, dict) else {}


def _fields(said: dict[str, Any]) -> tuple[str, ...]:
    errors = said.get("errors")
    named = (
        [each.get("field") for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    )
    return tuple(each for each in named if isinstance(each, str) and re.fullmatch(r"[a-z_]{1,40}", each))


GITHUB = Vendor(
    peer=Peer("GitHub", "GITHUB_URL"),
    token="GITHUB_TOKEN",  # noqa: S106 - the name of the setting
    headers={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
    judge=problem_in,
    rest=rest,
    creates=frozenset({"POST"}),
)
