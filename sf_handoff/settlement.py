"""What is noted in the store of an attempt: the handoff's state, the reason in words, when to try again."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from sf_handoff.calls.composite import Todo
from sf_handoff.calls.settle import Progress, is_final, words
from sf_handoff.calls.states import Status
from sf_handoff.calls.steps import Reached
from sf_handoff.errors import HandoffError, Rejected, Uncertain
from sf_handoff.ports import Row, Settlement
from sf_handoff.retry import Verdict

MOST_ATTEMPTS = 20
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 300.0


def settlement(
    row: Row,
    progress: Progress,
    error: HandoffError | None,
    notes: tuple[str, ...],
    api_calls: int,
    *,
    suspect: bool = False,
) -> Settlement:
    """What became of one attempt, from how far it came and what stopped the call, if anything did.

    A `suspect` is a row whose request came to nothing while those of others were answered.
    """
    done = progress.case is Todo.DONE
    return replace(
        _settlement(row, progress, error, suspect=suspect),
        case_id=progress.case_id if done else None,
        case_number=progress.case_number if done else None,
        task_id=progress.task_id,
        contact_linked=progress.tap.link if progress.case_id else None,
        api_calls=api_calls,
        notes=notes,
    )


def follow_up_settlement(
    row: Row,
    reached: Reached,
    error: HandoffError | None,
    notes: tuple[str, ...],
    api_calls: int,
    *,
    suspect: bool = False,
) -> Settlement:
    """What became of an attempt for what followed a tap."""
    return replace(
        _settlement(row, reached, error, suspect=suspect),
        case_id=reached.case_id,
        task_id=reached.task_id,
        api_calls=api_calls,
        notes=notes,
    )


def not_yet(row: Row, state: Status, code: str | None, message: str | None) -> Settlement:
    """For a row that was not tried, because what it needs is not there."""
    wait = timedelta(seconds=_wait(row.attempts)) if state is Status.DUE else None
    return Settlement(state, code, message, retry_in=wait, counted=False)


def _settlement(
    row: Row, reached: Progress | Reached, error: HandoffError | None, *, suspect: bool = False
) -> Settlement:
    state, code, message = _verdict(reached, error)
    counted = _counts(reached, error) or (suspect and isinstance(error, Uncertain))
    if state is Status.DUE and counted and row.attempts + 1 >= MOST_ATTEMPTS:
        state, message = Status.PARKED, f"Given up after {MOST_ATTEMPTS} attempts. {message}"
    wait = timedelta(seconds=_wait(row.attempts)) if state is Status.DUE else None
    return Settlement(state, code, message, retry_in=wait, counted=counted)


def not_noted(row: Row, settled: Settlement) -> Row:
    """The row, as far as its caller may rely on it, when the store could not note what became of it.

    It is kept, and given back when its lease ends; then it is sent again under its key.
    """
    return replace(
        row,
        state=Status.DUE,
        code="STORE",
        message="It was sent, but the store could not note it; it will be sent again, which doubles nothing.",
        api_calls=row.api_calls + settled.api_calls,
    )


def _verdict(
    progress: Progress | Reached, error: HandoffError | None
) -> tuple[Status, str | None, str | None]:
    if progress.delivered:
        return Status.DELIVERED, None, None
    if error is not None:
        return (Status.PARKED if isinstance(error, Rejected) else Status.DUE), error.code, error.message
    refusal = progress.refusal
    if refusal is None:
        return Status.DUE, "INCOMPLETE", "Not everything is written yet; it will be sent again."
    state = Status.PARKED if is_final(refusal) else Status.DUE
    return state, refusal.code, words(progress.record, refusal)


def _counts(progress: Progress | Reached, error: HandoffError | None) -> bool:
    """An attempt counts where it says something of this row: not while Salesforce is away, however that
    shows, or the set-up wrong."""
    if error is not None:
        return isinstance(error, Uncertain | Rejected) and error.code not in _AWAY
    return progress.refusal is None or progress.refusal.verdict not in _NOT_ITS_OWN


# What a proxy says, or nobody at all.
_AWAY = frozenset({"BROKEN_OFF", "TIMEOUT", "NOT_JSON", "REDIRECT"})
_NOT_ITS_OWN = frozenset({Verdict.SETUP, Verdict.SIGN_IN, Verdict.CAPACITY})


def _wait(attempts: int) -> float:
    return random.uniform(0, min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(attempts, 16)))
