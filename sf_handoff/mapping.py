"""What a field map is, and where the bundled one is found.

A map is a tuple of field declarations. Each says what the org calls the field, what kind of field it is,
whether we write it `once` or it stays `ours`, and where its value comes from:

    Text("Subject", once, lambda tap: tap.subject, length=255)

The declaration is the only schema there is: request bodies, the embedded org's custom fields, the field
table in the docs and the check against an org's `describe` are all read from it.

Salesforce refuses text that is too long (since API 15) and takes any value for an unrestricted picklist,
so a value that does not fit is dealt with here: prose is cut with a mark and a note, keys and picklist
values are refused. https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar

from sf_handoff.errors import Misconfigured, Rejected
from sf_handoff.texts import cut, utf16_units

if TYPE_CHECKING:
    from sf_handoff.calls.changes import FollowUpMaps
    from sf_handoff.calls.evidence import Method
    from sf_handoff.calls.handoff import Veteran
    from sf_handoff.calls.pop_words import PopWords
    from sf_handoff.calls.ramps import Ramps
    from sf_handoff.calls.sweep import SweepMap
    from sf_handoff.calls.tap import Tap
    from sf_handoff.reports.clocks import ClockMap
    from sf_handoff.reports.columns import ReportMap
    from sf_handoff.reports.notices.answer_map import AnswerMaps
    from sf_handoff.reports.notices.notice_map import NoticeMap
    from sf_handoff.reports.ticket_map import LabelMap, OwnerMap, TicketMap
    from sf_handoff.reports.triage_map import TriageMap

S = TypeVar("S")
Scalar: TypeAlias = str | int | float | bool
Json: TypeAlias = Scalar | None | list["Json"] | dict[str, "Json"]


class Written(StrEnum):
    """Who keeps a field's value: `once` leaves it to the agents, `ours` is sent on every write."""

    ONCE = "once"
    OURS = "ours"


once, ours = Written.ONCE, Written.OURS


@dataclass(frozen=True)
class Field(Generic[S]):
    """One field of one sObject. Subclasses add what their kind needs and turn a value into JSON.

    Without a `label` a custom field is called after its API name.
    """

    api_name: str
    written: Written
    value: Callable[[S], object]
    label: str = field(default="", kw_only=True)
    help: str = field(default="", kw_only=True)

    describe_type: ClassVar[str]

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.api_name.removesuffix("__c").replace("_", " "))

    @property
    def custom(self) -> bool:
        return self.api_name.endswith("__c")

    def to_json(self, value: object, note: Callable[[str], None]) -> Json:
        raise TypeError(f"{type(self).__name__} does not say how its value is written")


@dataclass(frozen=True)
class Text(Field[S]):
    """A line of text. Prose that is too long is cut, with a mark and a note; `exact` text is refused.

    `key` marks an external id (unique, case-sensitive), which is always exact.
    """

    value: Callable[[S], str | None]
    length: int = field(kw_only=True)
    key: bool = field(default=False, kw_only=True)
    exact: bool = field(default=False, kw_only=True)

    describe_type = "string"

    def to_json(self, value: object, note: Callable[[str], None]) -> Json:
        text = str(value)
        if utf16_units(text) <= self.length:
            return text
        if self.key or self.exact:
            raise Rejected(
                f"{self.api_name}: longer than its {self.length} characters, and never cut.",
                code="TOO_LONG",
                fields=(self.api_name,),
            )
        note(f"{self.api_name} was cut to {self.length} characters")
        return cut(text, self.length)


@dataclass(frozen=True)
class LongText(Text[S]):
    """Prose over several lines (a long text area)."""

    describe_type = "textarea"


@dataclass(frozen=True)
class Phone(Text[S]):
    """A telephone number, at most 40 characters in Salesforce; one that does not fit is refused."""

    length: int = field(default=40, kw_only=True)
    exact: bool = field(default=True, kw_only=True)

    describe_type = "phone"


@dataclass(frozen=True)
class Picklist(Field[S]):
    """One of `values`. Any other becomes `otherwise`, with a note, or is refused where there is none."""

    value: Callable[[S], str | None]
    values: tuple[str, ...] = field(kw_only=True)
    otherwise: str | None = field(default=None, kw_only=True)

    describe_type = "picklist"

    def to_json(self, value: object, note: Callable[[str], None]) -> Json:
        if value in self.values:
            return str(value)
        if self.otherwise is None:
            raise Rejected(
                f"{self.api_name}: not one of the values in the map ({', '.join(self.values)}).",
                code="NOT_IN_PICKLIST",
                fields=(self.api_name,),
            )
        note(f"{self.api_name} had a value that the map does not list and was set to {self.otherwise!r}")
        return self.otherwise


@dataclass(frozen=True)
class Date(Field[S]):
    """A day without a time, and so without a time zone."""

    value: Callable[[S], date | None]

    describe_type = "date"

    def to_json(self, value: object, note: Callable[[str], None]) -> Json:
        if isinstance(value, datetime) or not isinstance(value, date):
            raise TypeError(f"{self.api_name} takes a date")
        return value.isoformat()


@dataclass(frozen=True)
class DateTime(Field[S]):
    """A moment, sent in UTC. A naive datetime is a mistake in the map, not a guess to make."""

    value: Callable[[S], datetime | None]

    describe_type = "datetime"

    def to_json(self, value: object, note: Callable[[str], None]) -> Json:
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise TypeError(f"{self.api_name} takes a datetime with a time zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass(frozen=True)
class Checkbox(Field[S]):
    value: Callable[[S], bool | None]

    describe_type = "boolean"

    def to_json(self, value: object, note: Callable[[str], None]) -> Json:
        return bool(value)


@dataclass(frozen=True)
class Number(Field[S]):
    """A whole number of at most `digits` digits; one that does not fit is refused."""

    value: Callable[[S], int | None]
    digits: int = field(default=9, kw_only=True)

    describe_type = "double"

    def to_json(self, value: object, note: Callable[[str], None]) -> Json:
        if not isinstance(value, int) or abs(value) >= 10**self.digits:
            raise Rejected(
                f"{self.api_name}: takes a whole number of at most {self.digits} digits.",
                code="NUMBER_OUTSIDE_VALID_RANGE",
                fields=(self.api_name,),
            )
        return value


@dataclass(frozen=True)
class LinkByKey(Field[S]):
    """A lookup named by the parent's external id: `api_name` is the relationship (`Contact`, `Who`).

    The parent is matched, never made. No parent or several fail the record, so the caller decides what to
    write then. https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_upsert.htm
    """

    value: Callable[[S], str | None]
    to: str = field(kw_only=True)
    key: str = field(kw_only=True)
    polymorphic: bool = field(default=False, kw_only=True)

    describe_type = "reference"

    def to_json(self, value: object, note: Callable[[str], None]) -> Json:
        link: dict[str, Json] = {self.key: str(value)}
        return {"attributes": {"type": self.to}, **link} if self.polymorphic else link


@dataclass(frozen=True)
class LinkByName(Field[S]):
    """A lookup named by the target's DeveloperName (a queue, a record type): Ids differ in every org."""

    value: Callable[[S], str | None]
    to: str = field(kw_only=True)
    where: str = field(default="", kw_only=True)

    describe_type = "reference"

    def to_json(self, value: object, note: Callable[[str], None]) -> Json:
        name = str(value)
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            raise Misconfigured(
                f"{self.api_name}: a DeveloperName has letters, digits and underscores only.",
                fields=(self.api_name,),
            )
        return name


@dataclass(frozen=True)
class LinkToPart(Field[S]):
    """A lookup to the record that another part of the same call writes (a Task's `WhatId` to its Case)."""

    value: Callable[[S], str | None]
    to: str = field(kw_only=True)

    describe_type = "reference"

    def to_json(self, value: object, note: Callable[[str], None]) -> Json:
        return str(value)


@dataclass(frozen=True)
class Body:
    """What one record's write carries. `names` are the lookups still to be found by DeveloperName."""

    values: dict[str, Json]
    names: tuple[LinkByName[object], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class RecordMap(Generic[S]):
    """All that we write on one sObject, and the external id that we write it by.

    `number` is read back for people to quote. `open_when` is the SOQL condition under which agents are not
    done with the record yet; where they are, nothing more is added to it.
    """

    sobject: str
    key: str
    fields: tuple[Field[S], ...]
    number: str | None = None
    open_when: str = ""

    def __post_init__(self) -> None:
        names = [each.api_name for each in self.fields]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Misconfigured(f"{self.sobject}: declared twice in the map: {', '.join(twice)}.")
        if not self.key_field.key:
            raise Misconfigured(f"{self.sobject}: {self.key} must be declared as Text(..., key=True).")

    @property
    def key_field(self) -> Text[S]:
        for each in self.fields:
            if each.api_name == self.key and isinstance(each, Text):
                return each
        raise Misconfigured(f"{self.sobject}: the map has no text field {self.key} to be the key.")

    def body(self, source: S, *, creating: bool) -> Body:
        """The record for `source`: all fields when it is created, only ours when it is there already.

        A field without a value is left out, never sent as null: null would wipe what an agent typed.
        """
        notes: list[str] = []
        values = {each.api_name: json for each, json in self._values(source, creating, notes.append)}
        names = tuple(
            each for each in self.fields if isinstance(each, LinkByName) and each.api_name in values
        )
        return Body(values, names, tuple(notes))

    def _values(
        self, source: S, creating: bool, note: Callable[[str], None]
    ) -> Iterator[tuple[Field[S], Json]]:
        for each in self.fields:
            if each.api_name == self.key or (each.written is once and not creating):
                continue
            value = each.value(source)
            if value is not None and value != "":
                yield each, each.to_json(value, note)


@dataclass(frozen=True)
class FieldGroup:
    """Fields of one sObject that are written together; `when` says on what occasion.

    What is only `read` may be a standard field that an org hides at first.
    """

    when: str
    sobject: str
    fields: tuple[Field[Any], ...]
    read: bool = False


@dataclass(frozen=True)
class PersonLink:
    """Which record stands for the person, and which identifier of the payload finds it.

    `ContactLink` is the usual one; an org with Person Accounts names Account and its own key.
    """

    sobject: str
    key: str
    length: int
    identifier: Callable[[Veteran], str | None]
    label: str = ""


def _every_method() -> tuple[Method, ...]:
    from sf_handoff.calls.ladder import LADDER

    return LADDER


@dataclass(frozen=True)
class MappingSet:
    """Everything that an org may call by another name than we do.

    `methods` are the ways in which a call's handoff is looked for, in order.
    """

    person: PersonLink
    case: RecordMap[Tap]
    task: RecordMap[Tap]
    follow_ups: FollowUpMaps
    ramps: Ramps
    pop: PopWords
    report: ReportMap
    triage: TriageMap
    tickets: TicketMap
    labels: LabelMap
    owners: OwnerMap
    clocks: ClockMap
    methods: tuple[Method, ...] = field(default_factory=_every_method)
    sweep: SweepMap | None = None
    notices: NoticeMap | None = None
    answers: AnswerMaps | None = None

    def __post_init__(self) -> None:
        names = [method.name for method in self.methods]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Misconfigured(f"methods: declared twice: {', '.join(twice)}.")

    @property
    def groups(self) -> tuple[FieldGroup, ...]:
        """Every field that is written. One may stand in several groups."""
        taps = tuple(FieldGroup("with a tap", each.sobject, each.fields) for each in (self.case, self.task))
        swept = self.sweep.groups(self.case.sobject) if self.sweep else ()
        told = self.answers.groups(self.case.sobject, self.person.sobject) if self.answers else ()
        return (*taps, *self.follow_ups.groups(self.case.sobject), *swept, *told)


def bundled() -> MappingSet:
    """The maps that ship with the package (`mappings/` in a checkout)."""
    return load("sf_handoff.mappings")


def load(package: str) -> MappingSet:
    """The `MAPPINGS` of a maps package, named as in an import statement."""
    try:
        found = importlib.import_module(package).MAPPINGS
    except (ImportError, AttributeError) as error:
        raise Misconfigured(
            f"MAPPINGS: no maps in the package {package!r} ({type(error).__name__}). "
            "It needs a MappingSet named MAPPINGS."
        ) from None
    if not isinstance(found, MappingSet):
        raise Misconfigured(f"MAPPINGS: {package}.MAPPINGS is not a MappingSet.")
    return found
