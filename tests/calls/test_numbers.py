"""Telephone numbers: the traps of parsing them."""

from __future__ import annotations

import pytest

from sf_handoff.calls.numbers import CallerNumber, caller, display, e164


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("800-827-1000", "+18008271000"),
        ("1-800-MYVA411", "+18006982411"),
        ("+18008271000,,123456786", "+18008271000"),
        ("+18008271000,123456789012345678", "+18008271000"),
        ("+18008271000;123456", "+18008271000"),
        ("+18008271000;ext=123456789012345678901234", "+18008271000"),
        ("+18008271000p123456", "+18008271000"),
        ("+18008271000w123456", "+18008271000"),
        ("800-827-1000 x12345678901234567890", "+18008271000"),
        ("(800) 827-1000 ext. 12", "+18008271000"),
        ("800-827-1000#12", "+18008271000"),
        ("tel:+18008271000,,123456786", "+18008271000"),
        ("1-800-4PEOPLE", "+18004736753"),
        ("(503) 555-0142", "+15035550142"),
        ("+44 20 7946 0018", "+442079460018"),
        ("011 44 20 7946 0018", "+442079460018"),
    ],
)
def test_a_number_in_any_spelling(given: str, found: str) -> None:
    assert e164(given) == found


@pytest.mark.parametrize(
    "given",
    ["711", "988", "0000000000", "+10000000000", "sip:a@b", "", "anonymous", "Restricted", "266696687", "+266696687",
     "2562533", "+2562533", "8656696", "+8656696", "+8008271000", ",,123456786", "x" * 300, "1" * 300],
)  # fmt: skip
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
        "+8656696",
        "00000",
        "+10000000000",
        "0000000000",
        "+17378742833",
        "1-737-874-2833",
        "94844353",
        "Unavailable",
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
        ("1", CallerNumber.MALFORMED),
        ("sip:a@b", CallerNumber.MALFORMED),
        ("711", CallerNumber.MALFORMED),
        ("+442079460018", CallerNumber.GIVEN),
        ("+15035550142", CallerNumber.GIVEN),
    ],
)
def test_what_can_be_said_of_a_caller(given: str | None, kind: CallerNumber) -> None:
    assert caller(given).kind is kind


def test_the_whole_number_is_compared() -> None:
    """The national number alone would merge +1 with other countries."""
    assert e164("+7 800 827-10-00") != e164("800-827-1000")


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+15035550142", "503-555-0142"), ("+442079460018", "+44 20 7946 0018")],
)
def test_a_number_as_people_write_it(number: str, shown: str) -> None:
    assert display(number) == shown
