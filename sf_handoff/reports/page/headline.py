"""What stands out today, in words: the first thing that is read out in the meeting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.history import FEW_FOR_SHARE, Usual, against, share, stands_out, usual, window
from sf_handoff.reports.page.day_page import DayPage
from sf_handoff.worktime import DAYS, federal_holiday


@dataclass(frozen=True)
class Headline:
    first: str
    more: tuple[str, ...]


def headline(day: DayPage) -> Headline:
    if not day.counts.rows:
        return Headline("No case was opened on this day.", tuple(_nothing(day)))
    return Headline(_first(day), tuple(_more(day)))


def name_of(cluster: Cluster) -> str:
    """What a cluster is called: Claim status: page does not load."""
    what = cluster.symptom or cluster.signature or "not said what happens"
    return f"{cluster.product or cluster.page or 'No product named'}: {what}"


def trending(day: DayPage) -> list[Cluster]:
    return sorted((each for each in day.clusters if each.alert), key=lambda each: -len(each.cases))


def usual_rows(day: DayPage) -> Usual | None:
    return usual(day.history, day.counts.date)


def usual_technical(day: DayPage) -> Usual | None:
    return usual(day.history, day.counts.date, lambda counts: counts.technical)


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _first(day: DayPage) -> str:
    alerts = trending(day)
    if len(alerts) == 1:
        return f"One problem is trending. {name_of(alerts[0])}."
    if alerts:
        return f"{len(alerts)} problems are trending. First of all, {name_of(alerts[0])}."
    for what, count, usually in (
        ("cases", day.counts.rows, usual_rows(day)),
        ("technical cases", day.counts.technical, usual_technical(day)),
    ):
        if usually and stands_out(count, usually):
            return f"{'More' if count > usually.mean else 'Fewer'} {what} than usual."
    if window(day.history, day.counts.date):
        return f"A usual {DAYS[day.counts.date.weekday()]}: nothing stands out."
    return f"{counted(day.counts.rows, 'case')}, {day.counts.technical:,} of them technical."


def _more(day: DayPage) -> Iterator[str]:
    for cluster in trending(day)[:1]:
        yield f"{sentence(cluster.alert or '')} They come from {people(cluster.people)}."
    yield f"{counted(day.counts.rows, 'case')} in all, {against(day.counts.rows, usual_rows(day))}."
    technical = day.counts.technical
    part = f" ({share(technical, day.counts.rows)})" if day.counts.rows >= FEW_FOR_SHARE else ""
    yield f"{technical:,} technical{part}, {against(technical, usual_technical(day))}."
    if federal_holiday(day.counts.date):
        yield "It was a federal holiday."
    if day.to_decide:
        yield f"Next: decide on {counted(day.to_decide, 'case')} in the workbook."


def _nothing(day: DayPage) -> Iterator[str]:
    usually = usual_rows(day)
    if federal_holiday(day.counts.date):
        yield "It was a federal holiday."
    elif usually and usually.high:
        yield f"That is not usual: {usually.words}. Check that the report ran before you rely on it."
    else:
        yield "There is nothing to decide and nothing to file."
