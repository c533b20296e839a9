"""sObjects and fields that are given as describe documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sf_handoff.embedded import running
from sf_handoff.embedded.schema import Schema, SObject
from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import PersonLink
from tests.embedded.world import MAPPINGS, PERSON, Api, nothing, refusal

LEVEL = {
    "name": "Level__c",
    "type": "picklist",
    "restrictedPicklist": True,
    "picklistValues": ["one*", "two"],
}
VETERAN: dict[str, Any] = {
    "name": "Veteran__c",
    "keyPrefix": "a07",
    "fields": [
        {"name": "Name", "type": "string", "nillable": False},
        {"name": "ICN__c", "type": "string", "length": 17, "externalId": True, "idLookup": True},
        {"name": "Share__c", "type": "percent", "scale": 1},
        {"name": "Contact__c", "type": "reference", "referenceTo": ["Contact"]},
        LEVEL,
    ],
}


def schema(*documents: dict[str, Any]) -> Schema:
    return Schema.build(MAPPINGS.groups, PERSON, documents)


def sobject(found: Schema, name: str) -> SObject:
    known = found.get(name)
    assert known is not None
    return known


def test_records_of_a_new_sobject_are_written_and_read(tmp_path: Path) -> None:
    with running(tmp_path, MAPPINGS, sobjects=[VETERAN]) as org:
        api = Api(org)
        with api.http:
            answer = api("PATCH", "/sobjects/Veteran__c/ICN__c/1", {"Name": "Jesse", "Share__c": 12.34})
            assert answer.status_code == 201
            assert answer.json()["id"].startswith("a07")
            assert api.found("SELECT Name, Share__c FROM Veteran__c") == [{"Name": "Jesse", "Share__c": 12.3}]
            refused = refusal(api("POST", "/sobjects/Veteran__c", {"Name": "Sam", "Level__c": "three"}))
            missing = refusal(api("POST", "/sobjects/Veteran__c", {}))
    assert refused[1:] == (
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Level: bad value for restricted picklist field: three",
    )
    assert missing[2] == "Required fields are missing: [Name]"


def test_every_sobject_has_an_id_and_audit_fields() -> None:
    names = [each.name for each in sobject(schema(VETERAN), "Veteran__c").fields]
    assert names[:2] == ["Id", "IsDeleted"]
    assert {"CreatedDate", "LastModifiedById", "SystemModstamp"} <= set(names)


def test_names_tell_what_is_custom() -> None:
    found = schema(VETERAN, {"name": "Campaign", "keyPrefix": "701", "fields": [LEVEL]})
    assert [sobject(found, name).document["custom"] for name in ("Veteran__c", "Campaign")] == [True, False]
    fields = sobject(found, "Campaign").fields
    assert [each.name for each in fields if each["custom"]] == ["Level__c"]
    assert [each.label for each in fields if each["custom"]] == ["Level"]


def test_fields_join_a_standard_sobject() -> None:
    found = sobject(schema({"name": "Case", "fields": [LEVEL]}), "Case")
    level = found.field("level__c")
    assert level is not None
    assert found.prefix == "500"
    assert [(each["value"], each["defaultValue"]) for each in level["picklistValues"]] == [
        ("one", True),
        ("two", False),
    ]


def test_an_orgs_own_describe_is_taken_as_it_is(tmp_path: Path) -> None:
    """What one org answers makes the same sObject in another."""
    with running(tmp_path / "one", MAPPINGS, sobjects=[VETERAN]) as org, Api(org).http as http:
        url = f"{org.http}/services/data/v66.0/sobjects/Veteran__c/describe"
        document = http.get(url, timeout=10).json()
    assert sobject(schema(document), "Veteran__c").fields == sobject(schema(VETERAN), "Veteran__c").fields


def test_a_map_may_name_a_new_sobject() -> None:
    person = PersonLink(sobject="Veteran__c", key="ICN__c", length=17, identifier=nothing)
    key = sobject(Schema.build([], person, [VETERAN]), "Veteran__c").field("ICN__c")
    assert key is not None
    assert key["externalId"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"name": "Veteran__c", "fields": []}, "Veteran__c: an sObject needs a keyPrefix"),
        ({"name": "Case", "fields": [{"name": "A__c", "type": "location"}]}, "Case.A__c: .* type location"),
    ],
)
def test_what_cannot_be_is_named(document: dict[str, Any], said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        schema(document)
