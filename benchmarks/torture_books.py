"""What `torture.py` proves in the end: receipts, the store and the org's own records, side by side.

A record is known by what the tap wrote into it (its id in the name of the screen, its episode in the claim's
id), not by its key: so doubles show whatever the connector did with keys. The org is asked over its REST API,
page by page, deleted records included; the store by SQL of our own.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy

from benchmarks.mix import query_path
from benchmarks.served import Served
from sf_handoff.calls.states import Status

MARK = "Torture/"
TASKS = "SELECT Id, WhatId, IsDeleted, Handoff_Id__c, Handoff_Screen__c FROM Task"
CASES = "SELECT Id, IsClosed, IsDeleted, Handoff_Id__c, Handoff_Claim_Id__c FROM Case"
KEPT = "SELECT handoff_id, state, code, case_key, case_id, task_id, token FROM handoffs"


@dataclass(frozen=True)
class Told:
    """What the workers' files say: each receipt once, and how often anything else happened."""

    receipts: frozenset[tuple[str, str, str | None, str | None]]
    counts: Counter[str]

    @property
    def kept(self) -> set[str]:
        return {handoff_id for handoff_id, *_ in self.receipts}


@dataclass(frozen=True)
class Books:
    """All there is to compare, and what is wrong in it: `lost`, `doubled` and `untrue` are handoffs or
    records, named; empty if all is well."""

    told: Told
    rows: dict[str, Any]
    cases: dict[str, Any]
    tasks: dict[str, Any]
    agents: frozenset[str]

    @cached_property
    def tasks_of(self) -> dict[str, list[str]]:
        """The Tasks of each handoff."""
        found = defaultdict(list)
        for record_id, task in self.tasks.items():
            found[str(task["Handoff_Screen__c"]).removeprefix(MARK)].append(record_id)
        return dict(found)

    def state(self, status: Status) -> list[str]:
        return [handoff_id for handoff_id, row in self.rows.items() if row.state == status]

    @property
    def parked(self) -> Counter[str]:
        return Counter(str(self.rows[each].code) for each in self.state(Status.PARKED))

    @property
    def split(self) -> int:
        """Episodes with more than one open Case, whatever became of the others."""
        still = Counter(case["Handoff_Claim_Id__c"] for case in self.cases.values() if not case["IsClosed"])
        return sum(number > 1 for number in still.values())

    @cached_property
    def lost(self) -> list[str]:
        """A receipt without a row, or `delivered` in the store and not, or not wholly, in the org."""
        without_row = [f"{each}: a receipt, no row" for each in self.told.kept - self.rows.keys()]
        delivered = [each for each in self.state(Status.DELIVERED) if each not in self.tasks_of]
        nowhere = [
            f"Task {record_id}: on no Case"
            for record_id, task in self.tasks.items()
            if task["WhatId"] not in self.cases
        ]
        return [*without_row, *(f"{each}: delivered, no Task" for each in delivered), *nowhere]

    @cached_property
    def doubled(self) -> list[str]:
        """More than one Task of a handoff, more than one Case of an episode, a record of no handoff."""
        tasks = [f"{each}: {len(ids)} Tasks" for each, ids in self.tasks_of.items() if len(ids) > 1]
        strangers = [f"Task {each}: of no handoff kept" for each in self.tasks_of.keys() - self.rows.keys()]
        with_task = {task["WhatId"] for task in self.tasks.values()}
        begun = {row.case_key for row in self.rows.values() if row.state == Status.PARKED}
        bare = [
            f"Case {record_id}: without a Task"
            for record_id, case in self.cases.items()
            if record_id not in with_task and case["Handoff_Id__c"] not in begun
        ]
        return [*tasks, *strangers, *bare, *self._cases_of_one_key(), *self._cases_of_one_episode()]

    @cached_property
    def untrue(self) -> list[str]:
        """A receipt or a row that says `delivered` and names other records than there are."""
        rows = [
            (row.handoff_id, row.state, row.case_id, row.task_id)
            for row in self.rows.values()
            if row.state == Status.DELIVERED
        ]
        claims = [*rows, *(each for each in self.told.receipts if each[1] == Status.DELIVERED)]
        found = [f"{each[0]}: names records that are not so" for each in claims if not self._is_so(*each)]
        keys = [
            f"Task {record_id}: on another Case than its row's"
            for handoff_id, ids in self.tasks_of.items()
            for record_id in ids
            if not self._on_its_case(handoff_id, record_id)
        ]
        return [*found, *keys]

    def _is_so(self, handoff_id: str, _state: str, case_id: str | None, task_id: str | None) -> bool:
        """A row whose Case another tap made has only the Task on its own account."""
        task: Any = self.tasks.get(task_id or "")
        ours = task is not None and task["Handoff_Screen__c"] == MARK + handoff_id
        return ours and (case_id is None or task["WhatId"] == case_id)

    def _on_its_case(self, handoff_id: str, task_id: str) -> bool:
        row = self.rows.get(handoff_id)
        case = self.cases.get(self.tasks[task_id]["WhatId"])
        return row is None or case is None or case["Handoff_Id__c"] in (None, row.case_key)

    def _cases_of_one_key(self) -> Iterator[str]:
        keys = Counter(case["Handoff_Id__c"] for case in self.cases.values() if case["Handoff_Id__c"])
        return (f"{key}: {number} Cases under one key" for key, number in keys.items() if number > 1)

    def _cases_of_one_episode(self) -> Iterator[str]:
        """One that was late was written closed, as history: what is tapped after that begins another Case, as
        it does where an agent has closed one."""
        closed = {case["Handoff_Claim_Id__c"] for case in self.cases.values() if case["IsClosed"]}
        found = Counter(str(case["Handoff_Claim_Id__c"]) for case in self.cases.values())
        for claim, number in found.items():
            if number > 1 and claim not in closed | self.agents:
                yield f"claim {claim}: {number} Cases"


class Refused(Exception):
    """The org did not do what was asked for."""


def told(folder: Path) -> Told:
    """What is in the workers' files. A worker may have been killed amid its last line."""
    receipts, counts = set(), Counter[str]()
    for path in folder.iterdir():
        for line in path.read_text("utf-8").splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                counts["torn lines"] += 1
                continue
            kind = str(said.pop("kind"))
            counts[
                " ".join([kind, *(str(said[name]) for name in ("status", "code", "error") if name in said)])
            ] += 1
            if kind == "receipt":
                receipts.add((said["id"], said["status"], said["case"], said["task"]))
    return Told(frozenset(receipts), counts)


def kept(store: str) -> dict[str, Any]:
    """The rows of the store, by their id."""
    engine = sqlalchemy.create_engine(store)
    try:
        with engine.connect() as connection:
            return {row.handoff_id: row for row in connection.execute(sqlalchemy.text(KEPT))}
    finally:
        engine.dispose()


def records(org: Served, soql: str) -> dict[str, Any]:
    """Every record that the query finds, by its Id."""
    found: dict[str, Any] = {}
    path = query_path(soql).replace("/query?", "/queryAll?")
    while path:
        page = ask(org, "GET", path)
        found |= {each["Id"]: each for each in page["records"]}
        path = page.get("nextRecordsUrl")
    return found


def ask(org: Served, method: str, path: str, body: object = None) -> Any:
    """What the org's REST API answers. Raises Refused."""
    connection = org.connection()
    connection.request(method, path, json.dumps(body) if body is not None else None, org.headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= 300:
        raise Refused(f"The org answered {method} with {answer.status}.")
    return json.loads(text) if text else None
