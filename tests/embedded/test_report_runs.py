"""Long reports, the Excel answer, runs for later, and how many there may be."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import requests
from simple_salesforce import Salesforce

from sf_handoff.embedded import Embedded
from sf_handoff.embedded.reports_excel import EXCEL
from tests.embedded.reporting import ALL, CASES, GROUPED, SHORT, Reports
from tests.embedded.world import VERSION, Api, an_org, refusal

START = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
NOWHERE = (404, "NOT_FOUND", "The requested resource does not exist")


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def org(tmp_path: Path, clock: Clock) -> Iterator[Embedded]:
    with an_org(tmp_path, assignment_rule=False, reports=ALL, clock=clock) as org:
        org.create("Case", Subject="=1+1", Priority="High", Taps__c=2, TTY__c=True, Filed__c="2026-11-01",
                   Seen_At__c="2026-11-01T03:30:00Z", Description="one\ntwo" + "x" * 400)  # fmt: skip
        org.create("Case", Subject="Second", Priority="Low")
        yield org


@pytest.fixture
def api(org: Embedded) -> Iterator[Api]:
    api = Api(org)
    with api.http:
        yield api


@pytest.fixture
def reports(api: Api) -> Reports:
    return Reports(api)


naive = datetime.fromisoformat


def sheet(answer: Any) -> list[tuple[Any, ...]]:
    assert answer.status_code == 200 and answer.headers["Content-Type"] == EXCEL
    (found,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    return list(found.iter_rows(values_only=True))


def test_two_thousand_rows_are_all_that_is_shown(reports: Reports, org: Embedded) -> None:
    for number in range(1998):
        org.create("Case", Subject=str(number), Priority="Low")
    assert reports.run(SHORT)["allData"] is True
    org.create("Case", Subject="one more", Priority="Low")
    found = reports.run(SHORT)
    assert found["allData"] is False
    assert len(found["factMap"]["T!T"]["rows"]) == 2000
    assert found["factMap"]["T!T"]["aggregates"] == [{"label": "2,001", "value": 2001}]
    assert reports.run(SHORT, details=False)["allData"] is True
    grouped = reports.run(GROUPED)
    facts = grouped["factMap"]
    assert grouped["allData"] is False
    assert [len(facts[key]["rows"]) for key in ("0_0!T", "1_0!T")] == [1, 1999]
    assert facts["1!T"]["aggregates"][-1]["value"] == 2000
    answer = reports.api("GET", reports.path(SHORT), headers={"Accept": EXCEL})
    assert len(sheet(answer)) == 2002


def test_the_excel_answer(reports: Reports) -> None:
    answer = reports.api("GET", reports.path(CASES), headers={"Accept": EXCEL})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="All_cases.xlsx"'
    labels, first, second = sheet(answer)
    found = dict(zip(labels, first, strict=True))
    assert labels[:3] == ("Case Number", "Subject", "Description")
    assert found["Subject"] == "=1+1"
    assert found["Taps"] == 2 and found["TTY"] is True
    assert found["Filed"] == naive("2026-11-01")
    assert found["Seen At"] == naive("2026-10-31T23:30")
    assert found["Description"].startswith("one\ntwox") and len(found["Description"]) == 255
    assert dict(zip(labels, second, strict=True))["Filed"] is None
    (cells,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert cells["B2"].value == "=1+1" and cells["B2"].data_type == "s"


def test_the_excel_answer_of_a_changed_summary(reports: Reports) -> None:
    changes = {"reportFilters": [{"column": "PRIORITY", "operator": "equals", "value": "High"}]}
    body = {"reportMetadata": changes}
    answer = reports.api("POST", reports.path(GROUPED), body, headers={"Accept": EXCEL})
    labels, *rows = sheet(answer)
    assert labels == ("Priority", "Seen At", "Subject", "Taps")
    assert rows == [("High", naive("2026-10-31T23:30"), "=1+1", 2)]
    broken = reports.api("POST", reports.path(GROUPED), {"reportMetadata": {"detailColumns": ["X"]}},
                         headers={"Accept": EXCEL})  # fmt: skip
    assert refusal(broken)[:2] == (400, "BAD_REQUEST")


def test_a_run_for_later(reports: Reports, org: Embedded, clock: Clock) -> None:
    path = reports.path(SHORT, "/instances")
    asked = reports.api("POST", path, params={"includeDetails": "true"})
    told = asked.json()
    assert asked.status_code == 200
    assert told["status"] == "New" and told["id"].startswith("0LG") and told["completionDate"] is None
    assert told["requestDate"] == "2026-11-20T17:30:00Z" and told["hasDetailRows"] is True
    assert told["url"] == f"/services/data/v66.0{path}/{told['id']}"
    org.create("Case", Subject="Too late")
    clock.now += timedelta(seconds=5)
    running = reports.api("GET", f"{path}/{told['id']}").json()
    assert running["attributes"]["status"] == "Running" and running["factMap"] is None
    done = reports.api("GET", f"{path}/{told['id']}").json()
    assert set(done) == set(running)
    assert done["attributes"]["status"] == "Success"
    assert done["attributes"]["completionDate"] == "2026-11-20T17:30:05Z"
    assert done["attributes"]["reportId"] == reports.ids[SHORT.name]
    assert done["factMap"]["T!T"]["aggregates"][0]["value"] == 2
    assert reports.api("GET", f"{path}/{told['id']}").json() == done


def test_the_list_of_runs(reports: Reports) -> None:
    path = reports.path(SHORT, "/instances")
    filters = [{"column": "PRIORITY", "operator": "equals", "value": "High"}]
    first = reports.api("POST", path).json()
    second = reports.api("POST", path, {"reportMetadata": {"reportFilters": filters}}).json()
    assert refusal(reports.api("DELETE", f"{path}/{first['id']}"))[:2] == (400, "BAD_REQUEST")
    statuses = [[each["status"] for each in reports.api("GET", path).json()] for _ in range(3)]
    assert statuses == [["Running", "Running"], ["Success", "Success"], ["Success", "Success"]]
    listed = reports.api("GET", path).json()
    assert [each["id"] for each in listed] == [second["id"], first["id"]]
    assert set(listed[0]) == set(first)
    assert (
        reports.api("GET", f"{path}/{second['id']}").json()["factMap"]["T!T"]["aggregates"][0]["value"] == 1
    )
    assert reports.api("DELETE", f"{path}/{first['id']}").status_code == 204
    assert refusal(reports.api("GET", f"{path}/{first['id']}")) == NOWHERE
    assert reports.api("GET", reports.path(CASES, "/instances")).json() == []
    assert refusal(reports.api("GET", reports.path(CASES, f"/instances/{second['id']}"))) == NOWHERE


def test_results_are_kept_for_a_day(reports: Reports, clock: Clock, org: Embedded) -> None:
    path = reports.path(SHORT, "/instances")
    instance = reports.api("POST", path).json()["id"]
    clock.now += timedelta(hours=24) - timedelta(seconds=1)
    reports.api.http.headers["Authorization"] = f"Bearer {org.access_token()}"
    assert reports.api("GET", f"{path}/{instance}").status_code == 200
    clock.now += timedelta(seconds=1)
    assert refusal(reports.api("GET", f"{path}/{instance}")) == NOWHERE
    assert reports.api("GET", path).json() == []


def left(api: Api) -> tuple[int, int]:
    limits = api("GET", "/limits").json()
    return limits["HourlySyncReportRuns"]["Remaining"], limits["HourlyAsyncReportRuns"]["Remaining"]


def test_the_runs_of_an_hour_come_to_an_end(
    reports: Reports, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = reports.api("GET", "/limits").json()
    assert limits["HourlySyncReportRuns"] == {"Max": 500, "Remaining": 500}
    assert limits["HourlyAsyncReportRuns"] == {"Max": 1200, "Remaining": 1200}
    assert limits["ConcurrentSyncReportRuns"]["Max"] == 20
    reports.run(SHORT)
    reports.api("POST", reports.path(SHORT, "/instances"))
    reports.answer(SHORT, detailColumns=["NOTHING"])
    assert left(reports.api) == (499, 1199)
    hourly = {"HourlySyncReportRuns": 2, "HourlyAsyncReportRuns": 1}
    monkeypatch.setattr("sf_handoff.embedded.reports_instances.HOURLY", hourly)
    clock.now += timedelta(minutes=30)
    reports.run(SHORT)
    message = "You can't run more than {} reports {} every 60 minutes. Try again later."
    for refused in (
        reports.answer(SHORT),
        reports.api("GET", reports.path(SHORT), headers={"Accept": EXCEL}),
    ):
        assert refusal(refused) == (403, "FORBIDDEN", message.format(2, "synchronously"))
    later = reports.api("POST", reports.path(SHORT, "/instances"))
    assert refusal(later) == (403, "FORBIDDEN", message.format(1, "asynchronously"))
    assert left(reports.api) == (0, 0)
    clock.now += timedelta(minutes=30)
    assert left(reports.api) == (1, 1)
    reports.run(SHORT)
    assert left(reports.api) == (0, 1)


def test_other_peoples_clients(reports: Reports, org: Embedded) -> None:
    """simple-salesforce by its own means; jsforce asks for a run for later with an empty body."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(org.ca_file)
        token = org.access_token()
        client = Salesforce(session_id=token, instance_url=org.https, version=VERSION, session=session)
        path = reports.path(SHORT).lstrip("/")
        found: Any = client.restful(path, params={"includeDetails": "true"})
        assert [row["dataCells"][0]["label"] for row in found["factMap"]["T!T"]["rows"]] == ["=1+1", "Second"]
        assert found == reports.run(SHORT)
        info: Any = client.oauth2("userinfo")
        assert info["preferred_username"] == org.username
    later = reports.api("POST", reports.path(SHORT, "/instances"), data="", headers={"Content-Type": "x/y"})
    assert later.json()["status"] == "New"
