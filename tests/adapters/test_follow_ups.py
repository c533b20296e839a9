"""What follows a tap, in the store: told once, in its order, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sf_handoff import InvalidHandoff
from sf_handoff.adapters.store import SqlStore
from sf_handoff.calls.binding import UNDONE, IncomingCall
from sf_handoff.calls.evidence import Asked
from sf_handoff.calls.follow_ups import Callback, CallbackTried, Called, Kind, Outcome, Reason, read_event
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.ladder import LADDER, answer
from sf_handoff.calls.numbers import caller
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.states import Status
from tests.conftest import Clock

from .stored import AT, DONE, LEASE, at_once, handoff_id, new

CALLED = Called(at=AT, call_key="call-1", level=4, matched_by="dialed_code")
CONFIRMED = Outcome(at=AT, reason=Reason.CONFIRMED)
ASKED = Callback(
    at=AT, number="+15035550199", not_before=AT + timedelta(hours=1), not_after=AT + timedelta(hours=3)
)


@pytest.fixture
def tap(store: SqlStore) -> str:
    store.settle(store.keep(new(1), lease=LEASE), DONE)
    return handoff_id(1)


def kinds(store: SqlStore) -> list[Kind]:
    return [row.kind for row in store.rows()]


def test_a_follow_up_is_a_row_of_its_own(store: SqlStore, tap: str) -> None:
    row = store.follow(tap, CALLED, lease=LEASE)
    assert (row.kind, row.parent, row.state, row.fresh) == (Kind.CALLED, tap, Status.DUE, True)
    assert read_event(row.payload) == CALLED
    assert (row.case_id, row.taps) == (DONE.case_id, 1)
    assert store.row(tap) and kinds(store) == [Kind.TAP, Kind.CALLED]


def test_leased_to_nobody_it_may_be_taken_at_once(store: SqlStore, tap: str) -> None:
    row = store.follow(tap, CALLED, lease=None)
    assert [each.handoff_id for each in store.take(limit=9, lease=LEASE)] == [row.handoff_id]


def test_leased_it_is_nobody_elses(store: SqlStore, tap: str) -> None:
    store.follow(tap, CALLED, lease=LEASE)
    assert store.take(limit=9, lease=LEASE, waiting_too=True) == []


def test_the_same_call_is_noted_once_whatever_came_between(store: SqlStore, tap: str) -> None:
    first = store.follow(tap, CALLED, lease=None)
    store.follow(tap, CALLED.model_copy(update={"call_key": "call-2"}), lease=None)
    later = CALLED.model_copy(update={"at": AT + timedelta(minutes=1)})
    again = store.follow(tap, later, lease=LEASE)
    assert (again.handoff_id, again.fresh) == (first.handoff_id, False)
    assert kinds(store).count(Kind.CALLED) == 2


def test_an_outcome_told_anew_counts_anew(store: SqlStore, clock: Clock, tap: str) -> None:
    told = []
    for reason in (Reason.CONFIRMED, Reason.CONFIRMED, Reason.OTHER_REASON, Reason.CONFIRMED):
        clock.forward(seconds=1)
        told.append(
            store.follow(tap, CONFIRMED.model_copy(update={"reason": reason}), lease=LEASE).handoff_id
        )
    assert told[0] == told[1]
    assert len(set(told)) == 3
    newest = store.followed(tap, Kind.OUTCOME)
    assert [row.handoff_id for row in newest] == [told[3], told[2], told[0]]


def test_told_in_many_threads_at_once_it_is_one_row(store: SqlStore, tap: str) -> None:
    rows = at_once(8, lambda number: store.follow(tap, CONFIRMED, lease=LEASE))
    assert len({row.handoff_id for row in rows}) == 1
    assert sum(row.fresh for row in rows) == 1
    assert kinds(store).count(Kind.OUTCOME) == 1


def test_they_are_taken_after_their_tap_and_in_their_order(store: SqlStore) -> None:
    """Even where all of it happened in the same moment."""
    store.keep(new(1), lease=timedelta(0))
    for event in (CALLED, CONFIRMED, ASKED):
        store.follow(handoff_id(1), event, lease=None)
    taken = store.take(limit=9, lease=LEASE)
    assert [row.kind for row in taken] == [Kind.TAP, Kind.CALLED, Kind.OUTCOME, Kind.CALLBACK]


def test_while_the_tap_is_sent_they_wait(store: SqlStore) -> None:
    store.keep(new(1), lease=LEASE)
    store.follow(handoff_id(1), CALLED, lease=None)
    assert store.take(limit=9, lease=LEASE) == []


def test_a_tap_knows_whether_it_was_called(store: SqlStore) -> None:
    row = store.keep(new(1, person="A"), lease=LEASE)
    other = store.keep(new(2, person="A"), lease=LEASE)
    assert (row.called, other.called) == (False, False)
    store.follow(handoff_id(2), CALLED, lease=None)
    first, second = store.row(handoff_id(1)), store.row(handoff_id(2))
    assert first and second and (first.called, second.called) == (False, True)
    assert (first.taps, second.taps, second.newest) == (2, 2, True)


def test_they_go_with_their_tap_into_a_new_episode(store: SqlStore) -> None:
    store.settle(store.keep(new(1, person="A"), lease=LEASE), DONE)
    second = store.keep(new(2, person="A"), lease=LEASE)
    store.follow(handoff_id(2), CALLED, lease=None)
    moved = store.new_episode(second)
    assert moved.case_key == handoff_id(2)
    (called,) = store.followed(handoff_id(2), Kind.CALLED)
    assert (called.case_key, called.case_id) == (handoff_id(2), None)


def test_of_what_is_not_written_nothing_that_follows_is(store: SqlStore) -> None:
    store.keep(new(1, state=Status.KEPT, code="HELD_OUT", message="why"), lease=LEASE)
    row = store.follow(handoff_id(1), CONFIRMED, lease=LEASE)
    assert (row.state, row.code, row.message, row.token) == (Status.KEPT, "HELD_OUT", "why", None)


@pytest.mark.parametrize("wrong", ["00000000-0000-4000-8000-000000000009", "follow-up"])
def test_it_needs_a_tap(store: SqlStore, tap: str, wrong: str) -> None:
    if wrong == "follow-up":
        wrong = store.follow(tap, CALLED, lease=None).handoff_id
    with pytest.raises(InvalidHandoff) as refused:
        store.follow(wrong, CONFIRMED, lease=LEASE)
    assert refused.value.code == "UNKNOWN_HANDOFF"


def test_the_callbacks_of_a_person_are_found_from_any_tap(store: SqlStore, clock: Clock) -> None:
    for number, person in ((1, "A"), (2, "A"), (3, "B"), (4, None)):
        store.settle(store.keep(new(number, person=person, about=f"screen {number}"), lease=LEASE), DONE)
        clock.forward(seconds=1)
        store.follow(handoff_id(number), ASKED, lease=LEASE)

    def found(number: int) -> list[str | None]:
        return [row.parent for row in store.followed(handoff_id(number), Kind.CALLBACK, by_person=True)]

    assert found(1) == found(2) == [handoff_id(2), handoff_id(1)]
    assert (found(3), found(4)) == ([handoff_id(3)], [handoff_id(4)])


def test_the_wrong_person_undoes_match_and_code(store: SqlStore, clock: Clock) -> None:
    at = clock.now
    payload = Handoff.parse(sample_handoff(at=at, handoff_id=handoff_id(1))).canonical()
    tap = new(1, phone="+15035550142", occurred_at=at, payload=payload)
    store.settle(store.keep(tap, lease=LEASE), DONE)
    store.reserve_code(handoff_id(1), "123456786", expires_at=at + timedelta(minutes=10))

    def asks(call_key: str, digits: str | None) -> tuple[str | None, bool]:
        call = IncomingCall(call_key, "+15035550142", digits=digits)
        asked = Asked(call, caller(call.from_number))
        binding, _ = store.answer(call_key, at, lambda lookups: answer(asked, lookups, LADDER))
        return binding.handoff_id, UNDONE in binding.reasons

    assert asks("call-1", "123456786") == (handoff_id(1), False)
    store.follow(handoff_id(1), Outcome(at=at, reason=Reason.WRONG_PERSON), lease=LEASE)
    assert asks("call-1", "123456786") == asks("call-1", None) == (None, True)
    assert asks("call-2", "123456786") == asks("call-3", None) == (None, False)


def test_the_taps_of_a_screen_are_counted(store: SqlStore, clock: Clock) -> None:
    for number, screen in ((1, "ClaimStatus"), (2, "ClaimStatus"), (3, "ClaimsList")):
        store.keep(new(number, screen=screen), lease=LEASE)
    store.follow(handoff_id(1), CALLED, lease=None)
    assert store.taps("ClaimStatus", clock.now - timedelta(hours=1)) == 2
    assert store.taps("ClaimStatus", clock.now + timedelta(hours=1)) == 0


def test_purged_with_everything_else(store: SqlStore, clock: Clock, tap: str) -> None:
    row = store.follow(tap, ASKED, lease=LEASE)
    store.settle(row, replace(DONE, task_id="00T000000000002AAA"))
    clock.forward(days=31)
    assert store.purge(delivered=timedelta(days=30), parked=timedelta(days=90)) == 2
    assert store.followed(tap, Kind.CALLBACK, by_person=True) == []


@pytest.mark.parametrize(
    "event",
    [CALLED, CONFIRMED, ASKED, CallbackTried(at=AT, reached=False, attempts=2, callbacks=("a",))],
    ids=lambda event: event.kind,
)
def test_what_is_kept_is_read_back_exactly(store: SqlStore, tap: str, event: Any) -> None:
    store.follow(tap, event, lease=None)
    (row,) = store.followed(tap, event.kind)
    assert read_event(row.payload) == event
