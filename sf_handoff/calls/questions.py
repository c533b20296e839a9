"""What the agent may say first, and what to be careful about, in plain words."""

from __future__ import annotations

from sf_handoff.calls.binding import Binding
from sf_handoff.calls.claims import Claim
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.numbers import CallerNumber
from sf_handoff.calls.ramps import Ramps
from sf_handoff.worktime import day_words

NEUTRAL = "Thank you for calling. How can I help you today?"
FROM_THE_APP = "Are you calling about something that you saw in the VA mobile app?"


def opening_question(binding: Binding, shown: Handoff | None, ramps: Ramps) -> str:
    """One question to open with. Nothing of the record is in it unless the match allows."""
    if shown is None:
        return FROM_THE_APP if binding.candidates else NEUTRAL
    if shown.appeal and shown.appeal.deceased:
        return NEUTRAL
    if shown.claim:
        return _about_claim(shown.claim)
    if shown.appeal:
        return _looked_at(f"your {shown.appeal.kind_words}")
    return f"I see that you called from the app ({ramps.ramp(shown.screen).about}). Is that what it is about?"


def _looked_at(what: str, details: str = "") -> str:
    return f"I see that you looked at {what} in the app{details}. Is that why you are calling?"


def warnings_for(binding: Binding, shown: Handoff | None) -> tuple[str, ...]:
    """What this call in particular needs care with."""
    return tuple(_warnings(binding, shown))


def _warnings(binding: Binding, shown: Handoff | None) -> list[str]:
    said = []
    if binding.caller.kind is not CallerNumber.GIVEN:
        said.append(
            "The caller's number is blocked or missing. Offer a callback before any change of record."
        )
    if binding.late:
        said.append("Possible match only: the call came after the app's code had expired.")
    if shown is None:
        return said
    claim, appeal = shown.claim, shown.appeal
    if appeal and appeal.deceased:
        said.append(
            "The appellant is recorded as deceased. The caller may be a survivor: greet without a name."
        )
    if claim and claim.moved_back:
        said.append("The claim moved back a step; the Veteran may have seen it further along before.")
    if claim and claim.phase and not claim.phase.known:
        said.append("The app showed a status that we do not know. Look it up before you explain it.")
    if shown.errors:
        said.append("The app showed an error. What the Veteran saw may have been incomplete.")
    return said


def _about_claim(claim: Claim) -> str:
    title = claim.title[:1].lower() + claim.title[1:]
    filed = f"filed on {day_words(claim.filed_on)}" if claim.filed_on else ""
    phase = claim.phase
    where = f"at step {phase.step} of {phase.steps}, {phase.heading}" if phase and phase.step else ""
    details = " and ".join(filter(None, (filed, where)))
    return _looked_at(f"your {title}", f": it was {details}" if details else "")
