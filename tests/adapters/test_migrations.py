"""A store that another release made: brought up to date by one, with what it holds, or left as it was."""

from __future__ import annotations

import secrets
from multiprocessing.connection import Connection as Pipe
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from sf_handoff.adapters import migrations
from sf_handoff.adapters.seal import keyed_hash
from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import SCHEMA_VERSION, metadata
from sf_handoff.calls.states import Status
from sf_handoff.errors import Misconfigured, NotKept

from .stored import AT, DONE, LEASE, SEAL, child, first, new, numbers, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Clock

    from .conftest import Opener

VERSION_1 = """
CREATE TABLE meta (name VARCHAR(40) NOT NULL PRIMARY KEY, value BLOB);
CREATE TABLE handoffs (
    handoff_id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(12) NOT NULL,
    due FLOAT NOT NULL,
    token VARCHAR(32),
    attempts INTEGER NOT NULL,
    code VARCHAR(80),
    message TEXT,
    notes TEXT NOT NULL,
    digest VARCHAR(64) NOT NULL,
    nonce VARCHAR(32) NOT NULL,
    case_key VARCHAR(64) NOT NULL,
    episode VARCHAR(64),
    episode_over BOOLEAN NOT NULL,
    phone VARCHAR(64),
    occurred_at FLOAT NOT NULL,
    expires_at FLOAT NOT NULL,
    kept_at FLOAT NOT NULL,
    settled_at FLOAT,
    case_id VARCHAR(18),
    case_number VARCHAR(40),
    task_id VARCHAR(18),
    contact_linked VARCHAR(12),
    api_calls INTEGER NOT NULL,
    payload BLOB NOT NULL,
    dial_code BLOB
);
CREATE INDEX ix_handoffs_case_key ON handoffs (case_key);
CREATE INDEX ix_handoffs_episode ON handoffs (episode);
CREATE INDEX ix_handoffs_phone ON handoffs (phone);
CREATE INDEX handoffs_due ON handoffs (state, due);
CREATE TABLE codes (
    code_hash VARCHAR(64) NOT NULL PRIMARY KEY,
    handoff_id VARCHAR(64) NOT NULL,
    expires_at FLOAT NOT NULL,
    free_at FLOAT NOT NULL,
    used_by VARCHAR(120)
);
CREATE TABLE calls (
    call_key VARCHAR(120) NOT NULL PRIMARY KEY,
    handoff_id VARCHAR(64),
    matched_by VARCHAR(40),
    bound_at FLOAT NOT NULL
);
CREATE TABLE events (
    id INTEGER NOT NULL PRIMARY KEY,
    at FLOAT NOT NULL,
    kind VARCHAR(40) NOT NULL,
    handoff_id VARCHAR(64),
    detail TEXT NOT NULL
)
"""
ROW_1 = (
    "INSERT INTO handoffs (handoff_id, state, due, token, attempts, notes, digest, nonce, case_key, episode_over,"
    " occurred_at, expires_at, kept_at, settled_at, api_calls, payload) VALUES (:id, :state, :at, :token, 1, '[]',"
    " :digest, :id_short, :id, :false, :at, :at, :at, :settled, 1, :payload)"
)


def on_server(ddl: str) -> str:
    """PostgreSQL's names for the same."""
    serial = "id SERIAL NOT NULL PRIMARY KEY,\n    at"
    return ddl.replace("BLOB", "BYTEA").replace("id INTEGER NOT NULL PRIMARY KEY,\n    at", serial)


def old_row(key: bytes, number: int, **values: Any) -> dict[str, Any]:
    """A row as version 1 wrote it: delivered, unless told otherwise."""
    made = new(number)
    return {
        "id": made.handoff_id,
        "id_short": made.handoff_id.replace("-", ""),
        "state": "delivered",
        "token": None,
        "settled": AT.timestamp(),
        "at": AT.timestamp(),
        "digest": keyed_hash(key, "body", made.payload.decode()),
        "payload": SEAL.close(made.payload, f"{made.handoff_id}/payload"),
        "false": False,
    } | values


def write_version_1(tx: Connection) -> None:
    key = secrets.token_bytes(32)
    ddl = on_server(VERSION_1) if tx.dialect.name == "postgresql" else VERSION_1
    for statement in ddl.split(";"):
        tx.exec_driver_sql(statement)
    meta = text("INSERT INTO meta VALUES (:name, :value)")
    tx.execute(meta, {"name": "schema version", "value": b"1"})
    tx.execute(meta, {"name": "hash key", "value": SEAL.close(key, "meta/hash key")})
    tx.execute(text(ROW_1), old_row(key, 1))
    tx.execute(text(ROW_1), old_row(key, 2, state="due", token="f" * 32, settled=None))


@pytest.fixture
def raw(url: str, opened: Opener) -> Iterator[Engine]:
    """The database itself, empty; its file is as private as the store wants it."""
    if url.startswith("sqlite"):
        opened(url).close()
    engine = create_engine(url)
    with engine.begin() as tx:
        metadata.drop_all(tx)
    yield engine
    engine.dispose()


@pytest.fixture
def version_1(raw: Engine, url: str) -> str:
    with raw.begin() as tx:
        write_version_1(tx)
    return url


def columns(engine: Engine) -> set[str]:
    return {each["name"] for each in inspect(engine).get_columns("handoffs")}


def test_a_store_of_version_1_keeps_what_it_holds_and_works(
    version_1: str, opened: Opener, clock: Clock
) -> None:
    store = opened(version_1)
    assert [row.payload for row in store.rows()] == [new(1).payload, new(2).payload]
    again = store.keep(new(1), lease=LEASE)
    assert (again.fresh, again.state) == (False, Status.DELIVERED)
    row = first(store)
    assert (row.handoff_id, row.attempts) == (new(2).handoff_id, 1)
    assert store.settle(row, DONE).attempts == 2
    assert store.keep(new(3), lease=LEASE).fresh
    store.close_gate("salesforce", "AUTH", LEASE)
    clock.forward(days=1)
    assert store.purge(delivered=LEASE, parked=LEASE) == 2


def test_a_migrated_store_has_the_tables_of_a_new_one(
    version_1: str, raw: Engine, opened: Opener, tmp_path: Any
) -> None:
    opened(version_1)
    found = {
        table: {each["name"] for each in inspect(raw).get_columns(table)}
        for table in inspect(raw).get_table_names()
    }
    assert found == {table.name: set(table.columns.keys()) for table in metadata.sorted_tables}


def test_a_store_is_migrated_once(version_1: str, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(version_1)
    monkeypatch.setitem(migrations.STEPS, 2, ("not SQL",))
    assert numbers(opened(version_1).rows()) == [1, 2]


def open_when_told(pipe: Pipe, url: str) -> None:
    pipe.send("ready")
    pipe.recv()
    store = SqlStore.open(url, SEAL, lambda: AT, shared_clock=False)
    pipe.send(numbers(store.rows()))


def test_two_processes_start_on_an_old_schema(version_1: str, opened: Opener) -> None:
    """A13: one migrates, the other waits."""
    with child(open_when_told, version_1) as (_, one), child(open_when_told, version_1) as (_, other):
        assert [pipe.recv() for pipe in (one, other)] == ["ready", "ready"]
        for pipe in (one, other):
            pipe.send("go")
        assert [pipe.recv() for pipe in (one, other)] == [[1, 2], [1, 2]]
    assert row_of(opened(version_1), 2).state is Status.DUE


def test_a_migration_that_fails_leaves_the_old_version(
    version_1: str, raw: Engine, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = columns(raw)
    half = (*migrations.STEPS[2], "ALTER TABLE canary ADD COLUMN x FLOAT")
    with monkeypatch.context() as patched:
        patched.setitem(migrations.STEPS, 2, half)
        with pytest.raises(NotKept) as refused:
            opened(version_1)
    assert "canary" not in str(refused.value)
    with raw.connect() as connection:
        assert (
            connection.execute(text("SELECT value FROM meta WHERE name = 'schema version'")).scalar() == b"1"
        )
    assert columns(raw) == before
    assert numbers(opened(version_1).rows()) == [1, 2]


def test_a_newer_schema_is_refused(raw: Engine, url: str, opened: Opener) -> None:
    """A13: both versions are named, and nothing is changed."""
    opened(url)
    newer = SCHEMA_VERSION + 1
    with raw.begin() as tx:
        tx.execute(
            text("UPDATE meta SET value = :value WHERE name = 'schema version'"), {"value": b"%d" % newer}
        )
    with pytest.raises(
        Misconfigured, match=rf"^STORE: .* version {newer}, .* works with {SCHEMA_VERSION}\."
    ) as refused:
        opened(url)
    assert refused.value.__context__ is None
