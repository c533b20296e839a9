"""Marked sections of a comment: which count, where they end, and what is left of their Markdown."""

from __future__ import annotations

import html
import re
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sf_handoff.reports.notices.sections import plain, sections

MARKS = {"For customers": "customer", "Customer text": "customer", "Workaround": "workaround"}


def found(comment: str) -> list[tuple[str, str]]:
    return sections(comment, MARKS)


@pytest.mark.parametrize(
    "heading",
    [
        "## For customers",
        "# FOR CUSTOMERS #",
        "###### for customers ##",
        "   ## **For customers:**",
        "Customer text:",
        "**Customer text**",
        "**Customer text:**",
        "For customers\n---",
        "For customers\n===",
    ],
)
def test_a_section_begins_at_any_way_of_writing_its_heading(heading: str) -> None:
    assert found(f"Hello team\n\n{heading}\nIt works.\n\nTry it.") == [("customer", "It works.\n\nTry it.")]


@pytest.mark.parametrize(
    "end",
    [
        "## Notes",
        "#",
        "---",
        "* * *",
        "Notes for us\n---",
        "Notes\nfor us\n=====",
        "## Workaround",
        "Workaround:",
    ],
)
def test_it_ends_at_the_next_heading_or_rule(end: str) -> None:
    assert found(f"## For customers\nIt works.\n\n{end}\nThe cause was ours.")[0] == ("customer", "It works.")


@pytest.mark.parametrize(
    "hidden",
    [
        "> ## For customers\n> It works.",
        "> Customer text:\n> It works.",
        "```\n## For customers\nIt works.\n```",
        "~~~~ text\n~~~\n## For customers\nIt works.\n~~~~",
        "```\n```no end\n## For customers\nIt works.",
        "    ## For customers\n    It works.",
        "<!--\n## For customers\nIt works.\n-->",
        "<!-- ## For customers -->\nIt works.",
        "<pre>\n## For customers\nIt works.\n</pre>",
        "#For customers\nIt works.",
        "#hashtag",
        "For customers\nIt works.",
        "The words for customers: It works.",
        "- ## For customers\n  It works.",
        "    Customer text:\n    It works.",
        "\tCustomer text:\n\tIt works.",
        "> He wrote\nCustomer text:\nIt works.",
        "- Customer text:\nIt works.",
        "Hello\u2028## For customers\u2028It works.",
    ],
)
def test_in_a_quote_a_fence_or_out_of_sight_it_does_not_count(hidden: str) -> None:
    assert found(hidden) == []


def test_a_fence_inside_of_a_section_belongs_to_it() -> None:
    text = "## For customers\nType this:\n```\n## Workaround\n---\n```\nThat is all."
    assert found(text) == [("customer", "Type this:\n```\n## Workaround\n---\n```\nThat is all.")]


def test_after_a_fence_a_quote_or_a_comment_sections_count_again() -> None:
    before = "```\ncode\n```\n> quote\n\n<!-- note -->\n<pre>x</pre>\n"
    assert found(f"{before}## For customers\nIt works.") == [("customer", "It works.")]


def test_a_line_under_a_list_is_no_heading() -> None:
    assert found("## For customers\n- one\ntwo\n---\nours") == [("customer", "- one\ntwo")]


def test_both_kinds_are_found_in_order() -> None:
    text = "Customer text:\nA\n## Workaround\nB\n## For customers\nC"
    assert found(text) == [("customer", "A"), ("workaround", "B"), ("customer", "C")]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("It **works** again, __really__, with `Save`.", "It works again, really, with Save."),
        ("See [our page](https://www.va.gov/help).", "See our page (https://www.va.gov/help)."),
        ("A ![picture](https://x.example/p.png) here", "A picture here"),
        ("one <!-- not\nfor <!-- them -->two <!-- open", "one two <!-- open"),
        ("a\u202eb\u200bc\x07d\te", "abcde"),
        ("one  \ntwo\n\n\n\nthree\n", "one  \ntwo\n\nthree".replace("  ", "")),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("{{ 7 * 7 }}", "{{ 7 * 7 }}"),
    ],
)
def test_markdown_becomes_what_a_mail_can_show(markdown: str, text: str) -> None:
    assert plain(markdown) == text


# GitHub's own renderer. It brings no types.
GITHUB = import_module("cmarkgfm")
LINES = st.sampled_from(
    [
        "## For customers", "## Notes", "words", "more words", "", "", "> quote", "```", "~~~", "````", "---",
        "===", "- item", "<!--", "-->", "    code", "***", "# For customers", "<pre>\n\n## For customers\n</pre>", "1. item", "-",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=12))
def test_whatever_counts_is_a_heading_on_github_too(lines: list[str]) -> None:
    """Never more sections than GitHub's own renderer shows headings of that name, outside of quotes."""
    text = "\n".join(lines)
    shown = GITHUB.github_flavored_markdown_to_html(
        text, import_module("cmarkgfm.cmark").Options.CMARK_OPT_UNSAFE
    )
    outside = re.sub(r"<!--.*?(?:-->|\Z)|<pre.*?(?:</pre>|\Z)", "", shown, flags=re.DOTALL)
    headings = [html.unescape(each) for each in re.findall(r"<h[12]>(.*?)</h[12]>", outside, re.DOTALL)]
    assert len(found(text)) <= headings.count("For customers")
