"""How much there was: the figures of the day, the day against four weeks, and what the cases are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sf_handoff.calls.shapes.markup import Markup, tag
from sf_handoff.reports.history import UNSAID, DayCounts, Usual, against, share, usual, window
from sf_handoff.reports.page.blocks import closed, figure, number, section, table
from sf_handoff.reports.page.charts import Bar, BarsChart, DaysChart, Draw, days_of, largest
from sf_handoff.reports.page.day_page import DayPage
from sf_handoff.reports.page.headline import counted, sentence, trending, usual_rows, usual_technical
from sf_handoff.worktime import DAYS, day_words

TIERS = {
    3: "Tier 3: confirmed failure",
    2: "Tier 2: maybe technical",
    1: "Tier 1: needs an explanation",
    0: "Tier 0: another center's",
}


def figures(day: DayPage) -> Markup:
    said = (
        ("Cases", day.counts.rows, _before(usual_rows(day))),
        ("Technical cases", day.counts.technical, _before(usual_technical(day))),
        ("Problems trending", len(trending(day)), f"of {counted(len(day.clusters), 'problem')} found"),
        *_overdue(day),
        ("To decide", day.to_decide, "In the workbook, on its first sheet."),
    )
    return tag(
        "dl",
        *(
            tag("div", tag("dt", name), tag("dd", number(value), class_="number"), tag("dd", words))
            for name, value, words in said
        ),
        class_="figures",
    )


def _overdue(day: DayPage) -> Iterator[tuple[str, int, str]]:
    if day.tickets:
        late = sum(each.overdue(day.made_at) for each in day.tickets)
        yield "Tickets overdue", late, f"of {counted(len(day.tickets), 'open ticket')}"


def _before(usually: Usual | None) -> str:
    return sentence(usually.words) if usually else "No usual day to compare it with."


def against_four_weeks(day: DayPage, draw: Draw) -> Markup:
    title = "The day against the last four weeks"
    earlier = window(day.history, day.counts.date)
    if not earlier:
        return section(title, tag("p", "No earlier day has been counted yet: the chart begins tomorrow."))
    days = days_of(day.history, day.counts)
    weekday = DAYS[day.counts.date.weekday()]
    chart = DaysChart("days", title, f"{_compared(day)} A table of the same figures follows.", days)
    missing = sum(each.rows is None for each in days)
    gaps = f" A cross: not counted ({counted(missing, 'day')})." if missing else ""
    under = f"Dark: this day. Striped: {weekday}s before it. Light: other days.{gaps}"
    rows = [
        (f"{each.date:%a}, {day_words(each.date)}", *map(_counted, (each.rows, each.technical)))
        for each in reversed(days)
    ]
    return section(
        title,
        figure(chart, draw, under),
        closed(
            "The same as a table",
            table("Cases of each day, latest first", ("Day", "All cases", "Technical cases"), rows),
        ),
    )


def breakdown(day: DayPage, draw: Draw) -> Markup:
    """By category, by product and by tier, each beside what is usual."""
    if not day.counts.rows:
        return Markup()
    return tag(
        "div",
        tag(
            "div",
            _by("category", day, draw, lambda each: each.by_category),
            _by("tier", day, draw, _tiers, "Of the cases that the rules found."),
        ),
        _by("product", day, draw, lambda each: each.by_product),
        class_="two after",
    )


def _by(
    what: str, day: DayPage, draw: Draw, of: Callable[[DayCounts], Mapping[str, int]], note: str = ""
) -> Markup:
    title, counts = f"By {what}", of(day.counts)
    if not counts:
        return section(title, tag("p", "None on this day."))

    def usually(label: str) -> Usual | None:
        return usual(day.history, day.counts.date, lambda each: of(each).get(label, 0))

    bars = largest(counts, usually)
    if what == "tier":
        bars = tuple(sorted(bars, key=lambda bar: bar.label, reverse=True))
    whole = sum(counts.values())
    said = tuple(bar for bar in bars if bar.label != UNSAID) or bars
    says = ", ".join(f"{bar.label} {bar.value:,}" for bar in said)
    marked = (
        "Figure: this day. Upright line: the mean of this weekday." if any(b.usually for b in bars) else ""
    )
    unsaid = f"{counted(counts[UNSAID], 'case')} without a {what}." if len(said) < len(bars) else ""
    under = " ".join(filter(None, (note, marked, unsaid)))
    rows = [(bar.label, number(bar.value), share(bar.value, whole), _usual_words(bar)) for bar in bars]
    titles = (what.capitalize(), "Cases", "Share", "Usual")
    return section(
        title,
        figure(BarsChart(what, title, f"{says}.", said), draw, under),
        closed(
            "The same as a table", table(f"Cases by {what}", titles, rows, ("All", number(whole), "", ""))
        ),
    )


def _tiers(counts: DayCounts) -> dict[str, int]:
    return {words: counts.by_tier[tier] for tier, words in TIERS.items() if tier in counts.by_tier}


def _usual_words(bar: Bar) -> str:
    if bar.usually is None:
        return "no day to compare with"
    return f"{bar.usually.low:,} to {bar.usually.high:,}"


def _compared(day: DayPage) -> str:
    rows, technical = day.counts.rows, day.counts.technical
    return (
        f"{counted(rows, 'case')}, {against(rows, usual_rows(day))}. "
        f"{counted(technical, 'technical case')}, {against(technical, usual_technical(day))}."
    )


def _counted(value: int | None) -> object:
    return number(value) if value is not None else "not counted"
