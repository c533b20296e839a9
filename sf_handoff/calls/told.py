"""What is told or asked after a tap, checked: an outcome, a callback, a try to call back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sf_handoff.calls.binding import usable_key
from sf_handoff.calls.follow_ups import Callback, CallbackTried, Outcome, Reason, open_callback
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.numbers import e164
from sf_handoff.calls.payload import invalid
from sf_handoff.calls.pop_document import PopCallback
from sf_handoff.calls.ramps import Line, Ramps
from sf_handoff.calls.vocabulary import UNFIT
from sf_handoff.errors import InvalidHandoff, Problem
from sf_handoff.worktime import moment_words

LATEST = timedelta(days=14)


@dataclass(frozen=True)
class Window:
    """When somebody is to call back, and on which number; None: the one on file."""

    number: str | None = field(repr=False)
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True)
class KeptCallback:
    """A callback that was asked for, and the row that keeps it."""

    id: str
    asked: Callback


def outcome(reason: str, call_key: str | None, before: Outcome | None, now: datetime) -> Outcome:
    """Raises InvalidHandoff for a reason that is none of the five."""
    if reason not in list(Reason):
        raise _invalid("reason", f"one of {', '.join(Reason)}")
    if call_key is not None and not usable_key(call_key):
        raise _invalid("call_key", "the call's id as plain text, or none")
    return Outcome(
        at=now, reason=Reason(reason), call_key=call_key, instead_of=before.reason if before else None
    )


def callback(
    handoff: Handoff,
    wanted: Window,
    earlier: Sequence[KeptCallback],
    tried: Sequence[CallbackTried],
    ramps: Ramps,
    now: datetime,
) -> Callback:
    """Raises InvalidHandoff where the line calls nobody back, or the number or the window does not do."""
    line = ramps.line(handoff.dialed)
    if line is None or not line.calls_back:
        raise _invalid("handoff_id", "a handoff to a line that calls back (mappings/ramps.py)", "NO_CALLBACK")
    on_file = handoff.veteran.phone if handoff.veteran else None
    given = wanted.number or on_file
    number = e164(given) if isinstance(given, str) and not UNFIT.search(given) else None
    if number is None or ramps.is_crisis(number) or ramps.line(number):
        raise _invalid("number", "a telephone number at which the caller can be reached")
    _check_window(wanted, line, now)
    return Callback(
        at=now,
        number=number,
        not_before=wanted.not_before,
        not_after=wanted.not_after,
        earlier=tuple(each.id for each in earlier),
        ended=sum(each.over for each in tried),
    )


def callback_tried(
    asked: Sequence[KeptCallback], tried: Sequence[CallbackTried], reached: bool, now: datetime
) -> CallbackTried:
    """The next try at the newest callback. Raises InvalidHandoff where there is none that is open."""
    mine = tries_of(asked[0], tried) if asked else []
    if not asked or not open_callback(mine):
        raise _invalid("handoff_id", "a handoff with an open callback", "NO_CALLBACK")
    ids = tuple(each.id for each in asked)
    return CallbackTried(at=now, reached=reached, attempts=len(mine) + 1, callbacks=ids)


def shown(asked: Sequence[KeptCallback], tried: Sequence[CallbackTried], now: datetime) -> PopCallback | None:
    """The callback that somebody waits for, for the pop."""
    mine = tries_of(asked[0], tried) if asked else []
    if not asked or not open_callback(mine) or now > asked[0].asked.not_after:
        return None
    wanted = asked[0].asked
    return PopCallback(
        number=wanted.number,
        not_before=wanted.not_before,
        not_after=wanted.not_after,
        attempts=len(mine),
    )


def tries_of(asked: KeptCallback, tried: Sequence[CallbackTried]) -> list[CallbackTried]:
    """The tries since this callback was asked for."""
    return [each for each in tried if each.callback == asked.id]


def _check_window(wanted: Window, line: Line, now: datetime) -> None:
    times = (wanted.not_before, wanted.not_after)
    if any(getattr(each, "tzinfo", None) is None for each in times):
        raise _invalid("not_before, not_after", "times with a time zone")
    if not wanted.not_before < wanted.not_after or wanted.not_after <= now:
        raise _invalid("not_after", "a time that is later than not_before, and not over")
    if wanted.not_after > now + LATEST:
        raise _invalid("not_after", f"a time within {LATEST.days} days")
    start = max(wanted.not_before, now)
    if line.hours and not line.hours.open_at(start) and line.hours.opens_next(start) >= wanted.not_after:
        opens = moment_words(line.hours.opens_next(start))
        raise _invalid("not_before", f"a window in which the line is open; it opens on {opens}")


def _invalid(path: str, expected: str, code: str = "INVALID") -> InvalidHandoff:
    return invalid([Problem(path, f"expected {expected}")], code=code)
