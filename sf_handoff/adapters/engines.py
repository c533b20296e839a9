"""Database engines for the store: a SQLite file that survives a power cut, or PostgreSQL."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from sf_handoff.adapters.tables import SCHEMA_VERSION, meta, metadata
from sf_handoff.errors import Misconfigured, NotKept

# Shorter than the three seconds that a live call is given.
BUSY_SECONDS = 2.0
# Before these SQLite can corrupt a write-ahead log when two connections checkpoint at once.
_WAL_IS_SAFE_FROM = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


def open_engine(url: str) -> Engine:
    """An engine for `url` with the tables in place. Raises Misconfigured or NotKept."""
    parsed = make_url(url)
    engine = (
        _sqlite(Path(parsed.database or "")) if parsed.get_backend_name() == "sqlite" else create_engine(url)
    )
    failure = ""
    try:
        _prepare(engine)
    except SQLAlchemyError as error:
        failure = type(error).__name__
    if failure:
        engine.dispose()
        raise NotKept(f"STORE: the database could not be opened ({failure}).", code="STORE")
    return engine


def insert_if_absent(tx: Connection, table: Table) -> Any:
    """An INSERT that does nothing where the primary key is there already."""
    dialect: Any = postgresql if tx.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def journal_mode(version: tuple[int, ...]) -> str:
    """WAL where this SQLite is safe with it, else the rollback journal, truncated instead of deleted."""
    safe = version >= _WAL_IS_SAFE_FROM[0] or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_IS_SAFE_FROM[1:]
    )
    return "WAL" if safe else "TRUNCATE"


def _sqlite(path: Path) -> Engine:
    import sqlite3

    _make_private(path)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        # sqlite3 would begin a deferred transaction by itself, which two writers cannot both upgrade.
        connection.isolation_level = None
        connection.execute(f"PRAGMA journal_mode = {journal_mode(sqlite3.sqlite_version_info)}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _make_private(path: Path) -> None:
    """The file is made before SQLite makes it: SQLite would let everybody read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    failure = ""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        failure = error.strerror or type(error).__name__
    if failure:
        raise NotKept(f"STORE: the file {path.name} could not be opened: {failure}.", code="STORE")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Misconfigured(f"STORE: {path.name} can be read by others. Run: chmod 600 {path.name}")


def _prepare(engine: Engine) -> None:
    with engine.begin() as tx:
        if not inspect(tx).has_table(meta.name):
            metadata.create_all(tx)
            tx.execute(insert(meta).values(name="schema version", value=str(SCHEMA_VERSION).encode()))
        found = tx.execute(select(meta.c.value).where(meta.c.name == "schema version")).scalar_one()
    if int(found) != SCHEMA_VERSION:
        raise Misconfigured(
            f"STORE: the store has schema version {int(found)}, this release works with {SCHEMA_VERSION}. "
            "Use the release that made it, or a newer one."
        )
