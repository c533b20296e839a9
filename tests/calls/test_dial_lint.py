"""The linter for dial links: every verdict, and no link that is clean and unsafe."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sf_handoff.calls.codes import LENGTH, damm
from sf_handoff.calls.dial_lint import Verdict, lint
from sf_handoff.calls.numbers import e164

SAFE = re.compile(r"tel:(\+[0-9]{8,15})(?:,{1,3}([0-9]{9}))?")


def found(link: str, code_length: int = LENGTH) -> list[str]:
    return [verdict.name for verdict in lint(link, code_length=code_length)]


@pytest.mark.parametrize(
    "link",
    [
        "tel:+18008271000",
        "tel:+18008271000,123456786",
        "tel:+18008271000,,123456786",
        "tel:+18008271000,,,123456786",
        "tel:+18008271000,,000000000",
        "tel:+442079460018",
    ],
)
def test_what_every_phone_understands(link: str) -> None:
    assert found(link) == []


@pytest.mark.parametrize(
    ("link", "verdicts"),
    [
        ("tel:18008271000,,123456786", ["MISSING_PLUS"]),
        ("tel:8008271000", ["MISSING_PLUS"]),
        ("tel:+1800MYVA411", ["LETTERS"]),
        ("tel:+18008271000,,123456786#", ["RAW_HASH"]),
        ("tel:+18008271000,,123456786%23", ["ENCODED_HASH"]),
        ("tel:+18008271000,,*123456786", ["STAR"]),
        ("tel:+18008271000;123456786", ["SEMICOLON"]),
        ("tel:+18008271000;ext=123", ["SEMICOLON", "LETTERS", "OTHER_CHARACTER"]),
        ("tel:+18008271000p123456786", ["PAUSE_LETTER"]),
        ("tel:+18008271000W123456786", ["PAUSE_LETTER"]),
        ("tel:+1 800 827 1000", ["SPACE"]),
        ("tel:+1%20800%20827%201000", ["SPACE"]),
        ("tel:+18008271000\n", ["SPACE"]),
        ("tel:+18008271000,,,,123456786", ["TOO_MANY_PAUSES"]),
        ("tel:+18008271000123456786", ["NO_PAUSE"]),
        ("tel:+18008271000,,12345678", ["CODE_LENGTH"]),
        ("tel:+18008271000,,1234567860", ["CODE_LENGTH"]),
        ("tel:+18008271000,,", ["CODE_LENGTH"]),
        ("tel:+18008271000,1234,5678", ["CODE_LENGTH"]),
        ("tel:+18008271000,,123456785", ["CHECK_DIGIT"]),
        ("tel:+18008271000,,,,,,,,123456786", ["TOO_MANY_PAUSES", "TOO_LONG"]),
        ("tel:+10000000000", ["NUMBER_NOT_VALID"]),
        ("tel:+8008271000", ["NUMBER_NOT_VALID"]),
        ("tel:+6834002", ["NUMBER_NOT_VALID"]),
        ("tel:", ["NUMBER_NOT_VALID"]),
        ("tel:988", ["SHORT_CODE"]),
        ("tel:+988", ["SHORT_CODE"]),
        ("tel:838255", ["SHORT_CODE"]),
        ("tel:711,,123456786", ["SHORT_CODE"]),
        ("TEL:+18008271000", ["NOT_TEL"]),
        ("sip:+18008271000", ["NOT_TEL"]),
        ("tel:+1-800-827-1000", ["OTHER_CHARACTER"]),
        ("tel:+18008271000%2C123456786", ["OTHER_CHARACTER"]),
        ("tel:+1800827100０", ["OTHER_CHARACTER"]),
        ("tel:++18008271000", ["OTHER_CHARACTER"]),
    ],
)
def test_each_thing_that_goes_wrong_has_its_verdict(link: str, verdicts: list[str]) -> None:
    assert found(link) == verdicts


def test_every_verdict_can_be_had_and_says_what_to_do() -> None:
    (marks,) = [
        mark
        for mark in test_each_thing_that_goes_wrong_has_its_verdict.pytestmark  # type: ignore[attr-defined]
        if mark.name == "parametrize"
    ]
    had = {name for _, verdicts in marks.args[1] for name in verdicts}
    assert had == {verdict.name for verdict in Verdict}
    assert all(re.fullmatch(r"[A-Z].+\.", verdict.value) for verdict in Verdict)


def test_the_length_of_a_code_is_the_deployments() -> None:
    six = "12345" + damm("12345")
    assert found(f"tel:+18008271000,{six}", 6) == []
    assert found(f"tel:+18008271000,{six}", LENGTH) == ["CODE_LENGTH"]


PIECES = st.sampled_from(
    ["tel:", "+", "18008271000", "988", "123456786", ",", ",,", ";", "#", "%23", "p", "a", " ", "0", "1"]
)


@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=7).map("".join)))
@example("tel:+18008271000,,123456786")
@example("tel:+18008271000,,123456786\n")
def test_clean_is_safe_and_safe_is_clean(link: str) -> None:
    safe = SAFE.fullmatch(link)
    fine = safe and len(link) <= 32 and e164(safe[1]) == safe[1] and (not safe[2] or damm(safe[2]) == "0")
    assert (found(link) == []) == bool(fine)
