"""The columns a query names, its own or its parents', as SQL expressions and the joins they need.

Through a polymorphic link only the fields of the Name sObject can be read, whatever it points to.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_name.htm
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sf_handoff.embedded.database import quoted
from sf_handoff.embedded.describe_fields import NUMBERS, TEXT, Field, field
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.schema import Schema, SObject
from sf_handoff.embedded.soql_lexer import Token, pointing
from sf_handoff.embedded.soql_tree import Term

NAME_FIELDS = {
    each.name.lower(): each
    for each in (
        field("Alias", "string", "Alias"),
        field("Email", "email", "Email"),
        field("FirstName", "string", "First Name"),
        field("Id", "id", "Name ID"),
        field("IsActive", "boolean", "Active"),
        field("LastName", "string", "Last Name"),
        field("Name", "string", "Name"),
        field("Phone", "phone", "Phone"),
        field("Title", "string", "Title"),
        field("Type", "picklist", "Type"),
        field("Username", "string", "Username"),
    )
}
DEEPEST = 5


@dataclass(frozen=True)
class Parent:
    """What a relationship path leads to: one sObject, or one of several where the link is polymorphic."""

    path: tuple[str, ...]
    candidates: tuple[tuple[SObject, str], ...]
    id_sql: str
    polymorphic: bool


@dataclass(frozen=True)
class Column:
    """A column of a result: the relationship names that lead to it, its field, its SQL."""

    path: tuple[str, ...]
    field: Field
    sql: str

    @property
    def key(self) -> tuple[str, ...]:
        return (*self.path, self.field.name)


class Columns:
    """Finds the columns of one query, and collects the joins on the way."""

    def __init__(self, schema: Schema, start: SObject, soql: str, *, deleted: bool = False) -> None:
        self._schema = schema
        self._soql = soql
        self._deleted = deleted
        self._root = Parent((), ((start, "t"),), 't."Id"', polymorphic=False)
        self._parents: dict[tuple[str, ...], Parent] = {}
        self.joins = ""

    def at(self, token: Token) -> Column:
        *relationships, name = token.text.split(".")
        parent = self._root
        if relationships and relationships[0].lower() == self._root.candidates[0][0].name.lower():
            relationships = relationships[1:]
        for each in relationships:
            parent = self._parent(parent, each, token)
        found = self._column(parent, name)
        if found is None:
            kind = "Name" if parent.polymorphic else parent.candidates[0][0].name
            raise self._unknown_column(token, name, kind)
        return found

    def of(self, term: Term) -> Column:
        column = self.at(term.column)
        return aggregated(column, term, self._soql) if term.function else column

    def group(self, kind: str) -> tuple[Column, ...]:
        """The root's own fields that `FIELDS(kind)` stands for."""
        ((start, _),) = self._root.candidates
        wanted = [
            each for each in start.fields if kind in {"ALL", "CUSTOM" if each["custom"] else "STANDARD"}
        ]
        return tuple(filter(None, (self._column(self._root, each.name) for each in wanted)))

    def parents(self, columns: Iterable[Column]) -> tuple[Parent, ...]:
        """The parents that a result shows, the nearer before the further."""
        shown = {column.path[:depth] for column in columns for depth in range(1, len(column.path) + 1)}
        return tuple(self._parents[path] for path in sorted(shown, key=len))

    def _column(self, parent: Parent, name: str) -> Column | None:
        if parent.polymorphic:
            shared = NAME_FIELDS.get(name.lower())
            return Column(parent.path, shared, _of_any(parent, shared)) if shared else None
        ((sobject, alias),) = parent.candidates
        own = sobject.field(name)
        if own is None:
            return None
        if own.path is None:
            return Column(parent.path, own, _sql(sobject, own, alias))
        link = sobject.relationship(own.path[0])
        through = self._join(parent, link) if link else None
        target = self._column(through, own.path[1]) if through else None
        return Column(parent.path, own, target.sql) if target else None

    def _parent(self, child: Parent, name: str, token: Token) -> Parent:
        link = None if child.polymorphic else child.candidates[0][0].relationship(name)
        if link is None or len(child.path) >= DEEPEST:
            message = (
                f"Didn't understand relationship '{name}' in field path. If you are attempting to use a "
                "custom relationship, be sure to append the '__r' after the custom relationship name. "
                "Please reference your WSDL or the describe call for the appropriate names."
            )
            raise pointing(self._soql, token.at, "INVALID_FIELD", message)
        return self._join(child, link)

    def _join(self, child: Parent, link: Field) -> Parent:
        path = (*child.path, link["relationshipName"])
        if path not in self._parents:
            link_sql = f"{child.candidates[0][1]}.{quoted(link.name)}"
            targets = filter(None, (self._schema.get(each) for each in link.targets))
            candidates = tuple((each, self._alias(each, link_sql)) for each in targets)
            self._parents[path] = Parent(path, candidates, _id_of(candidates), link.polymorphic)
        return self._parents[path]

    def _alias(self, target: SObject, link_sql: str) -> str:
        alias = f"t{self.joins.count(' JOIN ') + 1}"
        living = "" if self._deleted else f' AND NOT {alias}."IsDeleted"'
        self.joins += f' LEFT JOIN {quoted(target.name)} AS {alias} ON {alias}."Id" = {link_sql}{living}'
        return alias

    def _unknown_column(self, token: Token, name: str, kind: str) -> Refusal:
        message = (
            f"No such column '{name}' on entity '{kind}'. If you are attempting to use a custom field, be "
            "sure to append the '__c' after the custom field name. Please reference your WSDL or the "
            "describe call for the appropriate names."
        )
        return pointing(self._soql, token.at, "INVALID_FIELD", message)


def known(schema: Schema, soql: str, source: Token) -> SObject:
    """The sObject that FROM names."""
    sobject = schema.get(source.text)
    if sobject is None:
        message = (
            f"sObject type '{source.text}' is not supported. If you are attempting to use a custom object, "
            "be sure to append the '__c' after the entity name. Please reference your WSDL or the describe "
            "call for the appropriate names."
        )
        raise pointing(soql, source.at, "INVALID_TYPE", message)
    return sobject


def aggregated(column: Column, term: Term, soql: str) -> Column:
    """An aggregate function of a column. Which types have which functions is in the vendor's table.

    https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_agg_functions_field_types.htm
    """
    function, own = term.function, column.field
    if not own["aggregatable"] or (function in {"AVG", "SUM"} and own.type not in NUMBERS):
        message = f"field {own.name} does not support aggregate operator {function}"
        raise pointing(soql, term.column.at, "MALFORMED_QUERY", message)
    if function.startswith("COUNT"):
        distinct = "DISTINCT " if function == "COUNT_DISTINCT" else ""
        return Column((), field("count", "int", "Count"), f"COUNT({distinct}{column.sql})")
    sql = f"{function}({column.sql})"
    if own.type in TEXT and not own["caseSensitive"]:
        sql += " COLLATE NOCASE"
    return Column((), own, sql)


def _id_of(candidates: tuple[tuple[SObject, str], ...]) -> str:
    return _first([f'{alias}."Id"' for _, alias in candidates])


def _first(expressions: list[str]) -> str:
    """The first that is not null. COALESCE wants two, and forgets how its arguments compare."""
    return f"COALESCE({', '.join([*expressions, 'NULL', 'NULL'])})"


def _of_any(parent: Parent, shared: Field) -> str:
    if shared.name == "Type":
        kinds = [(alias, "Queue" if each.name == "Group" else each.name) for each, alias in parent.candidates]
        named = [f"CASE WHEN {alias}.\"Id\" IS NOT NULL THEN '{kind}' END" for alias, kind in kinds]
        return f"{_first(named)} COLLATE NOCASE"
    found = ((each, _counterpart(each, shared), alias) for each, alias in parent.candidates)
    expressions = [_sql(sobject, own, alias) for sobject, own, alias in found if own]
    return _first(expressions) + ("" if shared.type == "id" else " COLLATE NOCASE")


def _counterpart(sobject: SObject, shared: Field) -> Field | None:
    if shared.name == "Name":
        return next((each for each in sobject.fields if each["nameField"]), sobject.field("Name"))
    return sobject.field(shared.name)


def _sql(sobject: SObject, own: Field, alias: str) -> str:
    if own.type != "address":
        return f"{alias}.{quoted(own.name)}"
    parts = [each for each in sobject.fields if each["compoundFieldName"] == own.name]
    columns = [f"{alias}.{quoted(each.name)}" for each in parts]
    prefix = own.name.removesuffix("Address")
    keys = (each.name.removeprefix(prefix) for each in parts)
    pairs = ", ".join(
        f"'{key[0].lower()}{key[1:]}', {column}" for key, column in sorted(zip(keys, columns, strict=True))
    )
    return f"CASE WHEN {_first(columns)} IS NOT NULL THEN json_object({pairs}) END"
