"""CSV as Bulk API 2.0 reads and writes it. All that is wrong with a file is wrong with its job.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_prepare_csv.htm
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


class BadFile(Exception):
    """Why a job fails as a whole. The message may name a column, so it is kept out of `str()`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.message = f"{code} : {message}"


@dataclass(frozen=True)
class Dialect:
    """`ending` and `delimiter` are the names that a job has for them."""

    ending: str
    delimiter: str

    def read(self, content: bytes) -> tuple[list[str], list[list[str]]]:
        """The header and the rows, each as long as the header. Empty lines are no rows."""
        text = _decoded(content)
        self._check_ending(text)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[self.delimiter], strict=True)
        try:
            rows = [row for row in reader if row]
        except csv.Error:
            raise BadFile("ClientInputError", "Failed to parse the CSV") from None
        if not rows:
            raise BadFile("ClientInputError", "The file has no header row")
        header, *rows = rows
        if any(len(row) != len(header) for row in rows):
            raise BadFile("InvalidBatch", "A row has not as many fields as the header")
        return header, rows

    def line(self, cells: Sequence[str], quotes: int = 0) -> str:
        """One line, of which the first `quotes` cells are in quotes anyway."""
        shown = (_quoted(each) if at < quotes else self._shown(each) for at, each in enumerate(cells))
        return DELIMITERS[self.delimiter].join(shown) + LINE_ENDINGS[self.ending]

    def _shown(self, cell: str) -> str:
        return _quoted(cell) if set(cell) & {DELIMITERS[self.delimiter], '"', "\r", "\n"} else cell

    def _check_ending(self, text: str) -> None:
        header, feed, _ = text.partition("\n")
        if feed and header.endswith("\r") != (self.ending == "CRLF"):
            said = f"LineEnding is invalid on user data. Current LineEnding setting is {self.ending}"
            raise BadFile("ClientInputError", said)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise BadFile("ClientInputError", "The file is not UTF-8") from None


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
