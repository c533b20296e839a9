"""What is found of a cluster for its ticket, who is asked for, and what is never told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any
from urllib.parse import unquote

import pytest

from sf_handoff.calls.composite import Part
from sf_handoff.mapping import MappingSet, bundled
from sf_handoff.reports.evidence import SPARE, Evidence, evidence_of
from sf_handoff.reports.heard import without_addresses
from sf_handoff.reports.mentions import mentioned
from sf_handoff.reports.names import asked, persons_needed, read
from sf_handoff.reports.phrases import plain
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.tickets import TicketCase
from sf_handoff.reports.triage import Triage
from sf_handoff.reports.triaged import triage_day
from tests.reports.labelled import BESIDE, OUTAGE, Labelled, labelled_rows, row

MAPS = bundled()
TRIAGE = Triage(MAPS.triage, MAPS.report.own_record_types)
EVERYTHING = [each for kind in MAPS.tickets.mentions.values() for each in kind]


def found(rows: list[ReportRow], maps: MappingSet = MAPS) -> Evidence:
    """Of the biggest cluster of these rows."""
    clusters = triage_day(rows, TRIAGE).clusters
    return evidence_of(rows, clusters, maps)[clusters[0].fingerprint]


def of_notes(*notes: str, **values: object) -> Evidence:
    cases = (Labelled("T VA.gov", each, product="Claim status") for each in notes)
    return found([row(case, number, **values) for number, case in enumerate(cases, 1)])


# Devices, systems, browsers and builds


def told_of(text: str) -> tuple[str, ...]:
    return mentioned(without_addresses(plain(text)).rest, EVERYTHING)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("iPhone 14 / iOS 17.5", ("iPhone 14", "iOS 17.5")),
        ("on his IPHONE with iOS17", ("iPhone", "iOS 17")),
        ("Galaxy S22, Chrome 129", ("Samsung Galaxy S22", "Chrome 129")),
        ("Samsung tablet, android v. 14", ("Samsung", "Android 14")),
        ("Chrome 119.0.6045.123 on win 11", ("Windows 11", "Chrome 119.0")),
        ("VA app version 2.37.0, build 238", ("VA app 2.37.0", "build 238")),
        ("app 2.37, build #238.", ("VA app 2.37", "build 238")),
        ("Firefox and Edge and Safari", ("Safari", "Firefox", "Edge")),
    ],
)
def test_what_is_declared_is_told_with_its_number(text: str, told: tuple[str, ...]) -> None:
    assert set(told_of(text)) == set(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("at the kiosk, app1icant, shipping windows broken, apply", ()),
        ("build a case, will win in court", ()),
        ("iPhone 503-555-0142", ("iPhone",)),
        ("iphone 503 555 0142", ("iPhone",)),
        ("iPhone 503.555.0142", ("iPhone",)),
        ("android 123456789", ("Android",)),
        ("chrome 5035550142", ("Chrome",)),
        ("Mail to edge.case@example.com, see https://example.com/chrome/12", ()),
        ("", ()),
    ],
)
def test_and_nothing_else_of_the_text(text: str, told: tuple[str, ...]) -> None:
    assert told_of(text) == told


# Evidence


def test_the_evidence_of_an_outage() -> None:
    evidence = found([each for each, _ in labelled_rows((*OUTAGE, *BESIDE))])
    assert [each.case_number for each in evidence.cases] == [f"{at:08d}" for at in range(1, len(OUTAGE) + 1)]
    assert evidence.cases[0].case_id == "500000000000001AAA"
    assert evidence.errors["mobl_502"] == 7
    assert evidence.pages == {"/track-claims": 1}
    assert evidence.products == {"Claim status": 8, "not given": 3, "Other": 1}
    assert evidence.blocked == 10


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = [each for each, _ in labelled_rows((*OUTAGE, *BESIDE))]
    rows += [replace(each, case_number=f"9{each.case_number[1:]}") for each in rows]
    expected = found(rows)
    for seed in range(5):
        shuffled = list(rows)
        Random(seed).shuffle(shuffled)
        assert found(shuffled) == expected


def test_of_many_notes_a_handful_is_kept() -> None:
    many = [f"claim status page does not load, attempt {each} of many" for each in range(200)]
    evidence = of_notes(*many)
    assert len(evidence.cases) == 200
    assert len(evidence.quotes) == MAPS.tickets.quotes * SPARE


def test_those_that_tell_most_come_first_and_the_same_text_once() -> None:
    page, error = "claim status page does not load", "claim status page does not load, error 502"
    steps = "When she clicks submit on the claim status page it does not load, error 502"
    evidence = of_notes(page, error, error.upper(), steps)
    numbered = {each.case.case_number: each.text for each in evidence.quotes}
    assert [*numbered] == ["00000004", "00000002", "00000001"]
    assert numbered["00000002"] == error


def test_without_notes_the_subject_is_what_was_said() -> None:
    evidence = found([row(Labelled("T3 Claim status gives error 502 on va.gov", None))])
    assert [each.text for each in evidence.quotes] == ["T3 Claim status gives error 502 on va.gov"]


def test_a_note_too_long_to_be_quoted_whole_is_counted() -> None:
    evidence = of_notes("claim status page does not load", "claim status page does not load " * 200)
    assert (len(evidence.quotes), evidence.too_long) == (1, 1)


def test_a_quote_is_not_shown_in_logs() -> None:
    assert "does not load" not in repr(of_notes("claim status page does not load"))


def test_only_topics_and_products_that_the_map_lists_are_told_by_name() -> None:
    evidence = of_notes("claim status page does not load", topic="Claim status not loading")
    assert evidence.topics == {"Claim status not loading": 1}
    evidence = of_notes("claim status page does not load", topic="Jesse Gray called")
    assert evidence.topics == {"another value": 1}
    rows = [row(Labelled("T VA.gov", "claim status page does not load", product="Jesse Gray"))]
    assert found(rows).products == {"another value": 1}
    assert "Jesse" not in repr(found(rows))


@pytest.mark.parametrize(
    ("words", "workarounds", "denied"),
    [
        ("It works on her computer.", {"works on .. computer": 1}, 0),
        ("Worked in another browser.", {"works in .. browser": 1}, 0),
        ("Doesn't work on his computer.", {}, 1),
        ("No workaround.", {}, 1),
        ("Works in incognito, no other workaround.", {"works in incognito": 1}, 0),
        ("Tried twice.", {}, 0),
    ],
)
def test_workarounds_and_their_denials(words: str, workarounds: Mapping[str, int], denied: int) -> None:
    evidence = of_notes(f"claim status page does not load. {words}")
    assert (evidence.workarounds, evidence.denied) == (workarounds, denied)


def test_a_case_without_a_row_in_the_second_look_is_no_case_of_the_ticket() -> None:
    rows = [row(Labelled("T VA.gov", "claim status page does not load", product="Claim status"))]
    clusters = triage_day(rows, TRIAGE).clusters
    assert evidence_of([], clusters, MAPS) == {
        clusters[0].fingerprint: Evidence(mentions={kind: {} for kind in MAPS.tickets.mentions})
    }


def test_two_cases_of_one_number_are_two() -> None:
    case = Labelled("T VA.gov", "claim status page does not load", product="Claim status")
    evidence = found([row(case), row(case, case_id="500000000000009AAA")])
    assert evidence.cases == (
        TicketCase("00000001", "500000000000001AAA"),
        TicketCase("00000001", "500000000000009AAA"),
    )


# Names


def test_who_is_quoted_is_asked_for_once_a_thousand_a_call() -> None:
    evidence = of_notes("claim status page errors, error 502", "claim status page does not load, error 502")
    ids = persons_needed([evidence, evidence])
    assert ids == ("500000000000001AAA", "500000000000002AAA")
    calls = asked("Case", MAPS.tickets, [f"500{number:012d}AAA" for number in range(1001)])
    assert [len(each.subrequests) for each in calls] == [5, 1]
    query = unquote(calls[1].subrequests[0].path)
    assert query.startswith("query?q=SELECT Id, Contact.FirstName, Contact.LastName, ")
    assert query.endswith(" FROM Case WHERE Id IN ('500000000001000AAA')")
    assert asked("Case", replace(MAPS.tickets, names=()), ids) == ()


def test_the_answer_names_people_and_no_queue() -> None:
    record: dict[str, Any] = {
        "Id": "500000000000001AAA",
        "Contact": {"FirstName": "Jesse", "LastName": "Gray", "Name": "Jesse Gray", "Email": None},
        "SuppliedName": "Pat Poe",
        "Owner": {"attributes": {"type": "Name", "url": "/sobjects/Group/00G1"}, "Name": "Claims Queue"},
        "CreatedBy": {"attributes": {"type": "User", "url": "/sobjects/User/0051"}, "Name": "Kim Lee"},
    }
    nobody: dict[str, Any] = {"Id": "500000000000002AAA", "Contact": None, "Owner": None, "CreatedBy": None}
    parts = [Part("names_0", 200, {"totalSize": 2, "done": True, "records": [record, nobody]})]
    people = read(parts, MAPS.tickets)
    assert people["500000000000001AAA"].names == ("Jesse", "Gray", "Jesse Gray", "Pat Poe", "Kim Lee")
    assert people["500000000000002AAA"].names == ()
    assert set(people) == {"500000000000001AAA", "500000000000002AAA"}
