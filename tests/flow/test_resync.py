"""What waits in the outbox goes out in few calls, and each handoff is settled by its own outcome."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sf_handoff.resync
from sf_handoff import Connector, NotKept, Receipt, settlement
from sf_handoff.adapters.assembly import connect, open_salesforce, open_store
from sf_handoff.adapters.settings import Settings
from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.calls.follow_ups import Kind
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.plan import Plan
from sf_handoff.calls.receipt import Sent
from sf_handoff.calls.states import Status
from sf_handoff.calls.tap import Tap
from sf_handoff.embedded import Embedded, Fault, ids
from sf_handoff.errors import Uncertain
from sf_handoff.mapping import MappingSet, Text, once
from sf_handoff.ports import Waiting
from sf_handoff.retry import OVERNIGHT
from tests.conftest import Clock
from tests.flow.backlog import Send, as_it_is, backlog, keep, meddling, shut, tap

NOBODY = "1999999999V199999"
DELIVERED, DUE, PARKED = Status.DELIVERED, Status.DUE, Status.PARKED


def stranger(icn: str = NOBODY) -> dict[str, Any]:
    return {"icn": icn, "first_name": "Casey", "last_name": "Doe", "phone": "+15035550150"}


def by_id(receipts: tuple[Sent, ...]) -> dict[str, Receipt]:
    found = {each.handoff_id: each for each in receipts if isinstance(each, Receipt)}
    assert len(found) == len(receipts)
    return found


def codes(receipts: tuple[Sent, ...]) -> set[tuple[str, str | None]]:
    return {(str(each.status), each.code) for each in receipts}


def keys(org: Embedded, sobject: str) -> list[str]:
    return sorted(str(each["Handoff_Id__c"]) for each in org.records(sobject))


def of_key(org: Embedded, sobject: str, key: str) -> dict[str, Any]:
    (found,) = [each for each in org.records(sobject) if each["Handoff_Id__c"] == key]
    return found


def in_chunks_of(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sf_handoff.resync, "plan", lambda backlog, in_flight: Plan(size))


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def connector(settings: Settings, clock: Clock, naps: list[float]) -> Iterator[Connector]:
    with connect(settings, clock, sleep=naps.append) as connected:
        yield connected


def test_a_thousand_take_three_calls(connector: Connector, org: Embedded, clock: Clock) -> None:
    """One for the names of queues, one for the Cases, one for the Tasks; and then there is nothing to do."""
    for number in range(1000):
        clock.forward(seconds=1)
        handoff = Handoff.parse(tap(clock, number + 1))
        connector._keep(str(handoff.handoff_id), connector._decide(handoff))
    clock.forward(seconds=60)
    before = org.api_calls
    receipts = connector.resync()
    assert org.api_calls - before == sum(each.api_calls for each in receipts) == 3
    assert codes(receipts) == {("delivered", None)}
    assert len(receipts) == len(org.records("Case")) == len(org.records("Task")) == 1000
    assert [each.handoff_id for each in receipts] == [row.handoff_id for row in connector.outbox()]
    assert connector.resync() == ()
    assert org.api_calls - before == 3


def test_with_the_names_known_a_batch_takes_two_calls_and_its_first_row_bears_them(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    connector.hand_off(tap(clock))
    backlog(connector, clock, 5, first=1)
    before = org.api_calls
    assert [each.api_calls for each in connector.resync()] == [2, 0, 0, 0, 0]
    assert org.api_calls - before == 2


def test_a_batch_writes_what_a_single_handoff_writes(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    clock.forward(seconds=1)
    alone = connector.hand_off(tap(clock, 1))
    given = keep(connector, [tap(clock, claim) for claim in (2, 3, 4)])
    connector.resync()
    stamps = {"CreatedDate", "LastModifiedDate", "SystemModstamp", "CompletedDateTime"}
    own = {"Id", "CaseNumber", "Handoff_Id__c", "Handoff_Claim_Id__c", "WhatId"} | stamps

    def shared(sobject: str, key: str) -> dict[str, Any]:
        return {name: value for name, value in of_key(org, sobject, key).items() if name not in own}

    for sobject in ("Case", "Task"):
        assert [shared(sobject, each) for each in given] == [shared(sobject, alone.handoff_id)] * 3
    for each in given:
        assert of_key(org, "Task", each)["WhatId"] == of_key(org, "Case", each)["Id"]


def test_s14_nobody_or_several_with_a_persons_key(connector: Connector, org: Embedded, clock: Clock) -> None:
    several = "1888888888V188888"
    for name in ("One", "Two"):
        org.create("Contact", LastName=name, ICN__c=several)
    none, two, known = keep(
        connector,
        [tap(clock, 1, veteran=stranger()), tap(clock, 2, veteran=stranger(several)), tap(clock, 3)],
    )
    found = by_id(connector.resync())
    assert [(found[each].status, found[each].contact_linked) for each in (none, two, known)] == [
        (DELIVERED, "none"),
        (DELIVERED, "ambiguous"),
        (DELIVERED, "linked"),
    ]
    assert [of_key(org, "Case", each)["ContactId"] for each in (none, two)] == [None, None]
    assert of_key(org, "Case", none)["SuppliedName"] == "Casey Doe"
    assert of_key(org, "Task", known)["WhoId"] == of_key(org, "Case", known)["ContactId"] is not None


@pytest.mark.parametrize(
    "code",
    ["FIELD_CUSTOM_VALIDATION_EXCEPTION", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "DUPLICATES_DETECTED"],
)
def test_s12_a_refused_case_is_parked_at_once_and_the_others_are_delivered(
    connector: Connector, org: Embedded, clock: Clock, naps: list[float], code: str
) -> None:
    first, bad, last = backlog(connector, clock, 3)
    org.faults.add(
        Fault("", "row", sobject="Case", where={"Handoff_Id__c": bad}, code=code, message="canary")
    )
    found = by_id(connector.resync())
    assert [found[each].status for each in (first, bad, last)] == [DELIVERED, PARKED, DELIVERED]
    assert (found[bad].code, found[bad].case_id, naps) == (code, None, [])
    assert "canary" not in (found[bad].message or "")
    assert keys(org, "Case") == keys(org, "Task") == sorted((first, last))
    assert connector.resync() == ()


def test_s08_one_bad_of_two_hundred_is_parked_with_its_own_code(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent as all or none, so nothing is rolled back for it and sent a second time."""
    given = backlog(connector, clock, 200)
    bad, refused = given[117], "REQUIRED_FIELD_MISSING"
    org.faults.add(Fault("", "row", sobject="Case", where={"Handoff_Id__c": bad}, code=refused, message="no"))
    sent = list[str]()

    def noted(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        sent.append(json.dumps(request.to_json("66.0")))
        return send()

    with meddling(connector, monkeypatch, noted):
        found = by_id(connector.resync())
    assert {each: found[each].status for each in given} == {
        each: PARKED if each == bad else DELIVERED for each in given
    }
    assert found[bad].code == refused
    assert keys(org, "Case") == keys(org, "Task") == sorted(set(given) - {bad})
    assert len(sent) == 3
    assert not any('"allOrNone": true' in each for each in sent)


def test_s11_several_records_under_one_key_park_it_and_nothing_else_is_tried(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is a script: the key is unique, so the org cannot be brought to give it."""
    backlog(connector, clock, 1)
    halted: Any = [{"errorCode": "PROCESSING_HALTED", "message": "canary"}]
    taken: Any = [{"errorCode": "DUPLICATE_VALUE", "message": "canary"}]
    candidates: Any = ["/services/data/v66.0/sobjects/Case/500-canary"]

    def several(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        known = {"case": Part("case", 400, taken), "case_read": Part("case_read", 300, candidates)}
        names = [part.reference_id for part in request.subrequests]
        return tuple(known.get(name, Part(name, 400, halted)) for name in names)

    with meddling(connector, monkeypatch, several) as seen:
        (receipt,) = connector.resync()
        assert connector.resync() == ()
    assert (receipt.status, receipt.code, receipt.case_id) == (PARKED, "MULTIPLE_MATCH", None)
    assert "canary" not in (receipt.message or "")
    assert len(seen) == 1
    assert (keys(org, "Case"), keys(org, "Task")) == ([], [])


def test_s15_a_refused_task_leaves_its_case_and_is_replayed_alone(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    given = backlog(connector, clock, 3)
    bad = given[1]
    refused = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    org.faults.add(Fault("", "row", sobject="Task", where={"Handoff_Id__c": bad}, code=refused, message=""))
    found = by_id(connector.resync())
    assert [found[each].status for each in given] == [DELIVERED, PARKED, DELIVERED]
    assert found[bad].case_id == of_key(org, "Case", bad)["Id"]
    org.update("Case", str(found[bad].case_id), Status="Working")
    (sent,) = connector.resync(states=(PARKED,))
    assert (sent.status, sent.task_id) == (DELIVERED, of_key(org, "Task", bad)["Id"])
    assert of_key(org, "Case", bad)["Status"] == "Working"
    assert keys(org, "Case") == keys(org, "Task") == sorted(given)


def test_s07_three_locked_of_two_hundred_are_sent_again_alone(
    connector: Connector, org: Embedded, clock: Clock, naps: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = backlog(connector, clock, 200)
    for each in given[10:13]:
        org.faults.add(Fault("", "row", sobject="Case", where={"Handoff_Id__c": each}, times=2))
    sizes = list[int]()

    def counted(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        bodies: list[Any] = [part.body or {} for part in request.subrequests]
        sizes.append(sum(len(body.get("records", ())) for body in bodies))
        return send()

    with meddling(connector, monkeypatch, counted):
        receipts = connector.resync()
    assert codes(receipts) == {("delivered", None)}
    assert sizes == [0, 200, 197, 3, 3, 3]
    assert len(naps) == 2
    assert all(0.1 <= nap <= 1.5 for nap in naps)
    assert keys(org, "Case") == keys(org, "Task") == sorted(given)


def test_s07_what_stays_locked_is_left_due(
    connector: Connector, org: Embedded, clock: Clock, naps: list[float]
) -> None:
    given = backlog(connector, clock, 4)
    org.faults.add(Fault("", "row", sobject="Case", where={"Handoff_Id__c": given[2]}, times=None))
    found = by_id(connector.resync())
    assert [found[each].status for each in given] == [DELIVERED, DELIVERED, DUE, DELIVERED]
    assert found[given[2]].code == "UNABLE_TO_LOCK_ROW"
    assert len(naps) == OVERNIGHT.locked
    org.faults.clear()
    assert codes(connector.resync()) == {("delivered", None)}


@pytest.mark.parametrize("end", [{"Status": "Closed"}, {"Handoff_Outcome__c": "confirmed"}])
def test_a_case_that_agents_are_done_with_stays_and_the_tap_opens_another(
    connector: Connector, org: Embedded, clock: Clock, end: dict[str, Any]
) -> None:
    before = connector.hand_off(tap(clock, 1))
    clock.forward(minutes=5)
    again, *others = backlog(connector, clock, 3, first=1)
    org.update("Case", str(before.case_id), **end)
    left = of_key(org, "Case", before.handoff_id)
    found = by_id(connector.resync())
    assert [found[each].status for each in (again, *others)] == [DELIVERED] * 3
    assert of_key(org, "Case", before.handoff_id) == left
    assert found[again].case_id == of_key(org, "Case", again)["Id"]
    assert of_key(org, "Task", again)["WhatId"] == found[again].case_id
    assert len(org.records("Case")) == 4


def test_an_open_case_is_joined_by_its_newest_tap_and_only_by_it(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    first = connector.hand_off(tap(clock, 1))
    taps = []
    for screen in ("ClaimsList", "ClaimStatus", "ClaimPhase"):
        clock.forward(minutes=1)
        taps.append(tap(clock, 1, screen=screen))
    keep(connector, taps)
    before = org.api_calls
    receipts = connector.resync()
    assert codes(receipts) == {("delivered", None)}
    assert {each.case_id for each in receipts} == {first.case_id}
    case = of_key(org, "Case", first.handoff_id)
    assert (case["Handoff_Taps__c"], case["Handoff_Screen__c"]) == (4, "ClaimPhase")
    assert {task["WhatId"] for task in org.records("Task")} == {case["Id"]}
    assert len(org.records("Task")) == 4
    assert org.api_calls - before == 3  # is it open; the Case; the Tasks


def test_several_taps_of_one_episode_make_one_case(connector: Connector, org: Embedded, clock: Clock) -> None:
    taps = []
    for screen in ("ClaimsList", "ClaimStatus", "ClaimPhase"):
        clock.forward(minutes=1)
        taps.append(tap(clock, 1, screen=screen))
    given = keep(connector, taps)
    before = org.api_calls
    receipts = connector.resync()
    assert codes(receipts) == {("delivered", None)}
    assert org.api_calls - before == 3
    (case,) = org.records("Case")
    assert (case["Handoff_Id__c"], case["Handoff_Taps__c"]) == (given[0], 3)
    assert case["Handoff_Screen__c"] == "ClaimPhase"
    assert {task["WhatId"] for task in org.records("Task")} == {case["Id"]}
    assert keys(org, "Task") == sorted(given)


def test_taps_of_the_same_moment_join_their_case_together(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    first = connector.hand_off(tap(clock, 1))
    clock.forward(minutes=1)
    keep(connector, [tap(clock, 1) for _ in range(3)])
    receipts = connector.resync()
    assert codes(receipts) == {("delivered", None)}
    assert {each.case_id for each in receipts} == {first.case_id}
    assert of_key(org, "Case", first.handoff_id)["Handoff_Taps__c"] == 4


@pytest.fixture
def lost(settings: Settings, clock: Clock, tmp_path: Path, naps: list[float]) -> Iterator[Connector]:
    """A Connector on the same org whose store knows nothing of what was delivered before."""
    other = settings.model_copy(update={"store": f"sqlite:///{tmp_path / 'lost' / 'store.sqlite3'}"})
    with connect(other, clock, sleep=naps.append) as connected:
        yield connected


@pytest.mark.parametrize("end", [{"Status": "Working"}, {"Status": "Closed"}])
def test_s10_a_case_that_is_there_is_found_and_never_overwritten(
    connector: Connector, lost: Connector, org: Embedded, clock: Clock, end: dict[str, Any]
) -> None:
    """All come again after the store was lost: handoffs that were delivered, with agents at their Cases."""
    payloads = [tap(clock, claim) for claim in (1, 2, 3, 4)]
    before = {each.handoff_id: each for each in map(connector.hand_off, payloads[:3])}
    for each in before.values():
        org.update("Case", str(each.case_id), Subject="Agent's own words", **end)
    cases, tasks = org.records("Case"), org.records("Task")
    keep(lost, payloads)
    found = by_id(lost.resync())
    assert {each.status for each in found.values()} == {DELIVERED}
    for key, each in before.items():
        again = found[key]
        assert (again.case_id, again.case_number, again.task_id) == (
            each.case_id,
            each.case_number,
            each.task_id,
        )
    assert org.records("Case")[:3] == cases
    assert org.records("Task")[:3] == tasks
    assert (len(org.records("Case")), len(org.records("Task"))) == (4, 4)


def test_a_later_tap_leaves_a_closed_case_that_our_store_does_not_know(
    connector: Connector, lost: Connector, org: Embedded, clock: Clock
) -> None:
    """Its store is lost; an earlier and a new tap come, and agents are done with the Case of the earlier."""
    first = tap(clock, 1)
    old = connector.hand_off(first)
    org.update("Case", str(old.case_id), Status="Closed")
    left = of_key(org, "Case", old.handoff_id)
    clock.forward(minutes=5)
    new = tap(clock, 1)
    keep(lost, [first, new, tap(clock, 2)])
    found = by_id(lost.resync())
    assert {each.status for each in found.values()} == {DELIVERED}
    assert of_key(org, "Case", old.handoff_id) == left
    assert found[new["handoff_id"]].case_id == of_key(org, "Case", new["handoff_id"])["Id"] != old.case_id


def test_a_later_tap_joins_an_open_case_that_our_store_does_not_know(
    connector: Connector, lost: Connector, org: Embedded, clock: Clock
) -> None:
    first = tap(clock, 1)
    old = connector.hand_off(first)
    org.update("Case", str(old.case_id), Subject="Agent's own words")
    clock.forward(minutes=5)
    keep(lost, [first, tap(clock, 1, screen="ClaimsList"), tap(clock, 2)])
    assert codes(lost.resync()) == {("delivered", None)}
    case = of_key(org, "Case", old.handoff_id)
    assert (case["Subject"], case["Handoff_Taps__c"]) == ("Agent's own words", 2)
    assert case["Handoff_Screen__c"] == "ClaimsList"
    assert [each["WhatId"] for each in org.records("Task")].count(case["Id"]) == 2


def test_a_tap_that_was_delivered_before_its_case_was_closed_makes_nothing(
    connector: Connector, lost: Connector, org: Embedded, clock: Clock
) -> None:
    first = tap(clock, 1)
    clock.forward(minutes=1)
    second = tap(clock, 1)
    old = [connector.hand_off(each) for each in (first, second)]
    org.update("Case", str(old[0].case_id), Status="Closed")
    before = (org.records("Case"), org.records("Task"))
    keep(lost, [first, second])
    with pytest.MonkeyPatch.context() as patch:
        in_chunks_of(10, patch)
        found = by_id(lost.resync())
    assert (org.records("Case"), org.records("Task")) == before
    assert [found[each.handoff_id].task_id for each in old] == [each.task_id for each in old]


def test_s10_two_writers_at_the_same_moment(
    connector: Connector, lost: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another host writes the Cases and Tasks when we have just begun."""
    payloads = [tap(clock, claim) for claim in (1, 2, 3)]
    keep(connector, payloads)

    def raced(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        if number == 2:
            for payload in payloads:
                lost.hand_off(payload)
        return send()

    with meddling(connector, monkeypatch, raced):
        receipts = connector.resync()
    assert codes(receipts) == {("delivered", None)}
    assert keys(org, "Case") == keys(org, "Task") == sorted(each.handoff_id for each in receipts)
    assert {each.case_number for each in receipts} == {each["CaseNumber"] for each in org.records("Case")}


def test_late_ones_are_history_for_no_queue(connector: Connector, org: Embedded, clock: Clock) -> None:
    late = backlog(connector, clock, 2, first=1)
    clock.forward(hours=3)
    (fresh,) = backlog(connector, clock, 1, first=3)
    receipts = connector.resync()
    assert codes(receipts) == {("delivered", None)}
    queues = {each["Id"] for each in org.records("Group")}
    for each in late:
        case = of_key(org, "Case", each)
        assert (case["Handoff_State__c"], case["Status"]) == ("late", "Closed")
        assert case["OwnerId"] not in queues
    assert of_key(org, "Case", fresh)["OwnerId"] in queues


def broken_at(claim: str) -> Any:
    def subject(tap: Tap) -> str:
        if tap.handoff.claim and tap.handoff.claim.id == claim:
            raise AttributeError("canary")
        return "Call"

    return Text("Subject", once, subject, length=255)


@pytest.mark.parametrize("part", ["case", "task", "person"])
def test_a_map_that_fails_parks_its_handoff_and_no_other(
    connector: Connector, settings: Settings, clock: Clock, mappings: MappingSet, part: str
) -> None:
    def nobody(veteran: Any) -> str | None:
        if veteran.last_name == "Doe":
            raise AttributeError("canary")
        return str(veteran.icn)

    if part == "person":
        maps = replace(mappings, person=replace(mappings.person, identifier=nobody))
    else:
        whole = getattr(mappings, part)
        fields = tuple(each for each in whole.fields if each.api_name != "Subject")
        maps = replace(mappings, **{part: replace(whole, fields=(*fields, broken_at("2")))})
    given = keep(connector, [tap(clock, 1), tap(clock, 2, veteran=stranger()), tap(clock, 3)])
    store = open_store(settings, clock)
    with Connector(salesforce=open_salesforce(settings), store=store, mappings=maps, clock=clock) as made:
        found = by_id(made.resync())
        assert [found[each].status for each in given] == [DELIVERED, PARKED, DELIVERED]
        assert found[given[1]].code == "MAP"
        assert "canary" not in (found[given[1]].message or "")
        assert made.hand_off(tap(clock, 2, veteran=stranger())).code == "MAP"


def test_all_fates_in_one_batch(connector: Connector, org: Embedded, clock: Clock) -> None:
    """None of them costs another anything."""
    joined = connector.hand_off(tap(clock, 100))
    closed = connector.hand_off(tap(clock, 101))
    clock.forward(minutes=2)
    given = keep(
        connector,
        [
            tap(clock, 1),
            tap(clock, 2, veteran=stranger()),
            tap(clock, 3),
            tap(clock, 4),
            tap(clock, 5),
            tap(clock, 100),
            tap(clock, 101),
            tap(clock, 6),
        ],
    )
    org.update("Case", str(closed.case_id), Status="Closed")
    refused = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    for sobject, at, code in (("Case", 2, refused), ("Task", 3, refused), ("Case", 4, "UNABLE_TO_LOCK_ROW")):
        where = {"Handoff_Id__c": given[at]}
        org.faults.add(Fault("", "row", sobject=sobject, where=where, code=code, message="no"))
    found = by_id(connector.resync())
    assert [found[each].status for each in given] == [
        *(DELIVERED, DELIVERED, PARKED, PARKED),
        *(DELIVERED, DELIVERED, DELIVERED, DELIVERED),
    ]
    assert found[given[5]].case_id == joined.case_id
    assert found[given[6]].case_id not in (None, closed.case_id)
    assert sum(each.api_calls > 0 for each in found.values()) == 1


# Breaking off


def test_k05_a_batch_that_breaks_off_between_cases_and_tasks_doubles_nothing(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Tasks are written, and no answer comes; not to the repetitions either."""
    given = backlog(connector, clock, 5)

    def cut(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        if number == 3:
            org.faults.add(Fault("/composite", "drop_after", times=None))
        return send()

    with meddling(connector, monkeypatch, cut):
        assert codes(connector.resync()) == {("due", "BROKEN_OFF")}
    assert {row.case_done for row in connector.outbox()} == {True}
    org.faults.clear()
    assert codes(connector.resync()) == {("delivered", None)}
    assert keys(org, "Case") == keys(org, "Task") == sorted(given)
    assert all(of_key(org, "Task", each)["WhatId"] == of_key(org, "Case", each)["Id"] for each in given)


def test_k05_a_process_that_dies_between_cases_and_tasks_gives_its_rows_back(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = backlog(connector, clock, 3)

    def dies(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        if number == 3:
            raise SystemExit(137)
        return send()

    with meddling(connector, monkeypatch, dies), pytest.raises(SystemExit):
        connector.resync()
    assert connector.resync() == ()
    clock.forward(seconds=OVERNIGHT.total + 10)
    assert codes(connector.resync()) == {("delivered", None)}
    assert keys(org, "Case") == keys(org, "Task") == sorted(given)


def test_a_refusal_for_good_stands_although_the_batch_breaks_off_later(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = backlog(connector, clock, 3)
    refused = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    where = {"Handoff_Id__c": given[1]}
    org.faults.add(Fault("", "row", sobject="Case", where=where, code=refused, message="no"))

    def cut(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        if number == 3:
            org.faults.add(Fault("/composite", "drop_before", times=None))
        return send()

    with meddling(connector, monkeypatch, cut):
        found = by_id(connector.resync())
    assert [found[each].code for each in given] == ["BROKEN_OFF", refused, "BROKEN_OFF"]
    assert [found[each].status for each in given] == [DUE, PARKED, DUE]


def test_s02_a_session_that_ends_in_the_third_of_five_batches(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector.hand_off(tap(clock))
    given = backlog(connector, clock, 15, first=1)
    in_chunks_of(3, monkeypatch)
    signed_in = sum("oauth2/token" in each for each in org.requests)

    def ended(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        if number == 5:
            org.expire_sessions()
        return send()

    with meddling(connector, monkeypatch, ended) as seen:
        assert codes(connector.resync()) == {("delivered", None)}
    assert len(seen) == 10  # two for each batch, none of them twice
    assert sum("oauth2/token" in each for each in org.requests) - signed_in == 1
    assert len(org.records("Case")) == len(org.records("Task")) == len(given) + 1


def fewer(part: Part) -> Part:
    return replace(part, body=part.body[:-1]) if isinstance(part.body, list) else part


def without_id(part: Part) -> Part:
    if not isinstance(part.body, list):
        return part
    return replace(part, body=[{**part.body[0], "id": None}, *part.body[1:]])  # type: ignore[dict-item]


def no_list(part: Part) -> Part:
    return replace(part, body={}) if isinstance(part.body, list) else part


@pytest.mark.parametrize(
    ("change", "left"), [(fewer, 0), (no_list, 0), (without_id, 1)], ids=["fewer", "no list", "without id"]
)
@pytest.mark.parametrize("at", [2, 3], ids=["Cases", "Tasks"])
def test_s09_results_that_do_not_fit_are_in_doubt_and_sent_again_by_key(
    connector: Connector,
    org: Embedded,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    change: Any,
    left: int,
    at: int,
) -> None:
    given = backlog(connector, clock, 5)

    def garbled(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        return tuple(change(part) for part in send()) if number == at else send()

    with meddling(connector, monkeypatch, garbled):
        statuses = [each.status for each in connector.resync()]
    assert statuses.count(DUE) == left
    connector.resync()
    assert keys(org, "Case") == keys(org, "Task") == sorted(given)


def test_salesforce_away_ends_it_and_the_rest_is_not_tried(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    backlog(connector, clock, 6)
    in_chunks_of(3, monkeypatch)
    org.faults.add(Fault("/services/", "html", times=None))
    assert codes(connector.resync()) == {("due", "NOT_JSON")}
    assert [row.code for row in connector.outbox()].count("NOT_JSON") == 3
    assert {row.attempts for row in connector.outbox()} == {0}
    org.faults.clear()
    assert len(connector.resync()) == 6


def test_the_store_away_for_the_note_costs_nothing(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = backlog(connector, clock, 3)

    def full(*_: object) -> None:
        raise NotKept("full", code="STORE")

    with monkeypatch.context() as broken:
        broken.setattr(connector._store, "settle_all", full)
        assert codes(connector.resync()) == {("due", "STORE")}
    clock.forward(seconds=OVERNIGHT.total + 10)
    assert codes(connector.resync()) == {("delivered", None)}
    assert keys(org, "Case") == keys(org, "Task") == sorted(given)


def test_the_leases_are_prolonged_before_each_call(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call takes nearly all of its time; nobody else gets the rows meanwhile."""
    backlog(connector, clock, 3)

    def slow(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        clock.forward(seconds=OVERNIGHT.total)
        free = connector._store.take(limit=9, lease=clock.now - clock.now, waiting_too=True)
        assert free == []
        return send()

    with meddling(connector, monkeypatch, slow) as seen:
        assert codes(connector.resync()) == {("delivered", None)}
    assert len(seen) == 3


# Names of queues and record types


def test_a_queue_that_was_made_anew_is_looked_up_again_for_the_whole_batch(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    connector.hand_off(tap(clock))
    connector._delivery._sender.learn({"name_Group_App_Handoff_Claims": ids.make("00G", 999)})
    backlog(connector, clock, 4, first=1)
    assert codes(connector.resync()) == {("delivered", None)}
    assert len({each["OwnerId"] for each in org.records("Case")}) == 1


def test_a_queue_that_is_not_there_leaves_its_handoffs_due_and_the_others_go(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    (queue,) = [each for each in org.records("Group") if each["DeveloperName"] == "App_Handoff_Claims"]
    org.update("Group", queue["Id"], DeveloperName="Old")
    missing, _, found = keep(
        connector, [tap(clock, 1), tap(clock, 2), tap(clock, screen="SomethingNew", claim=None)]
    )
    receipts = by_id(connector.resync())
    assert (receipts[missing].status, receipts[missing].code) == (DUE, "NAME_NOT_FOUND")
    assert receipts[found].status is DELIVERED
    assert {row.attempts for row in connector.outbox(ids=(missing,))} == {0}
    org.update("Group", queue["Id"], DeveloperName="App_Handoff_Claims")
    assert codes(connector.resync()) == {("delivered", None)}


# Side by side


def test_with_several_calls_in_flight_the_result_is_the_same(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    given = []
    for _ in range(3):
        given += backlog(connector, clock, 8, first=1)
    told = list[str]()
    receipts = connector.resync(in_flight=3, progress=lambda receipt: told.append(receipt.handoff_id))
    assert codes(receipts) == {("delivered", None)}
    assert told == [each.handoff_id for each in receipts]
    assert sorted(told) == sorted(given)
    assert (len(org.records("Case")), len(org.records("Task"))) == (8, 24)
    assert {each["Handoff_Taps__c"] for each in org.records("Case")} == {3}
    assert len({each.case_id for each in receipts}) == 8


def test_an_episode_stays_in_its_lane_and_in_its_order() -> None:
    waiting = [Waiting(f"tap-{number}", f"case-{number % 7}", Kind.TAP) for number in range(70)]
    lanes = sf_handoff.resync._lanes(waiting, Plan(4), 3)
    assert len(lanes) == 3
    episode = {each.handoff_id: each.case_key for each in waiting}
    orders = [[tap for chunk in lane for tap in chunk] for lane in lanes]
    assert all(len(chunk) <= 4 for lane in lanes for chunk in lane)
    assert all(order == sorted(order, key=list(episode).index) for order in orders)
    assert sorted(tap for order in orders for tap in order) == sorted(episode)
    cases = [{episode[tap] for tap in order} for order in orders]
    assert sum(len(each) for each in cases) == len(set.union(*cases)) == 7


def test_what_breaks_in_one_lane_is_raised_and_the_others_are_told_first() -> None:
    others_are_done = threading.Event()
    told = list[str]()

    def send(chunk: Any) -> list[Any]:
        if chunk == ["bad"]:
            assert others_are_done.wait(10)
            raise ZeroDivisionError
        return [Said(each) for each in chunk]

    class Said:
        error = None

        def __init__(self, row: str) -> None:
            self.row = row

    def run() -> None:
        lanes = [[["bad"], ["never"]], [["a"], ["b"]], [["c"]]]
        for row in sf_handoff.resync._all(send, lanes, 3, stop=lambda: False):
            told.append(str(row))
            if len(told) == 3:
                others_are_done.set()

    with pytest.raises(ZeroDivisionError):
        run()
    assert sorted(told) == ["a", "b", "c"]


def test_two_re_syncs_at_once_send_each_row_once(
    connector: Connector, settings: Settings, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C01: a re-sync by hand while another one runs."""
    given = backlog(connector, clock, 24)
    in_chunks_of(3, monkeypatch)
    with connect(settings, clock, sleep=lambda seconds: None) as other, ThreadPoolExecutor(2) as pool:
        ran = [pool.submit(each.resync) for each in (connector, other)]
        receipts = [receipt for each in ran for receipt in each.result()]
    assert sorted(each.handoff_id for each in receipts) == sorted(given)
    assert keys(org, "Case") == keys(org, "Task") == sorted(given)


def test_a_live_call_for_a_row_of_a_running_batch_waits_for_what_becomes_of_it(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    payloads = [tap(clock, claim) for claim in (1, 2, 3)]
    keep(connector, payloads)
    live = list[Receipt]()
    asking = threading.Thread(target=lambda: live.append(connector.hand_off(payloads[0])))

    asked, never = threading.Event(), threading.Event()

    def glance(seconds: float) -> None:
        asked.set()
        never.wait(0.01)

    def meanwhile(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        if number == 2:
            asking.start()
            assert asked.wait(10)
        return send()

    monkeypatch.setattr(connector, "_sleep", glance)
    with meddling(connector, monkeypatch, meanwhile):
        receipts = connector.resync()
        asking.join()
    assert codes(receipts) == {("delivered", None)}
    assert live[0].handoff_id == payloads[0]["handoff_id"]
    assert keys(org, "Case") == keys(org, "Task") == sorted(each["handoff_id"] for each in payloads)


def test_nothing_is_taken_while_it_is_shut(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    backlog(connector, clock, 3)
    with shut(connector), meddling(connector, monkeypatch, as_it_is) as seen:
        assert codes(connector.resync()) == {("due", "TEST")}
    assert seen == []
    assert {row.attempts for row in connector.outbox()} == {0}


def poison(handoff_id: str) -> Callable[[int, CompositeRequest, Send], tuple[Part, ...]]:
    """Salesforce never answers to a call that holds this handoff."""

    def answer(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        if handoff_id in json.dumps(request.to_json("66.0")):
            raise Uncertain("canary", code="TIMEOUT")
        return send()

    return answer


def test_a_handoff_that_never_gets_an_answer_does_not_hold_up_the_others(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is found by tens each time, and given up in the end; the gate stays open."""
    given = backlog(connector, clock, 60)
    bad = given[7]
    monkeypatch.setattr(settlement, "MOST_ATTEMPTS", 3)
    with meddling(connector, monkeypatch, poison(bad)):
        found = {each.handoff_id: each.status for each in connector.resync()}
        assert found == {each: DUE if each == bad else Status.DELIVERED for each in given}
        assert connector.paused() is None
        for number in (61, 73):
            backlog(connector, clock, 12, first=number)
            connector.resync()
    (row,) = connector.outbox(ids=(bad,))
    assert (row.state, row.code) == (Status.PARKED, "TIMEOUT")


def test_where_none_gets_an_answer_it_is_salesforce_that_is_away(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two parts are tried, not all; and nobody's attempts are counted."""
    backlog(connector, clock, 60)
    asked = list[int]()

    def silent(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        asked.append(number)
        raise Uncertain("canary", code="TIMEOUT")

    with meddling(connector, monkeypatch, silent):
        assert codes(connector.resync()) == {("due", "TIMEOUT")}
    assert len(asked) == 3
    assert {row.attempts for row in connector.outbox()} == {0}
