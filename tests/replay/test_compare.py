"""The comparison sees a difference where there is one, and none where only ids, moments and order differ."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from tests.replay.compare import differences
from tests.replay.readers import Exchange

ID, OTHER_ID = "001B000001LntWlIAJ", "001EO0000000001YAA"
JSON = "application/json;charset=UTF-8"
HEARD = {"content-type": JSON, "sforce-limit-info": "api-usage=16/100000", "vary": "Accept-Encoding"}
OURS = {"Content-Type": JSON, "Sforce-Limit-Info": "api-usage=1/5", "Vary": "Accept-Encoding"}


def row(record_id: str, version: str = "51.0", **fields: Any) -> dict[str, Any]:
    url = f"/services/data/v{version}/sobjects/Account/{record_id}"
    return {"attributes": {"type": "Account", "url": url}, **fields}


def found(theirs: Any, ours: Any, **more: Any) -> list[str]:
    answer = requests.Response()
    answer.status_code = more.pop("status", 200)
    answer.headers.update(OURS | more.pop("headers", {}))
    answer._content = json.dumps(ours).encode()
    settings = {"path": "/query", "status": 200, "heard": HEARD, "answer": theirs, **more}
    return differences(Exchange("source", "name", "file", "GET", **settings), answer)


ERROR = {"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}


def test_ids_moments_and_order_do_not_count() -> None:
    theirs = [row(ID, Name="A", At="2021-05-17T09:27:54.000+0000"), row(ID, Name="B", At=None)]
    ours = [row(OTHER_ID, "66.0", At=None, Name="B"), row(OTHER_ID, At="2026-01-01T00:00:00.000Z", Name="A")]
    assert not found(theirs, ours)


def test_of_a_duration_only_the_shape_counts() -> None:
    assert not found({"totalProcessingTime": 478}, {"totalProcessingTime": 0})
    assert found({"totalProcessingTime": 478}, {"totalProcessingTime": "0"})


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        ({**ERROR, "errorCode": "NOT_FOUND"}, "[0].errorCode"),
        ({**ERROR, "message": "Entity is deleted"}, "[0].message"),
        ({"message": ERROR["message"], "errorCode": ERROR["errorCode"]}, "[0]: lacks fields"),
        ({**ERROR, "more": 1}, "[0]: has more besides"),
        ({**ERROR, "fields": ["Id"]}, "[0].fields: 1 entries, recorded 0"),
    ],
)
def test_a_refusal_has_to_be_the_same(ours: dict[str, Any], said: str) -> None:
    assert said in " ".join(found([ERROR], [ours]))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (None, ""),
        (1, True),
        (2, 3),
        ("2021-05-17", "2021-05-18"),
        (ID, OTHER_ID.replace("001", "003", 1)),
        ([], None),
    ],
)
def test_values_and_types_count(theirs: Any, ours: Any) -> None:
    assert found({"Value": theirs}, {"Value": ours})


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/html"},
        {"Sforce-Limit-Info": ""},
        {"Vary": ""},
        {"WWW-Authenticate": "Token"},
        {"Location": "/services/data/v51.0/sobjects/Account/001"},
    ],
)
def test_headers_count(headers: dict[str, str]) -> None:
    assert found({}, {}, headers=headers)


def test_the_status_counts() -> None:
    assert found({}, {}, status=201) == ["status 201, recorded 200"]


def test_of_a_describe_the_keys_count() -> None:
    theirs = {"name": "Case", "fields": [{"name": "Id", "aggregatable": True}], "urls": {"layouts": ""}}
    ours = {"name": "Task", "fields": [{"name": "Subject", "aggregatable": False}], "urls": {}}
    path = "/services/data/v52.0/sobjects/Case/describe"
    assert not found(theirs, ours, path=path)
    ours["fields"] = [{"name": "Subject"}]
    assert found(theirs, ours, path=path) == [".fields: lacks aggregatable"]
