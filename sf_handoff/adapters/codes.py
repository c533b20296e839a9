"""Dialled codes, and the calls that were answered, in the store."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from sf_handoff.adapters import engines, rows
from sf_handoff.adapters.books import Books
from sf_handoff.adapters.tables import calls, codes, handoffs
from sf_handoff.ports import BoundCall, FoundCode

QUARANTINE = timedelta(hours=24)


class Codes(Books):
    """A code is looked up by its hash, and given to one handoff and one call."""

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

    def find_code(self, code: str) -> FoundCode | None:
        query = select(codes).where(codes.c.code_hash == self._hash("code", code))
        with self._transaction() as tx:
            found = tx.execute(query).one_or_none()
        return FoundCode(found.handoff_id, rows.moment(found.expires_at), found.used_by) if found else None

    def use_code(self, code: str, call_key: str) -> bool:
        """Spends the code on a call; False where another call has spent it. The same call may ask again."""
        mine = codes.c.code_hash == self._hash("code", code)
        with self._transaction() as tx:
            tx.execute(update(codes).where(mine & codes.c.used_by.is_(None)).values(used_by=call_key))
            return tx.execute(select(codes.c.used_by).where(mine)).scalar() == call_key

    def bound_call(self, call_key: str) -> BoundCall | None:
        with self._transaction() as tx:
            found = tx.execute(select(calls).where(calls.c.call_key == call_key)).one_or_none()
        return BoundCall(found.handoff_id, found.matched_by, rows.moment(found.bound_at)) if found else None

    def bind_call(self, call_key: str, handoff_id: str | None, matched_by: str | None) -> None:
        unmatched = (calls.c.call_key == call_key) & calls.c.matched_by.is_(None)
        bound = {"handoff_id": handoff_id, "matched_by": matched_by}
        with self._transaction() as tx:
            values = {"call_key": call_key, "bound_at": self._now(tx), **bound}
            tx.execute(engines.insert_if_absent(tx, calls).values(values))
            tx.execute(update(calls).where(unmatched).values(bound))
