"""What is taken out of others' text, what is left in it, and that no text takes long."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.redaction import REMOVED, mask

PERSONAL = [
    # ICN
    "1012667145V762142",
    "1012667145v762142",
    # e-mail
    "jesse.gray@example.org",
    "Jesse+va@mail.example.co.uk",
    "o'gray@example.org",
    "josé@example.org",
    "jesse@exämple.org",
    "jesse%40example.org",
    # session ids and tokens
    "00D000000000001!AQ4AQFakeSessionIdForTests.0123456789_x",
    "00D000000000001AAA!AQ4AQ-Fake_Session",
    "00D000000000001%21AQ4AQFakeSession",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl-_x",
    "Bearer abc123",
    "bearer  abc123",
    # SSN
    "123-45-6789",
    "123 45 6789",
    "123.45.6789",
    "123456789",
    "123\u201345\u20136789",
    "123\u201145\u20116789",
    "\uff11\uff12\uff13-\uff14\uff15-\uff16\uff17\uff18\uff19",
    # North American numbers
    "+15035550142",
    "15035550142",
    "5035550142",
    "503-555-0142",
    "503.555.0142",
    "503 555 0142",
    "(503) 555-0142",
    "+1 (503) 555-0142",
    "1-503-555-0142",
    "503\u2013555\u20130142",
    "503\u00a0555\u00a00142",
    # others
    "+442079460958",
    "+44 20 7946 0958",
    "+49-30-1234567",
]
AROUND = [
    "{}",
    "It was {}.",
    "({})",
    "'{}'",
    "x: {}, y",
    "Value\t{}\n",
    "id={}&x=1",
    '"{}"',
    "<{}>",
    "ICN_{} is",
]


@pytest.mark.parametrize("value", PERSONAL)
@pytest.mark.parametrize("around", AROUND)
def test_what_looks_personal_is_taken_out(value: str, around: str) -> None:
    if around.startswith("ICN_") and not value.lower().startswith("1012"):
        around = "is {}"
    masked = mask(around.format(value))
    assert REMOVED in masked
    assert not any(piece in masked for piece in pieces(value))


def pieces(value: str) -> set[str]:
    """Runs of it that would give it away."""
    value = value.removeprefix("Bearer").removeprefix("bearer").strip()
    return {value[start : start + 4] for start in range(len(value) - 3)}


LEFT = [
    "Required fields are missing: [LastName, Status]",
    "No such column 'Handoff_Id__c' on sobject of type Case",
    "Case Number 00001234",
    "2026-11-20T15:04:05.000+0000",
    "2026-11-20",
    "11/20/2026",
    "line:1, column:87",
    "value 12345678 is outside 0 to 99999999",
    "API version 66.0 of 2026",
    "1763650000",
    "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
    "Subject: data value too large (max length=255)",
    "800-827",
    "",
]


@pytest.mark.parametrize("text", LEFT)
def test_what_staff_need_to_mend_it_is_left(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("claim 600383363 is closed", f"claim {REMOVED} is closed"),  # any nine digits may be an SSN
        (
            "on record with id: 5008000000abcdE",
            f"on record with id: {REMOVED}abcdE",
        ),  # and ten a phone number
        ("call 800-827-1000", f"call {REMOVED}"),
    ],
)
def test_in_doubt_it_is_taken_out(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("said", ["Jesse", "JESSE", "jesse", "jEsSe"])
@pytest.mark.parametrize("known", ["Jesse", "JESSE", "jesse"])
def test_known_values_go_in_any_case(said: str, known: str) -> None:
    assert mask(f"{said} Smith is {said}.", [known]) == f"{REMOVED} Smith is {REMOVED}."


@pytest.mark.parametrize(
    ("text", "known", "masked"),
    [
        ("Jesse Gray", ["Gray", "Jesse Gray"], REMOVED),
        ("a.b*c is no pattern", ["a.b*c"], f"{REMOVED} is no pattern"),
        ("axbbc is no pattern", ["a.b*c"], "axbbc is no pattern"),
        (r"C:\new \1", [r"\1"], rf"C:\new {REMOVED}"),
        ("an initial J stays", ["J", ""], "an initial J stays"),
        ("Mary\u00a0Ann and Mary Ann", ["Mary\u00a0Ann"], f"{REMOVED} and {REMOVED}"),
        ("Jose\u0301 and Jos\u00e9", ["Jos\u00e9"], f"{REMOVED} and {REMOVED}"),
        ("Jos\u00e9 and JOSE\u0301", ["Jose\u0301"], f"{REMOVED} and {REMOVED}"),
        ("STRASSE", ["stra\u00dfe"], "STRASSE"),  # folded by length, not by spelling
        ("removed", ["removed"], REMOVED),
    ],
)
def test_known_values(text: str, known: list[str], masked: str) -> None:
    assert mask(text, known) == masked


def test_known_values_may_come_from_a_generator() -> None:
    assert mask("Jesse Gray", (name for name in ("Jesse", "Gray"))) == f"{REMOVED} {REMOVED}"


def test_control_characters_become_spaces() -> None:
    assert mask("a\x00b\x1b[31mc\r\nd\u202ee\u200bf") == "a b [31mc  d e f"


def test_a_long_text_is_cut_between_words() -> None:
    masked = mask("word " * 10_000)
    assert len(masked) <= 2_000
    assert set(masked.split()) == {"word"}


@pytest.mark.parametrize("before", range(1_980, 2_005))
def test_what_lies_across_the_cut_is_not_left_in_part(before: int) -> None:
    text = ("x " * 1_100)[:before].ljust(before) + "Jonathan 1012667145V762142 " + "y " * 100
    masked = mask(text, ["Jonathan"])
    assert not any(piece in masked for piece in ("Jo", "101"))


HOSTILE = [
    "a" * 200_000,
    "1" * 200_000,
    "1-" * 100_000,
    "a@" * 100_000,
    "a." * 100_000,
    "a@a." * 50_000,
    "eyJ" * 70_000,
    "eyJa." * 40_000,
    "00D" + "a" * 200_000,
    "+1" * 100_000,
    "+1 " * 70_000,
    "(((" * 70_000,
    "Bearer " * 30_000,
    "\u202e" * 200_000,
    "\ud800" * 1_000,
    "%40" * 70_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[each[:6] for each in HOSTILE])
def test_hostile_text_is_bounded(text: str) -> None:
    """Patterns see no more than what is kept, so that none of them can be made to run for long."""
    assert len(mask(text, ["a", "1-1", "aaa"])) < 20_000


@given(st.text(), st.lists(st.text(), max_size=4))
def test_any_text_can_be_masked(text: str, known: list[str]) -> None:
    assert isinstance(mask(text, known), str)


@given(st.text(st.characters(categories=["L", "N"]), min_size=3, max_size=20), st.text(max_size=40))
def test_a_known_value_never_comes_through(value: str, around: str) -> None:
    masked = mask(f"{around} {value} {around}", [value])
    assert REMOVED in masked
    assert unicodedata.normalize("NFC", value) not in masked.replace(REMOVED, " ")
