"""Pages of a query and of a Bulk query against a scripted server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.adapters.report_rows import RecordRows
from sf_handoff.errors import HandoffError, Misconfigured, Unavailable, Uncertain
from sf_handoff.retry import OVERNIGHT, Call
from tests.scripted import How, Reply, Scripted, Step, Time, error, org_on, scripted, transport

SOQL = "SELECT Id FROM Case"
JOB = "750000000000001AAA"
GONE = Reply(204, b"")
NEXT = "/services/data/v66.0/query/01gEO0000000001YAA-2"


def page(total: object, *ids: str, following: str | None = None) -> Reply:
    records = [{"attributes": {"type": "Case"}, "Id": each} for each in ids]
    more = {"nextRecordsUrl": following} if following else {}
    return Reply(200, {"totalSize": total, "done": following is None, "records": records, **more})


def job(state: str) -> Reply:
    return Reply(200, {"id": JOB, "state": state})


def table(*lines: str, locator: str = "null", rows: int | None = None, **more: Any) -> Reply:
    headers = {
        "Content-Type": "text/csv",
        "Sforce-Locator": locator,
        "Sforce-NumberOfRecords": str(len(lines) - 1 if rows is None else rows),
    }
    return Reply(200, ("\n".join(lines) + "\n").encode(), headers, **more)


def read(
    tmp_path: Path, act: Callable[[RecordRows, Call], Any], *script: Step
) -> tuple[list[Any], Call, Scripted]:
    call = Call(OVERNIGHT)
    with scripted(*script) as server, transport(tmp_path) as made:
        rows = RecordRows(org_on(made, server), Time().sleep)
        return list(act(rows, call)), call, server


def pages(rows: RecordRows, call: Call) -> Any:
    return rows.pages(SOQL, call)


def bulk(rows: RecordRows, call: Call) -> Any:
    return rows.bulk(SOQL, call, lambda: None)


def below(server: Scripted) -> list[str]:
    return [f"{each.method} {each.path.rpartition('v66.0/')[2]}" for each in server.seen]


def test_pages_are_followed_to_the_end(tmp_path: Path) -> None:
    found, call, server = read(tmp_path, pages, page(3, "a", "b", following=NEXT), page(3, "c"))
    assert [each["Id"] for each in found] == ["a", "b", "c"]
    assert below(server) == ["GET query?q=SELECT+Id+FROM+Case", "GET query/01gEO0000000001YAA-2"]
    assert call.requests == 2


def test_a_page_that_broke_off_is_read_again(tmp_path: Path) -> None:
    broken = Reply(200, page(3, "c").body, how=How.CUT)
    found, _, _ = read(tmp_path, pages, page(3, "a", "b", following=NEXT), broken, page(3, "c"))
    assert len(found) == 3


@pytest.mark.parametrize(
    "script",
    [
        [page(3, "a")],
        [page("3", "a")],
        [page(2, "a", following="https://elsewhere.example/query/1"), page(2, "b")],
        [page(2, "a", following="/services/data/v66.0/sobjects/Case"), page(2, "b")],
        [Reply(200, {"totalSize": 1, "done": True, "records": [1]})],
        [Reply(200, {"totalSize": 1, "done": True})],
    ],
)
def test_pages_that_are_not_whole_are_an_error(tmp_path: Path, script: list[Step]) -> None:
    with pytest.raises(Uncertain) as refused:
        read(tmp_path, pages, *script)
    assert refused.value.code == "BAD_ANSWER"


def test_pages_that_the_org_has_let_go_of_say_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="Pull the day again") as refused:
        read(tmp_path, pages, page(2, "a", following=NEXT), error(400, "INVALID_QUERY_LOCATOR"))
    assert refused.value.code == "INVALID_QUERY_LOCATOR"


def test_a_refused_query_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refused:
        read(tmp_path, pages, error(400, "INVALID_FIELD"))
    assert refused.value.code == "INVALID_FIELD"


def test_a_bulk_query_is_made_watched_read_by_pages_and_deleted(tmp_path: Path) -> None:
    found, _, server = read(
        tmp_path, bulk, job("UploadComplete"), job("InProgress"), job("JobComplete"),
        table('"Id","Description"', '"a","one', 'two ""x"""', locator="Mg", rows=1),
        table('"Id","Description"', '"b",""'), GONE,
    )  # fmt: skip
    assert [dict(each) for each in found] == [
        {"Id": "a", "Description": 'one\ntwo "x"'},
        {"Id": "b", "Description": ""},
    ]
    assert below(server) == [
        "POST jobs/query",
        f"GET jobs/query/{JOB}",
        f"GET jobs/query/{JOB}",
        f"GET jobs/query/{JOB}/results?maxRecords=5000",
        f"GET jobs/query/{JOB}/results?maxRecords=5000&locator=Mg",
        f"DELETE jobs/query/{JOB}",
    ]


@pytest.mark.parametrize(
    ("results", "kind", "code"),
    [
        (table('"Id"', '"a"', rows=2), Uncertain, "BAD_ANSWER"),
        (table('"Id","Subject"', '"a"'), Uncertain, "BAD_ANSWER"),
        (table('"Id"', '"a","b"'), Uncertain, "BAD_ANSWER"),
        (error(400, "INVALIDJOBSTATE"), HandoffError, "INVALIDJOBSTATE"),
    ],
)
def test_results_that_are_not_whole_are_an_error_and_the_job_goes(
    tmp_path: Path, results: Reply, kind: type[HandoffError], code: str
) -> None:
    with (
        scripted(job("UploadComplete"), job("JobComplete"), results, GONE) as server,
        transport(tmp_path) as made,
    ):
        rows = RecordRows(org_on(made, server), Time().sleep)
        with pytest.raises(kind) as refused:
            list(rows.bulk(SOQL, Call(OVERNIGHT), lambda: None))
    assert refused.value.code == code
    assert below(server)[-1] == f"DELETE jobs/query/{JOB}"


def test_a_bulk_query_that_failed_is_a_matter_of_set_up(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refused:
        read(tmp_path, bulk, job("UploadComplete"), job("Failed"), GONE)
    assert refused.value.code == "BULK_FAILED"
