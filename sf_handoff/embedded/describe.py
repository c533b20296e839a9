"""Describe documents as the API gives them: global, basic, and of one sObject.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_if_modified_since.htm
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from zlib import crc32

from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import not_found
from sf_handoff.embedded.schema import SObject

MASTER = "012000000000000AAA"
TRAITS: dict[str, Any] = {
    "activateable": False,
    "associateEntityType": None,
    "associateParentEntity": None,
    "createable": True,
    "custom": False,
    "customSetting": False,
    "deepCloneable": False,
    "deletable": True,
    "deprecatedAndHidden": False,
    "feedEnabled": True,
    "hasSubtypes": False,
    "isInterface": False,
    "isSubtype": False,
    "keyPrefix": None,
    "label": "",
    "labelPlural": "",
    "layoutable": True,
    "mergeable": False,
    "mruEnabled": True,
    "queryable": True,
    "replicateable": True,
    "retrieveable": True,
    "searchable": True,
    "triggerable": True,
    "undeletable": True,
    "updateable": True,
}
FULL: dict[str, Any] = {
    "actionOverrides": [],
    "compactLayoutable": True,
    "defaultImplementation": None,
    "extendedBy": None,
    "extendsInterfaces": None,
    "implementedBy": None,
    "implementsInterfaces": None,
    "listviewable": None,
    "lookupLayoutable": None,
    "namedLayoutInfos": [],
    "networkScopeFieldName": None,
    "searchLayoutable": True,
    "sobjectDescribeOption": "FULL",
}
SINCE_V50 = {"associateEntityType", "associateParentEntity", "sobjectDescribeOption"}


def everything(org: Org, call: Call) -> Answer:
    sobjects = sorted(org.schema.sobjects, key=lambda each: each.name)
    found = [summary(each, call.version) for each in sobjects]
    return _unless_known(org, call, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": found})


def basic(org: Org, call: Call, sobject: str) -> Answer:
    """What the sObject is, and the records last looked at; this org remembers no looks."""
    found = {"objectDescribe": summary(known(org, sobject), call.version), "recentItems": []}
    return _unless_known(org, call, found)


def full(org: Org, call: Call, sobject: str) -> Answer:
    return _unless_known(org, call, document(org, known(org, sobject), call.version, call.base))


def _unless_known(org: Org, call: Call, found: dict[str, Any]) -> Answer:
    """304 to a client whose copy is not older than this org's start, after which no describe changes."""
    changed = org.since.astimezone(UTC).replace(microsecond=0)
    tag = f'"{crc32(json.dumps(found).encode()):08x}"'
    headers = {"ETag": tag, "Last-Modified": format_datetime(changed, usegmt=True)}
    since = _moment(call.headers.get("if-modified-since", ""))
    if since is not None and since >= changed:
        return Answer(304, None, headers)
    return Answer(200, found, headers)


def _moment(given: str) -> datetime | None:
    """Of an HTTP date; what is none is ignored."""
    try:
        return parsedate_to_datetime(given).astimezone(UTC)
    except ValueError:
        return None


def known(org: Org, name: str) -> SObject:
    """The sObject of a URL, or the answer that there is none."""
    sobject = org.schema.get(name)
    if sobject is None:
        raise not_found()
    return sobject


def summary(sobject: SObject, version: str) -> dict[str, Any]:
    found = {
        **TRAITS,
        **sobject.document,
        "name": sobject.name,
        "urls": _urls(sobject, version),
    }
    return _as_of(version, found)


def document(org: Org, sobject: SObject, version: str, base: str) -> dict[str, Any]:
    ui = {
        "uiDetailTemplate": f"{base}/{{ID}}",
        "uiEditTemplate": f"{base}/{{ID}}/e",
        "uiNewRecord": f"{base}/{sobject.prefix}/e",
    }
    found = {
        **summary(sobject, version),
        **FULL,
        "childRelationships": [_child(each.name, link) for each, link in org.schema.children(sobject)],
        "fields": [dict(each.document) for each in sobject.fields],
        "recordTypeInfos": _record_types(org, sobject, version),
        "supportedScopes": [
            {"label": f"All {sobject.document['labelPlural'].lower()}", "name": "everything"}
        ],
        "urls": {**_urls(sobject, version), **ui},
    }
    return _as_of(version, found)


def _as_of(version: str, found: dict[str, Any]) -> dict[str, Any]:
    """Recorded describes of v48 are without what v50 added."""
    newer = SINCE_V50 if float(version) < 50 else set()
    return {name: value for name, value in found.items() if name not in newer}


def _urls(sobject: SObject, version: str) -> dict[str, str]:
    """Only what this org serves; a real one lists layouts and quick actions too."""
    root = f"/services/data/v{version}/sobjects/{sobject.name}"
    return {"rowTemplate": f"{root}/{{ID}}", "describe": f"{root}/describe", "sobject": root}


def _child(name: str, link: Field) -> dict[str, Any]:
    return {
        "cascadeDelete": False,
        "childSObject": name,
        "deprecatedAndHidden": False,
        "field": link.name,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": link.children,
        "restrictedDelete": False,
    }


def _record_types(org: Org, sobject: SObject, version: str) -> list[dict[str, Any]]:
    """The RecordType records of this sObject, and the master that every one has."""
    rows = org.database.rows(
        'SELECT "Id", "DeveloperName", "Name" FROM "RecordType" WHERE "SobjectType" = ? AND "IsActive" '
        'ORDER BY "Id"',
        sobject.name,
    )
    layouts = f"/services/data/v{version}/sobjects/{sobject.name}/describe/layouts"
    found = [(row["Id"], row["DeveloperName"], row["Name"]) for row in rows]
    return [
        {
            "active": True,
            "available": True,
            "defaultRecordTypeMapping": record_type == MASTER,
            "developerName": developer_name,
            "master": record_type == MASTER,
            "name": name,
            "recordTypeId": record_type,
            "urls": {"layout": f"{layouts}/{record_type}"},
        }
        for record_type, developer_name, name in [*found, (MASTER, "Master", "Master")]
    ]
