"""The store on PostgreSQL: whose clock decides, and what a server that goes away costs.

A01 and the like are the rows of the fault matrix that a test answers. A15, a handoff kept inside a transaction
of the caller's own, is not offered: `hand_off` keeps by itself.
"""

from __future__ import annotations

import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from select import select as readable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from sf_handoff.adapters import tables
from sf_handoff.adapters.assembly import connect
from sf_handoff.adapters.engines import open_engine
from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.turns import TAKE, take_turn
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.states import Status
from sf_handoff.embedded import Embedded, Fault
from sf_handoff.errors import NotKept
from sf_handoff.ports import Row, Settlement
from tests.conftest import ROOT
from tests.postgres import Server, running

from .stored import DONE, LEASE, SEAL, at_once, events, first, handoff_id, new, numbers, row_of

if TYPE_CHECKING:
    from sf_handoff.adapters.settings import Settings
    from sf_handoff.connector import Connector
    from tests.conftest import Clock

    from .conftest import Opener

FIVE = timedelta(minutes=5)


@pytest.fixture
def url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture(scope="module")
def durable() -> Iterator[Server]:
    """A server of one's own, to be killed; what it has committed is on the disk."""
    with running(durable=True) as started:
        yield started


@pytest.fixture
def mortal_url(durable: Server) -> Iterator[str]:
    with durable.database() as name:
        yield durable.url(name)


# Whose clock


def test_the_server_s_clock_decides_when_a_lease_ends(url: str, opened: Opener) -> None:
    """T01: two hosts five minutes apart, ahead and behind."""
    ahead = opened(url, clock=lambda: datetime.now(UTC) + FIVE, shared_clock=True)
    behind = opened(url, clock=lambda: datetime.now(UTC) - FIVE, shared_clock=True)
    behind.keep(new(1), lease=LEASE)
    assert ahead.take(limit=9, lease=LEASE) == []
    ahead.keep(new(2), lease=timedelta())
    assert numbers(behind.take(limit=9, lease=LEASE)) == [2]


def test_hosts_with_clocks_of_their_own_would_not_agree(url: str, opened: Opener) -> None:
    """T01: what the shared clock is for."""
    ahead, behind = (opened(url, clock=lambda by=by: datetime.now(UTC) + by) for by in (FIVE, -FIVE))
    behind.keep(new(1), lease=LEASE)
    assert numbers(ahead.take(limit=9, lease=LEASE)) == [1]


def test_the_server_s_clock_is_the_default(url: str, server: Server, clock: Clock) -> None:
    ((before,),) = server.sql("SELECT clock_timestamp()")
    store = SqlStore.open(url, SEAL, clock)
    kept = store.keep(new(), lease=LEASE).kept_at
    store.close()
    ((after,),) = server.sql("SELECT clock_timestamp()")
    assert isinstance(before, datetime)
    assert isinstance(after, datetime)
    assert before - timedelta(milliseconds=1) <= kept <= after + timedelta(milliseconds=1)


# Hosts that share the work


@pytest.fixture
def hosts(settings: Settings, url: str, clock: Clock) -> Iterator[list[Connector]]:
    shared = settings.model_copy(update={"store": url})
    with connect(shared, clock) as one, connect(shared, clock) as other:
        yield [one, other]


def test_a_tap_that_two_hosts_take_is_one(hosts: list[Connector], org: Embedded, clock: Clock) -> None:
    """A01: one record, and the same receipt from both."""
    payload = sample_handoff(at=clock.now, handoff_id=handoff_id(1))
    one, other = at_once(2, lambda number: hosts[number].hand_off(payload))
    assert one == other
    assert (one.status, one.case_id) == ("delivered", org.records("Case")[0]["Id"])
    assert len(org.records("Case")) == len(org.records("Task")) == 1


def test_two_hosts_send_again_what_waits(hosts: list[Connector], org: Embedded, clock: Clock) -> None:
    org.faults.add(Fault("/composite", "answer", status=503, times=99))
    for number in range(8):
        veteran = {"icn": f"101234567{number}V345678", "first_name": "Casey", "last_name": "Doe"}
        payload = sample_handoff(at=clock.now, handoff_id=handoff_id(number), veteran=veteran)
        assert hosts[number % 2].hand_off(payload).status == "due"
    org.faults.clear()
    at_once(2, lambda number: hosts[number].resync(insist=True))
    hosts[0].resync(insist=True)
    assert {row.state for row in hosts[1].outbox()} == {Status.DELIVERED}
    assert len(org.records("Case")) == len(org.records("Task")) == 8


def test_what_the_page_says_makes_a_store(durable: Server) -> None:
    """The SQL that an administrator is told to run."""
    page = (ROOT / "docs" / "howto" / "postgresql.md").read_text("utf-8")
    for statement in "".join(re.findall(r"^```sql\n(.*?)^```", page, re.MULTILINE | re.DOTALL)).split(";")[
        :-1
    ]:
        durable.sql(statement)
    url = f"postgresql+psycopg://handoff:a-long-password@127.0.0.1:{durable.port}/handoff"
    store = SqlStore.open(url, SEAL, lambda: datetime.now(UTC))
    assert store.keep(new(), lease=LEASE).fresh
    store.close()


# A server that is away


def test_a_server_that_is_away(mortal_url: str, durable: Server, opened: Opener) -> None:
    """A03: refused, and nothing half kept; the store works again when the server does, without a restart."""
    store = opened(mortal_url)
    row = store.keep(new(1), lease=LEASE)
    durable.stop("immediate")
    try:
        for call in (
            lambda: store.keep(new(2), lease=LEASE),
            lambda: store.settle(row, DONE),
            lambda: store.take(limit=1, lease=LEASE),
            lambda: opened(mortal_url),
        ):
            with pytest.raises(NotKept) as refused:
                call()
            assert (refused.value.code, refused.value.__context__) == ("STORE", None)
    finally:
        durable.start()
    assert numbers(store.rows()) == [1]
    assert store.keep(new(2), lease=LEASE).fresh
    assert store.settle(row, DONE).state is Status.DELIVERED


def test_a_server_that_does_not_answer() -> None:
    """A03: it takes the connection, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(NotKept):
            open_engine(f"postgresql+psycopg://tester@{address}/store")


def test_a_restart_of_the_server_between_two_calls_costs_nothing(
    mortal_url: str, durable: Server, opened: Opener
) -> None:
    """A11: connections that have died are noticed before they are used."""
    store = opened(mortal_url)
    at_once(4, lambda number: store.keep(new(number), lease=LEASE))
    durable.stop("immediate")
    durable.start()
    assert all(at_once(4, lambda number: store.keep(new(10 + number), lease=LEASE).fresh))


def test_a_server_killed_under_load_loses_nothing(
    mortal_url: str, durable: Server, opened: Opener, clock: Clock
) -> None:
    """A11: killed and restarted twice while two threads keep and settle."""
    store, refusals, done = opened(mortal_url), list[NotKept](), SimpleQueue[int]()

    def serve(first_number: int) -> None:
        for number in range(first_number, first_number + 60):
            while not keep_and_settle(store, number, refusals):
                pass
            done.put(number)

    threads = [threading.Thread(target=serve, args=(start,), daemon=True) for start in (100, 200)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        for _ in range(30):
            done.get(timeout=60)
        durable.stop("immediate")
        durable.start()
    for thread in threads:
        thread.join()
    assert refusals
    clock.forward(minutes=1)
    store.settle_all([(row, DONE) for row in store.take(limit=200, lease=LEASE)])
    assert numbers(store.rows(states=(Status.DELIVERED,))) == [*range(100, 160), *range(200, 260)]
    assert len(store.rows()) == 120
    assert set(counted(store).values()) == {1}
    assert len(counted(store)) == 240


def keep_and_settle(store: SqlStore, number: int, refusals: list[NotKept]) -> bool:
    """As a service does: what was not kept comes again; what could not be noted is left to a worker."""
    kept = False
    try:
        row = store.keep(new(number), lease=LEASE)
        kept = True
        if row.fresh:
            store.settle(row, DONE)
    except NotKept as error:
        refusals.append(error)
    return kept


def counted(store: SqlStore) -> Counter[tuple[str, str]]:
    """How often each handoff was tapped and delivered, by the log."""
    query = select(tables.events.c.handoff_id, tables.events.c.kind)
    with store._transaction() as tx:
        return Counter((each.handoff_id, each.kind) for each in tx.execute(query))


# Answers that are lost


class Line:
    """A line to the server that is cut `before` a COMMIT reaches it, or `after`, instead of its answer."""

    def __init__(self, port: int) -> None:
        self._to, self._listening = port, socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.cut, self.for_good = "", False
        self._threads = [threading.Thread(target=self._answer, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _answer(self) -> None:
        with suppress(OSError):
            while True:
                client = self._listening.accept()[0]
                self._threads.append(threading.Thread(target=self._connect, args=(client,), daemon=True))
                self._threads[-1].start()

    def _connect(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._to)) as server:
            while not (self.for_good and self.cut == "was"):
                for source in readable([client, server], [], [])[0]:
                    data = source.recv(65536)
                    if not data or self._cuts(data, of_client=source is client):
                        return
                    (server if source is client else client).sendall(data)

    def _cuts(self, data: bytes, *, of_client: bool) -> bool:
        if of_client and self.cut and b"COMMIT" in data:
            self.cut = {"before": "now", "after": "answer"}.get(self.cut, self.cut)
        elif not of_client and self.cut == "answer":
            self.cut = "now"
        if self.cut != "now":
            return False
        self.cut = "was"
        return True


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    laid = Line(server.port)
    yield laid
    laid.close()


@pytest.fixture
def distant(url: str, server: Server, line: Line, opened: Opener) -> SqlStore:
    """The store at the other end of the line."""
    return opened(server.url(url.rsplit("/", 1)[1], line.port))


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_keep_whose_answer_is_lost_is_looked_up(distant: SqlStore, line: Line, cut: str) -> None:
    """A12: the receipt says what is stored, and the handoff is the caller's to send."""
    line.cut = cut
    row = distant.keep(new(), lease=LEASE)
    assert line.cut == "was"
    assert row.fresh
    assert row_of(distant).token == row.token
    assert set(counted(distant).values()) == {1}
    assert distant.settle(row, DONE).state is Status.DELIVERED


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_settle_whose_answer_is_lost_is_noted_once(distant: SqlStore, line: Line, cut: str) -> None:
    """A12"""
    row = distant.keep(new(), lease=LEASE)
    line.cut = cut
    settled = distant.settle(row, DONE)
    assert line.cut == "was"
    assert (settled.state, settled.attempts, settled.api_calls) == (Status.DELIVERED, 1, 1)
    assert len(events(distant)) == 1


@pytest.mark.parametrize("cut", ["before", "after"])
def test_no_receipt_where_the_outcome_cannot_be_looked_up(
    distant: SqlStore, line: Line, url: str, opened: Opener, cut: str
) -> None:
    """A12: the line stays dead. Sent again, the handoff is the one that is there, if it is."""
    line.cut, line.for_good = cut, True
    with pytest.raises(NotKept) as refused:
        distant.keep(new(), lease=LEASE)
    assert refused.value.__context__ is None
    line.for_good = False
    near = opened(url)
    assert [row.handoff_id for row in near.rows()] == ([handoff_id(1)] if cut == "after" else [])
    assert near.keep(new(), lease=LEASE).fresh is (cut == "before")
    assert set(counted(near).values()) == {1}


# What nobody waits for


@pytest.mark.usefixtures("impatient")
def test_a_lock_that_somebody_keeps(url: str, server: Server, opened: Opener) -> None:
    """A04"""
    store, other = opened(url), opened(url)
    row = store.keep(new(1), lease=LEASE)
    with other._transaction() as tx:
        tx.execute(tables.handoffs.delete())
        with pytest.raises(NotKept) as refused:
            store.settle(row, DONE)
        assert (refused.value.code, refused.value.__context__) == ("STORE", None)
        assert store.take(limit=1, lease=LEASE, waiting_too=True) == []
        tx.rollback()
    assert store.settle(row, DONE).state is Status.DELIVERED


@pytest.mark.usefixtures("impatient")
def test_a_worker_stopped_in_the_middle_holds_up_the_others_for_a_while(url: str, opened: Opener) -> None:
    """K06: the server ends what it does not go on with."""
    stopped, other = opened(url), opened(url)
    other.settle(other.keep(new(1), lease=LEASE), Settlement(Status.DUE))
    with suppress(NotKept), stopped._transaction() as tx:
        take_turn(tx, TAKE)
        with pytest.raises(NotKept):
            other.take(limit=1, lease=LEASE)
        assert numbers(taken_at_last(other)) == [1]


def taken_at_last(store: SqlStore) -> list[Row]:
    for _ in range(1000):
        with suppress(NotKept):
            return store.take(limit=1, lease=LEASE)
    raise AssertionError("nobody ended the transaction that was stopped")


def shown(store: SqlStore, name: str, *, patient: bool = False) -> object:
    with store._transaction(patient=patient) as tx:
        return tx.exec_driver_sql(f"SHOW {name}").scalar_one()


def test_only_what_nobody_waits_for_on_the_phone_takes_its_time(url: str, opened: Opener) -> None:
    store = opened(url)
    assert (shown(store, "lock_timeout"), shown(store, "statement_timeout")) == ("2s", "2s")
    assert shown(store, "statement_timeout", patient=True) == "0"
    assert shown(store, "statement_timeout") == "2s"


@pytest.mark.parametrize(("was", "is_now"), [("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")])
def test_a_commit_is_on_the_disk(url: str, server: Server, opened: Opener, was: str, is_now: str) -> None:
    """A10"""
    server.sql(f"ALTER DATABASE {url.rsplit('/', 1)[1]} SET synchronous_commit = {was}")
    assert shown(opened(url), "synchronous_commit") == is_now


def test_the_driver_need_not_be_named(url: str, opened: Opener) -> None:
    assert opened(url.replace("+psycopg", "")).keep(new(), lease=LEASE).fresh


def test_a_row_that_is_being_settled_is_not_waited_for(url: str, opened: Opener, clock: Clock) -> None:
    store, other = opened(url), opened(url)
    for number in (1, 2):
        store.settle(store.keep(new(number), lease=LEASE), Settlement(Status.DUE))
    with other._transaction() as tx:
        tx.execute(
            tables.handoffs.update().where(tables.handoffs.c.handoff_id == handoff_id(1)).values(due=0)
        )
        assert numbers(store.take(limit=9, lease=LEASE)) == [2]
    assert numbers([first(store)]) == [1]
