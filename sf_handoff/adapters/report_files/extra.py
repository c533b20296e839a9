"""The libraries that only reports need; loaded when a file is written, and named where they are missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sf_handoff.errors import Misconfigured


@contextmanager
def report_extra() -> Iterator[None]:
    """Around the import of one of them."""
    missing = None
    try:
        yield
    except ImportError as error:
        missing = error.name
    if missing:
        raise Misconfigured(f"Reports need {missing}. Run: pip install 'sf-handoff[report]'")
