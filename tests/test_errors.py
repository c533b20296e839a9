"""The errors as callers see them: what is a kind of what, what they carry, and that they travel."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from sf_handoff.adapters.answers import NeverSent, RefusedNow, SessionOver
from sf_handoff.errors import (
    Exhausted,
    HandoffError,
    InvalidHandoff,
    Misconfigured,
    NotKept,
    Problem,
    Rejected,
    Unavailable,
    Uncertain,
)

EVERY = [
    HandoffError("words", code="A"),
    InvalidHandoff("words", code="KEY_CONFLICT", problems=(Problem("veteran.icn", "17 characters"),)),
    Rejected("words", code="STRING_TOO_LONG", fields=("Subject", "Description")),
    Misconfigured("words", code="INVALID_FIELD", fields=("Handoff_Id__c",)),
    *(
        kind("words", code="A", retry_after=7.5)
        for kind in (Unavailable, NotKept, Uncertain, Exhausted, NeverSent, RefusedNow, SessionOver)
    ),
]
IDS = [type(each).__name__ for each in EVERY]


def raise_it(error: HandoffError) -> None:
    raise error


@pytest.mark.parametrize("error", EVERY, ids=IDS)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_x03_an_error_survives_pickling(error: HandoffError, protocol: int) -> None:
    again = pickle.loads(pickle.dumps(error, protocol))
    assert type(again) is type(error)
    assert (again.args, vars(again), str(again)) == (error.args, vars(error), "words")


@pytest.mark.parametrize("error", EVERY, ids=IDS)
def test_an_error_can_be_copied(error: HandoffError) -> None:
    again = copy.copy(error)
    assert (type(again), vars(again)) == (type(error), vars(error))
    assert again is not error


def test_x03_errors_cross_from_one_process_to_another() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        for error in EVERY:
            raised = processes.submit(raise_it, error).exception(timeout=60)
            assert type(raised) is type(error)
            assert {**vars(error), **vars(raised)} == vars(raised)


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        (InvalidHandoff, HandoffError),
        (Rejected, HandoffError),
        (Misconfigured, HandoffError),
        (Unavailable, HandoffError),
        (NotKept, Unavailable),
        (Uncertain, Unavailable),
        (Exhausted, Unavailable),
        (NeverSent, Unavailable),
        (RefusedNow, Unavailable),
        (SessionOver, Unavailable),
    ],
)
def test_what_is_a_kind_of_what(kind: type[HandoffError], base: type[HandoffError]) -> None:
    assert kind.__base__ is base


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (HandoffError("words"), "ERROR"),
        (InvalidHandoff("words"), "INVALID"),
        (Rejected("words"), "REJECTED"),
        (Misconfigured("words"), "CONFIG"),
        (Unavailable("words"), "UNAVAILABLE"),
    ],
)
def test_every_error_has_a_code_and_words(error: HandoffError, code: str) -> None:
    assert (error.code, error.message, str(error)) == (code, "words", "words")


def test_what_is_optional_is_empty() -> None:
    assert InvalidHandoff("words").problems == ()
    assert Rejected("words").fields == Misconfigured("words").fields == ()
    assert Unavailable("words").retry_after is None


def test_a_problem_says_where_and_what() -> None:
    assert str(Problem("veteran.icn", "must have 17 characters")) == "veteran.icn: must have 17 characters"
