"""What can go wrong, as a caller would act on it.

    HandoffError
      InvalidHandoff   the payload is wrong; nothing was kept or sent
      Rejected         refused for good; parked for a person
      Misconfigured    nothing will work until someone fixes it; the run stops
      Unavailable      try again (carries retry_after, in seconds)
        NotKept        the store could not take it; there is no receipt
        Uncertain      it may have happened; repeat only keyed writes
        Exhausted      allowance used up; wait for hours, keep the rest for live calls

Messages name a field, a code and what to do. They never hold a value from a payload, a record or an
answer, so they may be logged. All of them survive pickling.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a payload: where it is and what would be right."""

    path: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: {self.expected}"


class HandoffError(Exception):
    """Base of all errors of this package. `code` is stable, `message` is for people."""

    def __init__(self, message: str, *, code: str = "ERROR") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class InvalidHandoff(HandoffError):
    """The payload is wrong. `problems` names each field by its path and says what is expected there."""

    def __init__(self, message: str, *, code: str = "INVALID", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message, code=code)
        self.problems = problems


class Rejected(HandoffError):
    """Refused for good: sending it again as it is will not help. `fields` are API names."""

    def __init__(self, message: str, *, code: str = "REJECTED", fields: tuple[str, ...] = ()) -> None:
        super().__init__(message, code=code)
        self.fields = fields


class Misconfigured(HandoffError):
    """A setting, a permission or a field is missing; every further attempt would fail the same way."""

    def __init__(self, message: str, *, code: str = "CONFIG", fields: tuple[str, ...] = ()) -> None:
        super().__init__(message, code=code)
        self.fields = fields


class Unavailable(HandoffError):
    """Not now. `retry_after` is what the other side asked for, in seconds."""

    def __init__(self, message: str, *, code: str = "UNAVAILABLE", retry_after: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class NotKept(Unavailable):
    """The store could not take the handoff. There is no receipt, and nothing was sent."""


class Uncertain(Unavailable):
    """The request may have been carried out. Only writes under a key of ours may be repeated."""


class Exhausted(Unavailable):
    """The allowance is used up for hours; what is left of it belongs to live calls."""
