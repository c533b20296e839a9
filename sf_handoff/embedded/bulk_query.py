"""Query jobs of Bulk API 2.0. The first step of a job runs the query and keeps all that it found.

A locator is the number of rows before its page, in base64, so it stays good as long as the job. Columns come
as they were asked for since v50, in the order of their names before.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sf_handoff.embedded.bulk_jobs import (
    ABORTED,
    CLOSED,
    COMPLETE,
    QUERY,
    WORKING,
    Job,
    Jobs,
    asked,
    wished_state,
)
from sf_handoff.embedded.database import Value
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.reading import whole
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.soql import parse, statement
from sf_handoff.embedded.soql_columns import known
from sf_handoff.embedded.soql_sql import Records, Translator
from sf_handoff.embedded.soql_tree import Query

PAGE, PAGES = 50_000, 5
ORDERED_SINCE = 50.0
OPERATIONS = ("query", "queryAll")


def create(org: Org, call: Call) -> Answer:
    given = asked(call.json(), OPERATIONS, ("query",))
    sobject = _translated(org, given).sobject
    return Answer(200, Jobs(org, call, QUERY).make({**given, "object": sobject.name}, CLOSED).new)


def change(org: Org, call: Call, job_id: str) -> Answer:
    jobs = Jobs(org, call, QUERY)
    job = jobs.find(job_id)
    if wished_state(call) != ABORTED:
        raise Refusal("INVALIDJOBSTATE", f"The state of a query job can be set to {ABORTED} only")
    return Answer(200, jobs.abort(job).brief)


def read(org: Org, call: Call, job_id: str) -> Answer:
    """The job after its next step."""
    jobs = Jobs(org, call, QUERY)
    job = jobs.find(job_id)
    if job.state == CLOSED:
        job = jobs.save(_run(jobs, job))
    elif job.state == WORKING:
        job = jobs.save(replace(job, state=COMPLETE))
    return Answer(200, job.full)


def everything(org: Org, call: Call) -> Answer:
    return Jobs(org, call, QUERY).page()


def delete(org: Org, call: Call, job_id: str) -> Answer:
    return Jobs(org, call, QUERY).delete(job_id)


def results(org: Org, call: Call, job_id: str) -> Answer:
    """A page of at most `maxRecords` rows, each under the header."""
    jobs = Jobs(org, call, QUERY)
    job = jobs.ended(job_id, {COMPLETE})
    start = _place(call, job)
    rows = jobs.rows(job, "found", start, _most(call))
    after = start + len(rows)
    text = "".join(job.dialect.line(each, quotes=len(each)) for each in [job.columns, *rows])
    headers = {
        "Sforce-Locator": _locator(after) if after < job.processed else "null",
        "Sforce-NumberOfRecords": str(len(rows)),
    }
    return Answer(200, text, headers, media="text/csv")


def result_pages(org: Org, call: Call, job_id: str) -> Answer:
    """Where up to five pages are, to be fetched side by side."""
    job = Jobs(org, call, QUERY).ended(job_id, {COMPLETE})
    root = f"/services/data/v{call.version}/jobs/query/{job.id}"
    start = _place(call, job)
    after = start + PAGES * PAGE
    places = range(start, min(after, max(job.processed, 1)), PAGE)
    done = after >= job.processed
    return Answer(
        200,
        {
            "resultPages": [{"resultUrl": f"{root}/results?locator={_locator(each)}"} for each in places],
            "nextRecordsUrl": None if done else f"{root}/resultPages?locator={_locator(after)}",
            "done": done,
        },
    )


def _translated(org: Org, given: dict[str, Any]) -> Records:
    soql = statement(given.get("query"))
    query = parse(soql)
    _check(query)
    start = known(org.schema, soql, query.source)
    found = Translator(org, query, start, deleted=given["operation"] == "queryAll").records()
    if any(each.field.type in {"address", "base64", "location"} for each in found.columns):
        raise Refusal("API_ERROR", "Selecting compound data not supported in Bulk Query")
    return found


def _check(query: Query) -> None:
    """What the guide leaves out of bulk queries. TYPEOF is no SOQL of this org at all."""
    nested = any(isinstance(each, Query) for each in query.selected)
    if query.aggregate or nested or not query.selected:
        message = "Aggregate Relationships not supported in Bulk V2 Query with CSV content type"
        raise Refusal("API_ERROR", message)
    if query.offset:
        raise Refusal("API_ERROR", "OFFSET not supported in Bulk V2 Query")


def _run(jobs: Jobs, job: Job) -> Job:
    started = jobs.org.clock()
    found = _translated(jobs.org, job.asked)
    columns = [".".join(each.key) for each in found.columns]
    order = list(range(len(columns)))
    if float(job.version) < ORDERED_SINCE:
        order.sort(key=columns.__getitem__)
    jobs.keep(job, "found", ([row[at] for at in order] for row in _texts(jobs.org, found)))
    row = jobs.org.database.row("SELECT COUNT(*) AS total FROM _job_rows WHERE job = ?", job.id)
    return replace(
        job,
        state=WORKING,
        columns=[columns[at] for at in order],
        processed=int(row["total"]) if row else 0,
        busy=jobs.since(started),
    )


def _texts(org: Org, found: Records) -> Iterator[list[str]]:
    first = 1 + len(found.parents)
    for row in org.database.rows(found.sql, *found.values):
        yield [_text(each.field, row[first + at]) for at, each in enumerate(found.columns)]


def _text(field: Field, value: Value) -> str:
    """Moments end in Z here; nothing is an empty text."""
    if value is None:
        return ""
    if field.type == "boolean":
        return str(bool(value)).lower()
    return str(value).replace("+0000", "Z") if field.type == "datetime" else str(value)


def _most(call: Call) -> int:
    wished = whole(call.params.get("maxRecords") or str(PAGE))
    if not wished:
        raise Refusal("API_ERROR", "maxRecords has to be a positive number")
    return min(wished, PAGE)


def _locator(place: int) -> str:
    return b64encode(str(place).encode()).decode().rstrip("=")


def _place(call: Call, job: Job) -> int:
    given = call.params.get("locator")
    if not given:
        return 0
    try:
        place = whole(b64decode(given + "=" * (-len(given) % 4), validate=True).decode())
    except (binascii.Error, ValueError):
        place = None
    if place is None or place >= max(job.processed, 1):
        raise Refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
    return place
