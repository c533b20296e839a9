"""The three lines that an agent reads first: who and how sure, what they saw and when, what to ask."""

from __future__ import annotations

from dataclasses import dataclass

from sf_handoff.calls.pop_document import PopAppeal, PopClaim, ScreenPop


@dataclass(frozen=True)
class Headline:
    """`who` is a name, or in words why there is none; `sure` says how far to trust it."""

    who: str
    sure: str
    saw: str
    when: str
    ask: str


def headline(pop: ScreenPop) -> Headline:
    return Headline(
        who=who(pop), sure=pop.assurance.words, saw=_what(pop), when=_when(pop), ask=pop.opening_question
    )


def who(pop: ScreenPop) -> str:
    if pop.caller:
        return pop.caller.display or "Caller, name not shown"
    if pop.context:
        return "App user, not verified"
    if pop.binding.candidates > 1:
        return "One of several people"
    return "Possible match, not opened" if pop.binding.candidates else "Unknown caller"


def saw(pop: ScreenPop) -> str:
    """What was on the screen, and when; as sentences."""
    return f"{_what(pop)} {_when(pop)}".rstrip()


def _when(pop: ScreenPop) -> str:
    return pop.freshness.words if pop.freshness else ""


def _what(pop: ScreenPop) -> str:
    if pop.context is None:
        return "No context for this call."
    said = [pop.context.reason]
    if pop.context.claim:
        said += _claim(pop.context.claim)
    if pop.context.appeal:
        said += _appeal(pop.context.appeal)
    return " ".join(f"{part[:1].upper()}{part[1:].rstrip('.')}." for part in said)


def _claim(claim: PopClaim) -> tuple[str, str]:
    step = f"step {claim.step} of {claim.steps}: " if claim.step else ""
    return claim.title, f"{step}{claim.heading or 'status not shown'}"


def _appeal(appeal: PopAppeal) -> tuple[str, str]:
    return appeal.kind, appeal.status_words
