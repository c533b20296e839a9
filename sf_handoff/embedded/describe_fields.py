"""One field of a describe document: every property a real org gives, filled in from the field's type.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]

TEXT = frozenset({"string", "textarea", "phone", "email", "url", "picklist", "combobox"})
NUMBERS = frozenset({"double", "currency", "percent", "int"})

NEUTRAL: dict[str, Any] = {
    "aggregatable": True,
    "aiPredictionField": False,
    "autoNumber": False,
    "byteLength": 0,
    "calculated": False,
    "calculatedFormula": None,
    "cascadeDelete": False,
    "caseSensitive": False,
    "compoundFieldName": None,
    "controllerName": None,
    "createable": True,
    "custom": False,
    "defaultValue": None,
    "defaultValueFormula": None,
    "defaultedOnCreate": False,
    "dependentPicklist": False,
    "deprecatedAndHidden": False,
    "digits": 0,
    "displayLocationInDecimal": False,
    "encrypted": False,
    "externalId": False,
    "extraTypeInfo": None,
    "filterable": True,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "groupable": True,
    "highScaleNumber": False,
    "htmlFormatted": False,
    "idLookup": False,
    "inlineHelpText": None,
    "label": "",
    "length": 0,
    "mask": None,
    "maskType": None,
    "name": "",
    "nameField": False,
    "namePointing": False,
    "nillable": True,
    "permissionable": True,
    "picklistValues": [],
    "polymorphicForeignKey": False,
    "precision": 0,
    "queryByDistance": False,
    "referenceTargetField": None,
    "referenceTo": [],
    "relationshipName": None,
    "relationshipOrder": None,
    "restrictedDelete": False,
    "restrictedPicklist": False,
    "scale": 0,
    "searchPrefilterable": False,
    "soapType": "xsd:string",
    "sortable": True,
    "type": "string",
    "unique": False,
    "updateable": True,
    "writeRequiresMasterRead": False,
}
READ_ONLY = {"createable": False, "updateable": False}
UNSEARCHABLE = {"aggregatable": False, "filterable": False, "groupable": False, "sortable": False}
BY_TYPE: dict[str, dict[str, Any]] = {
    "address": {
        **READ_ONLY,
        **UNSEARCHABLE,
        "soapType": "urn:address",
        "filterable": True,
        "permissionable": True,
        "queryByDistance": True,
    },
    "base64": {**UNSEARCHABLE, "soapType": "xsd:base64Binary"},
    "boolean": {
        "soapType": "xsd:boolean",
        "aggregatable": False,
        "nillable": False,
        "defaultedOnCreate": True,
        "defaultValue": False,
    },
    "combobox": {"length": 255, "groupable": False},
    "currency": {"soapType": "xsd:double", "groupable": False, "precision": 18},
    "date": {"soapType": "xsd:date"},
    "datetime": {"soapType": "xsd:dateTime", "groupable": False},
    "double": {"soapType": "xsd:double", "groupable": False, "precision": 18},
    "email": {"length": 80},
    "id": {
        **READ_ONLY,
        "soapType": "tns:ID",
        "length": 18,
        "idLookup": True,
        "nillable": False,
        "defaultedOnCreate": True,
    },
    "int": {"soapType": "xsd:int", "digits": 8},
    "percent": {"soapType": "xsd:double", "groupable": False, "precision": 18},
    "phone": {"length": 40},
    "picklist": {"length": 40},
    "reference": {"soapType": "tns:ID", "length": 18},
    "string": {"length": 255},
    "textarea": {"length": 255, "extraTypeInfo": "plaintextarea"},
    "url": {"length": 255},
}


@dataclass(frozen=True)
class Field:
    """One field. `path` is a field read through a link, `children` the parent's name for the list of us."""

    document: Document
    children: str | None = None
    path: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        return str(self.document["name"])

    @property
    def type(self) -> str:
        return str(self.document["type"])

    @property
    def label(self) -> str:
        return str(self.document["label"])

    @property
    def length(self) -> int:
        return int(self.document["length"])

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(self.document["referenceTo"])

    @property
    def polymorphic(self) -> bool:
        return bool(self.document["polymorphicForeignKey"])

    @property
    def stored(self) -> bool:
        return self.type != "address" and self.path is None

    @property
    def finds_records(self) -> bool:
        return bool(self.document["externalId"] or self.document["idLookup"])

    def __getitem__(self, prop: str) -> Any:
        return self.document[prop]


def field(name: str, kind: str, label: str, differs: Document | None = None) -> Field:
    """The field whose properties are those of its type but for what `differs`."""
    given = dict(differs or {})
    path, children = given.pop("path", None), given.pop("children", None)
    if given.pop("readOnly", False):
        given |= READ_ONLY
    if "picklistValues" in given:
        given["picklistValues"] = [picklist_value(each) for each in given["picklistValues"]]
    document = {**NEUTRAL, **BY_TYPE[kind], "name": name, "type": kind, "label": label, **given}
    document |= {prop: value for prop, value in _derived(document).items() if prop not in given}
    return Field(document, children, tuple(path.split(".")) if path else None)


def picklist_value(given: str | Document) -> Document:
    """One picklist entry, whole or as its value; a trailing star marks the default."""
    if not isinstance(given, str):
        return given
    value = given.removesuffix("*")
    return {
        "active": True,
        "defaultValue": value != given,
        "label": value,
        "validFor": None,
        "value": value,
    }


def _derived(document: Document) -> dict[str, Any]:
    kind, name = document["type"], document["name"]
    derived: dict[str, Any] = {
        "byteLength": document["length"] * (1 if kind in {"id", "reference"} else 3),
        "permissionable": (document["createable"] and document["nillable"]) or kind == "address",
    }
    if kind == "textarea" and document["length"] > 255:
        derived |= UNSEARCHABLE
    if kind == "reference":
        many = len(document["referenceTo"]) > 1
        derived |= {
            "relationshipName": relationship_name(name),
            "searchPrefilterable": derived["permissionable"],
            "polymorphicForeignKey": many,
            "namePointing": many,
        }
    return derived


def relationship_name(name: str) -> str:
    return f"{name.removesuffix('__c')}__r" if name.endswith("__c") else name.removesuffix("Id")
