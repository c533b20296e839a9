"""Answers calls: which handoff a call belongs to, and what the agent sees. Needs no call to Salesforce.

call → binding → screen pop
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sf_handoff.calls.binding import Binding, Candidate, CodeFound, IncomingCall, bind, code_found
from sf_handoff.calls.codes import as_dialled, well_formed
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.numbers import Caller, caller
from sf_handoff.calls.policy import KeptOnly
from sf_handoff.calls.pop import PopCase, ScreenPop, could_not_check, screen_pop
from sf_handoff.errors import NotKept
from sf_handoff.ports import BoundCall, Row, Store

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet


class Answering:
    """Finds the handoff of a call in the store. Safe to share between threads.

    `case_url` turns a Case's Id into the address that an agent's browser opens.
    """

    def __init__(
        self,
        store: Store,
        mappings: MappingSet,
        clock: Callable[[], datetime],
        case_url: Callable[[str], str | None],
    ) -> None:
        self._store, self._mappings, self._clock, self._case_url = store, mappings, clock, case_url

    def pop(self, call: IncomingCall) -> ScreenPop:
        """The pop for this call. Says that it could not check where the store does not answer."""
        try:
            return self._pop(call)
        except NotKept:
            maps = self._mappings
            return could_not_check(call, ramps=maps.ramps, words=maps.pop, now=self._clock())

    # Inside

    def _pop(self, call: IncomingCall) -> ScreenPop:
        who = caller(call.from_number)
        bound = self._store.bound_call(call.call_key)
        code, by_code = self._by_code(call, bound)
        binding = bind(call, who, code, by_code, self._by_number(call, who, bound))
        row = self._store.row(binding.handoff_id) if binding.handoff_id else None
        self._store.bind_call(
            call.call_key, binding.handoff_id, binding.matched_by if binding.opens else None
        )
        with contextlib.suppress(NotKept):  # counting must cost nobody a pop
            self._store.event("pop", binding.handoff_id, level=binding.level, matched_by=binding.matched_by)
        return screen_pop(
            binding,
            Handoff.from_kept(row.payload) if row and row.payload else None,
            self._pop_case(binding, row),
            call_key=call.call_key,
            attestation=call.attestation,
            ramps=self._mappings.ramps,
            words=self._mappings.pop,
            now=self._clock(),
            expires_at=row.expires_at if row else None,
        )

    def _by_code(self, call: IncomingCall, bound: BoundCall | None) -> tuple[CodeFound, Candidate | None]:
        """What the dialled digits found. A call that has spent a code keeps what it found then."""
        if bound and bound.matched_by == "dialed_code" and bound.handoff_id:
            return CodeFound.VALID, self._candidate(bound.handoff_id)
        digits = as_dialled(call.digits or "")
        if not digits:
            return CodeFound.NONE, None
        if not well_formed(digits):
            return CodeFound.MISKEYED, None
        known = self._store.find_code(digits)
        if known is None:
            return CodeFound.UNKNOWN, None
        verdict = code_found(known.used_by, call.call_key, known.expires_at, self._clock())
        if verdict is CodeFound.USED:
            return verdict, None
        if verdict is CodeFound.VALID and not self._store.use_code(digits, call.call_key):
            return CodeFound.USED, None
        return verdict, self._candidate(known.handoff_id)

    def _by_number(self, call: IncomingCall, who: Caller, bound: BoundCall | None) -> tuple[Candidate, ...]:
        """The people behind recent taps from the caller's number, each with the latest tap."""
        if who.e164 is None:
            return ()
        longest = max(ramp.life for ramp in (*self._mappings.ramps.ramps, self._mappings.ramps.unlisted))
        until = bound.bound_at if bound else self._clock()
        recent = self._store.recent_taps(who.e164, since=until - longest)
        live = (row for row in reversed(recent) if row.occurred_at <= until <= row.expires_at)
        taps = ((row, Handoff.from_kept(row.payload)) for row in live)
        people = {handoff.person_key or row.case_key: (row, handoff) for row, handoff in taps}
        return tuple(Candidate(row.handoff_id, handoff) for row, handoff in people.values())

    def _candidate(self, handoff_id: str) -> Candidate | None:
        row = self._store.row(handoff_id)
        if row is None or not row.payload or row.code == KeptOnly.HELD_OUT.name:
            return None
        return Candidate(handoff_id, Handoff.from_kept(row.payload))

    def _pop_case(self, binding: Binding, row: Row | None) -> PopCase | None:
        if row is None or row.case_id is None or not (binding.opens or binding.late):
            return None
        return PopCase(id=row.case_id, number=row.case_number, url=self._case_url(row.case_id))
