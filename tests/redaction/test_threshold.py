"""How well the gate must do on the labelled texts, and that the page says how well it does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sf_handoff.redaction import People, scrub
from tests.redaction.labelled.known import KNOWN
from tests.redaction.labelled.later import LATER
from tests.redaction.labelled.unseen import UNSEEN
from tests.redaction.measure import Measured, measure, table

BOTH = (*KNOWN, *UNSEEN)
PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"
WORD = re.compile(r"\w+")
PLACEHOLDER = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True)
class Out:
    text: str


def strictly(text: str, people: People) -> Out:
    return Out(scrub(text, people, strict=True).text.replace("[…]", "[unknown]"))


@cache
def plain_measure() -> Measured:
    return measure(BOTH, scrub)


@cache
def strict_measure() -> Measured:
    return measure(BOTH, strictly)


@cache
def cost() -> float:
    """What share of the words of texts that hold nothing personal the strict form takes."""
    texts = [text for text in BOTH if not text.personal]
    before = sum(len(WORD.findall(text.text)) for text in texts)
    after = (strictly(text.text, People.of(text.people)).text for text in texts)
    return 1 - sum(len(WORD.findall(PLACEHOLDER.sub(" ", text))) for text in after) / before


def section() -> str:
    """The figures of docs/privacy.md. After a change of the gate they are written there anew."""
    strict = strict_measure()
    return (
        f"{table(plain_measure())}\n\n"
        f"The strict form on the same texts: recall {strict.recall:.2%}; of the words of texts that hold nothing "
        f"personal it takes {cost():.1%}.\n"
    )


def test_hardly_anything_gets_through() -> None:
    assert plain_measure().recall >= 0.995, plain_measure().left


def test_hardly_anything_is_taken_for_nothing() -> None:
    assert plain_measure().precision >= 0.95, plain_measure().overdone


def test_hardly_any_text_is_refused() -> None:
    assert plain_measure().refused <= 0.01 * len(BOTH)


def test_the_strict_form_lets_no_more_through_and_leaves_texts_readable() -> None:
    assert strict_measure().recall >= plain_measure().recall
    assert cost() < 0.05


def test_the_page_says_what_was_measured() -> None:
    assert section() in PAGE.read_text("utf-8")


# What nobody had looked at


def test_notes_by_another_hand_fare_as_the_page_says() -> None:
    """Nothing was mended after these were measured: the figures say what to expect of notes that are new."""
    plain, strict = measure(LATER, scrub), measure(LATER, strictly)
    said = " ".join(PAGE.read_text("utf-8").split())
    for each in (plain, strict):
        assert f"recall {each.recall * 100:.1f} % ({each.right} of {each.right + len(each.left)})" in said
    assert f"precision {plain.precision * 100:.1f} %" in said
    assert plain.recall >= 0.97
    assert strict.recall >= plain.recall
