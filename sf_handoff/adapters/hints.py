"""Hints in the store: issues that something happened to, and which deliveries of GitHub were taken."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from sf_handoff.adapters import engines
from sf_handoff.adapters.books import Books
from sf_handoff.adapters.tables import hints

_KEEP_SECONDS = 30 * 86_400.0


class Hinted(Books):
    """What webhooks have told. A delivery is remembered for 30 days, so that a copy of it does nothing."""

    def hint(self, delivery: str, number: int) -> bool:
        """Notes that the issue is to be looked at; False for a delivery that was taken before."""
        with self._transaction() as tx:
            at = self._now(tx)
            tx.execute(hints.delete().where(hints.c.at < at - _KEEP_SECONDS))
            made = engines.insert_if_absent(tx, hints).values(
                delivery=self._hash("delivery", delivery), number=number, at=at, looked=False
            )
            return bool(tx.execute(made).rowcount)

    def hinted(self) -> dict[int, float]:
        """The issues that nobody has looked at since, and when the last hint of each came."""
        newest = func.max(hints.c.at)
        query = select(hints.c.number, newest).where(hints.c.looked.is_(False)).group_by(hints.c.number)
        with self._transaction() as tx:
            return {number: float(at) for number, at in tx.execute(query)}

    def looked_at(self, seen: Mapping[int, float]) -> None:
        """What `hinted` told has been looked at; a hint that came meanwhile stays."""
        with self._transaction() as tx:
            for number, at in seen.items():
                known = (hints.c.number == number) & (hints.c.at <= at)
                tx.execute(hints.update().where(known).values(looked=True))
