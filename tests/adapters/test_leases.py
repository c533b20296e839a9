"""Leases: who may send a row, until when, in which order, and what becomes of those that nobody survives."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sf_handoff.adapters.seal import Seal
from sf_handoff.adapters.store import SqlStore
from sf_handoff.calls.follow_ups import Kind
from sf_handoff.calls.states import Status
from sf_handoff.errors import NotKept
from sf_handoff.ports import Settlement, Waiting

from .stored import DONE, LEASE, SEAL, at_once, events, first, handoff_id, new, numbers, row_of

if TYPE_CHECKING:
    from tests.conftest import Clock

    from .conftest import Opener

LATER = Settlement(Status.DUE, code="SERVER_UNAVAILABLE", retry_in=timedelta(minutes=5))


# Many at once


def test_many_rows_are_settled_each_as_it_went(five: SqlStore) -> None:
    one, two, three = five.take(limit=3, lease=LEASE)
    parked = Settlement(Status.PARKED, code="STRING_TOO_LONG")
    settled = five.settle_all([(three, LATER), (one, DONE), (two, parked)])
    assert numbers(settled) == [3, 1, 2]
    assert [row.state for row in settled] == [Status.DUE, Status.DELIVERED, Status.PARKED]
    assert settled == [row_of(five, number) for number in (3, 1, 2)]
    assert sorted(kind for kind, _ in events(five)) == ["delivered", "parked"]
    assert five.settle_all([]) == []


def test_none_is_settled_where_one_cannot_be(five: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    held = five.take(limit=3, lease=LEASE)

    def break_down(*arguments: Any) -> None:
        raise NotKept("The store broke down.", code="STORE")

    with monkeypatch.context() as patched:
        patched.setattr(five, "_log_all", break_down)
        with pytest.raises(NotKept):
            five.settle_all([(row, DONE) for row in held])
    assert {row.state for row in five.rows()} == {Status.DUE}
    assert events(five) == []
    assert {row.state for row in five.settle_all([(row, DONE) for row in held])} == {Status.DELIVERED}


def test_of_many_rows_the_one_that_went_to_another_stays_with_it(five: SqlStore, clock: Clock) -> None:
    """K06"""
    slow = five.take(limit=2, lease=LEASE)
    clock.forward(seconds=16)
    quick = first(five, ids=(handoff_id(1),))
    settled = five.settle_all([(row, DONE) for row in slow])
    assert [row.state for row in settled] == [Status.DUE, Status.DELIVERED]
    assert settled[0].token == quick.token


# Beats


def test_a_beat_prolongs_a_lease_and_no_other(five: SqlStore, clock: Clock) -> None:
    held = five.take(limit=2, lease=LEASE)
    clock.forward(seconds=14)
    five.beat(held[:1], LEASE)
    assert [row_of(five, number).next_at for number in (1, 2)] == [
        clock.now + LEASE,
        clock.now + timedelta(seconds=1),
    ]
    clock.forward(seconds=1)
    assert numbers(five.take(limit=5, lease=LEASE)) == [2, 3, 4, 5]
    assert five.settle(held[0], DONE).state is Status.DELIVERED


def test_a_beat_that_comes_too_late_changes_nothing(five: SqlStore, clock: Clock) -> None:
    """K06"""
    slow = first(five)
    clock.forward(seconds=15)
    assert numbers(five.take(limit=1, lease=LEASE)) == [1]
    taken = row_of(five)
    clock.forward(seconds=5)
    five.beat([slow], LEASE)
    five.beat([], LEASE)
    assert row_of(five) == taken


# Order within an episode


def test_a_later_tap_waits_for_the_one_that_is_being_sent(store: SqlStore, clock: Clock) -> None:
    for number in (1, 2, 3):
        store.settle(store.keep(new(number, person="A" if number < 3 else "B"), lease=LEASE), LATER)
    clock.forward(minutes=6)
    one = first(store)
    assert numbers([one]) == [1]
    assert numbers(store.take(limit=9, lease=LEASE)) == [3]
    assert store.take(limit=9, lease=LEASE, ids=(handoff_id(2),), waiting_too=True) == []
    store.settle(one, DONE)
    assert numbers(store.take(limit=9, lease=LEASE)) == [2]


def test_taps_of_an_episode_are_taken_together_by_one(store: SqlStore, clock: Clock) -> None:
    for number in (2, 1):
        store.settle(store.keep(new(number, person="A"), lease=LEASE), LATER)
    clock.forward(minutes=6)
    assert numbers(store.take(limit=9, lease=LEASE)) == [1, 2]


def test_an_earlier_tap_whose_worker_died_holds_up_none(store: SqlStore, clock: Clock) -> None:
    for number in (1, 2):
        store.settle(store.keep(new(number, person="A"), lease=LEASE), LATER)
    clock.forward(minutes=6)
    first(store)
    clock.forward(seconds=15)
    assert numbers(store.take(limit=9, lease=LEASE, ids=(handoff_id(2),))) == [2]


def test_an_earlier_tap_that_waits_holds_up_none(store: SqlStore) -> None:
    store.settle(store.keep(new(1, person="A"), lease=LEASE), LATER)
    store.settle(store.keep(new(2, person="A"), lease=LEASE), Settlement(Status.DUE))
    assert numbers(store.take(limit=9, lease=LEASE)) == [2]


def test_workers_that_take_at_once_keep_the_order_of_an_episode(
    url: str, opened: Opener, clock: Clock
) -> None:
    stores = [opened(url) for _ in range(4)]
    for number in range(1, 21):
        stores[0].settle(stores[0].keep(new(number, person="A"), lease=LEASE), LATER)
    clock.forward(minutes=6)
    left = 20
    while left:
        taken = [row for rows in at_once(4, lambda n: stores[n].take(limit=1, lease=LEASE)) for row in rows]
        assert numbers(taken) == [21 - left]
        stores[0].settle(taken[0], DONE)
        left -= 1


def test_taps_kept_at_once_are_one_episode(url: str, opened: Opener) -> None:
    stores = [opened(url) for _ in range(4)]

    def keep(number: int) -> str:
        return stores[number].keep(new(10 * person + number, person=str(person)), lease=LEASE).case_key

    for person in range(10):
        assert len(set(at_once(4, keep))) == 1, person


# Those that nobody survives


def test_a_row_that_nobody_survives_is_parked(store: SqlStore, clock: Clock) -> None:
    """K08"""
    for number in (1, 2):
        store.keep(new(number), lease=LEASE)
    for _ in range(2):
        clock.forward(seconds=15)
        taken = store.take(limit=9, lease=LEASE)
        assert numbers(taken) == [1, 2]
        store.settle(taken[1], Settlement(Status.DUE))
    clock.forward(seconds=15)
    assert numbers(store.take(limit=9, lease=LEASE)) == [2]
    (parked,) = store.rows(codes=("CRASH_LOOP",))
    assert (parked.handoff_id, parked.state, parked.token) == (handoff_id(1), Status.PARKED, None)
    assert parked.payload == new(1).payload
    assert events(store) == [("parked", '{"code": "CRASH_LOOP"}')]


def test_a_row_that_nobody_survived_can_be_sent_again(store: SqlStore, clock: Clock) -> None:
    """K08"""
    store.keep(new(), lease=LEASE)
    for _ in range(3):
        clock.forward(seconds=15)
        store.take(limit=9, lease=LEASE)
    again = first(store, states=(Status.PARKED,))
    assert store.settle(again, DONE).state is Status.DELIVERED


# Clocks that are set back


def test_a_clock_set_back_by_an_hour_holds_up_no_row(store: SqlStore, clock: Clock) -> None:
    """T01: one that waits, and one whose worker died."""
    store.settle(store.keep(new(1), lease=LEASE), LATER)
    store.keep(new(2), lease=LEASE)
    clock.forward(hours=-1)
    assert numbers(store.take(limit=9, lease=LEASE)) == [1, 2]


def test_a_clock_set_back_a_little_waits_a_little(store: SqlStore, clock: Clock) -> None:
    """T01: no longer than a minute."""
    store.settle(store.keep(new(), lease=LEASE), Settlement(Status.DUE))
    clock.forward(seconds=-60)
    assert store.take(limit=9, lease=LEASE) == []
    clock.forward(seconds=60)
    assert numbers(store.take(limit=9, lease=LEASE)) == [1]


def test_a_row_taken_early_is_settled_by_one(store: SqlStore, clock: Clock) -> None:
    """T01: the clock went back while the first worker was at it."""
    before = store.keep(new(), lease=LEASE)
    clock.forward(hours=-1)
    early = first(store)
    assert store.settle(before, Settlement(Status.PARKED, code="X")).state is Status.DUE
    assert store.settle(early, DONE).state is Status.DELIVERED


# Lists


def test_what_waits_is_named_with_its_episode(store: SqlStore, clock: Clock) -> None:
    for number in (3, 1, 2):
        store.keep(new(number, person="A"), lease=LEASE)
        clock.forward(minutes=1)
    store.settle(store.keep(new(4), lease=LEASE), DONE)
    due = (Status.DUE,)
    assert store.waiting(states=due, since=None, ids=()) == [
        Waiting(handoff_id(number), handoff_id(3), Kind.TAP) for number in (1, 2, 3)
    ]
    recent = store.waiting(states=due, since=clock.now - timedelta(minutes=2), ids=())
    assert [each.handoff_id for each in recent] == [handoff_id(1), handoff_id(2)]
    assert store.waiting(states=due, since=None, ids=(handoff_id(2), handoff_id(4))) == [
        Waiting(handoff_id(2), handoff_id(3), Kind.TAP)
    ]


def test_what_waits_is_not_opened(store: SqlStore, url: str, opened: Opener) -> None:
    store.settle(store.keep(new(1), lease=LEASE), LATER)
    both = opened(url, Seal("k2", {"k2": bytes(32), **SEAL.keys}))
    both.settle(both.keep(new(2), lease=LEASE), LATER)
    assert [each.handoff_id for each in store.waiting(states=(), since=None, ids=())] == [
        handoff_id(1),
        handoff_id(2),
    ]


def test_rows_by_their_codes(store: SqlStore) -> None:
    for number, code in ((1, "AUTH"), (2, "STRING_TOO_LONG"), (3, None)):
        row = store.keep(new(number), lease=LEASE)
        store.settle(row, Settlement(Status.DELIVERED if code is None else Status.PARKED, code=code))
    assert numbers(store.rows(codes=("AUTH",))) == [1]
    assert numbers(store.rows(codes=("AUTH", "STRING_TOO_LONG", "X"))) == [1, 2]
    assert store.rows(codes=("AUTH",), states=(Status.DUE,)) == []
