"""Every operation that is sent to ZenHub: valid, and cheap enough."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate

from sf_handoff.adapters import zenhub_operations as operations
from sf_handoff.embedded.tracker.zenhub_complexity import complexity
from sf_handoff.embedded.tracker.zenhub_execution import schema

DEAREST = 200
EVERY = {
    name: text
    for name, text in vars(operations).items()
    if isinstance(text, str) and text.lstrip().startswith(("query", "mutation"))
}
EVERY |= {f"places({count})": operations.places(count) for count in (1, 2, operations.MOST_PLACES)}


@pytest.fixture(scope="module")
def observed() -> GraphQLSchema:
    shared = Path(__file__).resolve().parents[2].parent / "shared"
    file = shared / "reference" / "zenhub" / "observed-schema.graphql"
    if not file.exists():
        pytest.skip(f"no observed schema at {file}")
    return build_schema(file.read_text("utf-8"))


def test_all_of_them_are_tried_here() -> None:
    assert set(EVERY) >= {
        "COLUMNS",
        "PRIORITIES",
        "REPOSITORIES",
        "LOOK_UP",
        "MOVE",
        "PRIORITISE",
        "ESTIMATE",
    }


@pytest.mark.parametrize("name", sorted(EVERY))
def test_it_is_valid_by_the_embedded_trackers_schema(name: str) -> None:
    assert validate(schema(), parse(EVERY[name])) == []


@pytest.mark.parametrize("name", sorted(EVERY))
def test_it_is_valid_by_what_was_seen_of_zenhubs(name: str, observed: GraphQLSchema) -> None:
    assert validate(observed, parse(EVERY[name])) == []


@pytest.mark.parametrize("name", sorted(EVERY))
def test_it_costs_no_more_than_it_may(name: str) -> None:
    assert complexity(parse(EVERY[name]), {"first": operations.FIRST}) <= DEAREST


def test_one_more_place_or_a_larger_page_would_be_near_the_limit() -> None:
    """So the numbers are not smaller than need be."""
    assert complexity(parse(operations.places(2 * operations.MOST_PLACES)), {}) > DEAREST
    assert complexity(parse(operations.COLUMNS), {"first": 2 * operations.FIRST}) > DEAREST


@pytest.mark.parametrize("name", sorted(EVERY))
def test_it_has_a_name_and_is_one_operation(name: str) -> None:
    (definition,) = parse(EVERY[name]).definitions
    assert isinstance(definition, OperationDefinitionNode)
    assert definition.name is not None
