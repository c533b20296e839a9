"""The trackers, each put together from the settings."""

from __future__ import annotations

from collections.abc import Callable

from sf_handoff.adapters.github import GitHubTracker
from sf_handoff.adapters.github_answers import GITHUB
from sf_handoff.adapters.pace import Pace
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.web import Web
from sf_handoff.adapters.zenhub import ZenHubTracker
from sf_handoff.adapters.zenhub_answers import ZENHUB
from sf_handoff.adapters.zenhub_board import Board


def open_github(
    settings: Settings, sleep: Callable[[float], None], clock: Callable[[], float]
) -> GitHubTracker:
    return GitHubTracker(_github(settings, sleep, clock), settings.github_repo)


def open_zenhub(
    settings: Settings, sleep: Callable[[float], None], clock: Callable[[], float]
) -> ZenHubTracker:
    web = Web(
        ZENHUB,
        settings.zenhub_url,
        settings.zenhub_token.get_secret_value(),
        Pace(clock=clock, sleep=sleep),
        ca_file=_ca_file(settings),
        sleep=sleep,
        clock=clock,
    )
    board = Board(web, settings.zenhub_workspace, sleep)
    return ZenHubTracker(_github(settings, sleep, clock), settings.github_repo, board)


def _github(settings: Settings, sleep: Callable[[float], None], clock: Callable[[], float]) -> Web:
    return Web(
        GITHUB,
        settings.github_url,
        settings.github_token.get_secret_value(),
        Pace(settings.github_pace, clock=clock, sleep=sleep),
        ca_file=_ca_file(settings),
        sleep=sleep,
        clock=clock,
    )


def _ca_file(settings: Settings) -> str | None:
    return str(settings.ca_file) if settings.ca_file else None
