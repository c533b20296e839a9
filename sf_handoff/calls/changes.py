"""What follows a tap, as changes to records that are there already.

    Change(fields=(Picklist("Status", ours, lambda after: "New", ...),), when="Status = 'Awaiting call'")

A change with a condition is made only to a record that fits it at that moment, so that what agents have
changed stays theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sf_handoff.calls.follow_ups import Callback, CallbackTried, Called, Event, Outcome, Reason
from sf_handoff.calls.tap import Tap
from sf_handoff.mapping import Body, Checkbox, Field, FieldGroup, Json, LinkByKey, RecordMap

E_co = TypeVar("E_co", bound=Event, covariant=True)
E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class After(Generic[E_co]):
    """All that the maps may look at: what happened, and the tap that it followed."""

    tap: Tap
    event: E_co
    follow_up_id: str

    def of(self, event: E) -> After[E]:
        """The same, where `event` is known to be of one kind."""
        return After(self.tap, event, self.follow_up_id)


@dataclass(frozen=True)
class Change(Generic[E]):
    """Fields to set and `blanks` to empty, `when` a SOQL condition holds (none: always)."""

    fields: tuple[Field[After[E]], ...]
    when: Callable[[E], str] = field(default=lambda event: "")
    blanks: tuple[Field[Any], ...] = ()

    def body(self, after: After[E]) -> Body:
        notes: list[str] = []
        values: dict[str, Json] = {column(each): blank(each) for each in self.blanks}
        for each in self.fields:
            found = each.value(after)
            if found is not None:
                values[each.api_name] = each.to_json(found, notes.append)
        return Body(values, (), tuple(notes))


@dataclass(frozen=True)
class FollowUpMaps:
    """What each event changes: on the tap's Case (`called`, `outcome`, `wrong_person`), on its Tasks
    (`wrong_person_tasks`, `wrong_person_callbacks`), and on the open Task of a callback."""

    called: tuple[Change[Called], ...]
    outcome: tuple[Change[Outcome], ...]
    wrong_person: tuple[Change[Outcome], ...]
    wrong_person_tasks: Change[Outcome]
    wrong_person_callbacks: Change[Outcome]
    callback: RecordMap[After[Callback]]
    callback_again: Change[Callback]
    callback_tried: Change[CallbackTried]
    open_task: str = "IsClosed = false"

    def on_case(self, event: Event) -> tuple[Change[Any], ...]:
        if isinstance(event, Called):
            return self.called
        if isinstance(event, Outcome):
            return self.wrong_person if event.reason is Reason.WRONG_PERSON else self.outcome
        return ()

    def groups(self, case: str) -> Iterator[FieldGroup]:
        """Every field that is written; `case` is the sObject of a Case."""
        on_case: dict[str, tuple[Change[Any], ...]] = {
            "when a call is matched": self.called,
            "with an outcome": self.outcome,
            "with the outcome wrong_person": self.wrong_person,
        }
        for when, changes in on_case.items():
            written: list[Field[Any]] = []
            for each in changes:
                written += each.fields
            yield FieldGroup(when, case, tuple(written))
        yield FieldGroup("for a callback", self.callback.sobject, self.callback.fields)
        tried: list[Field[Any]] = [*self.callback_again.fields, *self.callback_tried.fields]
        yield FieldGroup("for a callback that is moved or was tried", self.callback.sobject, tuple(tried))


def column(declared: Field[Any]) -> str:
    """The column behind a field: a relationship's is its Id."""
    if not isinstance(declared, LinkByKey):
        return declared.api_name
    return declared.api_name[:-1] + "c" if declared.api_name.endswith("__r") else f"{declared.api_name}Id"


def blank(declared: Field[Any]) -> Json:
    """What empties it; a checkbox knows no null."""
    return False if isinstance(declared, Checkbox) else None
