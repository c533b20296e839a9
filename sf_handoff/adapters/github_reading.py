"""GitHub's documents as values of ours. What is missing or of another kind raises as Python would.

https://docs.github.com/en/rest/issues/issues
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sf_handoff.reports.tickets import Comment, State, TrackedIssue

# Who wrote it has no account any more; GitHub says so by this name.
NOBODY = "ghost"


def issue_in(data: Any) -> TrackedIssue:
    return TrackedIssue(
        number=number_in(data["number"]),
        title=data["title"],
        body=data.get("body") or "",
        state=State(data["state"]),
        author=login_in(data.get("user")),
        created_at=moment_in(data["created_at"]),
        updated_at=moment_in(data["updated_at"]),
        url=data["html_url"],
        state_reason=data.get("state_reason"),
        closed_at=moment_in(data["closed_at"]) if data.get("closed_at") else None,
        closed_by=login_in(data["closed_by"]) if data.get("closed_by") else None,
        labels=labels_in(data["labels"]),
        assignees=tuple(login_in(each) for each in data.get("assignees") or ()),
        locked=data.get("locked") is True,
        comments=data.get("comments") or 0,
    )


def comment_in(data: Any) -> Comment:
    return Comment(
        comment_id=number_in(data["id"]),
        author=login_in(data.get("user")),
        body=data.get("body") or "",
        created_at=moment_in(data["created_at"]),
        updated_at=moment_in(data["updated_at"]),
    )


def labels_in(data: Any) -> tuple[str, ...]:
    """Names. GitHub documents labels as objects or as texts."""
    return tuple(each if isinstance(each, str) else str(each["name"]) for each in data)


def login_in(data: Any) -> str:
    return str(data["login"]) if data else NOBODY


def moment_in(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment without its offset")
    return found


def number_in(found: Any) -> int:
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise ValueError("no number")
    return found
