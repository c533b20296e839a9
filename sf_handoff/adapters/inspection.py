"""The store looked at from outside: nothing is made, migrated or locked. Files stay as they are."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from sf_handoff.adapters import engines, rows
from sf_handoff.adapters.seal import Seal
from sf_handoff.adapters.tables import SCHEMA_VERSION, meta
from sf_handoff.errors import Misconfigured, NotKept
from sf_handoff.ports import StoreSeen


def look(url: str, seal: Seal | None) -> StoreSeen:
    """Raises Misconfigured where the store cannot be used, or the key does not open it; NotKept."""
    engine = engines.open_to_look(url)
    kept = _meta(engine) if engine else {}
    if not kept:
        return StoreSeen(None, SCHEMA_VERSION, seal is not None)
    if seal is None:
        raise Misconfigured(
            "ENCRYPTION_KEYS: there is a store and no key to it. Put back the key file that was beside it, "
            "or set ENCRYPTION_KEYS.",
            code="KEY",
        )
    seal.open(kept["hash key"], rows.place("meta", "hash key"))
    return StoreSeen(int(kept["schema version"]), SCHEMA_VERSION, has_key=True)


def _meta(engine: Engine) -> Mapping[str, bytes]:
    """What the store says of itself; nothing where its tables are not made yet."""
    failure: NotKept | None = None
    try:
        with engine.connect() as tx:
            there = inspect(tx).has_table(meta.name)
            return {each.name: each.value for each in tx.execute(select(meta))} if there else {}
    except SQLAlchemyError as error:
        failure = engines.not_kept(error)
    finally:
        engine.dispose()
    if failure.code == engines.CORRUPT:
        raise Misconfigured(failure.message, code=failure.code)
    raise failure
