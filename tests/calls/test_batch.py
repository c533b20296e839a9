"""Collections in a Composite: how they are put together, and what their answers say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sf_handoff.calls.batch import (
    Draft,
    by_person,
    case_draft,
    joined_draft,
    task_draft,
    writes,
    written,
)
from sf_handoff.calls.composite import Part, Subrequest, Todo
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.settle import Progress
from sf_handoff.calls.states import Linked
from sf_handoff.calls.tap import Tap
from sf_handoff.errors import Uncertain
from sf_handoff.mapping import Body, MappingSet
from sf_handoff.retry import Verdict

AT = datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC)
NAMES = {"name_Group_App_Handoff_Claims": "00G1", "name_RecordType_App_Handoff": "0121"}
KEY = "11111111-1111-4111-8111-111111111111"


def progress(
    mappings: MappingSet, minute: int = 0, *, case: Todo = Todo.MAKE, late: bool = False, **changes: Any
) -> Progress:
    at = AT + timedelta(minutes=minute)
    handoff = Handoff.parse(sample_handoff(at=at, handoff_id=KEY[:-1] + str(minute), **changes))
    tap = Tap(
        handoff=handoff,
        handoff_id=str(handoff.handoff_id),
        case_key=KEY,
        ramp=mappings.ramps.ramp(handoff.screen),
        taps=minute + 1,
        late=late,
        person_key="1234567890V123456",
        link=Linked.LINKED,
    )
    return Progress(tap, case, Todo.MAKE, case_id="500X")


def draft(number: int, **changes: Any) -> Draft:
    return replace(Draft(f"key-{number:04}", Body({"Subject": "x"}, (), ()), "person"), **changes)


def records_of(part: Subrequest) -> list[dict[str, Any]]:
    found: Any = (part.body or {})["records"]
    return list(found)


def test_an_episode_has_what_its_first_tap_sets_once_and_the_rest_from_its_last(mappings: MappingSet) -> None:
    last = progress(mappings, 5, screen="ClaimsList", dialed="+18008271000")
    made = case_draft([last, progress(mappings, 0)], mappings.case)
    assert made.key == KEY
    assert (
        made.body.values["Subject"] == case_draft([progress(mappings)], mappings.case).body.values["Subject"]
    )
    assert (made.body.values["Handoff_Taps__c"], made.body.values["Handoff_Screen__c"]) == (6, "ClaimsList")
    assert made.person == "1234567890V123456"


@pytest.mark.parametrize(("first", "last", "state"), [(True, False, "awaiting"), (True, True, "late")])
def test_an_episode_is_history_only_where_its_last_tap_is(
    mappings: MappingSet, first: bool, last: bool, state: str
) -> None:
    taps = [progress(mappings, 0, late=first), progress(mappings, 5, late=last)]
    assert case_draft(taps, mappings.case).body.values["Handoff_State__c"] == state


def test_what_brings_a_case_up_to_date_sets_nothing_that_is_the_agents(mappings: MappingSet) -> None:
    made = joined_draft(progress(mappings, case=Todo.JOIN), mappings.case)
    assert made.record_id == "500X"
    assert not {"Status", "OwnerId", "Subject", "Priority", "Handoff_Id__c"} & set(made.body.values)


def test_a_task_is_linked_to_its_case(mappings: MappingSet) -> None:
    made = task_draft(progress(mappings), mappings.task)
    assert (made.key, made.body.values["WhatId"]) == (KEY[:-1] + "0", "500X")


def test_no_draft_shows_what_is_in_it(mappings: MappingSet) -> None:
    shown = repr(case_draft([progress(mappings)], mappings.case))
    assert "1234567890V123456" not in shown
    assert "Gray" not in shown


def test_records_are_written_two_hundred_at_a_time_and_five_times_in_a_call(mappings: MappingSet) -> None:
    calls = list(writes([draft(number) for number in range(1201)], mappings.task, {}))
    assert [[len(chunk) for chunk in group] for group, _ in calls] == [[200] * 5, [200, 1]]
    first = calls[0][1].to_json("66.0")
    assert first["allOrNone"] is False
    for part in first["compositeRequest"]:  # type: ignore[union-attr]
        assert isinstance(part, dict)
        assert (part["method"], part["url"]) == ("POST", "/services/data/v66.0/composite/sobjects")
        assert part["httpHeaders"] == {"Sforce-Auto-Assign": "FALSE"}
        assert part["body"]["allOrNone"] is False  # type: ignore[index,call-overload]
    assert list(writes([], mappings.task, {})) == []


def test_a_new_case_goes_by_its_key_and_its_names_by_their_ids(mappings: MappingSet) -> None:
    (_, request), *rest = writes([case_draft([progress(mappings)], mappings.case)], mappings.case, NAMES)
    (part,) = request.subrequests
    (record,) = records_of(part)
    assert rest == []
    assert record["attributes"] == {"type": "Case"}
    assert (record["Handoff_Id__c"], record["OwnerId"], record["RecordTypeId"]) == (KEY, "00G1", "0121")
    assert "Id" not in record


def test_a_case_that_is_there_goes_by_its_id_and_keeps_its_key(mappings: MappingSet) -> None:
    joined = joined_draft(progress(mappings, case=Todo.JOIN), mappings.case)
    ((_, request),) = writes([joined], mappings.case, {})
    (part,) = request.subrequests
    (record,) = records_of(part)
    assert part.method == "PATCH"
    assert (record["Id"], "Handoff_Id__c" in record) == ("500X", False)


def test_records_of_one_person_stand_together() -> None:
    drafts = [draft(number, person=f"person-{number % 3}") for number in range(9)]
    people = [each.person for each in by_person(drafts)]
    assert people == sorted(people)


# Answers


def good(record_id: str) -> dict[str, Any]:
    return {"id": record_id, "success": True, "errors": []}


def bad(code: str, *fields: str) -> dict[str, Any]:
    return {"success": False, "errors": [{"statusCode": code, "message": "", "fields": list(fields)}]}


def test_each_record_has_an_outcome_of_its_own() -> None:
    group = [[draft(1), draft(2)], [draft(3)], [draft(4), draft(5)]]
    parts = [
        Part("records_0", 200, [good("5001"), bad("DUPLICATE_VALUE")]),
        Part("records_1", 200, [bad("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Subject")]),
        Part("records_2", 400, [{"errorCode": "JSON_PARSER_ERROR", "message": ""}]),
    ]
    found = written(group, parts)
    assert (found["key-0001"].record_id, found["key-0001"].made) == ("5001", True)
    verdicts = {
        key: each.refusal and (each.refusal.verdict, each.refusal.code) for key, each in found.items()
    }
    assert verdicts == {
        "key-0001": None,
        "key-0002": (Verdict.EXISTS, "DUPLICATE_VALUE"),
        "key-0003": (Verdict.REFUSED, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        "key-0004": (Verdict.SETUP, "JSON_PARSER_ERROR"),
        "key-0005": (Verdict.SETUP, "JSON_PARSER_ERROR"),
    }
    refused = found["key-0003"].refusal
    assert refused is not None
    assert refused.fields == ("Subject",)


@pytest.mark.parametrize("body", [[], [good("5001")], [good("5001")] * 3, {}, None, "x", 7])
def test_s09_an_answer_of_another_length_says_nothing(body: Any) -> None:
    with pytest.raises(Uncertain) as caught:
        written([[draft(1), draft(2)]], [Part("records_0", 200, body)])
    assert caught.value.code == "BAD_ANSWER"


@pytest.mark.parametrize(
    "result",
    [
        {"success": True},
        {"id": None, "success": True},
        {"id": "5001"},
        {"id": "5001", "success": "true"},
        *(None, [], "x", 7),
    ],
)
def test_s09_a_result_without_id_or_success_is_no_success(result: Any) -> None:
    found = written([[draft(1), draft(2)]], [Part("records_0", 200, [result, good("5002")])])
    assert found["key-0001"].record_id is None
    assert found["key-0001"].refusal is not None
    assert found["key-0002"].record_id == "5002"
