"""What can be asked of ZenHub.

https://developers.zenhub.com/graphql-api-docs/examples
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sf_handoff.embedded.tracker import ids, issues, labels, people
from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.issues import Issue
from sf_handoff.embedded.tracker.zenhub_nodes import (
    issue_by_info,
    node,
    on_board,
    page,
    the_issue,
    the_pipeline,
    the_repository,
    workspace,
)
from sf_handoff.embedded.tracker.zenhub_types import Resolver


def by_pipeline(desk: Desk, source: object, args: Mapping[str, Any]) -> dict[str, Any]:
    """From the top of the column."""
    pipeline = the_pipeline(desk, args["pipelineId"])
    return page(_met(desk, "pipeline_id = ?", pipeline.id, args), args)


def closed(desk: Desk, source: object, args: Mapping[str, Any]) -> dict[str, Any]:
    workspace(desk, args["workspaceId"])
    return page(_met(desk, "state = ?", "closed", args), args)


def _met(desk: Desk, condition: str, value: str | int, args: Mapping[str, Any]) -> list[Issue]:
    """The issues that ZenHub has seen by now and that meet the query and the filters."""
    filters, query = args["filters"], (args.get("query") or "").lower()
    given = filters.get("repositoryIds")
    boards = {each.id for each in on_board(desk)}
    within = boards if given is None else {the_repository(desk, each).id for each in given}
    found = issues.select(
        desk, f"{condition} AND NOT deleted AND moved_to IS NULL AND NOT pull_request AND created_at <= ?",
        value, desk.before(desk.rules.board_lag), order="place, id",
    )  # fmt: skip
    if filters.get("displayType") == "prs":
        return []
    return [
        each
        for each in found
        if each.repository_id in within and query in each.title.lower() and _labelled(desk, each, filters)
    ]


def _labelled(desk: Desk, issue: Issue, filters: Mapping[str, Any]) -> bool:
    """All the labels wanted, or with `matchType: any` one of them; none of those not wanted."""
    has = {each.name.lower() for each in labels.of_issue(desk, issue.id)}
    asked = filters.get("labels") or {}
    wanted = {name.lower() for name in asked.get("in") or ()}
    unwanted = {name.lower() for name in asked.get("nin") or ()}
    if asked.get("notInAny") and has:
        return False
    enough = bool(wanted & has) if wanted and filters.get("matchType") == "any" else wanted <= has
    return enough and not unwanted & has


QUERIES: dict[str, Resolver] = {
    "viewer": lambda desk, source, args: people.me(desk),
    "workspace": lambda desk, source, args: workspace(desk, args["id"]),
    "node": lambda desk, source, args: node(desk, args["id"]),
    "issues": lambda desk, source, args: [the_issue(desk, each) for each in args["ids"]],
    "issueByInfo": lambda desk, source, args: issue_by_info(desk, args),
    "repositoriesByGhId": lambda desk, source, args: [
        each for each in on_board(desk) if ids.github("Repository", each.id) in args["ghIds"]
    ],
    "searchIssuesByPipeline": by_pipeline,
    "searchClosedIssues": closed,
}
