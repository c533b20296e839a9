"""What the tracker has before anyone files: accounts, a repository, its labels, a board. All invented."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sf_handoff.embedded.tracker import labels
from sf_handoff.embedded.tracker.desk import Desk, Rules

WORKSPACE_ID = "5f00000000000000000000e1"


@dataclass(frozen=True)
class TrackerSeeds:
    """The first `pipelines` entry is where new issues stand. `login` owns the tokens, `people` are staff.

    With `push` off, GitHub drops what the connector asks for beyond an issue's text.
    """

    repository: str = "example-agency/hotline-issues"
    private: bool = True
    push: bool = True
    login: str = "handoff-connector"
    people: Sequence[str] = ("avery-analyst", "robin-engineer")
    labels: Sequence[str] = ("bug", "duplicate", "question", "wontfix")
    workspace: str = "Insights and Analytics"
    pipelines: Sequence[tuple[str, str | None]] = (
        ("New Issues", None),
        ("Icebox", None),
        ("Product Backlog", "BACKLOG"),
        ("Sprint Backlog", "SPRINT_BACKLOG"),
        ("In Progress", "DEVELOPMENT"),
        ("Review/QA", "REVIEW"),
        ("Done", "COMPLETED"),
    )
    priorities: Sequence[str] = ("Urgent", "High priority", "Medium priority", "Low priority")
    rules: Rules = field(default_factory=Rules)


def plant(desk: Desk, seeds: TrackerSeeds) -> None:
    """Make a new tracker; one that was made before is left alone."""
    with desk.database.transaction():
        desk.make()
        if desk.setting("login"):
            return
        _settings(desk, seeds)
        desk.insert("users", login=seeds.login, push=seeds.push)
        for login in seeds.people:
            desk.insert("users", login=login, push=True)
        for name, stage in seeds.pipelines:
            desk.insert("pipelines", name=name, stage=stage)
        for name in seeds.priorities:
            desk.insert("priorities", name=name, color="#ff5630")
        here = add_repository(desk, seeds.repository, private=seeds.private, on_board=True)
        for name in seeds.labels:
            labels.create(desk, here, name)


def add_repository(desk: Desk, full_name: str, *, private: bool, on_board: bool) -> int:
    owner, _, name = full_name.partition("/")
    return desk.insert("repositories", owner=owner, name=name, private=private, on_board=on_board)


def _settings(desk: Desk, seeds: TrackerSeeds) -> None:
    made = {
        "login": seeds.login,
        "repository": seeds.repository,
        "workspace_id": WORKSPACE_ID,
        "workspace_name": seeds.workspace,
        "github_token": f"ghp_{secrets.token_hex(18)}",
        "zenhub_token": f"zh_{secrets.token_hex(32)}",
    }
    for name, value in made.items():
        desk.database.execute("INSERT INTO settings VALUES (?, ?)", name, value)
