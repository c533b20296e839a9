"""Templates: the catalogue itself, and what refuses to render."""

from __future__ import annotations

import builtins
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from sf_handoff.errors import Misconfigured, Rejected
from sf_handoff.redaction import People, Unclean, scrub
from sf_handoff.reports.notices import rendering
from sf_handoff.reports.notices.notice_map import Channel, NoticeMap, Template, prose
from sf_handoff.reports.notices.rendering import Templates, check
from sf_handoff.reports.notices.values import Outcome
from tests.reports.notices.made import notices, templates

EXAMPLES = {
    "about": "checking your claim status online",
    "case_number": "00001001",
    "customer_text": "The page shows all claims again. If you use the app, please update it first.",
    "next_step": "The team tries to see the problem for themselves.",
    "office": "VA benefits hotline at 800-827-1000 (TTY: 711)",
    "answer_by": "Friday, December 4",
}
CATALOGUE = notices().templates
ASKS = re.compile(
    r"\b(send|reply|give|provide|tell us|confirm|enter|share|include|email us)\b[^.?!]*"
    r"\b(social security|date of birth|birth date|password|code|account number|bank|claim number|phone number"
    r"|address)\b",
    re.IGNORECASE,
)


def filled(template: Template) -> rendering.Rendered:
    return templates().render(template, {name: EXAMPLES[name] for name in template.placeholders})


def made(
    *, subject: str = "About {{ about }}", body: str = "Case {{ case_number }}", **changes: Any
) -> Template:
    gaps = ("about", "case_number")
    return replace(Template("new", "a test", Channel.PERSONAL, gaps, subject, body), **changes)


def with_template(template: Template) -> NoticeMap:
    return replace(notices(), templates=(*notices().templates, template))


# The catalogue


def test_story_63_there_is_a_template_for_each_situation() -> None:
    assert {each.name for each in CATALOGUE} == {
        "resolved", "workaround", "not planned", "blocked", "known problem", "escalated", "still looking",
        "not VA.gov", "feedback", "sign in", "name or birth date", "address", "records differ", "DD214",
        "Veteran ID Card", "wrong email", "banner", "mail to all",
    }  # fmt: skip
    check(notices())


@pytest.mark.parametrize("template", CATALOGUE, ids=lambda each: each.name)
def test_it_is_short_plain_and_complete(template: Template) -> None:
    text = filled(template)
    assert text.reading.grade <= 8, text.reading
    assert text.reading.words <= 130
    assert len(text.subject) <= 70
    assert "{{" not in text.body and "  " not in text.body
    assert not re.search(
        r"utiliz|pursuant|endpoint|back.?end|server|bug|cache|user error|your fault", text.body
    )
    assert max(map(len, re.split(r"\n\n", text.body))) < 420


@pytest.mark.parametrize("template", CATALOGUE, ids=lambda each: each.name)
def test_it_never_asks_for_anything_personal(template: Template) -> None:
    for sentence in re.split(r"(?<=[.?!])\s+|\n", filled(template).body):
        asked = ASKS.search(sentence)
        assert not asked or sentence[: asked.start()].lower().endswith(("don’t ", "never ")), sentence


@pytest.mark.parametrize("template", CATALOGUE, ids=lambda each: each.name)
def test_only_what_was_completed_is_ever_called_fixed(template: Template) -> None:
    text = f"{template.subject} {template.body}".lower()
    says = any(re.search(rf"\b{word}\b", text) for word in notices().fixed_words)
    assert says == template.says_fixed == (template.name == "resolved")


@pytest.mark.parametrize("outcome", Outcome)
def test_a_template_that_says_fixed_is_refused_for_all_other_outcomes(outcome: Outcome) -> None:
    proposed = notices().choose(notices().proposals[outcome], outcome)
    assert proposed.says_fixed == (outcome is Outcome.COMPLETED)
    if outcome is not Outcome.COMPLETED:
        with pytest.raises(Rejected) as refused:
            notices().choose("resolved", outcome)
        assert refused.value.code == "NOT_FIXED"


def test_staff_may_choose_any_other_that_is_for_one_person() -> None:
    assert notices().choose("records differ", Outcome.NOT_PLANNED).name == "records differ"
    for name in ("banner", "no such template"):
        with pytest.raises(Rejected) as refused:
            notices().choose(name, Outcome.COMPLETED)
        assert refused.value.code == "TEMPLATE"


def test_products_have_words_for_customers() -> None:
    from sf_handoff.mapping import bundled

    values = next(each.values for each in bundled().report.columns if each.name == "product")
    assert set(notices().about) == set(values) - {"Other"}
    assert notices().about_product("Letters") == "getting your VA letters online"
    assert notices().about_product(None) == notices().about_product("Other") == "VA.gov"


# What refuses to render


def test_a_value_is_never_a_template() -> None:
    resolved = notices().template("resolved")
    text = "{{ 7 * 7 }} {% raw %} {# no #} {{ about.__class__ }} <b>&amp;</b>"
    body = templates().render(resolved, {**_examples(resolved), "customer_text": text}).body
    assert text in body


def test_a_subject_is_one_line() -> None:
    broken = {**_examples(made()), "about": "one\nBcc: two"}
    subject = Templates(with_template(made())).render(made(), broken).subject
    assert subject == "About one Bcc: two"


@pytest.mark.parametrize("value", ["", "   ", "\n\t "])
def test_story_63_an_empty_placeholder_refuses_to_render(value: str) -> None:
    resolved = notices().template("resolved")
    for given in ({**_examples(resolved), "about": value}, _without(resolved, "about")):
        with pytest.raises(Rejected, match="about") as refused:
            templates().render(resolved, given)
        assert (refused.value.code, refused.value.fields) == ("EMPTY", ("about",))


def test_story_63_a_value_that_the_template_does_not_take_is_refused() -> None:
    resolved = notices().template("resolved")
    with pytest.raises(Rejected, match="office") as refused:
        templates().render(resolved, {**_examples(resolved), "office": "here"})
    assert (refused.value.code, refused.value.fields) == ("TEMPLATE", ("office",))


def finds_planted(text: str, people: People) -> Any:
    """Stands for the detectors, which have tests of their own."""
    if "unsure" in text:
        raise Unclean("unsure", kinds=("name",))
    found = [each for each in ("503-555-0142", *people.names) if each in text]
    return type("Found", (), {"taken": {"phone": len(found)} if found else {}})()


@pytest.mark.parametrize("written", ["Call 503-555-0142.", "Jesse told us.", "unsure"])
@pytest.mark.parametrize("name", ["resolved", "banner", "mail to all"])
def test_story_63_what_somebody_wrote_may_speak_of_nobody(
    written: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "scrub", finds_planted)
    template = notices().template(name)
    values = {**_examples(template), "customer_text": written}
    with pytest.raises(Rejected) as refused:
        templates().render(template, values, People.of(["Jesse"]))
    assert (refused.value.code, refused.value.fields) == ("PERSONAL", ("customer_text",))
    assert written not in str(refused.value)


@pytest.mark.parametrize("name", ["about", "next_step", "answer_by"])
def test_only_our_own_words_and_the_case_number_are_not_looked_through(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "scrub", finds_planted)
    escalated = notices().template("escalated")
    given = _examples(escalated)
    with pytest.raises(Rejected) as refused:
        templates().render(escalated, {**given, name: "503-555-0142"})
    assert refused.value.fields == (name,)
    assert "503" in templates().render(escalated, {**given, "case_number": "503-555-0142"}).body


def test_story_63_a_text_for_everybody_is_looked_through_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "scrub", finds_planted)
    public = made(channel=Channel.PUBLIC, placeholders=("about",), body="Call 503-555-0142")
    with pytest.raises(Rejected) as refused:
        Templates(with_template(public)).render(public, _examples(public))
    assert refused.value.code == "PERSONAL" and "503" not in str(refused.value)
    private = replace(public, channel=Channel.PERSONAL)
    assert Templates(with_template(private)).render(private, _examples(private)).body


@pytest.mark.parametrize(
    "template", [each for each in CATALOGUE if each.channel is Channel.PUBLIC], ids=lambda each: each.name
)
def test_the_texts_for_everybody_pass_the_detectors(template: Template) -> None:
    for about in (*notices().about.values(), notices().about_anything):
        assert templates().render(template, {**_examples(template), "about": about}).body
    assert not scrub(EXAMPLES["customer_text"]).taken


def test_a_text_that_is_too_long_to_be_judged_is_not_called_personal() -> None:
    template = notices().template("resolved")
    values = {**_examples(template), "customer_text": "Claims load again. " * 1_100}
    with pytest.raises(Rejected, match="too long") as refused:
        templates().render(template, values)
    assert (refused.value.code, refused.value.fields) == ("TOO_LONG", ("customer_text",))
    assert "personal" not in refused.value.message


# What is wrong in a map


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (made(body="{{ case_number }} {{ office }}"), "uses without declaring it: office"),
        (made(body="Nothing"), "declares without using it: case_number"),
        (made(placeholders=("about", "case_number", "nickname")), "not in the map: nickname"),
        (made(channel=Channel.PUBLIC), "would tell everybody of one case: case_number"),
        (made(body="{{ case_number"), "cannot be filled in (TemplateSyntaxError)"),
        (made(body="{{ case_number|no_such_filter }}"), "cannot be filled in (TemplateAssertionError)"),
        (made(body="{{ case_number.__class__.__mro__ }}"), "cannot be filled in (SecurityError)"),
        (made(body="{{ case_number(1) }}"), "cannot be filled in (TypeError)"),
        (made(body="{{ case_number.nothing }}"), "cannot be filled in (UndefinedError)"),
        (made(body="{% include 'x' %}{{ case_number }}"), "takes in another template"),
        (made(body="{{ case_number }} {{ range(9) }}"), "uses without declaring it: range"),
        (made(body="{{ case_number }} is FIXED"), "says that the problem is over"),
        (made(subject=" "), "has an empty subject or body"),
    ],
)
def test_story_63_what_is_wrong_with_a_template_is_named_before_anything_is_rendered(
    template: Template, words: str
) -> None:
    with pytest.raises(Misconfigured, match=re.escape(words)):
        check(with_template(template))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"proposals": {}}, "proposed for completed"),
        ({"proposals": dict.fromkeys(Outcome, "banner")}, "proposed for blocked"),
        ({"banner": "resolved"}, "resolved is no template for everybody"),
        ({"mass_mail": "gone"}, "gone is no template for everybody"),
        ({"attempts": ()}, "attempts are empty"),
        ({"templates": (*CATALOGUE, CATALOGUE[0])}, "declared twice: resolved"),
    ],
)
def test_a_map_that_leaves_something_open_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Misconfigured, match=words):
        replace(notices(), **changes)


def test_every_placeholder_of_the_map_is_used() -> None:
    assert {name for each in CATALOGUE for name in each.placeholders} == notices().placeholders


def test_without_jinja2_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("jinja2"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Misconfigured, match=r"Notices need Jinja2: install sf-handoff\[report\]."):
        check(notices())


def test_the_maps_are_read_without_jinja2() -> None:
    program = "import sf_handoff.mappings.notices, sys; assert 'jinja2' not in sys.modules"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_paragraphs_are_unwrapped_and_list_items_are_not() -> None:
    assert prose("\n  one\n  two\n\n  - a\n    b\n  - c\n") == "one two\n\n- a b\n- c"


def _examples(template: Template) -> dict[str, str]:
    return {name: EXAMPLES[name] for name in template.placeholders}


def _without(template: Template, name: str) -> dict[str, str]:
    return {each: value for each, value in _examples(template).items() if each != name}
