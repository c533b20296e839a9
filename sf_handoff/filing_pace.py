"""How long filing waits, and for what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from sf_handoff.errors import Unavailable, Uncertain
from sf_handoff.reports.tickets import Ticket

T = TypeVar("T")
PATIENCE = timedelta(minutes=5)
# What was created may take so long to appear in a list.
APPEARS = timedelta(seconds=30)
# GitHub's clock and ours may differ.
CLOCKS = timedelta(minutes=10)

# Here the tracker has waited itself, and other tickets need not.
BOARD_LAG = "BOARD_LAG"


class Later(Exception):
    """It may have been done, and may not show yet: other tickets go on meanwhile."""


class Patience:
    """Waits where the tracker says for how long, until no time is left for it."""

    def __init__(self, total: timedelta, sleep: Callable[[float], None]) -> None:
        self._left, self.sleep = total.total_seconds(), sleep

    def __call__(self, call: Callable[[], T]) -> T:
        while True:
            try:
                return call()
            except Uncertain:
                raise
            except Unavailable as error:
                wait = error.retry_after
                if wait is None or wait > self._left or error.code == BOARD_LAG:
                    raise
            self._left -= wait
            self.sleep(wait)


def since(tickets: Iterable[Ticket]) -> datetime | None:
    """From when on issues must be looked through for those whose answer was lost."""
    lost = [each.intended_at for each in tickets if each.number is None]
    return min(lost) - CLOCKS if lost else None
