"""The screen pop: what the agent sees when the call arrives. A document of its own, for any desktop."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sf_handoff.calls.appeals import Appeal
from sf_handoff.calls.binding import Binding, IncomingCall
from sf_handoff.calls.cautions import notes_for, partial_failures, warnings_for
from sf_handoff.calls.claims import Claim
from sf_handoff.calls.dial import freshness_words, is_open
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.numbers import caller
from sf_handoff.calls.pop_document import (
    Assurance,
    Freshness,
    PopAppeal,
    PopBinding,
    PopCaller,
    PopCase,
    PopClaim,
    PopContext,
    Routing,
    ScreenPop,
    SeenError,
)
from sf_handoff.calls.pop_words import PopWords
from sf_handoff.calls.questions import opening_question
from sf_handoff.calls.ramps import Ramps

__all__ = ["PopCase", "ScreenPop", "could_not_check", "screen_pop"]

NAMED_FROM = 3  # the level from which the caller's name is shown


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
        warnings=(*warnings_for(binding, shown, words), *words.always),
        routing=Routing(
            queue=ramp.queue,
            layers_skipped=ramp.layers_skipped if binding.opens else 0,
            rule=ramp.rule,
            open_now=is_open(ramps.line(handoff.dialed), now),
        )
        if handoff and ramp
        else None,
        notes=notes_for(shown, words),
    )


def could_not_check(call: IncomingCall, *, ramps: Ramps, words: PopWords, now: datetime) -> ScreenPop:
    """The pop for a call that arrives while the store does not answer: not the same as "no record"."""
    reasons = ("our records could not be reached",)
    found = screen_pop(
        Binding(level=0, reasons=reasons, tried=(), caller=caller(call.from_number)),
        None,
        None,
        call_key=call.call_key,
        attestation=call.attestation,
        ramps=ramps,
        words=replace(words, levels=(words.could_not_check, *words.levels[1:])),
        now=now,
        expires_at=None,
    )
    note = "could not check: the store did not answer; ask again with the same call key"
    return found.model_copy(update={"notes": (note,)})


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
