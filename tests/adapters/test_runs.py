"""Nights in the store: they come back as they were kept, and one process at a time is let in (R01)."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import pytest

from sf_handoff.adapters.store import SqlStore
from sf_handoff.connector import utc_now
from sf_handoff.reports.nights import Ended, Result, Run

from .stored import SEAL, child

if TYPE_CHECKING:
    from .conftest import Opener

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
RUN = Run(
    "night-1",
    date(2026, 11, 20),
    AT,
    AT + timedelta(minutes=4),
    steps=(
        Result("outbox", Ended.DONE, "3 delivered.", counts={"delivered": 3}),
        Result("report", Ended.LATER, "Not now.", day=date(2026, 11, 20), code="TIMEOUT"),
        Result("issues", Ended.FAILED, "no.", code="CONFIG", setup=True, needs_a_person=("look",)),
    ),
    skipped=(date(2026, 11, 1),),
    died="night-0",
)


def test_a_run_comes_back_as_it_was_kept(store: SqlStore) -> None:
    assert store.last_run() is None
    store.keep_run(RUN)
    assert store.last_run() == RUN


def test_a_run_that_goes_on_takes_the_place_of_what_was_kept_of_it(store: SqlStore) -> None:
    store.keep_run(Run("night-1", RUN.day, AT))
    store.keep_run(RUN)
    later = Run("night-2", RUN.day, AT + timedelta(days=1), asked_for=True)
    store.keep_run(later)
    assert store.last_run() == later


def test_the_first_night_is_not_one_that_somebody_named(store: SqlStore) -> None:
    assert store.first_night() is None
    store.keep_run(Run("a", date(2026, 9, 1), AT, asked_for=True))
    assert store.first_night() is None
    for day in (21, 19, 20):
        store.keep_run(Run(f"night-{day}", date(2026, 11, day), AT + timedelta(days=day)))
    assert store.first_night() == date(2026, 11, 19)


def test_a_day_is_done_once(store: SqlStore) -> None:
    for run_id in ("night-1", "night-2"):
        store.day_done(date(2026, 11, 20), run_id)
    store.day_done(date(2026, 11, 10), "night-1")
    assert store.days_done(date(2026, 11, 11)) == {date(2026, 11, 20)}
    assert store.days_done(date(2026, 11, 1)) == {date(2026, 11, 10), date(2026, 11, 20)}


# R01: one at a time


def test_r01_only_one_is_let_in_and_the_next_one_after_it(url: str, opened: Opener) -> None:
    one, other = opened(url), opened(url)
    with one.alone("nightly") as first:
        with other.alone("nightly") as second:
            assert (first, second) == (True, False)
        with other.alone("something else") as third:
            assert third
        with other.alone("nightly") as still:
            assert not still
    with other.alone("nightly") as now:
        assert now


def test_r01_an_error_ends_the_turn(url: str, opened: Opener) -> None:
    one, other = opened(url), opened(url)
    with pytest.raises(ZeroDivisionError), one.alone("nightly"):
        raise ZeroDivisionError
    with other.alone("nightly") as alone:
        assert alone


def holds(pipe: Connection, url: str) -> None:
    store = SqlStore.open(url, SEAL, utc_now)
    with store.alone("nightly") as alone:
        pipe.send(alone)
        pipe.recv()


def test_r01_whoever_is_killed_holds_up_nobody(url: str, opened: Opener) -> None:
    here = opened(url)
    with child(holds, url) as (process, pipe):
        assert pipe.recv()
        with here.alone("nightly") as alone:
            assert not alone
        process.kill()
        process.join()
        # A server notices the closed connection when it next looks; a file lock is gone at once.
        until = time.monotonic() + 10
        alone = False
        while not alone and time.monotonic() < until:
            with here.alone("nightly") as alone:
                pass
        assert alone
