"""The gate of each destination, in the store, so that all hosts see it: a dead org costs a live call nothing.

While a gate is closed nobody sends. When its time is over one of those who ask is let through to try, over
all hosts; if that one never comes back, another is let through after a while.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from sf_handoff.adapters import engines, rows
from sf_handoff.adapters.books import Books
from sf_handoff.adapters.tables import gates
from sf_handoff.ports import Closed, Entry


class Gates(Books):
    """`fails` counts the failures in a row; a gate without a row is open, and nothing has failed."""

    def enter(self, destination: str, *, probe_for: timedelta, insists: bool = False) -> Entry | Closed:
        """Whether a call may go out. `insists` asks to be the probe although the time is not over.

        A clock that was set back does not keep a gate closed for longer.
        """
        with self._transaction() as tx:
            found = self._gate(tx, destination)
            if found is None or found.closed_until is None:
                return Entry(found.fails if found else 0)
            now = self._now(tx)
            closed = _closed(found, now, insists=insists)
            if closed:
                return closed
            self._change(tx, destination, probe_until=now + probe_for.total_seconds())
            return Entry(found.fails, probing=True)

    def closed(self, destination: str) -> Closed | None:
        """Whether nothing is sent there for now. Who asks changes nothing by it."""
        with self._transaction() as tx:
            mine = select(gates).where(gates.c.destination == destination)
            found = tx.execute(mine).one_or_none()
            return _closed(found, self._now(tx)) if found and found.closed_until is not None else None

    def failed(self, destination: str, *, probing: bool) -> int:
        """Counts one more failure in a row; how many there are now.

        Calls that were under way when the gate closed and fail after it say nothing new.
        """
        with self._transaction() as tx:
            found = self._gate(tx, destination, make=True)
            more = 1 if probing or found.closed_until is None else 0
            self._change(tx, destination, fails=found.fails + more)
            return int(found.fails) + more

    def close_gate(self, destination: str, reason: str, wait: timedelta) -> None:
        with self._transaction() as tx:
            before = self._gate(tx, destination, make=True)
            now = self._now(tx)
            until = now + wait.total_seconds()
            if before.closed_until and before.set_at <= now + rows.CLOCK_SLACK and not before.probe_until:
                until = max(until, before.closed_until)
            self._change(tx, destination, reason=reason, closed_until=until, set_at=now, probe_until=None)
            if before.closed_until is None:
                self._log(tx, "gate closed", None, {"reason": reason})

    def open_gate(self, destination: str) -> None:
        with self._transaction() as tx:
            before = self._gate(tx, destination)
            tx.execute(gates.delete().where(gates.c.destination == destination))
            if before and before.closed_until is not None:
                self._log(tx, "gate opened", None, {})

    def _gate(self, tx: Connection, destination: str, *, make: bool = False) -> Any:
        """The gate's row, locked on databases that lock rows: of many who ask, one is the probe."""
        mine = select(gates).where(gates.c.destination == destination).with_for_update()
        found = tx.execute(mine).one_or_none()
        while make and found is None:
            # More than once where another opens the gate between the insert and the look.
            tx.execute(engines.insert_if_absent(tx, gates).values(destination=destination))
            found = tx.execute(mine).one_or_none()
        return found

    def _change(self, tx: Connection, destination: str, **values: Any) -> None:
        tx.execute(update(gates).where(gates.c.destination == destination).values(values))


def _closed(found: Any, now: float, *, insists: bool = False) -> Closed | None:
    """What keeps a gate with a time closed: the time itself, or somebody who is trying just now."""
    over = insists or found.closed_until <= now or found.set_at > now + rows.CLOCK_SLACK
    probed = found.probe_until is not None and now < found.probe_until < now + rows.CLOCK_SLACK + 900
    if over and not probed:
        return None
    return Closed(found.reason, rows.moment(max(found.closed_until, found.probe_until or 0.0)))
