"""The tracker's schema against what ZenHub's was seen to be, and the operations against the schema."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    parse,
    validate,
)

from sf_handoff.embedded.tracker.zenhub_complexity import complexity
from sf_handoff.embedded.tracker.zenhub_execution import RESOLVERS, schema
from tests.embedded.tracker.world import OPERATIONS


@pytest.fixture(scope="module")
def observed() -> GraphQLSchema:
    shared = Path(__file__).resolve().parents[3].parent / "shared"
    file = shared / "reference" / "zenhub" / "observed-schema.graphql"
    if not file.exists():
        pytest.skip(f"no observed schema at {file}")
    return build_schema(file.read_text("utf-8"))


OURS = {name: kind for name, kind in schema().type_map.items() if not name.startswith("__")}


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_type_was_seen_so(observed: GraphQLSchema, name: str) -> None:
    ours, theirs = OURS[name], observed.type_map[name]
    assert type(ours) is type(theirs)
    if isinstance(ours, GraphQLEnumType):
        assert set(ours.values) == set(theirs.values)  # type: ignore[attr-defined]
    if isinstance(ours, GraphQLObjectType | GraphQLInterfaceType):
        assert {str(each) for each in ours.interfaces} == {str(each) for each in theirs.interfaces}  # type: ignore[attr-defined]
        for field, found in ours.fields.items():
            seen = theirs.fields[field]  # type: ignore[attr-defined]
            assert str(found.type) == str(seen.type), field
            arguments = {key: str(value.type) for key, value in found.args.items()}
            assert arguments.items() <= {key: str(value.type) for key, value in seen.args.items()}.items(), (
                field
            )
            needed = {key for key, value in seen.args.items() if str(value.type).endswith("!")}
            assert needed <= set(arguments), field
    if isinstance(ours, GraphQLInputObjectType):
        fields = {key: str(value.type) for key, value in ours.fields.items()}
        seen = {key: str(value.type) for key, value in theirs.fields.items()}  # type: ignore[attr-defined]
        assert fields.items() <= seen.items()
        assert {key for key, value in seen.items() if value.endswith("!")} <= set(fields)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_of_these_tests_is_one_of_zenhubs(observed: GraphQLSchema, name: str) -> None:
    assert validate(observed, parse(OPERATIONS[name])) == []


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_of_these_tests_is_valid_and_cheap(name: str) -> None:
    document = parse(OPERATIONS[name])
    assert validate(schema(), document) == []
    assert complexity(document, {"first": 25}) <= 200


def test_every_field_has_its_function() -> None:
    """Connections, payloads and the like are mappings; what comes from a record is not."""
    for name, functions in RESOLVERS.items():
        kind = OURS[name]
        assert isinstance(kind, GraphQLObjectType)
        assert set(functions) == set(kind.fields), name
