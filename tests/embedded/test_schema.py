from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from sf_handoff.embedded.schema import Schema, SObject, standard
from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import Date, Field, LinkByKey, LinkByName, PersonLink, RecordMap, Text, ours
from tests.embedded.world import CASE, MAPPINGS, PERSON, TASK, Api, nothing

yaml = pytest.importorskip("yaml")
SCHEMA = Schema.build(MAPPINGS.groups, PERSON)


def sobject(name: str) -> SObject:
    found = SCHEMA.get(name)
    assert found is not None
    return found


def described(sobject_name: str, field: str) -> dict[str, Any]:
    found = sobject(sobject_name).field(field)
    assert found is not None
    return dict(found.document)


def differs(sobject_name: str, field: str, **props: Any) -> dict[str, Any]:
    """The properties that are not as expected."""
    document = described(sobject_name, field)
    return {prop: document[prop] for prop, value in props.items() if document[prop] != value}


def test_a_maps_key_is_a_unique_external_id() -> None:
    key = {"externalId": True, "unique": True, "caseSensitive": True, "idLookup": True, "custom": True}
    assert not differs("Case", "Handoff_Id__c", type="string", length=64, byteLength=192, **key)
    assert not differs("Task", "Handoff_Id__c", label="Handoff Id", **key)


def test_the_persons_key_may_be_held_twice() -> None:
    assert not differs("Contact", "ICN__c", externalId=True, idLookup=True, unique=False, length=17)


@pytest.mark.parametrize(
    ("name", "props"),
    [
        ("State__c", {"type": "picklist", "restrictedPicklist": True, "inlineHelpText": "Where it is."}),
        ("Taps__c", {"type": "double", "precision": 4, "scale": 0, "soapType": "xsd:double"}),
        ("Seen_At__c", {"type": "datetime", "soapType": "xsd:dateTime"}),
        ("Filed__c", {"type": "date", "soapType": "xsd:date"}),
        ("TTY__c", {"type": "boolean", "nillable": False, "defaultedOnCreate": True}),
        ("Errors__c", {"type": "textarea", "length": 2000, "filterable": False, "sortable": False}),
        ("Note__c", {"type": "textarea", "length": 200, "filterable": True}),
        ("SuppliedPhone", {"type": "string", "length": 40, "custom": False, "externalId": False}),
    ],
)
def test_each_kind_of_field_is_described(name: str, props: dict[str, Any]) -> None:
    assert not differs("Case", name, **props)


def test_a_picklist_value_of_the_map_joins_the_standard_ones() -> None:
    values = [each["value"] for each in described("Case", "Status")["picklistValues"]]
    assert values == ["New", "Working", "Escalated", "Closed", "Awaiting call"]


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (Text("Subjekt", ours, nothing, length=10), "Case.Subjekt: Case has no such field"),
        (Text("SuppliedName", ours, nothing, length=81), "Case.SuppliedName: the org holds 80 characters"),
        (Date("Subject", ours, nothing), "Case.Subject: the org has it as string"),
        (LinkByName("OwnerId", ours, nothing, to="Account"), "Case.OwnerId: it cannot name a Account"),
        (LinkByKey("Person", ours, nothing, to="Contact", key="ICN__c"), "no such relationship"),
        (LinkByKey("Contact", ours, nothing, to="Contact", key="Phone"), "Phone is not an external id"),
    ],
)
def test_what_does_not_fit_the_org_is_named(declared: Field[Any], said: str) -> None:
    case: RecordMap[Any] = RecordMap("Case", CASE.key, (CASE.fields[0], declared))
    with pytest.raises(Misconfigured, match=said):
        Schema.build([case], PERSON)


def test_an_sobject_that_the_org_lacks_is_named() -> None:
    with pytest.raises(Misconfigured, match="no sObject Veteran__c"):
        Schema.build([], PersonLink(sobject="Veteran__c", key="ICN__c", length=17, identifier=nothing))


def test_a_custom_lookup_is_made() -> None:
    lookup = LinkByName[Any]("Desk_Queue__c", ours, nothing, to="Group")
    case: RecordMap[Any] = RecordMap("Case", CASE.key, (CASE.fields[0], lookup))
    found = cast("SObject", Schema.build([case, TASK], PERSON).get("case")).relationship("desk_queue__r")
    assert found is not None
    assert found.targets == ("Group",)


@pytest.mark.parametrize("name", ["Case", "Contact", "Account"])
def test_standard_fields_are_those_of_a_real_org(recorded: Path, name: str) -> None:
    real = _recorded(recorded, name)
    theirs = {each["name"]: each for each in real["fields"] if not each["name"].endswith("__c")}
    ours_ = {each.name: dict(each.document) for each in standard()[name].fields}
    assert set(ours_) - set(theirs) <= {"RecordTypeId"}, "Case and Contact gain it with record types"
    unlike = {
        (field, prop)
        for field, document in theirs.items()
        for prop, value in document.items()
        if ours_[field][prop] != value
    }
    assert unlike <= {("CleanStatus", "picklistValues")}, "there labels differ from values"


@pytest.mark.parametrize("name", ["Case", "Contact"])
def test_describe_has_the_keys_of_a_real_one(recorded: Path, api: Api, name: str) -> None:
    real, answer = _recorded(recorded, name), api("GET", f"/sobjects/{name}/describe").json()
    since_v48 = {"associateEntityType", "associateParentEntity", "sobjectDescribeOption"}
    assert set(real) ^ set(answer) <= since_v48
    assert {frozenset(each) for each in real["fields"]} == {frozenset(each) for each in answer["fields"]}
    for part in ("childRelationships", "recordTypeInfos", "supportedScopes"):
        assert set(real[part][0]) == set(answer[part][0])


def test_the_global_describe_has_the_keys_of_a_real_one(recorded: Path, api: Api) -> None:
    text = (recorded / "cumulusci/shared_cassettes/GET_sobjects_Global_describe.yaml").read_text("utf-8")
    real = json.loads(yaml.safe_load(text)["response"]["body"]["string"])
    answer = api("GET", "/sobjects").json()
    assert set(real) == set(answer)
    assert set(real["sobjects"][0]) == set(answer["sobjects"][0])


def _recorded(recorded: Path, name: str) -> dict[str, Any]:
    path = recorded / f"cumulusci/shared_cassettes/GET_sobjects_{name}_describe.yaml"
    found: dict[str, Any] = json.loads(yaml.safe_load(path.read_text("utf-8"))["response"]["body"]["string"])
    return found
