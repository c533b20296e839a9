"""What a tracker allows, and when the next request goes (row Z04)."""

from __future__ import annotations

import itertools
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.adapters.pace import PATIENCE, Pace
from sf_handoff.embedded import Embedded
from sf_handoff.embedded.tracker import Rules
from sf_handoff.errors import Unavailable, Uncertain
from sf_handoff.redaction import scrub
from tests.adapters.tracking import (
    TwoClocks,
    comment,
    created,
    embedded,
    github_on,
    issue,
    made_before,
    naps,
    tracker_of,
)
from tests.conftest import Clock
from tests.scripted import Reply, Seen, Time, html, scripted

TITLE, BODY = scrub("Sign-in fails"), scrub("It says that it cannot sign in.")
NOW = datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC)


def http_date(moment: datetime) -> str:
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


def limited(status: int = 403, words: str = "canary", **headers: str) -> Reply:
    return Reply(status, {"message": words}, {name.replace("_", "-"): text for name, text in headers.items()})


def used_up(status: int, seconds: float) -> Reply:
    reset = str(int((NOW + timedelta(seconds=seconds)).timestamp()))
    told = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": reset}
    return limited(status, "API rate limit exceeded", Date=http_date(NOW), **told)


SECONDARY = "You have exceeded a secondary rate limit."


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        pytest.param(limited(403, Retry_After="7"), 7.0, id="403, told"),
        pytest.param(limited(429, Retry_After="7"), 7.0, id="429, told"),
        pytest.param(limited(403, Retry_After="7", X_RateLimit_Remaining="0"), 7.0, id="told goes first"),
        pytest.param(used_up(403, 42.0), 42.0, id="403, until the hour is over"),
        pytest.param(used_up(429, 42.0), 42.0, id="429, until the hour is over"),
        pytest.param(used_up(403, -42.0), 1.0, id="the hour is over"),
        pytest.param(limited(403, X_RateLimit_Remaining="0"), 60.0, id="used up, without an end"),
        pytest.param(limited(403, SECONDARY), 60.0, id="403, by its words"),
        pytest.param(limited(429, SECONDARY), 60.0, id="429, without a time"),
        pytest.param(html(429), 60.0, id="429, a page"),
    ],
)
def test_z04_a_limit_is_waited_for_as_told(reply: Reply, wait: float, tmp_path: Path) -> None:
    """A create too: a refused one was not carried out."""
    time = Time()
    with scripted(reply, created()) as server, github_on(server, tmp_path, time) as github:
        assert github.create(TITLE, BODY, ["bug"]).number == 7
    assert len(server.seen) == 2
    assert naps(time) == [wait]


def test_z04_without_a_hint_each_wait_is_twice_as_long_and_ends(tmp_path: Path) -> None:
    time = Time()
    with (
        scripted(*[limited(403, SECONDARY)] * 9) as server,
        github_on(server, tmp_path, time) as github,
    ):
        for _ in range(2):
            with pytest.raises(Unavailable) as caught:
                github.create(TITLE, BODY, [])
            assert (caught.value.code, caught.value.retry_after) == ("RATE_LIMIT", 480.0)
            assert not isinstance(caught.value, Uncertain)
    # The second time nothing was sent: eight minutes are for the caller to wait.
    assert len(server.seen) == 4
    assert naps(time) == [60.0, 120.0, 240.0]


def test_z04_an_hour_is_not_waited_for_and_nothing_is_sent_before_it_is_over(tmp_path: Path) -> None:
    time = Time()
    with (
        scripted(used_up(403, 2_000.0), Reply(200, issue())) as server,
        github_on(server, tmp_path, time) as github,
    ):
        for _ in range(3):
            with pytest.raises(Unavailable) as caught:
                github.issue(7)
            assert (caught.value.code, caught.value.retry_after) == ("RATE_LIMIT", 2_000.0)
        assert len(server.seen) == 1
        time.now += 2_000.0 - PATIENCE
        assert github.issue(7) is not None
    assert naps(time) == [PATIENCE]


def test_z04_what_is_used_up_by_a_success_is_not_asked_of_again(tmp_path: Path) -> None:
    time = Time()
    reset = str(int((NOW + timedelta(seconds=30)).timestamp()))
    last = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset, "Date": http_date(NOW)}
    with (
        scripted(Reply(200, issue(), last), Reply(200, issue())) as server,
        github_on(server, tmp_path, time) as github,
    ):
        github.issue(7)
        github.issue(7)
    assert naps(time) == [30.0]


def test_a_success_ends_the_doubling(tmp_path: Path) -> None:
    time = Time()
    script = [limited(429), created(), limited(429), created()]
    with scripted(*script) as server, github_on(server, tmp_path, time, github_pace=0.0) as github:
        github.create(TITLE, BODY, [])
        github.create(TITLE, BODY, [])
    assert naps(time) == [60.0, 60.0]


def test_a_403_that_is_no_limit_is_not_waited_for(tmp_path: Path) -> None:
    time = Time()
    refused = limited(403, "Resource not accessible by personal access token", X_RateLimit_Remaining="99")
    with (
        scripted(refused) as server,
        github_on(server, tmp_path, time) as github,
        pytest.raises(Exception, match="GITHUB_TOKEN") as caught,
    ):
        github.create(TITLE, BODY, [])
    assert getattr(caught.value, "code", "") == "PERMISSION"
    assert naps(time) == []


def test_changes_are_a_second_apart_and_reads_are_not(tmp_path: Path) -> None:
    time = Time()
    script = [created(1), Reply(200, issue()), created(2), Reply(201, comment()), Reply(200, [])]
    with scripted(*script) as server, github_on(server, tmp_path, time) as github:
        github.create(TITLE, BODY, [])
        github.issue(7)
        github.create(TITLE, BODY, [])
        github.comment(2, BODY)
        github.comments(2)
    assert naps(time) == [1.0, 1.0]


def test_z04_eight_threads_write_one_after_another_a_second_apart(tmp_path: Path) -> None:
    time = Time()
    moments: list[float] = []

    def made(request: Seen) -> Reply:
        moments.append(time.now)
        return created(len(moments))

    with (
        scripted(*[made] * 24) as server,
        github_on(server, tmp_path, time) as github,
        ThreadPoolExecutor(8) as threads,
    ):
        jobs = [threads.submit(github.create, TITLE, BODY, []) for _ in range(24)]
        numbers = {job.result().number for job in jobs}
    assert numbers == set(range(1, 25))
    assert [later - earlier for earlier, later in itertools.pairwise(moments)] == [1.0] * 23


class Turns:
    """Turns taken as fast as the pace allows, each request taking no time. `at` is when each began."""

    def __init__(self, apart: float) -> None:
        self.time = Time(now=0.0)
        self.pace = Pace(apart, clock=self.time.clock, sleep=self.time.sleep)
        self.at: list[float] = []

    def take(self, number: int, **kind: Any) -> None:
        for _ in range(number):
            with self.pace.turn(changes=True, **kind):
                self.at.append(self.time.now)


def test_z04_at_most_80_are_made_a_minute() -> None:
    turns = Turns(apart=0.125)
    turns.take(200, creates=True)
    for first, later in zip(turns.at, turns.at[80:], strict=False):
        assert later - first >= 60.0
    assert turns.time.now < 200.0


def test_z04_what_is_posted_counts_as_made(tmp_path: Path) -> None:
    """Comments and labels too; what is only changed does not."""
    time = Time()
    posted = [Reply(201, comment()), Reply(200, [])] * 41
    with (
        scripted(Reply(200, comment()), *posted) as server,
        github_on(server, tmp_path, time, github_pace=0.125) as github,
    ):
        github.change_comment(9, BODY)
        for _ in range(40):
            github.comment(7, BODY)
            github.add_labels(7, ["bug"])
        assert naps(time) == [0.125] * 80
        github.comment(7, BODY)
    assert naps(time)[80:] == [60.0 - 79 * 0.125]


def test_z04_at_most_500_are_made_an_hour() -> None:
    turns = Turns(apart=1.0)
    with pytest.raises(Unavailable) as caught:
        turns.take(501, creates=True)
    assert len(turns.at) == 500
    assert caught.value.code == "RATE_LIMIT"
    assert caught.value.retry_after == pytest.approx(3600.0 - 499.0)
    turns.take(1)  # a change that makes nothing


def test_z04_one_request_at_a_time() -> None:
    """Reads too: both vendors ask for it."""
    pace, alone = Pace(), threading.Lock()

    def take() -> bool:
        with pace.turn():
            first = alone.acquire(blocking=False)
            os.sched_yield()
            if first:
                alone.release()
            return first

    with ThreadPoolExecutor(8) as threads:
        assert all(job.result() for job in [threads.submit(take) for _ in range(400)])


def test_a_server_that_asks_for_no_pace_gets_none() -> None:
    turns = Turns(apart=0.0)
    turns.take(600, creates=True)
    assert turns.time.now == 0.0


def test_a_turn_that_ends_badly_is_a_turn() -> None:
    turns = Turns(apart=1.0)
    with pytest.raises(KeyError), turns.pace.turn(changes=True):
        raise KeyError
    turns.take(1)
    assert turns.at == [1.0]


# The embedded tracker's own limits


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_before(tmp_path_factory.mktemp("made") / "org")


def run_into(org: Embedded, clock: Clock, rules: Rules) -> TwoClocks:
    """Three issues, where the rules allow two."""
    time = TwoClocks(wall=clock)
    org.tracker.rules = rules
    with tracker_of(org, time, tracker="github") as github:
        for _ in range(3):
            github.create(TITLE, BODY, [])
    assert len(org.tracker.issues) == 3
    return time


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(("retry_after", "wait"), [(45, 45.0), (None, 60.0)])
def test_z04_githubs_limit_on_what_is_made(
    status: int, retry_after: int | None, wait: float, made: Path, clock: Clock, tmp_path: Path
) -> None:
    with embedded(made, tmp_path / "org", clock) as org:
        rules = Rules(contents_a_minute=2, limit_status=status, retry_after=retry_after)
        time = run_into(org, clock, rules)
    assert naps(time) == [wait]
