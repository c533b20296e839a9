"""Fingerprint v1: what makes two cases the same issue, and never who they are about.

It is made of names and pages that the map declares, and of error codes. The same parts give the same
fingerprint on every machine, so that tickets and counts of different days meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256

from sf_handoff.reports.heard import Heard
from sf_handoff.reports.triage_map import ErrorText, TriageMap

VERSION = "v1"


@dataclass(frozen=True, slots=True, order=True)
class Parts:
    """What is known of an issue: a `page` only where no product is known, a symptom only without an error.

    One failure looks different to different callers; the product and the error are what they share. `case` is
    the number of one that a person forwarded though too little is known of it: it is an issue of its own.
    """

    product: str = ""
    page: str = ""
    signature: str = ""
    symptom: str = ""
    case: str = ""

    @property
    def fingerprint(self) -> str:
        known = astuple(self) if self.case else astuple(self)[:-1]
        joined = "\x1f".join(known)
        return f"{VERSION}-{sha256(joined.encode()).hexdigest()[:16]}"

    @property
    def vague(self) -> bool:
        """Too little to say that two cases are one issue."""
        return not self.signature and not (self.symptom and (self.product or self.page))

    @property
    def words(self) -> str:
        """`Claim status, does not open, mobl_502`; what is not known is left out."""
        known = (self.product, self.page, self.symptom, self.signature)
        return ", ".join(each for each in known if each) or "nothing known"


def parts_of(heard: Heard, declared: TriageMap) -> Parts:
    """The parts of one case."""
    pages = [page_of(path, declared) for path in heard.paths]
    product = product_of(heard, pages, declared)
    error = signature(heard, declared.errors)
    return Parts(
        product=product,
        page="" if product else min(filter(None, pages), default=""),
        signature=error,
        symptom="" if error else heard.symptom,
    )


def product_of(heard: Heard, pages: Sequence[str], declared: TriageMap) -> str:
    """The product that the report's column names, else the page, the symptom, or at last a word."""
    products = declared.products
    named = [each.name for each in products if each.name == heard.row.product]
    named += [each.name for page in pages for each in products if page in each.pages]
    named += [each.product for each in declared.symptoms if each.product and each.name == heard.symptom]
    named += [each.name for each in products if f"product: {each.name}" in heard.said]
    return next(iter(named), "")


def signature(heard: Heard, errors: Sequence[ErrorText]) -> str:
    """The error codes of a case, else the particular text that was shown; a text shown anywhere is none."""
    if heard.codes:
        return min(heard.codes)
    said = (each.name for each in errors if not each.general and f"error: {each.name}" in heard.said)
    return next(said, "")


def page_of(path: str, declared: TriageMap) -> str:
    """The declared page that a path lies under, else the section of the site, else nothing.

    What else stands in a path (an id, a name) is left behind.
    """
    known = "/".join(":id" if each.isdigit() else each for each in path.split("/"))
    pages = [page for each in declared.products for page in each.pages if f"{known}/".startswith(f"{page}/")]
    section = path.split("/")[1]
    return max(pages, key=len, default=f"/{section}" if section in declared.sections else "")
