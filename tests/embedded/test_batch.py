"""Composite Batch: subrequests that know nothing of each other, and what each costs."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import requests

from sf_handoff.embedded import Embedded
from sf_handoff.embedded.ids import DIGITS
from tests.embedded.world import JESSE, Api, an_org, refusal

BATCH = "/composite/batch"
NOWHERE = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]


def part(method: str, url: str, body: Any = None) -> dict[str, Any]:
    return {"method": method, "url": url} | ({} if body is None else {"richInput": body})


def send(api: Api, *parts: Any, halt: bool = False) -> requests.Response:
    return api("POST", BATCH, {"haltOnError": halt, "batchRequests": list(parts)})


def results(answer: requests.Response) -> list[Any]:
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"hasErrors", "results"}
    assert all(set(each) == {"statusCode", "result"} for each in answer.json()["results"])
    return [(each["statusCode"], each["result"]) for each in answer.json()["results"]]


def statuses(answer: requests.Response) -> list[int]:
    return [status for status, _ in results(answer)]


GOOD = part("GET", "v66.0/limits/recordCount?sObjects=Organization")
BAD = part("POST", "v66.0/sobjects/Contact", {"FirstName": "Sam"})
LATER = part("POST", "v66.0/sobjects/Contact", {"LastName": "Later"})


def test_parts_run_in_order_and_each_is_a_call(api: Api, org: Embedded) -> None:
    case = org.create("Case")
    calls = org.api_calls
    answer = send(
        api,
        part("PATCH", f"v66.0/sobjects/Case/{case}", {"Subject": "batch"}),
        part("get", f"/v66.0/sobjects/case/{case}?fields=Subject"),
        part("GET", "/services/data/v66.0/query?q=SELECT+Id+FROM+Case+WHERE+Subject+=+'batch'"),
        part("GET", "v66.0/limits"),
        part("DELETE", f"v66.0/sobjects/Case/{case}"),
    )
    assert statuses(answer) == [204, 200, 200, 200, 204]
    assert answer.json()["hasErrors"] is False
    found = [result for _, result in results(answer)]
    assert (found[0], found[4]) == (None, None)
    assert (found[1]["Subject"], found[2]["totalSize"]) == ("batch", 1)
    assert org.api_calls == calls + 5
    assert answer.headers["Sforce-Limit-Info"] == f"api-usage={calls + 5}/100000"


def test_a_failure_leaves_the_others_alone(api: Api, org: Embedded) -> None:
    before = len(org.records("Contact"))
    answer = send(api, LATER, BAD, LATER)
    assert statuses(answer) == [201, 400, 201]
    assert answer.json()["hasErrors"] is True
    error = {"message": "Required fields are missing: [LastName]", "errorCode": "REQUIRED_FIELD_MISSING",
             "fields": ["LastName"]}  # fmt: skip
    assert results(answer)[1] == (400, [error])
    assert len(org.records("Contact")) == before + 2


def place(record_id: str) -> int:
    """Where the record stands in the sequence of its sObject."""
    return reduce(lambda number, digit: number * len(DIGITS) + DIGITS.index(digit), record_id[6:15], 0)


def test_a_refused_part_leaves_no_trace(api: Api, org: Embedded) -> None:
    case = org.create("Case", Handoff_Id__c="taken")
    twin = part("POST", "v66.0/sobjects/Case", {"Handoff_Id__c": "taken"})
    refused, made = results(send(api, twin, part("POST", "v66.0/sobjects/Case", {})))
    assert refused[1][0]["errorCode"] == "DUPLICATE_VALUE"
    assert place(made[1]["id"]) == place(case) + 1


def test_halt_on_error_stops_and_keeps_what_was_written(api: Api, org: Embedded) -> None:
    before, calls = len(org.records("Contact")), org.api_calls
    answer = send(api, LATER, BAD, LATER, GOOD, halt=True)
    assert statuses(answer) == [201, 400, 412, 412]
    halted = [{"message": "The subrequest was not processed since an earlier one failed.",
               "errorCode": "BATCH_PROCESSING_HALTED"}]  # fmt: skip
    assert [result for _, result in results(answer)][2:] == [halted, halted]
    assert answer.json()["hasErrors"] is True
    assert len(org.records("Contact")) == before + 1
    assert org.api_calls == calls + 2


def test_several_matches_are_no_error(api: Api, org: Embedded) -> None:
    for _ in range(2):
        org.create("Contact", LastName="Reyes", ICN__c="66")
    answer = send(api, part("GET", "v66.0/sobjects/Contact/ICN__c/66"), GOOD, halt=True)
    assert statuses(answer) == [300, 200]
    assert answer.json()["hasErrors"] is False


@pytest.mark.parametrize(
    "url", ["v66.0/composite", "v66.0/composite/batch", "v66.0/composite/sobjects", "v12.0/limits", "limits"]
)
def test_what_a_batch_does_not_reach(api: Api, url: str) -> None:
    assert results(send(api, part("POST", url, {}))) == [(404, NOWHERE)]


def test_the_day_can_end_inside_a_batch(tmp_path: Path) -> None:
    with an_org(tmp_path, daily_calls=2) as org:
        api = Api(org)
        with api.http:
            answer = send(api, GOOD, GOOD, LATER)
            over = [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
            assert statuses(answer)[:2] == [200, 200]
            assert results(answer)[2] == (403, over)
        assert [each["LastName"] for each in org.records("Contact")] == [JESSE["LastName"]]


def test_batches_came_with_version_34(api: Api) -> None:
    body = {"batchRequests": [part("GET", "v34.0/limits")]}
    assert api("POST", BATCH, body, version="33.0").status_code == 404
    assert statuses(api("POST", BATCH, body, version="34.0")) == [200]


def test_twenty_five_are_taken(api: Api) -> None:
    assert statuses(send(api, *[GOOD] * 25)) == [200] * 25


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], "batchRequests must be a list of subrequests at [line:1, column:2]"),
        ("text", "batchRequests must be a list of subrequests at [line:1, column:2]"),
        ([GOOD] * 26, "A Batch takes at most 25 subrequests"),
        (["text"], "A subrequest needs a method and a url"),
        ([{"method": "GET"}], "A subrequest needs a method and a url"),
        ([{**GOOD, "url": 1}], "A subrequest needs a method and a url"),
        ([{**GOOD, "binaryPartName": "x"}], "A subrequest takes no binaryPartName"),
        ([{**GOOD, "richInput": [1]}], "A subrequest's richInput must be an object"),
    ],
)
def test_a_malformed_batch_is_refused_as_a_whole(api: Api, org: Embedded, parts: Any, said: str) -> None:
    body = {"batchRequests": [LATER, *parts] if parts and len(parts) < 3 else parts}
    before = len(org.records("Contact"))
    assert refusal(api("POST", BATCH, body)) == (400, "JSON_PARSER_ERROR", said)
    assert len(org.records("Contact")) == before


def test_how_many_records_there_are(api: Api, org: Embedded) -> None:
    """An sObject that has no record any more is listed, one that never had any is not."""
    org.create("Account", Name="One")
    gone = [org.create("Account", Name="Two"), org.create("Task")]
    for sobject, record_id in zip(("Account", "Task"), gone, strict=True):
        api("DELETE", f"/sobjects/{sobject}/{record_id}")
    asked = api("GET", "/limits/recordCount?sObjects=contact, Task,Account,Bacon").json()
    people = len(org.records("Contact"))
    counts = {"Account": 1, "Contact": people, "Task": 0}
    assert asked == {"sObjects": [{"count": count, "name": name} for name, count in counts.items()]}
    everything = api("GET", "/limits/recordCount").json()["sObjects"]
    assert {"count": 1, "name": "Organization"} in everything
    assert api("GET", "/limits/recordCount", version="39.0").status_code == 404


def test_what_never_was_is_not_counted(tmp_path: Path) -> None:
    with an_org(tmp_path) as org:
        api = Api(org)
        with api.http:
            assert api("GET", "/limits/recordCount?sObjects=Case").json() == {"sObjects": []}
            listed = {each["name"] for each in api("GET", "/limits/recordCount").json()["sObjects"]}
    assert listed == {"Contact", "Group", "Organization", "RecordType", "User"}
