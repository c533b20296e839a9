"""The org's verdict on a value is the one that the field's describe leads to, whatever field and value."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sf_handoff.embedded.describe_fields import TEXT, Field
from sf_handoff.embedded.schema import SObject, standard
from sf_handoff.texts import utf16_units
from tests.embedded.world import Api

NAMES = ("Account", "Case", "Contact", "Task")
PLAIN = ("string", "textarea", "phone", "url")


def verdict(field: Field, value: str | None) -> str:
    """What the describe alone says about creating a record with this value."""
    if not field["createable"]:
        return "INVALID_FIELD_FOR_INSERT_UPDATE"
    if value is None and not field["nillable"]:
        return "REQUIRED_FIELD_MISSING"
    if value is not None and utf16_units(value) > field.length:
        return "STRING_TOO_LONG"
    return "created"


def complete(sobject: SObject, name: str, value: Any) -> dict[str, Any]:
    """The record with everything else that its describe requires."""
    required = [
        each.name
        for each in sobject.fields
        if each["createable"] and not each["nillable"] and not each["defaultedOnCreate"]
    ]
    return {**dict.fromkeys(required, "Gray"), name: value}


@st.composite
def cases(draw: st.DrawFn) -> tuple[SObject, Field, str | None]:
    sobject = standard()[draw(st.sampled_from(NAMES))]
    fields = [each for each in sobject.stored if each.type in TEXT and each.type in PLAIN]
    field = draw(st.sampled_from(fields))
    length = draw(st.sampled_from((field.length, field.length + 1)))
    filler = draw(st.sampled_from(("x", "é", "🚒")))
    text = filler * (length // utf16_units(filler))
    text += "y" * (length - utf16_units(text))
    return sobject, field, draw(st.sampled_from((None, text, "short")))


@settings(max_examples=120, deadline=None)
@given(cases())
def test_the_org_judges_by_its_describe(api: Api, case: tuple[SObject, Field, str | None]) -> None:
    sobject, field, value = case
    answer = api("POST", f"/sobjects/{sobject.name}", complete(sobject, field.name, value))
    found = "created" if answer.status_code == 201 else answer.json()[0]["errorCode"]
    assert found == verdict(field, value), field.name


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(NAMES))
def test_what_is_required_is_what_the_describe_requires(api: Api, name: str) -> None:
    sobject = standard()[name]
    answer = api("POST", f"/sobjects/{name}", {})
    required = list(complete(sobject, "", None))[:-1]
    if required:
        assert answer.json()[0]["fields"] == required
    else:
        assert answer.status_code == 201
