"""Cases that come from elsewhere: with their own dates, all or none, and once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sf_handoff.embedded import Embedded, Incoming
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.errors import Misconfigured
from tests.embedded.world import Api, refusal

LONG_AGO = "2019-10-23T14:00:00.000+0000"
LATER = "2019-10-24T09:30:00.000+0000"
SAM = {"FirstName": "Sam", "LastName": "Sample", "ICN__c": "2000000001V000001"}


def incoming(subject: str, **fields: Any) -> Incoming:
    fields = {"CreatedDate": LONG_AGO, "LastModifiedDate": LATER, **fields}
    return Incoming({"Subject": subject, **fields}, "Hotline", SAM)


def cases(org: Embedded, start: str) -> list[dict[str, Any]]:
    return [each for each in org.records("Case") if str(each["Subject"]).startswith(start)]


def test_they_keep_their_dates(org: Embedded) -> None:
    assert org.load_cases("dates", "2", [incoming("dates 1"), incoming("dates 2", Status="Closed")]) == 2
    first, second = cases(org, "dates")
    assert (first["CreatedDate"], first["LastModifiedDate"], first["ClosedDate"]) == (LONG_AGO, LATER, None)
    assert second["ClosedDate"] == LATER
    assert first["SystemModstamp"] > LATER


def test_record_types_and_people_are_made_once(org: Embedded) -> None:
    org.load_cases("people", "2", [incoming("people 1"), incoming("people 2")])
    org.load_cases("people again", "1", [incoming("people 3")])
    made = cases(org, "people")
    (sam,) = (each for each in org.records("Contact") if each["ICN__c"] == SAM["ICN__c"])
    (hotline,) = (each for each in org.records("RecordType") if each["DeveloperName"] == "Hotline")
    assert {each["ContactId"] for each in made} == {sam["Id"]}
    assert {each["RecordTypeId"] for each in made} == {hotline["Id"]}


def test_a_second_load_adds_nothing_and_looks_at_nothing(org: Embedded) -> None:
    looked = []

    def watched() -> Iterator[Incoming]:
        looked.append(True)
        yield incoming("once")

    assert [org.load_cases("once", "1", watched()) for _ in range(2)] == [1, 0]
    assert looked == [True]
    assert len(cases(org, "once")) == 1


def test_another_content_under_the_same_name_is_refused(org: Embedded) -> None:
    org.load_cases("a day", "1 row", [])
    with pytest.raises(Misconfigured, match="has a day already: 1 row"):
        org.load_cases("a day", "2 rows", [incoming("never")])
    assert cases(org, "never") == []


def test_a_load_that_fails_leaves_nothing(org: Embedded) -> None:
    with pytest.raises(Refusal):
        org.load_cases("broken", "2", [incoming("broken 1"), incoming("broken 2", Subject="x" * 256)])
    assert cases(org, "broken") == []
    assert org.load_cases("broken", "2", [incoming("broken 1")]) == 1


def test_an_administrator_may_set_the_dates_of_a_new_record(org: Embedded) -> None:
    org.create("Case", Subject="dated", CreatedDate=LONG_AGO)
    (made,) = cases(org, "dated")
    assert made["CreatedDate"] == LONG_AGO


def test_a_client_may_not(api: Api) -> None:
    sent = {"Subject": "dated by a client", "CreatedDate": LONG_AGO}
    status, code, _ = refusal(api("POST", "/sobjects/Case", sent))
    assert (status, code) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_and_nobody_may_change_them(org: Embedded) -> None:
    made = org.create("Case", Subject="fixed")
    with pytest.raises(Refusal):
        org.update("Case", made, CreatedDate=LONG_AGO)
