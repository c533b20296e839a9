"""The store's schema, brought up to date when a store is opened: all of it, or nothing, by one process.

A step holds what a version changed in tables that were there before; tables that are new come by themselves.
Steps are never edited once they were released.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert, inspect, select, text, update

from sf_handoff.adapters.tables import SCHEMA_VERSION, meta, metadata
from sf_handoff.adapters.turns import MIGRATE, take_turn
from sf_handoff.errors import Misconfigured

_NAME = "schema version"

STEPS: dict[int, tuple[str, ...]] = {
    2: (
        "ALTER TABLE handoffs ADD COLUMN due_set_at FLOAT NOT NULL DEFAULT 0",
        "ALTER TABLE handoffs ADD COLUMN takes INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE handoffs ADD COLUMN purged_at FLOAT",
    ),
    3: (
        "ALTER TABLE handoffs ADD COLUMN kind VARCHAR(16) NOT NULL DEFAULT 'tap'",
        "ALTER TABLE handoffs ADD COLUMN parent VARCHAR(64)",
        "ALTER TABLE handoffs ADD COLUMN person VARCHAR(64)",
        "ALTER TABLE handoffs ADD COLUMN screen VARCHAR(80) NOT NULL DEFAULT ''",
        "ALTER TABLE handoffs ADD COLUMN undone BOOLEAN NOT NULL DEFAULT FALSE",
        "CREATE INDEX ix_handoffs_parent ON handoffs (parent)",
        "CREATE INDEX ix_handoffs_person ON handoffs (person)",
        "ALTER TABLE calls ADD COLUMN answer TEXT",
        "ALTER TABLE calls ADD COLUMN tried TEXT NOT NULL DEFAULT '[]'",
    ),
    4: (),
}


def bring_up_to_date(tx: Connection) -> None:
    """Makes the tables, or changes those of an older release. Raises Misconfigured for a newer one's.

    One process migrates, the others wait. Both databases undo changes of tables as they undo all else.
    """
    take_turn(tx, MIGRATE)
    new = not inspect(tx).has_table(meta.name)
    found = SCHEMA_VERSION if new else _version(tx)
    if found > SCHEMA_VERSION:
        raise Misconfigured(
            f"STORE: the store has schema version {found}, this release works with {SCHEMA_VERSION}. "
            "Use the release that made it, or a newer one."
        )
    for version in range(found + 1, SCHEMA_VERSION + 1):
        for step in STEPS[version]:
            tx.execute(text(step))
    if new or found < SCHEMA_VERSION:
        metadata.create_all(tx)
        _note_version(tx, new=new)


def _version(tx: Connection) -> int:
    return int(tx.execute(select(meta.c.value).where(meta.c.name == _NAME)).scalar_one())


def _note_version(tx: Connection, *, new: bool) -> None:
    value = str(SCHEMA_VERSION).encode()
    if new:
        tx.execute(insert(meta).values(name=_NAME, value=value))
    else:
        tx.execute(update(meta).where(meta.c.name == _NAME).values(value=value))
