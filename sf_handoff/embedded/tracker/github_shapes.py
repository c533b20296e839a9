"""How GitHub renders what it has.

https://docs.github.com/en/rest/issues/issues
"""

from __future__ import annotations

from typing import Any

from sf_handoff.embedded.tracker import ids, labels, people
from sf_handoff.embedded.tracker.comments import Comment
from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.issues import Issue
from sf_handoff.embedded.tracker.labels import Label
from sf_handoff.embedded.tracker.people import Repository, User


def a_user(user: User) -> dict[str, Any]:
    return {
        "login": user.login,
        **_ids("User", user.id),
        "html_url": f"{ids.WEB}/{user.login}",
        "type": "User",
        "site_admin": False,
    }


def a_repository(base: str, repository: Repository, me: User) -> dict[str, Any]:
    return {
        **_ids("Repository", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": {"login": repository.owner, "type": "Organization"},
        "private": bool(repository.private),
        "visibility": "private" if repository.private else "public",
        "html_url": f"{ids.WEB}/{repository.full_name}",
        "url": f"{base}/repos/{repository.full_name}",
        "has_issues": True,
        "archived": False,
        "disabled": False,
        "permissions": {"admin": False, "push": bool(me.push), "pull": True},
    }


def a_label(base: str, repository: Repository, label: Label) -> dict[str, Any]:
    return {
        **_ids("Label", label.id),
        "url": f"{base}/repos/{repository.full_name}/labels/{label.name}",
        "name": label.name,
        "color": label.color,
        "default": False,
        "description": label.description,
    }


def an_issue(desk: Desk, base: str, issue: Issue) -> dict[str, Any]:
    repository = people.repository(desk, issue.repository_id)
    url, page = address(base, repository, issue), web_address(repository, issue)
    rendered = {
        **_ids("Issue", issue.id),
        "url": url,
        "repository_url": f"{base}/repos/{repository.full_name}",
        "comments_url": f"{url}/comments",
        "html_url": page,
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "user": a_user(people.user(desk, issue.author_id)),
        "labels": [a_label(base, repository, each) for each in labels.of_issue(desk, issue.id)],
        "state": issue.state,
        "state_reason": issue.state_reason,
        "locked": bool(issue.locked),
        "active_lock_reason": None,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": issue.comments,
        "created_at": issue.created_at,
        "updated_at": issue.updated_at,
        "closed_at": issue.closed_at,
        "closed_by": a_user(people.user(desk, issue.closed_by)) if issue.closed_by else None,
    }
    if issue.pull_request:
        rendered["pull_request"] = {"url": url.replace("/issues/", "/pulls/"), "html_url": page}
    return rendered


def a_comment(desk: Desk, base: str, issue: Issue, comment: Comment) -> dict[str, Any]:
    repository = people.repository(desk, issue.repository_id)
    number = ids.github("IssueComment", comment.id)
    return {
        **_ids("IssueComment", comment.id),
        "url": f"{base}/repos/{repository.full_name}/issues/comments/{number}",
        "html_url": f"{web_address(repository, issue)}#issuecomment-{number}",
        "issue_url": address(base, repository, issue),
        "user": a_user(people.user(desk, comment.author_id)),
        "body": comment.body,
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
    }


def address(base: str, repository: Repository, issue: Issue) -> str:
    return f"{base}/repos/{repository.full_name}/issues/{issue.number}"


def web_address(repository: Repository, issue: Issue) -> str:
    kind = "pull" if issue.pull_request else "issues"
    return f"{ids.WEB}/{repository.full_name}/{kind}/{issue.number}"


def _ids(kind: str, number: int) -> dict[str, Any]:
    return {"id": ids.github(kind, number), "node_id": ids.node(kind, number)}
