from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.embedded import Embedded, bulk_ingest, bulk_jobs, bulk_rows
from tests.embedded.bulk import closed, done, errors, opened, over, result, upload
from tests.embedded.world import JESSE, Api, an_org, refusal

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
ICN = JESSE["ICN__c"]


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Embedded]:
    with an_org(tmp_path_factory.mktemp("org"), clock=clock) as org:
        yield org


def case(api: Api, key: str) -> Any:
    return api("GET", f"/sobjects/Case/Handoff_Id__c/{key}").json()


def change(api: Api, job_id: str, state: str) -> Any:
    return api("PATCH", f"/jobs/ingest/{job_id}", {"state": state})


def test_a_job_goes_through_its_states(api: Api, org: Embedded) -> None:
    asked = {"object": "account", "operation": "upsert", "externalIdFieldName": "Id", "lineEnding": "CRLF"}
    made = api("POST", "/jobs/ingest", asked).json()
    job_id = made["id"]
    assert made == {
        "id": job_id,
        "operation": "upsert",
        "object": "Account",
        "createdById": org.records("User")[0]["Id"],
        "createdDate": "2026-11-20T17:00:00.000+0000",
        "systemModstamp": "2026-11-20T17:00:00.000+0000",
        "state": "Open",
        "externalIdFieldName": "Id",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 66.0,
        "contentUrl": f"services/data/v66.0/jobs/ingest/{job_id}/batches",
        "lineEnding": "CRLF",
        "columnDelimiter": "COMMA",
    }
    sent = upload(api, job_id, "Id,Name\r\n,Acme\r\n", "text/csv; charset=UTF-8")
    assert (sent.status_code, sent.content) == (201, b"")
    brief = change(api, job_id, "UploadComplete").json()
    assert brief["state"] == "UploadComplete"
    assert {"contentUrl", "lineEnding", "columnDelimiter"} & set(brief) == set()
    seen = [api("GET", f"/jobs/ingest/{job_id}").json() for _ in range(3)]
    assert [each["state"] for each in seen] == ["InProgress", "JobComplete", "JobComplete"]
    told = {name: seen[2][name] for name in set(seen[2]) - set(brief)}
    assert told == {
        "jobType": "V2Ingest",
        "lineEnding": "CRLF",
        "columnDelimiter": "COMMA",
        "numberRecordsProcessed": 1,
        "numberRecordsFailed": 0,
        "retries": 0,
        "totalProcessingTime": 0,
        "apiActiveProcessingTime": 0,
        "apexProcessingTime": 0,
    }


def test_results_have_the_rows_behind_what_is_said_of_them(api: Api) -> None:
    text = 'Name,Description,NumberOfEmployees\n"Acme, Inc","says ""hi""\nand goes",5\nBad,x,many\n'
    job = done(api, text)
    good, bad, rest = (
        api("GET", f"/jobs/ingest/{job['id']}/{each}").text
        for each in ("successfulResults", "failedResults", "unprocessedrecords")
    )
    (row,) = result(api, job["id"], "successfulResults")
    assert good == (
        '"sf__Id","sf__Created",Name,Description,NumberOfEmployees\n'
        f'"{row["sf__Id"]}","true","Acme, Inc","says ""hi""\nand goes",5\n'
    )
    said = "INVALID_TYPE_ON_FIELD_IN_RECORD:Employees: value not of required type: many:NumberOfEmployees --"
    assert bad == f'"sf__Id","sf__Error",Name,Description,NumberOfEmployees\n"","{said}",Bad,x,many\n'
    assert rest == "Name,Description,NumberOfEmployees\n"
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    assert api.found(f"SELECT Description FROM Account WHERE Id = '{row['sf__Id']}'") == [
        {"Description": 'says "hi"\nand goes'}
    ]


@pytest.mark.parametrize(
    ("name", "sign"),
    [("BACKQUOTE", "`"), ("CARET", "^"), ("COMMA", ","), ("PIPE", "|"), ("SEMICOLON", ";"), ("TAB", "\t")],
)
def test_every_delimiter(api: Api, name: str, sign: str) -> None:
    text = f'Name{sign}Description\r\nDelimited{sign}"a{sign}b"\r\n'
    job = done(api, text, columnDelimiter=name, lineEnding="CRLF")
    answer = api("GET", f"/jobs/ingest/{job['id']}/successfulResults").text
    head, row = answer.split("\r\n")[:2]
    assert head == sign.join(['"sf__Id"', '"sf__Created"', "Name", "Description"])
    assert row.endswith(f'{sign}"true"{sign}Delimited{sign}"a{sign}b"')


def test_an_upsert_creates_and_updates(api: Api) -> None:
    text = "Handoff_Id__c,Subject,TTY__c,Taps__c,Seen_At__c,Contact.ICN__c\n"
    first = done(
        api,
        text + f"up-1,Call,Yes,3,2026-11-20T17:00:00Z,{ICN}\n",
        "upsert",
        "Case",
        externalIdFieldName="handoff_id__c",
    )
    again = done(
        api, text + "up-1,#N/A,0,,#N/A,#N/A\nup-2,New,,,,\n", "upsert", "Case",
        externalIdFieldName="Handoff_Id__c",
    )  # fmt: skip
    assert first["numberRecordsFailed"] == again["numberRecordsFailed"] == 0
    made = [each["sf__Created"] for each in result(api, again["id"], "successfulResults")]
    assert made == ["false", "true"]
    found = case(api, "up-1")
    names = ("Subject", "TTY__c", "Taps__c", "Seen_At__c", "ContactId")
    assert [found[each] for each in names] == [None, False, 3, None, None]


def test_links_by_key(api: Api) -> None:
    done(api, "Handoff_Id__c\nparent\n", "insert", "Case")
    job = done(
        api, f"Handoff_Id__c,Parent.Handoff_Id__c,Contact.ICN__c\nchild,parent,{ICN}\n", "insert", "Case"
    )
    assert errors(api, job["id"]) == []
    assert case(api, "child")["ParentId"] == case(api, "parent")["Id"]
    task = done(api, f"Subject,Contact:Who.ICN__c\nCall,{ICN}\nLost,nobody\n", "insert", "Task")
    assert errors(api, task["id"]) == [
        "INVALID_FIELD:Foreign key external ID: nobody not found for field ICN__c in entity Contact:--"
    ]
    untyped = done(api, f"Subject,Who.ICN__c\nCall,{ICN}\n", "insert", "Task")
    assert (
        untyped["errorMessage"] == "InvalidBatch : type is needed for polymorphic foreign key references: Who"
    )
    assert api.found("SELECT Who.Name FROM Task")[0]["Who"]["Name"] == "Jesse Gray"


def test_a_row_fails_alone_and_says_why(api: Api, org: Embedded) -> None:
    contact = org.create("Contact", LastName="Alone")
    wrong = "003EO0000zzzzzzAAA"
    text = f"Id,LastName,Email\n{contact},#N/A,\n{wrong},Lee,\n12,Lee,\n,Lee,\n{contact[:15]},Lee,x\n"
    job = done(api, text, "update", "Contact")
    assert errors(api, job["id"])[1:4] == [
        f"MALFORMED_ID:malformed id {wrong}:--",
        "MALFORMED_ID:malformed id 12:--",
        "MISSING_ARGUMENT:Id not specified in an update call:--",
    ]
    twice = {each["sf__Error"].partition(":")[0] for each in result(api, job["id"], "failedResults")[::4]}
    assert twice == {"DUPLICATE_VALUE"}
    again = done(api, f"Id,LastName\n{contact},#N/A\n003EO0000000zzzAAA,Lee\n", "update", "Contact")
    assert [each["sf__Id"] for each in result(api, again["id"], "failedResults")] == [contact, ""]
    assert errors(api, again["id"])[0] == (
        "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    )


def test_a_failed_row_leaves_nothing_behind(api: Api, org: Embedded) -> None:
    def taken() -> int:
        row = org._org.database.row("SELECT last FROM _sequences WHERE name = '500'")
        return int(row["last"]) if row else 0

    before = taken()
    job = done(api, "Handoff_Id__c\nkept-1\nkept-1\nkept-2\n", "insert", "Case")
    (error,) = errors(api, job["id"])
    assert error.startswith("DUPLICATE_VALUE:duplicate value found: Handoff_Id__c")
    assert taken() == before + 2


def test_no_key_may_stand_twice_among_200_rows(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_rows, "CHUNK", 3)
    text = "Handoff_Id__c\na1\nA1\na1\na1\n"
    job = done(api, text, "upsert", "Case", externalIdFieldName="Handoff_Id__c")
    assert (
        errors(api, job["id"]) == ["DUPLICATE_VALUE:Duplicate external id specified: a1:Handoff_Id__c --"] * 2
    )
    made = [each["sf__Created"] for each in result(api, job["id"], "successfulResults")]
    assert made == ["true", "true"]


def test_deleted_and_hard_deleted(api: Api, org: Embedded) -> None:
    soft, hard = (org.create("Account", Name=each) for each in ("Soft", "Hard"))
    for operation, record_id in (("delete", soft), ("hardDelete", hard)):
        job = done(api, f"Id\n{record_id}\n", operation)
        (row,) = result(api, job["id"], "successfulResults")
        assert (row["sf__Id"], row["sf__Created"]) == (record_id, "false")
    again = done(api, f"Id\n{soft}\n{hard}\n", "delete")
    assert errors(api, again["id"]) == [
        "ENTITY_IS_DELETED:entity is deleted:--",
        "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--",
    ]
    found = api("GET", "/queryAll", params={"q": f"SELECT Id FROM Account WHERE Id IN ('{soft}', '{hard}')"})
    assert found.json()["totalSize"] == 1


@pytest.mark.parametrize(
    ("operation", "text", "said"),
    [
        ("insert", "Name,Nme\nx,y\n", "InvalidBatch : Field name not found : Nme"),
        ("insert", "Name,name\nx,y\n", "InvalidBatch : A field name stands twice in the header"),
        ("insert", "Name,Boss.Name\nx,y\n", "InvalidBatch : Unable to find relationship: Boss"),
        ("insert", "Name,Parent.Key__c\nx,y\n", "InvalidBatch : Field name not found : Parent.Key__c"),
        (
            "insert",
            "Name,Account:Parent.Id\nx,y\n",
            "InvalidBatch : type is not needed for non polymorphic foreign key references: Parent",
        ),
        ("update", "Name\nx\n", "InvalidBatch : Field name not found : Id"),
        ("delete", "Id,Name\nx,y\n", "InvalidBatch : The delete batch must contain only ids"),
        ("insert", "Name|Phone\nx|y\n", "InvalidBatch : Field name not found : Name|Phone"),
        ("insert", "", "ClientInputError : The file has no header row"),
        ("insert", "Name\nx,y\n", "InvalidBatch : A row has not as many fields as the header"),
        ("insert", 'Name\n"x\n', "ClientInputError : Failed to parse the CSV"),
        ("insert", b"Name\n\xff\n", "ClientInputError : The file is not UTF-8"),
        (
            "insert",
            "Name\r\nx\r\n",
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF",
        ),
    ],
)  # fmt: skip
def test_a_bad_file_fails_the_job(api: Api, operation: str, text: str | bytes, said: str) -> None:
    job = done(api, text, operation)
    told = (job["state"], job["errorMessage"], job["numberRecordsProcessed"], job["numberRecordsFailed"])
    assert told == ("Failed", said, 0, 0)
    assert result(api, job["id"], "failedResults") == []


def test_a_failed_job_has_processed_nothing(api: Api) -> None:
    job = done(api, "Nme\nLost\n")
    assert result(api, job["id"], "unprocessedrecords") == [{"Nme": "Lost"}]
    assert api.found("SELECT Id FROM Account WHERE Name = 'Lost'") == []


def test_a_header_alone_is_a_job_of_no_rows(api: Api) -> None:
    job = done(api, "Name\n")
    assert (job["state"], job["numberRecordsProcessed"]) == ("JobComplete", 0)


def test_a_job_that_was_closed_without_data_fails(api: Api) -> None:
    job_id = opened(api)
    assert change(api, job_id, "UploadComplete").status_code == 200
    assert over(api, job_id)["errorMessage"] == "ClientInputError : The job has no data"


def test_a_job_in_batches_can_be_aborted_between_them(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_ingest, "BATCH", 2)
    job_id = closed(api, "Name\n" + "".join(f"Batch {at}\n" for at in range(5)))
    steps = [api("GET", f"/jobs/ingest/{job_id}").json() for _ in range(2)]
    assert [each["numberRecordsProcessed"] for each in steps] == [2, 4]
    assert change(api, job_id, "Aborted").json()["state"] == "Aborted"
    assert [each["Name"] for each in result(api, job_id, "successfulResults")] == [
        f"Batch {at}" for at in range(4)
    ]
    assert result(api, job_id, "unprocessedrecords") == [{"Name": "Batch 4"}]
    assert over(api, job_id)["numberRecordsProcessed"] == 4


def test_all_batches_are_done(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_ingest, "BATCH", 2)
    text = "Name,Phone\nA,\n,\nB,\n,1\nC,2\n"
    job = done(api, text)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (5, 2)
    assert len(result(api, job["id"], "successfulResults")) == 3


def test_data_comes_once_and_as_csv(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = opened(api)
    assert refusal(upload(api, job_id, "Name\n", "application/json"))[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")
    monkeypatch.setattr(bulk_ingest, "MOST_BYTES", 6)
    assert refusal(upload(api, job_id, "Name\nAB"))[:2] == (413, "EXCEEDED_MAX_SIZE_REQUEST")
    assert upload(api, job_id, "Name\nA").status_code == 201
    assert refusal(upload(api, job_id, "Name\nA"))[:2] == (400, "CLIENTINPUTERROR")
    change(api, job_id, "UploadComplete")
    assert refusal(upload(api, job_id, "Name\nA"))[:2] == (400, "INVALIDJOBSTATE")
    assert over(api, job_id)["numberRecordsProcessed"] == 1


def test_states_that_cannot_be_had(api: Api) -> None:
    job_id = opened(api)
    body: dict[str, Any]
    for body in ({"state": "JobComplete"}, {"state": "Aborted", "object": "Case"}, {"state": []}):
        assert refusal(api("PATCH", f"/jobs/ingest/{job_id}", body))[:2] == (400, "INVALIDJOBSTATE")
    assert refusal(api("DELETE", f"/jobs/ingest/{job_id}"))[:2] == (400, "INVALIDJOBSTATE")
    assert refusal(api("GET", f"/jobs/ingest/{job_id}/failedResults"))[:2] == (400, "INVALIDJOBSTATE")
    complete = done(api, "Name\nx\n")["id"]
    assert refusal(change(api, complete, "Aborted")) == (
        400,
        "INVALIDJOBSTATE",
        "Aborting already Completed Job not allowed",
    )
    assert refusal(change(api, complete, "UploadComplete"))[:2] == (400, "INVALIDJOBSTATE")
    assert change(api, job_id, "Aborted").json()["state"] == "Aborted"
    assert refusal(upload(api, job_id, "Name\n"))[:2] == (400, "INVALIDJOBSTATE")
    assert api("GET", f"/jobs/ingest/{job_id}").json()["state"] == "Aborted"


def test_a_deleted_job_is_gone_with_its_rows(api: Api, org: Embedded) -> None:
    job = done(api, "Name\nx\n")
    assert api("DELETE", f"/jobs/ingest/{job['id']}").status_code == 204
    for path in ("", "/successfulResults"):
        assert refusal(api("GET", f"/jobs/ingest/{job['id']}{path}"))[:2] == (404, "NOT_FOUND")
    assert org._org.database.rows("SELECT * FROM _job_rows WHERE job = ?", job["id"]) == []
    assert refusal(api("GET", "/jobs/ingest/nonsense"))[:2] == (400, "INVALIDJOB")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"operation": "insert"}, "INVALIDJOB"),
        ({"object": "Accout", "operation": "insert"}, "INVALIDJOB"),
        ({"object": "Account"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "merge"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "query"}, "INVALIDJOB"),
        ({"object": "Case", "operation": "upsert"}, "INVALIDJOB"),
        ({"object": "Case", "operation": "upsert", "externalIdFieldName": "Subject"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "insert", "columnDelimiter": "COLON"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "insert", "lineEnding": "CR"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "insert", "contentType": "JSON"}, "INVALIDJOB"),
        ({"object": "Case", "operation": "insert", "assignmentRuleId": "001"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "insert", "state": "Open"}, "JSON_PARSER_ERROR"),
        ({"object": 5, "operation": "insert"}, "JSON_PARSER_ERROR"),
    ],
)
def test_jobs_that_cannot_be_made(api: Api, asked: dict[str, Any], code: str) -> None:
    assert refusal(api("POST", "/jobs/ingest", asked))[:2] == (400, code)


def test_an_assignment_rule_runs_only_when_it_is_named(api: Api, org: Embedded) -> None:
    done(api, "Handoff_Id__c\nmine\n", "insert", "Case")
    job = done(api, "Handoff_Id__c\nruled\n", "insert", "Case", assignmentRuleId="01QEO00000000001AA")
    assert job["assignmentRuleId"] == "01QEO00000000001AA"
    assert case(api, "mine")["OwnerId"] == org.records("User")[0]["Id"]
    assert case(api, "ruled")["OwnerId"].startswith("00G")


def multipart(api: Api, *parts: tuple[str, str, str]) -> Any:
    body = "".join(
        f'--BOUNDARY\r\nContent-Type: {kind}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, kind, text in parts
    )
    headers = {"Content-Type": 'multipart/form-data; boundary="BOUNDARY"'}
    url = f"{api.base}/services/data/v66.0/jobs/ingest"
    return api.http.post(url, data=f"{body}--BOUNDARY--\r\n".encode(), headers=headers, timeout=10)


def test_a_job_with_its_data_in_one_request(api: Api) -> None:
    job = ("job", "application/json", '{"object": "Account", "operation": "insert"}')
    made = multipart(api, job, ("content", "text/csv", "Name\nInline é\n")).json()
    assert made["state"] == "UploadComplete" and "contentUrl" not in made
    assert over(api, made["id"])["numberRecordsProcessed"] == 1
    assert result(api, made["id"], "successfulResults")[0]["Name"] == "Inline é"
    long = ("content", "text/csv", "Name\n" + "x" * 100_000)
    before = len(api("GET", "/jobs/ingest").json()["records"])
    assert refusal(multipart(api, job, long))[:2] == (400, "EXCEEDED_MAX_SIZE_REQUEST")
    for parts in (
        (job,),
        (("job", "application/json", "[]"), long),
        (("job", "application/json", "{"), long),
    ):
        assert refusal(multipart(api, *parts))[:2] == (400, "JSON_PARSER_ERROR")
    assert len(api("GET", "/jobs/ingest").json()["records"]) == before


def test_the_list_of_jobs_comes_in_pages(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [opened(api) for _ in range(3)]
    monkeypatch.setattr(bulk_jobs, "LISTED", 2)
    page, found = api("GET", "/jobs/ingest").json(), []
    while not page["done"]:
        found += page["records"]
        page = api("GET", page["nextRecordsUrl"].removeprefix("/services/data/v66.0")).json()
    found += page["records"]
    assert [each["id"] for each in found][-3:] == made and page["nextRecordsUrl"] is None
    assert (found[-1]["jobType"], found[-1]["state"]) == ("V2Ingest", "Open")
    assert "numberRecordsProcessed" not in found[-1]


@pytest.mark.parametrize(
    ("asked", "any_left"),
    [
        ("jobType=V2Ingest", True),
        ("jobType=V2Query", False),
        ("jobType=Classic", False),
        ("isPkChunkingEnabled=true", False),
        ("isPkChunkingEnabled=false", True),
        ("concurrencyMode=parallel&jobType=", True),
        ("concurrencyMode=serial", False),
    ],
)
def test_the_list_can_be_narrowed(api: Api, asked: str, any_left: bool) -> None:
    opened(api)
    assert bool(api("GET", f"/jobs/ingest?{asked}").json()["records"]) == any_left
    assert refusal(api("GET", "/jobs/ingest?jobType=V1"))[:2] == (400, "INVALIDJOB")


def test_a_job_lives_for_a_week(api: Api, org: Embedded, clock: Clock) -> None:
    job = done(api, "Name\nx\n")
    answers = []
    for age in (timedelta(days=7), timedelta(days=7, seconds=1)):
        clock.now = NOON + age
        session = {"Authorization": f"Bearer {org.access_token()}"}
        answers.append(api("GET", f"/jobs/ingest/{job['id']}", headers=session).status_code)
    new = api("POST", "/jobs/ingest", {"object": "Account", "operation": "insert"}, headers=session).json()
    kept = [each["id"] for each in org._org.database.rows("SELECT id FROM _jobs")]
    clock.now = NOON
    assert answers == [200, 404]
    assert kept == [new["id"]]
    assert org._org.database.rows("SELECT * FROM _job_rows WHERE job = ?", job["id"]) == []


def test_versions_and_methods(api: Api) -> None:
    asked = {"object": "Case", "operation": "insert"}
    assert api("POST", "/jobs/ingest", asked, version="40.0").status_code == 404
    old = api("POST", "/jobs/ingest", asked, version="41.0").json()
    assert old["apiVersion"] == 41.0
    assert api("GET", f"/jobs/ingest/{old['id']}").status_code == 200
    ruled = {**asked, "assignmentRuleId": "01QEO00000000001AA"}
    assert refusal(api("POST", "/jobs/ingest", ruled, version="48.0"))[:2] == (400, "INVALIDJOB")
    assert refusal(api("PUT", "/jobs/ingest"))[:2] == (405, "METHOD_NOT_ALLOWED")


def test_each_request_is_one_call(api: Api, org: Embedded) -> None:
    before = org.api_calls
    job_id = closed(api, "Name\nx\ny\n")
    over(api, job_id)
    assert org.api_calls == before + 3 + 2


def test_processes_on_one_folder_share_the_jobs(tmp_path: Path) -> None:
    with an_org(tmp_path) as one, an_org(tmp_path) as other:
        here, there = Api(one), Api(other)
        with here.http, there.http:
            job = over(there, closed(here, "Name\nShared\n"))
            assert result(here, job["id"], "successfulResults")[0]["Name"] == "Shared"


def test_a_large_job_loses_no_other_request(api: Api) -> None:
    text = "Handoff_Id__c,Subject\n" + "".join(f"large-{at},Call\n" for at in range(3000))
    job_id = closed(api, text, "upsert", "Case", externalIdFieldName="Handoff_Id__c")
    other = Api(api.org)
    answers: list[int] = []

    def ask() -> None:
        answers.extend(other("GET", "/limits").status_code for _ in range(5))

    asking = threading.Thread(target=ask)
    with other.http:
        asking.start()
        job = over(api, job_id)
        asking.join()
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (3000, 0)
    assert answers == [200] * 5
