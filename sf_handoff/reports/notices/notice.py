"""A notice, from its draft to having been told. What was approved is what is sent.

draft → approved → told | exhausted | no outreach (refused) | still broken
draft, approved → withdrawn
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sf_handoff.errors import Rejected
from sf_handoff.mapping import Json
from sf_handoff.redaction import NOBODY, People
from sf_handoff.reports.notices.attempts import next_attempt
from sf_handoff.reports.notices.rendering import Templates
from sf_handoff.reports.notices.values import (
    Attempt,
    Notice,
    NoticeState,
    Reached,
    Resolution,
    Route,
    Routed,
    Waiting,
)

_OPEN = (NoticeState.DRAFT, NoticeState.APPROVED)
REFUSED = "The customer does not want to be contacted."
STILL_BROKEN = "The customer says that it still does not work."
CHANGED = "The text was changed after it was approved."
UNCOUNTED = "The ticket does not count this case any more."


@dataclass(frozen=True)
class About:
    """What a resolution is about. `turn` counts how often the ticket was resolved, from 1."""

    ticket_id: str
    resolution: Resolution
    turn: int = 1
    product: str | None = None


def notice_id(ticket_id: str, turn: int, case_id: str) -> str:
    """The same for the same ticket, turn and case, so that making notices twice makes none twice."""
    return hashlib.sha256(json.dumps(["notice", ticket_id, turn, case_id]).encode()).hexdigest()[:40]


def draft(
    about: About,
    routed: Routed,
    templates: Templates,
    *,
    template: str | None = None,
    more: Mapping[str, str] | None = None,
    people: People = NOBODY,
) -> Notice:
    """A notice that nobody has approved yet, by the proposed template or another one that staff chose.

    `more` are values that only staff know; what the ticket and the case say is not theirs to change. Raises
    Rejected where it cannot be rendered.
    """
    case, resolution = routed.waiting, about.resolution
    made = Notice(
        notice_id(about.ticket_id, about.turn, case.case_id),
        resolution.ticket,
        case.case_number,
        case.case_id,
        routed.route,
        NoticeState.DRAFT,
        resolution.kind,
        chosen=template is not None,
    )
    if routed.route is Route.NO_OUTREACH:
        return made.into(NoticeState.NO_OUTREACH, routed.reason)
    maps = templates.map
    chosen = maps.choose(template or maps.proposals[resolution.kind], resolution.kind)
    known = {
        "about": maps.about_product(about.product),
        "case_number": case.case_number,
        "customer_text": resolution.text.text,
    }
    needed = {name: known[name] for name in chosen.placeholders if name in known}
    text = templates.render(chosen, {**(more or {}), **needed}, people)
    return replace(made, template=text.template, subject=text.subject, body=text.body, digest=text.digest)


def approve(notice: Notice, digest: str) -> Notice:
    """Approved, if `digest` is of the text as it is now: nobody approves what they were not shown."""
    if notice.state not in _OPEN:
        raise Rejected(f"This notice is {_said(notice.state)}, so it cannot be approved.", code="STATE")
    if digest != notice.digest:
        raise Rejected("The text is another one than was shown. Look at it again.", code="CHANGED")
    return notice.into(NoticeState.APPROVED)


def withdraw(notice: Notice, reason: str) -> Notice:
    """Nobody is to be told any more: the ticket was opened again. What was told stays told."""
    return notice.into(NoticeState.WITHDRAWN, reason) if notice.state in _OPEN else notice


def renewed(kept: Notice, fresh: Notice, *, had: bool = False) -> Notice:
    """The kept notice, in the light of what is known now; `fresh` is as the map proposes it.
    `had`: somebody has had its text.

    A draft follows every change, but for a text that staff chose. An approved one never changes: it has to be
    approved again, unless somebody has had its text already and that is still true. Nobody is tried who must
    not be contacted any more, and who could not be reached is looked at again.
    """
    unreachable = kept.state is NoticeState.NO_OUTREACH and kept.reason != REFUSED
    unreachable = unreachable or (kept.state is NoticeState.WITHDRAWN and kept.reason == UNCOUNTED)
    if kept.state not in _OPEN and not unreachable:
        return kept
    if unreachable or fresh.state is NoticeState.NO_OUTREACH:
        return replace(fresh, attempts=kept.attempts)
    as_true = kept.outcome is fresh.outcome
    if kept.digest == fresh.digest or (as_true and (kept.chosen or had)):
        return replace(kept, route=fresh.route, outcome=fresh.outcome)
    reason = CHANGED if kept.state is NoticeState.APPROVED else None
    return replace(fresh, attempts=kept.attempts, reason=reason)


def recorded(
    notice: Notice, attempt: Attempt, waiting: Waiting, templates: Templates, *, had: bool = False
) -> Notice:
    """The notice after an attempt.

    Customers who were told may still come back and say that it does not work, and whoever could not be
    reached may call; so may those who `had` its text before it was withdrawn. The same attempt told twice
    counts once.
    """
    if attempt in notice.attempts:
        return notice
    if not _takes(notice.state, attempt.outcome, had=had):
        words = f"This notice is {_said(notice.state)}, so no attempt can be recorded."
        raise Rejected(words, code="STATE")
    tried = replace(notice, attempts=(*notice.attempts, attempt))
    if attempt.outcome is Reached.REACHED:
        return tried.into(NoticeState.TOLD)
    if attempt.outcome is Reached.REFUSED:
        return tried.into(NoticeState.NO_OUTREACH, REFUSED)
    if attempt.outcome is Reached.STILL_BROKEN:
        return tried.into(NoticeState.STILL_BROKEN, STILL_BROKEN)
    following = next_attempt(tried.attempts, waiting, templates.map.attempts)
    return tried if following.means else tried.into(NoticeState.EXHAUSTED, following.words)


def published(notice: Notice) -> dict[str, Json]:
    """The notice as the commands print it; its text is shown by itself."""
    return {
        "notice_id": notice.notice_id,
        "ticket": notice.ticket,
        "case_number": notice.case_number,
        "route": notice.route.value,
        "state": notice.state.value,
        "attempts": [
            {"means": each.means.value, "at": each.at.isoformat(), "outcome": each.outcome.value}
            for each in notice.attempts
        ],
        "reason": notice.reason,
    }


def _takes(state: NoticeState, outcome: Reached, *, had: bool) -> bool:
    if state is NoticeState.APPROVED:
        return True
    if state is NoticeState.EXHAUSTED:
        return outcome in {Reached.REACHED, Reached.REFUSED, Reached.STILL_BROKEN}
    if state is NoticeState.WITHDRAWN:
        return had and outcome in {Reached.REFUSED, Reached.STILL_BROKEN}
    return state is NoticeState.TOLD and outcome is Reached.STILL_BROKEN


def _said(state: NoticeState) -> str:
    return state.value.replace("_", " ")
