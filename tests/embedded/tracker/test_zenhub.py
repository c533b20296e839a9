from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sf_handoff.embedded import Tracker
from tests.conftest import Clock
from tests.embedded.tracker import world
from tests.embedded.tracker.world import HERE, GitHub, ZenHub

COLUMNS = ["New Issues", "Icebox", "Product Backlog", "Sprint Backlog", "In Progress", "Review/QA", "Done"]


def nodes(connection: Any, *path: str) -> list[Any]:
    for each in path:
        connection = connection[each]
    return list(connection["nodes"])


def candidates(zenhub: ZenHub, pipeline: str, **more: Any) -> list[int]:
    found = zenhub(world.CANDIDATES, p=zenhub.pipeline(pipeline), **{"f": {}, **more})
    return [each["number"] for each in nodes(found, "searchIssuesByPipeline")]


def test_the_workspace_is_found_by_name_and_by_id(zenhub: ZenHub, tracker: Tracker) -> None:
    viewer = zenhub(world.WORKSPACES, q="insights")["viewer"]
    assert viewer["githubUser"]["login"] == tracker.login
    assert nodes(viewer, "searchWorkspaces") == [
        {"id": tracker.workspace_id, "name": "Insights and Analytics"}
    ]
    assert nodes(zenhub(world.WORKSPACES, q="unknown"), "viewer", "searchWorkspaces") == []
    (organization,) = nodes(zenhub(world.ORGANIZATIONS), "viewer", "zenhubOrganizations")
    assert nodes(organization, "workspaces") == [
        {"id": tracker.workspace_id, "displayName": "Insights and Analytics"}
    ]
    board = zenhub(world.BOARD, ws=tracker.workspace_id)["workspace"]
    assert [each["name"] for each in nodes(board, "pipelinesConnection")] == COLUMNS == tracker.pipelines
    assert nodes(board, "pipelinesConnection")[4]["stage"] == "DEVELOPMENT"
    assert [each["name"] for each in nodes(board, "prioritiesConnection")] == [
        "Urgent",
        "High priority",
        "Medium priority",
        "Low priority",
    ]
    assert board["viewerPermission"] == "WRITE"
    assert zenhub.refused(world.BOARD, ws="0" * 24) == "NOT_FOUND"


def test_the_closed_column_is_virtual(zenhub: ZenHub) -> None:
    board = zenhub(world.BOARD, ws=zenhub.workspace)["workspace"]
    assert board["closedPipeline"] == {"id": "Z2lkOi8vcmFwdG9yL1BpcGVsaW5lLzA", "name": "Closed"}
    assert zenhub.refused(world.CANDIDATES, p=board["closedPipeline"]["id"], f={}) == "NOT_FOUND"


def test_the_repository_is_known_by_githubs_number(zenhub: ZenHub, github: GitHub) -> None:
    workspace = zenhub(world.REPOSITORIES, ws=zenhub.workspace)["workspace"]
    (repository,) = nodes(workspace, "repositoriesConnection")
    real = github("GET", HERE).json()
    assert (repository["ghId"], repository["ghNodeId"], repository["isPrivate"]) == (
        real["id"],
        real["node_id"],
        True,
    )
    assert (repository["type"], repository["isArchived"], repository["permissions"]["push"]) == (
        "GithubRepository",
        False,
        True,
    )
    assert workspace["defaultRepository"]["id"] == repository["id"]
    (found,) = zenhub(world.BY_GITHUB_ID, ids=[real["id"], 5])["repositoriesByGhId"]
    assert [each["name"] for each in nodes(found, "labels")] == ["bug", "duplicate", "question", "wontfix"]


def test_what_github_has_stands_on_the_board(zenhub: ZenHub, github: GitHub, tracker: Tracker) -> None:
    number = github.create("From GitHub", body="text", labels=["bug"])
    found = zenhub.look(number)
    assert (found["title"], found["body"], found["state"], found["type"]) == (
        "From GitHub",
        "text",
        "OPEN",
        "GithubIssue",
    )
    assert found["pipelineIssue"]["pipeline"]["name"] == "New Issues"
    assert (found["pipelineIssue"]["priority"], found["estimate"]) == (None, None)
    assert found["pipelineIssue"]["latestTransferTime"] == "2026-11-20T15:04:30Z"
    assert found["htmlUrl"] == github("GET", f"{HERE}/issues/{number}").json()["html_url"]
    assert found["zenhubUrl"].endswith(
        f"{tracker.workspace_id}/issues/gh/example-agency/hotline-issues/{number}"
    )
    assert nodes(found, "labels") == [{"name": "bug"}]
    gh = github("GET", HERE).json()["id"]
    assert zenhub(world.LOOKUP, gh=gh, n=number, ws=zenhub.workspace)["issueByInfo"] == found
    polled = zenhub(world.POLL, ids=[found["id"]], ws=zenhub.workspace)["issues"]
    assert [(each["number"], each["pipelineIssue"]["pipeline"]["name"]) for each in polled] == [
        (number, "New Issues")
    ]


def test_what_zenhub_creates_is_on_github(zenhub: ZenHub, github: GitHub, tracker: Tracker) -> None:
    given = {
        "repositoryId": zenhub.repository(),
        "title": "From ZenHub",
        "body": "text",
        "labels": ["bug", "new"],
    }
    made = zenhub(world.CREATE, **{"in": given})["createIssue"]["issue"]
    assert (made["number"], made["state"], [each["name"] for each in nodes(made, "labels")]) == (
        1,
        "OPEN",
        ["bug", "new"],
    )
    real = github("GET", f"{HERE}/issues/1").json()
    assert (real["title"], real["body"], real["user"]["login"]) == ("From ZenHub", "text", tracker.login)
    assert zenhub(world.CREATE, **{"in": given})["createIssue"]["issue"]["number"] == 2, "no idempotency key"


@pytest.mark.parametrize("wrong", [{"title": " "}, {"title": "x" * 257}, {"body": "x" * 65_537}])
def test_zenhub_creates_nothing_that_github_refuses(
    zenhub: ZenHub, tracker: Tracker, wrong: dict[str, str]
) -> None:
    given = {"repositoryId": zenhub.repository(), "title": "x", **wrong}
    assert zenhub.refused(world.CREATE, **{"in": given}) == "UNPROCESSABLE"
    assert tracker.issues == []


def test_an_issue_is_moved(zenhub: ZenHub, tracker: Tracker, clock: Clock) -> None:
    one, two, three = (tracker.open(title) for title in ("one", "two", "three"))
    ids = {number: zenhub.look(number)["id"] for number in (one, two, three)}
    to = {"pipelineId": zenhub.pipeline("In Progress")}
    clock.forward(hours=1)
    for number, place in ((one, {}), (two, {}), (three, {"position": 1}), (three, {"position": 99})):
        moved = zenhub(world.MOVE, ws=zenhub.workspace, **{"in": {"issueId": ids[number], **to, **place}})[
            "moveIssue"
        ]
        assert (
            moved["issue"]["pipelineIssue"]["pipeline"]["name"] == moved["pipeline"]["name"] == "In Progress"
        )
    assert candidates(zenhub, "In Progress") == [two, one, three], "without a position: on top"
    assert candidates(zenhub, "New Issues") == []
    assert zenhub.look(one)["pipelineIssue"]["latestTransferTime"] == "2026-11-20T16:04:30Z"
    history = nodes(zenhub(world.HISTORY, id=ids[three]), "node", "timelineItems")
    assert [each["key"] for each in history] == ["issue.change_pipeline"], "to where it stands is no move"
    data = history[0]["data"]
    assert (data["from_pipeline"]["name"], data["to_pipeline"]["name"]) == ("New Issues", "In Progress")
    assert data["github_user"]["login"] == tracker.login


def test_an_issue_is_prioritised_and_estimated(zenhub: ZenHub, tracker: Tracker) -> None:
    info = {"repositoryId": zenhub.repository(), "issueNumber": tracker.open("x")}
    given = {"priorityId": zenhub.priority("Urgent"), "issues": [info]}
    (placed,) = zenhub(world.PRIORITISE, **{"in": given})["setIssueInfoPriorities"]["pipelineIssues"]
    assert (placed["priority"]["name"], placed["issue"]["number"], placed["workspace"]["id"]) == (
        "Urgent",
        1,
        tracker.workspace_id,
    )
    issue = zenhub.look(1)["id"]
    estimated = zenhub(world.ESTIMATE, **{"in": {"issueId": issue, "value": 3}})["setEstimate"]["issue"]
    assert estimated["estimate"] == {"value": 3.0}
    assert (tracker.issue(1)["priority"], tracker.issue(1)["estimate"]) == ("Urgent", 3.0)
    removed = {"workspaceId": tracker.workspace_id, "issues": [info]}
    (placed,) = zenhub(world.UNPRIORITISE, **{"in": removed})["removeIssueInfoPriorities"]["pipelineIssues"]
    assert placed["priority"] is None
    assert zenhub(world.ESTIMATE, **{"in": {"issueId": issue}})["setEstimate"]["issue"]["estimate"] is None
    history = nodes(zenhub(world.HISTORY, id=issue), "node", "timelineItems")
    assert [each["key"] for each in history] == [
        "issue.set_priority",
        "issue.set_estimate",
        "issue.remove_priority",
        "issue.set_estimate",
    ]


def test_a_pull_request_takes_no_priority_and_is_no_candidate(zenhub: ZenHub, tracker: Tracker) -> None:
    number = tracker.open("a change", pull_request=True)
    info = {"repositoryId": zenhub.repository(), "issueNumber": number}
    assert (
        zenhub.refused(
            world.PRIORITISE, **{"in": {"priorityId": zenhub.priority("Urgent"), "issues": [info]}}
        )
        == "NOT_FOUND"
    )
    assert zenhub.look(number)["pullRequest"] is True
    assert candidates(zenhub, "New Issues") == []


def test_labels_go_to_github(zenhub: ZenHub, tracker: Tracker) -> None:
    issue = zenhub.look(tracker.open("x"))["id"]
    named = {"issueIds": [issue], "labelInfos": [{"name": "bug"}, {"name": "fresh", "color": "d4c5f9"}]}
    for _ in range(2):
        added = zenhub(world.LABEL, **{"in": named})["addLabelsToIssues"]
        assert (added["successCount"], added["githubErrors"], added["failedIssues"]) == (1, [], [])
    assert tracker.issue(1)["labels"] == ["bug", "fresh"]
    by_id = {"issueIds": [issue], "labelIds": [added["labels"][0]["id"]]}
    for _ in range(2):
        assert zenhub(world.UNLABEL, **{"in": by_id})["removeLabelsFromIssues"]["labels"] == [{"name": "bug"}]
    assert tracker.issue(1)["labels"] == ["fresh"]
    unknown = {"issueIds": [issue], "labelInfos": [{"name": "unknown"}]}
    assert zenhub(world.UNLABEL, **{"in": unknown})["removeLabelsFromIssues"]["successCount"] == 1
    assert zenhub.refused(world.LABEL, **{"in": {"issueIds": [issue]}}) == "UNPROCESSABLE"
    new = {"repositoryId": zenhub.repository(), "name": "made", "color": "#00ff00"}
    made = zenhub(world.NEW_LABEL, **{"in": new})["createGithubLabel"]["label"]
    assert (made["name"], made["color"]) == ("made", "00ff00") and "made" in tracker.labels
    assert zenhub.refused(world.NEW_LABEL, **{"in": new}) == "NOT_UNIQUE"


def test_an_issue_is_closed_and_reopened(zenhub: ZenHub, github: GitHub, tracker: Tracker) -> None:
    issue = zenhub.look(tracker.open("x"))["id"]
    assert zenhub(world.CLOSE, **{"in": {"issueIds": [issue]}})["closeIssues"]["successCount"] == 1
    assert github("GET", f"{HERE}/issues/1").json()["state_reason"] == "completed"
    assert (zenhub.look(1)["state"], zenhub.look(1)["pipelineIssue"]) == ("CLOSED", None)
    move = {"issueId": issue, "pipelineId": zenhub.pipeline("Done")}
    assert zenhub.refused(world.MOVE, ws=zenhub.workspace, **{"in": move}) == "NOT_FOUND"
    (closed,) = nodes(zenhub(world.CLOSED, ws=zenhub.workspace, f={}), "searchClosedIssues")
    assert closed == {"number": 1, "state": "CLOSED", "pipelineIssue": None}
    tracker.move(tracker.open("there before"), "Icebox")
    for position, order in (("END", [2, 1]), ("START", [1, 2])):
        tracker.close(1)
        again = {"issueIds": [issue], "pipelineId": zenhub.pipeline("Icebox"), "position": position}
        assert zenhub(world.REOPEN, **{"in": again})["reopenIssues"]["successCount"] == 1
        assert candidates(zenhub, "Icebox") == order
    assert (tracker.issue(1)["state"], tracker.issue(1)["pipeline"]) == ("open", "Icebox")
    changed = zenhub(world.UPDATE, **{"in": {"issueId": issue, "title": "new", "state": "CLOSED"}})[
        "updateIssue"
    ]["issue"]
    assert (changed["title"], changed["state"]) == ("new", "CLOSED")
    assert (
        zenhub(world.UPDATE, **{"in": {"issueId": issue, "state": "OPEN"}})["updateIssue"]["issue"]["state"]
        == "OPEN"
    )


def test_without_the_right_to_push_the_bulk_ones_say_so(zenhub: ZenHub, tracker: Tracker) -> None:
    issue = zenhub.look(tracker.open("x"))["id"]
    tracker.let_push(allowed=False)
    closed = zenhub(world.CLOSE, **{"in": {"issueIds": [issue]}})["closeIssues"]
    assert (closed["successCount"], closed["failedIssues"]) == (0, [{"number": 1}])
    assert closed["githubErrors"][0]["status"] == 403
    assert zenhub.refused(world.UPDATE, **{"in": {"issueId": issue, "title": "new"}}) == "FORBIDDEN"
    new = {"repositoryId": zenhub.repository(), "name": "made", "color": "00ff00"}
    assert zenhub.refused(world.NEW_LABEL, **{"in": new}) == "FORBIDDEN"
    made = zenhub(
        world.CREATE, **{"in": {"repositoryId": zenhub.repository(), "title": "x", "labels": ["bug"]}}
    )
    assert nodes(made, "createIssue", "issue", "labels") == []
    assert tracker.issue(1)["state"] == "open"


def test_candidates_are_filtered(zenhub: ZenHub, tracker: Tracker) -> None:
    bug, plain, both = (
        tracker.open("Sign-in", label="bug"),
        tracker.open("Search sign", "sign-in"),
        tracker.open("both", label="bug"),
    )
    tracker.rules = replace(tracker.rules, complexity=500)
    zenhub(
        world.LABEL, **{"in": {"issueIds": [zenhub.look(both)["id"]], "labelInfos": [{"name": "question"}]}}
    )

    def found(**filters: Any) -> list[int]:
        return candidates(zenhub, "New Issues", f=filters)

    assert found(labels={"in": ["Bug", "question"]}) == [both]
    assert found(labels={"in": ["bug", "question"]}, matchType="any") == [bug, both]
    assert found(labels={"nin": ["question"]}) == [bug, plain]
    assert found(labels={"notInAny": True}) == [plain]
    assert found(repositoryIds=[zenhub.repository()], displayType="issues") == [bug, plain, both]
    assert (found(repositoryIds=[]), found(displayType="prs")) == ([], [])
    assert candidates(zenhub, "New Issues", q="sign-in") == [bug], "titles only"


def test_connections_have_pages(zenhub: ZenHub) -> None:
    found, after, more = [], None, True
    while more:
        page = zenhub(world.PIPELINES, ws=zenhub.workspace, first=3, after=after)["workspace"][
            "pipelinesConnection"
        ]
        found += [each["name"] for each in page["nodes"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 7
    assert found == COLUMNS
    assert zenhub.refused(world.PIPELINES, ws=zenhub.workspace, first=3, after="?") == "UNPROCESSABLE"
    assert zenhub.refused(world.PIPELINES, ws=zenhub.workspace, first=-1) == "UNPROCESSABLE"


def test_a_page_holds_a_hundred(zenhub: ZenHub, tracker: Tracker) -> None:
    tracker.rules = replace(tracker.rules, complexity=1000)
    for place in range(101):
        tracker.open(f"issue {place}")
    assert len(candidates(zenhub, "New Issues", first=200)) == 100


@pytest.mark.parametrize(
    "variables",
    [
        {"repo": "nonsense", "n": 1},
        {"repo": "Z2lkOi8vcmFwdG9yL1BpcGVsaW5lLzA", "n": 1},
        {"gh": 5, "n": 1},
        {"gh": 700000001, "n": 9},
    ],
)
def test_what_is_missing_is_an_error_not_null(zenhub: ZenHub, variables: dict[str, Any]) -> None:
    assert zenhub.refused(world.LOOKUP, ws=zenhub.workspace, **variables) == "NOT_FOUND"


def test_an_issue_is_asked_for_by_exactly_one_id_of_its_repository(zenhub: ZenHub) -> None:
    assert zenhub.refused(world.LOOKUP, ws=zenhub.workspace, n=1) == "UNPROCESSABLE"
    assert (
        zenhub.refused(world.LOOKUP, ws=zenhub.workspace, n=1, repo=zenhub.repository(), gh=700000001)
        == "UNPROCESSABLE"
    )


def test_a_node_of_each_kind_is_found_by_its_id(zenhub: ZenHub, tracker: Tracker) -> None:
    viewer = zenhub(world.WORKSPACES, q="")["viewer"]["id"]
    (organization,) = nodes(zenhub(world.ORGANIZATIONS), "viewer", "zenhubOrganizations")
    issue = zenhub.look(tracker.open("x"))["id"]
    for each in (viewer, organization["id"], issue, zenhub.repository(), zenhub.pipeline("Done")):
        assert zenhub("query($id: ID!) { node(id: $id) { id __typename } }", id=each)["node"]["id"] == each
    for wrong in ("nonsense", zenhub.priority("Urgent"), viewer[:-2] + "5"):
        assert zenhub.refused(world.HISTORY, id=wrong) == "NOT_FOUND"


def test_deleted_and_transferred_issues_are_off_the_board(zenhub: ZenHub, tracker: Tracker) -> None:
    gone, moved = tracker.open("gone"), tracker.open("moved")
    ids = [zenhub.look(each)["id"] for each in (gone, moved)]
    tracker.delete(gone)
    tracker.transfer(moved, "example-agency/elsewhere")
    assert candidates(zenhub, "New Issues") == []
    for each in ids:
        assert zenhub.refused(world.POLL, ids=[each], ws=zenhub.workspace) == "NOT_FOUND"


def test_staff_move_issues_and_rename_columns(zenhub: ZenHub, tracker: Tracker) -> None:
    number = tracker.open("x")
    tracker.move(number, "Review/QA", by="robin-engineer")
    tracker.rename_pipeline("Review/QA", "Checking")
    found = zenhub.look(number)
    assert found["pipelineIssue"]["pipeline"]["name"] == "Checking" == tracker.issue(number)["pipeline"]
    (event,) = nodes(zenhub(world.HISTORY, id=found["id"]), "node", "timelineItems")
    assert (event["data"]["to_pipeline"]["name"], event["data"]["github_user"]["login"]) == (
        "Review/QA",
        "robin-engineer",
    )


def test_the_board_lags_behind_github(zenhub: ZenHub, github: GitHub, tracker: Tracker, clock: Clock) -> None:
    tracker.rules = replace(tracker.rules, board_lag=timedelta(seconds=5))
    number = github.create("new")
    variables = {"repo": zenhub.repository(), "n": number, "ws": zenhub.workspace}
    assert zenhub.refused(world.LOOKUP, **variables) == "NOT_FOUND"
    assert candidates(zenhub, "New Issues") == []
    clock.forward(seconds=5)
    assert zenhub.look(number)["number"] == number
