"""Comments, labels and search."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sf_handoff.embedded import Tracker
from tests.conftest import Clock
from tests.embedded.tracker.world import HERE, GitHub

FIND = "is:issue repo:example-agency/hotline-issues "


def found(github: GitHub, q: str, **params: str) -> list[int]:
    answer = github("GET", "/search/issues", params={"q": FIND + q, **params})
    assert answer.status_code == 200, answer.text
    assert answer.json()["total_count"] == len(answer.json()["items"])
    return [each["number"] for each in answer.json()["items"]]


def test_a_comment_is_made_and_edited_in_place(github: GitHub, tracker: Tracker, clock: Clock) -> None:
    number = github.create("tally")
    made = github("POST", f"{HERE}/issues/{number}/comments", {"body": "1 report"})
    assert (made.status_code, made.json()["user"]["login"]) == (201, tracker.login)
    clock.forward(minutes=1)
    path = f"{HERE}/issues/comments/{made.json()['id']}"
    edited = github("PATCH", path, {"body": "2 reports"}).json()
    assert (edited["id"], edited["body"], edited["updated_at"]) == (
        made.json()["id"],
        "2 reports",
        "2026-11-20T15:05:30Z",
    )
    tracker.comment(number, "Fixed in the next release", by="robin-engineer")
    listed = github("GET", f"{HERE}/issues/{number}/comments").json()
    assert [(each["user"]["login"], each["body"]) for each in listed] == tracker.issue(number)["comments"]
    assert [each["body"] for each in listed] == ["2 reports", "Fixed in the next release"]
    assert github("GET", path).json() == edited
    issue = github("GET", f"{HERE}/issues/{number}").json()
    assert (issue["comments"], issue["updated_at"]) == (2, "2026-11-20T15:05:30Z")
    assert "next" in github("GET", f"{HERE}/issues/{number}/comments?per_page=1").links


@pytest.mark.parametrize("body", [{}, {"body": " "}, {"body": 5}, {"body": "x" * 65_537}, {"text": "x"}])
def test_what_a_comment_may_not_be(github: GitHub, tracker: Tracker, body: object) -> None:
    number = github.create("quiet")
    path = f"{HERE}/issues/comments/{tracker.comment(number, 'text')}"
    assert github("POST", f"{HERE}/issues/{number}/comments", body).status_code == 422
    assert github("PATCH", path, body).status_code == 422
    assert [text for _, text in tracker.issue(number)["comments"]] == ["text"]


def test_a_locked_issue_takes_no_comment_from_outside(github: GitHub, tracker: Tracker) -> None:
    number = github.create("heated")
    tracker.lock(number)
    path = f"{HERE}/issues/{number}/comments"
    assert github("GET", f"{HERE}/issues/{number}").json()["locked"] is True
    assert github("POST", path, {"body": "may push"}).status_code == 201
    tracker.let_push(allowed=False)
    refused = github("POST", path, {"body": "may not"})
    assert refused.status_code == 403 and "locked" in refused.json()["message"]


def test_comments_are_not_found_or_not_mine(github: GitHub, tracker: Tracker) -> None:
    assert github("GET", f"{HERE}/issues/comments/5").status_code == 404
    assert github("POST", f"{HERE}/issues/9/comments", {"body": "x"}).status_code == 404
    said = tracker.comment(github.create("x"), "theirs")
    tracker.let_push(allowed=False)
    assert github("PATCH", f"{HERE}/issues/comments/{said}", {"body": "mine"}).status_code == 403


def test_labels_of_the_repository(github: GitHub, tracker: Tracker) -> None:
    assert [each["name"] for each in github("GET", f"{HERE}/labels").json()] == tracker.labels
    made = github("POST", f"{HERE}/labels", {"name": "needs triage", "color": "d4c5f9", "description": "new"})
    assert (made.status_code, made.json()["color"]) == (201, "d4c5f9")
    assert github("GET", f"{HERE}/labels/needs%20triage").json() == made.json()
    assert github("GET", f"{HERE}/labels/unknown").status_code == 404
    again = github("POST", f"{HERE}/labels", {"name": "Needs Triage"})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "already_exists")
    for wrong in ({}, {"name": ""}, {"name": "x" * 51}, {"name": "x", "color": "#d4c5f9"}):
        assert github("POST", f"{HERE}/labels", wrong).status_code == 422
    number = github.create("labelled", labels=["needs triage"])
    tracker.delete_label("needs triage")
    assert tracker.issue(number)["labels"] == [] and "needs triage" not in tracker.labels


def test_labels_of_an_issue(github: GitHub, tracker: Tracker) -> None:
    path = f"{HERE}/issues/{github.create('x')}/labels"
    for _ in range(2):
        added = github("POST", path, {"labels": ["bug", "fresh"]})
        assert (added.status_code, [each["name"] for each in added.json()]) == (200, ["bug", "fresh"])
    assert github("GET", path).json() == added.json()
    assert [each["name"] for each in github("DELETE", f"{path}/fresh").json()] == ["bug"]
    for absent in ("fresh", "unknown"):
        assert github("DELETE", f"{path}/{absent}").status_code == 404
    assert "fresh" in tracker.labels


def test_search_finds_what_meets_every_term(github: GitHub, tracker: Tracker) -> None:
    marked = github.create("Sign-in fails", body="Ref sfh7Q2", labels=["hotline", "two words"])
    hidden = github.create("Other", body="<!-- sfh9Z9 --> words", labels=["hotline"])
    tracker.open("Sign-in pull", pull_request=True)
    assert found(github, "sfh7q2") == [marked], "in any case"
    assert found(github, "sfh9Z9") == [], "a comment in HTML is not indexed"
    assert found(github, "label:hotline") == [hidden, marked]
    assert found(github, 'label:"two words" state:open author:handoff-connector') == [marked]
    assert found(github, "fails-sign") == [marked], "a hyphen parts two words"
    assert found(github, '"sign-in" order') == []
    tracker.comment(hidden, "it says zebra")
    tracker.close(hidden)
    assert found(github, "zebra is:closed") == [hidden]
    assert found(github, "is:open", sort="updated", order="asc") == [marked]
    tracker.delete(marked)
    assert found(github, "sfh7Q2") == []


@pytest.mark.parametrize(
    "q", ["", "repo:a/b words", "is:issue milestone:x", "is:issue is:merged", "is:issue state:all"]
)
def test_a_search_that_is_refused(github: GitHub, q: str) -> None:
    assert github("GET", "/search/issues", params={"q": q}).status_code == 422


def test_the_index_lags(github: GitHub, tracker: Tracker, clock: Clock) -> None:
    tracker.rules = replace(tracker.rules, search_lag=timedelta(seconds=10))
    number = github.create("late sfhLate1")
    assert found(github, "sfhLate1") == []
    assert [each["number"] for each in github("GET", f"{HERE}/issues").json()] == [number], (
        "the list does not"
    )
    clock.forward(seconds=10)
    assert found(github, "sfhLate1") == [number]
