"""The store's tests run on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sf_handoff.adapters import engines
from sf_handoff.adapters.seal import Seal
from sf_handoff.adapters.store import SqlStore
from tests.adapters.stored import SEAL
from tests.postgres import Server, running

if TYPE_CHECKING:
    from tests.conftest import Clock

Opener = Callable[..., SqlStore]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store' / 'store.sqlite3'}"


@pytest.fixture
def postgresql_url(server: Server) -> Iterator[str]:
    with server.database() as name:
        yield server.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind, where no store has been made yet."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def opened(clock: Clock) -> Iterator[Opener]:
    """Opens stores, as several services would; the test's clock rules unless told otherwise."""
    with ExitStack() as stack:

        def opener(
            url: str,
            seal: Seal = SEAL,
            clock: Callable[[], datetime] = clock,
            *,
            shared_clock: bool = False,
        ) -> SqlStore:
            store = SqlStore.open(url, seal, clock, shared_clock=shared_clock)
            stack.callback(store.close)
            return store

        yield opener


@pytest.fixture
def store(url: str, opened: Opener) -> SqlStore:
    return opened(url)


@pytest.fixture
def five(store: SqlStore, clock: Clock) -> SqlStore:
    """Five rows whose first caller has died: 5 was kept first, 1 was tapped first."""
    from tests.adapters.stored import LEASE, new

    for number in (5, 4, 3, 2, 1):
        store.keep(new(number), lease=LEASE)
        clock.forward(seconds=1)
    clock.forward(seconds=15)
    return store


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.05)
