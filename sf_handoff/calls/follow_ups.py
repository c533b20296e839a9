"""What happens to a handoff after its tap: a call is matched to it, an outcome, a callback.

Each is kept in the outbox beside its tap, and then changes the tap's Case. What is kept is read back exactly;
the digest of one that is told twice is the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sf_handoff.calls.states import Status
from sf_handoff.errors import Rejected

MOST_CALLBACK_TRIES = 3
WRONG_PERSON, UNDONE = "WRONG_PERSON", "UNDONE"
INCIDENT = (
    "Privacy incident: the call was matched to the wrong person. The match is undone, the code is spent, and "
    "person and context are off the Case. Report it as your rules say."
)
NOT_SENT = "The call was matched to the wrong person before this was sent; it is not sent any more."


class Kind(StrEnum):
    """What a row of the outbox is."""

    TAP = "tap"
    CALLED = "called"
    OUTCOME = "outcome"
    CALLBACK = "callback"
    CALLBACK_TRIED = "callback_tried"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Kind.TAP: "tap",
    Kind.CALLED: "a call was matched",
    Kind.OUTCOME: "outcome",
    Kind.CALLBACK: "callback",
    Kind.CALLBACK_TRIED: "try to call back",
}


class Reason(StrEnum):
    """How a call went, in the words of the picklist `Handoff_Outcome__c`."""

    CONFIRMED = "confirmed"
    OTHER_REASON = "other_reason"
    WRONG_PERSON = "wrong_person"
    THIRD_PARTY = "third_party"
    NOT_USEFUL = "not_useful"


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime


class Called(_Event):
    """A call was matched to the tap, and its context was shown."""

    kind: Literal[Kind.CALLED] = Kind.CALLED
    call_key: str
    level: int
    matched_by: str


class Outcome(_Event):
    """How the call went. `instead_of` is what was told before, if anything."""

    kind: Literal[Kind.OUTCOME] = Kind.OUTCOME
    reason: Reason
    call_key: str | None = None
    instead_of: Reason | None = None


class Callback(_Event):
    """A callback was asked for. `earlier` are the ones that the same person had asked for before, of which
    `ended` are over: nobody calls for them any more."""

    kind: Literal[Kind.CALLBACK] = Kind.CALLBACK
    number: str = Field(repr=False)
    not_before: AwareDatetime
    not_after: AwareDatetime
    earlier: tuple[str, ...] = ()
    ended: int = 0


class CallbackTried(_Event):
    """The number of a callback was called. `callbacks` are the ones that it may have been for."""

    kind: Literal[Kind.CALLBACK_TRIED] = Kind.CALLBACK_TRIED
    reached: bool
    attempts: int
    callbacks: tuple[str, ...]

    @property
    def callback(self) -> str:
        """The newest one: it is the one that is called for."""
        return self.callbacks[0]

    @property
    def over(self) -> bool:
        """Whether nobody is to call again."""
        return self.reached or self.attempts >= MOST_CALLBACK_TRIES


Event: TypeAlias = Called | Outcome | Callback | CallbackTried
_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])
# What differs when the same thing is told once more.
_NOT_THE_SAME = {"at", "instead_of", "earlier"}


def canonical(event: Event) -> bytes:
    return _compact(event, set())


def essence(event: Event) -> bytes:
    """What makes it the same event when it is told again."""
    if isinstance(event, CallbackTried):
        event = event.model_copy(update={"callbacks": event.callbacks[:1]})
    return _compact(event, _NOT_THE_SAME)


def read_event(kept: bytes) -> Event:
    """What was kept. Raises Rejected for what another release has kept in another form; what stands in it
    stays out of the error."""
    with suppress(ValidationError):
        return _EVENT.validate_json(kept)
    raise Rejected("What was kept of it has a form that this release does not know.", code="FORM")


def is_wrong_person(event: Event) -> bool:
    return isinstance(event, Outcome) and event.reason is Reason.WRONG_PERSON


class FollowUp(BaseModel):
    """What became of something that followed a tap. `status`, `code` and `message` as on a Receipt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    follow_up_id: str
    handoff_id: str
    kind: Kind
    status: Status
    case_id: str | None
    case_number: str | None
    task_id: str | None
    api_calls: int
    code: str | None
    message: str | None
    notes: tuple[str, ...]


def _compact(event: Event, without: set[str]) -> bytes:
    found = event.model_dump(mode="json", exclude=without)
    return json.dumps(found, sort_keys=True, separators=(",", ":")).encode()


def open_callback(tried: Iterable[CallbackTried]) -> bool:
    """Whether somebody is still to call back, after these tries."""
    return not any(each.over for each in tried)
