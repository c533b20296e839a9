"""How hard a text is to read, against syllables counted by hand."""

from __future__ import annotations

import pytest

from sf_handoff.reports.notices.grade import reading, syllables

BY_HAND = {
    1: "all birth call card care change changed code doesn fixed goes health hoped keeps learn looked made page "
    "phone please reached right same shared site staff steps sure these tried twelve used whose works files",
    2: "able about account address after answer below better center copy details differs edit email even expect "
    "feedback handle handled happens legal looking mailbox many message needed never nothing number office open "
    "other papers password people problem profile protect question records report select service signing sorry "
    "telling trouble update website within patience social business create being quiet react maybe",
    3: "another anyone anything benefits burial contacting families national offices ourselves personal reported "
    "technical together veteran idea area appeared medicine hospital united created",
    4: "emergency facility identity information military security appreciate available",
    5: "disability eligibility organization",
}


def test_syllables_are_right_for_nearly_all_words() -> None:
    counted = [(word, count) for count, words in BY_HAND.items() for word in words.split()]
    wrong = {word: syllables(word) for word, count in counted if syllables(word) != count}
    assert len(wrong) <= len(counted) / 10, wrong
    assert abs(sum(wrong.values()) - sum(count for word, count in counted if word in wrong)) <= 4


@pytest.mark.parametrize(
    ("word", "count"), [("VA", 2), ("DD214", 1), ("800-698-2411", 1), ("VA.gov", 1), ("I", 1)]
)
def test_letters_numbers_and_addresses(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_grade_is_that_of_the_formula() -> None:
    found = reading("The cat sat on the mat. The dog ran.")
    assert (found.words, found.characters) == (9, 36)
    assert found.grade == pytest.approx(0.39 * 9 / 2 + 11.8 * 9 / 9 - 15.59)
    assert str(found) == "grade 1, 9 words, 36 characters"


def test_long_words_in_long_sentences_are_harder() -> None:
    easy = reading("We looked at your report. We will call you.")
    hard = reading(
        "Pursuant to applicable regulatory requirements, notification of individuals affected by the "
        "identified technological irregularity is administered exclusively by the responsible organization."
    )
    assert easy.grade < 4
    assert hard.grade > 16


@pytest.mark.parametrize(
    "text",
    ["Call by 9:00 p.m. on Friday", "one\ntwo three", "Go to VA.gov now", "It costs 3.50 today"],
)
def test_a_period_inside_and_a_wrapped_line_end_no_sentence(text: str) -> None:
    count = len(text.split())
    assert reading(text).grade == pytest.approx(
        0.39 * count + 11.8 * sum(syllables(each) for each in _words(text)) / count - 15.59
    )


def test_list_items_and_paragraphs_do() -> None:
    assert reading("one two\n- three four\n\nfive six").grade < reading("one two three four five six").grade


def test_nothing_has_no_grade() -> None:
    assert str(reading("  ")) == "grade 1, 0 words, 2 characters"


def _words(text: str) -> list[str]:
    return [each.replace("p.m.", "pm") for each in text.split()]
