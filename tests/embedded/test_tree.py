"""sObject Tree: parents and children in one call, all of them or none."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sf_handoff.embedded import Embedded
from tests.embedded.world import JESSE, Api, refusal

TREE = "/composite/tree/Account"


def node(kind: str, reference_id: str, **fields: Any) -> dict[str, Any]:
    children = {name: {"records": value} for name, value in fields.items() if isinstance(value, list)}
    return {"attributes": {"type": kind, "referenceId": reference_id}, **fields, **children}


def account(reference_id: str, **fields: Any) -> dict[str, Any]:
    return node("Account", reference_id, Name=reference_id, **fields)


def send(api: Api, *roots: Any, path: str = TREE) -> requests.Response:
    return api("POST", path, {"records": list(roots)})


def made(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 201, answer.text
    assert answer.json()["hasErrors"] is False
    assert all(set(each) == {"referenceId", "id"} for each in answer.json()["results"])
    return {each["referenceId"]: each["id"] for each in answer.json()["results"]}


def wrong(answer: requests.Response) -> list[tuple[str, str, str, list[str]]]:
    """Reference id, code, message and fields of what was refused."""
    assert answer.status_code == 400
    assert set(answer.json()) == {"hasErrors", "results"}
    assert answer.json()["hasErrors"] is True
    found = []
    for each in answer.json()["results"]:
        assert set(each) == {"referenceId", "errors"}
        (error,) = each["errors"]
        found.append((each["referenceId"], error["statusCode"], error["message"], error["fields"]))
    return found


def row(org: Embedded, sobject: str, record_id: str) -> dict[str, Any]:
    return next(each for each in org.records(sobject) if each["Id"] == record_id)


def chain(depth: int) -> dict[str, Any]:
    found = account(f"a{depth}")
    for at in range(depth - 1, 0, -1):
        found = account(f"a{at}", ChildAccounts=[found])
    return found


def test_levels_are_made_one_after_the_other(api: Api, org: Embedded) -> None:
    calls = org.api_calls
    ids = made(
        send(
            api,
            account("a1", Contacts=[
                node("Contact", "c1", LastName="Reyes", Cases=[
                    node("Case", "k1", Subject="deep", Tasks=[node("task", "t1", Subject="deeper")])
                ])
            ]),
            account("a2", Contacts=[node("Contact", "c2", LastName="Okafor")],
                    ChildAccounts=[account("a3")]),
        )
    )  # fmt: skip
    assert list(ids) == ["a1", "a2", "c1", "c2", "a3", "k1", "t1"]
    assert row(org, "Contact", ids["c1"])["AccountId"] == ids["a1"]
    assert row(org, "Contact", ids["c2"])["AccountId"] == ids["a2"]
    assert row(org, "Account", ids["a3"])["ParentId"] == ids["a2"]
    case = row(org, "Case", ids["k1"])
    assert (case["ContactId"], case["AccountId"]) == (ids["c1"], ids["a1"])
    assert row(org, "Task", ids["t1"])["WhatId"] == ids["k1"]
    assert org.api_calls == calls + 1


def test_unrelated_records_and_links_by_key(api: Api, org: Embedded) -> None:
    cases = [node("Case", f"r{at}", Contact={"ICN__c": JESSE["ICN__c"]}) for at in range(3)]
    ids = made(send(api, *cases, path="/composite/tree/case"))
    person = next(each["Id"] for each in org.records("Contact") if each["ICN__c"] == JESSE["ICN__c"])
    assert {row(org, "Case", each)["ContactId"] for each in ids.values()} == {person}


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        (node("Contact", "c"),
         ("c", "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", ["LastName"])),
        (node("Contact", "c", LastName="x", Email="none"),
         ("c", "INVALID_EMAIL_ADDRESS", "Email: invalid email address: none", ["Email"])),
        (node("Contact", "c", LastName="x", Bacons=[node("Case", "k")]),
         ("c", "INVALID_FIELD", "No such column 'Bacons' on sobject of type Contact", [])),
        (node("Case", "k"), ("k", "INVALID_INPUT", "Contacts of Account holds no Case.", [])),
        (node("Bacon__c", "b"), ("b", "INVALID_INPUT", "Contacts of Account holds no Bacon__c.", [])),
    ],
)  # fmt: skip
def test_one_refused_record_undoes_all(api: Api, org: Embedded, child: Any, expected: Any) -> None:
    before = [org.records("Account"), org.records("Contact")]
    good = node("Contact", "good", LastName="Good")
    assert wrong(send(api, account("a1", Contacts=[good, child]), account("a2"))) == [expected]
    assert [org.records("Account"), org.records("Contact")] == before


def test_a_reference_id_twice_is_named_each_time(api: Api, org: Embedded) -> None:
    before = org.records("Account")
    found = wrong(send(api, account("a"), account("b"), account("c", ChildAccounts=[account("a")])))
    assert found == [("a", "INVALID_INPUT", "Duplicate ReferenceId provided in the request.", [])] * 2
    assert org.records("Account") == before


def test_the_limits_can_be_reached(api: Api, org: Embedded) -> None:
    before = len(org.records("Account"))
    many = [account(f"r{at}", ChildAccounts=[account(f"c{at}")]) for at in range(100)]
    assert len(made(send(api, *many))) == 200
    assert len(org.records("Account")) == before + 200
    assert list(made(send(api, chain(5)))) == ["a1", "a2", "a3", "a4", "a5"]


NO_ID = "Include a reference ID for each record in the request."
NO_TYPE = "Include an entity type for each record in the request."
NO_LIST = "records must be a list of records at [line:1, column:2]"
TYPES = [node("Case", "x"), node("Contact", "y"), node("Task", "z"), node("User", "u"), node("Group", "v")]


@pytest.mark.parametrize(
    ("records", "code", "said"),
    [
        ([], "REQUIRED_FIELD_MISSING", "At least 1 record is required"),
        ([account("a", Contacts=[])], "REQUIRED_FIELD_MISSING", "At least 1 record is required"),
        ("text", "JSON_PARSER_ERROR", NO_LIST),
        ([{**account("a"), "Contacts": {"records": "text"}}], "JSON_PARSER_ERROR", NO_LIST),
        (["text"], "JSON_PARSER_ERROR", "A record must be an object at [line:1, column:2]"),
        ([{"attributes": {"type": "Account"}}], "INVALID_INPUT", NO_ID),
        ([{"Name": "x"}], "INVALID_INPUT", NO_ID),
        ([{"attributes": {"referenceId": "a"}}], "INVALID_INPUT", NO_TYPE),
        ([account("a", Contacts=[{"LastName": "x"}])], "INVALID_INPUT", NO_ID),
        ([account("a"), node("Contact", "c")], "INVALID_INPUT",
         "Every root record of this request must be of type Account."),
        ([chain(6)], "INVALID_INPUT", "A tree is at most 5 levels deep."),
        ([account("a", Contacts=TYPES)], "INVALID_INPUT", "A request takes records of at most 5 types."),
        ([account(f"r{at}", ChildAccounts=[account(f"c{at}")]) for at in range(100)] + [account("a")],
         "EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records into this call"),
    ],
)  # fmt: skip
def test_what_is_refused_as_a_whole(api: Api, org: Embedded, records: Any, code: str, said: str) -> None:
    before = len(org.records("Account"))
    assert refusal(api("POST", TREE, {"records": records})) == (400, code, said)
    assert len(org.records("Account")) == before


def test_only_known_sobjects_and_only_creation(api: Api) -> None:
    nowhere = (404, "NOT_FOUND", "The requested resource does not exist")
    assert refusal(send(api, node("Bacon__c", "b"), path="/composite/tree/Bacon__c")) == nowhere
    assert refusal(api("PATCH", TREE, {}))[:2] == (405, "METHOD_NOT_ALLOWED")
    assert refusal(api("POST", TREE, {}, version="33.0")) == nowhere
    assert api("POST", TREE, {"records": [account("a")]}, version="34.0").status_code == 201
    (composed,) = api.composite(
        {"method": "POST", "url": f"/services/data/v66.0{TREE}", "referenceId": "tree"}
    )
    assert composed["httpStatusCode"] == 404
