"""An invented org for these tests: small maps that use every kind of field, and a plain HTTP client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import requests

from sf_handoff.embedded import Embedded, running
from sf_handoff.mapping import (
    Checkbox,
    Date,
    DateTime,
    LinkByKey,
    LinkByName,
    LinkToPart,
    LongText,
    MappingSet,
    Number,
    PersonLink,
    Phone,
    Picklist,
    RecordMap,
    Text,
    once,
    ours,
)

VERSION = "66.0"
QUEUE, RECORD_TYPE = "App_Handoffs", "App_Handoff"
JESSE = {"FirstName": "Jesse", "LastName": "Gray", "Phone": "+15035550142", "ICN__c": "1234567890V123456"}


def nothing(_: object) -> Any:
    return None


PERSON = PersonLink(sobject="Contact", key="ICN__c", length=17, identifier=nothing)
CASE: RecordMap[Any] = RecordMap(
    sobject="Case",
    key="Handoff_Id__c",
    fields=(
        Text("Handoff_Id__c", once, nothing, length=64, key=True, label="Handoff Id"),
        Picklist("Status", once, nothing, values=("Awaiting call",)),
        Text("Subject", once, nothing, length=255),
        LinkByName("OwnerId", once, nothing, to="Group"),
        LinkByName("RecordTypeId", once, nothing, to="RecordType"),
        LinkByKey("Contact", once, nothing, to="Contact", key="ICN__c"),
        Phone("SuppliedPhone", once, nothing),
        Picklist("State__c", once, nothing, values=("awaiting", "called"), help="Where it is."),
        Number("Taps__c", ours, nothing, digits=4),
        DateTime("Seen_At__c", ours, nothing),
        Date("Filed__c", ours, nothing),
        Checkbox("TTY__c", ours, nothing),
        LongText("Errors__c", ours, nothing, length=2000),
        LongText("Note__c", ours, nothing, length=200),
    ),
)
TASK: RecordMap[Any] = RecordMap(
    sobject="Task",
    key="Handoff_Id__c",
    fields=(
        Text("Handoff_Id__c", once, nothing, length=64, key=True),
        LinkToPart("WhatId", once, nothing, to="Case"),
        LinkByKey("Who", once, nothing, to="Contact", key="ICN__c", polymorphic=True),
    ),
)
MAPPINGS = MappingSet(
    person=PERSON,
    case=CASE,
    task=TASK,
    follow_ups=cast("Any", SimpleNamespace(groups=lambda case: ())),
    ramps=cast("Any", None),
    pop=cast("Any", None),
    report=cast("Any", None),
    triage=cast("Any", None),
    tickets=cast("Any", None),
    labels=cast("Any", None),
    owners=cast("Any", None),
    clocks=cast("Any", None),
)


@contextmanager
def an_org(folder: Path, **settings: Any) -> Iterator[Embedded]:
    settings = {"queues": [QUEUE], "record_types": [RECORD_TYPE], "contacts": [JESSE], **settings}
    with running(folder, MAPPINGS, **settings) as org:
        yield org


class Api:
    """The REST API of an org over real sockets, with a session of its own."""

    def __init__(self, org: Embedded, *, tls: bool = False) -> None:
        self.org = org
        self.base = org.https if tls else org.http
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = str(org.ca_file)
        self.http.headers["Authorization"] = f"Bearer {org.access_token()}"

    def __call__(
        self, method: str, path: str, body: Any = None, *, version: str = VERSION, **more: Any
    ) -> requests.Response:
        url = f"{self.base}/services/data/v{version}{path}"
        return self.http.request(method, url, json=body, timeout=10, **more)

    def query(self, soql: str) -> requests.Response:
        return self("GET", "/query", params={"q": soql})

    def found(self, soql: str) -> list[dict[str, Any]]:
        answer = self.query(soql)
        assert answer.status_code == 200, answer.text
        return [{k: v for k, v in each.items() if k != "attributes"} for each in answer.json()["records"]]

    def composite(self, *parts: dict[str, Any], all_or_none: bool = False) -> list[dict[str, Any]]:
        answer = self("POST", "/composite", {"allOrNone": all_or_none, "compositeRequest": list(parts)})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["compositeResponse"]
        return found


def refusal(answer: requests.Response) -> tuple[int, str, str]:
    (error,) = answer.json()
    return answer.status_code, error["errorCode"], error["message"]
