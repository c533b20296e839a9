"""The rows of an ingest job: from a header and cells to records, each written for itself.

A column is a field, `Relationship.Key`, or `Type:Relationship.Key` where the relationship is polymorphic. As
in other calls no record may be named twice among 200 rows.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_rel_field_header_row.htm
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sf_handoff.embedded import ids, sobject_collections
from sf_handoff.embedded.bulk_csv import BadFile
from sf_handoff.embedded.composite import repeated
from sf_handoff.embedded.database import quoted
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.sobject_collections import NOTHING, Record, Saved, same
from sf_handoff.embedded.values import parsed
from sf_handoff.embedded.writing import Writer

CHUNK = 200
NULL = "#N/A"
BOOLEANS = dict.fromkeys(("true", "yes", "y", "on", "1"), True)
BOOLEANS |= dict.fromkeys(("false", "no", "n", "off", "0"), False)
IDS_ONLY = {"delete", "hardDelete"}


@dataclass(frozen=True)
class Column:
    """`field` is the sObject's own, or the key of the sObject `kind` that a relationship names."""

    name: str
    field: Field
    kind: str = ""

    def value(self, cell: str) -> Any:
        value = None if cell == NULL else _typed(self.field, cell)
        if self.kind and value is not None:
            return {self.field.name: value, "attributes": {"type": self.kind}}
        return value


def columns(org: Org, sobject: SObject, header: list[str], operation: str, key: str) -> tuple[Column, ...]:
    """The columns of a file, or what is wrong with its header."""
    found = tuple(_column(org, sobject, each.strip()) for each in header)
    if len({each.name.lower() for each in found}) < len(found):
        raise BadFile("InvalidBatch", "A field name stands twice in the header")
    if operation != "insert" and key.lower() not in {each.name.lower() for each in found}:
        raise BadFile("InvalidBatch", f"Field name not found : {key}")
    if operation in IDS_ONLY and len(found) > 1:
        raise BadFile("InvalidBatch", f"The {operation} batch must contain only ids")
    return found


def _column(org: Org, sobject: SObject, name: str) -> Column:
    path, dot, key = name.rpartition(".")
    if dot:
        return _link(org, sobject, path, key)
    field = sobject.field(name)
    if field is None:
        raise BadFile("InvalidBatch", f"Field name not found : {name}")
    return Column(field.name, field)


def _link(org: Org, sobject: SObject, path: str, key: str) -> Column:
    kind, typed, name = path.rpartition(":")
    link = sobject.relationship(name)
    if link is None:
        raise BadFile("InvalidBatch", f"Unable to find relationship: {name}")
    if typed and not link.polymorphic:
        said = f"type is not needed for non polymorphic foreign key references: {name}"
        raise BadFile("InvalidBatch", said)
    if link.polymorphic and kind.lower() not in {each.lower() for each in link.targets}:
        raise BadFile("InvalidBatch", f"type is needed for polymorphic foreign key references: {name}")
    target = org.schema.get(kind or link.targets[0])
    field = target.field(key) if target else None
    if target is None or field is None:
        raise BadFile("InvalidBatch", f"Field name not found : {path}.{key}")
    return Column(link["relationshipName"], field, target.name)


@dataclass(frozen=True)
class Rows:
    """Writes rows; `key` is the field by which an operation finds the record of a row."""

    writer: Writer
    columns: tuple[Column, ...]
    operation: str
    key: Field

    def written(self, rows: list[list[str]]) -> Iterator[tuple[str, list[str]]]:
        """`successful` or `failed` for each row, and the row behind what there is to say of it."""
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            twice = repeated(same(self._key(each), self.key) for each in chunk) - NOTHING
            yield from (self._verdict(each, twice) for each in chunk)

    def _verdict(self, cells: list[str], twice: set[str]) -> tuple[str, list[str]]:
        try:
            with self.writer.org.database.savepoint():
                saved = self._write(self._record(cells), twice)
        except Refusal as refusal:
            return "failed", [self._known(cells), reason(refusal), *cells]
        created = saved.get("created", self.operation == "insert")
        return "successful", [saved["id"], str(created).lower(), *cells]

    def _write(self, given: Record, twice: set[str]) -> Saved:
        return OPERATIONS[self.operation](self, given, twice)

    def _record(self, cells: list[str]) -> Record:
        """An empty cell says nothing."""
        named = zip(self.columns, cells, strict=True)
        body = {column.name: column.value(cell) for column, cell in named if cell}
        return Record(self.writer.sobject.name, body)

    def _key(self, cells: list[str]) -> str:
        if self.operation == "insert":
            return ""
        named = zip(self.columns, cells, strict=True)
        return next(cell for column, cell in named if column.name == self.key.name)

    def _known(self, cells: list[str]) -> str:
        """The id that the row gave itself, if there is such a record."""
        record_id = ids.normal(self._key(cells)) if self.key.type == "id" else None
        read = self.writer.org.database.read
        return record_id if record_id and read(self.writer.sobject, record_id) else ""


def _insert(rows: Rows, given: Record, _: set[str]) -> Saved:
    return sobject_collections.created(rows.writer, given)


def _update(rows: Rows, given: Record, twice: set[str]) -> Saved:
    return sobject_collections.updated(rows.writer.org, rows.writer, given, twice)


def _upsert(rows: Rows, given: Record, twice: set[str]) -> Saved:
    return sobject_collections.upserted(rows.writer.org, rows.writer, rows.key, given, twice)


def _delete(rows: Rows, given: Record, _: set[str]) -> Saved:
    return sobject_collections.deleted(rows.writer.org, rows.writer, given.take("Id")[0] or "")


def _hard_delete(rows: Rows, given: Record, twice: set[str]) -> Saved:
    """Past the recycle bin: the row itself goes."""
    saved = _delete(rows, given, twice)
    table = quoted(rows.writer.sobject.name)
    rows.writer.org.database.execute(f'DELETE FROM {table} WHERE "Id" = ?', saved["id"])  # noqa: S608
    return saved


OPERATIONS: dict[str, Callable[[Rows, Record, set[str]], Saved]] = {
    "insert": _insert,
    "update": _update,
    "upsert": _upsert,
    "delete": _delete,
    "hardDelete": _hard_delete,
}


def reason(refusal: Refusal) -> str:
    """As `sf__Error` says it: code, message, fields."""
    fields = "".join(f"{each} " for each in refusal.error.get("fields", []))
    return f"{refusal.code}:{refusal.error['message']}:{fields}--"


def _typed(field: Field, cell: str) -> Any:
    value = BOOLEANS.get(cell.lower(), cell) if field.type == "boolean" else cell
    try:
        parsed(field, value)
    except Refusal:
        message = f"{field.label}: value not of required type: {cell}"
        raise Refusal("INVALID_TYPE_ON_FIELD_IN_RECORD", message, fields=(field.name,)) from None
    return value
