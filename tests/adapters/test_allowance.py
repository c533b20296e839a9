"""What a process may spend: retries in an outage, and the org's calls of a day."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest

from sf_handoff import Connector
from sf_handoff.adapters.allowance import FRESH, Allowance, Budget
from sf_handoff.adapters.assembly import connect, embedded_settings
from sf_handoff.adapters.settings import Settings
from sf_handoff.calls.states import Status
from sf_handoff.embedded import Embedded, running
from sf_handoff.embedded.people import contacts
from sf_handoff.errors import Exhausted, HandoffError, Uncertain
from sf_handoff.mapping import MappingSet
from sf_handoff.retry import ONLINE, OVERNIGHT, RESERVE, Call
from tests.conftest import Clock
from tests.flow.backlog import GATE, keep, tap
from tests.scripted import How, Reply, Time, org_on, scripted, transport

PATH = "/services/data/v66.0/limits"


def used(share: str) -> str:
    return f"api-usage={share}"


@pytest.mark.parametrize(
    ("header", "reserve", "refused"),
    [
        (used("90/100"), 0.1, True),
        (used("89/100"), 0.1, False),
        (used("100/100"), 0.1, True),
        (used("120/100"), 0.1, True),
        (used("100/100"), 0.0, False),
        (f"{used('9/10')}; per-app-api-usage=1/250(appName=some-app)", 0.1, True),
        (f"per-app-api-usage=250/250(appName=some-app); {used('1/10')}", 0.1, False),
        (used("1/0"), 0.1, False),
        (used("x/y"), 0.1, False),
        (used("9" * 5000 + "/1"), 0.1, False),
        ("", 0.1, False),
        (None, 0.1, False),
    ],
)
def test_s06_what_would_go_into_the_reserve_is_refused(
    header: str | None, reserve: float, refused: bool
) -> None:
    allowance = Allowance(Time().clock)
    allowance.note(header)
    with pytest.raises(Exhausted, match="10%") if refused else nullcontext():
        allowance.check(reserve)


def test_what_an_answer_said_is_believed_for_a_while_and_until_another_says_otherwise() -> None:
    time = Time()
    allowance = Allowance(time.clock)
    allowance.note(used("99/100"))
    allowance.note("nonsense")
    time.now += FRESH
    with pytest.raises(Exhausted):
        allowance.check(0.1)
    time.now += 1
    allowance.check(0.1)
    allowance.note(used("99/100"))
    allowance.note(used("1/100"))
    allowance.check(0.1)


def test_ten_retries_are_free_and_then_each_costs_five_successes() -> None:
    budget = Budget()
    assert [budget.spend() for _ in range(12)] == [True] * 10 + [False] * 2
    for _ in range(4):
        budget.succeeded()
    assert not budget.spend()
    budget.succeeded()
    assert budget.spend()
    for _ in range(500):
        budget.succeeded()
    assert [budget.spend() for _ in range(11)].count(True) == 10


def test_a_budget_is_shared_by_threads() -> None:
    budget = Budget()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: budget.spend(), range(200))).count(True) == 10


def test_in_a_total_outage_each_call_costs_one_request_when_the_budget_is_used_up(tmp_path: Path) -> None:
    """At first three for each call, as the policy has it: 5 calls use up the 10 retries."""
    closed = [Reply(how=How.CLOSE)] * 200
    with scripted(*closed) as server, transport(tmp_path, Time()) as made:
        org_on(made, server)
        asked = list[int]()
        for _ in range(40):
            with pytest.raises(Uncertain):
                made.request("GET", server.url + PATH, call=Call(ONLINE, keyed=True))
            asked.append(len(server.seen))
    made_by_each = [now - before for now, before in zip(asked, [0, *asked], strict=False)]
    assert sum(made_by_each) == 40 + 10
    assert made_by_each[5:] == [1] * 35
    assert max(made_by_each) == ONLINE.attempts


def test_s06_the_transport_leaves_the_reserve_to_those_who_may_use_it(tmp_path: Path) -> None:
    nearly = Reply(200, {"fine": True}, {"Sforce-Limit-Info": used("95/100")})
    with scripted(nearly, nearly, nearly) as server, transport(tmp_path) as made:
        org_on(made, server)
        assert made.request("GET", server.url + PATH, call=Call(OVERNIGHT)).ok
        with pytest.raises(HandoffError) as caught:
            made.request("GET", server.url + PATH, call=Call(OVERNIGHT))
        assert isinstance(caught.value, Exhausted)
        assert caught.value.code == RESERVE
        assert made.request("GET", server.url + PATH, call=Call(ONLINE)).ok
        assert len(server.seen) == 2


# With the embedded org


@pytest.fixture
def small(tmp_path: Path, mappings: MappingSet) -> Iterator[Embedded]:
    """An org that is allowed twenty calls a day."""
    ramps = mappings.ramps
    with running(
        tmp_path / "small",
        mappings,
        queues=ramps.queues,
        record_types=ramps.record_types,
        contacts=contacts(mappings.person),
        daily_calls=20,
    ) as org:
        yield org


@pytest.fixture
def connector(small: Embedded, tmp_path: Path, clock: Clock) -> Iterator[Connector]:
    store = f"sqlite:///{tmp_path / 'store' / 'store.sqlite3'}"
    settings = embedded_settings(Settings(org="embedded", store=store), small)
    with connect(settings, clock, sleep=lambda seconds: None) as connected:
        yield connected


def test_s06_a_re_sync_pauses_and_live_calls_go_on(
    connector: Connector, small: Embedded, clock: Clock
) -> None:
    while small.api_calls < 18:
        connector.hand_off(tap(clock, small.api_calls))
    waiting = keep(connector, [tap(clock, 100 + number) for number in range(3)])
    before = small.api_calls
    receipts = connector.resync()
    assert [(each.status, each.code) for each in receipts] == [(Status.DUE, RESERVE)] * 3
    assert small.api_calls == before
    assert connector.hand_off(tap(clock, 200)).status is Status.DELIVERED
    assert {row.attempts for row in connector.outbox(ids=waiting)} == {0}


def test_s06_a_re_sync_that_may_not_try_leaves_it_to_a_live_call(
    connector: Connector, small: Embedded, clock: Clock
) -> None:
    """The gate was closed and its time is over; the re-sync comes first, and has no calls left."""
    while small.api_calls < 18:
        connector.hand_off(tap(clock, small.api_calls))
    keep(connector, [tap(clock, 100 + number) for number in range(3)])
    connector._store.close_gate(GATE, "HTTP_503", timedelta(seconds=5))
    clock.forward(seconds=6)
    assert {each.code for each in connector.resync()} == {RESERVE}
    assert connector.hand_off(tap(clock, 200)).status is Status.DELIVERED
