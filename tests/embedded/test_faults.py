from __future__ import annotations

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from sf_handoff.embedded import Embedded, Fault
from sf_handoff.embedded.faults import LOCK, LOCKED, WRAPPED, Faults, Kind
from tests.embedded.world import VERSION, Api, an_org, refusal

KEY = "/sobjects/Case/Handoff_Id__c"


@pytest.fixture(scope="module", params=["plain", "tls"])
def api(request: pytest.FixtureRequest, org: Embedded) -> Iterator[Api]:
    api = Api(org, tls=request.param == "tls")
    with api.http:
        yield api


@pytest.fixture(autouse=True)
def _clear(org: Embedded) -> Iterator[None]:
    yield
    org.faults.clear()


def held(org: Embedded, key: str) -> bool:
    return key in {each["Handoff_Id__c"] for each in org.records("Case")}


def broken(api: Api, key: str) -> None:
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        api("PATCH", f"{KEY}/{key}", {})


@pytest.mark.parametrize(("kind", "done"), [("drop_before", False), ("drop_after", True), ("truncate", True)])
def test_the_connection_breaks_before_or_after(api: Api, org: Embedded, kind: Kind, done: bool) -> None:
    key = f"{api.base[:5]}-{kind}"
    org.faults.add(Fault(path=KEY, kind=kind))
    broken(api, key)
    assert held(org, key) == done
    assert api("PATCH", f"{KEY}/{key}", {}).status_code == (200 if done else 201)


def test_an_answer_that_is_not_the_orgs(api: Api, org: Embedded) -> None:
    busy = [{"errorCode": "SERVER_UNAVAILABLE", "message": "busy"}]
    org.faults.add(Fault(path="/sobjects/Case/", kind="answer", body=busy, headers={"Retry-After": "2"}))
    org.faults.add(Fault(path="/sobjects/Case/", kind="answer", status=502, body="Bad gateway"))
    org.faults.add(Fault(path="/sobjects/Case/", kind="html"))
    key = f"{api.base[:5]}-answer"
    first, second, third, last = (api("PATCH", f"{KEY}/{key}", {}) for _ in range(4))
    assert (first.status_code, first.json(), first.headers["Retry-After"]) == (503, busy, "2")
    assert (second.status_code, second.text) == (502, "Bad gateway")
    assert (third.status_code, third.headers["Content-Type"]) == (200, "text/html; charset=UTF-8")
    assert last.status_code == 201, "nothing was done before"


def test_a_fault_meets_its_path_and_method_and_then_is_over(api: Api, org: Embedded) -> None:
    org.faults.add(Fault(path="/limits$", kind="answer", method="GET", times=2))
    assert api("GET", "/sobjects").status_code == 200
    assert [api("GET", "/limits").status_code for _ in range(3)] == [503, 503, 200]
    org.faults.add(Fault(path="/limits$", kind="answer", method="POST"))
    assert api("GET", "/limits").status_code == 200
    assert len(org.faults) == 1


def test_the_way_to_a_token_can_fail_too(api: Api, org: Embedded) -> None:
    org.faults.add(Fault(path="/services/oauth2/token", kind="drop_before"))
    with pytest.raises(requests.ConnectionError):
        api.http.post(f"{api.base}/services/oauth2/token", data={}, timeout=10)


SESSION = (401, "INVALID_SESSION_ID", "Session expired or invalid")
DAILY = (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
CONCURRENT = (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")


@pytest.mark.parametrize(
    ("kind", "said"), [("expired", SESSION), ("daily_limit", DAILY), ("concurrent_limit", CONCURRENT)]
)
def test_refusals_in_salesforces_words(
    api: Api, org: Embedded, kind: Kind, said: tuple[int, str, str]
) -> None:
    key = f"{api.base[:5]}-{kind}"
    org.faults.add(Fault(KEY, kind))
    calls = org.api_calls
    answer = api("PATCH", f"{KEY}/{key}", {})
    assert refusal(answer) == said
    assert answer.headers.get("WWW-Authenticate") == ("Token" if kind == "expired" else None)
    assert not held(org, key) and org.api_calls == calls
    assert api("PATCH", f"{KEY}/{key}", {}).status_code == 201, "the session is as good as before"


@pytest.mark.parametrize("after", ["120", "Fri, 31 Dec 1999 23:59:59 GMT", "-1", None])
@pytest.mark.parametrize(("kind", "status"), [("too_many_requests", 429), ("unavailable", 503)])
def test_busy_with_and_without_retry_after(
    api: Api, org: Embedded, kind: Kind, status: int, after: str | None
) -> None:
    org.faults.add(Fault("/limits$", kind, headers={"Retry-After": after} if after else {}))
    answer = api("GET", "/limits")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, after)
    assert set(answer.json()[0]) == {"message", "errorCode"}
    assert api("GET", "/limits").status_code == 200


@pytest.mark.parametrize(("kind", "done"), [("hold_before", False), ("hold_after", True)])
def test_an_answer_waits_until_it_is_released(api: Api, org: Embedded, kind: Kind, done: bool) -> None:
    key = f"{api.base[:5]}-{kind}"
    org.faults.add(Fault(KEY, kind))
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(api, "PATCH", f"{KEY}/{key}", {"Subject": "waits"})
        assert org.faults.held.wait()
        assert held(org, key) == done and not answer.done()
        org.faults.held.release()
        assert answer.result().status_code == 201
    assert [each["Subject"] for each in org.records("Case") if each["Handoff_Id__c"] == key] == ["waits"]


@pytest.mark.parametrize(("kind", "done"), [("hold_before", False), ("hold_after", True)])
def test_a_client_that_gives_up_waiting(org: Embedded, kind: Kind, done: bool) -> None:
    """What was held before it was done is never done; the rest cannot be taken back."""
    key = f"given-up-{kind}"
    org.faults.add(Fault(KEY, kind))
    connection = asking(org, "PATCH", f"{KEY}/{key}", b"{}")
    assert org.faults.held.wait()
    connection.close()
    assert org.faults.held.wait(0)
    assert held(org, key) == done


@pytest.mark.parametrize("kind", ["hold_before", "hold_after"])
def test_a_wait_can_have_an_end(api: Api, org: Embedded, kind: Kind) -> None:
    org.faults.add(Fault("/limits$", kind, seconds=0.01))
    assert api("GET", "/limits").status_code == 200
    assert len(org.faults) == 0


def asking(org: Embedded, method: str, path: str, body: bytes | None = None) -> http.client.HTTPConnection:
    """A connection on which a request was sent and nothing was read."""
    connection = http.client.HTTPConnection(urlsplit(org.http).netloc, timeout=10)
    headers = {"Authorization": f"Bearer {org.access_token()}"}
    connection.request(method, f"/services/data/v{VERSION}{path}", body, headers)
    return connection


def test_an_answer_trickles(org: Embedded) -> None:
    org.faults.add(Fault("/limits$", "slow_body", rate=1))
    connection = asking(org, "GET", "/limits")
    answer = connection.getresponse()
    assert (answer.status, answer.read(1)) == (200, b"{")
    assert org.faults.held.wait(), "the rest would take minutes"
    org.faults.held.release()
    assert answer.read().endswith(b"}}")
    connection.close()


def test_a_client_that_leaves_amid_a_trickle_holds_nothing_up(api: Api, org: Embedded) -> None:
    org.faults.add(Fault("/limits$", "slow_body", rate=1))
    with api("GET", "/limits", stream=True) as answer:
        assert answer.status_code == 200 and len(answer.raw.read(1)) == 1
    assert org.faults.held.wait(0)
    assert api("GET", "/limits").status_code == 200


@pytest.mark.parametrize("kind", ["hold_before", "hold_after", "slow_body"])
def test_an_org_ends_although_a_request_waits(tmp_path: Path, kind: Kind) -> None:
    with an_org(tmp_path) as org:
        org.faults.add(Fault("/limits$", kind, seconds=3600))
        connection = asking(org, "GET", "/limits")
        assert org.faults.held.wait()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        connection.getresponse().read()
    connection.close()


def test_a_quick_trickle_is_whole(api: Api, org: Embedded) -> None:
    whole = api("GET", "/sobjects/Case/describe").json()
    org.faults.add(Fault("/describe$", "slow_body", rate=10**7))
    assert api("GET", "/sobjects/Case/describe").json() == whole


def test_truncated_json_that_is_not_compressed(api: Api, org: Embedded) -> None:
    org.faults.add(Fault("/limits$", "truncate"))
    plain = {"Accept-Encoding": "identity"}
    with api("GET", "/limits", headers=plain, stream=True) as answer:
        said = answer.raw.read(20)
        assert answer.status_code == 200 and said.startswith(b'{"DailyApiRequests"')
        with pytest.raises(Exception, match="IncompleteRead"):
            answer.raw.read()


def written(api: Api, resource: str, key: str) -> tuple[int, str]:
    """The status and the code with which `resource` refuses one new Case."""
    case: dict[str, Any] = {"attributes": {"type": "Case"}, "Handoff_Id__c": key}
    root = f"/services/data/v{VERSION}"
    part = {"method": "PATCH", "url": f"{root}{KEY}/{key}", "referenceId": "it", "body": {}}
    if resource == "single":
        return refusal(api("POST", "/sobjects/Case", {"Handoff_Id__c": key}))[:2]
    if resource == "upsert":
        return refusal(api("PATCH", f"{KEY}/{key}", {}))[:2]
    if resource == "collections":
        (item,) = api("PATCH", "/composite/sobjects/Case/Handoff_Id__c", {"records": [case]}).json()
        return 200, item["errors"][0]["statusCode"]
    if resource == "composite":
        (found,) = api.composite(part)
        return found["httpStatusCode"], found["body"][0]["errorCode"]
    if resource == "graph":
        graphs = {"graphs": [{"graphId": "g", "compositeRequest": [part]}]}
        (graph,) = api("POST", "/composite/graph", graphs).json()["graphs"]
        (found,) = graph["graphResponse"]["compositeResponse"]
        return found["httpStatusCode"], found["body"][0]["errorCode"]
    node = {**case, "attributes": {"type": "Case", "referenceId": "it"}}
    answer = api("POST", "/composite/tree/Case", {"records": [node]})
    return answer.status_code, answer.json()["results"][0]["errors"][0]["statusCode"]


@pytest.mark.parametrize("resource", ["single", "upsert", "collections", "composite", "graph", "tree"])
def test_a_row_is_locked_in_every_resource(api: Api, org: Embedded, resource: str) -> None:
    key = f"{api.base[:5]}-row-{resource}"
    org.faults.add(Fault(kind="row", sobject="Case"))
    status, code = written(api, resource, key)
    assert code == LOCKED and status == (200 if resource == "collections" else 400)
    assert not held(org, key)
    assert api("PATCH", f"{KEY}/{key}", {}).status_code == 201, "it was locked once"


def test_some_of_many_rows_are_locked(api: Api, org: Embedded) -> None:
    keys = [f"{api.base[:5]}-many-{at}" for at in range(6)]
    records = [{"attributes": {"type": "Case"}, "Handoff_Id__c": each} for each in keys]
    org.faults.add(Fault(kind="row", sobject="Case", where={"Handoff_Id__c": keys[4]}))
    org.faults.add(Fault(kind="row", sobject="Task", times=None))
    org.faults.add(Fault(kind="row", times=2))
    items = api("PATCH", "/composite/sobjects/Case/Handoff_Id__c", {"records": records}).json()
    assert [each["success"] for each in items] == [False, False, True, True, False, True]
    assert items[0]["errors"] == [{"statusCode": LOCKED, "message": LOCK, "fields": []}]
    assert [held(org, each) for each in keys] == [each["success"] for each in items]


def test_a_lock_inside_a_trigger_and_any_other_refusal_of_a_row(api: Api, org: Embedded) -> None:
    key = f"{api.base[:5]}-update"
    assert api("PATCH", f"{KEY}/{key}", {}).status_code == 201
    org.faults.add(Fault(kind="row", code=WRAPPED))
    org.faults.add(Fault(kind="row", code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="No."))
    status, code, message = refusal(api("PATCH", f"{KEY}/{key}", {"Subject": "new"}))
    assert (status, code) == (400, WRAPPED) and f"{LOCKED}, {LOCK}" in message
    assert refusal(api("PATCH", f"{KEY}/{key}", {"Subject": "new"})) == (
        400,
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "No.",
    )
    assert [each["Subject"] for each in org.records("Case") if each["Handoff_Id__c"] == key] == [None]


def test_a_row_fault_is_not_for_the_agent_nor_for_a_request(api: Api, org: Embedded) -> None:
    org.faults.add(Fault(kind="row"))
    org.update("Case", org.create("Case"), Subject="by an agent")
    assert api("GET", "/sobjects/Case").status_code == 200
    assert api("POST", "/sobjects/Case", {"Nothing__c": 1}).json()[0]["errorCode"] == "INVALID_FIELD"
    assert len(org.faults) == 1


def test_chance_comes_from_the_seed() -> None:
    def run(faults: Faults) -> list[bool]:
        faults.add(Fault("/composite", times=None, chance=0.25))
        return [faults.take("POST", "/composite") is not None for _ in range(400)]

    faults = Faults(seed=7)
    first = run(faults)
    assert 60 < sum(first) < 140 and len(faults) == 1
    faults.clear(seed=7)
    assert run(faults) == first
    faults.clear(seed=8)
    assert run(faults) != first


def test_the_first_fault_that_meets_a_request_happens_and_no_other() -> None:
    faults = Faults()
    faults.add(Fault("/query", status=500, times=2))
    faults.add(Fault("/query|/limits", status=502))
    took = [faults.take("GET", path) for path in ("/query", "/limits", "/query", "/query")]
    assert [each and each.status for each in took] == [500, 502, 500, None]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"path": "("}, "path"),
        ({"times": 0}, "times"),
        ({"status": 100}, "status"),
        ({"chance": 0}, "chance"),
        ({"chance": 1.5}, "chance"),
        ({"rate": 0}, "rate"),
        ({"kind": "row", "path": "/sobjects"}, "path, method"),
        ({"kind": "row", "method": "POST"}, "path, method"),
    ],
)
def test_a_fault_that_could_never_happen_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}: "):
        Fault(**fields)
