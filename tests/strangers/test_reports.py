"""A report run by jsforce and by simple-salesforce, and what each makes of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sf_handoff.embedded import Embedded
from sf_handoff.embedded.reports_declared import Column, Report
from tests.embedded.world import an_org
from tests.strangers import node, simple
from tests.strangers.conftest import certify
from tests.strangers.gate import Gate

COLUMNS = (Column("SUBJECT", "Subject", "Id"), Column("Case.Taps__c", "Taps__c"))
CALLS = Report("Calls", "Case", COLUMNS)


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    folder = tmp_path_factory.mktemp("org")
    certify(folder)
    with an_org(folder, reports=[CALLS], assignment_rule=False) as running:
        running.create("Case", Subject="First", Taps__c=1)
        running.create("Case", Subject="Second", Taps__c=2)
        yield running


def rows(run: Any) -> list[list[str]]:
    return [[cell["label"] for cell in row["dataCells"]] for row in run["factMap"]["T!T"]["rows"]]


def test_jsforce_runs_a_report(org: Embedded) -> None:
    run = node.conversation(org, "report", report="Calls")["report"]
    assert run["attributes"]["reportName"] == "Calls"
    assert run["allData"] is True
    assert run["reportMetadata"]["detailColumns"] == ["SUBJECT", "Case.Taps__c"]
    assert sorted(rows(run)) == [["First", "1"], ["Second", "2"]]


def test_simple_salesforce_runs_a_report(org: Embedded, gate: Gate) -> None:
    """It has no words of its own for reports, but a way to send them."""
    with simple.a_client(org, gate) as client:
        (report,) = client.restful("analytics/reports")
        run = client.restful(f"analytics/reports/{report['id']}", params={"includeDetails": "true"})
    assert sorted(rows(run)) == [["First", "1"], ["Second", "2"]]


def test_the_report_is_not_there(org: Embedded) -> None:
    raised = node.conversation(org, "no such report")["no such report"]
    assert (raised["class"], raised["errorCode"]) == ("HttpApiError", "NOT_FOUND")
