"""What `mappings/ticket.py`, `labels.py` and `owners.py` declare: how tickets look and where they go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sf_handoff.reports.tickets import Priority


@dataclass(frozen=True)
class Label:
    """A label of the repository; near spellings are different labels (`contact center`, `contact-center`)."""

    name: str
    color: str = "ededed"
    description: str = ""


@dataclass(frozen=True)
class LabelMap:
    """Labels, columns and priorities by the names that they have in the tracker.

    `ours` marks every ticket of the connector: by it they are found again. `priorities` are the board's
    names; `priority_labels` stand for them where there is no board.
    """

    ours: Label
    always: tuple[Label, ...]
    tiers: Mapping[int, Label]
    products: Mapping[str, Label]
    blocked: Label
    workaround: Label
    summary: Label
    column: str
    reopened_column: str
    priorities: Mapping[Priority, str]
    priority_labels: Mapping[Priority, Label]
    estimates: Mapping[Priority, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Owner:
    """Who looks after a product: a team and its label; `role` is whom to ask there, never a person."""

    team: str
    label: Label
    role: str = ""


@dataclass(frozen=True)
class OwnerMap:
    """Owners by product. What nobody owns goes to `triage`."""

    products: Mapping[str, Owner]
    triage: Owner

    def of(self, product: str | None) -> Owner:
        return self.products.get(product or "", self.triage)


@dataclass(frozen=True)
class Thresholds:
    """From how many cases on a problem is high (`total`, all days together) or urgent (`day`, in one day)."""

    total: int = 10
    day: int = 10


@dataclass(frozen=True)
class TicketMap:
    """How tickets look, and which are filed.

    `decided_by` is `rules`, or `people` where only what somebody forwarded in the workbook is filed.
    `private`: a public repository is refused. `returns` is for how long a problem that comes back reopens its
    ticket. `a_day` bounds the new tickets of a report day; what is over it stands in one summary.
    """

    title: str
    sections: tuple[str, ...]
    quotes: int = 3
    case_numbers: int = 200
    lowest_tier: int = 3
    decided_by: str = "rules"
    private: bool = True
    returns: timedelta = timedelta(days=14)
    a_day: int = 25
    thresholds: Thresholds = field(default_factory=Thresholds)
    workaround_phrases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
