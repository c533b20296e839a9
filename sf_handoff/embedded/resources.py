"""The org's REST resources, all of them. What is not listed here does not exist (404).

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_list.htm
"""

from __future__ import annotations

from typing import Any

from sf_handoff.embedded import (
    batch,
    bulk_ingest,
    bulk_query,
    composite,
    describe,
    graph,
    query,
    records,
    reports,
    reports_instances,
    sobject_collections,
    tree,
    usage,
)
from sf_handoff.embedded.http import Answer, Call, route
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.router import FIRST, LAST, Router

SOBJECT = r"/sobjects/(?P<sobject>[^/]+)"
SEASONS = ("Spring", "Summer", "Winter")


def versions() -> list[dict[str, str]]:
    return [
        {"label": _release(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in range(FIRST, LAST + 1)
    ]


def _release(number: int) -> str:
    return f"{SEASONS[number % 3]} '{15 + (number - 32) // 3}"


def resources(_: Org, call: Call) -> Answer:
    names = ("composite", "limits", "query", "queryAll", "sobjects")
    return Answer(200, {name: f"/services/data/v{call.version}/{name}" for name in names})


def limits(org: Org, call: Call) -> Answer:
    """The daily calls and the reports run are counted; the other allowances are never used up."""
    left = max(0, org.daily_calls - usage.today(org))
    found: dict[str, Any] = {"DailyApiRequests": {"Max": org.daily_calls, "Remaining": left}}
    for name, most in UNUSED.items():
        found[name] = {"Max": most, "Remaining": most}
    for name, most in reports_instances.HOURLY.items():
        found[name] = {"Max": most, "Remaining": reports_instances.left(org, name)}
    return Answer(200, found)


def record_count(org: Org, call: Call) -> Answer:
    """The sObjects asked for, or all, but for those that never had a record (recorded so)."""
    wanted = {name.strip().lower() for name in call.params.get("sObjects", "").split(",") if name.strip()}
    used = {row["name"] for row in org.database.rows("SELECT name FROM _sequences")}
    found = [
        {"count": len(org.database.select(each)), "name": each.name}
        for each in sorted(org.schema.sobjects, key=lambda each: each.name)
        if each.prefix in used and (not wanted or each.name.lower() in wanted)
    ]
    return Answer(200, {"sObjects": found})


UNUSED = {
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentSyncReportRuns": 20,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,
}
ROWS = (
    route(f"{SOBJECT}/(?P<record_id>[^/]+)", GET=records.read, PATCH=records.update, DELETE=records.delete),
    route(
        f"{SOBJECT}/(?P<key>[^/]+)/(?P<value>[^/]+)",
        GET=records.read_by_key,
        PATCH=records.upsert,
        DELETE=records.delete_by_key,
    ),
)
SINGLE = (
    route("/sobjects", GET=describe.everything),
    route(SOBJECT, GET=describe.basic, POST=records.create),
    route(f"{SOBJECT}/describe", GET=describe.full),
    *ROWS,
    route("/query", GET=query.query, costly=True),
    route("/query/(?P<locator>[^/]+)", GET=query.more, costly=True),
    route("/queryAll", GET=query.query_all, costly=True),
)
COLLECTIONS = (
    route(
        "/composite/sobjects",
        POST=sobject_collections.create,
        PATCH=sobject_collections.update,
        DELETE=sobject_collections.delete,
        costly=True,
        since=42,
    ),
    route(
        "/composite/sobjects/(?P<sobject>[^/]+)",
        GET=sobject_collections.read,
        POST=sobject_collections.read,
        costly=True,
        since=42,
    ),
    route(
        "/composite/sobjects/(?P<sobject>[^/]+)/(?P<key>[^/]+)",
        PATCH=sobject_collections.upsert,
        costly=True,
        since=46,
    ),
)
LIMITS = (route("/limits", GET=limits), route("/limits/recordCount", GET=record_count, since=40))
BULK = (
    route("/jobs/ingest", GET=bulk_ingest.everything, POST=bulk_ingest.create, since=41),
    route(
        "/jobs/ingest/(?P<job_id>[^/]+)",
        GET=bulk_ingest.read,
        PATCH=bulk_ingest.change,
        DELETE=bulk_ingest.delete,
        since=41,
    ),
    route("/jobs/ingest/(?P<job_id>[^/]+)/batches", PUT=bulk_ingest.upload, since=41),
    route(
        "/jobs/ingest/(?P<job_id>[^/]+)/(?P<which>successfulResults|failedResults|unprocessed[rR]ecords)",
        GET=bulk_ingest.results,
        since=41,
    ),
    route("/jobs/query", GET=bulk_query.everything, POST=bulk_query.create, since=47),
    route(
        "/jobs/query/(?P<job_id>[^/]+)",
        GET=bulk_query.read,
        PATCH=bulk_query.change,
        DELETE=bulk_query.delete,
        since=47,
    ),
    route("/jobs/query/(?P<job_id>[^/]+)/results", GET=bulk_query.results, since=47),
    route("/jobs/query/(?P<job_id>[^/]+)/resultPages", GET=bulk_query.result_pages, since=58),
)
REPORT = r"/analytics/reports/(?P<report_id>[^/]+)"
REPORTS = (
    route("/analytics/reports", GET=reports.reports),
    route(REPORT, GET=reports.run, POST=reports.run),
    route(f"{REPORT}/describe", GET=reports.describe),
    route(f"{REPORT}/instances", GET=reports.instances, POST=reports.run_later),
    route(f"{REPORT}/instances/(?P<instance_id>[^/]+)", GET=reports.instance, DELETE=reports.delete_instance),
)
PARTS = Router((*SINGLE, *COLLECTIONS))
NODES = Router((route(SOBJECT, POST=records.create), *ROWS))
ALL = Router(
    (
        *PARTS.routes,
        *LIMITS,
        *BULK,
        *REPORTS,
        route("", GET=resources),
        route("/composite", POST=composite.handler(PARTS), since=38),
        route("/composite/batch", POST=batch.handler(Router((*SINGLE, *LIMITS))), since=34),
        route("/composite/graph", POST=graph.handler(NODES), since=50),
        route("/composite/tree/(?P<sobject>[^/]+)", POST=tree.create, since=34),
    )
)
