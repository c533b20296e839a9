"""A backlog: handoffs that were kept while nothing was sent, and ways to meddle with what is sent then."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from sf_handoff import Connector
from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.retry import Call
from tests.conftest import Clock

GATE = "salesforce"
Send = Callable[[], tuple[Part, ...]]


def tap(clock: Clock, number: int = 600000001, **changes: Any) -> dict[str, Any]:
    """A tap with an id of its own about one of many claims of one person; each claim is an episode."""
    payload = sample_handoff(at=clock.now, handoff_id=str(uuid.uuid4()))
    payload["claim"]["data"]["id"] = str(number)
    return payload | changes


@contextmanager
def shut(connector: Connector) -> Iterator[None]:
    """Nothing is sent in the block."""
    connector._store.close_gate(GATE, "TEST", timedelta(days=1))
    yield
    connector._store.open_gate(GATE)


def keep(connector: Connector, payloads: Sequence[dict[str, Any]]) -> list[str]:
    """Keeps the handoffs without sending them; their ids."""
    with shut(connector):
        return [connector.hand_off(payload).handoff_id for payload in payloads]


def backlog(connector: Connector, clock: Clock, number: int, first: int = 600000001) -> list[str]:
    """So many taps, each about a claim of its own, a second apart."""
    payloads = []
    for each in range(number):
        clock.forward(seconds=1)
        payloads.append(tap(clock, first + each))
    return keep(connector, payloads)


@contextmanager
def meddling(
    connector: Connector,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[int, CompositeRequest, Send], tuple[Part, ...]],
) -> Iterator[list[list[str]]]:
    """Every Composite goes through `change`, with its number from 1. Yields the referenceIds of each."""
    usual, seen = connector._salesforce.composite, list[list[str]]()

    def watched(request: CompositeRequest, call: Call) -> tuple[Part, ...]:
        seen.append([part.reference_id for part in request.subrequests])
        return change(len(seen), request, lambda: usual(request, call))

    with monkeypatch.context() as patch:
        patch.setattr(connector._salesforce, "composite", watched)
        yield seen


def as_it_is(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
    return send()
