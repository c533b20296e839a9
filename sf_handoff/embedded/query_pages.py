"""Answers in pages. What does not fit the first page is kept as it was then, for two days, under a locator.

A user has ten of them at most; a new one takes the place of the oldest.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sf_handoff.embedded import ids
from sf_handoff.embedded.org import Org, stamp
from sf_handoff.embedded.reading import whole
from sf_handoff.embedded.refusals import Refusal

MOST_OPEN = 10
LIFETIME = timedelta(days=2)


@dataclass(frozen=True)
class Pages:
    """`kind` begins the locators: `01g` of /query, `0r8` of /queryAll."""

    org: Org
    version: str
    kind: str = "01g"

    def first(self, records: list[dict[str, Any]], size: int) -> dict[str, Any]:
        rest = records[size:]
        locator = self._keep(rest, size) if rest else ""
        return self._page(locator, 0, records[:size], len(records))

    def more(self, locator: str, size: int | None) -> dict[str, Any]:
        """The page that `locator` names, `size` records of it or as many as the first had."""
        name, _, place = locator.partition("-")
        before = whole(place)
        kept = self.org.database.row("SELECT * FROM _locators WHERE locator = ?", name)
        if kept is None or before is None or not kept["size"] <= before < kept["total"]:
            raise Refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
        if kept["made"] < self._oldest:
            raise Refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
        rows = self.org.database.rows(
            "SELECT record FROM _snapshots WHERE locator = ? AND place >= ? ORDER BY place LIMIT ?",
            name,
            before,
            size or kept["size"],
        )
        return self._page(name, before, [json.loads(row["record"]) for row in rows], kept["total"])

    def _page(self, locator: str, before: int, records: list[dict[str, Any]], total: int) -> dict[str, Any]:
        shown = before + len(records)
        page: dict[str, Any] = {"totalSize": total, "done": shown >= total}
        if shown < total:
            page["nextRecordsUrl"] = f"/services/data/v{self.version}/query/{locator}-{shown}"
        return {**page, "records": records}

    def _keep(self, rest: list[dict[str, Any]], size: int) -> str:
        database = self.org.database
        locator = ids.make(self.kind, database.next(self.kind))
        database.execute(
            "INSERT INTO _locators VALUES (?, ?, ?, ?)", locator, self.org.now(), size, size + len(rest)
        )
        for place, record in enumerate(rest, start=size):
            database.execute("INSERT INTO _snapshots VALUES (?, ?, ?)", locator, place, json.dumps(record))
        self._release()
        return locator

    def _release(self) -> None:
        database = self.org.database
        database.execute(
            "DELETE FROM _locators WHERE made < ? OR rowid NOT IN "
            "(SELECT rowid FROM _locators ORDER BY rowid DESC LIMIT ?)",
            self._oldest,
            MOST_OPEN,
        )
        database.execute("DELETE FROM _snapshots WHERE locator NOT IN (SELECT locator FROM _locators)")

    @property
    def _oldest(self) -> str:
        return stamp(self.org.clock() - LIFETIME)
