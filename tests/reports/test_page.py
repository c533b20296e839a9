"""The page as it is written: what it says of each kind of day, nothing of any person, everything escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from sf_handoff.adapters.report_files.charts import draw
from sf_handoff.calls.shapes.markup import Markup, tag
from sf_handoff.reports.clocks import Running
from sf_handoff.reports.compare import Comparison
from sf_handoff.reports.history import DayCounts
from sf_handoff.reports.listing import ListedTicket
from sf_handoff.reports.page.charts import MOST_BARS, REST, Bar, BarsChart, Chart, days_of, largest, trend_of
from sf_handoff.reports.page.day_page import DayPage
from sf_handoff.reports.page.headline import headline
from sf_handoff.reports.page.page import POLICY, page
from sf_handoff.reports.page.problems import MOST_CARDS
from sf_handoff.reports.page.style import CSS
from sf_handoff.reports.tickets import State
from tests.calls.test_page import Read
from tests.reports.days import DAY, DAYS, NOW, OUTAGE, UPLOAD, cluster, counts, earlier, outage, quiet

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "section", "footer", "div", "h1", "h2", "h3", "p",
    "ul", "li", "dl", "dt", "dd", "b", "a", "span", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
    "details", "summary", "figure", "figcaption", "svg", "desc", "g", "path", "text", "defs", "pattern", "rect", "use", "clippath",
}  # fmt: skip


def told(chart: Chart) -> Markup:
    """A drawing in words, for tests of all but the drawing."""
    return tag("svg", chart.says)


def said(day: DayPage) -> str:
    return " ".join(Read(page(day, told)).words.split())


@pytest.mark.parametrize("name", DAYS)
def test_only_plain_elements_stand_in_it_and_they_nest(name: str) -> None:
    read = Read(page(DAYS[name](), draw))
    assert read.open == []
    assert {each for each, _ in read.found} <= ALLOWED
    attributes = {key for _, given in read.found for key in given}
    assert "style" not in attributes
    assert not any(key.startswith("on") for key in attributes)
    ids = [given["id"] for _, given in read.found if "id" in given]
    assert len(ids) == len(set(ids))
    named = {key for _, given in read.found for key in (given.get("aria-labelledby") or "").split()}
    assert named <= set(ids)


@pytest.mark.parametrize("name", DAYS)
def test_nothing_is_loaded_from_outside(name: str) -> None:
    read = Read(page(DAYS[name](), draw))
    links = [given["href"] for _, given in read.found if given.get("href")]
    assert all(str(link).startswith(("https://", "#chart-")) for link in links)
    assert not any("src" in given for _, given in read.found)
    style = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
    assert f"style-src 'sha256-{style}'" in POLICY
    assert "script" not in POLICY and "'none'" in POLICY


def test_what_came_from_outside_is_escaped() -> None:
    html = page(DAYS["hostile"](), draw)
    assert "<script" not in html
    assert "javascript:" not in html
    assert "&lt;script&gt;" in html


def test_the_same_day_gives_the_same_page() -> None:
    assert page(outage(), draw) == page(outage(), draw)


def test_an_outage_is_what_is_read_first() -> None:
    first = headline(outage())
    assert first.first == "One problem is trending. Claim status: page does not load."
    assert first.more[0] == "37 cases in a day; from 10 on it is urgent. They come from 31 people."
    assert first.more[1] == "231 cases in all, 1.4 times a usual Friday (the last 4 Fridays had 164 to 173)."


def test_several_problems_are_counted() -> None:
    day = replace(
        outage(),
        clusters=(
            cluster("v1-x", 12, 11, "12 in a day", symptom="upload fails"),
            cluster(OUTAGE, 37, 31, "37 in a day"),
        ),
    )
    assert headline(day).first == "2 problems are trending. First of all, Claim status: page does not load."


def test_a_quiet_day_says_so() -> None:
    assert headline(quiet()).first == "A usual Friday: nothing stands out."
    assert headline(DAYS["first-day"]()).more[1] == "231 cases in all, no usual day to compare it with."


@pytest.mark.parametrize(
    ("rows", "first"), [(320, "More cases than usual."), (60, "Fewer cases than usual.")]
)
def test_an_unusual_number_of_cases_stands_out(rows: int, first: str) -> None:
    assert headline(replace(quiet(), counts=counts(DAY, rows, 9, {}))).first == first


def test_a_day_without_rows_is_doubted_unless_it_was_a_holiday() -> None:
    assert "Check that the report ran" in headline(DAYS["nothing"]()).more[0]
    thanksgiving = replace(DAYS["nothing"](), counts=DayCounts(DAY + timedelta(days=6), 0))
    assert headline(thanksgiving).more == ("It was a federal holiday.",)


def test_crisis_cases_stand_before_everything_and_as_numbers_only() -> None:
    words = said(outage())
    main = words.index("Look at these first")
    assert main < words.index("One problem is trending")
    assert words.index("00412077") < words.index("One problem is trending")
    assert "Look at these first" not in said(quiet())


def test_problems_stand_before_the_figures() -> None:
    words = said(DAYS["problems"]())
    assert words.index("sub-counts do not add up") < words.index("Technical cases")
    assert "Before you rely" not in said(outage())


def test_each_chart_has_the_same_figures_as_a_table() -> None:
    words = said(outage())
    assert "Cases of each day, latest first" in words
    assert "Fri, November 20, 2026 231 46" in words
    assert "Concern 106 46% of 231 76 to 79" in words
    assert "Tier 3: confirmed failure 15" in words
    assert "Cases of this problem: Claim status: page does not load" in words


def test_days_that_were_not_counted_are_said() -> None:
    words = said(DAYS["problems"]())
    assert "A cross: not counted (14 days)." in words
    assert "Thu, November 19, 2026 not counted not counted" in words
    assert "the chart begins tomorrow" in said(DAYS["first-day"]())


def test_the_page_says_what_to_do_next() -> None:
    words = said(outage())
    assert "Next: decide on 31 cases in the workbook." in words
    assert "To decide 31 In the workbook, on its first sheet." in words
    assert "Next:" not in said(replace(outage(), to_decide=0))


def test_what_names_no_product_is_told_beside_the_chart() -> None:
    some = replace(quiet(), counts=replace(quiet().counts, by_product={"Sign in": 3, "not given": 9}))
    drawn: list[Chart] = []

    def drawing(chart: Chart) -> Markup:
        drawn.append(chart)
        return told(chart)

    words = " ".join(Read(page(some, drawing)).words.split())
    (chart,) = (each for each in drawn if isinstance(each, BarsChart) and each.key == "product")
    assert [bar.label for bar in chart.bars] == ["Sign in"]
    assert "9 cases without a product." in words
    assert "not given 9" in words


def test_tickets_are_sorted_by_what_runs_out_and_overdue_ones_say_so() -> None:
    words = said(outage())
    assert words.index("#5790") < words.index("#5812")
    assert "Overdue: Owner's answer, was due November 19, 2026 at 10:00 a.m. ET" in words
    assert "Tickets overdue 1 of 2 open tickets" in words
    assert "No ticket is open." in said(quiet())


def test_a_ticket_due_this_moment_is_not_overdue_yet() -> None:
    day = replace(
        quiet(), tickets=(ListedTicket(1, "A", clocks=(Running("Fix", NOW),)), ListedTicket(2, "B"))
    )
    assert "Overdue" not in said(day)
    assert "none is running" in said(day)


def test_that_no_ticket_is_open_is_only_said_where_somebody_asked() -> None:
    assert "No ticket is open." not in said(replace(quiet(), tickets=None))
    assert "Open tickets" not in said(replace(quiet(), tickets=None))


def test_story_65_what_has_a_date_by_law_stands_first() -> None:
    late = ListedTicket(5790, "Late", clocks=(Running("Owner's answer", NOW - timedelta(days=3)),))
    by_law = ListedTicket(
        5831,
        "Due 12/01/2026",
        by_law=True,
        clocks=(Running("Due by law", NOW + timedelta(days=9), by_law=True),),
    )
    words = said(replace(quiet(), tickets=(late, by_law)))
    assert words.index("#5831") < words.index("#5790")
    assert "Due by law: due November 30, 2026" in words


def test_a_closed_ticket_says_why_it_is_listed() -> None:
    words = said(
        replace(quiet(), tickets=(ListedTicket(7, "A", state=State.CLOSED), ListedTicket(None, "B")))
    )
    assert "closed, and those who wait were not told yet" in words
    assert "B, not filed yet" in words


def test_the_funnel_has_every_stage_by_screen_and_in_all() -> None:
    words = said(outage())
    assert "ClaimStatus 64 63 41 33 19 3 1" in words
    assert "All screens 86 85 52 43 29 4 1" in words
    assert "60% of 86 taps" in words
    assert "No handoff came from the app on this day." in said(quiet())


def test_where_the_rule_sets_differ() -> None:
    words = said(outage())
    assert (
        "2019 report 1 catches 22, 2019 case notes catches 37; 2 only the first, 17 only the second." in words
    )
    assert "only 2019 report 1 subject has va.gov 2 00412200 00412203" in words
    same = replace(quiet(), comparisons=(Comparison("A", "B", 9, 4, (), ()),))
    assert "A and B catch the same 4 cases." in said(same)


def test_training_names_cases_and_no_agent() -> None:
    words = said(outage())
    assert "00412044 Subject says T3" in words
    assert "No case was found whose marks do not fit its text." in said(quiet())


def test_near_clusters_are_called_by_their_names() -> None:
    assert "Perhaps the same as Upload documents: upload fails: same error text; another product" in said(
        outage()
    )


def test_many_problems_do_not_fill_the_page() -> None:
    many = tuple(
        cluster(f"v1-{at}", 2 + at, 2, None, symptom=f"symptom {at}") for at in range(MOST_CARDS + 5)
    )
    words = said(replace(outage(), clusters=many))
    assert "5 smaller problems" in words
    assert words.count("cases from 2 people") == MOST_CARDS


def test_small_bars_are_put_together() -> None:
    bars = largest({f"c{at:02d}": 20 - at for at in range(MOST_BARS + 3)}, lambda label: None)
    assert bars[0] == Bar("c00", 20)
    assert bars[-1] == Bar(REST, 10 + 9 + 8)
    assert sum(bar.value for bar in bars) == sum(range(8, 21))


def test_a_trend_has_a_gap_where_no_day_was_kept() -> None:
    day = DAYS["problems"]()
    trend = trend_of(day.history, day.counts, UPLOAD)
    assert len(trend) == len(days_of(day.history, day.counts)) == 29
    assert trend[-1] == (DAY, 4)
    assert [count for _, count in trend].count(None) == 14
    assert trend_of(earlier(), day.counts, "v1-unknown")[0][1] == 0


@pytest.mark.parametrize("name", DAYS)
def test_charts_say_what_they_show(name: str) -> None:
    for svg in re.findall(r"<svg.*?</svg>", page(DAYS[name](), draw), re.DOTALL):
        root = ET.fromstring(svg)
        assert root.attrib["role"] == "img"
        title, desc = root[0], root[1]
        assert (title.tag, desc.tag) == ("title", "desc")
        assert title.text and desc.text
        assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], desc.attrib["id"]]


def test_charts_take_their_colours_and_fonts_from_the_page() -> None:
    svg = "".join(re.findall(r"<svg.*?</svg>", page(outage(), draw), re.DOTALL))
    assert not re.search(r"#0[0-9]0", svg)
    assert "var(--accent)" in svg and "var(--bar)" in svg
    assert "font-family" not in svg and "DejaVu" not in svg
    assert ">231</text>" in svg
    assert "<style" not in svg and "metadata" not in svg and "matplotlib" not in svg
    referenced = set(re.findall(r'(?:href="#|url\(#)([\w-]+)', svg))
    assert referenced and referenced <= set(re.findall(r'id="([\w-]+)"', svg))


def test_a_users_own_settings_do_not_change_the_charts() -> None:
    import matplotlib as mpl

    before = page(quiet(), draw)
    with mpl.rc_context({"font.size": 30, "axes.grid": True, "svg.fonttype": "path"}):
        assert page(quiet(), draw) == before
        assert mpl.rcParams["font.size"] == 30


def test_hours_are_those_of_the_zone_that_is_named() -> None:
    made = datetime(2026, 11, 21, 14, 15, tzinfo=UTC)
    day = DayPage(
        title="x", counts=DayCounts(date(2026, 11, 20), 0), made_at=made, timezone="America/Los_Angeles"
    )
    text = said(day)
    assert "6:15 a.m. America/Los_Angeles" in text
    assert " ET" not in text
