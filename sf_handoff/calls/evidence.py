"""What a method of the ladder is, what it is given, and what it may look up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from sf_handoff.calls.binding import Binding, Candidate, IncomingCall
from sf_handoff.calls.breakers import Misses
from sf_handoff.calls.numbers import Caller
from sf_handoff.calls.signed import SignedCall


@dataclass(frozen=True)
class Asked:
    """A call as the methods see it. `signed` is what its token says, `refused` why the token says nothing.

    `pooled` is the number that was called, where it belongs to the pool of a line.
    """

    call: IncomingCall
    caller: Caller
    pooled: str | None = None
    signed: SignedCall | None = None
    refused: str | None = None


@dataclass(frozen=True)
class Finding:
    """What a method found: at best one handoff, how sure that is, and why; else the reasons alone.

    `opens` says whether the handoff's context may be shown; without it the handoff is only offered.
    """

    reasons: tuple[str, ...] = ()
    level: int = 0
    handoff_id: str | None = None
    candidates: int = 0
    opens: bool = False
    late: bool = False


@dataclass(frozen=True)
class KnownCode:
    """A code that was given out: whose it is, until when, and which call used it, if one has."""

    handoff_id: str
    expires_at: datetime
    used_by: str | None


@dataclass(frozen=True)
class RecentTap:
    """A tap by someone with the caller's number. `person` is the same for all taps of one person."""

    candidate: Candidate
    person: str
    expires_at: datetime


class Try(Enum):
    """A try at a code: the first with these digits in the call, the same digits again, or one too many."""

    NEW = auto()
    AGAIN = auto()
    TOO_MANY = auto()


class Lookups(Protocol):
    """What may be looked up, spent and noted for one call: all of it, or nothing, at one moment.

    `at` is when the call was first asked about, which stops every clock; `earlier` its answer so far.
    """

    @property
    def at(self) -> datetime: ...
    @property
    def earlier(self) -> Binding | None: ...
    def answer_of(self, call_key: str) -> Binding | None: ...
    def candidate(self, handoff_id: str) -> Candidate | None: ...
    def tried(self, digits: str) -> Try: ...
    def code(self, code: str) -> KnownCode | None: ...
    def spend_code(self, code: str) -> bool: ...
    def misses(self, number: str | None) -> Misses: ...
    def missed(self, number: str | None) -> None: ...
    def spend_token(self, token: SignedCall) -> bool: ...
    def latched(self, number: str) -> str | None: ...
    def release(self, number: str) -> None: ...
    def taps(self, number: str) -> tuple[RecentTap, ...]: ...
    def note(self, kind: str, handoff_id: str | None = None, **detail: str | int | bool | None) -> None: ...


class Method(Protocol):
    """One way to find a call's handoff. `name` is what the pop says it was matched by."""

    @property
    def name(self) -> str: ...
    def given(self, asked: Asked) -> bool:
        """Whether the call brings what the method goes by."""

    def find(self, asked: Asked, lookups: Lookups) -> Finding: ...
