"""The gate of a destination: closed for all, and one who tries whether it is back."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from sf_handoff.adapters import tables
from sf_handoff.adapters.store import SqlStore
from sf_handoff.ports import Closed, Entry

from .stored import AT, SEAL, at_once, child, events

if TYPE_CHECKING:
    from tests.conftest import Clock

    from .conftest import Opener

ORG = "salesforce"
PROBE = timedelta(seconds=30)
WAIT = timedelta(minutes=5)


def enter(store: SqlStore, *, insists: bool = False) -> Entry | Closed:
    return store.enter(ORG, probe_for=PROBE, insists=insists)


def test_a_gate_that_nothing_happened_at_is_open(store: SqlStore) -> None:
    assert enter(store) == Entry(fails=0)
    with store._transaction() as tx:
        assert tx.execute(select(func.count()).select_from(tables.gates)).scalar_one() == 0


def test_failures_are_counted_until_one_call_goes_well(store: SqlStore) -> None:
    assert [store.failed(ORG, probing=False) for _ in range(3)] == [1, 2, 3]
    assert enter(store) == Entry(fails=3)
    assert store.failed("tracker", probing=False) == 1
    store.open_gate(ORG)
    assert enter(store) == Entry(fails=0)
    assert store.failed("tracker", probing=False) == 2
    assert events(store) == []


def test_failures_of_many_are_all_counted(url: str, opened: Opener) -> None:
    stores = [opened(url) for _ in range(4)]
    assert sorted(at_once(8, lambda number: stores[number % 4].failed(ORG, probing=False))) == list(
        range(1, 9)
    )


def test_a_closed_gate_says_why_and_until_when(store: SqlStore, clock: Clock) -> None:
    store.close_gate(ORG, "HTTP_503", WAIT)
    assert enter(store) == Closed("HTTP_503", clock.now + WAIT)
    assert store.enter("tracker", probe_for=PROBE) == Entry(fails=0)
    store.open_gate(ORG)
    assert enter(store) == Entry(fails=0)
    assert events(store) == [("gate closed", '{"reason": "HTTP_503"}'), ("gate opened", "{}")]


def test_closing_again_is_one_event(store: SqlStore, clock: Clock) -> None:
    store.close_gate(ORG, "HTTP_503", WAIT)
    clock.forward(minutes=1)
    store.close_gate(ORG, "AUTH", WAIT)
    assert enter(store) == Closed("AUTH", clock.now + WAIT)
    assert len(events(store)) == 1


def test_one_tries_when_the_time_is_over(store: SqlStore, clock: Clock) -> None:
    for _ in range(5):
        store.failed(ORG, probing=False)
    store.close_gate(ORG, "HTTP_503", WAIT)
    clock.forward(minutes=5)
    assert enter(store) == Entry(fails=5, probing=True)
    assert enter(store) == Closed("HTTP_503", clock.now + PROBE)
    store.close_gate(ORG, "HTTP_503", WAIT)
    assert enter(store) == Closed("HTTP_503", clock.now + WAIT)
    clock.forward(minutes=5)
    assert enter(store) == Entry(fails=5, probing=True)


def test_one_of_eight_threads_tries(url: str, opened: Opener, clock: Clock) -> None:
    stores = [opened(url) for _ in range(4)]
    stores[0].close_gate(ORG, "HTTP_503", WAIT)
    clock.forward(minutes=5)
    entries = at_once(8, lambda number: enter(stores[number % 4]))
    assert sum(isinstance(each, Entry) for each in entries) == 1


def enter_when_told(pipe: Connection, url: str) -> None:
    store = SqlStore.open(url, SEAL, lambda: AT + WAIT, shared_clock=False)
    pipe.send("ready")
    pipe.recv()
    pipe.send(isinstance(enter(store), Entry))


def test_one_of_eight_processes_tries(url: str, opened: Opener) -> None:
    opened(url, clock=lambda: AT).close_gate(ORG, "HTTP_503", WAIT)
    with ExitStack() as stack:
        pipes = [stack.enter_context(child(enter_when_told, url))[1] for _ in range(8)]
        assert [pipe.recv() for pipe in pipes] == ["ready"] * 8
        for pipe in pipes:
            pipe.send("go")
        assert sorted(pipe.recv() for pipe in pipes) == [False] * 7 + [True]


def test_a_probe_that_never_comes_back_is_followed_by_another(store: SqlStore, clock: Clock) -> None:
    store.close_gate(ORG, "HTTP_503", WAIT)
    clock.forward(minutes=5)
    enter(store)
    clock.forward(seconds=29)
    assert isinstance(enter(store), Closed)
    clock.forward(seconds=1)
    assert enter(store) == Entry(fails=0, probing=True)


def test_who_insists_tries_before_the_time(store: SqlStore) -> None:
    store.close_gate(ORG, "AUTH", WAIT)
    assert isinstance(enter(store), Closed)
    assert enter(store, insists=True) == Entry(fails=0, probing=True)
    assert isinstance(enter(store, insists=True), Closed)


@pytest.mark.parametrize("probing", [False, True])
def test_a_clock_set_back_keeps_no_gate_closed(store: SqlStore, clock: Clock, probing: bool) -> None:
    """T01"""
    store.close_gate(ORG, "HTTP_503", WAIT)
    if probing:
        clock.forward(minutes=5)
        enter(store)
    clock.forward(hours=-1)
    assert enter(store) == Entry(fails=0, probing=True)
