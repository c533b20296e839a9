"""The document `screen-pop/1`: what is known about a call, for any desktop to show.

Its JSON Schema, docs/reference/screen-pop.schema.json, is made from these models. A key without a value
is null, never absent.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sf_handoff.calls.handoff import App
from sf_handoff.calls.numbers import CallerNumber


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PopCase(_Model):
    """The Case of the handoff, once it is written. Its number is the reference to give on a transfer."""

    id: str = Field(description="Salesforce Id")
    number: str | None = Field(description="CaseNumber, as people read it out")
    url: str | None = Field(description="where an agent's browser opens it")


class PopBinding(_Model):
    """How the call was matched to a tap in the app."""

    tried: tuple[str, ...] = Field(description="methods that had something to go by")
    matched_by: str | None = Field(description="the method that found the tap")
    candidates: int = Field(description="how many taps the call may belong to; with several, none is shown")
    late: bool = Field(description="the call came after the tap had expired: offered, not opened")


class Assurance(_Model):
    """What was proved, by whom and when; and what was not. A pop is not authentication."""

    level: int = Field(ge=0, le=5, description="0 nothing is known, to 5 called from inside the app")
    identity: Literal["verified_in_app", "unverified"] = Field(
        description="whether the app session had proved who it is; never a statement about the voice"
    )
    words: str = Field(description="the level, for people")
    reasons: tuple[str, ...] = Field(description="why this level")
    caller_number: CallerNumber = Field(description="what the call said of its number")
    attestation: str | None = Field(description="STIR/SHAKEN: A, B or C")
    provider: str | None = Field(description="who signed the Veteran in to the app")
    ial: int | None = Field(description="identity assurance level of the app session, not of the call")
    aal: int | None = Field(description="authenticator assurance level of the app session, not of the call")
    auth_time: datetime | None = Field(description="when the Veteran had signed in to the app")
    do_not_ask: tuple[str, ...] = Field(description="what the deployment's policy spares; empty without one")
    must_still_verify: tuple[str, ...] = Field(description="what the agent has to verify at this level")
    blocked_actions: tuple[str, ...] = Field(description="what no pop is enough for")


class PopCaller(_Model):
    """Who tapped. Only from level 3 on, and without a name after a death."""

    display: str | None = Field(repr=False, description="full name")
    phone: str | None = Field(repr=False, description="the number on file in the app, as given")


class PopClaim(_Model):
    """The claim on the screen. Code, step and heading belong together: one alone would confuse."""

    ref: str | None = Field(repr=False, description="VA's id of the claim")
    title: str
    phase: str | None = Field(description="VA's code of the phase")
    step: int | None
    steps: int | None = Field(description="8, or 5 where only the rolled-up status was sent")
    heading: str | None = Field(description="the words that the Veteran saw")
    agent_words: str | None = Field(description="the words of the agents' own system, where known")
    filed_on: date | None
    changed_on: date | None = Field(description="when the claim came to this phase")
    moved_back: bool | None
    open_requests: int | None = Field(description="requests that wait for the Veteran")


class PopAppeal(_Model):
    """The appeal on the screen."""

    ref: str | None = Field(repr=False, description="VA's id of the appeal")
    kind: str
    status: str | None = Field(description="VA's code of the status")
    status_words: str
    filed_on: date | None
    changed_on: date | None
    active: bool | None


class SeenError(_Model):
    """An error as the Veteran saw it."""

    at: datetime | None
    service: str | None
    code: str | None
    text: str | None


class PopContext(_Model):
    """What the app had shown."""

    screen: str = Field(description="the app's name of the screen")
    reason: str = Field(description="what that screen is about")
    claim: PopClaim | None
    appeal: PopAppeal | None
    errors_seen: tuple[SeenError, ...]
    partial_failures: tuple[str, ...] = Field(description="services that had not answered the app")
    app: App | None
    language: str | None
    accessibility: tuple[str, ...]


class Freshness(_Model):
    """How old it is: the data, and the look at it."""

    data_as_of: date | None
    observed_at: datetime | None
    words: str


class Routing(_Model):
    """Where the call should go; a hint."""

    queue: str
    layers_skipped: int = Field(description="layers of the phone tree that need not be asked")
    rule: str = Field(description="the rule that said so")
    open_now: bool | None


class PopCallback(_Model):
    """A callback that was asked for."""

    number: str | None = Field(repr=False)
    not_before: datetime
    not_after: datetime
    attempts: int = Field(description="attempts made so far")


class ScreenPop(_Model):
    """`screen-pop/1`. `caller` and `context` are there only as far as the match allows."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    schema_: Literal["screen-pop/1"] = Field(default="screen-pop/1", alias="schema")
    handoff_ref: str | None = Field(description="opaque id of the handoff")
    case: PopCase | None
    issued_at: datetime
    expires_at: datetime | None = Field(description="until when a code of the tap opens its context")
    call_key: str = Field(description="the telephony vendor's id of the call")
    binding: PopBinding
    assurance: Assurance
    caller: PopCaller | None
    context: PopContext | None
    freshness: Freshness | None
    opening_question: str
    warnings: tuple[str, ...] = Field(description="most urgent first")
    routing: Routing | None
    callback: PopCallback | None = None
    notes: tuple[str, ...] = Field(description="for those who look after the system")
