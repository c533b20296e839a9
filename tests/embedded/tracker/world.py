"""Plain HTTP clients for the tracker, and the operations that a client of ZenHub sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from sf_handoff.embedded import Embedded, TrackerSeeds, running
from tests.conftest import Clock
from tests.embedded.world import MAPPINGS

HERE = "/repos/example-agency/hotline-issues"

WORKSPACES = """
query($q: String!) {
  viewer { id name githubUser { login } searchWorkspaces(query: $q, first: 5) { nodes { id name } totalCount } }
}"""
ORGANIZATIONS = """
query {
  viewer { zenhubOrganizations(first: 2) { nodes { id name workspaces(first: 5) { nodes { id displayName } } } } }
}"""
BOARD = """
query($ws: ID!) {
  workspace(id: $ws) {
    id name viewerPermission
    pipelinesConnection(first: 30) { nodes { id name stage } pageInfo { hasNextPage endCursor } }
    closedPipeline { id name }
    prioritiesConnection(first: 10) { nodes { id name color } }
  }
}"""
PIPELINES = """
query($ws: ID!, $first: Int, $after: String) {
  workspace(id: $ws) {
    pipelinesConnection(first: $first, after: $after) {
      nodes { name } pageInfo { hasNextPage endCursor } totalCount
    }
  }
}"""
REPOSITORIES = """
query($ws: ID!) {
  workspace(id: $ws) {
    defaultRepository { id }
    repositoriesConnection(first: 10) {
      nodes { id ghId ghNodeId ownerName name type isPrivate isArchived permissions { admin pull push } }
    }
  }
}"""
BY_GITHUB_ID = "query($ids: [Int!]!) { repositoriesByGhId(ghIds: $ids) { id name labels(first: 20) { nodes { name } } } }"
LOOKUP = """
query($repo: ID, $gh: Int, $n: Int!, $ws: ID!) {
  issueByInfo(repositoryId: $repo, repositoryGhId: $gh, issueNumber: $n) {
    id number title body state type pullRequest closedAt htmlUrl zenhubUrl(workspaceId: $ws)
    labels(first: 20) { nodes { name } }
    estimate { value }
    pipelineIssue(workspaceId: $ws) { id pipeline { id name } priority { name } latestTransferTime }
  }
}"""
POLL = """
query($ids: [ID!]!, $ws: ID!) {
  issues(ids: $ids) { id number state closedAt updatedAt pipelineIssue(workspaceId: $ws) { pipeline { name } } }
}"""
CANDIDATES = """
query($p: ID!, $f: IssueSearchFiltersInput!, $q: String, $first: Int = 25, $after: String) {
  searchIssuesByPipeline(pipelineId: $p, filters: $f, query: $q, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id number title }
  }
}"""
CLOSED = """
query($ws: ID!, $f: IssueSearchFiltersInput!) {
  searchClosedIssues(workspaceId: $ws, filters: $f, first: 25) { nodes { number state pipelineIssue(workspaceId: $ws) { id } } }
}"""
HISTORY = """
query($id: ID!) {
  node(id: $id) { id ... on Issue { timelineItems(first: 25) { nodes { key data createdAt } } } }
}"""
CREATE = """
mutation($in: CreateIssueInput!) {
  createIssue(input: $in) { issue { id number htmlUrl type state repository { id ghId } labels(first: 9) { nodes { name } } } }
}"""
UPDATE = "mutation($in: UpdateIssueInput!) { updateIssue(input: $in) { issue { title body state } } }"
CLOSE = """
mutation($in: CloseIssuesInput!) {
  closeIssues(input: $in) { successCount githubErrors failedIssues { number } }
}"""
REOPEN = """
mutation($in: ReopenIssuesInput!) {
  reopenIssues(input: $in) { successCount githubErrors failedIssues { number } }
}"""
MOVE = """
mutation($in: MoveIssueInput!, $ws: ID!) {
  moveIssue(input: $in) { pipeline { name } issue { id pipelineIssue(workspaceId: $ws) { pipeline { name } } } }
}"""
PRIORITISE = """
mutation($in: SetIssueInfoPrioritiesInput!) {
  setIssueInfoPriorities(input: $in) { pipelineIssues { id priority { name } issue { number } workspace { id } } }
}"""
UNPRIORITISE = """
mutation($in: RemoveIssueInfoPrioritiesInput!) {
  removeIssueInfoPriorities(input: $in) { pipelineIssues { priority { name } } }
}"""
ESTIMATE = "mutation($in: SetEstimateInput!) { setEstimate(input: $in) { issue { estimate { value } } } }"
LABEL = """
mutation($in: AddLabelsToIssuesInput!) {
  addLabelsToIssues(input: $in) { successCount githubErrors failedIssues { number } labels { id name } }
}"""
UNLABEL = """
mutation($in: RemoveLabelsFromIssuesInput!) {
  removeLabelsFromIssues(input: $in) { successCount githubErrors failedIssues { number } labels { name } }
}"""
NEW_LABEL = (
    "mutation($in: CreateGithubLabelInput!) { createGithubLabel(input: $in) { label { id name color } } }"
)
OPERATIONS = {
    name: text
    for name, text in list(globals().items())
    if isinstance(text, str) and text.lstrip().startswith(("query", "mutation"))
}


@contextmanager
def a_tracker(folder: Path, clock: Clock, **seeds: Any) -> Iterator[Embedded]:
    with running(folder, MAPPINGS, clock=clock, tracker=TrackerSeeds(**seeds)) as org:
        yield org


class GitHub:
    """The REST API over real sockets."""

    def __init__(self, org: Embedded) -> None:
        self.base = org.tracker.github
        self.http = session(org)
        self.http.headers["Authorization"] = f"Bearer {org.tracker.github_token}"

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        return self.http.request(
            method, self.base + path, json=body, timeout=10, allow_redirects=False, **more
        )

    def create(self, title: str, **more: Any) -> int:
        answer = self("POST", f"{HERE}/issues", {"title": title, **more})
        assert answer.status_code == 201, answer.text
        number: int = answer.json()["number"]
        return number


class ZenHub:
    """The GraphQL API over real sockets."""

    def __init__(self, org: Embedded) -> None:
        self.tracker = org.tracker
        self.http = session(org)
        self.http.headers["Authorization"] = f"Bearer {org.tracker.zenhub_token}"

    def post(self, query: str, **variables: Any) -> requests.Response:
        body = {"query": query, "variables": variables}
        return self.http.post(self.tracker.zenhub, json=body, timeout=10)

    def __call__(self, query: str, **variables: Any) -> Any:
        answer = self.post(query, **variables)
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    def refused(self, query: str, **variables: Any) -> str:
        """The code of the one error, else its message; the status is 200 all the same."""
        answer = self.post(query, **variables)
        assert answer.status_code == 200, answer.text
        (error,) = answer.json()["errors"]
        return str(error.get("extensions", {}).get("code") or error["message"])

    @property
    def workspace(self) -> str:
        return self.tracker.workspace_id

    def repository(self) -> str:
        found = self(REPOSITORIES, ws=self.workspace)["workspace"]["repositoriesConnection"]["nodes"]
        return str(found[0]["id"])

    def pipeline(self, name: str) -> str:
        found = self(BOARD, ws=self.workspace)["workspace"]["pipelinesConnection"]["nodes"]
        return next(str(each["id"]) for each in found if each["name"] == name)

    def priority(self, name: str) -> str:
        found = self(BOARD, ws=self.workspace)["workspace"]["prioritiesConnection"]["nodes"]
        return next(str(each["id"]) for each in found if each["name"] == name)

    def look(self, number: int) -> Any:
        return self(LOOKUP, repo=self.repository(), n=number, ws=self.workspace)["issueByInfo"]


def session(org: Embedded) -> requests.Session:
    http = requests.Session()
    http.trust_env = False
    http.verify = str(org.ca_file)
    return http
