"""What the sections of the page are built from: headings with their section, tables, case numbers, charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sf_handoff.calls.shapes.markup import Markup, items, tag
from sf_handoff.reports.page.charts import Chart, Draw

MOST_CASES = 12  # the rest opens on a click


class Number(str):
    """Words of a cell that stand as numbers do."""

    __slots__ = ()


def section(title: str, *inside: object, class_: str = "") -> Markup:
    key = "".join(letter if letter.isalnum() else "-" for letter in title.lower())
    more = {"class_": class_} if class_ else {}
    return tag("section", tag("h2", title, id=key), *inside, aria_labelledby=key, **more)


def soft(words: str) -> Markup:
    return tag("p", words, class_="soft")


def table(
    caption: str, titles: Sequence[str], rows: Iterable[Sequence[object]], total: Sequence[object] = ()
) -> Markup:
    """The first cell of each row names it."""
    lines = list(rows)
    numbers = [isinstance(cell, Number) for cell in lines[0]] if lines else [False] * len(titles)
    head = tag("thead", tag("tr", *map(_title, titles, numbers)))
    body = tag("tbody", *map(_row, lines))
    foot = tag("tfoot", _row(total)) if total else Markup()
    return tag("table", tag("caption", caption), head, body, foot)


def number(value: float | None, digits: int = 0) -> Number:
    return Number("" if value is None else f"{value:,.{digits}f}")


def figure(chart: Chart, draw: Draw, under: object = "") -> Markup:
    caption = tag("figcaption", under) if under else Markup()
    return tag("figure", draw(chart), caption)


def closed(summary: str, *inside: object) -> Markup:
    return tag("details", tag("summary", summary), *inside)


def case_list(numbers: Sequence[str], links: Mapping[str, str]) -> Markup:
    shown = [case(each, links) for each in numbers]
    first = items(shown[:MOST_CASES], class_="cases")
    if len(shown) <= MOST_CASES:
        return first
    rest = tag("summary", f"{len(shown) - MOST_CASES:,} more case numbers")
    return Markup(first + tag("details", rest, items(shown[MOST_CASES:], class_="cases"), class_="more"))


def case(number: str, links: Mapping[str, str]) -> Markup:
    return link(number, links.get(number))


def link(words: str, url: str | None) -> Markup:
    if url and url.startswith("https://"):
        return tag("a", words, href=url, rel="noreferrer")
    return tag("span", words)


def _title(title: str, over_numbers: bool) -> Markup:
    return tag("th", title, scope="col", **({"class_": "n"} if over_numbers else {}))


def _row(cells: Sequence[object]) -> Markup:
    first, *others = cells
    return tag("tr", tag("th", first, scope="row"), *(_cell(each) for each in others))


def _cell(value: object) -> Markup:
    return tag("td", value, class_="n") if isinstance(value, Number) else tag("td", value)
