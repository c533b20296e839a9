"""What a person gives up, and what time takes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import calls, codes, handoffs, misses, pool_numbers
from sf_handoff.calls.binding import IncomingCall
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.states import Status
from sf_handoff.errors import InvalidHandoff
from sf_handoff.ports import Settlement

from .stored import DONE, LEASE, PHONE, asks, events, first, handoff_id, new, numbers, row_of

if TYPE_CHECKING:
    from sf_handoff.connector import Connector
    from sf_handoff.embedded import Embedded
    from tests.conftest import Clock

PARKED = Settlement(Status.PARKED, code="STRING_TOO_LONG", message="why")
WHY = "The Veteran has called another way."
MONTH, YEAR = timedelta(days=30), timedelta(days=365)


# Discarding


@pytest.mark.parametrize("settlement", [PARKED, Settlement(Status.DUE, retry_in=timedelta(hours=1))])
def test_what_waits_can_be_discarded(store: SqlStore, clock: Clock, settlement: Settlement) -> None:
    store.settle(store.keep(new(), lease=LEASE), settlement)
    clock.forward(hours=2)
    assert store.discard(handoff_id(1), WHY)
    row = row_of(store)
    assert (row.state, row.code, row.message, row.settled_at) == (Status.KEPT, "DISCARDED", WHY, clock.now)
    every = (Status.DUE, Status.PARKED, Status.KEPT)
    assert store.take(limit=9, lease=LEASE, states=every, waiting_too=True) == []
    assert events(store)[-1] == ("discarded", "{}")


def test_what_is_being_sent_cannot_be_discarded(store: SqlStore) -> None:
    row = store.keep(new(), lease=LEASE)
    assert not store.discard(row.handoff_id, WHY)
    assert store.settle(row, DONE).state is Status.DELIVERED


def test_what_a_dead_worker_held_can_be_discarded(store: SqlStore, clock: Clock) -> None:
    row = store.keep(new(), lease=LEASE)
    clock.forward(seconds=15)
    assert store.discard(row.handoff_id, WHY)
    assert store.settle(row, DONE).code == "DISCARDED"


@pytest.mark.parametrize("state", [Status.DELIVERED, Status.KEPT])
def test_what_is_settled_cannot_be_discarded(store: SqlStore, state: Status) -> None:
    row = store.keep(new(state=Status.KEPT if state is Status.KEPT else Status.DUE), lease=LEASE)
    before = store.settle(row, DONE)
    assert not store.discard(row.handoff_id, WHY)
    assert not store.discard(handoff_id(9), WHY)
    assert row_of(store) == before


# Purging


@pytest.fixture
def old(store: SqlStore, clock: Clock) -> SqlStore:
    """1 delivered, 2 parked, 3 due, 4 kept by policy; all a month ago."""
    settlements = (DONE, PARKED, Settlement(Status.DUE, code="SERVER_UNAVAILABLE"))
    for number, settlement in enumerate(settlements, start=1):
        row = store.keep(new(number, phone=PHONE, person="A"), lease=LEASE)
        store.reserve_code(row.handoff_id, f"12345678{number}", expires_at=clock.now)
        store.settle(row, settlement)
    store.keep(new(4, state=Status.KEPT, code="NO_CONSENT", message="why"), lease=LEASE)
    clock.forward(days=30, seconds=1)
    return store


def purged(store: SqlStore) -> list[int]:
    return numbers([row for row in store.rows() if not row.payload])


def test_a_purge_empties_what_was_settled_long_ago(old: SqlStore) -> None:
    assert old.purge(delivered=MONTH, parked=YEAR) == 2
    assert purged(old) == [1, 4]
    assert events(old)[-1] == ("purged", '{"rows": 2}')
    assert old.purge(delivered=MONTH, parked=YEAR) == 0


def test_what_is_parked_has_a_time_of_its_own(old: SqlStore) -> None:
    assert old.purge(delivered=YEAR, parked=MONTH) == 1
    assert purged(old) == [2]
    before = row_of(old, 2)
    assert old.take(limit=9, lease=LEASE, states=(Status.PARKED,), waiting_too=True) == []
    assert row_of(old, 2) == before
    assert old.waiting(states=(Status.PARKED,), since=None, ids=()) == []


def test_what_is_settled_since_stays(old: SqlStore) -> None:
    old.settle(first(old), DONE)
    old.purge(delivered=MONTH, parked=MONTH)
    assert purged(old) == [1, 2, 4]


def test_what_is_due_is_never_purged(old: SqlStore, clock: Clock) -> None:
    clock.forward(days=4000)
    old.purge(delivered=timedelta(), parked=timedelta())
    assert 3 not in purged(old)
    assert old.settle(first(old), DONE).state is Status.DELIVERED


def test_a_dry_run_only_counts(old: SqlStore, clock: Clock) -> None:
    clock.forward(days=1000)
    before = old.rows()
    assert old.purge(delivered=MONTH, parked=MONTH, dry_run=True) == 3
    assert old.rows() == before
    assert [kind for kind, _ in events(old)] == ["delivered", "parked"]


def test_nothing_personal_stays_of_a_purged_row(old: SqlStore) -> None:
    old.purge(delivered=MONTH, parked=MONTH)
    query = select(handoffs).where(handoffs.c.purged_at.is_not(None))
    with old._transaction() as tx:
        found = tx.execute(query).all()
    assert len(found) == 3
    for row in found:
        assert (row.payload, row.notes) == (b"", "[]")
        assert (row.message, row.dial_code, row.phone, row.episode) == (None, None, None, None)
    with old._transaction() as tx:
        known = tx.execute(select(handoffs.c.handoff_id).where(handoffs.c.phone.is_not(None))).scalars().all()
    assert known == [handoff_id(3)]


def test_a_purged_id_still_answers(old: SqlStore) -> None:
    before = row_of(old)
    old.purge(delivered=MONTH, parked=MONTH)
    again = old.keep(new(1, phone=PHONE, person="A"), lease=LEASE)
    assert not again.fresh
    assert (again.state, again.case_id, again.task_id) == (Status.DELIVERED, before.case_id, before.task_id)
    assert again.payload == b""
    with pytest.raises(InvalidHandoff, match="Use a new id"):
        old.keep(new(1, payload=b"{}"), lease=LEASE)


def test_what_is_very_old_is_forgotten(old: SqlStore, clock: Clock) -> None:
    old.latch_number(handoff_id(1), ["+18005550101"], until=clock.now)
    asks(old, "c-1", lambda lookups: lookups.missed(PHONE), at=clock.now)
    old.purge(delivered=MONTH, parked=YEAR)
    clock.forward(days=400)
    old.purge(delivered=MONTH, parked=YEAR)
    assert numbers(old.rows()) == [1, 2, 3, 4]
    clock.forward(seconds=1)
    old.purge(delivered=MONTH, parked=YEAR)
    assert numbers(old.rows()) == [2, 3]
    with old._transaction() as tx:
        assert tx.execute(select(calls)).all() == []
        for table in (codes, pool_numbers, misses):
            assert tx.execute(select(table)).all() == []
    assert old.keep(new(1), lease=LEASE).fresh


# What the Connector makes of it


def test_a_purged_handoff_sent_again_answers_and_writes_nothing(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    payload = sample_handoff(at=clock.now, handoff_id=handoff_id(1))
    before = connector.hand_off(payload)
    clock.forward(days=31)
    assert connector._store.purge(delivered=MONTH, parked=YEAR) == 1
    calls = org.api_calls
    again = connector.hand_off(payload)
    assert (again.status, again.case_id, again.task_id) == ("delivered", before.case_id, before.task_id)
    assert again.dial.link == f"tel:{again.dial.number}"
    assert org.api_calls == calls
    assert len(org.records("Case")) == len(org.records("Task")) == 1


def test_a_call_about_a_purged_handoff_opens_nothing(connector: Connector, clock: Clock) -> None:
    receipt = connector.hand_off(sample_handoff(at=clock.now, handoff_id=handoff_id(1)))
    call = IncomingCall(call_key="c-1", from_number="", digits=receipt.dial.code)
    assert connector.screen_pop(call).handoff_ref == handoff_id(1)
    clock.forward(seconds=1)
    connector._store.purge(delivered=timedelta(), parked=timedelta())
    again = connector.screen_pop(call)
    assert (again.handoff_ref, again.case, again.context) == (None, None, None)
