"""One request to the REST API, as those adapters make them that need several for one piece of work."""

from __future__ import annotations

from typing import Any, Protocol

from requests import Response

from sf_handoff.errors import Uncertain
from sf_handoff.retry import Call, Expected


class Rest(Protocol):
    """An org. `path` starts behind `/services/data/vXX.X/`."""

    def request(self, method: str, path: str, call: Call, **more: Any) -> Response: ...


def sent(
    org: Rest,
    account: Call,
    method: str,
    path: str,
    *,
    keyed: bool = True,
    expected: Expected = Expected.JSON,
    **more: Any,
) -> Response:
    """The answer. Each request has the policy's time to itself; all of them are on one account."""
    call = Call(account.policy, keyed=keyed, expected=expected)
    try:
        return org.request(method, path, call, **more)
    finally:
        account.requests += call.requests


def body_of(response: Response) -> dict[str, Any]:
    found = response.json() if response.content else None
    if not isinstance(found, dict):
        raise Uncertain("Salesforce's answer was not readable.", code="BAD_ANSWER")
    return found
