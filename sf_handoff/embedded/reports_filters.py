"""The filters of a report as conditions of SOQL.

Several values stand between commas, in quotes where they hold one. A day is one of the running user's.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_filter_reportdata.htm
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sf_handoff.embedded import ids
from sf_handoff.embedded.describe_fields import NUMBERS, TEXT, Field
from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.reports_kept import DATES, Kept, bad_request
from sf_handoff.embedded.soql_dates import PLAIN

EXACT = {"equals": "equals", "notEqual": "not equal to"}
ORDERED = {
    **EXACT,
    "lessThan": "less than",
    "greaterThan": "greater than",
    "lessOrEqual": "less or equal",
    "greaterOrEqual": "greater or equal",
}
TEXTUAL = {
    **ORDERED,
    "contains": "contains",
    "notContain": "does not contain",
    "startsWith": "starts with",
}
OPERATORS = {
    **dict.fromkeys(TEXT, TEXTUAL),
    **dict.fromkeys((*NUMBERS, *DATES), ORDERED),
    **dict.fromkeys(("boolean", "id", "reference"), EXACT),
}
SIGNS = {"equals": "=", "lessThan": "<", "greaterThan": ">", "lessOrEqual": "<=", "greaterOrEqual": ">="}
LIKE = {"contains": "%{}%", "startsWith": "{}%"}
NEGATED = {"notEqual": "equals", "notContain": "contains"}
BOOLEANS = {"true": "TRUE", "1": "TRUE", "false": "FALSE", "0": "FALSE"}
COUNTED = re.compile(r"(LAST|NEXT)_(?:N_DAYS:(\d{1,4})|(\d{1,4})_DAYS)")
LOGIC = re.compile(r"\s*(?:\d+|AND|OR|NOT|[()])", re.IGNORECASE)
ESCAPES = str.maketrans({"\\": r"\\", "'": r"\'", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
WILD = str.maketrans({"%": r"\%", "_": r"\_"})
MOST_FILTERS = 20


@dataclass(frozen=True)
class Filters:
    """The filters of one run, for a user who lives in `zone`."""

    report: Kept
    metadata: dict[str, Any]
    zone: ZoneInfo

    def where(self) -> str:
        """The condition, or nothing."""
        return " AND ".join(f"({each})" for each in (*self._dates(), *self._custom()))

    def _custom(self) -> Iterator[str]:
        given = self.metadata["reportFilters"]
        if len(given) > MOST_FILTERS:
            raise bad_request(f"You can't have more than {MOST_FILTERS} filters in a report.")
        conditions = [self._filter(each) for each in given]
        if self.metadata["reportBooleanFilter"]:
            yield _joined(str(self.metadata["reportBooleanFilter"]), conditions)
        else:
            yield from conditions

    def _filter(self, given: dict[str, Any]) -> str:
        name, operator = given.get("column"), given.get("operator")
        if name not in self.report.fields:
            raise bad_request(f"The filter column {name} is invalid.")
        kind = self.report.fields[name].type
        if operator not in OPERATORS[kind]:
            raise bad_request(f"The operator {operator} is invalid for the column {name}.")
        return self._condition(name, operator, _values(given.get("value")))

    def _condition(self, name: str, operator: str, values: list[str]) -> str:
        if operator in NEGATED:
            return f"NOT ({self._condition(name, NEGATED[operator], values)})"
        path, own = self.report.columns[name].field, self.report.fields[name]
        try:
            if operator == "equals" and own.type not in DATES:
                return f"{path} IN ({', '.join(_literal(own, each) for each in values)})"
            return " OR ".join(f"({self._single(path, own, operator, each)})" for each in values)
        except (ValueError, KeyError, OverflowError, InvalidOperation):
            raise bad_request(f"The filter value of the column {name} is invalid.") from None

    def _single(self, path: str, own: Field, operator: str, value: str) -> str:
        if operator in LIKE:
            pattern = LIKE[operator].format(value.translate(ESCAPES).translate(WILD))
            return f"{path} LIKE '{pattern}'"
        if own.type in DATES and value:
            return self._dated(path, own, operator, value)
        if not value and operator != "equals":
            raise ValueError
        return f"{path} {SIGNS[operator]} {_literal(own, value)}"

    def _dated(self, path: str, own: Field, operator: str, value: str) -> str:
        sign = SIGNS[operator]
        if relative := _relative(value):
            return f"{path} {sign} {relative}"
        if own.type == "date":
            return f"{path} {sign} {self._day(value)}"
        if len(value) > len("2026-11-01"):
            return f"{path} {sign} {_utc(self._moment(value))}"
        first, after = self._bounds(date.fromisoformat(value))
        if operator == "equals":
            return f"{path} >= {first} AND {path} < {after}"
        bound = first if operator in {"lessThan", "greaterOrEqual"} else after
        return f"{path} {'<' if sign in {'<', '<='} else '>='} {bound}"

    def _day(self, value: str) -> date:
        return date.fromisoformat(value) if len(value) == 10 else self._moment(value).date()

    def _moment(self, value: str) -> datetime:
        given = datetime.fromisoformat(value)
        return given.astimezone(self.zone) if given.tzinfo else given.replace(tzinfo=self.zone)

    def _bounds(self, day: date) -> tuple[str, str]:
        """The moments at which the day begins and ends, which are not always 24 hours apart."""
        first, after = (datetime.combine(each, time(), self.zone) for each in (day, day + timedelta(days=1)))
        return _utc(first), _utc(after)

    def _dates(self) -> Iterator[str]:
        """The standard date filter. Its days may be given with a time, which says nothing."""
        given = self.metadata["standardDateFilter"] or {}
        name, duration = given.get("column"), str(given.get("durationValue") or "CUSTOM")
        if not given:
            return
        if name not in self.report.fields or self.report.fields[name].type not in DATES:
            raise bad_request(f"The standard date filter column {name} is invalid.")
        if duration == "CUSTOM":
            for operator, key in (("greaterOrEqual", "startDate"), ("lessOrEqual", "endDate")):
                if given.get(key):
                    yield self._condition(name, operator, [str(given[key])[:10]])
        elif _relative(duration):
            yield self._condition(name, "equals", [duration])
        else:
            raise bad_request(f"The standard date filter duration {duration} is invalid.")


def _values(given: object) -> list[str]:
    if given is None or given == "":
        return [""]
    try:
        text = str(given).encode().decode()  # half a surrogate pair is no text
        (values,) = csv.reader([re.sub(r"[\r\n]+", " ", text)], skipinitialspace=True)
    except (csv.Error, UnicodeEncodeError):
        raise bad_request("The filter value is invalid.") from None
    return values


def _literal(own: Field, value: str) -> str:
    if not value:
        return "null"
    if own.type == "boolean":
        return BOOLEANS[value.lower()]
    if own.type in NUMBERS:
        number = Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > 20:
            raise ValueError
        return f"{number:f}"
    if own.type in {"id", "reference"} and ids.normal(value) is None:
        raise ValueError
    return f"'{value.translate(ESCAPES)}'"


def _relative(value: str) -> str:
    """TODAY and its like as a date literal of SOQL, or nothing."""
    word = value.strip().upper()
    if match := COUNTED.fullmatch(word):
        return f"{match[1]}_N_DAYS:{match[2] or match[3]}"
    word = "TODAY" if word == "THIS_DAY" else word
    return word if word in PLAIN else ""


def _joined(logic: str, conditions: list[str]) -> str:
    """Every filter has its number in the logic, and every number a filter."""
    numbers = {str(each) for each in range(1, len(conditions) + 1)}
    if LOGIC.sub("", logic).strip() or set(re.findall(r"\d+", logic)) != numbers:
        raise filter_logic()
    return re.sub(r"\d+", lambda match: f"({conditions[int(match[0]) - 1]})", logic)


def filter_logic() -> Refusal:
    return bad_request("The filter logic is invalid.")


def _utc(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    if not 1700 <= utc.year <= 4000:
        raise ValueError
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
