from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from sf_handoff.embedded import Embedded, bulk_query
from tests.embedded.bulk import over
from tests.embedded.world import JESSE, Api, an_org, refusal

ALL = "SELECT Name FROM Account ORDER BY Name"


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """23 Accounts, one of them deleted."""
    with an_org(tmp_path_factory.mktemp("org"), assignment_rule=False) as org:
        for at in range(23):
            org.create("Account", Name=f"Household {at:02}")
        api = Api(org)
        with api.http:
            gone = org.records("Account")[22]["Id"]
            assert api("DELETE", f"/sobjects/Account/{gone}").status_code == 204
        yield org


def asked(api: Api, soql: str, version: str = "66.0", **more: str) -> Any:
    return api("POST", "/jobs/query", {"operation": "query", "query": soql, **more}, version=version)


def done(api: Api, soql: str, **more: str) -> str:
    job = over(api, asked(api, soql, **more).json()["id"], "query")
    assert job["state"] == "JobComplete"
    return str(job["id"])


def page(api: Api, job_id: str, **params: Any) -> Any:
    return api("GET", f"/jobs/query/{job_id}/results", params=params)


def names(answer: Any) -> list[str]:
    return [each.strip('"') for each in answer.text.splitlines()[1:]]


def test_a_query_job_goes_through_its_states(api: Api, org: Embedded) -> None:
    made = asked(api, "select Name from account", columnDelimiter="PIPE", lineEnding="CRLF").json()
    assert made == {
        "id": made["id"],
        "operation": "query",
        "object": "Account",
        "createdById": org.records("User")[0]["Id"],
        "createdDate": made["createdDate"],
        "systemModstamp": made["createdDate"],
        "state": "UploadComplete",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 66.0,
        "lineEnding": "CRLF",
        "columnDelimiter": "PIPE",
    }
    seen = [api("GET", f"/jobs/query/{made['id']}").json() for _ in range(3)]
    assert [each["state"] for each in seen] == ["InProgress", "JobComplete", "JobComplete"]
    told = {name: seen[2][name] for name in set(seen[2]) - set(made)}
    assert told.pop("totalProcessingTime") >= 0
    assert told == {"jobType": "V2Query", "numberRecordsProcessed": 22, "retries": 0}


def test_every_cell_is_in_quotes(api: Api, org: Embedded) -> None:
    contact = org.records("Contact")[0]["Id"]
    case = org.create(
        "Case", Subject='say "hi"', Description="two\nlines", ContactId=contact, TTY__c=True, Taps__c=2,
        Seen_At__c="2026-11-20T17:00:00Z", Filed__c="2026-11-20",
    )  # fmt: skip
    soql = (
        "SELECT Id, Subject, Description, contact.icn__c, TTY__c, Taps__c, Seen_At__c, Filed__c, ParentId, "
        f"Parent.Subject FROM Case WHERE Id = '{case}'"
    )
    answer = page(api, done(api, soql))
    assert answer.headers["Content-Type"] == "text/csv"
    assert (answer.headers["Sforce-Locator"], answer.headers["Sforce-NumberOfRecords"]) == ("null", "1")
    assert answer.text == (
        '"Id","Subject","Description","Contact.ICN__c","TTY__c","Taps__c","Seen_At__c","Filed__c","ParentId",'
        '"Parent.Subject"\n'
        f'"{case}","say ""hi""","two\nlines","{JESSE["ICN__c"]}","true","2.0","2026-11-20T17:00:00.000Z",'
        '"2026-11-20","",""\n'
    )
    dressed = page(api, done(api, f"{ALL} LIMIT 1", columnDelimiter="TAB", lineEnding="CRLF"))
    assert dressed.text == '"Name"\r\n"Household 00"\r\n'


def test_pages_follow_the_locator(api: Api) -> None:
    job_id = done(api, ALL)
    found: list[str] = []
    answer = page(api, job_id, maxRecords=10)
    sizes = [answer.headers["Sforce-NumberOfRecords"]]
    found += names(answer)
    while (locator := answer.headers["Sforce-Locator"]) != "null":
        answer = page(api, job_id, maxRecords=10, locator=locator)
        assert answer.text.startswith('"Name"\n')
        assert names(page(api, job_id, maxRecords=10, locator=locator)) == names(answer)
        sizes.append(answer.headers["Sforce-NumberOfRecords"])
        found += names(answer)
    assert sizes == ["10", "10", "2"]
    assert found == [f"Household {at:02}" for at in range(22)]


def test_the_results_stay_as_they_were(api: Api, org: Embedded) -> None:
    job_id = done(api, ALL)
    first = names(page(api, job_id, maxRecords=21))
    late = org.create("Account", Name="Household 99")
    locator = page(api, job_id, maxRecords=21).headers["Sforce-Locator"]
    assert first + names(page(api, job_id, locator=locator)) == [f"Household {at:02}" for at in range(22)]
    assert api("DELETE", f"/sobjects/Account/{late}").status_code == 204


def test_nothing_found_is_a_header(api: Api) -> None:
    job_id = done(api, "SELECT Name FROM Account WHERE Name = 'Nobody'")
    answer = page(api, job_id)
    assert (answer.text, answer.headers["Sforce-NumberOfRecords"]) == ('"Name"\n', "0")
    assert answer.headers["Sforce-Locator"] == "null"
    pages = api("GET", f"/jobs/query/{job_id}/resultPages").json()
    assert (len(pages["resultPages"]), pages["done"]) == (1, True)


def test_five_pages_side_by_side(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_query, "PAGE", 4)
    job_id = done(api, ALL)
    root, path, found = "/services/data/v66.0", f"/jobs/query/{job_id}/resultPages", []
    sizes = []
    while path:
        pages = api("GET", path).json()
        sizes.append(len(pages["resultPages"]))
        for each in pages["resultPages"]:
            found += names(api("GET", each["resultUrl"].removeprefix(root)))
        path = (pages["nextRecordsUrl"] or "").removeprefix(root)
        assert pages["done"] is not bool(path)
    assert sizes == [5, 1]
    assert found == [f"Household {at:02}" for at in range(22)]


def test_query_all_finds_the_deleted(api: Api) -> None:
    soql = "SELECT Name FROM Account WHERE Name = 'Household 22'"
    assert names(page(api, done(api, soql))) == []
    assert names(page(api, done(api, soql, operation="queryAll"))) == ["Household 22"]


@pytest.mark.parametrize("wrong", ["nonsense", "MjI", "LTE", b64encode(b"1e1").decode(), "é"])
def test_locators_that_nobody_gave_out(api: Api, wrong: str) -> None:
    job_id = done(api, ALL)
    for path in ("results", "resultPages"):
        answer = api("GET", f"/jobs/query/{job_id}/{path}", params={"locator": wrong})
        assert refusal(answer) == (400, "INVALID_QUERY_LOCATOR", "invalid query locator")


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "9" * 5000])
def test_page_sizes_that_cannot_be_had(api: Api, wrong: str) -> None:
    assert refusal(page(api, done(api, ALL), maxRecords=wrong))[:2] == (400, "API_ERROR")


AGGREGATE = "Aggregate Relationships not supported in Bulk V2 Query with CSV content type"


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT COUNT() FROM Account", "API_ERROR", AGGREGATE),
        ("SELECT COUNT(Id) FROM Account", "API_ERROR", AGGREGATE),
        ("SELECT Name FROM Account GROUP BY Name", "API_ERROR", AGGREGATE),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR", AGGREGATE),
        ("SELECT Id FROM Account LIMIT 1 OFFSET 1", "API_ERROR", "OFFSET not supported in Bulk V2 Query"),
        (
            "SELECT BillingAddress FROM Account",
            "API_ERROR",
            "Selecting compound data not supported in Bulk Query",
        ),
        ("SELECT TYPEOF What WHEN Case THEN Id END FROM Task", "MALFORMED_QUERY", None),
        ("SELEKT Id", "MALFORMED_QUERY", None),
        ("SELECT Nme FROM Account", "INVALID_FIELD", None),
        ("SELECT Id FROM Accout", "INVALID_TYPE", None),
        ("", "MALFORMED_QUERY", None),
    ],
)
def test_queries_that_no_job_takes(api: Api, soql: str, code: str, message: str | None) -> None:
    found = refusal(asked(api, soql))
    assert found[:2] == (400, code)
    assert message in {None, found[2]}


def test_jobs_that_cannot_be_made(api: Api) -> None:
    assert refusal(asked(api, ALL, operation="insert"))[:2] == (400, "INVALIDJOB")
    assert refusal(asked(api, ALL, object="Account"))[:2] == (400, "JSON_PARSER_ERROR")
    assert refusal(asked(api, ALL, contentType="JSON"))[:2] == (400, "INVALIDJOB")


def test_states_that_cannot_be_had(api: Api) -> None:
    job_id = asked(api, ALL).json()["id"]
    for path in ("results", "resultPages"):
        assert refusal(api("GET", f"/jobs/query/{job_id}/{path}"))[:2] == (400, "INVALIDJOBSTATE")
    path = f"/jobs/query/{job_id}"
    assert refusal(api("PATCH", path, {"state": "UploadComplete"}))[:2] == (400, "INVALIDJOBSTATE")
    assert api("GET", path).json()["state"] == "InProgress"
    assert refusal(api("DELETE", path))[:2] == (400, "INVALIDJOBSTATE")
    assert api("PATCH", path, {"state": "Aborted"}).json()["state"] == "Aborted"
    assert api("GET", path).json()["state"] == "Aborted"
    assert refusal(page(api, job_id))[:2] == (400, "INVALIDJOBSTATE")
    complete = f"/jobs/query/{done(api, ALL)}"
    assert refusal(api("PATCH", complete, {"state": "Aborted"}))[2] == (
        "Aborting already Completed Job not allowed"
    )


def test_a_deleted_job_is_gone(api: Api) -> None:
    job_id = done(api, ALL)
    assert api("DELETE", f"/jobs/query/{job_id}").status_code == 204
    for path in ("", "/results"):
        assert refusal(api("GET", f"/jobs/query/{job_id}{path}"))[:2] == (404, "NOT_FOUND")


def test_the_kinds_of_jobs_know_nothing_of_each_other(api: Api) -> None:
    query = asked(api, ALL).json()["id"]
    ingest = api("POST", "/jobs/ingest", {"object": "Account", "operation": "insert"}).json()["id"]
    assert refusal(api("GET", f"/jobs/ingest/{query}"))[:2] == (404, "NOT_FOUND")
    assert refusal(api("GET", f"/jobs/query/{ingest}"))[:2] == (404, "NOT_FOUND")
    listed = [each["id"] for each in api("GET", "/jobs/query/").json()["records"]]
    assert query in listed and ingest not in listed


def test_one_job_one_version(api: Api) -> None:
    job_id = done(api, ALL)
    assert api("GET", f"/jobs/query/{job_id}/results", version="65.0").status_code == 409
    assert api("GET", "/jobs/query", version="46.0").status_code == 404
    old = asked(api, ALL, version="57.0").json()["id"]
    assert api("GET", f"/jobs/query/{old}/resultPages", version="57.0").status_code == 404


@pytest.mark.parametrize(("version", "first"), [("49.0", "Id"), ("50.0", "Name")])
def test_columns_were_once_in_the_order_of_their_names(api: Api, version: str, first: str) -> None:
    job_id = asked(api, "SELECT Name, Id FROM Account LIMIT 1", version=version).json()["id"]
    for _ in range(2):
        api("GET", f"/jobs/query/{job_id}", version=version)
    head, row = api("GET", f"/jobs/query/{job_id}/results", version=version).text.splitlines()
    assert head.startswith(f'"{first}"')
    assert row.startswith('"001') == (first == "Id")
