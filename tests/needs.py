"""What a test can do without on a developer's machine. In CI nothing is skipped: what lacks there is a failure."""

from __future__ import annotations

import os

import pytest

# Read once: the tests themselves see no settings.
SKIP_NOTHING = bool(os.environ.get("SF_HANDOFF_SKIP_NOTHING"))


def needs(there: object, reason: str) -> None:
    """Skip the test that asks, unless it is `there`; `reason` says what is missing and what is skipped."""
    if there:
        return
    if SKIP_NOTHING:
        pytest.fail(f"{reason} (and nothing may be skipped)", pytrace=False)
    pytest.skip(reason)
