"""What the two kinds of Bulk API 2.0 jobs share: the job, where it is kept, and how it goes on.

Nothing runs in the background. Whoever asks for the state of a closed job takes it one step further: each
step works off one batch and leaves the job InProgress, and the step that finds nothing left completes it.
So a job of one batch is UploadComplete, InProgress, JobComplete, and any process on the org's file can do
the next step; a job that nobody asks about stays as it is. Not recorded, hence our reading: the codes, but
for the abort of a completed job, and what a job may be asked in which state where the guide does not say.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0.htm
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sf_handoff.embedded import ids
from sf_handoff.embedded.bulk_csv import DELIMITERS, LINE_ENDINGS, Dialect
from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.org import Org, stamp
from sf_handoff.embedded.refusals import Refusal, not_found, not_json

PREFIX = "750"
LIFETIME = timedelta(days=7)
LISTED = 1000
INGEST, QUERY = "V2Ingest", "V2Query"
TYPES = {"BigObjectIngest", "Classic", INGEST, QUERY}
OPEN, CLOSED, WORKING, COMPLETE = "Open", "UploadComplete", "InProgress", "JobComplete"
FAILED, ABORTED = "Failed", "Aborted"
ENDED = {COMPLETE: "Completed", FAILED: "Failed", ABORTED: "Aborted"}
CHOICES: Mapping[str, Collection[str]] = {
    "contentType": ("CSV",),
    "columnDelimiter": DELIMITERS,
    "lineEnding": LINE_ENDINGS,
}


@dataclass(frozen=True)
class Job:
    """`asked` is what its creation said; `busy` are milliseconds; `error` shows once the job has failed."""

    id: str
    type: str
    owner: str
    version: str
    created: str
    changed: str
    state: str
    asked: dict[str, Any]
    columns: list[str] = field(default_factory=list)
    processed: int = 0
    failed: int = 0
    busy: int = 0
    error: str | None = None

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.asked["lineEnding"], self.asked["columnDelimiter"])

    @property
    def brief(self) -> dict[str, Any]:
        """As a change of state is answered."""
        return {
            "id": self.id,
            "operation": self.asked["operation"],
            "object": self.asked["object"],
            "createdById": self.owner,
            "createdDate": self.created,
            "systemModstamp": self.changed,
            "state": self.state,
            **{
                name: self.asked[name]
                for name in ("externalIdFieldName", "assignmentRuleId")
                if name in self.asked
            },
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
        }

    @property
    def new(self) -> dict[str, Any]:
        """As its creation is answered."""
        where = f"services/data/v{self.version}/jobs/ingest/{self.id}/batches"
        return {
            **self.brief,
            **({"contentUrl": where} if self.state == OPEN else {}),
            "lineEnding": self.asked["lineEnding"],
            "columnDelimiter": self.asked["columnDelimiter"],
        }

    @property
    def listed(self) -> dict[str, Any]:
        return {**self.new, "jobType": self.type}

    @property
    def full(self) -> dict[str, Any]:
        ended = self.state in ENDED
        told = {**self.listed, "numberRecordsProcessed": self.processed, "retries": 0}
        told["totalProcessingTime"] = self.busy if ended else 0
        if self.type == INGEST:
            told |= {"numberRecordsFailed": self.failed}
            told |= {"apiActiveProcessingTime": self.busy, "apexProcessingTime": 0}
        return {**told, "errorMessage": self.error} if self.state == FAILED else told


@dataclass(frozen=True)
class Jobs:
    """The org's jobs of one type, as one call may see them."""

    org: Org
    call: Call
    type: str

    def make(self, asked: dict[str, Any], state: str) -> Job:
        """A new one; those older than a week go."""
        database, now = self.org.database, self.org.now()
        database.execute(
            "DELETE FROM _job_rows WHERE job IN (SELECT id FROM _jobs WHERE created < ?)", self._oldest
        )
        database.execute("DELETE FROM _jobs WHERE created < ?", self._oldest)
        job_id = ids.make(PREFIX, database.next(PREFIX))
        return self._written(
            Job(job_id, self.type, self.org.user_id, self.call.version, now, now, state, asked)
        )

    def save(self, job: Job) -> Job:
        return self._written(replace(job, changed=self.org.now()))

    def find(self, given: str) -> Job:
        job_id = ids.normal(given)
        if job_id is None or not job_id.startswith(PREFIX):
            raise Refusal("INVALIDJOB", f"Invalid job id: {given}")
        row = self.org.database.row(
            "SELECT job FROM _jobs WHERE id = ? AND type = ? AND created >= ?",
            job_id,
            self.type,
            self._oldest,
        )
        if row is None:
            raise not_found()
        job = Job(**json.loads(row["job"]))
        if self.type == QUERY and job.version != self.call.version:
            message = f"The job was created in API version {job.version}"
            raise Refusal("INVALIDJOB", message, status=409)
        return job

    def ended(self, given: str, states: Collection[str]) -> Job:
        """The job, if it is over in one of `states`."""
        job = self.find(given)
        if job.state not in states:
            raise Refusal("INVALIDJOBSTATE", f"The job has no results in the state {job.state}")
        return job

    def page(self) -> Answer:
        """The jobs that the filters let through, oldest first. Those of Bulk API (1.0) there are none."""
        last = self.call.params.get("queryLocator", "")
        found = self._after(last) if self._wanted() else []
        more = len(found) > LISTED
        kind = "ingest" if self.type == INGEST else "query"
        following = f"/services/data/v{self.call.version}/jobs/{kind}?queryLocator="
        jobs = found[:LISTED]
        url = following + jobs[-1].id if more else None
        return Answer(
            200, {"done": not more, "records": [each.listed for each in jobs], "nextRecordsUrl": url}
        )

    def abort(self, job: Job) -> Job:
        if job.state in ENDED:
            message = f"Aborting already {ENDED[job.state]} Job not allowed"
            raise Refusal("INVALIDJOBSTATE", message)
        return self.save(replace(job, state=ABORTED))

    def delete(self, given: str) -> Answer:
        job = self.find(given)
        if job.state not in {CLOSED, *ENDED}:
            raise Refusal("INVALIDJOBSTATE", f"Deleting a Job in the state {job.state} not allowed")
        self.org.database.execute("DELETE FROM _job_rows WHERE job = ?", job.id)
        self.org.database.execute("DELETE FROM _jobs WHERE id = ?", job.id)
        return Answer(204)

    def keep(self, job: Job, kind: str, rows: Iterable[list[str]], start: int = 0) -> None:
        for place, cells in enumerate(rows, start):
            values = (job.id, kind, place, json.dumps(cells))
            self.org.database.execute("INSERT INTO _job_rows VALUES (?, ?, ?, ?)", *values)

    def rows(self, job: Job, kind: str, start: int = 0, most: int = -1) -> list[list[str]]:
        found = self.org.database.rows(
            "SELECT cells FROM _job_rows WHERE job = ? AND kind = ? AND place >= ? ORDER BY place LIMIT ?",
            job.id,
            kind,
            start,
            most,
        )
        return [json.loads(row["cells"]) for row in found]

    def since(self, started: datetime) -> int:
        """The milliseconds that work took."""
        return (self.org.clock() - started) // timedelta(milliseconds=1)

    def _written(self, job: Job) -> Job:
        values = (job.id, job.type, job.created, json.dumps(asdict(job)))
        self.org.database.execute("INSERT OR REPLACE INTO _jobs VALUES (?, ?, ?, ?)", *values)
        return job

    def _after(self, job_id: str) -> list[Job]:
        rows = self.org.database.rows(
            "SELECT job FROM _jobs WHERE type = ? AND created >= ? AND id > ? ORDER BY id LIMIT ?",
            self.type,
            self._oldest,
            job_id,
            LISTED + 1,
        )
        return [Job(**json.loads(row["job"])) for row in rows]

    def _wanted(self) -> bool:
        """Does the call's filter leave any job of this type? Only 1.0 has PK chunking and serial jobs."""
        params = self.call.params
        kind = params.get("jobType") or self.type
        if kind not in TYPES:
            raise Refusal("INVALIDJOB", f"Unknown jobType: {kind}")
        chunked = params.get("isPkChunkingEnabled", "").lower() == "true"
        return kind == self.type and not chunked and params.get("concurrencyMode", "").lower() != "serial"

    @property
    def _oldest(self) -> str:
        return stamp(self.org.clock() - LIFETIME)


def asked(body: Mapping[str, Any], operations: Collection[str], names: Collection[str]) -> dict[str, Any]:
    """What a creation says, checked and with the defaults. Null says nothing."""
    given = {name: value for name, value in body.items() if value is not None}
    for name, value in given.items():
        if name not in {*names, *CHOICES, "operation"} or not isinstance(value, str):
            raise not_json(f"Unrecognized field or value: {name} at [line:1, column:2]")
    for name, choices in {**CHOICES, "operation": operations}.items():
        if name in given and given[name] not in choices:
            raise Refusal("INVALIDJOB", f"{name} has to be one of {', '.join(choices)}")
    if "operation" not in given:
        raise Refusal("INVALIDJOB", "No operation specified")
    return {"contentType": "CSV", "lineEnding": "LF", "columnDelimiter": "COMMA", **given}


def wished_state(call: Call) -> str:
    body = call.json()
    if set(body) != {"state"} or body["state"] not in (CLOSED, ABORTED):
        raise Refusal("INVALIDJOBSTATE", f"The state can be set to {CLOSED} or {ABORTED} only")
    return str(body["state"])
