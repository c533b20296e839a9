"""Composite Batch: up to 25 subrequests that know nothing of each other, each counted as a call.

None was recorded: the message of a halted subrequest and the codes for a malformed batch are ours.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_batch.htm
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from sf_handoff.embedded import usage
from sf_handoff.embedded.http import Answer, Call, Handler
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal, not_json
from sf_handoff.embedded.router import Router

MOST = 25
ROOT = "/services/data/"
HALTED = Refusal(
    "BATCH_PROCESSING_HALTED", "The subrequest was not processed since an earlier one failed.", status=412
)


@dataclass(frozen=True)
class _Part:
    method: str
    url: str
    body: dict[str, Any]


def handler(router: Router) -> Handler:
    """The resource `/composite/batch` over the resources of `router`."""

    def batch(org: Org, call: Call) -> Answer:
        request = call.json()
        parts = _parts(request)
        halts = request.get("haltOnError") is True
        answers: list[Answer] = []
        for part in parts:
            if halts and _errors(answers):
                answers.append(Answer(HALTED.status, HALTED.body))
            else:
                answers.append(_answer(org, call, router, part, counted=not answers))
        results = [{"statusCode": each.status, "result": each.body} for each in answers]
        return Answer(200, {"hasErrors": _errors(answers), "results": results})

    return batch


def _errors(answers: list[Answer]) -> bool:
    return any(each.status >= 400 for each in answers)


def _answer(org: Org, call: Call, router: Router, part: _Part, *, counted: bool) -> Answer:
    """The request itself was counted as the first of its parts."""
    path, _, query = part.url.partition("?")
    params = dict(parse_qsl(query, keep_blank_values=True))
    try:
        if not counted:
            usage.count(org)
        with org.database.savepoint():
            inner = replace(call, method=part.method, path=path, params=params, body=part.body)
            return router.answer(org, inner)
    except Refusal as refusal:
        return Answer(refusal.status, refusal.body)


def _parts(request: dict[str, Any]) -> list[_Part]:
    given = request.get("batchRequests")
    if not isinstance(given, list) or not given:
        raise not_json("batchRequests must be a list of subrequests at [line:1, column:2]")
    if len(given) > MOST:
        raise not_json(f"A Batch takes at most {MOST} subrequests")
    return [_part(each) for each in given]


def _part(given: Any) -> _Part:
    if not isinstance(given, dict) or not all(isinstance(given.get(key), str) for key in ("method", "url")):
        raise not_json("A subrequest needs a method and a url")
    if unknown := set(given) - {"method", "url", "richInput"}:
        raise not_json(f"A subrequest takes no {min(unknown)}")
    body = {} if given.get("richInput") is None else given["richInput"]
    if not isinstance(body, dict):
        raise not_json("A subrequest's richInput must be an object")
    return _Part(given["method"].upper(), ROOT + given["url"].removeprefix(ROOT).lstrip("/"), body)
