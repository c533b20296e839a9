"""Ways in that a tap is given: a code to dial, or a number of its own for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from sf_handoff.adapters import engines, rows
from sf_handoff.adapters.books import Books
from sf_handoff.adapters.tables import codes, handoffs, pool_numbers
from sf_handoff.adapters.turns import LATCH, take_turn

QUARANTINE = timedelta(hours=24)


class Codes(Books):
    """A code is looked up by its hash. Both a code and a number of a pool are one tap's at a time."""

    def reserve_code(self, handoff_id: str, code: str, *, expires_at: datetime) -> bool:
        """Gives `code` to the handoff; False where it is taken or in quarantine."""
        hashed = self._hash("code", code)
        values = {
            "code_hash": hashed,
            "handoff_id": handoff_id,
            "expires_at": expires_at.timestamp(),
            "free_at": expires_at.timestamp() + QUARANTINE.total_seconds(),
        }
        with self._transaction() as tx:
            now = self._now(tx)
            tx.execute(codes.delete().where((codes.c.code_hash == hashed) & (codes.c.free_at < now)))
            tx.execute(engines.insert_if_absent(tx, codes).values(values))
            owner = tx.execute(select(codes.c.handoff_id).where(codes.c.code_hash == hashed)).scalar_one()
            if owner != handoff_id:
                return False
            sealed = self._seal.close(code.encode(), rows.place(handoff_id, "code"))
            tx.execute(update(handoffs).where(handoffs.c.handoff_id == handoff_id).values(dial_code=sealed))
            return True

    def latch_number(self, handoff_id: str, pool: Sequence[str], *, until: datetime) -> str | None:
        """A number of the pool that is the handoff's alone `until` then, the same when asked again.

        None where all are taken, and once the handoff's own was used. Of the free ones it is the one that has
        been free for longest: whoever had it last may still call it.
        """
        with self._transaction() as tx:
            take_turn(tx, LATCH)
            now = self._now(tx)
            known = {each.number: each for each in tx.execute(select(pool_numbers))}
            own = next((each for each in known.values() if each.handoff_id == handoff_id), None)
            if own is not None:
                return own.number if own.used_by is None and own.until > now else None
            freed = {
                number: known[number].until if number in known else 0.0
                for number in pool
                if number not in known or known[number].until <= now or known[number].used_by is not None
            }
            if not freed:
                return None
            number = min(freed, key=lambda each: freed[each])
            tx.execute(pool_numbers.delete().where(pool_numbers.c.number == number))
            latched = {"number": number, "handoff_id": handoff_id, "until": until.timestamp()}
            tx.execute(pool_numbers.insert().values(latched))
            return number
