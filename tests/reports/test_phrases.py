"""Phrases are found as people mean them, in any text, in bounded time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.mapping import bundled
from sf_handoff.reports import phrases
from sf_handoff.reports.phrases import MOST_READ, Lexicon, plain, stem, words

LEXICON = Lexicon(
    {
        "load": ("not .. load",),
        "sign": ("sign in loop",),
        "site": ("va gov", "va. gov"),
        "error": ("error message",),
    },
    spellings={"cant": "not", "wont": "not", "unable": "not"},
    denials=frozenset({"no", "if"}),
)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Page won't load", "load"),
        ("page WON’T LOAD!", "load"),
        ("unable to load it", "load"),
        ("it is not loading", "load"),
        ("a sign-in loop again", "sign"),
        ("VA.gov", "site"),
        ("on va . gov today", "site"),
        ("on VA. gov today", "site"),
        ("ＶＡ．ｇｏｖ", "site"),
        ("v\u200ba.gov", "site"),
        ("two error messages", "error"),
    ],
)
def test_a_phrase_is_found_however_it_is_typed(text: str, group: str) -> None:
    assert set(LEXICON.found(plain(text))) == {group}


@pytest.mark.parametrize(
    "text",
    [
        "a notload",
        "not at all inclined to load it",  # too many words between
        "he could not. Loaded the car then",  # another sentence
        "could not, loads of people there",
        "nova.government",
        "no error message",
        "if an error message comes, call us",
        "",
        "\n\n",
    ],
)
def test_and_not_where_it_is_not_said(text: str) -> None:
    assert LEXICON.found(plain(text)) == {}


def test_a_denial_does_not_reach_into_the_next_clause() -> None:
    assert "error" in LEXICON.found(plain("He said no, error message each time"))


def test_what_was_found_is_named_as_in_the_map() -> None:
    assert LEXICON.found(plain("My page cant ever load")) == {"load": "not .. load"}


def test_without_endings_words_must_stand_as_they_are() -> None:
    exact = Lexicon({"crisis": ("overdose", "end my life")}, endings=False)
    assert exact.found(plain("fear of an Overdose")) == {"crisis": "overdose"}
    assert exact.found(plain("an overdosed retry ended my life")) == {}


@pytest.mark.parametrize(
    ("word", "same"),
    [("loading", "load"), ("loaded", "load"), ("loads", "load"), ("spinning", "spin"), ("crashes", "crash")],
)
def test_endings_do_not_matter(word: str, same: str) -> None:
    assert stem(word) == stem(same)


@pytest.mark.parametrize(
    ("one", "other"), [("missing", "miss"), ("status", "statu s"), ("page", "pag"), ("her", "he")]
)
def test_short_and_peculiar_words_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_long_texts_are_read_to_a_limit_only() -> None:
    assert len(plain("\ufdfa" * 40_000)) <= MOST_READ
    assert len(plain("x" * 40_000)) == MOST_READ
    assert LEXICON.found(plain(" x" * 20_000 + " page not load")) == {}


@pytest.mark.parametrize("piece", ["not ", "not load ", "cant get page ", "if not ", "va gov "])
def test_the_work_grows_with_the_text_and_no_faster(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in steps: clocks of busy machines tell nothing."""
    lexicon = bundled().triage
    asked: list[int] = []
    count = phrases.follows

    def counted(read: Sequence[str], at: int, rest: Sequence[str]) -> bool:
        asked.append(at)
        return count(read, at, rest)

    monkeypatch.setattr(phrases, "follows", counted)
    steps = []
    for times in (200, 400, 800):
        asked.clear()
        Lexicon(lexicon.phrases, lexicon.spellings, lexicon.denials).found(piece * times)
        steps.append(len(asked) + 1)
    assert steps[2] <= 2.1 * steps[1] and steps[1] <= 2.1 * steps[0]
    assert steps[2] < 800 * 500


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    read = words(plain(text))
    assert all(read)
    LEXICON.found(plain(text))
