"""How the work went: handoffs from tap to agent, where rule sets differ, what to train, what was noted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sf_handoff.calls.shapes.markup import Markup, items, tag
from sf_handoff.reports.compare import Caught, Comparison
from sf_handoff.reports.history import share
from sf_handoff.reports.page.blocks import case, case_list, figure, number, section, soft, table
from sf_handoff.reports.page.charts import Bar, BarsChart, Draw
from sf_handoff.reports.page.day_page import STAGES, DayPage
from sf_handoff.reports.page.headline import counted


def funnel(day: DayPage, draw: Draw) -> Markup:
    """From the tap in the app to the agent's word, in all and by screen."""
    title = "Handoffs from the app"
    whole: Counter[str] = Counter()
    for counts in day.funnel.values():
        whole.update({stage: counts.get(stage, 0) for stage in STAGES})
    if not whole["taps"]:
        return section(title, soft("No handoff came from the app on this day."))
    bars = tuple(Bar(words, whole[stage]) for stage, (words, _) in STAGES.items())
    says = ", ".join(f"{bar.label} {bar.value:,}" for bar in bars)
    rows = [
        (screen, *(number(counts.get(stage, 0)) for stage in STAGES))
        for screen, counts in sorted(day.funnel.items(), key=lambda each: (-each[1].get("taps", 0), each[0]))
    ]
    total = ("All screens", *(number(whole[stage]) for stage in STAGES))
    titles = ("Screen", *(short for _, short in STAGES.values()))
    drawn = figure(BarsChart("funnel", title, f"{says}.", bars), draw, _found(whole))
    by_screen = table("By the screen that was open", titles, rows, total)
    return section(title, tag("div", drawn, _scrolls("Handoffs by screen", by_screen), class_="two"))


def _scrolls(label: str, wide: Markup) -> Markup:
    """On a phone a wide table scrolls by itself, with the keyboard too."""
    return tag("div", wide, class_="scrolls", role="group", aria_label=label, tabindex="0")


def comparisons(day: DayPage) -> Markup:
    """What one rule set catches and another misses."""
    title = "Where the rule sets differ"
    if not day.comparisons:
        return section(title, soft("No rule sets were compared on this day."))
    return section(title, *(_compared(each, day) for each in day.comparisons))


def _compared(both: Comparison, day: DayPage) -> Markup:
    rows = [
        (f"only {name}", rule, number(len(cases)), case_list(cases, day.links))
        for name, only in ((both.a, both.only_a), (both.b, both.only_b))
        for rule, cases in _by_rule(only).items()
    ]
    if not rows:
        return tag("p", f"{both.a} and {both.b} catch the same {counted(both.both, 'case')}.")
    caption = f"Only one of {both.a} and {both.b}"
    return Markup(tag("p", both.words) + table(caption, ("Caught by", "Rule", "Cases", "Which"), rows))


def _by_rule(caught: Iterable[Caught]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in caught:
        found.setdefault(each.rules[0], []).append(each.case_number)
    return found


def training(day: DayPage) -> Markup:
    title = "For training"
    if not day.mistagged:
        return section(title, soft("No case was found whose marks do not fit its text."))
    rows = [(case(number_, day.links), words) for number_, words in sorted(day.mistagged.items())]
    said = f"{counted(len(rows), 'case')} whose marks do not fit the text. No agent is named or looked up."
    return section(title, tag("p", said), table("Mis-tagged cases", ("Case", "What does not fit"), rows))


def noted(day: DayPage) -> Markup:
    if not day.notes:
        return Markup()
    return section("Noted while the report was pulled", items(day.notes), class_="plain")


def _found(whole: Counter[str]) -> str:
    """Of the calls that could have found a handoff, how many did; of those, how many agents confirmed."""
    return (
        f"A call found its handoff for {share(whole['bound'], whole['taps'])} taps; "
        f"agents confirmed {share(whole['confirmed'], whole['bound'])} of these."
        if whole["bound"]
        else "No call has found its handoff yet."
    )
