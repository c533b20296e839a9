"""What the page of a day is made from. Nothing in here holds a word of a case or who called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.compare import Comparison
from sf_handoff.reports.day import EASTERN
from sf_handoff.reports.history import DayCounts
from sf_handoff.reports.listing import ListedTicket

# What becomes of a tap: in a chart, and at the head of a narrow column.
STAGES = {
    "taps": ("Taps on the call button", "Taps"),
    "delivered": ("Delivered to Salesforce", "Delivered"),
    "bound": ("Call found its handoff", "Call found"),
    "confirmed": ("Agent confirmed the reason", "Confirmed"),
    "no_call": ("No call came", "No call"),
    "late": ("Call came late", "Late"),
    "parked": ("Refused, waits for a person", "Refused"),
}


@dataclass(frozen=True, kw_only=True)
class DayPage:
    """The day and what stands beside it. `links` are addresses of Cases in Lightning, by case number.

    `problems` need a person before the figures can be relied on, `notes` do not. `funnel` counts the stages
    of STAGES for each screen of the app, `mistagged` says for a case number what does not fit, `to_decide`
    counts the cases on the first sheet of the workbook. `tickets` are None where nobody asked for them.
    """

    title: str
    counts: DayCounts
    made_at: datetime
    history: tuple[DayCounts, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    to_decide: int = 0
    crisis: tuple[str, ...] = ()
    tickets: tuple[ListedTicket, ...] | None = None
    comparisons: tuple[Comparison, ...] = ()
    funnel: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    mistagged: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    timezone: str = EASTERN

    @property
    def zone_words(self) -> str:
        return "ET" if self.timezone == EASTERN else self.timezone
