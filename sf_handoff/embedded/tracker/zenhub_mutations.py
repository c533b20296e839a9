"""What can be done through ZenHub. What belongs to GitHub is done there, with the rights of the key's user.

The bulk ones answer 200 and say in `failedIssues` and `githubErrors` what GitHub did not do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sf_handoff.embedded.tracker import board, issues, labels, people
from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.issues import Issue
from sf_handoff.embedded.tracker.labels import Label
from sf_handoff.embedded.tracker.zenhub_nodes import (
    issue_by_info,
    no_resource,
    refusal,
    the_issue,
    the_label,
    the_pipeline,
    the_priority,
    the_repository,
    workspace,
)
from sf_handoff.embedded.tracker.zenhub_types import Resolver

NOT_PUSHING = "Must have admin rights to Repository."


def create_issue(desk: Desk, source: object, given: Mapping[str, Any]) -> dict[str, Issue]:
    """On GitHub, which drops the labels of one who may not push."""
    repository, me = the_repository(desk, given["repositoryId"]), people.me(desk)
    issue = issues.create(desk, repository, me, given["title"], given.get("body"))
    if me.push:
        names = given.get("labels") or ()
        labels.put(desk, issue.id, [labels.ensured(desk, repository.id, name) for name in names])
    return {"issue": issue}


def update_issue(desk: Desk, source: object, given: Mapping[str, Any]) -> dict[str, Issue]:
    issue = the_issue(desk, given["issueId"])
    if not people.me(desk).push and issue.author_id != people.me(desk).id:
        raise refusal(NOT_PUSHING, "FORBIDDEN")
    issues.edit(
        desk, issue, **{name: given[name] for name in ("title", "body") if given.get(name) is not None}
    )
    if given.get("state") == "CLOSED":
        issues.close(desk, issue, people.me(desk))
    elif given.get("state") == "OPEN":
        issues.reopen(desk, issue)
    return {"issue": issues.again(desk, issue)}


def close_issues(desk: Desk, source: object, given: Mapping[str, Any]) -> dict[str, Any]:
    """No reason can be given: GitHub takes it for completed."""
    return _bulk(desk, given["issueIds"], lambda issue: issues.close(desk, issue, people.me(desk)))


def reopen_issues(desk: Desk, source: object, given: Mapping[str, Any]) -> dict[str, Any]:
    pipeline, place = the_pipeline(desk, given["pipelineId"]), 0 if given["position"] == "START" else None

    def reopen(issue: Issue) -> None:
        issues.reopen(desk, issue)
        board.move(desk, issue.id, pipeline, people.me(desk), place)

    return _bulk(desk, given["issueIds"], reopen)


def add_labels(desk: Desk, source: object, given: Mapping[str, Any]) -> dict[str, Any]:
    put: dict[int, Label] = {}

    def add(issue: Issue) -> None:
        wanted = _labels(desk, issue, given, make=True)
        labels.put(desk, issue.id, wanted)
        put.update({each.id: each for each in wanted})
        issues.edit(desk, issue)

    return {**_bulk(desk, given["issueIds"], add), "labels": list(put.values())}


def remove_labels(desk: Desk, source: object, given: Mapping[str, Any]) -> dict[str, Any]:
    """A label that the issue has not does no harm."""
    taken: dict[int, Label] = {}

    def remove(issue: Issue) -> None:
        for each in _labels(desk, issue, given, make=False):
            labels.take(desk, issue.id, each)
            taken[each.id] = each
        issues.edit(desk, issue)

    return {**_bulk(desk, given["issueIds"], remove), "labels": list(taken.values())}


def create_label(desk: Desk, source: object, given: Mapping[str, Any]) -> dict[str, Label]:
    repository = the_repository(desk, given["repositoryId"])
    if not people.me(desk).push:
        raise refusal(NOT_PUSHING, "FORBIDDEN")
    if labels.find(desk, repository.id, given["name"]):
        raise refusal("Not unique", "NOT_UNIQUE")
    color = given["color"].removeprefix("#")
    return {"label": labels.create(desk, repository.id, given["name"], color, given.get("description"))}


def move_issue(desk: Desk, source: object, given: Mapping[str, Any]) -> dict[str, Any]:
    """To where it stands is fine too; a closed issue stands nowhere."""
    issue, pipeline = _placed(the_issue(desk, given["issueId"])), the_pipeline(desk, given["pipelineId"])
    board.move(desk, issue.id, pipeline, people.me(desk), given.get("position") or 0)
    return {"issue": issues.again(desk, issue), "pipeline": pipeline}


def set_estimate(desk: Desk, source: object, given: Mapping[str, Any]) -> dict[str, Issue]:
    issue = the_issue(desk, given["issueId"])
    board.estimate(desk, issue.id, given.get("value"), people.me(desk))
    return {"issue": issues.again(desk, issue)}


def set_priorities(desk: Desk, source: object, given: Mapping[str, Any]) -> dict[str, list[Issue]]:
    return _prioritised(desk, given["issues"], the_priority(desk, given["priorityId"]))


def remove_priorities(desk: Desk, source: object, given: Mapping[str, Any]) -> dict[str, list[Issue]]:
    workspace(desk, given["workspaceId"])
    return _prioritised(desk, given["issues"], None)


def _prioritised(
    desk: Desk, infos: Sequence[Mapping[str, Any]], priority: board.Priority | None
) -> dict[str, list[Issue]]:
    found = [_placed(issue_by_info(desk, each)) for each in infos]
    if any(each.pull_request for each in found):
        raise no_resource()
    for each in found:
        board.prioritise(desk, each.id, priority, people.me(desk))
    return {"pipelineIssues": [issues.again(desk, each) for each in found]}


def _placed(issue: Issue) -> Issue:
    if issue.pipeline_id is None:
        raise no_resource()
    return issue


def _bulk(desk: Desk, gids: Sequence[str], do: Callable[[Issue], None]) -> dict[str, Any]:
    found = [the_issue(desk, each) for each in gids]
    if not people.me(desk).push:
        return {
            "successCount": 0,
            "failedIssues": found,
            "githubErrors": [{"status": 403, "message": NOT_PUSHING}],
        }
    for each in found:
        do(each)
    return {"successCount": len(found), "failedIssues": [], "githubErrors": []}


def _labels(desk: Desk, issue: Issue, given: Mapping[str, Any], *, make: bool) -> list[Label]:
    """Those named by id or by name; one of the two ways."""
    by_id, by_name = given.get("labelIds"), given.get("labelInfos")
    if (by_id is None) == (by_name is None):
        raise refusal("Give one of labelIds and labelInfos", "UNPROCESSABLE")
    if by_id is not None:
        return [the_label(desk, each) for each in by_id]
    if make:
        return [
            labels.ensured(
                desk, issue.repository_id, each.get("name") or "", each.get("color") or labels.COLOR
            )
            for each in by_name or ()
        ]
    found = (labels.find(desk, issue.repository_id, each.get("name") or "") for each in by_name or ())
    return [each for each in found if each]


MUTATIONS: dict[str, Resolver] = {
    "createIssue": create_issue,
    "updateIssue": update_issue,
    "closeIssues": close_issues,
    "reopenIssues": reopen_issues,
    "addLabelsToIssues": add_labels,
    "removeLabelsFromIssues": remove_labels,
    "createGithubLabel": create_label,
    "moveIssue": move_issue,
    "setEstimate": set_estimate,
    "setIssueInfoPriorities": set_priorities,
    "removeIssueInfoPriorities": remove_priorities,
}
