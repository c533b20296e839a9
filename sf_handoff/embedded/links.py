"""Lookups: a record named by its id, or by an external id of its own, one level deep.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_upsert.htm
"""

from __future__ import annotations

from typing import Any

from sf_handoff.embedded.database import Value
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import (
    Refusal,
    entity_is_deleted,
    no_such_column,
    no_such_record,
    not_json,
    wrong_id,
)
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.values import parsed


def resolve(org: Org, link: Field, given: object) -> str | None:
    """The id of the one record that `given`, `{"Key__c": "…"}`, names. The parent is matched, never made."""
    if given is None:
        return None
    if not isinstance(given, dict):
        raise not_json(f"Cannot deserialize instance of {link['relationshipName']} at [line:1, column:2]")
    target = _target(org, link, given)
    key, value = _key(target, given)
    found = org.database.ids(target, key, parsed(key, value))
    if not found:
        raise Refusal(
            "INVALID_FIELD",
            f"Foreign key external ID: {value} not found for field {key.name} in entity {target.name}",
            fields=(),
        )
    if len(found) > 1:
        raise several(key, found)
    return found[0]


def several(key: Field, found: list[str]) -> Refusal:
    return Refusal(
        "DUPLICATE_EXTERNAL_ID",
        f"{key.label}: more than one record found for external id field: [{', '.join(found)}]",
        fields=(key.name,),
    )


def _target(org: Org, link: Field, given: dict[str, Any]) -> SObject:
    """What kind of record is meant; a polymorphic link has to say, in `attributes.type`."""
    attributes = given.get("attributes")
    kind = attributes.get("type") if isinstance(attributes, dict) else None
    if kind is None and not link.polymorphic:
        kind = link.targets[0]
    name = next((each for each in link.targets if each.lower() == str(kind).lower()), "")
    sobject = org.schema.get(name)
    if sobject is None:
        raise Refusal(
            "INVALID_FIELD",
            f"The relationship {link['relationshipName']} needs an attributes.type among: "
            f"{', '.join(link.targets)}",
        )
    return sobject


def _key(target: SObject, given: dict[str, Any]) -> tuple[Field, object]:
    named = {name: value for name, value in given.items() if name != "attributes"}
    if len(named) != 1:
        count = "More than 1 field" if named else "No field"
        raise Refusal(
            "INVALID_FIELD",
            f"{count} provided in an external foreign key reference in entity: {target.name}",
        )
    ((name, value),) = named.items()
    key = target.field(name)
    if key is None:
        raise no_such_column(name, target.name)
    if not key.finds_records:
        message = f"Field name provided, {key.name} does not match an External ID for {target.name}"
        raise Refusal("INVALID_FIELD", message)
    return key, value


def check_target(org: Org, link: Field, value: Value) -> None:
    """Is there a record of this id, of a kind that the field may name?"""
    record_id = str(value)
    target = org.schema.of_id(record_id)
    if target is None or target.name not in link.targets:
        raise wrong_id("FIELD_INTEGRITY_EXCEPTION", link.label, record_id, link.name)
    record = org.database.read(target, record_id)
    if record is None:
        raise no_such_record()
    if record["IsDeleted"]:
        raise entity_is_deleted(status=400)


def release(org: Org, sobject: SObject, record_id: str) -> None:
    """Empty the lookups that name a record which is being deleted."""
    for child, link in org.schema.children(sobject):
        if link.stored and link["nillable"]:
            for each in org.database.ids(child, link, record_id):
                org.database.update(child, each, {link.name: None})
