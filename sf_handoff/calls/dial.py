"""The dial plan: how the app may place the call, with a way for everybody.

Only the safe subset of `tel:` links is made, two commas before the code: `dial_lint` says what is in it, and
why.
"""

from __future__ import annotations

from datetime import datetime

from sf_handoff.calls.codes import spoken
from sf_handoff.calls.dial_lint import FEWEST_DIGITS, MOST_DIGITS
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.numbers import display, e164
from sf_handoff.calls.ramps import Line, Ramp, Ramps
from sf_handoff.calls.receipt import Alternative, DialPlan
from sf_handoff.worktime import day_words, moment_words

TTY_LINK = "tel:711"
PAUSES = ",,"
ALWAYS = "24 hours a day, 7 days a week"


def dial_plan(
    handoff: Handoff,
    ramps: Ramps,
    *,
    code: str | None,
    now: datetime,
    expires_at: datetime,
    pooled: str | None = None,
) -> DialPlan:
    """How to call `handoff.dialed` at `now`; `code` is the one reserved for it, if any.

    `pooled` is a number of the line's pool that waits for this call alone: it is called without digits.

    Of what is no telephone number nothing is repeated: no link, no number, and a label that says so. Digits
    stand in the link only where the line's phone system listens for them, and the caller's phone sends them.
    """
    line = ramps.line(handoff.dialed)
    number = pooled or (line.number if line else e164(handoff.dialed))
    sends_code = line is not None and line.collects_codes and not handoff.tty
    return DialPlan(
        link=dial_link(number, code if sends_code else None),
        number=number,
        display=_display(line, number),
        code=code,
        code_spoken=spoken(code) if code else None,
        tty=TTY_LINK,
        label=label(line, number, now),
        freshness=freshness_words(handoff),
        expires_at=expires_at,
        open_now=is_open(line, now),
        hours=hours_words(line, now),
        alternatives=alternatives(ramps, line, now),
    )


def expires_at(handoff: Handoff, ramp: Ramp, now: datetime) -> datetime:
    """When the tap's context stops opening by itself. The app's clock may be ahead; ours counts then."""
    return min(handoff.occurred_at, now) + ramp.life


def dial_link(number: str | None, code: str | None) -> str | None:
    """The link to open, or None where no safe one can be made of the number."""
    if number is None or not FEWEST_DIGITS <= len(number) - 1 <= MOST_DIGITS:
        return None
    return f"tel:{number}{PAUSES}{code}" if code else f"tel:{number}"


def label(line: Line | None, number: str | None, now: datetime) -> str:
    """What a screen reader says of the link. After hours it promises nobody."""
    if number is None:
        return "Not a telephone number"
    if line is None:
        return f"Call {display(number)}"
    closed = line.hours.closed_words(now) if line.hours else None
    return ". ".join(filter(None, (f"Call {line.name}, {_display(line, number)}", closed)))


def _display(line: Line | None, number: str | None) -> str:
    if line and number == line.number:
        return line.display
    return display(number) if number else ""


def is_open(line: Line | None, now: datetime) -> bool | None:
    """Whether the line answers now; None where its hours are not known."""
    if line is None:
        return None
    return line.hours is None or line.hours.open_at(now)


def hours_words(line: Line | None, now: datetime) -> str | None:
    """The line's hours; while it is closed also why, and when it opens."""
    if line is None:
        return None
    if line.hours is None:
        return ALWAYS
    return ". ".join(filter(None, (line.hours.words, line.hours.closed_words(now))))


def freshness_words(handoff: Handoff) -> str:
    """How old the data was and when the Veteran saw it: calling helps only if the agent has newer data."""
    seen = moment_words(handoff.observed_at or handoff.occurred_at)
    changed = handoff.claim.changed_on if handoff.claim else None
    if changed is None:
        return f"Seen in the app on {seen}. The agent's system may not be newer."
    return (
        f"The status is from {day_words(changed)}, seen in the app on {seen}. "
        "The agent's system may not be newer."
    )


def alternatives(ramps: Ramps, line: Line | None, now: datetime) -> tuple[Alternative, ...]:
    """The lines that answer now where this one does not, and ways without a voice call in every case."""
    others = [each for each in ramps.lines if each is not line and is_open(each, now)]
    found = [] if is_open(line, now) else [_line(each, now) for each in others]
    if line and line.calls_back:
        hours = hours_words(line, now) or ""
        name = f"A call back from {line.name}"
        found.append(Alternative(kind="callback", name=name, number=None, link=None, hours=hours))
    tty = Alternative(kind="tty", name="TTY relay", number="711", link=TTY_LINK, hours=ALWAYS)
    return (*found, tty)


def _line(line: Line, now: datetime) -> Alternative:
    return Alternative(
        kind="line",
        name=line.name,
        number=line.number,
        link=dial_link(line.number, None),
        hours=hours_words(line, now) or "",
    )
