"""The pop as a published document: every kind of pop is what its JSON Schema says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.calls.pops import POPS
from tests.conftest import ROOT

SCHEMA = json.loads((ROOT / "docs" / "reference" / "screen-pop.schema.json").read_text("utf-8"))
CHECKED = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema of an object in the document."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for each in schema.values():
            yield from objects(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from objects(each)


@pytest.mark.parametrize("name", POPS)
def test_every_kind_of_pop_is_what_the_schema_says(name: str) -> None:
    document = json.loads(POPS[name]().model_dump_json())
    assert [error.message for error in CHECKED.iter_errors(document)] == []


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema"]["const"] == "screen-pop/1"


def test_every_object_is_closed_and_every_key_is_there() -> None:
    found = list(objects(SCHEMA))
    assert len(found) > 10
    for each in found:
        assert each["additionalProperties"] is False, each["title"]
        assert set(each["required"]) == set(each["properties"]), each["title"]


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("assurance", "level"), 6),
        (("assurance", "level"), None),
        (("assurance", "identity"), "verified"),
        (("assurance", "caller_number"), "known"),
        (("issued_at",), None),
        (("binding", "late"), "no"),
        (("surprise",), 1),
        (("context", "claim", "contentions"), []),
    ],
)
def test_the_schema_refuses_what_is_no_pop(path: tuple[str, ...], wrong: object) -> None:
    document = json.loads(POPS["level-four"]().model_dump_json())
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = wrong
    assert not CHECKED.is_valid(document)
