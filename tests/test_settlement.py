"""What is noted of an attempt: whether it counts, when it is tried again, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sf_handoff.adapters.answers import NeverSent, RefusedNow
from sf_handoff.calls.composite import Refusal, Todo
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.settle import Progress
from sf_handoff.calls.states import Linked, Status
from sf_handoff.calls.tap import Tap
from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, Rejected, Uncertain
from sf_handoff.gate import Resting
from sf_handoff.mapping import MappingSet
from sf_handoff.ports import Row, Settlement
from sf_handoff.retry import Verdict
from sf_handoff.settlement import MOST_ATTEMPTS, not_noted, settlement

AT = datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC)
KEY = "11111111-1111-4111-8111-111111111111"


def row(attempts: int = 0) -> Row:
    return Row(
        handoff_id=KEY,
        state=Status.DUE,
        payload=b"",
        attempts=attempts,
        next_at=AT,
        code=None,
        message=None,
        case_key=KEY,
        case_id=None,
        case_number=None,
        case_done=False,
        task_id=None,
        contact_linked=None,
        api_calls=3,
        notes=(),
        taps=1,
        newest=True,
        occurred_at=AT,
        expires_at=AT,
        kept_at=AT,
        settled_at=None,
        dial_code=None,
    )


@pytest.fixture
def progress(mappings: MappingSet) -> Progress:
    handoff = Handoff.parse(sample_handoff(at=AT, handoff_id=KEY))
    ramp = mappings.ramps.ramp(handoff.screen)
    tap = Tap(handoff, KEY, KEY, ramp, taps=1, late=False, person_key="k", link=Linked.LINKED)
    return Progress(tap, Todo.MAKE, Todo.MAKE)


def settled(
    progress: Progress, error: HandoffError | None = None, attempts: int = 0, **more: Any
) -> Settlement:
    changed = Progress(**{**vars(progress), **more})
    return settlement(row(attempts), changed, error, (), 1)


@pytest.mark.parametrize(
    ("error", "counted", "state"),
    [
        (NeverSent("", code="UNREACHABLE"), False, Status.DUE),
        (RefusedNow("", code="HTTP_503"), False, Status.DUE),
        (Resting("", code="LIMIT"), False, Status.DUE),
        (Exhausted("", code="REQUEST_LIMIT_EXCEEDED"), False, Status.DUE),
        (Misconfigured("", code="AUTH"), False, Status.DUE),
        (Misconfigured("", code="CLOCK"), False, Status.DUE),
        (Uncertain("", code="TIMEOUT"), False, Status.DUE),
        (Uncertain("", code="BROKEN_OFF"), False, Status.DUE),
        (Uncertain("", code="NOT_JSON"), False, Status.DUE),
        (Uncertain("", code="REDIRECT"), False, Status.DUE),
        (Uncertain("", code="BAD_ANSWER"), True, Status.DUE),
        (Uncertain("", code="UNKNOWN_EXCEPTION"), True, Status.DUE),
        (Rejected("", code="MAP"), True, Status.PARKED),
    ],
    ids=lambda each: each.code if isinstance(each, HandoffError) else "",
)
def test_an_attempt_counts_where_it_says_something_of_the_row(
    progress: Progress, error: HandoffError, counted: bool, state: Status
) -> None:
    found = settled(progress, error)
    assert (found.counted, found.state, found.code) == (counted, state, error.code)
    last = settled(progress, error, MOST_ATTEMPTS - 1)
    assert last.state is (Status.PARKED if counted else Status.DUE)


@pytest.mark.parametrize(
    ("verdict", "counted", "state"),
    [
        (Verdict.SETUP, False, Status.DUE),
        (Verdict.CAPACITY, False, Status.DUE),
        (Verdict.SIGN_IN, False, Status.DUE),
        (Verdict.CONTENTION, True, Status.DUE),
        (Verdict.TRANSIENT, True, Status.DUE),
        (Verdict.UNSURE, True, Status.DUE),
        (Verdict.REFUSED, True, Status.PARKED),
        (Verdict.EXISTS, True, Status.PARKED),
    ],
)
def test_a_refusal_counts_where_it_says_something_of_the_row(
    progress: Progress, verdict: Verdict, counted: bool, state: Status
) -> None:
    refused = Refusal(verdict, "CODE", ("Subject",))
    found = settled(progress, refusal=refused, record="Case")
    assert (found.counted, found.state, found.code) == (counted, state, "CODE")
    assert (found.retry_in is None) == (state is Status.PARKED)
    assert "refused the Case: CODE (field Subject)" in (found.message or "")


@pytest.mark.parametrize(("attempts", "most"), [(0, 1), (3, 8), (18, 300)])
def test_the_wait_grows_and_has_a_ceiling(progress: Progress, attempts: int, most: float) -> None:
    waits = [settled(progress, attempts=attempts).retry_in for _ in range(200)]
    found = [wait for wait in waits if wait is not None]
    assert len(found) == 200
    assert timedelta(0) <= min(found) < max(found) <= timedelta(seconds=most)
    assert max(found) > timedelta(seconds=most * 0.8)


def test_what_was_delivered_is_noted_with_its_ids(progress: Progress) -> None:
    found = settled(progress, case=Todo.DONE, task=Todo.DONE, case_id="500X", case_number="7", task_id="00TX")
    assert (found.state, found.code, found.retry_in) == (Status.DELIVERED, None, None)
    assert (found.case_id, found.case_number, found.task_id, found.api_calls) == ("500X", "7", "00TX", 1)


def test_a_row_that_could_not_be_noted_stays_due_in_words(progress: Progress) -> None:
    told = not_noted(row(), settled(progress, case=Todo.DONE, task=Todo.DONE))
    assert (told.state, told.code, told.api_calls) == (Status.DUE, "STORE", 4)
    assert "doubles nothing" in (told.message or "")
