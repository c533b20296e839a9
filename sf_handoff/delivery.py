"""Sends one kept handoff, and settles it in the store by what Salesforce answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sf_handoff.calls.composite import CompositeRequest, Part, Todo, compose, read
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.settle import Progress, advance, is_final, words
from sf_handoff.calls.states import Linked, Status
from sf_handoff.calls.tap import Tap
from sf_handoff.errors import HandoffError, NotKept, Rejected, Uncertain
from sf_handoff.mapping import MappingSet
from sf_handoff.ports import Row, Salesforce, Settlement, Store
from sf_handoff.retry import Call, RetryPolicy

_log = logging.getLogger("sf_handoff")

# The call itself; and once more each for: the person's link left out, a Case that agents are done with, a
# queue made anew, and a Case that another tap made first.
MOST_CALLS = 5
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 300.0


def lease(policy: RetryPolicy) -> timedelta:
    """How long a row is held for one attempt. A worker that dies gives its rows back after it."""
    return timedelta(seconds=max(15.0, policy.total + 5.0))


@dataclass(frozen=True)
class Attempt:
    """A settled row, and the error of the call as a whole if it did not go through."""

    row: Row
    error: HandoffError | None


class Delivery:
    """Turns a row into calls to Salesforce. Safe to share between threads."""

    def __init__(
        self, salesforce: Salesforce, store: Store, mappings: MappingSet, clock: Callable[[], datetime]
    ) -> None:
        self._salesforce, self._store, self._mappings, self._clock = salesforce, store, mappings, clock
        self._names: dict[str, str] = {}

    def attempt(self, row: Row, policy: RetryPolicy) -> Attempt:
        """One attempt for a row that the caller has leased."""
        call, notes = Call(policy), tuple[str, ...]()
        error: HandoffError | None = None
        progress = self._start(row)
        try:
            for _ in range(MOST_CALLS):
                if progress.over:
                    row = self._store.new_episode(row)
                    progress = replace(self._start(row), tap=self._tap(row, progress.tap.link))
                if not progress.next_call_helps:
                    break
                progress, notes = self._call(progress, call)
        except HandoffError as failure:
            error = failure
        settlement = _settlement(row, progress, error, notes, call)
        try:
            return Attempt(self._store.settle(row, settlement), error)
        except NotKept:
            pass
        return Attempt(_not_noted(row, settlement), error)

    def _start(self, row: Row) -> Progress:
        """What is to be written, from what the store knows of the row and its episode.

        A later tap joins the episode's Case and brings it up to date. An earlier one, and one whose time is
        over, adds its Task only.
        """
        tap = self._tap(row)
        if row.case_id is None:
            case = Todo.MAKE
        else:
            case = Todo.DONE if row.case_done or not row.newest or tap.late else Todo.JOIN
        task = Todo.DONE if row.task_id else Todo.MAKE
        return Progress(tap, case, task, row.case_id, row.case_number, row.task_id)

    def _tap(self, row: Row, link: Linked | None = None) -> Tap:
        handoff = Handoff.from_kept(row.payload)
        person = handoff.veteran
        key = self._mappings.person.identifier(person) if person else None
        return Tap(
            handoff=handoff,
            handoff_id=row.handoff_id,
            case_key=row.case_key,
            ramp=self._mappings.ramps.ramp(handoff.screen),
            taps=row.taps,
            late=self._clock() > row.expires_at,
            person_key=key,
            link=link or (Linked.LINKED if key else Linked.NONE),
        )

    def _call(self, progress: Progress, call: Call) -> tuple[Progress, tuple[str, ...]]:
        """One call, and what the maps noted on the way."""
        known = dict(self._names)
        request = self._composed(progress, known)
        parts = self._answered(request, call)
        answer = read(parts, self._mappings.case)
        self._names.update({key: found for key, found in answer.names.items() if found})
        after = advance(progress, answer, parts)
        if known and after.refusal and after.refusal.code == "INVALID_CROSS_REFERENCE_KEY":
            # A queue or record type may have been made anew under the same name: look them up again.
            self._names.clear()
            after = replace(after, refusal=None)
        return after, request.notes

    def _composed(self, progress: Progress, names: dict[str, str]) -> CompositeRequest:
        """The request, by the maps. A map that fails must cost neither the receipt nor the rows behind it."""
        surprise = ""
        try:
            return compose(
                progress.tap,
                self._mappings.case,
                self._mappings.task,
                case=progress.case,
                task=progress.task,
                case_id=progress.case_id,
                names=names,
            )
        except HandoffError:
            raise
        except Exception as error:
            surprise = type(error).__name__
        raise Rejected(
            f"The maps failed on this handoff ({surprise}). Mend them, then send it again.", code="MAP"
        )

    def _answered(self, request: CompositeRequest, call: Call) -> tuple[Part, ...]:
        """The answer's parts. What nobody foresaw must not cost the caller a receipt: it is sent again."""
        surprise = ""
        try:
            return self._salesforce.composite(request, call)
        except HandoffError:
            raise
        except Exception as error:
            surprise = type(error).__name__
        _log.error("Sending failed in a way that was not foreseen: %s", surprise)
        raise Uncertain(f"Sending failed in a way that was not foreseen ({surprise}).", code="UNFORESEEN")


def _settlement(
    row: Row, progress: Progress, error: HandoffError | None, notes: tuple[str, ...], call: Call
) -> Settlement:
    state, code, message = _verdict(progress, error)
    done = progress.case is Todo.DONE
    return Settlement(
        state=state,
        code=code,
        message=message,
        case_id=progress.case_id if done else None,
        case_number=progress.case_number if done else None,
        task_id=progress.task_id,
        contact_linked=progress.tap.link if progress.case_id else None,
        api_calls=call.requests,
        notes=notes,
        retry_in=timedelta(seconds=_wait(row.attempts)) if state is Status.DUE else None,
    )


def _verdict(progress: Progress, error: HandoffError | None) -> tuple[Status, str | None, str | None]:
    if progress.delivered:
        return Status.DELIVERED, None, None
    if error is not None:
        return (Status.PARKED if isinstance(error, Rejected) else Status.DUE), error.code, error.message
    refusal = progress.refusal
    if refusal is None:
        return Status.DUE, "INCOMPLETE", "Not everything is written yet; it will be sent again."
    state = Status.PARKED if is_final(refusal) else Status.DUE
    return state, refusal.code, words(progress.record, refusal)


def _not_noted(row: Row, settlement: Settlement) -> Row:
    """The row, as far as its caller may rely on it, when the store could not note what became of it.

    It is kept, and given back when its lease ends; then it is sent again under its key.
    """
    return replace(
        row,
        state=Status.DUE,
        code="STORE",
        message="It was sent, but the store could not note it; it will be sent again, which doubles nothing.",
        api_calls=row.api_calls + settlement.api_calls,
    )


def _wait(attempts: int) -> float:
    import random

    return random.uniform(0, min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(attempts, 16)))
