"""What the agent may say first, in plain words."""

from __future__ import annotations

from sf_handoff.calls.binding import Binding
from sf_handoff.calls.claims import Claim
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.ramps import Ramps
from sf_handoff.worktime import day_words

NEUTRAL = "Thank you for calling. How can I help you today?"
DETAILS_FROM = 4  # below, the question gives away nothing: who is calling has yet to be verified
FROM_THE_APP = "Are you calling about something that you saw in the VA mobile app?"


def opening_question(binding: Binding, shown: Handoff | None, ramps: Ramps) -> str:
    """One question to open with. Nothing of the record is in it unless the match allows."""
    if shown is None:
        return FROM_THE_APP if binding.candidates else NEUTRAL
    if shown.appeal and shown.appeal.deceased:
        return NEUTRAL
    if shown.claim:
        return _about_claim(shown.claim) if binding.level >= DETAILS_FROM else _looked_at("a claim")
    if shown.appeal:
        return _looked_at(f"your {shown.appeal.kind_words}" if binding.level >= DETAILS_FROM else "an appeal")
    return f"I see that you called from the app ({ramps.ramp(shown.screen).about}). Is that what it is about?"


def _looked_at(what: str, details: str = "") -> str:
    return f"I see that you looked at {what} in the app{details}. Is that why you are calling?"


def _about_claim(claim: Claim) -> str:
    title = claim.title[:1].lower() + claim.title[1:]
    filed = f"filed on {day_words(claim.filed_on)}" if claim.filed_on else ""
    phase = claim.phase
    where = f"at step {phase.step} of {phase.steps}, {phase.heading}" if phase and phase.step else ""
    details = " and ".join(filter(None, (filed, where)))
    return _looked_at(f"your {title}", f": it was {details}" if details else "")
