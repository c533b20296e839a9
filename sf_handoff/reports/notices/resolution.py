"""What came of a ticket, from what the tracker shows of it.

Only comments are read for the words to customers: the issue's body is the connector's own, and GitHub does
not say who has edited it. https://docs.github.com/en/rest/issues/comments
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sf_handoff.reports import marker
from sf_handoff.reports.notices.notice_map import Marks
from sf_handoff.reports.notices.sections import sections
from sf_handoff.reports.notices.values import CustomerText, Outcome, Resolution, Unresolved, Why
from sf_handoff.reports.tickets import Comment, Moved, State, TrackedIssue

CUSTOMER, WORKAROUND = "customer", "workaround"
_CLOSED = {"completed": Outcome.COMPLETED, "not_planned": Outcome.NOT_PLANNED, "duplicate": Outcome.DUPLICATE}


@dataclass(frozen=True)
class Answers:
    """How answers are read: under which headings and labels, and by whom.

    `authors` are the logins of those who may write to customers, with the role of each.
    """

    marks: Marks
    blocked: str
    workaround: str
    authors: Mapping[str, str]

    def role(self, login: str) -> str | None:
        """GitHub's logins do not differ by case."""
        roles = {each.casefold(): role for each, role in self.authors.items()}
        return roles.get(login.casefold())

    @property
    def kinds(self) -> dict[str, str]:
        return {
            **dict.fromkeys(self.marks.customer, CUSTOMER),
            **dict.fromkeys(self.marks.workaround, WORKAROUND),
        }


def resolve(
    issue: TrackedIssue | Moved | None,
    comments: Sequence[Comment],
    answers: Answers,
    *,
    since: datetime | None = None,
    canonical: Resolution | None = None,
) -> Resolution | Unresolved:
    """What customers can be told of a ticket, or why nothing yet.

    What was written before `since`, when the ticket was opened again, is about what came of it then.
    A duplicate without words of its own is told what `canonical` says.
    """
    if issue is None:
        return Unresolved(Why.GONE, "The issue is gone, or the token may not see it.")
    if isinstance(issue, Moved):
        return Unresolved(Why.MOVED, "The issue is in another repository now.")
    outcome = _outcome(issue, answers)
    if isinstance(outcome, Unresolved):
        return outcome
    written = _written(comments, answers, since)
    if written is not None:
        text, way_around = written
        labeled = marker.has(issue.labels, answers.workaround)
        return Resolution(_told(outcome, way_around, labeled), text, issue.number, issue.closed_at)
    if outcome is Outcome.DUPLICATE:
        return _followed(issue, canonical)
    return _without_text(comments, answers)


def customer_text(
    comments: Iterable[Comment], answers: Answers, *, since: datetime | None = None
) -> CustomerText | None:
    """The last words for customers by somebody who may write to them, whatever came of the ticket."""
    written = _written(comments, answers, since)
    return written[0] if written else None


def duplicate_of(issue: TrackedIssue, comments: Iterable[Comment], answers: Answers) -> int | None:
    """The number of the issue that this one is a duplicate of, in the same repository.

    It is taken from a line "Duplicate of #12" by whoever closed the issue, or may write to customers.
    https://docs.github.com/en/issues/tracking-your-work-with-issues/administering-issues/marking-issues-or-pull-requests-as-a-duplicate
    """
    here = re.escape(issue.url.rpartition("/")[0])
    line = re.compile(rf"^ {{0,3}}duplicate of (?:#|{here}/)(\d{{1,12}})\b", re.IGNORECASE | re.MULTILINE)
    found = [
        int(number)
        for each in _in_order(comments)
        if answers.role(each.author) or each.author == issue.closed_by
        for number in line.findall(each.body)
    ]
    return next((number for number in reversed(found) if number != issue.number), None)


def _outcome(issue: TrackedIssue, answers: Answers) -> Outcome | Unresolved:
    blocked = marker.has(issue.labels, answers.blocked)
    if issue.state is State.OPEN:
        return Outcome.BLOCKED if blocked else Unresolved(Why.OPEN, "The issue is open.")
    if issue.state is not State.CLOSED:
        return Unresolved(Why.GONE, f"The issue is {issue.state}.")
    outcome = _CLOSED.get(issue.state_reason or "")
    if outcome is None:
        return Unresolved(Why.NO_REASON, "Closed without a reason: completed, not planned or duplicate.")
    if blocked and outcome is Outcome.COMPLETED:
        words = f"Closed as completed, and labeled {answers.blocked}: one of the two is wrong."
        return Unresolved(Why.CONTRADICTION, words)
    return outcome


def _told(outcome: Outcome, way_around: bool, labeled: bool) -> Outcome:
    """What customers are told of. The label alone may be left from before it was fixed."""
    if way_around and outcome is Outcome.COMPLETED:
        return Outcome.WORKAROUND
    if (way_around or labeled) and outcome is Outcome.NOT_PLANNED:
        return Outcome.WORKAROUND
    return outcome


def _written(
    comments: Iterable[Comment], answers: Answers, since: datetime | None
) -> tuple[CustomerText, bool] | None:
    """The last words for customers, and whether a way around goes with them.

    A way around that was written before those words is no longer what helps.
    """
    found: CustomerText | None = None
    another_way = False
    for comment in _in_order(comments):
        role = answers.role(comment.author)
        if role is None or (since and comment.updated_at <= since):
            continue
        texts = _texts(comment, answers)
        if CUSTOMER in texts or (texts and found is None):
            another_way = False
            found = CustomerText(texts.get(CUSTOMER, ""), role, comment.updated_at, _edited(comment))
        if found and WORKAROUND in texts:
            found = _with_way_around(found, texts[WORKAROUND], comment)
            another_way = True
    return (found, another_way) if found else None


def _with_way_around(found: CustomerText, words: str, comment: Comment) -> CustomerText:
    text = "\n\n".join(filter(None, (found.text, words)))
    return replace(found, text=text, edited=found.edited or _edited(comment))


def _edited(comment: Comment) -> bool:
    return comment.updated_at > comment.created_at


def _texts(comment: Comment, answers: Answers) -> dict[str, str]:
    """The last section of each kind that has any words."""
    return {kind: text for kind, text in sections(comment.body, answers.kinds) if text}


def _followed(issue: TrackedIssue, canonical: Resolution | None) -> Resolution | Unresolved:
    if canonical is None:
        return Unresolved(
            Why.DUPLICATE,
            "A duplicate: callers hear what comes of the other ticket, of which nothing can be told yet.",
        )
    return replace(canonical, ticket=issue.number, follows=canonical.follows or canonical.ticket)


def _without_text(comments: Sequence[Comment], answers: Answers) -> Unresolved:
    written = [each for each in comments if _texts(each, answers)]
    if any(answers.role(each.author) for each in written):
        words = "The words for customers are from before the ticket was opened again."
        return Unresolved(Why.OLD_TEXT, words)
    if written:
        words = "Words for customers stand there, but their author is not on the list (ANSWER_AUTHORS)."
        return Unresolved(Why.NOT_LISTED, words)
    return Unresolved(Why.NO_TEXT, "Nobody has written what customers are told.")


def _in_order(comments: Iterable[Comment]) -> Iterator[Comment]:
    yield from sorted(comments, key=lambda each: (each.created_at, each.comment_id))
