"""Tickets, issues and a label map made by hand; a ledger and a tracker that only tell what they were given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from sf_handoff.ports import Ledger, Tracker
from sf_handoff.reports.ticket_map import Label, LabelMap
from sf_handoff.reports.tickets import (
    Comment,
    DayCount,
    Moved,
    Place,
    Priority,
    State,
    Ticket,
    TrackedIssue,
)

FILED = datetime(2026, 11, 17, 15, 4, tzinfo=UTC)  # a Tuesday, 10:04 a.m. in Washington
CONNECTOR = "handoff-connector"
URL = "https://tracker.example/example-agency/hotline-issues/issues"
LABELS = LabelMap(
    ours=Label("handoff-connector"),
    always=(),
    tiers={},
    products={},
    blocked=Label("blocked"),
    workaround=Label("workaround"),
    summary=Label("summary"),
    column="New Issues",
    reopened_column="Product Backlog",
    priorities={each: f"{each.capitalize()} priority" for each in Priority},
    priority_labels={each: Label(f"priority: {each}") for each in Priority},
)


def ticket(number: int | None = 1, **changes: Any) -> Ticket:
    made = Ticket(
        ticket_id=f"t{number}",
        fingerprint=f"v1-{number}",
        generation=1,
        marker="sfh0",
        title=f"Problem {number}",
        repository="example-agency/hotline-issues",
        intended_at=FILED - timedelta(seconds=2),
        number=number,
        url=f"{URL}/{number}" if number else None,
        opened_at=FILED if number else None,
        column="New Issues",
        priority=Priority.HIGH,
        days={date(2026, 11, 16): DayCount(9, 7), date(2026, 11, 18): DayCount(5, 2)},
    )
    return replace(made, **changes)


def issue(number: int = 1, **changes: Any) -> TrackedIssue:
    made = TrackedIssue(
        number=number,
        title=f"Problem {number}",
        body="",
        state=State.OPEN,
        author=CONNECTOR,
        created_at=FILED,
        updated_at=FILED,
        url=f"{URL}/{number}",
        labels=("handoff-connector",),
    )
    return replace(made, **changes)


def comment(author: str, at: datetime, comment_id: int = 1) -> Comment:
    return Comment(comment_id, author, "Words.", at, at)


@dataclass
class TellingTracker:
    """`calls` says what it was asked. What `fails` names is refused with `error`."""

    issues: Sequence[TrackedIssue] = ()
    on_board: dict[int, Place] = field(default_factory=dict)
    said: dict[int, list[Comment]] = field(default_factory=dict)
    moved: dict[int, str] = field(default_factory=dict)
    error: Exception | None = None
    fails: str = "labelled"
    calls: list[str] = field(default_factory=list)

    def labelled(self, label: str, *, open_only: bool = False) -> list[TrackedIssue]:
        self._asked("labelled")
        fitting = [each for each in self.issues if label in each.labels]
        return [each for each in fitting if not open_only or each.state is State.OPEN]

    def issue(self, number: int) -> TrackedIssue | Moved | None:
        self._asked(f"issue {number}")
        if number in self.moved:
            return Moved(self.moved[number])
        return next((each for each in self.issues if each.number == number), None)

    def places(self, numbers: Sequence[int]) -> dict[int, Place]:
        self._asked(f"places {numbers}")
        return {each: self.on_board[each] for each in numbers if each in self.on_board}

    def comments(self, number: int) -> list[Comment]:
        self._asked(f"comments {number}")
        return self.said.get(number, [])

    def close(self) -> None:
        self.calls.append("close")

    def _asked(self, what: str) -> None:
        self.calls.append(what)
        if self.error and what.startswith(self.fails):
            raise self.error

    @property
    def port(self) -> Tracker:
        return cast("Tracker", self)


@dataclass
class TellingLedger:
    kept: Sequence[Ticket] = ()

    def tickets(self, *, fingerprints: Sequence[str] = (), open_only: bool = False) -> list[Ticket]:
        return list(self.kept)

    def told_at(self, ticket_ids: Sequence[str]) -> dict[str, datetime]:
        return {}

    def reopened_at(self, ticket_ids: Sequence[str]) -> dict[str, datetime]:
        return {}

    def close(self) -> None:
        pass

    @property
    def port(self) -> Ledger:
        return cast("Ledger", self)
