"""What `mappings/ticket.py`, `labels.py` and `owners.py` declare: how tickets look and where they go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from string import Formatter

from sf_handoff.errors import Misconfigured
from sf_handoff.reports.tickets import Priority

# What GitHub takes: https://docs.github.com/en/rest/issues/labels
LABEL_NAME, LABEL_DESCRIPTION = 50, 100
TITLE_GAPS = frozenset({"tier", "priority", "product", "problem"})
# What a ticket can say, by the names that the map calls its sections by.
SECTIONS = frozenset(
    (
        "problem source priority counts trend descriptions devices errors reproduce workaround cases near "
        "owner clocks"
    ).split()
)


@dataclass(frozen=True)
class Label:
    """A label of the repository; near spellings are different labels (`contact center`, `contact-center`)."""

    name: str
    color: str = "ededed"
    description: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= LABEL_NAME or len(self.description) > LABEL_DESCRIPTION:
            raise Misconfigured(
                f"A label has a name of at most {LABEL_NAME} characters, and a description of at most "
                f"{LABEL_DESCRIPTION}."
            )
        if not re.fullmatch("[0-9a-f]{6}", self.color):
            raise Misconfigured(f"The color of the label {self.name} is six hexadecimal digits, without #.")


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

    def __post_init__(self) -> None:
        if not set(self.priorities) == set(self.priority_labels) == set(Priority):
            raise Misconfigured(
                f"mappings/labels.py: priorities and priority_labels are for all of {', '.join(Priority)}."
            )

    @property
    def placed(self) -> tuple[Label, ...]:
        """The labels that must exist, with a board or without."""
        named = (*self.tiers.values(), *self.products.values(), self.blocked, self.workaround, self.summary)
        return each_once((self.ours, *self.always, *named))

    @property
    def every(self) -> tuple[Label, ...]:
        """All labels that must exist where there is no board. The owners' stand in the OwnerMap."""
        return each_once((*self.placed, *self.priority_labels.values()))


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

    @property
    def every(self) -> tuple[Label, ...]:
        """The teams' labels."""
        return each_once(each.label for each in (*self.products.values(), self.triage))


@dataclass(frozen=True)
class Thresholds:
    """From how many cases on a problem is high (`total`, all days together) or urgent (`day`, in one day).

    `blocked`: where so many different people cannot use it at all, low becomes medium and medium high; 0 for
    never.
    """

    total: int = 10
    day: int = 10
    blocked: int = 5


@dataclass(frozen=True)
class Section:
    """A section of a ticket's text, by our name of it, and the heading above it."""

    name: str
    heading: str


@dataclass(frozen=True)
class Mention:
    """A device, a system, a browser or an app: how it is told, and the words of agents for it.

    Where it is `numbered`, a model or a version behind it is told as well (`iPhone 14`, `iOS 17.5`); what is
    not told `alone` is told with its number only (`build 238`).
    """

    name: str
    phrases: tuple[str, ...]
    numbered: bool = True
    alone: bool = True


@dataclass(frozen=True)
class TicketMap:
    """How tickets look, and which are filed.

    `decided_by` is `rules`, or `people` where only what somebody forwarded in the workbook is filed.
    `private`: a public repository is refused. `returns` is for how long a problem that comes back reopens its
    ticket. `a_day` bounds the new tickets of a report day; what is over it stands in one summary.

    Of agents' notes at most `quotes` are quoted, and only whole ones up to `longest_quote` characters.
    `mentions` stand under the word for what they are. `blocking` are the symptoms of those who cannot use a
    product at all. A phrase close behind one of `denials` is not said. `topics` are told by name, others are
    not. `names` are the fields of a Case that may name people, as SOQL paths.
    """

    title: str
    sections: tuple[Section, ...]
    source: str
    footer: str
    quotes: int = 3
    longest_quote: int = 4_000
    case_numbers: int = 200
    lowest_tier: int = 3
    decided_by: str = "rules"
    private: bool = True
    returns: timedelta = timedelta(days=14)
    a_day: int = 25
    thresholds: Thresholds = field(default_factory=Thresholds)
    workaround_phrases: tuple[str, ...] = ()
    step_phrases: tuple[str, ...] = ()
    denials: frozenset[str] = frozenset({"no", "not", "never", "without"})
    blocking: frozenset[str] = frozenset()
    mentions: Mapping[str, tuple[Mention, ...]] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [each.name for each in self.sections]
        if len(set(names)) < len(names) or not SECTIONS.issuperset(names):
            raise Misconfigured(
                f"mappings/ticket.py: sections are {', '.join(sorted(SECTIONS))}, each at most once."
            )
        if not gaps(self.title) <= TITLE_GAPS:
            raise Misconfigured(f"mappings/ticket.py: gaps of a title are {', '.join(sorted(TITLE_GAPS))}.")
        if any(gaps(each) for each in (*(one.heading for one in self.sections), self.source, self.footer)):
            raise Misconfigured("mappings/ticket.py: headings, the source and the footer have no gaps.")
        if self.decided_by not in {"rules", "people"}:
            raise Misconfigured("mappings/ticket.py: decided_by is rules or people.")


def gaps(words: str) -> set[str]:
    """The names of the gaps in these words."""
    try:
        return {name for _, name, _, _ in Formatter().parse(words) if name is not None}
    except ValueError:
        raise Misconfigured("mappings/ticket.py: a brace without its other half.") from None


def each_once(labels: Iterable[Label]) -> tuple[Label, ...]:
    """Each label once, in this order. GitHub makes no difference between upper and lower case."""
    found: dict[str, Label] = {}
    for each in labels:
        found.setdefault(each.name.lower(), each)
    return tuple(found.values())
