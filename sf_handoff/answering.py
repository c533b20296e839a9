"""Answers calls: which handoff a call belongs to, and what the agent sees. Needs no call to Salesforce.

call → evidence → the ladder → binding → screen pop
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sf_handoff.calls.binding import Binding, IncomingCall
from sf_handoff.calls.evidence import Asked, Lookups
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.ladder import answer
from sf_handoff.calls.numbers import caller, e164
from sf_handoff.calls.pop import PopCase, ScreenPop, could_not_check, screen_pop
from sf_handoff.errors import InvalidHandoff, NotKept
from sf_handoff.ports import Row, Store, Tokens

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
        tokens: Tokens | None = None,
    ) -> None:
        self._store, self._mappings, self._clock, self._case_url = store, mappings, clock, case_url
        self._tokens = tokens

    def pop(self, call: IncomingCall) -> ScreenPop:
        """The pop for this call. Says that it could not check where the store does not answer."""
        try:
            return self._pop(call)
        except NotKept:
            maps = self._mappings
            return could_not_check(call, ramps=maps.ramps, words=maps.pop, now=self._clock())

    # Inside

    def _pop(self, call: IncomingCall) -> ScreenPop:
        now, asked = self._clock(), self._asked(call)
        binding, row = _without_key(asked), None
        if call.known_by:
            binding, row = self._store.answer(call.known_by, now, lambda lookups: self._bind(asked, lookups))
        return screen_pop(
            binding,
            Handoff.from_kept(row.payload) if row and row.payload else None,
            self._pop_case(binding, row),
            call_key=call.call_key,
            attestation=call.attestation,
            ramps=self._mappings.ramps,
            words=self._mappings.pop,
            now=now,
            expires_at=row.expires_at if row else None,
        )

    def _asked(self, call: IncomingCall) -> Asked:
        """The call with what can be made of it before the store is asked, so that nobody waits for that."""
        called = e164(call.to_number) if call.to_number else None
        pooled = called if any(called in line.pool for line in self._mappings.ramps.lines) else None
        return self._with_token(Asked(call, caller(call.from_number), pooled))

    def _with_token(self, asked: Asked) -> Asked:
        if not asked.call.token:
            return asked
        if self._tokens is None:
            return replace(asked, refused="the call's token cannot be checked: there is no TOKEN_KEYS")
        try:
            return replace(asked, signed=self._tokens.read_call(asked.call.token, self._clock()))
        except InvalidHandoff as error:
            wrong = ", ".join(problem.path for problem in error.problems)
            return replace(asked, refused=f"the call's token was refused ({wrong})")

    def _bind(self, asked: Asked, lookups: Lookups) -> Binding:
        binding = answer(asked, lookups, self._mappings.methods)
        lookups.note("pop", binding.handoff_id, level=binding.level, matched_by=binding.matched_by)
        return binding

    def _pop_case(self, binding: Binding, row: Row | None) -> PopCase | None:
        """A number that anybody may forge or share shows no Case, even of a tap whose time is over."""
        shown = binding.opens or (binding.late and binding.matched_by != "caller_number")
        if row is None or row.case_id is None or not shown:
            return None
        return PopCase(id=row.case_id, number=row.case_number, url=self._case_url(row.case_id))


def _without_key(asked: Asked) -> Binding:
    """What a call is told that cannot be told from others: the next one would get its answer."""
    return Binding(level=0, reasons=(NO_KEY,), tried=(), caller=asked.caller)


NO_KEY = "the call has no key of its own, so nothing was matched to it"
