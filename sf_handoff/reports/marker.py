"""The marker in what we write: by it an issue of ours is found again, and nobody else's passes for one.

It stands twice at the end: in sight, since comments in HTML are no dependable target of GitHub's search, and
hidden, to be read by us. https://docs.github.com/en/search-github/searching-on-github
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sf_handoff.redaction import Scrubbed, compose
from sf_handoff.reports.tickets import Comment, Ticket, TrackedIssue

# So much of a body's or a comment's length is the marker's, and what stands around it.
ROOM = 600
# Alone on its line and at its beginning, it is neither quoted nor in code of a line or an indented block.
_HIDDEN = re.compile(
    r"<!-- sf-handoff (?P<fingerprint>[\w-]+) (?P<generation>\d{1,6}) (?P<token>sfh[0-9a-f]{32}) -->"
)
_FENCE = re.compile(r" {0,3}(?P<run>`{3,}|~{3,})(?P<info>.*)")
_DUPLICATE = re.compile(r"^\s*Duplicate of #(\d{1,9})\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Marker:
    """What a text says that it belongs to. True only if `token` is ours for it."""

    fingerprint: str
    generation: int
    token: str


def of(ticket: Ticket) -> Marker:
    return Marker(ticket.fingerprint, ticket.generation, ticket.marker)


def marked(text: Scrubbed, marker: Marker, *, said: str = "", **parts: Scrubbed | int) -> Scrubbed:
    """`text` with its marker below; `said` stands between them."""
    visible = f"Filed by the handoff connector · {marker.token}"
    hidden = f"<!-- sf-handoff {marker.fingerprint} {marker.generation} {marker.token} -->"
    return compose(f"{{text}}\n\n---\n\n{said}{visible}\n\n{hidden}", text=text, **parts)


def markers_in(body: str) -> tuple[Marker, ...]:
    """Those that are neither in code nor quoted."""
    found = (_HIDDEN.fullmatch(line.rstrip(" \t")) for line in _outside_code(body))
    return tuple(
        Marker(each["fingerprint"], int(each["generation"]), each["token"]) for each in found if each
    )


def marked_issue(issues: Iterable[TrackedIssue], marker: Marker, login: str) -> TrackedIssue | None:
    """The issue that we made for it; of several the first, whatever else is said of the others."""
    ours = (each for each in issues if same(each.author, login) and _holds(each.body, marker))
    return min(ours, key=lambda each: each.number, default=None)


def marked_comment(comments: Iterable[Comment], marker: Marker, login: str) -> Comment | None:
    ours = (each for each in comments if same(each.author, login) and _holds(each.body, marker))
    return min(ours, key=lambda each: each.comment_id, default=None)


def duplicate_of(comments: Iterable[Comment]) -> int | None:
    """The issue that somebody said last that this one is a duplicate of.

    https://docs.github.com/en/issues/tracking-your-work-with-issues/marking-issues-or-pull-requests-as-a-duplicate
    """
    said = [number for each in comments for number in _DUPLICATE.findall(each.body)]
    return int(said[-1]) if said else None


def same(one: str, other: str) -> bool:
    """GitHub's logins and labels know no case."""
    return one.casefold() == other.casefold()


def has(labels: Iterable[str], name: str) -> bool:
    return any(same(each, name) for each in labels)


def _holds(body: str, marker: Marker) -> bool:
    return marker.token in body and marker in markers_in(body)


def _outside_code(body: str) -> Iterator[str]:
    """The lines that are in no fence. One that is never closed goes to the end.

    https://spec.commonmark.org/0.31.2/#fenced-code-blocks
    """
    fence = ""
    for line in re.split(r"\r\n|\r|\n", body):
        found = _FENCE.fullmatch(line)
        run, info = (found["run"], found["info"]) if found else ("", "")
        if fence:
            closes = run.startswith(fence) and not info.strip()
            fence = "" if closes else fence
        elif run and not (run[0] == "`" and "`" in info):
            fence = run
        else:
            yield line
