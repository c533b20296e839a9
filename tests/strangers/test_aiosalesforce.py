"""aiosalesforce works against the org over TLS. It takes no address but a My Domain."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from aiosalesforce import Salesforce, exceptions
from aiosalesforce.auth import ClientCredentialsFlow, JwtBearerFlow

from sf_handoff.embedded import Embedded
from tests.embedded.world import JESSE
from tests.strangers.aio import conversation
from tests.strangers.gate import MY_DOMAIN, Gate

T = TypeVar("T")
Talk = Callable[[Callable[[Salesforce], Awaitable[Any]]], Any]
KEY = "Handoff_Id__c"


@pytest.fixture
def said(org: Embedded, gate: Gate) -> Talk:
    """What comes of a conversation."""
    return lambda talk: conversation(org, gate, talk)


def subjects(org: Embedded, key: str) -> list[str]:
    return [each["Subject"] for each in org.records("Case") if (each[KEY] or "").startswith(key)]


def test_client_credentials(said: Talk, gate: Gate) -> None:
    limits = said(lambda client: client.get_limits())
    assert limits["DailyApiRequests"]["Max"] == 100_000
    assert set(gate.asked) == {f"{MY_DOMAIN}:443"}


def test_an_assertion(org: Embedded, gate: Gate) -> None:
    auth = JwtBearerFlow(org.client_id, org.username, org.private_key_file)
    limits = conversation(org, gate, lambda client: client.get_limits(), auth)
    assert limits["DailyApiRequests"]["Max"] == 100_000


def test_the_wrong_secret(org: Embedded, gate: Gate) -> None:
    auth = ClientCredentialsFlow(org.client_id, "wrong")
    with pytest.raises(exceptions.AuthenticationError) as refused:
        conversation(org, gate, lambda client: client.get_limits(), auth)
    assert refused.value.error_code == "invalid_client"


def test_signs_in_again(said: Talk, org: Embedded) -> None:
    async def talk(client: Salesforce) -> Any:
        await client.get_limits()
        org.expire_sessions()
        return await client.get_limits()

    assert said(talk)["DailyApiRequests"]["Max"] == 100_000


def test_rows(said: Talk, org: Embedded) -> None:
    async def talk(client: Salesforce) -> Any:
        made = await client.sobject.create("Case", {KEY: "aio-row", "Subject": "Call"})
        await client.sobject.update("Case", made, {"Subject": "Changed"})
        read = await client.sobject.get("Case", made, fields=["Subject"])
        await client.sobject.delete("Case", made)
        with pytest.raises(exceptions.NotFoundError):
            await client.sobject.get("Case", made)
        return read

    assert said(talk)["Subject"] == "Changed"
    assert subjects(org, "aio-row") == []


def test_upserts(said: Talk, org: Embedded) -> None:
    async def talk(client: Salesforce) -> Any:
        first = await client.sobject.upsert("Case", "aio-key", KEY, {"Subject": "Once"})
        second = await client.sobject.upsert("Case", "aio-key", KEY, {"Subject": "Twice"})
        return [first, second, await client.sobject.get("Case", "aio-key", KEY)]

    first, second, read = said(talk)
    assert (first.created, second.created) == (True, False)
    assert first.id == second.id == read["Id"]
    assert subjects(org, "aio-key") == ["Twice"]


def test_queries_across_pages(said: Talk, org: Embedded) -> None:
    for at in range(2001):
        org.create("Account", Name=str(at))

    async def talk(client: Salesforce) -> Any:
        return [each["Name"] async for each in client.query("SELECT Name FROM Account")]

    assert sorted(map(int, said(talk))) == list(range(2001))


def test_a_batch(said: Talk, org: Embedded) -> None:
    async def talk(client: Salesforce) -> Any:
        async with client.composite.batch() as batch:
            found = batch.query("SELECT Name FROM Contact")
            made = batch.sobject.create("Case", {KEY: "aio-batch", "Subject": "In a batch"})
            again = batch.sobject.upsert("Case", "aio-batch", KEY, {"Subject": "Again"})
            wrong = batch.sobject.get("Case", "500000000000000AAA")
        with pytest.raises(exceptions.NotFoundError):
            wrong.raise_for_status()
        return found.records, made.id, again.id, again.created

    found, made, again, created = said(talk)
    assert [each["Name"] for each in found] == ["Jesse Gray"]
    assert (made == again, created) == (True, False)
    assert subjects(org, "aio-batch") == ["Again"]


def test_composes(said: Talk, org: Embedded) -> None:
    async def talk(client: Salesforce) -> Any:
        async with client.composite(all_or_none=True) as together:
            made = together.sobject.create("Case", {KEY: "aio-composed", "Subject": "Composed"})
            together.sobject.update("Case", made.reference.id, {"Subject": "Changed"})
            read = together.query(f"SELECT Id, Subject FROM Case WHERE {KEY} = 'aio-composed'")
        return made.id, read.records

    made, (read,) = said(talk)
    assert (read["Id"], read["Subject"]) == (made, "Changed")
    assert subjects(org, "aio-composed") == ["Changed"]


def test_composes_all_or_none(said: Talk, org: Embedded) -> None:
    async def talk(client: Salesforce) -> Any:
        async with client.composite(all_or_none=True) as together:
            good = together.sobject.create("Case", {KEY: "aio-undone", "Subject": "Good"})
            bad = together.sobject.create("Case", {"Nonsense__c": "x"})
        return good.response_body, bad.response_body

    codes = [body[0]["errorCode"] for body in said(talk)]
    assert codes == ["PROCESSING_HALTED", "INVALID_FIELD"]
    assert subjects(org, "aio-undone") == []


def test_collections(said: Talk, org: Embedded) -> None:
    """It has no words of its own for these yet, but sends them."""

    async def talk(client: Salesforce) -> Any:
        rows = [{"attributes": {"type": "Case"}, KEY: f"aio-many-{at}", "Subject": str(at)} for at in (1, 2)]
        url = f"{client.base_url}/services/data/v{client.version}/composite/sobjects"
        headers = {"Content-Type": "application/json"}
        post: Any = client.request
        answer = await post("POST", url, content=json.dumps({"records": rows}), headers=headers)
        return answer.json()

    assert [each["success"] for each in said(talk)] == [True, True]
    assert subjects(org, "aio-many") == ["1", "2"]


def test_raises_its_own_exceptions(said: Talk, org: Embedded) -> None:
    org.create("Contact", LastName="Gray", ICN__c=JESSE["ICN__c"])

    async def talk(client: Salesforce) -> Any:
        with pytest.raises(exceptions.SalesforceError) as refused:
            await client.sobject.create("Case", {"Nonsense__c": "x"})
        with pytest.raises(exceptions.MoreThanOneRecordError):
            await client.sobject.get("Contact", JESSE["ICN__c"], "ICN__c")
        return refused.value.error_code

    assert said(talk) == "INVALID_FIELD"
