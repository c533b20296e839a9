"""Tickets as GitHub issues: on the embedded tracker, and what it does not do on a scripted server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.adapters.github import SKEW, GitHubTracker
from sf_handoff.embedded import Embedded
from sf_handoff.embedded.tracker import Tracker
from sf_handoff.errors import HandoffError, Misconfigured, Rejected, Unavailable
from sf_handoff.redaction import Scrubbed, compose, scrub
from sf_handoff.reports.tickets import Comment, Moved, Place, State, TrackedIssue
from tests.adapters.tracking import (
    HERE,
    NAME,
    REPOSITORY,
    embedded,
    github_on,
    issue,
    made_before,
    tracker_of,
)
from tests.conftest import Clock
from tests.scripted import Reply, Time, scripted

TITLE, BODY, OURS = scrub("Sign-in fails"), scrub("It says that it cannot sign in."), "hotline"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_before(tmp_path_factory.mktemp("made") / "org")


@pytest.fixture
def org(made: Path, tmp_path: Path, clock: Clock) -> Iterator[Embedded]:
    with embedded(made, tmp_path / "org", clock) as running:
        yield running


@pytest.fixture
def tracker(org: Embedded) -> Tracker:
    return org.tracker


@pytest.fixture
def github(org: Embedded) -> Iterator[GitHubTracker]:
    with tracker_of(org, Time(), tracker="github") as opened:
        assert type(opened) is GitHubTracker
        yield opened


def refused(action: Any, *given: Any) -> HandoffError:
    with pytest.raises(HandoffError) as caught:
        action(*given)
    return caught.value


def numbers(found: list[TrackedIssue]) -> list[int]:
    return [each.number for each in found]


def seen(github: GitHubTracker, number: int) -> TrackedIssue:
    found = github.issue(number)
    assert isinstance(found, TrackedIssue)
    return found


# What there is


def test_the_facts(github: GitHubTracker, tracker: Tracker) -> None:
    facts = github.facts()
    assert (facts.repository, facts.private, facts.may_push) == (NAME, True, True)
    assert (facts.login, facts.labels) == ("handoff-connector", frozenset(tracker.labels))
    assert (facts.board, facts.columns, facts.priorities) == (False, (), ())


def test_the_facts_of_a_public_repository_without_the_right_to_push(
    made: Path, tmp_path: Path, clock: Clock
) -> None:
    with (
        embedded(made, tmp_path / "org", clock, private=False, push=False) as org,
        tracker_of(org, Time(), tracker="github") as github,
    ):
        facts = github.facts()
    assert (facts.private, facts.may_push) == (False, False)


def test_every_label_is_known(made: Path, tmp_path: Path, clock: Clock) -> None:
    many = tuple(f"label {number}" for number in range(230))
    with (
        embedded(made, tmp_path / "org", clock, labels=many) as org,
        tracker_of(org, Time(), tracker="github") as github,
    ):
        assert github.facts().labels == frozenset(many)


@pytest.mark.parametrize("name", ["example-agency/none", "nobody/hotline-issues"])
def test_a_repository_that_is_not_there_makes_nothing_seem_gone(name: str, org: Embedded) -> None:
    org.tracker.open("An issue")
    with tracker_of(org, Time(), tracker="github", github_repo=name) as github:
        for action in (github.facts, lambda: github.issue(1), lambda: github.labelled(OURS)):
            raised = refused(action)
            assert (type(raised), raised.code) == (Misconfigured, "REPOSITORY")
            assert "GITHUB_REPO" in raised.message


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"has_issues": False}, "switched off"),
        ({"archived": True}, "archived"),
        ({"disabled": True}, "disabled"),
    ],
)
def test_a_repository_without_issues(changes: dict[str, Any], words: str, tmp_path: Path) -> None:
    off = Reply(410, {"message": "Issues are disabled for this repo"})
    shown = Reply(200, {**REPOSITORY, **changes})
    with (
        scripted(shown, off, shown, off, shown) as server,
        github_on(server, tmp_path, Time()) as github,
    ):
        for action in (github.facts, lambda: github.create(TITLE, BODY, []), lambda: github.issue(7)):
            raised = refused(action)
            assert isinstance(raised, Misconfigured)
            assert words in raised.message


def test_a_repository_that_moved(tmp_path: Path) -> None:
    def moved(rest: str) -> Reply:
        return Reply(301, {}, {"Location": f"{server.url}/api/v3/repositories/700000001{rest}"})

    with scripted() as server, github_on(server, tmp_path, Time()) as github:
        server._script += [moved(""), moved("/issues/7"), moved(""), moved("/issues"), moved("")]
        for action in (github.facts, lambda: github.issue(7), lambda: github.create(TITLE, BODY, [])):
            raised = refused(action)
            assert (type(raised), raised.code) == (Misconfigured, "MOVED")


def test_a_wrong_token(org: Embedded) -> None:
    from pydantic import SecretStr

    with tracker_of(org, Time(), tracker="github", github_token=SecretStr("ghp_canary")) as github:
        raised = refused(github.facts)
    assert (type(raised), raised.code) == (Misconfigured, "AUTH")
    assert "GITHUB_TOKEN" in raised.message


# Lists


def test_all_issues_with_a_label_and_no_pull_request(github: GitHubTracker, tracker: Tracker) -> None:
    for number in range(1, 206):
        tracker.open(f"Issue {number}", label=OURS, pull_request=number % 50 == 0)
    tracker.open("Another", label="bug")
    for number in (1, 101, 205):
        tracker.close(number)
    tracker.delete(2)
    tracker.transfer(3, "example-agency/elsewhere")
    ours = [number for number in range(1, 206) if number % 50 and number not in (2, 3)]
    assert numbers(github.labelled(OURS)) == ours
    assert numbers(github.labelled(OURS.upper(), open_only=True)) == [
        number for number in ours if number not in (1, 101, 205)
    ]
    assert github.labelled("no such label") == []


def test_a_label_that_github_cannot_look_for(github: GitHubTracker) -> None:
    assert isinstance(refused(github.labelled, "a, b"), Misconfigured)


def test_z01_what_was_made_by_us_since(github: GitHubTracker, tracker: Tracker, clock: Clock) -> None:
    tracker.open("By us, before", by="handoff-connector")
    clock.forward(hours=1)
    since = clock.now + timedelta(microseconds=700_000)
    tracker.open("By us, closed", by="handoff-connector")
    tracker.open("By another")
    tracker.open("By us", by="handoff-connector", label=OURS)
    tracker.open("By us, pull request", by="handoff-connector", pull_request=True)
    tracker.close(2)
    clock.forward(hours=1)
    tracker.edit(1, title="By us, before, edited since")
    assert numbers(github.made_by_us(since)) == [2, 4]
    assert numbers(github.made_by_us(since + SKEW)) == [2, 4]
    assert numbers(github.made_by_us(since + SKEW + timedelta(seconds=1))) == []


def page(server_url: str, *found: Any, follow: str = "") -> Reply:
    link = {"Link": f'<{server_url}{HERE}/issues?{follow}>; rel="next"'} if follow else {}
    return Reply(200, list(found), link)


def test_an_issue_that_slips_to_the_next_page_counts_once(tmp_path: Path) -> None:
    with scripted() as server, github_on(server, tmp_path, Time()) as github:
        server._script += [page(server.url, issue(1), issue(2), follow="page=2"), page(server.url, issue(2))]
        assert numbers(github.labelled(OURS)) == [1, 2]
    assert "sort=created&direction=asc" in server.seen[0].path
    assert "per_page=100" in server.seen[0].path


@pytest.mark.parametrize("kind", ["loop", "cut off", "no list", "no issue"])
def test_a_list_is_whole_or_an_error(kind: str, tmp_path: Path) -> None:
    with scripted() as server, github_on(server, tmp_path, Time()) as github:
        first = page(server.url, issue(1), follow="page=2")
        rest = {
            "loop": [page(server.url, issue(2), follow="page=2")] * 3,
            "cut off": [Reply(404, {"message": "Not Found"}), Reply(200, REPOSITORY)],
            "no list": [Reply(200, {"items": []})],
            "no issue": [page(server.url, "canary")],
        }
        server._script += [first, *rest[kind]]
        raised = refused(github.labelled, OURS)
    assert isinstance(raised, Rejected if kind == "cut off" else Unavailable)
    assert len(server.seen) <= 4


# One issue


def test_an_issue_as_it_is(github: GitHubTracker, tracker: Tracker, clock: Clock) -> None:
    opened = clock.now
    number = tracker.open("A title", "A body", label=OURS)
    tracker.comment(number, "A word")
    clock.forward(hours=1)
    tracker.close(number, "not_planned", by="robin-engineer")
    tracker.lock(number)
    found = seen(github, number)
    assert found == TrackedIssue(
        number=number,
        title="A title",
        body="A body",
        state=State.CLOSED,
        author="avery-analyst",
        created_at=opened.replace(microsecond=0),
        updated_at=clock.now.replace(microsecond=0),
        url=f"https://github.embedded.example/{NAME}/issues/1",
        state_reason="not_planned",
        closed_at=clock.now.replace(microsecond=0),
        closed_by="robin-engineer",
        labels=(OURS,),
        locked=True,
        comments=1,
    )


def test_an_author_who_left_and_an_empty_body(tmp_path: Path) -> None:
    left = issue(user=None, body=None, closed_by=None, assignees=None, labels=["bug", {"name": "hotline"}])
    with scripted(Reply(200, left)) as server, github_on(server, tmp_path, Time()) as github:
        found = seen(github, 7)
    assert (found.author, found.body, found.assignees, found.labels) == ("ghost", "", (), ("bug", "hotline"))


def test_issues_that_are_gone(github: GitHubTracker, tracker: Tracker) -> None:
    number = tracker.open("To be deleted")
    tracker.delete(number)
    assert github.issue(number) is None
    assert github.issue(999) is None


def test_an_issue_that_moved(github: GitHubTracker, tracker: Tracker) -> None:
    number = tracker.open("To be moved")
    tracker.transfer(number, "example-agency/elsewhere")
    assert github.issue(number) == Moved("https://github.embedded.example/example-agency/elsewhere/issues/1")
    for action in (
        lambda: github.comment(number, BODY),
        lambda: github.reopen(number),
        lambda: github.add_labels(number, ["bug"]),
        lambda: github.comments(number),
    ):
        raised = refused(action)
        assert (type(raised), raised.code) == (Rejected, "MOVED")


def test_an_issue_that_moved_to_where_the_token_sees_nothing(tmp_path: Path) -> None:
    with scripted() as server, github_on(server, tmp_path, Time()) as github:
        there = f"{server.url}/api/v3/repositories/5/issues/9"
        away = Reply(301, {"message": "Moved Permanently"}, {"Location": there})
        server._script += [away, Reply(200, REPOSITORY), Reply(404, {"message": "Not Found"})]
        assert github.issue(7) == Moved(there)


# Changes


def test_a_new_issue(github: GitHubTracker, tracker: Tracker) -> None:
    made = github.create(TITLE, BODY, ["bug", OURS])
    assert made == seen(github, made.number)
    assert (made.author, made.state) == ("handoff-connector", State.OPEN)
    assert tracker.issue(made.number)["title"] == TITLE.text
    assert tracker.issue(made.number)["body"] == BODY.text
    assert set(made.labels) == {"bug", OURS}


def test_labels_that_github_dropped_show_in_the_answer(made: Path, tmp_path: Path, clock: Clock) -> None:
    with (
        embedded(made, tmp_path / "org", clock, push=False) as org,
        tracker_of(org, Time(), tracker="github") as github,
    ):
        found = github.create(TITLE, BODY, ["bug"])
        raised = refused(github.add_labels, found.number, ["bug"])
    assert found.labels == ()
    assert (type(raised), raised.code) == (Misconfigured, "PERMISSION")


LONG = compose(" ".join(["{part}"] * 7), part=scrub("word " * 2_000))


@pytest.mark.parametrize(
    ("title", "body", "field"),
    [(scrub("x" * 257), BODY, "title"), (scrub(" "), BODY, "title"), (TITLE, LONG, "body")],
)
def test_what_github_does_not_take_is_named(
    title: Scrubbed, body: Scrubbed, field: str, github: GitHubTracker, tracker: Tracker
) -> None:
    raised = refused(github.create, title, body, [])
    assert isinstance(raised, Rejected)
    assert (raised.code, raised.fields) == ("INVALID", (field,))
    assert tracker.issues == []


def test_reopening(github: GitHubTracker, tracker: Tracker) -> None:
    number = tracker.open("An issue")
    tracker.close(number)
    found = github.reopen(number)
    assert (found.state, found.state_reason, found.closed_at) == (State.OPEN, "reopened", None)
    assert github.reopen(number).state is State.OPEN


def test_an_issue_that_stays_closed_was_not_reopened(tmp_path: Path) -> None:
    with scripted(Reply(200, issue(state="closed"))) as server, github_on(server, tmp_path, Time()) as github:
        assert refused(github.reopen, 7).code == "BAD_ANSWER"


def test_labels_come_and_go(github: GitHubTracker, tracker: Tracker) -> None:
    number = tracker.open("An issue", label=OURS)
    assert set(github.add_labels(number, ["bug", "a/b & c?"])) == {OURS, "bug", "a/b & c?"}
    assert set(github.add_labels(number, ["bug"])) == {OURS, "bug", "a/b & c?"}
    github.remove_label(number, "a/b & c?")
    github.remove_label(number, "a/b & c?")
    github.remove_label(number, "never was")
    assert set(seen(github, number).labels) == {OURS, "bug"}
    assert refused(github.add_labels, number, ["x" * 51]).code == "INVALID"
    assert refused(github.add_labels, 999, ["bug"]).code == "GONE"


def test_z03_a_label_that_was_deleted_is_made_anew(github: GitHubTracker, tracker: Tracker) -> None:
    number = tracker.open("An issue")
    tracker.delete_label("bug")
    assert github.add_labels(number, ["bug"]) == ("bug",)


def test_comments(github: GitHubTracker, tracker: Tracker, clock: Clock) -> None:
    number = tracker.open("An issue")
    tracker.comment(number, "By staff")
    made = github.comment(number, scrub("Two cases"))
    clock.forward(minutes=5)
    changed = github.change_comment(made.comment_id, scrub("Three cases"))
    assert changed == replace(made, body="Three cases", updated_at=made.created_at + timedelta(minutes=5))
    found = github.comments(number)
    assert [(each.author, each.body) for each in found] == [
        ("avery-analyst", "By staff"),
        ("handoff-connector", "Three cases"),
    ]
    assert found[1] == changed
    assert isinstance(found[0], Comment)


def test_every_comment_is_read(github: GitHubTracker, tracker: Tracker) -> None:
    number = tracker.open("An issue")
    for index in range(130):
        tracker.comment(number, f"Word {index}")
    assert [each.body for each in github.comments(number)] == [f"Word {index}" for index in range(130)]


def test_comments_that_cannot_be_written(made: Path, tmp_path: Path, clock: Clock) -> None:
    with embedded(made, tmp_path / "org", clock, push=False) as org:
        locked, deleted = org.tracker.open("Locked"), org.tracker.open("Deleted")
        org.tracker.lock(locked)
        org.tracker.delete(deleted)
        with tracker_of(org, Time(), tracker="github") as github:
            assert refused(github.comment, locked, BODY).code == "LOCKED"
            assert refused(github.comment, deleted, BODY).code == "GONE"
            assert refused(github.comments, deleted).code == "GONE"
            assert refused(github.change_comment, 3_400_000_999, BODY).code == "GONE"
            assert refused(github.comment, locked, BODY).message == "The issue is locked."


def test_without_a_board_there_are_no_places(github: GitHubTracker, org: Embedded) -> None:
    before = len(org.requests)
    assert github.places([1, 2]) == {}
    assert github.place(1, "Icebox") == github.prioritise(1, "Urgent") == github.estimate(1, 3.0) == Place()
    assert len(org.requests) == before
