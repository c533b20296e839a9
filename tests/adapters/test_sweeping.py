"""What the sweep asks the store, and what is remembered of it; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import events, swept
from sf_handoff.calls.follow_ups import Called, Outcome, Reason
from sf_handoff.calls.states import Status
from sf_handoff.calls.sweep import Pick, Picks, State, Uncalled
from sf_handoff.ports import Row, Settlement
from tests.conftest import Clock

from .stored import AT, DONE, LEASE, at_once, handoff_id, new

PARKED = Settlement(Status.PARKED, code="STRING_TOO_LONG", message="why")
ONE, TWO, THREE = handoff_id(1), handoff_id(2), handoff_id(3)
CONFIRMED, WRONG = Reason.CONFIRMED, Reason.WRONG_PERSON


def tap(store: SqlStore, number: int = 1, settlement: Settlement | None = DONE, **changes: Any) -> str:
    kept = store.keep(new(number, **changes), lease=LEASE)
    if settlement:
        store.settle(kept, settlement)
    return handoff_id(number)


def same_episode(store: SqlStore, first: int, second: int) -> None:
    for number in (first, second):
        tap(store, number, person="1234567890V123456")


def called(store: SqlStore, tap: str, clock: Clock, key: str = "call-1") -> Row:
    event = Called(at=clock.now, call_key=key, level=4, matched_by="dialed_code")
    return store.follow(tap, event, lease=None)


def told(
    store: SqlStore, tap: str, clock: Clock, reason: Reason, settlement: Settlement | None = DONE
) -> Row:
    row = store.follow(tap, Outcome(at=clock.now, reason=reason), lease=LEASE)
    return store.settle(row, settlement) if settlement else row


def uncalled(store: SqlStore, clock: Clock, after: str = "", limit: int = 9) -> list[str]:
    return [each.case_key for each in store.uncalled(clock.now, after=after, limit=limit)]


def pick(key: str = ONE, reason: Reason | None = CONFIRMED) -> Pick:
    return Pick(key, "500000000000001AAA", reason, AT)


def outcomes(store: SqlStore) -> list[tuple[str, dict[str, str]]]:
    query = select(events.c.handoff_id, events.c.detail).where(events.c.kind == "outcome")
    with store._transaction() as tx:
        return [
            (each.handoff_id, json.loads(each.detail)) for each in tx.execute(query.order_by(events.c.id))
        ]


# Cases without a call


def test_cases_come_in_the_order_of_their_keys_a_page_at_a_time(store: SqlStore, clock: Clock) -> None:
    for number in (3, 1, 2):
        tap(store, number)
    clock.forward(hours=2)
    assert uncalled(store, clock) == [ONE, TWO, THREE]
    assert uncalled(store, clock, limit=2) == [ONE, TWO]
    assert uncalled(store, clock, after=TWO) == [THREE]


def test_an_episode_is_one_case_and_over_when_its_last_tap_is(store: SqlStore, clock: Clock) -> None:
    same_episode(store, 1, 20)
    last = AT + timedelta(minutes=50)
    assert store.uncalled(last - timedelta(seconds=1), after="", limit=9) == []
    assert store.uncalled(last, after="", limit=9) == [Uncalled(ONE, seems_late=False)]


@pytest.mark.parametrize("what", ["called", "told", "due", "no case", "by policy"])
def test_what_is_no_such_case(store: SqlStore, clock: Clock, what: str) -> None:
    settled = PARKED if what == "no case" else DONE
    key = tap(store, 1, settled) if what != "by policy" else tap(store, 1, None, state=Status.KEPT)
    if what == "called":
        called(store, key, clock)
    if what == "due":
        tap(store, 2, None, person=new(1).person)
    if what == "told":
        told(store, key, clock, CONFIRMED)
    clock.forward(hours=2)
    assert uncalled(store, clock) == []


@pytest.mark.parametrize("state", [Status.PARKED, Status.KEPT])
def test_a_case_stands_even_where_its_task_was_refused(store: SqlStore, clock: Clock, state: Status) -> None:
    tap(store, 1, Settlement(Status.PARKED, code="X", case_id="500000000000001AAA"))
    if state is Status.KEPT:
        store.discard(ONE, "a test")
    clock.forward(hours=2)
    assert uncalled(store, clock) == [ONE]


def test_a_case_seems_late_where_every_tap_came_late(store: SqlStore, clock: Clock) -> None:
    late = store.keep(new(1, person="1234567890V123456"), lease=timedelta(hours=9))
    other = store.keep(new(2), lease=timedelta(hours=9))
    clock.forward(hours=2)
    for row in (late, other):
        store.settle(row, DONE)
    tap(store, 3, occurred_at=clock.now)
    tap(store, 4, occurred_at=clock.now, person="1234567890V123456")
    clock.forward(hours=1)
    found = {each.case_key: each.seems_late for each in store.uncalled(clock.now, after="", limit=9)}
    assert found == {ONE: False, TWO: True, THREE: False}


@pytest.mark.parametrize("state", list(State))
def test_what_was_swept_is_not_asked_for_again(store: SqlStore, clock: Clock, state: State) -> None:
    for number in (1, 2):
        tap(store, number)
    clock.forward(hours=2)
    for _ in range(2):
        store.swept([ONE], state)
    assert uncalled(store, clock) == [TWO]


def test_context_is_outdated_after_the_last_tap_and_once(store: SqlStore, clock: Clock) -> None:
    same_episode(store, 1, 20)
    for number in (2, 3):
        tap(store, number)
    store.swept([ONE], State.NO_CALL)
    store.swept([TWO], State.LATE)
    store.swept([THREE], State.LEFT)

    def outdated(**after: float) -> list[str]:
        return store.outdated(AT + timedelta(**after), after="", limit=9)

    assert (outdated(minutes=19), outdated(minutes=20)) == ([TWO], [ONE, TWO])
    assert store.outdated(clock.now + timedelta(days=1), after=ONE, limit=9) == [TWO]
    store.emptied([ONE])
    assert outdated(days=9) == [TWO]
    store.swept([TWO], State.LEFT)
    assert outdated(days=9) == []


def test_what_is_known_of_no_tap_is_forgotten_once_nothing_is_to_be_done(store: SqlStore) -> None:
    for number in (1, 2, 3):
        tap(store, number)
    store.swept([ONE, TWO], State.NO_CALL)
    store.emptied([TWO])
    store.keep_picks([pick(THREE)])

    def remembered() -> list[str]:
        store.forget_swept()
        with store._transaction() as tx:
            return sorted(tx.execute(select(swept.c.case_key)).scalars())

    assert remembered() == [ONE, TWO, THREE]
    with store._transaction() as tx:
        tx.exec_driver_sql("DELETE FROM handoffs")
    assert remembered() == [ONE]


# Outcomes


def test_how_far_outcomes_were_read_is_remembered(store: SqlStore) -> None:
    assert store.picked_until() is None
    for moment in (AT, AT + timedelta(days=1), AT):
        store.read_picks_until(moment)
        assert store.picked_until() == moment


def test_an_outcome_is_counted_once(store: SqlStore, clock: Clock) -> None:
    tap(store)
    assert store.keep_picks([pick()]) == Picks(new=1)
    assert store.keep_picks([pick()]) == Picks()
    assert outcomes(store) == [(ONE, {"reason": "confirmed", "source": "agent"})]
    clock.forward(hours=2)
    assert uncalled(store, clock) == []


def test_counted_at_once_it_is_counted_once(store: SqlStore) -> None:
    for number in range(1, 9):  # the first of them opens the connections
        kept = at_once(4, _keeper(store, tap(store, number)))
        assert sum(each.new for each in kept) == 1
    assert len(outcomes(store)) == 8


def _keeper(store: SqlStore, key: str) -> Callable[[int], Picks]:
    return lambda _: store.keep_picks([pick(key)])


def test_remembered_at_once_nobody_waits_for_ever(store: SqlStore) -> None:
    for first in range(0, 1_200, 300):
        keys = [handoff_id(first + number) for number in range(300)]
        at_once(4, partial(_remember, store, keys))
    with store._transaction() as tx:
        assert set(tx.execute(select(swept.c.state)).scalars()) == {"no_call"}


def _remember(store: SqlStore, keys: list[str], number: int) -> None:
    store.swept(keys[:: -1 if number % 2 else 1], State.NO_CALL)


@pytest.mark.parametrize(
    ("settlement", "expected"),
    [(DONE, Picks()), (None, Picks(waits=True)), (PARKED, Picks(new=1))],
)
def test_what_was_told_counts_once_it_came_there(
    store: SqlStore, clock: Clock, settlement: Settlement | None, expected: Picks
) -> None:
    told(store, tap(store), clock, CONFIRMED, settlement)
    assert store.keep_picks([pick()]) == expected


def test_the_later_one_of_told_and_read_counts(store: SqlStore, clock: Clock) -> None:
    tap(store)
    store.keep_picks([pick(reason=Reason.NOT_USEFUL)])
    clock.forward(minutes=1)
    told(store, ONE, clock, CONFIRMED)
    assert store.keep_picks([pick()]) == Picks()
    clock.forward(minutes=1)
    assert store.keep_picks([pick(reason=Reason.NOT_USEFUL)]) == Picks(new=1)


def test_what_was_told_and_cannot_be_read_is_passed_over(store: SqlStore, clock: Clock) -> None:
    told(store, tap(store), clock, CONFIRMED)
    with store._transaction() as tx:
        tx.exec_driver_sql("UPDATE handoffs SET digest = '', payload = '' WHERE kind = 'outcome'")
    assert store.keep_picks([pick()]) == Picks(new=1)


def test_a_wrong_persons_is_known_once_it_was_told(store: SqlStore, clock: Clock) -> None:
    same_episode(store, 1, 2)
    for each in (ONE, TWO, ONE):
        clock.forward(minutes=5)
        called(store, each, clock, f"call-{each}-{clock.now}")
    tap(store, 3)
    assert store.keep_picks([pick(reason=WRONG)]) == Picks(wrong=(ONE, TWO))
    assert store.keep_picks([pick(THREE, WRONG)]) == Picks(wrong=(THREE,))
    assert outcomes(store) == []
    for each in (ONE, TWO):
        clock.forward(seconds=1)
        told(store, each, clock, WRONG)
    assert store.keep_picks([pick(reason=WRONG)]) == Picks()


def test_it_is_the_outcome_of_the_last_call(store: SqlStore, clock: Clock) -> None:
    same_episode(store, 1, 2)
    for each, reason in ((ONE, CONFIRMED), (TWO, Reason.NOT_USEFUL), (ONE, CONFIRMED)):
        clock.forward(minutes=5)
        called(store, each, clock, f"call at {clock.now}")
        store.keep_picks([pick(reason=reason)])
    assert [tap for tap, _ in outcomes(store)] == [ONE, TWO, ONE]


def test_cases_of_others_are_passed_over(store: SqlStore) -> None:
    assert store.keep_picks([pick("another"), pick("other", None), pick("third", WRONG)]) == Picks()
    assert outcomes(store) == []


def test_an_unknown_outcome_is_told_of_once(store: SqlStore) -> None:
    tap(store)
    assert store.keep_picks([pick(reason=None)]) == Picks(unknown=(ONE,))
    assert store.keep_picks([pick(reason=None)]) == Picks()
    assert store.keep_picks([pick()]) == Picks(new=1)


# Calls without outcome


def test_the_last_call_of_a_case_counts(store: SqlStore, clock: Clock) -> None:
    same_episode(store, 1, 2)
    called(store, ONE, clock)
    clock.forward(hours=1)
    called(store, TWO, clock, "call-2")
    assert store.unanswered(clock.now - timedelta(minutes=1)) == []
    (found,) = store.unanswered(clock.now + timedelta(minutes=60))
    assert (found.handoff_id, found.case_id, found.case_number) == (TWO, DONE.case_id, None)
    assert found.since >= clock.now


@pytest.mark.parametrize("what", ["told", "picked", "parked", "no case", "purged"])
def test_what_needs_nobody(store: SqlStore, clock: Clock, what: str) -> None:
    key = tap(store, 1, PARKED if what == "no case" else DONE)
    row = called(store, key, clock)
    if what in ("told", "parked"):
        told(store, key, clock, CONFIRMED, PARKED if what == "parked" else DONE)
    if what == "picked":
        store.keep_picks([pick()])
    if what == "purged":
        (held,) = store.take(limit=1, lease=LEASE, ids=[row.handoff_id])
        store.settle(held, DONE)
        clock.forward(days=31)
        store.purge(delivered=timedelta(days=30), parked=timedelta(days=90))
    assert store.unanswered(datetime(2030, 1, 1, tzinfo=UTC)) == []


def test_the_longest_first(store: SqlStore, clock: Clock) -> None:
    for number in (1, 2, 3):
        tap(store, number)
    for key in (TWO, THREE, ONE):
        clock.forward(hours=1)
        called(store, key, clock, key)
    clock.forward(hours=9)
    assert [each.handoff_id for each in store.unanswered(clock.now)] == [TWO, THREE, ONE]
