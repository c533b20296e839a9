"""The day as one page: what stands out, who to look at first, how much, what about, what is open.

One file without script and without anything from outside; the policy in its head would stop what got in.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
"""

from __future__ import annotations

import base64
import hashlib

from sf_handoff.calls.shapes.markup import Markup, tag
from sf_handoff.reports.page.charts import Draw
from sf_handoff.reports.page.day_page import DayPage
from sf_handoff.reports.page.headline import headline
from sf_handoff.reports.page.practice import comparisons, funnel, noted, training
from sf_handoff.reports.page.problems import clusters, crisis, tickets, trust
from sf_handoff.reports.page.style import CSS
from sf_handoff.reports.page.volume import against_four_weeks, breakdown, figures
from sf_handoff.worktime import day_words, moment_words

_STYLE_HASH = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"


def page(day: DayPage, draw: Draw) -> str:
    """The whole page. `draw` makes an SVG of a chart."""
    head = Markup(
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"{tag('title', f'{day.title}: {_date(day)}')}"
        f"<style>{CSS}</style>"
    )
    body = tag("body", _top(day), tag("main", *_main(day, draw)), _foot(day))
    return f"<!doctype html>\n{tag('html', tag('head', head), body, lang='en')}\n"


def _main(day: DayPage, draw: Draw) -> tuple[Markup, ...]:
    return (
        crisis(day),
        _first(day),
        trust(day),
        figures(day),
        clusters(day, draw),
        against_four_weeks(day, draw),
        breakdown(day, draw),
        tickets(day),
        funnel(day, draw),
        tag("div", comparisons(day), training(day), class_="two after"),
        noted(day),
    )


def _top(day: DayPage) -> Markup:
    made = moment_words(day.made_at, day.timezone, day.zone_words)
    return tag("header", tag("h1", day.title), tag("p", tag("b", _date(day)), f" · made {made}"))


def _first(day: DayPage) -> Markup:
    said = headline(day)
    words = (tag("p", each) for each in said.more)
    return tag(
        "section",
        tag("h2", said.first, id="stands-out"),
        *words,
        aria_labelledby="stands-out",
        class_="first",
    )


def _date(day: DayPage) -> str:
    return f"{day.counts.date:%A}, {day_words(day.counts.date)}"


def _foot(day: DayPage) -> Markup:
    return tag(
        "footer",
        tag(
            "p",
            f"The day runs from midnight to midnight {day.zone_words}. Tiers, problems and trends are what "
            "the rules propose; people decide in the workbook. This page holds case numbers and counts, and "
            "no words of any case.",
        ),
    )
