"""Queries of a batch: for names, for open Cases, for records by their keys."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest

from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.calls.lookups import by_key, by_name, named_ids, rows_of, still_open
from sf_handoff.errors import HandoffError, Misconfigured, Unavailable, Uncertain
from sf_handoff.mapping import Body, LinkByName, MappingSet, once

KEYS = [f"{number:08x}-1111-4111-8111-111111111111" for number in range(1001)]
LONGEST_ADDRESS = 16_384


def queue_of(name: str) -> Body:
    link: Any = LinkByName("OwnerId", once, lambda tap: name, to="Group", where="Type = 'Queue'")
    return Body({"OwnerId": name}, (link,), ())


def soql(request: CompositeRequest) -> list[str]:
    return [unquote(part.path.removeprefix("query?q=")) for part in request.subrequests]


def found(*records: Any, **changes: Any) -> Part:
    body: dict[str, Any] = {"totalSize": len(records), "done": True, "records": list(records)} | changes
    return Part("query_0", 200, body)


def test_records_are_found_by_two_hundred_keys_at_a_time_and_five_queries_in_a_call(
    mappings: MappingSet,
) -> None:
    calls = list(by_key(KEYS, mappings.case))
    assert [len(call.subrequests) for call in calls] == [5, 1]
    asked = [query for call in calls for query in soql(call)]
    assert asked[0].startswith("SELECT Id, Handoff_Id__c, CaseNumber FROM Case WHERE Handoff_Id__c IN ('")
    assert all(sum(f"'{key}'" in query for query in asked) == 1 for key in KEYS)
    assert max(len(part.path) for call in calls for part in call.subrequests) < LONGEST_ADDRESS
    assert list(by_key([], mappings.case)) == []


def test_a_case_is_open_as_the_maps_say(mappings: MappingSet) -> None:
    (call,) = still_open(["5001", "5002"], mappings.case)
    assert soql(call) == [f"SELECT Id FROM Case WHERE Id IN ('5001', '5002') AND {mappings.case.open_when}"]


def test_each_name_is_asked_for_once_and_not_if_it_is_known() -> None:
    bodies = [queue_of("One"), queue_of("Two"), queue_of("One"), queue_of("Known")]
    (call,) = by_name(bodies, {"name_Group_Known": "00G1"})
    assert soql(call) == [
        "SELECT Id, DeveloperName FROM Group WHERE DeveloperName IN ('One', 'Two') AND Type = 'Queue'"
    ]
    assert list(by_name([queue_of("Known")], {"name_Group_Known": "00G1"})) == []


def test_names_are_matched_as_salesforce_does_without_regard_to_case() -> None:
    answers: list[dict[str, Any]] = [
        {"attributes": {"type": "Group"}, "Id": "00G1", "DeveloperName": "App_CLAIMS"}
    ]
    bodies = [queue_of("App_Claims"), queue_of("Other")]
    assert named_ids(bodies, answers) == {"name_Group_App_Claims": "00G1"}


def test_what_several_queries_found_is_one_list() -> None:
    one, two, three = ({"Id": each} for each in "abc")
    assert rows_of([found(one, two), found(), found(three)]) == [one, two, three]


@pytest.mark.parametrize(
    "part",
    [
        found({"Id": "a"}, done=False),
        found({"Id": "a"}, done="true"),
        found({"Name": "a"}),
        found({"Id": None}),
        found("a"),
        found(records=None),
        found(records={}),
        Part("query_0", 200, []),
        Part("query_0", 200, None),
    ],
)
def test_an_answer_that_is_not_whole_is_none(part: Part) -> None:
    with pytest.raises(Uncertain) as caught:
        rows_of([part])
    assert caught.value.code == "BAD_ANSWER"


@pytest.mark.parametrize(
    ("status", "code", "kind", "as_code"),
    [
        (400, "INVALID_FIELD", Misconfigured, "CONFIG"),
        (400, "MALFORMED_QUERY", Misconfigured, "CONFIG"),
        (400, "QUERY_TIMEOUT", Unavailable, "QUERY_TIMEOUT"),
        (503, "SERVER_UNAVAILABLE", Unavailable, "SERVER_UNAVAILABLE"),
    ],
)
def test_a_query_that_is_refused_wrote_nothing(
    status: int, code: str, kind: type[HandoffError], as_code: str
) -> None:
    with pytest.raises(HandoffError) as caught:
        rows_of([Part("query_0", status, [{"errorCode": code, "message": "canary"}])])
    assert (type(caught.value), caught.value.code) == (kind, as_code)
    assert "canary" not in caught.value.message
