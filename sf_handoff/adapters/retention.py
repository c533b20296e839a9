"""What a person gives up, and what time takes: rows are emptied, and stand for a while longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from sf_handoff.adapters import breakers, engines
from sf_handoff.adapters.books import Books
from sf_handoff.adapters.tables import calls, codes, decisions, handoffs, pool_numbers, tokens
from sf_handoff.calls.states import Status

# So long an id is still known, so that a handoff that comes again is not a new one.
REMEMBERED = timedelta(days=400)
DISCARDED = "DISCARDED"


class Retention(Books):
    """Nothing is discarded that is on its way, and nothing is purged that is still due."""

    def discard(self, handoff_id: str, why: str) -> bool:
        """Gives a row up by a person's decision; False where it is settled already or being sent."""
        with self._transaction() as tx:
            now = self._now(tx)
            nobodys = handoffs.c.token.is_(None) | (handoffs.c.due <= now)
            waiting = (handoffs.c.state == Status.PARKED.value) | (
                (handoffs.c.state == Status.DUE.value) & nobodys
            )
            given_up = {
                "state": Status.KEPT.value,
                "token": None,
                "code": DISCARDED,
                "message": why,
                "settled_at": now,
            }
            mine = update(handoffs).where((handoffs.c.handoff_id == handoff_id) & waiting).values(given_up)
            if tx.execute(mine).rowcount != 1:
                return False
            self._log(tx, "discarded", handoff_id, {})
            return True

    def purge(self, *, delivered: timedelta, parked: timedelta, dry_run: bool = False) -> int:
        """Empties rows that were settled longer ago than that, and forgets the ones that are very old.

        What stays of a row is its id, the keyed hash of its body, its state, code and times, and the ids of
        its records. `kept` rows go with the delivered ones, what somebody typed to a decision with the parked
        ones. Returns how many were emptied, or would be.
        """
        with self._transaction(patient=True) as tx:
            now = self._now(tx)
            old = _settled((Status.DELIVERED, Status.KEPT), now - delivered.total_seconds()) | _settled(
                (Status.PARKED,), now - parked.total_seconds()
            )
            full = old & handoffs.c.purged_at.is_(None)
            ids = list(tx.execute(select(handoffs.c.handoff_id).where(full)).scalars())
            if not dry_run:
                self._empty(tx, full, now)
                said = decisions.c.decided_at < now - parked.total_seconds()
                tx.execute(update(decisions).where(said).values(reason=None))
                self._forget(tx, now)
                if ids:
                    self._log(tx, "purged", None, {"rows": len(ids)})
        if not dry_run:
            engines.truncate_log(self._engine)
        return len(ids)

    def _empty(self, tx: Connection, which: Any, now: float) -> None:
        nothing = {
            "payload": b"",
            "message": None,
            "dial_code": None,
            "phone": None,
            "person": None,
            "episode": None,
            "notes": "[]",
        }
        tx.execute(update(handoffs).where(which).values(purged_at=now, **nothing))

    def _forget(self, tx: Connection, now: float) -> None:
        long_ago = now - REMEMBERED.total_seconds()
        tx.execute(handoffs.delete().where(handoffs.c.purged_at < long_ago))
        tx.execute(codes.delete().where(codes.c.free_at < now))
        tx.execute(tokens.delete().where(tokens.c.until < now))
        tx.execute(pool_numbers.delete().where(pool_numbers.c.until < now))
        breakers.forget(tx, now)
        tx.execute(calls.delete().where(calls.c.bound_at < long_ago))


def _settled(states: tuple[Status, ...], before: float) -> Any:
    return handoffs.c.state.in_([each.value for each in states]) & (handoffs.c.settled_at < before)
