"""Hints in the store: issues that something happened to, and which deliveries of GitHub were taken."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

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

    def hinted(self) -> set[int]:
        """The issues that nobody has looked at since."""
        with self._transaction() as tx:
            return set(tx.execute(select(hints.c.number).where(hints.c.looked.is_(False))).scalars())

    def looked_at(self, numbers: Collection[int]) -> None:
        with self._transaction() as tx:
            tx.execute(hints.update().where(hints.c.number.in_(list(numbers))).values(looked=True))
