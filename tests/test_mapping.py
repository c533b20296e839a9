"""Field declarations: what is sent, when, and what becomes of a value that does not fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.errors import Misconfigured, Rejected
from sf_handoff.mapping import (
    Checkbox,
    Date,
    DateTime,
    LinkByKey,
    LinkByName,
    LongText,
    MappingSet,
    Number,
    Phone,
    Picklist,
    RecordMap,
    Text,
    bundled,
    load,
    once,
    ours,
)
from sf_handoff.texts import cut, utf16_units

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}\u200d\N{BOY}"


@dataclass(frozen=True)
class Source:
    value: Any = None


def key() -> Text[Source]:
    return Text("Key__c", once, lambda source: "k", length=10, key=True)


def body(*fields: Any, value: Any = None, creating: bool = True) -> Any:
    return RecordMap("Case", "Key__c", (key(), *fields)).body(Source(value), creating=creating)


def test_once_is_sent_when_created_and_ours_every_time() -> None:
    fields: Any = (Text("Once", once, lambda s: "a", length=9), Text("Ours", ours, lambda s: "b", length=9))
    assert body(*fields).values == {"Once": "a", "Ours": "b"}
    assert body(*fields, creating=False).values == {"Ours": "b"}


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_value_is_left_out_and_never_sent_as_null(nothing: str | None) -> None:
    assert body(Text("Subject", ours, lambda s: nothing, length=9)).values == {}


def test_false_and_zero_are_values() -> None:
    fields: Any = (Checkbox("Flag", ours, lambda s: False), Number("Count", ours, lambda s: 0))
    assert body(*fields).values == {"Flag": False, "Count": 0}


def test_the_key_is_in_the_address_and_not_in_the_body() -> None:
    assert "Key__c" not in body().values


def test_prose_is_cut_with_a_mark_and_a_note() -> None:
    """I04"""
    found = body(LongText("Description", ours, lambda s: "word " * 10, length=20))
    assert found.values == {"Description": "word word word word…"}
    assert found.notes == ("Description was cut to 20 characters",)


@pytest.mark.parametrize(
    "field",
    [
        Text("Other__c", ours, lambda s: "x" * 11, length=10, key=True),
        Text("Claim__c", ours, lambda s: "x" * 11, length=10, exact=True),
        Phone("Phone__c", ours, lambda s: "5" * 41),
    ],
)
def test_keys_and_exact_values_are_refused_by_name_and_never_cut(field: Any) -> None:
    """I04"""
    with pytest.raises(Rejected) as refused:
        body(field)
    assert refused.value.code == "TOO_LONG"
    assert refused.value.fields == (field.api_name,)
    assert "xxx" not in str(refused.value)


def test_a_picklist_takes_its_values_only() -> None:
    strict: Any = Picklist("Origin", once, lambda s: s.value, values=("Phone", "Web"))
    assert body(strict, value="Web").values == {"Origin": "Web"}
    with pytest.raises(Rejected) as refused:
        body(strict, value="secret")
    assert refused.value.code == "NOT_IN_PICKLIST"
    assert "secret" not in str(refused.value)


def test_a_picklist_may_have_a_value_for_all_others() -> None:
    lenient: Any = Picklist("Origin", once, lambda s: s.value, values=("Phone", "Other"), otherwise="Other")
    found = body(lenient, value="secret")
    assert found.values == {"Origin": "Other"}
    assert "secret" not in found.notes[0]


def test_a_moment_is_sent_in_utc_and_a_naive_one_is_a_mistake() -> None:
    eastern = timezone(timedelta(hours=-5))
    moment: Any = DateTime("At__c", ours, lambda s: s.value)
    assert body(moment, value=datetime(2026, 11, 20, 10, 4, tzinfo=eastern)).values == {
        "At__c": "2026-11-20T15:04:00.000Z"
    }
    with pytest.raises(TypeError):
        body(moment, value=datetime(2026, 11, 20, 10, 4))  # noqa: DTZ001


def test_a_day_stays_the_day_it_is() -> None:
    day: Any = Date("On__c", ours, lambda s: s.value)
    assert body(day, value=date(2026, 11, 20)).values == {"On__c": "2026-11-20"}
    with pytest.raises(TypeError):
        body(day, value=datetime(2026, 11, 20, 23, 0, tzinfo=UTC))


def test_a_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Rejected):
        body(Number("Count", ours, lambda s: 100, digits=2))


def test_a_link_names_its_parent_by_key() -> None:
    assert body(LinkByKey("Contact", once, lambda s: "k1", to="Contact", key="ICN__c")).values == {
        "Contact": {"ICN__c": "k1"}
    }
    assert body(
        LinkByKey("Who", once, lambda s: "k1", to="Contact", key="ICN__c", polymorphic=True)
    ).values == {"Who": {"attributes": {"type": "Contact"}, "ICN__c": "k1"}}


@pytest.mark.parametrize("name", ["a' OR Name != '", "two words", "1st", "x\\"])
def test_a_developer_name_cannot_carry_a_query(name: str) -> None:
    """I05"""
    with pytest.raises(Misconfigured):
        body(LinkByName("OwnerId", once, lambda s: name, to="Group"))


def test_a_map_is_checked_when_it_is_made() -> None:
    with pytest.raises(Misconfigured, match="Subject"):
        RecordMap("Case", "Key__c", (key(), *[Text("Subject", ours, lambda s: "a", length=9)] * 2))
    with pytest.raises(Misconfigured, match="Key__c"):
        RecordMap("Case", "Key__c", (replace(key(), key=False),))
    with pytest.raises(Misconfigured, match="Missing__c"):
        RecordMap("Case", "Missing__c", (key(),))


def test_the_label_of_a_field_follows_from_its_name() -> None:
    assert Text("Handoff_Claim_Id__c", ours, lambda s: "", length=9).label == "Handoff Claim Id"
    assert Text("X__c", ours, lambda s: "", length=9, label="Words").label == "Words"


@given(st.text(), st.integers(1, 40))
def test_what_is_cut_fits_and_is_a_beginning(text: str, length: int) -> None:
    text = text.encode("utf-16", "replace").decode("utf-16", "replace")
    found = cut(text, length)
    assert utf16_units(found) <= length
    assert found.endswith("…")
    assert text.startswith(found.removesuffix("…"))


def test_a_cut_never_splits_what_people_see_as_one() -> None:
    """I04"""
    assert cut(f"ab{FAMILY}cd", 8) == "ab…"
    assert cut("e\N{COMBINING ACUTE ACCENT}" * 4, 4) == "e\N{COMBINING ACUTE ACCENT}…"


def test_length_is_counted_as_salesforce_counts() -> None:
    assert utf16_units("aé\N{GRINNING FACE}") == 4


def test_the_bundled_maps() -> None:
    maps = bundled()
    assert (maps.case.sobject, maps.task.sobject, maps.person.sobject) == ("Case", "Task", "Contact")
    assert maps.case.key_field.key
    by_name = {field.api_name: field.written for field in maps.case.fields}
    agents_own = ("Status", "OwnerId", "Priority", "Origin", "RecordTypeId", "Subject", "Contact")
    assert {by_name[name] for name in agents_own} == {once}


def test_every_crisis_number_is_in_the_ramps(mappings: MappingSet) -> None:
    assert all(mappings.ramps.is_crisis(number) for number in ("988", "838255", "8007994889", "8002738255"))
    assert not any(mappings.ramps.is_crisis(line.number) for line in mappings.ramps.lines)


@pytest.mark.parametrize("package", ["no_such_package", "json"])
def test_maps_that_are_not_there_are_named(package: str) -> None:
    with pytest.raises(Misconfigured, match=package):
        load(package)
