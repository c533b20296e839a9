# ruff: noqa: S608 - the names in the SQL are these modules' own; every value is a parameter
"""The tracker as its handlers see it: its database, its clock, its rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sf_handoff.embedded.database import Database, Value

TABLES = (
    "_sequences (name TEXT PRIMARY KEY, last INTEGER NOT NULL)",
    "settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "users (id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE COLLATE NOCASE, push INTEGER NOT NULL)",
    "repositories (id INTEGER PRIMARY KEY, owner TEXT NOT NULL COLLATE NOCASE, "
    "name TEXT NOT NULL COLLATE NOCASE, private INTEGER NOT NULL, on_board INTEGER NOT NULL, "
    "UNIQUE (owner, name))",
    "labels (id INTEGER PRIMARY KEY, repository_id INTEGER NOT NULL, name TEXT NOT NULL COLLATE NOCASE, "
    "color TEXT NOT NULL, description TEXT, UNIQUE (repository_id, name))",
    "issues (id INTEGER PRIMARY KEY, repository_id INTEGER NOT NULL, number INTEGER NOT NULL, "
    "title TEXT NOT NULL, body TEXT, state TEXT NOT NULL, state_reason TEXT, author_id INTEGER NOT NULL, "
    "pull_request INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, closed_at TEXT, "
    "closed_by INTEGER, locked INTEGER NOT NULL, deleted INTEGER NOT NULL, moved_to INTEGER, "
    "pipeline_id INTEGER, place INTEGER, transferred_at TEXT, priority_id INTEGER, estimate REAL, "
    "UNIQUE (repository_id, number))",
    "issue_labels (issue_id INTEGER, label_id INTEGER, PRIMARY KEY (issue_id, label_id)) WITHOUT ROWID",
    "comments (id INTEGER PRIMARY KEY, issue_id INTEGER NOT NULL, author_id INTEGER NOT NULL, "
    "body TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL)",
    "pipelines (id INTEGER PRIMARY KEY, name TEXT NOT NULL, stage TEXT)",
    "priorities (id INTEGER PRIMARY KEY, name TEXT NOT NULL, color TEXT NOT NULL)",
    "events (id INTEGER PRIMARY KEY, issue_id INTEGER NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL, "
    "created_at TEXT NOT NULL)",
    "uses (what TEXT, span TEXT, used REAL NOT NULL, PRIMARY KEY (what, span)) WITHOUT ROWID",
)


@dataclass(frozen=True)
class Rules:
    """What the vendors allow, and how far their copies lag.

    `limit_status` and `retry_after` are how GitHub words a limit: 403 or 429, with or without a time to
    wait. `seconds_a_minute` is ZenHub's processing time. Until `search_lag` has gone by, GitHub's search does
    not know an issue; until `board_lag` has, ZenHub does not.
    """

    requests_an_hour: int = 5000
    searches_a_minute: int = 30
    contents_a_minute: int = 80
    contents_an_hour: int = 500
    limit_status: int = 403
    retry_after: int | None = 60
    seconds_a_minute: float = 90.0
    complexity: int = 200
    search_lag: timedelta = timedelta(0)
    board_lag: timedelta = timedelta(0)


@dataclass
class Desk:
    database: Database
    clock: Callable[[], datetime]
    rules: Rules = field(default_factory=Rules)

    def make(self) -> None:
        for table in TABLES:
            self.database.execute(f"CREATE TABLE IF NOT EXISTS {table}")

    def now(self) -> str:
        return stamp(self.clock())

    def before(self, lag: timedelta) -> str:
        """The moment up to which a copy that lags by so much has seen everything."""
        return stamp(self.clock() - lag)

    def setting(self, name: str) -> str:
        row = self.database.row("SELECT value FROM settings WHERE name = ?", name)
        return str(row["value"]) if row else ""

    def select(
        self, table: str, condition: str = "1", *values: Value, order: str = "id"
    ) -> list[dict[str, Any]]:
        rows = self.database.rows(f"SELECT * FROM {table} WHERE {condition} ORDER BY {order}", *values)
        return [dict(row) for row in rows]

    def insert(self, table: str, **values: Value) -> int:
        """The id of a new row. Ids count up from 1 in every table, never twice the same."""
        made = self.database.next(table)
        names, marks = ", ".join(["id", *values]), ", ".join("?" * (len(values) + 1))
        self.database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", made, *values.values())
        return made

    def update(self, table: str, row_id: int, **values: Value) -> None:
        pairs = ", ".join(f"{name} = ?" for name in values)
        self.database.execute(f"UPDATE {table} SET {pairs} WHERE id = ?", *values.values(), row_id)


def stamp(moment: datetime) -> str:
    """As both vendors write a moment: in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
