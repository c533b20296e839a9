"""A tap: all that the maps may look at when they fill a Case and a Task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from sf_handoff.calls.appeals import Appeal
from sf_handoff.calls.claims import Claim, Phase
from sf_handoff.calls.handoff import App, Handoff
from sf_handoff.calls.ramps import Ramp
from sf_handoff.calls.states import Linked

V = TypeVar("V")


@dataclass(frozen=True)
class Tap:
    """One tap on a phone number, in its episode.

    `case_key` is the id of the episode's first tap; `taps` counts the episode's taps so far. `late` means
    that the tap's time was over before Salesforce could be reached.
    """

    handoff: Handoff
    handoff_id: str
    case_key: str
    ramp: Ramp
    taps: int
    late: bool
    person_key: str | None
    link: Linked

    def unlinked(self, link: Linked) -> Tap:
        return replace(self, link=link)

    @property
    def person_to_link(self) -> str | None:
        return self.person_key if self.link is Linked.LINKED else None

    @property
    def supplied_name(self) -> str | None:
        """The name for the record's unverified-sender fields, where no person record carries it."""
        person = self.handoff.veteran
        if self.person_to_link is not None or person is None:
            return None
        return " ".join(filter(None, (person.first_name, person.last_name))) or None

    @property
    def supplied_phone(self) -> str | None:
        person = self.handoff.veteran
        return None if self.person_to_link is not None or person is None else person.phone


def of_app(read: Callable[[App], V | None]) -> Callable[[Tap], V | None]:
    """For a map: a value of the app, where the payload told of one."""
    return lambda tap: read(tap.handoff.app) if tap.handoff.app else None


def of_claim(read: Callable[[Claim], V | None]) -> Callable[[Tap], V | None]:
    """For a map: a value of the claim, where there is one."""
    return lambda tap: read(tap.handoff.claim) if tap.handoff.claim else None


def of_phase(read: Callable[[Phase], V | None]) -> Callable[[Tap], V | None]:
    """For a map: a value of the claim's phase, where it is known."""
    return of_claim(lambda claim: read(claim.phase) if claim.phase else None)


def of_appeal(read: Callable[[Appeal], V | None]) -> Callable[[Tap], V | None]:
    """For a map: a value of the appeal, where there is one."""
    return lambda tap: read(tap.handoff.appeal) if tap.handoff.appeal else None
