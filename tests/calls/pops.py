"""Pops of every kind, made without a store: what agents see in good calls and in odd ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sf_handoff.calls import samples
from sf_handoff.calls.binding import CodeFound, IncomingCall
from sf_handoff.calls.evidence import Asked
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.ladder import LADDER, answer
from sf_handoff.calls.numbers import caller
from sf_handoff.calls.policy import decide
from sf_handoff.calls.pop import PopCase, ScreenPop, could_not_check, screen_pop
from sf_handoff.calls.pop_words import PopWords
from sf_handoff.mapping import bundled
from tests.calls.books import Memory

NOW = datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC)
JESSE = "+15035550142"
CASE = PopCase(
    id="500TEO0000000001AA", number="00001001", url="https://x.lightning.force.com/lightning/r/Case/1/view"
)
CODE = "123456786"
HANDOFF = "6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> & ${7*7} {{7*7}}"


def words(**changes: Any) -> PopWords:
    return replace(bundled().pop, **changes)


def pop(
    *,
    call: IncomingCall | None = None,
    code: CodeFound = CodeFound.VALID,
    several: int = 1,
    case: PopCase | None = CASE,
    says: PopWords | None = None,
    at: datetime = NOW,
    **changes: Any,
) -> ScreenPop:
    """The pop for a tap of Jesse Gray's with `changes`, and a call with what became of its code."""
    maps = bundled()
    kept = decide(Handoff.parse(samples.sample_handoff(at=NOW, **changes)), maps.ramps).handoff
    call = call or IncomingCall("c-1", JESSE, digits=CODE if code is not CodeFound.NONE else None)
    books = Memory()
    books.keep(HANDOFF, kept)
    if code in (CodeFound.VALID, CodeFound.LATE):
        books.give_code(CODE, HANDOFF, until=at + timedelta(minutes=10 if code is CodeFound.VALID else -10))
    if code is CodeFound.NONE:
        people = [(HANDOFF, "a"), (HANDOFF, "b")][:several]
        books.tapped(JESSE, *people, until=at + timedelta(minutes=10))
    binding = answer(Asked(call, caller(call.from_number)), books.call(call.call_key, at), LADDER)
    return screen_pop(
        binding,
        kept if binding.handoff_id else None,
        case if binding.opens or binding.late else None,
        call_key=call.call_key,
        attestation=call.attestation,
        ramps=maps.ramps,
        words=says or maps.pop,
        now=at,
        expires_at=NOW + timedelta(minutes=10) if binding.handoff_id else None,
    )


def claim(**attributes: Any) -> dict[str, Any]:
    """Jesse Gray's claim with other attributes."""
    found = samples.lighthouse_claim(NOW)
    found["data"]["attributes"] |= attributes
    return found


def phase(code: str, **more: Any) -> dict[str, Any]:
    return {"phaseChangeDate": "2026-11-08", "latestPhaseType": code, "currentPhaseBack": False, **more}


def appeal(status: str) -> dict[str, Any]:
    """On the appeal screen with an appeal of this status, and no claim."""
    found = samples.caseflow_appeals(NOW)[0]
    found["attributes"]["status"]["type"] = status
    return {"claim": None, "appeal": found, "screen": "AppealDetailsScreen"}


def errors(*texts: str) -> dict[str, Any]:
    seen = [{"at": NOW.isoformat(), "service": "appeals", "code": "MOBL_502", "text": text} for text in texts]
    return {"errors": seen}


def hostile() -> ScreenPop:
    error = {"at": None, "service": HOSTILE[:80], "code": HOSTILE[:80], "text": HOSTILE}
    return pop(
        veteran={"first_name": HOSTILE[:80], "last_name": HOSTILE[-20:], "phone": "<b>1</b>"},
        claim=claim(displayTitle=HOSTILE[:100], claimPhaseDates=phase("<BIG>")),
        errors=[error],
        app={"name": HOSTILE[:80], "version": "<i>"},
        call=IncomingCall("<call>", JESSE, digits=CODE),
    )


POPS: dict[str, Callable[[], ScreenPop]] = {
    "level-four": pop,
    "level-three": lambda: pop(call=IncomingCall("c-1", "anonymous", digits=CODE)),
    "by-number": lambda: pop(code=CodeFound.NONE, call=IncomingCall("c-1", JESSE, attestation="A")),
    "no-match": lambda: pop(code=CodeFound.UNKNOWN, several=0),
    "late": lambda: pop(code=CodeFound.LATE, at=NOW + timedelta(minutes=20)),
    "several": lambda: pop(code=CodeFound.NONE, several=2),
    "could-not-check": lambda: could_not_check(
        IncomingCall("c-1", JESSE), ramps=bundled().ramps, words=bundled().pop, now=NOW
    ),
    "death": lambda: pop(**appeal("death")),
    "merged-appeal": lambda: pop(**appeal("merged")),
    "tty": lambda: pop(tty=True),
    "unverified": lambda: pop(sign_in={"provider": "idme", "loa": 1}),
    "crisis": lambda: pop(**errors("Message not sent: I want to die")),
    "moved-back": lambda: pop(
        claim=claim(claimPhaseDates=phase("GATHERING_OF_EVIDENCE", currentPhaseBack=True))
    ),
    "unknown-phase": lambda: pop(claim=claim(claimPhaseDates=phase("BRAND_NEW"))),
    "hidden-type": lambda: pop(claim=claim(claimTypeCode="960CRRC")),
    "no-claim": lambda: pop(claim=None, screen="NoClaimsAndAppealsAccess", errors=[]),
    "many-errors": lambda: pop(**errors(*(f"Appeal status is unavailable ({each})" for each in range(50)))),
    "old-app": lambda: pop(app=None, observed_at=None, recent=[], errors=[], sign_in={"loa": 3}),
    "policy": lambda: pop(
        says=words(do_not_ask={4: ("date of birth",)}, agent_words={"GATHERING_OF_EVIDENCE": "Open"})
    ),
    "hostile": hostile,
}
