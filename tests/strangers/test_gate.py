"""The gate itself: it lets through what it knows, refuses the rest, and remembers both."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import requests

from sf_handoff.embedded import Embedded
from tests.strangers.conftest import address
from tests.strangers.gate import MY_DOMAIN, Gate


@pytest.fixture
def session(org: Embedded, gate: Gate) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(org.ca_file)
        session.proxies = {"https": gate.url, "http": gate.url}
        yield session


def test_leads_to_the_org(session: requests.Session, gate: Gate) -> None:
    answer = session.get(f"https://{MY_DOMAIN}/services/data", timeout=10)
    assert (answer.status_code, gate.asked) == (200, [f"{MY_DOMAIN}:443"])


def test_leads_nowhere_else(session: requests.Session, gate: Gate) -> None:
    with pytest.raises(requests.exceptions.ProxyError):
        session.get("https://login.salesforce.com/services/data", timeout=10)
    assert session.get("http://127.0.0.1:1/", timeout=10).status_code == 403
    assert gate.asked == ["login.salesforce.com:443", "http://127.0.0.1:1/"]
    gate.asked.clear()


def test_going_round_it_is_seen(org: Embedded, contacted: set[Any]) -> None:
    httpx.get(f"{org.http}/services/data", trust_env=False)
    assert address(org.http) in contacted
    contacted.clear()
