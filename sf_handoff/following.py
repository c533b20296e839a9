"""What services and staff tell after a tap: kept first, then sent as a handoff is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sf_handoff.calls import told as checked
from sf_handoff.calls.binding import usable_key
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
from sf_handoff.errors import InvalidHandoff, NotKept, Problem, Rejected
from sf_handoff.ports import Row, Store, Telling
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
        def told_now(before: Sequence[Row]) -> Event:
            last = next((event for _, event in _events(before) if isinstance(event, Outcome)), None)
            return checked.outcome(reason, call_key, last, self._clock())

        return self._follow(handoff_id, Telling(told_now, (Kind.OUTCOME,)))

    def callback(self, handoff_id: str, wanted: Window) -> FollowUp:
        ramps, handoff = self._mappings.ramps, self._written(handoff_id)

        def asked_now(before: Sequence[Row]) -> Event:
            return checked.callback(handoff, wanted, *_callbacks(before), ramps, self._clock())

        return self._follow(handoff_id, Telling(asked_now, _CALLBACKS, by_person=True))

    def callback_tried(self, handoff_id: str, reached: bool) -> FollowUp:
        def tried_now(before: Sequence[Row]) -> Event:
            return checked.callback_tried(*_callbacks(before), reached, self._clock())

        return self._follow(handoff_id, Telling(tried_now, _CALLBACKS, by_person=True))

    def with_callback(self, pop: ScreenPop) -> ScreenPop:
        """The pop with the callback that its person waits for, where its context is shown."""
        if pop.context is None or pop.handoff_ref is None:
            return pop
        with contextlib.suppress(NotKept):
            before = self._store.followed(pop.handoff_ref, *_CALLBACKS, by_person=True)
            shown = checked.shown(*_callbacks(before), self._clock())
            return pop.model_copy(update={"callback": shown}) if shown else pop
        return pop

    def _follow(self, handoff_id: str, event: Telling) -> FollowUp:
        if not usable_key(handoff_id):
            raise _unknown("the id of a handoff that was kept")
        return told(self._send(self._store.follow(handoff_id, event, lease=lease(ONLINE))))

    def _written(self, handoff_id: str) -> Handoff:
        """The handoff, if it is one that is written to Salesforce."""
        row = self._store.row(handoff_id) if usable_key(handoff_id) else None
        written = row is not None and row.state is not Status.KEPT and not row.undone
        if row is None or not written or row.kind is not Kind.TAP or not row.payload:
            raise _unknown("the id of a handoff that is written to Salesforce")
        return Handoff.from_kept(row.payload)


def _unknown(expected: str) -> InvalidHandoff:
    return invalid([Problem("handoff_id", f"expected {expected}")], code="UNKNOWN_HANDOFF")


_CALLBACKS = (Kind.CALLBACK, Kind.CALLBACK_TRIED)


def _callbacks(before: Sequence[Row]) -> tuple[list[KeptCallback], list[CallbackTried]]:
    """The callbacks that a person has asked for, newest first, and the tries to call back."""
    found = _events(before)
    return (
        [KeptCallback(row_id, event) for row_id, event in found if isinstance(event, Callback)],
        [event for _, event in found if isinstance(event, CallbackTried)],
    )


def _events(before: Sequence[Row]) -> list[tuple[str, Event]]:
    """Those that can be read: what another release has kept must not stand in the way of what is told now."""
    found: list[tuple[str, Event]] = []
    for row in before:
        with contextlib.suppress(Rejected):
            found.append((row.handoff_id, read_event(row.payload)))
    return found


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
