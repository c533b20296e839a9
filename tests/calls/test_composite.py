"""How the one call is put together, and how its answer is read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest

from sf_handoff.calls.composite import Knowledge, Part, Subrequest, compose, read, refusal
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.settle import Progress, advance, words
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


def parts(tap: Tap, maps: MappingSet, case: Knowledge, task: Knowledge, **more: Any) -> dict[str, Subrequest]:
    request = compose(tap, maps.case, maps.task, case=case, task=task, **more)
    return {part.reference_id: part for part in request.subrequests}


def test_a_new_handoff_is_two_upserts_and_a_read(tap: Tap, mappings: MappingSet) -> None:
    names = {"name_Group_App_Handoff_Claims": "00G1", "name_RecordType_App_Handoff": "0121"}
    made = parts(tap, mappings, Knowledge.NEW, Knowledge.NEW, names=names)
    assert list(made) == ["case", "case_read", "task"]
    case, task = made["case"], made["task"]
    assert (case.method, case.path) == ("PATCH", f"sobjects/Case/Handoff_Id__c/{FIRST}")
    assert (task.method, task.path) == ("PATCH", f"sobjects/Task/Handoff_Id__c/{ID}")
    assert case.headers == {"Sforce-Auto-Assign": "FALSE"}
    assert case.body is not None
    assert task.body is not None
    assert (case.body["OwnerId"], case.body["RecordTypeId"]) == ("00G1", "0121")
    assert task.body["WhatId"] == "@{case.id}"


def test_unknown_queues_are_looked_up_in_the_same_call(tap: Tap, mappings: MappingSet) -> None:
    made = parts(tap, mappings, Knowledge.NEW, Knowledge.NEW)
    asked = unquote(made["name_Group_App_Handoff_Claims"].path)
    assert asked == (
        "query?q=SELECT Id FROM Group WHERE Type = 'Queue' AND DeveloperName = 'App_Handoff_Claims'"
    )
    assert made["case"].body is not None
    assert made["case"].body["OwnerId"] == "@{name_Group_App_Handoff_Claims.records[0].Id}"


def test_a_case_that_is_there_gets_only_what_is_ours(tap: Tap, mappings: MappingSet) -> None:
    made = parts(tap, mappings, Knowledge.THERE, Knowledge.NEW)
    assert made["case"].body is not None
    assert made["case"].body["Handoff_Taps__c"] == 2
    assert {"Status", "OwnerId", "Priority", "Subject", "Contact"} & set(made["case"].body) == set()


def test_where_we_are_unsure_the_record_is_looked_up_first(tap: Tap, mappings: MappingSet) -> None:
    made = parts(tap, mappings, Knowledge.UNSURE, Knowledge.UNSURE)
    assert [name for name in made if not name.startswith("name_")] == [
        "case_found", "case_new", "case_ours", "case_read", "task_found", "task_new", "task_ours",
    ]  # fmt: skip
    new, ours = made["case_new"], made["case_ours"]
    assert new.body is not None
    assert ours.body is not None
    assert (new.method, new.path, new.body["Handoff_Id__c"]) == ("POST", "sobjects/Case", FIRST)
    assert (ours.method, ours.path) == ("PATCH", "sobjects/Case/@{case_found.Id}")
    assert "Status" in new.body
    assert "Status" not in ours.body
    assert new.headers == ours.headers == {"Sforce-Auto-Assign": "FALSE"}


def test_what_is_done_is_not_written_again(tap: Tap, mappings: MappingSet) -> None:
    made = parts(tap, mappings, Knowledge.DONE, Knowledge.NEW, case_id="5001")
    assert list(made) == ["task"]
    assert made["task"].body is not None
    assert made["task"].body["WhatId"] == "5001"


def test_no_more_than_twenty_five_parts_and_five_queries(tap: Tap, mappings: MappingSet) -> None:
    made = parts(tap, mappings, Knowledge.UNSURE, Knowledge.UNSURE)
    assert len(made) <= 25
    assert sum(part.path.startswith("query") for part in made.values()) <= 5
    assert all(name.replace("_", "").isalnum() for name in made)


def test_the_call_is_not_all_or_none(tap: Tap, mappings: MappingSet) -> None:
    request = compose(tap, mappings.case, mappings.task, case=Knowledge.NEW, task=Knowledge.NEW)
    sent = request.to_json("66.0")
    assert sent["allOrNone"] is False
    assert isinstance(sent["compositeRequest"], list)
    assert all(part["url"].startswith("/services/data/v66.0/") for part in sent["compositeRequest"])  # type: ignore[index, call-overload, union-attr]


def written(ref: str, status: int = 201, **body: Any) -> Part:
    return Part(ref, status, {"id": f"id-{ref}", "success": True, "errors": [], **body})


def error(ref: str, code: str, message: str = "", status: int = 400, fields: list[str] | None = None) -> Part:
    said: Any = {"errorCode": code, "message": message, "fields": fields or []}
    return Part(ref, status, [said])


def test_an_answer_in_full(mappings: MappingSet) -> None:
    back = Part("case_read", 200, {"Id": "1", "CaseNumber": "00001001", "IsClosed": False})
    answer = read([written("case"), back, written("task")], mappings.case)
    assert answer.case and answer.case.record_id == "id-case"
    assert answer.task and answer.task.record_id == "id-task"
    assert (answer.case_number, answer.case_over) == ("00001001", False)


@pytest.mark.parametrize("back", [{"IsClosed": True}, {"Handoff_Outcome__c": "confirmed"}])
def test_a_case_that_agents_are_done_with_says_so(mappings: MappingSet, back: dict[str, Any]) -> None:
    assert read([written("case", 200), Part("case_read", 200, back)], mappings.case).case_over


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


def test_of_look_up_create_and_update_one_counts(mappings: MappingSet) -> None:
    halted = error("case_ours", "PROCESSING_HALTED")
    absent = Part(
        "case_found", 404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
    )
    made = read([absent, written("case_new"), halted], mappings.case).case
    assert made and made.record_id == "id-case_new"
    there = Part("case_found", 200, {"Id": "5001"})
    kept = read(
        [there, error("case_new", "DUPLICATE_VALUE"), Part("case_ours", 204, None)], mappings.case
    ).case
    assert kept and kept.record_id == "5001"
    denied = read([error("case_found", "X", status=403), error("case_new", "X"), halted], mappings.case).case
    assert denied and denied.refusal and denied.refusal.code == "X"


def test_several_records_under_one_key_are_refused(mappings: MappingSet) -> None:
    answer = read([Part("case", 300, ["/services/data/v66.0/sobjects/Case/1", "…/2"])], mappings.case)
    assert answer.case and answer.case.refusal
    assert (answer.case.refusal.code, answer.case.refusal.verdict) == ("MULTIPLE_MATCH", Verdict.REFUSED)


def progress(tap: Tap, case: Knowledge = Knowledge.NEW, task: Knowledge = Knowledge.NEW) -> Progress:
    return Progress(tap, case, task)


def test_the_refusal_that_explains_the_others_is_kept(tap: Tap, mappings: MappingSet) -> None:
    answer = read(
        [error("case", "REQUIRED_FIELD_MISSING"), error("task", "PROCESSING_HALTED")], mappings.case
    )
    after = advance(progress(tap), answer)
    assert after.refusal and after.refusal.code == "REQUIRED_FIELD_MISSING"
    assert (after.record, after.next_call_helps) == ("Case", False)


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
    after = advance(progress(tap), read([error("case", code, message)], mappings.case))
    assert after.next_call_helps
    assert after.tap.link is link
    assert after.tap.person_to_link is None
    assert after.tap.supplied_name == "Jesse Gray"


def test_another_writer_first_means_looking_it_up_once(tap: Tap, mappings: MappingSet) -> None:
    raced = read([error("case", "DUPLICATE_VALUE")], mappings.case)
    after = advance(progress(tap), raced)
    assert (after.case, after.next_call_helps) == (Knowledge.UNSURE, True)
    again = [
        Part("case_found", 404, []),
        error("case_new", "DUPLICATE_VALUE"),
        error("case_ours", "PROCESSING_HALTED"),
    ]
    last = advance(after, read(again, mappings.case))
    assert last.refusal and last.refusal.verdict is Verdict.REFUSED
    assert not last.next_call_helps


def test_words_hold_code_field_and_advice_and_nothing_personal(tap: Tap) -> None:
    part = error(
        "case", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Gray (503-555-0142) is not allowed", fields=["Phone"]
    )
    said = words("Case", refusal(part), ["Gray", "Jesse"])
    assert said.startswith("Salesforce refused the Case: FIELD_CUSTOM_VALIDATION_EXCEPTION (field Phone).")
    assert "Gray" not in said
    assert "0142" not in said
    assert "is not allowed" in said
