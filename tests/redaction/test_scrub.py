"""The gate as a whole: what is taken, what is refused, and how our own words are filled."""

from __future__ import annotations

import copy
import pickle

import pytest

from sf_handoff.errors import Misconfigured, Rejected
from sf_handoff.redaction import NOBODY, People, Scrubbed, Unclean, compose, fence, kinds_in, scrub

NOTE = "Jesse Gray (503-555-0142) says MOBL_502 on va.gov/claim-or-appeal-status, case 00012345"


def test_personal_data_is_taken_and_counted_and_the_rest_stays() -> None:
    part = scrub(NOTE)
    assert (
        part.text == "[name] ([phone number]) says MOBL_502 on va.gov/claim-or-appeal-status, case 00012345"
    )
    assert part.taken == {"name": 1, "phone": 1}


def test_a_scrubbed_text_stays_as_it_is() -> None:
    once = scrub(NOTE).text
    assert scrub(once).text == once
    assert kinds_in(once) == ()


def test_people_of_the_rows_are_taken() -> None:
    assert scrub("gray wrote again", People.of(["Jesse Gray"])).text == "[name] wrote again"
    assert scrub("a gray screen", NOBODY).text == "a gray screen"


def test_what_adjoins_becomes_one() -> None:
    assert (
        scrub("call Jesse T. Gray Jr or 503-555-0142 / 503-555-0143").text == "call [name] or [phone number]"
    )


@pytest.mark.parametrize("text", ["word " * 4001, "9 8-7 " * 200])
def test_what_cannot_be_judged_is_refused(text: str) -> None:
    with pytest.raises(Unclean) as refused:
        scrub(text)
    assert isinstance(refused.value, Rejected)
    assert refused.value.code == "PERSONAL"


def test_a_refusal_names_kinds_and_never_the_text() -> None:
    with pytest.raises(Unclean) as refused:
        compose("call 503-555-0142")
    assert refused.value.kinds == ("phone",)
    assert "555" not in str(refused.value)
    again = pickle.loads(pickle.dumps(refused.value))
    assert (again.kinds, again.message, again.code) == (("phone",), refused.value.message, "PERSONAL")


def test_compose_fills_our_words_and_adds_up_what_was_taken() -> None:
    part = scrub("Jesse Gray: no code")
    body = compose(
        "## Said\n\n- **{what}**, {count} times, SF 00012345\n<!-- sfh{zeros} -->\n",
        what=part,
        count=3,
        zeros=scrub("x"),
    )
    assert body.text == "## Said\n\n- **[name]\u200b: no code**, 3 times, SF 00012345\n<!-- sfhx -->\n"
    assert body.taken == {"name": 1}


def test_our_marker_and_case_numbers_pass() -> None:
    words = "SF 00012345\n\nsfh0123456789abcdef0123456789abcdef\n<!-- sfh0123456789abcdef0123456789abcdef -->"
    assert compose(words).text == words


def test_a_number_that_only_the_joining_makes_is_refused() -> None:
    with pytest.raises(Unclean):
        compose("{first}-{second}-{third}", first=scrub("900"), second=scrub("12"), third=scrub("3456"))


@pytest.mark.parametrize(
    "words", ["{0}", "{}", "{part.text}", "{part!r}", "{part:>9}", "{part[0]}", "{part", "part}"]
)
def test_gaps_are_plain_names(words: str) -> None:
    with pytest.raises(Misconfigured):
        compose(words, part=scrub("x"))


def test_a_missing_and_an_unknown_part_are_named() -> None:
    with pytest.raises(Misconfigured, match="'what'"):
        compose("{what}")
    with pytest.raises(Misconfigured, match="'spare'"):
        compose("nothing", spare=1)


def test_braces_of_our_own_are_doubled() -> None:
    assert compose("a {{b}} {c}", c=1).text == "a {b} 1"


def test_a_fence_has_the_lines_and_outlasts_every_fence_in_it() -> None:
    assert fence(scrub("one\ntwo ``` three")).text == "```\none\ntwo ''' three\n```"
    inner = fence(scrub("x"))
    assert fence(inner).text == f"````\n{inner.text}\n````"


def test_a_part_of_several_lines_keeps_to_the_margin() -> None:
    assert compose("> {part}", part=fence(scrub("a\nb"))).text == "> ```\n> a\n> b\n> ```"
    with pytest.raises(Misconfigured):
        compose("said: {part}", part=fence(scrub("a")))


def test_only_the_gate_makes_text_that_may_leave() -> None:
    with pytest.raises(TypeError):
        Scrubbed("plain", {}, object())
    with pytest.raises(TypeError):
        type("Mine", (Scrubbed,), {})
    part = scrub("plain")
    with pytest.raises(AttributeError):
        part.text = "other"
    with pytest.raises(TypeError):
        pickle.dumps(part)
    assert copy.copy(part) is part and copy.deepcopy(part) is part
    assert part == scrub("plain") and part != "plain"
    assert not issubclass(Scrubbed, str)
