"""A row of the daily report, typed: one case of the day, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | date | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One case. `subject` and `notes` are as agents typed them and may name people: repr shows neither.

    `person` is the Id of the person's record, to count different people; it never leaves. `cut` says that
    `notes` end where the source cut them. `extras` are the deployment's own columns, by our names of them.
    """

    case_id: str
    case_number: str
    opened_at: datetime
    subject: str | None = field(repr=False)
    notes: str | None = field(repr=False)
    changed_at: datetime | None = None
    status: str | None = None
    closed: bool | None = None
    origin: str | None = None
    record_type: str | None = None
    category: str | None = None
    product: str | None = None
    topic: str | None = None
    person: str | None = field(default=None, repr=False)
    cut: bool = False
    extras: Mapping[str, Value] = field(default_factory=dict, repr=False)
