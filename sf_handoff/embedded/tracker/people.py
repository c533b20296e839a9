"""GitHub accounts and repositories."""

from __future__ import annotations

from dataclasses import dataclass

from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.errors import Misconfigured


@dataclass(frozen=True)
class User:
    """`push` says whether GitHub lets the account write to the repositories, beyond issues of its own."""

    id: int
    login: str
    push: bool


@dataclass(frozen=True)
class Repository:
    """One that is not `on_board` is unknown to the ZenHub workspace."""

    id: int
    owner: str
    name: str
    private: bool
    on_board: bool

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


def me(desk: Desk) -> User:
    """Whose tokens they are, at GitHub and at ZenHub."""
    return named(desk, desk.setting("login"))


def user(desk: Desk, user_id: int) -> User:
    (row,) = desk.select("users", "id = ?", user_id)
    return User(**row)


def named(desk: Desk, login: str) -> User:
    for row in desk.select("users", "login = ?", login):
        return User(**row)
    raise Misconfigured(f"The embedded tracker has no user {login}.")


def repositories(desk: Desk) -> list[Repository]:
    return [Repository(**row) for row in desk.select("repositories")]


def repository(desk: Desk, repository_id: int) -> Repository:
    return next(each for each in repositories(desk) if each.id == repository_id)


def found(desk: Desk, full_name: str) -> Repository | None:
    """The repository of that name, which GitHub finds in any case."""
    wanted = full_name.lower()
    return next((each for each in repositories(desk) if each.full_name.lower() == wanted), None)
