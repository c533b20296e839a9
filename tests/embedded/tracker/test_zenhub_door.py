"""Who may ask ZenHub, what, and how much of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sf_handoff.embedded import Embedded, Tracker
from tests.conftest import Clock
from tests.embedded.tracker import world
from tests.embedded.tracker.world import ZenHub


def test_who_is_not_let_in(zenhub: ZenHub, tracker: Tracker) -> None:
    for header in ("Bearer zh_wrong", f"Basic {tracker.zenhub_token}", ""):
        answer = zenhub.http.post(
            tracker.zenhub, json={"query": world.ORGANIZATIONS}, headers={"Authorization": header}, timeout=10
        )
        assert (answer.status_code, answer.text) == (401, "Unauthorized")
        assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "{}",
        '{"query": 5}',
        '{"query": "{viewer{id}}", "variables": []}',
        r'{"query": "{viewer{id}}", "variables": {"q": "\ud800"}}',
    ],
)
def test_a_body_that_is_no_request(zenhub: ZenHub, tracker: Tracker, body: str) -> None:
    answer = zenhub.http.post(tracker.zenhub, data=body, timeout=10)
    assert answer.status_code == 400 and answer.json()["errors"]


def test_only_posts_to_the_one_address(zenhub: ZenHub, tracker: Tracker) -> None:
    assert zenhub.http.get(tracker.zenhub, timeout=10).status_code == 405
    assert zenhub.http.post(tracker.zenhub + "/v2", timeout=10).status_code == 404


@pytest.mark.parametrize(
    "query", ["query {", "{ viewer { password } }", "{ viewer }", "mutation { deleteIssue(id: 1) { id } }"]
)
def test_an_operation_that_zenhub_would_refuse(zenhub: ZenHub, query: str) -> None:
    answer = zenhub.post(query)
    assert answer.status_code == 200 and answer.json()["errors"] and "data" not in answer.json()


def test_a_wrong_variable_is_refused(zenhub: ZenHub) -> None:
    assert "n" in zenhub.refused(world.LOOKUP, n="one", ws=zenhub.workspace)
    with_name = {"query": "query A { viewer { id } } query B { viewer { name } }", "operationName": "B"}
    answer = zenhub.http.post(zenhub.tracker.zenhub, json=with_name, timeout=10).json()
    assert set(answer["data"]["viewer"]) == {"name"}


def test_a_mutation_is_undone_alone(zenhub: ZenHub, tracker: Tracker) -> None:
    """The second makes an issue, and then fails at its label."""
    issue, done = zenhub.look(tracker.open("x"))["id"], zenhub.pipeline("Done")
    several = """mutation($i: ID!, $p: ID!, $r: ID!, $l: String!) {
      a: moveIssue(input: {issueId: $i, pipelineId: $p}) { pipeline { name } }
      b: createIssue(input: {repositoryId: $r, title: "y", labels: [$l]}) { issue { id } }
      c: setEstimate(input: {issueId: $i, value: 5}) { issue { estimate { value } } }
    }"""
    answer = zenhub.post(several, i=issue, p=done, r=zenhub.repository(), l="x" * 51).json()
    assert [each["path"] for each in answer["errors"]] == [["b"]] and answer["data"]["b"] is None
    (only,) = tracker.issues
    assert (only["pipeline"], only["estimate"]) == ("Done", 5.0)


def test_complexity_is_limited(zenhub: ZenHub, tracker: Tracker) -> None:
    assert "complexity of 307" in zenhub.refused(
        world.PIPELINES.replace("name", "name id stage"), ws=zenhub.workspace
    )
    deep = "query($n: Int) { viewer { zenhubOrganizations(first: 2) { nodes { ...W } } } } fragment W on ZenhubOrganization { workspaces(first: $n) { nodes { ... on Workspace { id name } } } }"
    assert "complexity of 407" in zenhub.refused(deep, n=100)
    tracker.rules = replace(tracker.rules, complexity=407)
    assert zenhub(deep, n=100)


def test_processing_time_is_limited(zenhub: ZenHub, tracker: Tracker, clock: Clock) -> None:
    tracker.rules = replace(tracker.rules, seconds_a_minute=0.5)
    first = zenhub.post(world.ORGANIZATIONS)
    assert (
        first.headers["X-RateLimit-Limit"],
        first.headers["X-RateLimit-Used"],
        first.headers["X-RateLimit-Remaining"],
    ) == ("0.50", "0.31", "0.19")
    zenhub(world.ORGANIZATIONS)
    over = zenhub.post(world.ORGANIZATIONS)
    assert over.status_code == 200 and "data" not in over.json()
    assert over.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert over.headers["X-RateLimit-Remaining"] == "0.00"
    clock.forward(seconds=30)
    assert zenhub(world.ORGANIZATIONS)


def test_none_of_it_is_a_call_to_salesforce(org: Embedded, zenhub: ZenHub) -> None:
    before = org.api_calls
    zenhub(world.ORGANIZATIONS)
    assert org.api_calls == before
    assert org.requests[-1] == "POST /zenhub/public/graphql"
