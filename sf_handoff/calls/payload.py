"""From a payload as it comes to plain JSON values, within the limits; and how a place in it is named.

JSON is held to RFC 8259: NaN, repeated keys and lone surrogates are refused, and so is what no payload
needs: more than 256 KiB, a hundred levels, numbers of twenty digits. Nothing but InvalidHandoff escapes.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sf_handoff.calls.vocabulary import UNFIT
from sf_handoff.errors import InvalidHandoff, Problem

MOST_BYTES = 256 * 1024
MOST_LEVELS = 100
_TOO_MANY_DIGITS = 10**20
_TOO_DEEP = f"expected at most {MOST_LEVELS} levels of nesting"
_ODD = re.compile(r"[0-9]{4,}|[^A-Za-z0-9_.-]+")
Path: TypeAlias = tuple[int | str, ...]


def tree(payload: object) -> dict[str, Any]:
    """The payload as plain values, with everything refused that RFC 8259 or our limits refuse."""
    value = _from_json(payload) if isinstance(payload, str | bytes) else payload
    try:
        found = _Plain().copy(value)
    except InvalidHandoff:
        raise
    except Exception:  # a Mapping is anybody's class and may raise anything while it is read
        found = None
    if not isinstance(found, dict):
        raise invalid([Problem("payload", "expected a JSON object")])
    if isinstance(payload, Mapping) and len(compact(found)) > MOST_BYTES:
        raise _too_large()
    return found


def _from_json(payload: str | bytes) -> object:
    """The JSON value in `payload`, without a byte order mark. Positions are told, content is not."""
    if len(payload if isinstance(payload, bytes) else payload.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise _too_large()
    try:
        text = payload if isinstance(payload, str) else payload.decode("utf-8")
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_object, parse_int=_whole)
    except UnicodeDecodeError as error:
        words = f"expected UTF-8; it breaks at byte {error.start + 1}"
    except json.JSONDecodeError as error:
        words = f"expected JSON; it breaks at line {error.lineno}, column {error.colno}"
    except RecursionError:
        words = _TOO_DEEP
    raise _not_json("payload", words)


@dataclass(frozen=True)
class _Repeated:
    """Stands for an object that holds `key` twice, until the walk knows its path."""

    key: str


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | _Repeated:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    return _Repeated(Counter(key for key, _ in pairs).most_common(1)[0][0])


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= 20 else _TOO_MANY_DIGITS


def compact(value: object) -> bytes:
    """Lone surrogates pass here: the field they stand in refuses them, by its path."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


class _Plain:
    """Copies a value into plain JSON types, and stops once it is more than a payload may hold."""

    def __init__(self) -> None:
        self.room = MOST_BYTES

    def copy(self, value: object, path: Path = ()) -> Any:
        self._take(1)
        if isinstance(value, str):
            self._take(len(value))
            return value
        if not isinstance(value, Mapping | list | tuple):
            return _scalar(value, path)
        if len(path) >= MOST_LEVELS:
            raise _not_json(shown(path), _TOO_DEEP)
        if isinstance(value, Mapping):
            return {self._key(key, path): self.copy(each, (*path, key)) for key, each in value.items()}
        return [self.copy(each, (*path, index)) for index, each in enumerate(value)]

    def _key(self, key: object, path: Path) -> str:
        if not isinstance(key, str) or UNFIT.search(key):
            raise _not_json(shown(path), "expected an object whose keys are plain text")
        self._take(len(key))
        return key

    def _take(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            raise _too_large()


def _scalar(value: object, path: Path) -> str | int | float | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < _TOO_MANY_DIGITS:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, _Repeated):
        raise _not_json(shown((*path, value.key)), "expected once; the key is repeated")
    number = isinstance(value, int | float)
    raise _not_json(shown(path), "expected a number of at most 20 digits" if number else "expected JSON")


def shown(path: Path) -> str:
    """A path as people write it. Keys come from outside: only what could be a key of ours is shown."""
    said = ""
    for part in path[:8]:
        said += f"[{part}]" if isinstance(part, int) else "." + _ODD.sub("?", part[:60])
    return said.removeprefix(".") + ("…" if len(path) > 8 else "") or "payload"


def _not_json(path: str, words: str) -> InvalidHandoff:
    return invalid([Problem(path, words)], code="INVALID_JSON")


def _too_large() -> InvalidHandoff:
    return invalid([Problem("payload", f"expected at most {MOST_BYTES // 1024} KiB")], code="TOO_LARGE")


def invalid(problems: list[Problem], *, of: int = 1, code: str = "INVALID") -> InvalidHandoff:
    more = f"; and {of - len(problems)} more" if of > len(problems) else ""
    return InvalidHandoff("; ".join(map(str, problems)) + more, code=code, problems=tuple(problems))
