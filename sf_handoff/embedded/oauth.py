"""Signing in: the JWT bearer and client credentials flows, and the sessions they open.

Sessions lie in the database (as digests), so that every process on the org accepts them. An assertion may
run for an hour at most here; Salesforce advises minutes.
https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import jwt

from sf_handoff.embedded.http import Answer
from sf_handoff.embedded.org import Org, stamp
from sf_handoff.embedded.refusals import Refusal

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LOGIN, TEST = "https://login.salesforce.com", "https://test.salesforce.com"
SESSION = timedelta(hours=12)
LONGEST_ASSERTION = timedelta(hours=1)


class OAuthError(Exception):
    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.body = {"error": error, "error_description": description}


def token(org: Org, form: Mapping[str, str], headers: Mapping[str, str], base: str) -> Answer:
    """Answer a token request that came to the address `base`."""
    try:
        grant = form.get("grant_type")
        if grant == JWT_BEARER:
            _check_assertion(org, form.get("assertion", ""), base)
        elif grant == "client_credentials":
            _check_client(org, *_client(form, headers))
        else:
            raise OAuthError("unsupported_grant_type", "grant type not supported")
    except OAuthError as error:
        return Answer(400, error.body)
    return Answer(200, _granted(org, base))


def open_session(org: Org) -> str:
    access_token = f"{org.organization_id[:15]}!{secrets.token_urlsafe(48)}"
    expires = stamp(org.clock() + SESSION)
    org.database.execute("INSERT INTO _sessions VALUES (?, ?)", _digest(access_token), expires)
    return access_token


def check_session(org: Org, authorization: str) -> None:
    scheme, _, access_token = authorization.partition(" ")
    row = org.database.row("SELECT expires FROM _sessions WHERE digest = ?", _digest(access_token))
    if scheme.lower() not in {"bearer", "oauth"} or row is None or row["expires"] <= org.now():
        raise Refusal("INVALID_SESSION_ID", "Session expired or invalid")


def end_sessions(org: Org) -> None:
    org.database.execute("DELETE FROM _sessions")


def _check_assertion(org: Org, assertion: str, base: str) -> None:
    try:
        claims = jwt.decode(
            assertion,
            org.identity.public_key,
            algorithms=["RS256"],
            audience=[LOGIN, TEST, base],
            options={"require": ["iss", "sub", "aud", "exp"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidAudienceError:
        raise OAuthError("invalid_grant", "audience is invalid") from None
    except jwt.InvalidTokenError:
        raise OAuthError("invalid_grant", "invalid assertion") from None
    _check_claims(org, claims)


def _check_claims(org: Org, claims: Mapping[str, Any]) -> None:
    if claims["iss"] != org.identity.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if claims["sub"] != org.identity.username:
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")
    left = _seconds(claims["exp"]) - org.clock().timestamp()
    if not 0 < left <= LONGEST_ASSERTION.total_seconds():
        raise OAuthError("invalid_grant", "expired assertion" if left <= 0 else "invalid assertion")


def _seconds(value: Any) -> float:
    """A time in a claim; simple-salesforce signs its number as a text."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return 0


def _client(form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, coded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        name, _, secret = base64.b64decode(coded).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote(name), unquote(secret)


def _check_client(org: Org, client_id: str, secret: str) -> None:
    if client_id != org.identity.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if not hmac.compare_digest(secret.encode(), org.identity.client_secret.encode()):
        raise OAuthError("invalid_client", "invalid client credentials")


def _granted(org: Org, base: str) -> dict[str, str]:
    identity = f"{base}/id/{org.organization_id}/{org.user_id}"
    issued_at = str(int(org.clock().timestamp() * 1000))
    signed = hmac.digest(org.identity.client_secret.encode(), (identity + issued_at).encode(), "sha256")
    return {
        "access_token": open_session(org),
        "signature": base64.b64encode(signed).decode(),
        "scope": "api",
        "instance_url": base,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }


def _digest(access_token: str) -> str:
    return hashlib.sha256(access_token.encode()).hexdigest()
