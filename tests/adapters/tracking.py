"""The trackers of this package, on the embedded ones or on a scripted server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sf_handoff.adapters.assembly import embedded_settings, open_tracker
from sf_handoff.adapters.github import GitHubTracker
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.zenhub import ZenHubTracker
from sf_handoff.embedded import Embedded
from tests.conftest import Clock
from tests.embedded.tracker.world import a_tracker
from tests.embedded.world import an_org
from tests.scripted import Reply, Scripted, Time, ca_file

GITHUB_TOKEN, ZENHUB_TOKEN = "ghp_canary0token", "zh_canary0token"
NAME = "example-agency/hotline-issues"
HERE = f"/api/v3/repos/{NAME}"
REPOSITORY = {
    "id": 700_000_001,
    "full_name": NAME,
    "private": True,
    "has_issues": True,
    "archived": False,
    "permissions": {"push": True, "pull": True},
}


@dataclass
class TwoClocks(Time):
    """Who sleeps on it moves the embedded tracker's clock as well."""

    wall: Clock | None = None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.wall:
            self.wall.forward(seconds=seconds)


def made_before(folder: Path) -> Path:
    """An org's keys and records, which take longest to make."""
    with an_org(folder):
        (folder / "tracker.sqlite3").unlink()
    return folder


@contextmanager
def embedded(made: Path, folder: Path, clock: Clock, **seeds: Any) -> Iterator[Embedded]:
    """An org of the test's own."""
    shutil.copytree(made, folder)
    with a_tracker(folder, clock, **seeds) as running:
        yield running


@contextmanager
def tracker_of(org: Embedded, time: Time, **changes: Any) -> Iterator[Any]:
    """The tracker that the settings for this embedded org give."""
    settings = embedded_settings(Settings(org="embedded"), org).model_copy(update=changes)
    with closing(open_tracker(settings, time.sleep, time.clock)) as opened:
        yield opened


def scripted_settings(server: Scripted, folder: Path, **changes: Any) -> Settings:
    given: dict[str, Any] = {
        "github_url": server.url + "/api/v3",
        "github_repo": NAME,
        "github_token": GITHUB_TOKEN,
        "zenhub_url": server.url + "/graphql",
        "zenhub_workspace": "5f00000000000000000000e1",
        "zenhub_token": ZENHUB_TOKEN,
        "ca_file": ca_file(folder),
    }
    return Settings(**{**given, **changes})


@contextmanager
def github_on(server: Scripted, folder: Path, time: Time, **changes: Any) -> Iterator[GitHubTracker]:
    settings = scripted_settings(server, folder, tracker="github", **changes)
    with closing(open_tracker(settings, time.sleep, time.clock)) as opened:
        assert isinstance(opened, GitHubTracker)
        yield opened


@contextmanager
def zenhub_on(server: Scripted, folder: Path, time: Time) -> Iterator[ZenHubTracker]:
    settings = scripted_settings(server, folder, tracker="zenhub")
    with closing(open_tracker(settings, time.sleep, time.clock)) as opened:
        assert isinstance(opened, ZenHubTracker)
        yield opened


def issue(number: int = 7, **changes: Any) -> dict[str, Any]:
    """An issue as GitHub shows it."""
    return {
        "number": number,
        "title": "A title",
        "body": "A body",
        "state": "open",
        "user": {"login": "handoff-connector"},
        "labels": [{"name": "bug"}],
        "assignees": [],
        "comments": 0,
        "created_at": "2026-11-20T15:04:30Z",
        "updated_at": "2026-11-20T15:04:30Z",
        "html_url": f"https://github.example.com/{NAME}/issues/{number}",
        "repository_url": f"https://github.example.com/api/v3/repos/{NAME}",
        **changes,
    }


def comment(**changes: Any) -> dict[str, Any]:
    moment = "2026-11-20T15:04:30Z"
    user = {"login": "handoff-connector"}
    return {"id": 9, "user": user, "body": "Words", "created_at": moment, "updated_at": moment, **changes}


def created(number: int = 7, **changes: Any) -> Reply:
    return Reply(201, issue(number, **changes))


def naps(time: Time) -> list[float]:
    """What was slept, without the naps of no length between two tries."""
    return [nap for nap in time.naps if nap]
