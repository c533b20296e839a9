from __future__ import annotations

from typing import Any

import pytest

from sf_handoff.embedded import Embedded
from sf_handoff.embedded.reading import read_json, whole
from tests.embedded.world import Api, refusal

DEEP = b"[" * 100_000 + b"]" * 100_000
DIGITS = "9" * 5000
NO_NUMBERS = ("9" * 19, DIGITS, "", "-1", "1.0", "\u0663", "1_0", " 1", "1\n")


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        f'{{"a": {DIGITS}}}'.encode(),
        DEEP,
        b"\xff",
        '{"a": 1}'.encode("utf-16"),
        b"",
    ],
    ids=lambda body: str(body[:16]),
)
def test_what_is_no_json(body: bytes) -> None:
    with pytest.raises(ValueError):
        read_json(body)


def test_what_is_json_after_all() -> None:
    assert read_json('{"a": "\\ud83d\\ude00 é", "b": [1, 2.5, null]}'.encode()) == {
        "a": "\U0001f600 é",
        "b": [1, 2.5, None],
    }
    assert read_json(b"\xef\xbb\xbf{}") == {}, "a byte order mark is overlooked"


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1), *((text, None) for text in NO_NUMBERS)],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("path", ["/sobjects/Case", "/composite", "/composite/tree/Case", "/jobs/ingest"])
@pytest.mark.parametrize("body", [DEEP, f'{{"Taps__c": {DIGITS}}}'.encode(), b'{"Taps__c": NaN}'])
def test_no_body_is_too_odd_to_be_refused(api: Api, path: str, body: bytes) -> None:
    answer = api("POST", path, data=body)
    assert refusal(answer)[:2] == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize(
    "media", ["application/xml", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"]
)
def test_a_body_that_says_it_is_no_json(api: Api, org: Embedded, media: str) -> None:
    before = len(org.records("Case"))
    answer = api("POST", "/sobjects/Case", data=b"{}", headers={"Content-Type": media})
    message = f"Content-Type header specified in HTTP request is not supported: {media}"
    assert refusal(answer) == (415, "UNSUPPORTED_MEDIA_TYPE", message)
    assert len(org.records("Case")) == before


@pytest.mark.parametrize("media", [None, "application/json; charset=utf-8", "Application/JSON"])
def test_a_body_that_says_it_is_json_or_nothing(api: Api, media: str | None) -> None:
    headers = {"Content-Type": media} if media else {}
    assert api("POST", "/sobjects/Case", data=b"{}", headers=headers).status_code == 201


def test_numbers_beyond_counting(api: Api) -> None:
    assert api("GET", "/sobjects", version=f"{DIGITS}.0").status_code == 404
    many = {"Sforce-Query-Options": f"batchSize={DIGITS}"}
    assert api("GET", "/query", params={"q": "SELECT Id FROM Contact"}, headers=many).status_code == 200
    assert api.query(f"SELECT Id FROM Contact LIMIT {DIGITS}").json()["totalSize"] > 0
    days = refusal(api.query(f"SELECT Id FROM Contact WHERE CreatedDate = LAST_N_DAYS:{DIGITS}"))
    assert days[:2] == (400, "MALFORMED_QUERY")


def test_a_statement_of_more_than_100000_characters(api: Api) -> None:
    def asked(soql: str) -> dict[str, Any]:
        url = f"/services/data/v66.0/query?q={soql}"
        (found,) = api.composite({"method": "GET", "url": url, "referenceId": "q"})
        return found

    soql = "SELECT Id FROM Contact"
    assert asked(soql.ljust(100_000))["httpStatusCode"] == 200
    found = asked(soql.ljust(100_001))
    assert (found["httpStatusCode"], found["body"][0]["errorCode"]) == (400, "MALFORMED_QUERY")


@pytest.mark.parametrize("body", [[], "", 0, False])
def test_a_part_whose_body_is_no_object(api: Api, body: Any) -> None:
    part = {"method": "POST", "url": "/services/data/v66.0/sobjects/Case"}
    whole = {"compositeRequest": [{**part, "referenceId": "a", "body": body}]}
    assert refusal(api("POST", "/composite", whole))[:2] == (400, "JSON_PARSER_ERROR")
    many = {"batchRequests": [{**part, "richInput": body}]}
    assert refusal(api("POST", "/composite/batch", many))[:2] == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("sobject", ["User", "Organization", "RecordType"])
def test_what_its_describe_says_is_not_deletable(api: Api, org: Embedded, sobject: str) -> None:
    before = org.records(sobject)
    record_id = before[0]["Id"]
    code, message = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be deleted: {sobject}"
    assert refusal(api("DELETE", f"/sobjects/{sobject}/{record_id}")) == (400, code, message)
    (found,) = api("DELETE", "/composite/sobjects", params={"ids": record_id}).json()
    assert found["errors"] == [{"statusCode": code, "message": message, "fields": []}]
    assert org.records(sobject) == before


def test_what_its_describe_says_is_not_createable(api: Api, org: Embedded) -> None:
    assert refusal(api("POST", "/sobjects/Organization", {})) == (
        400,
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "entity type cannot be inserted: Organization",
    )
    assert len(org.records("Organization")) == 1
