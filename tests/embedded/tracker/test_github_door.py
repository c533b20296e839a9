"""Who may ask GitHub, and how often."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sf_handoff.embedded import Embedded, Tracker
from tests.conftest import Clock
from tests.embedded.tracker.world import HERE, GitHub


@pytest.mark.parametrize(
    ("headers", "status", "says"),
    [
        ({"Authorization": "Bearer ghp_wrong"}, 401, "Bad credentials"),
        ({"Authorization": "Basic abc"}, 401, "Bad credentials"),
        ({"Authorization": None}, 401, "Requires authentication"),
        ({"User-Agent": ""}, 403, "User-Agent"),
        ({"X-GitHub-Api-Version": "1999-01-01"}, 400, "X-GitHub-Api-Version"),
    ],
)
def test_who_is_not_let_in(github: GitHub, headers: dict[str, str], status: int, says: str) -> None:
    answer = github("GET", HERE, headers=headers)
    assert answer.status_code == status
    assert says in answer.json()["message"] and answer.json()["status"] == str(status)
    assert "X-RateLimit-Used" not in answer.headers


def test_both_schemes_and_the_known_version_are_let_in(github: GitHub, tracker: Tracker) -> None:
    token = {"Authorization": f"token {tracker.github_token}", "X-GitHub-Api-Version": "2022-11-28"}
    assert github("GET", HERE, headers=token).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/repos/example-agency/unknown"),
        ("GET", "/repos/example-agency/unknown/issues"),
        ("GET", "/nothing"),
        ("DELETE", HERE),
        ("PUT", f"{HERE}/issues/1"),
        ("GET", f"{HERE}/issues/one"),
    ],
)
def test_what_is_not_there(github: GitHub, method: str, path: str) -> None:
    answer = github(method, path)
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


def test_outside_the_api_nothing_is_found(github: GitHub) -> None:
    address = github.base.replace("/api/v3", "/login")
    assert github.http.get(address, timeout=10).status_code == 404


@pytest.mark.parametrize("body", ["{", "[]", "5", r'{"title": "\ud800"}'])
def test_a_body_that_is_no_object(github: GitHub, body: str) -> None:
    answer = github.http.post(f"{github.base}{HERE}/issues", data=body, timeout=10)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "params",
    [
        {"milestone": "1"},
        {"state": "any"},
        {"sort": "age"},
        {"since": "today"},
        {"since": "9999-12-31T23:59:59-12:00"},
    ],
)
def test_a_filter_that_would_not_work_is_refused(github: GitHub, params: dict[str, str]) -> None:
    assert github("GET", f"{HERE}/issues", params=params).status_code == 422


def test_the_hours_allowance(github: GitHub, tracker: Tracker, clock: Clock) -> None:
    tracker.rules = replace(tracker.rules, requests_an_hour=3)
    first = github("GET", HERE).headers
    assert [first[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "used", "resource")] == [
        "3",
        "2",
        "1",
        "core",
    ]
    assert first["x-ratelimit-reset"] == "1795190400", "on the hour"
    assert github("GET", "/nothing").headers["x-ratelimit-used"] == "2", "a refused request counts"
    github("GET", HERE)
    over = github("GET", HERE)
    assert (over.status_code, over.headers["x-ratelimit-remaining"]) == (403, "0")
    assert "rate limit" in over.json()["message"] and "Retry-After" not in over.headers
    limits = github("GET", "/rate_limit")
    assert (limits.status_code, limits.json()["rate"]["remaining"]) == (200, 0)
    tracker.rules = replace(tracker.rules, limit_status=429)
    assert github("GET", HERE).status_code == 429
    clock.forward(hours=1)
    assert github("GET", HERE).status_code == 200


def test_searches_have_an_allowance_of_their_own(github: GitHub, tracker: Tracker, clock: Clock) -> None:
    tracker.rules = replace(tracker.rules, searches_a_minute=1)
    search = "/search/issues?q=is:issue"
    assert [github("GET", search).status_code for _ in range(2)] == [200, 403]
    resources = github("GET", "/rate_limit").json()["resources"]
    assert (resources["search"]["remaining"], resources["core"]["used"]) == (0, 0)
    clock.forward(minutes=1)
    assert github("GET", search).status_code == 200


@pytest.mark.parametrize(("wait", "told"), [(60, "60"), (None, None)])
def test_the_secondary_limit(
    github: GitHub, tracker: Tracker, clock: Clock, wait: int | None, told: str | None
) -> None:
    tracker.rules = replace(tracker.rules, contents_a_minute=1, retry_after=wait)
    number = github.create("one")
    over = github("POST", f"{HERE}/issues/{number}/comments", {"body": "x"})
    assert (over.status_code, over.headers.get("Retry-After")) == (403, told)
    assert "secondary rate limit" in over.json()["message"]
    assert over.headers["x-ratelimit-remaining"] != "0"
    assert (
        github("PATCH", f"{HERE}/issues/{number}", {"title": "edits are no new content"}).status_code == 200
    )
    clock.forward(minutes=1)
    assert github.create("two") == 2
    tracker.rules = replace(tracker.rules, contents_a_minute=80, contents_an_hour=1)
    assert github("POST", f"{HERE}/issues", {"title": "three"}).status_code == 403


def test_an_answer_known_already_costs_nothing(github: GitHub, tracker: Tracker) -> None:
    number = github.create("cached")
    first = github("GET", f"{HERE}/issues/{number}")
    known = {"If-None-Match": first.headers["ETag"]}
    again = github("GET", f"{HERE}/issues/{number}", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-ratelimit-used"] == first.headers["x-ratelimit-used"]
    tracker.edit(number, title="changed")
    assert github("GET", f"{HERE}/issues/{number}", headers=known).status_code == 200


def test_head_answers_without_a_body(github: GitHub) -> None:
    answer = github("HEAD", HERE)
    assert (answer.status_code, answer.content) == (200, b"")


def test_none_of_it_is_a_call_to_salesforce(org: Embedded, github: GitHub) -> None:
    before = org.api_calls
    github.create("not Salesforce's")
    assert org.api_calls == before
    assert org.requests[-1] == "POST /github/api/v3/repos/example-agency/hotline-issues/issues"
