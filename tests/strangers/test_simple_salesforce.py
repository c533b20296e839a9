"""simple-salesforce works against the org over TLS, by the name that it believes in.

More of what it can do, straight at the org: tests/embedded/test_clients.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from simple_salesforce import exceptions

from sf_handoff.embedded import Embedded
from tests.embedded.world import JESSE
from tests.strangers.gate import MY_DOMAIN, Gate
from tests.strangers.simple import DOMAIN, a_client


@pytest.fixture
def client(org: Embedded, gate: Gate, contacted: object) -> Iterator[Any]:
    with a_client(org, gate) as signed_in:
        yield signed_in


def test_client_credentials(client: Any, gate: Gate) -> None:
    assert client.sf_instance == MY_DOMAIN
    assert client.Case.describe()["name"] == "Case"
    assert set(gate.asked) == {f"{MY_DOMAIN}:443"}


def test_an_assertion(org: Embedded, gate: Gate) -> None:
    with a_client(
        org,
        gate,
        username=org.username,
        consumer_key=org.client_id,
        privatekey_file=org.private_key_file,
        instance_url=DOMAIN,
    ) as client:
        assert client.sf_instance == MY_DOMAIN
        assert client.Case.describe()["name"] == "Case"


def test_a_session_from_elsewhere(org: Embedded, gate: Gate) -> None:
    """Straight to the org's own address, as its certificate allows."""
    gate.ways = {org.https.removeprefix("https://"): gate.ways[f"{MY_DOMAIN}:443"]}
    with a_client(org, gate, session_id=org.access_token(), instance_url=org.https) as client:
        assert client.Case.describe()["name"] == "Case"
        org.expire_sessions()
        with pytest.raises(exceptions.SalesforceExpiredSession):
            client.Case.describe()


def test_signs_in_again(client: Any, org: Embedded) -> None:
    org.expire_sessions()
    assert client.Case.describe()["name"] == "Case"


def test_the_wrong_secret(org: Embedded, gate: Gate) -> None:
    wrong = {"domain": DOMAIN, "consumer_key": org.client_id, "consumer_secret": "wrong"}
    with pytest.raises(exceptions.SalesforceAuthenticationFailed) as refused, a_client(org, gate, **wrong):
        pass
    assert refused.value.code == "invalid_client"


def test_rows(client: Any) -> None:
    made = client.Case.create({"Subject": "Call"})
    assert made["success"] is True
    assert client.Case.update(made["id"], {"Subject": "Changed"}) == 204
    assert client.Case.get(made["id"])["Subject"] == "Changed"
    assert client.Case.delete(made["id"]) == 204
    with pytest.raises(exceptions.SalesforceResourceNotFound):
        client.Case.get(made["id"])


def test_upserts(client: Any) -> None:
    assert client.Case.upsert("Handoff_Id__c/simple", {"Subject": "Call"}) == 201
    assert client.Case.upsert("Handoff_Id__c/simple", {"Subject": "Call"}) == 200
    assert client.Case.get_by_custom_id("Handoff_Id__c", "simple")["Subject"] == "Call"


def test_collections(client: Any, org: Embedded) -> None:
    """It has no words of its own for these, but a way to send them."""
    rows = [{"attributes": {"type": "Case"}, "Subject": "x" * length} for length in (255, 256)]
    good, bad = client.restful("composite/sobjects", method="POST", json={"records": rows})
    assert (good["success"], bad["errors"][0]["statusCode"]) == (True, "STRING_TOO_LONG")
    assert good["id"] in {each["Id"] for each in org.records("Case")}


def test_raises_its_own_exceptions(client: Any, org: Embedded) -> None:
    with pytest.raises(exceptions.SalesforceMalformedRequest) as refused:
        client.query("SELEKT Id")
    content: Any = refused.value.content
    assert content[0]["errorCode"] == "MALFORMED_QUERY"
    org.create("Contact", LastName="Gray", ICN__c=JESSE["ICN__c"])
    with pytest.raises(exceptions.SalesforceMoreThanOneRecord):
        client.Contact.get_by_custom_id("ICN__c", JESSE["ICN__c"])
