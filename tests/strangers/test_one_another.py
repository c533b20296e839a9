"""What one client wrote, the others read: three programs that know nothing of each other agree on a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aiosalesforce import Salesforce

from sf_handoff.embedded import Embedded
from tests.strangers import aio, node, simple
from tests.strangers.gate import Gate

KEY = "Handoff_Id__c"
SUBJECT = "Ünlü “call” 📞, line\nbreak & 'quotes'"
Write = Callable[[Embedded, Gate, str], Any]
Read = Callable[[Embedded, Gate, str], tuple[str, str]]


def jsforce_writes(org: Embedded, gate: Gate, key: str) -> Any:
    return node.conversation(org, "write", key=key, subject=SUBJECT)["write"]["id"]


def jsforce_reads(org: Embedded, gate: Gate, key: str) -> tuple[str, str]:
    read = node.conversation(org, "read by key", key=key)["read by key"]
    return read["Id"], read["Subject"]


def simple_salesforce_writes(org: Embedded, gate: Gate, key: str) -> Any:
    with simple.a_client(org, gate) as client:
        return client.Case.create({KEY: key, "Subject": SUBJECT})["id"]


def simple_salesforce_reads(org: Embedded, gate: Gate, key: str) -> tuple[str, str]:
    with simple.a_client(org, gate) as client:
        read = client.Case.get_by_custom_id(KEY, key)
        return read["Id"], read["Subject"]


def aiosalesforce_writes(org: Embedded, gate: Gate, key: str) -> Any:
    async def talk(client: Salesforce) -> Any:
        return (await client.sobject.upsert("Case", key, KEY, {"Subject": SUBJECT})).id

    return aio.conversation(org, gate, talk)


def aiosalesforce_reads(org: Embedded, gate: Gate, key: str) -> tuple[str, str]:
    async def talk(client: Salesforce) -> tuple[str, str]:
        found = client.query(f"SELECT Id, Subject FROM Case WHERE {KEY} = '{key}'")
        (read,) = [each async for each in found]
        return read["Id"], read["Subject"]

    return aio.conversation(org, gate, talk)


WRITERS = (jsforce_writes, simple_salesforce_writes, aiosalesforce_writes)
READERS = (jsforce_reads, simple_salesforce_reads, aiosalesforce_reads)


@pytest.mark.parametrize("write", WRITERS)
def test_what_one_wrote_the_others_read(org: Embedded, gate: Gate, write: Write) -> None:
    key = write.__name__
    made = write(org, gate, key)
    assert [read(org, gate, key) for read in READERS] == [(made, SUBJECT)] * 3
