"""What passes between the HTTP listener, the router and the handlers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Concatenate, TypeAlias

from sf_handoff.embedded.org import Org
from sf_handoff.embedded.reading import read_json
from sf_handoff.embedded.refusals import not_json, unsupported_media

JSON = "application/json"


@dataclass(frozen=True)
class Call:
    """One request or one subrequest. `base` is the address that was asked; header names are lower-case.

    `all_or_none` is the flag of the Composite around it, which outranks a collection's own.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | dict[str, Any] | None = None
    base: str = ""
    version: str = ""
    all_or_none: bool = False

    @property
    def number(self) -> float:
        return float(self.version)

    @property
    def _says_json(self) -> bool:
        """Nothing said is JSON too. XML, which a real org reads, is not read here."""
        media = self.headers.get("content-type", JSON).partition(";")[0].strip().lower()
        return media == JSON

    def json(self) -> dict[str, Any]:
        """The body as an object; in a subrequest it has been read already."""
        if isinstance(self.body, dict):
            return self.body
        if not self.body:
            raise not_json("The HTTP entity body is required, but this request has no entity body.")
        if not self._says_json:
            raise unsupported_media(self.headers["content-type"])
        try:
            found = read_json(self.body)
        except json.JSONDecodeError as error:
            raise not_json(f"Unexpected content at [line:{error.lineno}, column:{error.colno}]") from None
        except UnicodeDecodeError:
            raise not_json("Invalid UTF-8 in the entity body at [line:1, column:1]") from None
        except ValueError:
            raise not_json("Unreadable content in the entity body at [line:1, column:1]") from None
        if not isinstance(found, dict):
            raise not_json("The entity body must be an object at [line:1, column:1]")
        return found


@dataclass(frozen=True)
class Answer:
    """What a handler says. A collection that took its records back is `undone`, although it answers 200.

    A text or bytes go out as they are when `media` is not JSON.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    undone: bool = False
    media: str = "application/json;charset=UTF-8"

    @property
    def failed(self) -> bool:
        return (self.status >= 300 and self.status != 304) or self.undone


Handler: TypeAlias = Callable[Concatenate[Org, Call, ...], Answer]


@dataclass(frozen=True)
class Route:
    """A resource below `/services/data/vXX.X`: its path as a regular expression, a handler for each method.

    `costly` ones count among the five queries and collections that a Composite may hold. `since` is the
    API version that brought the resource.
    """

    pattern: re.Pattern[str]
    handlers: Mapping[str, Handler]
    costly: bool = False
    since: int = 0


def route(pattern: str, *, costly: bool = False, since: int = 0, **handlers: Handler) -> Route:
    return Route(re.compile(pattern), handlers, costly, since)
