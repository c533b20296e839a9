"""The store's database: private, quiet about what it holds, and never a receipt for what nobody can read.

A01 and the like are the rows of the fault matrix that a test answers.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, event, select

from sf_handoff.adapters import engines
from sf_handoff.adapters.engines import journal_mode, open_engine
from sf_handoff.adapters.reserve import SIZE
from sf_handoff.adapters.seal import Seal
from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import handoffs
from sf_handoff.calls.states import Linked, Status
from sf_handoff.errors import HandoffError, Misconfigured, NotKept
from sf_handoff.ports import Settlement

from .stored import DONE, LEASE, PHONE, SEAL, asks, at_once, first, handoff_id, new

if TYPE_CHECKING:
    from tests.conftest import Clock

ROOT = Path(__file__).resolve().parents[2]
CODE = "123456789"
ICN = "1012345678V345678"
CLAIM = "claim 612345678"
NAME = "Wilhelmina"
NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "store.sqlite3"


@pytest.fixture
def open_store(path: Path, clock: Clock) -> Iterator[Callable[[], SqlStore]]:
    """Opens the store at `path`; may be called several times, as several services would."""
    opened: list[SqlStore] = []

    def store() -> SqlStore:
        opened.append(SqlStore.open(f"sqlite:///{path}", SEAL, clock))
        return opened[-1]

    yield store
    for each in opened:
        each.close()


def said(error: BaseException) -> str:
    """All that a log or a crash report could show of an error: its chain, too."""
    assert error.__cause__ is None
    assert error.__context__ is None
    return f"{error!r} {error}"


def assert_quiet(error: BaseException) -> None:
    text = said(error).lower()
    for word in ("sqlite3.", "select", "insert", "parameters", "locked", "malformed", "canary", NAME.lower()):
        assert word not in text


# What SQLite is told


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 34, 1), "TRUNCATE"),
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 3), "TRUNCATE"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 0), "TRUNCATE"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
        ((4, 0, 0), "WAL"),
    ],
)
def test_a_write_ahead_log_only_where_it_is_safe(version: tuple[int, ...], mode: str) -> None:
    """A10"""
    assert journal_mode(version) == mode


def test_every_commit_reaches_the_disk(path: Path) -> None:
    """A10"""
    engine = open_engine(f"sqlite:///{path}")
    with engine.begin() as tx:
        pragmas = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("synchronous", "secure_delete", "journal_mode")
        }
    engine.dispose()
    mode = journal_mode(sqlite3.sqlite_version_info).lower()
    assert pragmas == {"synchronous": 2, "secure_delete": 1, "journal_mode": mode}


@pytest.mark.parametrize("mode", ["WAL", "TRUNCATE"])
def test_many_may_start_at_once(
    mode: str, open_store: Callable[[], SqlStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A13: one makes the tables, the others wait."""
    monkeypatch.setattr(engines, "journal_mode", lambda version: mode)
    ids = at_once(8, lambda _: open_store().derive_id(b"content"))
    assert len(set(ids)) == 1


def test_a_path_is_taken_as_it_is(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "a b#c&d=e" / "störe ü.sqlite3"
    store = SqlStore.open(f"sqlite:///{path}", SEAL, clock)
    store.close()
    assert [each.name for each in path.parent.iterdir() if each.suffix == ".sqlite3"] == [path.name]


# Privacy of the files


def test_files_are_their_owners_alone(path: Path, open_store: Callable[[], SqlStore]) -> None:
    """X04"""
    before = os.umask(0o022)
    try:
        store = open_store()
        store.keep(new(), lease=LEASE)
        with store._transaction() as tx:
            tx.exec_driver_sql("UPDATE handoffs SET attempts = 7")
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert len(modes) > 1  # the journal, or the log
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_file_that_others_can_read_is_refused(
    mode: int, path: Path, open_store: Callable[[], SqlStore]
) -> None:
    """X04"""
    open_store()
    path.chmod(mode)
    with pytest.raises(Misconfigured, match=r"^STORE: store\.sqlite3 can be read by others"):
        open_store()


def filled(store: SqlStore, clock: Clock) -> None:
    """Every column has been written to, by a person whose every value is a canary."""
    person = new(
        payload=f'{{"name":"{NAME}","icn":"{ICN}","phone":"{PHONE}","claim":"{CLAIM}"}}'.encode(),
        person=ICN,
        about=CLAIM,
        phone=PHONE,
    )
    row = store.keep(person, lease=LEASE)
    store.reserve_code(row.handoff_id, CODE, expires_at=clock.now)
    asks(store, "c-1", lambda lookups: (lookups.tried(CODE), lookups.spend_code(CODE)))
    asks(store, "c-1", lambda lookups: lookups.missed(PHONE))
    store.latch_number(row.handoff_id, ["+18005550101"], until=clock.now)
    store.event("tap", row.handoff_id, screen="ClaimStatus")
    store.settle(row, replace(DONE, contact_linked=Linked.LINKED))


def test_nothing_personal_is_in_the_files(
    path: Path, open_store: Callable[[], SqlStore], clock: Clock
) -> None:
    """X04"""
    store = open_store()
    filled(store, clock)
    with store._transaction() as tx:
        tx.exec_driver_sql("UPDATE handoffs SET attempts = attempts + 1")
        raw = b"".join(each.read_bytes() for each in path.parent.iterdir())
    store.close()
    raw += path.read_bytes()
    assert handoff_id(1).encode() in raw
    canaries = (NAME, ICN, PHONE, PHONE[2:], CLAIM, CLAIM.split()[1], CODE)
    assert [canary for canary in canaries if canary.encode() in raw] == []


@pytest.mark.parametrize("mode", ["WAL", "TRUNCATE"])
def test_what_is_purged_is_in_no_file(
    mode: str, path: Path, open_store: Callable[[], SqlStore], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "journal_mode", lambda version: mode)
    store = open_store()
    filled(store, clock)
    with store._transaction() as tx:
        sealed = tx.execute(select(handoffs.c.payload)).scalar_one()
    clock.forward(days=1)
    assert store.purge(delivered=timedelta(), parked=timedelta()) == 1
    assert not any(sealed[:64] in each.read_bytes() for each in path.parent.iterdir())


def test_what_is_looked_up_is_a_keyed_hash(
    path: Path, open_store: Callable[[], SqlStore], clock: Clock
) -> None:
    filled(open_store(), clock)
    file = sqlite3.connect(path)
    (hashes,) = file.execute("SELECT digest, episode, phone, code_hash FROM handoffs, codes").fetchall()
    file.close()
    assert len(set(hashes)) == 4
    for hashed in hashes:
        assert len(bytes.fromhex(hashed)) == 32
    plain = {hashlib.sha256(text.encode()).hexdigest() for text in (PHONE, CODE, ICN, f"{ICN}\0{CLAIM}")}
    assert not plain & set(hashes)


# What is refused at the start


def test_what_is_no_database_is_refused_and_left_alone(
    path: Path, open_store: Callable[[], SqlStore]
) -> None:
    """A07"""
    open_store().close()
    with path.open("r+b") as file:
        file.write(b"a canary sits here" * 10)
    before = path.read_bytes()
    with pytest.raises(Misconfigured) as refused:
        open_store()
    assert refused.value.code == "STORE_CORRUPT"
    assert_quiet(refused.value)
    assert path.read_bytes() == before


def test_a_damaged_page_is_named_for_what_it_is(path: Path, open_store: Callable[[], SqlStore]) -> None:
    """A07"""
    store = open_store()
    store.keep(new(), lease=LEASE)
    store.close()
    file = sqlite3.connect(path)
    ((page,),) = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'handoffs'").fetchall()
    ((size,),) = file.execute("PRAGMA page_size").fetchall()
    file.close()
    with path.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\xff" * size)
    with pytest.raises(NotKept) as refused:
        store.keep(new(2), lease=LEASE)
    assert refused.value.code == "STORE_CORRUPT"
    assert_quiet(refused.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("canary", "STORE: this is no database URL"),
        ("canary://host/name", "STORE: the store is a SQLite file or a PostgreSQL database"),
        ("sqlite://", "STORE: name a file"),
        ("sqlite:///:memory:", "STORE: name a file"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str, words: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        open_engine(url)
    assert str(refused.value).startswith(words)
    assert_quiet(refused.value)


def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(
        Misconfigured, match=r"^STORE: there is no driver .*sf-handoff\[postgresql\]"
    ) as refused:
        open_engine("postgresql+psycopg://user:canary@127.0.0.1:1/store")
    assert_quiet(refused.value)


def test_a_place_that_cannot_be_a_file(tmp_path: Path) -> None:
    """A09"""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "store.sqlite3", tmp_path / "folder"):
        with pytest.raises(Misconfigured, match=r"^STORE: \S+ cannot be opened: ") as refused:
            open_engine(f"sqlite:///{path}")
        assert str(tmp_path) not in said(refused.value)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that an ordinary user owns and reaches, whoever runs the tests."""
    folder = Path(tempfile.mkdtemp())
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Nothing is read-only to root."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.parametrize(("what", "mode"), [("folder", 0o500), ("file", 0o400)])
def test_what_is_read_only_is_refused_at_the_start(
    what: str, mode: int, public_folder: Path, open_store: Callable[[], SqlStore], clock: Clock
) -> None:
    """A09"""
    open_store()  # imports what an ordinary user may have no right to read
    path = public_folder / "store.sqlite3"
    with ordinary_user():
        SqlStore.open(f"sqlite:///{path}", SEAL, clock).close()
        (public_folder if what == "folder" else path).chmod(mode)
        with pytest.raises(Misconfigured, match=r"^STORE: .* cannot be (written|opened)") as refused:
            SqlStore.open(f"sqlite:///{path}", SEAL, clock)
        assert str(public_folder.parent) + "/" not in said(refused.value)


# What happens while it runs


def test_a_database_that_is_away() -> None:
    """A03"""
    pytest.importorskip("psycopg", reason="needs the system's libpq (Debian: libpq5)", exc_type=ImportError)
    with pytest.raises(NotKept) as refused:
        open_engine("postgresql+psycopg://user:canary@127.0.0.1:1/store")
    assert refused.value.code == "STORE"
    assert_quiet(refused.value)


@pytest.mark.usefixtures("impatient")
def test_a_lock_that_somebody_keeps(path: Path, open_store: Callable[[], SqlStore]) -> None:
    """A04"""
    store = open_store()
    row = store.keep(new(), lease=LEASE)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    for blocked in (
        lambda: store.keep(new(2), lease=LEASE),
        lambda: store.settle(row, DONE),
        lambda: store.take(limit=1, lease=LEASE),
        lambda: store.event("tap"),
    ) * 5:  # more often than there are connections
        with pytest.raises(NotKept) as refused:
            blocked()
        assert refused.value.code == "STORE"
        assert_quiet(refused.value)
    other.rollback()
    other.close()
    assert store.row(handoff_id(2)) is None
    assert store.settle(row, DONE).state is Status.DELIVERED


@pytest.mark.usefixtures("impatient")
def test_a_long_list_holds_up_nobody(path: Path, open_store: Callable[[], SqlStore], clock: Clock) -> None:
    """Opening what is sealed takes time; the database is not locked meanwhile."""
    other = open_store()
    other.keep(new(1), lease=LEASE)
    kept: list[bool] = []

    class Slow(Seal):
        def open(self, sealed: bytes, row: str) -> bytes:
            if row.endswith("payload") and not kept:
                kept.append(True)
                other.keep(new(2), lease=LEASE)
            return super().open(sealed, row)

    store = SqlStore.open(f"sqlite:///{path}", Slow(SEAL.writing, SEAL.keys), clock)
    assert len(store.rows()) == 1
    assert len(store.rows()) == 2
    store.close()


def broken_calls(store: SqlStore) -> Iterator[Callable[[], object]]:
    yield lambda: asks(store, NAME, lambda lookups: None)
    yield lambda: asks(store, "c-1", lambda lookups: lookups.answer_of(NAME))


def test_the_database_s_words_stay_with_it(path: Path, open_store: Callable[[], SqlStore]) -> None:
    """X03: not even where a crash reporter looks."""
    store = open_store()
    file = sqlite3.connect(path)
    file.execute("DROP TABLE calls")
    file.close()
    for call in broken_calls(store):
        with pytest.raises(NotKept) as refused:
            call()
        assert_quiet(refused.value)


@pytest.mark.parametrize("mode", ["WAL", "TRUNCATE"])
@pytest.mark.parametrize("fate", ["deleted", "moved", "replaced"])
def test_no_receipt_for_a_file_that_is_gone(
    fate: str, mode: str, path: Path, open_store: Callable[[], SqlStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A08"""
    monkeypatch.setattr(engines, "journal_mode", lambda version: mode)
    store = open_store()
    store.keep(new(), lease=LEASE)
    if fate == "replaced":
        shutil.copy2(path, path.with_suffix(".copy"))
        path.with_suffix(".copy").replace(path)
    elif fate == "moved":
        path.rename(path.with_suffix(".elsewhere"))
    else:
        path.unlink()
    with pytest.raises(NotKept, match="deleted, moved or replaced") as refused:
        store.keep(new(2), lease=LEASE)
    said(refused.value)
    outcomes = at_once(6, lambda number: outcome(lambda: store.keep(new(3 + number), lease=LEASE)))
    assert set(outcomes) == {NotKept}
    assert path.exists() is (fate == "replaced")
    if fate == "moved":
        path.with_suffix(".elsewhere").rename(path)
        assert [row.handoff_id for row in store.rows()] == [handoff_id(1)]
        assert store.keep(new(2), lease=LEASE).fresh


def outcome(call: Callable[[], object]) -> type | None:
    try:
        call()
    except HandoffError as error:
        return type(error)
    return None


def test_a_full_disk_loses_nothing(path: Path, open_store: Callable[[], SqlStore], clock: Clock) -> None:
    """A06"""
    store = open_store()
    pages = 0

    @event.listens_for(store._engine, "begin")
    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages or 1 << 30}")

    row = store.keep(new(), lease=LEASE)
    pages = 1  # SQLite reads it as: not one more than there are
    with pytest.raises(NotKept) as refused:
        store.keep(new(2, payload=b"{}" + b" " * 50_000), lease=LEASE)
    assert_quiet(refused.value)
    with pytest.raises(NotKept):
        store.settle(row, Settlement(Status.PARKED, code="X", message="long" * 10_000))
    pages = 0
    file = sqlite3.connect(path)
    assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    file.close()
    assert [each.handoff_id for each in store.rows()] == [handoff_id(1)]
    clock.forward(seconds=15)
    again = first(store)
    assert again.handoff_id == row.handoff_id
    assert store.keep(new(2), lease=LEASE).fresh


def test_what_was_sent_is_noted_on_a_full_disk(path: Path, open_store: Callable[[], SqlStore]) -> None:
    """A06: in the room that was set aside, and is again as soon as there is room."""
    reserve = path.with_name(f"{path.name}-reserve")
    store, full = open_store(), [False]

    @event.listens_for(store._engine, "begin")
    def limit(connection: Connection) -> None:
        there_is_room = not (full[0] and reserve.exists())
        connection.exec_driver_sql(f"PRAGMA max_page_count = {1 << 30 if there_is_room else 1}")

    row = store.keep(new(), lease=LEASE)
    full[0] = True
    with pytest.raises(NotKept, match="the disk is full"):
        store.keep(new(2, payload=b"{}" + b" " * 50_000), lease=LEASE)
    assert reserve.stat().st_size == SIZE
    long = Settlement(Status.PARKED, code="X", message="long" * 10_000)
    assert store.settle(row, long).state is Status.PARKED
    assert reserve.stat().st_size == SIZE


def test_a_disk_without_room_to_set_aside(path: Path, open_store: Callable[[], SqlStore]) -> None:
    """A06: the store works without, and sets it aside when there is room."""
    reserve = path.with_name(f"{path.name}-reserve")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE // 2, hard))
    try:
        store = open_store()
        row = store.keep(new(), lease=LEASE)
        assert not reserve.exists()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    store.settle(row, DONE)
    assert reserve.stat().st_size == SIZE


FORK = """
import os, sys
from datetime import UTC, datetime
from tests.adapters.stored import LEASE, SEAL, new
from sf_handoff.adapters.store import SqlStore

store = SqlStore.open(sys.argv[1], SEAL, lambda: datetime(2026, 11, 20, tzinfo=UTC))
store.keep(new(1), lease=LEASE)

def handle():
    with store._transaction() as tx:
        return tx.connection.dbapi_connection

before = handle()
child = os.fork()
mine = handle()
assert (mine is before) is bool(child), "a handle is shared"
assert store.keep(new(3 if child else 2), lease=LEASE).fresh
if not child:
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert len(store.rows()) == 3
store.close()
"""


def test_a_forked_process_opens_its_own_connections(url: str) -> None:
    """A14"""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK, url]
    done = subprocess.run(
        command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_more_threads_than_connections(open_store: Callable[[], SqlStore]) -> None:
    """A01: each waits its turn."""
    store = open_store()
    fresh = at_once(40, lambda number: store.keep(new(number), lease=LEASE).fresh)
    assert all(fresh)
