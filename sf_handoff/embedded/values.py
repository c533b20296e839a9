"""Single values: from JSON to what is stored, against the field's describe properties, and back.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

from sf_handoff.embedded import ids
from sf_handoff.embedded.database import Value
from sf_handoff.embedded.describe_fields import NUMBERS, TEXT, Field
from sf_handoff.embedded.org import stamp
from sf_handoff.embedded.refusals import Refusal, not_json, wrong_id
from sf_handoff.texts import utf16_units

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T|\Z)")
YEARS = range(1700, 4001)
JAVA = {dict: "START_OBJECT", list: "START_ARRAY", str: "VALUE_STRING", float: "VALUE_NUMBER_FLOAT"}
JAVA |= {int: "VALUE_NUMBER_INT", bool: "VALUE_TRUE", type(None): "VALUE_NULL"}


def parsed(field: Field, value: object) -> Value:
    """`value` in the field's own type. An empty string is null, as everywhere in Salesforce."""
    if value is None or value == "":
        if field.type == "boolean":
            raise _misfit(field, value)
        return None
    try:
        return _parse(field.type, value)
    except (KeyError, ValueError, TypeError, OverflowError):
        raise _misfit(field, value) from None


def _parse(kind: str, value: Any) -> Value:
    if kind == "boolean":
        return int(
            {"true": True, "false": False}[value.lower()] if isinstance(value, str) else _of(bool, value)
        )
    if isinstance(value, bool | dict | list):
        raise TypeError
    if kind in NUMBERS:
        return _number(kind, value)
    if kind == "date":
        return day(_of(str, value))
    if kind == "datetime":
        return moment(_of(str, value))
    text = str(value)
    text.encode()
    return text


def _of(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _number(kind: str, value: Any) -> int | float:
    """A text may write it too, if it does so as JSON would."""
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        raise ValueError
    if kind != "int":
        return float(value)
    if int(value) != float(value):
        raise ValueError
    return int(value)


def day(text: str) -> str:
    """The date of a date or a moment."""
    if not DAY.match(text):
        raise ValueError
    found = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).date()
    if found.year not in YEARS:
        raise ValueError
    return found.isoformat()


def moment(text: str) -> str:
    """A moment needs its offset: Salesforce would read a naive one in a time zone nobody named."""
    found = datetime.fromisoformat(text)
    if not DAY.match(text) or found.tzinfo is None or found.astimezone(UTC).year not in YEARS:
        raise ValueError
    return stamp(found)


def _misfit(field: Field, value: object) -> Refusal:
    word = value if isinstance(value, str) else json.dumps(value)
    shown = "" if isinstance(value, dict | list) else f" value {word}"
    token = "VALUE_FALSE" if value is False else JAVA[type(value)]
    return not_json(
        f"Cannot deserialize instance of {field.type} from {token}{shown} "
        "or request may be missing a required field at [line:1, column:2]"
    )


def checked(field: Field, value: Value) -> Value:
    """`value` if the field's describe allows it."""
    if value is None:
        return None
    if field.type == "reference":
        return _checked_id(field, str(value))
    if field.type in TEXT:
        _check_text(field, str(value))
    elif field.type in NUMBERS:
        return _checked_number(field, float(value))
    return value


def _checked_id(field: Field, value: str) -> str:
    found = ids.normal(value)
    if found is None:
        raise wrong_id("MALFORMED_ID", field.label, value, field.name)
    return found


def _check_text(field: Field, value: str) -> None:
    if field.type == "picklist" and field["restrictedPicklist"]:
        if value not in {each["value"] for each in field["picklistValues"] if each["active"]}:
            message = f"{field.label}: bad value for restricted picklist field: {value}"
            raise Refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, fields=(field.name,))
        return
    if utf16_units(value) > field.length:
        message = f"{field.label}: data value too large: {value} (max length={field.length})"
        raise Refusal("STRING_TOO_LONG", message, fields=(field.name,))
    if field.type == "email" and not EMAIL.fullmatch(value):
        message = f"{field.label}: invalid email address: {value}"
        raise Refusal("INVALID_EMAIL_ADDRESS", message, fields=(field.name,))


def _checked_number(field: Field, value: float) -> Value:
    digits = field["digits"] or field["precision"] - field["scale"]
    rounded = round(value, field["scale"])
    if not abs(rounded) < 10**digits:
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise Refusal("NUMBER_OUTSIDE_VALID_RANGE", message, fields=(field.name,))
    return int(rounded) if field.type == "int" else rounded


def rendered(field: Field, value: Value) -> Any:
    """A stored value as JSON."""
    if field.type == "boolean":
        return bool(value)
    return value
