"""How an answer differs from the recorded one.

Status, codes, messages, names, values and types have to be equal; the order of keys and of rows does not
matter. Of ids, moments, durations, entity tags and versions in a path only the shape counts. Of a describe
the keys are compared, at every level, because the values are those of somebody's org.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import requests

from sf_handoff.embedded import ids
from tests.replay.readers import Exchange

WORD = re.compile(r"\b\w{15,18}\b")
MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]{8,12}(Z|[+-]\d{4})|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT"
)
TAG = re.compile(r'"[0-9a-f]{8}"')
ROW = re.compile(r"(/services/data/)v[\d.]+(/sobjects/\w+/)\w+$")
VERSION = re.compile(r"(/services/data/)v[\d.]+(/|$)")
# An org lists the links that it serves, and lists here are often empty.
NOT_COMPARED = {"urls"}
DURATIONS = {"totalProcessingTime", "apiActiveProcessingTime"}


def differences(exchange: Exchange, answer: requests.Response) -> list[str]:
    found = list(_of_headers(exchange, answer.headers))
    if exchange.status is not None and answer.status_code != exchange.status:
        found.append(f"status {answer.status_code}, recorded {exchange.status}")
    compared = _of_keys if _is_about_the_org(exchange) else _of_values
    return found + list(compared(exchange.answer, answer.json() if answer.content else None, ""))


def _is_about_the_org(exchange: Exchange) -> bool:
    """A describe, or the list of versions."""
    return exchange.status == 200 and exchange.path.endswith(("/describe", "/sobjects", "/services/data"))


def _of_headers(exchange: Exchange, ours: Mapping[str, str]) -> Iterator[str]:
    if exchange.heard is None:
        expected = "application/json;charset=UTF-8" if exchange.answer is not None else None
        if ours.get("Content-Type") != expected:
            yield f"Content-Type {ours.get('Content-Type')}"
        return
    for name in ("Content-Type", "WWW-Authenticate", "Vary", "Location", "Cache-Control"):
        theirs = exchange.heard.get(name.lower())
        if masked(ours.get(name)) != masked(theirs):
            yield f"{name} {ours.get(name)}, recorded {theirs}"
    usage = (exchange.heard.get("sforce-limit-info"), ours.get("Sforce-Limit-Info"))
    if len({re.sub(r"\d+", "#", each or "") for each in usage}) > 1:
        yield f"Sforce-Limit-Info {usage[1]}, recorded {usage[0]}"


def _of_values(theirs: Any, ours: Any, at: str) -> Iterator[str]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        yield from _missing(set(theirs), set(ours), at)
        for name in sorted(set(theirs) & set(ours)):
            yield from _of_values(_value(name, theirs), _value(name, ours), f"{at}.{name}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield f"{at}: {len(ours)} entries, recorded {len(theirs)}"
            return
        for number, pair in enumerate(zip(_ordered(theirs), _ordered(ours), strict=True)):
            yield from _of_values(*pair, f"{at}[{number}]")
    elif masked(theirs) != masked(ours) or isinstance(theirs, bool) != isinstance(ours, bool):
        yield f"{at}: {ours!r}, recorded {theirs!r}"


def _of_keys(theirs: Any, ours: Any, at: str) -> Iterator[str]:
    """The keys at each level, those of all entries of a list together."""
    if isinstance(theirs, list) and isinstance(ours, list):
        theirs, ours = _merged(theirs), _merged(ours)
    if not (isinstance(theirs, dict) and isinstance(ours, dict) and theirs and ours):
        return
    yield from _missing(set(theirs), set(ours), at)
    for name in sorted(set(theirs) & set(ours) - NOT_COMPARED):
        yield from _of_keys(theirs[name], ours[name], f"{at}.{name}")


def _missing(theirs: set[str], ours: set[str], at: str) -> Iterator[str]:
    if lacking := sorted(theirs - ours):
        yield f"{at}: lacks {', '.join(lacking)}"
    if more := sorted(ours - theirs):
        yield f"{at}: has {', '.join(more)} besides"


def _merged(entries: list[Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for each in entries:
        if isinstance(each, dict):
            merged |= {name: value for name, value in each.items() if merged.get(name) in (None, [], {})}
    return merged


def _ordered(entries: list[Any]) -> list[Any]:
    return sorted(entries, key=lambda each: json.dumps(_masked_through(each), sort_keys=True))


def _masked_through(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _masked_through(_value(name, value)) for name in value}
    return [_masked_through(each) for each in value] if isinstance(value, list) else masked(value)


def _value(name: str, of: Mapping[str, Any]) -> Any:
    """An id is an id, whatever the authors put in its place, and a duration a number."""
    if name in {"id", "Id"} and isinstance(of[name], str):
        return "<id>"
    return "<duration>" if name in DURATIONS and type(of[name]) is int else of[name]


def masked(value: Any) -> Any:
    """`value` without what differs from org to org and from day to day."""
    if not isinstance(value, str):
        return value
    text = TAG.sub("<tag>", MOMENT.sub("<moment>", ROW.sub(r"\1v#\2<id>", value)))
    return WORD.sub(_id_masked, VERSION.sub(r"\1v#\2", text))


def _id_masked(match: re.Match[str]) -> str:
    word = match[0]
    is_id = ids.normal(word) and any(letter.isdigit() for letter in word)
    return f"{word[:3]}<id>" if is_id else word
