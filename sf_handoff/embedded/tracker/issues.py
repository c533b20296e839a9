"""Issues, as GitHub keeps them. Whatever happens to one shows in its `updated_at`."""

from __future__ import annotations

from dataclasses import dataclass

from sf_handoff.embedded.database import Value
from sf_handoff.embedded.tracker import board, labels, people
from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.invalid import Invalid, check_body, check_title
from sf_handoff.embedded.tracker.people import Repository, User

REASONS = ("completed", "not_planned", "duplicate")
WITH_COMMENTS = (
    "(SELECT *, (SELECT COUNT(*) FROM comments WHERE issue_id = issues.id) AS comments FROM issues)"
)


@dataclass(frozen=True)
class Issue:
    """`deleted` and `moved_to` (the id it has elsewhere) mark those that staff took away."""

    id: int
    repository_id: int
    number: int
    title: str
    body: str | None
    state: str
    state_reason: str | None
    author_id: int
    pull_request: bool
    created_at: str
    updated_at: str
    closed_at: str | None
    closed_by: int | None
    locked: bool
    deleted: bool
    moved_to: int | None
    pipeline_id: int | None
    place: int | None
    transferred_at: str | None
    priority_id: int | None
    estimate: float | None
    comments: int

    @property
    def gone(self) -> bool:
        return bool(self.deleted or self.moved_to)


def select(desk: Desk, condition: str, *values: Value, order: str = "id") -> list[Issue]:
    return [Issue(**row) for row in desk.select(WITH_COMMENTS, condition, *values, order=order)]


def get(desk: Desk, issue_id: int) -> Issue | None:
    return next(iter(select(desk, "id = ?", issue_id)), None)


def again(desk: Desk, issue: Issue) -> Issue:
    """The same issue, as it is now."""
    return get(desk, issue.id) or issue


def find(desk: Desk, repository_id: int, number: int) -> Issue | None:
    """The issue that has or had this number."""
    return next(iter(select(desk, "repository_id = ? AND number = ?", repository_id, number)), None)


def create(
    desk: Desk,
    repository: Repository,
    author: User,
    title: object,
    body: object = None,
    *,
    pull_request: bool = False,
) -> Issue:
    now = desk.now()
    made = desk.insert(
        "issues",
        repository_id=repository.id,
        number=desk.database.next(f"number in {repository.id}"),
        title=check_title(title),
        body=check_body(body),
        state="open",
        author_id=author.id,
        pull_request=pull_request,
        created_at=now,
        updated_at=now,
        locked=False,
        deleted=False,
        moved_to=None,
    )
    board.enter(desk, made)
    (issue,) = select(desk, "id = ?", made)
    return issue


def edit(desk: Desk, issue: Issue, **changes: Value) -> None:
    """Set columns of an issue. Title and body are checked."""
    if "title" in changes:
        check_title(changes["title"])
    check_body(changes.get("body"))
    desk.update("issues", issue.id, **changes, updated_at=desk.now())


def close(desk: Desk, issue: Issue, by: User, reason: str = "completed") -> None:
    """Close an issue; one that is closed stays as it is. ZenHub takes it off its column."""
    if reason not in REASONS:
        raise Invalid("Issue", "state_reason", "invalid", "state_reason does not go with closed")
    if issue.state == "open":
        edit(
            desk, issue, state="closed", state_reason=reason, closed_at=desk.now(), closed_by=by.id,
            pipeline_id=None, place=None,
        )  # fmt: skip


def reopen(desk: Desk, issue: Issue, reason: str = "reopened") -> None:
    """Open a closed issue, which ZenHub puts where new ones go."""
    if reason != "reopened":
        raise Invalid("Issue", "state_reason", "invalid", "state_reason does not go with open")
    if issue.state == "closed":
        edit(desk, issue, state="open", state_reason=reason, closed_at=None, closed_by=None)
        board.enter(desk, issue.id)


def transfer(desk: Desk, issue: Issue, to: Repository) -> Issue:
    """The issue, open, under a new number elsewhere, with its comments and the labels known there."""
    moved = create(desk, to, people.user(desk, issue.author_id), issue.title, issue.body)
    kept = (labels.find(desk, to.id, each.name) for each in labels.of_issue(desk, issue.id))
    labels.put(desk, moved.id, (each for each in kept if each))
    desk.database.execute("UPDATE comments SET issue_id = ? WHERE issue_id = ?", moved.id, issue.id)
    edit(desk, issue, moved_to=moved.id, pipeline_id=None, place=None)
    return again(desk, moved)
