"""Ingest jobs of Bulk API 2.0: create, upload once, close, and ask until the job is complete.

No assignment rule runs unless the job names one. Row after row is written as a single record is; a batch is
one transaction. What was not yet worked off when a job ended is what it did not process.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0_ingest.htm
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from email.message import Message
from email.parser import BytesParser
from typing import Any

from sf_handoff.embedded.bulk_csv import BadFile
from sf_handoff.embedded.bulk_jobs import (
    ABORTED,
    CLOSED,
    COMPLETE,
    ENDED,
    FAILED,
    INGEST,
    OPEN,
    WORKING,
    Job,
    Jobs,
    asked,
    wished_state,
)
from sf_handoff.embedded.bulk_rows import OPERATIONS, Rows, columns
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.reading import read_json
from sf_handoff.embedded.refusals import Refusal, not_json, unsupported_media
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.writing import Writer

BATCH = 10_000
MOST_BYTES, MOST_INLINE = 150_000_000, 100_000
RULES_SINCE = 49.0
NAMES = ("object", "externalIdFieldName", "assignmentRuleId")
RESULTS = {"successfulResults": "successful", "failedResults": "failed", "unprocessedrecords": "unprocessed"}
SAID = {"successful": ["sf__Id", "sf__Created"], "failed": ["sf__Id", "sf__Error"], "unprocessed": []}


def create(org: Org, call: Call) -> Answer:
    """A new job, open; or with its data in the same request, and closed."""
    jobs = Jobs(org, call, INGEST)
    if not call.headers.get("content-type", "").startswith("multipart/form-data"):
        return Answer(200, jobs.make(_asked(org, call, call.json()), OPEN).new)
    parts = _parts(call)
    job = jobs.make(_asked(org, call, _json(parts["job"])), OPEN)
    if len(parts["content"].decode("utf-8", "replace")) > MOST_INLINE:
        message = f"A multipart request holds at most {MOST_INLINE} characters of data"
        raise Refusal("EXCEEDED_MAX_SIZE_REQUEST", message)
    return Answer(200, jobs.save(replace(_filled(jobs, job, parts["content"]), state=CLOSED)).new)


def upload(org: Org, call: Call, job_id: str) -> Answer:
    jobs = Jobs(org, call, INGEST)
    job = jobs.find(job_id)
    media = call.headers.get("content-type", "")
    if media.partition(";")[0].strip().lower() != "text/csv":
        raise unsupported_media(media)
    if job.state != OPEN:
        raise Refusal("INVALIDJOBSTATE", f"The job takes no data in the state {job.state}")
    if job.columns or job.error:
        message = f"Found multiple contents for job: <{job.id}>, a job takes one PUT only"
        raise Refusal("CLIENTINPUTERROR", message)
    content = call.body if isinstance(call.body, bytes) else b""
    if len(content) > MOST_BYTES:
        message = f"The data of a job is limited to {MOST_BYTES} bytes"
        raise Refusal("EXCEEDED_MAX_SIZE_REQUEST", message, status=413)
    jobs.save(_filled(jobs, job, content))
    return Answer(201)


def change(org: Org, call: Call, job_id: str) -> Answer:
    jobs = Jobs(org, call, INGEST)
    job = jobs.find(job_id)
    if wished_state(call) == ABORTED:
        return Answer(200, jobs.abort(job).brief)
    if job.state != OPEN:
        message = f"Closing already {ENDED.get(job.state, 'Closed')} Job not allowed"
        raise Refusal("INVALIDJOBSTATE", message)
    return Answer(200, jobs.save(replace(job, state=CLOSED)).brief)


def read(org: Org, call: Call, job_id: str) -> Answer:
    """The job after its next step."""
    jobs = Jobs(org, call, INGEST)
    job = jobs.find(job_id)
    return Answer(200, (jobs.save(_further(jobs, job)) if job.state in {CLOSED, WORKING} else job).full)


def everything(org: Org, call: Call) -> Answer:
    return Jobs(org, call, INGEST).page()


def delete(org: Org, call: Call, job_id: str) -> Answer:
    return Jobs(org, call, INGEST).delete(job_id)


def results(org: Org, call: Call, job_id: str, which: str) -> Answer:
    """A CSV file of rows as they were sent, behind what there is to say of them."""
    jobs = Jobs(org, call, INGEST)
    job = jobs.ended(job_id, ENDED)
    kind = next(kind for name, kind in RESULTS.items() if name.lower() == which.lower())
    said = SAID[kind]
    lines = [[*said, *job.columns], *jobs.rows(job, kind)] if job.columns else []
    text = "".join(job.dialect.line(each, quotes=len(said)) for each in lines)
    return Answer(200, text, media="text/csv")


def _asked(org: Org, call: Call, body: dict[str, Any]) -> dict[str, Any]:
    given = asked(body, OPERATIONS, NAMES)
    sobject = org.schema.get(given.get("object", ""))
    if sobject is None:
        raise Refusal("INVALIDJOB", f"Unable to find object: {given.get('object', '')}")
    if given["operation"] == "upsert":
        _check_key(sobject, given.get("externalIdFieldName"))
    if not given.get("assignmentRuleId", "01Q").startswith("01Q") or (
        "assignmentRuleId" in given and call.number < RULES_SINCE
    ):
        raise Refusal("INVALIDJOB", "assignmentRuleId is not the id of an assignment rule")
    return {**given, "object": sobject.name}


def _check_key(sobject: SObject, name: str | None) -> None:
    if name is None:
        raise Refusal("INVALIDJOB", f"An upsert of {sobject.name} needs an externalIdFieldName")
    field = sobject.field(name)
    if field is None or not field.finds_records:
        message = f"Field name provided, {name} does not match an External ID for {sobject.name}"
        raise Refusal("INVALIDJOB", message)


def _filled(jobs: Jobs, job: Job, content: bytes) -> Job:
    """The job with its rows kept. What is wrong with the file is told when the job is worked on."""
    try:
        header, rows = job.dialect.read(content)
    except BadFile as bad:
        return replace(job, error=bad.message)
    jobs.keep(job, "unprocessed", rows)
    return replace(job, columns=header)


def _further(jobs: Jobs, job: Job) -> Job:
    if job.error or not job.columns:
        return replace(job, state=FAILED, error=job.error or "ClientInputError : The job has no data")
    try:
        rows = _rows(jobs.org, job)
    except BadFile as bad:
        return replace(job, state=FAILED, error=bad.message)
    batch = jobs.rows(job, "unprocessed", job.processed, BATCH)
    if job.state == WORKING and not batch:
        return replace(job, state=COMPLETE)
    started = jobs.org.clock()
    failed = _work(jobs, job, rows, batch)
    return replace(
        job,
        state=WORKING,
        processed=job.processed + len(batch),
        failed=job.failed + failed,
        busy=job.busy + jobs.since(started),
    )


def _work(jobs: Jobs, job: Job, rows: Rows, batch: list[list[str]]) -> int:
    """Write one batch; how many of its rows failed."""
    found: defaultdict[str, list[list[str]]] = defaultdict(list)
    for kind, cells in rows.written(batch):
        found[kind].append(cells)
    before = {"failed": job.failed, "successful": job.processed - job.failed}
    for kind, each in found.items():
        jobs.keep(job, kind, each, before[kind])
    jobs.org.database.execute(
        "DELETE FROM _job_rows WHERE job = ? AND kind = 'unprocessed' AND place < ?",
        job.id,
        job.processed + len(batch),
    )
    return len(found["failed"])


def _rows(org: Org, job: Job) -> Rows:
    sobject = org.schema.get(job.asked["object"])
    if sobject is None:
        raise BadFile("InvalidJob", f"Unable to find object: {job.asked['object']}")
    key = _key(sobject, job)
    found = columns(org, sobject, job.columns, job.asked["operation"], key.name)
    writer = Writer(org, sobject, assign="assignmentRuleId" in job.asked)
    return Rows(writer, found, job.asked["operation"], key)


def _key(sobject: SObject, job: Job) -> Field:
    found = sobject.field(job.asked["externalIdFieldName"] if job.asked["operation"] == "upsert" else "Id")
    if found is None:
        raise BadFile("InvalidBatch", f"Field name not found : {job.asked['externalIdFieldName']}")
    return found


def _parts(call: Call) -> dict[str, bytes]:
    """The parts of a multipart body by their names."""
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + (call.body if isinstance(call.body, bytes) else b""))
    parts = [each for each in message.walk() if not each.is_multipart()]
    found = {str(each.get_param("name", header="content-disposition")): _payload(each) for each in parts}
    if set(found) != {"job", "content"}:
        raise not_json("A multipart request has the parts job and content")
    return found


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _json(text: bytes) -> dict[str, Any]:
    try:
        found = read_json(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise not_json("The part job must be an object at [line:1, column:1]")
    return found
