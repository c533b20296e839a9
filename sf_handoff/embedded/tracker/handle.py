"""The tracker in hand: where it is, what it holds, and what staff do with it behind the connector's back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sf_handoff.embedded.database import Database
from sf_handoff.embedded.tracker import board, comments, github, ids, issues, labels, people, zenhub
from sf_handoff.embedded.tracker.desk import Desk, Rules
from sf_handoff.embedded.tracker.issues import Issue
from sf_handoff.embedded.tracker.people import Repository, User
from sf_handoff.embedded.tracker.seed import TrackerSeeds, add_repository, plant
from sf_handoff.errors import Misconfigured

METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
FILE = "tracker.sqlite3"


class Tracker:
    """`github` and `zenhub` are the addresses of the two APIs. Numbers are those of the seeded repository.

    `by` is a login: the first of the seeded people unless said otherwise.
    """

    def __init__(self, desk: Desk, staff: str) -> None:
        self._desk = desk
        self._staff = staff
        self.github = self.zenhub = ""
        self.repository = desk.setting("repository")
        self.login = desk.setting("login")
        self.github_token = desk.setting("github_token")
        self.zenhub_token = desk.setting("zenhub_token")
        self.workspace_id = desk.setting("workspace_id")

    @property
    def routes(self) -> list[BaseRoute]:
        desk = self._desk
        return [
            Route("/github/{rest:path}", _endpoint(github.GitHub(desk)), methods=METHODS),
            Route("/zenhub/{rest:path}", _endpoint(zenhub.ZenHub(desk)), methods=METHODS),
        ]

    def stands_at(self, base: str) -> None:
        self.github, self.zenhub = base + github.BASE, base + zenhub.PATH

    @property
    def rules(self) -> Rules:
        return self._desk.rules

    @rules.setter
    def rules(self, rules: Rules) -> None:
        self._desk.rules = rules

    @property
    def issues(self) -> list[dict[str, Any]]:
        """Every issue that is still in the repository, by number, with its place on the board."""
        with self._desk.database.transaction():
            found = issues.select(self._desk, "repository_id = ?", self._home().id)
            return [self._shown(each) for each in found if not each.gone]

    @property
    def labels(self) -> list[str]:
        with self._desk.database.transaction():
            return [each.name for each in labels.of_repository(self._desk, self._home().id)]

    @property
    def pipelines(self) -> list[str]:
        with self._desk.database.transaction():
            return [each.name for each in board.pipelines(self._desk)]

    def issue(self, number: int) -> dict[str, Any]:
        with self._desk.database.transaction():
            return self._shown(self._issue(number))

    def open(
        self, title: str, body: str = "", *, by: str = "", label: str = "", pull_request: bool = False
    ) -> int:
        """The number of a new issue, or of a pull request."""
        with self._desk.database.transaction():
            home = self._home()
            made = issues.create(self._desk, home, self._user(by), title, body, pull_request=pull_request)
            labels.put(self._desk, made.id, [labels.ensured(self._desk, home.id, label)] if label else [])
            return made.number

    def edit(self, number: int, **texts: str) -> None:
        """Set its title or its body."""
        with self._desk.database.transaction():
            issues.edit(self._desk, self._issue(number), **texts)

    def close(self, number: int, reason: str = "completed", *, by: str = "") -> None:
        with self._desk.database.transaction():
            issues.close(self._desk, self._issue(number), self._user(by), reason)

    def reopen(self, number: int) -> None:
        with self._desk.database.transaction():
            issues.reopen(self._desk, self._issue(number))

    def comment(self, number: int, text: str, *, by: str = "") -> int:
        """GitHub's id of the new comment."""
        with self._desk.database.transaction():
            made = comments.create(self._desk, self._issue(number).id, self._user(by), text)
            return ids.github("IssueComment", made.id)

    def move(self, number: int, pipeline: str, *, by: str = "") -> None:
        with self._desk.database.transaction():
            board.move(self._desk, self._issue(number).id, self._pipeline(pipeline), self._user(by))

    def rename_pipeline(self, name: str, to: str) -> None:
        with self._desk.database.transaction():
            self._desk.update("pipelines", self._pipeline(name).id, name=to)

    def delete(self, number: int) -> None:
        with self._desk.database.transaction():
            issues.edit(self._desk, self._issue(number), deleted=True, pipeline_id=None, place=None)

    def transfer(self, number: int, to: str) -> int:
        """The number that the issue has in the repository `to`, which is made if it is new."""
        with self._desk.database.transaction():
            if people.found(self._desk, to) is None:
                add_repository(self._desk, to, private=True, on_board=False)
            return issues.transfer(self._desk, self._issue(number), self._repository(to)).number

    def lock(self, number: int) -> None:
        with self._desk.database.transaction():
            issues.edit(self._desk, self._issue(number), locked=True)

    def delete_label(self, name: str) -> None:
        with self._desk.database.transaction():
            found = labels.find(self._desk, self._home().id, name)
            if found is None:
                raise Misconfigured(f"The embedded tracker has no label {name}.")
            labels.delete(self._desk, found)

    def let_push(self, *, allowed: bool) -> None:
        """Give the tokens' owner the right to push, or take it away."""
        with self._desk.database.transaction():
            self._desk.update("users", people.me(self._desk).id, push=allowed)

    def _shown(self, issue: Issue) -> dict[str, Any]:
        desk = self._desk
        placed, priority = board.pipeline(desk, issue.pipeline_id), board.priority(desk, issue.priority_id)
        said = comments.of_issue(desk, issue.id)
        return {
            "number": issue.number,
            "title": issue.title,
            "body": issue.body,
            "author": people.user(desk, issue.author_id).login,
            "state": issue.state,
            "state_reason": issue.state_reason,
            "locked": bool(issue.locked),
            "labels": [each.name for each in labels.of_issue(desk, issue.id)],
            "comments": [(people.user(desk, each.author_id).login, each.body) for each in said],
            "pipeline": placed.name if placed else None,
            "priority": priority.name if priority else None,
            "estimate": issue.estimate,
        }

    def _home(self) -> Repository:
        return self._repository(self.repository)

    def _repository(self, name: str) -> Repository:
        return next(each for each in people.repositories(self._desk) if each.full_name == name)

    def _issue(self, number: int) -> Issue:
        found = issues.find(self._desk, self._home().id, number)
        if found is None or found.gone:
            raise Misconfigured(f"The embedded tracker has no issue {number}.")
        return found

    def _pipeline(self, name: str) -> board.Pipeline:
        for each in board.pipelines(self._desk):
            if each.name == name:
                return each
        raise Misconfigured(f"The embedded tracker has no pipeline {name}.")

    def _user(self, login: str) -> User:
        return people.named(self._desk, login or self._staff)


@contextmanager
def opened(folder: Path, seeds: TrackerSeeds, clock: Callable[[], datetime]) -> Iterator[Tracker]:
    """The tracker whose records lie in `folder`, which processes share. The first one there seeds it."""
    with closing(Database(folder / FILE)) as database:
        desk = Desk(database, clock, seeds.rules)
        plant(desk, seeds)
        yield Tracker(desk, seeds.people[0])


def _endpoint(handler: github.GitHub | zenhub.ZenHub) -> Callable[[Request], Awaitable[Response]]:
    """A function, since Starlette would take an object for a whole application."""

    async def answer(request: Request) -> Response:
        return await handler(request)

    return answer
