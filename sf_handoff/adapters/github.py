"""Tickets as GitHub issues, alone: a Tracker without a board.

https://docs.github.com/en/rest/issues
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from sf_handoff.adapters.github_answers import GONE, MOVED
from sf_handoff.adapters.github_reading import comment_in, issue_in, labels_in, login_in
from sf_handoff.adapters.web import Answer, Nature, Web
from sf_handoff.errors import HandoffError, Misconfigured, Rejected, Unavailable, Uncertain
from sf_handoff.redaction import Scrubbed
from sf_handoff.reports.tickets import Comment, Moved, Place, State, TrackedIssue, TrackerFacts

MOST_PAGES = 1000
# By how much GitHub's clock and ours may differ.
SKEW = timedelta(minutes=5)


class GitHubTracker:
    """A Tracker (`ports.py`) over one repository, named `owner/name`."""

    def __init__(self, web: Web, repository: str) -> None:
        self._web, self._name = web, repository
        self._here = f"/repos/{repository}"
        self._issues = f"{self._here}/issues"

    # Reading

    def facts(self) -> TrackerFacts:
        found = self._repository()
        return TrackerFacts(
            repository=self._name,
            private=found.get("private") is True,
            may_push=self._web.read(lambda data: data.get("permissions", {}).get("push") is True, found),
            login=self._web.read(login_in, self._done("GET", "/user").data),
            labels=frozenset(self._web.read(labels_in, list(self._listed(f"{self._here}/labels")))),
        )

    def labelled(self, label: str, *, open_only: bool = False) -> list[TrackedIssue]:
        if "," in label:
            raise Misconfigured("mappings/labels.py: GitHub finds no label by a name with a comma in it.")
        return self._found(labels=label, state="open" if open_only else "all")

    def made_by_us(self, since: datetime) -> list[TrackedIssue]:
        """A few minutes older ones too: what we call `since` may be later on GitHub's clock."""
        start = (since - SKEW).astimezone(UTC).replace(microsecond=0)
        login = self._web.read(login_in, self._done("GET", "/user").data)
        found = self._found(creator=login, since=f"{start:%Y-%m-%dT%H:%M:%SZ}", state="all")
        return [each for each in found if each.created_at >= start]

    def issue(self, number: int) -> TrackedIssue | Moved | None:
        answer = self._answered("GET", f"{self._issues}/{number}")
        if answer is None:
            return None
        return (
            self._web.read(issue_in, answer.data)
            if answer.moved_to is None
            else Moved(self._page(answer.moved_to))
        )

    def places(self, numbers: Sequence[int]) -> dict[int, Place]:
        return {}

    def comments(self, number: int) -> list[Comment]:
        return [
            self._web.read(comment_in, each) for each in self._listed(f"{self._issues}/{number}/comments")
        ]

    # Writing

    def create(self, title: Scrubbed, body: Scrubbed, labels: Sequence[str]) -> TrackedIssue:
        """Raises Uncertain too where the answer is not that of an issue in our repository."""
        given = {"title": title.text, "body": body.text, "labels": list(labels)}
        data = self._done("POST", self._issues, Nature.ONCE, given).data
        if not self._web.read(self._is_ours, data, Uncertain):
            raise Uncertain("GitHub answered with an issue of another repository.", code="BAD_ANSWER")
        return self._web.read(issue_in, data, Uncertain)

    def reopen(self, number: int) -> TrackedIssue:
        given = {"state": "open", "state_reason": "reopened"}
        found = self._web.read(
            issue_in,
            self._done("PATCH", f"{self._issues}/{number}", Nature.REPEATABLE, given).data,
            Uncertain,
        )
        if found.state is not State.OPEN:
            raise Uncertain("GitHub took the change, and the issue is closed still.", code="BAD_ANSWER")
        return found

    def add_labels(self, number: int, labels: Sequence[str]) -> tuple[str, ...]:
        """The labels that are on the issue then."""
        path, given = f"{self._issues}/{number}/labels", {"labels": list(labels)}
        return self._web.read(labels_in, self._done("POST", path, Nature.REPEATABLE, given).data, Uncertain)

    def remove_label(self, number: int, label: str) -> None:
        """A label that is not there does no harm."""
        self._answered("DELETE", f"{self._issues}/{number}/labels/{quote(label, safe='')}", Nature.REPEATABLE)

    def comment(self, number: int, text: Scrubbed) -> Comment:
        path = f"{self._issues}/{number}/comments"
        return self._web.read(
            comment_in, self._done("POST", path, Nature.ONCE, {"body": text.text}).data, Uncertain
        )

    def change_comment(self, comment_id: int, text: Scrubbed) -> Comment:
        path = f"{self._issues}/comments/{comment_id}"
        answer = self._done("PATCH", path, Nature.REPEATABLE, {"body": text.text})
        return self._web.read(comment_in, answer.data, Uncertain)

    def place(self, number: int, column: str) -> Place:
        return Place()

    def prioritise(self, number: int, priority: str) -> Place:
        return Place()

    def estimate(self, number: int, points: float) -> Place:
        return Place()

    def close(self) -> None:
        self._web.close()

    # Inside

    def _repository(self) -> dict[str, Any]:
        """The repository's own record. Raises Misconfigured where issues cannot be filed there."""
        answer, refusal = None, ""
        try:
            answer = self._web.send("GET", self._here)
        except Rejected as error:
            refusal = error.code
        if refusal == GONE:
            raise Misconfigured(
                "GITHUB_REPO: there is no such repository, or GITHUB_TOKEN may not see it.", code="REPOSITORY"
            )
        if answer is None:
            raise Misconfigured(f"GITHUB_REPO: GitHub refused to show it ({refusal}).", code="REPOSITORY")
        if answer.moved_to is not None:
            raise Misconfigured("GITHUB_REPO: the repository has another name or owner now.", code="MOVED")
        found = answer.data if isinstance(answer.data, dict) else {}
        for state, words in (("archived", "is archived"), ("disabled", "is disabled")):
            if found.get(state) is True:
                raise Misconfigured(f"GITHUB_REPO: the repository {words}.", code="REPOSITORY")
        if found.get("has_issues") is False:
            raise Misconfigured("GITHUB_REPO: issues are switched off there.", code="REPOSITORY")
        return found

    def _answered(
        self, method: str, path: str, nature: Nature = Nature.READ, body: Any = None
    ) -> Answer | None:
        """None for what is gone. Nothing is gone, or has moved, as long as it may be the whole repository."""
        answer = None
        try:
            answer = self._web.send(method, path, nature, body)
        except Rejected as error:
            if error.code != GONE:
                raise
        if answer is None or answer.moved_to is not None:
            self._repository()
        return answer

    def _done(self, method: str, path: str, nature: Nature = Nature.READ, body: Any = None) -> Answer:
        answer = self._answered(method, path, nature, body)
        if answer is None:
            raise Rejected("GitHub has it no more, or the token may not see it.", code=GONE)
        if answer.moved_to is not None:
            raise Rejected("The issue is in another repository now.", code=MOVED)
        return answer

    def _found(self, **filters: str) -> list[TrackedIssue]:
        """Oldest first: what is filed meanwhile comes at the end, and shifts nothing out of sight."""
        listed = self._listed(self._issues, sort="created", direction="asc", **filters)
        found = (self._web.read(issue_in, each) for each in listed if "pull_request" not in each)
        return list({each.number: each for each in found}.values())

    def _listed(self, path: str, **filters: str) -> Iterator[Any]:
        """Every item of every page. Raises Unavailable rather than leave one out."""
        url: str | None = f"{path}?{urlencode({**filters, 'per_page': 100})}"
        asked: set[str] = set()
        while url:
            if url in asked or len(asked) == MOST_PAGES:
                raise Unavailable("GitHub's list has no end.", code="BAD_ANSWER")
            asked.add(url)
            answer = self._done("GET", url)
            if not isinstance(answer.data, list) or not all(isinstance(each, dict) for each in answer.data):
                raise Unavailable("GitHub's answer was not the list it should be.", code="BAD_ANSWER")
            yield from answer.data
            url = answer.next

    def _page(self, address: str) -> str:
        """Where people look at an issue that has moved, if it is on this host and the token may see it."""
        answer = None
        with contextlib.suppress(HandoffError):
            answer = self._web.send("GET", address)
        data = answer.data if answer else None
        page = data.get("html_url") if isinstance(data, dict) else None
        return page if isinstance(page, str) else address

    def _is_ours(self, data: Any) -> bool:
        address: str = data["repository_url"]
        return address.lower().endswith(self._here.lower())
