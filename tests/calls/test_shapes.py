"""The pop in the shapes of desktops: what stands in them, and the limits that are held before sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mappings.screen_pop import FLOW
from sf_handoff.calls.binding import IncomingCall
from sf_handoff.calls.pop import PopCase, ScreenPop
from sf_handoff.calls.shapes import connect as connect_module
from sf_handoff.calls.shapes.connect import connect, size
from sf_handoff.calls.shapes.desktop import Desktop, Flow
from sf_handoff.calls.shapes.facts import FACTS
from sf_handoff.calls.shapes.lightning_url import lightning_url
from sf_handoff.calls.shapes.open_cti import open_cti
from sf_handoff.calls.shapes.text import text
from sf_handoff.calls.shapes.voice_call import voice_call
from sf_handoff.errors import Misconfigured, Rejected
from sf_handoff.mapping import bundled
from tests.calls.pops import CASE, JESSE, POPS, errors, pop

LIMIT = 32_768
PERSON = ("Jesse", "Gray", "5550142", "disability", "Evidence")
NO_RECORD = ("by-number", "no-match", "late", "several", "could-not-check")


def shown_case(case_id: str) -> ScreenPop:
    return pop(case=PopCase(id=case_id, number=None, url=None))


# Open CTI


def test_open_cti_opens_the_case() -> None:
    assert open_cti(pop(), Desktop()) == {"type": "SOBJECT", "params": {"recordId": CASE.id}}


@pytest.mark.parametrize("name", NO_RECORD)
def test_open_cti_opens_nothing_where_no_record_may_show(name: str) -> None:
    assert open_cti(POPS[name](), Desktop()) is None


@pytest.mark.parametrize("case_id", ["500", "500TEO0000000001A", "500TEO0000000001A/", "500TEO0000000001AA "])
def test_what_is_no_salesforce_id_is_refused(case_id: str) -> None:
    with pytest.raises(Rejected, match="15 or 18"):
        open_cti(shown_case(case_id), Desktop())
    with pytest.raises(Rejected, match="15 or 18"):
        lightning_url(shown_case(case_id))


def test_open_cti_opens_the_declared_flow_with_typed_arguments() -> None:
    opened: Any = open_cti(pop(), Desktop(flow=FLOW))
    assert (opened["type"], opened["params"]["flowDevName"]) == ("FLOW", "App_Handoff_Pop")
    given = {each["name"]: (each["type"], each["value"]) for each in opened["params"]["flowArgs"]}
    assert given["recordId"] == ("String", CASE.id)
    assert given["matchLevel"] == ("Number", 4)
    assert given["dataAsOf"] == ("Date", "2026-11-08")
    assert given["observedAt"] == ("DateTime", "2026-11-20T15:03:35+00:00")
    assert given["openingQuestion"][1] == pop().opening_question
    assert set(given) == set(FLOW.gives)


def test_a_flow_gets_no_argument_for_what_is_not_known() -> None:
    opened: Any = open_cti(POPS["no-match"](), Desktop(flow=FLOW))
    names = {each["name"] for each in opened["params"]["flowArgs"]}
    assert names == {"matchLevel", "assurance", "openingQuestion", "whatTheySaw", "warnings"}


@pytest.mark.parametrize(
    ("name", "inputs", "gives", "said"),
    [
        ("App_Handoff_Pop", {"recordId": "String"}, {"recordID": "case_id"}, "no input variable 'recordID'"),
        ("App_Handoff_Pop", {"recordId": "String"}, {"recordId": "ssn"}, "'ssn' is no fact"),
        (
            "App_Handoff_Pop",
            {"level": "Boolean"},
            {"level": "level"},
            "'level' takes Boolean, and 'level' is Number",
        ),
        (
            "App_Handoff_Pop",
            {"seen": "Date"},
            {"seen": "observed_at"},
            "takes Date, and 'observed_at' is DateTime",
        ),
        ("App Handoff", {}, {}, "not an API name"),
        ("App__Handoff", {}, {}, "not an API name"),
    ],
)
def test_a_flow_that_would_lose_an_argument_is_refused(name: str, inputs: Any, gives: Any, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        Flow(name, inputs, gives)


def test_a_number_may_go_into_a_text_variable() -> None:
    flow = Flow("F", {"level": "String", "late": "String"}, {"level": "level", "late": "late"})
    opened: Any = open_cti(pop(), Desktop(flow=flow))
    assert [each["value"] for each in opened["params"]["flowArgs"]] == ["4", "false"]


# Amazon Connect and Service Cloud Voice


def test_connect_attributes_are_flat_text_with_plain_names() -> None:
    attributes = connect(pop())
    assert attributes["handoff_level"] == "4"
    assert attributes["handoff_caller_name"] == "Jesse Gray"
    assert attributes["handoff_case_number"] == "00001001"
    assert attributes["handoff_late"] == "false"
    assert attributes["handoff_data_as_of"] == "2026-11-08"
    assert attributes["handoff_must_still_verify"] == "who is calling, by your own protocol"
    assert attributes["handoff_errors_seen"] == "appeals MOBL_502"
    assert "handoff_cut" not in attributes
    assert {type(value) for value in attributes.values()} == {str}
    assert all(attributes.values())


@pytest.mark.parametrize("name", POPS)
@pytest.mark.parametrize("shape", [connect, lambda pop: voice_call(pop, bundled().pop.desktop)])
def test_attributes_hold_the_limits(shape: Callable[[ScreenPop], dict[str, str]], name: str) -> None:
    attributes = shape(POPS[name]())
    assert size(attributes) <= LIMIT
    assert all(key.replace("-", "").replace("_", "").isalnum() and key.isascii() for key in attributes)


@pytest.mark.parametrize("name", NO_RECORD)
def test_attributes_give_away_no_one_who_may_not_show(name: str) -> None:
    for shape in (connect(POPS[name]()), voice_call(POPS[name](), Desktop())):
        assert [word for word in PERSON if word in str(shape)] == []


def long_pop(**changes: Any) -> ScreenPop:
    """More errors than there is room for, of three bytes a character, and a name at full length."""
    service, code = "\u20ac" * 80, "\u20ac" * 80
    seen = [
        {"at": None, "service": service[:-2] + f"{each:02}", "code": code, "text": "x"} for each in range(50)
    ]
    person = {"first_name": "\u00c9" * 80, "last_name": "\u00dc" * 80, "phone": JESSE}
    return pop(errors=seen, veteran=person, **changes)


def test_what_is_too_long_is_cut_in_the_declared_order_and_named() -> None:
    attributes = connect(long_pop())
    assert LIMIT - 600 < size(attributes) <= LIMIT
    assert attributes["handoff_cut"] == "errors_seen"
    left = attributes["handoff_errors_seen"].splitlines()
    assert 0 < len(left) < 50
    assert [line[78:80] for line in left] == [f"{each:02}" for each in range(len(left))], "the last go first"
    assert all(len(line) == 161 for line in left), "an entry goes whole or stays whole"
    assert attributes["handoff_partial_failures"].count("\n") == 49
    assert attributes["handoff_caller_name"] == " ".join(("\u00c9" * 80, "\u00dc" * 80))


def test_what_is_cut_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect_module, "MOST_BYTES", 6_000)
    attributes = connect(long_pop(observed_at=None))
    assert attributes["handoff_cut"].splitlines() == ["notes", "errors_seen", "partial_failures"]
    assert attributes["handoff_app"] == "va-mobile-app 2.37.0 (build 238), iOS 17.5, iPhone 14"
    assert "handoff_notes" not in attributes
    assert attributes["handoff_caller_name"].endswith("\u00dc" * 80)


def test_what_must_stay_and_is_too_long_is_an_error_that_names_the_limit() -> None:
    too_long = pop().model_copy(update={"warnings": ("x" * LIMIT,)})
    with pytest.raises(Rejected, match=r"bytes; Amazon Connect takes 32,768"):
        connect(too_long)
    with pytest.raises(Rejected, match=r"bytes; Amazon Connect takes 32,768"):
        voice_call(too_long, Desktop())


def test_voice_call_attributes_have_the_prefixes() -> None:
    attributes = voice_call(pop(), Desktop(voice_flow={"queueHint": "queue", "matchLevel": "level"}))
    assert attributes["sfdc-case_number"] == "00001001"
    flow = {key: value for key, value in attributes.items() if key.startswith("flowInput-")}
    assert flow == {"flowInput-queueHint": "App_Handoff_Claims", "flowInput-matchLevel": "4"}
    assert all(key.startswith(("sfdc-", "flowInput-")) for key in attributes)


def test_a_name_that_connect_does_not_take_is_refused() -> None:
    with pytest.raises(Rejected, match="flowInput-queue hint"):
        voice_call(pop(), Desktop(voice_flow={"queue hint": "queue"}))


def test_the_voice_flow_gets_facts_that_there_are() -> None:
    with pytest.raises(Misconfigured, match="'contentions' is no fact"):
        Desktop(voice_flow={"x": "contentions"})


def test_every_fact_has_the_type_that_it_says() -> None:
    from datetime import date, datetime

    types = {"String": str | tuple, "Number": int, "Boolean": bool, "Date": date, "DateTime": datetime}
    for name in POPS:
        for fact in FACTS.values():
            value = fact.read(POPS[name]())
            assert value is None or isinstance(value, types[fact.kind])


# An address, and words


def test_an_address_holds_opaque_ids_only() -> None:
    address = lightning_url(pop())
    assert address == (
        "/lightning/r/Case/500TEO0000000001AA/view?c__handoffRef=6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11"
    )


@pytest.mark.parametrize("name", NO_RECORD)
def test_there_is_no_address_where_no_record_may_show(name: str) -> None:
    assert lightning_url(POPS[name]()) is None


@pytest.mark.parametrize("ref", ["Jesse Gray", "15035550142?x", "", "a" * 65, "../x"])
def test_what_is_not_opaque_stands_in_no_address(ref: str) -> None:
    with pytest.raises(Rejected, match="handoff_ref") as raised:
        lightning_url(pop().model_copy(update={"handoff_ref": ref}))
    assert not ref or ref not in raised.value.message


def test_text_starts_with_the_three_lines() -> None:
    lines = text(pop()).splitlines()
    assert lines[:4] == [
        "WHO    Jesse Gray (level 4 of 5). Called with a code from a signed-in app session, from the number on file.",
        "SAW    Claim status. Claim for disability compensation. Step 3 of 8: Evidence gathering. The status is from "
        "November 8, 2026, seen in the app on November 20, 2026 at 10:03 a.m. ET. The agent's system may not be newer.",
        "ASK    I see that you looked at your claim for disability compensation in the app: it was filed on August 18, "
        "2026 and at step 3 of 8, Evidence gathering. Is that why you are calling?",
        "",
    ]


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("level-three", "Jesse Gray"),
        ("death", "Caller, name not shown"),
        ("unverified", "App user, not verified"),
        ("several", "One of several people"),
        ("late", "Possible match, not opened"),
        ("by-number", "Possible match, not opened"),
        ("no-match", "Unknown caller"),
        ("could-not-check", "Unknown caller"),
    ],
)
def test_who_is_calling_in_words(name: str, who: str) -> None:
    assert text(POPS[name]()).startswith(f"WHO    {who} (level ")


def test_errors_have_no_free_text_in_attributes() -> None:
    told = pop(**errors("My number is 000-00-0000"))
    assert "000-00" not in str(connect(told)) + str(voice_call(told, Desktop()))


def test_the_call_key_of_the_vendor_is_passed_on() -> None:
    told = pop(call=IncomingCall("vendor/1 2", JESSE, digits="123456786"))
    assert connect(told)["handoff_call_key"] == "vendor/1 2"


def test_the_bundled_maps_declare_what_they_can_give() -> None:
    desktop = bundled().pop.desktop
    assert replace(desktop, flow=FLOW).flow is FLOW
