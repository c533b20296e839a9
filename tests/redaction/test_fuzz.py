"""10,000 generated notes, through GitHub's own Markdown renderer: nothing of them does anything, or names anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import cmarkgfm  # type: ignore[import-untyped]
import pytest
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]

from sf_handoff.redaction import People, Scrubbed, Unclean, compose, fence, scrub
from tests.redaction.fuzz_notes import Note, notes

COUNT, LANES = 10_000, 5
WORDS = """## What callers say

{body}

- first {item}
- {other}

{line}

| what | text |
| --- | --- |
| said | {cell} |

> {quote}

**Title** {title}: end

{fenced}
"""
GAPS = ("body", "item", "other", "line", "cell", "quote", "title")
OURS = {
    "h2",
    "p",
    "ul",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "blockquote",
    "strong",
    "pre",
    "code",
}
OPTIONS = Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_UNSAFE
EXTENSIONS = ["table", "autolink", "strikethrough", "tasklist"]
MENTION = re.compile(r"@[A-Za-z0-9]")
# What GitHub makes links of in text, after it was rendered.
LINKED = (
    re.compile(r"(?<!\w)#\d"),
    re.compile(r"\bgh-\d", re.IGNORECASE),
    re.compile(r"\w#\d"),
    re.compile(r"\b(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b"),
    re.compile(r"(?:https?|ftp)://|\bwww\.", re.IGNORECASE),
    re.compile(r":(?:smile|\+1|100):"),
    re.compile(r"\$(?!\d)|\bsfh[0-9a-f]{32}"),
)
FORMULA = re.compile(r"^[\s\u200b]*[=+\-@＝＋－＠\t\r]")
# Characters that show nothing, or turn what they stand in; U+200B is what we break mentions with.
HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ue000-\uf8ff\ud800-\udfff]"
)


class Reader(HTMLParser):
    """The elements of a page, and its text outside and inside of code."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.text: list[str] = []
        self.code: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._inside += tag in ("code", "pre")

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag in ("code", "pre")

    def handle_data(self, data: str) -> None:
        (self.code if self._inside else self.text).append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.add(f"comment {data}")


def read(page: str) -> Reader:
    reader = Reader()
    page = page.encode("utf-8", "replace").decode()
    reader.feed(cmarkgfm.markdown_to_html_with_extensions(page, options=OPTIONS, extensions=EXTENSIONS))
    reader.close()
    return reader


def wrong_text(note: Note, part: Scrubbed) -> list[str]:
    wrong = [f"left: {each}" for each in note.planted if each.removeprefix("dob ") in part.text]
    wrong += ["formula"] * bool(FORMULA.search(part.text)) + ["two lines"] * ("\n" in part.text)
    return wrong


def wrong_page(page: str) -> list[str]:
    reader = read(page)
    text = "".join(reader.text)
    wrong = [f"element {each}" for each in sorted(reader.elements - OURS)]
    wrong += [f"attribute {each}" for each in sorted(reader.attributes)]
    wrong += [pattern.pattern for pattern in LINKED if pattern.search(text)]
    wrong += ["mention"] * bool(MENTION.search(text + "".join(reader.code)))
    return wrong + ["hidden"] * bool(HIDDEN.search(page))


def documents(parts: list[Scrubbed]) -> Iterator[str]:
    """Pages with a note at every place where one may stand; from page to page the notes change places."""
    for at in range(0, len(parts), len(GAPS)):
        some = (parts[at : at + len(GAPS)] * len(GAPS))[: len(GAPS)]
        turn = (at // len(GAPS)) % len(GAPS)
        filled = dict(zip(GAPS, some[turn:] + some[:turn], strict=True))
        yield compose(WORDS, fenced=fence(some[0]), **filled).text


@pytest.mark.parametrize("lane", range(LANES))
def test_i08_generated_notes_do_nothing_and_name_nobody(lane: int) -> None:
    bad, parts, refused = [], [], 0
    for note in notes(lane, COUNT // LANES):
        try:
            parts.append(scrub(note.text, People.of([note.person])))
        except Unclean:
            refused += 1
            continue
        bad += [(note.text, wrong) for wrong in wrong_text(note, parts[-1])]
    pages = list(documents(parts))
    assert bad == []
    assert [(page, wrong) for page in pages for wrong in wrong_page(page)] == []
    assert refused < COUNT // LANES // 20


def test_the_check_itself_sees_what_is_active() -> None:
    """Unscrubbed, the same notes do a lot."""
    raw = WORDS.replace("{fenced}", "")
    seen = [
        read(
            raw.format(
                body=n.text, item=n.text, other=n.text, line=n.text, cell=n.text, quote=n.text, title=n.text
            )
        )
        for n in notes(99, 400)
    ]
    elements = set().union(*(reader.elements for reader in seen))
    assert {"a", "img", "input", "em", "ol"} <= elements
    assert any(MENTION.search("".join(reader.text)) for reader in seen)
