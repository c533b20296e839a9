"""What `mappings/notices/` declares: the templates, what goes into them, and who is told in which way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sf_handoff.errors import Misconfigured, Rejected
from sf_handoff.reports.notices.values import Means, Outcome

_ITEM = re.compile(r"\s*[-•] ")


def prose(text: str) -> str:
    """Text as it is written in a map: empty lines part paragraphs, and list items keep their lines."""
    paragraphs = (_unwrapped(each) for each in re.split(r"\n\s*\n", text.strip()))
    return "\n\n".join(paragraphs)


def _unwrapped(paragraph: str) -> str:
    lines: list[str] = []
    for line in paragraph.splitlines():
        if lines and not _ITEM.match(line):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    return "\n".join(lines)


class Channel(StrEnum):
    """Who reads a text: one person, or everybody."""

    PERSONAL = "personal"
    PUBLIC = "public"


@dataclass(frozen=True)
class Template:
    """A text with gaps, for Jinja2. `says_fixed`: it tells that the problem is over."""

    name: str
    situation: str
    channel: Channel
    placeholders: tuple[str, ...]
    subject: str
    body: str
    says_fixed: bool = False


@dataclass(frozen=True)
class Marks:
    """The headings, in a comment on a ticket, under which the words for customers stand."""

    customer: tuple[str, ...] = ("For customers", "Customer text")
    workaround: tuple[str, ...] = ("Workaround",)


@dataclass(frozen=True)
class WhhCases:
    """Which cases an agent of the White House VA Hotline answers: by any of these."""

    origins: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    record_types: frozenset[str] = frozenset()

    def has(self, *, origin: str | None, queue: str | None, record_type: str | None) -> bool:
        return origin in self.origins or queue in self.queues or record_type in self.record_types


@dataclass(frozen=True)
class AgentWords:
    """What the agent's Task says: what came of it, by outcome, and what to ask the customer."""

    happened: Mapping[Outcome, str]
    ask: tuple[str, ...]


@dataclass(frozen=True)
class NoticeMap:
    """Everything that is said to customers, and how they are reached.

    `personal` are the placeholders that tell of one person's case, so they are in no text for everybody.
    `proposals` name the template that is proposed for each outcome. `about` says what a product is to
    customers. `attempts` are how often and by what means somebody is tried. From `mass_from` people on, a
    banner and a mail to all are drafted. `fixed_words` may only stand in a template that says so.
    """

    templates: tuple[Template, ...]
    placeholders: frozenset[str]
    personal: frozenset[str]
    proposals: Mapping[Outcome, str]
    banner: str
    mass_mail: str
    agents: AgentWords
    about: Mapping[str, str]
    about_anything: str
    fixed_words: tuple[str, ...]
    offices: Mapping[str, str] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)
    whh: WhhCases = field(default_factory=WhhCases)
    attempts: tuple[Means, ...] = (Means.EMAIL, Means.EMAIL, Means.PHONE)
    mass_from: int = 50

    def __post_init__(self) -> None:
        wrong = tuple(self._wrong())
        if wrong:
            raise Misconfigured(f"mappings/notices: {'; '.join(wrong)}.")

    def template(self, name: str) -> Template:
        """Raises Rejected for a name that is not declared."""
        for each in self.templates:
            if each.name == name:
                return each
        raise Rejected("There is no template of that name in mappings/notices.", code="TEMPLATE")

    def choose(self, name: str, outcome: Outcome) -> Template:
        """The template of that name, if it can be said of this outcome to one person.

        Only of what was completed may anybody hear that it is fixed.
        """
        chosen = self.template(name)
        if chosen.channel is not Channel.PERSONAL:
            raise Rejected(f"{name}: is for everybody, not for one person.", code="TEMPLATE")
        if chosen.says_fixed and outcome is not Outcome.COMPLETED:
            raise Rejected(f"{name}: says that the problem is over, and it is not.", code="NOT_FIXED")
        return chosen

    @property
    def own_words(self) -> frozenset[str]:
        """Values that were written here, and not for one occasion."""
        return frozenset({*self.about.values(), self.about_anything, *self.offices.values()})

    def about_product(self, product: str | None) -> str:
        return self.about.get(product or "", self.about_anything)

    def _wrong(self) -> Iterator[str]:
        names = [each.name for each in self.templates]
        yield from (f"declared twice: {name}" for name in sorted({n for n in names if names.count(n) > 1}))
        channels = {each.name: each.channel for each in self.templates}
        for outcome in Outcome:
            if channels.get(self.proposals.get(outcome, "")) is not Channel.PERSONAL:
                yield f"no template to one person is proposed for {outcome}"
            if outcome not in self.agents.happened:
                yield f"agents are not told what happened for {outcome}"
        for name in (self.banner, self.mass_mail):
            if channels.get(name) is not Channel.PUBLIC:
                yield f"{name} is no template for everybody"
        if not self.attempts:
            yield "nobody is ever tried: attempts are empty"
