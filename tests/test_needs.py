"""Skipping where something is missing, and not in CI."""

from __future__ import annotations

import pytest

from tests import needs as module
from tests.needs import needs


def test_goes_on_with_what_is_there() -> None:
    needs("a browser", "no browser")


def test_skips_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SKIP_NOTHING", False)
    with pytest.raises(pytest.skip.Exception, match="no browser"):
        needs(None, "no browser")


def test_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SKIP_NOTHING", True)
    with pytest.raises(pytest.fail.Exception, match="no browser"):
        needs(None, "no browser")
