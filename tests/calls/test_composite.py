"""How the one call is put together, and how its answer is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest

from sf_handoff.calls.composite import Part, Subrequest, Todo, compose, read, refusal
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.settle import Progress, advance, is_final, words
from sf_handoff.calls.states import Linked
from sf_handoff.calls.tap import Tap
from sf_handoff.mapping import MappingSet
from sf_handoff.retry import Verdict

ID = "6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11"
FIRST = "0b7d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b22"


@pytest.fixture
def tap(mappings: MappingSet) -> Tap:
    handoff = Handoff.parse(sample_handoff(at=datetime(2026, 11, 20, 15, 4, tzinfo=UTC), handoff_id=ID))
    ramp = mappings.ramps.ramp(handoff.screen)
    return Tap(handoff, ID, FIRST, ramp, 2, late=False, person_key="1234567890V123456", link=Linked.LINKED)


def parts(tap: Tap, maps: MappingSet, case: Todo, task: Todo, **more: Any) -> dict[str, Subrequest]:
    request = compose(tap, maps.case, maps.task, case=case, task=task, **more)
    return {part.reference_id: part for part in request.subrequests}


def body(part: Subrequest) -> dict[str, Any]:
    assert part.body is not None
    return dict(part.body)


def test_a_handoff_is_made_under_its_keys_and_read_by_them(tap: Tap, mappings: MappingSet) -> None:
    names = {"name_Group_App_Handoff_Claims": "00G1", "name_RecordType_App_Handoff": "0121"}
    tap = replace(tap, case_key=FIRST, handoff_id=FIRST)
    made = parts(tap, mappings, Todo.MAKE, Todo.MAKE, names=names)
    assert list(made) == ["case", "case_read", "task", "task_read"]
    case, task = made["case"], made["task"]
    assert (case.method, case.path, body(case)["Handoff_Id__c"]) == ("POST", "sobjects/Case", FIRST)
    assert (task.method, task.path, body(task)["Handoff_Id__c"]) == ("POST", "sobjects/Task", FIRST)
    assert made["case_read"].path == f"sobjects/Case/Handoff_Id__c/{FIRST}?fields=Id,CaseNumber"
    assert case.headers == {"Sforce-Auto-Assign": "FALSE"}
    assert (body(case)["OwnerId"], body(case)["RecordTypeId"]) == ("00G1", "0121")
    assert body(task)["WhatId"] == "@{case_read.Id}"


def test_a_later_tap_hangs_on_a_case_that_may_be_there_only_while_it_is_open(
    tap: Tap, mappings: MappingSet
) -> None:
    made = parts(tap, mappings, Todo.MAKE, Todo.MAKE, names={})
    assert list(made)[2:] == ["case", "case_read", "case_open", "task", "task_read"]
    assert f"Handoff_Id__c = '{tap.case_key}' AND IsClosed = false" in unquote(made["case_open"].path)
    assert body(made["task"])["WhatId"] == "@{case_open.records[0].Id}"
    late = parts(replace(tap, late=True), mappings, Todo.MAKE, Todo.MAKE, names={})
    assert "case_open" not in late


def test_unknown_queues_are_looked_up_in_the_same_call(tap: Tap, mappings: MappingSet) -> None:
    made = parts(tap, mappings, Todo.MAKE, Todo.MAKE)
    asked = unquote(made["name_Group_App_Handoff_Claims"].path)
    assert asked == (
        "query?q=SELECT Id FROM Group WHERE Type = 'Queue' AND DeveloperName = 'App_Handoff_Claims'"
    )
    assert body(made["case"])["OwnerId"] == "@{name_Group_App_Handoff_Claims.records[0].Id}"


def test_a_case_is_joined_only_while_agents_are_not_done_with_it(tap: Tap, mappings: MappingSet) -> None:
    made = parts(tap, mappings, Todo.JOIN, Todo.MAKE, case_id="5001")
    assert list(made) == ["case_open", "case", "task", "task_read"]
    assert unquote(made["case_open"].path) == (
        "query?q=SELECT Id FROM Case WHERE Id = '5001' AND IsClosed = false AND Handoff_Outcome__c = null"
    )
    assert made["case"].path == "sobjects/Case/@{case_open.records[0].Id}"
    assert made["case"].headers == {"Sforce-Auto-Assign": "FALSE"}
    assert body(made["task"])["WhatId"] == "@{case_open.records[0].Id}"


def test_a_case_that_is_joined_gets_only_what_is_ours(tap: Tap, mappings: MappingSet) -> None:
    sent = body(parts(tap, mappings, Todo.JOIN, Todo.MAKE, case_id="5001")["case"])
    assert sent["Handoff_Taps__c"] == 2
    assert {"Status", "OwnerId", "Priority", "Subject", "Contact", "Handoff_Id__c"} & set(sent) == set()


def test_what_is_done_is_not_written_again(tap: Tap, mappings: MappingSet) -> None:
    made = parts(tap, mappings, Todo.DONE, Todo.MAKE, case_id="5001")
    assert list(made) == ["task", "task_read"]
    assert body(made["task"])["WhatId"] == "5001"


def test_no_more_than_twenty_five_parts_and_five_queries(tap: Tap, mappings: MappingSet) -> None:
    made = parts(tap, mappings, Todo.MAKE, Todo.MAKE)
    assert len(made) <= 25
    assert sum(part.path.startswith("query") for part in made.values()) <= 5
    assert all(name.replace("_", "").isalnum() for name in made)


def test_a_key_cannot_leave_its_place_in_the_address(tap: Tap, mappings: MappingSet) -> None:
    """I06"""
    odd = replace(tap, case_key="a/../b?c#d")
    assert parts(odd, mappings, Todo.MAKE, Todo.MAKE)["case_read"].path.startswith(
        "sobjects/Case/Handoff_Id__c/a%2F..%2Fb%3Fc%23d?fields="
    )


def test_the_call_runs_in_order_and_settles_each_part_alone(tap: Tap, mappings: MappingSet) -> None:
    sent: Any = compose(tap, mappings.case, mappings.task, case=Todo.MAKE, task=Todo.MAKE).to_json("66.0")
    assert (sent["allOrNone"], sent["collateSubrequests"]) == (False, False)
    assert all(part["url"].startswith("/services/data/v66.0/") for part in sent["compositeRequest"])


def written(ref: str, status: int = 201, **body: Any) -> Part:
    return Part(ref, status, {"id": f"id-{ref}", "success": True, "errors": [], **body})


def error(ref: str, code: str, message: str = "", status: int = 400, fields: list[str] | None = None) -> Part:
    said: Any = {"errorCode": code, "message": message, "fields": fields or []}
    return Part(ref, status, [said])


def back(ref: str = "case_read", **record: Any) -> Part:
    return Part(ref, 200, {"Id": f"read-{ref}", **record})


def test_an_answer_in_full(mappings: MappingSet) -> None:
    answer = read([written("case"), back(CaseNumber="00001001"), written("task")], mappings.case)
    assert answer.case and (answer.case.record_id, answer.case.made) == ("id-case", True)
    assert answer.task and answer.task.record_id == "id-task"
    assert (answer.case_number, answer.over) == ("00001001", False)


def test_a_record_that_was_there_is_found_by_its_key(mappings: MappingSet) -> None:
    duplicate = error("case", "DUPLICATE_VALUE", "duplicate value found: Handoff_Id__c")
    found = read([duplicate, back()], mappings.case).case
    assert found and (found.record_id, found.made, found.refusal) == ("read-case_read", False, None)


def test_another_unique_value_is_refused(mappings: MappingSet) -> None:
    duplicate, absent = error("case", "DUPLICATE_VALUE"), error("case_read", "NOT_FOUND", status=404)
    refused = read([duplicate, absent], mappings.case).case
    assert refused and refused.refusal and is_final(refused.refusal)


def test_a_case_that_agents_are_done_with_says_so(mappings: MappingSet) -> None:
    none = Part("case_open", 200, {"totalSize": 0, "done": True, "records": []})
    halted = [error("case", "PROCESSING_HALTED"), error("task", "PROCESSING_HALTED")]
    assert read([none, *halted], mappings.case).over
    assert not read([error("case_open", "QUERY_TIMEOUT"), *halted], mappings.case).over


@pytest.mark.parametrize(
    "part",
    [
        Part("case", 200, {"id": "1", "success": False, "errors": [{"statusCode": "X", "message": "m"}]}),
        Part("case", 200, {"success": True}),
        Part("case", 200, []),
        Part("case", 201, None),
        Part("case", 200, {"id": "1", "hasErrors": True}),
    ],
)
def test_a_part_is_written_only_if_it_says_success_and_an_id(mappings: MappingSet, part: Part) -> None:
    answer = read([part], mappings.case)
    assert answer.case
    assert answer.case.record_id is None
    assert answer.case.refusal
    assert not is_final(answer.case.refusal) or part.errors[0].get("statusCode")


def test_several_records_under_one_key_are_refused(mappings: MappingSet) -> None:
    """S11"""
    answer = read([Part("case", 300, ["/services/data/v66.0/sobjects/Case/1", "…/2"])], mappings.case)
    assert answer.case and answer.case.refusal
    assert (answer.case.refusal.code, answer.case.refusal.verdict) == ("MULTIPLE_MATCH", Verdict.REFUSED)


def after(tap: Tap, mappings: MappingSet, *answered: Part, case: Todo = Todo.MAKE) -> Progress:
    return advance(Progress(tap, case, Todo.MAKE), read(answered, mappings.case), answered)


def test_the_refusal_that_explains_the_others_is_kept(tap: Tap, mappings: MappingSet) -> None:
    halted = error("task", "PROCESSING_HALTED")
    found = after(tap, mappings, halted, error("case", "REQUIRED_FIELD_MISSING"))
    assert found.refusal and found.refusal.code == "REQUIRED_FIELD_MISSING"
    assert (found.record, found.next_call_helps) == ("Case", False)


def test_a_read_that_failed_leaves_the_task_due_and_not_refused(tap: Tap, mappings: MappingSet) -> None:
    failed, halted = error("case_read", "UNKNOWN_EXCEPTION", status=500), error("task", "PROCESSING_HALTED")
    found = after(tap, mappings, written("case"), failed, halted)
    assert (found.case, found.case_id, found.task) == (Todo.DONE, "id-case", Todo.MAKE)
    assert found.refusal and (found.refusal.code, is_final(found.refusal)) == ("UNKNOWN_EXCEPTION", False)


def test_a_look_up_that_failed_is_not_told_as_missing(tap: Tap, mappings: MappingSet) -> None:
    failed, halted = error("name_Group_X", "QUERY_TIMEOUT", status=500), error("case", "PROCESSING_HALTED")
    found = after(tap, mappings, failed, halted)
    assert found.refusal and found.refusal.code == "QUERY_TIMEOUT"
    none = Part("name_Group_X", 200, {"totalSize": 0, "records": []})
    missing = after(tap, mappings, none, halted)
    assert missing.refusal and missing.refusal.code == "NAME_NOT_FOUND"
    assert "no Group X in the org" in words(missing.record, missing.refusal)


@pytest.mark.parametrize(
    ("code", "message", "link"),
    [
        (
            "INVALID_FIELD",
            "Foreign key external ID: x not found for field ICN__c in entity Contact",
            Linked.NONE,
        ),
        ("DUPLICATE_EXTERNAL_ID", "ICN__c: more than one record found", Linked.AMBIGUOUS),
    ],
)
def test_without_the_person_the_next_call_leaves_the_link_out(
    tap: Tap, mappings: MappingSet, code: str, message: str, link: Linked
) -> None:
    found = after(tap, mappings, error("case", code, message))
    assert found.next_call_helps
    assert found.tap.link is link
    assert found.tap.person_to_link is None
    assert found.tap.supplied_name == "Jesse Gray"


def test_a_later_tap_that_finds_the_case_made_goes_on_to_join_it(tap: Tap, mappings: MappingSet) -> None:
    duplicate = error("case", "DUPLICATE_VALUE")
    later = after(tap, mappings, duplicate, back(), written("task"))
    assert (later.case, later.next_call_helps) == (Todo.JOIN, True)
    own = after(replace(tap, case_key=ID), mappings, duplicate, back(), written("task"))
    assert own.delivered


def test_words_hold_code_field_and_advice_and_nothing_of_what_salesforce_said() -> None:
    part = error("case", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Gray, born 02/03/1961", fields=["Phone"])
    said = words("Case", refusal(part))
    assert said.startswith("Salesforce refused the Case: FIELD_CUSTOM_VALIDATION_EXCEPTION (field Phone).")
    assert "Gray" not in said
    assert "1961" not in said
