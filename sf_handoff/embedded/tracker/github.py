"""GitHub's REST API on the wire: who may ask, how often, and which handler answers.

Paths are those of GitHub Enterprise, below /github/api/v3.
https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from typing import Concatenate, TypeAlias
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from sf_handoff.embedded.http import Answer
from sf_handoff.embedded.tracker import github_comments, github_labels, github_limits, people
from sf_handoff.embedded.tracker import github_issues as on_issues
from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.github_call import Refusal, Visit, invalid, not_found
from sf_handoff.embedded.tracker.github_search import search_issues
from sf_handoff.embedded.tracker.github_shapes import a_repository, a_user
from sf_handoff.embedded.tracker.invalid import Invalid

BASE = "/github/api/v3"
VERSION = "2022-11-28"
Handler: TypeAlias = Callable[Concatenate[Visit, ...], Answer]


def get_repository(visit: Visit, owner: str, name: str) -> Answer:
    found = on_issues.the_repository(visit, owner, name)
    return Answer(200, a_repository(visit.base, found, visit.me))


def get_user(visit: Visit) -> Answer:
    """Whose token it is."""
    return Answer(200, a_user(visit.me))


def get_rate_limit(visit: Visit) -> Answer:
    core, search = github_limits.core(visit.desk).json(), github_limits.search(visit.desk).json()
    return Answer(200, {"resources": {"core": core, "search": search}, "rate": core})


REPOSITORY = r"/repos/(?P<owner>[^/]+)/(?P<name>[^/]+)"
ISSUE = REPOSITORY + r"/issues/(?P<number>\d{1,15})"
ROUTES: tuple[tuple[str, dict[str, Handler]], ...] = (
    (r"/rate_limit", {"GET": get_rate_limit}),
    (r"/user", {"GET": get_user}),
    (r"/search/issues", {"GET": search_issues}),
    (REPOSITORY, {"GET": get_repository}),
    (REPOSITORY + "/issues", {"GET": on_issues.list_issues, "POST": on_issues.create_issue}),
    (ISSUE, {"GET": on_issues.get_issue, "PATCH": on_issues.change_issue}),
    (
        ISSUE + "/comments",
        {"GET": github_comments.list_comments, "POST": github_comments.create_comment},
    ),
    (
        REPOSITORY + r"/issues/comments/(?P<comment>\d{1,15})",
        {"GET": github_comments.get_comment, "PATCH": github_comments.change_comment},
    ),
    (REPOSITORY + "/labels", {"GET": github_labels.list_labels, "POST": github_labels.create_label}),
    (REPOSITORY + "/labels/(?P<label>[^/]+)", {"GET": github_labels.get_label}),
    (
        ISSUE + "/labels",
        {"GET": github_labels.list_issue_labels, "POST": github_labels.add_issue_labels},
    ),
    (ISSUE + "/labels/(?P<label>[^/]+)", {"DELETE": github_labels.remove_issue_label}),
)


class GitHub:
    """The endpoint. A refused request is undone but counted, unless it never got past the door."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        with self._desk.database.transaction():
            return _response(self._let_in(request, body))

    def _let_in(self, request: Request, body: bytes) -> Answer:
        headers = request.headers
        try:
            _check_client(headers)
            self._check_token(headers.get("authorization", ""))
            return self._answer(self._visit(request, body))
        except Refusal as refusal:
            return refusal.answer

    def _visit(self, request: Request, body: bytes) -> Visit:
        path = request.scope["raw_path"].decode("ascii")
        if not path.startswith(BASE + "/"):
            raise not_found()
        return Visit(
            self._desk,
            people.me(self._desk),
            "GET" if request.method == "HEAD" else request.method,
            path.removeprefix(BASE).rstrip("/"),
            dict(request.query_params),
            request.headers,
            body,
            f"{request.url.scheme}://{request.url.netloc}{BASE}",
        )

    def _check_token(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if not authorization:
            raise Refusal(401, "Requires authentication")
        known = hmac.compare_digest(token.encode(), self._desk.setting("github_token").encode())
        if scheme.lower() not in {"bearer", "token"} or not known:
            raise Refusal(401, "Bad credentials")

    def _answer(self, visit: Visit) -> Answer:
        answer = _unless_known(visit, self._handled(visit))
        if answer.status != 304 and visit.path != "/rate_limit":
            github_limits.count(visit)
        allowance = github_limits.which(visit).headers()
        return Answer(answer.status, answer.body, {**allowance, **answer.headers})

    def _handled(self, visit: Visit) -> Answer:
        try:
            with self._desk.database.savepoint():
                if visit.path != "/rate_limit":
                    github_limits.check(visit)
                return _routed(visit)
        except Refusal as refusal:
            return refusal.answer
        except Invalid as error:
            return invalid(error.error).answer


def _check_client(headers: Mapping[str, str]) -> None:
    if not headers.get("user-agent", "").strip():
        raise Refusal(403, "Request forbidden: it has no User-Agent header.")
    version = headers.get("x-github-api-version", VERSION)
    if version != VERSION:
        raise Refusal(400, f"The X-GitHub-Api-Version is not supported. Supported: {VERSION}")


def _routed(visit: Visit) -> Answer:
    for pattern, handlers in ROUTES:
        match = re.fullmatch(pattern, visit.path)
        if match and visit.method in handlers:
            names = {name: unquote(value) for name, value in match.groupdict().items()}
            return handlers[visit.method](visit, **names)
    raise not_found()


def _unless_known(visit: Visit, answer: Answer) -> Answer:
    """Nothing but 304 for a client that has this answer already, which costs it nothing."""
    if visit.method != "GET" or answer.status != 200:
        return answer
    tag = f'W/"{hashlib.sha256(_text(answer.body)).hexdigest()}"'
    if visit.headers.get("if-none-match") == tag:
        return Answer(304, None, {"ETag": tag})
    return Answer(200, answer.body, {**answer.headers, "ETag": tag})


def _response(answer: Answer) -> Response:
    headers = {"X-GitHub-Media-Type": "github.v3; format=json", **answer.headers}
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    return Response(
        _text(answer.body), answer.status, {**headers, "Content-Type": "application/json; charset=utf-8"}
    )


def _text(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
