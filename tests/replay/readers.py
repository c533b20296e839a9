"""Recorded exchanges with real orgs, read where they lie. One reader for each format.

Only the WireMock files hold everything. The cassettes are without headers. Of the other two there are answers
alone: for those `alone.py` holds the request that each one answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import yaml

from sf_handoff.embedded import ids
from tests.replay.alone import REQUESTS, Request

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "salesforce"
SOURCES = ("sf-fx-runtime-nodejs", "cumulusci", "ampersand-connectors", "restforce")
TOKEN = "EXAMPLE-TOKEN"  # the recorded one, as scrubbed
SIGNED_IN = {"authorization": f"Bearer {TOKEN}"}
# The cassettes say vxx.0. Their version is in the links of some answers; the Case describe is without the
# properties that v50 added, as the Account one, which says v48.
VERSION, VERSIONS = "v52.0", {"GET_sobjects_Account_describe": "v48.0", "GET_sobjects_Case_describe": "v48.0"}
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Exchange:
    """A request and its recorded answer. `heard` is None where the recording has no headers.

    `method` is empty where nothing tells what was asked. `status` is None where it was not recorded.
    `before` are requests that have to be sent first.
    """

    source: str
    name: str
    file: str
    method: str = ""
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    status: int | None = None
    heard: Mapping[str, str] | None = None
    answer: Any = None
    before: tuple[Request, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.source}/{self.name}"


@cache
def exchanges() -> tuple[Exchange, ...]:
    """All of them, in the order of the folders' files."""
    return tuple(each for source in SOURCES for path in files(source) for each in READERS[source](path))


def files(source: str) -> list[Path]:
    return sorted(path for path in (FOLDER / source).rglob("*") if path.is_file())


def wiremock(path: Path) -> Iterator[Exchange]:
    recorded = json.loads(path.read_text("utf-8"))
    request, response = recorded["request"], recorded["response"]
    url = request.get("url") or request["urlPath"]
    if asked := request.get("queryParameters"):
        url += "?" + "&".join(f"{name}={quote(each['equalTo'])}" for name, each in asked.items())
    matched = {name.lower(): each.get("equalTo") for name, each in request.get("headers", {}).items()}
    heard = {name.lower(): value for name, value in response["headers"].items()}
    yield Exchange(
        "sf-fx-runtime-nodejs",
        path.stem,
        path.name,
        request["method"],
        url,
        {"authorization": matched.get("authorization") or SIGNED_IN["authorization"]},
        _json(request.get("bodyPatterns", [{}])[0].get("equalToJson")),
        response["status"],
        heard,
        _json(response.get("body")),
    )


def cassette(path: Path) -> Iterator[Exchange]:
    """A shared cassette is one interaction; the others leave those out that they include from there."""
    recorded = yaml.load(path.read_text("utf-8"), Loader)
    for number, each in enumerate(recorded.get("interactions", [recorded])):
        if "include_file" not in each:
            name = f"{path.stem} #{number}" if "interactions" in recorded else path.stem
            yield _interaction(path, name, each)


def _interaction(path: Path, name: str, recorded: Mapping[str, Any]) -> Exchange:
    request, response = recorded["request"], recorded["response"]
    parts = urlsplit(request["uri"].replace("vxx.0", VERSIONS.get(name, VERSION)))
    said = response["body"]["string"]
    return Exchange(
        "cumulusci",
        name,
        path.name,
        request["method"],
        _whole(parts.path + (f"?{parts.query}" if parts.query else "")),
        SIGNED_IN,
        _json(_whole(request["body"] or "")),
        response["status"]["code"],
        None,
        _json(_whole(said)) if isinstance(said, str) else None,
    )


def alone(path: Path) -> Iterator[Exchange]:
    source = path.parent.name
    answer = _json(_whole(path.read_text("utf-8")))
    if path.stem not in REQUESTS[source]:
        yield Exchange(source, path.stem, path.name, answer=answer)
        return
    asked = REQUESTS[source][path.stem]
    body = (
        _json(_whole((path.parent / asked.body_file).read_text("utf-8"))) if asked.body_file else asked.body
    )
    yield Exchange(
        source,
        path.stem,
        path.name,
        asked.method,
        asked.path,
        {"authorization": f"Bearer {asked.token or TOKEN}"},
        body,
        asked.status,
        None,
        answer,
        asked.before,
    )


def _json(text: str | None) -> Any:
    """What JSON there is; Bulk v1 speaks XML and CSV."""
    try:
        return json.loads(text) if text else None
    except json.JSONDecodeError:
        return text


def _whole(text: str) -> str:
    """With what the authors took out put back: the version, and ids that pass their own check."""
    return RECORD_ID.sub(lambda match: ids.with_check(match[0][:15]), text.replace("vxx.0", VERSION))


RECORD_ID = re.compile(r"\b00[0-9A-Za-z](?=[A-Za-z]*\d)[0-9A-Za-z]{15}\b")
READERS = {
    "sf-fx-runtime-nodejs": wiremock,
    "cumulusci": cassette,
    "ampersand-connectors": alone,
    "restforce": alone,
}
