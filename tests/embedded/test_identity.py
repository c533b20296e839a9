from __future__ import annotations

from typing import Any

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import Api

USERINFO = {
    "sub", "user_id", "organization_id", "preferred_username", "nickname", "name", "email", "email_verified",
    "given_name", "family_name", "zoneinfo", "photos", "profile", "picture", "address",
    "is_salesforce_integration_user", "urls", "active", "user_type", "language", "locale", "utcOffset",
    "updated_at",
}  # fmt: skip
IDENTITY = {
    "id", "asserted_user", "user_id", "organization_id", "username", "nick_name", "display_name", "email",
    "email_verified", "first_name", "last_name", "timezone", "photos", "addr_street", "addr_city",
    "addr_state", "addr_country", "addr_zip", "mobile_phone", "mobile_phone_verified",
    "is_lightning_login_user", "status", "urls", "active", "user_type", "language", "locale", "utcOffset",
    "last_modified_date", "is_app_installed",
}  # fmt: skip


def told(api: Api, org: Embedded) -> dict[str, Any]:
    form = {
        "grant_type": "client_credentials",
        "client_id": org.client_id,
        "client_secret": org.client_secret,
    }
    found: dict[str, Any] = api.http.post(f"{api.base}/services/oauth2/token", data=form, timeout=10).json()
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_userinfo(api: Api, org: Embedded, method: str) -> None:
    calls = org.api_calls
    answer = api.http.request(method, f"{api.base}/services/oauth2/userinfo", timeout=10)
    assert answer.status_code == 200 and set(answer.json()) == USERINFO
    found = answer.json()
    assert found["preferred_username"] == org.username
    assert found["user_id"] == org.records("User")[0]["Id"]
    assert found["organization_id"] == org.records("Organization")[0]["Id"]
    assert found["sub"] == told(api, org)["id"]
    assert found["zoneinfo"] == "America/New_York" and found["utcOffset"] == -18_000_000
    assert found["urls"]["rest"] == f"{api.base}/services/data/v{{version}}/"
    assert org.api_calls == calls and "Sforce-Limit-Info" not in answer.headers


def test_the_identity_url_leads_to_the_user(api: Api, org: Embedded) -> None:
    url = told(api, org)["id"]
    answer = api.http.get(url, timeout=10)
    assert answer.status_code == 200 and set(answer.json()) == IDENTITY
    found = answer.json()
    assert found["id"] == url and found["username"] == org.username
    assert found["user_type"] == "STANDARD" and found["active"] is True
    assert "/services/Soap/u/{version}/00D" in found["urls"]["partner"]
    api_urls = api.http.get(url, params={"version": "66.0"}, timeout=10).json()["urls"]
    assert api.http.get(api_urls["sobjects"], timeout=10).status_code == 200
    latest = api.http.get(url, params={"version": "latest"}, timeout=10).json()["urls"]
    assert "/services/data/v68.0/" in latest["query"]
    organization, user = url.split("/")[-2:]
    assert api.http.get(f"{api.base}/id/{organization[:15]}/{user[:15]}", timeout=10).status_code == 200


@pytest.mark.parametrize(("header", "word"), [
    ("", "Missing_OAuth_Token"), ("Bearer nonsense", "Bad_OAuth_Token"), ("Basic eDp5", "Bad_OAuth_Token"),
])  # fmt: skip
def test_without_a_session_there_is_one_word(api: Api, org: Embedded, header: str, word: str) -> None:
    for url in (f"{api.base}/services/oauth2/userinfo", told(api, org)["id"]):
        answer = api.http.get(url, headers={"Authorization": header}, timeout=10)
        assert (answer.status_code, answer.text) == (403, word)
        assert answer.headers["Content-Type"] == "text/html;charset=UTF-8"


def test_the_identity_of_somebody_else(api: Api, org: Embedded) -> None:
    organization, user = told(api, org)["id"].split("/")[-2:]
    for ids, status, word in (
        (f"00D000000000000AAA/{user}", 403, "Wrong_Org"),
        (f"{organization}/005000000000000AAA", 404, "Bad_Id"),
        (f"{organization}/x", 404, "Bad_Id"),
    ):
        answer = api.http.get(f"{api.base}/id/{ids}", timeout=10)
        assert (answer.status_code, answer.text) == (status, word)
