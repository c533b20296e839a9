"""A request to the GitHub API, what refuses it, and the pages of a list.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sf_handoff.embedded.http import Answer
from sf_handoff.embedded.reading import read_json, whole
from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.people import User

DOCUMENTATION = "https://docs.github.com/rest"
PAGING = {"page", "per_page"}
LARGEST_PAGE = 100


class Refusal(Exception):
    """An answer of 301 or more, in GitHub's shape. The message is kept out of `str()`."""

    def __init__(
        self, status: int, message: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(str(status))
        body = {"message": message, **more, "documentation_url": DOCUMENTATION, "status": str(status)}
        self.answer = Answer(status, body, headers or {})


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def invalid(*errors: Mapping[str, str]) -> Refusal:
    return Refusal(422, "Validation Failed", errors=[dict(each) for each in errors])


def not_pushing() -> Refusal:
    return Refusal(403, "Must have admin rights to Repository.")


@dataclass(frozen=True)
class Visit:
    """One request. `base` is the API's own address; header names are lower-case."""

    desk: Desk
    me: User
    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str

    def json(self, *known: str) -> dict[str, Any]:
        """The body, an object with none but the known names."""
        try:
            found = read_json(self.body or b"{}")
        except ValueError:
            raise Refusal(400, "Problems parsing JSON") from None
        if not isinstance(found, dict):
            raise Refusal(400, "Body should be a JSON object")
        strange = sorted(found.keys() - set(known))
        if strange:
            raise invalid(
                *({"resource": "Request", "field": name, "code": "unsupported"} for name in strange)
            )
        return found

    def check_params(self, *known: str) -> None:
        """GitHub overlooks parameters that it doesn't know; here a filter that would not work is refused."""
        strange = sorted(self.params.keys() - set(known) - PAGING)
        if strange:
            raise invalid(*({"resource": "Search", "field": name, "code": "unsupported"} for name in strange))

    def choice(self, name: str, *choices: str) -> str:
        """A parameter that is one of `choices`; the first unless given."""
        found = self.params.get(name, choices[0])
        if found not in choices:
            raise invalid({"resource": "Search", "field": name, "code": "invalid"})
        return found


def paged(visit: Visit, found: Sequence[Any]) -> tuple[Sequence[Any], dict[str, str]]:
    """The page of `found` that was asked for, and the Link header if there are others."""
    size = min(_number(visit.params.get("per_page"), 30), LARGEST_PAGE)
    page, last = _number(visit.params.get("page"), 1), max(1, -(-len(found) // size))
    links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page >= last:
        del links["next"], links["last"]
    if page == 1:
        del links["prev"], links["first"]
    told = ", ".join(f'<{_address(visit, number)}>; rel="{name}"' for name, number in links.items())
    return found[(page - 1) * size : page * size], {"Link": told} if told else {}


def _number(text: str | None, default: int) -> int:
    return whole(text or "") or default


def _address(visit: Visit, page: int) -> str:
    return f"{visit.base}{visit.path}?{urlencode({**visit.params, 'page': page})}"
