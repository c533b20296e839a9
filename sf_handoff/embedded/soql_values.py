"""The values of conditions, held against the type of the field that they are compared with.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm
"""

from __future__ import annotations

from datetime import datetime, time

from sf_handoff.embedded import ids
from sf_handoff.embedded.database import Value
from sf_handoff.embedded.describe_fields import NUMBERS, TEXT, Field
from sf_handoff.embedded.org import Org, stamp
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.soql_dates import days
from sf_handoff.embedded.soql_lexer import Token, pointing, text
from sf_handoff.embedded.soql_tree import Literal
from sf_handoff.embedded.values import day, moment

FITTING = {
    "boolean": {"boolean"},
    "date": {"date"},
    "datetime": {"datetime"},
    "id": {"string"},
    "reference": {"string"},
    **{kind: {"string"} for kind in TEXT},
    **{kind: {"number"} for kind in NUMBERS},
}
SAID = {"datetime": "dateTime"}


class Values:
    """`token`, in each of these, is the field's name in the query: refusals point at it."""

    def __init__(self, org: Org, soql: str) -> None:
        self._org = org
        self._soql = soql

    def value(self, field: Field, literal: Literal, token: Token, *, like: bool = False) -> Value:
        if literal.kind not in FITTING.get(field.type, ()):
            raise self._misfit(field, token)
        given = literal.token.text
        if literal.kind == "string":
            found = text(self._soql, literal.token, like=like)
            return self._id(found, token) if field.type in {"id", "reference"} else found
        if literal.kind == "boolean":
            return int(given.upper() == "TRUE")
        if literal.kind == "number":
            return float(given)
        try:
            return day(given) if literal.kind == "date" else moment(given)
        except (OverflowError, ValueError):
            raise self._malformed(literal) from None

    def days(self, field: Field, literal: Literal, token: Token) -> tuple[str, str]:
        """TODAY and its like are whole days of the running user's time zone, from the first to the last."""
        if field.type not in {"date", "datetime"}:
            raise self._misfit(field, token)
        zone = self._org.timezone
        try:
            bounds = days(
                literal.token.text.upper(), literal.count, self._org.clock().astimezone(zone).date()
            )
            midnights = [stamp(datetime.combine(each, time(), zone)) for each in bounds]
        except (OverflowError, ValueError):
            raise self._malformed(literal) from None
        first, last = midnights if field.type == "datetime" else [each.isoformat() for each in bounds]
        return first, last

    def _id(self, given: str, token: Token) -> str:
        found = ids.normal(given)
        if found is None:
            message = f"invalid ID field: {given}"
            raise pointing(self._soql, token.at, "INVALID_QUERY_FILTER_OPERATOR", message)
        return found

    def _misfit(self, field: Field, token: Token) -> Refusal:
        bare = "string" not in FITTING.get(field.type, ())
        kind = SAID.get(field.type, field.type) if bare else "string"
        hint = "should not be enclosed in quotes" if bare else "should be enclosed in quotes"
        message = f"value of filter criterion for field '{field.name}' must be of type {kind} and {hint}"
        return pointing(self._soql, token.at, "INVALID_FIELD", message)

    def _malformed(self, literal: Literal) -> Refusal:
        message = f"unexpected token: '{literal.token.text}'"
        return pointing(self._soql, literal.token.at, "MALFORMED_QUERY", message)
