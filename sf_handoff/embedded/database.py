# ruff: noqa: S608 - the names in the SQL are the schema's, and quoted; every value is a parameter
"""The org's records in one SQLite file: a table for each sObject, a column for each field that is stored.

Every request is one `BEGIN IMMEDIATE` transaction, so that several processes on one file see one org and
its unique keys. Text compares without regard to (ASCII) case, as in Salesforce, unless describe says so.
https://www.sqlite.org/lang_transaction.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TypeAlias

from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.schema import Schema, SObject

Value: TypeAlias = str | int | float | None
AFFINITY = {"boolean": "INTEGER DEFAULT 0", "int": "INTEGER"}
AFFINITY |= dict.fromkeys(("double", "currency", "percent"), "REAL")
BOOKKEEPING = (
    "CREATE TABLE IF NOT EXISTS _sequences (name TEXT PRIMARY KEY, last INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _sessions (digest TEXT PRIMARY KEY, expires TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _usage (day TEXT PRIMARY KEY, calls INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _locators "
    "(locator TEXT PRIMARY KEY, made TEXT NOT NULL, size INTEGER NOT NULL, total INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _snapshots "
    "(locator TEXT, place INTEGER, record TEXT NOT NULL, PRIMARY KEY (locator, place)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS _jobs "
    "(id TEXT PRIMARY KEY, type TEXT NOT NULL, created TEXT NOT NULL, job TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _job_rows (job TEXT, kind TEXT, place INTEGER, cells TEXT NOT NULL, "
    "PRIMARY KEY (job, kind, place)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS _reports "
    "(id TEXT PRIMARY KEY, developer_name TEXT UNIQUE NOT NULL, document TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _loads (name TEXT PRIMARY KEY, what TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _report_runs (kind TEXT NOT NULL, made TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _report_instances "
    "(id TEXT PRIMARY KEY, report TEXT NOT NULL, requested TEXT NOT NULL, completed TEXT, "
    "looks INTEGER NOT NULL, results TEXT NOT NULL)",
)
PATIENCE = 30.0


class Database:
    """One connection, shared by the threads of this process under a lock."""

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            path.touch(mode=0o600)
        self._lock = RLock()
        self._connection = sqlite3.connect(
            path or ":memory:", timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        self.execute("PRAGMA journal_mode = TRUNCATE")
        self.execute("PRAGMA synchronous = OFF")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock, self._around("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
            yield

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undone alone when its block raises. Savepoints nest."""
        with self._around("SAVEPOINT part", "RELEASE part", "ROLLBACK TO part; RELEASE part"):
            yield

    @contextmanager
    def _around(self, before: str, after: str, undo: str) -> Iterator[None]:
        self.execute(before)
        try:
            yield
        except BaseException:
            for each in undo.split("; "):
                self.execute(each)
            raise
        self.execute(after)

    def execute(self, sql: str, *values: Value) -> int:
        """Run one statement; the number of rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def rows(self, sql: str, *values: Value) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Value) -> sqlite3.Row | None:
        with self._lock:
            return next(iter(self.rows(sql, *values)), None)

    def next(self, name: str) -> int:
        """The next number of a sequence; it is given back when the transaction is undone."""
        row = self.row(
            "INSERT INTO _sequences VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 "
            "RETURNING last",
            name,
        )
        return int(row["last"]) if row else 0

    def insert(self, sobject: SObject, record: dict[str, Value]) -> None:
        columns = ", ".join(quoted(name) for name in record)
        marks = ", ".join("?" * len(record))
        self.execute(f"INSERT INTO {quoted(sobject.name)} ({columns}) VALUES ({marks})", *record.values())

    def update(self, sobject: SObject, record_id: str, changes: dict[str, Value]) -> None:
        pairs = ", ".join(f"{quoted(name)} = ?" for name in changes)
        self.execute(
            f'UPDATE {quoted(sobject.name)} SET {pairs} WHERE "Id" = ?', *changes.values(), record_id
        )

    def read(self, sobject: SObject, record_id: str) -> dict[str, Value] | None:
        """The stored record, deleted or not."""
        row = self.row(f'SELECT * FROM {quoted(sobject.name)} WHERE "Id" = ?', record_id)
        return dict(row) if row else None

    def select(self, sobject: SObject, same: Mapping[str, Value] | None = None) -> list[sqlite3.Row]:
        """The records that hold the values of `same`, oldest first, the deleted ones left out."""
        wanted = same or {}
        conditions = " AND ".join(['NOT "IsDeleted"', *(f"{quoted(name)} IS ?" for name in wanted)])
        return self.rows(
            f'SELECT * FROM {quoted(sobject.name)} WHERE {conditions} ORDER BY "Id"', *wanted.values()
        )

    def ids(self, sobject: SObject, field: Field, value: Value) -> list[str]:
        """The ids of the records that hold `value`; nothing is held by none."""
        found = [] if value is None else self.select(sobject, {field.name: value})
        return [str(row["Id"]) for row in found]

    def make(self, schema: Schema) -> None:
        """Create what is missing; a field that the schema gained becomes a column."""
        for statement in BOOKKEEPING:
            self.execute(statement)
        for each in schema.sobjects:
            self._make_table(each)

    def _make_table(self, sobject: SObject) -> None:
        table = quoted(sobject.name)
        self.execute(
            f'CREATE TABLE IF NOT EXISTS {table} ("Id" TEXT PRIMARY KEY, "IsDeleted" INTEGER DEFAULT 0)'
        )
        present = {row["name"].lower() for row in self.rows(f"PRAGMA table_info({table})")}
        for each in sobject.stored:
            if each.name.lower() not in present:
                self.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(each.name)} {_affinity(each)}")
            sought = each.finds_records or each["unique"] or each.type == "reference"
            if sought and each.type != "id":
                index = quoted(f"{sobject.name}.{each.name}")
                self.execute(f"CREATE INDEX IF NOT EXISTS {index} ON {table} ({quoted(each.name)})")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _affinity(field: Field) -> str:
    if field.type in AFFINITY:
        return AFFINITY[field.type]
    exact = field["caseSensitive"] or field.type in {"id", "reference"}
    return "TEXT COLLATE BINARY" if exact else "TEXT COLLATE NOCASE"
