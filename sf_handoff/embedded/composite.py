"""Composite: up to 25 subrequests in one call, each answered by the handler that answers it alone.

The codes for a malformed request as a whole were not found in a recording and are ours.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from sf_handoff.embedded.http import Answer, Call, Handler
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.references import fill, fill_url
from sf_handoff.embedded.refusals import Refusal, not_json
from sf_handoff.embedded.router import Router

MOST, MOST_COSTLY = 25, 5
REFERENCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
OUTER_ONLY = {"accept", "authorization", "content-type"}
ROLLED_BACK = "The transaction was rolled back since another operation in the same transaction failed."


@dataclass(frozen=True)
class Part:
    """One subrequest as it was sent."""

    reference_id: str
    method: str
    url: str
    body: dict[str, Any]
    headers: dict[str, str]


class Failed(Exception):
    """Undoes the whole Composite; `at` is the subrequest that failed."""

    def __init__(self, at: int, answer: Answer) -> None:
        super().__init__()
        self.at = at
        self.answer = answer


def handler(router: Router) -> Handler:
    """The resource `/composite` over the resources of `router`."""

    def composite(org: Org, call: Call) -> Answer:
        request = call.json()
        parts = _parts(request, router)
        all_or_none = request.get("allOrNone") is True
        run = Run(org, replace(call, all_or_none=all_or_none), router)
        answers = run.all_or_none(parts) if all_or_none else run.each(parts)
        return Answer(200, shown(parts, answers))

    return composite


@dataclass(frozen=True)
class Run:
    """Answers subrequests one after the other, each with the answers before it in sight."""

    org: Org
    call: Call
    router: Router

    def each(self, parts: list[Part]) -> list[Answer]:
        return [answer for _, answer in self._answers(parts)]

    def all_or_none(self, parts: list[Part]) -> list[Answer]:
        try:
            with self.org.database.savepoint():
                return [self._good(at, answer) for at, answer in self._answers(parts)]
        except Failed as failed:
            halted = halt(ROLLED_BACK)
            return [failed.answer if at == failed.at else halted for at in range(len(parts))]

    def _good(self, at: int, answer: Answer) -> Answer:
        if answer.failed:
            raise Failed(at, answer)
        return answer

    def _answers(self, parts: list[Part]) -> Iterator[tuple[int, Answer]]:
        bodies: dict[str, Any] = {}
        for at, part in enumerate(parts):
            answer = self._answer(part, bodies)
            bodies[part.reference_id] = answer.body
            yield at, answer

    def _answer(self, part: Part, bodies: dict[str, Any]) -> Answer:
        try:
            with self.org.database.savepoint():
                path, _, query = fill_url(part.url, bodies).partition("?")
                body = fill(part.body, bodies)
                params = dict(parse_qsl(query, keep_blank_values=True))
                call = replace(
                    self.call, method=part.method, path=path, params=params, headers=part.headers, body=body
                )
                return self.router.answer(self.org, call)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.body)


def _parts(request: dict[str, Any], router: Router) -> list[Part]:
    parts = subrequests(request)
    if len(parts) > MOST:
        raise not_json(f"A Composite takes at most {MOST} subrequests")
    if sum(router.costly(part.url.partition("?")[0]) for part in parts) > MOST_COSTLY:
        raise not_json(f"A Composite takes at most {MOST_COSTLY} queries and collections")
    return parts


def subrequests(request: dict[str, Any], reference_ids: re.Pattern[str] = REFERENCE_ID) -> list[Part]:
    """The subrequests of a Composite or of one graph."""
    given = request.get("compositeRequest")
    if not isinstance(given, list) or not given:
        raise not_json("compositeRequest must be a list of subrequests at [line:1, column:2]")
    parts = [_part(each, reference_ids) for each in given]
    if twice := repeated(part.reference_id for part in parts):
        raise not_json(f"Provided referenceId ('{min(twice)}') is used by more than one subrequest")
    return parts


def repeated(names: Iterable[str]) -> set[str]:
    return {name for name, times in Counter(names).items() if times > 1}


def halt(message: str) -> Answer:
    return Answer(400, Refusal("PROCESSING_HALTED", message).body)


def _part(given: Any, reference_ids: re.Pattern[str]) -> Part:
    if not isinstance(given, dict) or not all(
        isinstance(given.get(key), str) for key in ("method", "url", "referenceId")
    ):
        raise not_json("A subrequest needs a method, a url and a referenceId")
    reference_id = given["referenceId"]
    if not reference_ids.fullmatch(reference_id):
        raise not_json(
            f"Provided referenceId ('{reference_id}') must start with a letter or a number, and it can "
            "contain only letters, numbers and underscores ('_')."
        )
    body, headers = ({} if given.get(key) is None else given[key] for key in ("body", "httpHeaders"))
    if not isinstance(body, dict) or not isinstance(headers, dict):
        raise not_json("A subrequest's body and httpHeaders must be objects")
    headers = {name.lower(): str(value) for name, value in headers.items()}
    if refused := OUTER_ONLY & set(headers):
        raise not_json(f"A subrequest takes no header {min(refused)}")
    return Part(reference_id, given["method"].upper(), given["url"], body, headers)


def shown(parts: list[Part], answers: list[Answer]) -> dict[str, Any]:
    found = [
        {
            "body": answer.body,
            "httpHeaders": dict(answer.headers),
            "httpStatusCode": answer.status,
            "referenceId": part.reference_id,
        }
        for part, answer in zip(parts, answers, strict=True)
    ]
    return {"compositeResponse": found}
