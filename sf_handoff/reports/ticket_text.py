"""A ticket's title and body, made to fit.

GitHub counts characters: 256 in a title and 65,536 in a body. What is too much is left out in whole pieces,
and it is said what. https://docs.github.com/en/rest/issues/issues#create-an-issue
"""

from __future__ import annotations

from collections.abc import Iterator

from sf_handoff.errors import Rejected
from sf_handoff.redaction import Scrubbed, compose
from sf_handoff.reports.ticket_map import gaps
from sf_handoff.reports.ticket_sections import SECTION, Problem, Space
from sf_handoff.reports.ticket_words import BODY, ROOM, TITLE, problem_of, product_of, together, told


def title_of(problem: Problem) -> Scrubbed:
    """The title by the map's pattern. One that is too long loses words: of what is wrong, then of where."""
    product, what = product_of(problem.cluster).split(), problem_of(problem.cluster).split()
    shortened = False
    while True:
        title = _title(problem, " ".join(product), " ".join(what) + ("…" if shortened else ""))
        if len(title.text) <= TITLE:
            return title
        if not product + what:
            raise Rejected("The title is too long, whatever is left out of it.", code="TOO_LONG")
        (what or product).pop()
        shortened = True


def _title(problem: Problem, product: str, what: str) -> Scrubbed:
    values: dict[str, str | int] = {
        "tier": problem.cluster.tier,
        "priority": problem.proposal.priority.capitalize(),
        "product": product,
        "problem": what,
    }
    return told(problem.declared.title, **{name: values[name] for name in gaps(problem.declared.title)})


def body_of(problem: Problem) -> Scrubbed:
    """The body, as long as it may be. Raises Rejected where it is too long with everything left out."""
    declared = problem.declared
    footer = compose(f"---\n\n{declared.footer}")
    for space in _spaces(len(problem.quotes.texts), declared.case_numbers):
        paragraphs = [
            each
            for section in declared.sections
            for each in (compose(f"## {section.heading}"), *SECTION[section.name](problem, space))
        ]
        if sum(len(each.text) + 2 for each in (*paragraphs, footer)) <= BODY - ROOM:
            return together([*paragraphs, footer], "\n\n")
    raise Rejected("The text is too long, whatever is left out of it.", code="TOO_LONG")


def _spaces(quotes: int, numbers: int) -> Iterator[Space]:
    """Quotes go first, one by one, then case numbers, then the ends of lists."""
    yield from (Space(left, numbers) for left in range(quotes, -1, -1))
    while numbers:
        numbers //= 2
        yield Space(0, numbers)
    yield from (Space(0, 0, lines) for lines in (4, 2, 1, 0))
