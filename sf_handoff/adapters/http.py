"""The transport below simple-salesforce: a requests.Session that owns what must never go wrong.

It keeps the token (one refresh on a 401, then the same request with the same headers), puts a time limit on
every request and on the reading of its body, follows no redirect, bounds the size of an answer, tries again
where that is safe and within a budget, leaves the last of the org's allowance to live calls, and turns every
answer that is not a success into one of our errors.

simple-salesforce would otherwise set no time limit, follow redirects (a PATCH answered 302 becomes a GET
that "succeeds"), take an HTML page with status 200 for success, and lose headers when it signs in again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import requests
import tenacity
from urllib3.util import parse_url

from sf_handoff.adapters.allowance import Allowance, Budget
from sf_handoff.adapters.answers import SALESFORCE, NeverSent, RefusedNow, SessionOver, problem_in
from sf_handoff.adapters.auth import TokenSource
from sf_handoff.adapters.session import Session
from sf_handoff.adapters.wire import Deadline
from sf_handoff.errors import Misconfigured, Unavailable, Uncertain
from sf_handoff.retry import ONLINE, Call, Expected, RetryPolicy

MAX_BODY = 8 * 1024 * 1024
# The results of a Bulk job repeat what was sent.
MOST = {Expected.JSON: MAX_BODY, Expected.NOTHING: MAX_BODY}
MOST |= {Expected.ROWS: 8 * MAX_BODY, Expected.CSV: 8 * MAX_BODY}


class Transport(Session):
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
        super().__init__(SALESFORCE, ca_file)
        self.tokens: TokenSource | None = None
        self._allowed, self._policy, self._sleep, self.clock = allowed_hosts, policy, sleep, clock
        self._budget, self._allowance = Budget(), Allowance(clock)

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
        deadline = self.deadline(call)
        kwargs = {**kwargs, "method": method, "url": url, "headers": dict(headers or {})}
        send = self._send_signed if signed else self._send
        return self._retrying(call, deadline)(send, call, deadline, kwargs)

    def deadline(self, call: Call) -> Deadline:
        """When the call must be over. Its time begins with the first thing that is done for it."""
        if call.ends_at is None:
            call.ends_at = self.clock() + call.policy.total
        return Deadline(call.ends_at, self.clock)

    def _retrying(self, call: Call, deadline: Deadline) -> tenacity.Retrying:
        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.retry_after if isinstance(error, Unavailable) else None
            return call.policy.wait(state.attempt_number, asked)

        def stop(state: tenacity.RetryCallState) -> bool:
            over = state.attempt_number >= call.policy.attempts
            return over or not deadline.allows(state.upcoming_sleep) or not self._budget.spend()

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
        self._allowance.check(call.policy.reserve)
        token = self.tokens.token(call)
        try:
            return self._send(call, deadline, _under(kwargs, token.access_token))
        except SessionOver:
            pass
        token = self.tokens.token(call, refused=token.access_token)
        try:
            return self._send(call, deadline, _under(kwargs, token.access_token))
        except SessionOver:
            pass
        raise Misconfigured(
            "Salesforce refused a session that it had just given. Check the app's policies and the user.",
            code="AUTH",
        )

    def _send(self, call: Call, deadline: Deadline, kwargs: dict[str, Any]) -> requests.Response:
        if not deadline.allows():
            raise NeverSent("No time was left to send the request.", code="TIMEOUT")
        call.requests += 1
        response = self.exchange(call.policy, deadline, MOST[call.expected], **kwargs)
        call.date = response.headers.get("Date")
        self._allowance.note(response.headers.get("Sforce-Limit-Info"))
        found = problem_in(response, call.expected)
        if found:
            raise found
        self._budget.succeeded()
        return response


def check_address(url: str, allowed: tuple[str, ...]) -> None:
    """Refuses every address that must not see a token: not https, or not one of the allowed hosts."""
    parts = None
    with contextlib.suppress(ValueError):
        parts = parse_url(url)  # as what sends the request reads it; other parsers see other hosts
    if parts is None or parts.scheme != "https":
        raise Misconfigured("ORG: the address must begin with https://.", code="ADDRESS")
    host = parts.host or ""
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
