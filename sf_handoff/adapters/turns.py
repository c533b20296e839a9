"""Turns: what only one transaction may do at a time, over all hosts that use the store."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, text

MIGRATE = "migrate"
# Without it two workers could each overlook that the other is taking an earlier tap of the same episode.
TAKE = "take"
# Without it guesses made at the same moment would not see one another, and get past a breaker together.
GUESS = "guess"
LATCH = "latch"


def take_turn(tx: Connection, what: str) -> None:
    """Waits until no other transaction does `what`; the turn ends with the transaction.

    On SQLite every transaction has the file to itself.
    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """
    if tx.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(f"sf_handoff {what}".encode()).digest()[:8], signed=True)
        tx.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
