"""An appeal of each kind, and what must not be left of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sf_handoff.calls import vocabulary as va
from sf_handoff.calls.appeals import Appeal, read_appeal
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.samples import WITHHELD, caseflow_appeals, sample_handoff
from sf_handoff.errors import InvalidHandoff

from .test_claims import REAL, anything, assert_none_left, needs_real, private_texts

AT = datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC)


def appeal_of(kind: object = "appeal", **attributes: Any) -> Appeal:
    return read_appeal({"id": "9000001", "type": kind, "attributes": attributes})


def test_the_sample_appeals() -> None:
    appeals = [read_appeal(raw) for raw in caseflow_appeals(AT)]
    assert appeals[0] == Appeal(
        id="9000001",
        kind="legacyAppeal",
        kind_words="Appeal under the old system",
        status="remand_ssoc",
        status_words="Sent back by the Board, new statement issued",
        active=True,
        aoj="vba",
        location="aoj",
        program_area="compensation",
        updated=datetime(2026, 11, 19, 19, 4, 5, tzinfo=UTC),
        filed_on=date(2024, 6, 3),
        changed_on=date(2026, 10, 11),
    )
    assert {appeal.kind for appeal in appeals} == set(va.APPEAL_KINDS)
    assert [appeal.known for appeal in appeals] == [True, True, False, True, True]
    assert [appeal.deceased for appeal in appeals] == [False, False, False, False, True]


def test_a_status_outside_VAs_own_list_is_shown_as_unknown() -> None:
    appeal = appeal_of("supplementalClaim", status={"type": "sc_recieved"})
    assert (appeal.status, appeal.status_words, appeal.known) == (
        "sc_recieved",
        "unknown (sc_recieved)",
        False,
    )


def test_all_35_statuses_have_words_of_their_own() -> None:
    assert len(va.APPEAL_STATUSES) == 35
    assert len(set(va.APPEAL_STATUSES.values())) == 35
    for code, words in va.APPEAL_STATUSES.items():
        appeal = appeal_of(status={"type": code})
        assert (appeal.status_words, appeal.known) == (words, True)
        assert len(words) <= 50


@pytest.mark.parametrize("status", [None, {}, {"type": None}, "on_docket", [], 7])
def test_a_status_may_be_missing(status: object) -> None:
    appeal = appeal_of(status=status)
    assert (appeal.status, appeal.status_words, appeal.known) == (None, "unknown", False)


@pytest.mark.parametrize(
    ("type_", "kind", "words"),
    [
        ("higherLevelReview", "higherLevelReview", "Higher-Level Review"),
        ("motion", "unknown (motion)", "Appeal"),
        (None, "unknown", "Appeal"),
        ({}, "unknown", "Appeal"),
    ],
)
def test_kinds(type_: object, kind: str, words: str) -> None:
    assert (appeal_of(type_).kind, appeal_of(type_).kind_words) == (kind, words)


def test_codes_that_are_not_listed_are_marked() -> None:
    appeal = appeal_of(aoj="moon", location="bva", programArea="fiduciary")
    assert (appeal.aoj, appeal.location, appeal.program_area) == ("unknown (moon)", "bva", "fiduciary")
    assert appeal_of(aoj=None, programArea=[]).program_area is None


def test_filed_on_is_the_first_start_and_changed_on_the_last_event() -> None:
    events = [
        {"type": "claim_decision", "date": "2020-01-01"},
        {"type": "sc_request", "date": "2021-05-01"},
        {"type": "nod", "date": "02/01/2021"},
        {"type": "bva_decision", "date": "2023-01-01T23:00:00-11:00"},
        {"type": "nod", "date": None},
        {"type": ["nod"], "date": "2019-01-01"},
        {"type": "nod", "date": "soon"},
        "odd",
    ]
    appeal = appeal_of(events=events)
    assert (appeal.filed_on, appeal.changed_on) == (date(2021, 2, 1), date(2023, 1, 1))
    assert appeal_of(events=events[0]).filed_on is None
    assert appeal_of(events=events[1]).filed_on == date(2021, 5, 1)
    assert appeal_of().changed_on is None


def test_updated_needs_its_time_zone() -> None:
    assert appeal_of(updated="2018-01-19T10:20:42-05:00").updated == datetime(
        2018, 1, 19, 15, 20, 42, tzinfo=UTC
    )
    assert appeal_of(updated="2018-01-19T10:20:42").updated is None
    assert appeal_of(updated=7).updated is None


def test_nothing_withheld_is_left_of_the_samples() -> None:
    for appeal in caseflow_appeals(AT):
        handoff = Handoff.parse(sample_handoff(at=AT, claim=None, appeal={"data": appeal}))
        assert_none_left(handoff, list(WITHHELD))
        assert Handoff.from_kept(handoff.canonical()) == handoff


@needs_real
def test_the_recorded_appeals_go_through_and_leave_nothing_private() -> None:
    bodies = json.loads((REAL / "caseflow_appeals.json").read_text())["data"]
    handoffs = [Handoff.parse(sample_handoff(at=AT, appeal=body)) for body in bodies]
    appeals = [handoff.appeal for handoff in handoffs if handoff.appeal]
    assert [appeal.id for appeal in appeals] == [body["id"] for body in bodies]
    assert [appeal.known for appeal in appeals] == [True, True, True, True, False]
    assert [appeal.filed_on for appeal in appeals] == [
        date(2003, 1, 6),
        date(2008, 6, 11),
        date(2010, 9, 17),
        date(2020, 5, 1),
        date(2020, 9, 23),
    ]
    texts = list(private_texts(bodies))
    for handoff in handoffs:
        assert_none_left(handoff, texts)


@pytest.mark.parametrize("raw", [None, [], "9000001", {}, {"data": [1]}, {"id": "1", "type": "claim"}])
def test_what_is_no_appeal_is_refused(raw: object) -> None:
    with pytest.raises(InvalidHandoff) as caught:
        read_appeal(raw)
    (problem,) = caught.value.problems
    assert problem.path == "appeal"
    assert problem.expected.startswith("expected an appeal")


@settings(
    max_examples=100, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(
    st.dictionaries(
        st.sampled_from(["status", "events", "updated", "aoj", "location", "programArea", "active"]), anything
    ),
    anything.filter(lambda value: value != "claim"),
)
def test_no_inner_value_breaks_the_reading(attributes: dict[str, Any], kind: object) -> None:
    appeal = appeal_of(kind, **attributes)
    assert Appeal.model_validate_json(appeal.model_dump_json()) == appeal
