"""The methods of the ladder. A deployment orders them, leaves some out, and adds its own of the same form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sf_handoff.calls.binding import Candidate, CodeFound, code_found, fresh_session, number_agrees
from sf_handoff.calls.codes import as_dialled, well_formed
from sf_handoff.calls.evidence import Asked, Finding, KnownCode, Lookups, RecentTap, Try
from sf_handoff.calls.numbers import CallerNumber

OFFERED = "offered as a possible match; it does not open by itself"


@dataclass(frozen=True)
class InAppCall:
    """A call from inside the app, by a token that the app's server signed. It is good for one call."""

    name: str = "in_app_call"

    def given(self, asked: Asked) -> bool:
        return bool(asked.call.token or asked.call.handoff_ref)

    def find(self, asked: Asked, lookups: Lookups) -> Finding:
        signed = asked.signed
        if signed is None:
            return Finding((asked.refused or _unsigned(asked.call.handoff_ref),) if self.given(asked) else ())
        found = lookups.candidate(signed.handoff_id)
        if found is None:
            return Finding(("the call's token names no handoff that is kept",))
        if not lookups.spend_token(signed):
            lookups.note("replay", signed.handoff_id, matched_by=self.name)
            return Finding(("the call's token was used by another call",))
        reasons = ("called from inside the app, with a signed token", fresh_session(found.handoff)[1])
        return Finding(reasons, level=5, handoff_id=found.handoff_id, candidates=1, opens=True)


@dataclass(frozen=True)
class DialledCode:
    """A code that the phone dialled after the number. United States patents cover forms of this."""

    name: str = "dialed_code"

    def given(self, asked: Asked) -> bool:
        return bool(as_dialled(asked.call.digits or ""))

    def find(self, asked: Asked, lookups: Lookups) -> Finding:
        """A try at a mis-keyed code counts, but is no miss: it is not looked up, so it cannot hit."""
        digits = as_dialled(asked.call.digits or "")
        if not digits:
            return Finding()
        attempt = lookups.tried(digits)
        if attempt is Try.TOO_MANY:
            return _came_to_nothing(CodeFound.TOO_MANY)
        if not well_formed(digits):
            return _came_to_nothing(CodeFound.MISKEYED)
        many = lookups.misses(asked.caller.e164).too_many
        known = lookups.code(digits)
        if known is not None:
            return self._known(known, digits, asked, lookups, attempt=attempt, many=many)
        if attempt is Try.NEW:
            lookups.missed(asked.caller.e164)
        return _came_to_nothing(CodeFound.UNKNOWN)

    def _known(
        self, known: KnownCode, digits: str, asked: Asked, lookups: Lookups, *, attempt: Try, many: bool
    ) -> Finding:
        found = lookups.candidate(known.handoff_id)
        verdict = code_found(known.used_by, asked.call.call_key, known.expires_at, lookups.at)
        agrees, why = number_agrees(found.handoff, asked.caller) if found else (None, "")
        if verdict is CodeFound.USED:
            if attempt is Try.NEW:
                lookups.note("replay", known.handoff_id, matched_by=self.name, number_agrees=agrees)
            return _came_to_nothing(verdict, *((f"{why}: it may be a redial",) if agrees else ()))
        if many and not agrees:
            return _came_to_nothing(CodeFound.HELD)
        if verdict is CodeFound.VALID and not lookups.spend_code(digits):
            return _came_to_nothing(CodeFound.USED)
        if found is None:
            return _came_to_nothing(verdict)
        return _late(found) if verdict is CodeFound.LATE else _opens(found, agrees=bool(agrees), why=why)


@dataclass(frozen=True)
class PooledNumber:
    """A number of a line's pool, given to one tap for its life, and free again once a call has matched it.

    Anybody can reach such a number by chance: alone it opens nothing, from the number on file it does. A
    call from another number is a stranger's; it does not take the number from the one whom it waits for.
    """

    name: str = "number_pool"

    def given(self, asked: Asked) -> bool:
        return asked.pooled is not None

    def find(self, asked: Asked, lookups: Lookups) -> Finding:
        number = asked.pooled
        latched = lookups.latched(number) if number else None
        found = lookups.candidate(latched) if latched else None
        if number is None or found is None:
            return Finding(("the number that was called waits for nobody",) if number else ())
        agrees, why = number_agrees(found.handoff, asked.caller)
        if agrees is False:
            return Finding(("the number that was called waits for someone with another number",))
        lookups.release(number)
        reasons = ("the number that was called was given to one tap", why, *(() if agrees else (OFFERED,)))
        return Finding(
            reasons, 3 if agrees else 0, handoff_id=found.handoff_id, candidates=1, opens=bool(agrees)
        )


@dataclass(frozen=True)
class KnownCaller:
    """The number that the call came from, where one person with that number has tapped lately.

    Never opens: numbers are shared and forged. A tap whose time is over is offered for a day.
    """

    name: str = "caller_number"

    def given(self, asked: Asked) -> bool:
        return asked.caller.kind is CallerNumber.GIVEN

    def find(self, asked: Asked, lookups: Lookups) -> Finding:
        if asked.caller.e164 is None:
            return Finding((f"the caller's number is {asked.caller.kind.value}",))
        taps = lookups.taps(asked.caller.e164)
        live = _latest_of_each(tap for tap in taps if lookups.at <= tap.expires_at)
        found = live or _latest_of_each(taps)
        if len(found) != 1:
            several = f"{len(found)} recent taps fit this number: no record is shown"
            return Finding((several if found else "no recent tap from this number",), candidates=len(found))
        if not live:
            reasons = ("one tap of the last 24 hours fits this number, and its time was over", OFFERED)
            return Finding(reasons, handoff_id=found[0].handoff_id, candidates=1, late=True)
        vouched = (asked.call.attestation or "").upper() == "A"
        says = "the carrier vouches for it (A)" if vouched else "the carrier does not vouch for it"
        reasons = ("one recent tap fits this number", says)
        return Finding(reasons, 2 if vouched else 1, handoff_id=found[0].handoff_id, candidates=1)


def _latest_of_each(taps: Iterable[RecentTap]) -> tuple[Candidate, ...]:
    """One tap a person, of taps with the oldest first."""
    return tuple({tap.person: tap.candidate for tap in taps}.values())


def _unsigned(ref: str | None) -> str:
    """An opaque id may be shown; any other text that a phone could put there may not."""
    try:
        return f"the call's attributes name the handoff {UUID(ref or '')} without a signature: it is not used"
    except ValueError:
        return "the call's attributes name a handoff without a signature: it is not used"


def _came_to_nothing(verdict: CodeFound, *more: str) -> Finding:
    return Finding((verdict.value, *more))


def _late(found: Candidate) -> Finding:
    reasons = (CodeFound.LATE.value, OFFERED)
    return Finding(reasons, handoff_id=found.handoff_id, candidates=1, late=True)


def _opens(found: Candidate, *, agrees: bool, why: str) -> Finding:
    fresh, session = fresh_session(found.handoff)
    reasons = (CodeFound.VALID.value, why, session)
    level = 4 if agrees and fresh else 3
    return Finding(reasons, level, handoff_id=found.handoff_id, candidates=1, opens=True)
