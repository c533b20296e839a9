"""What every way is given: taps of known people, and the Case and Task that come of each.

Peers get the records ready, as our maps make them, and need not keep, check or seal anything. Ours gets what
the app sends. So the records that reach the org are the same.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from benchmarks.served import Served
from mappings import MAPPINGS
from sf_handoff.calls.composite import lookup_key, named
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.states import Linked
from sf_handoff.calls.tap import Tap
from sf_handoff.mapping import Json

VERSION = "66.0"
DATA = f"/services/data/v{VERSION}"
PEOPLE, A_CALL = 1000, 200
CASE, TASK, PERSON = MAPPINGS.case, MAPPINGS.task, MAPPINGS.person


@dataclass(frozen=True)
class Work:
    """One tap. `case` and `task` are complete but for their links, which each way makes in its own manner."""

    key: str
    icn: str
    payload: str
    case: dict[str, Json]
    task: dict[str, Json]


def keys(run: str, count: int) -> list[str]:
    """The ids of a run's handoffs. Whoever knows the run's name knows them."""
    return [str(uuid.uuid5(uuid.NAMESPACE_URL, f"{run}/{number}")) for number in range(count)]


def work(org: Served, run: str, count: int, first: int = 0) -> list[Work]:
    """Each of another claim, so that none joins another's Case; of a thousand people, in turn."""
    names = _names(org)
    return [_one(key, number, names) for number, key in enumerate(keys(run, count), first)]


def payloads(run: str, count: int) -> Iterator[str]:
    return (_payload(key, number) for number, key in enumerate(keys(run, count)))


def plant_people(org: Served, count: int) -> None:
    """Makes the people known to the org, as far as they are needed."""
    people = [_person(number) for number in range(min(count, PEOPLE))]
    for at in range(0, len(people), A_CALL):
        records = [
            {"attributes": {"type": PERSON.sobject}, PERSON.key: each["icn"], "LastName": each["last_name"]}
            for each in people[at : at + A_CALL]
        ]
        made: Sequence[Any] = org.ask("POST", f"{DATA}/composite/sobjects", {"records": records})
        if not all(each["success"] for each in made):
            raise SystemExit("The people could not be made.")


def _person(number: int) -> dict[str, str | None]:
    number %= PEOPLE
    return {
        "icn": f"{2_000_000_000 + number}V100000",
        "user_account_uuid": None,
        "first_name": "Jesse",
        "last_name": f"Sample {number}",
        "phone": f"+150355501{number % 100:02}",
    }


def _payload(key: str, number: int) -> str:
    tap = sample_handoff(at=datetime.now(UTC), handoff_id=key, veteran=_person(number))
    tap["claim"]["data"]["id"] = str(610_000_000 + number)
    return json.dumps(tap)


def _one(key: str, number: int, names: dict[str, str]) -> Work:
    payload = _payload(key, number)
    tap = _tap(payload)
    case, task = CASE.body(tap, creating=True), TASK.body(tap, creating=True)
    cases, tasks = _unlinked(named(case, names)), _unlinked(task.values)
    return Work(key, str(tap.person_key), payload, cases, tasks)


def _tap(payload: str) -> Tap:
    handoff = Handoff.parse(payload)
    key, icn = str(handoff.handoff_id), handoff.veteran.icn if handoff.veteran else None
    ramp = MAPPINGS.ramps.ramp(handoff.screen)
    return Tap(handoff, key, key, ramp, 1, late=False, person_key=icn, link=Linked.LINKED)


def _unlinked(values: Mapping[str, Json]) -> dict[str, Json]:
    """Without key and links to other records of the tap."""
    return {name: value for name, value in values.items() if name not in _LINKS}


_LINKS = (CASE.key, "Contact", "Who", "WhatId")


def _names(org: Served) -> dict[str, str]:
    """The Ids of the queue and the record type, which a script has as constants."""
    body = CASE.body(_tap(_payload(str(uuid.UUID(int=0)), 0)), creating=True)
    found = {}
    for name in body.names:
        soql = f"SELECT Id FROM {name.to} WHERE DeveloperName = '{body.values[name.api_name]}'"
        answer = org.ask("GET", f"{DATA}/query?q={quote(soql, safe='')}")
        found[lookup_key(name, body)] = str(answer["records"][0]["Id"])
    return found
