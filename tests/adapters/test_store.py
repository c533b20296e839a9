"""The store's contract: what keep, take and settle promise to threads, to processes and to those that die.

Every test runs on SQLite and on PostgreSQL. A01 and the like are the rows of the fault matrix that a test
answers.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from sf_handoff.adapters import engines, tables
from sf_handoff.adapters.seal import Seal
from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import handoffs
from sf_handoff.calls.evidence import KnownCode
from sf_handoff.calls.states import Linked, Status
from sf_handoff.errors import InvalidHandoff, Misconfigured
from sf_handoff.ports import Settlement

from .stored import (
    AT,
    DONE,
    LEASE,
    PHONE,
    SEAL,
    asks,
    at_once,
    child,
    events,
    first,
    handoff_id,
    new,
    numbers,
    row_of,
)

if TYPE_CHECKING:
    from tests.conftest import Clock

    from .conftest import Opener


# Keeping


def test_a_fresh_handoff_is_leased_to_its_caller(store: SqlStore, clock: Clock) -> None:
    kept = new(phone=PHONE)
    row = store.keep(kept, lease=LEASE)
    assert (row.fresh, row.state, row.attempts, row.payload) == (True, Status.DUE, 0, kept.payload)
    assert row.next_at == clock.now + LEASE
    assert (row.occurred_at, row.expires_at, row.kept_at) == (kept.occurred_at, kept.expires_at, clock.now)
    assert (row.case_key, row.case_id, row.settled_at, row.dial_code) == (row.handoff_id, None, None, None)
    assert row.token
    assert store.take(limit=9, lease=LEASE) == []
    assert store.take(limit=9, lease=LEASE, waiting_too=True) == []
    clock.forward(seconds=15)
    assert numbers(store.take(limit=9, lease=LEASE)) == [1]


def test_the_same_handoff_again_is_the_row_that_is_there(store: SqlStore) -> None:
    """A01"""
    row = store.keep(new(), lease=LEASE)
    settled = store.settle(row, DONE)
    again = store.keep(new(), lease=LEASE)
    assert not again.fresh
    assert again == settled
    assert len(store.rows()) == 1


def test_another_body_under_the_same_id_is_refused(store: SqlStore) -> None:
    """A02"""
    row = store.keep(new(), lease=LEASE)
    with pytest.raises(InvalidHandoff) as refused:
        store.keep(new(payload=b'{"canary":"Wilhelmina"}', state=Status.KEPT, phone=PHONE), lease=LEASE)
    assert refused.value.code == "KEY_CONFLICT"
    assert [problem.path for problem in refused.value.problems] == ["handoff_id"]
    assert "Wilhelmina" not in f"{refused.value!r} {refused.value.problems}"
    assert store.row(row.handoff_id) == replace(row, fresh=False)


def test_eight_threads_keep_one_row(store: SqlStore) -> None:
    """A01"""
    rows = at_once(8, lambda _: store.keep(new(), lease=LEASE))
    assert sorted(row.fresh for row in rows) == [False] * 7 + [True]
    assert {row.handoff_id for row in rows} == {handoff_id(1)}
    assert len(store.rows()) == 1


def keep_when_told(pipe: Connection, url: str) -> None:
    store = SqlStore.open(url, SEAL, lambda: AT, shared_clock=False)
    pipe.send("ready")
    pipe.recv()
    pipe.send(store.keep(new(), lease=LEASE).fresh)


def test_two_processes_keep_one_row(url: str, opened: Opener) -> None:
    """A01, A13: both start on a store that is not there yet."""
    with child(keep_when_told, url) as (_, one), child(keep_when_told, url) as (_, other):
        assert [pipe.recv() for pipe in (one, other)] == ["ready", "ready"]
        for pipe in (one, other):
            pipe.send("go")
        assert sorted(pipe.recv() for pipe in (one, other)) == [False, True]
    assert len(opened(url).rows()) == 1


def test_what_is_kept_by_policy_is_settled_from_the_start(store: SqlStore, clock: Clock) -> None:
    row = store.keep(new(state=Status.KEPT, code="NO_CONSENT", message="why"), lease=LEASE)
    assert (row.fresh, row.state, row.code, row.message) == (True, Status.KEPT, "NO_CONSENT", "why")
    assert (row.attempts, row.token, row.next_at) == (0, None, None)
    assert row.settled_at == clock.now
    assert store.take(limit=9, lease=LEASE) == []


@pytest.mark.parametrize("states", [(), (Status.KEPT,), tuple(Status)])
def test_what_is_kept_by_policy_is_never_taken(store: SqlStore, states: tuple[Status, ...]) -> None:
    store.keep(new(state=Status.KEPT), lease=LEASE)
    assert store.take(limit=9, lease=LEASE, states=states, waiting_too=True) == []
    (row,) = store.rows()
    assert row.state is Status.KEPT


# Reading


def test_rows_fit_every_filter(store: SqlStore, clock: Clock) -> None:
    for number in (3, 1, 2):
        row = store.keep(new(number), lease=LEASE)
        clock.forward(minutes=1)
        if number != 3:
            store.settle(row, DONE)
    assert numbers(store.rows()) == [1, 2, 3]
    assert numbers(store.rows(states=(Status.DELIVERED,))) == [1, 2]
    assert numbers(store.rows(states=(Status.DUE, Status.DELIVERED))) == [1, 2, 3]
    assert numbers(store.rows(since=clock.now - timedelta(minutes=2))) == [1, 2]
    assert numbers(store.rows(ids=(handoff_id(3), handoff_id(2), "none"))) == [2, 3]
    assert numbers(store.rows(states=(Status.DUE,), since=clock.now - timedelta(minutes=2))) == []


def test_a_row_that_is_not_there(store: SqlStore) -> None:
    assert store.row(handoff_id(9)) is None


# Taking


def test_the_oldest_taps_are_taken_first(five: SqlStore) -> None:
    assert numbers(five.take(limit=2, lease=LEASE)) == [1, 2]
    assert numbers(five.take(limit=2, lease=LEASE)) == [3, 4]
    assert numbers(five.take(limit=2, lease=LEASE)) == [5]
    assert five.take(limit=2, lease=LEASE) == []


def test_taking_changes_the_token_and_settling_counts(five: SqlStore, clock: Clock) -> None:
    tokens = set()
    for attempts in range(4):
        row = first(five, ids=(handoff_id(1),))
        tokens.add(row.token)
        assert (row.attempts, row.state, row.fresh) == (attempts, Status.DUE, False)
        kept = row_of(five)
        assert (kept.attempts, kept.token, kept.next_at) == (attempts, row.token, clock.now + LEASE)
        assert five.settle(row, Settlement(Status.DUE)).attempts == attempts + 1
    assert len(tokens) == 4
    assert None not in tokens


def test_take_fits_every_filter(five: SqlStore, clock: Clock) -> None:
    parked = first(five, ids=(handoff_id(4),))
    five.settle(parked, Settlement(Status.PARKED, code="STRING_TOO_LONG"))
    assert five.take(limit=9, lease=LEASE, ids=(handoff_id(4),)) == []
    assert numbers(five.take(limit=9, lease=LEASE, ids=(handoff_id(5), handoff_id(2)))) == [2, 5]
    assert numbers(five.take(limit=9, lease=LEASE, since=clock.now - timedelta(seconds=16))) == [1]
    assert numbers(five.take(limit=9, lease=LEASE, states=(Status.PARKED,))) == [4]
    assert five.rows(states=(Status.PARKED,)) == []
    assert numbers(five.take(limit=9, lease=LEASE)) == [3]


def test_a_row_waits_for_its_time_unless_asked(store: SqlStore, clock: Clock) -> None:
    row = store.keep(new(), lease=LEASE)
    store.settle(row, Settlement(Status.DUE, code="X", retry_in=timedelta(minutes=5)))
    assert store.take(limit=1, lease=LEASE) == []
    assert numbers(store.take(limit=1, lease=LEASE, waiting_too=True)) == [1]
    assert store.take(limit=1, lease=LEASE, waiting_too=True) == []
    clock.forward(seconds=15)
    assert numbers(store.take(limit=1, lease=LEASE)) == [1]


# Settling


def test_an_attempt_that_says_nothing_about_the_row_is_not_counted(store: SqlStore) -> None:
    row = store.keep(new(), lease=LEASE)
    away = store.settle(row, Settlement(Status.DUE, code="AUTH", api_calls=1, counted=False))
    assert (away.attempts, away.api_calls) == (0, 1)
    assert store.settle(first(store), DONE).attempts == 1


def test_what_became_of_a_row(store: SqlStore, clock: Clock) -> None:
    row = store.keep(new(), lease=LEASE)
    clock.forward(seconds=2)
    settlement = Settlement(
        Status.DELIVERED,
        case_id="500000000000001AAA",
        case_number="00001001",
        task_id="00T000000000001AAA",
        contact_linked=Linked.AMBIGUOUS,
        api_calls=2,
        notes=("one", "two"),
    )
    settled = store.settle(row, settlement)
    assert settled == store.row(row.handoff_id)
    assert (settled.state, settled.settled_at, settled.next_at) == (Status.DELIVERED, clock.now, None)
    assert (settled.case_id, settled.case_number, settled.case_done) == (
        settlement.case_id,
        settlement.case_number,
        True,
    )
    assert (settled.task_id, settled.contact_linked) == (settlement.task_id, Linked.AMBIGUOUS)
    assert (settled.notes, settled.api_calls, settled.token) == (("one", "two"), 2, None)
    assert (settled.fresh, settled.code, settled.message) == (False, None, None)
    clock.forward(days=1)
    assert store.take(limit=1, lease=LEASE, waiting_too=True) == []


def test_a_row_that_stays_due_is_free_after_its_wait(store: SqlStore, clock: Clock) -> None:
    row = store.keep(new(), lease=LEASE)
    waits = Settlement(
        Status.DUE, code="SERVER_UNAVAILABLE", message="later", api_calls=3, retry_in=timedelta(seconds=40)
    )
    settled = store.settle(row, waits)
    assert (settled.state, settled.settled_at, settled.token) == (Status.DUE, None, None)
    assert settled.next_at == clock.now + timedelta(seconds=40)
    assert (settled.code, settled.message) == ("SERVER_UNAVAILABLE", "later")
    clock.forward(seconds=39)
    assert store.take(limit=1, lease=LEASE) == []
    clock.forward(seconds=1)
    done = store.settle(first(store), DONE)
    assert (done.api_calls, done.code, done.message) == (4, None, None)


def test_a_worker_that_was_away_too_long_changes_nothing(store: SqlStore, clock: Clock) -> None:
    """K06"""
    slow = store.keep(new(), lease=LEASE)
    clock.forward(seconds=16)
    quick = first(store)
    while_held = store.settle(slow, Settlement(Status.PARKED, code="TOO_LATE", api_calls=7))
    assert (while_held.state, while_held.token, while_held.code) == (Status.DUE, quick.token, None)
    settled = store.settle(quick, DONE)
    late = Settlement(Status.PARKED, code="TOO_LATE", api_calls=7, notes=("late",))
    assert store.settle(slow, late) == settled
    assert store.settle(quick, late) == settled
    assert [kind for kind, _ in events(store)] == ["delivered"]
    assert store.keep(new(2, person=new().person), lease=LEASE).case_key == handoff_id(1)


def test_only_who_holds_a_row_may_settle_it(store: SqlStore) -> None:
    """A row as read, rather than taken, carries no lease once it is free."""
    store.settle(store.keep(new(), lease=LEASE), Settlement(Status.DUE))
    free = store.row(handoff_id(1))
    assert free is not None
    assert free.token is None
    assert store.settle(free, DONE).state is Status.DUE


def test_settling_is_an_event_without_the_text(store: SqlStore) -> None:
    row = store.keep(new(), lease=LEASE)
    store.settle(row, Settlement(Status.DUE, code="SERVER_UNAVAILABLE", message="later"))
    store.settle(first(store), Settlement(Status.PARKED, code="STRING_TOO_LONG", message="too long"))
    assert events(store) == [("parked", '{"code": "STRING_TOO_LONG"}')]


# Workers that die


def take_and_hang(pipe: Connection, url: str) -> None:
    store = SqlStore.open(url, SEAL, lambda: AT + timedelta(hours=1), shared_clock=False)
    pipe.send(numbers(store.take(limit=1, lease=LEASE)))
    pipe.recv()


def test_a_worker_killed_after_take_gives_its_row_back(store: SqlStore, clock: Clock, url: str) -> None:
    """K03"""
    clock.now = AT
    store.keep(new(), lease=LEASE)
    clock.forward(hours=1)
    with child(take_and_hang, url) as (worker, pipe):
        assert pipe.recv() == [1]
        worker.kill()
        worker.join()
        assert worker.exitcode == -9
    assert store.take(limit=1, lease=LEASE, waiting_too=True) == []
    clock.forward(seconds=15)
    row = first(store)
    assert row.attempts == 0
    assert store.settle(row, DONE).state is Status.DELIVERED


def keep_and_hang_before_commit(pipe: Connection, url: str) -> None:
    store = SqlStore.open(url, SEAL, lambda: AT, shared_clock=False)

    def hang(*_: object) -> None:
        pipe.send("inserted")
        pipe.recv()

    setattr(store, "_log", hang)  # noqa: B010
    store.keep(new(), lease=LEASE)


def keep_and_hang(pipe: Connection, url: str) -> None:
    SqlStore.open(url, SEAL, lambda: AT, shared_clock=False).keep(new(), lease=LEASE)
    pipe.send("kept")
    pipe.recv()


def test_killed_before_the_commit_there_is_no_row(store: SqlStore, url: str) -> None:
    """K01"""
    with child(keep_and_hang_before_commit, url) as (_, pipe):
        assert pipe.recv() == "inserted"
    assert store.rows() == []
    assert store.keep(new(), lease=LEASE).fresh


def test_killed_after_the_commit_the_row_is_delivered_by_another(
    store: SqlStore, clock: Clock, url: str
) -> None:
    """K02"""
    clock.now = AT
    with child(keep_and_hang, url) as (_, pipe):
        assert pipe.recv() == "kept"
    again = store.keep(new(), lease=LEASE)
    assert (again.fresh, again.state) == (False, Status.DUE)
    clock.forward(seconds=15)
    assert store.settle(first(store), DONE).state is Status.DELIVERED
    assert store.keep(new(), lease=LEASE).state is Status.DELIVERED


# Episodes


def test_taps_of_one_person_about_one_claim_are_one_episode(store: SqlStore) -> None:
    one = store.keep(new(1, person="A"), lease=LEASE)
    assert (one.case_key, one.taps, one.newest) == (one.handoff_id, 1, True)
    two = store.keep(new(2, person="A", occurred_at=one.occurred_at + timedelta(hours=24)), lease=LEASE)
    assert (two.case_key, two.taps, two.newest) == (one.handoff_id, 2, True)
    before = store.row(one.handoff_id)
    assert before is not None
    assert (before.taps, before.newest) == (2, False)
    third = store.keep(new(3, person="A", occurred_at=one.occurred_at - timedelta(hours=1)), lease=LEASE)
    assert (third.case_key, third.taps, third.newest) == (one.handoff_id, 3, False)


def test_an_episode_is_not_prolonged_by_its_taps(store: SqlStore) -> None:
    keys = [
        store.keep(new(hours, person="A", occurred_at=AT + timedelta(hours=hours)), lease=LEASE).case_key
        for hours in (1, 21, 31, 41)
    ]
    assert keys == [handoff_id(1), handoff_id(1), handoff_id(31), handoff_id(31)]


@pytest.mark.parametrize(
    "changes",
    [
        {"person": "B"},
        {"person": None},
        {"about": "claim 600000002"},
        {"state": Status.KEPT},
        {"occurred_at": AT + timedelta(hours=24, seconds=1)},
        {"occurred_at": AT - timedelta(hours=24, seconds=1)},
    ],
)
def test_what_is_no_part_of_an_episode(store: SqlStore, changes: dict[str, Any]) -> None:
    known: dict[str, Any] = {"person": "A", "occurred_at": AT}
    store.keep(new(1, **known), lease=LEASE)
    row = store.keep(new(2, **known | changes), lease=LEASE)
    assert (row.case_key, row.taps) == (row.handoff_id, 1)


def test_what_is_kept_by_policy_begins_no_episode(store: SqlStore) -> None:
    store.keep(new(1, person="A", state=Status.KEPT), lease=LEASE)
    assert store.keep(new(2, person="A"), lease=LEASE).case_key == handoff_id(2)


def test_the_case_of_an_episode_shows_on_its_later_taps(store: SqlStore) -> None:
    one = store.keep(new(1, person="A"), lease=LEASE)
    two = store.keep(new(2, person="A"), lease=LEASE)
    assert (two.case_id, two.case_done) == (None, False)
    store.settle(one, replace(DONE, case_number="00001001"))
    told = store.row(two.handoff_id)
    assert told is not None
    assert (told.case_id, told.case_number) == (DONE.case_id, "00001001")
    assert (told.case_done, told.task_id) == (False, None)


def test_a_tap_leaves_an_episode_that_is_over(store: SqlStore) -> None:
    one = store.keep(new(1, person="A"), lease=LEASE)
    store.settle(one, DONE)
    two = store.keep(new(2, person="A"), lease=LEASE)
    moved = store.new_episode(two)
    assert (moved.case_key, moved.case_id, moved.taps) == (two.handoff_id, None, 1)
    assert moved.token == two.token
    third = store.keep(new(3, person="A"), lease=LEASE)
    assert third.case_key == two.handoff_id
    assert store.settle(moved, DONE).state is Status.DELIVERED


# Ids and shares


def test_a_derived_id_is_the_same_for_the_same_content(store: SqlStore, url: str, opened: Opener) -> None:
    derived = store.derive_id(b"content")
    assert store.derive_id(b"content") == derived
    assert store.derive_id(b"other") != derived
    parsed = uuid.UUID(derived)
    assert (str(parsed), parsed.version, parsed.variant) == (derived, 8, uuid.RFC_4122)
    assert opened(url).derive_id(b"content") == derived


def test_another_store_derives_other_ids(store: SqlStore, tmp_path: Path, opened: Opener) -> None:
    """The key is the store's own, not the one that seals it."""
    other = opened(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    assert other.derive_id(b"content") != store.derive_id(b"content")
    assert other.share("A") != store.share("A")


def test_shares_are_even_and_stay(store: SqlStore) -> None:
    shares = [store.share(str(number)) for number in range(1000)]
    assert shares == [store.share(str(number)) for number in range(1000)]
    assert 0 <= min(shares) < 0.05
    assert 0.95 < max(shares) < 1
    # Six standard deviations of a fair split; the hash key differs from run to run.
    assert 405 < sum(share < 0.5 for share in shares) < 595


# Codes


def known(store: SqlStore, code: str) -> KnownCode | None:
    return asks(store, "c-0", lambda lookups: lookups.code(code))


def uses(store: SqlStore, code: str, call_key: str) -> bool:
    return asks(store, call_key, lambda lookups: lookups.spend_code(code))


def test_a_code_is_reserved_once_and_found(store: SqlStore, clock: Clock) -> None:
    one, other = (store.keep(new(number), lease=LEASE) for number in (1, 2))
    expires = clock.now + timedelta(minutes=10)
    assert store.reserve_code(one.handoff_id, "123456789", expires_at=expires)
    assert not store.reserve_code(other.handoff_id, "123456789", expires_at=expires)
    assert store.reserve_code(one.handoff_id, "123456789", expires_at=expires)
    found = known(store, "123456789")
    assert found is not None
    assert (found.handoff_id, found.expires_at, found.used_by) == (one.handoff_id, expires, None)
    assert [row.dial_code for row in store.rows()] == ["123456789", None]
    assert known(store, "987654321") is None


def test_a_code_rests_a_day_before_it_is_given_again(store: SqlStore, clock: Clock) -> None:
    one, other = (store.keep(new(number), lease=LEASE) for number in (1, 2))
    store.reserve_code(one.handoff_id, "123456789", expires_at=clock.now)
    uses(store, "123456789", "c-1")
    clock.forward(hours=24)
    assert not store.reserve_code(other.handoff_id, "123456789", expires_at=clock.now)
    clock.forward(seconds=1)
    assert store.reserve_code(other.handoff_id, "123456789", expires_at=clock.now)
    found = known(store, "123456789")
    assert found is not None
    assert (found.handoff_id, found.used_by) == (other.handoff_id, None)


def test_one_of_a_hundred_calls_spends_a_code(
    store: SqlStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 60.0)
    store.keep(new(), lease=LEASE)
    store.reserve_code(handoff_id(1), "123456789", expires_at=clock.now)
    won = at_once(100, lambda number: uses(store, "123456789", f"c-{number}"))
    assert sum(won) == 1
    winner = f"c-{won.index(True)}"
    found = known(store, "123456789")
    assert found is not None
    assert found.used_by == winner
    assert uses(store, "123456789", winner)
    assert not uses(store, "123456789", "c-100")
    assert not uses(store, "987654321", winner)


# Events


def test_events_keep_their_order_and_drop_what_is_not_known(store: SqlStore) -> None:
    store.event("dial", handoff_id(1), screen="ClaimStatus", kept_only=None)
    store.event("pop", level=3, late=False)
    assert events(store) == [("dial", '{"screen": "ClaimStatus"}'), ("pop", '{"level": 3, "late": false}')]


def test_a_tap_is_counted_once(store: SqlStore) -> None:
    for _ in range(3):
        store.keep(new(screen="ClaimStatus"), lease=LEASE)
    store.keep(new(2, state=Status.KEPT, code="NO_CONSENT"), lease=LEASE)
    query = select(tables.events.c.handoff_id, tables.events.c.detail).order_by(tables.events.c.id)
    with store._transaction() as tx:
        assert tx.execute(query).all() == [
            (handoff_id(1), '{"screen": "ClaimStatus"}'),
            (handoff_id(2), '{"screen": "", "kept_only": "NO_CONSENT"}'),
        ]


# What cannot be opened


def test_a_row_that_was_changed_is_parked_and_holds_up_no_other(five: SqlStore) -> None:
    """X05: moved to another row, or a bit flipped."""
    with five._transaction() as tx:
        found = tx.execute(select(handoffs.c.handoff_id, handoffs.c.payload))
        payloads = {each.handoff_id: each.payload for each in found}
        flipped = payloads[handoff_id(3)][:-1] + bytes([payloads[handoff_id(3)][-1] ^ 1])
        for number, sealed in ((2, payloads[handoff_id(1)]), (3, flipped), (4, b"\x01")):
            one = update(handoffs).where(handoffs.c.handoff_id == handoff_id(number))
            tx.execute(one.values(payload=sealed))
    with pytest.raises(Misconfigured) as refused:
        five.row(handoff_id(2))
    assert refused.value.code == "TAMPERED"
    assert numbers(five.take(limit=5, lease=LEASE)) == [1, 5]
    parked = five.rows(states=(Status.PARKED,))
    assert numbers(parked) == [2, 3, 4]
    assert {(row.code, row.payload, row.token) for row in parked} == {("TAMPERED", b"", None)}
    assert numbers(five.rows()) == [1, 2, 3, 4, 5]
    assert [kind for kind, _ in events(five)] == ["parked"] * 3


def test_a_code_that_was_changed_is_refused(store: SqlStore, clock: Clock) -> None:
    """X05"""
    store.keep(new(), lease=LEASE)
    store.reserve_code(handoff_id(1), "123456789", expires_at=clock.now)
    with store._transaction() as tx:
        tx.execute(update(handoffs).values(dial_code=handoffs.c.payload))
    with pytest.raises(Misconfigured) as refused:
        store.row(handoff_id(1))
    assert refused.value.code == "TAMPERED"


def test_keys_are_changed_one_after_the_other(
    store: SqlStore, url: str, clock: Clock, opened: Opener
) -> None:
    """X05: both keys read; without a row's key the row stays, and is refused."""
    store.keep(new(1), lease=LEASE)
    both = opened(url, Seal("k2", {"k2": bytes(32), **SEAL.keys}))
    assert both.derive_id(b"content") == store.derive_id(b"content")
    both.keep(new(2), lease=LEASE)
    assert [row.payload for row in both.rows()] == [new(1).payload, new(2).payload]
    clock.forward(seconds=15)
    calls: tuple[Callable[[], object], ...] = (store.rows, lambda: store.take(limit=9, lease=LEASE))
    for without_the_key in calls:
        with pytest.raises(Misconfigured) as refused:
            without_the_key()
        assert refused.value.code == "KEY"
    with pytest.raises(Misconfigured) as refused:
        opened(url, Seal("k3", {"k3": bytes(32)}))
    assert refused.value.code == "KEY"
    assert numbers(store.rows(ids=(handoff_id(1),))) == [1]


# All of it together


def test_threads_lose_nothing_and_settle_nothing_twice(
    url: str, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A05: two services of two threads each on one store, each keeping and working off what is there.

    However busy the machine: this is not about how long one waits for the file.
    """
    monkeypatch.setattr(engines, "BUSY_SECONDS", 60.0)
    stores = [opened(url, clock=lambda: AT) for _ in range(2)]
    settled: list[str] = []

    def serve(number: int) -> None:
        store = stores[number % 2]
        for step in range(100):
            row = store.keep(new(1000 * number + step), lease=LEASE)
            store.settle(row, Settlement(Status.DUE, api_calls=1))
            for taken in store.take(limit=3, lease=LEASE):
                assert store.settle(taken, DONE).state is Status.DELIVERED
                settled.append(taken.handoff_id)

    at_once(4, serve)
    wanted = {handoff_id(1000 * number + step) for number in range(4) for step in range(100)}
    for taken in stores[0].take(limit=400, lease=LEASE):
        settled.append(stores[0].settle(taken, DONE).handoff_id)
    assert sorted(settled) == sorted(wanted)
    rows = stores[0].rows()
    assert {row.handoff_id for row in rows} == wanted
    assert {(row.state, row.attempts, row.api_calls) for row in rows} == {(Status.DELIVERED, 2, 2)}
