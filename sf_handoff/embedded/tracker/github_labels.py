"""Labels of a repository and of an issue.

https://docs.github.com/en/rest/issues/labels
"""

from __future__ import annotations

import re
from typing import Any

from sf_handoff.embedded.http import Answer
from sf_handoff.embedded.tracker import issues, labels
from sf_handoff.embedded.tracker.github_call import (
    Refusal,
    Visit,
    invalid,
    not_found,
    not_pushing,
    paged,
)
from sf_handoff.embedded.tracker.github_issues import label_names, the_issue, the_repository
from sf_handoff.embedded.tracker.github_shapes import a_label
from sf_handoff.embedded.tracker.issues import Issue
from sf_handoff.embedded.tracker.people import Repository

COLOR = re.compile(r"[0-9a-fA-F]{6}")


def list_labels(visit: Visit, owner: str, name: str) -> Answer:
    visit.check_params()
    repository = the_repository(visit, owner, name)
    page, links = paged(visit, labels.of_repository(visit.desk, repository.id))
    return Answer(200, [a_label(visit.base, repository, each) for each in page], links)


def create_label(visit: Visit, owner: str, name: str) -> Answer:
    repository = the_repository(visit, owner, name)
    _check_push(visit)
    given = visit.json("name", "color", "description")
    color, title = given.get("color", labels.COLOR), given.get("name")
    if not isinstance(title, str):
        raise invalid({"resource": "Label", "field": "name", "code": "missing_field"})
    if not isinstance(color, str) or not COLOR.fullmatch(color):
        raise invalid({"resource": "Label", "field": "color", "code": "invalid"})
    made = labels.create(visit.desk, repository.id, title, color, given.get("description"))
    return Answer(201, a_label(visit.base, repository, made))


def get_label(visit: Visit, owner: str, name: str, label: str) -> Answer:
    repository = the_repository(visit, owner, name)
    found = labels.find(visit.desk, repository.id, label)
    if found is None:
        raise not_found()
    return Answer(200, a_label(visit.base, repository, found))


def list_issue_labels(visit: Visit, owner: str, name: str, number: str) -> Answer:
    visit.check_params()
    repository = the_repository(visit, owner, name)
    page, links = paged(visit, _on(visit, repository, the_issue(visit, repository, number)))
    return Answer(200, page, links)


def add_issue_labels(visit: Visit, owner: str, name: str, number: str) -> Answer:
    """A label that the repository lacks is made."""
    repository = the_repository(visit, owner, name)
    issue = the_issue(visit, repository, number)
    _check_push(visit)
    names = label_names(visit.json("labels").get("labels"))
    labels.put(visit.desk, issue.id, [labels.ensured(visit.desk, repository.id, each) for each in names])
    issues.edit(visit.desk, issue)
    return Answer(200, _on(visit, repository, issue))


def remove_issue_label(visit: Visit, owner: str, name: str, number: str, label: str) -> Answer:
    repository = the_repository(visit, owner, name)
    issue = the_issue(visit, repository, number)
    _check_push(visit)
    found = labels.find(visit.desk, repository.id, label)
    if found is None or not labels.take(visit.desk, issue.id, found):
        raise Refusal(404, "Label does not exist")
    issues.edit(visit.desk, issue)
    return Answer(200, _on(visit, repository, issue))


def _on(visit: Visit, repository: Repository, issue: Issue) -> list[dict[str, Any]]:
    return [a_label(visit.base, repository, each) for each in labels.of_issue(visit.desk, issue.id)]


def _check_push(visit: Visit) -> None:
    if not visit.me.push:
        raise not_pushing()
