"""The bundled samples: of the real shape, relative to their moment, and invented throughout."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.samples import (
    WITHHELD,
    caseflow_appeals,
    claims_index,
    lighthouse_claim,
    mobile_claim,
    mobile_list_item,
    sample_handoff,
)

from .test_claims import REAL, needs_real

AT = datetime(2026, 3, 8, 6, 59, 30, tzinfo=UTC)


def everything(at: datetime) -> list[Any]:
    claims = [lighthouse_claim(at), *claims_index(at), mobile_claim(at), mobile_list_item(at)]
    return [sample_handoff(at=at), *claims, *caseflow_appeals(at)]


@pytest.mark.parametrize("at", [AT, AT + timedelta(days=200)])
def test_times_are_relative_to_the_moment(at: datetime) -> None:
    handoff = Handoff.parse(sample_handoff(at=at))
    assert handoff.occurred_at == at
    assert handoff.observed_at == at - timedelta(seconds=55)
    assert handoff.sign_in.at == at - timedelta(minutes=6)
    assert handoff.claim is not None
    assert handoff.claim.changed_on == (at - timedelta(days=12)).date()


def test_changes_replace_top_level_keys() -> None:
    payload = sample_handoff(
        at=AT, handoff_id="00000000-0000-4000-8000-000000000001", screen="Home", claim=None
    )
    handoff = Handoff.parse(payload)
    assert (handoff.screen, handoff.claim) == ("Home", None)
    assert handoff.handoff_id == payload["handoff_id"]


def test_every_call_gives_values_of_its_own() -> None:
    first = sample_handoff(at=AT)
    first["claim"]["data"]["attributes"]["contentions"].clear()
    first["veteran"]["first_name"] = "Other"
    assert sample_handoff(at=AT)["claim"]["data"]["attributes"]["contentions"]
    assert sample_handoff(at=AT)["veteran"]["first_name"] == "Jesse"


def test_what_must_not_travel_is_there_to_be_withheld() -> None:
    sent = json.dumps(everything(AT))
    assert [text for text in WITHHELD if text not in sent] == []


def test_people_and_numbers_are_invented() -> None:
    sent = json.dumps(everything(AT))
    assert set(re.findall(r"\d{10}V\d{6}", sent)) == {"1234567890V123456"}
    assert set(re.findall(r"\+1\d{10}", sent)) == {"+15035550142", "+18008271000"}


@needs_real
def test_the_shape_is_the_recorded_one_and_the_values_are_not() -> None:
    recorded = json.loads((REAL / "lighthouse_claim_600383363.json").read_text())["data"]["attributes"]
    sample = lighthouse_claim(AT)["data"]["attributes"]
    assert set(sample) <= set(recorded)
    for name in ("contentions", "supportingDocuments", "claimPhaseDates"):
        assert texts(sample[name]).isdisjoint(texts(recorded[name]) - {"GATHERING_OF_EVIDENCE"})
    bodies = json.loads((REAL / "caseflow_appeals.json").read_text())["data"]
    appeals = caseflow_appeals(AT)
    assert all(
        set(appeal["attributes"]) <= set().union(*(each["attributes"] for each in bodies))
        for appeal in appeals
    )
    assert {appeal["id"] for appeal in appeals}.isdisjoint(each["id"] for each in bodies)


def texts(value: Any) -> set[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return set().union(*(texts(each) for each in inner))
    return {value} if isinstance(value, str) else set()
