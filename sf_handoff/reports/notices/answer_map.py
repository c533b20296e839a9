"""What `mappings/answers.py` declares: how an org's Cases say who waits, and what is written back to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sf_handoff.mapping import Field, FieldGroup, RecordMap
from sf_handoff.reports.notices.values import Notice, NoticeState, Route


@dataclass(frozen=True)
class WhoWaits:
    """SOQL paths from the Case. Of an address only whether it is there is looked at.

    An address is as good as not there while one of the checkboxes in `no_email` or `no_phone` is set.
    A path that the org does not have is left out, or empty.
    """

    email: tuple[str, ...]
    phone: tuple[str, ...]
    person: str = "ContactId"
    origin: str = "Origin"
    record_type: str = "RecordType.DeveloperName"
    queue: str = "Owner.Name"
    product: str = ""
    no_email: tuple[str, ...] = ()
    no_phone: tuple[str, ...] = ()
    opted_out: tuple[str, ...] = ()
    deceased: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        ones = (self.person, self.origin, self.record_type, self.queue, self.product)
        flags = (*self.no_email, *self.no_phone, *self.opted_out, *self.deceased)
        return tuple(dict.fromkeys(path for path in (*ones, *self.email, *self.phone, *flags) if path))


class TaskStatus(StrEnum):
    """What the agents' Task is to become. None at its place leaves to the agents what they have set."""

    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Answer:
    """All that the maps may look at. `text` is the Task's; there is none once it was purged."""

    notice: Notice
    text: str | None = field(repr=False)
    queue: str | None
    approved_at: datetime | None
    settled_at: datetime | None
    task: TaskStatus | None

    @property
    def told_at(self) -> datetime | None:
        return self.settled_at if self.notice.state is NoticeState.TOLD else None


@dataclass(frozen=True)
class AnswerMaps:
    """What is read (`who`), and written: fields of the Case, which are ours alone and emptied where there is
    nothing to say; the agents' Task; and what opens a closed Case again (`reopened`).

    `queues` are DeveloperNames of the queues that own the Tasks. `flags` are checkboxes of the person in
    `who`.
    """

    who: WhoWaits
    case: tuple[Field[Answer], ...]
    task: RecordMap[Answer]
    reopened: tuple[Field[Answer], ...]
    queues: Mapping[Route, str]
    flags: tuple[Field[Any], ...] = ()

    def groups(self, case: str, person: str) -> Iterator[FieldGroup]:
        """Every field that is written, and those of the person that are only read."""
        yield FieldGroup("when its ticket is resolved", case, self.case)
        yield FieldGroup("when it still does not work", case, self.reopened)
        yield FieldGroup("for who tells the customer", self.task.sobject, self.task.fields)
        yield FieldGroup("only read, to know who may be told", person, self.flags, read=True)
