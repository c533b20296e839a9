"""Tokens that were used: a `jti` is good for one token, however often that one comes."""

from __future__ import annotations

from sqlalchemy import Connection, select

from sf_handoff.adapters import engines
from sf_handoff.adapters.tables import tokens
from sf_handoff.errors import InvalidHandoff, Problem


def use_token(tx: Connection, *, jti_hash: str, digest: str, handoff_id: str, until: float) -> None:
    """Notes the use of a token with the handoff that it brought, in the transaction that keeps the handoff.

    Raises InvalidHandoff (`REPLAY`) where its `jti` was used by another.
    """
    mine = {"handoff_id": handoff_id, "digest": digest}
    tx.execute(engines.insert_if_absent(tx, tokens).values(jti_hash=jti_hash, until=until, **mine))
    used = select(tokens.c.handoff_id, tokens.c.digest).where(tokens.c.jti_hash == jti_hash)
    if tx.execute(used).one()._asdict() != mine:
        raise InvalidHandoff(
            "jti: another token was used with this jti. Give each token a new one.",
            code="REPLAY",
            problems=(Problem("jti", "one that no other token has had"),),
        )
