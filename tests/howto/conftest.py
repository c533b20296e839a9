"""What the how-tos stand on: settings in the environment, a store, and one tap in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sf_handoff import Connector, Receipt
from sf_handoff.calls.samples import sample_handoff


@pytest.fixture
def receipt(monkeypatch: pytest.MonkeyPatch) -> Receipt:
    """A tap that was handed over just now, by the service that the app talks to."""
    monkeypatch.setenv("SF_HANDOFF_ORG", "embedded")
    with Connector.from_env() as connector:
        return connector.hand_off(sample_handoff(at=datetime.now(UTC)))
