"""What each answer of Salesforce is taken for, by status, by code, by shape."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from sf_handoff.adapters.answers import RefusedNow, SessionOver, error_in, problem_in, readable, retry_after
from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, Rejected, Uncertain

JSON = "application/json;charset=UTF-8"


def response(status: int, body: Any = b"", content_type: str = JSON, **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    made.headers.update({"Content-Type": content_type, **headers})
    return made


def errors(code: str, message: str = "canary", **more: Any) -> list[dict[str, Any]]:
    return [{"errorCode": code, "message": message, **more}]


# Successes


@pytest.mark.parametrize(
    "content_type", [JSON, "application/json", "Application/JSON", "application/problem+json"]
)
@pytest.mark.parametrize("status", [200, 201])
def test_json_is_a_success(status: int, content_type: str) -> None:
    assert problem_in(response(status, {"id": "500"}, content_type)) is None


@pytest.mark.parametrize("content_type", [JSON, "text/html", ""])
def test_204_is_a_success_without_a_body(content_type: str) -> None:
    assert problem_in(response(204, b"", content_type)) is None


@pytest.mark.parametrize("status", [202, 203, 205, 206, 226, 299])
def test_no_other_status_is_a_success(status: int) -> None:
    assert isinstance(problem_in(response(status, {"id": "500", "success": True})), Uncertain)


# Anything but an answer

UNREADABLE = [
    b"",
    b" ",
    b'{"a": ',
    b"{'a': 1}",
    b"[" * 200_000,
    b'{"a":' * 200_000,
    b"NaN",
    b'{"a": [NaN]}',
    b'{"a": Infinity}',
    b'{"a": -Infinity}',
    b"1" * 5_000,
    b'{"a": 1, "a": 2}',
    b'[{"b": {"a": 1, "a": 1}}]',
    b"\xff\xfe\xfd",
    b'{"a": "\x00"}',
    b"{} {}",
    b"null",
    b"true",
    b"7",
    b'"text"',
]


@pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
def test_w06_w14_what_cannot_be_read_is_in_doubt(body: bytes) -> None:
    assert not readable(body)
    found = problem_in(response(200, body))
    assert isinstance(found, Uncertain)
    assert found.code == "BAD_ANSWER"


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize("content_type", [JSON, "text/html"])
def test_w10_a_redirect_is_in_doubt(status: int, content_type: str) -> None:
    found = problem_in(response(status, {"id": "500", "success": True}, content_type))
    assert isinstance(found, Uncertain)
    assert found.code == "REDIRECT"


@pytest.mark.parametrize("content_type", ["text/html; charset=UTF-8", "text/plain", "application/xml", ""])
@pytest.mark.parametrize("status", [200, 201, 400, 401, 403, 404, 420, 500, 502, 504])
def test_w07_a_page_is_in_doubt_with_any_status(status: int, content_type: str) -> None:
    found = problem_in(response(status, b'{"id": "500", "success": true}', content_type))
    assert isinstance(found, Uncertain)
    assert found.code == "NOT_JSON"


@pytest.mark.parametrize("status", [429, 503])
def test_w08_a_page_that_says_not_now(status: int) -> None:
    found = problem_in(response(status, b"<html>canary</html>", "text/html", **{"Retry-After": "12"}))
    assert isinstance(found, RefusedNow)
    assert (found.code, found.retry_after) == (f"HTTP_{status}", 12.0)


# Errors


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "INVALID_SESSION_ID", SessionOver),
        (401, "", SessionOver),
        (401, "INVALIDSESSIONID", SessionOver),
        (403, "REQUEST_LIMIT_EXCEEDED", Exhausted),
        (503, "SERVER_UNAVAILABLE", RefusedNow),
        (400, "UNABLE_TO_LOCK_ROW", RefusedNow),
        (409, "", RefusedNow),
        (429, "", RefusedNow),
        (500, "UNKNOWN_EXCEPTION", Uncertain),
        (500, "", Uncertain),
        (502, "", Uncertain),
        (504, "", Uncertain),
        (400, "INVALID_FIELD", Misconfigured),
        (403, "API_DISABLED_FOR_ORG", Misconfigured),
        (403, "", Misconfigured),
        (404, "UNSUPPORTED_API_VERSION", Misconfigured),
        (410, "", Misconfigured),
        (400, "REQUIRED_FIELD_MISSING", Rejected),
        (404, "NOT_FOUND", Rejected),
        (400, "SOMETHING_NEW", Rejected),
        (300, "", Rejected),
    ],
)
def test_an_error_is_told_by_code_then_by_status(status: int, code: str, kind: type[HandoffError]) -> None:
    found = problem_in(response(status, errors(code)))
    assert type(found) is kind
    assert found.code == (code or f"HTTP_{status}")


def test_fields_are_named_and_values_are_not() -> None:
    fields = ["LastName", "Handoff_Id__c", "canary is a value", 7, None, "x" * 200]
    found = problem_in(response(400, errors("REQUIRED_FIELD_MISSING", "canary", fields=fields)))
    assert isinstance(found, Rejected)
    assert found.fields == ("LastName", "Handoff_Id__c")
    assert found.message == (
        "Salesforce refused the request: REQUIRED_FIELD_MISSING (field LastName, Handoff_Id__c)."
    )


@pytest.mark.parametrize(
    "code", ["canary Gray", "x" * 81, "<b>", "a\nb", "\u0430bc", ["canary"], {"a": 1}, 7]
)
def test_what_is_no_code_is_not_passed_on(code: Any) -> None:
    found = problem_in(response(400, errors(code)))
    assert found is not None
    assert found.code == "HTTP_400"
    assert "canary" not in str(found)


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        ([{"errorCode": "A", "message": "b"}], "A", "b"),
        ({"errorCode": "A", "message": "b"}, "A", "b"),
        ({"error": "invalid_grant", "error_description": "b"}, "invalid_grant", "b"),
        ({"exceptionCode": "InvalidJob", "exceptionMessage": "b"}, "InvalidJob", "b"),
        ([{"message": "b"}], "", "b"),
        ([{"errorCode": None, "message": None}], "", ""),
        ([], "", ""),
        ([[]], "", ""),
        (["canary"], "", ""),
        ("canary", "", ""),
        (7, "", ""),
        (None, "", ""),
        (b"{", "", ""),
        (b"[" * 200_000, "", ""),
    ],
)
def test_the_shapes_of_errors(body: Any, code: str, text: str) -> None:
    assert error_in(response(400, body).content) == (code, text, ())


# Retry-After

DATE = "Fri, 20 Nov 2026 15:04:30 GMT"


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 1.0),
        ("-5", 1.0),
        ("901", 900.0),
        ("864000", 900.0),
        ("9" * 400, 900.0),
        ("Fri, 20 Nov 2026 15:05:00 GMT", 30.0),
        ("Fri, 20 Nov 2026 15:04:00 GMT", 1.0),
        ("Mon, 30 Nov 2026 15:04:30 GMT", 900.0),
        ("", None),
        ("-", None),
        ("soon", None),
        ("7.5", None),
        ("\u00b2", None),
        ("nan", None),
        ("inf", None),
        ("5, 7", None),
    ],
)
def test_w08_what_an_answer_asks_to_wait(asked: str, seconds: float | None) -> None:
    assert retry_after(response(503, Date=DATE, **{"Retry-After": asked})) == seconds


def test_w08_a_date_without_the_answers_own_is_over_at_once() -> None:
    """Our clock may differ from theirs; without their Date there is nothing to count from."""
    assert retry_after(response(503, **{"Retry-After": "Fri, 20 Nov 2026 15:05:00 GMT"})) == 1.0


def test_w08_a_date_that_is_none() -> None:
    asked = {"Retry-After": "Fri, 20 Nov 2026 15:05:00 GMT", "Date": "today"}
    assert retry_after(response(503, **asked)) is None


def test_w08_nothing_asked() -> None:
    assert retry_after(response(503)) is None
