"""A ZenHub board by the names that people use: its columns, its priorities, and where issues stand.

https://developers.zenhub.com/graphql-api-docs/examples
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sf_handoff.adapters import zenhub_operations as operations
from sf_handoff.adapters.web import Nature, Web
from sf_handoff.adapters.zenhub_answers import COMPLEXITY, NOT_FOUND
from sf_handoff.errors import Misconfigured, Rejected, Unavailable, Uncertain
from sf_handoff.reports.tickets import Place

MOST_PAGES = 100
# ZenHub hears of what happens on GitHub a little later. Seconds between looks.
LAG = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


@dataclass(frozen=True)
class Named:
    id: str
    name: str


@dataclass(frozen=True)
class Shape:
    """What the board has, in its order."""

    columns: tuple[Named, ...]
    priorities: tuple[Named, ...]


class Board:
    """One workspace. Issues are those of a repository, which is named by the number GitHub gave it."""

    def __init__(self, web: Web, workspace: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._web, self._workspace, self._sleep = web, workspace, sleep

    def shape(self) -> Shape:
        return Shape(
            self._web.read(_named_in, self._all(operations.COLUMNS, "pipelinesConnection")),
            self._web.read(_named_in, self._all(operations.PRIORITIES, "prioritiesConnection")),
        )

    def has(self, repository: int) -> bool:
        found = self._all(operations.REPOSITORIES, "repositoriesConnection")
        return repository in self._web.read(lambda nodes: [each["ghId"] for each in nodes], found)

    def places(self, repository: int, numbers: Sequence[int]) -> dict[int, Place]:
        """Of those that ZenHub knows; as many at once as one query may hold."""
        most = operations.MOST_PLACES
        parts = [numbers[start : start + most] for start in range(0, len(numbers), most)]
        return {number: place for part in parts for number, place in self._places(repository, part).items()}

    def place(self, repository: int, number: int) -> Place:
        """Where an open issue stands. Raises what `placed` does."""
        return self._web.read(_place_in, self.placed(repository, number))

    def placed(self, repository: int, number: int) -> dict[str, Any]:
        """An open issue, once ZenHub knows it. Raises Unavailable (`BOARD_LAG`) or Rejected (`CLOSED`)."""
        found: dict[str, Any] = {}
        for wait in (0.0, *LAG):
            if wait:
                self._sleep(wait)
            found = self._looked_up(repository, number)
            if found.get("pipelineIssue"):
                return found
        if found.get("state") == "CLOSED":
            raise Rejected("A closed issue stands in no column.", code="CLOSED")
        raise Unavailable("ZenHub does not know the issue yet.", code="BOARD_LAG", retry_after=sum(LAG))

    def do(self, operation: str, **given: Any) -> None:
        """A change; it may be made twice."""
        done = self._asked(operation, {"input": given}, Nature.REPEATABLE)
        if not done or None in done.values():
            raise Uncertain("ZenHub does not say that it was done.", code="BAD_ANSWER")

    def close(self) -> None:
        self._web.close()

    # Inside

    def _looked_up(self, repository: int, number: int) -> dict[str, Any]:
        given = {"repository": repository, "number": number, "workspace": self._workspace}
        try:
            return self._asked(operations.LOOK_UP, given).get("issueByInfo") or {}
        except Rejected as error:
            if error.code != NOT_FOUND:
                raise
        return {}

    def _places(self, repository: int, numbers: Sequence[int]) -> dict[int, Place]:
        if not numbers:
            return {}
        names = {f"n{index}": number for index, number in enumerate(numbers)}
        given, refusal = {"repository": repository, "workspace": self._workspace, **names}, None
        try:
            found = self._asked(operations.places(len(numbers)), given)
        except Rejected as error:
            refusal = error
        if refusal is None:
            issues = {number: found.get(f"i{index}") for index, number in enumerate(numbers)}
            return {number: self._web.read(_place_in, issue) for number, issue in issues.items() if issue}
        parts = _parts(numbers, refusal)
        return {number: place for part in parts for number, place in self._places(repository, part).items()}

    def _all(self, operation: str, connection: str) -> list[Any]:
        """Every node of every page. Raises Unavailable rather than leave one out."""
        found: list[Any] = []
        first, after = operations.FIRST, None
        for _ in range(MOST_PAGES):
            page, first = self._page(operation, first, after)
            nodes, following = self._web.read(_nodes_in, page.get(connection))
            found += nodes
            if following is None:
                return found
            if following in ("", after):
                break
            after = following
        raise Unavailable("ZenHub's list has no end.", code="BAD_ANSWER")

    def _page(self, operation: str, first: int, after: str | None) -> tuple[dict[str, Any], int]:
        """A page, half as large as often as it is too dear; and how large it was."""
        given = {"workspace": self._workspace, "first": first, "after": after}
        page, too_dear = None, False
        try:
            page = self._asked(operation, given).get("workspace")
        except Rejected as error:
            too_dear = error.code == COMPLEXITY and first > 1
            if not too_dear and error.code != NOT_FOUND:
                raise
        if page:
            return page, first
        if too_dear:
            return self._page(operation, first // 2, after)
        raise Misconfigured(
            "ZENHUB_WORKSPACE: there is no such workspace, or ZENHUB_TOKEN may not see it.", code="WORKSPACE"
        )

    def _asked(
        self, operation: str, variables: dict[str, Any], nature: Nature = Nature.READ
    ) -> dict[str, Any]:
        answer = self._web.send("POST", "", nature, {"query": operation.strip(), "variables": variables})
        found: dict[str, Any] = self._web.read(lambda said: said["data"], answer.data)
        return found


def _named_in(nodes: list[Any]) -> tuple[Named, ...]:
    return tuple(Named(str(each["id"]), str(each["name"])) for each in nodes)


def _nodes_in(connection: Any) -> tuple[list[Any], str | None]:
    """What is on a page, and the cursor of the next one; None where it is the last."""
    info = connection["pageInfo"]
    return list(connection["nodes"]), (info["endCursor"] or "") if info["hasNextPage"] else None


def _place_in(issue: dict[str, Any]) -> Place:
    placed = issue.get("pipelineIssue") or {}
    priority, estimate = placed.get("priority") or {}, issue.get("estimate") or {}
    return Place(placed.get("pipeline", {}).get("name"), priority.get("name"), estimate.get("value"))


def _parts(numbers: Sequence[int], refusal: Rejected) -> list[Sequence[int]]:
    """What to ask for instead: without those that are not known, or in two halves."""
    if refusal.code not in (NOT_FOUND, COMPLEXITY) or (refusal.code == COMPLEXITY and len(numbers) == 1):
        raise refusal
    known = [number for index, number in enumerate(numbers) if f"i{index}" not in refusal.fields]
    if refusal.code == NOT_FOUND and len(known) < len(numbers):
        return [known]
    half = len(numbers) // 2
    return [numbers[:half], numbers[half:]] if half else []
