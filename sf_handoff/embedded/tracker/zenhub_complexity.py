"""What a query costs: a point a field, those of a connection's nodes times its page (`first`, else 100)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

LARGEST_PAGE = 100


def complexity(document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """The points of the dearest operation of a valid document."""
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return max(
        _Reckoner(fragments, {**_defaults(each), **variables}).points(each.selection_set)
        for each in operations
    )


def _defaults(operation: OperationDefinitionNode) -> dict[str, int]:
    return {
        each.variable.name.value: int(each.default_value.value)
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }


class _Reckoner:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]) -> None:
        self._fragments, self._variables = fragments, variables

    def points(self, selections: SelectionSetNode | None, page: int = 1) -> int:
        """Of everything selected; what `nodes` hold counts `page` times."""
        total = 0
        for each in selections.selections if selections else ():
            if isinstance(each, FieldNode):
                times = page if each.name.value == "nodes" else 1
                total += 1 + times * self.points(each.selection_set, self._page(each))
            elif isinstance(each, FragmentSpreadNode):
                total += self.points(self._fragments[each.name.value].selection_set, page)
            elif isinstance(each, InlineFragmentNode):
                total += self.points(each.selection_set, page)
        return total

    def _page(self, field: FieldNode) -> int:
        given = {each.name.value: each.value for each in field.arguments or ()}.get("first")
        if isinstance(given, VariableNode):
            number = self._variables.get(given.name.value)
            return number if isinstance(number, int) else LARGEST_PAGE
        return int(given.value) if isinstance(given, IntValueNode) else LARGEST_PAGE
