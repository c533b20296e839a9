"""Comments on issues."""

from __future__ import annotations

from dataclasses import dataclass

from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.invalid import Invalid, check_body
from sf_handoff.embedded.tracker.people import User


@dataclass(frozen=True)
class Comment:
    id: int
    issue_id: int
    author_id: int
    body: str
    created_at: str
    updated_at: str


def of_issue(desk: Desk, issue_id: int) -> list[Comment]:
    return _comments(desk, "issue_id", issue_id)


def get(desk: Desk, comment_id: int) -> Comment | None:
    return next(iter(_comments(desk, "id", comment_id)), None)


def create(desk: Desk, issue_id: int, author: User, body: object) -> Comment:
    now = desk.now()
    text = _checked(body)
    made = desk.insert(
        "comments", issue_id=issue_id, author_id=author.id, body=text, created_at=now, updated_at=now
    )
    desk.update("issues", issue_id, updated_at=now)
    return Comment(made, issue_id, author.id, text, now, now)


def edit(desk: Desk, comment: Comment, body: object) -> None:
    now = desk.now()
    desk.update("comments", comment.id, body=_checked(body), updated_at=now)
    desk.update("issues", comment.issue_id, updated_at=now)


def _checked(body: object) -> str:
    text = check_body(body, "IssueComment")
    if not text or not text.strip():
        raise Invalid("IssueComment", "body", "missing_field")
    return text


def _comments(desk: Desk, column: str, value: int) -> list[Comment]:
    return [Comment(**row) for row in desk.select("comments", f"{column} = ?", value)]
