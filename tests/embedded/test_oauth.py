from __future__ import annotations

import base64
import hmac
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from sf_handoff.embedded import Embedded
from tests.embedded.world import Api, an_org, refusal

EXPIRED = (401, "INVALID_SESSION_ID", "Session expired or invalid")


def ask(api: Api, auth: tuple[str, str] | None = None, **form: str) -> requests.Response:
    return api.http.post(f"{api.base}/services/oauth2/token", data=form, auth=auth, timeout=10)


def assertion(org: Embedded, key: Any = None, **claims: Any) -> str:
    told = {"iss": org.client_id, "sub": org.username, "aud": org.audience, "exp": int(time.time()) + 120}
    told |= claims
    signed = {name: value for name, value in told.items() if value is not None}
    return jwt.encode(signed, key or org.private_key_file.read_text("ascii"), algorithm="RS256")


def bearer(api: Api, assertion: str) -> requests.Response:
    return ask(api, grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=assertion)


@pytest.mark.parametrize("audience", [None, "https://login.salesforce.com", "https://test.salesforce.com"])
def test_a_signed_assertion_opens_a_session(api: Api, org: Embedded, audience: str | None) -> None:
    answer = bearer(api, assertion(org, aud=audience or org.http))
    told = answer.json()
    assert answer.status_code == 200
    assert told["token_type"] == "Bearer"
    assert told["instance_url"] == org.http
    assert told["id"].startswith(f"{org.http}/id/00D")
    session = {"Authorization": f"Bearer {told['access_token']}"}
    assert api("GET", "/sobjects", headers=session).status_code == 200
    assert "Sforce-Limit-Info" not in answer.headers


def test_the_answer_is_signed_with_the_secret(api: Api, org: Embedded) -> None:
    told = bearer(api, assertion(org)).json()
    expected = hmac.digest(org.client_secret.encode(), (told["id"] + told["issued_at"]).encode(), "sha256")
    assert base64.b64decode(told["signature"]) == expected


@pytest.mark.parametrize(
    ("claims", "error", "description"),
    [
        ({"iss": "someone"}, "invalid_client_id", "client identifier invalid"),
        ({"sub": "nobody@example.com"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"aud": "https://example.com"}, "invalid_grant", "audience is invalid"),
        ({"exp": 1_700_000_000}, "invalid_grant", "expired assertion"),
        ({"exp": 1_900_000_000_000}, "invalid_grant", "invalid assertion"),
        ({"exp": None}, "invalid_grant", "invalid assertion"),
        ({"exp": 10**400}, "invalid_grant", "expired assertion"),
        ({"sub": None}, "invalid_grant", "invalid assertion"),
    ],
)
def test_a_wrong_assertion(
    api: Api, org: Embedded, claims: dict[str, Any], error: str, description: str
) -> None:
    answer = bearer(api, assertion(org, **claims))
    assert (answer.status_code, answer.json()) == (400, {"error": error, "error_description": description})


def test_an_assertion_that_another_key_signed(api: Api, org: Embedded) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for forged in (assertion(org, other), "no.jwt.atall", ""):
        assert bearer(api, forged).json()["error"] == "invalid_grant"
    unsigned = jwt.encode({"iss": org.client_id, "sub": org.username}, "", algorithm="none")
    assert bearer(api, unsigned).json()["error"] == "invalid_grant"


def test_client_credentials(api: Api, org: Embedded) -> None:
    grant, name, secret = "client_credentials", org.client_id, org.client_secret
    assert ask(api, grant_type=grant, client_id=name, client_secret=secret).status_code == 200
    assert ask(api, (name, secret), grant_type=grant).status_code == 200
    for wrong, error in (((name, "x"), "invalid_client"), (("x", secret), "invalid_client_id")):
        in_form = ask(api, grant_type=grant, client_id=wrong[0], client_secret=wrong[1])
        assert (in_form.status_code, in_form.json()["error"]) == (400, error)
        assert ask(api, wrong, grant_type=grant).json()["error"] == error
    broken = {"Authorization": "Basic é!".encode("latin-1")}
    url = f"{api.base}/services/oauth2/token"
    answer = api.http.post(url, data={"grant_type": grant}, headers=broken, timeout=10)
    assert answer.json()["error"] == "invalid_client_id"


@pytest.mark.parametrize("grant", ["password", "refresh_token", ""])
def test_other_flows_are_not_offered(api: Api, grant: str) -> None:
    answer = ask(api, grant_type=grant, username="a", password="b")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer nonsense", "Basic {}", "{}"])
def test_without_a_session_nothing_is_answered(api: Api, org: Embedded, header: str) -> None:
    value = header.format(org.access_token())
    calls = org.api_calls
    answer = api("GET", "/sobjects", headers={"Authorization": value})
    assert refusal(answer) == EXPIRED
    assert answer.headers["WWW-Authenticate"] == "Token"
    assert "Sforce-Limit-Info" not in answer.headers
    assert org.api_calls == calls


def test_sessions_and_assertions_go_by_the_orgs_clock(tmp_path: Path) -> None:
    now = [datetime(2026, 11, 20, 12, tzinfo=UTC)]
    with an_org(tmp_path, clock=lambda: now[0]) as org:
        api = Api(org)
        with api.http:
            soon = int(now[0].timestamp()) + 120
            assert bearer(api, assertion(org, exp=soon)).status_code == 200
            assert api("GET", "/sobjects").status_code == 200
            now[0] += timedelta(hours=12)
            assert refusal(api("GET", "/sobjects")) == EXPIRED
            assert bearer(api, assertion(org, exp=soon)).json()["error_description"] == "expired assertion"


def test_sessions_end(org: Embedded) -> None:
    api = Api(org)
    with api.http:
        assert api("GET", "/sobjects").status_code == 200
        org.expire_sessions()
        assert refusal(api("GET", "/sobjects")) == EXPIRED
        api.http.headers["Authorization"] = f"OAuth {org.access_token()}"
        assert api("GET", "/sobjects").status_code == 200
