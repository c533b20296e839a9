"""What every part of the store stands on: transactions, one clock, keyed hashes, the log of events."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from sf_handoff.adapters import engines, rows
from sf_handoff.adapters.reserve import Reserve
from sf_handoff.adapters.seal import Seal, keyed_hash
from sf_handoff.adapters.tables import events, meta
from sf_handoff.errors import NotKept

T = TypeVar("T")
Detail: TypeAlias = Mapping[str, str | int | bool | None]


class Books:
    """One database, opened. Safe to share between threads.

    `shared_clock`: on PostgreSQL the server's clock decides when a lease ends, so that hosts whose own clocks
    differ agree. A SQLite file belongs to one machine, and to its clock.
    """

    def __init__(
        self, engine: Engine, seal: Seal, clock: Callable[[], datetime], *, shared_clock: bool = True
    ) -> None:
        self._engine, self._seal, self._clock = engine, seal, clock
        self._reserve = Reserve(engines.file_of(engine))
        self._asks_server = shared_clock and engine.dialect.name == "postgresql"
        with self._transaction() as tx:
            self._hash_key = _hash_key(tx, seal)

    def close(self) -> None:
        self._engine.dispose()

    def event(self, kind: str, handoff_id: str | None = None, **detail: str | int | bool | None) -> None:
        """Notes that something happened, for the counts. `detail` must hold nothing personal."""
        with self._transaction() as tx:
            self._log(tx, kind, handoff_id, detail)

    def _log(self, tx: Connection, kind: str, handoff_id: str | None, detail: Detail) -> None:
        self._log_all(tx, [(kind, handoff_id, detail)])

    def _log_all(self, tx: Connection, happened: Sequence[tuple[str, str | None, Detail]]) -> None:
        if not happened:
            return
        at = self._now(tx)
        values = [
            {"at": at, "kind": str(kind), "handoff_id": handoff_id, "detail": json.dumps(_known(detail))}
            for kind, handoff_id, detail in happened
        ]
        tx.execute(events.insert(), values)

    def _hash(self, kind: str, text: str) -> str:
        return keyed_hash(self._hash_key, kind, text)

    def _now(self, tx: Connection) -> float:
        if self._asks_server:
            return float(tx.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())
        return self._clock().timestamp()

    def _surely(
        self, work: Callable[[Connection], T], *, has_reserve: bool = False, patient: bool = False
    ) -> T:
        """Does `work` in a transaction, and once more where the answer to its commit was lost.

        So `work` must see what it did the first time. With `has_reserve` it is also done again, in the room
        that was set aside, where the disk is full.
        """
        try:
            with self._transaction(patient=patient) as tx:
                return work(tx)
        except engines.InDoubt:
            pass
        except engines.Full:
            if not (has_reserve and self._reserve.release()):
                raise
        with self._transaction(patient=patient) as tx:
            return work(tx)

    @contextmanager
    def _transaction(self, *, patient: bool = False) -> Iterator[Connection]:
        """One transaction, all or nothing. What the database says stays here: it may quote a row."""
        failure: NotKept | None = None
        committing = False
        try:
            with self._engine.begin() as tx:
                if patient:
                    engines.be_patient(tx)
                yield tx
                committing = True
        except SQLAlchemyError as error:
            failure = engines.not_kept(error, committing=committing)
        if failure:
            try:
                raise failure
            finally:
                # The `with` that this ends is still handling the database's error, and would chain it.
                failure.__context__ = None


def _known(detail: Detail) -> dict[str, str | int | bool]:
    return {name: value for name, value in detail.items() if value is not None}


def _hash_key(tx: Connection, seal: Seal) -> bytes:
    """The key of all keyed hashes: made once a store, sealed in it, shared by every host that uses it."""
    place = rows.place("meta", "hash key")
    made = seal.close(secrets.token_bytes(32), place)
    tx.execute(engines.insert_if_absent(tx, meta).values(name="hash key", value=made))
    kept: bytes = tx.execute(select(meta.c.value).where(meta.c.name == "hash key")).scalar_one()
    return seal.open(kept, place)
