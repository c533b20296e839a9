"""Extra sObjects and fields of an org, given as describe documents: an org's own, or a few lines of one.

A document needs `name` and `keyPrefix` (the latter only for an sObject that the org does not have yet), a
field `name` and `type`; what it leaves out is as its type usually has it. `children` of a lookup is the
parent's name for the list. What every record has (Id, audit fields) is there without being named.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sf_handoff.embedded.describe_fields import BY_TYPE, Document, Field, field
from sf_handoff.errors import Misconfigured

if TYPE_CHECKING:
    from sf_handoff.embedded.schema import SObject

BESIDE_TRAITS = {"actionOverrides", "childRelationships", "fields", "recordTypeInfos", "supportedScopes"}


def with_documents(
    sobjects: dict[str, SObject], documents: Iterable[Document], plain: SObject
) -> dict[str, SObject]:
    """`sobjects` with those of `documents`, which begin as `plain` where they are new."""
    for document in documents:
        name = str(document["name"])
        found = sobjects.get(name) or _new(document, plain)
        for each in document.get("fields", ()):
            found = found.adding(_field(name, each))
        sobjects[name] = found
    return sobjects


def _new(document: Document, plain: SObject) -> SObject:
    name = str(document["name"])
    if not document.get("keyPrefix"):
        raise Misconfigured(f"{name}: an sObject needs a keyPrefix.")
    label = str(document.get("label", name.removesuffix("__c").replace("_", " ")))
    given = {prop: value for prop, value in document.items() if prop not in BESIDE_TRAITS}
    traits = {"custom": name.endswith("__c"), "label": label, "labelPlural": f"{label}s", **given}
    return type(plain)(name, traits, plain.fields)


def _field(sobject: str, given: Mapping[str, Any]) -> Field:
    name, kind = str(given["name"]), str(given["type"])
    if kind not in BY_TYPE:
        raise Misconfigured(f"{sobject}.{name}: the embedded org has no fields of type {kind}.")
    differs = {prop: value for prop, value in given.items() if prop not in {"name", "type", "label"}}
    label = str(given.get("label", name.removesuffix("__c").replace("_", " ")))
    return field(name, kind, label, {"custom": name.endswith("__c"), **differs})
