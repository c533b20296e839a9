"""The control address, and the sizes and conditions of requests, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from sf_handoff.commands.serve import environment
from sf_handoff.embedded import Embedded, Fault
from tests.embedded.world import VERSION, Api, an_org

DATA = f"/services/data/v{VERSION}"


@pytest.fixture(autouse=True)
def _clear(org: Embedded) -> Iterator[None]:
    yield
    org.faults.clear()


class Control:
    """As another process would ask: without a session."""

    def __init__(self, org: Embedded) -> None:
        self.root = org.control
        self.http = requests.Session()
        self.http.trust_env = False

    def __call__(self, method: str, page: str, **more: Any) -> requests.Response:
        return self.http.request(method, f"{self.root}/{page}", timeout=10, **more)


@pytest.fixture(scope="module")
def control(org: Embedded) -> Iterator[Control]:
    control = Control(org)
    with control.http:
        yield control


def test_another_process_orders_a_fault(control: Control, api: Api, org: Embedded) -> None:
    ordered = {"path": "/limits$", "kind": "unavailable", "headers": {"Retry-After": "7"}, "times": 2}
    answer = control("POST", "faults", json=ordered)
    assert answer.status_code == 201 and answer.json().items() >= ordered.items()
    assert org.faults.coming == [Fault("/limits$", "unavailable", headers={"Retry-After": "7"}, times=2)]
    first = api("GET", "/limits")
    assert (first.status_code, first.headers["Retry-After"]) == (503, "7")
    (left,) = control("GET", "faults").json()
    assert left["times"] == 1
    assert control("DELETE", "faults").status_code == 204
    assert control("GET", "faults").json() == []
    assert api("GET", "/limits").status_code == 200


def test_what_is_held_goes_on_when_all_is_cleared(control: Control, api: Api, org: Embedded) -> None:
    assert control("POST", "faults", json={"path": "/limits$", "kind": "hold_after"}).status_code == 201
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(api, "GET", "/limits")
        assert org.faults.held.wait()
        assert control("DELETE", "faults").status_code == 204
        assert answer.result().status_code == 200


def test_rows_and_chance_can_be_ordered_too(control: Control, api: Api, org: Embedded) -> None:
    fault = {"kind": "row", "sobject": "Case", "where": {"Subject": "hot"}, "times": None}
    assert control("POST", "faults", json=fault).status_code == 201
    assert (
        control("POST", "faults", json={"path": "/limits", "chance": 0.5, "times": None}).status_code == 201
    )
    assert api("POST", "/sobjects/Case", {"Subject": "hot"}).json()[0]["errorCode"] == "UNABLE_TO_LOCK_ROW"
    assert api("POST", "/sobjects/Case", {"Subject": "cold"}).status_code == 201
    assert len(org.faults) == 2


def test_the_seed_is_set_with_a_clean_slate(control: Control, org: Embedded) -> None:
    def run(seed: str) -> list[bool]:
        assert control("DELETE", f"faults?seed={seed}").status_code == 204
        control("POST", "faults", json={"path": "x", "chance": 0.5, "times": None})
        return [org.faults.take("GET", "x") is not None for _ in range(64)]

    assert run("5") == run("5") != run("6")
    for wrong in ("-1", "9" * 5000):
        answer = control("DELETE", f"faults?seed={wrong}")
        assert (answer.status_code, answer.json()) == (400, {"error": "seed: not a number"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "not an object"),
        (b'{"route": "/", "why": 1}', "route, why: no field of a fault"),
        (b'{"kind": "flood"}', "kind: Input should be"),
        (b'{"path": "("}', "path: not a regular expression"),
        (b'{"times": "often"}', "times: Input should be a valid integer"),
        (b'{"times": 0}', "times: less than 1"),
        (b'{"headers": {"Retry-After": 1}}', "headers: Retry-After: Input should be a valid string"),
    ],
)
def test_what_is_no_fault_is_refused_by_its_field(
    control: Control, org: Embedded, given: bytes, said: str
) -> None:
    answer = control("POST", "faults", data=given)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(said)
    assert len(org.faults) == 0


def test_it_tells_what_was_asked_and_is_not_asked_itself(control: Control, api: Api, org: Embedded) -> None:
    before = control("GET", "usage").json()
    org.faults.add(Fault("", "answer", times=1))
    assert control("GET", "requests").json() == org.requests
    assert control("GET", "usage").json() == before, "no call counted, no fault met"
    with requests.Session() as another:
        another.trust_env = False
        for path in ("/services/data", f"{DATA}/limits?a=1"):
            another.get(org.http + path, headers=dict(api.http.headers), timeout=10)
    after = control("GET", "usage").json()
    assert {name: after[name] - before[name] for name in after} == {
        "apiCalls": 1,
        "requests": 2,
        "connections": 1,
    }
    assert after["apiCalls"] == org.api_calls
    assert control("GET", "requests").json()[-2:] == ["GET /services/data", f"GET {DATA}/limits"]


def test_it_needs_the_secret_and_no_browser(control: Control, org: Embedded) -> None:
    root, _, secret = control.root.rpartition("/")
    assert len(secret) >= 32
    for wrong in (
        root,
        f"{root}/{secret[:-1]}",
        f"{root}/{secret}x",
        f"{root}/{secret}/faults",
        f"{root}/%C3%A9",
        org.http,
    ):
        answer = control.http.get(f"{wrong}/faults", timeout=10)
        assert (answer.status_code, secret in answer.text) == (404, False), wrong
    for method, page in (("PUT", "faults"), ("POST", "usage"), ("GET", ""), ("GET", "secrets")):
        assert control(method, page).status_code == 404
    for origin in (org.http, "null", "https://example.com"):
        assert control("GET", "faults", headers={"Origin": origin}).status_code == 403


def test_serve_tells_the_address(org: Embedded) -> None:
    assert environment(org)["EMBEDDED_CONTROL"] == org.control


def test_it_answers_over_tls_as_well(control: Control, api: Api, org: Embedded) -> None:
    address = control.root.replace(org.http, org.https) + "/faults"
    assert api.http.get(address, timeout=10).json() == []


def test_the_secret_is_another_one_each_time(org: Embedded, tmp_path_factory: pytest.TempPathFactory) -> None:
    with an_org(tmp_path_factory.mktemp("another")) as another:
        assert another.control.rpartition("/")[2] != org.control.rpartition("/")[2]


@pytest.mark.parametrize("length", [16_385, 200_000])
def test_a_uri_over_16384_bytes(api: Api, org: Embedded, length: int) -> None:
    calls = org.api_calls
    answer = api("GET", padded("/limits?", length))
    assert answer.status_code == 414
    assert answer.text == "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"
    assert org.api_calls == calls
    assert api("GET", padded("/limits?", 16_384)).status_code == 431, "the headers are over it"
    assert api("GET", padded("/limits?", 15_000)).status_code == 200


def padded(path: str, length: int) -> str:
    """`path` below the version, so that the whole URI is of this length."""
    return path + "a" * (length - len(DATA) - len(path))


def test_headers_over_what_the_uri_leaves_of_16384_bytes(api: Api) -> None:
    answer = api("GET", "/limits", headers={"X-Much": "a" * 16_300})
    assert (answer.status_code, "Request Header Fields Too Large" in answer.text) == (431, True)
    assert api("GET", "/limits", headers={"X-Much": "a" * 15_000}).status_code == 200


@pytest.mark.parametrize("path", ["/sobjects", "/sobjects/Case", "/sobjects/Case/describe"])
def test_a_describe_that_the_client_knows_is_not_sent_again(api: Api, path: str) -> None:
    first = api("GET", path)
    assert first.status_code == 200
    known = {"If-Modified-Since": first.headers["Last-Modified"]}
    again = api("GET", path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert parsedate_to_datetime(again.headers["Last-Modified"]).year > 2000
    for since in ("Sat, 01 Jan 2000 00:00:01 GMT", "yesterday", ""):
        assert api("GET", path, headers={"If-Modified-Since": since}).status_code == 200
    url = f"{DATA}{path}"
    (part,) = api.composite({"method": "GET", "url": url, "referenceId": "it", "httpHeaders": known})
    assert (part["httpStatusCode"], part["body"]) == (304, None)


def test_not_modified_is_no_failure_of_a_composite(api: Api) -> None:
    known = {"If-Modified-Since": api("GET", "/sobjects").headers["Last-Modified"]}
    case = {"method": "POST", "url": f"{DATA}/sobjects/Case", "referenceId": "made", "body": {}}
    asked = {"method": "GET", "url": f"{DATA}/sobjects", "referenceId": "known", "httpHeaders": known}
    parts = api.composite(case, asked, all_or_none=True)
    assert [each["httpStatusCode"] for each in parts] == [201, 304]


def test_an_answer_is_compressed_for_those_who_ask(api: Api) -> None:
    zipped = api("GET", "/sobjects/Case/describe", headers={"Accept-Encoding": "gzip"})
    plain = api("GET", "/sobjects/Case/describe", headers={"Accept-Encoding": "identity"})
    assert zipped.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert zipped.json() == plain.json()
    assert int(zipped.headers["Content-Length"]) * 4 < int(plain.headers["Content-Length"])
