"""Webhooks of GitHub, as hints: something happened to an issue, so look. What is so is only ever read by API.

A service mounts it behind any web framework: hand over headers and raw body, answer with the status.

    with open_webhooks(settings) as webhooks:      # sf_handoff.adapters.opening
        answer = webhooks.take(request.headers, body)
        return Response(answer.words, status=answer.status)

GitHub does not send again what failed, so the nightly look at all tickets stays the truth.
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sf_handoff.errors import Misconfigured
from sf_handoff.ports import Hints

MOST_BODY = 25 * 1024 * 1024  # GitHub sends no more
SHORTEST_SECRET = 16
# What may change who is to be told, or what.
ACTIONS = frozenset({"closed", "reopened", "edited", "deleted", "transferred", "labeled", "unlabeled"})
COMMENT_ACTIONS = frozenset({"created", "edited", "deleted"})
_DELIVERY = re.compile(r"[0-9A-Za-z-]{8,64}")


@dataclass(frozen=True)
class Answered:
    """What to answer GitHub with. `number` is the issue to look at, if there is one."""

    status: int
    words: str
    number: int | None = None


class Webhooks:
    """Takes deliveries for `repository` (owner/name) that are signed with `secret`. Safe to share between
    threads. A delivery that comes twice is taken once."""

    def __init__(self, secret: str, repository: str, hints: Hints) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise Misconfigured(
                f"WEBHOOK_SECRET: not set, or shorter than {SHORTEST_SECRET} characters. Make a long random "
                "one, and give it to GitHub's webhook too."
            )
        self._secret, self._repository, self._hints = secret.encode(), repository.lower(), hints

    def take(self, headers: Mapping[str, str], body: bytes) -> Answered:
        """Looks at the signature first, then at what is said. Raises NotKept."""
        given = {name.lower(): value for name, value in headers.items()}
        if len(body) > MOST_BODY:
            return Answered(413, "Too large.")
        if not self._signed(given.get("x-hub-signature-256", ""), body):
            return Answered(401, "The signature is missing or wrong.")
        delivery = given.get("x-github-delivery", "")
        if not _DELIVERY.fullmatch(delivery):
            return Answered(400, "X-GitHub-Delivery is missing.")
        number = self._number(given.get("x-github-event", ""), _document(body))
        if number is None:
            return Answered(204, "")
        if not self._hints.hint(delivery, number):
            return Answered(200, "Taken before.")
        return Answered(202, "Taken.", number)

    def _signed(self, signature: str, body: bytes) -> bool:
        right = "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace"))

    def _number(self, event: str, said: Any) -> int | None:
        """The number of the issue of our repository that this is about, where it may matter."""
        wanted = {"issues": ACTIONS, "issue_comment": COMMENT_ACTIONS}.get(event, frozenset())
        if not isinstance(said, dict) or said.get("action") not in wanted:
            return None
        issue, repository = said.get("issue"), said.get("repository")
        if not isinstance(issue, dict) or not isinstance(repository, dict):
            return None
        number, name = issue.get("number"), repository.get("full_name")
        if type(number) is not int or not isinstance(name, str) or name.lower() != self._repository:
            return None
        return number if number > 0 and "pull_request" not in issue else None


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
