"""Calls in the store, on both databases: what is counted, given out and spent, by many at once."""

from __future__ import annotations

from datetime import timedelta
from multiprocessing.connection import Connection as Pipe
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select

from sf_handoff.adapters import engines, tables
from sf_handoff.adapters.store import SqlStore
from sf_handoff.answering import Answering
from sf_handoff.calls.binding import IncomingCall
from sf_handoff.calls.breakers import MOST_OF_ALL, MOST_OF_ONE, Misses
from sf_handoff.calls.evidence import Try
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.pop import ScreenPop
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.mapping import bundled

from .stored import AT, LEASE, PHONE, SEAL, asks, at_once, child, events, handoff_id, new

if TYPE_CHECKING:
    from tests.conftest import Clock

    from .conftest import Opener

CODE = "123456786"
POOL = ["+18005550101", "+18005550102"]
LATER = AT + timedelta(minutes=10)
OTHER = "+12025550199"


def kept(store: SqlStore, number: int = 1) -> str:
    """A tap that a call can be bound to."""
    payload = Handoff.parse(sample_handoff(at=AT, handoff_id=handoff_id(number))).canonical()
    row = store.keep(
        new(number, payload=payload, phone=PHONE, occurred_at=AT, expires_at=LATER, person=None), lease=LEASE
    )
    return row.handoff_id


def answers(store: SqlStore) -> Answering:
    return Answering(store, bundled(), lambda: AT, lambda case_id: None)


# One transaction


@pytest.fixture
def transactions(store: SqlStore) -> list[str]:
    seen: list[str] = []
    event.listen(store._engine, "begin", lambda connection: seen.append("begin"))
    return seen


@pytest.mark.parametrize("digits", [CODE, "111111111", "12", None])
def test_a_pop_is_one_transaction(store: SqlStore, transactions: list[str], digits: str | None) -> None:
    store.reserve_code(kept(store), CODE, expires_at=LATER)
    transactions.clear()
    answers(store).pop(IncomingCall("c-1", PHONE, POOL[0], digits))
    assert transactions == ["begin"]


def test_a_call_whose_answer_could_not_be_noted_has_spent_nothing(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.reserve_code(kept(store), CODE, expires_at=LATER)
    with store._transaction() as tx:
        tables.events.drop(tx)
    assert answers(store).pop(IncomingCall("c-1", PHONE, digits=CODE)).notes
    with store._transaction() as tx:
        tables.events.create(tx)
    assert answers(store).pop(IncomingCall("c-2", PHONE, digits=CODE)).assurance.level == 4


# The same code at once


def dials(store: SqlStore, call_key: str) -> ScreenPop:
    return answers(store).pop(IncomingCall(call_key, OTHER, digits=CODE))


def test_of_a_hundred_calls_at_once_one_opens(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 60.0)
    store._engine.pool._timeout = 60.0  # type: ignore[attr-defined]
    store.reserve_code(kept(store), CODE, expires_at=LATER)
    pops = at_once(100, lambda number: dials(store, f"c-{number}"))
    assert sorted(pop.assurance.level for pop in pops) == [0] * 99 + [3]
    assert sum(pop.context is not None for pop in pops) == 1
    assert [kind for kind, _ in events(store)].count("replay") == 99


def test_one_call_asked_about_by_many_at_once_has_one_answer(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 60.0)
    store.reserve_code(kept(store), CODE, expires_at=LATER)
    pops = at_once(10, lambda number: dials(store, "c-1"))
    assert pops == [pops[0]] * 10
    assert pops[0].assurance.level == 3


def dial_when_told(pipe: Pipe, url: str) -> None:
    import tests.conftest  # noqa: F401  where the maps lie in a checkout

    engines.BUSY_SECONDS = 60.0
    store = SqlStore.open(url, SEAL, lambda: AT, shared_clock=False)
    pipe.send("ready")
    name = pipe.recv()
    pipe.send([dials(store, f"{name}-{number}").assurance.level for number in range(10)])
    store.close()


def test_of_two_processes_that_dial_at_once_one_opens(store: SqlStore, url: str) -> None:
    store.reserve_code(kept(store), CODE, expires_at=LATER)
    with child(dial_when_told, url) as (_, one), child(dial_when_told, url) as (_, other):
        assert [pipe.recv() for pipe in (one, other)] == ["ready", "ready"]
        for name, pipe in (("a", one), ("b", other)):
            pipe.send(name)
        levels = [level for pipe in (one, other) for level in pipe.recv()]
    assert sorted(levels) == [0] * 19 + [3]


# Tries and misses


def test_the_tries_of_a_call_are_three_however_often_they_come(store: SqlStore) -> None:
    tried = [asks(store, "c-1", lambda lookups, d=digits: lookups.tried(d)) for digits in "12134"]  # type: ignore[misc]
    assert tried == [Try.NEW, Try.NEW, Try.AGAIN, Try.NEW, Try.TOO_MANY]
    assert asks(store, "c-2", lambda lookups: lookups.tried("4")) is Try.NEW


def missed(store: SqlStore, number: str | None, times: int = 1) -> None:
    for _ in range(times):
        asks(store, "c-1", lambda lookups: lookups.missed(number))


def counted(store: SqlStore, number: str | None) -> Misses:
    return asks(store, "c-1", lambda lookups: lookups.misses(number))


def test_misses_count_by_number_and_over_all_for_ten_minutes(store: SqlStore, clock: Clock) -> None:
    missed(store, PHONE, 2)
    clock.forward(minutes=5)
    missed(store, OTHER)
    missed(store, None)
    assert counted(store, PHONE) == Misses(2, 4)
    assert counted(store, OTHER) == Misses(1, 4)
    assert counted(store, None) == Misses(0, 4)
    clock.forward(minutes=5)
    assert counted(store, PHONE) == Misses(2, 4)
    clock.forward(minutes=1)
    assert counted(store, PHONE) == Misses(0, 2)
    missed(store, None)
    with store._transaction() as tx:
        assert len(tx.execute(select(tables.misses)).all()) == 3


def test_one_number_closes_codes_for_itself_and_not_for_all(store: SqlStore) -> None:
    missed(store, PHONE, MOST_OF_ONE + 20)
    assert counted(store, PHONE) == Misses(MOST_OF_ONE + 20, MOST_OF_ONE)
    assert not counted(store, OTHER).too_many
    missed(store, None, 3)
    assert counted(store, None) == Misses(0, MOST_OF_ONE + 3)


def test_hosts_share_the_count(store: SqlStore, url: str, opened: Opener) -> None:
    missed(store, PHONE)
    assert counted(opened(url), PHONE) == Misses(1, 1)


def test_guesses_at_once_are_all_counted(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sees those before it, or many could get past a breaker together."""
    monkeypatch.setattr(engines, "BUSY_SECONDS", 60.0)

    def guess(number: int) -> int:
        def ask(lookups: object) -> int:
            before: int = lookups.misses(None).of_all  # type: ignore[attr-defined]
            lookups.missed(None)  # type: ignore[attr-defined]
            return before

        return asks(store, f"c-{number}", ask)

    assert sorted(at_once(10, guess)) == list(range(10))


def test_a_breaker_that_opens_is_an_event_without_a_number(store: SqlStore) -> None:
    missed(store, PHONE, MOST_OF_ONE + 1)
    missed(store, None, MOST_OF_ALL)
    assert events(store) == [
        ("breaker_opened", '{"breaker": "caller"}'),
        ("breaker_opened", '{"breaker": "all"}'),
    ]


# Pools


def test_a_number_of_a_pool_is_one_tap_s_at_a_time(store: SqlStore, clock: Clock) -> None:
    until = clock.now + timedelta(minutes=10)
    given = [store.latch_number(handoff_id(number), POOL, until=until) for number in (1, 2, 3, 1)]
    assert given == [POOL[0], POOL[1], None, POOL[0]]
    assert asks(store, "c-1", lambda lookups: lookups.latched(POOL[1]), at=clock.now) == handoff_id(2)
    assert asks(store, "c-2", lambda lookups: lookups.latched(POOL[1]), at=until) is None


def test_a_number_that_a_call_has_matched_is_free_again(store: SqlStore, clock: Clock) -> None:
    until = clock.now + timedelta(minutes=10)
    assert store.latch_number(handoff_id(1), POOL[:1], until=until) == POOL[0]
    asks(store, "c-1", lambda lookups: lookups.release(POOL[0]), at=clock.now)
    found = [
        asks(store, key, lambda lookups: lookups.latched(POOL[0]), at=clock.now) for key in ("c-1", "c-2")
    ]
    assert found == [handoff_id(1), None]
    assert store.latch_number(handoff_id(1), POOL[:1], until=until) is None
    assert store.latch_number(handoff_id(2), POOL[:1], until=until) == POOL[0]


def test_the_number_that_has_been_free_for_longest_comes_first(store: SqlStore, clock: Clock) -> None:
    until = clock.now + timedelta(minutes=1)
    store.latch_number(handoff_id(1), POOL, until=until)
    clock.forward(minutes=1)
    assert store.latch_number(handoff_id(2), POOL, until=clock.now + timedelta(minutes=1)) == POOL[1]
    assert store.latch_number(handoff_id(3), POOL, until=clock.now + timedelta(minutes=1)) == POOL[0]


def test_no_two_of_many_taps_get_the_same_number(store: SqlStore, clock: Clock) -> None:
    pool = [f"+180055501{number:02d}" for number in range(5)]
    until = clock.now + timedelta(minutes=10)
    given = at_once(10, lambda number: store.latch_number(handoff_id(number), pool, until=until))
    assert sorted(filter(None, given)) == pool
