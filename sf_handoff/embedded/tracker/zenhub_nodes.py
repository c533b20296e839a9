"""Finding what a query names, and the pages of a connection."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from graphql import GraphQLError

from sf_handoff.embedded.tracker import board, ids, issues, labels, people
from sf_handoff.embedded.tracker.board import Pipeline, Priority
from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.issues import Issue
from sf_handoff.embedded.tracker.labels import Label
from sf_handoff.embedded.tracker.people import Repository, User

Kind = TypeVar("Kind", Repository, Pipeline, Priority, User, "Organization")
LARGEST_PAGE = 100


@dataclass(frozen=True)
class Workspace:
    id: str
    name: str


@dataclass(frozen=True)
class Organization:
    id: int
    name: str


def refusal(message: str, code: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def no_resource() -> GraphQLError:
    return refusal("Resource not found", "NOT_FOUND")


def workspace(desk: Desk, workspace_id: str | None = None) -> Workspace:
    """The one there is, if that is what was asked for."""
    if workspace_id not in {None, desk.setting("workspace_id")}:
        raise no_resource()
    return Workspace(desk.setting("workspace_id"), desk.setting("workspace_name"))


def organization(desk: Desk) -> Organization:
    return Organization(1, desk.setting("repository").partition("/")[0])


def on_board(desk: Desk) -> list[Repository]:
    return [each for each in people.repositories(desk) if each.on_board]


def known(desk: Desk, issue: Issue | None) -> Issue:
    """The issue, if it is there and ZenHub has seen it by now."""
    if issue is None or issue.gone or issue.created_at > desk.before(desk.rules.board_lag):
        raise no_resource()
    if issue.repository_id not in {each.id for each in on_board(desk)}:
        raise no_resource()
    return issue


def the_issue(desk: Desk, gid: str) -> Issue:
    return known(desk, issues.get(desk, _number(gid, "Issue")))


def the_repository(desk: Desk, gid: str) -> Repository:
    return _one(on_board(desk), gid, "Repository")


def the_label(desk: Desk, gid: str) -> Label:
    label = labels.get(desk, _number(gid, "Label"))
    if label is None:
        raise no_resource()
    return label


def the_pipeline(desk: Desk, gid: str) -> Pipeline:
    """A column. The Closed one cannot be searched, nor moved to."""
    return _one(board.pipelines(desk), gid, "Pipeline")


def the_priority(desk: Desk, gid: str) -> Priority:
    return _one(board.priorities(desk), gid, "Priority")


def issue_by_info(desk: Desk, info: Mapping[str, Any]) -> Issue:
    """By number, and exactly one of a repository's two ids."""
    gid, github_id = info.get("repositoryId"), info.get("repositoryGhId")
    if (gid is None) == (github_id is None):
        raise refusal("Give one of repositoryId and repositoryGhId", "UNPROCESSABLE")
    number = _number(gid, "Repository") if gid else ids.from_github("Repository", github_id or 0)
    repository = _numbered(on_board(desk), number)
    return known(desk, issues.find(desk, repository.id, info["issueNumber"]))


def node(desk: Desk, gid: str) -> Any:
    kind = (ids.from_gid(gid) or ("", 0))[0]
    if kind not in NODES:
        raise no_resource()
    return NODES[kind](desk, gid)


def page(found: Sequence[Any], args: Mapping[str, Any]) -> dict[str, Any]:
    """A Relay connection over `found`: at most 100 at once, cursors count from the start."""
    start, size = _after(args.get("after")), args.get("first")
    if size is not None and size < 0:
        raise refusal("first must not be negative", "UNPROCESSABLE")
    end = min(start + min(LARGEST_PAGE if size is None else size, LARGEST_PAGE), len(found))
    cursor = base64.b64encode(str(end).encode()).decode().rstrip("=") if end > start else None
    return {
        "nodes": found[start:end],
        "pageInfo": {"hasNextPage": end < len(found), "endCursor": cursor},
        "totalCount": len(found),
    }


def _after(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        return int(base64.b64decode(cursor + "=" * (-len(cursor) % 4), validate=True))
    except (binascii.Error, ValueError):
        raise refusal("Invalid cursor", "UNPROCESSABLE") from None


def _number(gid: str, kind: str) -> int:
    found = ids.from_gid(gid)
    if found is None or found[0] != kind:
        raise no_resource()
    return found[1]


def _one(found: Sequence[Kind], gid: str, kind: str) -> Kind:
    """The one of a kind that a global id names."""
    return _numbered(found, _number(gid, kind))


def _numbered(found: Sequence[Kind], number: int) -> Kind:
    for each in found:
        if each.id == number:
            return each
    raise no_resource()


NODES: dict[str, Callable[[Desk, str], Any]] = {
    "Issue": the_issue,
    "Repository": the_repository,
    "Pipeline": the_pipeline,
    "ZenhubUser": lambda desk, gid: _one([people.me(desk)], gid, "ZenhubUser"),
    "ZenhubOrganization": lambda desk, gid: _one([organization(desk)], gid, "ZenhubOrganization"),
}
