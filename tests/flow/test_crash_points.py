"""Processes killed between each pair of steps, through the whole stack; then another one brings it to its end.

The child says through a pipe, or the org by a request that it holds, that the step is reached; then it is killed.
Nobody sleeps: the other one's clock is past the lease.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, event

from sf_handoff import Connector, NotKept, Receipt
from sf_handoff.adapters.assembly import connect, open_salesforce, open_store
from sf_handoff.adapters.salesforce import SalesforceOrg
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.store import SqlStore
from sf_handoff.calls.samples import lighthouse_claim, sample_handoff
from sf_handoff.calls.states import Status
from sf_handoff.embedded import Embedded, Fault
from sf_handoff.errors import HandoffError, Unavailable, Uncertain
from sf_handoff.mapping import MappingSet
from tests.conftest import Clock

LEASE_IS_OVER = 130.0
PATIENCE = 30.0
# Forked from a process that has everything imported and has opened nothing: quicker than to begin anew.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])
T = TypeVar("T")
Work = Callable[[Connector, Any], object]


PEOPLE = ("1234567890V123456", "1000000001V100001", "1000000002V100002")  # whom the org knows


def taps(clock: Clock, number: int, first: int = 1) -> list[dict[str, Any]]:
    """Taps about different claims."""
    return [tap(clock, each) for each in range(first, first + number)]


def tap(clock: Clock, number: int) -> dict[str, Any]:
    claim = lighthouse_claim(clock.now)
    claim["data"]["id"] = f"7{number:08}"
    return sample_handoff(
        at=clock.now,
        handoff_id=f"00000000-0000-4000-8000-{number:012}",
        veteran={"icn": PEOPLE[number % 3], "phone": "+15035550150"},
        claim=claim,
    )


# What a child does, and where it stops


def hand_off(connector: Connector, payloads: list[dict[str, Any]]) -> None:
    connector.hand_off(payloads[0])


def resync(connector: Connector, payloads: list[dict[str, Any]]) -> None:
    connector.resync(insist=True)


def before_the_commit(stop: Callable[[], None]) -> None:
    event.listen(Engine, "commit", lambda _: stop())


def before_the_request(stop: Callable[[], None]) -> None:
    around(SalesforceOrg, "composite", before=lambda *_: stop())


def after_the_answer(stop: Callable[[], None]) -> None:
    around(SqlStore, "settle_all", before=lambda *_: stop())  # one row is settled by it too


def before_the_tasks(stop: Callable[[], None]) -> None:
    """In a batch: the Cases are written, the Tasks are not sent."""
    around(
        SalesforceOrg,
        "composite",
        before=lambda _, request, *__: stop() if "'Task'" in str(request) else None,
    )


def after_calls(number: int, stop: Callable[[], None]) -> None:
    """Salesforce has answered so many calls; of the last answer nothing was read."""
    usual: Callable[..., object] = SalesforceOrg.composite
    left = iter(range(number - 1, -1, -1))

    def stopped(*args: object) -> object:
        answer = usual(*args)
        if not next(left):
            stop()
        return answer

    setattr(SalesforceOrg, "composite", stopped)  # noqa: B010


def after_the_receipt(stop: Callable[[], None]) -> None:
    around(Connector, "_receipt", before=lambda *_: stop())


def never(stop: Callable[[], None]) -> None:
    """The org holds the request instead."""


def around(owner: type, name: str, *, before: Callable[..., object]) -> None:
    usual = getattr(owner, name)

    def stopped(*args: Any, **kwargs: Any) -> Any:
        before(*args)
        return usual(*args, **kwargs)

    setattr(owner, name, stopped)


def live(
    pipe: Connection,
    settings: Settings,
    now: datetime,
    where: Callable[[Callable[[], None]], None],
    work: Work,
    payloads: list[dict[str, Any]],
) -> None:
    """A worker, in a process of its own, that stops where it is told to and says so."""
    connector = connect(settings, Clock(now), sleep=lambda seconds: None)

    def stop() -> None:
        pipe.send("here")
        pipe.recv()

    where(stop)
    work(connector, payloads)
    pipe.send("done")


@contextmanager
def child(*job: Any) -> Iterator[tuple[BaseProcess, Connection]]:
    here, there = FORKS.Pipe()
    process = FORKS.Process(target=live, args=(there, *job))
    process.start()
    there.close()
    try:
        yield process, here
    finally:
        process.kill()
        process.join()
        process.close()
        here.close()


def killed(*job: Any, by: signal.Signals = signal.SIGKILL) -> None:
    """Runs a worker to its stop, and kills it there."""
    with child(*job) as (process, pipe):
        assert pipe.poll(PATIENCE) and pipe.recv() == "here"
        end(process, by)


def end(process: BaseProcess, by: signal.Signals = signal.SIGKILL) -> None:
    assert process.pid
    os.kill(process.pid, by)
    process.join(PATIENCE)
    assert process.exitcode == -by


# What must be so in the end


@pytest.fixture
def others(settings: Settings, clock: Clock) -> Iterator[Connector]:
    """Another worker on the same store."""
    with connect(settings, clock, sleep=lambda seconds: None) as connector:
        yield connector


def all_there_once(org: Embedded, payloads: list[dict[str, Any]]) -> None:
    """1 Case and 1 Task of each, linked."""
    wanted = sorted(each["handoff_id"] for each in payloads)
    cases, tasks = org.records("Case"), org.records("Task")
    assert sorted(each["Handoff_Id__c"] for each in cases) == wanted
    assert sorted(each["Handoff_Id__c"] for each in tasks) == wanted
    case_of = {each["Handoff_Id__c"]: each["Id"] for each in cases}
    assert all(each["WhatId"] == case_of[each["Handoff_Id__c"]] for each in tasks)


def delivered(connector: Connector) -> list[str]:
    return sorted(row.handoff_id for row in connector.outbox(states=[Status.DELIVERED]))


def finished(others: Connector, org: Embedded, clock: Clock, payloads: list[dict[str, Any]]) -> None:
    """Nobody takes it before the lease is over; then it goes out, by whoever comes, without a manual step."""
    assert others.resync(insist=True) == ()
    clock.forward(seconds=LEASE_IS_OVER)
    others.resync(insist=True)
    assert delivered(others) == sorted(each["handoff_id"] for each in payloads)
    all_there_once(org, payloads)


def test_k01_killed_before_the_commit(
    settings: Settings, org: Embedded, clock: Clock, others: Connector
) -> None:
    """K01: no row, no record; and no receipt, so the service hands off again."""
    payloads = taps(clock, 1)
    killed(settings, clock.now, before_the_commit, hand_off, payloads)
    assert others.outbox() == []
    assert org.records("Case") == []
    assert others.hand_off(payloads[0]).status == Status.DELIVERED
    all_there_once(org, payloads)


def test_k02_killed_before_the_request(
    settings: Settings, org: Embedded, clock: Clock, others: Connector
) -> None:
    """K02: kept, nothing sent; delivered by a worker, and handing off again tells that row's state."""
    payloads = taps(clock, 1)
    killed(settings, clock.now, before_the_request, hand_off, payloads)
    assert [row.state for row in others.outbox()] == [Status.DUE]
    assert org.records("Case") == []
    finished(others, org, clock, payloads)
    assert others.hand_off(payloads[0]).status == Status.DELIVERED
    all_there_once(org, payloads)


def test_k02_killed_before_the_receipt(
    settings: Settings, org: Embedded, clock: Clock, others: Connector
) -> None:
    """K02: all was done but to say so; the service that asks again is told."""
    payloads = taps(clock, 1)
    killed(settings, clock.now, after_the_receipt, hand_off, payloads)
    calls = org.api_calls
    assert others.hand_off(payloads[0]).status == Status.DELIVERED
    assert org.api_calls == calls
    all_there_once(org, payloads)


@pytest.fixture
def backlog(
    request: pytest.FixtureRequest, settings: Settings, org: Embedded, clock: Clock
) -> list[dict[str, Any]]:
    """So many handoffs that are due: the org was away when they were handed off."""
    payloads = taps(clock, request.param)
    org.faults.add(Fault("/composite", "unavailable", times=None))
    with connect(settings, clock, sleep=lambda seconds: None) as connector:
        assert {connector.hand_off(each).status for each in payloads} == {Status.DUE}
    org.faults.clear()
    return payloads


SINGLE_AND_BATCH = pytest.mark.parametrize("backlog", [1, 3], indirect=True, ids=["single", "batch"])


@SINGLE_AND_BATCH
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("where", [before_the_request, after_the_answer])
def test_k03_k04_k09_killed_after_take_or_before_settle(
    settings: Settings,
    org: Embedded,
    clock: Clock,
    others: Connector,
    backlog: list[dict[str, Any]],
    where: Callable[[Callable[[], None]], None],
    by: signal.Signals,
) -> None:
    """K03, K04; K09 for a worker of somebody's own, whom SIGTERM ends at once: given back when the lease ends."""
    killed(settings, clock.now, where, resync, [], by=by)
    assert len(org.records("Task")) == (0 if where is before_the_request else len(backlog))
    finished(others, org, clock, backlog)


@pytest.mark.parametrize("kind", ["hold_before", "hold_after"])
def test_k04_killed_before_the_answer_is_read(
    settings: Settings, org: Embedded, clock: Clock, others: Connector, kind: Any
) -> None:
    """K04: Salesforce has committed, or never will; the worker does not live to hear."""
    payloads = taps(clock, 1)
    org.faults.add(Fault("/composite", kind))
    with child(settings, clock.now, never, hand_off, payloads) as (process, _):
        assert org.faults.held.wait(1, PATIENCE)
        assert len(org.records("Task")) == (1 if kind == "hold_after" else 0)
        end(process)
    assert org.faults.held.wait(0, PATIENCE)
    finished(others, org, clock, payloads)


@pytest.mark.parametrize("backlog", [3], indirect=True)
@pytest.mark.parametrize("calls", [1, 2, 3])
def test_k04_killed_after_each_call_of_a_batch(
    settings: Settings,
    org: Embedded,
    clock: Clock,
    others: Connector,
    backlog: list[dict[str, Any]],
    calls: int,
) -> None:
    """K04, K05: the look-up of names, the Cases, the Tasks."""
    killed(settings, clock.now, partial(after_calls, calls), resync, [])
    assert (len(org.records("Case")), len(org.records("Task"))) == [(0, 0), (3, 0), (3, 3)][calls - 1]
    finished(others, org, clock, backlog)


@pytest.mark.parametrize("backlog", [3], indirect=True)
def test_k05_killed_between_the_cases_and_the_tasks(
    settings: Settings, org: Embedded, clock: Clock, others: Connector, backlog: list[dict[str, Any]]
) -> None:
    """K05."""
    killed(settings, clock.now, before_the_tasks, resync, [])
    assert len(org.records("Case")) == 3
    assert org.records("Task") == []
    finished(others, org, clock, backlog)


def test_k06_stopped_for_longer_than_the_lease(
    settings: Settings, org: Embedded, clock: Clock, others: Connector
) -> None:
    """K06: its Task was refused, and it is stopped before it can say so. What the other one found stands."""
    payloads = taps(clock, 1)
    org.faults.add(Fault(kind="row", sobject="Task", code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="No."))
    with child(settings, clock.now, after_the_answer, hand_off, payloads) as (process, pipe):
        assert pipe.poll(PATIENCE) and pipe.recv() == "here"
        assert process.pid
        os.kill(process.pid, signal.SIGSTOP)
        pipe.send("go on")
        clock.forward(seconds=LEASE_IS_OVER)
        (receipt,) = others.resync(insist=True)
        assert receipt.status == Status.DELIVERED
        before = others.outbox()
        os.kill(process.pid, signal.SIGCONT)
        assert pipe.poll(PATIENCE) and pipe.recv() == "done"
    assert others.outbox() == before
    all_there_once(org, payloads)


def test_k06_who_has_lost_a_row_begins_no_episode_with_it(
    settings: Settings, org: Embedded, clock: Clock, others: Connector
) -> None:
    """K06: the other worker may have brought the tap to the Case that this one found closed."""
    first, second = ({**tap(clock, 1), "handoff_id": tap(clock, each)["handoff_id"]} for each in (1, 2))
    org.faults.add(Fault("/composite", "unavailable", times=None))
    for each in (first, second):
        others.hand_off(each)
    store, ids = others._store, (second["handoff_id"],)
    (stale,) = store.take(limit=1, lease=timedelta(seconds=15), ids=ids, waiting_too=True)
    clock.forward(seconds=LEASE_IS_OVER)
    (held,) = store.take(limit=1, lease=timedelta(seconds=15), ids=ids)
    with pytest.raises(NotKept) as refused:
        store.new_episode(stale)
    assert refused.value.code == "LEASE_LOST"
    (row,) = others.outbox(ids=ids)
    assert row.case_key == first["handoff_id"]
    assert store.new_episode(held).case_key == second["handoff_id"]


def test_k08_a_payload_that_kills_its_workers(
    settings: Settings, org: Embedded, clock: Clock, others: Connector
) -> None:
    """K08: parked after three; the others go out, and so does it when a person sends it again."""
    bad, *good = payloads = taps(clock, 3)
    killed(settings, clock.now, before_the_request, hand_off, [bad])
    for _ in range(2):
        clock.forward(seconds=LEASE_IS_OVER)
        killed(settings, clock.now, before_the_request, resync, [])
    for each in good:
        assert others.hand_off(each).status == Status.DELIVERED
    clock.forward(seconds=LEASE_IS_OVER)
    others.resync(insist=True)
    (row,) = others.outbox(states=[Status.PARKED])
    assert (row.handoff_id, row.code) == (bad["handoff_id"], "CRASH_LOOP")
    others.resync(states=[Status.PARKED], insist=True)
    assert delivered(others) == sorted(each["handoff_id"] for each in payloads)
    all_there_once(org, payloads)


# The n-th operation fails, for n = 1, 2, 3 … until a run needs no more of them.
# https://www.sqlite.org/testing.html#i_o_error_testing


class Killed(BaseException):
    """The process ends here: nothing catches it, nothing more happens."""


@dataclass
class Nth:
    """Lets the n-th operation of the store or of the way to Salesforce fail, before it is done or after."""

    number: int
    how: str

    def around(self, port: Any, names: tuple[str, ...], lost: type[HandoffError]) -> Any:
        return _Failing(self, port, names, lost)

    def happens(self, done: Callable[[], T], lost: type[HandoffError]) -> T:
        self.number -= 1
        if self.number:
            return done()
        if self.how.endswith("after"):
            done()
        raise Killed if self.how.startswith("killed") else lost("It failed.", code="TEST")

    @property
    def over(self) -> bool:
        return self.number > 0


class _Failing:
    def __init__(self, nth: Nth, port: Any, names: tuple[str, ...], lost: type[HandoffError]) -> None:
        self._nth, self._port, self._names, self._lost = nth, port, names, lost

    def __getattr__(self, name: str) -> Any:
        usual = getattr(self._port, name)
        if name not in self._names:
            return usual
        return lambda *args, **kwargs: self._nth.happens(lambda: usual(*args, **kwargs), self._lost)


OF_THE_STORE = (
    "keep", "row", "waiting", "take", "beat", "settle", "settle_all", "new_episode", "reserve_code", "event",
    "enter", "failed", "close_gate", "open_gate",
)  # fmt: skip


def hands_off(connector: Callable[[Nth | None], Connector], nth: Nth, some: list[dict[str, Any]]) -> None:
    """Who gets no receipt hands off again."""
    failing = connector(nth)
    for each in some:
        try:
            told: Receipt = failing.hand_off(each)
        except (NotKept, Killed):
            told = connector(None).hand_off(each)
        assert told.handoff_id == each["handoff_id"]


def sends_again(connector: Callable[[Nth | None], Connector], nth: Nth, some: list[dict[str, Any]]) -> None:
    """What is due because nothing could be sent, by a worker that fails."""
    due = connector(None)
    due._store.close_gate("salesforce", "TEST", timedelta(minutes=1))
    assert {due.hand_off(each).status for each in some} == {Status.DUE}
    with suppress(NotKept, Killed):
        connector(nth).resync(insist=True)


@pytest.mark.parametrize("how", ["fails before", "fails after", "killed before", "killed after"])
@pytest.mark.parametrize(
    ("work", "number"), [(hands_off, 1), (sends_again, 1), (sends_again, 3)], ids=["live", "single", "batch"]
)
def test_the_nth_operation_fails(
    settings: Settings,
    org: Embedded,
    mappings: MappingSet,
    clock: Clock,
    how: str,
    work: Callable[[Any, Nth, list[dict[str, Any]]], None],
    number: int,
) -> None:
    """K02 to K05, A03, A12, W06: whichever operation it is."""
    store, salesforce = quick(open_store(settings, clock)), open_salesforce(settings)
    lost = Uncertain if how == "fails after" else Unavailable

    def connector(nth: Nth | None) -> Connector:
        ports: dict[str, Any] = {"salesforce": salesforce, "store": store}
        if nth:
            ports["store"] = nth.around(store, OF_THE_STORE, NotKept)
            ports["salesforce"] = nth.around(salesforce, ("composite",), lost)
        return Connector(**ports, mappings=mappings, clock=clock, sleep=lambda seconds: None, codes=True)

    payloads: list[dict[str, Any]] = []
    for n in range(1, 100):
        some = taps(clock, number, first=len(payloads) + 1)
        payloads += some
        nth = Nth(n, how)
        work(connector, nth, some)
        clock.forward(seconds=LEASE_IS_OVER)
        connector(None).resync(insist=True)
        if nth.over:
            break
    assert 5 < n < 99
    assert delivered(connector(None)) == sorted(each["handoff_id"] for each in payloads)
    all_there_once(org, payloads)
    store.close()
    salesforce.close()


def quick(store: SqlStore) -> SqlStore:
    """Nobody cuts the power here."""
    event.listen(
        store._engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF")
    )
    store._engine.dispose()
    return store
