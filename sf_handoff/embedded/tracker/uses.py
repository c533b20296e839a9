"""Counts of use in a span of time, which every process on the tracker shares."""

from __future__ import annotations

from sf_handoff.embedded.tracker.desk import Desk


def hour(desk: Desk) -> str:
    return desk.now()[:13]


def minute(desk: Desk) -> str:
    return desk.now()[:16]


def of(desk: Desk, what: str, span: str) -> int:
    row = desk.database.row("SELECT used FROM uses WHERE what = ? AND span = ?", what, span)
    return int(row["used"]) if row else 0


def add(desk: Desk, what: str, span: str) -> None:
    desk.database.execute(
        "INSERT INTO uses VALUES (?, ?, 1) ON CONFLICT (what, span) DO UPDATE SET used = used + 1", what, span
    )
