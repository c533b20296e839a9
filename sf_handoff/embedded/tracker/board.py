"""The ZenHub board: columns (pipelines), priorities, and an issue's place among them.

An open issue stands in one column; a closed one, a deleted one and one of another repository in none. What
happens on the board is told in the issue's timeline and does not touch the GitHub issue.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.people import User


@dataclass(frozen=True)
class Pipeline:
    id: int
    name: str
    stage: str | None


@dataclass(frozen=True)
class Priority:
    id: int
    name: str
    color: str


@dataclass(frozen=True)
class Event:
    """`data` is JSON."""

    id: int
    issue_id: int
    key: str
    data: str
    created_at: str


def pipelines(desk: Desk) -> list[Pipeline]:
    return [Pipeline(**row) for row in desk.select("pipelines")]


def pipeline(desk: Desk, pipeline_id: int | None) -> Pipeline | None:
    return next((each for each in pipelines(desk) if each.id == pipeline_id), None)


def priorities(desk: Desk) -> list[Priority]:
    return [Priority(**row) for row in desk.select("priorities")]


def priority(desk: Desk, priority_id: int | None) -> Priority | None:
    return next((each for each in priorities(desk) if each.id == priority_id), None)


def events(desk: Desk, issue_id: int) -> list[Event]:
    return [Event(**row) for row in desk.select("events", "issue_id = ?", issue_id)]


def enter(desk: Desk, issue_id: int) -> None:
    """Put an issue of the board's repository at the end of the first column, as ZenHub does when it opens."""
    first = pipelines(desk)[0].id
    desk.database.execute(
        "UPDATE issues SET pipeline_id = ?, place = ?, transferred_at = ? WHERE id = ? AND repository_id IN "
        "(SELECT id FROM repositories WHERE on_board)",
        first, len(_column(desk, first)), desk.now(), issue_id,
    )  # fmt: skip


def move(desk: Desk, issue_id: int, to: Pipeline, by: User, place: int | None = 0) -> None:
    """Put an issue at `place` in a column, counted from the top; without a place, at the end."""
    (row,) = desk.select("issues", "id = ?", issue_id)
    others = [each for each in _column(desk, to.id) if each != issue_id]
    others.insert(len(others) if place is None else max(place, 0), issue_id)
    for index, each in enumerate(others):
        desk.update("issues", each, place=index)
    if row["pipeline_id"] != to.id:
        desk.update("issues", issue_id, pipeline_id=to.id, transferred_at=desk.now())
        left = pipeline(desk, row["pipeline_id"])
        names = {"from_pipeline": {"name": left.name if left else None}, "to_pipeline": {"name": to.name}}
        _note(desk, issue_id, "issue.change_pipeline", by, **names)


def prioritise(desk: Desk, issue_id: int, to: Priority | None, by: User) -> None:
    desk.update("issues", issue_id, priority_id=to.id if to else None)
    if to:
        _note(desk, issue_id, "issue.set_priority", by, priority={"name": to.name})
    else:
        _note(desk, issue_id, "issue.remove_priority", by)


def estimate(desk: Desk, issue_id: int, value: float | None, by: User) -> None:
    desk.update("issues", issue_id, estimate=value)
    _note(desk, issue_id, "issue.set_estimate", by, current_value=value)


def _column(desk: Desk, pipeline_id: int) -> list[int]:
    return [row["id"] for row in desk.select("issues", "pipeline_id = ?", pipeline_id, order="place, id")]


def _note(desk: Desk, issue_id: int, key: str, by: User, **data: Any) -> None:
    told = {**data, "workspace": {"name": desk.setting("workspace_name")}, "github_user": {"login": by.login}}
    desk.insert("events", issue_id=issue_id, key=key, data=json.dumps(told), created_at=desk.now())
