"""jsforce, as it comes from npm, works against the org over plain HTTP. https://jsforce.github.io/document/"""

from __future__ import annotations

from typing import Any

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import JESSE
from tests.strangers.node import conversation

STEPS = (
    "assertion", "create", "read", "update", "upsert", "delete", "pages", "find", "composite", "collections",
    "together", "describe", "limits",
)  # fmt: skip
REFUSED = {
    "no such record": "NOT_FOUND",
    "no such sObject": "NOT_FOUND",
    "no such field": "INVALID_FIELD",
    "too long": "STRING_TOO_LONG",
    "not SOQL": "MALFORMED_QUERY",
    "key taken": "DUPLICATE_VALUE",
    "several matches": "MULTIPLE_CHOICES",
    "no session": "INVALID_SESSION_ID",
}


@pytest.fixture(scope="module")
def said(org: Embedded) -> dict[str, Any]:
    """One conversation in one process."""
    org.create("Contact", LastName="Gray", ICN__c=JESSE["ICN__c"])
    return conversation(org, *STEPS, *REFUSED, "wrong secret", several=JESSE["ICN__c"])


def cases(org: Embedded, key: str) -> list[dict[str, Any]]:
    return [each for each in org.records("Case") if (each["Handoff_Id__c"] or "").startswith(key)]


def case(org: Embedded, key: str) -> dict[str, Any]:
    (found,) = cases(org, key)
    return found


def test_signs_in(said: dict[str, Any], org: Embedded) -> None:
    assert said["token"]["instance"] == org.http
    assert said["token"]["user"] == case(org, "made")["CreatedById"]
    assert said["assertion"] == {"instance": org.http, "sobjects": True}


def test_contacts_the_org_alone(said: dict[str, Any], org: Embedded) -> None:
    assert said["dialled"] == [org.http.removeprefix("http://")]


def test_would_be_held_back(org: Embedded) -> None:
    said = conversation(org, "elsewhere")
    assert said["elsewhere"]["cause"] == "127.0.0.2:80 was to be contacted"
    assert said["dialled"][1:] == ["127.0.0.2:80"]


def test_creates(said: dict[str, Any], org: Embedded) -> None:
    made = case(org, "made")
    assert said["create"] == {"id": made["Id"], "success": True, "errors": []}
    assert (made["Subject"], made["Taps__c"], made["TTY__c"], made["Filed__c"]) == (
        "Made",
        3,
        True,
        "2026-11-20",
    )


def test_reads(said: dict[str, Any], org: Embedded) -> None:
    there = case(org, "read")
    assert said["read"]["attributes"]["type"] == "Case"
    assert {name: said["read"][name] for name in there} == there


def test_updates(said: dict[str, Any], org: Embedded) -> None:
    there = case(org, "updated")
    assert said["update"] == {"id": there["Id"], "success": True, "errors": []}
    assert (there["Subject"], there["Taps__c"]) == ("After", None)


def test_upserts_twice(said: dict[str, Any], org: Embedded) -> None:
    there = case(org, "upserted")
    assert [each["created"] for each in said["upsert"]] == [True, False]
    assert {each["id"] for each in said["upsert"]} == {there["Id"]}
    assert there["Subject"] == "Twice"


def test_deletes(said: dict[str, Any], org: Embedded) -> None:
    assert said["delete"]["success"] is True
    assert cases(org, "deleted") == []


def test_queries_across_pages(said: dict[str, Any], org: Embedded) -> None:
    assert said["pages"] == {
        "made": 2001,
        "first": [2000, 2001, False],
        "last": [1, 2001, True],
        "whole": 2001,
    }
    assert len(org.records("Account")) == 2001


def test_finds_by_conditions_of_its_own(said: dict[str, Any]) -> None:
    assert said["find"] == [{"Taps__c": 3, "Contact": None}, {"Taps__c": 2, "Contact": None}]


def test_composes(said: dict[str, Any], org: Embedded) -> None:
    made, read = said["composite"]["compositeResponse"]
    assert (made["httpStatusCode"], read["httpStatusCode"]) == (201, 200)
    assert made["body"]["id"] == read["body"]["Id"] == case(org, "composed")["Id"]
    assert read["body"]["Subject"] == "Composed"


def test_collections(said: dict[str, Any], org: Embedded) -> None:
    answers = said["collections"]
    assert [each["success"] for each in answers["created"]] == [True, True]
    assert [each["created"] for each in answers["upserted"]] == [False, False, True]
    assert [each["success"] for each in answers["updated"]] == [True, False]
    assert answers["updated"][1]["errors"][0]["statusCode"] == "JSON_PARSER_ERROR"
    assert [each["Subject"] for each in answers["read"]] == ["Updated", "Upserted 2", "New"]
    assert [each["Subject"] for each in cases(org, "row-")] == ["Updated", "Upserted 2"]


def test_all_or_none(said: dict[str, Any], org: Embedded) -> None:
    codes = [each["errors"][0]["statusCode"] for each in said["together"]]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "STRING_TOO_LONG"]
    assert cases(org, "together") == []


def test_describes(said: dict[str, Any]) -> None:
    described = said["describe"]
    assert described["prefix"] == "500"
    assert (described["key"]["externalId"], described["key"]["length"]) == (True, 64)
    assert {"Account", "Case", "Contact", "Task"} <= set(described["names"])


def test_knows_the_limits(said: dict[str, Any]) -> None:
    daily, used = said["limits"]["daily"], said["limits"]["used"]
    assert used == {"used": daily["Max"] - daily["Remaining"], "limit": daily["Max"]}


@pytest.mark.parametrize(("step", "code"), REFUSED.items())
def test_raises_its_own_exceptions(said: dict[str, Any], step: str, code: str) -> None:
    raised = said[step]
    assert (raised["class"], raised["name"], raised["errorCode"]) == ("HttpApiError", code, code)


def test_says_why_it_cannot_sign_in(said: dict[str, Any]) -> None:
    assert said["wrong secret"]["name"] == "invalid_client"
