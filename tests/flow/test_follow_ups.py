"""What follows a tap: a matched call makes its Case live, an outcome is written, a callback becomes a Task."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest

from sf_handoff import Connector, IncomingCall, InvalidHandoff, Receipt
from sf_handoff.adapters.assembly import connect
from sf_handoff.adapters.settings import Settings
from sf_handoff.calls.follow_ups import FollowUp, Kind
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.states import Status
from sf_handoff.embedded import Embedded, Fault
from tests.conftest import Clock

JESSE = "+15035550142"
DELIVERED, DUE, PARKED, KEPT = Status.DELIVERED, Status.DUE, Status.PARKED, Status.KEPT


def tap(clock: Clock, **changes: Any) -> dict[str, Any]:
    return sample_handoff(at=clock.now, handoff_id=str(uuid.uuid4()), **changes)


def call(connector: Connector, receipt: Receipt, key: str = "call-1") -> None:
    pop = connector.screen_pop(IncomingCall(key, JESSE, digits=receipt.dial.code))
    assert pop.context is not None


def case_of(org: Embedded, receipt: Receipt) -> dict[str, Any]:
    (found,) = (each for each in org.records("Case") if each["Id"] == receipt.case_id)
    return found


@pytest.fixture
def receipt(connector: Connector, clock: Clock) -> Receipt:
    return connector.hand_off(tap(clock))


# A call


def test_a_matched_call_makes_the_case_live(connector: Connector, org: Embedded, receipt: Receipt) -> None:
    assert case_of(org, receipt)["Status"] == "Awaiting call"
    call(connector, receipt)
    before = org.api_calls
    (sent,) = connector.resync()
    assert isinstance(sent, FollowUp)
    assert (sent.kind, sent.status, sent.handoff_id, sent.api_calls) == (
        Kind.CALLED, DELIVERED, receipt.handoff_id, 1,
    )  # fmt: skip
    assert org.api_calls - before == 1
    case = case_of(org, receipt)
    assert (case["Status"], case["Handoff_State__c"]) == ("New", "called")
    assert (case["Handoff_Call_Key__c"], case["Handoff_Match_Level__c"]) == ("call-1", 4)
    assert case["Handoff_Called_At__c"] == "2026-11-20T15:04:30.000+0000"


def test_asking_again_for_the_same_call_writes_nothing_more(
    connector: Connector, org: Embedded, receipt: Receipt
) -> None:
    call(connector, receipt)
    connector.resync()
    call(connector, receipt)
    assert connector.resync() == ()
    assert len([row for row in connector.outbox() if row.kind is Kind.CALLED]) == 1


def test_what_an_agent_has_made_of_the_case_stays(
    connector: Connector, org: Embedded, receipt: Receipt
) -> None:
    agent = org.records("User")[0]["Id"]
    org.update("Case", receipt.case_id or "", Status="Working", OwnerId=agent)
    call(connector, receipt)
    (sent,) = connector.resync()
    case = case_of(org, receipt)
    assert (case["Status"], case["OwnerId"], case["Handoff_State__c"]) == ("Working", agent, "called")
    assert (sent.status, sent.notes) == (DELIVERED, ("what agents have set on the Case stays",))


def test_a_call_before_the_tap_is_delivered_waits_for_it(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    org.faults.add(Fault("/composite", "unavailable", times=None))
    receipt = connector.hand_off(tap(clock))
    assert receipt.status is DUE
    call(connector, receipt)
    assert [each.status for each in connector.resync(insist=True)] == [DUE]
    org.faults.clear()
    clock.forward(minutes=30)
    tapped, called = connector.resync(insist=True)
    assert (tapped.status, called.status) == (DELIVERED, DELIVERED)
    (case,) = org.records("Case")
    # Not history, although it is delivered after its time: a call came in time.
    assert (case["Status"], case["Handoff_State__c"]) == ("New", "called")


def test_a_call_whose_tap_is_parked_is_parked_with_it(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    org.faults.add(Fault("", "row", sobject="Case", code="REQUIRED_FIELD_MISSING", times=None))
    receipt = connector.hand_off(tap(clock))
    assert receipt.status is PARKED
    call(connector, receipt)
    (sent,) = connector.resync()
    assert (sent.status, sent.code, sent.api_calls) == (PARKED, "TAP_PARKED", 0)
    org.faults.clear()
    assert [each.status for each in connector.resync(states=[PARKED])] == [DELIVERED, DELIVERED]
    assert org.records("Case")[0]["Handoff_State__c"] == "called"


def test_a_case_that_is_gone_is_for_a_person(connector: Connector, org: Embedded, receipt: Receipt) -> None:
    call(connector, receipt)
    delete(org, "Case", receipt.case_id or "")
    (sent,) = connector.resync()
    assert (sent.status, sent.code) == (PARKED, "NO_CASE")
    assert not org.records("Case")


def test_with_the_pop_delivered_the_call_is_sent_in_the_background(
    settings: Settings, clock: Clock, org: Embedded
) -> None:
    with connect(settings.model_copy(update={"send_after_pop": True}), clock) as connector:
        receipt = connector.hand_off(tap(clock))
        call(connector, receipt)
    assert case_of(org, receipt)["Handoff_State__c"] == "called"


def test_the_pop_does_not_wait_for_salesforce(settings: Settings, clock: Clock, org: Embedded) -> None:
    """Nor does a failure of the background reach anybody: the row stays due."""
    with connect(settings.model_copy(update={"send_after_pop": True}), clock) as connector:
        receipt = connector.hand_off(tap(clock))
        org.faults.add(Fault("/composite", "unavailable", times=None))
        call(connector, receipt)
        connector._afterwards.close()
        (row,) = (row for row in connector.outbox() if row.kind is Kind.CALLED)
    assert (row.state, row.code) == (DUE, "SERVER_UNAVAILABLE")


def test_many_calls_and_outcomes_go_in_few_calls(connector: Connector, org: Embedded, clock: Clock) -> None:
    receipts = []
    for number in range(12):
        clock.forward(seconds=1)
        receipts.append(connector.hand_off(tap(clock, veteran=person(number))))
    agent = org.records("User")[0]["Id"]
    org.update("Case", receipts[3].case_id or "", Status="Working", OwnerId=agent)
    org.update("Case", receipts[4].case_id or "", Handoff_Outcome__c="not_useful")
    org.faults.add(Fault("/composite", "unavailable", times=None))
    for number, receipt in enumerate(receipts):
        pop = connector.screen_pop(IncomingCall(f"call-{number}", digits=receipt.dial.code))
        assert pop.assurance.level == 3
        connector.record_outcome(receipt.handoff_id, reason="confirmed", call_key=f"call-{number}")
    org.faults.clear()
    before = org.api_calls
    sent = connector.resync(insist=True)
    assert {each.status for each in sent} == {DELIVERED}
    assert len(sent) == 24
    assert org.api_calls - before == 2
    cases = [case_of(org, receipt) for receipt in receipts]
    assert [each["Handoff_Outcome__c"] for each in cases] == ["confirmed"] * 4 + ["not_useful"] + [
        "confirmed"
    ] * 7
    assert [each["Status"] for each in cases] == ["New"] * 3 + ["Working", "Awaiting call"] + ["New"] * 7
    assert [each["Handoff_Call_Key__c"] for each in cases] == [f"call-{number}" for number in range(12)]


# An outcome


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("confirmed", "called"),
        ("other_reason", "called"),
        ("not_useful", "called"),
        ("third_party", "third_party"),
    ],
)
def test_story_24_the_agent_says_in_a_word_how_it_went(
    connector: Connector, org: Embedded, receipt: Receipt, reason: str, state: str
) -> None:
    told = connector.record_outcome(receipt.handoff_id, reason=reason, call_key="call-1")
    assert (told.status, told.api_calls, told.case_id) == (DELIVERED, 1, receipt.case_id)
    case = case_of(org, receipt)
    assert (case["Handoff_Outcome__c"], case["Handoff_State__c"]) == (reason, state)


def test_what_an_agent_picked_stays(connector: Connector, org: Embedded, receipt: Receipt) -> None:
    org.update("Case", receipt.case_id or "", Handoff_Outcome__c="not_useful")
    told = connector.record_outcome(receipt.handoff_id, reason="confirmed")
    assert (told.status, told.notes) == (DELIVERED, ("what agents have set on the Case stays",))
    assert case_of(org, receipt)["Handoff_Outcome__c"] == "not_useful"


def test_an_outcome_is_mended_by_telling_another(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    for reason in ("confirmed", "other_reason", "other_reason", "confirmed"):
        clock.forward(seconds=1)
        connector.record_outcome(receipt.handoff_id, reason=reason)
        assert case_of(org, receipt)["Handoff_Outcome__c"] == reason
    assert len([row for row in connector.outbox() if row.kind is Kind.OUTCOME]) == 3


@pytest.mark.parametrize(
    ("handoff_id", "reason", "field"), [(None, "great", "reason"), ("x", "confirmed", "handoff_id")]
)
def test_what_is_wrong_is_refused_by_its_field(
    connector: Connector, receipt: Receipt, handoff_id: str | None, reason: str, field: str
) -> None:
    with pytest.raises(InvalidHandoff) as refused:
        connector.record_outcome(handoff_id or receipt.handoff_id, reason=reason)
    assert refused.value.problems[0].path == field
    assert "great" not in refused.value.message


def test_the_outcome_of_what_is_not_written_is_only_counted(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    receipt = connector.hand_off(tap(clock, consent={"given": False}))
    told = connector.record_outcome(receipt.handoff_id, reason="confirmed")
    assert (told.status, told.code, told.api_calls) == (KEPT, "NO_CONSENT", 0)
    assert not org.records("Case")


def test_the_wrong_person_takes_everything_back(connector: Connector, org: Embedded, clock: Clock) -> None:
    receipt = connector.hand_off(
        tap(clock, errors=[{"code": "MOBL_502", "text": "Appeal status is unavailable"}])
    )
    second = connector.hand_off(tap(clock))
    assert second.case_id == receipt.case_id
    call(connector, receipt)
    connector.resync()
    assert case_of(org, receipt)["ContactId"]
    told = connector.record_outcome(receipt.handoff_id, reason="wrong_person", call_key="call-1")
    assert (told.status, told.code) == (DELIVERED, "WRONG_PERSON")
    assert "Privacy incident" in (told.message or "")
    case = case_of(org, receipt)
    assert (case["Handoff_State__c"], case["Handoff_Outcome__c"]) == ("wrong_person", "wrong_person")
    shown = {
        name for name, value in case.items() if name.startswith("Handoff_") and value not in (None, False)
    }
    assert shown == {
        "Handoff_Id__c", "Handoff_State__c", "Handoff_Outcome__c", "Handoff_Taps__c", "Handoff_Tapped_At__c",
        "Handoff_Call_Key__c", "Handoff_Called_At__c", "Handoff_Match_Level__c",
    }  # fmt: skip
    assert (case["ContactId"], case["SuppliedName"], case["SuppliedPhone"]) == (None, None, None)
    assert [(each["WhoId"], each["Handoff_Screen__c"]) for each in org.records("Task")] == [(None, None)] * 2
    # The same call shows nothing any more, and the code opens nothing for anybody.
    for key in ("call-1", "call-2"):
        pop = connector.screen_pop(IncomingCall(key, JESSE, digits=receipt.dial.code))
        assert (pop.context, pop.caller, pop.handoff_ref) == (None, None, None if key == "call-1" else ANY)
        undone = "this call was matched to the wrong person; the match was undone"
        assert (undone in pop.assurance.reasons) is (key == "call-1")
    assert [row.code for row in connector.outbox(codes=["WRONG_PERSON"])] == ["WRONG_PERSON"]


def test_a_tap_after_the_wrong_person_begins_anew(connector: Connector, org: Embedded, clock: Clock) -> None:
    receipt = connector.hand_off(tap(clock))
    connector.record_outcome(receipt.handoff_id, reason="wrong_person")
    again = connector.hand_off(tap(clock))
    assert again.case_id != receipt.case_id
    assert case_of(org, receipt)["ContactId"] is None


# A callback


def window(clock: Clock, hours: float = 1) -> dict[str, Any]:
    start = clock.now + timedelta(hours=hours)
    return {"not_before": start, "not_after": start + timedelta(hours=2)}


def callbacks(org: Embedded) -> list[dict[str, Any]]:
    return [each for each in org.records("Task") if each["Subject"].startswith("Call back")]


def test_a_callback_is_an_open_task_of_the_queue(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    before = org.api_calls
    asked = connector.request_callback(receipt.handoff_id, number="(503) 555-0199", **window(clock))
    assert (asked.status, asked.api_calls, org.api_calls - before) == (DELIVERED, 1, 1)
    (task,) = callbacks(org)
    queue = next(each["Id"] for each in org.records("Group") if each["DeveloperName"] == "App_Handoff_Claims")
    assert (task["Id"], task["Status"], task["OwnerId"]) == (asked.task_id, "Not Started", queue)
    assert (task["WhatId"], task["WhoId"]) == (receipt.case_id, case_of(org, receipt)["ContactId"])
    assert (task["Handoff_Callback_Number__c"], task["Handoff_Callback_Tries__c"]) == ("+15035550199", 0)
    assert task["Handoff_Callback_From__c"] == "2026-11-20T16:04:30.000+0000"
    assert task["ActivityDate"] == "2026-11-20"


def test_the_number_on_file_serves_where_none_is_given(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    connector.request_callback(receipt.handoff_id, **window(clock))
    assert callbacks(org)[0]["Handoff_Callback_Number__c"] == JESSE


def test_a_person_has_one_open_callback(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    first = connector.request_callback(receipt.handoff_id, **window(clock))
    clock.forward(minutes=1)
    # Another screen: another episode, another Case; the same person.
    other = connector.hand_off(tap(clock, screen="ClaimsList", claim=None))
    assert other.case_id != receipt.case_id
    moved = connector.request_callback(other.handoff_id, number="+15035550198", **window(clock, hours=3))
    assert (moved.status, moved.task_id, moved.api_calls) == (DELIVERED, first.task_id, 1)
    (task,) = callbacks(org)
    assert task["Handoff_Callback_Number__c"] == "+15035550198"
    assert task["Handoff_Callback_From__c"] == "2026-11-20T18:05:30.000+0000"


def test_the_same_request_again_is_the_same_callback(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    wanted = window(clock)
    first = connector.request_callback(receipt.handoff_id, **wanted)
    assert connector.request_callback(receipt.handoff_id, **wanted) == first
    assert len(callbacks(org)) == 1


def test_once_agents_have_closed_it_another_is_made(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    first = connector.request_callback(receipt.handoff_id, **window(clock))
    org.update("Task", first.task_id or "", Status="Completed")
    clock.forward(minutes=1)
    second = connector.request_callback(receipt.handoff_id, **window(clock))
    assert (second.status, second.api_calls) == (DELIVERED, 2)
    assert second.task_id != first.task_id
    assert [each["Status"] for each in callbacks(org)] == ["Completed", "Not Started"]


def test_tries_are_counted_and_end(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    connector.request_callback(receipt.handoff_id, **window(clock))
    for number in (1, 2, 3):
        clock.forward(minutes=1)
        assert connector.record_callback(receipt.handoff_id, reached=False).status is DELIVERED
        assert callbacks(org)[0]["Handoff_Callback_Tries__c"] == number
        assert callbacks(org)[0]["Status"] == ("Completed" if number == 3 else "Not Started")
    with pytest.raises(InvalidHandoff, match="an open callback"):
        connector.record_callback(receipt.handoff_id, reached=True)


def test_who_is_reached_is_not_called_again(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    connector.request_callback(receipt.handoff_id, **window(clock))
    connector.record_callback(receipt.handoff_id, reached=True)
    assert (callbacks(org)[0]["Status"], callbacks(org)[0]["Handoff_Callback_Tries__c"]) == ("Completed", 1)


def test_a_callback_that_could_not_be_sent_is_kept(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    org.faults.add(Fault("/composite", "drop_after", times=3))
    asked = connector.request_callback(receipt.handoff_id, **window(clock))
    assert asked.status in (DUE, DELIVERED)
    org.faults.clear()
    connector.resync(insist=True)
    assert len(callbacks(org)) == 1
    assert not connector.outbox(states=[DUE])


def test_a_link_that_is_refused_is_left_out(connector: Connector, org: Embedded, clock: Clock) -> None:
    receipt = connector.hand_off(tap(clock))
    person_id = case_of(org, receipt)["ContactId"]
    org.update("Contact", person_id, ICN__c="1000000009V100009")
    asked = connector.request_callback(receipt.handoff_id, **window(clock))
    assert (asked.status, asked.api_calls) == (DELIVERED, 2)
    assert callbacks(org)[0]["WhoId"] is None


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"number": "12345"}, "number"),
        ({"number": "988"}, "number"),
        ({"number": "+18008271000"}, "number"),
        ({"hours": -5}, "not_after"),
        ({"hours": 24 * 15}, "not_after"),
        ({"hours": 12}, "not_before"),  # Saturday night
        ({"naive": True}, "not_before, not_after"),
        ({"dialed": "+18006982411"}, "handoff_id"),
        ({"consent": {"given": False}}, "handoff_id"),
    ],
)
def test_a_callback_that_cannot_be(
    connector: Connector, org: Embedded, clock: Clock, changes: dict[str, Any], path: str
) -> None:
    of_tap = {name: changes[name] for name in ("dialed", "consent") if name in changes}
    receipt = connector.hand_off(tap(clock, **of_tap))
    when = window(clock, hours=changes.get("hours", 1))
    if "naive" in changes:
        when = {name: moment.replace(tzinfo=None) for name, moment in when.items()}
    with pytest.raises(InvalidHandoff) as refused:
        connector.request_callback(receipt.handoff_id, number=changes.get("number"), **when)
    assert refused.value.problems[0].path == path
    assert not callbacks(org)
    assert str(changes.get("number")) not in refused.value.message


def test_the_pop_shows_the_callback_that_somebody_waits_for(
    connector: Connector, receipt: Receipt, clock: Clock
) -> None:
    asked = IncomingCall("call-1", JESSE, digits=receipt.dial.code)
    assert connector.screen_pop(asked).callback is None
    connector.request_callback(receipt.handoff_id, number="+15035550199", **window(clock))
    connector.record_callback(receipt.handoff_id, reached=False)
    shown = connector.screen_pop(asked).callback
    assert shown
    assert (shown.number, shown.attempts, shown.not_before) == (
        "+15035550199",
        1,
        clock.now + timedelta(hours=1),
    )
    assert connector.screen_pop(IncomingCall("call-2", JESSE)).callback is None
    connector.record_callback(receipt.handoff_id, reached=True)
    assert connector.screen_pop(asked).callback is None


# What is kept of it


def test_nothing_personal_is_in_clear(
    connector: Connector, receipt: Receipt, clock: Clock, settings: Settings
) -> None:
    call(connector, receipt)
    connector.request_callback(receipt.handoff_id, number="+15035550199", **window(clock))
    connector.record_outcome(receipt.handoff_id, reason="wrong_person", call_key="call-1")
    file = settings.store_url.removeprefix("sqlite:///")
    connector.close()
    content = Path(file).read_bytes()
    for personal in (b"5555550199", b"5035550199", b"5035550142", b"Gray", b"Jesse"):
        assert personal not in content


def test_what_follows_is_counted(connector: Connector, receipt: Receipt, clock: Clock) -> None:
    call(connector, receipt)
    connector.request_callback(receipt.handoff_id, **window(clock))
    connector.record_callback(receipt.handoff_id, reached=False)
    connector.record_outcome(receipt.handoff_id, reason="wrong_person", call_key="call-1")
    counted = events(connector)
    assert [kind for kind, _ in counted if kind not in ("tap", "delivered", "pop")] == [
        "called", "callback", "callback_tried", "outcome", "privacy_incident",
    ]  # fmt: skip
    details = dict(counted)
    assert details["called"] == {"level": 4, "matched_by": "dialed_code"}
    assert details["outcome"] == {"reason": "wrong_person"}
    assert details["callback"] == {}
    assert details["callback_tried"] == {"reached": False, "attempts": 1}


def events(connector: Connector) -> list[tuple[str, dict[str, Any]]]:
    from sqlalchemy import select

    from sf_handoff.adapters.tables import events as table

    store: Any = connector._store
    with store._engine.begin() as tx:
        return [
            (each.kind, json.loads(each.detail)) for each in tx.execute(select(table).order_by(table.c.id))
        ]


def person(number: int) -> dict[str, Any]:
    return {
        "icn": f"10000{number:05d}V100000",
        "first_name": "Sam",
        "last_name": f"Doe{number}",
        "phone": None,
    }


def delete(org: Embedded, sobject: str, record_id: str) -> None:
    import requests

    with requests.Session() as http:
        http.trust_env = False
        answer = http.delete(
            f"{org.http}/services/data/v66.0/sobjects/{sobject}/{record_id}",
            headers={"Authorization": f"Bearer {org.access_token()}"},
            timeout=10,
        )
    assert answer.status_code == 204
