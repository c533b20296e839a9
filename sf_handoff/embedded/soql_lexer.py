"""SOQL text in tokens, each with its place, so that a refusal can point at it.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sf_handoff.embedded.refusals import Refusal

TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
      | (?P<date>\d{4}-\d\d-\d\d)
      | (?P<number>[+-]?\d+(?:\.\d+)?)
      | (?P<string>'(?:[^'\\\n]|\\.)*')
      | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
      | (?P<sign><=|>=|!=|<>|[=<>(),:])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
BEFORE = 34


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    at: int

    def says(self, *words: str) -> bool:
        return self.kind in {"name", "sign"} and self.text.upper() in words


def tokens(soql: str) -> list[Token]:
    found = [
        Token(str(match.lastgroup), match.group(), match.start())
        for match in TOKEN.finditer(soql)
        if match.lastgroup != "space"
    ]
    return [*found, Token("end", "<EOF>", len(soql))]


def text(soql: str, token: Token, *, like: bool = False) -> str:
    """What a quoted string says. For LIKE, the escapes of `_`, `%` and the backslash are left in."""

    def plain(match: re.Match[str]) -> str:
        mark = match[1]
        if len(mark) == 5:
            return chr(int(mark[1:], 16))
        if like and mark in "_%\\":
            return match[0]
        if mark not in ESCAPES:
            raise pointing(soql, token.at, "MALFORMED_QUERY", f"Invalid string literal {token.text[1:-1]}")
        return ESCAPES[mark]

    found = ESCAPE.sub(plain, token.text[1:-1])
    try:
        return found.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise pointing(soql, token.at, "MALFORMED_QUERY", "Invalid Unicode in string literal") from None


def pointing(soql: str, at: int, code: str, message: str) -> Refusal:
    """A refusal that shows the query from a word or so before the mistake, a caret, and row and column."""
    row = soql.count("\n", 0, at)
    start = soql.rfind("\n", 0, at) + 1
    shown = start
    if at - start > BEFORE:
        cut = re.compile(r"[\s,]").search(soql, at - BEFORE - 1)
        shown = cut.end() if cut and cut.end() <= at else at - BEFORE
    line = soql[shown:].partition("\n")[0]
    caret = " " * (at - shown) + "^"
    place = f"ERROR at Row:{row + 1}:Column:{at - start + 1}"
    return Refusal(code, f"\n{line}\n{caret}\n{place}\n{message}")
