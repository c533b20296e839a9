"""The time budget of the screen pop. Nothing here sleeps: look-ups wait for an event that the test sets."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import ContextVar
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import create_engine, text

from sf_handoff import Connector, IncomingCall, ScreenPop
from sf_handoff import in_time as in_time_module
from sf_handoff.adapters.settings import Settings
from sf_handoff.answering import Answering
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.errors import Misconfigured, NotKept
from sf_handoff.in_time import HANGING, LATE, MOST_LATE, POP_SECONDS, InTime
from sf_handoff.mapping import MappingSet
from tests.calls.pops import JESSE, POPS
from tests.conftest import Clock

PATIENT, AT_ONCE = 60.0, 0.0
CALL = IncomingCall("c-1", JESSE, digits="123456789")
NOT_CHECKED = POPS["could-not-check"]().assurance.words


class Held(Answering):
    """Answers when it is let; `asked` are the calls so far."""

    def __init__(self, answer: Callable[[IncomingCall], ScreenPop]) -> None:
        self._answer = answer
        self.asked: list[IncomingCall] = []
        self.let, self.begun = threading.Event(), threading.Semaphore(0)

    def pop(self, call: IncomingCall) -> ScreenPop:
        self.asked.append(call)
        self.begun.release()
        assert self.let.wait(PATIENT)
        return self._answer(call)


class Notes:
    """A store that only takes notes, or cannot."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str | None]] = []
        self.away = False

    def event(self, kind: str, handoff_id: str | None = None, **detail: Any) -> None:
        if self.away:
            raise NotKept("STORE: away", code="STORE")
        self.taken.append((kind, handoff_id))


@pytest.fixture
def held() -> Iterator[Held]:
    found = Held(lambda call: POPS["level-four"]())
    yield found
    found.let.set()


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def in_time(held: Held, notes: Notes, mappings: MappingSet, clock: Clock) -> Iterator[InTime]:
    """A budget that is over at once."""
    made = InTime(held.pop, cast(Any, notes), mappings, clock, AT_ONCE)
    yield made
    held.let.set()
    finish(made)


def finish(in_time: InTime) -> None:
    """Waits until no look-up is under way."""
    in_time._seconds = PATIENT
    in_time.close()
    assert not in_time._under_way


# In time


def test_an_answer_in_time_is_given_as_it_is(
    in_time: InTime, held: Held, notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    in_time._seconds = PATIENT
    held.let.set()
    assert in_time.pop(CALL) == POPS["level-four"]()
    finish(in_time)
    assert (notes.taken, caplog.messages) == ([], [])


@pytest.mark.parametrize(
    "error", [Misconfigured("the store is damaged"), TimeoutError("of its own"), KeyError()]
)
def test_what_is_raised_in_time_comes_through(in_time: InTime, held: Held, error: Exception) -> None:
    def raising(call: IncomingCall) -> ScreenPop:
        raise error

    in_time._seconds, held._answer = PATIENT, raising
    held.let.set()
    with pytest.raises(type(error)) as raised:
        in_time.pop(CALL)
    assert raised.value is error


def test_the_look_up_knows_what_its_caller_knows(in_time: InTime, held: Held) -> None:
    trace, seen = ContextVar("trace", default="none"), list[str]()

    def tracing(call: IncomingCall) -> ScreenPop:
        seen.append(trace.get())
        return POPS["level-four"]()

    in_time._seconds, held._answer = PATIENT, tracing
    held.let.set()
    trace.set("trace-1")
    in_time.pop(CALL)
    assert seen == ["trace-1"]


def test_a_connector_gives_a_pop_two_and_a_half_seconds(connector: Connector) -> None:
    assert connector._in_time._seconds == POP_SECONDS == 2.5


# Late


def test_a_late_answer_is_no_context_and_not_no_record(in_time: InTime, clock: Clock) -> None:
    pop = in_time.pop(CALL)
    assert pop.assurance.words == NOT_CHECKED != POPS["no-match"]().assurance.words
    assert pop.notes == (LATE,)
    assert (pop.assurance.level, pop.call_key, pop.issued_at) == (0, "c-1", clock.now)
    assert (pop.handoff_ref, pop.case, pop.caller, pop.context) == (None, None, None, None)


def test_a_late_answer_is_noted_for_the_counts(in_time: InTime, held: Held, notes: Notes) -> None:
    in_time.pop(CALL)
    assert notes.taken == []
    held.let.set()
    finish(in_time)
    assert notes.taken == [("pop_late", POPS["level-four"]().handoff_ref)]


def test_counting_costs_nobody_anything(in_time: InTime, held: Held, notes: Notes) -> None:
    notes.away = True
    in_time.pop(CALL)
    held.let.set()
    finish(in_time)  # a thread that breaks would fail this test
    assert notes.taken == []


def test_asked_again_meanwhile_the_same_look_up_serves_both(
    in_time: InTime, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_time.pop(CALL)
    in_time._seconds, waiting = PATIENT, threading.Semaphore(0)

    def arriving(looked_up: Any, seconds: float) -> Any:
        waiting.release()
        return wait(looked_up, seconds)

    monkeypatch.setattr(in_time_module, "wait", arriving)
    with ThreadPoolExecutor(3) as callers:
        again = [callers.submit(in_time.pop, CALL) for _ in range(3)]
        for _ in again:
            assert waiting.acquire(timeout=PATIENT)
        held.let.set()
        assert [each.result(PATIENT) for each in again] == [POPS["level-four"]()] * 3
    assert held.asked == [CALL]


def test_only_the_same_call_joins_a_look_up(in_time: InTime, held: Held) -> None:
    for call in (
        CALL,
        CALL,
        IncomingCall("c-1", JESSE),
        IncomingCall("c-2", JESSE, digits=CALL.digits),
        CALL,
    ):
        assert in_time.pop(call).notes == (LATE,)
    for _ in range(3):
        assert held.begun.acquire(timeout=PATIENT)
    held.let.set()
    finish(in_time)
    assert len(held.asked) == 3


def test_asked_again_afterwards_there_is_a_new_look_up(in_time: InTime, held: Held) -> None:
    in_time.pop(CALL)
    held.let.set()
    finish(in_time)
    assert in_time.pop(CALL) == POPS["level-four"]()
    assert held.asked == [CALL, CALL]


def test_a_late_failure_is_logged_by_its_kind_alone(
    in_time: InTime, held: Held, notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    def raising(call: IncomingCall) -> ScreenPop:
        raise ValueError(JESSE)

    held._answer = raising
    in_time.pop(CALL)
    held.let.set()
    finish(in_time)
    assert "A look-up that nobody waited for any more failed (ValueError)." in caplog.messages
    assert JESSE not in caplog.text
    assert notes.taken == [("pop_late", None)]


# Hanging


def hang(in_time: InTime) -> None:
    for number in range(MOST_LATE):
        assert in_time.pop(IncomingCall(f"hangs-{number}", JESSE)).notes == (LATE,)


def test_when_too_many_hang_no_other_look_up_is_begun(in_time: InTime, held: Held) -> None:
    hang(in_time)
    in_time._seconds = PATIENT  # whoever is refused does not wait
    for _ in range(3):
        pop = in_time.pop(CALL)
        assert (pop.notes, pop.assurance.words) == ((HANGING,), NOT_CHECKED)
    assert len(in_time._under_way) == MOST_LATE
    held.let.set()
    finish(in_time)
    assert CALL not in held.asked


def test_a_call_that_hangs_already_is_still_answered(in_time: InTime, held: Held) -> None:
    hang(in_time)
    assert in_time.pop(IncomingCall("hangs-0", JESSE)).notes == (LATE,)


def test_callers_who_wait_are_no_reason_to_refuse_others(in_time: InTime, held: Held) -> None:
    in_time._seconds, many = PATIENT, MOST_LATE + 4
    with ThreadPoolExecutor(many) as callers:
        waiting = [callers.submit(in_time.pop, IncomingCall(f"c-{number}", JESSE)) for number in range(many)]
        for _ in range(many):
            assert held.begun.acquire(timeout=PATIENT)
        held.let.set()
        assert {each.result(PATIENT).assurance.level for each in waiting} == {4}


def test_when_they_hang_no_more_calls_are_answered_as_before(in_time: InTime, held: Held) -> None:
    hang(in_time)
    held.let.set()
    finish(in_time)
    assert in_time.pop(CALL) == POPS["level-four"]()


def test_what_is_logged_names_nobody(in_time: InTime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    hang(in_time)
    in_time.pop(CALL)
    assert caplog.messages == [
        *["A call was answered without context: its look-up takes over 0 s."] * MOST_LATE,
        f"A call was answered without context: {MOST_LATE} look-ups hang.",
    ]


# Closing, and the end of the process


def test_closing_waits_for_what_is_under_way(in_time: InTime, held: Held, notes: Notes) -> None:
    in_time.pop(CALL)
    in_time._seconds = PATIENT
    with ThreadPoolExecutor(1) as other:
        closing = other.submit(in_time.close)
        held.let.set()
        closing.result(PATIENT)
    assert [kind for kind, _ in notes.taken] == ["pop_late"]


def test_closing_waits_no_longer_than_a_caller_would(in_time: InTime) -> None:
    in_time.pop(CALL)
    in_time.close()
    assert len(in_time._under_way) == 1


HANGS = """
import threading
from sf_handoff import Connector, IncomingCall
from sf_handoff.connector import Answering

Answering.pop = lambda self, call: threading.Event().wait()
with Connector.from_env() as connector:
    connector._in_time._seconds = 0
    print(connector.screen_pop(IncomingCall("c-1")).notes[0])
"""


def test_no_look_up_keeps_the_interpreter_from_ending(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", HANGS],
        cwd=tmp_path,
        env={
            "HOME": str(tmp_path),
            "SF_HANDOFF_ORG": "embedded",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENT,
    )
    assert (ran.returncode, ran.stdout) == (0, f"{LATE}\n"), ran.stderr


# With the store


@pytest.fixture
def slow(connector: Connector, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A store that does not say whether a call is known until it is let."""
    let, answer = threading.Event(), connector._store.answer

    def waits(*asked: Any) -> Any:
        assert let.wait(PATIENT)
        return answer(*asked)

    monkeypatch.setattr(connector._store, "answer", waits)
    yield let
    let.set()
    finish(connector._in_time)


def test_what_a_late_look_up_bound_is_there_when_asked_again(
    connector: Connector, settings: Settings, clock: Clock, slow: threading.Event
) -> None:
    receipt = connector.hand_off(sample_handoff(at=clock.now))
    call = IncomingCall("c-1", JESSE, digits=receipt.dial.code)
    connector._in_time._seconds = AT_ONCE
    assert connector.screen_pop(call).notes == (LATE,)
    slow.set()
    finish(connector._in_time)
    clock.forward(hours=1)  # the code is over: only what was bound in time still opens
    assert connector.screen_pop(call).assurance.level == 4
    assert connector.screen_pop(IncomingCall("c-2", digits=receipt.dial.code)).assurance.level == 0
    assert noted(settings, "pop_late") == [receipt.handoff_id]


def test_a_late_look_up_that_finds_the_store_away_has_bound_nothing(
    connector: Connector, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = connector.hand_off(sample_handoff(at=clock.now))
    call = IncomingCall("c-1", JESSE, digits=receipt.dial.code)
    let = threading.Event()

    def away(*asked: Any) -> Any:
        assert let.wait(PATIENT)
        raise NotKept("STORE: away", code="STORE")

    with monkeypatch.context() as broken:
        broken.setattr(connector._store, "answer", away)
        connector._in_time._seconds = AT_ONCE
        assert connector.screen_pop(call).notes == (LATE,)
        let.set()
        finish(connector._in_time)
    assert connector.screen_pop(IncomingCall("c-2", JESSE, digits=receipt.dial.code)).assurance.level == 4


def noted(settings: Settings, kind: str) -> list[str]:
    engine = create_engine(settings.store_url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT handoff_id FROM events WHERE kind = :kind"), {"kind": kind})
        found = [row.handoff_id for row in rows]
    engine.dispose()
    return found
