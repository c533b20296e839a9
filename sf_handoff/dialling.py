"""What a phone dials so that its call is found again: a code, or a number of the line's pool."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sf_handoff.calls.codes import new_code
from sf_handoff.calls.policy import Decision, KeptOnly
from sf_handoff.errors import NotKept
from sf_handoff.ports import Row, Store

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet

_DRAWS = 5  # a fresh code is taken by another with a chance of about one in a hundred thousand


class Dialling:
    """Without `codes` none is given out. The call goes on without either where the store does not answer."""

    def __init__(
        self, store: Store, mappings: MappingSet, clock: Callable[[], datetime], *, codes: bool
    ) -> None:
        self._store, self._mappings, self._clock, self._codes = store, mappings, clock, codes

    def prepared(self, row: Row, decision: Decision) -> tuple[Row, str | None]:
        """The row with its code, or the number of the pool that waits for its call."""
        pooled = self._latched(row, decision)
        return (row, pooled) if pooled else (self._with_code(row, decision), None)

    def _latched(self, row: Row, decision: Decision) -> str | None:
        """A number of the line's pool, where it has one and one is free. A code that was given out stays."""
        line = self._mappings.ramps.line(decision.handoff.dialed)
        if line is None or not line.pool or row.dial_code or not self._may_find(row, decision):
            return None
        try:
            return self._store.latch_number(row.handoff_id, line.pool, until=row.expires_at)
        except NotKept:
            return None

    def _with_code(self, row: Row, decision: Decision) -> Row:
        """Reserves a code, where the line's phone system listens for one and the Veteran agreed."""
        line = self._mappings.ramps.line(decision.handoff.dialed)
        wanted = self._codes and line and line.collects_codes and self._may_find(row, decision)
        if row.dial_code or not wanted:
            return row
        try:
            for _ in range(_DRAWS):
                code = new_code(secrets.randbelow)
                if self._store.reserve_code(row.handoff_id, code, expires_at=row.expires_at):
                    return replace(row, dial_code=code)
        except NotKept:
            pass
        return row

    def _may_find(self, row: Row, decision: Decision) -> bool:
        """Whether a call may find the tap at all: its time is not over, and the policy allows it."""
        may = decision.kept_only in (None, KeptOnly.NOT_IDENTIFIED)
        return may and self._clock() < row.expires_at
