from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import RECORD_TYPE, Api, an_org, refusal

NOWHERE = (404, "NOT_FOUND", "The requested resource does not exist")


def test_versions_need_no_session_and_cost_nothing(api: Api, org: Embedded) -> None:
    calls = org.api_calls
    for path in ("/services/data", "/services/data/"):
        answer = api.http.get(api.base + path, headers={"Authorization": ""}, timeout=10)
        found = {each["version"]: each for each in answer.json()}
        assert list(found) == [f"{number}.0" for number in range(31, 69)]
        assert found["66.0"] == {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"}
        assert (found["31.0"]["label"], found["68.0"]["label"]) == ("Summer '14", "Winter '27")
        assert "Sforce-Limit-Info" not in answer.headers
    assert org.api_calls == calls


@pytest.mark.parametrize("version", ["30.0", "69.0", "iAmABadVersion", "66.5"])
def test_other_versions_do_not_exist(api: Api, version: str) -> None:
    answer = api("GET", "/sobjects", version=version)
    assert refusal(answer) == NOWHERE
    assert "Sforce-Limit-Info" not in answer.headers


@pytest.mark.parametrize("path", ["/jobs", "/composite/forest", "/tooling/query", "/analytics/reports/00O"])
def test_what_is_not_here_does_not_exist(api: Api, path: str) -> None:
    assert refusal(api("POST", path, {})) == NOWHERE
    outside = api.http.get(f"{api.base}/services/Soap/u/66.0", timeout=10)
    assert refusal(outside) == NOWHERE


def test_a_method_that_a_resource_lacks(api: Api) -> None:
    answer = api("PUT", "/sobjects/Case", {})
    message = "HTTP Method 'PUT' not allowed. Allowed are GET,HEAD,POST"
    assert refusal(answer) == (405, "METHOD_NOT_ALLOWED", message)
    token = api.http.get(f"{api.base}/services/oauth2/token", timeout=10)
    assert refusal(token)[:2] == (405, "METHOD_NOT_ALLOWED")


def test_headers_are_the_recorded_ones(api: Api, recorded: Path) -> None:
    real = json.loads((recorded / "sf-fx-runtime-nodejs/query.json").read_text("utf-8"))["response"][
        "headers"
    ]
    answer = api.query("SELECT Id FROM Case")
    hosted = {"Set-Cookie", "Date", "Sforce-Limit-Info", "Strict-Transport-Security"}
    assert {name: answer.headers.get(name) for name in real if name not in hosted} == {
        name: value for name, value in real.items() if name not in hosted
    }


def test_every_data_call_is_counted_and_said(api: Api, org: Embedded) -> None:
    before = org.api_calls
    assert api("GET", "").status_code == 200
    assert api("GET", "/sobjects/Nothing").status_code == 404
    answer = api("GET", "/limits/")
    assert org.api_calls == before + 3
    assert answer.headers["Sforce-Limit-Info"] == f"api-usage={before + 3}/100000"
    left = answer.json()["DailyApiRequests"]
    assert left == {"Max": 100_000, "Remaining": 100_000 - before - 3}
    assert "HourlySyncReportRuns" in answer.json()


def test_the_days_calls_come_to_an_end(tmp_path: Path) -> None:
    with an_org(tmp_path, daily_calls=2) as org:
        api = Api(org)
        with api.http:
            assert [api("GET", "/sobjects").status_code for _ in range(2)] == [200, 200]
            over = (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
            assert refusal(api("GET", "/sobjects")) == over
            assert org.api_calls == 2


def test_the_resources_that_are_listed_exist(api: Api) -> None:
    listed = api("GET", "/").json()
    assert set(listed) == {"composite", "limits", "query", "queryAll", "sobjects"}
    for url in listed.values():
        assert api.http.get(api.base + url, timeout=10).status_code != 404


def test_a_body_may_be_gzipped(api: Api, org: Embedded) -> None:
    packed = gzip.compress(json.dumps({"Subject": "packed"}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert api("POST", "/sobjects/Case", data=packed, headers=headers).status_code == 201
    assert org.records("Case")[-1]["Subject"] == "packed"
    for broken in (packed[:20], b"no gzip at all"):
        answer = api("POST", "/sobjects/Case", data=broken, headers=headers)
        assert refusal(answer)[:2] == (400, "JSON_PARSER_ERROR")


def test_head_is_get_without_a_body(api: Api) -> None:
    answer = api("HEAD", "/sobjects")
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_basic_information_of_an_sobject(api: Api) -> None:
    answer = api("GET", "/sobjects/case").json()
    assert set(answer) == {"objectDescribe", "recentItems"}
    assert answer["objectDescribe"]["name"] == "Case"
    assert answer["objectDescribe"]["urls"]["describe"] == "/services/data/v66.0/sobjects/Case/describe"


def test_describe_lists_record_types_and_children(api: Api, org: Embedded) -> None:
    answer = api("GET", "/sobjects/Case/describe").json()
    infos = {each["developerName"]: each["recordTypeId"] for each in answer["recordTypeInfos"]}
    assert infos == {RECORD_TYPE: org.records("RecordType")[0]["Id"], "Master": "012000000000000AAA"}
    children = {(each["childSObject"], each["field"]): each["relationshipName"]
                for each in answer["childRelationships"]}  # fmt: skip
    assert children[("Task", "WhatId")] == "Tasks"
    assert answer["urls"]["uiDetailTemplate"] == f"{org.http}/{{ID}}"


def test_the_last_requests_are_remembered(api: Api, org: Embedded) -> None:
    api("GET", "/limits?x=1")
    assert org.requests[-1] == "GET /services/data/v66.0/limits"


def test_a_mistake_of_ours_is_answered_as_one_of_theirs(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sf_handoff.embedded.usage.header", lambda org: 1 / 0)
    with caplog.at_level("CRITICAL"):
        answer = api("GET", "/limits")
    assert refusal(answer) == (500, "UNKNOWN_EXCEPTION", "An unexpected error occurred.")
