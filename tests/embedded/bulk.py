"""Bulk API 2.0 as the tests use it: jobs over real sockets, asked until they are over."""

from __future__ import annotations

import csv
import io
from typing import Any

import requests

from tests.embedded.world import VERSION, Api

OVER = {"JobComplete", "Failed", "Aborted"}


def upload(
    api: Api, job_id: str, text: str | bytes, kind: str = "text/csv", **more: Any
) -> requests.Response:
    data = text.encode() if isinstance(text, str) else text
    url = f"{api.base}/services/data/v{VERSION}/jobs/ingest/{job_id}/batches"
    return api.http.put(url, data=data, headers={"Content-Type": kind, **more}, timeout=10)


def opened(api: Api, operation: str = "insert", sobject: str = "Account", **more: str) -> str:
    answer = api("POST", "/jobs/ingest", {"object": sobject, "operation": operation, **more})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def closed(
    api: Api, text: str | bytes, operation: str = "insert", sobject: str = "Account", **more: str
) -> str:
    job_id = opened(api, operation, sobject, **more)
    assert upload(api, job_id, text).status_code == 201
    assert api("PATCH", f"/jobs/ingest/{job_id}", {"state": "UploadComplete"}).status_code == 200
    return job_id


def over(api: Api, job_id: str, kind: str = "ingest") -> Any:
    """The job when there is nothing left to do. Steps are counted, not timed."""
    for _ in range(10):
        job = api("GET", f"/jobs/{kind}/{job_id}").json()
        if job["state"] in OVER:
            return job
    raise AssertionError(job["state"])


def done(
    api: Api, text: str | bytes, operation: str = "insert", sobject: str = "Account", **more: str
) -> Any:
    return over(api, closed(api, text, operation, sobject, **more))


def result(api: Api, job_id: str, which: str) -> list[dict[str, str]]:
    answer = api("GET", f"/jobs/ingest/{job_id}/{which}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv"), answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def errors(api: Api, job_id: str) -> list[str]:
    return [each["sf__Error"] for each in result(api, job_id, "failedResults")]
