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


MARKER = "<!-- sf-handoff v1-{digits} 1 sfh{long} -->"


@pytest.mark.parametrize(
    "digits", ["0123456789012345", "5035550142900123", "a1b2c3d4e5f60718", "1234567890abcdef"]
)
def test_fingerprints_and_markers_pass_also_where_they_read_as_numbers(digits: str) -> None:
    words = f"v1-{digits}\n" + MARKER.format(digits=digits, long=digits * 2)
    assert compose(words).text == words
    assert scrub(f"see v1-{digits}", strict=True).taken == {}


def test_the_strict_form_takes_what_nobody_knows() -> None:
    note = (
        "Plimsworthy says the claim page zorbed at 10:30, error 502, iOS 17.5, ref 48213 (2 of 3) since 2024"
    )
    part = scrub(note, strict=True)
    assert (
        part.text
        == "[name] says the claim page […] at 10:30, error 502, iOS 17.5, ref […] (2 of 3) since 2024"
    )
    assert part.taken == {"name": 1, "unknown": 2}
    assert scrub(part.text, strict=True).text == part.text


def test_unknown_words_beside_each_other_are_one() -> None:
    assert scrub("the page zorbs, quimly and frobs", strict=True).text == "the page […] and […]"


@pytest.mark.parametrize(
    "text", ["the claim page is blank", "VA.gov and ID.me, form 21-526EZ", "case 00012345, 30 %, $45.20"]
)
def test_the_strict_form_leaves_what_is_known(text: str) -> None:
    assert scrub(text, strict=True).taken == {}


def test_a_capital_where_none_is_due_may_be_a_name() -> None:
    assert scrub("so Street and the street", strict=True).text == "so […] and the street"


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
