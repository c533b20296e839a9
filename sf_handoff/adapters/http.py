"""The transport below simple-salesforce: a requests.Session that owns what must never go wrong.

It keeps the token (one refresh on a 401, then the same request with the same headers), puts a time limit on
every request and on the reading of its body, follows no redirect, bounds the size of an answer, tries again
where that is safe, and turns every answer that is not a success into one of our errors.

simple-salesforce would otherwise set no time limit, follow redirects (a PATCH answered 302 becomes a GET
that "succeeds"), take an HTML page with status 200 for success, and lose headers when it signs in again.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import tenacity
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NameResolutionError, NewConnectionError

from sf_handoff.adapters.answers import RefusedNow, SessionOver, problem_in
from sf_handoff.adapters.auth import TokenSource
from sf_handoff.errors import HandoffError, Misconfigured, Unavailable, Uncertain
from sf_handoff.retry import ONLINE, Call, RetryPolicy

MAX_BODY = 8 * 1024 * 1024
_CHUNK = 64 * 1024
_MARGIN = 0.1
CONNECTIONS = 32


@dataclass(frozen=True)
class Deadline:
    """When a call must be over, on a clock that nobody sets."""

    at: float
    clock: Callable[[], float]

    @property
    def left(self) -> float:
        return self.at - self.clock()

    def limits(self, policy: RetryPolicy) -> tuple[float, float]:
        """The time limits of one attempt: (connect, read)."""
        left = max(self.left - _MARGIN, 0.01)
        return min(policy.connect, left), min(policy.read, left)


class Transport(requests.Session):
    """A requests.Session that may be shared by threads and handed to simple-salesforce.

    `allowed_hosts` are suffixes of host names that may see a token. Raises Unavailable, Uncertain,
    Exhausted, Misconfigured or Rejected; whatever it returns is a success with JSON in it, or a 204.
    """

    def __init__(
        self,
        *,
        allowed_hosts: tuple[str, ...],
        ca_file: str | None = None,
        policy: RetryPolicy = ONLINE,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.verify = ca_file or True
        self.tokens: TokenSource | None = None
        self._allowed, self._policy, self._sleep, self._clock = allowed_hosts, policy, sleep, clock
        self.mount("https://", HTTPAdapter(pool_connections=4, pool_maxsize=CONNECTIONS, max_retries=0))

    # requests.Session.request has sixteen parameters; simple-salesforce and we use these.
    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        call: Call | None = None,
        signed: bool = True,
        **kwargs: Any,
    ) -> requests.Response:
        """Sends one request, again where its policy allows. `signed` adds the token."""
        check_address(url, self._allowed)
        call = call or Call(self._policy, keyed=method in ("GET", "HEAD"))
        deadline = Deadline(self._clock() + call.policy.total, self._clock)
        kwargs = {**kwargs, "method": method, "url": url, "headers": dict(headers or {})}
        send = self._send_signed if signed else self._send
        return self._retrying(call, deadline)(send, call, deadline, kwargs)

    def _retrying(self, call: Call, deadline: Deadline) -> tenacity.Retrying:
        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.retry_after if isinstance(error, Unavailable) else None
            return call.policy.wait(state.attempt_number, asked)

        def stop(state: tenacity.RetryCallState) -> bool:
            over = state.attempt_number >= call.policy.attempts
            return over or state.upcoming_sleep >= deadline.left - _MARGIN

        return tenacity.Retrying(
            wait=wait,
            stop=stop,
            retry=tenacity.retry_if_exception(lambda error: _may_repeat(error, call)),
            sleep=self._sleep,
            reraise=True,
        )

    def _send_signed(self, call: Call, deadline: Deadline, kwargs: dict[str, Any]) -> requests.Response:
        """Sends under the current token, and once more under a new one if that is refused."""
        if self.tokens is None:
            raise Misconfigured("The transport has no sign-in.", code="AUTH")
        token = self.tokens.token(call.policy)
        try:
            return self._send(call, deadline, _under(kwargs, token.access_token))
        except SessionOver:
            pass
        token = self.tokens.renew(token.access_token, call.policy)
        try:
            return self._send(call, deadline, _under(kwargs, token.access_token))
        except SessionOver:
            pass
        raise Misconfigured(
            "Salesforce refused a session that it had just given. Check the app's policies and the user.",
            code="AUTH",
        )

    def _send(self, call: Call, deadline: Deadline, kwargs: dict[str, Any]) -> requests.Response:
        call.requests += 1
        fault: HandoffError | None = None
        try:
            response = super().request(
                **kwargs,
                timeout=deadline.limits(call.policy),
                allow_redirects=False,
                stream=True,
                verify=self.verify,
            )
            with response:
                _read_body(response, deadline)
        except requests.RequestException as error:
            fault = _no_answer(error)
        if fault:
            raise fault
        found = problem_in(response)
        if found:
            raise found
        return response


def check_address(url: str, allowed: tuple[str, ...]) -> None:
    """Refuses every address that must not see a token: not https, or not one of the allowed hosts."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme != "https":
        raise Misconfigured("ORG: the address must begin with https://.", code="ADDRESS")
    if not any(host == suffix.lstrip(".") or host.endswith("." + suffix.lstrip(".")) for suffix in allowed):
        raise Misconfigured(
            "ORG: the host is not one of ALLOWED_HOSTS. Add it there if it is yours.", code="ADDRESS"
        )


def _under(kwargs: dict[str, Any], token: str) -> dict[str, Any]:
    return {**kwargs, "headers": {**kwargs["headers"], "Authorization": f"Bearer {token}"}}


def _may_repeat(error: BaseException, call: Call) -> bool:
    if isinstance(error, Uncertain):
        return call.keyed
    if isinstance(error, NeverSent):
        return True
    return isinstance(error, RefusedNow) and call.policy.refusals


class NeverSent(Unavailable):
    """No connection was made, so nothing can have happened."""


def _read_body(response: requests.Response, deadline: Deadline) -> None:
    """Reads the answer up to the deadline and the size cap. requests' own limit is only per read."""
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > MAX_BODY:
            raise requests.exceptions.ContentDecodingError("too large")
        if deadline.left <= 0:
            raise requests.exceptions.ReadTimeout("too slow")
    response._content = bytes(body)


def _no_answer(error: requests.RequestException) -> HandoffError:
    """Our error for a request without an answer. The library's own text may hold the URL: it stays out."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.exceptions.SSLError) or isinstance(reason, ssl.SSLError):
        return Misconfigured(
            "Salesforce's certificate could not be verified; nothing was sent. Check ORG and CA_FILE.",
            code="TLS",
        )
    if isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(
        reason, NewConnectionError | NameResolutionError
    ):
        return NeverSent("Salesforce could not be reached.", code="UNREACHABLE")
    if isinstance(error, requests.exceptions.ReadTimeout):
        return Uncertain("Salesforce did not answer in time.", code="TIMEOUT")
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return Uncertain("Salesforce's answer was not readable or too large.", code="BAD_ANSWER")
    return Uncertain("The connection to Salesforce broke off.", code="BROKEN_OFF")
