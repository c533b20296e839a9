"""Guessing codes: 100,000 guesses at 500 live codes, judged by the code that judges calls.

In memory, because so many commits to a disk take longer than a test may; that the store counts the same way,
and one guess after the other, is in tests/adapters/test_calls.py, and a shorter attack on it in
tests/flow/test_binding.py.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sf_handoff.calls import breakers
from sf_handoff.calls.binding import IncomingCall
from sf_handoff.calls.codes import RANDOM_DIGITS, damm
from sf_handoff.calls.evidence import Asked
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.ladder import answer
from sf_handoff.calls.methods import DialledCode
from sf_handoff.calls.numbers import Caller, CallerNumber
from sf_handoff.calls.samples import sample_handoff
from tests.calls.books import Memory

AT = datetime(2026, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)
LIVE, GUESSES = 500, 100_000
HITS_OF_THE_FACTS = 0.015  # of a day of 1,000 hostile calls with three tries each
UNKNOWN = Caller(CallerNumber.BLOCKED)


@dataclass
class Attack:
    """What came of it: the guesses that a code alone would have been good for, and the codes that opened."""

    exposed: int = 0
    hits: int = 0

    @property
    def expected_hits(self) -> float:
        """With codes of their real length."""
        return float(self.exposed * LIVE / 10**RANDOM_DIGITS)


def attack(lasting: timedelta, *, space: int, caller: Caller = UNKNOWN) -> Attack:
    """Guesses without repetition among `space` codes, three a call, evenly over the time."""
    draw = random.Random(20261120)
    memory, came_to = Memory(), Attack()
    memory.keep("h-1", Handoff.parse(sample_handoff(at=AT)))
    for number in draw.sample(range(space), LIVE):
        memory.give_code(_code(number), "h-1", until=AT + 2 * DAY)
    for guess in range(GUESSES):
        at = AT + lasting * (guess / GUESSES)
        call = IncomingCall(f"c-{guess // 3}", digits=_code(draw.randrange(space)))
        lookups = memory.call(call.call_key, at)
        came_to.exposed += not lookups.misses(caller.e164).too_many
        found = answer(Asked(call, caller), lookups, (DialledCode(),))
        came_to.hits += found.opens
    return came_to


def _code(number: int) -> str:
    digits = f"{number:0{RANDOM_DIGITS}d}"
    return digits + damm(digits)


def test_a_day_of_guessing_stays_below_a_day_of_hostile_calls() -> None:
    came_to = attack(DAY, space=10**RANDOM_DIGITS)
    assert came_to.expected_hits <= HITS_OF_THE_FACTS
    assert came_to.hits == 0


def test_in_ten_minutes_only_the_first_guesses_count() -> None:
    assert attack(timedelta(minutes=10), space=10**RANDOM_DIGITS).exposed == breakers.MOST_OF_ALL


def test_one_number_has_fewer_still() -> None:
    caller = Caller(CallerNumber.GIVEN, "+12025550199")
    assert attack(timedelta(minutes=10), space=10**RANDOM_DIGITS, caller=caller).exposed == (
        breakers.MOST_OF_ONE
    )


# One code in 40 is live: what opens by chance can be counted.
SMALL = 20_000


def test_in_a_small_space_the_breakers_are_seen_to_hold() -> None:
    came_to = attack(timedelta(minutes=10), space=SMALL)
    assert came_to.hits <= 3
    assert came_to.exposed <= breakers.MOST_OF_ALL + came_to.hits


def test_without_breakers_the_same_attack_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests above are worth: each of their bounds is broken."""
    for name in ("MOST_OF_ONE", "MOST_OF_ALL"):
        monkeypatch.setattr(breakers, name, GUESSES + 1)
    came_to = attack(DAY, space=SMALL)
    assert came_to.expected_hits > 30 * HITS_OF_THE_FACTS
    assert came_to.hits > 400


def test_what_callers_do_wrong_is_far_from_a_breaker() -> None:
    """Four times the peak, every call from the app, one code in fifty garbled."""
    dialled = 1_520
    not_caught = dialled * 0.02 * 0.1
    assert not_caught < breakers.MOST_OF_ALL / 6
