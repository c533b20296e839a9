"""Generated notes: fragments of markup, mentions, formulas and personal data, recombined and nested.

Seeded, so that a note that fails can be made again from its number.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ACTIVE = (
    "@octocat", "@org/team", "＠octocat", "&#64;octocat", "\\@octocat", "#123", "GH-42", "gh-7", "owner/repo#9", "octo/repo@4f2a9bc1",
    "https://example.com/a", "http://example.org", "www.example.com", "ftp://example.net/x", "mailto:team", "<https://example.com>",
    "[text](https://example.com)", "![image](https://example.com/i.png)", "[ref]: https://example.com", "[ref]", "[^1]", "[^1]: note",
    "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<!-- sfh0123456789abcdef0123456789abcdef -->", "<b>bold</b>", "</details>",
    "<details><summary>x", "- [ ] task", "- [x] done", "* item", "1. first", "2) second", "# heading", "#### deep", "> quote", "> [!NOTE]",
    "```", "~~~", "```mermaid\ngraph TD\n```", "`code`", "``", "| a | b |", "|---|:--:|", "---", "===", "***", "___", "**bold**", "_em_", "__strong__",
    "~~gone~~", "~one~", "$x^2$", "$$y$$", ":smile:", ":+1:", ":100:", "/assign", "/close", "4f2a9bc1d0e3f5a6b7c8d9e0f1a2b3c4d5e6f7a8", "deadbeef1", "0badc0de",
    "=cmd|' /C calc'!A0", "=1+1", "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "＋1", "\t=1", "\r=1", "\x00=1", "%0A=1",
    "\u202egnp.exe", "\u2066x\u2069", "\u200b", "\u200d", "\ufeff", "\ue000", "\ud800", "\x1b[31m", "\x7f", "\u2028", "a\u0300\u0301\u0302\u0303",
    "&lt;img&gt;", "&amp;#35;5", "&#x3c;a&#x3e;", "&copy;", "\\", "\\|", "javascript:alert(1)", "data:text/html,x", "[name](https://example.com)", "[name]: /x", "(x)", "closes #5",
)  # fmt: skip
PLAIN = (
    "the page does not load", "vet called about the claim", "error MOBL_502", "step 3 of 8", "case SF 00012345", "26-HRC-HD-00-00000000",
    "va.gov/claim-or-appeal-status", "form 21-526EZ", "38 CFR 3.159", "Login.gov", "on his phone", "since Monday", "iOS 17.5.1", "$45.20", "at 10:30", "30 %",
    "800-827-1000", "and then", "please advise", ".", ",", ":", "-", "!", "?", "(", ")",
)  # fmt: skip
GIVEN = ("Jesse", "Xiomara", "Demetrius", "Thuy", "Przemek", "Kehaulani", "Gwendolyn", "Rajesh")
FAMILY = (
    "Przybylowicz",
    "Okonkwo",
    "Ramírez-Ortiz",
    "O'Malley",
    "Begaye",
    "Kealoha",
    "Villanueva",
    "Ashgrove",
)


@dataclass(frozen=True)
class Note:
    """A note with what was planted in it, and who the row says it is about."""

    text: str
    planted: tuple[str, ...]
    person: str


def _number(dice: random.Random, shape: str) -> str:
    return "".join(dice.choice("0123456789") if each == "0" else each for each in shape)


def _planted(dice: random.Random, person: str) -> str:
    kinds: tuple[Callable[[], str], ...] = (
        lambda: _number(dice, "900-00-0000"),
        lambda: _number(dice, "900000000"),
        lambda: _number(dice, "1000000000V000000"),
        lambda: _number(dice, "(503) 555-0100"),
        lambda: _number(dice, "+1 971 555 0100"),
        lambda: _number(dice, "mail0000@example.com"),
        lambda: _number(dice, "dob 1/2/1900"),
        lambda: _number(dice, "1000 Larkspur Lane"),
        lambda: _number(dice, "scan0000.pdf"),
        lambda: _number(dice, "4111 1111 1111 1111"),
        lambda: person,
        lambda: person.rsplit(maxsplit=1)[-1],
    )
    return dice.choice(kinds)()


def _piece(dice: random.Random, person: str, planted: list[str]) -> str:
    roll = dice.random()
    if roll < 0.12:
        planted.append(_planted(dice, person))
        return f" {planted[-1]} "
    if roll < 0.55:
        return dice.choice(PLAIN)
    first = dice.choice(ACTIVE)
    if roll < 0.65:
        return first.replace(dice.choice(first), dice.choice(first) * 2, 1)
    if roll < 0.75:
        return f"[{first}]({dice.choice(ACTIVE)})"
    return first + (dice.choice(ACTIVE) if roll > 0.9 else "")


def notes(seed: int, count: int) -> Iterator[Note]:
    for number in range(count):
        dice = random.Random(seed * 1_000_000 + number)
        person = f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}"
        planted: list[str] = []
        pieces = [_piece(dice, person, planted) for _ in range(dice.randint(1, 5))]
        yield Note(dice.choice((" ", "\n", " ")).join(pieces), tuple(planted), person)
