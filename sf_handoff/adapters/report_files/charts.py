"""Draws the charts of the page with matplotlib, as SVG with its words as text, the same on every run.

https://matplotlib.org/stable/users/explain/customizing.html
https://matplotlib.org/stable/api/backend_svg_api.html
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

from sf_handoff.adapters.report_files.cells import printable
from sf_handoff.adapters.report_files.extra import report_extra
from sf_handoff.adapters.report_files.svg import inlined
from sf_handoff.calls.shapes.markup import Markup
from sf_handoff.reports.page.charts import Bar, BarsChart, Chart, DaysChart, TrendChart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# What is drawn, and what the page makes of it: its own colours, in the light and in the dark.
INK, SOFT, LINE, BAR, ACCENT, PAPER = "#010101", "#020202", "#030303", "#040404", "#050505", "#060606"
COLOURS = {
    INK: "var(--ink)", SOFT: "var(--soft)", LINE: "var(--line)", BAR: "var(--bar)", ACCENT: "var(--accent)",
    PAPER: "var(--paper)",
}  # fmt: skip
STRIPED = "////"
_ROOM = 0.12  # of the longest bar: what a figure takes
_SETTINGS: dict[Any, Any] = {
    "text.parse_math": False,
    "svg.fonttype": "none", "svg.hashsalt": "sf-handoff", "font.family": ["DejaVu Sans"], "font.size": 9,
    "text.color": INK, "axes.edgecolor": LINE, "axes.labelcolor": INK, "axes.linewidth": 0.8,
    "axes.titlelocation": "left", "axes.titlesize": 9, "axes.titleweight": "bold", "axes.titlepad": 8,
    "xtick.color": LINE, "ytick.color": LINE, "xtick.labelcolor": SOFT, "ytick.labelcolor": INK,
    "hatch.color": ACCENT, "hatch.linewidth": 1.0, "axes.unicode_minus": False, "path.simplify": False,
}  # fmt: skip


def draw(chart: Chart) -> Markup:
    with report_extra():
        import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a user's own settings must not change the page
        matplotlib.rcParams.update(_SETTINGS)
        match chart:
            case DaysChart():
                figure = _days(chart)
            case BarsChart():
                figure = _bars(chart)
            case TrendChart():
                figure = _trend(chart)
        return _written(figure, chart)


def _written(figure: Figure, chart: Chart) -> Markup:
    out = StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the page's own fonts draw the words
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return inlined(out.getvalue(), f"chart-{chart.key}", chart.title, chart.says, COLOURS)


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _days(chart: DaysChart) -> Figure:
    """All cases above, technical ones below, each on a scale of its own."""
    figure = _figure(10.6, 3.7)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _day_bars(above, chart, [each.rows for each in chart.days], "All cases")
    _day_bars(below, chart, [each.technical for each in chart.days], "Technical cases")
    mondays = [at for at, each in enumerate(chart.days[:-2]) if each.date.weekday() == 0]
    last = len(chart.days) - 1
    names = [f"{chart.days[at].date:%b} {chart.days[at].date.day}" for at in mondays]
    below.set_xticks(
        [*mondays, last], [*names, f"{chart.days[last].date:%a, %b} {chart.days[last].date.day}"]
    )
    below.get_xticklabels()[-1].set(fontweight="bold", color=INK)
    return figure


def _day_bars(axes: Axes, chart: DaysChart, values: Sequence[int | None], title: str) -> None:
    today = chart.days[-1].date
    _bare(axes)
    axes.set_title(title)
    for at, (day, value) in enumerate(zip(chart.days, values, strict=True)):
        if value is None:
            axes.plot(at, 0, "x", color=SOFT, markersize=3.5, clip_on=False)
            continue
        same = day.date.weekday() == today.weekday()
        if day.date == today:
            axes.bar(at, value, 0.78, color=ACCENT, edgecolor=ACCENT)
        else:
            axes.bar(at, value, 0.78, color=BAR, edgecolor=LINE, linewidth=0.8, hatch=STRIPED if same else "")
        if same:
            _above(axes, at, value, bold=day.date == today)
    axes.set_ylim(0, max(1, *(value or 0 for value in values)) * 1.2)
    axes.set_xlim(-0.7, len(values) - 0.3)


def _above(axes: Axes, at: float, value: int, *, bold: bool) -> None:
    axes.annotate(
        f"{value:,}", (at, value), (0, 2), textcoords="offset points", ha="center", va="bottom",
        fontweight="bold" if bold else "normal",
    )  # fmt: skip


def _bars(chart: BarsChart) -> Figure:
    """Bars that lie, the largest on top, the mean of the weekday as an upright line."""
    figure = _figure(5.2, 0.5 + 0.3 * len(chart.bars))
    axes = figure.subplots()
    _bare(axes)
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(True)
    axes.set_xticks([])
    names = [printable(bar.label if len(bar.label) <= 30 else f"{bar.label[:29]}…") for bar in chart.bars]
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    means = [bar.usually.mean for bar in chart.bars if bar.usually]
    longest = max(1, *(bar.value for bar in chart.bars), *means)
    for at, bar in enumerate(chart.bars):
        _lying(axes, at, bar, room=longest * _ROOM)
    axes.set_xlim(0, longest * 1.15)
    return figure


def _lying(axes: Axes, at: int, bar: Bar, room: float) -> None:
    """The figure stands at the end of its bar, or behind the line where there is no room before it."""
    axes.barh(at, bar.value, 0.66, color=ACCENT, edgecolor=ACCENT)
    if bar.usually:
        axes.plot(
            [bar.usually.mean] * 2, [at - 0.45, at + 0.45], color=PAPER, linewidth=4, solid_capstyle="butt"
        )
        axes.plot(
            [bar.usually.mean] * 2, [at - 0.45, at + 0.45], color=INK, linewidth=2, solid_capstyle="butt"
        )
    mean = bar.usually.mean if bar.usually else 0
    right = mean if bar.value < mean <= bar.value + room else bar.value
    axes.annotate(
        f"{bar.value:,}", (right, at), (5, 0), textcoords="offset points", va="center", fontweight="bold"
    )


def _trend(chart: TrendChart) -> Figure:
    figure = _figure(4.4, 0.95)
    axes = figure.subplots()
    _bare(axes)
    values = [count for _, count in chart.days]
    for at, count in enumerate(values):
        last = at == len(values) - 1
        if count:
            axes.bar(
                at,
                count,
                0.78,
                color=ACCENT if last else BAR,
                edgecolor=ACCENT if last else LINE,
                linewidth=0.8,
            )
    top = max(1, *(count or 0 for count in values))
    _above(axes, len(values) - 1, values[-1] or 0, bold=True)
    axes.set_ylim(0, top * 1.45)
    axes.set_xlim(-0.7, len(values) - 0.3)
    first, last_day = chart.days[0][0], chart.days[-1][0]
    axes.set_xticks([0, len(values) - 1], [f"{each:%b} {each.day}" for each in (first, last_day)])
    return figure


def _bare(axes: Axes) -> None:
    """Only the line that bars stand on: their figures are written on them."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    axes.set_yticks([])
