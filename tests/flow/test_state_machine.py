"""Any order of taps, faults, crashes, repeats and re-syncs: nothing lost, nothing doubled, nothing untrue.

Hypothesis walks at random through what can happen to a handoff, against the embedded org and a store on disk,
and finds the shortest walk that breaks a promise. Records are known by what the tap wrote into them, not by
their keys.
https://hypothesis.readthedocs.io/en/latest/stateful.html
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import event

from sf_handoff import Connector, InvalidHandoff
from sf_handoff.adapters.assembly import open_salesforce, open_seal
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.store import SqlStore
from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.calls.receipt import Sent
from sf_handoff.calls.samples import lighthouse_claim, sample_handoff
from sf_handoff.calls.states import Status
from sf_handoff.embedded import Embedded, Fault
from sf_handoff.errors import Unavailable, Uncertain
from sf_handoff.mapping import Json, MappingSet
from sf_handoff.ports import Row, Salesforce, Settlement
from sf_handoff.retry import Call
from tests.conftest import Clock

LEASE = timedelta(seconds=15)
LONGER_THAN_ANY_LEASE = 130.0
HOWS = (
    "answered",
    "never sent",
    "answer lost",
    "killed before it is sent",
    "killed before the answer is read",
    "locked",
    "refused",
)
PLACES = strategies.integers(0, 9)  # which of those that are there
_examples = count(1)


class Killed(BaseException):
    """The worker is gone; nothing that it meant to do happens any more."""


class Wire:
    """The way to Salesforce. `how` is what happens to the next Composite; the others are answered."""

    def __init__(self, org: Salesforce) -> None:
        self._org = org
        self.how = "answered"

    def composite(self, request: CompositeRequest, call: Call) -> tuple[Part, ...]:
        how, self.how = self.how, "answered"
        if how == "never sent":
            raise Unavailable("No connection.", code="CONNECT")
        if how == "killed before it is sent":
            raise Killed
        parts = self._org.composite(request, call)
        if how == "answer lost":
            raise Uncertain("No answer.", code="TIMEOUT")
        if how == "killed before the answer is read":
            raise Killed
        return parts

    def bulk_insert(
        self,
        sobject: str,
        records: Sequence[dict[str, Json]],
        key: str,
        call: Call,
        alive: Callable[[], None],
    ) -> dict[str, dict[str, Json]]:
        raise AssertionError("so many are not kept here")

    def close(self) -> None:
        """The org's connections are shared."""


class Held:
    """A row that somebody took and is silent about; `lost` when another has it, or has settled it."""

    def __init__(self, row: Row, until: datetime) -> None:
        self.row, self.until, self.lost = row, until, False


class Machine(RuleBasedStateMachine):
    """One example: a store of its own, two workers on it, and people whom no other example knows."""

    def __init__(self, org: Embedded, given: Settings, maps: MappingSet, folder: Path) -> None:
        super().__init__()
        self.number = next(_examples)
        self.org, self.maps, self.folder, self.seal = org, maps, folder, open_seal(given)
        self.clock = Clock(datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC))
        self.wire = Wire(open_salesforce(given))
        self.stores = count(1)
        self.kept: dict[str, dict[str, Any]] = {}
        self.forgotten = False
        self.open_store()

    def open_store(self) -> None:
        url = f"sqlite:///{self.folder / f'{self.number}-{next(self.stores)}.sqlite3'}"
        self.store = SqlStore.open(url, self.seal, self.clock)
        event.listen(self.store._engine, "connect", lambda file, _: file.execute("PRAGMA synchronous = OFF"))
        self.store._engine.dispose()  # nobody cuts the power here
        self.workers = [self.connector(), self.connector()]
        self.held: list[Held] = []

    def connector(self) -> Connector:
        """Another process knows nothing but the store."""
        return Connector(
            salesforce=self.wire,
            store=self.store,
            mappings=self.maps,
            clock=self.clock,
            sleep=lambda seconds: self.clock.forward(seconds=seconds),
        )

    # What happens

    @rule(
        claim=strategies.integers(1, 2), how=strategies.sampled_from(HOWS), worker=strategies.integers(0, 1)
    )
    def tap(self, claim: int, how: str, worker: int) -> None:
        handoff_id = f"00000000-0000-4000-8000-{self.number:06}{len(self.kept):06}"
        body = lighthouse_claim(self.clock.now)
        body["data"]["id"] = f"{self.number}-{claim}"
        self.kept[handoff_id] = sample_handoff(
            at=self.clock.now,
            handoff_id=handoff_id,
            veteran={"icn": f"3{self.number:09}V00000{claim}", "phone": "+15035550150"},
            claim=body,
            screen=f"Machine/{self.number}/{handoff_id}",
        )
        self.clock.forward(seconds=1)
        with self.happening(how):
            self.check(self.workers[worker].hand_off(self.kept[handoff_id]))

    @precondition(lambda self: self.kept)
    @rule(at=PLACES, how=strategies.sampled_from(HOWS), worker=strategies.integers(0, 1))
    def tap_again(self, at: int, how: str, worker: int) -> None:
        handoff_id = list(self.kept)[at % len(self.kept)]
        before = self.row(handoff_id)
        with self.happening(how):
            receipt = self.workers[worker].hand_off(self.kept[handoff_id])
            self.check(receipt)
            if before.state is Status.DELIVERED:
                assert (receipt.status, receipt.task_id) == (Status.DELIVERED, before.task_id)

    @precondition(lambda self: self.kept)
    @rule(at=PLACES)
    def tap_with_the_same_id_and_another_body(self, at: int) -> None:
        handoff_id = list(self.kept)[at % len(self.kept)]
        before = self.row(handoff_id)
        with pytest.raises(InvalidHandoff) as refused:
            self.workers[0].hand_off({**self.kept[handoff_id], "tty": True})
        assert refused.value.code == "KEY_CONFLICT"
        assert self.row(handoff_id) == before

    @rule(
        worker=strategies.integers(0, 1),
        limit=strategies.sampled_from((1, None)),
        how=strategies.sampled_from(HOWS),
        parked=strategies.booleans(),
    )
    def resync(self, worker: int, limit: int | None, how: str, *, parked: bool) -> None:
        states = [Status.PARKED] if parked else [Status.DUE]
        with self.happening(how):
            for receipt in self.workers[worker].resync(limit, states=states, insist=True):
                self.check(receipt)

    @rule(limit=strategies.integers(1, 3), waiting_too=strategies.booleans())
    def take_and_stay_silent(self, limit: int, *, waiting_too: bool) -> None:
        """Never before its time, and never what another holds."""
        before, now = {row.handoff_id: row for row in self.store.rows()}, self.clock.now
        for row in self.store.take(limit=limit, lease=LEASE, waiting_too=waiting_too):
            was = before[row.handoff_id]
            assert was.state is Status.DUE
            assert was.next_at is not None
            assert was.next_at <= now or (waiting_too and was.token is None)
            assert not any(each.until > now for each in self.held_of(row.handoff_id))
            self.no_longer_held({row.handoff_id})
            self.held.append(Held(row, now + LEASE))

    @precondition(lambda self: self.held)
    @rule(at=PLACES)
    def speak_late(self, at: int) -> None:
        """A stale holder is refused; one who still holds the row is heard."""
        held = self.held[at % len(self.held)]
        before = self.row(held.row.handoff_id)
        after = self.store.settle(held.row, Settlement(Status.PARKED, code="HELD", message="Refused."))
        if held.lost or before.state is not Status.DUE:
            assert after == before
        elif after.token != held.row.token:
            assert (after.state, after.code) == (Status.PARKED, "HELD")
        held.lost = True

    @rule(seconds=strategies.sampled_from((2, 20, LONGER_THAN_ANY_LEASE)))
    def time_passes(self, seconds: float) -> None:
        self.clock.forward(seconds=seconds)

    @precondition(lambda self: self.kept)
    @rule(at=PLACES)
    def an_agent_closes_a_case(self, at: int) -> None:
        if cases := sorted(self.cases()):
            self.org.update("Case", cases[at % len(cases)], Status="Closed")

    @precondition(lambda self: 0 < len(self.kept) < 6)
    @rule()
    def the_store_is_lost_and_the_services_repeat_themselves(self) -> None:
        self.store.close()
        self.forgotten = True
        self.open_store()
        for payload in self.kept.values():
            self.check(self.workers[0].hand_off(payload))

    # What must be so

    def teardown(self) -> None:
        """All that was kept comes out, once leases are over and a person has sent again what was parked."""
        try:
            self.clock.forward(seconds=LONGER_THAN_ANY_LEASE)
            for states in ([Status.DUE], [Status.PARKED], [Status.DUE]):
                assert all(row.code for row in self.store.rows(states=[Status.PARKED]))
                self.workers[1].resync(states=states, insist=True)
                self.clock.forward(seconds=LONGER_THAN_ANY_LEASE)
            assert {row.handoff_id for row in self.store.rows(states=[Status.DELIVERED])} == set(self.kept)
            tasks, cases = self.tasks(), self.cases()
            assert Counter(handoff_id for handoff_id, _ in tasks.values()) == Counter(list(self.kept))
            assert {case_id for _, case_id in tasks.values()} == set(cases)
            closed = {claim for claim, is_closed in cases.values() if is_closed}
            several = [
                claim for claim, times in Counter(claim for claim, _ in cases.values()).items() if times > 1
            ]
            assert set(several) <= closed
        finally:
            self.store.close()

    def check(self, receipt: Sent) -> None:
        """What says that it is delivered is there: its Task, and on the Case that it names. A store that has
        lost its knowledge does not know that a tap had left its episode, and names the episode's Case."""
        self.no_longer_held({receipt.handoff_id})
        if receipt.status is Status.DELIVERED:
            handoff_id, case_id = self.tasks()[receipt.task_id or ""]
            assert handoff_id == receipt.handoff_id
            assert case_id == receipt.case_id or self.forgotten
        assert receipt.code or receipt.status is not Status.PARKED

    # Helpers

    @contextmanager
    def happening(self, how: str) -> Iterator[None]:
        """The next call goes so. Who is killed leaves its rows as they are."""
        codes = {"locked": "UNABLE_TO_LOCK_ROW", "refused": "FIELD_CUSTOM_VALIDATION_EXCEPTION"}
        if how in codes:
            self.org.faults.add(Fault(kind="row", code=codes[how], message="No.", times=8))
        else:
            self.wire.how = how
        try:
            yield
        except Killed:
            self.no_longer_held({each.row.handoff_id for each in self.held if each.until <= self.clock.now})
        finally:
            self.wire.how = "answered"
            self.org.faults.clear()

    def no_longer_held(self, ids: set[str]) -> None:
        for each in self.held:
            if each.row.handoff_id in ids and self.row(each.row.handoff_id).token != each.row.token:
                each.lost = True

    def held_of(self, handoff_id: str) -> list[Held]:
        return [each for each in self.held if each.row.handoff_id == handoff_id and not each.lost]

    def row(self, handoff_id: str) -> Row:
        row = self.store.row(handoff_id)
        assert row, "lost"
        return row

    def tasks(self) -> dict[str, tuple[str, str]]:
        """The handoff and the Case of each Task."""
        found = self.records(
            "SELECT Id, Handoff_Screen__c, WhatId FROM Task WHERE Handoff_Screen__c LIKE ?", "Machine/"
        )
        return {record_id: (screen.rpartition("/")[2], case_id) for record_id, screen, case_id in found}

    def cases(self) -> dict[str, tuple[str, bool]]:
        """The claim of each Case, and whether it is closed."""
        found = self.records(
            'SELECT Id, Handoff_Claim_Id__c, Status FROM "Case" WHERE Handoff_Claim_Id__c LIKE ?', ""
        )
        return {record_id: (claim, status == "Closed") for record_id, claim, status in found}

    def records(self, sql: str, before: str) -> list[Any]:
        """From the org's own file: quicker than to ask it."""
        after = "/" if before else "-"
        path = self.org.ca_file.with_name("org.sqlite3")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
            return file.execute(sql, (f"{before}{self.number}{after}%",)).fetchall()


def test_nothing_is_lost_doubled_or_untrue_whatever_happens(
    org: Embedded, settings: Settings, mappings: MappingSet, tmp_path: Path
) -> None:
    """K02, K03, K04, K06, K08, A01, A02, S07, S12, T01, C01, and what no row foresees."""

    class Here(Machine):
        def __init__(self) -> None:
            super().__init__(org, settings, mappings, tmp_path / "machines")

    run_state_machine_as_test(Here, settings=WALKS)


WALKS = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
