"""`callback` and `outcome`: what staff type after a call."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sf_handoff import Connector, HandoffError, Receipt
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.commands import cli
from sf_handoff.commands.talk import exit_code
from sf_handoff.embedded import Embedded, Fault
from tests.conftest import Clock


@pytest.fixture
def receipt(connector: Connector, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Receipt:
    """A tap; the commands meet the same org and store."""
    monkeypatch.setattr(Connector, "from_env", lambda: again(connector))
    for module in ("shown", "outbox", "resync"):
        path = f"sf_handoff.commands.{module}"
        monkeypatch.setattr(importlib.import_module(path), "opened_store", lambda: again(connector._store))
    return connector.hand_off(sample_handoff(at=clock.now))


@contextmanager
def again(opened: Any) -> Iterator[Any]:
    yield opened


def sf(*args: str) -> Result:
    return CliRunner().invoke(cli, args)


def test_an_outcome_is_told_in_a_line(receipt: Receipt, org: Embedded) -> None:
    ran = sf("outcome", receipt.handoff_id[:8], "confirmed", "--call-key", "c-1")
    assert ran.exit_code == 0
    assert ran.stdout.split("  ")[2:] == ["outcome", f"Case {receipt.case_number}", "1 API call\n"]
    assert org.records("Case")[0]["Handoff_Outcome__c"] == "confirmed"


def test_the_wrong_person_needs_a_person(receipt: Receipt, org: Embedded) -> None:
    ran = sf("outcome", receipt.handoff_id, "wrong_person")
    assert ran.exit_code == 1
    assert "Privacy incident: " in ran.stdout
    listed = sf("outbox", "list", "--code", "WRONG_PERSON")
    assert f"outcome, after {receipt.handoff_id[:8]}" in listed.stdout


def test_json_has_the_keys_of_a_follow_up(receipt: Receipt) -> None:
    ran = sf("outcome", receipt.handoff_id, "not_useful", "--json")
    assert list(json.loads(ran.stdout)) == [
        "follow_up_id", "handoff_id", "kind", "status", "case_id", "case_number", "task_id", "api_calls", "code",
        "message", "notes",
    ]  # fmt: skip


def test_while_salesforce_is_away_it_is_kept_and_sent_later(
    receipt: Receipt, org: Embedded, connector: Connector
) -> None:
    org.faults.add(Fault("/composite", "unavailable", times=None))
    assert sf("outcome", receipt.handoff_id, "confirmed").exit_code == 75
    org.faults.clear()
    ran = sf("outbox", "resync", "--now", "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["kind"]) == (0, "outcome")


def test_a_callback_is_asked_for_in_eastern_time(receipt: Receipt, org: Embedded) -> None:
    ran = sf("callback", "ask", receipt.handoff_id, "--number", "503-555-0199",
             "--from", "2026-11-20T13:00", "--until", "2026-11-20T15:00")  # fmt: skip
    assert ran.exit_code == 0
    (task,) = (each for each in org.records("Task") if each["Handoff_Callback_Number__c"])
    assert task["Handoff_Callback_From__c"] == "2026-11-20T18:00:00.000+0000"
    assert f"Task {task['Id']}" in ran.stdout
    assert "0199" not in ran.output.replace(receipt.handoff_id, "")


def test_tries_are_noted_until_somebody_answers(receipt: Receipt, org: Embedded) -> None:
    sf("callback", "ask", receipt.handoff_id, "--from", "2026-11-20T13:00", "--until", "2026-11-20T15:00")
    assert sf("callback", "tried", receipt.handoff_id, "--not-reached").exit_code == 0
    assert sf("callback", "tried", receipt.handoff_id, "--reached").exit_code == 0
    (task,) = (each for each in org.records("Task") if each["Handoff_Callback_Number__c"])
    assert (task["Handoff_Callback_Tries__c"], task["Status"]) == (2, "Completed")
    over = sf("callback", "tried", receipt.handoff_id, "--reached")
    assert isinstance(over.exception, HandoffError)
    assert (exit_code(over.exception), over.exception.code) == (2, "NO_CALLBACK")


@pytest.mark.parametrize(
    "args",
    [
        ("outcome", "00000000-0000-4000-8000-000000000000", "confirmed"),
        ("callback", "ask", "6f1d7c1e", "--until", "2026-11-20T15:00"),
        ("callback", "tried", "6f1d7c1e"),
    ],
)
def test_wrong_usage_is_two(receipt: Receipt, args: tuple[str, ...]) -> None:
    assert sf(*args).exit_code == 2


def test_a_row_of_a_follow_up_is_shown_with_its_tap(receipt: Receipt, connector: Connector) -> None:
    told = connector.record_outcome(receipt.handoff_id, reason="confirmed")
    ran = sf("outbox", "show", told.follow_up_id)
    assert f"Handoff        {receipt.handoff_id}" in ran.stdout
    assert f"Followed by    outcome ({told.follow_up_id})" in ran.stdout
    assert "it is in Salesforce" in ran.stdout
