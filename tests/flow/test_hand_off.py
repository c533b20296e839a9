"""Flow 1 against the embedded org: a tap becomes one Case and one Task, whatever happens."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from sf_handoff import Connector, InvalidHandoff, Misconfigured, NotKept, Receipt
from sf_handoff.adapters.assembly import connect, open_salesforce, open_store
from sf_handoff.adapters.settings import Settings
from sf_handoff.calls.samples import WITHHELD, sample_handoff
from sf_handoff.calls.states import Status
from sf_handoff.calls.tap import Tap
from sf_handoff.embedded import Embedded, Fault, ids
from sf_handoff.mapping import MappingSet, RecordMap, Text, once
from tests.conftest import Clock

NOBODY = "1999999999V199999"


def tap(clock: Clock, **changes: Any) -> dict[str, Any]:
    """A fresh tap with an id of its own."""
    return sample_handoff(at=clock.now, handoff_id=str(uuid.uuid4()), **changes)


def person(icn: str, first: str = "Casey", last: str = "Doe", phone: str = "+15035550150") -> dict[str, Any]:
    return {"icn": icn, "first_name": first, "last_name": last, "phone": phone}


def only(org: Embedded, sobject: str) -> dict[str, Any]:
    records = org.records(sobject)
    assert len(records) == 1
    return records[0]


def name_of(org: Embedded, sobject: str, record_id: str) -> str:
    return next(str(each["DeveloperName"]) for each in org.records(sobject) if each["Id"] == record_id)


def with_subject(record_map: RecordMap[Tap], subject: str, *, length: int) -> RecordMap[Tap]:
    kept = tuple(each for each in record_map.fields if each.api_name != "Subject")
    return replace(record_map, fields=(*kept, Text("Subject", once, lambda tap: subject, length=length)))


def connect_with(mappings: MappingSet, settings: Settings, clock: Clock, *, codes: bool = False) -> Connector:
    return Connector(
        salesforce=open_salesforce(settings),
        store=open_store(settings, clock),
        mappings=mappings,
        clock=clock,
        codes=codes,
    )


def composites(org: Embedded) -> int:
    return sum("composite" in request for request in org.requests)


def test_one_call_makes_a_case_and_a_task(connector: Connector, org: Embedded, clock: Clock) -> None:
    before = org.api_calls
    receipt = connector.hand_off(tap(clock))
    case, task = only(org, "Case"), only(org, "Task")
    assert org.api_calls - before == receipt.api_calls == 1
    assert (receipt.status, receipt.case_id, receipt.task_id) == ("delivered", case["Id"], task["Id"])
    assert receipt.case_number == case["CaseNumber"]
    assert receipt.contact_linked == "linked"
    assert task["WhatId"] == case["Id"]
    assert task["Status"] == "Completed"


def test_the_case_waits_for_a_call_in_its_queue(connector: Connector, org: Embedded, clock: Clock) -> None:
    connector.hand_off(tap(clock))
    case = only(org, "Case")
    assert case["Status"] == "Awaiting call"
    assert case["Origin"] == "Mobile App"
    assert case["Handoff_State__c"] == "awaiting"
    assert name_of(org, "Group", case["OwnerId"]) == "App_Handoff_Claims"
    assert name_of(org, "RecordType", case["RecordTypeId"]) == "App_Handoff"


def test_without_the_assignment_header_the_org_would_take_the_case(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the header matters: the embedded org, like a real one, moves the Case without it."""
    monkeypatch.setattr("sf_handoff.calls.composite.NO_ASSIGNMENT", {})
    connector.hand_off(tap(clock))
    owner = only(org, "Case")["OwnerId"]
    assert owner not in [
        each["Id"] for each in org.records("Group") if each["DeveloperName"] == "App_Handoff_Claims"
    ]


def test_nothing_medical_reaches_any_field(connector: Connector, org: Embedded, clock: Clock) -> None:
    connector.hand_off(tap(clock))
    written = repr([*org.records("Case"), *org.records("Task")])
    assert "Evidence gathering" in written
    assert [text for text in WITHHELD if text in written] == []


def test_no_person_and_no_report_word_stands_in_a_subject(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    connector.hand_off(tap(clock))
    for subject in (only(org, "Case")["Subject"], only(org, "Task")["Subject"]):
        assert not any(word in subject for word in ("Jesse", "Gray", "T3", "T VA.gov", "NT VA", "va.gov"))


def test_the_same_payload_twice_is_one_case_and_one_task(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    payload = tap(clock)
    first = connector.hand_off(payload)
    again = connector.hand_off(payload)
    assert again == first
    assert composites(org) == 1
    assert only(org, "Case") and only(org, "Task")


def test_the_same_payload_without_an_id_is_the_same_handoff(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    payload = sample_handoff(at=clock.now)
    assert payload["handoff_id"] is None
    first = connector.hand_off(payload)
    assert connector.hand_off(payload).handoff_id == first.handoff_id
    assert uuid.UUID(first.handoff_id).version == 8
    assert only(org, "Case") and only(org, "Task")


def test_the_same_id_with_another_body_is_refused(connector: Connector, org: Embedded, clock: Clock) -> None:
    """A02"""
    payload = tap(clock)
    connector.hand_off(payload)
    with pytest.raises(InvalidHandoff) as refused:
        connector.hand_off({**payload, "screen": "ClaimsList"})
    assert refused.value.code == "KEY_CONFLICT"
    assert only(org, "Case")["Handoff_Screen__c"] == "ClaimStatus"


def test_eight_threads_with_one_payload_make_one_attempt(
    org: Embedded, settings: Settings, clock: Clock
) -> None:
    """A01: The seven that find it being sent wait for what becomes of it."""
    payload, receipts = tap(clock), list[Receipt]()
    with connect(settings, clock) as connector:
        threads = [
            threading.Thread(target=lambda: receipts.append(connector.hand_off(payload))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [receipt.status for receipt in receipts] == [Status.DELIVERED] * 8
    assert len({receipt.case_id for receipt in receipts}) == 1
    assert composites(org) == 1


def test_another_tap_about_the_same_claim_joins_the_case(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    first = connector.hand_off(tap(clock))
    clock.forward(hours=3)
    second = connector.hand_off(tap(clock))
    case = only(org, "Case")
    assert second.case_id == first.case_id
    assert second.case_number == first.case_number
    assert case["Handoff_Id__c"] == first.handoff_id
    assert case["Handoff_Taps__c"] == 2
    assert {task["Handoff_Id__c"] for task in org.records("Task")} == {first.handoff_id, second.handoff_id}
    assert {task["WhatId"] for task in org.records("Task")} == {case["Id"]}
    assert second.api_calls == 1


@pytest.mark.parametrize(
    ("changes", "later"),
    [
        ({"veteran": person("1000000001V100001")}, timedelta(minutes=5)),
        ({"claim": None, "screen": "ClaimsList"}, timedelta(minutes=5)),
        ({}, timedelta(hours=25)),
    ],
    ids=["another person", "about something else", "a day later"],
)
def test_another_episode_is_another_case(
    connector: Connector, org: Embedded, clock: Clock, changes: dict[str, Any], later: timedelta
) -> None:
    connector.hand_off(tap(clock))
    clock.now += later
    connector.hand_off(tap(clock, **changes))
    assert len(org.records("Case")) == 2


@pytest.mark.parametrize("veteran", [person("1234567890V123456"), person(NOBODY)], ids=["known", "unknown"])
@pytest.mark.parametrize("end", ["Status", "Handoff_Outcome__c", "deleted"])
def test_a_tap_after_agents_are_done_with_the_case_starts_a_new_one(
    connector: Connector, org: Embedded, clock: Clock, veteran: dict[str, Any], end: str
) -> None:
    """The old Case stays as agents left it: no new time, no tap count, no Task."""
    first = connector.hand_off(tap(clock, veteran=veteran))
    assert first.case_id
    done_with(org, first.case_id, end)
    before = [case for case in org.records("Case") if case["Id"] == first.case_id]
    clock.forward(hours=1)
    second = connector.hand_off(tap(clock, veteran=veteran))
    assert second.status is Status.DELIVERED
    assert second.case_id != first.case_id
    assert [case for case in org.records("Case") if case["Id"] == first.case_id] == before
    made = next(case for case in org.records("Case") if case["Id"] == second.case_id)
    assert (made["Status"], made["Handoff_Taps__c"]) == ("Awaiting call", 1)
    assert name_of(org, "Group", made["OwnerId"]) == "App_Handoff_Claims"
    task = next(each for each in org.records("Task") if each["Id"] == second.task_id)
    assert task["WhatId"] == second.case_id
    clock.forward(minutes=1)
    third = connector.hand_off(tap(clock, veteran=veteran))
    assert (third.case_id, third.api_calls) == (second.case_id, 1 if veteran["icn"] != NOBODY else 2)


def done_with(org: Embedded, case_id: str, end: str) -> None:
    if end == "deleted":
        headers = {"Authorization": f"Bearer {org.access_token()}"}
        url = f"{org.http}/services/data/v66.0/sobjects/Case/{case_id}"
        with requests.Session() as session:
            session.trust_env = False
            assert session.delete(url, headers=headers, timeout=10).status_code == 204
    else:
        org.update("Case", case_id, **{end: "Closed" if end == "Status" else "confirmed"})


def test_what_an_agent_changed_survives_every_re_send(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    first = connector.hand_off(tap(clock))
    agent = org.records("User")[0]["Id"]
    theirs = {"Status": "Working", "OwnerId": agent, "Priority": "High", "Subject": "Agent's own words"}
    assert first.case_id
    org.update("Case", first.case_id, **theirs)
    clock.forward(minutes=2)
    connector.hand_off(tap(clock))
    case = only(org, "Case")
    assert {name: case[name] for name in theirs} == theirs
    assert case["Handoff_Taps__c"] == 2


@pytest.mark.parametrize("later", [timedelta(minutes=3), timedelta(hours=2)])
def test_what_an_agent_changed_survives_a_lost_store(
    org: Embedded, settings: Settings, clock: Clock, tmp_path: Any, later: timedelta
) -> None:
    """The store is restored from a backup of before the tap, and the app sends the tap again."""
    payload = tap(clock)
    with connect(settings, clock) as before:
        first = before.hand_off(payload)
    agent = org.records("User")[0]["Id"]
    assert first.case_id
    org.update("Case", first.case_id, Status="Closed", OwnerId=agent)
    clock.now += later
    restored = settings.model_copy(update={"store": f"sqlite:///{tmp_path / 'restored' / 'store.sqlite3'}"})
    with connect(restored, clock) as after:
        again = after.hand_off(payload)
    case = only(org, "Case")
    assert (again.status, again.case_id, again.task_id) == (Status.DELIVERED, first.case_id, first.task_id)
    assert (case["Status"], case["OwnerId"]) == ("Closed", agent)
    assert only(org, "Task")
    assert again.api_calls == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncate"])
def test_an_attempt_without_an_answer_is_repeated_and_doubles_nothing(
    connector: Connector, org: Embedded, clock: Clock, kind: Any
) -> None:
    """W03, W04, W06: Salesforce has done it, or has not; nobody can tell."""
    org.faults.add(Fault("/composite", kind))
    receipt = connector.hand_off(tap(clock))
    assert receipt.status is Status.DELIVERED
    assert only(org, "Case")["Status"] == "Awaiting call"
    assert only(org, "Task")["WhatId"] == receipt.case_id


def test_after_an_unanswered_attempt_the_key_is_read_before_anything_is_written(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    """W04: Salesforce did it, we never heard of it, an agent took the Case; then the re-sync comes."""
    org.faults.add(Fault("/composite", "drop_after", times=99))
    receipt = connector.hand_off(tap(clock))
    assert (receipt.status, receipt.code) == (Status.DUE, "BROKEN_OFF")
    org.faults.clear()
    agent = org.records("User")[0]["Id"]
    org.update("Case", only(org, "Case")["Id"], Status="Working", OwnerId=agent)
    (sent,) = connector.resync()
    case = only(org, "Case")
    assert sent.status is Status.DELIVERED
    assert (case["Status"], case["OwnerId"]) == ("Working", agent)
    assert only(org, "Task")["Id"] == sent.task_id


def test_salesforce_away_keeps_it_due_and_resync_delivers_it(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    """W07"""
    org.faults.add(Fault("/services/", "html", times=99))
    receipt = connector.hand_off(tap(clock))
    assert (receipt.status, receipt.code) == (Status.DUE, "NOT_JSON")
    assert receipt.dial.link is not None
    assert receipt.dial.code is not None
    assert org.records("Case") == []
    assert [row.state for row in connector.outbox()] == [Status.DUE]
    assert [sent.status for sent in connector.resync()] == [Status.DUE]
    org.faults.clear()
    (sent,) = connector.resync()
    assert sent.status is Status.DELIVERED
    assert only(org, "Task")["WhatId"] == only(org, "Case")["Id"]


def test_delivered_after_its_time_it_is_history_for_no_queue(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    org.faults.add(Fault("/composite", "answer", status=503, times=1))
    connector.hand_off(tap(clock))
    clock.forward(hours=2)
    (sent,) = connector.resync()
    case = only(org, "Case")
    assert (case["Handoff_State__c"], case["Status"]) == ("late", "Closed")
    assert case["OwnerId"] not in {each["Id"] for each in org.records("Group")}
    assert any("after its time" in note for note in sent.notes)


def test_nobody_with_that_key_means_the_supplied_name_and_no_link(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    """S14"""
    receipt = connector.hand_off(tap(clock, veteran=person(NOBODY)))
    case = only(org, "Case")
    assert receipt.status is Status.DELIVERED
    assert (receipt.contact_linked, receipt.api_calls) == ("none", 2)
    assert case["ContactId"] is None
    assert (case["SuppliedName"], case["SuppliedPhone"]) == ("Casey Doe", "+15035550150")
    assert only(org, "Task")["WhoId"] is None


def test_several_with_that_key_means_no_link_to_any_of_them(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    """S14"""
    for name in ("One", "Two"):
        org.create("Contact", LastName=name, ICN__c=NOBODY)
    receipt = connector.hand_off(tap(clock, veteran=person(NOBODY)))
    assert (receipt.status, receipt.contact_linked) == (Status.DELIVERED, "ambiguous")
    assert only(org, "Case")["ContactId"] is None
    assert only(org, "Case")["SuppliedName"] == "Casey Doe"


def test_the_linked_case_carries_no_supplied_name(connector: Connector, org: Embedded, clock: Clock) -> None:
    connector.hand_off(tap(clock))
    case, task = only(org, "Case"), only(org, "Task")
    jesse = next(each for each in org.records("Contact") if each["LastName"] == "Gray")
    assert case["ContactId"] == task["WhoId"] == jesse["Id"]
    assert case["SuppliedName"] is None
    assert case["SuppliedPhone"] is None


def test_a_refused_task_leaves_the_case_and_is_replayed_alone(
    org: Embedded, settings: Settings, clock: Clock, mappings: MappingSet
) -> None:
    """S15: The map asks for a Task Subject that is too long; the map is mended; the re-sync writes the Task only."""
    broken = replace(mappings, task=with_subject(mappings.task, "x" * 300, length=400))
    with connect_with(broken, settings, clock) as connector:
        receipt = connector.hand_off(tap(clock))
    case = only(org, "Case")
    assert (receipt.status, receipt.code) == (Status.PARKED, "STRING_TOO_LONG")
    assert (receipt.case_id, receipt.case_number, receipt.task_id) == (case["Id"], case["CaseNumber"], None)
    org.update("Case", case["Id"], Status="Working")
    with connect_with(mappings, settings, clock) as connector:
        (sent,) = connector.resync(states=(Status.PARKED,))
    assert (sent.status, sent.case_id) == (Status.DELIVERED, case["Id"])
    assert only(org, "Case")["Status"] == "Working"
    assert only(org, "Task")["WhatId"] == case["Id"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consent": None}, "NO_CONSENT"),
        ({"consent": {"given": False}}, "NO_CONSENT"),
        ({"sign_in": {"loa": 1}}, "NOT_IDENTIFIED"),
    ],
)
def test_kept_by_policy_nothing_is_written_and_nothing_personal_is_kept(
    connector: Connector, org: Embedded, clock: Clock, changes: dict[str, Any], code: str
) -> None:
    receipt = connector.hand_off(tap(clock, **changes))
    assert (receipt.status, receipt.code, receipt.api_calls) == (Status.KEPT, code, 0)
    assert receipt.dial.number == "+18008271000"
    assert org.records("Case") == []
    (row,) = connector.outbox()
    for value in (b"Gray", b"1234567890V123456", b"5035550142", b"600000001", b"MOBL_502"):
        assert value not in row.payload


def test_without_consent_no_code_ties_the_call_to_the_app(connector: Connector, clock: Clock) -> None:
    assert connector.hand_off(tap(clock, consent=None)).dial.code is None


def test_the_control_arm_is_kept_and_stays_the_same_person(
    org: Embedded, settings: Settings, clock: Clock
) -> None:
    half = settings.model_copy(update={"hold_out": 0.5})
    with connect(half, clock) as connector:
        arms = [
            [
                connector.hand_off(tap(clock, veteran=person(f"10000000{number:02d}V100001"))).status
                for number in range(20)
            ]
            for _ in range(2)
        ]
    assert arms[0] == arms[1]
    assert {Status.KEPT, Status.DELIVERED} == set(arms[0])
    assert len(org.records("Case")) == arms[0].count(Status.DELIVERED)


@pytest.mark.parametrize(
    "dialed", ["988", "tel:988", "988,1", "838255", "1-800-799-4889", "+18002738255", "9 8 8"]
)
def test_the_crisis_line_is_refused_before_anything_is_kept(
    connector: Connector, org: Embedded, clock: Clock, dialed: str
) -> None:
    with pytest.raises(InvalidHandoff) as refused:
        connector.hand_off(tap(clock, dialed=dialed))
    assert refused.value.code == "CRISIS_LINE"
    assert connector.outbox() == []
    assert org.records("Case") == []


def test_a_screen_without_a_ramp_is_accepted_and_noted(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    receipt = connector.hand_off(tap(clock, screen="SomethingNew"))
    assert receipt.status is Status.DELIVERED
    assert any(note.startswith("screen:") for note in receipt.notes)
    assert name_of(org, "Group", only(org, "Case")["OwnerId"]) == "App_Handoff_General"


def test_a_missing_queue_is_said_in_words_and_nothing_is_lost(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    for queue in org.records("Group"):
        org.update("Group", queue["Id"], DeveloperName=f"Old_{queue['DeveloperName']}")
    receipt = connector.hand_off(tap(clock))
    assert (receipt.status, receipt.code) == (Status.DUE, "NAME_NOT_FOUND")
    assert "Group App_Handoff_Claims" in (receipt.message or "")
    for queue in org.records("Group"):
        org.update("Group", queue["Id"], DeveloperName=queue["DeveloperName"].removeprefix("Old_"))
    assert [(sent.status, sent.code) for sent in connector.resync()] == [(Status.DUE, "CONFIG")]
    clock.forward(seconds=61)
    assert [sent.status for sent in connector.resync()] == [Status.DELIVERED]


def sent_parts(connector: Connector, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The referenceIds of every call that is made from now on."""
    send, seen = connector._salesforce.composite, list[list[str]]()

    def watched(request: Any, call: Any) -> Any:
        seen.append([part.reference_id for part in request.subrequests])
        return send(request, call)

    monkeypatch.setattr(connector._salesforce, "composite", watched)
    return seen


def test_queues_are_looked_up_once(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first call carries the look-ups; later ones carry the Ids."""
    seen = sent_parts(connector, monkeypatch)
    connector.hand_off(tap(clock))
    connector.hand_off(tap(clock, veteran=person("1000000001V100001")))
    looked_up = ["name_Group_App_Handoff_Claims", "name_RecordType_App_Handoff"]
    assert seen == [
        [*looked_up, "case", "case_read", "task", "task_read"],
        ["case", "case_read", "task", "task_read"],
    ]
    first, second = org.records("Case")
    assert first["OwnerId"] == second["OwnerId"]


def test_a_queue_that_was_made_anew_is_looked_up_again(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    connector.hand_off(tap(clock))
    connector._delivery._sender.learn({"name_Group_App_Handoff_Claims": ids.make("00G", 999)})
    receipt = connector.hand_off(tap(clock, veteran=person("1000000001V100001")))
    assert receipt.status is Status.DELIVERED
    assert name_of(org, "Group", org.records("Case")[1]["OwnerId"]) == "App_Handoff_Claims"


def test_two_taps_of_one_episode_at_once_make_one_case(
    org: Embedded, settings: Settings, clock: Clock
) -> None:
    """From two services on one store: whoever comes second finds the Case made, and joins it."""
    payloads = [tap(clock) for _ in range(6)]
    receipts = list[Receipt]()
    with connect(settings, clock) as one, connect(settings, clock) as other:
        threads = [
            threading.Thread(target=lambda by=by, sent=sent: receipts.append(by.hand_off(sent)))
            for by, sent in zip((one, other) * 3, payloads, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {receipt.status for receipt in receipts} == {Status.DELIVERED}
    assert [task["WhatId"] for task in org.records("Task")] == [only(org, "Case")["Id"]] * 6


def test_a_map_that_fails_parks_its_handoff_and_no_other(
    org: Embedded, settings: Settings, clock: Clock, mappings: MappingSet
) -> None:
    def broken(_: Tap) -> str:
        raise AttributeError("Jesse Gray")

    field: Any = Text("Subject", once, broken, length=255)
    kept = tuple(each for each in mappings.task.fields if each.api_name != "Subject")
    task = replace(mappings.task, fields=(*kept, field))
    with connect_with(replace(mappings, task=task), settings, clock) as connector:
        receipt = connector.hand_off(tap(clock))
    assert (receipt.status, receipt.code) == (Status.PARKED, "MAP")
    assert "Gray" not in (receipt.message or "")
    with connect_with(mappings, settings, clock) as connector:
        (sent,) = connector.resync(states=(Status.PARKED,))
    assert sent.status is Status.DELIVERED


@pytest.mark.parametrize("state", [Status.DELIVERED, Status.KEPT])
def test_what_is_settled_is_not_sent_again(connector: Connector, clock: Clock, state: Status) -> None:
    connector.hand_off(tap(clock))
    with pytest.raises(Misconfigured):
        connector.resync(states=(state,))
    assert [row.state for row in connector.outbox()] == [Status.DELIVERED]


def test_a_re_sync_stops_at_the_first_sign_that_salesforce_is_away(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three go as one batch; two one by one, and the second is not tried."""
    org.faults.add(Fault("/services/", "html", times=99))
    for number in range(3):
        connector.hand_off(tap(clock, veteran=person(f"100000000{number}V100001")))
    seen = sent_parts(connector, monkeypatch)
    assert {(sent.status, sent.code) for sent in connector.resync()} == {(Status.DUE, "NOT_JSON")}
    assert len(seen) == 1
    assert len(connector.resync(limit=2)) == 1
    assert len(seen) == 2


def test_counting_costs_nobody_a_receipt(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise NotKept("full", code="STORE")

    monkeypatch.setattr(connector._store, "event", full)
    monkeypatch.setattr(connector._store, "reserve_code", full)
    receipt = connector.hand_off(tap(clock))
    assert (receipt.status, receipt.dial.code) == (Status.DELIVERED, None)
    monkeypatch.undo()
    assert connector.hand_off(tap(clock)).dial.code


def test_appeals_are_told_apart(connector: Connector, org: Embedded, clock: Clock) -> None:
    for number in ("SC0001", "SC0002"):
        appeal = {
            "id": number,
            "type": "supplementalClaim",
            "attributes": {"status": {"type": "sc_received"}},
        }
        connector.hand_off(tap(clock, claim=None, appeal=appeal, screen="AppealDetailsScreen"))
    assert [case["Handoff_Appeal_Id__c"] for case in org.records("Case")] == ["SC0001", "SC0002"]


def test_two_unidentified_people_are_two_handoffs(connector: Connector, clock: Clock) -> None:
    """Neither is kept by name; without an id of its own each is still told apart by what was received."""
    low = {"loa": 1}
    ids = {
        connector.hand_off(sample_handoff(at=clock.now, sign_in=low, veteran=who)).handoff_id
        for who in (person("1000000001V100001"), person(NOBODY))
    }
    assert len(ids) == 2


def test_the_control_arm_and_a_ramp_that_is_off_get_no_code(
    org: Embedded, settings: Settings, clock: Clock, mappings: MappingSet
) -> None:
    with connect(settings.model_copy(update={"hold_out": 1.0}), clock) as connector:
        held = connector.hand_off(tap(clock))
    off = replace(mappings.ramps, ramps=tuple(replace(ramp, enabled=False) for ramp in mappings.ramps.ramps))
    with connect_with(replace(mappings, ramps=off), settings, clock, codes=True) as connector:
        receipt = connector.hand_off(tap(clock))
    assert [(each.code, each.dial.code) for each in (held, receipt)] == [
        ("HELD_OUT", None),
        ("RAMP_OFF", None),
    ]
    assert org.records("Case") == []


def test_a_store_that_cannot_note_the_outcome_costs_no_receipt_and_no_double(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A06: The disk fills up between Salesforce's answer and our note of it."""

    def full(*_: object) -> None:
        raise NotKept("full", code="STORE")

    with monkeypatch.context() as broken:
        broken.setattr(connector._store, "settle", full)
        receipt = connector.hand_off(tap(clock))
    assert (receipt.status, receipt.code) == (Status.DUE, "STORE")
    clock.forward(seconds=20)
    (sent,) = connector.resync()
    assert sent.status is Status.DELIVERED
    assert only(org, "Task")["WhatId"] == only(org, "Case")["Id"] == sent.case_id


def test_what_nobody_foresaw_costs_no_receipt(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(*_: object) -> None:
        raise ZeroDivisionError("Jesse Gray")

    with monkeypatch.context() as broken:
        broken.setattr(connector._salesforce, "composite", surprise)
        receipt = connector.hand_off(tap(clock))
    assert (receipt.status, receipt.code) == (Status.DUE, "UNFORESEEN")
    assert "Gray" not in (receipt.message or "")
    assert [sent.status for sent in connector.resync()] == [Status.DELIVERED]


def test_what_happens_between_a_lost_answer_and_its_repetition_stays(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    """Within the three seconds of a live call a flow of the org has taken the new Case."""
    org.faults.add(Fault("/composite", "drop_after"))

    def taken(_: float) -> None:
        org.update("Case", only(org, "Case")["Id"], Status="Working")

    connector._salesforce._transport._sleep = taken  # type: ignore[attr-defined]
    receipt = connector.hand_off(tap(clock))
    assert (receipt.status, receipt.api_calls) == (Status.DELIVERED, 2)
    assert only(org, "Case")["Status"] == "Working"
    assert only(org, "Task")["Id"] == receipt.task_id


def test_a_whole_episode_sent_again_after_its_case_was_closed_makes_nothing(
    org: Embedded, settings: Settings, clock: Clock, tmp_path: Any
) -> None:
    """The store is lost, the Case of two taps is closed, and both taps come again."""
    payloads = [tap(clock), tap(clock)]
    with connect(settings, clock) as before:
        first = [before.hand_off(payload) for payload in payloads]
    org.update("Case", only(org, "Case")["Id"], Status="Closed")
    kept = (org.records("Case"), org.records("Task"))
    lost = settings.model_copy(update={"store": f"sqlite:///{tmp_path / 'lost' / 'store.sqlite3'}"})
    with connect(lost, clock) as after:
        again = [after.hand_off(payload) for payload in payloads]
    assert (org.records("Case"), org.records("Task")) == kept
    assert [(each.status, each.case_id, each.task_id) for each in again] == [
        (Status.DELIVERED, each.case_id, each.task_id) for each in first
    ]


def test_above_its_daily_ceiling_a_ramp_gives_the_dial_plan_only(
    settings: Settings, org: Embedded, clock: Clock, mappings: MappingSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    ramps = replace(
        mappings.ramps,
        ramps=tuple(replace(each, daily_ceiling=2) for each in mappings.ramps.ramps),
    )
    monkeypatch.setattr("sf_handoff.adapters.assembly.load", lambda package: replace(mappings, ramps=ramps))
    with connect(settings, clock, sleep=lambda seconds: None) as connector:
        first = sample_handoff(at=clock.now, handoff_id=str(uuid.uuid4()))
        given = [first, *(sample_handoff(at=clock.now, handoff_id=str(uuid.uuid4())) for _ in range(2))]
        receipts = [connector.hand_off(each) for each in given]
        assert [(each.status, each.code) for each in receipts] == [
            (Status.DELIVERED, None), (Status.DELIVERED, None), (Status.KEPT, "OVER_CEILING"),
        ]  # fmt: skip
        assert (receipts[2].dial.code, receipts[2].dial.link) == (None, "tel:+18008271000")
        # What was there before is not refused for it; another screen, and another day, have their own.
        assert connector.hand_off(first).dial == receipts[0].dial
        other = sample_handoff(at=clock.now, handoff_id=str(uuid.uuid4()), screen="ClaimsList")
        assert connector.hand_off(other).status is Status.DELIVERED
        clock.forward(hours=15)
        later = sample_handoff(at=clock.now, handoff_id=str(uuid.uuid4()))
        assert connector.hand_off(later).status is Status.DELIVERED
    assert len(org.records("Task")) == 4
