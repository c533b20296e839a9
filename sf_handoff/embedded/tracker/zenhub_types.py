"""The fields of ZenHub's types, each a function of what it belongs to and its arguments."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sf_handoff.embedded.tracker import board, ids, labels, people
from sf_handoff.embedded.tracker.board import Pipeline
from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.github_shapes import web_address
from sf_handoff.embedded.tracker.issues import Issue
from sf_handoff.embedded.tracker.people import Repository, User
from sf_handoff.embedded.tracker.zenhub_nodes import (
    Organization,
    on_board,
    organization,
    page,
    workspace,
)

Resolver: TypeAlias = Callable[[Desk, Any, Mapping[str, Any]], Any]
KINDS = {
    User: "ZenhubUser",
    Organization: "ZenhubOrganization",
    Pipeline: "Pipeline",
    Repository: "Repository",
    Issue: "Issue",
}
CLOSED = Pipeline(0, "Closed", None)


def type_of(value: Any) -> str:
    """Which Node it is."""
    return KINDS[type(value)]


def attribute(name: str) -> Resolver:
    return lambda desk, source, args: getattr(source, name)


def always(value: Any) -> Resolver:
    return lambda desk, source, args: value


def gid(kind: str) -> Resolver:
    return lambda desk, source, args: ids.gid(kind, source.id)


def workspaces(desk: Desk, source: object, args: Mapping[str, Any]) -> dict[str, Any]:
    """Those whose name holds the query, in any case."""
    one, query = workspace(desk), (args.get("query") or "").lower()
    return page([one] if query in one.name.lower() else [], args)


def html_url(desk: Desk, issue: Issue, args: Mapping[str, Any]) -> str:
    return web_address(people.repository(desk, issue.repository_id), issue)


def zenhub_url(desk: Desk, issue: Issue, args: Mapping[str, Any]) -> str:
    here, repository = workspace(desk, args["workspaceId"]), people.repository(desk, issue.repository_id)
    return f"{ids.BOARD}/workspaces/{here.id}/issues/gh/{repository.full_name}/{issue.number}"


def pipeline_issue(desk: Desk, issue: Issue, args: Mapping[str, Any]) -> Issue | None:
    """The place is a part of the issue here."""
    workspace(desk, args["workspaceId"])
    return issue if issue.pipeline_id else None


def permissions(desk: Desk, source: Repository, args: Mapping[str, Any]) -> dict[str, bool]:
    return {"admin": False, "pull": True, "push": bool(people.me(desk).push)}


def estimate(desk: Desk, issue: Issue, args: Mapping[str, Any]) -> dict[str, float] | None:
    return None if issue.estimate is None else {"value": issue.estimate}


FIELDS: dict[str, dict[str, Resolver]] = {
    "ZenhubUser": {
        "id": gid("ZenhubUser"),
        "name": attribute("login"),
        "githubUser": lambda desk, source, args: source,
        "searchWorkspaces": workspaces,
        "zenhubOrganizations": lambda desk, source, args: page([organization(desk)], args),
    },
    "User": {"id": gid("User"), "login": attribute("login")},
    "ZenhubOrganization": {
        "id": gid("ZenhubOrganization"),
        "name": attribute("name"),
        "workspaces": workspaces,
    },
    "Workspace": {
        "id": attribute("id"),
        "name": attribute("name"),
        "displayName": attribute("name"),
        "viewerPermission": lambda desk, source, args: "WRITE" if people.me(desk).push else "READ",
        "defaultRepository": lambda desk, source, args: on_board(desk)[0],
        "zenhubOrganization": lambda desk, source, args: organization(desk),
        "pipelinesConnection": lambda desk, source, args: page(board.pipelines(desk), args),
        "closedPipeline": always(CLOSED),
        "prioritiesConnection": lambda desk, source, args: page(board.priorities(desk), args),
        "repositoriesConnection": lambda desk, source, args: page(on_board(desk), args),
    },
    "Pipeline": {
        "id": gid("Pipeline"),
        "name": attribute("name"),
        "description": always(None),
        "stage": attribute("stage"),
    },
    "Priority": {
        "id": gid("Priority"),
        "name": attribute("name"),
        "color": attribute("color"),
        "description": always(None),
    },
    "PipelineIssue": {
        "id": gid("PipelineIssue"),
        "pipeline": lambda desk, source, args: board.pipeline(desk, source.pipeline_id),
        "priority": lambda desk, source, args: board.priority(desk, source.priority_id),
        "latestTransferTime": attribute("transferred_at"),
        "workspace": lambda desk, source, args: workspace(desk),
        "issue": lambda desk, source, args: source,
    },
    "Repository": {
        "id": gid("Repository"),
        "ghId": lambda desk, source, args: ids.github("Repository", source.id),
        "ghNodeId": lambda desk, source, args: ids.node("Repository", source.id),
        "name": attribute("name"),
        "ownerName": attribute("owner"),
        "type": always("GithubRepository"),
        "isPrivate": attribute("private"),
        "isArchived": lambda desk, source, args: False,
        "permissions": permissions,
        "labels": lambda desk, source, args: page(labels.of_repository(desk, source.id), args),
    },
    "Issue": {
        "id": gid("Issue"),
        "ghNodeId": lambda desk, source, args: ids.node("Issue", source.id),
        "number": attribute("number"),
        "title": attribute("title"),
        "body": attribute("body"),
        "htmlUrl": html_url,
        "zenhubUrl": zenhub_url,
        "state": lambda desk, source, args: source.state.upper(),
        "type": always("GithubIssue"),
        "pullRequest": attribute("pull_request"),
        "createdAt": attribute("created_at"),
        "updatedAt": attribute("updated_at"),
        "ghCreatedAt": attribute("created_at"),
        "ghUpdatedAt": attribute("updated_at"),
        "closedAt": attribute("closed_at"),
        "repository": lambda desk, source, args: people.repository(desk, source.repository_id),
        "labels": lambda desk, source, args: page(labels.of_issue(desk, source.id), args),
        "estimate": estimate,
        "pipelineIssue": pipeline_issue,
        "timelineItems": lambda desk, source, args: page(board.events(desk, source.id), args),
    },
    "Label": {
        "id": gid("Label"),
        "name": attribute("name"),
        "color": attribute("color"),
        "description": attribute("description"),
        "ghNodeId": lambda desk, source, args: ids.node("Label", source.id),
    },
    "TimelineItem": {
        "id": gid("TimelineItem"),
        "key": attribute("key"),
        "data": lambda desk, source, args: json.loads(source.data),
        "createdAt": attribute("created_at"),
        "updatedAt": attribute("created_at"),
    },
}
