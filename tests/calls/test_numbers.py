"""Telephone numbers: the traps of parsing them."""

from __future__ import annotations

import pytest

from sf_handoff.calls.numbers import CallerNumber, caller, e164


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("800-827-1000", "+18008271000"),
        ("1-800-MYVA411", "+18006982411"),
        ("+18008271000,,123456786", "+18008271000"),
        ("+18008271000;123456", "+18008271000"),
        ("(503) 555-0142", "+15035550142"),
        ("+44 20 7946 0018", "+442079460018"),
    ],
)
def test_a_number_in_any_spelling(given: str, found: str) -> None:
    assert e164(given) == found


@pytest.mark.parametrize(
    "given", ["711", "988", "0000000000", "+10000000000", "sip:a@b", "", "8656696", "+8656696"]
)
def test_possible_is_not_valid(given: str) -> None:
    assert e164(given) is None


@pytest.mark.parametrize(
    "given",
    [
        "anonymous",
        "Restricted",
        "BLOCKED",
        "7378742833",
        "266696687",
        "+266696687",
        "2562533",
        "8656696",
        "00000",
    ],
)
def test_what_stands_for_no_number_is_blocked(given: str) -> None:
    assert caller(given).kind is CallerNumber.BLOCKED


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (None, CallerNumber.ABSENT),
        ("  ", CallerNumber.ABSENT),
        ("abc", CallerNumber.MALFORMED),
        ("12345", CallerNumber.MALFORMED),
        ("+15035550142", CallerNumber.GIVEN),
    ],
)
def test_what_can_be_said_of_a_caller(given: str | None, kind: CallerNumber) -> None:
    assert caller(given).kind is kind
