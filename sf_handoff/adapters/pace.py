"""When the next request to a tracker may go: one at a time, changes some seconds apart, none while refused.

https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sf_handoff.errors import Unavailable

# A longer wait is for whoever called to decide.
PATIENCE = 300.0
# What a refusal that names no time is taken to mean; each further one means twice as long.
UNTOLD, LONGEST = 60.0, 3600.0
# So many creations in so many seconds.
WINDOWS = ((80, 60.0), (500, 3600.0))


class Pace:
    """Turns, for all threads of the process. `apart` 0 is for a server that asks for no pace.

    What is told to it, is told by whoever has the turn.
    """

    def __init__(
        self,
        apart: float = 0.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._apart, self._clock, self._sleep = apart, clock, sleep
        self._lock = threading.Lock()
        self._not_before = self._changed_at = -math.inf
        self._created: deque[float] = deque(maxlen=max(most for most, _ in WINDOWS))
        self._refusals = 0

    @contextmanager
    def turn(self, *, changes: bool = False, creates: bool = False) -> Iterator[None]:
        """Waits for the turn, and for its time. Raises Unavailable (`RATE_LIMIT`) where that is too long."""
        with self._lock:
            self._wait(self._left(changes, creates))
            try:
                yield
            finally:
                self._changed_at = self._clock() if changes else self._changed_at
                if creates:
                    self._created.append(self._clock())

    def refused(self, asked: float | None) -> float:
        """A request was refused for now; how long nothing more is sent."""
        self._refusals += 1
        untold = min(UNTOLD * 2.0 ** (self._refusals - 1), LONGEST)
        self.rest(untold if asked is None else asked)
        return self._not_before - self._clock()

    def answered(self) -> None:
        self._refusals = 0

    def rest(self, seconds: float) -> None:
        """Nothing more is sent for so long."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def _wait(self, left: float) -> None:
        if left > PATIENCE:
            raise Unavailable(
                "The tracker takes no more requests for a while.", code="RATE_LIMIT", retry_after=left
            )
        if left > 0:
            self._sleep(left)

    def _left(self, changes: bool, creates: bool) -> float:
        until = [self._not_before]
        if changes:
            until.append(self._changed_at + self._apart)
        if creates and self._apart:
            until += [self._created[-most] + span for most, span in WINDOWS if len(self._created) >= most]
        return max(until) - self._clock()
