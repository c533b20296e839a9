"""Labels of a repository, and those on an issue. Names are the same in any case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.invalid import Invalid

COLOR = "ededed"


@dataclass(frozen=True)
class Label:
    id: int
    repository_id: int
    name: str
    color: str
    description: str | None


def of_repository(desk: Desk, repository_id: int) -> list[Label]:
    return _labels(desk, "repository_id = ?", repository_id)


def of_issue(desk: Desk, issue_id: int) -> list[Label]:
    return _labels(desk, "id IN (SELECT label_id FROM issue_labels WHERE issue_id = ?)", issue_id)


def find(desk: Desk, repository_id: int, name: str) -> Label | None:
    return next(iter(_labels(desk, "repository_id = ? AND name = ?", repository_id, name)), None)


def get(desk: Desk, label_id: int) -> Label | None:
    return next(iter(_labels(desk, "id = ?", label_id)), None)


def create(
    desk: Desk, repository_id: int, name: str, color: str = COLOR, description: str | None = None
) -> Label:
    if not name.strip() or len(name) > 50:
        raise Invalid("Label", "name", "invalid", "name is too long or empty (1 to 50 characters)")
    if find(desk, repository_id, name):
        raise Invalid("Label", "name", "already_exists")
    made = desk.insert("labels", repository_id=repository_id, name=name, color=color, description=description)
    return Label(made, repository_id, name, color, description)


def ensured(desk: Desk, repository_id: int, name: str, color: str = COLOR) -> Label:
    """The label of that name; made if the repository has none."""
    return find(desk, repository_id, name) or create(desk, repository_id, name, color)


def put(desk: Desk, issue_id: int, added: Iterable[Label]) -> None:
    """Label an issue. A label that is there already does no harm."""
    for each in added:
        desk.database.execute("INSERT OR IGNORE INTO issue_labels VALUES (?, ?)", issue_id, each.id)


def take(desk: Desk, issue_id: int, label: Label) -> bool:
    """Whether the issue had the label that is now off it."""
    gone = desk.database.execute(
        "DELETE FROM issue_labels WHERE issue_id = ? AND label_id = ?", issue_id, label.id
    )
    return gone > 0


def clear(desk: Desk, issue_id: int) -> None:
    desk.database.execute("DELETE FROM issue_labels WHERE issue_id = ?", issue_id)


def delete(desk: Desk, label: Label) -> None:
    desk.database.execute("DELETE FROM issue_labels WHERE label_id = ?", label.id)
    desk.database.execute("DELETE FROM labels WHERE id = ?", label.id)


def _labels(desk: Desk, condition: str, *values: str | int) -> list[Label]:
    return [Label(**row) for row in desk.select("labels", condition, *values)]
