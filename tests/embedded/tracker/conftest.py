from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sf_handoff.embedded import Embedded, Tracker
from tests.conftest import Clock
from tests.embedded.tracker.world import GitHub, ZenHub, a_tracker
from tests.embedded.world import an_org


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC))


@pytest.fixture(scope="session")
def made_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An org's keys and records, which take longest to make."""
    folder = tmp_path_factory.mktemp("made") / "org"
    with an_org(folder):
        (folder / "tracker.sqlite3").unlink()
    return folder


@pytest.fixture
def org(made_before: Path, tmp_path: Path, clock: Clock) -> Iterator[Embedded]:
    """An org of the test's own."""
    shutil.copytree(made_before, tmp_path / "org")
    with a_tracker(tmp_path / "org", clock) as running:
        yield running


@pytest.fixture
def tracker(org: Embedded) -> Tracker:
    return org.tracker


@pytest.fixture
def github(org: Embedded) -> Iterator[GitHub]:
    client = GitHub(org)
    with client.http:
        yield client


@pytest.fixture
def zenhub(org: Embedded) -> Iterator[ZenHub]:
    client = ZenHub(org)
    with client.http:
        yield client
