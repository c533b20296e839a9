"""While Salesforce is away nobody wastes a call, one tries for all, and it begins again by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from sf_handoff import Connector, NotKept
from sf_handoff.adapters import assembly
from sf_handoff.adapters.answers import NeverSent, RefusedNow
from sf_handoff.adapters.assembly import connect
from sf_handoff.adapters.settings import Settings
from sf_handoff.calls.receipt import Sent
from sf_handoff.calls.states import Status
from sf_handoff.embedded import Embedded, Fault
from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, Rejected, Uncertain
from sf_handoff.gate import Gate, Rule, rule_for
from sf_handoff.ports import Closed, Entry
from sf_handoff.retry import ONLINE
from tests.conftest import Clock
from tests.flow.backlog import backlog, tap
from tests.scripted import ca_file

FIVE = 5
DELIVERED, DUE, PARKED = Status.DELIVERED, Status.DUE, Status.PARKED


def failing(connector: Connector, clock: Clock, times: int, first: int = 1) -> list[str | None]:
    receipts = [connector.hand_off(tap(clock, first + each)) for each in range(times)]
    assert {each.status for each in receipts} == {DUE}
    return [each.code for each in receipts]


def sends(connector: Connector, org: Embedded, clock: Clock, number: int = 999) -> tuple[bool, str | None]:
    """Whether a live call sends anything now, and the code of its receipt."""
    before = len(org.requests)
    receipt = connector.hand_off(tap(clock, number))
    return len(org.requests) > before, receipt.code


# Which failures close it


@pytest.mark.parametrize(
    ("error", "rule"),
    [
        (NeverSent("", code="UNREACHABLE"), Rule("UNREACHABLE", after=5)),
        (Uncertain("", code="TIMEOUT"), Rule("TIMEOUT", after=5)),
        (Uncertain("", code="BROKEN_OFF"), Rule("BROKEN_OFF", after=5)),
        (Uncertain("", code="NOT_JSON"), Rule("NOT_JSON", after=5)),
        (Uncertain("", code="UNKNOWN_EXCEPTION"), Rule("UNKNOWN_EXCEPTION", after=5)),
        (Uncertain("", code="REDIRECT"), Rule("REDIRECT", after=3)),
        (RefusedNow("", code="HTTP_503"), Rule("HTTP_503")),
        (RefusedNow("", code="HTTP_429"), Rule("HTTP_429")),
        (RefusedNow("", code="SERVER_UNAVAILABLE"), Rule("SERVER_UNAVAILABLE")),
        (Uncertain("", code="HTTP_500", retry_after=9.0), Rule("HTTP_500")),
        (RefusedNow("", code="REQUEST_LIMIT_EXCEEDED", retry_after=9.0), Rule("CONCURRENT")),
        (Exhausted("", code="REQUEST_LIMIT_EXCEEDED"), Rule("LIMIT", wait=300.0)),
        (Misconfigured("", code="TLS"), Rule("TLS", wait=60.0)),
        (Misconfigured("", code="CLOCK"), Rule("CLOCK", wait=60.0)),
        (Misconfigured("", code="invalid_grant"), Rule("AUTH", wait=60.0)),
        (Misconfigured("", code="AUTH"), Rule("AUTH", wait=60.0)),
        (Misconfigured("", code="INVALID_FIELD"), Rule("CONFIG", wait=60.0)),
        (Rejected("", code="STRING_TOO_LONG"), None),
        (RefusedNow("", code="UNABLE_TO_LOCK_ROW"), None),
        (RefusedNow("", code="HTTP_409"), None),
        (Exhausted("", code="RESERVE"), None),
        (Uncertain("", code="UNFORESEEN"), None),
    ],
    ids=lambda each: f"{type(each).__name__} {each.code}" if isinstance(each, HandoffError) else "",
)
def test_what_a_failure_says_of_the_destination(error: HandoffError, rule: Rule | None) -> None:
    assert rule_for(error) == rule


def test_s05_too_many_at_once_is_a_matter_of_seconds() -> None:
    rules = [rule_for(RefusedNow("", code="REQUEST_LIMIT_EXCEEDED")) for _ in range(200)]
    waits = [rule.wait for rule in rules if rule and rule.wait and rule.reason == "CONCURRENT"]
    assert len(waits) == 200
    assert 1.0 <= min(waits) < max(waits) <= 10.0


class Books:
    """Stands in for the store's gate, and notes for how long it was closed."""

    def __init__(self, fails: int = 0) -> None:
        self.fails, self.waits, self.opened = fails, list[float](), 0

    def enter(self, destination: str, **how: Any) -> Entry | Closed:
        return Entry(self.fails)

    def failed(self, destination: str, *, probing: bool) -> int:
        self.fails += 1
        return self.fails

    def close_gate(self, destination: str, reason: str, wait: timedelta) -> None:
        self.waits.append(wait.total_seconds())

    def open_gate(self, destination: str) -> None:
        self.opened += 1


def gate_on(books: Books) -> Gate:
    return Gate(books, "here", draw=lambda low, high: high)  # type: ignore[arg-type]


def test_the_wait_doubles_with_each_try_that_fails_up_to_five_minutes() -> None:
    books = Books(fails=5)
    for _ in range(12):
        gate_on(books).heard(Entry(5, probing=True), Uncertain("", code="TIMEOUT"))
    assert books.waits == [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 300.0, 300.0, 300.0, 300.0]


def test_calls_that_fail_together_are_one_failure() -> None:
    """Thirty were under way when the line went dead for a second."""
    books = Books()
    for _ in range(30):
        gate_on(books).heard(Entry(0), Uncertain("", code="BROKEN_OFF"))
    assert set(books.waits) == {1.0}


def test_a_try_that_fails_closes_it_again_whatever_the_reason() -> None:
    books = Books(fails=1)
    gate_on(books).heard(Entry(1, probing=True), Uncertain("", code="TIMEOUT"))
    assert books.waits == [1.0]


@pytest.mark.parametrize("asked", [1.0, 9.0, 500.0, 900.0])
def test_w08_what_is_asked_for_is_kept_to_with_jitter_on_top_and_a_quarter_of_an_hour_at_most(
    asked: float,
) -> None:
    books = Books()
    gate_on(books).heard(Entry(0), RefusedNow("", code="HTTP_503", retry_after=asked))
    assert books.waits == [min(asked + 1.0, 900.0)]


@pytest.mark.parametrize(
    "error", [None, Rejected("", code="STRING_TOO_LONG"), RefusedNow("", code="UNABLE_TO_LOCK_ROW")]
)
def test_an_answer_of_salesforce_opens_it(error: HandoffError | None) -> None:
    books = Books(fails=3)
    gate_on(books).heard(Entry(3), error)
    assert (books.opened, books.waits) == (1, [])


def test_nothing_is_noted_while_all_is_well() -> None:
    books = Books()
    gate_on(books).heard(Entry(0), None)
    assert books.opened == 0


@pytest.mark.parametrize("error", [Exhausted("", code="RESERVE"), Uncertain("", code="UNFORESEEN")])
def test_what_is_of_our_own_making_opens_nothing_and_leaves_the_try_to_the_next(error: HandoffError) -> None:
    books = Books(fails=3)
    gate_on(books).heard(Entry(3), error)
    assert books.waits == []
    gate_on(books).heard(Entry(3, probing=True), error)
    assert (books.opened, books.fails, books.waits) == (0, 3, [0.0])


# With the embedded org


@pytest.mark.parametrize(("kind", "code"), [("drop_before", "BROKEN_OFF"), ("html", "NOT_JSON")])
def test_five_in_a_row_close_it_and_a_try_that_succeeds_opens_it(
    connector: Connector, org: Embedded, clock: Clock, kind: Any, code: str
) -> None:
    org.faults.add(Fault("/composite", kind, times=None))
    assert failing(connector, clock, FIVE) == [code] * FIVE
    assert sends(connector, org, clock) == (False, code)
    assert sends(connector, org, clock, 998) == (False, code)
    org.faults.clear()
    clock.forward(seconds=1.1)
    assert sends(connector, org, clock, 997) == (True, None)
    assert sends(connector, org, clock, 996) == (True, None)
    assert {row.attempts for row in connector.outbox()} <= {0, 1}


def test_w01_a_host_that_cannot_be_reached_closes_it(
    connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[int]()

    def away(*_: object) -> None:
        asked.append(1)
        raise NeverSent("", code="UNREACHABLE")

    with monkeypatch.context() as broken:
        broken.setattr(connector._salesforce, "composite", away)
        assert failing(connector, clock, FIVE + 1) == ["UNREACHABLE"] * (FIVE + 1)
    assert len(asked) == FIVE
    assert {row.attempts for row in connector.outbox()} == {0}


def test_four_in_a_row_do_not_close_it_and_a_success_begins_the_count_anew(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    for first in (1, 11, 21):
        org.faults.add(Fault("/composite", "html", times=None))
        failing(connector, clock, FIVE - 1, first)
        org.faults.clear()
        assert sends(connector, org, clock, first + 9) == (True, None)


def in_two_minutes() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)


@pytest.mark.parametrize(
    ("kind", "asked", "shut", "open_again"),
    [
        ("unavailable", "120", 119.0, 121.1),
        ("too_many_requests", "120", 119.0, 121.1),
        ("unavailable", in_two_minutes, 115.0, 125.0),
        ("unavailable", "0", 1.9, 2.1),
        ("unavailable", "-7", 1.9, 2.1),
        ("unavailable", "864000", 899.0, 900.1),
        ("unavailable", None, 0.9, 1.1),
        ("unavailable", "soon", 0.9, 1.1),
    ],
)
def test_w08_not_now_closes_it_at_once_for_as_long_as_is_asked(
    connector: Connector,
    org: Embedded,
    clock: Clock,
    kind: Any,
    asked: Any,
    shut: float,
    open_again: float,
) -> None:
    headers = {"Retry-After": asked() if callable(asked) else asked} if asked else {}
    org.faults.add(Fault("/composite", kind, headers=headers))
    reason = "CONCURRENT" if kind == "too_many_requests" else "SERVER_UNAVAILABLE"
    failing(connector, clock, 1)
    clock.forward(seconds=shut)
    assert sends(connector, org, clock) == (False, reason)
    clock.forward(seconds=open_again - shut)
    assert sends(connector, org, clock, 998) == (True, None)


def test_s04_of_two_hosts_one_tries_every_five_minutes(
    connector: Connector, settings: Settings, org: Embedded, clock: Clock
) -> None:
    org.faults.add(Fault("/composite", "daily_limit", times=None))
    with connect(settings, clock, sleep=lambda seconds: None) as other:
        assert failing(connector, clock, 1) == ["REQUEST_LIMIT_EXCEEDED"]
        for _ in range(3):
            clock.forward(seconds=299)
            assert sends(other, org, clock, 1) == (False, "LIMIT")
            clock.forward(seconds=2)
            before = len(org.requests)
            assert {sends(each, org, clock, 1)[0] for each in (connector, other, connector, other)} == {
                True,
                False,
            }
            assert sum("composite" in each for each in org.requests[before:]) == 1
        org.faults.clear()
        clock.forward(seconds=301)
        assert {each.status for each in other.resync()} == {DELIVERED}
    assert {row.state for row in connector.outbox()} == {DELIVERED}
    assert len(org.records("Task")) == len(connector.outbox())


def test_s05_too_many_at_once_closes_it_for_seconds(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    org.faults.add(Fault("/composite", "concurrent_limit"))
    failing(connector, clock, 1)
    assert sends(connector, org, clock) == (False, "CONCURRENT")
    clock.forward(seconds=10.1)
    assert sends(connector, org, clock, 998) == (True, None)


def a_minute_later(connector: Connector, clock: Clock) -> None:
    """For the gate, and for the sign-in, which keeps a minute's peace by itself."""
    clock.forward(seconds=61)
    transport = connector._salesforce._transport  # type: ignore[attr-defined]
    usual = transport.clock
    transport.clock = lambda: usual() + 61.0


def test_s03_a_refused_sign_in_costs_no_attempt_and_is_tried_once_a_minute(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    refused = {"error": "invalid_grant", "error_description": "user hasn't approved this consumer"}
    org.faults.add(Fault("/oauth2/token", "answer", status=400, body=refused, times=None))
    assert failing(connector, clock, 1) == ["invalid_grant"]
    for _ in range(3):
        assert sends(connector, org, clock) == (False, "AUTH")
        a_minute_later(connector, clock)
        assert sends(connector, org, clock) == (True, "invalid_grant")
    assert {(row.state, row.attempts) for row in connector.outbox()} == {(DUE, 0)}
    org.faults.clear()
    a_minute_later(connector, clock)
    assert {each.status for each in connector.resync()} == {DELIVERED}


def test_w02_a_certificate_that_is_not_right_closes_it_for_a_minute(
    settings: Settings, org: Embedded, clock: Clock, tmp_path: Path
) -> None:
    wrong = settings.model_copy(update={"ca_file": Path(ca_file(tmp_path))})
    with connect(wrong, clock, sleep=lambda seconds: None) as connector:
        assert failing(connector, clock, 1) == ["TLS"]
        clock.forward(seconds=59)
        assert failing(connector, clock, 1, 2) == ["TLS"]
        assert {(row.state, row.attempts) for row in connector.outbox()} == {(DUE, 0)}
    assert org.requests == []
    with connect(settings, clock) as mended:
        assert sends(mended, org, clock) == (False, "TLS")
        clock.forward(seconds=2)
        assert {each.status for each in mended.resync()} == {DELIVERED}


def test_t01_a_clock_that_is_wrong_closes_it_for_a_minute_and_costs_no_attempt(
    settings: Settings, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setattr(assembly, "utc_now", lambda: datetime.now(UTC) - timedelta(minutes=10))
        with connect(settings, clock, sleep=lambda seconds: None) as connector:
            receipt = connector.hand_off(tap(clock))
            assert (receipt.status, receipt.code) == (DUE, "CLOCK")
            assert "behind" in (receipt.message or "")
            assert sends(connector, org, clock) == (False, "CLOCK")
            assert {(row.state, row.attempts) for row in connector.outbox()} == {(DUE, 0)}
    clock.forward(seconds=61)
    with connect(settings, clock, sleep=lambda seconds: None) as mended:
        assert {each.status for each in mended.resync()} == {DELIVERED}


def test_w10_a_redirect_closes_it_after_three(connector: Connector, org: Embedded, clock: Clock) -> None:
    elsewhere = {"Location": "https://127.0.0.1/"}
    org.faults.add(Fault("/composite", "answer", status=302, headers=elsewhere, times=None))
    assert failing(connector, clock, 3) == ["REDIRECT"] * 3
    assert sends(connector, org, clock) == (False, "REDIRECT")


def test_s13_a_field_that_is_not_there_closes_it_and_parks_nothing(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    """In a batch too: every Case was refused, and for the set-up."""
    missing = Fault("", "row", sobject="Case", times=None, code="INVALID_FIELD", message="No such column")
    backlog(connector, clock, 4)
    org.faults.add(missing)
    assert {(each.status, each.code) for each in connector.resync()} == {(DUE, "INVALID_FIELD")}
    assert sends(connector, org, clock) == (False, "CONFIG")
    assert {(row.state, row.attempts) for row in connector.outbox()} == {(DUE, 0)}
    org.faults.clear()
    clock.forward(seconds=61)
    assert {each.status for each in connector.resync()} == {DELIVERED}


def test_who_insists_goes_through(connector: Connector, org: Embedded, clock: Clock) -> None:
    org.faults.add(Fault("/composite", "unavailable", headers={"Retry-After": "600"}))
    failing(connector, clock, 1)
    assert [each.code for each in connector.resync()] == ["SERVER_UNAVAILABLE"]
    assert [each.status for each in connector.resync(insist=True)] == [DELIVERED]
    assert sends(connector, org, clock) == (True, None)


@pytest.mark.parametrize("broken", [("enter",), ("failed", "close_gate", "open_gate")])
def test_a_store_that_is_away_closes_nothing(
    connector: Connector,
    org: Embedded,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    broken: tuple[str, ...],
) -> None:
    def full(*_: object, **__: object) -> None:
        raise NotKept("full", code="STORE")

    for name in broken:
        monkeypatch.setattr(connector._store, name, full)
    org.faults.add(Fault("/composite", "unavailable"))
    assert failing(connector, clock, 1) == ["SERVER_UNAVAILABLE"]
    assert sends(connector, org, clock) == (True, None)


@pytest.mark.parametrize("code", ["UNABLE_TO_LOCK_ROW", "FIELD_CUSTOM_VALIDATION_EXCEPTION"])
def test_what_is_said_of_one_record_closes_nothing(
    connector: Connector, org: Embedded, clock: Clock, code: str
) -> None:
    org.faults.add(Fault("", "row", sobject="Case", times=None, code=code, message="no"))
    for each in range(FIVE + 2):
        assert sends(connector, org, clock, each + 1) == (True, code)
    org.faults.clear()
    assert sends(connector, org, clock) == (True, None)


# A record that is locked


@pytest.mark.parametrize(("times", "status"), [(1, DELIVERED), (2, DELIVERED), (3, DUE)])
def test_a_locked_record_is_tried_again_within_the_call(
    settings: Settings, org: Embedded, clock: Clock, times: int, status: Status
) -> None:
    naps = list[float]()
    with connect(settings, clock, sleep=naps.append) as connector:
        org.faults.add(Fault("", "row", sobject="Case", times=times))
        receipt = connector.hand_off(tap(clock))
    assert receipt.status is status
    assert receipt.code == (None if status is DELIVERED else "UNABLE_TO_LOCK_ROW")
    assert len(naps) == min(times, ONLINE.locked)
    assert all(0.1 <= nap <= 1.5 for nap in naps)
    assert len(org.records("Case")) == len(org.records("Task")) == (status is DELIVERED)


# Giving up


def test_twenty_attempts_that_say_something_of_the_row_are_enough(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    failed: Any = [{"errorCode": "UNKNOWN_EXCEPTION", "message": "canary"}]
    org.faults.add(Fault("/composite", "answer", status=500, body=failed, times=None))
    receipt: Sent = connector.hand_off(tap(clock))
    for _ in range(18):
        assert receipt.status is DUE
        (receipt,) = connector.resync(insist=True)
    assert (receipt.status, connector.outbox()[0].attempts) == (DUE, 19)
    (receipt,) = connector.resync(insist=True)
    assert (receipt.status, receipt.code) == (PARKED, "UNKNOWN_EXCEPTION")
    assert "Given up after 20 attempts" in (receipt.message or "")
    assert "canary" not in (receipt.message or "")


@pytest.mark.parametrize("kind", ["html", "drop_before", "daily_limit", "unavailable", "concurrent_limit"])
def test_s16_an_outage_parks_nothing_however_long_it_takes(
    connector: Connector, org: Embedded, clock: Clock, kind: Any
) -> None:
    connector._salesforce._transport._budget._left = 0  # type: ignore[attr-defined]
    backlog(connector, clock, 4)
    org.faults.add(Fault("/composite", kind, times=None))
    for _ in range(25):
        clock.forward(minutes=15)
        assert {each.status for each in connector.resync(insist=True)} == {DUE}
    assert {row.attempts for row in connector.outbox()} == {0}
    org.faults.clear()
    clock.forward(minutes=15)
    assert {each.status for each in connector.resync()} == {DELIVERED}
