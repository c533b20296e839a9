"""What needs somebody: crisis words, what is wrong with the figures, problems and their trend, tickets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sf_handoff.calls.shapes.markup import Markup, items, tag
from sf_handoff.reports.clocks import Running
from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.listing import ListedTicket, remarks
from sf_handoff.reports.page.blocks import case_list, closed, figure, link, number, section, soft, table
from sf_handoff.reports.page.charts import Draw, TrendChart, trend_of
from sf_handoff.reports.page.day_page import DayPage
from sf_handoff.reports.page.headline import counted, name_of, people, sentence
from sf_handoff.worktime import clock_words, moment_words

MOST_CARDS, MOST_NEAR = 9, 2


def crisis(day: DayPage) -> Markup:
    if not day.crisis:
        return Markup()
    several = len(day.crisis) > 1
    words = (
        f"{counted(len(day.crisis), 'case')} {'have' if several else 'has'} words of a crisis. Open "
        f"{'each' if several else 'it'} in Salesforce before anything else."
    )
    return section("Look at these first", tag("p", words), case_list(day.crisis, day.links), class_="box")


def trust(day: DayPage) -> Markup:
    """What must be looked at before the figures are relied on."""
    if not day.problems:
        return Markup()
    return section("Before you rely on these figures", items(day.problems), class_="box look")


def clusters(day: DayPage, draw: Draw) -> Markup:
    """Problems that more than one case has, each with its trend; single ones are counted."""
    several = sorted((each for each in day.clusters if len(each.cases) > 1), key=_weight)
    alone = counted(len(day.clusters) - len(several), "problem")
    title = "Problems that several cases have"
    if not day.clusters:
        return section(title, soft("No technical problem was found on this day."))
    if not several:
        return section(title, soft(f"No two cases have the same problem; {alone} stood alone."))
    cards = (_card(each, day, draw, at) for at, each in enumerate(several[:MOST_CARDS]))
    single = soft(f"Besides, {alone} of a single case: in the workbook.")
    return section(
        title,
        tag("div", *cards, class_="cards"),
        _smaller(several[MOST_CARDS:]),
        single if len(day.clusters) > len(several) else "",
    )


def _smaller(rest: Sequence[Cluster]) -> Markup:
    if not rest:
        return Markup()
    rows = [(name_of(each), number(len(each.cases)), number(each.people)) for each in rest]
    return closed(
        counted(len(rest), "smaller problem"), table("Smaller problems", ("Problem", "Cases", "People"), rows)
    )


def tickets(day: DayPage) -> Markup:
    title = "Open tickets and their clocks"
    if day.tickets is None:
        return Markup()
    if not day.tickets:
        return section(title, soft("No ticket is open."))
    rows = [
        (_ticket_name(each), each.priority or "not set", number(each.cases), _clocks(each, day))
        for each in sorted(day.tickets, key=lambda each: each.rank)
    ]
    caption = "Tickets at Insights and Analytics: dates set by law first, then the next to run out"
    return section(title, table(caption, ("Ticket", "Priority", "Cases", "Clocks"), rows))


def _weight(cluster: Cluster) -> tuple[bool, int, str]:
    return not cluster.alert, -len(cluster.cases), cluster.fingerprint


def _card(cluster: Cluster, day: DayPage, draw: Draw, at: int) -> Markup:
    days = trend_of(day.history, day.counts, cluster.fingerprint)
    known = [(each, count) for each, count in days if count is not None]
    before = sum(count for each, count in known if each < day.counts.date)
    says = f"{len(cluster.cases):,} on this day, {before:,} in the four weeks before."
    chart = TrendChart(f"trend{at}", f"Trend of {name_of(cluster)}", says, days)
    names, near = {each.fingerprint: name_of(each) for each in day.clusters}, cluster.near[:MOST_NEAR]
    counted_days = [(f"{each:%a, %b} {each.day}", number(count)) for each, count in reversed(known)]
    return tag(
        "div",
        tag("h3", name_of(cluster)),
        tag("p", tag("span", f"Trending: {cluster.alert}", class_="badge")) if cluster.alert else "",
        tag("p", _size(cluster)),
        figure(chart, draw, says) if len(known) > 1 else soft("No earlier day has been counted yet."),
        tag("p", sentence(cluster.words)),
        soft(f"Seen {_span(cluster.first_seen, cluster.last_seen, day)}"),
        *(
            soft(f"Perhaps the same as {names.get(each.fingerprint, each.fingerprint)}: {each.words}")
            for each in near
        ),
        case_list(cluster.cases, day.links),
        closed(
            "The trend as a table",
            table(f"Cases of this problem: {name_of(cluster)}", ("Day", "Cases"), counted_days),
        ),
        class_="card alert" if cluster.alert else "card",
    )


def _size(cluster: Cluster) -> Markup:
    said = tag("b", counted(len(cluster.cases), "case"))
    return Markup(f"{said} from {people(cluster.people)}, Tier {cluster.tier}")


def _ticket_name(ticket: ListedTicket) -> Markup:
    if ticket.number is None:
        return tag("span", f"{ticket.title}, not filed yet")
    return link(f"#{ticket.number} {ticket.title}", ticket.url)


def _clocks(ticket: ListedTicket, day: DayPage) -> Markup:
    said = [*(tag("div", each) for each in remarks(ticket)), *(_clock(each, day) for each in ticket.running)]
    return Markup("".join(said)) if said else tag("span", "none is running")


def _clock(clock: Running, day: DayPage) -> Markup:
    when = _moment(clock.due, day)
    if clock.overdue(day.made_at):
        return tag("div", f"Overdue: {clock.name}, was due {when}", class_="over")
    return tag("div", f"{clock.name}: due {when}")


def _span(first: datetime, last: datetime, day: DayPage) -> str:
    zone = ZoneInfo(day.timezone)
    start, end = first.astimezone(zone), last.astimezone(zone)
    if start.date() == end.date() == day.counts.date:
        return f"{clock_words(start.time())} to {clock_words(end.time())} {day.zone_words}"
    return f"{_moment(first, day)} to {_moment(last, day)}"


def _moment(moment: datetime, day: DayPage) -> str:
    return moment_words(moment, day.timezone, day.zone_words)
