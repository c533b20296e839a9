"""What may be kept and written at all, decided before anything is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.ramps import Ramps
from sf_handoff.errors import InvalidHandoff, Problem


class KeptOnly(StrEnum):
    """Why nothing of a handoff is written to Salesforce."""

    NO_CONSENT = "The Veteran did not consent; nothing personal was kept."
    NOT_IDENTIFIED = "The sign-in level is below 3; no person and no claim were kept."
    RAMP_OFF = "The ramp of this screen is switched off in mappings/ramps.py."
    OVER_CEILING = "The ramp of this screen has had its taps for the day; see mappings/ramps.py."
    HELD_OUT = "This person is in the control arm (HOLD_OUT)."


@dataclass(frozen=True)
class Decision:
    """`handoff` is what may be kept; `kept_only` says why nothing is written to Salesforce, if so."""

    handoff: Handoff
    kept_only: KeptOnly | None


def decide(handoff: Handoff, ramps: Ramps, *, held_out: bool = False, over_ceiling: bool = False) -> Decision:
    """Refuse the crisis line, and take out what consent and sign-in level do not cover.

    Raises InvalidHandoff (`CRISIS_LINE`): a call to the crisis line is never delayed, recorded or measured.
    """
    if ramps.is_crisis(handoff.dialed):
        raise InvalidHandoff(
            "dialed: this is the Veterans Crisis Line. Let the call go ahead; nothing was kept, and nothing "
            "about it may be handed off.",
            code="CRISIS_LINE",
            problems=(Problem("dialed", "any line but the Veterans Crisis Line"),),
        )
    if not handoff.consented:
        return Decision(_without_person(handoff), KeptOnly.NO_CONSENT)
    if not handoff.identified:
        return Decision(_without_person(handoff), KeptOnly.NOT_IDENTIFIED)
    if not ramps.ramp(handoff.screen).enabled:
        return Decision(handoff, KeptOnly.RAMP_OFF)
    if over_ceiling:
        return Decision(handoff, KeptOnly.OVER_CEILING)
    return Decision(handoff, KeptOnly.HELD_OUT if held_out else None)


def _without_person(handoff: Handoff) -> Handoff:
    """The screen, the line and the app stay; who it was, what it was about and what they did go."""
    return handoff.model_copy(
        update={"veteran": None, "claim": None, "appeal": None, "recent": (), "errors": ()}
    )
