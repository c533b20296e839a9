"""`issues list`: what it prints, and how it ends."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from sf_handoff.adapters import assembly
from sf_handoff.adapters.settings import Settings
from sf_handoff.commands import issues
from sf_handoff.errors import Unavailable
from sf_handoff.mapping import MappingSet
from sf_handoff.reports.tickets import Place, State
from sf_handoff.ticket_list import AWAY, Listing, open_tickets
from tests.commands.test_outbox import Ran
from tests.listed import LABELS, TellingLedger, TellingTracker, issue, ticket

LONG_AGO = datetime(2021, 3, 1, 15, tzinfo=UTC)


@pytest.fixture
def tracker(mappings: MappingSet, monkeypatch: pytest.MonkeyPatch) -> TellingTracker:
    """Two tickets, of which one ran out long ago, and one that is closed."""
    tickets = [ticket(1), ticket(2, opened_at=LONG_AGO), ticket(3, state=State.CLOSED)]
    told = TellingTracker([issue(1), issue(2)], {1: Place("New Issues"), 2: Place("Icebox")})

    def found(settings: object, maps: MappingSet, *, closed_too: bool) -> Listing:
        with nullcontext(TellingLedger(tickets).port) as ledger:
            return open_tickets(ledger, told.port, maps.clocks, LABELS, told={"t3"}, closed_too=closed_too)

    monkeypatch.setattr(issues, "found", found)
    return told


def sf(*args: str) -> Ran:
    result = CliRunner().invoke(issues.issues, args, catch_exceptions=False)
    return Ran(result.exit_code, result.stdout, result.stderr)


def test_a_line_for_each_the_most_pressing_first(tracker: TellingTracker) -> None:
    ran = sf("list")
    assert ran.code == 0
    assert [each.split()[0] for each in ran.out.splitlines()] == ["#2", "#1"]
    assert "First look: overdue since March 2, 2021" not in ran.out  # it was moved on
    assert "Owner's answer: overdue since March 3, 2021 at 10:00 a.m. ET" in ran.out
    assert ran.err.startswith("2 tickets, ")


def test_json_lines_with_all_of_them(tracker: TellingTracker) -> None:
    ran = sf("list", "--all", "--json")
    assert [(each["number"], each["state"], each["told"]) for each in ran.records] == [
        (2, "open", False),
        (1, "open", False),
        (3, "closed", True),
    ]
    assert set(json.loads(ran.out.splitlines()[0])) >= {
        "fingerprint", "title", "number", "url", "state", "pipeline", "priority", "cases", "people",
        "first_seen", "last_seen", "clocks", "overdue", "told",
    }  # fmt: skip


def test_where_the_tracker_is_away_the_list_says_so_and_ends_with_75(tracker: TellingTracker) -> None:
    tracker.error = Unavailable("GitHub does not answer.")
    ran = sf("list", "--json")
    assert ran.code == 75
    assert len(ran.records) == 2
    assert AWAY in ran.err
    assert "GitHub does not answer." in ran.err


def test_ledger_and_tracker_are_opened_and_closed(
    mappings: MappingSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = TellingTracker([issue(1)])
    monkeypatch.setattr(assembly, "open_store", lambda settings: TellingLedger([ticket(1)]))
    monkeypatch.setattr(assembly, "open_tracker", lambda settings: told, raising=False)
    maps: Any = SimpleNamespace(clocks=mappings.clocks, labels=LABELS)
    (only,) = issues.found(Settings(), maps, closed_too=False).tickets
    assert only.number == 1
    assert told.calls == ["labelled", "places [1]", "close"]


def test_nothing_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issues, "found", lambda *given, closed_too: Listing(()))
    ran = sf("list", "--json")
    assert (ran.code, ran.out, ran.err) == (0, "", "No ticket is open.\n")
