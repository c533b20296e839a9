"""What a run of a report answers: the fact map, and the groups that its keys count.

`T!T` is the whole, `0!T` the first group, `0_1!T` the second group in it. Rows stand in the innermost.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_factmap_example.htm
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sf_handoff.embedded.reports_kept import Kept
from sf_handoff.embedded.reports_metadata import extended
from sf_handoff.embedded.reports_rows import Node, Row, Run

MOST_ROWS = 2000


def results(run: Run, version: str, *, details: bool) -> dict[str, Any]:
    whole = run.tree()
    return {
        "allData": not details or len(whole.rows) <= MOST_ROWS,
        "attributes": attributes(run.report, version),
        "factMap": _facts(run, whole, details=details),
        "groupingsAcross": {"groupings": []},
        "groupingsDown": {"groupings": _groupings(whole, ())},
        "hasDetailRows": details,
        "reportExtendedMetadata": extended(run.report, run.metadata),
        "reportMetadata": {**run.metadata, "hasDetailRows": details},
    }


def attributes(report: Kept, version: str) -> dict[str, Any]:
    url = f"/services/data/v{version}/analytics/reports/{report.id}"
    return {
        "describeUrl": f"{url}/describe",
        "instancesUrl": f"{url}/instances",
        "reportId": report.id,
        "reportName": report.name,
        "type": "Report",
    }


def walked(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """A group before the groups in it, each with the numbers that lead to it."""
    yield path, node
    for at, each in enumerate(node.groups.values()):
        yield from walked(each, (*path, str(at)))


def _facts(run: Run, whole: Node, *, details: bool) -> dict[str, Any]:
    left = MOST_ROWS
    facts: dict[str, Any] = {}
    for path, node in walked(whole):
        fact: dict[str, Any] = {"aggregates": run.totals(node.rows)}
        if details:
            rows: list[Row] = [] if node.groups else list(islice(node.rows, left))
            left -= len(rows)
            fact["rows"] = [{"dataCells": run.line(row)} for row in rows]
        facts[f"{'_'.join(path) or 'T'}!T"] = fact
    return facts


def _groupings(node: Node, path: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {**each.cell, "groupings": _groupings(each, (*path, str(at))), "key": "_".join((*path, str(at)))}
        for at, each in enumerate(node.groups.values())
    ]
