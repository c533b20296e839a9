"""One Bulk job from its creation to its results, and everything that can go wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.errors import HandoffError, Misconfigured, Uncertain
from sf_handoff.retry import OVERNIGHT, Call
from tests.scripted import Reply, Scripted, Step, Time, error, org_on, scripted, transport

JOB = "750000000000001AAA"
RECORDS: list[dict[str, Any]] = [
    {"attributes": {"type": "Case"}, "Handoff_Id__c": "k1", "Subject": "canary-subject"},
    {"attributes": {"type": "Case"}, "Handoff_Id__c": "k2", "Subject": "canary-subject"},
]
TAKEN = Reply(201, b"", {"Content-Type": ""})
GONE = Reply(204, b"")


def job(state: str, **more: Any) -> Reply:
    return Reply(200, {"id": JOB, "state": state, **more})


def table(*lines: str) -> Reply:
    return Reply(200, ("\n".join(lines) + "\n").encode(), {"Content-Type": "text/csv"})


GOOD = table('"sf__Id","sf__Created","Handoff_Id__c"', '"500000000000001AAA","true","k1"')
BAD = table('"sf__Id","sf__Error","Handoff_Id__c"', '"","DUPLICATE_VALUE:canary-said:Handoff_Id__c --","k2"')


def inserted(
    tmp_path: Path, *script: Step, alive: Callable[[], None] = lambda: None, time: Time | None = None
) -> tuple[dict[str, Any], Call, Scripted]:
    call = Call(OVERNIGHT)
    with scripted(*script) as server, transport(tmp_path) as made:
        org = org_on(made, server, sleep=(time or Time()).sleep)
        found = org.bulk_insert("Case", RECORDS, "Handoff_Id__c", call, alive)
    return found, call, server


def test_a_job_is_made_filled_closed_watched_read_and_deleted(tmp_path: Path) -> None:
    beats: list[None] = []
    found, call, server = inserted(
        tmp_path, job("Open"), TAKEN, job("UploadComplete"), job("InProgress"), job("JobComplete"), GOOD, BAD,
        GONE, alive=lambda: beats.append(None),
    )  # fmt: skip
    assert found["k1"] == {"id": "500000000000001AAA", "success": True, "errors": []}
    assert found["k2"]["errors"][0]["statusCode"] == "DUPLICATE_VALUE"
    assert [f"{each.method} {each.path.rpartition('v66.0/')[2]}" for each in server.seen] == [
        "POST jobs/ingest",
        f"PUT jobs/ingest/{JOB}/batches",
        f"PATCH jobs/ingest/{JOB}",
        f"GET jobs/ingest/{JOB}",
        f"GET jobs/ingest/{JOB}",
        f"GET jobs/ingest/{JOB}/successfulResults/",
        f"GET jobs/ingest/{JOB}/failedResults/",
        f"DELETE jobs/ingest/{JOB}",
    ]
    assert json.loads(server.seen[0].body) == {"object": "Case", "operation": "insert", "lineEnding": "LF"}
    assert server.seen[1].headers["content-type"] == "text/csv; charset=UTF-8"
    assert (len(beats), call.requests) == (2, 8)


def test_looks_are_further_and_further_apart_and_end_in_time(tmp_path: Path) -> None:
    time = Time()
    with pytest.raises(Uncertain) as given_up:
        inserted(tmp_path, job("Open"), TAKEN, job("UploadComplete"), *[job("InProgress")] * 200, time=time)
    assert given_up.value.code == "BULK_TIMEOUT"
    assert time.naps[:3] == [0.5, 0.75, 1.125]
    assert max(time.naps) == 10.0
    assert 900 <= sum(time.naps) < 911


@pytest.mark.parametrize("state", ["Failed", "Aborted"])
def test_a_job_that_failed_as_a_whole_is_a_matter_of_set_up(tmp_path: Path, state: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        inserted(
            tmp_path, job("Open"), TAKEN, job("UploadComplete"),
            job(state, errorMessage="InvalidBatch : canary-said"), GONE,
        )  # fmt: skip
    assert refused.value.code == "BULK_FAILED"
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([Reply(200, {"id": "../../sobjects/Case/1"})], "BAD_ANSWER"),
        ([Reply(200, [1])], "BAD_ANSWER"),
        ([error(400, "INVALIDENTITY")], "INVALIDENTITY"),
        ([job("Open"), Reply(200, b"<html>", {"Content-Type": "text/html"})], "NOT_JSON"),
        (
            [job("Open"), TAKEN, job("UploadComplete"), job("JobComplete"), *[Reply(200, {})] * 5],
            "BAD_ANSWER",
        ),
    ],
)
def test_what_is_not_the_answer_to_the_question_is_no_success(
    tmp_path: Path, script: list[Reply], code: str
) -> None:
    with pytest.raises(HandoffError) as refused:
        inserted(tmp_path, *script, GONE)
    assert refused.value.code == code


def test_a_job_that_cannot_be_deleted_costs_nobody_the_results(tmp_path: Path) -> None:
    found, _, _ = inserted(
        tmp_path, job("Open"), TAKEN, job("UploadComplete"), job("JobComplete"), GOOD, BAD,
        error(400, "INVALIDJOBSTATE"),
    )  # fmt: skip
    assert set(found) == {"k1", "k2"}
