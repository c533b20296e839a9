"""Sends one kept handoff, and settles it in the store by what Salesforce answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sf_handoff.calls.composite import Answer, CompositeRequest, Knowledge, Part, compose, read
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.settle import Progress, advance, goes_on, words
from sf_handoff.calls.states import Linked, Status
from sf_handoff.calls.tap import Tap
from sf_handoff.errors import HandoffError, NotKept, Rejected, Uncertain
from sf_handoff.mapping import MappingSet
from sf_handoff.ports import Row, Salesforce, Settlement, Store
from sf_handoff.retry import Call, RetryPolicy, Verdict

_log = logging.getLogger("sf_handoff")

# The call itself, once more without the link to a person, once more after another writer was first.
MOST_CALLS = 3
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 300.0


def lease(policy: RetryPolicy) -> timedelta:
    """How long a row is held for one attempt. A worker that dies gives its rows back after it."""
    return timedelta(seconds=max(15.0, policy.total + 5.0))


@dataclass(frozen=True)
class Attempt:
    """A settled row, and the error of the call as a whole if it did not go through."""

    row: Row
    error: HandoffError | None


@dataclass(frozen=True)
class Step:
    """How far the calls have come, what the maps noted, and why there was no answer, if there was none."""

    progress: Progress
    notes: tuple[str, ...] = ()
    error: HandoffError | None = None


class Delivery:
    """Turns a row into calls to Salesforce. Safe to share between threads."""

    def __init__(
        self, salesforce: Salesforce, store: Store, mappings: MappingSet, clock: Callable[[], datetime]
    ) -> None:
        self._salesforce, self._store, self._mappings, self._clock = salesforce, store, mappings, clock
        self._names: dict[str, str] = {}

    def attempt(self, row: Row, policy: RetryPolicy) -> Attempt:
        """One attempt for a row that the caller has leased."""
        call = Call(policy)
        step = Step(self._start(row))
        try:
            for _ in range(MOST_CALLS):
                step = self._step(step.progress, call)
                if step.error is None and self._joined_what_is_over(row, step.progress):
                    row = self._store.new_episode(row)
                    step = Step(replace(self._start(row), task=Knowledge.NEW, task_id=None))
                elif step.error is None and not step.progress.next_call_helps:
                    break
        except HandoffError as failure:
            step = replace(step, error=failure)
        settlement = self._settlement(row, step, call)
        try:
            return Attempt(self._store.settle(row, settlement), step.error)
        except NotKept:
            pass
        return Attempt(_not_noted(row, settlement), step.error)

    def _step(self, progress: Progress, call: Call) -> Step:
        """One call. Where it may have been carried out unseen, the next one looks before it writes."""
        try:
            answer, notes = self._call(progress, call)
        except Uncertain as failure:
            if progress.looks_up:
                raise
            return Step(progress.unanswered(), error=failure)
        return Step(advance(progress, answer), notes)

    def _start(self, row: Row) -> Progress:
        """What is to be written, from what the store knows of the row and its episode."""
        if row.case_done or (row.case_id and not row.newest):
            case = Knowledge.DONE
        elif row.case_id:
            case = Knowledge.THERE
        else:
            case = Knowledge.UNSURE if row.case_unsure or _may_be_there(row) else Knowledge.NEW
        if row.task_id:
            task = Knowledge.DONE
        else:
            task = Knowledge.UNSURE if _may_be_there(row) else Knowledge.NEW
        return Progress(self._tap(row), case, task, row.case_id, row.case_number, row.task_id)

    def _tap(self, row: Row) -> Tap:
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
            link=Linked.LINKED if key else Linked.NONE,
        )

    def _call(self, progress: Progress, call: Call) -> tuple[Answer, tuple[str, ...]]:
        maps = self._mappings
        request = compose(
            progress.tap,
            maps.case,
            maps.task,
            case=progress.case,
            task=progress.task,
            case_id=progress.case_id if progress.case is Knowledge.DONE else None,
            names=self._names,
        )
        answer = read(self._answered(request, call), maps.case)
        self._names.update({key: found for key, found in answer.names.items() if found})
        refusal = answer.case.refusal if answer.case else None
        if refusal and refusal.code == "INVALID_CROSS_REFERENCE_KEY":
            # A queue or record type may have been made anew under the same name.
            self._names.clear()
        return answer, request.notes

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

    def _joined_what_is_over(self, row: Row, progress: Progress) -> bool:
        """Whether this tap was added to an episode whose Case agents are done with already."""
        return progress.case_over and progress.task is Knowledge.DONE and row.case_key != row.handoff_id

    def _settlement(self, row: Row, step: Step, call: Call) -> Settlement:
        progress, error = step.progress, step.error
        state, code, message = _verdict(progress, error)
        return Settlement(
            state=state,
            code=code,
            message=message,
            case_id=progress.case_id if progress.case is Knowledge.DONE else None,
            case_number=progress.case_number if progress.case is Knowledge.DONE else None,
            task_id=progress.task_id,
            contact_linked=progress.tap.link if progress.case_id else None,
            api_calls=call.requests,
            notes=step.notes,
            unsure=isinstance(error, Uncertain) or Knowledge.UNSURE in (progress.case, progress.task),
            case_over=progress.case_over,
            retry_in=timedelta(seconds=_wait(row.attempts)) if state is Status.DUE else None,
        )


def _not_noted(row: Row, settlement: Settlement) -> Row:
    """The row, as far as its caller may rely on it, when the store could not note what became of it.

    It is kept, and given back when its lease ends; then it is looked up and sent again under its key.
    """
    return replace(
        row,
        state=Status.DUE,
        code="STORE",
        message="It was sent, but the store could not note it; it will be looked up and sent again.",
        api_calls=row.api_calls + settlement.api_calls,
    )


def _may_be_there(row: Row) -> bool:
    """Whether Salesforce may have this tap although we have no answer that says so.

    Either an attempt ended without one; or the tap was long over when we first heard of it, as when the
    store was restored from a backup and an app sends again: agents may have worked on its Case since.
    """
    return row.unsure or row.kept_at > row.expires_at


def _verdict(progress: Progress, error: HandoffError | None) -> tuple[Status, str | None, str | None]:
    if error is not None:
        return (Status.PARKED if isinstance(error, Rejected) else Status.DUE), error.code, error.message
    if progress.delivered:
        return Status.DELIVERED, None, None
    refusal = progress.refusal
    if refusal is None:
        return (
            Status.DUE,
            "INCOMPLETE",
            "Salesforce's answer did not cover everything; it will be sent again.",
        )
    state = Status.DUE if goes_on(refusal) or refusal.verdict is Verdict.SETUP else Status.PARKED
    return state, refusal.code, words(progress.record, refusal, _personal(progress.tap))


def _personal(tap: Tap) -> list[str]:
    """The values that Salesforce's own text may echo, and that must not be kept in it."""
    handoff = tap.handoff
    found = handoff.veteran.model_dump().values() if handoff.veteran else ()
    claim_id = handoff.claim.id if handoff.claim else None
    return [str(value) for value in (*found, claim_id) if value]


def _wait(attempts: int) -> float:
    import random

    return random.uniform(0, min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(attempts, 16)))
