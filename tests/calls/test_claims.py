"""A claim in each of its shapes, and what must not be left of it."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sf_handoff.calls import vocabulary as va
from sf_handoff.calls.claims import Claim, Phase, read_claim
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.samples import (
    WITHHELD,
    claims_index,
    lighthouse_claim,
    mobile_claim,
    mobile_list_item,
    sample_handoff,
)
from sf_handoff.errors import InvalidHandoff

AT = datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC)
REAL = Path(__file__).resolve().parents[3] / "shared" / "reference" / "va"
needs_real = pytest.mark.skipif(
    not REAL.is_dir(), reason="the recorded VA bodies are not beside the checkout"
)
PRIVATE_KEYS = {
    "description",
    "diagnosticCode",
    "displayName",
    "documentId",
    "documentTypeLabel",
    "name",
    "originalFileName",
}


def claim_of(**attributes: Any) -> Claim:
    return read_claim({"id": "600000001", "type": "claim", "attributes": attributes})


def private_texts(value: Any) -> Iterator[str]:
    """Every text under a key that must not travel, wherever it is in a recorded body."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        if key in PRIVATE_KEYS and isinstance(each, str) and each:
            yield each
        elif isinstance(each, dict | list):
            yield from private_texts(each)


def assert_none_left(handoff: Handoff, texts: list[str]) -> None:
    left = handoff.canonical() + pickle.dumps(handoff) + repr(handoff).encode()
    assert texts
    assert [text for text in texts if text.encode() in left] == []


# The shapes


def test_a_lighthouse_claim() -> None:
    assert read_claim(lighthouse_claim(AT)) == Claim(
        id="600000001",
        type_code="020NEW",
        type_name="Compensation",
        title="Claim for disability compensation",
        phase=Phase(code="GATHERING_OF_EVIDENCE", heading="Evidence gathering", step=3, steps=8),
        status="EVIDENCE_GATHERING_REVIEW_DECISION",
        filed_on=date(2026, 8, 18),
        changed_on=date(2026, 11, 8),
        open=True,
        moved_back=False,
        decision_letter_sent=False,
        development_letter_sent=True,
        documents_needed=True,
        open_requests=1,
    )


def test_members_of_a_claims_index() -> None:
    claims = [read_claim(member) for member in claims_index(AT)]
    assert [claim.phase.step for claim in claims if claim.phase] == [1, 2, 6, 2, 8, 8]
    assert [claim.hidden for claim in claims] == [False, False, False, True, False, False]
    assert [claim.open for claim in claims] == [True, True, True, True, False, False]
    assert (claims[-1].filed_on, claims[-1].changed_on, claims[-1].unreadable) == (None, None, ())
    assert {claim.open_requests for claim in claims} == {None}


def test_a_mobile_claim() -> None:
    assert read_claim(mobile_claim(AT)) == Claim(
        id="600000008",
        type_code="020NEW",
        type_name="Compensation",
        title="Claim for disability compensation",
        phase=Phase(code="GATHERING_OF_EVIDENCE", heading="Evidence gathering", step=3, steps=8),
        filed_on=date(2026, 8, 18),
        changed_on=date(2026, 11, 8),
        open=True,
        moved_back=True,
        decision_letter_sent=False,
        development_letter_sent=True,
        documents_needed=True,
        open_requests=1,
    )


def test_a_mobile_list_item() -> None:
    claim = read_claim(mobile_list_item(AT))
    assert (claim.type_name, claim.open, claim.open_requests) == ("Compensation", True, None)
    assert (claim.filed_on, claim.changed_on) == (date(2026, 8, 18), date(2026, 11, 8))
    assert claim.phase == Phase(code="GATHERING_OF_EVIDENCE", heading="Evidence gathering", step=3, steps=8)


def test_bare_or_under_data_is_the_same() -> None:
    wrapped = lighthouse_claim(AT)
    assert read_claim(wrapped) == read_claim(wrapped["data"])


def test_nothing_withheld_is_left_of_the_samples() -> None:
    for claim in (lighthouse_claim(AT), mobile_claim(AT), mobile_list_item(AT), *claims_index(AT)):
        assert_none_left(Handoff.parse(sample_handoff(at=AT, claim=claim)), list(WITHHELD))


@needs_real
def test_the_recorded_claim_goes_through_and_leaves_nothing_private() -> None:
    body = json.loads((REAL / "lighthouse_claim_600383363.json").read_text())
    handoff = Handoff.parse(sample_handoff(at=AT, claim=body))
    assert handoff.claim is not None
    assert (handoff.claim.id, handoff.claim.open_requests) == ("600383363", 1)
    assert handoff.claim.phase is not None
    assert (handoff.claim.phase.step, handoff.claim.phase.heading) == (3, "Evidence gathering")
    assert_none_left(handoff, list(private_texts(body)))


@needs_real
def test_the_recorded_index_members_go_through() -> None:
    members = json.loads((REAL / "lighthouse_claims_index.json").read_text())["data"]
    claims = [Handoff.parse(sample_handoff(at=AT, claim=member)).claim for member in members]
    assert [claim.id for claim in claims if claim] == [member["id"] for member in members]
    assert [claim.phase.step for claim in claims if claim and claim.phase] == [4, 1, 4, 1, 8, 8]
    assert [claim.open for claim in claims if claim] == [True, True, True, True, False, False]
    assert len(claims) == 6


# Phases


@pytest.mark.parametrize(("step", "code"), list(enumerate(va.PHASE_TYPES, start=1)))
def test_every_phase_by_type_and_by_number(step: int, code: str) -> None:
    phase = Phase(code=code, heading=va.PHASE_TYPES[code], step=step, steps=8)
    written: list[dict[str, Any]] = [
        {"claimPhaseDates": {"latestPhaseType": code}},
        {"claimPhaseDates": {"phaseType": code}, "status": "PENDING"},
        {"phase": step},
        {"phase": str(step)},
    ]
    assert [claim_of(**attributes).phase for attributes in written] == [phase] * 4


@pytest.mark.parametrize(
    ("status", "step", "heading"),
    [
        ("CLAIM_RECEIVED", 1, "Claim received"),
        ("INITIAL_REVIEW", 2, "Initial review"),
        ("EVIDENCE_GATHERING_REVIEW_DECISION", 3, "Evidence gathering, review, and decision"),
        ("PREPARATION_FOR_NOTIFICATION", 4, "Preparation for notification"),
        ("COMPLETE", 5, "Complete"),
    ],
)
def test_a_status_alone_speaks_in_five_steps(status: str, step: int, heading: str) -> None:
    assert claim_of(status=status).phase == Phase(code=status, heading=heading, step=step, steps=5)


def test_pending_and_errored_have_no_step() -> None:
    assert claim_of(status="PENDING").phase == Phase(code="PENDING", heading="Pending")
    assert claim_of(status="ERRORED").phase == Phase(code="ERRORED", heading="Error")


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"claimPhaseDates": {"latestPhaseType": "ON_THE_MOON"}, "status": "COMPLETE"}, "ON_THE_MOON"),
        ({"phase": 9}, "9"),
        ({"phase": "0"}, "0"),
        ({"status": "canceled"}, "canceled"),
        ({"status": "x\x00\u202ey" + "z" * 100}, "xy" + "z" * 38),
    ],
)
def test_an_unknown_code_is_shown_as_such(attributes: dict[str, Any], code: str) -> None:
    assert claim_of(**attributes).phase == Phase(code=code, heading=f"unknown ({code})", known=False)


def test_a_phase_may_be_missing() -> None:
    assert claim_of().phase is None
    assert claim_of(claimPhaseDates=None, phase=True, status=[]).phase is None


# Titles and hidden codes


@pytest.mark.parametrize(
    ("attributes", "title"),
    [
        ({"claimType": "Compensation"}, "Claim for disability compensation"),
        ({"claimType": "Dependency"}, "Request to add or remove a dependent"),
        ({"claimType": "Burial"}, "Expenses related to death or burial"),
        ({"claimType": "Pension"}, "Claim for pension"),
        ({"claimType": None}, "Claim"),
        ({"claimType": "x" * 121}, "Claim"),
        (
            {"claimType": "Pension", "displayTitle": "Claim for Survivors Pension"},
            "Claim for Survivors Pension",
        ),
        ({"subtype": "Burial", "displayTitle": ""}, "Expenses related to death or burial"),
    ],
)
def test_titles(attributes: dict[str, Any], title: str) -> None:
    assert claim_of(**attributes).title == title


@pytest.mark.parametrize(
    "attributes",
    [
        *({"claimTypeCode": code} for code in sorted(va.HIDDEN_CODES)),
        {"claimTypeCode": "960CRRC"},
        {"claimTypeCode": " 400orr"},
        {"claimTypeCode": "020NEW", "endProductCode": "960"},
        {"claimTypeCode": "020NEW", "baseEndProductCode": 960},
    ],
)
def test_end_products_that_nobody_may_see(attributes: dict[str, Any]) -> None:
    claim = claim_of(
        **attributes, claimType="Correction", displayTitle="Claim for correction", status="PENDING"
    )
    assert (claim.hidden, claim.title, claim.type_code, claim.type_name) == (True, "Claim", None, None)
    left = claim.model_dump_json().lower()
    assert "correction" not in left
    assert not any(str(code).strip().lower() in left for code in attributes.values())


def test_a_code_that_only_resembles_a_hidden_one_is_shown() -> None:
    assert not claim_of(claimTypeCode="400ORRX").hidden
    assert not claim_of(claimTypeCode="096060").hidden


# Dates


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("11/20/2026", date(2026, 11, 20)),
        ("1/2/2026", date(2026, 1, 2)),
        ("2026-11-20T23:59:59-11:00", date(2026, 11, 20)),
        ("2026-11-20T00:00:00.000Z", date(2026, 11, 20)),
        ("2026-11-20 01:00:00", date(2026, 11, 20)),
        (AT, date(2026, 11, 20)),
        (date(2026, 11, 20), date(2026, 11, 20)),
    ],
)
def test_days_are_read_without_shifting(written: object, day: date) -> None:
    claim = claim_of(claimDate=written)
    assert (claim.filed_on, claim.unreadable) == (day, ())
    assert type(claim.filed_on) is date


@pytest.mark.parametrize(
    "written",
    ["soon", "2026-02-30", "20/11/2026", "0001-01-01", "2026-11", 20261120, True, [], {}, "２０２６-11-20"],
)
def test_a_day_that_cannot_be_read_is_none_and_listed(written: object) -> None:
    claim = claim_of(claimDate=written, closeDate="2026-11-20", phaseChangeDate=written)
    assert (claim.filed_on, claim.changed_on, claim.closed_on) == (None, None, date(2026, 11, 20))
    assert claim.unreadable == ("filed_on", "changed_on")


def test_every_day_may_be_null() -> None:
    claim = claim_of(claimDate=None, closeDate=None, claimPhaseDates={"phaseChangeDate": None}, dateFiled="")
    assert (claim.filed_on, claim.changed_on, claim.closed_on, claim.unreadable) == (None, None, None, ())


def test_updated_at_counts_only_where_no_phase_change_is_sent() -> None:
    updated = "2026-11-19T03:28:23+00:00"
    assert claim_of(dateFiled="2026-01-02", updatedAt=updated).changed_on == date(2026, 11, 19)
    assert claim_of(phaseChangeDate=None, updatedAt=updated).changed_on is None


def test_the_app_tells_the_closing_day_in_its_timeline() -> None:
    events = [{"type": "filed", "date": "2026-01-02"}, {"type": "completed", "date": "2026-11-02"}]
    assert claim_of(eventsTimeline=events, open=False).closed_on == date(2026, 11, 2)


# Open or not, requests, failures


@pytest.mark.parametrize(
    ("attributes", "is_open"),
    [
        ({"open": True, "status": "COMPLETE"}, True),
        ({"completed": True}, False),
        ({"closeDate": None, "status": "PENDING"}, True),
        ({"closeDate": "2026-11-02", "status": "PENDING"}, False),
        ({"closeDate": None, "status": "COMPLETE"}, False),
        ({"status": "COMPLETE"}, False),
        ({"status": None}, None),
        ({}, None),
        ({"open": "yes"}, None),
    ],
)
def test_whether_it_is_open(attributes: dict[str, Any], is_open: bool | None) -> None:
    assert claim_of(**attributes).open is is_open


def test_requests_count_when_needed_from_the_veteran_open_and_not_sensitive() -> None:
    needed = {"status": "NEEDED_FROM_YOU", "closedDate": None}
    others = [
        {"status": "NEEDED_FROM_OTHERS"},
        {"status": "ACCEPTED"},
        {**needed, "closedDate": "2026-11-02"},
    ]
    items = [needed, needed, {**needed, "isSensitive": True}, *others, "odd", None]
    assert claim_of(trackedItems=items).open_requests == 2
    in_app = {"type": "still_need_from_you_list", "status": "NEEDED"}
    events = [in_app, {**in_app, "isSensitive": True}, {**in_app, "status": "NO_LONGER_REQUIRED"}, others[0]]
    assert claim_of(eventsTimeline=events).open_requests == 1


def test_a_list_of_one_may_come_as_the_bare_object() -> None:
    assert claim_of(trackedItems={"status": "NEEDED_FROM_YOU"}).open_requests == 1
    assert claim_of(errors={"service": "claims"}).partial_failures == ("claims",)


@pytest.mark.parametrize("attributes", [{}, {"trackedItems": None}, {"trackedItems": "none"}])
def test_requests_are_unknown_where_the_shape_has_none(attributes: dict[str, Any]) -> None:
    assert claim_of(**attributes).open_requests is None
    assert claim_of(trackedItems=[]).open_requests == 0


def test_failures_travel_by_service_name_only() -> None:
    said = {"title": "Bad gateway for Jesse", "detail": "ICN 1234567890V123456"}
    inside = [{"service": "claims", "errorDetails": [said]}, {"service": "<b>Jesse</b>"}, said]
    body = {
        "data": {
            "id": "1",
            "attributes": {"errors": inside},
            "meta": {"errors": {"service": "claims"}},
        },
        "meta": {"errors": [{"service": "appeals"}, "odd"]},
    }
    claim = read_claim(body)
    assert claim.partial_failures == ("claims", "unknown", "appeals")
    assert "Jesse" not in claim.model_dump_json()


# Odd bodies


@pytest.mark.parametrize(
    ("id_", "read"),
    [(600000001, "600000001"), (None, None), (True, None), ("../../x", None), ("a" * 65, None), ({}, None)],
)
def test_ids_are_safe_in_a_path_or_absent(id_: object, read: str | None) -> None:
    """I06"""
    assert read_claim({"id": id_, "attributes": {}}).id == read


@pytest.mark.parametrize(
    "raw",
    [
        None,
        7,
        "600000001",
        [],
        [{"id": "1", "attributes": {}}],
        {},
        {"data": []},
        {"data": None, "id": "1"},
        {"attributes": "x"},
        {"id": None, "attributes": None},
        {"id": "1", "type": "higherLevelReview", "attributes": {}},
    ],
)
def test_what_is_no_claim_is_refused_with_the_shapes(raw: object) -> None:
    with pytest.raises(InvalidHandoff) as caught:
        read_claim(raw)
    (problem,) = caught.value.problems
    assert problem.path == "claim"
    assert problem.expected.startswith("expected a claim")


def test_an_id_alone_is_a_claim() -> None:
    assert read_claim({"id": "600000001"}) == Claim(id="600000001", title="Claim")


NAMES = [
    *mobile_claim(AT)["data"]["attributes"],
    *lighthouse_claim(AT)["data"]["attributes"],
    "latestPhaseType",
    "service",
    "isSensitive",
    "completed",
]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2026-11-20"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@settings(
    max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(st.dictionaries(st.sampled_from(NAMES), anything, max_size=12), anything)
def test_no_inner_value_breaks_the_reading(attributes: dict[str, Any], meta: object) -> None:
    claim = read_claim({"id": "1", "type": meta, "attributes": attributes, "meta": meta})
    assert Claim.model_validate_json(claim.model_dump_json()) == claim
