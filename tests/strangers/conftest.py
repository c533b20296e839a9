"""An org that other people's clients reach by their own idea of its name, and by nothing else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from sf_handoff.embedded import Embedded
from tests.embedded.world import JESSE, an_org
from tests.strangers.gate import MY_DOMAIN, Address, Gate, a_gate


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    folder = tmp_path_factory.mktemp("org")
    certify(folder)
    with an_org(folder, contacts=[JESSE, JESSE], assignment_rule=False) as running:
        yield running


def certify(folder: Path) -> None:
    """The files that the org would make for itself, but with a certificate that holds for My Domain as well."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    issued = authority.issue_cert("127.0.0.1", "localhost", MY_DOMAIN)
    issued.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")


@pytest.fixture
def gate(org: Embedded) -> Iterator[Gate]:
    with a_gate({f"{MY_DOMAIN}:443": address(org.https)}) as gate:
        yield gate


@pytest.fixture
def contacted(only_loopback: None, monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Every address that this process looks up or connects to, as `host, port`."""
    found: set[Any] = set()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def noted(self: socket.socket, to: Any) -> None:
        found.add(to)
        connect(self, to)

    def noted_too(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        found.add((host, port))
        return look_up(host, port, *more, **named)

    monkeypatch.setattr(socket.socket, "connect", noted)
    monkeypatch.setattr(socket, "getaddrinfo", noted_too)
    return found


@pytest.fixture(autouse=True)
def nothing_else(contacted: set[Any], gate: Gate, org: Embedded) -> Iterator[None]:
    """Each test in this folder proves it: clients went to the gate alone, and by it to the org alone."""
    yield
    assert contacted <= {gate.address, address(org.https)}
    assert set(gate.asked) <= set(gate.ways)


def address(url: str) -> Address:
    parts = urlsplit(url)
    assert parts.hostname and parts.port
    return parts.hostname, parts.port
