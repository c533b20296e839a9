"""A call that reached the wrong person: whatever was on its way, nothing of the person is left or comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sf_handoff import Connector, IncomingCall, InvalidHandoff, Receipt
from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.calls.states import Status
from sf_handoff.embedded import Embedded, Fault
from sf_handoff.errors import Uncertain
from sf_handoff.retry import Call
from tests.conftest import Clock
from tests.flow.test_follow_ups import JESSE, call, callbacks, case_of, tap, window

DELIVERED, DUE, PARKED, KEPT = Status.DELIVERED, Status.DUE, Status.PARKED, Status.KEPT
REFUSED = "REQUIRED_FIELD_MISSING"


@pytest.fixture
def receipt(connector: Connector, clock: Clock) -> Receipt:
    return connector.hand_off(tap(clock))


def wrong(connector: Connector, receipt: Receipt) -> Any:
    return connector.record_outcome(receipt.handoff_id, reason="wrong_person", call_key="call-1")


def listed(connector: Connector) -> set[Status]:
    return {row.state for row in connector.outbox(codes=["WRONG_PERSON"])}


def test_a_task_that_was_refused_is_not_sent_any_more(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    org.faults.add(Fault("", "row", sobject="Task", code=REFUSED, times=None))
    receipt = connector.hand_off(tap(clock))
    assert receipt.status is PARKED
    call(connector, receipt)
    assert wrong(connector, receipt).status is DELIVERED
    org.faults.clear()
    assert connector.resync(states=[PARKED, DUE], insist=True) == ()
    assert (org.records("Task"), case_of(org, receipt)["ContactId"]) == ([], None)


@pytest.mark.parametrize("fault", ["parked", "due"])
def test_a_tap_that_never_came_there_never_does(
    connector: Connector, org: Embedded, clock: Clock, fault: str
) -> None:
    parked = Fault("", "row", sobject="Case", code=REFUSED, times=None)
    org.faults.add(parked if fault == "parked" else Fault("/composite", "unavailable", times=None))
    receipt = connector.hand_off(tap(clock))
    call(connector, receipt)
    wrong(connector, receipt)
    org.faults.clear()
    connector.resync(insist=True)
    connector.resync(states=[PARKED], insist=True)
    assert org.records("Case") == org.records("Task") == []
    assert not connector.outbox(states=[DUE, PARKED])
    assert DELIVERED in listed(connector)


def test_the_case_of_an_earlier_tap_is_left_alone(connector: Connector, org: Embedded, clock: Clock) -> None:
    first = connector.hand_off(tap(clock))
    org.update("Case", first.case_id or "", Status="Closed", Handoff_Outcome__c="confirmed")
    clock.forward(minutes=1)
    org.faults.add(Fault("/composite", "unavailable", times=None))
    second = connector.hand_off(tap(clock))
    call(connector, second)
    wrong(connector, second)
    org.faults.clear()
    connector.resync(insist=True)
    (case,) = org.records("Case")
    assert (case["Handoff_Outcome__c"], case["ContactId"] is None) == ("confirmed", False)


def test_a_matched_call_goes_to_the_case_of_its_own_tap(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    first = connector.hand_off(tap(clock))
    org.update("Case", first.case_id or "", Status="Closed", Handoff_Outcome__c="confirmed")
    clock.forward(minutes=1)
    org.faults.add(Fault("/composite", "unavailable", times=None))
    second = connector.hand_off(tap(clock))
    call(connector, second)
    org.faults.clear()
    connector.resync(insist=True)
    states = {each["Id"]: each["Handoff_State__c"] for each in org.records("Case")}
    assert states.pop(first.case_id) == "awaiting"
    assert list(states.values()) == ["called"]


@pytest.mark.parametrize("reason", ["wrong_person", "third_party"])
def test_a_matched_call_that_is_sent_late_turns_nothing_back(
    connector: Connector, org: Embedded, receipt: Receipt, reason: str
) -> None:
    call(connector, receipt)
    connector.record_outcome(receipt.handoff_id, reason=reason, call_key="call-1")
    connector.resync(insist=True)
    case = case_of(org, receipt)
    assert (case["Handoff_State__c"], case["Status"]) == (reason, "Awaiting call")


def test_its_callbacks_are_closed_and_no_other_is_made(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    call(connector, receipt)
    connector.request_callback(receipt.handoff_id, number="+15035550199", **window(clock))
    wrong(connector, receipt)
    (task,) = callbacks(org)
    assert (task["Status"], task["WhoId"], task["Handoff_Callback_Number__c"]) == ("Completed", None, None)
    with pytest.raises(InvalidHandoff):
        connector.request_callback(receipt.handoff_id, **window(clock, hours=3))
    # Nor is the stranger's number shown on the next pop of the person.
    clock.forward(minutes=1)
    again = connector.hand_off(tap(clock))
    pop = connector.screen_pop(IncomingCall("call-2", JESSE, digits=again.dial.code))
    assert (pop.context is not None, pop.callback) == (True, None)


@pytest.mark.parametrize("how", ["discarded", "purged"])
def test_what_was_given_up_or_emptied_is_cleared_too(
    connector: Connector, org: Embedded, clock: Clock, how: str
) -> None:
    if how == "discarded":
        org.faults.add(Fault("", "row", sobject="Task", code=REFUSED, times=None))
    receipt = connector.hand_off(tap(clock))
    call(connector, receipt)
    org.faults.clear()
    if how == "discarded":
        assert connector.discard(receipt.handoff_id, "a test of what is left")
    else:
        connector.resync(insist=True)
        clock.forward(days=31)
        connector.purge()
    assert (wrong(connector, receipt).status, listed(connector)) == (DELIVERED, {DELIVERED})
    case = case_of(org, receipt)
    assert (case["ContactId"], case["Handoff_Claim_Id__c"]) == (None, None)


def test_until_it_could_be_cleared_it_is_listed_all_the_same(
    connector: Connector, org: Embedded, receipt: Receipt
) -> None:
    call(connector, receipt)
    org.faults.add(Fault("/composite", "unavailable", times=None))
    told = wrong(connector, receipt)
    assert (told.status, told.code) == (DUE, "WRONG_PERSON")
    assert "SERVER_UNAVAILABLE" in (told.message or "")
    org.faults.clear()
    connector.resync(insist=True)
    assert case_of(org, receipt)["ContactId"] is None


def test_a_mistake_is_mended_by_another_word(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    wrong(connector, receipt)
    clock.forward(seconds=1)
    connector.record_outcome(receipt.handoff_id, reason="other_reason")
    assert case_of(org, receipt)["Handoff_Outcome__c"] == "other_reason"
    assert case_of(org, receipt)["ContactId"] is None


# The order of what is told


def test_a_callback_waits_for_the_one_before_it(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    org.faults.add(Fault("/composite", "unavailable", times=None))
    connector.request_callback(receipt.handoff_id, number="+15035550111", **window(clock))
    org.faults.clear()
    connector._store.open_gate("salesforce")
    clock.forward(minutes=1)
    second = connector.request_callback(receipt.handoff_id, number="+15035550122", **window(clock))
    assert (second.status, second.code) == (DUE, "EARLIER_DUE")
    connector.resync(insist=True)
    (task,) = callbacks(org)
    assert task["Handoff_Callback_Number__c"] == "+15035550122"


def test_tries_of_a_callback_that_was_moved_count_on(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    connector.request_callback(receipt.handoff_id, **window(clock))
    connector.record_callback(receipt.handoff_id, reached=False)
    clock.forward(minutes=1)
    connector.request_callback(receipt.handoff_id, **window(clock, hours=4))
    for number in (1, 2, 3):
        clock.forward(minutes=1)
        connector.record_callback(receipt.handoff_id, reached=False)
        assert callbacks(org)[0]["Handoff_Callback_Tries__c"] == number
    assert callbacks(org)[0]["Status"] == "Completed"


def test_after_it_was_reached_the_same_request_is_another_one(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock
) -> None:
    wanted: dict[str, Any] = {
        "not_before": clock.now + timedelta(hours=1),
        "not_after": clock.now + timedelta(hours=5),
    }
    first = connector.request_callback(receipt.handoff_id, **wanted)
    connector.record_callback(receipt.handoff_id, reached=True)
    clock.forward(minutes=1)
    second = connector.request_callback(receipt.handoff_id, **wanted)
    assert second.follow_up_id != first.follow_up_id
    assert [each["Status"] for each in callbacks(org)] == ["Completed", "Not Started"]


def test_two_outcomes_of_one_case_keep_their_order(connector: Connector, org: Embedded, clock: Clock) -> None:
    receipts = [connector.hand_off(tap(clock, screen=screen, claim=None)) for screen in ("A", "B", "C")]
    org.faults.add(Fault("/composite", "unavailable", times=None))
    for receipt in receipts:
        for reason in ("confirmed", "not_useful"):
            clock.forward(seconds=1)
            connector.record_outcome(receipt.handoff_id, reason=reason)
    org.faults.clear()
    assert {each.status for each in connector.resync(insist=True)} == {DELIVERED}
    assert {each["Handoff_Outcome__c"] for each in org.records("Case")} == {"not_useful"}


@pytest.mark.parametrize("number", [2, 4])
def test_one_that_gets_no_answer_holds_up_no_other(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    receipts = [connector.hand_off(tap(clock, screen=f"S{each}", claim=None)) for each in range(number)]
    for each, receipt in enumerate(receipts):
        clock.forward(seconds=1)
        call(connector, receipt, f"call-{each}")
    usual = connector._salesforce.composite

    def poisoned(request: CompositeRequest, call: Call) -> tuple[Part, ...]:
        if receipts[0].handoff_id in str(request.to_json("66.0")):
            raise Uncertain("No answer came.", code="TIMEOUT")
        return usual(request, call)

    monkeypatch.setattr(connector._salesforce, "composite", poisoned)
    for _ in range(3):
        connector.resync(insist=True)
    states = [case_of(org, each)["Handoff_State__c"] for each in receipts]
    assert states[1:] == ["called"] * (number - 1)


def test_what_another_release_has_kept_stands_in_nobodys_way(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = b'{"kind":"outcome","at":"2026-11-20T15:04:30Z","reason":"confirmed","canary":"+15035550199"}'
    with monkeypatch.context() as other:
        other.setattr("sf_handoff.adapters.follow_ups.canonical", lambda event: newer)
        told = connector.record_outcome(receipt.handoff_id, reason="confirmed")
    assert (told.status, told.code) == (PARKED, "FORM")
    assert "0199" not in (told.message or "")
    clock.forward(seconds=1)
    assert wrong(connector, receipt).status is DELIVERED
    assert case_of(org, receipt)["ContactId"] is None


# Calls without a key


@pytest.mark.parametrize("key", ["", "  ", "a\x00b", "\ud800"])
def test_a_call_without_a_key_shares_nothing_with_the_next(
    connector: Connector, receipt: Receipt, key: str
) -> None:
    for digits in (receipt.dial.code, None):
        pop = connector.screen_pop(IncomingCall(key, JESSE, digits=digits))
        assert (pop.context, pop.assurance.level) == (None, 0)
        assert pop.assurance.reasons == ("the call has no key of its own, so nothing was matched to it",)
    call(connector, receipt)  # the code was not spent


def test_a_long_key_goes_by_its_hash(connector: Connector, org: Embedded, receipt: Receipt) -> None:
    long = "k" * 500
    call(connector, receipt, long)
    connector.resync()
    assert case_of(org, receipt)["Handoff_State__c"] == "called"
    leg = connector.screen_pop(IncomingCall("leg", parent_call_key=long))
    assert leg.context is not None


def test_a_number_is_no_text() -> None:
    wrong_type: Any = 15035550142
    with pytest.raises(InvalidHandoff) as refused:
        IncomingCall("c-1", wrong_type)
    assert refused.value.problems[0].path == "from_number"
