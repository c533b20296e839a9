"""A `jti` is good once, and its use is kept with the handoff or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import tokens
from sf_handoff.calls.signed import TokenUse
from sf_handoff.errors import InvalidHandoff
from tests.adapters.stored import AT, LEASE, at_once, handoff_id, new

UNTIL = AT + timedelta(minutes=10)


def use(signed: str, jti: str = "canary-jti") -> TokenUse:
    return TokenUse(jti, signed, UNTIL)


def test_of_many_tokens_with_one_jti_one_is_used(store: SqlStore) -> None:
    def keep(number: int) -> str:
        try:
            return store.keep(new(number), lease=LEASE, use=use(f"token {number}")).handoff_id
        except InvalidHandoff as error:
            return error.code

    told = at_once(8, keep)
    assert told.count("REPLAY") == 7
    assert {row.handoff_id for row in store.rows()} == set(told) - {"REPLAY"}


def test_the_same_token_in_many_threads_is_kept_once(store: SqlStore) -> None:
    rows = at_once(8, lambda number: store.keep(new(1), lease=LEASE, use=use("token")))
    assert [row.handoff_id for row in rows] == [handoff_id(1)] * 8
    assert sum(row.fresh for row in rows) == 1


def test_a_conflict_takes_the_use_back(store: SqlStore) -> None:
    store.keep(new(1), lease=LEASE)
    with pytest.raises(InvalidHandoff):
        store.keep(new(1, payload=b'{"schema":"handoff/1"}'), lease=LEASE, use=use("token"))
    assert store.keep(new(2), lease=LEASE, use=use("another token")).fresh


def test_what_is_stored_of_a_token_gives_nothing_away(store: SqlStore) -> None:
    store.keep(new(1), lease=LEASE, use=use("canary.token"))
    with store._engine.begin() as tx:
        row = tx.execute(select(tokens)).one()
    assert row.handoff_id == handoff_id(1)
    assert row.until == UNTIL.timestamp()
    assert "canary" not in repr(row)
    assert "canary" not in repr(use("canary.token"))
