from __future__ import annotations

from typing import Any

import pytest

from sf_handoff.embedded import Tracker
from tests.conftest import Clock
from tests.embedded.tracker.world import HERE, GitHub


def numbers(github: GitHub, **params: str) -> list[int]:
    answer = github("GET", f"{HERE}/issues", params=params)
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.json()]


def test_the_repository_says_whether_it_is_private(github: GitHub) -> None:
    found = github("GET", HERE).json()
    assert (found["full_name"], found["private"]) == ("example-agency/hotline-issues", True)
    assert found["permissions"] == {"admin": False, "push": True, "pull": True}
    assert github("GET", HERE.upper().replace("/REPOS", "/repos")).status_code == 200, "in any case"


def test_a_new_issue_is_told_and_kept(github: GitHub, tracker: Tracker) -> None:
    answer = github(
        "POST", f"{HERE}/issues", {"title": "Sign-in fails", "body": "Text", "labels": ["bug", "hotline"]}
    )
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == made["url"] == f"{github.base}{HERE}/issues/1"
    assert (made["number"], made["state"], made["state_reason"], made["locked"]) == (1, "open", None, False)
    assert made["id"] >= 2**31, "GitHub's ids do not fit an Int"
    assert made["node_id"].startswith("I_")
    assert made["user"]["login"] == tracker.login
    assert made["created_at"] == made["updated_at"] == "2026-11-20T15:04:30Z"
    assert [each["name"] for each in made["labels"]] == ["bug", "hotline"], "a missing label is made"
    assert "pull_request" not in made
    assert github("GET", f"{HERE}/issues/1").json() == made
    (kept,) = tracker.issues
    assert (kept["title"], kept["body"], kept["pipeline"]) == ("Sign-in fails", "Text", "New Issues")


def test_the_same_issue_created_twice_is_two_issues(github: GitHub, tracker: Tracker) -> None:
    assert [github.create("Same day"), github.create("Same day")] == [1, 2]
    assert len(tracker.issues) == 2


def test_a_list_holds_open_issues_newest_first_and_pull_requests_too(
    github: GitHub, tracker: Tracker, clock: Clock
) -> None:
    for title in ("one", "two", "three"):
        github.create(title)
        clock.forward(minutes=1)
    pull = tracker.open("a change", pull_request=True)
    tracker.close(2, "not_planned")
    assert numbers(github) == [pull, 3, 1]
    assert numbers(github, state="all", direction="asc") == [1, 2, 3, pull]
    assert numbers(github, state="closed") == [2]
    found = github("GET", f"{HERE}/issues").json()
    assert ["pull_request" in each for each in found] == [True, False, False]
    tracker.comment(1, "More of it")
    assert numbers(github, sort="comments")[0] == 1
    assert numbers(github, sort="updated", since="2026-11-20T15:07:30Z", state="all") == [pull, 2, 1]


def test_a_list_is_narrowed_by_labels_moment_and_author(
    github: GitHub, tracker: Tracker, clock: Clock
) -> None:
    both, one = github.create("both", labels=["bug", "Hotline"]), github.create("one", labels=["bug"])
    clock.forward(hours=1)
    late = tracker.open("by staff", label="hotline")
    assert numbers(github, labels="bug,hotline") == [both]
    assert numbers(github, labels="HOTLINE", state="all") == [late, both]
    assert numbers(github, labels="unknown") == []
    assert numbers(github, since="2026-11-20T11:00:00-05:00") == [late]
    assert numbers(github, creator="handoff-connector") == [one, both]


def test_pages_are_linked(github: GitHub) -> None:
    for place in range(5):
        github.create(f"issue {place}")
    url, found, rels = f"{github.base}{HERE}/issues?per_page=2&direction=asc", [], []
    while url:
        answer = github("GET", url.removeprefix(github.base))
        found += [each["number"] for each in answer.json()]
        rels.append(set(answer.links))
        url = answer.links.get("next", {}).get("url", "")
    assert found == [1, 2, 3, 4, 5]
    assert rels == [{"next", "last"}, {"prev", "next", "last", "first"}, {"prev", "first"}]
    assert numbers(github, per_page="1000", page="2") == [], "a page holds 100 at most"
    assert len(numbers(github, per_page="9" * 5000)) > 2, "what is no size overlooked"
    assert "Link" not in github("GET", f"{HERE}/issues").headers


def test_an_issue_is_changed_in_place(github: GitHub, clock: Clock) -> None:
    number = github.create("old", body="old", labels=["bug"])
    clock.forward(minutes=5)
    changed = github(
        "PATCH", f"{HERE}/issues/{number}", {"title": "new", "body": None, "labels": [{"name": "question"}]}
    ).json()
    assert (changed["title"], changed["body"]) == ("new", None)
    assert [each["name"] for each in changed["labels"]] == ["question"]
    assert (changed["created_at"], changed["updated_at"]) == ("2026-11-20T15:04:30Z", "2026-11-20T15:09:30Z")


@pytest.mark.parametrize("reason", ["completed", "not_planned", "duplicate"])
def test_an_issue_is_closed_for_a_reason_and_reopened(github: GitHub, tracker: Tracker, reason: str) -> None:
    path = f"{HERE}/issues/{github.create('to close')}"
    closed = github("PATCH", path, {"state": "closed", "state_reason": reason}).json()
    assert (closed["state"], closed["state_reason"]) == ("closed", reason)
    assert (closed["closed_by"]["login"], closed["closed_at"]) == (tracker.login, "2026-11-20T15:04:30Z")
    assert github("PATCH", path, {"state_reason": "not_planned"}).json()["state_reason"] == reason, (
        "state unchanged"
    )
    opened = github("PATCH", path, {"state": "open"}).json()
    assert (opened["state"], opened["state_reason"], opened["closed_at"]) == ("open", "reopened", None)
    assert opened["closed_by"] is None


def test_without_a_reason_it_was_completed(github: GitHub) -> None:
    path = f"{HERE}/issues/{github.create('to close')}"
    assert github("PATCH", path, {"state": "closed"}).json()["state_reason"] == "completed"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "title", "missing_field"),
        ({"title": "  "}, "title", "missing_field"),
        ({"title": "x" * 257}, "title", "custom"),
        ({"title": "x", "body": "x" * 65_537}, "body", "custom"),
        ({"title": "x", "body": 5}, "body", "invalid"),
        ({"title": "x", "labels": "bug"}, "labels", "invalid"),
        ({"title": "x", "labels": [5]}, "name", "invalid"),
        ({"title": "x", "labels": ["x" * 51]}, "name", "invalid"),
        ({"title": "x", "milestone": 1}, "milestone", "unsupported"),
    ],
)
def test_what_an_issue_may_not_be(
    github: GitHub, tracker: Tracker, body: object, field: str, code: str
) -> None:
    answer = github("POST", f"{HERE}/issues", body)
    assert (answer.status_code, answer.json()["message"]) == (422, "Validation Failed")
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert tracker.issues == []


def test_the_longest_body_is_taken_and_a_refused_change_changes_nothing(
    github: GitHub, tracker: Tracker
) -> None:
    number = github.create("x" * 256, body="é" * 65_536)
    refused = github(
        "PATCH", f"{HERE}/issues/{number}", {"title": "new", "state": "closed", "state_reason": "reopened"}
    )
    assert refused.status_code == 422
    assert (tracker.issue(number)["title"], tracker.issue(number)["state"]) == ("x" * 256, "open")
    wrong: dict[str, Any]
    for wrong in (
        {"milestone": 1},
        {"state": "done"},
        {"state": "closed", "state_reason": "fixed"},
        {"state": "closed", "state_reason": []},
        {"state": {}},
        {"state": "open", "state_reason": "completed"},
    ):
        assert github("PATCH", f"{HERE}/issues/{number}", wrong).status_code == 422


def test_a_deleted_issue_is_gone_and_an_unknown_one_not_found(github: GitHub, tracker: Tracker) -> None:
    number = github.create("to delete", labels=["bug"])
    said = tracker.comment(number, "text")
    tracker.delete(number)
    for method, path in (("GET", ""), ("PATCH", ""), ("POST", "/comments"), ("GET", "/labels")):
        answer = github(method, f"{HERE}/issues/{number}{path}", {} if method != "GET" else None)
        assert (answer.status_code, answer.json()["message"]) == (410, "This issue was deleted")
    assert github("GET", f"{HERE}/issues/comments/{said}").status_code == 404
    assert numbers(github, state="all", labels="bug") == []
    assert github("GET", f"{HERE}/issues/99").status_code == 404
    assert github.create("next") == number + 1, "numbers are not used twice"


def test_a_transferred_issue_tells_where_it_went(github: GitHub, tracker: Tracker) -> None:
    number = github.create("to move", body="text", labels=["bug"])
    tracker.comment(number, "first")
    there = tracker.transfer(number, "example-agency/elsewhere")
    answer = github("GET", f"{HERE}/issues/{number}")
    assert (answer.status_code, answer.json()["message"]) == (301, "Moved Permanently")
    assert answer.headers["Location"] == f"{github.base}/repos/example-agency/elsewhere/issues/{there}"
    comments = github("GET", f"{HERE}/issues/{number}/comments").headers["Location"]
    assert [each["body"] for each in github("GET", comments.removeprefix(github.base)).json()] == ["first"]
    assert github.http.get(f"{github.base}{HERE}/issues/{number}", timeout=10).json()["title"] == "to move"
    assert tracker.issues == [] and numbers(github, state="all") == []


def test_without_the_right_to_push(github: GitHub, tracker: Tracker) -> None:
    theirs = tracker.open("by staff")
    tracker.let_push(allowed=False)
    mine = github("POST", f"{HERE}/issues", {"title": "mine", "labels": ["bug"]}).json()
    assert mine["labels"] == [], "dropped without a word"
    assert github("PATCH", f"{HERE}/issues/{mine['number']}", {"title": "still mine"}).status_code == 200
    assert github("PATCH", f"{HERE}/issues/{theirs}", {"title": "not mine"}).status_code == 403
    assert github("POST", f"{HERE}/issues/{theirs}/labels", {"labels": ["bug"]}).status_code == 403
    assert github("POST", f"{HERE}/labels", {"name": "new"}).status_code == 403
    assert github("GET", HERE).json()["permissions"]["push"] is False
