"""Records as a Bulk job takes them, and what its results say."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from sf_handoff.calls.bulk import results, to_csv

PERSON = {"ICN__c": "1000000001V100001"}


def cells(*records: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(to_csv(records).splitlines(keepends=True)))


def test_a_link_is_a_column_of_its_own_and_names_its_type_where_it_must() -> None:
    (row,) = cells(
        {
            "attributes": {"type": "Task"},
            "Subject": "A call",
            "Contact": PERSON,
            "Who": {"attributes": {"type": "Contact"}, **PERSON},
        }
    )
    assert row == {
        "Subject": "A call",
        "Contact.ICN__c": "1000000001V100001",
        "Contact:Who.ICN__c": "1000000001V100001",
    }


def test_every_field_has_a_column_and_one_without_a_value_is_left_alone() -> None:
    first, second = cells({"Taps__c": 2, "TTY__c": False}, {"TTY__c": True, "Errors__c": "x"})
    assert first == {"Errors__c": "", "TTY__c": "false", "Taps__c": "2"}
    assert second == {"Errors__c": "x", "TTY__c": "true", "Taps__c": ""}


@pytest.mark.parametrize("text", ['a "quoted" word', "two\nlines", "a, b", 'ends in a quote"', "naïve ✓"])
def test_any_text_comes_through(text: str) -> None:
    (row,) = cells({"Errors__c": text})
    assert row["Errors__c"] == text


def test_the_results_of_both_files_have_the_shape_of_a_collection() -> None:
    successful = '"sf__Id","sf__Created","Handoff_Id__c"\n"500000000000001AAA","true","k1"\n'
    failed = (
        '"sf__Id","sf__Error","Handoff_Id__c"\n'
        '"","INVALID_FIELD:Foreign key external ID: x not found for field ICN__c in entity Contact:Contact --","k2"\n'
        '"","UNABLE_TO_LOCK_ROW:unable to obtain exclusive access: a, b:--","k3"\n'
        '"","REQUIRED_FIELD_MISSING:Required fields are missing: [A, B]:A,B --","k4"\n'
    )
    found = dict([*results(successful, "Handoff_Id__c"), *results(failed, "Handoff_Id__c")])
    assert found["k1"] == {"id": "500000000000001AAA", "success": True, "errors": []}
    errors: dict[str, Any] = {key: found[key]["errors"] for key in ("k2", "k3", "k4")}
    assert [errors[key][0]["statusCode"] for key in errors] == [
        "INVALID_FIELD",
        "UNABLE_TO_LOCK_ROW",
        "REQUIRED_FIELD_MISSING",
    ]
    assert errors["k2"][0]["message"].startswith("Foreign key external ID")
    assert [errors[key][0]["fields"] for key in errors] == [["Contact"], [], ["A", "B"]]
    assert not found["k2"]["success"]
