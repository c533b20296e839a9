"""Flags: the tier, the rule that decided it, signs of a crisis, and marks that do not fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import MappingSet, bundled
from sf_handoff.reports.codes import Codes
from sf_handoff.reports.heard import without_addresses
from sf_handoff.reports.phrases import plain
from sf_handoff.reports.rules import Rule, RuleSet, Says
from sf_handoff.reports.triage import TRENDING, Flag, Triage, in_order, training_list
from tests.reports.labelled import ALL, Labelled, row

TRIAGE = Triage(bundled().triage, bundled().report.own_record_types)


def flag(subject: str | None, notes: str | None, **other: object) -> Flag | None:
    return TRIAGE.flag(row(Labelled(subject, notes), 1, **other))


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.subject} {str(case.notes)[:30]}")
def test_the_technical_flag_is_right_on_each_labelled_case(case: Labelled) -> None:
    found = TRIAGE.flag(row(case))
    assert (found is not None and found.technical) == case.technical


@pytest.mark.parametrize(
    "case", [case for case in ALL if case.cluster is None], ids=lambda case: str(case.notes)[:40]
)
def test_so_is_the_tier_and_the_mark(case: Labelled) -> None:
    found = TRIAGE.flag(row(case))
    assert (found.tier if found else 0) == (case.tier or 0)
    assert bool(found and found.mistagged) == case.mistagged


@pytest.mark.parametrize(
    ("subject", "notes", "tier", "rule"),
    [
        ("Login", "Cannot log in to eBenefits, told him it is being retired.", 0, "another system"),
        ("T3 lab", "Wants his thyroid test repeated by another doctor soon", 0, "another matter"),
        ("T VA.gov", "Says that nobody ever came to the exam in October", 0, "nothing online"),
        ("NT VA.gov", "Could not sign in to VA.gov, works now.", 1, "solved"),
        ("NT VA.gov", "Forgot his password for VA.gov.", 1, "user error"),
        ("Question", "Asked how to find letters on va.gov", 1, "question"),
        ("NT VA.gov", "see notes", 1, "marked NT"),
        ("T VA.gov", "see notes", 2, "marked T"),
        ("Site", "claim page does not load", 2, "fails"),
        ("Site", "VA.gov says that a dependent is missing", 2, "fails on the site"),
        ("T VA.gov", "Appeal is not listed any more", 2, "marked and fails"),
        ("T3 appeals", "Appeal is not listed any more", 3, "marked T3 and fails"),
        ("Site", "claim page shows MOBL_502", 3, "error code"),
        ("Site", "Vet is confused: letters page shows MOBL_502", 3, "error code"),
        ("Site", "Not sure how to go on, form does not load on two browsers", 3, "confirmed"),
        ("Site", "claim page does not load, I see the same on my end", 3, "confirmed"),
        ("T3", "see notes", 3, "marked T3"),
    ],
)
def test_each_rule_decides_its_tier_and_is_named_first(
    subject: str, notes: str, tier: int, rule: str
) -> None:
    found = flag(subject, notes)
    assert found is not None
    assert (found.tier, found.rules[0]) == (tier, rule)
    assert len(found.why) == len(found.rules)


def test_every_rule_of_ours_is_tested_above() -> None:
    marks = test_each_rule_decides_its_tier_and_is_named_first.pytestmark  # type: ignore[attr-defined]
    tested = {case[3] for case in marks[0].args[1]}
    assert tested == {rule.name for rule in TRIAGE.map.rule_set("ours").rules}


@pytest.mark.parametrize(
    "notes",
    [
        "Wrote to sample.desk@va.gov",
        "Gave her https://www.va.gov/find-locations",
        "See www.va.gov/education/ and va.gov/decision-reviews/board-appeal",
        "His e-mail at jesse@clinic.va.gov is not answered",
    ],
)
def test_an_address_alone_is_no_complaint(notes: str) -> None:
    assert flag("Hello", notes) is None


@pytest.mark.parametrize(
    "notes",
    [
        "https://www.va.gov/profile/direct-deposit?x=1 goes blank",
        "page is va.gov/track-claims/your-claims/600123456, does not open",
        "See also bob@example.com; VA.gov is broken",
    ],
)
def test_an_address_with_a_symptom_is(notes: str) -> None:
    found = flag("Hello", notes)
    assert found is not None and found.technical


def test_addresses_are_taken_out_and_names_of_systems_stay() -> None:
    found = without_addresses(
        plain("a@b.gov x https://WWW.VA.gov/a-b/12?c=d#e. https://www.ebenefits.va.gov/q VA.gov id.me")
    )
    assert found.rest.split() == ["x", "www.ebenefits", "va.gov", "id.me"]
    assert found.paths == ("/a-b/12",)
    assert found.page


def test_status_is_not_looked_at() -> None:
    case = Labelled("T VA.gov", "claim page does not load")
    found = {TRIAGE.flag(row(case, status=status)) for status in ("New", "Closed", "Escalated", None)}
    assert len(found) == 1


def test_our_own_handoffs_are_left_out() -> None:
    assert flag("T3 VA.gov", "MOBL_502 on va.gov", record_type="App_Handoff") is None
    assert flag("T3 VA.gov", "MOBL_502 on va.gov", record_type="Hotline") is not None


@pytest.mark.parametrize("words", bundled().pop.crisis_words)
def test_crisis_words_are_those_of_the_pop_and_flagged_whatever_else(words: str) -> None:
    found = flag("Rude staff", f"Caller spoke of this:\n{words.upper()}!", category="Concern")
    assert found == Flag("00000001", 0, (), (), crisis=True)
    technical = flag("T3", f"{words}. Also the claim page does not load")
    assert technical is not None and technical.crisis and technical.tier == 3
    ours = flag(None, words, record_type="App_Handoff")
    assert ours is not None and ours.crisis


@pytest.mark.parametrize(
    "notes",
    [
        "he WANTS TO DIE", "thinking of killing himself", "she was hurting herself", "talks of taking his own life and ending their life",
        "wife fears he overdosed", "denies to be suicidal", "self-harm", "wanting to die", "VA Crisis\u00a0Line called",
    ],
)  # fmt: skip
def test_crisis_words_are_heard_of_others_too(notes: str) -> None:
    found = flag("Hello", f"Wife calls, {notes}.")
    assert found is not None and found.crisis


@pytest.mark.parametrize(
    "notes", ["skill myself up", "what he wants: to diet", "die-hard fan, want to thank"]
)
def test_other_words_are_no_crisis(notes: str) -> None:
    assert flag("Hello", notes) is None


def test_a_crisis_is_read_first_then_the_surest() -> None:
    flags = [
        Flag("4", 3, ("x",), ()), Flag("2", 2, ("x",), ()), Flag("3", 0, (), (), crisis=True), Flag("1", 2, ("x",), ()),
    ]  # fmt: skip
    assert [each.case_number for each in in_order(flags)] == ["3", "4", "1", "2"]


def test_the_training_list_has_case_numbers_and_no_names() -> None:
    cases = [
        ("T3 travel", "Jesse Gray was not paid for his trip, spoke to clerk Morgan", "Other"),
        ("NT VA.gov", "Claim page does not load, agent Morgan", "Other"),
        ("T VA.gov", "Claim page does not load for Jesse", "Benefits"),
        ("T VA.gov", "Claim page does not load", "Other"),
    ]
    flags = [
        TRIAGE.flag(row(Labelled(subject, notes, category=category), number))
        for number, (subject, notes, category) in enumerate(cases, 1)
    ]
    listed = training_list(each for each in reversed(flags) if each)
    assert [number for number, _ in listed] == ["00000001", "00000002", "00000003"]
    assert listed[0][1].startswith("marked T3, but reads as Tier 0")
    assert listed[1][1].startswith("marked NT, but reads as technical")
    assert listed[2][1] == "marked T, but the category is not Other"
    assert not any(name in words for _, words in listed for name in ("Jesse", "Gray", "Morgan", "jesse"))


def test_people_are_told_the_two_first_reasons_and_no_phrase_twice() -> None:
    found = flag("Site", "claim page shows MOBL_502, not loading, same on two browsers")
    assert found is not None and len(found.why) > 2
    assert found.deciding == (
        "more than one device, browser or person saw it fail: does not open (“not … load”), “same on two”",
        "an error code is quoted: mobl_502",
    )
    trending = replace(found, rules=(*found.rules, TRENDING), why=(*found.why, "trending: 12 cases in a day"))
    assert trending.deciding == ("trending: 12 cases in a day", found.deciding[0])


def test_what_is_said_of_a_mark_is_not_said_again() -> None:
    found = flag("NT VA.gov", "claim page shows MOBL_502")
    assert found is not None and found.mistagged is not None
    assert found.mistagged == "marked NT, but reads as technical: an error code is quoted: mobl_502"
    assert not any("mobl_502" in each for each in found.deciding)


def test_a_flag_holds_nothing_of_the_case_but_the_maps_words() -> None:
    notes = "Jesse Gray 503-555-0142 ssn 900-11-2222 jesse@example.com on va.gov/jesse-gray: page not loading, MOBL_502"
    found = flag("T VA.gov Jesse Gray", notes)
    assert found is not None
    shown = " ".join((*found.rules, *found.why)).lower()
    assert "mobl_502" in shown and "not … load" in shown
    assert not any(each in shown for each in ("jesse", "gray", "555", "900", "2222", "example"))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("MOBL_502 and mobl 502 and MOBL-502", ("mobl_502",)),
        ("HTTP 503, error code 503, err: 503, a 503, 503 error, 503 bad gateway", ("error_503",)),
        ("error DD-5003 and dd5003 code DD5003", ("dd_5003",)),
        ("error msg gets 502", ("error_502",)),
        ("area code 503 diagnostic code 5003 zip code 4411", ()),
        ("503-555-0142, error 503-555-0142", ()),
        ("addr 4856 Sample Mill Rd, add 5003, rx 139 mg", ()),
        ("DD-214 apt-304 IMG_2595_Gray.jpg room-502 SSN-1234 error 9001122", ()),
        ("a 500 dollar copay, 502 people, form 10-10EZ, claim 600123456", ()),
    ],
)
def test_error_codes_are_told_from_other_numbers(text: str, codes: tuple[str, ...]) -> None:
    assert TRIAGE.map.codes.found(plain(text)) == codes


def test_without_any_map_codes_are_still_read() -> None:
    assert Codes().found("err 109") == ("error_109",)
    assert Codes().found("mobl_502") == ()


@pytest.mark.parametrize(
    "text", ["okonjo_2024.pdf", "gray-1950", "error gray 1950", "err okonjo_2024", "code: Gray-502"]
)
def test_a_name_before_a_number_is_never_carried_on(text: str) -> None:
    assert TRIAGE.map.codes.found(plain(text)) in ((), ("error_1950",), ("error_2024",), ("error_502",))


ODD = st.text() | st.text(alphabet="va.gov/@T3 \n'\"_-0123456789error") | st.none()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(subject=ODD, notes=ODD, category=ODD, product=ODD, record_type=ODD)
def test_no_text_makes_a_rule_fail(**fields: Any) -> None:
    case = Labelled(fields["subject"], fields["notes"])
    odd = row(case, category=fields["category"], product=fields["product"], record_type=fields["record_type"])
    heard = TRIAGE.hear(odd)
    for rule_set in TRIAGE.map.rule_sets:
        rule_set.catches(heard)
    TRIAGE.judge(odd)


@pytest.mark.parametrize(
    "piece",
    [
        "not ",
        "a",
        "a.",
        "a@",
        '"',
        '"abcdefghi',
        "error ",
        "error 1",
        "\ufdfa",
        "https://www.va.gov/",
        "va.gov/",
        "not load page ",
        "-",
        "www.",
    ],
)
def test_a_field_that_is_full_is_read(piece: str) -> None:
    """Whatever it is full of. An expression that goes astray would never come back from it."""
    full = (piece * 32_000)[:32_000]
    assert TRIAGE.flag(row(Labelled("T3", f"{full}"))) is not None


def test_the_map_names_what_it_lacks(mappings: MappingSet) -> None:
    declared = mappings.triage
    stray = RuleSet("ours", "", (Rule("stray", "", (Says("nowhere"),), tier=2),))
    with pytest.raises(Misconfigured, match="no phrases are declared for nowhere"):
        replace(declared, rule_sets=(stray,))
    with pytest.raises(Misconfigured, match="must be named 'ours'"):
        replace(declared, rule_sets=())
    with pytest.raises(Misconfigured, match=r"no tier \(0 to 3\) for untiered"):
        replace(declared, rule_sets=(RuleSet("ours", "", (Rule("untiered", "", ()),)),))
    with pytest.raises(Misconfigured, match="it has 2019, "):
        declared.rule_set("1999")
