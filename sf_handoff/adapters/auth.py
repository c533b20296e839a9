"""Sign-in: OAuth 2.0 JWT bearer and client credentials, and one token for all threads.

https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
The password flows are not offered: Salesforce retires them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sf_handoff.errors import HandoffError, Misconfigured, Uncertain
from sf_handoff.retry import Call, RetryPolicy

if TYPE_CHECKING:
    from sf_handoff.adapters.http import Transport

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - an address
ASSERTION_SECONDS = 180


@dataclass(frozen=True, repr=False)
class Token:
    """An access token and the host that it is for."""

    access_token: str
    instance_url: str


class Grant(Protocol):
    """What is posted to the token endpoint."""

    def form(self) -> dict[str, str]: ...


@dataclass(frozen=True, repr=False)
class JwtBearer:
    """Signs an assertion with the app's private key. `exp` limits the assertion, not the token."""

    client_id: str
    username: str
    audience: str
    private_key: str
    clock: Callable[[], datetime]

    def form(self) -> dict[str, str]:
        import jwt

        claims = {
            "iss": self.client_id,
            "sub": self.username,
            "aud": self.audience,
            "exp": int(self.clock().timestamp()) + ASSERTION_SECONDS,
        }
        assertion = jwt.encode(claims, self.private_key, algorithm="RS256")
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}


@dataclass(frozen=True, repr=False)
class ClientCredentials:
    """The app's own id and secret; the app's policy names the user it acts as."""

    client_id: str
    client_secret: str

    def form(self) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }


class TokenSource:
    """Gives out the current token and renews it once for all who find it refused."""

    def __init__(
        self, transport: Transport, org_url: str, grant: Grant, allowed_hosts: tuple[str, ...]
    ) -> None:
        self._transport, self._url, self._grant = transport, org_url.rstrip("/") + TOKEN_PATH, grant
        self._allowed = allowed_hosts
        self._lock = threading.Lock()
        self._token: Token | None = None

    def token(self, policy: RetryPolicy) -> Token:
        """The current token; the first caller signs in, the others wait for it."""
        with self._lock:
            if self._token is None:
                self._token = self._sign_in(policy)
            return self._token

    def renew(self, refused: str, policy: RetryPolicy) -> Token:
        """A token other than the one that was refused. Of many threads only the first signs in."""
        with self._lock:
            if self._token is None or self._token.access_token == refused:
                self._token = self._sign_in(policy)
            return self._token

    def _sign_in(self, policy: RetryPolicy) -> Token:
        from sf_handoff.adapters.http import check_address

        call = Call(policy, keyed=True)
        failure: HandoffError | None = None
        try:
            response = self._transport.request(
                "POST", self._url, data=self._grant.form(), signed=False, call=call
            )
        except Misconfigured as error:
            failure = _in_words(error)
        if failure:
            raise failure
        token = _token_in(response.json())
        check_address(token.instance_url, self._allowed)
        return token


def _token_in(answer: object) -> Token:
    found = answer if isinstance(answer, dict) else {}
    access_token, instance_url = found.get("access_token"), found.get("instance_url")
    if not isinstance(access_token, str) or not isinstance(instance_url, str):
        raise Uncertain("Salesforce's sign-in answered without a token.", code="BAD_ANSWER")
    return Token(access_token, instance_url)


_WORDS = {
    "invalid_grant": "Salesforce refused the sign-in. Check USERNAME, AUDIENCE, the app's certificate, that "
    "the user may use the app, and this machine's clock.",
    "invalid_client_id": "Salesforce does not know the app. Check CLIENT_ID.",
    "invalid_client": "Salesforce refused the app's secret. Check CLIENT_ID and CLIENT_SECRET.",
    "inactive_user": "The user that the app acts as is not active.",
}


def _in_words(error: Misconfigured) -> Misconfigured:
    """A sign-in that is refused is never repeated: refusals count towards locking the user out."""
    return Misconfigured(_WORDS.get(error.code, error.message), code=error.code or "AUTH")
