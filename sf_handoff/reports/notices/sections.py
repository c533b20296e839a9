"""The marked sections of a comment: what stands under a heading such as "For customers".

Headings in quotes, code fences, preformatted HTML and hidden comments are none.
https://github.github.com/gfm/#leaf-blocks
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?=[ \t]|$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_HIDDEN = (
    (re.compile(r" {0,3}<!--"), re.compile("-->")),
    (re.compile(r" {0,3}<(?:pre|script|style|textarea)(?:[\s>]|$)", re.IGNORECASE),
     re.compile("</(?:pre|script|style|textarea)>", re.IGNORECASE)),
)  # fmt: skip
_CONTAINER = re.compile(r" {4}|\t| {0,3}(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])")
_EMPHASIS = "*_ \t"


@dataclass(frozen=True)
class _Heading:
    """A heading, or a rule, which has no title: either ends a section."""

    title: str


def sections(comment: str, marks: Mapping[str, str]) -> list[tuple[str, str]]:
    """The sections of a comment as (kind, plain text), in order. `marks` gives the kind for each heading."""
    kinds = {name.casefold(): kind for name, kind in marks.items()}
    found: list[tuple[str, list[str]]] = []
    inside = False
    for part in _parts(comment, kinds.keys()):
        if isinstance(part, _Heading):
            inside = part.title in kinds
            found += [(kinds[part.title], [])] if inside else []
        elif inside:
            found[-1][1].append(part)
    return [(kind, plain("\n".join(lines))) for kind, lines in found]


def plain(text: str) -> str:
    """Markdown as somebody reads it in a mail: no emphasis, links written out, nothing hidden."""
    shown = re.sub(r"!\[([^][]*)\]\([^()\s]*\)", r"\1", _without_comments(text))
    shown = re.sub(r"\[([^][]*)\]\(([^()\s]*)\)", r"\1 (\2)", shown)
    shown = re.sub(r"(\*\*|__|`)(?=\S)([^*_`\n]+)(?<=\S)\1", r"\2", shown)
    seen = "".join(each for each in shown if each == "\n" or unicodedata.category(each) not in {"Cc", "Cf"})
    lines = (line.rstrip() for line in seen.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without_comments(text: str) -> str:
    """What is left is found in one pass: a pattern would look for the end again from each beginning."""
    shown, at = "", 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        shown, at = shown + text[at:start], end + len("-->")
    return shown + text[at:]


def _parts(comment: str, marks: Container[str]) -> Iterator[str | _Heading]:
    """Lines and headings. A paragraph that is underlined is a heading, all of it."""
    paragraph: list[str] = []
    contained = False  # in a list or a quote, where a line that follows belongs to it
    for line, bare in _lines(comment):
        words = line.strip() if bare else ""
        if words and paragraph and _UNDERLINE.match(line):
            yield _Heading(_title(" ".join(each.strip() for each in paragraph)))
            paragraph = []
            continue
        contained = bool(words) and (contained or bool(_CONTAINER.match(line)))
        heading = _heading(line) if bare else None
        if words and not contained:
            heading = heading or _mark(words, marks)
        if words and not contained and not heading:
            paragraph.append(line)
            continue
        yield from paragraph
        paragraph, contained = [], contained and not heading
        yield heading or line
    yield from paragraph


def _lines(comment: str) -> Iterator[tuple[str, bool]]:
    """Each line that is shown, and whether it is bare: not in a code fence."""
    fence, hidden = "", None
    for line in re.split(r"\r\n?|\n", comment):
        opens = _FENCE.match(line)
        if hidden:
            hidden = None if hidden.search(line) else hidden
        elif fence:
            yield line, False
            if opens and opens[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif opens:
            fence = opens[1]
            yield line, False
        else:
            hidden = next((end for start, end in _HIDDEN if start.match(line)), None)
            if hidden is None:
                yield line, True
            elif hidden.search(line):
                hidden = None


def _heading(line: str) -> _Heading | None:
    if found := _HEADING.match(line):
        return _Heading(_title(line[found.end() :].strip().rstrip("#")))
    return _Heading("") if _RULE.match(line) else None


def _mark(words: str, marks: Container[str]) -> _Heading | None:
    """A mark on a line of its own, in bold or before a colon."""
    bold = words.startswith(("**", "__")) and words.endswith(("**", "__"))
    alone = bold or words.endswith(":")
    return _Heading(_title(words)) if alone and _title(words) in marks else None


def _title(words: str) -> str:
    return words.strip(_EMPHASIS).rstrip(":").strip(_EMPHASIS).casefold()
