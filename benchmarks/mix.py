"""What the load is made of: half upserts by key, a quarter handoffs, a quarter queries."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from mappings import MAPPINGS
from sf_handoff.calls.composite import Part, Todo, compose, read, refusals
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.states import Linked
from sf_handoff.calls.tap import Tap

VERSION = "66.0"
DATA = f"/services/data/v{VERSION}"
CASE, TASK, PERSON = MAPPINGS.case, MAPPINGS.task, MAPPINGS.person
OF_ONE_CASE = (
    f"SELECT Id, CaseNumber, Status, Owner.Name, Contact.Name FROM Case WHERE {CASE.key} = '{{key}}'",
    "SELECT Id, CaseNumber, (SELECT Id, Subject FROM Tasks) FROM Case WHERE Id = '{record_id}'",
    "SELECT Id, Subject, Who.Name FROM Task WHERE WhatId = '{record_id}' AND Status = 'Completed'",
    f"SELECT Id FROM Case WHERE {CASE.key} IN ('{{key}}', 'nobody') ORDER BY CreatedDate DESC LIMIT 5",
)


@dataclass(frozen=True)
class Asked:
    """One request. `problem` says what is wrong with its answer, in a word or two, or nothing."""

    kind: str
    method: str
    path: str
    body: bytes | None
    problem: Callable[[int, Any], str]


class Mix:
    """Makes the requests, and learns from their answers which keys are there.

    Every second upsert is of a key that is there; every eighth handoff is sent again.
    """

    def __init__(self) -> None:
        self._random = random.Random(1)
        self._placeholder = str(uuid.uuid4())
        tap = _tap(self._placeholder)
        request = compose(tap, CASE, TASK, case=Todo.MAKE, task=Todo.MAKE)
        self._handoff = json.dumps(request.to_json(VERSION))
        self._update = json.dumps(dict(CASE.body(tap, creating=False).values)).encode()
        self._icn = str(tap.person_key)
        self._upserted: list[str] = []
        self._handed_off: list[tuple[str, str]] = []
        self.case_keys: set[str] = set()
        self.task_keys: set[str] = set()

    def request(self, number: int) -> Asked:
        """The request that comes at this place of the load."""
        place = number % 4
        if place == 1:
            again = number % 32 == 29 and self._handed_off
            return self._composite(self._any_handoff()[0] if again else str(uuid.uuid4()))
        if place == 3:
            return self._query(number // 4)
        if place == 2 and self._upserted:
            return self._upsert(self._random.choice(self._upserted), created=False)
        return self._upsert(str(uuid.uuid4()), created=True)

    def _any_handoff(self) -> tuple[str, str]:
        return self._random.choice(self._handed_off)

    def _upsert(self, key: str, *, created: bool) -> Asked:
        def problem(status: int, answer: Any) -> str:
            if status != (201 if created else 200) or answer["success"] is not True:
                return f"HTTP {status}"
            if answer["created"] is not created:
                return "made twice"
            if created:
                self._upserted.append(key)
            return ""

        self.case_keys.add(key)
        kind = "upsert of a new key" if created else "upsert of a key that is there"
        return Asked(kind, "PATCH", f"{DATA}/sobjects/{CASE.sobject}/{CASE.key}/{key}", self._update, problem)

    def _composite(self, key: str) -> Asked:
        def problem(status: int, answer: Any) -> str:
            if status != 200:
                return f"HTTP {status}"
            found = answer["compositeResponse"]
            parts = [Part(each["referenceId"], each["httpStatusCode"], each["body"]) for each in found]
            if refused := refusals(parts):
                return f"{refused[0][0]}: {refused[0][1].code}"
            done = read(parts, CASE)
            if not (done.case and done.task and done.case.record_id and done.task.record_id):
                return "not written"
            self._handed_off.append((key, done.case.record_id))
            return ""

        self.case_keys.add(key)
        self.task_keys.add(key)
        body = self._handoff.replace(self._placeholder, key).encode()
        return Asked("handoff", "POST", f"{DATA}/composite", body, problem)

    def _query(self, number: int) -> Asked:
        soql = f"SELECT Id, Name FROM {PERSON.sobject} WHERE {PERSON.key} = '{self._icn}'"
        if self._handed_off:
            key, record_id = self._any_handoff()
            soql = OF_ONE_CASE[number % len(OF_ONE_CASE)].format(key=key, record_id=record_id)
        return Asked("query", "GET", query_path(soql), None, _not_one)


def query_path(soql: str) -> str:
    return f"{DATA}/query?q={quote(soql, safe='')}"


def _not_one(status: int, answer: Any) -> str:
    if status != 200:
        return f"HTTP {status}"
    return "" if answer["totalSize"] == len(answer["records"]) == 1 else "not one record"


def _tap(handoff_id: str) -> Tap:
    handoff = Handoff.parse(sample_handoff(at=datetime.now(UTC), handoff_id=handoff_id))
    key = handoff.veteran.icn if handoff.veteran else None
    ramp = MAPPINGS.ramps.ramp(handoff.screen)
    return Tap(handoff, handoff_id, handoff_id, ramp, 1, late=False, person_key=key, link=Linked.LINKED)
