"""A Composite and its answer; and the traps of simple-salesforce, each shown and shown to be defused."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest

from sf_handoff.adapters.assembly import open_salesforce
from sf_handoff.adapters.http import Transport
from sf_handoff.adapters.settings import Settings
from sf_handoff.calls.composite import CompositeRequest, Part, Subrequest
from sf_handoff.embedded import Embedded
from sf_handoff.errors import HandoffError, Misconfigured, Rejected, Uncertain
from sf_handoff.retry import ONLINE, Call
from tests.adapters.test_transport import assert_nothing_private
from tests.scripted import (
    HOST,
    TOKEN,
    Reply,
    Scripted,
    ca_file,
    error,
    granted,
    html,
    org_on,
    scripted,
    transport,
)

CASE = Subrequest(
    "case",
    "PATCH",
    "sobjects/Case/Handoff_Id__c/1",
    {"Subject": "canary-subject"},
    {"Sforce-Auto-Assign": "FALSE"},
)
TASK = Subrequest("task", "PATCH", "sobjects/Task/Handoff_Id__c/1", {"WhatId": "@{case.id}"})
REQUEST = CompositeRequest((CASE, TASK))
WRITTEN: Any = {"id": "500000000000001AAA", "success": True, "errors": [], "created": True}


def part(reference_id: str, **changes: Any) -> dict[str, Any]:
    usual = {"body": WRITTEN, "httpHeaders": {}, "httpStatusCode": 201, "referenceId": reference_id}
    return {**usual, **changes}


def answer(*parts: Any) -> Reply:
    return Reply(200, {"compositeResponse": list(parts)})


GOOD = answer(part("case"), part("task"))


def refused(tmp_path: Path, *script: Reply, request: CompositeRequest = REQUEST) -> HandoffError:
    with scripted(*script) as server, transport(tmp_path) as made, pytest.raises(HandoffError) as caught:
        org_on(made, server).composite(request, Call())
    return caught.value


# The Composite


def test_a_composite_is_one_request_and_its_parts_come_back_in_order(tmp_path: Path) -> None:
    call = Call()
    with scripted(GOOD) as server, transport(tmp_path) as made:
        parts = org_on(made, server).composite(REQUEST, call)
    assert parts == (Part("case", 201, WRITTEN), Part("task", 201, WRITTEN))
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/services/data/v66.0/composite")
    assert seen.headers["authorization"] == f"Bearer {TOKEN.format(1)}"
    assert seen.headers["content-type"].startswith("application/json")
    assert json.loads(seen.body) == REQUEST.to_json("66.0")
    assert call.requests == 1


def test_a_part_may_fail_by_itself(tmp_path: Path) -> None:
    failed = [{"errorCode": "STRING_TOO_LONG", "message": "Subject", "fields": ["Subject"]}]
    halves = answer(part("case", httpStatusCode=400, body=failed), part("task"))
    with scripted(halves) as server, transport(tmp_path) as made:
        case, task = org_on(made, server).composite(REQUEST, Call())
    assert (case.ok, case.errors, task.ok) == (False, failed, True)


UNREADABLE = {
    "empty": b"",
    "truncated": GOOD.payload()[:-9],
    "200,000 deep": b"[" * 200_000,
    "deep in a part": b'{"compositeResponse": [{"body": ' + b"[" * 200_000,
    "NaN": GOOD.payload().replace(b"true", b"NaN"),
    "long number": GOOD.payload().replace(b"201", b"2" * 5_000),
    "repeated key": GOOD.payload().replace(b'"success"', b'"id": "x", "success"'),
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "a text": b'"compositeResponse"',
    "an object": b"{}",
    "no list": b'{"compositeResponse": {"case": {}}}',
    "null list": b'{"compositeResponse": null}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_w06_w14_an_answer_that_cannot_be_read_is_in_doubt(body: bytes, tmp_path: Path) -> None:
    raised = refused(tmp_path, *[Reply(200, body)] * ONLINE.attempts)
    assert (type(raised), raised.code) == (Uncertain, "BAD_ANSWER")
    assert_nothing_private(raised)


MISFITS = {
    "fewer": [part("case")],
    "none": [],
    "more": [part("case"), part("task"), part("task")],
    "another order": [part("task"), part("case")],
    "another name": [part("case"), part("other")],
    "twice the same": [part("case"), part("case")],
    "no referenceId": [part("case"), {"body": WRITTEN, "httpStatusCode": 201}],
    "referenceId null": [part("case"), part("task", referenceId=None)],
    "referenceId a list": [part("case"), part("task", referenceId=["task"])],
    "no object": [part("case"), "task"],
    "null": [part("case"), None],
    "no status": [part("case"), {"body": WRITTEN, "referenceId": "task"}],
    "status null": [part("case"), part("task", httpStatusCode=None)],
    "status a text": [part("case"), part("task", httpStatusCode="201")],
    "status a list": [part("case"), part("task", httpStatusCode=[201])],
    "status true": [part("case"), part("task", httpStatusCode=True)],
}


@pytest.mark.parametrize("parts", MISFITS.values(), ids=MISFITS)
def test_s09_an_answer_that_does_not_fit_is_in_doubt(parts: list[Any], tmp_path: Path) -> None:
    raised = refused(tmp_path, answer(*parts))
    assert (type(raised), raised.code) == (Uncertain, "BAD_ANSWER")
    assert_nothing_private(raised)


def test_an_answer_without_content_is_in_doubt(tmp_path: Path) -> None:
    assert refused(tmp_path, Reply(204, b"")).code == "BAD_ANSWER"


@pytest.mark.parametrize("keyed", [True, False])
def test_only_a_keyed_composite_is_repeated(keyed: bool, tmp_path: Path) -> None:
    request, call = CompositeRequest((CASE, TASK), keyed=keyed), Call(keyed=not keyed)
    with scripted(html(502), GOOD) as server, transport(tmp_path) as made:
        if keyed:
            assert len(org_on(made, server).composite(request, call)) == 2
        else:
            with pytest.raises(Uncertain):
                org_on(made, server).composite(request, call)
    assert call.requests == len(server.seen) == (2 if keyed else 1)


def test_a_new_session_may_lead_to_another_instance(tmp_path: Path) -> None:
    """Salesforce moves orgs between instances; the next sign-in names the new one."""
    with scripted(GOOD) as second, transport(tmp_path) as made:
        moved = [error(401, "INVALID_SESSION_ID"), error(503, "SERVER_UNAVAILABLE")]
        with scripted(*moved) as first:
            org = org_on(made, first)
            org.client()
            first.answer_sign_ins_with(granted(2, second.url))
            with pytest.raises(HandoffError):
                org.composite(REQUEST, Call())
            assert len(org.composite(REQUEST, Call())) == 2
    assert [seen.headers["authorization"] for seen in second.seen] == [f"Bearer {TOKEN.format(2)}"]


@pytest.mark.parametrize(
    "version", ["45.0", "31.0", "5.0", "", "sixty", "nan", "66", "66.1", "66.0/../..", "6\u0666.0"]
)
def test_versions_that_are_refused(version: str, tmp_path: Path) -> None:
    with scripted() as server, transport(tmp_path) as made, pytest.raises(Misconfigured) as caught:
        org_on(made, server, version=version)
    assert "API_VERSION" in caught.value.message
    assert_nothing_private(caught.value)


@pytest.mark.parametrize("version", ["46.0", "68.0", "100.0"])
def test_versions_that_are_taken(version: str, tmp_path: Path) -> None:
    with scripted(GOOD) as server, transport(tmp_path) as made:
        org_on(made, server, version=version).composite(REQUEST, Call())
    assert server.seen[0].path == f"/services/data/v{version}/composite"


def test_the_embedded_org_answers_a_composite(settings: Settings, org: Embedded) -> None:
    there = open_salesforce(settings)
    query = Subrequest("limits", "GET", "query?q=SELECT%20Id%20FROM%20Case%20LIMIT%201")
    missing = Subrequest("missing", "GET", "sobjects/Case/Handoff_Id__c/none")
    found, none = there.composite(CompositeRequest((query, missing)), Call())
    there.close()
    assert (found.ok, none.status) == (True, 404)


# The traps of simple-salesforce, with its own session and with ours


@pytest.fixture
def session(tmp_path: Path) -> Iterator[requests.Session]:
    """What simple-salesforce uses if it is left alone."""
    with requests.Session() as session:
        session.verify = ca_file(tmp_path)
        session.trust_env = False
        yield session


def plain(session: requests.Session, server: Scripted) -> Any:
    client: Any = Salesforce(
        instance_url=server.url, session_id=TOKEN.format(1), session=session, version="66.0"
    )
    client._salesforce_login_partial = lambda: (TOKEN.format(2), f"{HOST}:{server.server_address[1]}")
    return client


def ours(made: Transport, server: Scripted) -> Any:
    return org_on(made, server).client()


EXPIRED = error(401, "INVALID_SESSION_ID")
HEADERS = {"Sforce-Auto-Assign": "FALSE", "Sforce-Duplicate-Rule-Header": "allowSave=true"}
NAMES = {name.lower() for name in HEADERS}


def test_trap_headers_are_lost_when_it_signs_in_again(session: requests.Session, tmp_path: Path) -> None:
    with scripted(EXPIRED, Reply(201, WRITTEN)) as server:
        plain(session, server).Case.create({"Subject": "x"}, headers=dict(HEADERS))
    assert [seen.headers.keys() >= NAMES for seen in server.seen] == [True, False]

    with scripted(EXPIRED, Reply(201, WRITTEN)) as server, transport(tmp_path) as made:
        ours(made, server).Case.create({"Subject": "x"}, headers=dict(HEADERS))
    assert [seen.headers.keys() >= NAMES for seen in server.seen] == [True, True]
    assert server.seen[0].body == server.seen[1].body


def test_trap_it_signs_in_again_without_end(session: requests.Session, tmp_path: Path) -> None:
    with scripted(*[EXPIRED] * 12, Reply(201, WRITTEN)) as server:
        plain(session, server).Case.create({"Subject": "x"})
    assert len(server.seen) == 13, "its own limit is three"

    refused_again = scripted(*[EXPIRED] * 12)
    with refused_again as server, transport(tmp_path) as made, pytest.raises(Misconfigured) as caught:
        ours(made, server).Case.create({"Subject": "x"})
    assert (caught.value.code, len(server.seen), len(server.sign_ins)) == ("AUTH", 2, 2)


def test_trap_it_sets_no_time_limit(
    session: requests.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[Any] = []
    send = HTTPAdapter.send

    def spied(self: HTTPAdapter, request: Any, **kwargs: Any) -> requests.Response:
        limits.append(kwargs.get("timeout"))
        return send(self, request, **kwargs)

    monkeypatch.setattr(HTTPAdapter, "send", spied)
    with scripted(Reply(201, WRITTEN)) as server:
        plain(session, server).Case.create({"Subject": "x"})
    assert limits == [None]

    limits.clear()
    with scripted(Reply(201, WRITTEN)) as server, transport(tmp_path) as made:
        ours(made, server).Case.create({"Subject": "x"})
    assert len(limits) == 2
    assert all(0 < each <= 2.0 for limit in limits for each in limit)


@pytest.mark.parametrize("status", [302, 303])
def test_trap_a_redirected_upsert_becomes_a_read_that_succeeds(
    status: int, session: requests.Session, tmp_path: Path
) -> None:
    away = Reply(status, b"", {"Location": "/elsewhere"})
    with scripted(away, Reply(200, {})) as server:
        assert plain(session, server).Case.upsert("Handoff_Id__c/1", {"Subject": "x"}) == 200
    assert [(seen.method, seen.body != b"") for seen in server.seen] == [("PATCH", True), ("GET", False)]

    with scripted(away, Reply(200, {})) as server, transport(tmp_path) as made, pytest.raises(Uncertain):
        ours(made, server).Case.upsert("Handoff_Id__c/1", {"Subject": "x"})
    assert [seen.method for seen in server.seen] == ["PATCH"]


@pytest.mark.parametrize("status", [307, 308])
def test_trap_a_redirect_takes_the_record_to_another_host(
    status: int, session: requests.Session, tmp_path: Path
) -> None:
    with scripted(Reply(200, {}), Reply(200, {})) as second, transport(tmp_path) as made:
        away = Reply(status, b"", {"Location": second.url + "/elsewhere"})
        with scripted(away) as server:
            plain(session, server).Case.upsert("Handoff_Id__c/1", {"Subject": "canary"})
        assert [b"canary" in seen.body for seen in second.seen] == [True]

        with scripted(away) as server, pytest.raises(Uncertain):
            ours(made, server).Case.upsert("Handoff_Id__c/1", {"Subject": "canary"})
        assert len(second.seen) == 1


def test_trap_a_page_passes_for_an_upsert(session: requests.Session, tmp_path: Path) -> None:
    with scripted(html()) as server:
        assert plain(session, server).Case.upsert("Handoff_Id__c/1", {"Subject": "x"}) == 200

    with scripted(html()) as server, transport(tmp_path) as made, pytest.raises(Uncertain) as caught:
        ours(made, server).Case.upsert("Handoff_Id__c/1", {"Subject": "x"})
    assert caught.value.code == "NOT_JSON"


def test_trap_its_errors_show_what_they_were_about(session: requests.Session, tmp_path: Path) -> None:
    doubled = error(400, "DUPLICATE_VALUE", "duplicate value found: canary")
    with scripted(doubled) as server, pytest.raises(SalesforceMalformedRequest) as shown:
        plain(session, server).Case.create({"Subject": "x"})
    assert "canary" in str(shown.value)
    assert HOST in str(shown.value)

    with scripted(doubled) as server, transport(tmp_path) as made, pytest.raises(Rejected) as caught:
        ours(made, server).Case.create({"Subject": "x"})
    assert caught.value.code == "DUPLICATE_VALUE"
    assert_nothing_private(caught.value)


def test_trap_deep_json_is_no_json_error(session: requests.Session, tmp_path: Path) -> None:
    deep = Reply(200, b"[" * 200_000)
    with scripted(deep) as server, pytest.raises(RecursionError):
        plain(session, server).query("SELECT Id FROM Case")

    with scripted(*[deep] * 3) as server, transport(tmp_path) as made, pytest.raises(Uncertain) as caught:
        ours(made, server).query("SELECT Id FROM Case")
    assert caught.value.code == "BAD_ANSWER"


def test_a_packed_body_is_sent_again_as_it_was(tmp_path: Path) -> None:
    packed = gzip.compress(b'{"Subject": "x"}')
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    with scripted(EXPIRED, html(502), GOOD) as server, transport(tmp_path) as made:
        ours(made, server).restful(
            "composite", method="POST", data=packed, headers=headers, call=Call(keyed=True)
        )
    assert [(seen.body, seen.headers["content-encoding"]) for seen in server.seen] == [(packed, "gzip")] * 3
