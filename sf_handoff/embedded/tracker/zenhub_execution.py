"""Executes GraphQL over the schema in `zenhub.graphql`, with graphql-core.

https://graphql-core-3.readthedocs.io/en/latest/usage/queries.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.invalid import Invalid
from sf_handoff.embedded.tracker.zenhub_complexity import complexity
from sf_handoff.embedded.tracker.zenhub_mutations import MUTATIONS
from sf_handoff.embedded.tracker.zenhub_queries import QUERIES
from sf_handoff.embedded.tracker.zenhub_types import FIELDS, type_of

RESOLVERS = {**FIELDS, "Query": QUERIES, "Mutation": MUTATIONS}


@cache
def schema() -> GraphQLSchema:
    text = resources.files("sf_handoff.embedded.tracker").joinpath("zenhub.graphql").read_text("utf-8")
    return build_schema(text)


def execute(desk: Desk, asked: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """What ZenHub answers, and how many points of complexity it took."""
    variables = asked.get("variables") or {}
    try:
        document = parse(asked["query"])
    except GraphQLError as error:
        return {"errors": [error.formatted]}, 0
    errors = validate(schema(), document)
    if errors:
        return {"errors": [each.formatted for each in errors]}, 0
    points = complexity(document, variables)
    if points > desk.rules.complexity:
        message = f"Query has complexity of {points}, which exceeds max complexity of {desk.rules.complexity}"
        return {"errors": [{"message": message}]}, 0
    return _executed(desk, document, variables, asked.get("operationName")), points


def _executed(
    desk: Desk, document: DocumentNode, variables: dict[str, Any], operation: str | None
) -> dict[str, Any]:
    result = execute_sync(
        schema(),
        document,
        context_value=desk,
        variable_values=variables,
        operation_name=operation,
        field_resolver=_resolved,
        type_resolver=lambda value, *_: type_of(value),
    )
    return dict(result.formatted)


def _resolved(source: Any, info: GraphQLResolveInfo[Desk], **args: Any) -> Any:
    """A field by the function for it, else by its name in a mapping."""
    function = RESOLVERS.get(info.parent_type.name, {}).get(info.field_name)
    if function is None:
        return source[info.field_name]
    if info.parent_type.name != "Mutation":
        return function(info.context, source, args)
    try:
        with info.context.database.savepoint():
            return function(info.context, source, args["input"])
    except Invalid as error:
        raise GraphQLError(
            "Validation failed", extensions={"code": "UNPROCESSABLE", "errors": [error.error]}
        ) from None
