"""What services and staff tell after a tap: kept first, then sent as a handoff is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sf_handoff.calls import told as checked
from sf_handoff.calls.follow_ups import (
    Callback,
    CallbackTried,
    Called,
    Event,
    FollowUp,
    Kind,
    Outcome,
    read_event,
)
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.payload import invalid
from sf_handoff.calls.pop import ScreenPop
from sf_handoff.calls.states import Status
from sf_handoff.calls.told import KeptCallback, Window
from sf_handoff.delivery import lease
from sf_handoff.errors import NotKept, Problem
from sf_handoff.ports import Row, Store
from sf_handoff.retry import ONLINE

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet


class Following:
    """`send` delivers a row within the time of a live call; `soon` does it when nobody waits any more."""

    def __init__(
        self,
        store: Store,
        mappings: MappingSet,
        clock: Callable[[], datetime],
        send: Callable[[Row], Row],
        soon: Callable[[str], None] | None,
    ) -> None:
        self._store, self._mappings, self._clock = store, mappings, clock
        self._send, self._soon = send, soon

    def called(self, pop: ScreenPop) -> None:
        """Notes that a call was matched and its context shown. The agent has the pop in any case."""
        if pop.context is None or pop.handoff_ref is None:
            return
        event = Called(
            at=self._clock(),
            call_key=pop.call_key,
            level=pop.assurance.level,
            matched_by=pop.binding.matched_by or "",
        )
        with contextlib.suppress(NotKept):
            row = self._store.follow(pop.handoff_ref, event, lease=None)
            if self._soon and row.state is Status.DUE and not row.attempts:
                self._soon(row.handoff_id)

    def outcome(self, handoff_id: str, reason: str, call_key: str | None) -> FollowUp:
        before = self._events(handoff_id, Kind.OUTCOME)[:1]
        last = next((event for _, event in before if isinstance(event, Outcome)), None)
        return self._follow(handoff_id, checked.outcome(reason, call_key, last, self._clock()))

    def callback(self, handoff_id: str, wanted: Window) -> FollowUp:
        ramps, handoff = self._mappings.ramps, self._written(handoff_id)
        earlier, _ = self._callbacks(handoff_id)
        event = checked.callback(handoff, wanted, earlier, ramps, self._clock())
        return self._follow(handoff_id, event)

    def callback_tried(self, handoff_id: str, reached: bool) -> FollowUp:
        asked, tried = self._callbacks(handoff_id)
        return self._follow(handoff_id, checked.callback_tried(asked, tried, reached, self._clock()))

    def _follow(self, handoff_id: str, event: Event) -> FollowUp:
        return told(self._send(self._store.follow(handoff_id, event, lease=lease(ONLINE))))

    def _written(self, handoff_id: str) -> Handoff:
        """The handoff, if it is one that is written to Salesforce."""
        row = self._store.row(handoff_id)
        if row is None or row.kind is not Kind.TAP or row.state is Status.KEPT or not row.payload:
            expected = "expected the id of a handoff that is written to Salesforce"
            raise invalid([Problem("handoff_id", expected)], code="UNKNOWN_HANDOFF")
        return Handoff.from_kept(row.payload)

    def with_callback(self, pop: ScreenPop) -> ScreenPop:
        """The pop with the callback that its person waits for, where its context is shown."""
        if pop.context is None or pop.handoff_ref is None:
            return pop
        with contextlib.suppress(NotKept):
            shown = checked.shown(*self._callbacks(pop.handoff_ref), self._clock())
            return pop.model_copy(update={"callback": shown}) if shown else pop
        return pop

    def _callbacks(self, handoff_id: str) -> tuple[list[KeptCallback], list[CallbackTried]]:
        """The callbacks that this person has asked for, newest first, and the tries to call back."""
        kinds = (Kind.CALLBACK, Kind.CALLBACK_TRIED)
        found = self._events(handoff_id, *kinds, by_person=True)
        return (
            [KeptCallback(row_id, event) for row_id, event in found if isinstance(event, Callback)],
            [event for _, event in found if isinstance(event, CallbackTried)],
        )

    def _events(self, handoff_id: str, *kinds: Kind, by_person: bool = False) -> list[tuple[str, Event]]:
        rows = self._store.followed(handoff_id, *kinds, by_person=by_person)
        return [(row.handoff_id, read_event(row.payload)) for row in rows]


def told(row: Row) -> FollowUp:
    """What became of a follow-up."""
    return FollowUp(
        follow_up_id=row.handoff_id,
        handoff_id=row.parent or "",
        kind=row.kind,
        status=row.state,
        case_id=row.case_id,
        case_number=row.case_number,
        task_id=row.task_id,
        api_calls=row.api_calls,
        code=row.code,
        message=row.message,
        notes=row.notes,
    )
