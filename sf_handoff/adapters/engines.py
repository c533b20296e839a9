"""Database engines for the store: a SQLite file that survives a power cut, or PostgreSQL."""

from __future__ import annotations

import os
import random
import stat
import time
import weakref
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Pool,
    Table,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError

from sf_handoff.adapters.migrations import bring_up_to_date
from sf_handoff.errors import HandoffError, Misconfigured, NotKept

# Shorter than the three seconds that a live call is given.
BUSY_SECONDS = 2.0
# How long a start waits for another process that migrates.
_MIGRATION_SECONDS = 60
# Before these SQLite can corrupt a write-ahead log when two connections checkpoint at once.
_WAL_IS_SAFE_FROM = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
CORRUPT = "STORE_CORRUPT"
_GONE = "STORE: the database file was deleted, moved or replaced while in use. Put it back."

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()
_inherited: list[Pool] = []


class InDoubt(NotKept):
    """The connection was lost while the database was to commit: it may have done so."""


class Full(NotKept):
    """The disk is full."""


def open_engine(url: str) -> Engine:
    """An engine for `url` with the tables in place. Raises Misconfigured or NotKept."""
    engine = _engine(url)
    problem: HandoffError | None = None
    try:
        _prepare(engine)
    except HandoffError as error:
        problem = error
    except SQLAlchemyError as error:
        problem = not_kept(error)
    if problem:
        engine.dispose()
        # A damaged file does not mend itself: nobody shall wait for it.
        raise Misconfigured(problem.message, code=problem.code) if problem.code == CORRUPT else problem
    _engines.add(engine)
    return engine


def open_to_look(url: str) -> Engine | None:
    """An engine to look with; None where there is no SQLite file yet. Raises Misconfigured."""
    try:
        return _engine(url, _sqlite_to_look)
    except FileNotFoundError:
        return None


def not_kept(error: SQLAlchemyError, *, committing: bool = False) -> NotKept:
    """What a failure of the database means to a caller. Its own words stay here: they may quote a row."""
    name, words = _sqlite_name(error), f"STORE: the database did not answer ({type(error).__name__})."
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return NotKept(
            "STORE: the database file is damaged. Keep a copy of it, then put a backup in its place.",
            code=CORRUPT,
        )
    if name == "SQLITE_READONLY_DBMOVED":
        return NotKept(_GONE, code="STORE")
    if name == "SQLITE_FULL":
        return Full("STORE: the disk is full.", code="STORE")
    if committing and isinstance(error, DBAPIError) and error.connection_invalidated:
        return InDoubt(words, code="STORE")
    return NotKept(words, code="STORE")


def be_patient(tx: Connection) -> None:
    """What nobody waits for on the phone may take its time: a long list, a purge."""
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("SET LOCAL statement_timeout = 0")


def truncate_log(engine: Engine) -> None:
    """Takes what was overwritten out of SQLite's write-ahead log, too; whoever is reading puts it off.

    https://sqlite.org/pragma.html#pragma_wal_checkpoint
    """
    if engine.dialect.name == "sqlite":
        with suppress(engine.dialect.loaded_dbapi.Error), closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def file_of(engine: Engine) -> Path | None:
    """The file of a SQLite store."""
    if engine.dialect.name != "sqlite":
        return None
    return Path(unquote(urlsplit(engine.url.database or "").path))


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


def _sqlite_name(error: Exception) -> str:
    """SQLite's name for what went wrong; empty for another database."""
    return getattr(getattr(error, "orig", error), "sqlite_errorname", "")


def _engine(url: str, open_file: Callable[[str], Engine] | None = None) -> Engine:
    problem = ""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return (open_file or _sqlite)(parsed.database or "")
        if parsed.get_backend_name() == "postgresql":
            return _postgresql(parsed.set(drivername="postgresql+psycopg"))
        problem = "the store is a SQLite file or a PostgreSQL database, as in postgresql+psycopg://…"
    except (NoSuchModuleError, ImportError):
        problem = "there is no driver for this database. For PostgreSQL: pip install 'sf-handoff[postgresql]'"
    except ArgumentError:
        problem = "this is no database URL. One looks like sqlite:////var/lib/handoff/store.sqlite3"
    raise Misconfigured(f"STORE: {problem}")


def _sqlite(database: str) -> Engine:
    import sqlite3

    path = _path(database)
    _make_private(path)
    file = _identity(path)
    engine = create_engine(
        # SQLite must not make a file in the place of one that is gone.
        URL.create("sqlite", database=path.as_uri(), query={"mode": "rw", "uri": "true"}),
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,
        pool_timeout=BUSY_SECONDS,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        # sqlite3 would begin a deferred transaction by itself, which two writers cannot both upgrade.
        connection.isolation_level = None
        journal = f"PRAGMA journal_mode = {journal_mode(sqlite3.sqlite_version_info)}"
        _in_turn(lambda: connection.execute(journal), sqlite3.OperationalError)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")

    event.listen(engine, "begin", _begin)

    @event.listens_for(engine, "commit")
    def still_there(_: Connection) -> None:
        # With a write-ahead log SQLite itself would not notice.
        if _identity(path) != file:
            raise NotKept(_GONE, code="STORE")

    return engine


def _sqlite_to_look(database: str) -> Engine:
    path = _path(database)
    _check_private(path)
    url = URL.create("sqlite", database=path.as_uri(), query={"mode": "ro", "uri": "true"})
    return create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)


def _path(database: str) -> Path:
    if database in ("", ":memory:"):
        raise Misconfigured("STORE: name a file, as in sqlite:////var/lib/handoff/store.sqlite3")
    return Path(database).absolute()


def _postgresql(url: URL) -> Engine:
    """Nothing waits for long: not for the server, not for a lock, and not for an answer that is lost.

    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
    https://www.postgresql.org/docs/current/runtime-config-client.html#RUNTIME-CONFIG-CLIENT-STATEMENT
    """
    waits = int(BUSY_SECONDS * 1000)
    engine = create_engine(
        url,
        connect_args={"connect_timeout": max(2, int(BUSY_SECONDS)), "tcp_user_timeout": waits},
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=BUSY_SECONDS,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.execute(f"SET lock_timeout = {waits}")
        connection.execute(f"SET statement_timeout = {waits}")
        # A worker that is stopped in the middle of a transaction holds up the others no longer than that.
        connection.execute(f"SET idle_in_transaction_session_timeout = {5 * waits}")
        # A server may be set to report a commit before it is on the disk.
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') = 'off'"
        )
        connection.commit()

    return engine


def _begin(connection: Connection) -> None:
    """Begins a transaction that may write, when it is our turn."""
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    _in_turn(lambda: connection.exec_driver_sql("BEGIN IMMEDIATE"), OperationalError)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")


def _in_turn(run: Callable[[], object], refusal: type[Exception]) -> None:
    """Runs what needs the file to itself, again and again while others have it.

    SQLite's own waiting soon looks only ten times a second, so under load it can miss every gap; and for a
    change of the journal it does not wait at all.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            run()
        except refusal as error:
            if not _sqlite_name(error).startswith("SQLITE_BUSY") or time.monotonic() > until:
                raise
        else:
            return
        time.sleep(random.uniform(0.001, 0.005))


def _make_private(path: Path) -> None:
    """The file is made before SQLite makes it: SQLite would let everybody read it."""
    failure = ""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        failure = error.strerror or type(error).__name__
    if failure:
        raise Misconfigured(f"STORE: {path.name} cannot be opened: {failure}.")
    _check_private(path)


def _check_private(path: Path) -> None:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Misconfigured(f"STORE: {path.name} can be read by others. Run: chmod 600 {path.name}")
    if not os.access(path.parent, os.W_OK):
        raise Misconfigured(f"STORE: the folder of {path.name} cannot be written, and SQLite needs to.")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _let_go() -> None:
    """A forked child opens connections of its own, and must not even close the ones it inherited.

    https://sqlite.org/howtocorrupt.html#_carrying_an_open_database_file_across_a_fork_
    """
    for engine in _engines:
        _inherited.append(engine.pool)
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_let_go)


def _prepare(engine: Engine) -> None:
    with engine.begin() as tx:
        if tx.dialect.name == "postgresql":
            be_patient(tx)
            tx.exec_driver_sql(f"SET LOCAL lock_timeout = '{_MIGRATION_SECONDS}s'")
        bring_up_to_date(tx)
