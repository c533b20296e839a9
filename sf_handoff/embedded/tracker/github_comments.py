"""Comments on issues.

https://docs.github.com/en/rest/issues/comments
"""

from __future__ import annotations

from sf_handoff.embedded.http import Answer
from sf_handoff.embedded.tracker import comments, ids, issues
from sf_handoff.embedded.tracker.comments import Comment
from sf_handoff.embedded.tracker.github_call import Refusal, Visit, not_found, not_pushing, paged
from sf_handoff.embedded.tracker.github_issues import the_issue, the_repository
from sf_handoff.embedded.tracker.github_shapes import a_comment
from sf_handoff.embedded.tracker.issues import Issue


def list_comments(visit: Visit, owner: str, name: str, number: str) -> Answer:
    """Oldest first."""
    visit.check_params()
    issue = the_issue(visit, the_repository(visit, owner, name), number)
    page, links = paged(visit, comments.of_issue(visit.desk, issue.id))
    return Answer(200, [a_comment(visit.desk, visit.base, issue, each) for each in page], links)


def create_comment(visit: Visit, owner: str, name: str, number: str) -> Answer:
    """On a locked issue only those who may push have a say."""
    issue = the_issue(visit, the_repository(visit, owner, name), number)
    given = visit.json("body")
    if issue.locked and not visit.me.push:
        raise Refusal(403, "Unable to create comment because issue is locked.")
    made = comments.create(visit.desk, issue.id, visit.me, given.get("body"))
    return Answer(201, a_comment(visit.desk, visit.base, issue, made))


def get_comment(visit: Visit, owner: str, name: str, comment: str) -> Answer:
    issue, found = _the_comment(visit, owner, name, comment)
    return Answer(200, a_comment(visit.desk, visit.base, issue, found))


def change_comment(visit: Visit, owner: str, name: str, comment: str) -> Answer:
    issue, found = _the_comment(visit, owner, name, comment)
    if not visit.me.push and found.author_id != visit.me.id:
        raise not_pushing()
    comments.edit(visit.desk, found, visit.json("body").get("body"))
    edited = comments.get(visit.desk, found.id) or found
    return Answer(200, a_comment(visit.desk, visit.base, issue, edited))


def _the_comment(visit: Visit, owner: str, name: str, comment: str) -> tuple[Issue, Comment]:
    repository = the_repository(visit, owner, name)
    found = comments.get(visit.desk, ids.from_github("IssueComment", int(comment)))
    issue = issues.get(visit.desk, found.issue_id) if found else None
    if found is None or issue is None or issue.gone or issue.repository_id != repository.id:
        raise not_found()
    return issue, found
