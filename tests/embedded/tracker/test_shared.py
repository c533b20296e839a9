"""Faults on the way, several processes on one folder, and what is there from the start."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from sf_handoff.commands.serve import environment
from sf_handoff.embedded import Embedded, Fault, Tracker
from sf_handoff.errors import Misconfigured
from tests.conftest import Clock
from tests.embedded.tracker import world
from tests.embedded.tracker.world import HERE, GitHub, ZenHub, a_tracker, session


def test_an_answer_that_is_lost_after_the_issue_was_made(
    org: Embedded, github: GitHub, tracker: Tracker
) -> None:
    org.faults.add(Fault(path=r"/github/.*/issues$", kind="drop_after", method="POST"))
    with pytest.raises(requests.ConnectionError):
        github.create("made all the same")
    assert [each["title"] for each in tracker.issues] == ["made all the same"]
    assert github("GET", f"{HERE}/issues").json()[0]["title"] == "made all the same"


def test_a_request_that_is_lost_before(org: Embedded, github: GitHub, tracker: Tracker) -> None:
    org.faults.add(Fault(path=r"/github/", kind="drop_before"))
    with pytest.raises(requests.ConnectionError):
        github.create("never made")
    assert tracker.issues == []


def test_zenhub_can_fail_while_github_works(
    org: Embedded, github: GitHub, zenhub: ZenHub, tracker: Tracker
) -> None:
    org.faults.add(
        Fault(path=r"/zenhub/", kind="answer", status=429, body="slow down", headers={"Retry-After": "7"})
    )
    org.faults.add(
        Fault(
            path=r"/zenhub/", kind="answer", status=200, body={"data": None, "errors": [{"message": "busy"}]}
        )
    )
    number = github.create("filed")
    limited = zenhub.post(world.ORGANIZATIONS)
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    assert zenhub.refused(world.ORGANIZATIONS) == "busy"
    assert zenhub.look(number)["number"] == number
    given = {"repositoryId": zenhub.repository(), "title": "lost"}
    org.faults.add(Fault(path=r"/zenhub/", kind="drop_after"))
    with pytest.raises(requests.ConnectionError):
        zenhub(world.CREATE, **{"in": given})
    assert [each["title"] for each in tracker.issues] == ["filed", "lost"]


def test_two_on_one_folder_see_the_same(org: Embedded, github: GitHub, tmp_path: Path, clock: Clock) -> None:
    """The second brings other seeds, which find everything there."""
    with a_tracker(tmp_path / "org", clock, repository="other/one", labels=("other",)) as second:
        there = GitHub(second)
        first = github.create("by the first", labels=["bug"])
        with there.http:
            assert there.create("by the second") == first + 1
            assert there("GET", f"{HERE}/issues/{first}").json()["title"] == "by the first"
        assert second.tracker.issues == org.tracker.issues
        assert second.tracker.github_token == org.tracker.github_token
        second.tracker.close(first, "not_planned", by="robin-engineer")
        closed = github("GET", f"{HERE}/issues/{first}").json()
        assert (closed["state_reason"], closed["closed_by"]["login"]) == ("not_planned", "robin-engineer")
        assert "other" not in org.tracker.labels


def test_writers_at_once_get_numbers_of_their_own(org: Embedded, tmp_path: Path, clock: Clock) -> None:
    with a_tracker(tmp_path / "org", clock) as second, ThreadPoolExecutor(4) as pool:
        clients = [GitHub(each) for each in (org, second) * 2]
        found = pool.map(lambda client: [client.create("at once") for _ in range(5)], clients)
        assert sorted(number for numbers in found for number in numbers) == list(range(1, 21))
        for client in clients:
            client.http.close()


def test_serve_tells_other_clients_where_it_is(org: Embedded, tracker: Tracker) -> None:
    told = environment(org)
    with session(org) as http:
        repository = f"{told['EMBEDDED_GITHUB']}/repos/{told['EMBEDDED_GITHUB_REPO']}"
        token = {"Authorization": f"Bearer {told['EMBEDDED_GITHUB_TOKEN']}"}
        assert http.get(repository, headers=token, timeout=10).status_code == 200
        asked = {"query": world.BOARD, "variables": {"ws": told["EMBEDDED_ZENHUB_WORKSPACE"]}}
        key = {"Authorization": f"Bearer {told['EMBEDDED_ZENHUB_TOKEN']}"}
        answer = http.post(told["EMBEDDED_ZENHUB"], json=asked, headers=key, timeout=10).json()
    assert answer["data"]["workspace"]["name"] == "Insights and Analytics"


def test_what_was_filed_is_there_the_next_time(tmp_path: Path, clock: Clock) -> None:
    with a_tracker(tmp_path / "a", clock) as org:
        org.tracker.open("kept")
    with a_tracker(tmp_path / "a", clock) as org:
        assert [each["title"] for each in org.tracker.issues] == ["kept"]
    assert (tmp_path / "a" / "tracker.sqlite3").stat().st_mode & 0o077 == 0


def test_seeds_are_taken(tmp_path: Path, clock: Clock) -> None:
    seeds = {
        "repository": "agency/public",
        "private": False,
        "push": False,
        "labels": ["one"],
        "priorities": ["Top"],
    }
    with a_tracker(
        tmp_path / "b", clock, login="someone", pipelines=[("In", None), ("Out", None)], **seeds
    ) as org:
        github, zenhub = GitHub(org), ZenHub(org)
        with github.http, zenhub.http:
            repository = github("GET", "/repos/agency/public").json()
            assert (repository["private"], repository["permissions"]["push"]) == (False, False)
            assert zenhub.priority("Top")
            assert zenhub(world.BOARD, ws=zenhub.workspace)["workspace"]["viewerPermission"] == "READ"
        tracker = org.tracker
        assert (tracker.login, tracker.labels, tracker.pipelines) == ("someone", ["one"], ["In", "Out"])
        assert tracker.issue(tracker.open("x"))["pipeline"] == "In"


def test_ids_are_the_same_in_every_new_tracker(tmp_path: Path, clock: Clock) -> None:
    found = []
    for name in ("c", "d"):
        with a_tracker(tmp_path / name, clock) as org, GitHub(org).http as http:
            made = http.post(f"{org.tracker.github}{HERE}/issues", json={"title": "x"}, timeout=10).json()
            found.append((made["id"], made["node_id"], made["html_url"], org.tracker.workspace_id))
    assert found[0] == found[1]


def test_deeds_name_what_is_not_there(tracker: Tracker) -> None:
    number = tracker.open("x")
    for deed in (
        lambda: tracker.close(99),
        lambda: tracker.move(number, "Nowhere"),
        lambda: tracker.comment(number, "x", by="nobody"),
        lambda: tracker.delete_label("unknown"),
    ):
        with pytest.raises(Misconfigured, match="has no"):
            deed()
    tracker.close(number)
    tracker.reopen(number)
    assert (tracker.issue(number)["state"], tracker.issue(number)["pipeline"]) == ("open", "New Issues")
    tracker.delete(number)
    with pytest.raises(Misconfigured, match="no issue"):
        tracker.issue(number)
