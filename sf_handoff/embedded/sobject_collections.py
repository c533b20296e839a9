"""sObject Collections: up to 200 records in one call, each with a verdict of its own, in order.

A record that fails leaves the others alone, unless all or none are wanted. Not recorded, hence our reading:
the codes for a missing type, for an upsert of another type and for more than ten runs of one type, and that
every record which shares its key or Id with another of the call is refused.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any, TypeAlias

from sf_handoff.embedded import ids, links, records
from sf_handoff.embedded.composite import repeated
from sf_handoff.embedded.describe import known
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.query import record
from sf_handoff.embedded.refusals import Refusal, no_such_column, no_such_record, not_json, too_many
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.values import parsed
from sf_handoff.embedded.writing import Writer

MOST, MOST_READ, MOST_RUNS = 200, 2000, 10
NOTHING = {""}
NONE = (None, "")
ROLLED_BACK = Refusal(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
Saved: TypeAlias = dict[str, Any]
Write: TypeAlias = Callable[[], Saved]


@dataclass(frozen=True)
class Record:
    """A record as it was given, and of which sObject."""

    kind: str
    body: dict[str, Any]

    def take(self, name: str) -> tuple[Any, dict[str, Any]]:
        """The value under `name`, in any case, and the record without it."""
        value = next((each for key, each in self.body.items() if key.lower() == name.lower()), None)
        return value, {key: each for key, each in self.body.items() if key.lower() != name.lower()}


def create(org: Org, call: Call) -> Answer:
    given = _mixed(call)
    return _run(org, [partial(_create, org, call, each) for each in given], all_or_none=_flag(call))


def update(org: Org, call: Call) -> Answer:
    given = _mixed(call)
    twice = repeated(same(each.take("Id")[0]) for each in given) - NOTHING
    return _run(org, [partial(_update, org, call, each, twice) for each in given], all_or_none=_flag(call))


def upsert(org: Org, call: Call, sobject: str, key: str) -> Answer:
    """By an external id, or by Id: then a record without one is created."""
    writer = records.writer_of(org, call, sobject)
    field = records.key_of(writer.sobject, key)
    given = _records(call)
    if any(each.kind.lower() != sobject.lower() for each in given):
        raise Refusal("INVALID_INPUT", f"Every record of this request must be of type {writer.sobject.name}.")
    twice = repeated(same(each.take(field.name)[0], field) for each in given) - NOTHING
    writes = [partial(upserted, org, writer, field, each, twice) for each in given]
    return _run(org, writes, all_or_none=_flag(call))


def delete(org: Org, call: Call) -> Answer:
    wanted = _listed(call, "ids")
    if not wanted:
        raise _at_least_one()
    if len(wanted) > MOST:
        raise too_many(MOST)
    all_or_none = call.all_or_none or call.params.get("allOrNone", "").lower() == "true"
    return _run(org, [partial(_delete, org, call, each) for each in wanted], all_or_none=all_or_none)


def read(org: Org, call: Call, sobject: str) -> Answer:
    """The records in the order of their ids, and null for each that is not there."""
    found = known(org, sobject)
    wanted, fields = _listed(call, "ids"), _listed(call, "fields")
    for name, values in (("ids", wanted), ("fields", fields)):
        if not values:
            raise Refusal("MISSING_ARGUMENT", f"{name} not specified")
    if len(wanted) > MOST_READ:
        raise too_many(MOST_READ)
    for name in fields:
        if found.field(name) is None:
            raise no_such_column(name, found.name)
    return Answer(200, [_read(org, call, found, each, fields) for each in wanted])


def failure(refusal: Refusal) -> dict[str, Any]:
    """A refusal as an entry of `errors`."""
    return {
        "statusCode": refusal.code,
        "message": refusal.error["message"],
        "fields": refusal.error.get("fields", []),
    }


class _Undone(Exception):
    def __init__(self, items: list[Saved]) -> None:
        super().__init__()
        self.items = items


def _run(org: Org, writes: Iterable[Write], *, all_or_none: bool) -> Answer:
    """Every write is tried, even when an earlier one has already doomed them all."""
    try:
        with org.database.savepoint():
            items = [_item(org, each) for each in writes]
            if all_or_none and not all(each["success"] for each in items):
                raise _Undone(items)
    except _Undone as undone:
        taken_back = [_failed(ROLLED_BACK) if each["success"] else each for each in undone.items]
        return Answer(200, taken_back, undone=True)
    return Answer(200, items)


def _item(org: Org, write: Write) -> Saved:
    try:
        with org.database.savepoint():
            return write()
    except Refusal as refusal:
        return _failed(refusal)


def _failed(refusal: Refusal) -> Saved:
    return {"success": False, "errors": [failure(refusal)]}


def _saved(record_id: str) -> Saved:
    return {"id": record_id, "success": True, "errors": []}


def _create(org: Org, call: Call, given: Record) -> Saved:
    return created(_writer(org, call, given.kind), given)


def _update(org: Org, call: Call, given: Record, twice: set[str]) -> Saved:
    return updated(org, _writer(org, call, given.kind), given, twice)


def created(writer: Writer, given: Record) -> Saved:
    if given.take("Id")[0] is not None:
        message = "cannot specify Id in an insert call"
        raise Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, fields=("Id",))
    return _saved(writer.create(given.body))


def updated(org: Org, writer: Writer, given: Record, twice: set[str]) -> Saved:
    record_id, body = given.take("Id")
    if record_id in NONE:
        raise Refusal("MISSING_ARGUMENT", "Id not specified in an update call")
    if same(record_id) in twice:
        raise Refusal("DUPLICATE_VALUE", f"Duplicate id specified: {record_id}", fields=())
    return _saved(_changed(org, writer, record_id, body))


def upserted(org: Org, writer: Writer, field: Field, given: Record, twice: set[str]) -> Saved:
    value, body = given.take(field.name)
    if same(value, field) in twice:
        kind = "id" if field.type == "id" else "external id"
        message = f"Duplicate {kind} specified: {value}"
        raise Refusal("DUPLICATE_VALUE", message, fields=(field.name,))
    if field.type == "id":
        unnamed = value in NONE
        saved = writer.create(body) if unnamed else _changed(org, writer, value, body)
        return {**_saved(saved), "created": unnamed}
    if value in NONE:
        raise Refusal("MISSING_ARGUMENT", f"{field.name} not specified", fields=(field.name,))
    wanted = parsed(field, value)
    held = records.holders(org, writer.sobject, field, wanted)
    if len(held) > 1:
        raise links.several(field, held)
    saved = _changed(org, writer, held[0], body) if held else writer.create(body, key=(field, wanted))
    return {**_saved(saved), "created": not held}


def _delete(org: Org, call: Call, given: str) -> Saved:
    if ids.normal(given) is None:
        raise _malformed(given)
    sobject = org.schema.of_id(given)
    if sobject is None:
        raise no_such_record()
    return deleted(org, records.writer_of(org, call, sobject.name), given)


def deleted(org: Org, writer: Writer, given: str) -> Saved:
    record_id = _stored(org, writer, given)
    writer.delete(record_id)
    return _saved(record_id)


def _read(org: Org, call: Call, sobject: SObject, given: str, fields: list[str]) -> dict[str, Any] | None:
    record_id = ids.normal(given)
    stored = org.database.read(sobject, record_id) if record_id else None
    if record_id is None or stored is None or stored["IsDeleted"]:
        return None
    return record(org, sobject, record_id, [*fields, "Id"], call.version)


def _changed(org: Org, writer: Writer, given: Any, body: dict[str, Any]) -> str:
    record_id = _stored(org, writer, given)
    writer.update(record_id, body)
    return record_id


def _stored(org: Org, writer: Writer, given: Any) -> str:
    """The whole id of a record that is there, deleted or not."""
    if ids.normal(given) is None:
        raise _malformed(given)
    record_id = writer.own_id(given)
    if org.database.read(writer.sobject, record_id) is None:
        raise no_such_record()
    return record_id


def _writer(org: Org, call: Call, kind: str) -> Writer:
    if org.schema.get(kind) is None:
        raise Refusal("INVALID_TYPE", f"sObject type '{kind}' is not supported.")
    return records.writer_of(org, call, kind)


def _malformed(given: Any) -> Refusal:
    return Refusal("MALFORMED_ID", f"malformed id {given}", fields=())


def same(value: Any, field: Field | None = None) -> str:
    """What two values have in common that name one record; an empty text if they name none."""
    if field is None or field.type == "id":
        return ids.normal(value) or ""
    text = "" if value is None else str(value)
    return text if field["caseSensitive"] else text.lower()


def _mixed(call: Call) -> list[Record]:
    """Records of any types, as long as they come in few runs of one type."""
    given = _records(call)
    if len([kind for kind, _ in groupby(given, lambda each: each.kind.lower())]) > MOST_RUNS:
        message = (
            f"Cannot have more than {MOST_RUNS} chunks in a single operation. "
            "Please rearrange the data to reduce chunking."
        )
        raise Refusal("LIMIT_EXCEEDED", message)
    return given


def _records(call: Call) -> list[Record]:
    given = call.json().get("records") or []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise not_json("records must be a list of objects at [line:1, column:2]")
    if not given:
        raise _at_least_one()
    if len(given) > MOST:
        raise too_many(MOST)
    return [Record(_kind(each), each) for each in given]


def _kind(given: dict[str, Any]) -> str:
    attributes = given.get("attributes")
    kind = attributes.get("type") if isinstance(attributes, dict) else None
    if not isinstance(kind, str) or not kind:
        raise Refusal("INVALID_INPUT", "Include an entity type for each record in the request.")
    return kind


def _at_least_one() -> Refusal:
    return Refusal("REQUIRED_FIELD_MISSING", "At least 1 record is required")


def _flag(call: Call) -> bool:
    return call.all_or_none or call.json().get("allOrNone") is True


def _listed(call: Call, name: str) -> list[str]:
    """A list from the body of a POST, or from the query string."""
    given = call.json().get(name) or [] if call.method == "POST" else call.params.get(name, "").split(",")
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise not_json(f"{name} must be a list of strings at [line:1, column:2]")
    return [each.strip() for each in given if each.strip()]
