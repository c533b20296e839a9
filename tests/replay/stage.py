"""Plays an exchange: the org is set to its world, the recorded request is sent over HTTP."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from sf_handoff.embedded import Embedded, oauth, running
from sf_handoff.embedded.database import Value, quoted
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.values import parsed
from tests.embedded.world import MAPPINGS
from tests.replay.compare import differences
from tests.replay.readers import TOKEN, Exchange
from tests.replay.sobjects import ORGS
from tests.replay.worlds import Record, World, world

BEFORE = datetime(2020, 1, 1, tzinfo=UTC)  # the first describe that a client already knew


class Stage:
    """The orgs of the recordings; each is started when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._orgs: dict[str, Scenery] = {}
        self._found: dict[str, list[str]] = {}
        self._http = self._stack.enter_context(requests.Session())
        self._http.trust_env = False

    def close(self) -> None:
        self._stack.close()

    def differences(self, exchange: Exchange) -> list[str]:
        """How the org's answer differs; played once."""
        if exchange.id not in self._found:
            self._found[exchange.id] = differences(exchange, self.play(exchange))
        return self._found[exchange.id]

    def play(self, exchange: Exchange) -> requests.Response:
        presupposed = world(exchange)
        here = self._org(presupposed.org)
        here.become(presupposed)
        path = exchange.path
        if presupposed.first:
            path = self._ask(here, exchange, "GET", presupposed.first).json()["nextRecordsUrl"]
        made = ""
        for each in exchange.before:
            answer = self._ask(here, exchange, each.method, each.path.format(id=made), each.body)
            made = made or answer.json()["id"]
        return self._ask(here, exchange, exchange.method, path.replace("{id}", made), exchange.body)

    def _ask(
        self, here: Scenery, exchange: Exchange, method: str, path: str, given: Any = None
    ) -> requests.Response:
        """A text is sent as CSV, all else as JSON."""
        body = given if isinstance(given, str) or given is None else json.dumps(given)
        kind = "text/csv" if isinstance(given, str) else "application/json"
        headers = {**exchange.headers, "content-type": kind}
        return self._http.request(method, here.org.http + path, data=body, headers=headers, timeout=30)

    def _org(self, name: str) -> Scenery:
        if name not in self._orgs:
            started = running(
                self._folder / name,
                MAPPINGS,
                sobjects=ORGS[name],
                assignment_rule=False,
                clock=lambda: BEFORE,
            )
            self._orgs[name] = Scenery(self._stack.enter_context(started))
        return self._orgs[name]


class Scenery:
    """One org, emptied and filled between the exchanges, with the recorded token as a session."""

    def __init__(self, embedded: Embedded) -> None:
        self.org = embedded
        self._inner = embedded._org
        self._kept = {each.name: self._ids(each) for each in self._inner.schema.sobjects}
        with self._inner.database.transaction():
            token = oauth._digest(TOKEN)
            self._inner.database.execute("INSERT INTO _sessions VALUES (?, ?)", token, "9999")

    def become(self, presupposed: World) -> None:
        rows: dict[tuple[str, str], dict[str, Value]] = {}
        for record in presupposed.records:
            row = self._row(record)
            rows.setdefault((record.sobject, str(row["Id"])), {}).update(row)
        with self._inner.database.transaction():
            for each in self._inner.schema.sobjects:
                self._empty(each)
            for name in {name for name, _ in rows}:
                self._inner.database.next(self._sobject(name).prefix)
            for (name, _), row in rows.items():
                self._inner.database.insert(self._sobject(name), row)

    def _empty(self, sobject: SObject) -> None:
        """As if it never had a record, but for those that the org began with."""
        kept = self._kept[sobject.name]
        marks = ", ".join("?" * len(kept))
        self._inner.database.execute(f'DELETE FROM {quoted(sobject.name)} WHERE "Id" NOT IN ({marks})', *kept)
        if not kept:
            self._inner.database.execute("DELETE FROM _sequences WHERE name = ?", sobject.prefix)

    def _row(self, record: Record) -> dict[str, Value]:
        sobject = self._sobject(record.sobject)
        row: dict[str, Value] = {"IsDeleted": int(record.deleted)}
        for name, value in record.fields.items():
            field = sobject.field(name) or sobject.relationship(name)
            if field is not None:
                row[field.name] = parsed(field, value)
            elif value is not None:  # an empty list of children
                raise LookupError(f"{record.sobject} has no {name}")
        return row | (self._link(sobject, *record.parent) if record.parent else {})

    def _link(self, sobject: SObject, parent_id: str, children: str) -> dict[str, Value]:
        """The lookup by which a record is among the `children` of a parent."""
        parent = self._inner.schema.of_id(parent_id)
        links = [each for each in sobject.fields if parent and parent.name in each.targets]
        return {each.name: parent_id for each in links if each.children == children}

    def _ids(self, sobject: SObject) -> list[str]:
        return [str(row["Id"]) for row in self._inner.database.select(sobject)]

    def _sobject(self, name: str) -> SObject:
        found = self._inner.schema.get(name)
        if found is None:
            raise LookupError(f"no sObject {name}")
        return found
