"""Tickets as GitHub issues with their place on a ZenHub board.

GitHub keeps the record; only column, priority and estimate are ZenHub's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sf_handoff.adapters import zenhub_operations as operations
from sf_handoff.adapters.github import GitHubTracker
from sf_handoff.adapters.github_reading import number_in
from sf_handoff.adapters.web import Web
from sf_handoff.adapters.zenhub_board import Board, Named, Shape
from sf_handoff.errors import Misconfigured
from sf_handoff.reports.tickets import Place, TrackerFacts


class ZenHubTracker(GitHubTracker):
    """A Tracker (`ports.py`) with a board. What it writes there it reads back: people move issues too."""

    def __init__(self, web: Web, repository: str, board: Board) -> None:
        super().__init__(web, repository)
        self._board = board
        self._shape: Shape | None = None
        self._known_as: int | None = None

    def facts(self) -> TrackerFacts:
        found = super().facts()
        if not self._board.has(self._number()):
            raise Misconfigured(
                "ZENHUB_WORKSPACE: the board does not show the repository GITHUB_REPO. Connect it there.",
                code="WORKSPACE",
            )
        self._shape = self._board.shape()
        return replace(
            found,
            board=True,
            columns=tuple(each.name for each in self._shape.columns),
            priorities=tuple(each.name for each in self._shape.priorities),
        )

    def places(self, numbers: Sequence[int]) -> dict[int, Place]:
        return self._board.places(self._number(), list(dict.fromkeys(numbers)))

    def place(self, number: int, column: str) -> Place:
        """Where it stands then; one that is in that column already is not moved within it."""
        wanted = _named(self._its_shape().columns, column, "column")
        issue = self._board.placed(self._number(), number)
        if issue["pipelineIssue"]["pipeline"]["name"] != column:
            self._board.do(operations.MOVE, issueId=issue["id"], pipelineId=wanted.id, position=0)
        return self._board.place(self._number(), number)

    def prioritise(self, number: int, priority: str) -> Place:
        wanted = _named(self._its_shape().priorities, priority, "priority")
        self._board.placed(self._number(), number)
        issue = {"repositoryGhId": self._number(), "issueNumber": number}
        self._board.do(operations.PRIORITISE, priorityId=wanted.id, issues=[issue])
        return self._board.place(self._number(), number)

    def estimate(self, number: int, points: float) -> Place:
        issue = self._board.placed(self._number(), number)
        self._board.do(operations.ESTIMATE, issueId=issue["id"], value=points)
        return self._board.place(self._number(), number)

    def close(self) -> None:
        self._board.close()
        super().close()

    def _its_shape(self) -> Shape:
        if self._shape is None:
            self._shape = self._board.shape()
        return self._shape

    def _number(self) -> int:
        """GitHub's number of the repository, by which ZenHub knows it."""
        if self._known_as is None:
            self._known_as = self._web.read(lambda data: number_in(data["id"]), self._repository())
        return self._known_as


def _named(among: Sequence[Named], name: str, what: str) -> Named:
    found = [each for each in among if each.name == name]
    if len(found) == 1:
        return found[0]
    problem = f"has {len(found)} of this name" if found else "has none of this name"
    raise Misconfigured(f"mappings/labels.py: {what} {name!r}: the board {problem}.", code=what.upper())
