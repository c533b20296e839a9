"""What a call brings, and the verdict on it: a handoff or none, level 0 to 5, and reasons in words.

    0  nothing, a blocked number, a failed code
    1  caller number on file; the carrier does not vouch for it
    2  caller number on file; attestation A
    3  valid code, caller number absent or another one; or a number of the pool, from the number on file
    4  valid code, caller number agrees, app session AAL2 and fresh
    5  called from inside the app, with a token that its server signed

A caller number alone never opens a record, and several candidates open none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.numbers import Caller, CallerNumber, e164
from sf_handoff.calls.payload import invalid
from sf_handoff.calls.vocabulary import UNFIT
from sf_handoff.errors import Problem

FRESH_SESSION = timedelta(hours=12)


@dataclass(frozen=True)
class IncomingCall:
    """A call at the contact center. `call_key` is the telephony vendor's id of it: same key, same answer.

    `digits` is what the caller's phone dialled after the number; `attestation` is STIR/SHAKEN's A, B or C.
    `token` comes with a call from inside the app, signed by the app's server. `handoff_ref` is what its
    attributes say without a signature: whoever holds the phone can change them, so it is shown at most.
    `parent_call_key` is of the call that this one is a transferred leg of.
    """

    call_key: str
    from_number: str | None = field(default=None, repr=False)
    to_number: str | None = None
    digits: str | None = field(default=None, repr=False)
    attestation: str | None = None
    token: str | None = field(default=None, repr=False)
    handoff_ref: str | None = None
    parent_call_key: str | None = None

    def __post_init__(self) -> None:
        """What is no text at all is refused; what no text may hold is as if it had not come."""
        for name, value in vars(self).items():
            if value is not None and not isinstance(value, str):
                raise invalid([Problem(name, "expected text")])
            if value and UNFIT.search(value):
                object.__setattr__(self, name, "" if name == "call_key" else None)

    @property
    def known_by(self) -> str | None:
        """Its key; None where it brings none that tells it from others."""
        return self.call_key if usable_key(self.call_key) else None


def usable_key(key: object) -> bool:
    return isinstance(key, str) and bool(key.strip()) and UNFIT.search(key) is None


class CodeFound(StrEnum):
    """What became of the dialled digits."""

    NONE = "no code was dialled"
    MISKEYED = "the dialled code has a wrong digit"
    UNKNOWN = "the dialled code is not known"
    USED = "the dialled code was used by another call"
    LATE = "the dialled code had expired"
    VALID = "a valid code was dialled"
    HELD = "many wrong codes were dialled lately: a code opens only from the number on file"
    TOO_MANY = "three codes were tried in this call already: this one was not looked up"


UNDONE = "this call was matched to the wrong person; the match was undone"


@dataclass(frozen=True)
class Candidate:
    """A kept handoff that the call may belong to."""

    handoff_id: str
    handoff: Handoff


@dataclass(frozen=True, kw_only=True)
class Binding:
    """The verdict. `handoff_id` is the one match; `opens` says whether its context may be shown."""

    level: int
    reasons: tuple[str, ...]
    tried: tuple[str, ...]
    caller: Caller
    matched_by: str | None = None
    handoff_id: str | None = None
    candidates: int = 0
    opens: bool = False
    late: bool = False

    @property
    def undone(self) -> Binding:
        """The match taken back: the call was another person's."""
        return Binding(level=0, reasons=(UNDONE,), tried=self.tried, caller=self.caller)

    def to_keep(self) -> dict[str, Any]:
        """What is kept of it, so that the call gets it again; the number that it came from is not."""
        return {**vars(self), "caller": self.caller.kind}

    @classmethod
    def from_kept(cls, kept: Mapping[str, Any]) -> Binding:
        tuples = {name: tuple(kept[name]) for name in ("reasons", "tried")}
        return cls(**{**kept, **tuples, "caller": Caller(CallerNumber(kept["caller"]))})


def number_agrees(handoff: Handoff, caller: Caller) -> tuple[bool | None, str]:
    """Whether the call came from the number on file, and why so; None where nothing can be compared.

    The full E.164 is compared: the national part alone would merge countries.
    """
    on_file = e164(handoff.veteran.phone) if handoff.veteran and handoff.veteran.phone else None
    if handoff.tty:
        return None, "a TTY or relay call: its number is the relay's"
    if caller.kind is not CallerNumber.GIVEN:
        return None, f"the caller's number is {caller.kind.value}"
    if on_file is None:
        return None, "there is no number on file to compare with"
    if on_file == caller.e164:
        return True, "the caller's number is the one on file"
    return False, "the caller's number is another one"


def fresh_session(handoff: Handoff) -> tuple[bool, str]:
    """Whether the app session had a second factor and was fresh when the number was tapped."""
    sign_in = handoff.sign_in
    fresh = sign_in.at is not None and timedelta(0) <= handoff.occurred_at - sign_in.at <= FRESH_SESSION
    if sign_in.aal is None or sign_in.aal < 2:
        return False, "the app session had no second factor"
    return (
        fresh,
        "the app session had a second factor and was fresh" if fresh else "the app session was not fresh",
    )


def code_found(used_by: str | None, call_key: str, expires_at: datetime, at: datetime) -> CodeFound:
    """What a known code is worth to a call that came `at` this time. The call that spent it may ask again."""
    if used_by is not None:
        return CodeFound.VALID if used_by == call_key else CodeFound.USED
    return CodeFound.VALID if at < expires_at else CodeFound.LATE
