"""Whether an org has what the maps write, from its describe documents.

A field that the user has no access to is not in a describe at all, so it looks as if it were missing.
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from sf_handoff.calls.changes import column
from sf_handoff.errors import Uncertain
from sf_handoff.mapping import (
    Field,
    LinkByKey,
    LinkByName,
    LinkToPart,
    MappingSet,
    Number,
    Picklist,
    Text,
    Written,
    once,
)

TEXT = frozenset("string textarea phone email url picklist multipicklist combobox encryptedstring".split())
NUMBERS = frozenset("double currency percent int long".split())
LOOKED_AT = frozenset(
    (
        "name type length precision scale createable updateable nillable defaultedOnCreate externalId "
        "idLookup unique picklistValues restrictedPicklist referenceTo relationshipName"
    ).split()
)
ACCESS = "give the connector's user read and edit access to it (a field without access looks missing)"


@dataclass(frozen=True)
class Lack:
    """Something that the org has not as the maps need it. `stops`: records are refused until it is mended."""

    words: str
    mend: str
    stops: bool = True


@dataclass(frozen=True)
class SObject:
    """A describe, as far as it is looked at. Names are found in any case, as Salesforce finds them."""

    name: str
    fields: Mapping[str, Mapping[str, Any]]
    links: Mapping[str, Mapping[str, Any]]
    record_types: frozenset[str]
    createable: bool
    updateable: bool

    @classmethod
    def read(cls, name: str, document: Mapping[str, Any]) -> SObject:
        try:
            whole = [each for each in document["fields"] if each.keys() >= LOOKED_AT]
            fields = {each["name"].lower(): each for each in whole}
            links = {each["relationshipName"].lower(): each for each in fields.values() if _is_link(each)}
            types = frozenset(each["developerName"] for each in document["recordTypeInfos"] if each["active"])
            if len(whole) == len(document["fields"]):
                return cls(name, fields, links, types, document["createable"], document["updateable"])
        except (KeyError, TypeError, AttributeError):
            pass
        raise Uncertain("Salesforce's answer about the fields was not readable.", code="BAD_ANSWER")

    def of(self, declared: Field[Any]) -> Mapping[str, Any] | None:
        found = self.links if isinstance(declared, LinkByKey) else self.fields
        return found.get(declared.api_name.lower())


def needed(maps: MappingSet) -> tuple[str, ...]:
    """The sObjects to describe."""
    parents = [each.to for group in maps.groups for each in group.fields if isinstance(each, LinkByKey)]
    written = [group.sobject for group in maps.groups]
    return tuple(dict.fromkeys([*written, *parents, maps.person.sobject, maps.report.sobject]))


def lacks(maps: MappingSet, org: Mapping[str, SObject], name: str) -> tuple[Lack, ...]:
    """What this sObject lacks, each thing once."""
    sobject = org[name]
    found = [
        each
        for group in maps.groups
        if group.sobject == name
        for each in _of_fields(group.fields, org, sobject)
    ]
    if name == maps.person.sobject:
        found += _of_key(sobject, maps.person.key, maps.person.length)
    if name in (maps.case.sobject, maps.task.sobject):
        found += _of_object(sobject, maps)
    if name == maps.case.sobject:
        found += _named(maps.ramps.record_types, sobject.record_types, f"{name} has no record type")
    if name == maps.report.sobject:
        found += _counted_by_name(maps, sobject)
    return tuple(dict.fromkeys(found))


def missing_queues(maps: MappingSet, there: Iterable[str]) -> Iterator[Lack]:
    return _named(maps.ramps.queues, frozenset(there), "There is no queue")


def written(maps: MappingSet, name: str) -> int:
    """How many fields of the sObject the maps write."""
    return len({each.api_name for group in maps.groups if group.sobject == name for each in group.fields})


def _of_fields(fields: Iterable[Field[Any]], org: Mapping[str, SObject], sobject: SObject) -> Iterator[Lack]:
    for declared in fields:
        found, path = sobject.of(declared), f"{sobject.name}.{declared.api_name}"
        if found is None:
            known = sobject.links if isinstance(declared, LinkByKey) else sobject.fields
            yield _missing(path, declared.api_name, (each["name"] for each in known.values()))
            continue
        yield from _access(path, declared.written, found)
        if _family(found["type"]) != _family(declared.describe_type):
            yield Lack(
                f"{path} is of the type {found['type']}, and the map writes {declared.describe_type}.",
                "Change the map, or make a field of that type and name it there.",
            )
            continue
        yield from _of_kind(path, declared, found, org)


def _of_kind(
    path: str, declared: Field[Any], found: Mapping[str, Any], org: Mapping[str, SObject]
) -> Iterator[Lack]:
    match declared:
        case Text():
            yield from _length(path, declared.length, found)
            if declared.key and not (found["externalId"] and found["unique"]):
                yield Lack(
                    f"{path} is the key that we find our records by, and is not External ID and Unique.",
                    "Set both on the field; without them the same record can be made twice.",
                )
        case Picklist():
            yield from _values(path, declared.values, found)
        case Number():
            room = found["precision"] - found["scale"]
            if found["type"] != "int" and room < declared.digits:
                yield Lack(
                    f"{path} holds {room} digits, and the map writes up to {declared.digits}.",
                    "Give the field more digits, or the map fewer.",
                    stops=False,
                )
        case LinkByKey():
            yield from _target(path, declared.to, found)
            if declared.to in org:
                yield from _of_key(org[declared.to], declared.key, None)
        case LinkByName() | LinkToPart():
            yield from _target(path, declared.to, found)
        case _:
            pass


def _access(path: str, kept: Written, found: Mapping[str, Any]) -> Iterator[Lack]:
    """What is written once is only set when a record is made, all else also later."""
    wanted = ["createable"] if kept is once else ["createable", "updateable"]
    refused = [each for each in wanted if not found[each]]
    if refused:
        yield Lack(
            f"{path} is not {' and not '.join(refused)} for the connector's user.", f"{_upper(ACCESS)}."
        )


def _length(path: str, length: int, found: Mapping[str, Any]) -> Iterator[Lack]:
    if found["length"] < length:
        yield Lack(
            f"{path} holds {found['length']} characters, and the map writes up to {length}: longer ones are "
            "refused.",
            f"Make the field longer, or say length={found['length']} in the map.",
            stops=False,
        )


def _values(path: str, values: Iterable[str], found: Mapping[str, Any]) -> Iterator[Lack]:
    listed = [each["value"] for each in found["picklistValues"] if each["active"]]
    for value in values:
        if value not in listed:
            near = _near(value, listed)
            yield Lack(
                f"{path} has no value {value}{f', but {near}' if near else ''}.",
                "Add the value in Salesforce, or change it in the map.",
                stops=bool(found["restrictedPicklist"]),
            )


def _target(path: str, to: str, found: Mapping[str, Any]) -> Iterator[Lack]:
    if to not in found["referenceTo"]:
        yield Lack(f"{path} cannot name a {to}.", "Name another field or another sObject in the map.")


def _of_key(sobject: SObject, key: str, length: int | None) -> Iterator[Lack]:
    """The key of a record that we only look for. Several records may have the same."""
    found, path = sobject.fields.get(key.lower()), f"{sobject.name}.{key}"
    if found is None:
        yield _missing(path, key, (each["name"] for each in sobject.fields.values()))
    elif not (found["externalId"] or found["idLookup"]):
        yield Lack(f"{path} is no External ID, so nobody is found by it.", "Set External ID on the field.")
    elif length is not None:
        yield from _length(path, length, found)


def _of_object(sobject: SObject, maps: MappingSet) -> Iterator[Lack]:
    """What a new record needs: leave to make it, and every field without which it is refused."""
    if not (sobject.createable and sobject.updateable):
        yield Lack(
            f"The connector's user may not create and edit {sobject.name} records.",
            f"Give its permission set Create and Edit on {sobject.name}.",
        )
    ours = {
        column(each).lower()
        for group in maps.groups
        if group.sobject == sobject.name
        for each in group.fields
    }
    for name, each in sobject.fields.items():
        needs = each["createable"] and not each["nillable"] and not each["defaultedOnCreate"]
        if needs and name not in ours and each["type"] != "boolean":
            yield Lack(
                f"{sobject.name}.{each['name']} is required, and the map does not write it.",
                "Give it a default in Salesforce, or a place in the map.",
            )


def _counted_by_name(maps: MappingSet, sobject: SObject) -> Iterator[Lack]:
    """Categories and products: those that the org calls otherwise are counted as others."""
    for each in maps.report.columns:
        found = sobject.fields.get(each.field.lower())
        if each.values and found is not None and found["type"] == "picklist":
            for lack in _values(f"{sobject.name}.{each.field}", each.values, found):
                yield Lack(
                    lack.words, "Change mappings/report.py to the value that the org has.", stops=False
                )


def _named(names: Iterable[str], there: frozenset[str], words: str) -> Iterator[Lack]:
    for name in names:
        if name not in there:
            near = _near(name, there)
            yield Lack(
                f"{words} {name}{f', but {near}' if near else ''}.",
                "Make it under this DeveloperName, or change it in mappings/ramps.py.",
            )


def _missing(path: str, name: str, names: Iterable[str]) -> Lack:
    near = _near(name, names)
    return Lack(
        f"{path} is not there{f'; there is {near}' if near else ''}.",
        f"Make the field, or take it out of the map; if it is there, {ACCESS}.",
    )


def _near(wanted: str, names: Iterable[str]) -> str:
    spelt = {each.casefold(): each for each in names}
    found = get_close_matches(wanted.casefold(), spelt, n=1, cutoff=0.8)
    return spelt[found[0]] if found else ""


def _is_link(described: Mapping[str, Any]) -> bool:
    return bool(described["referenceTo"] and described["relationshipName"])


def _family(kind: str) -> str:
    return "text" if kind in TEXT else "number" if kind in NUMBERS else kind


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
