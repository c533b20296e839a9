"""The night: chores in order, what fails stops only what needs it, missed days are made up for (R02, R04)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from sf_handoff.adapters.seal import Seal
from sf_handoff.adapters.store import SqlStore
from sf_handoff.errors import Misconfigured, Unavailable
from sf_handoff.nightly import Chore, Nightly, Told
from sf_handoff.reports.day import EASTERN, ReportDay
from sf_handoff.reports.nights import Ended, Result, Run
from tests.conftest import Clock

YESTERDAY = date(2026, 11, 19)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[SqlStore]:
    store = SqlStore.open(f"sqlite:///{tmp_path / 'store.sqlite3'}", Seal("k", {"k": bytes(32)}), clock)
    yield store
    store.close()


class Killed(BaseException):
    """As a signal ends a process: nothing catches it."""


class House:
    """Chores that note what they did; `breaks` says by name (and day) what they raise instead."""

    def __init__(self, store: SqlStore, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.did: list[str] = []
        self.breaks: dict[str, BaseException] = {}
        self._nights = 0

    def night(self, day: date | None = None, chores: Sequence[Chore] = ()) -> Run:
        self._nights += 1
        nightly = Nightly(
            chores or self.chores(), self.store, self.clock, EASTERN, run_id=f"night-{self._nights}"
        )
        run = nightly.run(day)
        assert run is not None
        return run

    def chores(self) -> tuple[Chore, ...]:
        return (
            Chore("outbox", self.chore("outbox")),
            Chore("report", self.chore("report", daily=True), daily=True),
            Chore("issues", self.chore("issues", daily=True), needs=("report",), daily=True),
            Chore("sync", self.chore("sync")),
            Chore("notices", self.chore("notices"), needs=("sync",)),
        )

    def chore(self, name: str, *, daily: bool = False) -> Callable[[ReportDay], Told]:
        def do(day: ReportDay) -> Told:
            what = f"{name} {day.date:%d}" if daily else name
            self.did.append(what)
            error = self.breaks.get(what) or self.breaks.get(name)
            if error:
                raise error
            return Told(f"{name} is done.", counts={"rows": 1})

        return do


@pytest.fixture
def house(store: SqlStore, clock: Clock) -> House:
    return House(store, clock)


def ended(run: Run) -> dict[str, str]:
    return {f"{each.chore} {each.day:%d}" if each.day else each.chore: each.ended.value for each in run.steps}


def test_all_is_done_in_order_and_kept(house: House, store: SqlStore) -> None:
    run = house.night()
    assert house.did == ["outbox", "report 19", "issues 19", "sync", "notices"]
    assert (run.day, run.needs_a_person, run.ended_at) == (YESTERDAY, (), house.clock.now)
    assert store.last_run() == run


def test_what_fails_stops_only_what_needs_it(house: House) -> None:
    house.breaks = {"report": Unavailable("away", code="TIMEOUT"), "outbox": Misconfigured("no sign-in")}
    run = house.night()
    assert ended(run) == {
        "outbox": "failed",
        "report 19": "later",
        "issues 19": "skipped",
        "sync": "done",
        "notices": "done",
    }
    assert run.steps[0].setup
    assert run.steps[1].code == "TIMEOUT"
    assert run.needs_a_person == ("outbox: no sign-in",)


def test_an_error_of_our_own_stops_no_other_chore_and_quotes_nothing(house: House) -> None:
    house.breaks = {"sync": KeyError("Jesse Gray")}
    run = house.night()
    assert ended(run)["sync"] == "failed"
    assert ended(run)["notices"] == "skipped"
    assert "Jesse" not in str(run)
    assert "KeyError" in run.needs_a_person[0]


def test_the_second_run_of_a_night_makes_no_day_twice(house: House) -> None:
    house.night()
    house.did.clear()
    assert ended(house.night()) == {"outbox": "done", "sync": "done", "notices": "done"}


def test_a_day_that_somebody_names_is_made_again(house: House) -> None:
    house.night()
    house.did.clear()
    run = house.night(date(2026, 11, 3))
    assert house.did == ["outbox", "report 03", "issues 03", "sync", "notices"]
    assert run.day == date(2026, 11, 3)
    house.clock.forward(days=1)
    house.did.clear()
    house.night()
    assert [each for each in house.did if "report" in each] == ["report 20"]


@pytest.mark.parametrize("day", [date(2026, 11, 20), date(2027, 1, 1)])
def test_a_day_that_is_not_over_is_refused_and_not_done_with(
    house: House, store: SqlStore, day: date
) -> None:
    with pytest.raises(Misconfigured, match="not over yet"):
        house.night(day)
    assert (house.did, store.last_run()) == ([], None)


def test_a_day_that_failed_is_made_up_for_even_the_very_first(house: House) -> None:
    house.breaks = {"issues": Unavailable("away")}
    house.night()
    house.breaks = {}
    house.clock.forward(days=1)
    house.did.clear()
    house.night()
    assert house.did[1:5] == ["report 19", "issues 19", "report 20", "issues 20"]


def test_one_day_that_fails_does_not_hold_up_the_next(house: House) -> None:
    house.breaks = {"report 20": Unavailable("away")}
    house.night()
    house.clock.forward(days=2)
    run = house.night()
    assert ended(run)["issues 20"] == "skipped"
    assert ended(run)["issues 21"] == "done"
    house.breaks = {}
    assert "report 20" in ended(house.night())


def test_r02_a_run_that_was_killed_is_taken_up_by_the_next(house: House, store: SqlStore) -> None:
    house.breaks = {"issues": Killed()}
    with pytest.raises(Killed):
        house.night()
    died = store.last_run()
    assert died is not None
    assert died.ended_at is None
    assert [each.chore for each in died.steps] == ["outbox", "report"]
    house.breaks = {}
    run = house.night()
    assert run.died == died.run_id
    assert ended(run)["issues 19"] == "done"


def test_r04_missed_nights_are_made_up_for_in_order_a_week_back(house: House) -> None:
    house.night()
    house.clock.forward(days=3)
    house.did.clear()
    house.night()
    assert [each for each in house.did if "report" in each] == ["report 20", "report 21", "report 22"]
    house.clock.forward(days=9)
    house.did.clear()
    run = house.night()
    assert [each for each in house.did if "report" in each] == [
        f"report {day:02d}" for day in (25, 26, 27, 28, 29, 30, 1)
    ]
    assert run.skipped == (date(2026, 11, 23), date(2026, 11, 24))
    assert run.needs_a_person == (
        "No report was made for 2026-11-23 to 2026-11-24: too long ago. For one day: sf-handoff nightly --date",
    )
    assert house.night().skipped == ()


def test_r01_the_second_of_two_at_once_does_nothing(house: House, store: SqlStore) -> None:
    seen: list[Run | None] = []

    def meanwhile(day: ReportDay) -> Told:
        seen.append(Nightly(house.chores(), store, house.clock, EASTERN, run_id="other").run())
        return Told("met another")

    house.night(chores=[Chore("outbox", meanwhile)])
    assert seen == [None]
    assert house.did == []


def test_days_on_which_clocks_change_are_neither_missed_nor_doubled(house: House) -> None:
    house.clock.now = house.clock.now.replace(month=10, day=30)
    house.night()
    for _ in range(4):
        house.clock.forward(days=1)
        house.night()
    made = [each for each in house.did if "report" in each]
    assert made == ["report 29", "report 30", "report 31", "report 01", "report 02"]


def test_the_caller_hears_of_each_chore_as_it_ends(house: House, store: SqlStore) -> None:
    heard: list[Result] = []
    Nightly(house.chores(), store, house.clock, EASTERN, run_id="night").run(tell=heard.append)
    assert [each.ended for each in heard] == [Ended.DONE] * 5
