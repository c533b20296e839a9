"""The org's schema: describe documents, and nothing beside them.

The standard fields of eight sObjects are in `standard_objects.json`. Those of Case, Contact and Account are
what a plain org's describe shows; Task, User, Group, RecordType and Organization are assembled from the
public Object Reference, in part. Custom fields come from the typed maps (`custom.py`).
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_list.htm
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from typing import Any

from sf_handoff.embedded import custom, described
from sf_handoff.embedded.describe_fields import Document, Field, field
from sf_handoff.mapping import FieldGroup, PersonLink, RecordMap
from sf_handoff.reports.columns import ReportMap


@dataclass(frozen=True)
class SObject:
    """One sObject. Names of fields and relationships are found in any case, as Salesforce finds them."""

    name: str
    document: Document
    fields: tuple[Field, ...]

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {each.name.lower(): each for each in self.fields}

    @cached_property
    def _by_relationship(self) -> dict[str, Field]:
        links = (each for each in self.fields if each.targets and each["relationshipName"])
        return {each["relationshipName"].lower(): each for each in links}

    @cached_property
    def stored(self) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if each.stored)

    @cached_property
    def required(self) -> tuple[Field, ...]:
        return tuple(each for each in self.stored if each["createable"] and not each["nillable"])

    @cached_property
    def blank(self) -> dict[str, Any]:
        """What stands in every stored field but the Id when nobody says anything."""
        return {each.name: _default(each) for each in self.stored if each.type != "id"}

    @property
    def prefix(self) -> str:
        return str(self.document["keyPrefix"])

    def allows(self, access: str) -> bool:
        """`createable`, `updateable` or `deletable`, which an sObject is unless its describe says no."""
        return bool(self.document.get(access, True))

    def field(self, name: str) -> Field | None:
        return self._by_name.get(name.lower())

    def relationship(self, name: str) -> Field | None:
        return self._by_relationship.get(name.lower())

    def adding(self, added: Field) -> SObject:
        """With one more field, or with another under the same name."""
        if self.field(added.name) is None:
            return replace(self, fields=(*self.fields, added))
        return replace(self, fields=tuple(added if each.name == added.name else each for each in self.fields))


@dataclass(frozen=True)
class Schema:
    """All sObjects of the org."""

    sobjects: tuple[SObject, ...]

    @classmethod
    def build(
        cls,
        records: Iterable[RecordMap[Any] | FieldGroup],
        person: PersonLink,
        documents: Iterable[Document] = (),
        report: ReportMap | None = None,
    ) -> Schema:
        """The standard sObjects, those of `documents`, and what the maps declare on either."""
        found = described.with_documents(standard(), documents, plain())
        found = custom.with_maps(found, records, person)
        return cls(tuple((custom.with_report(found, report) if report else found).values()))

    @cached_property
    def _by_name(self) -> dict[str, SObject]:
        return {each.name.lower(): each for each in self.sobjects}

    @cached_property
    def _by_prefix(self) -> dict[str, SObject]:
        return {each.prefix: each for each in self.sobjects}

    def get(self, name: str) -> SObject | None:
        return self._by_name.get(name.lower())

    def of_id(self, record_id: str) -> SObject | None:
        return self._by_prefix.get(record_id[:3])

    def children(self, parent: SObject) -> Iterator[tuple[SObject, Field]]:
        """Every field that may name a record of `parent`."""
        for each in self.sobjects:
            yield from ((each, link) for link in each.fields if parent.name in link.targets)


def standard() -> dict[str, SObject]:
    """The sObjects as they are before an administrator adds anything."""
    data = _data()
    return {name: _sobject(name, spec, data) for name, spec in data["sobjects"].items()}


def plain() -> SObject:
    """An sObject with the fields that every one has, and no name yet."""
    data = _data()
    return _sobject("", {"fields": [*data["every"], "audit"]}, data)


def _default(field: Field) -> Any:
    return int(bool(field["defaultValue"])) if field.type == "boolean" else field["defaultValue"]


def _data() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("standard_objects.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _sobject(name: str, spec: Mapping[str, Any], data: Mapping[str, Any]) -> SObject:
    rows = (field(*row) for each in spec["fields"] for row in _rows(each, data))
    return SObject(name, {key: value for key, value in spec.items() if key != "fields"}, tuple(rows))


def _rows(row: Any, data: Mapping[str, Any]) -> Iterator[list[Any]]:
    """The audit fields for the word `audit`; the parts of an address before the address."""
    if row == "audit":
        yield from data["audit"]
        return
    if row[1] == "address":
        prefix = row[0].removesuffix("Address")
        for name, kind, label, *differs in data["address"]:
            part = {**(differs[0] if differs else {}), "compoundFieldName": row[0]}
            yield [prefix + name, kind, f"{prefix} {label}".strip(), part]
    yield row
