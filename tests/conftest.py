"""What all tests share: a clock that stands still, the maps, an embedded org, a Connector on it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import sf_handoff
from sf_handoff.adapters.assembly import connect, start_embedded
from sf_handoff.adapters.settings import Settings
from sf_handoff.connector import Connector
from sf_handoff.embedded import Embedded
from sf_handoff.mapping import MappingSet, bundled

ROOT = Path(__file__).parents[1]
LOOPBACK = ("127.0.0.1", "::1", "localhost")

if str(ROOT) not in sf_handoff.__path__ and not hasattr(sf_handoff, "mappings"):
    # As cli.py does: in a checkout the maps lie beside the package.
    sf_handoff.__path__.append(str(ROOT))


@dataclass
class Clock:
    """A clock that tests set."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches the network."""
    connect_to = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise AssertionError("a test tried to reach the network")
        connect_to(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the settings or the data folder of whoever runs it."""
    import os

    for name in list(os.environ):
        if name.startswith("SF_HANDOFF_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def clock() -> Clock:
    # A Friday morning in Washington: the lines are open.
    return Clock(datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC))


@pytest.fixture(scope="session")
def mappings() -> MappingSet:
    return bundled()


@pytest.fixture
def org(tmp_path: Path, mappings: MappingSet) -> Iterator[Embedded]:
    with start_embedded(tmp_path / "org", mappings) as running:
        yield running


@pytest.fixture
def settings(org: Embedded, tmp_path: Path) -> Settings:
    """Settings that reach the org, with a store of their own."""
    return Settings(
        org=org.https,
        client_id=org.client_id,
        username=org.username,
        private_key_file=org.private_key_file,
        audience=org.audience,
        ca_file=org.ca_file,
        allowed_hosts="127.0.0.1",
        dial_codes=True,
        send_after_pop=False,
        store=f"sqlite:///{tmp_path / 'store' / 'store.sqlite3'}",
    )


@pytest.fixture
def connector(settings: Settings, clock: Clock) -> Iterator[Connector]:
    with connect(settings, clock, sleep=lambda seconds: None) as connected:
        yield connected
