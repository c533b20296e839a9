from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from sf_handoff.embedded import Embedded, Fault
from sf_handoff.embedded.faults import Kind
from tests.embedded.world import Api

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
