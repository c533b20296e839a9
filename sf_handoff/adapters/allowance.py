"""What a process may spend: retries, so that an outage is not multiplied, and the org's daily API calls."""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Lock

from sf_handoff.errors import Exhausted
from sf_handoff.retry import RESERVE

# What an answer said of the allowance is believed for so many seconds.
FRESH = 300.0
_USAGE = re.compile(r"(?<![\w-])api-usage=(\d{1,12})/(\d{1,12})", re.ASCII)


class Budget:
    """Retries: each costs five tokens of fifty, and a success gives one back."""

    def __init__(self, tokens: int = 50, cost: int = 5) -> None:
        self._most, self._left, self._cost = tokens, tokens, cost
        self._lock = Lock()

    def spend(self) -> bool:
        """Whether one more retry may be made; if so, it is paid for."""
        with self._lock:
            if self._left < self._cost:
                return False
            self._left -= self._cost
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._left = min(self._most, self._left + 1)


class Allowance:
    """The org's API calls of 24 hours, as its last answer counted them (`Sforce-Limit-Info`).

    https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._said: tuple[float, float] | None = None

    def note(self, header: str | None) -> None:
        """Takes note of the header of an answer; one that is missing or unreadable says nothing."""
        found = _USAGE.search(header or "")
        if found and int(found[2]):
            self._said = int(found[1]) / int(found[2]), self._clock()

    def check(self, reserve: float) -> None:
        """Raises Exhausted where a further call would go into the reserve that live calls have."""
        used, at = self._said or (0.0, 0.0)
        if reserve and used >= 1.0 - reserve and self._clock() - at <= FRESH:
            raise Exhausted(
                f"The org's API calls are used up but for the {reserve:.0%} that live calls keep.",
                code=RESERVE,
            )
