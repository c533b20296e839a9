"""Faults to order, so that a test can see what a client does when the org or the way to it fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from threading import Condition, Lock
from typing import Any, Literal

from sf_handoff.embedded.refusals import Refusal

Kind = Literal[
    "answer", "html", "expired", "daily_limit", "concurrent_limit", "too_many_requests", "unavailable",
    "hold_before", "hold_after", "slow_body", "drop_before", "drop_after", "truncate", "row",
]  # fmt: skip
REFUSED = {
    "expired": Refusal("INVALID_SESSION_ID", "Session expired or invalid"),
    "daily_limit": Refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403),
    "concurrent_limit": Refusal(
        "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", status=403
    ),
    "too_many_requests": Refusal("REQUEST_LIMIT_EXCEEDED", "Too many requests.", status=429),
    "unavailable": Refusal("SERVER_UNAVAILABLE", "The server is too busy.", status=503),
}
INSTEAD = {"answer", "html", *REFUSED}
LOCKED, WRAPPED = "UNABLE_TO_LOCK_ROW", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
LOCK = "unable to obtain exclusive access to this record"
IN_A_TRIGGER = (
    "{sobject}Trigger: execution of AfterUpdate\n\ncaused by: System.DmlException: Update failed. "
    f"First exception on row 0; first error: {LOCKED}, {LOCK}: []"
)


@dataclass(frozen=True)
class Fault:
    """What happens to the next `times` requests (None: to all) in whose path the expression `path` is found.

    Nothing is done, and the answer is: `answer`, one with this status, body and headers · `expired`,
    `daily_limit`, `concurrent_limit`, `too_many_requests`, `unavailable`, Salesforce's refusal with these
    headers besides (`Retry-After`) · `html`, a maintenance page with status 200.

    The way fails before it is done or after: `drop_before` and `drop_after` close the connection ·
    `hold_before` and `hold_after` wait for `seconds`, or until released; if the client has gone by then, what
    was held before is never done · `slow_body` sends `rate` bytes a second · `truncate` closes the connection
    amid the answer.

    `row` refuses the next `times` records of `sobject` (or of all) with the values of `where` that any
    resource creates or updates, and the others in the request may pass. `code` is a lock, a lock inside a
    trigger (CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY), or any other with a `message`.

    `chance` below 1 lets a request pass now and then.
    """

    path: str = ""
    kind: Kind = "answer"
    method: str | None = None
    times: int | None = 1
    chance: float = 1.0
    status: int = 503
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None
    rate: int = 1
    sobject: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    code: str = LOCKED
    message: str | None = None

    def __post_init__(self) -> None:
        try:
            re.compile(self.path)
        except re.error:
            raise ValueError("path: not a regular expression") from None
        if self.times is not None and self.times < 1:
            raise ValueError("times: less than 1")
        if not 200 <= self.status < 600:
            raise ValueError("status: not 200 to 599")
        if not 0 < self.chance <= 1:
            raise ValueError("chance: not above 0 and up to 1")
        if self.rate < 1:
            raise ValueError("rate: less than 1")
        if self.kind == "row" and (self.path or self.method):
            raise ValueError("path, method: a row is refused whatever the request")

    def meets(self, method: str, path: str) -> bool:
        return self.kind != "row" and self.method in {None, method} and re.search(self.path, path) is not None

    def meets_row(self, sobject: str, record: Mapping[str, Any]) -> bool:
        return (
            self.kind == "row"
            and self.sobject in {None, sobject}
            and all(record.get(name) == value for name, value in self.where.items())
        )

    def refusal(self, sobject: str) -> Refusal:
        """Of a record."""
        usual = {LOCKED: LOCK, WRAPPED: IN_A_TRIGGER.format(sobject=sobject)}.get(self.code, "")
        return Refusal(self.code, usual if self.message is None else self.message, fields=())

    def spent_once(self) -> tuple[Fault, ...]:
        """What is left of it when it has happened once more."""
        if self.times is None:
            return (self,)
        return (replace(self, times=self.times - 1),) if self.times > 1 else ()


class Held:
    """The requests that wait now."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: set[Future[None]] = set()

    def wait(self, number: int = 1, timeout: float = 10.0) -> bool:
        """Until so many wait, or for 0 none any more; False if that does not come in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._are(number), timeout)

    def _are(self, number: int) -> bool:
        return len(self._waiting) >= number if number else not self._waiting

    def release(self) -> None:
        with self._changed:
            for each in self._waiting:
                each.set_result(None)
            self._waiting.clear()

    @contextmanager
    def one(self) -> Iterator[Future[None]]:
        """One more that waits until the block ends. Its future is done when it is released."""
        released: Future[None] = Future()
        with self._changed:
            self._waiting.add(released)
            self._changed.notify_all()
        try:
            yield released
        finally:
            with self._changed:
                self._waiting.discard(released)
                self._changed.notify_all()


class Faults:
    """The faults still to come. The first that meets a request happens to it, and no other.

    Chance is that of the seed: the same requests in the same order meet the same faults.
    """

    def __init__(self, seed: int = 0) -> None:
        self.held = Held()
        self._lock = Lock()
        self._coming: list[Fault] = []
        self._chance = Random(seed)

    def __len__(self) -> int:
        return len(self._coming)

    @property
    def coming(self) -> list[Fault]:
        return list(self._coming)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._coming.append(fault)

    def clear(self, seed: int = 0) -> None:
        """No fault is left, no request waits, and chance begins anew."""
        with self._lock:
            self._coming.clear()
            self._chance = Random(seed)
        self.held.release()

    def take(self, method: str, path: str) -> Fault | None:
        return self._take(lambda each: each.meets(method, path))

    def check_row(self, sobject: str, record: Mapping[str, Any]) -> None:
        """Raises the refusal that has been ordered for this record, if one has."""
        fault = self._take(lambda each: each.meets_row(sobject, record))
        if fault is not None:
            raise fault.refusal(sobject)

    def _take(self, meets: Callable[[Fault], bool]) -> Fault | None:
        with self._lock:
            for at, each in enumerate(self._coming):
                if meets(each) and (each.chance == 1 or self._chance.random() < each.chance):
                    self._coming[at : at + 1] = each.spent_once()
                    return each
        return None
