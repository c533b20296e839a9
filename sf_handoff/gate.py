"""The gate in front of Salesforce: when it is away, nobody wastes a call, and one tries for all.

Which failures close it, and for how long, is the table below. Times are in seconds. It is kept in the store,
so that every host sees it; the store itself elects the one who tries.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, NotKept, Rejected, Unavailable
from sf_handoff.ports import Closed, Entry, Store
from sf_handoff.retry import RESERVE, RetryPolicy

FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0
LONGEST_ASKED = 900.0
# Sign-in, certificate, set-up, allowance: nothing changes within seconds, and each try costs something.
SET_UP_WAIT, LIMIT_WAIT = 60.0, 300.0
CONCURRENT_WAIT = 10.0
# So long the one who tries has to itself; who dies at it keeps the others waiting no longer.
PROBE = timedelta(seconds=15)


@dataclass(frozen=True)
class Rule:
    """Closes the gate for `reason` after so many failures in a row, for `wait` seconds or a growing time."""

    reason: str
    after: int = 1
    wait: float | None = None


def rule_for(error: HandoffError) -> Rule | None:
    """What a failed call says about the destination; None where it says something of one record only."""
    if isinstance(error, Rejected) or error.code in _LOCKED or error.code in _OURS:
        return None
    if isinstance(error, Exhausted):
        return Rule("LIMIT", wait=LIMIT_WAIT)
    if isinstance(error, Misconfigured):
        return Rule(error.code if error.code in ("TLS", "CLOCK") else _set_up(error.code), wait=SET_UP_WAIT)
    asked = isinstance(error, Unavailable) and error.retry_after
    if error.code == "REQUEST_LIMIT_EXCEEDED":
        return Rule("CONCURRENT", wait=None if asked else random.uniform(FIRST_WAIT, CONCURRENT_WAIT))
    if error.code in _REFUSED_NOW or asked:
        return Rule(error.code)
    return Rule(error.code, after=3 if error.code == "REDIRECT" else 5)


_LOCKED = frozenset({"UNABLE_TO_LOCK_ROW", "CONFLICT", "HTTP_409"})
# Of our own making: they say nothing of the other side.
_OURS = frozenset({RESERVE, "UNFORESEEN"})
_REFUSED_NOW = frozenset({"HTTP_429", "HTTP_503", "SERVER_UNAVAILABLE", "SERVICE_UNAVAILABLE"})
_SIGN_IN = frozenset({"AUTH", "INVALID_GRANT", "INVALID_CLIENT", "INVALID_CLIENT_ID", "INACTIVE_USER"})


def _set_up(code: str) -> str:
    return "AUTH" if code.upper() in _SIGN_IN else "CONFIG"


class Gate:
    """One destination's gate. Safe to share between threads."""

    def __init__(
        self, store: Store, destination: str, draw: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._store, self._destination, self._draw = store, destination, draw

    def enter(self, policy: RetryPolicy) -> Entry:
        """Leave to send. Raises Unavailable, with the reason as its code, while the gate is closed.

        A store that does not answer closes nothing: what is kept is to be sent.
        """
        try:
            entry = self._store.enter(self._destination, probe_for=PROBE, insists=policy.insists)
        except NotKept:
            return Entry(0)
        if isinstance(entry, Closed):
            raise Resting(
                f"Not sent: nothing is sent to Salesforce before {entry.until:%H:%M:%S} UTC, because of "
                f"{entry.reason}.",
                code=entry.reason,
            )
        return entry

    def heard(self, entry: Entry, error: HandoffError | None) -> None:
        """Notes how a call went for which there was leave."""
        rule = rule_for(error) if error else None
        with suppress(NotKept):
            if error and rule:
                self._failed(rule, entry, error)
            elif error and error.code in _OURS:
                self._pass_on(entry, error.code)
            elif entry.fails or entry.probing:
                self._store.open_gate(self._destination)

    def _pass_on(self, entry: Entry, reason: str) -> None:
        """Who was to try for all and sent nothing, or cannot tell, leaves it to the next."""
        if entry.probing:
            self._store.close_gate(self._destination, reason, timedelta())

    def _failed(self, rule: Rule, entry: Entry, error: HandoffError) -> None:
        """A failed try closes it again. Only those count for the time: calls that were under way together
        and failed together are one failure."""
        fails = self._store.failed(self._destination, probing=entry.probing)
        if entry.probing or fails >= rule.after:
            asked = error.retry_after if isinstance(error, Unavailable) else None
            wait = rule.wait or (asked or 0.0) + self._jitter(fails - rule.after if entry.probing else 0)
            wait = min(wait, LONGEST_ASKED)
            self._store.close_gate(self._destination, rule.reason, timedelta(seconds=wait))

    def _jitter(self, times: int) -> float:
        """Full jitter over a ceiling that doubles, or all who were turned away come back together."""
        return max(FIRST_WAIT, self._draw(0.0, min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(times, 16))))


class Resting(Unavailable):
    """The gate is closed: nothing was sent, and nothing can have happened."""
