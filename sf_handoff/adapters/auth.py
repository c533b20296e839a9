"""Sign-in: OAuth 2.0 JWT bearer and client credentials, and one token for all threads.

https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
The password flows are not offered: Salesforce retires them.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol

from sf_handoff.adapters.answers import SessionOver
from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, Unavailable
from sf_handoff.retry import Call

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from sf_handoff.adapters.http import Transport

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - an address
ASSERTION_SECONDS = 180
PAUSE_SECONDS = 60.0
_TOKEN = re.compile(r"[!-~]+").fullmatch


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
        assertion = jwt.encode(claims, _rsa_key(self.private_key), algorithm="RS256")
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}


def _rsa_key(pem: str) -> RSAPrivateKey:
    """Raises Misconfigured where it cannot sign; what the libraries say of a key may quote it."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key: object = None
    with contextlib.suppress(ValueError, TypeError, UnsupportedAlgorithm):
        key = load_pem_private_key(pem.encode(), None)
    if isinstance(key, RSAPrivateKey):
        return key
    raise Misconfigured(
        "PRIVATE_KEY_FILE: is not an RSA private key in PEM form, without a passphrase.", code="AUTH"
    )


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
        self._failure: HandoffError | None = None
        self._sign_ins = 0
        self._refused_until = 0.0

    def token(self, call: Call, refused: str | None = None) -> Token:
        """The current token, or a new one where there is none or it is the `refused` one.

        Of many threads that ask at once one signs in. The others wait, no longer than their own call may
        take, and share what comes of it. A sign-in that was refused is not tried again for a minute: each
        one counts towards locking the user out.
        """
        seen = self._sign_ins
        if not self._lock.acquire(timeout=max(self._transport.deadline(call).left, 0.0)):
            raise Unavailable("The sign-in took too long.", code="TIMEOUT")
        try:
            if self._token is None or self._token.access_token == refused:
                if self._failure and (self._sign_ins > seen or self._transport.clock() < self._refused_until):
                    raise copy(self._failure)
                self._token = self._signed_in(call)
            return self._token
        finally:
            self._lock.release()

    def _signed_in(self, call: Call) -> Token:
        self._failure = None
        try:
            return self._sign_in(call)
        except HandoffError as error:
            self._failure = copy(error)
            if isinstance(error, Misconfigured):
                self._refused_until = self._transport.clock() + PAUSE_SECONDS
            raise
        finally:
            self._sign_ins += 1

    def _sign_in(self, call: Call) -> Token:
        from sf_handoff.adapters.http import check_address

        own = Call(call.policy, keyed=True, ends_at=call.ends_at)
        failure: HandoffError | None = None
        try:
            response = self._transport.request(
                "POST", self._url, data=self._grant.form(), signed=False, call=own
            )
        except HandoffError as error:
            failure = _in_words(error)
        if failure:
            raise self._clock_is_wrong(failure, own) or failure
        token = _token_in(response.json() if response.content else None)
        check_address(token.instance_url, self._allowed)
        return token

    def _clock_is_wrong(self, failure: HandoffError, call: Call) -> Misconfigured | None:
        """What is told in place of a refused assertion that must have seemed over, or not to have begun."""
        if failure.code != "invalid_grant" or not isinstance(self._grant, JwtBearer) or not call.date:
            return None
        ahead = _seconds_ahead(self._grant.clock(), call.date)
        if abs(ahead) <= ASSERTION_SECONDS:
            return None
        return Misconfigured(
            f"Salesforce refused the sign-in, and this machine's clock is {abs(ahead):.0f} seconds "
            f"{'ahead of' if ahead > 0 else 'behind'} Salesforce's. Set the clock.",
            code="CLOCK",
        )


def _seconds_ahead(now: datetime, date: str) -> float:
    """How far a clock is ahead of an answer's Date; 0 where that is not readable."""
    with contextlib.suppress(TypeError, ValueError):
        return (now - parsedate_to_datetime(date)).total_seconds()
    return 0.0


def _token_in(answer: object) -> Token:
    found = answer if isinstance(answer, dict) else {}
    access_token, instance_url = found.get("access_token"), found.get("instance_url")
    if not isinstance(instance_url, str) or not isinstance(access_token, str) or not _TOKEN(access_token):
        raise Unavailable("Salesforce's sign-in answered without a token.", code="BAD_ANSWER")
    return Token(access_token, instance_url)


_WORDS = {
    "invalid_grant": "Salesforce refused the sign-in. Check USERNAME, AUDIENCE, the app's certificate, that "
    "the user may use the app, and this machine's clock.",
    "invalid_client_id": "Salesforce does not know the app. Check CLIENT_ID.",
    "invalid_client": "Salesforce refused the app's secret. Check CLIENT_ID and CLIENT_SECRET.",
    "inactive_user": "The user that the app acts as is not active.",
}


def _in_words(error: HandoffError) -> HandoffError:
    """A failed sign-in, as it concerns the request that waits for it, of which nothing was sent.

    So it is never Uncertain, nor anything else that the transport would repeat after the sign-in's own
    attempts; and what is wrong with the app or its user is not the record's fault.
    """
    if isinstance(error, Exhausted):
        return error
    if isinstance(error, Unavailable) and not isinstance(error, SessionOver):
        return Unavailable(error.message, code=error.code, retry_after=error.retry_after)
    refused = f"Salesforce refused the sign-in: {error.code}."
    message = error.message if isinstance(error, Misconfigured) else refused
    return Misconfigured(_WORDS.get(error.code, message), code=error.code)
