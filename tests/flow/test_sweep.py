"""The sweep: what no call came for is closed, what agents have picked is counted, what is over is emptied."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from sf_handoff import Connector, IncomingCall, Receipt
from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import events, handoffs, swept
from sf_handoff.calls.batch import chunks
from sf_handoff.calls.composite import CompositeRequest, Part, Subrequest
from sf_handoff.calls.states import Status
from sf_handoff.calls.sweep import Finding
from sf_handoff.embedded import Embedded, Fault
from sf_handoff.errors import Exhausted, Misconfigured, Unavailable
from sf_handoff.mapping import Json, MappingSet
from sf_handoff.reports.day import ReportDay
from sf_handoff.retry import Call
from sf_handoff.sweep import COUNTED, Sweep, Swept
from tests.conftest import Clock
from tests.flow import backlog as kept
from tests.flow.backlog import Send, as_it_is, meddling
from tests.flow.test_follow_ups import JESSE, call, case_of, tap, window

REFUSED = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
SHOWN = ("Handoff_Screen__c", "Handoff_Claim_Id__c", "Handoff_Claim_Title__c", "Handoff_App__c")


@pytest.fixture
def store(connector: Connector) -> SqlStore:
    assert isinstance(connector._store, SqlStore)
    return connector._store


@pytest.fixture
def sweep(connector: Connector, store: SqlStore, mappings: MappingSet, clock: Clock) -> Callable[[], Swept]:
    """A sweep as of now."""
    made = Sweep(salesforce=connector._salesforce, store=store, mappings=mappings, clock=clock)
    return lambda: made.run(clock.now)


@pytest.fixture
def receipt(connector: Connector, clock: Clock) -> Receipt:
    return connector.hand_off(tap(clock))


def nothing_but(**counts: int) -> dict[str, int]:
    return dict.fromkeys(COUNTED, 0) | counts


def taps(connector: Connector, clock: Clock, number: int, first: int = 600000001) -> list[str]:
    """The Ids of so many Cases, each made by a tap of its own."""
    kept.backlog(connector, clock, number, first)
    return [str(sent.case_id) for sent in connector.resync()]


def states(org: Embedded) -> set[tuple[str, str]]:
    return {(each["Handoff_State__c"], each["Status"]) for each in org.records("Case")}


def outcomes(store: SqlStore) -> list[tuple[str, str, bool]]:
    """The outcomes that were counted: the tap, the reason, and whether an agent picked it."""
    query = select(events.c.handoff_id, events.c.detail).where(events.c.kind == "outcome")
    with store._transaction() as tx:
        found = [
            (each.handoff_id, json.loads(each.detail)) for each in tx.execute(query.order_by(events.c.id))
        ]
    return [(tap, detail["reason"], detail.get("source") == "agent") for tap, detail in found]


def confirmed(store: SqlStore, clock: Clock) -> int:
    day = ReportDay(clock.now.date())
    counts = store.funnel(day.start - timedelta(days=9), day.end)
    return sum(each["confirmed"] for each in counts.values())


# No call


def test_a_case_that_no_call_came_for_is_closed(
    org: Embedded, receipt: Receipt, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    clock.forward(hours=24, minutes=30)
    assert sweep().counts["no_call"] == 1
    case = case_of(org, receipt)
    assert (case["Handoff_State__c"], case["Status"], case["IsClosed"]) == ("no_call", "Closed", True)
    assert case["Handoff_Claim_Id__c"]


def test_until_a_day_after_its_time_it_waits(
    org: Embedded, receipt: Receipt, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    clock.forward(hours=24)
    assert sweep().counts == nothing_but()
    assert states(org) == {("awaiting", "Awaiting call")}


def test_a_second_sweep_asks_and_writes_nothing_more(
    receipt: Receipt, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    clock.forward(days=2)
    assert sweep().api_calls == 2  # outcomes; one question with its change
    again = sweep()
    assert (again.counts, again.api_calls) == (nothing_but(), 1)


@pytest.mark.parametrize(
    "edit",
    [{"Status": "Working"}, {"Handoff_Outcome__c": "other_reason"}, {"Handoff_State__c": "third_party"}],
)
def test_a_case_that_an_agent_has_taken_over_is_left_alone(
    org: Embedded, receipt: Receipt, clock: Clock, sweep: Callable[[], Swept], edit: dict[str, str]
) -> None:
    org.update("Case", receipt.case_id or "", **edit)
    before = case_of(org, receipt)
    clock.forward(days=2)
    assert sweep().counts["no_call"] == 0
    assert case_of(org, receipt) == before
    assert sweep().api_calls == 1  # it is not asked for again


def test_an_agents_edit_between_question_and_write_stays(
    connector: Connector,
    org: Embedded,
    clock: Clock,
    sweep: Callable[[], Swept],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edited, taken, picked, left = taps(connector, clock, 4)
    clock.forward(days=2)

    def change(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        """Once Salesforce has said which Cases fit, agents take two before any is written."""
        answer = send()
        if number == 2:
            assert answer[1].errors[0]["errorCode"] == "PROCESSING_HALTED"
            org.update("Case", taken, Status="Working")
            org.update("Case", picked, Handoff_Outcome__c="confirmed")
        return answer

    org.update("Case", edited, Status="Working")
    with meddling(connector, monkeypatch, change):
        found = sweep()
    assert found.counts == nothing_but(no_call=1, left=3)
    by_id = {each["Id"]: each["Status"] for each in org.records("Case")}
    statuses = [by_id[each] for each in (edited, taken, picked, left)]
    assert statuses == ["Working", "Working", "Awaiting call", "Closed"]


def test_an_episode_with_a_later_tap_that_was_called_is_not_no_call(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    clock.forward(hours=2)
    later = connector.hand_off(tap(clock))
    assert later.case_id == receipt.case_id
    call(connector, later)
    connector.resync()
    clock.forward(days=2)
    assert sweep().counts == nothing_but()
    assert states(org) == {("called", "New")}


def test_a_later_tap_prolongs_its_episode(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    clock.forward(hours=20)
    connector.hand_off(tap(clock))
    clock.forward(hours=5)
    assert sweep().counts == nothing_but()
    clock.forward(hours=20)
    assert sweep().counts == nothing_but(no_call=1)


def test_a_case_that_somebody_waits_for_to_be_called_back_is_no_such_case(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    connector.request_callback(receipt.handoff_id, **window(clock))
    clock.forward(days=2)
    assert sweep().counts == nothing_but()
    assert states(org) == {("awaiting", "Awaiting call")}


def test_what_is_still_to_be_sent_is_waited_for(
    connector: Connector, org: Embedded, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    org.faults.add(Fault("", "row", sobject="Task", code="UNABLE_TO_LOCK_ROW", times=None))
    assert connector.hand_off(tap(clock)).status is Status.DUE
    clock.forward(days=2)
    assert sweep().counts == nothing_but()
    org.faults.clear()
    connector.resync(insist=True)
    assert sweep().counts == nothing_but(no_call=1)


def test_only_our_cases_are_closed(
    org: Embedded, receipt: Receipt, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    org.create("Case", Handoff_Id__c="another-store", Handoff_State__c="awaiting", Status="Awaiting call")
    clock.forward(days=2)
    assert sweep().counts == nothing_but(no_call=1)
    assert states(org) == {("no_call", "Closed"), ("awaiting", "Awaiting call")}


def test_a_case_that_is_refused_stops_no_other(
    connector: Connector, org: Embedded, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    refused, *_ = taps(connector, clock, 3)
    key = next(each["Handoff_Id__c"] for each in org.records("Case") if each["Id"] == refused)
    org.faults.add(Fault("", "row", sobject="Case", where={"Handoff_Id__c": key}, code=REFUSED, times=None))
    clock.forward(days=2)
    found = sweep()
    assert (found.counts, found.findings) == (nothing_but(no_call=2), (Finding(key, REFUSED),))
    org.faults.clear()
    assert (sweep().counts, sweep().findings) == (nothing_but(no_call=1), ())


def test_a_locked_case_is_tried_again_in_the_same_sweep(
    connector: Connector, org: Embedded, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    taps(connector, clock, 3)
    org.faults.add(Fault("", "row", sobject="Case", times=2))
    clock.forward(days=2)
    found = sweep()
    assert (found.counts, found.findings) == (nothing_but(no_call=3), ())


def test_where_every_case_is_refused_for_the_set_up_it_stops(
    connector: Connector, org: Embedded, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    taps(connector, clock, 2)
    org.faults.add(Fault("", "row", sobject="Case", code="INVALID_FIELD", times=None))
    clock.forward(days=2)
    found = sweep()
    assert (found.counts, found.findings) == (nothing_but(), ())
    assert isinstance(found.stopped, Misconfigured)


# Late


@pytest.mark.parametrize("joined", [False, True])
def test_what_came_late_is_counted_and_left(
    connector: Connector, org: Embedded, clock: Clock, sweep: Callable[[], Swept], joined: bool
) -> None:
    org.faults.add(Fault("/composite", "unavailable", times=None))
    for _ in range(1 + joined):
        connector.hand_off(tap(clock))
        clock.forward(minutes=1)
    org.faults.clear()
    clock.forward(hours=3)
    connector.resync(insist=True)
    assert states(org) == {("late", "Closed")}
    before = org.records("Case")
    clock.forward(days=2)
    assert sweep().counts == nothing_but(late=1)
    assert (sweep().counts, org.records("Case")) == (nothing_but(), before)


def test_what_only_seems_late_is_closed(
    connector: Connector, org: Embedded, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    """The Case was made in time; that it was, nobody heard until its time was over."""
    org.faults.add(Fault("/composite", "drop_after", times=None))
    connector.hand_off(tap(clock))
    assert states(org) == {("awaiting", "Awaiting call")}
    org.faults.clear()
    clock.forward(hours=3)
    connector.resync(insist=True)
    clock.forward(days=2)
    assert sweep().counts == nothing_but(no_call=1)
    assert states(org) == {("no_call", "Closed")}


# Called without outcome


@pytest.mark.parametrize(
    ("hours", "listed"),
    # From Friday 10:04 on: Tuesday 10:04 is two working days later.
    [(24 * 4 - 1, False), (24 * 4 + 1, True)],
)
def test_a_call_without_outcome_is_listed_after_two_working_days(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    sweep: Callable[[], Swept],
    hours: int,
    listed: bool,
) -> None:
    call(connector, receipt)
    connector.resync()
    since, before = clock.now, case_of(org, receipt)
    clock.forward(hours=hours)
    found = sweep().listed
    assert bool(found) is listed
    for each in found:
        assert (each.handoff_id, each.case_id) == (receipt.handoff_id, receipt.case_id)
        assert each.case_number == receipt.case_number
        assert abs(each.since - since) < timedelta(seconds=1)
    assert case_of(org, receipt) == before


@pytest.mark.parametrize("who", ["told", "picked"])
def test_with_an_outcome_it_is_not_listed(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock, sweep: Callable[[], Swept], who: str
) -> None:
    call(connector, receipt)
    connector.resync()
    if who == "told":
        connector.record_outcome(receipt.handoff_id, reason="not_useful")
    else:
        org.update("Case", receipt.case_id or "", Handoff_Outcome__c="not_useful")
    clock.forward(days=10)
    assert sweep().listed == ()


def test_it_is_listed_also_while_salesforce_is_away(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    call(connector, receipt)
    clock.forward(days=10)
    org.faults.add(Fault("/composite", "unavailable", times=None))
    found = sweep()
    assert isinstance(found.stopped, Unavailable)
    assert [each.handoff_id for each in found.listed] == [receipt.handoff_id]


# Outcomes


def test_an_outcome_that_an_agent_picked_is_counted_once(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    store: SqlStore,
    sweep: Callable[[], Swept],
) -> None:
    call(connector, receipt)
    connector.resync()
    org.update("Case", receipt.case_id or "", Handoff_Outcome__c="confirmed")
    assert sweep().counts == nothing_but(outcomes=1)
    assert sweep().counts == nothing_but()
    assert outcomes(store) == [(receipt.handoff_id, "confirmed", True)]
    assert confirmed(store, clock) == 1


def test_it_is_that_of_the_tap_whose_call_it_was(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    store: SqlStore,
    sweep: Callable[[], Swept],
) -> None:
    clock.forward(minutes=1)
    later = connector.hand_off(tap(clock))
    call(connector, later)
    connector.resync()
    org.update("Case", receipt.case_id or "", Handoff_Outcome__c="confirmed")
    sweep()
    assert outcomes(store) == [(later.handoff_id, "confirmed", True)]


def test_of_several_picks_the_last_counts(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    store: SqlStore,
    sweep: Callable[[], Swept],
) -> None:
    for picked in ("other_reason", "confirmed", "confirmed", "not_useful", "confirmed"):
        org.update("Case", receipt.case_id or "", Handoff_Outcome__c=picked, Priority="High")
        clock.forward(minutes=1)
        sweep()
    assert [reason for _, reason, _ in outcomes(store)] == [
        "other_reason", "confirmed", "not_useful", "confirmed",
    ]  # fmt: skip
    assert confirmed(store, clock) == 1


def test_an_outcome_that_was_told_by_us_is_not_doubled(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    store: SqlStore,
    sweep: Callable[[], Swept],
) -> None:
    connector.record_outcome(receipt.handoff_id, reason="confirmed")
    clock.forward(minutes=1)
    assert sweep().counts == nothing_but()
    # Nor when what was told is emptied since, and the Case changes in some other way.
    clock.forward(days=31)
    connector.purge()
    org.update("Case", receipt.case_id or "", Priority="High")
    assert sweep().counts == nothing_but()
    org.update("Case", receipt.case_id or "", Handoff_Outcome__c="not_useful")
    assert sweep().counts == nothing_but(outcomes=1)
    assert [reason for _, reason, _ in outcomes(store)] == ["confirmed", "not_useful"]


def test_a_pick_is_not_taken_for_what_was_told_and_did_not_come_there(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    store: SqlStore,
    sweep: Callable[[], Swept],
) -> None:
    org.update("Case", receipt.case_id or "", Handoff_Outcome__c="confirmed")
    told = connector.record_outcome(receipt.handoff_id, reason="not_useful")
    assert told.notes == ("what agents have set on the Case stays",)
    assert sweep().counts == nothing_but(outcomes=1)
    assert confirmed(store, clock) == 1


def test_while_something_told_is_on_its_way_a_pick_waits(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    store: SqlStore,
    sweep: Callable[[], Swept],
) -> None:
    connector.record_outcome(receipt.handoff_id, reason="other_reason")
    with kept.shut(connector):
        clock.forward(minutes=1)
        connector.record_outcome(receipt.handoff_id, reason="confirmed")
    assert sweep().counts == nothing_but()
    assert store.picked_until() is None
    connector.resync(insist=True)
    assert sweep().counts == nothing_but()
    assert store.picked_until() is not None
    assert [agents for _, _, agents in outcomes(store)] == [False, False]


def test_what_the_map_does_not_know_is_for_a_person_and_not_kept(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    store: SqlStore,
    sweep: Callable[[], Swept],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    org.update("Case", receipt.case_id or "", Handoff_Outcome__c="confirmed")
    clock.forward(days=2)

    def typed(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        """As in an org whose picklist takes any value."""
        (part,) = send()
        records: Any = part.record["records"]
        changed: list[Json] = [{**each, "Handoff_Outcome__c": "Jesse"} for each in records]
        return (replace(part, body={**part.record, "records": changed}),)

    with meddling(connector, monkeypatch, typed):
        found = sweep()
        assert found.findings == (Finding(receipt.handoff_id, "UNKNOWN_OUTCOME"),)
        assert found.counts == sweep().counts == nothing_but()
        assert sweep().findings == ()
    with store._transaction() as tx:
        held = [*tx.execute(select(swept)).all(), *tx.execute(select(events)).all()]
    assert "Jesse" not in str(held)


def test_many_outcomes_are_read_page_by_page(
    connector: Connector,
    org: Embedded,
    clock: Clock,
    sweep: Callable[[], Swept],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for each in taps(connector, clock, 5):
        org.update("Case", each, Handoff_Outcome__c="confirmed")
    monkeypatch.setattr("sf_handoff.calls.sweep_calls.PAGE", 2)
    found = sweep()
    assert (found.counts["outcomes"], found.api_calls) == (5, 3)


def test_an_old_outcome_is_not_read_again(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    store: SqlStore,
    sweep: Callable[[], Swept],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    org.update("Case", receipt.case_id or "", Handoff_Outcome__c="confirmed")
    sweep()
    until = store.picked_until()
    assert until is not None
    store.read_picks_until(until + timedelta(hours=2))
    seen: list[list[Part]] = []

    def watch(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        seen.append(list(send()))
        return tuple(seen[-1])

    with meddling(connector, monkeypatch, watch):
        sweep()
    assert seen[0][0].record["totalSize"] == 0


# The wrong person


def test_a_wrong_person_that_an_agent_picked_is_undone_as_if_it_were_told(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    store: SqlStore,
    sweep: Callable[[], Swept],
) -> None:
    call(connector, receipt)
    connector.resync()
    org.update("Case", receipt.case_id or "", Handoff_Outcome__c="wrong_person")
    clock.forward(hours=3)
    found = sweep()
    assert (found.counts, found.api_calls) == (nothing_but(wrong_person=1), 2)
    case = case_of(org, receipt)
    assert (case["ContactId"], case["Handoff_Claim_Id__c"]) == (None, None)
    assert (case["Handoff_Outcome__c"], case["Handoff_State__c"]) == ("wrong_person", "wrong_person")
    assert [task["WhoId"] for task in org.records("Task")] == [None]
    (incident,) = connector.outbox(codes=["WRONG_PERSON"])
    assert (incident.parent, incident.state) == (receipt.handoff_id, Status.DELIVERED)
    again = connector.screen_pop(IncomingCall("call-1", JESSE, digits=receipt.dial.code))
    assert again.context is None
    with store._transaction() as tx:
        kinds = list(
            tx.execute(select(events.c.kind).where(events.c.handoff_id == receipt.handoff_id)).scalars()
        )
    assert kinds.count("privacy_incident") == 1
    assert sweep().counts == nothing_but()
    assert outcomes(store) == [(receipt.handoff_id, "wrong_person", False)]


def test_one_that_could_not_be_cleared_is_listed_and_sent_later(
    connector: Connector, org: Embedded, receipt: Receipt, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    call(connector, receipt)
    connector.resync()
    org.update("Case", receipt.case_id or "", Handoff_Outcome__c="wrong_person")
    org.faults.add(Fault("", "row", sobject="Case", times=None))
    assert sweep().counts == nothing_but(wrong_person=1)
    (incident,) = connector.outbox(codes=["WRONG_PERSON"])
    assert incident.state is Status.DUE
    org.faults.clear()
    assert sweep().counts == nothing_but()
    connector.resync(insist=True)
    assert case_of(org, receipt)["ContactId"] is None
    assert sweep().counts == nothing_but()


def test_a_wrong_person_that_was_told_is_no_second_incident(
    connector: Connector, org: Embedded, receipt: Receipt, sweep: Callable[[], Swept]
) -> None:
    call(connector, receipt)
    connector.record_outcome(receipt.handoff_id, reason="wrong_person", call_key="call-1")
    assert sweep().counts == nothing_but()
    assert len(connector.outbox(codes=["WRONG_PERSON"])) == 1


# Context


def shown(case: dict[str, Any]) -> set[object]:
    return {case[name] for name in SHOWN}


@pytest.mark.parametrize("late", [False, True])
def test_context_is_taken_off_after_its_days_and_once(
    connector: Connector, org: Embedded, clock: Clock, sweep: Callable[[], Swept], late: bool
) -> None:
    nobody = {"icn": "1999999999V199999", "first_name": "Casey", "last_name": "Doe", "phone": "+15035550150"}
    with kept.shut(connector):
        tapped_at = clock.now
        connector.hand_off(tap(clock, veteran=nobody))
    clock.forward(hours=3 * late)
    connector.resync(insist=True)
    clock.now = tapped_at + timedelta(days=2)
    sweep()
    clock.now = tapped_at + timedelta(days=29, hours=23)
    assert sweep().counts == nothing_but()
    (case,) = org.records("Case")
    assert None not in shown(case) and case["SuppliedName"] == "Casey Doe" and case["SuppliedPhone"]
    clock.now = tapped_at + timedelta(days=30)
    found = sweep()
    assert (found.counts, found.api_calls) == (nothing_but(emptied=1), 2)
    (case,) = org.records("Case")
    assert shown(case) | {case["SuppliedName"], case["SuppliedPhone"]} == {None}
    assert (case["Handoff_TTY__c"], case["Status"]) == (False, "Closed")
    clock.forward(days=40)
    assert sweep().api_calls == 1


def test_the_link_to_the_person_stays(
    org: Embedded, receipt: Receipt, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    person = case_of(org, receipt)["ContactId"]
    clock.forward(days=31)
    assert sweep().counts == nothing_but(no_call=1, emptied=1)
    assert case_of(org, receipt)["ContactId"] == person is not None


def test_how_long_context_stays_is_a_setting(
    connector: Connector, store: SqlStore, receipt: Receipt, mappings: MappingSet, clock: Clock
) -> None:
    clock.forward(days=31)
    longer = Sweep(
        salesforce=connector._salesforce,
        store=store,
        mappings=mappings,
        clock=clock,
        context=timedelta(days=60),
    )
    assert longer.run(clock.now).counts == nothing_but(no_call=1)


@pytest.mark.parametrize("state", ["called", "wrong_person"])
def test_context_of_a_case_that_is_no_such_case_any_more_stays(
    connector: Connector, org: Embedded, clock: Clock, sweep: Callable[[], Swept], state: str
) -> None:
    other, *_ = taps(connector, clock, 3)
    clock.forward(days=2)
    sweep()
    org.update("Case", other, Handoff_State__c=state)
    clock.forward(days=31)
    assert sweep().counts == nothing_but(left=1, emptied=2)
    bare = {each["Id"]: None in shown(each) for each in org.records("Case")}
    assert [each for each, empty in bare.items() if not empty] == [other]
    assert sweep().api_calls == 1


def test_it_is_emptied_also_when_the_store_has_forgotten_its_tap(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    sweep: Callable[[], Swept],
    store: SqlStore,
) -> None:
    clock.forward(days=2)
    sweep()
    with store._transaction() as tx:
        tx.exec_driver_sql("DELETE FROM handoffs")
    clock.forward(days=31)
    assert sweep().counts == nothing_but(emptied=1)
    with store._transaction() as tx:
        assert tx.execute(select(swept)).all() == []


# Interrupted, and in few calls


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize(("at", "answered"), [*((at, True) for at in range(1, 7)), (3, False)])
def test_a_sweep_that_was_killed_is_carried_on_by_the_next(
    connector: Connector,
    org: Embedded,
    clock: Clock,
    store: SqlStore,
    sweep: Callable[[], Swept],
    monkeypatch: pytest.MonkeyPatch,
    at: int,
    answered: bool,
) -> None:
    cases = taps(connector, clock, 6)
    picked, wrong, working, *_ = cases
    org.update("Case", picked, Handoff_Outcome__c="confirmed")
    org.update("Case", wrong, Handoff_Outcome__c="wrong_person")
    org.update("Case", working, Status="Working")
    clock.forward(days=31)

    def kill(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        if number < at:
            return send()
        if answered:
            send()
        raise Killed

    with meddling(connector, monkeypatch, kill) as seen, pytest.raises(Killed):
        sweep()
    assert len(seen) == at
    with meddling(connector, monkeypatch, as_it_is):
        clock.forward(minutes=1)
        connector.resync(insist=True)
        sweep()
        connector.resync(insist=True)
    found = {each["Id"]: each for each in org.records("Case")}
    assert [found[each]["Handoff_State__c"] for each in cases] == [
        "awaiting", "wrong_person", "awaiting", "no_call", "no_call", "no_call",
    ]  # fmt: skip
    assert [None in shown(found[each]) for each in cases] == [False, True, False, True, True, True]
    assert found[working]["Status"] == "Working"
    assert sorted(reason for _, reason, _ in outcomes(store)) == ["confirmed", "wrong_person"]
    assert len(connector.outbox(codes=["WRONG_PERSON"])) == 1
    last = sweep()
    assert (last.counts, last.findings, last.api_calls) == (nothing_but(), (), 1)


def test_two_sweeps_at_once_do_no_more_than_one(
    connector: Connector, org: Embedded, clock: Clock, store: SqlStore, sweep: Callable[[], Swept]
) -> None:
    first, *_ = taps(connector, clock, 20)
    org.update("Case", first, Handoff_Outcome__c="confirmed")
    clock.forward(days=2)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: sweep(), range(2)))
    assert [each.stopped for each in both] == [None, None]
    assert len(outcomes(store)) == 1
    assert sum(each.counts["left"] for each in both) == 0
    assert states(org) == {("awaiting", "Awaiting call"), ("no_call", "Closed")}
    assert sweep().api_calls == 1


def test_an_answer_that_was_lost_is_not_taken_for_an_agents_edit(
    connector: Connector, org: Embedded, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    taps(connector, clock, 3)
    clock.forward(days=2)
    org.faults.add(Fault("/composite", "drop_after", times=2))
    assert sweep().counts == nothing_but(no_call=3)


def multiply(connector: Connector, store: SqlStore, receipt: Receipt, number: int) -> None:
    """The same tap and Case as often as that, under other keys."""
    keys = [str(uuid.UUID(int=each)) for each in range(number - 1)]
    fields = {"Status": "Awaiting call", "Handoff_State__c": "awaiting", "Handoff_Claim_Id__c": "1"}
    cases: list[Any] = [{"attributes": {"type": "Case"}, **fields, "Handoff_Id__c": key} for key in keys]
    parts = [
        Subrequest(f"made_{at}", "POST", "composite/sobjects", {"allOrNone": True, "records": some})
        for at, some in enumerate(chunks(cases, 200))
    ]
    assert {part.status for part in connector._salesforce.composite(CompositeRequest((*parts,)), Call())} == {
        200
    }
    with store._transaction() as tx:
        (row,) = tx.execute(select(handoffs).where(handoffs.c.handoff_id == receipt.handoff_id)).mappings()
        tx.execute(handoffs.insert(), [{**row, "handoff_id": key, "case_key": key} for key in keys])


def test_a_thousand_cost_three_calls_to_close_and_three_to_empty(
    connector: Connector,
    org: Embedded,
    receipt: Receipt,
    clock: Clock,
    store: SqlStore,
    sweep: Callable[[], Swept],
) -> None:
    multiply(connector, store, receipt, 1_000)
    clock.forward(days=2)
    before = org.api_calls
    found = sweep()
    assert (found.counts, found.findings) == (nothing_but(no_call=1_000), ())
    assert org.api_calls - before == found.api_calls == 1 + 3
    assert states(org) == {("no_call", "Closed")}
    clock.forward(days=31)
    found = sweep()
    assert (found.counts, found.api_calls) == (nothing_but(emptied=1_000), 1 + 3)
    assert {each["Handoff_Claim_Id__c"] for each in org.records("Case")} == {None}


# Held up


def test_the_reserve_of_the_allowance_is_left_to_live_calls(
    connector: Connector, org: Embedded, clock: Clock, sweep: Callable[[], Swept]
) -> None:
    taps(connector, clock, 2)
    clock.forward(days=2)
    usage = {"Sforce-Limit-Info": "api-usage=95000/100000"}
    org.faults.add(Fault("/composite", "unavailable", headers=usage))
    sweep()
    clock.forward(minutes=10)
    before = org.api_calls
    found = sweep()
    assert (found.counts, org.api_calls) == (nothing_but(), before)
    assert isinstance(found.stopped, Exhausted) and found.stopped.code == "RESERVE"
    assert connector.hand_off(tap(clock)).status is Status.DELIVERED


def test_maps_without_a_sweep_are_refused(
    connector: Connector, store: SqlStore, mappings: MappingSet, clock: Clock
) -> None:
    with pytest.raises(Misconfigured, match=r"^MAPPINGS: "):
        Sweep(
            salesforce=connector._salesforce,
            store=store,
            mappings=replace(mappings, sweep=None),
            clock=clock,
        )
