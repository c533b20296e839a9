"""Where the rows of a pull wait until all of them are there and counted.

Whether a pull is complete is known after its last row; rows come from several runs at once and in no order;
the whole texts come afterwards. So there is a second pass, and memory must not grow with the rows. It is
SQLite's own temporary file: it has no name (whatever ends the process, nothing is left), and is 0600.
https://www.sqlite.org/inmemorydb.html#temp_db
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence

from sf_handoff.errors import Misconfigured
from sf_handoff.reports.cells import Plain
from sf_handoff.reports.reading import Kept

_ROWS = """
    CREATE TABLE rows (
        case_id TEXT PRIMARY KEY, number TEXT NOT NULL, opened TEXT NOT NULL,
        kept TEXT NOT NULL, doubtful INTEGER NOT NULL, cut INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID
"""
CACHE_KB = 2048
Values = tuple[Plain, ...]


class Spool:
    """Rows in the order of their opening, each case once. For one thread."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        self._file.execute(_ROWS)

    def __len__(self) -> int:
        (number,) = self._file.execute("SELECT COUNT(*) FROM rows").fetchone()
        return int(number)

    def add(self, kept: Kept) -> bool:
        """Whether it is new: the first row of a case stays."""
        row = (kept.case_id, kept.case_number, kept.opened_at, json.dumps(kept.values), kept.doubtful)
        added = self._write(
            "INSERT OR IGNORE INTO rows (case_id, number, opened, kept, doubtful) VALUES (?, ?, ?, ?, ?)", row
        )
        return added.rowcount == 1

    def rows(self) -> Iterator[tuple[Values, bool]]:
        """Each row's values, and whether a text of it is known to be cut."""
        found = self._file.execute("SELECT kept, cut FROM rows ORDER BY opened, number, case_id")
        for kept, cut in found:
            yield tuple(json.loads(kept)), bool(cut)

    def doubtful(self, after: str, most: int) -> list[tuple[str, str, Values]]:
        """The next Ids, numbers and values of rows whose texts the source may have cut."""
        found = self._file.execute(
            "SELECT case_id, number, kept FROM rows WHERE doubtful AND case_id > ? ORDER BY case_id LIMIT ?",
            (after, most),
        )
        return [(case_id, number, tuple(json.loads(kept))) for case_id, number, kept in found]

    def put(self, case_id: str, values: Sequence[Plain]) -> None:
        self._write("UPDATE rows SET kept = ? WHERE case_id = ?", (json.dumps(values), case_id))

    def cut(self, case_id: str) -> None:
        self._file.execute("UPDATE rows SET cut = 1 WHERE case_id = ?", (case_id,))

    def same_numbers(self, most: int) -> tuple[int, list[str]]:
        """How many case numbers several cases have, and the first of them."""
        twice = "SELECT number FROM rows GROUP BY number HAVING COUNT(*) > 1 ORDER BY number"
        (count,) = self._file.execute(f"SELECT COUNT(*) FROM ({twice})").fetchone()  # noqa: S608
        found = self._file.execute(f"{twice} LIMIT ?", (most,))
        return int(count), [number for (number,) in found]

    def close(self) -> None:
        self._file.close()

    def _write(self, sql: str, values: tuple[Plain, ...]) -> sqlite3.Cursor:
        with contextlib.suppress(sqlite3.OperationalError):
            return self._file.execute(sql, values)
        raise Misconfigured(
            "There is no room for the rows of the day in the folder for temporary files (TMPDIR).",
            code="NO_ROOM",
        )
