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


def test_bulk_jobs(client: Any) -> None:
    bulk = client.bulk2.Case
    rows = [{"Handoff_Id__c": f"bulk-{at}", "Subject": "Call"} for at in range(3)]
    (made,) = bulk.insert(records=rows, wait=0)
    assert (made["numberRecordsProcessed"], made["numberRecordsFailed"]) == (3, 0)
    keyed = [{"Handoff_Id__c": "bulk-2", "Subject": "Changed"}, {"Handoff_Id__c": "bulk-3", "Subject": ""}]
    (upserted,) = bulk.upsert(records=keyed, external_id_field="Handoff_Id__c", wait=0)
    found = bulk.get_all_ingest_records(upserted["job_id"])
    assert [each["sf__Created"] for each in found["successfulRecords"]] == ["false", "true"]
    assert found["failedRecords"] == found["unprocessedRecords"] == []
    changed = [{"Id": each["sf__Id"], "TTY__c": "maybe"} for each in found["successfulRecords"]]
    (failed,) = bulk.update(records=changed, wait=0)
    assert failed["numberRecordsFailed"] == 2
    assert "INVALID_TYPE_ON_FIELD_IN_RECORD" in bulk.get_failed_records(failed["job_id"])
    with pytest.raises(exceptions.SalesforceOperationError, match="Field name not found : Subjekt"):
        bulk.insert(records=[{"Subjekt": "Call"}], wait=0)


def test_bulk_queries(client: Any) -> None:
    bulk = client.bulk2.Case
    bulk.insert(records=[{"Handoff_Id__c": f"found-{at}"} for at in range(5)], wait=0)
    soql = "SELECT Id FROM Case WHERE Handoff_Id__c LIKE 'found-%'"
    pages = list(bulk.query(soql, max_records=2, wait=0))
    ids = [line.strip('"') for page in pages for line in page.splitlines()[1:]]
    assert [len(page.splitlines()) - 1 for page in pages] == [2, 2, 1]
    (gone,) = bulk.delete(records=[{"Id": each} for each in ids], wait=0)
    assert gone["numberRecordsProcessed"] == 5
    assert list(bulk.query(soql, wait=0)) == ['"Id"\n']
    assert len("".join(bulk.query_all(soql, wait=0)).splitlines()) == 6


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
