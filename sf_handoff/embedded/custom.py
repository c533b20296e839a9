"""From the typed maps to describe fields, so that the org has what the maps write and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sf_handoff import mapping
from sf_handoff.embedded.describe_fields import NUMBERS, TEXT, Field, field, picklist_value
from sf_handoff.errors import Misconfigured
from sf_handoff.reports.columns import Kind, ReportColumn, ReportMap

if TYPE_CHECKING:
    from sf_handoff.embedded.schema import SObject

KEY = {"externalId": True, "unique": True, "caseSensitive": True, "idLookup": True}
PERSON_KEY = {"externalId": True, "idLookup": True}
BY_KIND: dict[Kind, type[mapping.Field[Any]]] = {
    Kind.MOMENT: mapping.DateTime,
    Kind.DATE: mapping.Date,
    Kind.FLAG: mapping.Checkbox,
    Kind.NUMBER: mapping.Number,
}


def with_maps(
    sobjects: dict[str, SObject],
    records: Iterable[mapping.RecordMap[Any] | mapping.FieldGroup],
    person: mapping.PersonLink,
) -> dict[str, SObject]:
    """`sobjects` with what the maps declare. What does not fit a standard field is a mistake in the map.

    The person's key is an External ID without Unique, as many orgs have it: two records may share one.
    """
    key = mapping.Text[Any](person.key, mapping.ours, _nothing, length=person.length, label=person.label)
    _declare(sobjects, person.sobject, key, PERSON_KEY)
    for each in records:
        read = isinstance(each, mapping.FieldGroup) and each.read
        for declared in each.fields:
            _declare(sobjects, each.sobject, declared, KEY if _is_key(declared) else {}, read=read)
    return sobjects


def with_report(sobjects: dict[str, SObject], report: ReportMap) -> dict[str, SObject]:
    """`sobjects` with the custom fields of the daily report. One that a record map has too is that one."""
    for column in report.columns:
        if column.field.endswith("__c") and "." not in column.field:
            known = sobjects[report.sobject].field(column.field) if report.sobject in sobjects else None
            _declare(sobjects, report.sobject, _field_of(report.sobject, column, known), {})
    return sobjects


def _field_of(sobject: str, column: ReportColumn, known: Field | None) -> mapping.Field[Any]:
    """What a record map would declare for the column. A report reads a text however long it is."""
    name, length = column.field, known.length if known else column.length
    match column.kind:
        case Kind.TEXT:
            return mapping.Text(name, mapping.ours, _nothing, length=length, label=column.label)
        case Kind.LONG_TEXT:
            return mapping.LongText(name, mapping.ours, _nothing, length=length, label=column.label)
        case Kind.PICKLIST:
            return mapping.Picklist(name, mapping.ours, _nothing, values=column.values, label=column.label)
        case Kind.ID:
            raise Misconfigured(f"{sobject}.{name}: the embedded org cannot tell whose Id it is.")
        case simple:
            return BY_KIND[simple](name, mapping.ours, _nothing, label=column.label)


def _declare(
    sobjects: dict[str, SObject],
    name: str,
    declared: mapping.Field[Any],
    key: dict[str, bool],
    *,
    read: bool = False,
) -> None:
    sobject = sobjects.get(name)
    if sobject is None:
        raise Misconfigured(f"{name}.{declared.api_name}: the embedded org has no sObject {name}.")
    if isinstance(declared, mapping.LinkByKey):
        _check_key_link(sobjects, sobject, declared)
        return
    known = sobject.field(declared.api_name)
    if known is None and not declared.custom and not read:
        raise _unfit(name, declared, f"{name} has no such field")
    found = known or _custom(declared, key)
    _check_fit(name, found, declared)
    if isinstance(declared, mapping.Picklist):
        found = _with_values(found, declared.values)
    sobjects[name] = sobject.adding(found)


def _custom(declared: mapping.Field[Any], key: dict[str, bool]) -> Field:
    differs: dict[str, Any] = {
        "custom": declared.custom,
        "permissionable": True,
        "inlineHelpText": declared.help or None,
        **key,
    }
    if isinstance(declared, mapping.Text):
        differs["length"] = declared.length
    if isinstance(declared, mapping.Picklist):
        differs["restrictedPicklist"] = True
    if isinstance(declared, mapping.Number):
        differs["precision"] = declared.digits
    if isinstance(declared, mapping.LinkByName | mapping.LinkToPart):
        differs["referenceTo"] = [declared.to]
    label = declared.label or declared.api_name.removesuffix("__c").replace("_", " ")
    return field(declared.api_name, declared.describe_type, label, differs)


def _check_fit(sobject: str, known: Field, declared: mapping.Field[Any]) -> None:
    if _family(known.type) != _family(declared.describe_type):
        raise _unfit(
            sobject, declared, f"the org has it as {known.type}, the map as {declared.describe_type}"
        )
    if isinstance(declared, mapping.Text) and declared.length > known.length:
        raise _unfit(sobject, declared, f"the org holds {known.length} characters, the map {declared.length}")
    if isinstance(declared, mapping.LinkByName | mapping.LinkToPart) and declared.to not in known.targets:
        raise _unfit(sobject, declared, f"it cannot name a {declared.to}")


def _check_key_link(sobjects: dict[str, SObject], sobject: SObject, declared: mapping.LinkByKey[Any]) -> None:
    link = sobject.relationship(declared.api_name)
    if link is None or declared.to not in link.targets:
        raise _unfit(sobject.name, declared, f"{sobject.name} has no such relationship to {declared.to}")
    key = sobjects[declared.to].field(declared.key) if declared.to in sobjects else None
    if key is None or not key.finds_records:
        raise _unfit(sobject.name, declared, f"{declared.key} is not an external id of {declared.to}")


def _with_values(known: Field, values: tuple[str, ...]) -> Field:
    listed = {each["value"] for each in known["picklistValues"]}
    added = [picklist_value(each) for each in values if each not in listed]
    document = {**known.document, "picklistValues": [*known["picklistValues"], *added]}
    return Field(document, known.children, known.path)


def _family(kind: str) -> str:
    return "text" if kind in TEXT else "number" if kind in NUMBERS else kind


def _is_key(declared: mapping.Field[Any]) -> bool:
    """A Phone is `key` too, in that it is never cut, but it is no external id."""
    return isinstance(declared, mapping.Text) and declared.key and declared.describe_type == "string"


def _unfit(sobject: str, declared: mapping.Field[Any], why: str) -> Misconfigured:
    return Misconfigured(f"{sobject}.{declared.api_name}: {why}.", fields=(declared.api_name,))


def _nothing(_: object) -> None:
    return None
