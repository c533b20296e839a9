"""The dial plan: how the app may place the call, with a way for everybody.

Only the safe subset of `tel:` links is made (RFC 3966 and what phones do with it): `tel:+` and 8 to 15
digits, two commas, a code of fixed length; never `;`, `#`, `*`, letters or spaces.
"""

from __future__ import annotations

from datetime import datetime

from sf_handoff.calls.codes import spoken
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.numbers import e164
from sf_handoff.calls.ramps import Line, Ramp, Ramps
from sf_handoff.calls.receipt import Alternative, DialPlan
from sf_handoff.worktime import day_words, moment_words

TTY_LINK = "tel:711"
PAUSES = ",,"
MAX_LINK = 32


def dial_plan(
    handoff: Handoff, ramps: Ramps, *, code: str | None, now: datetime, expires_at: datetime
) -> DialPlan:
    """How to call `handoff.dialed` at `now`; `code` is the one reserved for it, if any.

    Of what is no telephone number nothing is repeated: no link, no number, and a label that says so.
    """
    line = ramps.line(handoff.dialed)
    number = line.number if line else e164(handoff.dialed)
    open_now = is_open(line, now)
    return DialPlan(
        link=dial_link(number, None if handoff.tty else code),
        number=number,
        display=line.display if line else number or "",
        code=code,
        code_spoken=spoken(code) if code else None,
        tty=TTY_LINK,
        label=f"Call {line.name}, {line.display}"
        if line
        else f"Call {number}"
        if number
        else "Not a telephone number",
        freshness=freshness_words(handoff),
        expires_at=expires_at,
        open_now=open_now,
        hours=hours_words(line),
        alternatives=_alternatives(ramps, line, now) if open_now is False else (),
    )


def expires_at(handoff: Handoff, ramp: Ramp, now: datetime) -> datetime:
    """When the tap's context stops opening by itself. The app's clock may be ahead; ours counts then."""
    return min(handoff.occurred_at, now) + ramp.life


def dial_link(number: str | None, code: str | None) -> str | None:
    """The link to open, or None where no safe one can be made of the number."""
    if number is None:
        return None
    link = f"tel:{number}{PAUSES}{code}" if code else f"tel:{number}"
    return link if len(link) <= MAX_LINK else f"tel:{number}"


def is_open(line: Line | None, now: datetime) -> bool | None:
    """Whether the line answers now; None where its hours are not known."""
    if line is None:
        return None
    return line.hours is None or line.hours.open_at(now)


def hours_words(line: Line | None) -> str | None:
    if line is None:
        return None
    return line.hours.words if line.hours else "24 hours a day, 7 days a week"


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


def _alternatives(ramps: Ramps, closed: Line | None, now: datetime) -> tuple[Alternative, ...]:
    lines = (line for line in ramps.lines if line is not closed and is_open(line, now))
    others = tuple(
        Alternative(
            kind="line",
            name=line.name,
            number=line.number,
            link=f"tel:{line.number}",
            hours=hours_words(line) or "",
        )
        for line in lines
    )
    tty = Alternative(
        kind="tty", name="TTY relay", number="711", link=TTY_LINK, hours="24 hours a day, 7 days a week"
    )
    return (*others, tty)
