"""simple-salesforce, as it comes, works against the org."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from simple_salesforce import Salesforce, exceptions

from sf_handoff.embedded import Embedded
from tests.embedded.world import JESSE, VERSION


@pytest.fixture(scope="module")
def client(org: Embedded) -> Iterator[Any]:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(org.ca_file)
        yield Salesforce(
            session_id=org.access_token(), instance_url=org.https, version=VERSION, session=session
        )


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


def test_queries(client: Any, org: Embedded) -> None:
    found = client.query("SELECT Id, Name FROM Contact WHERE LastName = 'Gray'")
    assert [each["Name"] for each in found["records"]] == ["Jesse Gray"]
    for at in range(2001):
        org.create("Account", Name=str(at))
    assert len(list(client.query_all_iter("SELECT Name FROM Account"))) == 2001
    with pytest.raises(exceptions.SalesforceMalformedRequest) as refused:
        client.query("SELEKT Id")
    content: Any = refused.value.content
    assert content[0]["errorCode"] == "MALFORMED_QUERY"


def test_the_rest(client: Any) -> None:
    assert client.limits()["DailyApiRequests"]["Max"] == 100_000
    assert {"Case", "Task"} <= {each["name"] for each in client.describe()["sobjects"]}
    assert "Handoff_Id__c" in {each["name"] for each in client.Case.describe()["fields"]}
    assert client.Case.metadata()["objectDescribe"]["keyPrefix"] == "500"
    body = {"compositeRequest": [{"method": "GET", "url": f"/services/data/v{VERSION}/sobjects",
                                  "referenceId": "all"}]}  # fmt: skip
    answer = client.restful("composite", method="POST", json=body)
    assert answer["compositeResponse"][0]["httpStatusCode"] == 200
    assert client.api_usage["api-usage"].total == 100_000


def test_several_matches(client: Any, org: Embedded) -> None:
    org.create("Contact", LastName="Gray", ICN__c=JESSE["ICN__c"])
    with pytest.raises(exceptions.SalesforceMoreThanOneRecord) as refused:
        client.Contact.get_by_custom_id("ICN__c", JESSE["ICN__c"])
    content: Any = refused.value.content
    assert len(content) == 2
