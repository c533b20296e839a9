"""`@{referenceId.path}` in a Composite: a value out of an earlier subrequest's answer.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sf_handoff.embedded.refusals import Refusal

REFERENCE = re.compile(r"@\{([^{}.\[]+)([^{}]*)\}")
STEP = re.compile(r"\.([^.\[\]]+)|\[([0-9]{1,18})\]")

PATH = re.compile(f"({STEP.pattern})+")


def fill(given: Any, bodies: Mapping[str, Any]) -> Any:
    """`given` with every reference in its strings replaced; a string that is nothing else keeps the type."""
    if isinstance(given, dict):
        return {key: fill(value, bodies) for key, value in given.items()}
    if isinstance(given, list):
        return [fill(each, bodies) for each in given]
    if not isinstance(given, str):
        return given
    if whole := REFERENCE.fullmatch(given):
        return _value(whole, bodies)
    return REFERENCE.sub(lambda match: _text(match, bodies), given)


def fill_url(url: str, bodies: Mapping[str, Any]) -> str:
    return REFERENCE.sub(lambda match: quote(_text(match, bodies), safe=""), url)


def named(given: Any) -> set[str]:
    """The subrequests that `given` refers to."""
    if isinstance(given, dict | list):
        inner = given.values() if isinstance(given, dict) else given
        return {name for each in inner for name in named(each)}
    return {match[1] for match in REFERENCE.finditer(given)} if isinstance(given, str) else set()


def _text(match: re.Match[str], bodies: Mapping[str, Any]) -> str:
    found = _value(match, bodies)
    return str(found).lower() if isinstance(found, bool) else str(found)


def _value(match: re.Match[str], bodies: Mapping[str, Any]) -> Any:
    name, path = match[1], match[2]
    found = bodies.get(name) if PATH.fullmatch(path) else None
    for key, index in STEP.findall(path):
        if index and isinstance(found, list) and int(index) < len(found):
            found = found[int(index)]
        elif key and isinstance(found, dict):
            found = found.get(key)
        else:
            found = None
    if found is None or isinstance(found, dict | list):
        raise Refusal(
            "PROCESSING_HALTED",
            f"Invalid reference specified. No value for {name}{path} found in {name}.",
        )
    return found
