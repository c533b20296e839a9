"""Issues of a repository: list, create, read, change.

https://docs.github.com/en/rest/issues/issues
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sf_handoff.embedded.http import Answer
from sf_handoff.embedded.tracker import issues, labels, people
from sf_handoff.embedded.tracker.desk import stamp
from sf_handoff.embedded.tracker.github_call import (
    Refusal,
    Visit,
    invalid,
    not_found,
    not_pushing,
    paged,
)
from sf_handoff.embedded.tracker.github_shapes import address, an_issue
from sf_handoff.embedded.tracker.issues import Issue
from sf_handoff.embedded.tracker.people import Repository

THERE = "repository_id = ? AND NOT deleted AND moved_to IS NULL"
ORDERS = {"created": "created_at", "updated": "updated_at", "comments": "comments"}


def the_repository(visit: Visit, owner: str, name: str) -> Repository:
    found = people.found(visit.desk, f"{owner}/{name}")
    if found is None:
        raise not_found()
    return found


def the_issue(visit: Visit, repository: Repository, number: str) -> Issue:
    """The issue of that number. A deleted one is 410, one that went to another repository 301."""
    issue = issues.find(visit.desk, repository.id, int(number))
    if issue is None:
        raise not_found()
    if issue.deleted:
        raise Refusal(410, "This issue was deleted")
    if issue.moved_to:
        raise _moved(visit, issue)
    return issue


def list_issues(visit: Visit, owner: str, name: str) -> Answer:
    """Pull requests are among them, as at GitHub."""
    visit.check_params("state", "labels", "since", "sort", "direction", "creator")
    repository = the_repository(visit, owner, name)
    state = visit.choice("state", "open", "closed", "all")
    column = ORDERS[visit.choice("sort", *ORDERS)]
    direction = visit.choice("direction", "desc", "asc")
    found = issues.select(
        visit.desk, f"{THERE} AND updated_at >= ?", repository.id, _since(visit),
        order=f"{column} {direction}, number {direction}",
    )  # fmt: skip
    found = [each for each in found if state in {"all", each.state} and _wanted(visit, each)]
    page, links = paged(visit, found)
    return Answer(200, [an_issue(visit.desk, visit.base, each) for each in page], links)


def create_issue(visit: Visit, owner: str, name: str) -> Answer:
    """Labels are made where they are missing, and dropped without a word where the user may not push."""
    repository = the_repository(visit, owner, name)
    given = visit.json("title", "body", "labels")
    names = label_names(given.get("labels", []))
    issue = issues.create(visit.desk, repository, visit.me, given.get("title"), given.get("body"))
    if visit.me.push:
        labels.put(visit.desk, issue.id, [labels.ensured(visit.desk, repository.id, each) for each in names])
    return _shown(visit, issue, 201, {"Location": address(visit.base, repository, issue)})


def get_issue(visit: Visit, owner: str, name: str, number: str) -> Answer:
    return _shown(visit, the_issue(visit, the_repository(visit, owner, name), number))


def change_issue(visit: Visit, owner: str, name: str, number: str) -> Answer:
    repository = the_repository(visit, owner, name)
    issue = the_issue(visit, repository, number)
    given = visit.json("title", "body", "labels", "state", "state_reason")
    if not visit.me.push and issue.author_id != visit.me.id:
        raise not_pushing()
    texts = {key: given[key] for key in ("title", "body") if key in given}
    if texts:
        issues.edit(visit.desk, issue, **texts)
    _change_state(visit, issue, given)
    if "labels" in given and visit.me.push:
        names = label_names(given["labels"])
        labels.clear(visit.desk, issue.id)
        labels.put(visit.desk, issue.id, [labels.ensured(visit.desk, repository.id, each) for each in names])
        issues.edit(visit.desk, issue)
    return _shown(visit, issue)


def label_names(given: Any) -> list[str]:
    """Names, alone or in objects."""
    if not isinstance(given, list):
        raise invalid({"resource": "Issue", "field": "labels", "code": "invalid"})
    names = [each.get("name") if isinstance(each, dict) else each for each in given]
    texts = [each for each in names if isinstance(each, str)]
    if texts != names:
        raise invalid({"resource": "Label", "field": "name", "code": "invalid"})
    return texts


def _change_state(visit: Visit, issue: Issue, given: dict[str, Any]) -> None:
    """A reason without a change of state is overlooked, as GitHub does; but it must be a known one."""
    state, reason = given.get("state"), given.get("state_reason")
    if state not in (None, "open", "closed"):
        raise invalid({"resource": "Issue", "field": "state", "code": "invalid"})
    if reason not in (None, "reopened", *issues.REASONS):
        raise invalid({"resource": "Issue", "field": "state_reason", "code": "invalid"})
    if state == "closed":
        issues.close(visit.desk, issue, visit.me, reason or "completed")
    elif state == "open":
        issues.reopen(visit.desk, issue, reason or "reopened")


def _shown(visit: Visit, issue: Issue, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    found = issues.again(visit.desk, issue)
    return Answer(status, an_issue(visit.desk, visit.base, found), headers or {})


def _moved(visit: Visit, issue: Issue) -> Refusal:
    there = issues.get(visit.desk, issue.moved_to or 0)
    if there is None:
        return not_found()
    url = address(visit.base, people.repository(visit.desk, there.repository_id), there)
    rest = visit.path.partition(f"/issues/{issue.number}")[2]
    return Refusal(301, "Moved Permanently", headers={"Location": url + rest}, url=url + rest)


def _since(visit: Visit) -> str:
    given = visit.params.get("since", "0001-01-01T00:00:00Z")
    try:
        return stamp(datetime.fromisoformat(given)) if "since" in visit.params else given
    except (ValueError, OverflowError):
        raise invalid({"resource": "Issue", "field": "since", "code": "invalid"}) from None


def _wanted(visit: Visit, issue: Issue) -> bool:
    creator = visit.params.get("creator")
    if creator and people.user(visit.desk, issue.author_id).login.lower() != creator.lower():
        return False
    wanted = {name.lower() for name in visit.params.get("labels", "").split(",") if name}
    return wanted <= {each.name.lower() for each in labels.of_issue(visit.desk, issue.id)}
