"""A large backlog goes out by Bulk API 2.0, with the same promise."""

from __future__ import annotations

import uuid

import pytest

from sf_handoff import Connector, desk
from sf_handoff.calls import plan
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.embedded import Embedded, Fault
from tests.conftest import Clock

MANY = 40


@pytest.fixture
def backlog(connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Forty handoffs of people that the org knows, but for the last two; twenty are enough for a job here."""
    monkeypatch.setattr(plan, "BULK_FROM", 20)
    monkeypatch.setattr(desk, "BULK_FROM", 20)
    people = [f"{2_000_000_000 + number}V{200_000 + number}" for number in range(MANY)]
    for icn in people[:-2]:
        org.create("Contact", LastName="Doe", ICN__c=icn)
    org.faults.add(Fault("/services/data", "html", times=None))
    ids = [str(uuid.uuid4()) for _ in people]
    for handoff_id, icn in zip(ids, people, strict=True):
        connector.hand_off(
            sample_handoff(at=clock.now, handoff_id=handoff_id, veteran={"icn": icn, "first_name": "Casey"})
        )
    org.faults.clear()
    clock.forward(minutes=6)
    return ids


def test_a_large_backlog_goes_out_in_two_jobs(
    backlog: list[str], connector: Connector, org: Embedded
) -> None:
    """One job for the Cases, one for the Tasks; the two that nobody knows follow in collections."""
    before = org.api_calls
    receipts = connector.resync()
    assert {receipt.status for receipt in receipts} == {"delivered"}
    asked = org.requests[-(org.api_calls - before) :]
    assert sum(request.startswith("POST") and request.endswith("/jobs/ingest") for request in asked) == 2
    assert len(org.records("Case")) == len(org.records("Task")) == MANY
    linked = {case["Handoff_Id__c"]: case["ContactId"] is not None for case in org.records("Case")}
    assert [linked[handoff_id] for handoff_id in backlog] == [True] * (MANY - 2) + [False] * 2
    case_of = {case["Handoff_Id__c"]: case["Id"] for case in org.records("Case")}
    assert all(task["WhatId"] == case_of[task["Handoff_Id__c"]] for task in org.records("Task"))


def test_no_rule_takes_the_cases_from_their_queue(
    backlog: list[str], connector: Connector, org: Embedded
) -> None:
    connector.resync()
    queues = {group["Id"]: group["DeveloperName"] for group in org.records("Group")}
    assert {queues[case["OwnerId"]] for case in org.records("Case")} == {"App_Handoff_Claims"}


def test_a_job_that_nobody_waited_for_doubles_nothing(
    backlog: list[str], connector: Connector, org: Embedded
) -> None:
    """The Cases are made, the worker hears nothing of it; in smaller calls they are found by their keys."""
    org.faults.add(Fault("/successfulResults", "drop_after", times=99))
    assert {receipt.status for receipt in connector.resync()} == {"delivered"}
    assert len(org.records("Case")) == len(org.records("Task")) == MANY


def test_rows_that_failed_in_the_job_are_settled_one_by_one(
    backlog: list[str], connector: Connector, org: Embedded
) -> None:
    """Bulk `JobComplete` with failed rows: a lock is tried again, a refusal is parked with its own reason."""
    org.faults.add(Fault(kind="row", sobject="Case", times=3))
    org.faults.add(
        Fault(kind="row", sobject="Case", code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="canary-said")
    )
    receipts = {receipt.handoff_id: receipt for receipt in connector.resync()}
    parked = [receipt for receipt in receipts.values() if receipt.status == "parked"]
    assert [(each.code, "canary" in (each.message or "")) for each in parked] == [
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", False)
    ]
    assert sum(receipt.status == "delivered" for receipt in receipts.values()) == MANY - 1
