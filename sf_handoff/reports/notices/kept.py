"""A notice as it is kept: with who decided what, and what of it stands in Salesforce."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime

from sf_handoff.reports.notices.mass import MassDraft
from sf_handoff.reports.notices.notice import REFUSED
from sf_handoff.reports.notices.values import Notice, NoticeState, Waiting

OPEN = frozenset({NoticeState.DRAFT, NoticeState.APPROVED})
# These have nothing to say to a Case that has not heard of the ticket yet.
_QUIET = frozenset({NoticeState.DRAFT, NoticeState.WITHDRAWN})
_HEARD = frozenset({NoticeState.APPROVED, NoticeState.TOLD, NoticeState.EXHAUSTED, NoticeState.STILL_BROKEN})
NOT_SEEN = "NOT_SEEN"


@dataclass(frozen=True)
class KeptNotice:
    """`turn` counts how often the ticket was resolved. Of `waiting` only the flags are kept.

    `decided_by` is who decided that nobody is to be told by it: that stays. `written` is the stamp that was
    last written to Salesforce, `code` why that was refused. `exported` are the attempts that were made when
    its mail was exported. `reopened`: the ticket was opened again because it still does not work.
    """

    notice: Notice
    ticket_id: str
    turn: int
    waiting: Waiting
    product: str | None = None
    recorded_by: tuple[str | None, ...] = ()
    approved_at: datetime | None = None
    approved_by: str | None = None
    decided_by: str | None = None
    settled_at: datetime | None = None
    written: str | None = None
    code: str | None = None
    task_id: str | None = None
    task_open: bool = False
    exported: int | None = None
    reopened: bool = False
    purged: bool = False

    @property
    def notice_id(self) -> str:
        return self.notice.notice_id

    @property
    def heard(self) -> bool:
        """Whether this is the one case of its person that matters: told of, to be told of, or never to be."""
        return self.notice.state in _HEARD or self.decided_by is not None or self.notice.reason == REFUSED

    @property
    def had(self) -> bool:
        """Whether somebody may have had its text."""
        return bool(self.notice.attempts) or self.exported is not None

    @property
    def begun(self) -> bool:
        """Whether it is too late for another notice to take its place."""
        return self.heard and (self.had or self.notice.state not in OPEN)

    @property
    def stamp(self) -> str:
        """What Salesforce should have of it, so that it can be told from any other."""
        said = self.notice
        attempts = [[each.means, each.at.isoformat(), each.outcome] for each in said.attempts]
        text = said.digest if said.state not in _QUIET else ""
        told = [said.state, said.route, said.outcome, said.reason, text, attempts]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:40]

    @property
    def to_write(self) -> bool:
        """Whether Salesforce has something else, or nothing yet, of what it should have."""
        silent = self.notice.state in _QUIET and self.written is None
        return not silent and self.written != self.stamp

    @property
    def wants_task(self) -> bool:
        """Where nobody ever was to tell anybody, no agent needs one."""
        return self.notice.state in _HEARD or self.task_id is not None

    def having(self, notice: Notice, at: datetime) -> KeptNotice:
        """With the notice as it is from now on; what was refused may be taken now."""
        if notice == self.notice:
            return self
        settled_at = self.settled_at if notice.state is self.notice.state else at
        new = replace(self, notice=notice, settled_at=None if notice.state in OPEN else settled_at)
        new = new if notice.digest == self.notice.digest else replace(new, exported=None)
        return new if new.stamp == self.stamp else replace(new, code=None)


@dataclass(frozen=True)
class KeptMass:
    """A draft to everybody, of the ticket's `turn`."""

    draft: MassDraft
    ticket_id: str
    turn: int
    approved_at: datetime | None = None
    approved_by: str | None = None


def flags(waiting: Waiting) -> Waiting:
    """What is kept of somebody who waits: the case, and whether there is a way to reach them."""
    return Waiting(
        waiting.case_number,
        waiting.case_id,
        email_there=waiting.email_there,
        phone_there=waiting.phone_there,
    )
