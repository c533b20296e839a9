from __future__ import annotations

from typing import Any

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import JESSE, Api, refusal

WHO = {"attributes": {"type": "Contact"}, "ICN__c": JESSE["ICN__c"]}


def jesse(org: Embedded) -> str:
    return next(str(each["Id"]) for each in org.records("Contact") if each["ICN__c"] == JESSE["ICN__c"])


def test_a_parent_is_found_by_its_external_id(api: Api, org: Embedded) -> None:
    made = api("POST", "/sobjects/Case", {"contact": {"ICN__c": JESSE["ICN__c"].lower()}}).json()["id"]
    assert api("GET", f"/sobjects/Case/{made}").json()["ContactId"] == jesse(org), "it is not case-sensitive"
    task = api("POST", "/sobjects/Task", {"Who": WHO, "WhatId": made}).json()["id"]
    found = api("GET", f"/sobjects/Task/{task}").json()
    assert (found["WhoId"], found["WhatId"]) == (jesse(org), made)
    assert api("PATCH", f"/sobjects/Case/{made}", {"Contact": None}).status_code == 204
    assert api("GET", f"/sobjects/Case/{made}").json()["ContactId"] is None


def test_a_parent_that_is_not_there(api: Api) -> None:
    answer = api("POST", "/sobjects/Case", {"Contact": {"ICN__c": "9"}})
    assert refusal(answer) == (
        400,
        "INVALID_FIELD",
        "Foreign key external ID: 9 not found for field ICN__c in entity Contact",
    )


def test_a_parent_that_is_there_twice(api: Api, org: Embedded) -> None:
    twins = [org.create("Contact", LastName="Reyes", ICN__c="77") for _ in range(2)]
    answer = api("POST", "/sobjects/Case", {"Contact": {"ICN__c": "77"}})
    assert refusal(answer) == (
        400,
        "DUPLICATE_EXTERNAL_ID",
        f"ICN: more than one record found for external id field: [{', '.join(twins)}]",
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"Contact": {"Bacon__c": "1"}}, "No such column 'Bacon__c' on sobject of type Contact"),
        ({"Contact": {"Phone": "1"}}, "Phone does not match an External ID for Contact"),
        ({"Contact": {"ICN__c": "1", "Email": "a@example.com"}}, "More than 1 field provided"),
        ({"Contact": {}}, "No field provided in an external foreign key reference in entity: Contact"),
        ({"Contact": {"attributes": {"type": "Account"}, "ICN__c": "1"}}, "needs an attributes.type among"),
        ({"Owner": {"DeveloperName": "App_Handoffs"}}, "needs an attributes.type among: Group, User"),
        ({"Contact": {"ICN__c": None}}, "not found for field ICN__c"),
    ],
)
def test_a_link_that_cannot_be_followed(api: Api, body: dict[str, Any], said: str) -> None:
    status, code, message = refusal(api("POST", "/sobjects/Case", body))
    assert (status, code) == (400, "INVALID_FIELD")
    assert said in message


def test_a_link_must_be_an_object(api: Api) -> None:
    assert refusal(api("POST", "/sobjects/Case", {"Contact": "Jesse"}))[1] == "JSON_PARSER_ERROR"


@pytest.mark.parametrize("field", ["WhoId", "WhatId"])
def test_who_is_a_person_and_what_is_not(api: Api, org: Embedded, field: str) -> None:
    wrong = {"WhoId": org.create("Case"), "WhatId": jesse(org)}[field]
    status, code, message = refusal(api("POST", "/sobjects/Task", {field: wrong}))
    assert (status, code) == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert message.endswith(f"id value of incorrect type: {wrong}")
