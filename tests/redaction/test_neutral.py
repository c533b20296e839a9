"""Text that does nothing: markup, mentions, references, formulas and hidden characters."""

from __future__ import annotations

import pytest

from sf_handoff.redaction.neutral import neutral

Z = "\u200b"


@pytest.mark.parametrize(
    ("raw", "harmless"),
    [
        ("see @team", f"see @{Z}team"),
        ("see &#64;team", f"see @{Z}team"),
        ("see &amp;#64;team", f"see @{Z}team"),
        ("see \\@team", f"see /@{Z}team"),
        ("see #12", f"see #{Z}12"),
        ("see a/b#12", f"see a/b#{Z}12"),
        ("see GH-12", f"see GH-{Z}12"),
        ("at 4f2a9bc1d0", f"at 4f2a{Z}9bc1{Z}d0"),
        ("http://example.com", f"http:{Z}//example.com"),
        ("www.example.com", f"www{Z}.example.com"),
        ("on https://www.va.gov/track-claims", "on va.gov/track-claims"),
        ("a [b](c)", "a (b)(c)"),
        ("a ![b](c)", "a !(b)(c)"),
        ("[name](/x)", f"[name]{Z}(/x)"),
        ("[name]: /x", f"[name]{Z}: /x"),
        ("a <img src=x>", "a ‹img src=x›"),
        ("a <!-- b -->", "a ‹!-- b --›"),
        ("a **b** `c` ~~d~~", "a ∗∗b∗∗ 'c' ∼∼d∼∼"),
        ("a _b_ MOBL_502", "a ˍbˍ MOBL_502"),
        ("a | b", "a ¦ b"),
        ("a :smile: at 10:30:00", f"a :{Z}smile: at 10:30:00"),
        ("$x$ is $45.20", "＄x＄ is $45.20"),
        ("a\u202eb\ue000\x00\ud800", "ab"),
        (
            "so sfh0123456789abcdef0123456789abcdef",
            f"so sfh{Z}0123{Z}4567{Z}89ab{Z}cdef{Z}0123{Z}4567{Z}89ab{Z}cdef",
        ),
        ("error 00012345", "error 00012345"),
    ],
)
def test_neutral(raw: str, harmless: str) -> None:
    assert neutral(raw) == harmless


@pytest.mark.parametrize(
    "lead",
    ["=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "－", "＠", "# ", "> ", "- ", "* ", "+ ", "/", "- [ ] ", "=-+", "\u200b=", "\x00=", "&#61;"],
)  # fmt: skip
def test_nothing_active_begins_a_line(lead: str) -> None:
    assert neutral(f"{lead}rest").strip().endswith("rest")
    assert neutral(f"{lead}rest").strip()[0] in "r("


@pytest.mark.parametrize("text", ["1. one", "23) two"])
def test_a_number_begins_no_list(text: str) -> None:
    assert Z in neutral(text)[:3]


@pytest.mark.parametrize(
    "text", ["a page, plain and simple", "10:30, 30 % of 8", "naïve café", "and/or (both)", "va.gov/claims"]
)
def test_plain_text_stays(text: str) -> None:
    assert neutral(text) == text


def test_doing_it_twice_changes_nothing() -> None:
    raw = "see @team #12 GH-3 4f2a9bc1d0 www.a.b http://c :smile: $x _b_ [name](/x) &amp;lt;"
    assert neutral(neutral(raw)) == neutral(raw)
