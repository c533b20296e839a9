"""Bulk API 2.0 by clients that nobody here wrote: each writes a file of records, and reads one."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from aiosalesforce import Salesforce
from simple_salesforce import exceptions

from sf_handoff.embedded import Embedded
from tests.strangers import aio, node, simple
from tests.strangers.gate import Gate

KEY = "Handoff_Id__c"


def subjects(org: Embedded, key: str) -> list[str]:
    return [each["Subject"] for each in org.records("Case") if (each[KEY] or "").startswith(key)]


def test_jsforce_upserts(org: Embedded) -> None:
    result = node.conversation(org, "bulk upsert")["bulk upsert"]
    assert [(each[KEY], each["sf__Created"]) for each in result["successfulResults"]] == [
        ("bulk-1", "false"),
        ("bulk-2", "true"),
    ]
    (failed,) = result["failedResults"]
    assert failed["sf__Error"].startswith("STRING_TOO_LONG:")
    assert result["unprocessedRecords"] == []
    there = [each for each in org.records("Case") if (each[KEY] or "").startswith("bulk-")]
    assert [(each["Subject"], each["TTY__c"]) for each in there] == [
        ('Bulk, "1"', True),
        ('Bulk, "2"', False),
    ]


def test_jsforce_queries(org: Embedded) -> None:
    assert node.conversation(org, "bulk query")["bulk query"] == [
        {KEY: f"asked-{at}", "Subject": f'Asked,\n"{at}"'} for at in (1, 2, 3)
    ]


def test_jsforce_is_refused(org: Embedded) -> None:
    raised = node.conversation(org, "bulk refused")["bulk refused"]
    assert (raised["class"], raised["errorCode"]) == ("HttpApiError", "INVALID_FIELD")


def test_simple_salesforce_upserts_and_queries(org: Embedded, gate: Gate) -> None:
    rows = [{KEY: f"simple-{at}", "Subject": f"{at}"} for at in (1, 2)]
    with simple.a_client(org, gate) as client:
        (job,) = client.bulk2.Case.upsert(records=rows, external_id_field=KEY, wait=0)
        (page,) = client.bulk2.Case.query(f"SELECT Subject FROM Case WHERE {KEY} LIKE 'simple-%'", wait=0)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 0)
    assert [each["Subject"] for each in csv.DictReader(io.StringIO(page))] == ["1", "2"]
    assert subjects(org, "simple-") == ["1", "2"]


def test_simple_salesforce_is_refused(org: Embedded, gate: Gate) -> None:
    with (
        simple.a_client(org, gate) as client,
        pytest.raises(exceptions.SalesforceMalformedRequest) as refused,
    ):
        list(client.bulk2.Case.query("SELECT Nonsense__c FROM Case", wait=0))
    content: Any = refused.value.content
    assert content[0]["errorCode"] == "INVALID_FIELD"


def test_aiosalesforce_upserts(org: Embedded, gate: Gate) -> None:
    rows = [{KEY: "aio-1", "Subject": "1"}, {KEY: "aio-2", "Subject": "x" * 256}]

    async def talk(client: Salesforce) -> Any:
        job = client.bulk_v2.ingest.perform_operation(
            "upsert", "Case", rows, external_id_field=KEY, polling_interval=0
        )
        return [each async for each in job]

    (job,) = aio.conversation(org, gate, talk)
    assert job.job_info.state == "JobComplete"
    assert [each["sf__Created"] for each in job.successful_results] == ["true"]
    assert job.failed_results[0]["sf__Error"].startswith("STRING_TOO_LONG:")
    assert job.unprocessed_records == []
    assert subjects(org, "aio-") == ["1"]
