"""Where each ticket stands between its answer and its callers, and what a look at its issue changes of that.

A turn begins when a ticket is resolved, and ends when it is opened again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sf_handoff.reports import marker
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.notices.values import Resolution, Unresolved, Why
from sf_handoff.reports.tickets import State, TrackedIssue

OPENED = "It was opened again."
CLOSED_AGAIN = "It was opened again, and closed anew."
MENDED = "It was closed, after callers were told that it can't be mended."


@dataclass(frozen=True)
class Answered:
    """What is kept of a ticket's answer. `turn` counts how often it was resolved, `held` is what holds now.

    Words written up to `since` are of a turn that is over, which ended at `ended_at` because of `why`.
    A duplicate `follows` another ticket, now or in the turn that ended.
    `looked` is how new the issue was when its comments were read last; `said` is the code of what was said of
    it once, and is not said again.
    """

    turn: int = 0
    held: Resolution | None = None
    told_at: datetime | None = None
    since: datetime | None = None
    ended_at: datetime | None = None
    why: str = ""
    follows: int | None = None
    looked: datetime | None = None
    said: str | None = None

    @property
    def next_turn(self) -> int:
        """The turn of an answer that is found now."""
        return self.turn if self.held else self.turn + 1


@dataclass(frozen=True)
class Waits(Unresolved):
    """A duplicate, about which there is nothing to do: the other ticket has no answer yet.

    `opened`: the other one is open.
    """

    opened: bool = False


@dataclass(frozen=True)
class Over:
    """A turn has ended, and why. Words up to `since` are not told again."""

    why: str
    since: datetime | None = None


def over(answered: Answered, issue: TrackedIssue, blocked: str) -> Over | None:
    """Whether what is held is over, by the issue alone; `blocked` is the label of what can't be mended."""
    held = answered.held
    if held is None:
        return None
    if issue.state is State.OPEN:
        stays = held.stays_open and marker.has(issue.labels, blocked)
        return None if stays else Over(OPENED, _known(answered))
    if held.stays_open:
        return Over(MENDED, _known(answered)) if answered.told_at else None
    return Over(CLOSED_AGAIN, _known(answered)) if _closed_anew(answered, held, issue) else None


def over_by(answered: Answered, now: Resolution | Unresolved) -> Over | None:
    """Whether what is held is over, by what can be told now."""
    held = answered.held
    if held is None:
        return None
    if isinstance(now, Unresolved):
        opened = isinstance(now, Waits) and now.opened
        return Over(now.reason) if opened or not answered.told_at else None
    follows = held.follows is not None and now.follows is not None
    if answered.told_at and follows and held.closed_at != now.closed_at:
        return Over(CLOSED_AGAIN)
    return None


def same(held: Resolution, now: Resolution | Unresolved) -> bool:
    """Whether callers would be told the same."""
    if isinstance(now, Unresolved):
        return False
    return (held.kind, held.text.text) == (now.kind, now.text.text)


def _closed_anew(answered: Answered, held: Resolution, issue: TrackedIssue) -> bool:
    """What a duplicate is told has the moment when the other ticket was closed."""
    if held.follows is None:
        return held.closed_at != issue.closed_at
    return bool(answered.looked and issue.closed_at and issue.closed_at > answered.looked)


def _known(answered: Answered) -> datetime | None:
    """Up to when all that was written is known to be of the turn that is held."""
    assert answered.held
    written = answered.held.text.written_at
    return max(answered.looked, written) if answered.looked else written


# What is said


def unresolved(
    issue: TrackedIssue, found: Unresolved, answered: Answered, headings: Sequence[str]
) -> Finding:
    """An issue that is over, and whose callers can be told nothing: what is missing, and who can give it."""
    state = "is closed" if issue.state is State.CLOSED else "can't be mended"
    mend = _MEND.get(found.code, "").format(heading=headings[0] if headings else "")
    why = f" {answered.why}" if found.code is Why.OLD_TEXT else ""
    words = f"#{issue.number} {state}, and its callers can't be told yet. {found.reason}{why} {mend}"
    return Finding(found.code, words.rstrip(), needs_a_person=True)


def gone(number: int, answered: Answered) -> Finding:
    words = f"#{number} is gone, or the token may not see it: nobody can answer its callers there any more."
    return Finding(Why.GONE, f"{words} {answered.why}".rstrip(), needs_a_person=True)


def moved(number: int, answered: Answered) -> Finding:
    words = f"#{number} is in another repository now: what comes of it there is not read."
    return Finding(Why.MOVED, f"{words} {answered.why}".rstrip(), needs_a_person=True)


def changed(number: int) -> Finding:
    words = (
        f"#{number}: the words for customers were changed after they were told. To tell them, open it again."
    )
    return Finding("CHANGED", words, needs_a_person=True)


def refused(number: int, code: str) -> Finding:
    words = f"#{number} could not be read ({code}). It is tried again with the next run."
    return Finding(code, words, needs_a_person=True)


def no_authors() -> Finding:
    words = (
        "ANSWER_AUTHORS names nobody but the connector's own account, if anybody: nobody may write to "
        "customers, so no ticket is ever resolved."
    )
    return Finding("NO_AUTHORS", words, needs_a_person=True)


def elsewhere(count: int) -> Finding:
    tickets = "1 ticket is" if count == 1 else f"{count} tickets are"
    words = f"{tickets} in another repository than GITHUB_REPO: what comes of them is not read."
    return Finding("ELSEWHERE", words, needs_a_person=True)


_WRITE = 'Somebody of ANSWER_AUTHORS must comment what they are told, under the heading "{heading}".'
_MEND = {
    Why.NO_REASON: "Whoever closed it must say why: close it as completed, not planned or duplicate.",
    Why.CONTRADICTION: "Insights and Analytics must take the label off, or close it as not planned.",
    Why.DUPLICATE: 'Whoever closed it must comment "Duplicate of #" with a number of this repository.',
    Why.NO_TEXT: _WRITE,
    Why.NOT_LISTED: _WRITE,
    Why.OLD_TEXT: _WRITE,
}
