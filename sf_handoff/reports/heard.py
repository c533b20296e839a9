"""What a case tells, in the map's words: read once, asked by every rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sf_handoff.reports.rows import ReportRow

# Groups that are heard by other means than phrases.
ADDRESS, CODE, SYMPTOM, ONLINE = "page address", "error code", "symptom", "online product"
TOLD = "symptom of a website"  # a symptom that only something online can have
PRODUCT, AT_LENGTH = "a product", "told at length"
MARKED = "marked"  # with any of MARKS, in the subject
MARKS = ("marked T3", "marked T", "marked NT")
HEARD = frozenset({ADDRESS, CODE, SYMPTOM, ONLINE, TOLD, PRODUCT, AT_LENGTH, MARKED})

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}")
_URL = re.compile(
    r"(?<![\w.@-])(?P<scheme>https?://)?(?P<host>(?:[a-z0-9-]{1,63}\.){1,5}(?:gov|com|org|me|net|mil))"
    r"(?P<path>/[^\s<>\"')\]]{0,300})?(?![\w-])"
)
_QUOTED = re.compile(r'"([^"\n]{8,200})"')


@dataclass(frozen=True, slots=True)
class Heard:
    """One case, read. `said` are groups of phrases, each with the phrase of the map that was found.

    `symptoms` are in the map's order, `codes` normalised; `quoted` is what the agent put in quotation marks,
    as it stands, and never leaves. `crisis`: something points to danger.
    """

    row: ReportRow = field(repr=False)
    said: Mapping[str, str]
    symptoms: tuple[str, ...]
    paths: tuple[str, ...] = field(repr=False)
    codes: tuple[str, ...]
    subject_words: frozenset[str] = field(repr=False)
    quoted: str = field(repr=False)
    crisis: bool

    @property
    def symptom(self) -> str:
        """The one that tells most, or nothing."""
        return self.symptoms[0] if self.symptoms else ""

    def text(self, column: str) -> str:
        """A column in lower case, otherwise as it is in Salesforce."""
        return str(getattr(self.row, column) or "").lower()


@dataclass(frozen=True)
class Addresses:
    """A text without its addresses, and the paths of the pages of VA.gov among them."""

    rest: str
    paths: tuple[str, ...]
    page: bool


def without_addresses(text: str) -> Addresses:
    """Takes out e-mail and web addresses. Of other hosts the name stays, as that of a system (`ebenefits`).

    The bare `va.gov` is no address here: it is how people call the site.
    """
    if "@" in text:
        text = _MAIL.sub(" ", text)
    paths: list[str] = []

    def named(found: re.Match[str]) -> str:
        host, path = found["host"], (found["path"] or "").split("?")[0].split("#")[0].rstrip("/.,;:!")
        if host not in {"va.gov", "www.va.gov"}:
            return f" {host.removesuffix('.va.gov')} "
        if found[0] == "va.gov":
            return found[0]
        paths.append(path)
        return " "

    rest = _URL.sub(named, text) if "." in text else text
    return Addresses(rest, tuple(path for path in paths if path), bool(paths))


def quoted(text: str) -> str:
    """The longest thing in quotation marks: most often the words of an error."""
    return max(_QUOTED.findall(text), key=len, default="") if '"' in text else ""
