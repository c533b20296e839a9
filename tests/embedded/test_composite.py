from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import JESSE, QUEUE, RECORD_TYPE, Api, refusal

ROOT = "/services/data/v66.0"
ROLLED_BACK = {
    "message": "The transaction was rolled back since another operation in the same transaction failed.",
    "errorCode": "PROCESSING_HALTED",
}


def part(method: str, path: str, reference_id: str, body: Any = None, **headers: str) -> dict[str, Any]:
    found = {"method": method, "url": ROOT + path, "referenceId": reference_id}
    return (
        found | ({"body": body} if body is not None else {}) | ({"httpHeaders": headers} if headers else {})
    )


def query(soql: str, reference_id: str) -> dict[str, Any]:
    return part("GET", f"/query?q={quote_plus(soql)}", reference_id)


def handoff(key: str, **case: Any) -> list[dict[str, Any]]:
    """The request that the connector makes for a tap."""
    person = {"ICN__c": JESSE["ICN__c"]}
    links = {"OwnerId": "@{queue.records[0].Id}", "RecordTypeId": "@{record_type.records[0].Id}"}
    return [
        query(f"SELECT Id FROM Group WHERE Type = 'Queue' AND DeveloperName = '{QUEUE}'", "queue"),
        query(f"SELECT Id FROM RecordType WHERE DeveloperName = '{RECORD_TYPE}'", "record_type"),
        part("PATCH", f"/sobjects/Case/Handoff_Id__c/{key}", "case",
             {"Status": "Awaiting call", "Contact": person, **links, **case},
             **{"Sforce-Auto-Assign": "FALSE"}),
        part("GET", "/sobjects/Case/@{case.id}?fields=CaseNumber,IsClosed", "case_read"),
        part("PATCH", f"/sobjects/Task/Handoff_Id__c/{key}", "task",
             {"WhatId": "@{case.id}", "Who": {"attributes": {"type": "Contact"}, **person},
              "Status": "Completed", "Subject": "About @{case_read.CaseNumber}"}),
    ]  # fmt: skip


def codes(answers: list[dict[str, Any]]) -> list[Any]:
    return [
        each["body"][0]["errorCode"] if isinstance(each["body"], list) else each["httpStatusCode"]
        for each in answers
    ]


def test_one_call_writes_a_whole_handoff(api: Api, org: Embedded) -> None:
    calls = org.api_calls
    answers = api.composite(*handoff("whole"))
    assert [each["httpStatusCode"] for each in answers] == [200, 200, 201, 200, 201]
    assert [each["referenceId"] for each in answers] == ["queue", "record_type", "case", "case_read", "task"]
    assert set(answers[2]) == {"body", "httpHeaders", "httpStatusCode", "referenceId"}
    case_id, task_id = answers[2]["body"]["id"], answers[4]["body"]["id"]
    assert answers[2]["httpHeaders"] == {"Location": f"{ROOT}/sobjects/Case/{case_id}"}
    assert org.api_calls == calls + 1
    case = next(each for each in org.records("Case") if each["Id"] == case_id)
    task = next(each for each in org.records("Task") if each["Id"] == task_id)
    assert case["OwnerId"] == answers[0]["body"]["records"][0]["Id"]
    assert case["RecordTypeId"] == answers[1]["body"]["records"][0]["Id"]
    assert case["ContactId"] == task["WhoId"]
    assert (task["WhatId"], task["Subject"]) == (case_id, f"About {case['CaseNumber']}")
    again = api.composite(*handoff("whole"))
    assert [each["httpStatusCode"] for each in again] == [200, 200, 200, 200, 200]


def test_parts_stand_and_fall_alone(api: Api, org: Embedded) -> None:
    parts = handoff("alone")
    parts[4]["body"]["Bacon__c"] = 1
    assert codes(api.composite(*parts)) == [200, 200, 201, 200, "INVALID_FIELD"]
    assert "alone" in {each["Handoff_Id__c"] for each in org.records("Case")}
    assert "alone" not in {each["Handoff_Id__c"] for each in org.records("Task")}


def test_what_refers_to_a_failed_part_fails_with_it(api: Api) -> None:
    answers = api.composite(*handoff("failed", Contact={"ICN__c": "9"}))
    assert codes(answers) == [200, 200, "INVALID_FIELD", "PROCESSING_HALTED", "PROCESSING_HALTED"]
    assert answers[3]["body"][0]["message"] == (
        "Invalid reference specified. No value for case.id found in case."
    )


def test_all_or_none_undoes_all(api: Api, org: Embedded) -> None:
    before = [org.records("Case"), org.records("Task"), org.records("Contact")]
    answers = api.composite(
        part("POST", "/sobjects/Contact", "person", {"LastName": "Okafor"}),
        part("POST", "/sobjects/Case", "case", {"ContactId": "@{person.id}", "Subject": "x" * 256}),
        part("POST", "/sobjects/Task", "task", {"WhatId": "@{case.id}"}),
        all_or_none=True,
    )
    assert [each["httpStatusCode"] for each in answers] == [400, 400, 400]
    assert codes(answers) == ["PROCESSING_HALTED", "STRING_TOO_LONG", "PROCESSING_HALTED"]
    assert answers[0]["body"] == answers[2]["body"] == [ROLLED_BACK]
    assert [org.records("Case"), org.records("Task"), org.records("Contact")] == before
    good = api.composite(
        part("POST", "/sobjects/Contact", "person", {"LastName": "Okafor"}), all_or_none=True
    )
    assert codes(good) == [201]


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("@{none.id}", None),
        ("@{q.records[1].Id}", None),
        ("@{q.Records[0].Id}", None),
        ("@{q.records[0].id}", None),
        ("@{q.records[0]}", None),
        ("@{q.totalSize.}", None),
        ("@{q.totalSize]}", None),
        ("@{q.records[0].Name}", "Jesse Gray"),
        ("for @{q.records[0].Name}, @{q.totalSize}", "for Jesse Gray, 1"),
        ("@{q.records[0].attributes.type}", "Contact"),
        ("@{not closed", "@{not closed"),
        ("is @{q.done}", "is true"),
        (f"@{{q.records[{'9' * 5000}].Id}}", None),
    ],
)
def test_references(api: Api, org: Embedded, reference: str, found: str | None) -> None:
    answers = api.composite(
        query("SELECT Id, Name FROM Contact WHERE LastName = 'Gray'", "q"),
        part("POST", "/sobjects/Case", "case", {"Subject": reference}),
    )
    if found is None:
        assert codes(answers)[1] == "PROCESSING_HALTED"
        name = reference.strip("@{}").split(".")[0]
        said = f"Invalid reference specified. No value for {reference.strip('@{}')} found in {name}."
        assert answers[1]["body"][0]["message"] == said
    else:
        assert org.records("Case")[-1]["Subject"] == found


def test_references_in_a_url_are_encoded(api: Api) -> None:
    answers = api.composite(
        part("POST", "/sobjects/Case", "made", {"Handoff_Id__c": "a/b c"}),
        part("GET", "/sobjects/Case/@{made.id}?fields=Handoff_Id__c", "read"),
        part("GET", "/sobjects/Case/Handoff_Id__c/@{read.Handoff_Id__c}", "again"),
    )
    assert codes(answers) == [201, 200, 200]


def test_every_kind_of_part(api: Api) -> None:
    answers = api.composite(
        part("POST", "/sobjects/Case", "create", {}),
        part("PATCH", "/sobjects/Case/@{create.id}", "update", {"Subject": "x"}),
        part("GET", "/sobjects/Case/@{create.id}", "read"),
        part("GET", "/sobjects/Case/describe", "describe"),
        part("GET", "/sobjects", "global"),
        part("GET", "/sobjects/Foo", "unknown"),
        part("DELETE", "/sobjects/Case/@{create.id}", "delete"),
        part("POST", "/composite", "nested", {"compositeRequest": []}),
        part("GET", "/limits", "limits"),
        {"method": "GET", "url": "/services/data/v12.0/sobjects", "referenceId": "version"},
    )
    assert codes(answers) == [
        201,
        204,
        200,
        200,
        200,
        "NOT_FOUND",
        204,
        "NOT_FOUND",
        "NOT_FOUND",
        "NOT_FOUND",
    ]
    assert (answers[1]["body"], answers[1]["httpHeaders"]) == (None, {})


def test_several_matches_are_a_part_of_300(api: Api, org: Embedded) -> None:
    for _ in range(2):
        org.create("Contact", LastName="Reyes", ICN__c="66")
    (answer,) = api.composite(part("PATCH", "/sobjects/Contact/ICN__c/66", "twice", {"FirstName": "M"}))
    assert (answer["httpStatusCode"], len(answer["body"])) == (300, 2)


ONE = part("GET", "/sobjects", "one")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], "must be a list"),
        ("text", "must be a list"),
        ([part("GET", "/sobjects", f"r{at}") for at in range(26)], "at most 25 subrequests"),
        ([query("SELECT Id FROM Case", f"r{at}") for at in range(6)], "at most 5 queries"),
        ([ONE, ONE], "('one') is used by more than one"),
        (
            [{**ONE, "referenceId": "has-dash"}],
            "must start with a letter or a number, and it can contain only",
        ),
        ([{**ONE, "referenceId": "_one"}], "must start with a letter or a number"),
        ([{"method": "GET", "url": "/x"}], "needs a method, a url and a referenceId"),
        (["text"], "needs a method, a url and a referenceId"),
        ([{**ONE, "body": [1]}], "must be objects"),
        ([{**ONE, "httpHeaders": {"Authorization": "Bearer x"}}], "takes no header authorization"),
        ([{**ONE, "httpHeaders": {"accept": "text/html"}}], "takes no header accept"),
        ([{**ONE, "httpHeaders": {"Content-Type": "text/html"}}], "takes no header content-type"),
    ],
)
def test_a_malformed_composite_is_refused_as_a_whole(api: Api, parts: Any, said: str) -> None:
    status, code, message = refusal(api("POST", "/composite", {"compositeRequest": parts}))
    assert (status, code) == (400, "JSON_PARSER_ERROR")
    assert said in message
