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
GAP = re.compile(r"[\s,]")
AROUND = 30


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
    """A refusal that shows the words around the mistake, a caret, and row and column.

    Recorded ones reach to the ends of the words that lie thirty characters before and after the mistake.
    """
    row = soql.count("\n", 0, at)
    start = soql.rfind("\n", 0, at) + 1
    line = soql[start:].partition("\n")[0]
    column = at - start
    first = max((gap.end() for gap in GAP.finditer(line, 0, max(column - AROUND + 1, 0))), default=0)
    gap = GAP.search(line, min(column + AROUND, len(line)))
    shown = line[first : gap.start() if gap else len(line)]
    caret = " " * (column - first) + "^"
    return Refusal(code, f"\n{shown}\n{caret}\nERROR at Row:{row + 1}:Column:{column + 1}\n{message}")
