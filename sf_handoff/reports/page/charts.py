"""What the charts of the page show, in values: an adapter draws them, and a table says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from sf_handoff.calls.shapes.markup import Markup
from sf_handoff.reports.history import WINDOW, DayCounts, Usual, window

MOST_BARS = 10
REST = "all others"


@dataclass(frozen=True)
class ChartDay:
    """A day in a chart; without counts where none were kept."""

    date: date
    rows: int | None
    technical: int | None


@dataclass(frozen=True)
class DaysChart:
    """Days side by side, the last one being the day of the page."""

    key: str
    title: str
    says: str
    days: tuple[ChartDay, ...]


@dataclass(frozen=True)
class Bar:
    label: str
    value: int
    usually: Usual | None = None


@dataclass(frozen=True)
class BarsChart:
    key: str
    title: str
    says: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class TrendChart:
    """Counts of one problem, day by day; None where no day was kept."""

    key: str
    title: str
    says: str
    days: tuple[tuple[date, int | None], ...]


Chart: TypeAlias = DaysChart | BarsChart | TrendChart
Draw: TypeAlias = Callable[[Chart], Markup]


def days_of(history: Iterable[DayCounts], today: DayCounts) -> tuple[ChartDay, ...]:
    kept = {each.date: each for each in (*window(history, today.date), today)}
    dates = (today.date - timedelta(days=back) for back in range(WINDOW, -1, -1))
    return tuple(
        ChartDay(day, counts.rows, counts.technical)
        if (counts := kept.get(day))
        else ChartDay(day, None, None)
        for day in dates
    )


def trend_of(
    history: Iterable[DayCounts], today: DayCounts, fingerprint: str
) -> tuple[tuple[date, int | None], ...]:
    kept = {each.date: each.clusters.get(fingerprint, 0) for each in (*window(history, today.date), today)}
    return tuple((each.date, kept.get(each.date)) for each in days_of(history, today))


def largest(counts: Mapping[str, int], usually: Callable[[str], Usual | None]) -> tuple[Bar, ...]:
    """The largest first; the small ones that a chart has no room for are one bar."""
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    bars = [Bar(label, value, usually(label)) for label, value in ordered[:MOST_BARS]]
    rest = sum(value for _, value in ordered[MOST_BARS:])
    return (*bars, Bar(REST, rest)) if rest else tuple(bars)
