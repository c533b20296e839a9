"""Search among issues: qualifiers and words, all of which must be met.

Words are looked for in titles, bodies and comments, in any case; a hyphen parts two words, and what stands
in an HTML comment is not found. The index lags as the rules say.
https://docs.github.com/en/search-github/searching-on-github/searching-issues-and-pull-requests
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from sf_handoff.embedded.http import Answer
from sf_handoff.embedded.tracker import comments, issues, labels, people
from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.github_call import Visit, invalid, paged
from sf_handoff.embedded.tracker.github_shapes import an_issue
from sf_handoff.embedded.tracker.issues import Issue

Condition: TypeAlias = Callable[[Desk, Issue, str], bool]
TERM = re.compile(r'(?:(\w+):)?(?:"([^"]*)"|(\S+))')
HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
WORD = re.compile(r"\w+")
MOST = 1000
IS: dict[str, Callable[[Issue], bool]] = {
    "issue": lambda issue: not issue.pull_request,
    "pr": lambda issue: bool(issue.pull_request),
    "pull-request": lambda issue: bool(issue.pull_request),
    "open": lambda issue: issue.state == "open",
    "closed": lambda issue: issue.state == "closed",
}


def search_issues(visit: Visit) -> Answer:
    visit.check_params("q", "sort", "order")
    terms = _terms(visit)
    order = "ASC" if visit.choice("order", "desc", "asc") == "asc" else "DESC"
    column = {"created": "created_at", "updated": "updated_at"}[visit.choice("sort", "created", "updated")]
    found = issues.select(
        visit.desk,
        "NOT deleted AND moved_to IS NULL AND created_at <= ?",
        visit.desk.before(visit.desk.rules.search_lag),
        order=f"{column} {order}, id {order}",
    )
    met = [each for each in found if all(holds(visit.desk, each, text) for holds, text in terms)]
    page, links = paged(visit, met[:MOST])
    items = [{**an_issue(visit.desk, visit.base, each), "score": 1.0} for each in page]
    body = {"total_count": len(met), "incomplete_results": False, "items": items}
    return Answer(200, body, links)


def _terms(visit: Visit) -> list[tuple[Condition, str]]:
    found = TERM.findall(visit.params.get("q", ""))
    if not found:
        raise invalid({"resource": "Search", "field": "q", "code": "missing"})
    terms = [(_condition(name, quoted or plain), quoted or plain) for name, quoted, plain in found]
    kinds = {quoted or plain for name, quoted, plain in found if name == "is"}
    if not kinds & {"issue", "pr", "pull-request"}:
        message = "Query must include 'is:issue' or 'is:pull-request'"
        raise invalid({"resource": "Search", "field": "q", "code": "invalid", "message": message})
    return terms


def _condition(name: str, text: str) -> Condition:
    known = QUALIFIERS.get(name)
    if known is None or (name == "is" and text not in IS) or (name == "state" and text not in IS):
        raise invalid({"resource": "Search", "field": "q", "code": "unsupported"})
    return known


def _says(desk: Desk, issue: Issue, text: str) -> bool:
    """A quoted phrase or a hyphenated token is its words, one after the other or not."""
    spoken = (each.body for each in comments.of_issue(desk, issue.id))
    shown = HIDDEN.sub(" ", "\n".join([issue.title, issue.body or "", *spoken])).lower()
    return set(WORD.findall(text.lower())) <= set(WORD.findall(shown))


def _is_labelled(desk: Desk, issue: Issue, text: str) -> bool:
    return text.lower() in {each.name.lower() for each in labels.of_issue(desk, issue.id)}


def _is_in(desk: Desk, issue: Issue, text: str) -> bool:
    return people.repository(desk, issue.repository_id).full_name.lower() == text.lower()


def _is_by(desk: Desk, issue: Issue, text: str) -> bool:
    return people.user(desk, issue.author_id).login.lower() == text.lower()


def _is(desk: Desk, issue: Issue, text: str) -> bool:
    return IS[text](issue)


QUALIFIERS: dict[str, Condition] = {
    "": _says,
    "is": _is,
    "state": _is,
    "label": _is_labelled,
    "repo": _is_in,
    "author": _is_by,
}
