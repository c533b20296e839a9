"""What the agent's Task says: what happened, the text to read or send, what was tried, and what to ask."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from sf_handoff.reports.notices.attempts import next_attempt
from sf_handoff.reports.notices.notice_map import NoticeMap
from sf_handoff.reports.notices.routes import ROUTE_WORDS
from sf_handoff.reports.notices.values import Attempt, Means, Notice, Reached, Resolution, Waiting

_EASTERN = ZoneInfo("America/New_York")
_MEANS = {Means.EMAIL: "email", Means.PHONE: "phone"}
_OUTCOMES = {
    Reached.REACHED: "reached",
    Reached.NO_ANSWER: "no answer",
    Reached.BOUNCED: "came back",
    Reached.REFUSED: "does not want to be contacted",
    Reached.STILL_BROKEN: "still does not work",
}


def task_text(notice: Notice, resolution: Resolution, waiting: Waiting, maps: NoticeMap) -> str:
    """The Task's description, in plain text."""
    parts = (
        ("WHAT HAPPENED", f"{maps.agents.happened[resolution.kind]} (Ticket {resolution.ticket}.)"),
        ("WHO TELLS", ROUTE_WORDS.get(notice.route, notice.reason or "")),
        ("TEXT TO SEND OR READ", f"{notice.subject}\n\n{notice.body}".strip()),
        ("TRIED SO FAR", "\n".join(_tried(notice.attempts)) or "Nothing yet."),
        ("NEXT", _next(notice, waiting, maps)),
        ("ASK", "\n".join(f"- {each}" for each in maps.agents.ask)),
    )
    shown = parts if notice.body else parts[:2]
    return "\n\n".join(f"{heading}\n{text}" for heading, text in shown)


def _tried(attempts: tuple[Attempt, ...]) -> Iterator[str]:
    for number, each in enumerate(attempts, 1):
        at = each.at.astimezone(_EASTERN)
        day = f"{at:%B} {at.day}, {at.year}"
        yield f"{number}. {day}, {_MEANS[each.means]}: {_OUTCOMES[each.outcome]}"


def _next(notice: Notice, waiting: Waiting, maps: NoticeMap) -> str:
    following = next_attempt(notice.attempts, waiting, maps.attempts)
    return following.words if following.means else notice.reason or following.words
