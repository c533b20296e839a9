"""What the store's tests are made of: handoffs, threads that begin together, other processes."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from sqlalchemy import select

from sf_handoff.adapters import tables
from sf_handoff.adapters.seal import Seal
from sf_handoff.adapters.store import SqlStore
from sf_handoff.calls.binding import Binding
from sf_handoff.calls.evidence import Lookups
from sf_handoff.calls.numbers import Caller, CallerNumber
from sf_handoff.calls.states import Status
from sf_handoff.ports import NewHandoff, Row, Settlement

T = TypeVar("T")
AT = datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC)
LEASE = timedelta(seconds=15)
SEAL = Seal("k1", {"k1": bytes(range(32))})
PHONE = "+15035550142"
DONE = Settlement(Status.DELIVERED, case_id="500000000000001AAA", task_id="00T000000000001AAA", api_calls=1)


def handoff_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def new(number: int = 1, **changes: Any) -> NewHandoff:
    """A handoff of a person of its own; taps are a minute apart, in the order of their numbers."""
    at = changes.pop("occurred_at", AT + timedelta(minutes=number))
    made = NewHandoff(
        handoff_id=handoff_id(number),
        payload=b'{"schema":"handoff/1","number":%d}' % number,
        state=Status.DUE,
        code=None,
        message=None,
        occurred_at=at,
        expires_at=at + timedelta(minutes=30),
        person=f"1000000{number:03d}V100000",
        about="claim 600000001",
        phone=None,
    )
    return replace(made, **changes)


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """What `work` returned in so many threads that all began together."""
    start = threading.Barrier(count)

    def together(number: int) -> T:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(together, range(count)))


@contextmanager
def child(work: Callable[[Connection, str], None], url: str) -> Iterator[tuple[BaseProcess, Connection]]:
    """Another process that has the store open, and a pipe to it."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=work, args=(there, url))
    process.start()
    there.close()
    try:
        yield process, here
    finally:
        process.kill()
        process.join()
        process.close()
        here.close()


def asks(store: SqlStore, call_key: str, ask: Callable[[Lookups], T], at: datetime = AT) -> T:
    """What the store tells about a call that is bound to nothing."""
    nothing = Binding(level=0, reasons=(), tried=(), caller=Caller(CallerNumber.ABSENT))
    told: list[T] = []

    def bind(lookups: Lookups) -> Binding:
        told.append(ask(lookups))
        return lookups.earlier or nothing

    store.answer(call_key, at, bind)
    return told[-1]


def first(store: SqlStore, **changes: Any) -> Row:
    (row,) = store.take(limit=1, lease=LEASE, **changes)
    return row


def numbers(rows: list[Row]) -> list[int]:
    return [int(row.handoff_id[-12:]) for row in rows]


def events(store: SqlStore) -> list[tuple[str, str]]:
    """The log, but for the taps: kind and detail."""
    query = select(tables.events.c.kind, tables.events.c.detail).order_by(tables.events.c.id)
    with store._transaction() as tx:
        return [(kind, detail) for kind, detail in tx.execute(query) if kind != "tap"]


def row_of(store: SqlStore, number: int = 1) -> Row:
    row = store.row(handoff_id(number))
    assert row is not None
    return row
