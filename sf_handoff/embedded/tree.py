"""sObject Tree: records with their children, created together or not at all.

Our reading, without a recording: all codes for a request as a whole, and that the first record refused is
the only one named.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobject_tree.htm
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sf_handoff.embedded import records
from sf_handoff.embedded.composite import repeated
from sf_handoff.embedded.describe import known
from sf_handoff.embedded.describe_fields import Field
from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal, no_such_column, not_json, too_many
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.sobject_collections import failure

MOST, DEEPEST, MOST_TYPES = 200, 5, 5


@dataclass(frozen=True)
class _Node:
    """One record of the request; `parent` and `relationship` say whose child it is."""

    reference_id: str
    kind: str
    fields: dict[str, Any]
    children: dict[str, list[Any]]
    parent: _Node | None = None
    relationship: str = ""


class _Refused(Exception):
    def __init__(self, node: _Node, refusal: Refusal) -> None:
        super().__init__()
        self.node = node
        self.refusal = refusal


def create(org: Org, call: Call, sobject: str) -> Answer:
    """201 with the ids, level by level, or 400 with the record that was refused."""
    root = known(org, sobject)
    nodes = _nodes(call.json(), root.name)
    if twice := repeated(node.reference_id for node in nodes):
        again = Refusal("INVALID_INPUT", "Duplicate ReferenceId provided in the request.")
        return _wrong([(node, again) for node in nodes if node.reference_id in twice])
    try:
        with org.database.savepoint():
            return Answer(201, {"hasErrors": False, "results": _created(org, call, nodes)})
    except _Refused as refused:
        return _wrong([(refused.node, refused.refusal)])


def _wrong(refused: list[tuple[_Node, Refusal]]) -> Answer:
    results = [{"referenceId": node.reference_id, "errors": [failure(refusal)]} for node, refusal in refused]
    return Answer(400, {"hasErrors": True, "results": results})


def _created(org: Org, call: Call, nodes: list[_Node]) -> list[dict[str, str]]:
    made: dict[str, str] = {}
    for node in nodes:
        try:
            made[node.reference_id] = _create(org, call, node, made)
        except Refusal as refusal:
            raise _Refused(node, refusal) from None
    return [{"referenceId": name, "id": record_id} for name, record_id in made.items()]


def _create(org: Org, call: Call, node: _Node, made: dict[str, str]) -> str:
    fields = node.fields
    if node.parent:
        fields = {**fields, _link(org, node.parent, node).name: made[node.parent.reference_id]}
    sobject = _sobject(org, node.kind)
    for relationship in node.children:
        if not any(link.children == relationship for _, link in org.schema.children(sobject)):
            raise no_such_column(relationship, sobject.name)
    return records.writer_of(org, call, sobject.name).create(fields)


def _link(org: Org, parent: _Node, child: _Node) -> Field:
    """The field by which `child` names `parent`."""
    for sobject, link in org.schema.children(_sobject(org, parent.kind)):
        if link.children == child.relationship and sobject.name.lower() == child.kind.lower():
            return link
    raise Refusal("INVALID_INPUT", f"{child.relationship} of {parent.kind} holds no {child.kind}.")


def _sobject(org: Org, kind: str) -> SObject:
    found = org.schema.get(kind)
    if found is None:
        raise Refusal("INVALID_TYPE", f"sObject type '{kind}' is not supported.")
    return found


def _nodes(request: dict[str, Any], root: str) -> list[_Node]:
    """Every record, parents before children, the roots first."""
    found: list[_Node] = []
    level = [_node(each) for each in _list(request.get("records"))]
    if any(node.kind.lower() != root.lower() for node in level):
        raise Refusal("INVALID_INPUT", f"Every root record of this request must be of type {root}.")
    for _ in range(DEEPEST):
        found += level
        level = [child for node in level for child in _children(node)]
    if level:
        raise Refusal("INVALID_INPUT", f"A tree is at most {DEEPEST} levels deep.")
    if len(found) > MOST:
        raise too_many(MOST)
    if len({node.kind.lower() for node in found}) > MOST_TYPES:
        raise Refusal("INVALID_INPUT", f"A request takes records of at most {MOST_TYPES} types.")
    return found


def _children(node: _Node) -> Iterator[_Node]:
    for relationship, given in node.children.items():
        yield from (_node(each, node, relationship) for each in given)


def _node(given: Any, parent: _Node | None = None, relationship: str = "") -> _Node:
    if not isinstance(given, dict):
        raise not_json("A record must be an object at [line:1, column:2]")
    attributes = given.get("attributes")
    known_by = attributes if isinstance(attributes, dict) else {}
    kind, reference_id = (known_by.get(name) for name in ("type", "referenceId"))
    if not isinstance(reference_id, str) or not reference_id:
        raise Refusal("INVALID_INPUT", "Include a reference ID for each record in the request.")
    if not isinstance(kind, str) or not kind:
        raise Refusal("INVALID_INPUT", "Include an entity type for each record in the request.")
    nested = {key: each["records"] for key, each in given.items() if _is_nested(each)}
    fields = {key: each for key, each in given.items() if key not in nested}
    children = {key: _list(each) for key, each in nested.items()}
    return _Node(reference_id, kind, fields, children, parent, relationship)


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) and "records" in value


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise not_json("records must be a list of records at [line:1, column:2]")
    if not given:
        raise Refusal("REQUIRED_FIELD_MISSING", "At least 1 record is required")
    return given
