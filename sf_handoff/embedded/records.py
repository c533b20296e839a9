"""Rows: by id and by external id.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert.htm
"""

from __future__ import annotations

from sf_handoff.embedded import ids
from sf_handoff.embedded.database import Value
from sf_handoff.embedded.describe import known
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.query import record
from sf_handoff.embedded.refusals import no_such_column, no_such_key, not_found, not_to_be_specified
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.values import parsed
from sf_handoff.embedded.writing import Writer

CREATED_SAID_SINCE = 46.0


def create(org: Org, call: Call, sobject: str) -> Answer:
    writer = writer_of(org, call, sobject)
    return _created(call, writer.sobject, writer.create(call.json()))


def read(org: Org, call: Call, sobject: str, record_id: str) -> Answer:
    writer = writer_of(org, call, sobject)
    if len(record_id) not in {15, 18}:
        raise no_such_key(record_id)
    return _shown(org, call, writer.sobject, writer.own_id(record_id))


def update(org: Org, call: Call, sobject: str, record_id: str) -> Answer:
    writer = writer_of(org, call, sobject)
    writer.update(record_id, call.json())
    return Answer(204)


def delete(org: Org, call: Call, sobject: str, record_id: str) -> Answer:
    writer_of(org, call, sobject).delete(record_id)
    return Answer(204)


def read_by_key(org: Org, call: Call, sobject: str, key: str, value: str) -> Answer:
    writer = writer_of(org, call, sobject)
    found = holders(org, writer.sobject, *_key(writer.sobject, key, value))
    if not found:
        raise not_found()
    if len(found) > 1:
        return _several(call, writer.sobject, found)
    return _shown(org, call, writer.sobject, found[0])


def upsert(org: Org, call: Call, sobject: str, key: str, value: str) -> Answer:
    """Created (201), updated (200, or 204 before v46), or a list of candidates (300, and nothing written)."""
    writer = writer_of(org, call, sobject)
    field, wanted = _key(writer.sobject, key, value)
    body = call.json()
    if any(name.lower() == field.name.lower() for name in body):
        raise not_to_be_specified(field.name)
    found = holders(org, writer.sobject, field, wanted)
    if len(found) > 1:
        return _several(call, writer.sobject, found)
    if found:
        writer.update(found[0], body)
        return _updated(call, found[0])
    if field.type == "id" or call.params.get("updateOnly", "").lower() == "true":
        raise not_found()
    created = _created(call, writer.sobject, writer.create(body, key=(field, wanted)))
    said = {"created": True} if call.number >= CREATED_SAID_SINCE else {}
    return Answer(created.status, {**created.body, **said}, created.headers)


def delete_by_key(org: Org, call: Call, sobject: str, key: str, value: str) -> Answer:
    writer = writer_of(org, call, sobject)
    found = holders(org, writer.sobject, *_key(writer.sobject, key, value))
    if not found:
        raise not_found()
    if len(found) > 1:
        return _several(call, writer.sobject, found)
    writer.delete(found[0])
    return Answer(204)


def writer_of(org: Org, call: Call, sobject: str) -> Writer:
    assign = call.headers.get("sforce-auto-assign", "TRUE").upper() != "FALSE"
    return Writer(org, known(org, sobject), assign)


def key_of(sobject: SObject, name: str) -> Field:
    field = sobject.field(name)
    if field is None or not field.finds_records:
        raise no_such_key(name)
    return field


def _key(sobject: SObject, name: str, value: str) -> tuple[Field, Value]:
    field = key_of(sobject, name)
    return field, parsed(field, value)


def holders(org: Org, sobject: SObject, field: Field, value: Value) -> list[str]:
    return org.database.ids(sobject, field, ids.normal(value) if field.type == "id" else value)


def _shown(org: Org, call: Call, sobject: SObject, record_id: str) -> Answer:
    """All fields, or those of `?fields=`, to which Salesforce adds the Id."""
    stored = org.database.read(sobject, record_id)
    if stored is None or stored["IsDeleted"]:
        raise not_found()
    wished = [name.strip() for name in call.params.get("fields", "").split(",") if name.strip()]
    for name in wished:
        if sobject.field(name) is None:
            raise no_such_column(name, sobject.name)
    names = [*wished, "Id"] if wished else [each.name for each in sobject.fields]
    return Answer(200, record(org, sobject, record_id, names, call.version))


def _created(call: Call, sobject: SObject, record_id: str) -> Answer:
    location = f"/services/data/v{call.version}/sobjects/{sobject.name}/{record_id}"
    return Answer(201, {"id": record_id, "success": True, "errors": []}, {"Location": location})


def _updated(call: Call, record_id: str) -> Answer:
    if call.number < CREATED_SAID_SINCE:
        return Answer(204)
    return Answer(200, {"id": record_id, "success": True, "errors": [], "created": False})


def _several(call: Call, sobject: SObject, found: list[str]) -> Answer:
    root = f"/services/data/v{call.version}/sobjects/{sobject.name}"
    return Answer(300, [f"{root}/{each}" for each in found])
