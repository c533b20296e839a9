"""Writing records: the checks in Salesforce's order, each read from the describe, then the row.

Names first (of fields, of linked records, then of the record itself), then access, then what is required,
then each value, then the records it names, then unique keys. The first thing wrong is the answer.
https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_triggers_order_of_execution.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sf_handoff.embedded import ids, links, triggers, values
from sf_handoff.embedded.database import Value
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import (
    Refusal,
    entity_is_deleted,
    missing,
    no_such_column,
    not_allowed,
    not_found,
    not_to_be_specified,
    read_only,
    wrong_id,
)
from sf_handoff.embedded.schema import SObject

Given = dict[str, tuple[Field, Value]]
AUDIT = ("CreatedById", "CreatedDate", "LastModifiedById", "LastModifiedDate")


@dataclass(frozen=True)
class Writer:
    """Writes records of one sObject. `assign` lets the Case assignment rule have its way.

    `sets_audit` is the permission Set Audit Fields upon Record Creation.
    """

    org: Org
    sobject: SObject
    assign: bool = True
    sets_audit: bool = False

    def create(self, body: Mapping[str, Any], *, key: tuple[Field, Value] | None = None) -> str:
        """A new record; `key` is the external id that an upsert names in its URL."""
        self._check_allowed("createable", "inserted")
        given = self._given(body)
        if key is not None:
            given[key[0].name] = key
        self._check_access(given, "createable", but=AUDIT if self.sets_audit else ())
        record = self._defaults() | {name: value for name, (_, value) in given.items()}
        self._check_required(record, given)
        record |= self._checked(given)
        record_id = ids.make(self.sobject.prefix, self.org.database.next(self.sobject.prefix))
        self._check_unique(record, given, record_id)
        self.org.faults.check_row(self.sobject.name, record)
        triggers.before_write(self.org, self.sobject.name, record, creating=True, assign=self.assign)
        self.org.database.insert(self.sobject, {**record, "Id": record_id, "IsDeleted": 0})
        return record_id

    def create_unchecked(self, values: Mapping[str, Value]) -> None:
        """A record that the platform makes itself: the organisation, the first user."""
        record_id = ids.make(self.sobject.prefix, self.org.database.next(self.sobject.prefix))
        record = {**self._defaults(), **values}
        record |= {name: record_id for name in ("CreatedById", "LastModifiedById") if not record[name]}
        triggers.before_write(self.org, self.sobject.name, record, creating=True, assign=False)
        self.org.database.insert(self.sobject, {**record, "Id": record_id})

    def update(self, record_id: str, body: Mapping[str, Any]) -> None:
        self._check_allowed("updateable", "updated")
        given = self._given(body)
        record_id, record = self.existing(record_id)
        self._check_access(given, "updateable")
        changes = {name: value for name, (_, value) in given.items()}
        self._check_required(changes, given)
        record |= self._checked(given)
        self._check_unique(record, given, record_id)
        self.org.faults.check_row(self.sobject.name, record)
        record |= self._audit()
        triggers.before_write(self.org, self.sobject.name, record, creating=False, assign=self.assign)
        self.org.database.update(self.sobject, record_id, record)

    def delete(self, record_id: str) -> None:
        """Into the recycle bin: the row stays, and is answered with ENTITY_IS_DELETED from now on."""
        self._check_allowed("deletable", "deleted")
        record_id, _ = self.existing(record_id)
        self.org.database.update(self.sobject, record_id, {"IsDeleted": 1, **self._audit()})
        links.release(self.org, self.sobject, record_id)

    def existing(self, given: str) -> tuple[str, dict[str, Value]]:
        """The record of this id, or the refusal that fits what is wrong with the id."""
        record_id = self.own_id(given)
        record = self.org.database.read(self.sobject, record_id)
        if record is None:
            raise not_found()
        if record["IsDeleted"]:
            raise entity_is_deleted()
        return record_id, record

    def own_id(self, given: str) -> str:
        record_id = ids.normal(given)
        if record_id is None or not record_id.startswith(self.sobject.prefix):
            label = next(each.label for each in self.sobject.fields if each.type == "id")
            raise wrong_id("MALFORMED_ID", label, given, "Id")
        return record_id

    def _given(self, body: Mapping[str, Any]) -> Given:
        given: Given = {}
        for name, value in body.items():
            if name == "attributes":
                continue
            field = self.sobject.field(name)
            link = self.sobject.relationship(name) if field is None else None
            if link is not None:
                given[link.name] = (link, links.resolve(self.org, link, value))
            elif field is None:
                raise no_such_column(name, self.sobject.name)
            elif field.type == "id":
                raise not_to_be_specified(field.name)
            else:
                given[field.name] = (field, values.parsed(field, value))
        return given

    def _check_allowed(self, access: str, done: str) -> None:
        if not self.sobject.allows(access):
            raise not_allowed(done, self.sobject.name)

    def _check_access(self, given: Given, access: str, but: tuple[str, ...] = ()) -> None:
        refused = tuple(
            field.name for field, _ in given.values() if not field[access] and field.name not in but
        )
        if refused:
            raise read_only(refused)

    def _check_required(self, record: Mapping[str, Value], given: Given) -> None:
        """A field that fills itself on create may be left out, but not be sent as null."""
        empty = (each for each in self.sobject.required if record.get(each.name, "") is None)
        names = tuple(each.name for each in empty if each.name in given or not each["defaultedOnCreate"])
        if names:
            raise missing(names)

    def _checked(self, given: Given) -> dict[str, Value]:
        checked = {name: values.checked(field, value) for name, (field, value) in given.items()}
        for name, value in checked.items():
            if given[name][0].type == "reference" and value is not None:
                links.check_target(self.org, given[name][0], value)
        return checked

    def _check_unique(self, record: Mapping[str, Value], given: Given, record_id: str) -> None:
        for name, (field, value) in given.items():
            if not field["unique"] or value is None:
                continue
            taken = [
                each for each in self.org.database.ids(self.sobject, field, record[name]) if each != record_id
            ]
            if taken:
                message = f"duplicate value found: {name} duplicates value on record with id: {taken[0][:15]}"
                raise Refusal("DUPLICATE_VALUE", message, fields=())

    def _defaults(self) -> dict[str, Value]:
        """Every stored field as it is when nobody says anything."""
        record: dict[str, Value] = dict(self.sobject.blank)
        if "OwnerId" in record:
            record["OwnerId"] = self.org.user_id
        return record | self._audit(created=True)

    def _audit(self, *, created: bool = False) -> dict[str, Value]:
        now, user = self.org.now(), self.org.user_id
        audit = {"LastModifiedDate": now, "LastModifiedById": user, "SystemModstamp": now}
        if created:
            audit |= {"CreatedDate": now, "CreatedById": user}
        return {name: value for name, value in audit.items() if self.sobject.field(name)}
