"""Which handoff a call belongs to, how sure that is, and why: level 0 to 5, with reasons in words.

    0  nothing, a blocked number, a failed code
    1  caller number on file; the carrier does not vouch for it
    2  caller number on file; attestation A
    3  valid code; caller number absent or another one
    4  valid code, caller number agrees, app session AAL2 and fresh

A caller number alone never opens a record, and several candidates open none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.numbers import Caller, CallerNumber, e164

FRESH_SESSION = timedelta(hours=12)


@dataclass(frozen=True)
class IncomingCall:
    """A call at the contact center. `call_key` is the telephony vendor's id of it: same key, same answer.

    `digits` is what the caller's phone dialled after the number; `attestation` is STIR/SHAKEN's A, B or C.
    """

    call_key: str
    from_number: str | None = field(default=None, repr=False)
    to_number: str | None = None
    digits: str | None = field(default=None, repr=False)
    attestation: str | None = None


class CodeFound(StrEnum):
    """What became of the dialled digits."""

    NONE = "no code was dialled"
    MISKEYED = "the dialled code has a wrong digit"
    UNKNOWN = "the dialled code is not known"
    USED = "the dialled code was used by another call"
    LATE = "the dialled code had expired"
    VALID = "a valid code was dialled"


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


def bind(
    call: IncomingCall,
    caller: Caller,
    code: CodeFound,
    by_code: Candidate | None,
    by_number: tuple[Candidate, ...],
) -> Binding:
    """The verdict on a call, from what its code and its caller number found."""
    methods = (("dialed_code", call.digits), ("caller_number", caller.kind is CallerNumber.GIVEN))
    tried = tuple(name for name, was_there in methods if was_there)
    if code is CodeFound.VALID and by_code is not None:
        return _by_code(by_code, caller, tried)
    if code is CodeFound.LATE and by_code is not None:
        return Binding(
            level=0,
            reasons=(code.value, "offered as a possible match; it does not open by itself"),
            tried=tried,
            caller=caller,
            matched_by="dialed_code",
            handoff_id=by_code.handoff_id,
            candidates=1,
            late=True,
        )
    failed = () if code is CodeFound.NONE else (code.value,)
    return _by_number(call, caller, by_number, tried, failed)


def _by_code(found: Candidate, caller: Caller, tried: tuple[str, ...]) -> Binding:
    agrees, why = _number_agrees(found.handoff, caller)
    fresh, session = _session(found.handoff)
    return Binding(
        level=4 if agrees and fresh else 3,
        reasons=(CodeFound.VALID.value, why, session),
        tried=tried,
        caller=caller,
        matched_by="dialed_code",
        handoff_id=found.handoff_id,
        candidates=1,
        opens=True,
    )


def _by_number(
    call: IncomingCall,
    caller: Caller,
    found: tuple[Candidate, ...],
    tried: tuple[str, ...],
    failed: tuple[str, ...],
) -> Binding:
    if caller.kind is not CallerNumber.GIVEN:
        why: tuple[str, ...] = (f"the caller's number is {caller.kind.value}",)
    elif len(found) != 1:
        several = f"{len(found)} recent taps fit this number: no record is shown"
        why = (several if found else "no recent tap from this number",)
    else:
        vouched = (call.attestation or "").upper() == "A"
        says = "the carrier vouches for it (A)" if vouched else "the carrier does not vouch for it"
        return Binding(
            level=2 if vouched else 1,
            reasons=(*failed, "one recent tap fits this number", says),
            tried=tried,
            caller=caller,
            matched_by="caller_number",
            handoff_id=found[0].handoff_id,
            candidates=1,
        )
    return Binding(level=0, reasons=(*failed, *why), tried=tried, caller=caller, candidates=len(found))


def _number_agrees(handoff: Handoff, caller: Caller) -> tuple[bool, str]:
    """The full E.164 is compared: the national part alone would merge countries."""
    on_file = e164(handoff.veteran.phone) if handoff.veteran and handoff.veteran.phone else None
    if handoff.tty:
        return False, "a TTY or relay call: its number is the relay's"
    if caller.kind is not CallerNumber.GIVEN:
        return False, f"the caller's number is {caller.kind.value}"
    if on_file is None:
        return False, "there is no number on file to compare with"
    agrees = on_file == caller.e164
    return (
        agrees,
        "the caller's number is the one on file" if agrees else "the caller's number is another one",
    )


def _session(handoff: Handoff) -> tuple[bool, str]:
    sign_in = handoff.sign_in
    fresh = sign_in.at is not None and timedelta(0) <= handoff.occurred_at - sign_in.at <= FRESH_SESSION
    if sign_in.aal is None or sign_in.aal < 2:
        return False, "the app session had no second factor"
    return (
        fresh,
        "the app session had a second factor and was fresh" if fresh else "the app session was not fresh",
    )


def code_found(used_by: str | None, call_key: str, expires_at: datetime, now: datetime) -> CodeFound:
    """What a known code is worth to this call. The call that spent it may ask again."""
    if used_by is not None:
        return CodeFound.VALID if used_by == call_key else CodeFound.USED
    return CodeFound.VALID if now < expires_at else CodeFound.LATE
