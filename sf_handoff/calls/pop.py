"""The screen pop: what the agent sees when the call arrives. A document of its own, for any desktop."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sf_handoff.calls.appeals import Appeal
from sf_handoff.calls.binding import Binding
from sf_handoff.calls.claims import Claim
from sf_handoff.calls.dial import freshness_words, is_open
from sf_handoff.calls.handoff import App, Handoff
from sf_handoff.calls.numbers import CallerNumber
from sf_handoff.calls.pop_words import PopWords
from sf_handoff.calls.questions import opening_question, warnings_for
from sf_handoff.calls.ramps import Ramps

NAMED_FROM = 3  # the level from which the caller's name is shown


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PopCase(_Model):
    id: str
    number: str | None
    url: str | None


class PopBinding(_Model):
    tried: tuple[str, ...]
    matched_by: str | None
    candidates: int
    late: bool


class Assurance(_Model):
    """What was proved, by whom and when; and what was not."""

    level: int
    identity: Literal["verified_in_app", "unverified"] = Field(
        description="whether the app session had proved who it is; never a statement about the voice"
    )
    words: str
    reasons: tuple[str, ...]
    caller_number: CallerNumber
    attestation: str | None
    provider: str | None
    ial: int | None
    aal: int | None
    auth_time: datetime | None
    do_not_ask: tuple[str, ...]
    must_still_verify: tuple[str, ...]
    blocked_actions: tuple[str, ...]


class PopCaller(_Model):
    display: str | None = Field(repr=False)
    phone: str | None = Field(repr=False)


class PopClaim(_Model):
    ref: str | None = Field(repr=False)
    title: str
    phase: str | None
    step: int | None
    steps: int | None
    heading: str | None
    agent_words: str | None
    filed_on: date | None
    changed_on: date | None
    moved_back: bool | None
    open_requests: int | None


class PopAppeal(_Model):
    ref: str | None = Field(repr=False)
    kind: str
    status: str | None
    status_words: str
    filed_on: date | None
    changed_on: date | None
    active: bool | None


class SeenError(_Model):
    at: datetime | None
    service: str | None
    code: str | None
    text: str | None


class PopContext(_Model):
    screen: str
    reason: str
    claim: PopClaim | None
    appeal: PopAppeal | None
    errors_seen: tuple[SeenError, ...]
    partial_failures: tuple[str, ...]
    app: App | None
    language: str | None
    accessibility: tuple[str, ...]


class Freshness(_Model):
    data_as_of: date | None
    observed_at: datetime | None
    words: str


class Routing(_Model):
    queue: str
    layers_skipped: int
    rule: str
    open_now: bool | None


class ScreenPop(_Model):
    """`screen-pop/1`. `caller` and `context` are there only as far as the match allows."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    schema_: Literal["screen-pop/1"] = Field(default="screen-pop/1", alias="schema")
    handoff_ref: str | None
    case: PopCase | None
    issued_at: datetime
    expires_at: datetime | None
    call_key: str
    binding: PopBinding
    assurance: Assurance
    caller: PopCaller | None
    context: PopContext | None
    freshness: Freshness | None
    opening_question: str
    warnings: tuple[str, ...]
    routing: Routing | None
    callback: None = None
    notes: tuple[str, ...]


def screen_pop(
    binding: Binding,
    handoff: Handoff | None,
    case: PopCase | None,
    *,
    call_key: str,
    attestation: str | None,
    ramps: Ramps,
    words: PopWords,
    now: datetime,
    expires_at: datetime | None,
) -> ScreenPop:
    """The pop for a call. `handoff` is the one that it was bound to, if there is one."""
    shown = handoff if binding.opens else None
    ramp = ramps.ramp(handoff.screen) if handoff else None
    return ScreenPop(
        handoff_ref=binding.handoff_id,
        case=case,
        issued_at=now,
        expires_at=expires_at,
        call_key=call_key,
        binding=PopBinding(
            tried=binding.tried,
            matched_by=binding.matched_by,
            candidates=binding.candidates,
            late=binding.late,
        ),
        assurance=_assurance(binding, shown, attestation, words),
        caller=_caller(binding, shown),
        context=_context(shown, ramps, words) if shown else None,
        freshness=_freshness(shown) if shown else None,
        opening_question=opening_question(binding, shown, ramps),
        warnings=(*words.always, *warnings_for(binding, shown)),
        routing=Routing(
            queue=ramp.queue,
            layers_skipped=ramp.layers_skipped if binding.opens else 0,
            rule=ramp.rule,
            open_now=is_open(ramps.line(handoff.dialed), now),
        )
        if handoff and ramp
        else None,
        notes=(),
    )


def _assurance(
    binding: Binding, shown: Handoff | None, attestation: str | None, words: PopWords
) -> Assurance:
    sign_in = shown.sign_in if shown else None
    return Assurance(
        level=binding.level,
        identity="verified_in_app" if shown and shown.identified and shown.veteran else "unverified",
        words=words.levels[binding.level],
        reasons=binding.reasons,
        caller_number=binding.caller.kind,
        attestation=attestation,
        provider=sign_in.provider if sign_in else None,
        ial=sign_in.ial if sign_in else None,
        aal=sign_in.aal if sign_in else None,
        auth_time=sign_in.at if sign_in else None,
        do_not_ask=words.do_not_ask.get(binding.level, ()),
        must_still_verify=words.must_verify,
        blocked_actions=words.blocked_actions,
    )


def _caller(binding: Binding, shown: Handoff | None) -> PopCaller | None:
    if shown is None or shown.veteran is None or binding.level < NAMED_FROM:
        return None
    person = shown.veteran
    if shown.appeal and shown.appeal.deceased:
        return PopCaller(display=None, phone=person.phone)
    name = " ".join(filter(None, (person.first_name, person.last_name))) or None
    return PopCaller(display=name, phone=person.phone)


def _context(handoff: Handoff, ramps: Ramps, words: PopWords) -> PopContext:
    app, claim = handoff.app, handoff.claim
    accessibility = (("TTY or relay",) if handoff.tty else ()) + (
        ("screen reader",) if app and app.screen_reader else ()
    )
    return PopContext(
        screen=handoff.screen,
        reason=ramps.ramp(handoff.screen).about,
        claim=_claim(claim, words) if claim else None,
        appeal=_appeal(handoff.appeal) if handoff.appeal else None,
        errors_seen=tuple(
            SeenError(at=error.at, service=error.service, code=error.code, text=error.text)
            for error in handoff.errors
        ),
        partial_failures=partial_failures(handoff),
        app=app,
        language=app.language if app else None,
        accessibility=accessibility,
    )


def partial_failures(handoff: Handoff) -> tuple[str, ...]:
    """The services that had not answered when the app showed its data."""
    from_claim = handoff.claim.partial_failures if handoff.claim else ()
    return tuple(dict.fromkeys((*from_claim, *(error.service for error in handoff.errors if error.service))))


def _claim(claim: Claim, words: PopWords) -> PopClaim:
    phase = claim.phase
    return PopClaim(
        ref=claim.id,
        title=claim.title,
        phase=phase.code if phase else None,
        step=phase.step if phase else None,
        steps=phase.steps if phase else None,
        heading=phase.heading if phase else None,
        agent_words=words.agent_words.get(phase.code) if phase else None,
        filed_on=claim.filed_on,
        changed_on=claim.changed_on,
        moved_back=claim.moved_back,
        open_requests=claim.open_requests,
    )


def _appeal(appeal: Appeal) -> PopAppeal:
    return PopAppeal(
        ref=appeal.id,
        kind=appeal.kind_words,
        status=appeal.status,
        status_words=appeal.status_words,
        filed_on=appeal.filed_on,
        changed_on=appeal.changed_on,
        active=appeal.active,
    )


def _freshness(handoff: Handoff) -> Freshness:
    return Freshness(
        data_as_of=handoff.claim.changed_on if handoff.claim else None,
        observed_at=handoff.observed_at,
        words=freshness_words(handoff),
    )
