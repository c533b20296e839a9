"""Nights in the store: what each run did, which report days are done with; and the lock of whoever runs."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, text

from sf_handoff.adapters import engines
from sf_handoff.adapters.books import Books
from sf_handoff.adapters.tables import report_days_done, runs
from sf_handoff.reports.nights import Ended, Result, Run


class Nights(Books):
    """What is kept of runs; no word of any case."""

    @contextmanager
    def alone(self, what: str) -> Iterator[bool]:
        """Whether nobody else does `what` at the moment, on any host that uses the store.

        The lock goes with the process that holds it, however that ends.
        """
        file = engines.file_of(self._engine)
        with _file_lock(file, what) if file else _server_lock(self._engine, what) as got:
            yield got

    def keep_run(self, run: Run) -> None:
        values = {
            "day": run.day.isoformat(),
            "started_at": run.started_at.timestamp(),
            "ended_at": run.ended_at.timestamp() if run.ended_at else None,
            "asked_for": run.asked_for,
            "steps": json.dumps([_plain(each) for each in run.steps]),
            "skipped": json.dumps([f"{each}" for each in run.skipped]),
            "died": run.died,
        }
        with self._transaction() as tx:
            tx.execute(runs.delete().where(runs.c.run_id == run.run_id))
            tx.execute(runs.insert().values(run_id=run.run_id, **values))

    def last_run(self) -> Run | None:
        query = select(runs).order_by(runs.c.started_at.desc(), runs.c.run_id).limit(1)
        with self._transaction() as tx:
            found = tx.execute(query).first()
        return _run(found) if found else None

    def day_done(self, day: date, run_id: str) -> None:
        with self._transaction() as tx:
            at = self._now(tx)
            made = engines.insert_if_absent(tx, report_days_done)
            tx.execute(made.values(day=day.isoformat(), run_id=run_id, at=at))

    def days_done(self, since: date) -> set[date]:
        done = report_days_done.c.day
        with self._transaction() as tx:
            found = tx.execute(select(done).where(done >= since.isoformat())).scalars()
            return {date.fromisoformat(each) for each in found}

    def first_night(self) -> date | None:
        """The day of the first run that nobody had asked for by date."""
        query = select(runs.c.day).where(runs.c.asked_for.is_(False)).order_by(runs.c.day).limit(1)
        with self._transaction() as tx:
            found = tx.execute(query).scalar()
        return date.fromisoformat(found) if found else None


@contextmanager
def _file_lock(store: Path, what: str) -> Iterator[bool]:
    """A lock on a file beside the store. https://man7.org/linux/man-pages/man2/flock.2.html"""
    held = os.open(store.with_name(f"{store.name}.{what}"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(held)


@contextmanager
def _server_lock(engine: Engine, what: str) -> Iterator[bool]:
    """A lock of a session of its own; the server looks whether a silent holder still lives.

    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """
    number = int.from_bytes(hashlib.sha256(f"sf_handoff alone {what}".encode()).digest()[:8], signed=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        for name, value in (("idle", 30), ("interval", 10), ("count", 3)):
            session.execute(text(f"SET tcp_keepalives_{name} = {value}"))
        got = session.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}).scalar_one()
        try:
            yield bool(got)
        finally:
            session.invalidate()


def _plain(result: Result) -> dict[str, Any]:
    return {**asdict(result), "day": f"{result.day}" if result.day else None}


def _result(kept: dict[str, Any]) -> Result:
    day = kept["day"] and date.fromisoformat(kept["day"])
    told = {"ended": Ended(kept["ended"]), "day": day, "needs_a_person": tuple(kept["needs_a_person"])}
    return Result(**{**kept, **told})


def _run(found: Any) -> Run:
    return Run(
        run_id=found.run_id,
        day=date.fromisoformat(found.day),
        started_at=datetime.fromtimestamp(found.started_at, UTC),
        ended_at=datetime.fromtimestamp(found.ended_at, UTC) if found.ended_at is not None else None,
        asked_for=found.asked_for,
        steps=tuple(_result(each) for each in json.loads(found.steps)),
        skipped=tuple(date.fromisoformat(each) for each in json.loads(found.skipped)),
        died=found.died,
    )
