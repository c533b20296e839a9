"""The receipt: what became of a handoff, and how to call now."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from sf_handoff.calls.follow_ups import FollowUp
from sf_handoff.calls.states import Linked, Status


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Alternative(_Model):
    """Another way to get help: `kind` is line, callback or tty.

    A callback has neither number nor link: the app's server asks for it, with the handoff's id.
    """

    kind: str
    name: str
    number: str | None
    link: str | None
    hours: str


class DialPlan(_Model):
    """How to call from the app: the link to open, and everything for those who cannot use it.

    `alternatives` are other lines where this one does not answer now, and always a way without a voice call.
    """

    link: str | None = Field(repr=False)
    number: str | None
    display: str
    code: str | None = Field(repr=False)
    code_spoken: str | None = Field(repr=False)
    tty: str
    label: str
    freshness: str
    expires_at: datetime
    open_now: bool | None
    hours: str | None
    alternatives: tuple[Alternative, ...]


class Receipt(_Model):
    """The answer to `hand_off`. `code` and `message` say why when it is due, parked or kept."""

    handoff_id: str
    status: Status
    case_id: str | None
    case_number: str | None
    task_id: str | None
    contact_linked: Linked | None
    api_calls: int
    code: str | None
    message: str | None
    notes: tuple[str, ...]
    dial: DialPlan


# What became of a row of the outbox: of a tap, or of what followed one.
Sent: TypeAlias = Receipt | FollowUp
