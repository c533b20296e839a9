"""The sections of a ticket's text: each says what is known, or that nothing is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sf_handoff.redaction import Scrubbed, compose
from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.evidence import Evidence
from sf_handoff.reports.page.headline import counted, sentence
from sf_handoff.reports.priority import Proposal
from sf_handoff.reports.ticket_map import Owner, TicketMap
from sf_handoff.reports.ticket_words import (
    case_numbers,
    different,
    listed,
    page_of,
    people_in,
    product_of,
    taken_out,
    together,
    told,
    when,
)
from sf_handoff.reports.tickets import DayCount
from sf_handoff.worktime import day_words

LINES = 8  # of a list that could go on
WEEK = 7
_NONE = DayCount(0, 0)


@dataclass(frozen=True)
class Quotes:
    """What is quoted, each with its case number, and how many were left out lest they name somebody."""

    texts: tuple[Scrubbed, ...]
    unclean: int = 0


@dataclass(frozen=True)
class Problem:
    """All that the ticket of one cluster tells. `near` names other clusters and why they may be the same.

    `days` are the problem's, the report's among them; `clocks` what is due by when.
    """

    cluster: Cluster
    evidence: Evidence
    proposal: Proposal
    quotes: Quotes
    days: Mapping[date, DayCount]
    day: ReportDay
    owner: Owner
    declared: TicketMap
    near: tuple[tuple[Scrubbed, str], ...] = ()
    clocks: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True)
class Space:
    """How much of what can be left out is shown."""

    quotes: int
    numbers: int
    lines: int = LINES


def _problem(problem: Problem, space: Space) -> list[Scrubbed]:
    cluster, evidence = problem.cluster, problem.evidence
    facts = [
        told("- Product: {product}", product=product_of(cluster)),
        told("- What fails: {what}", what=cluster.symptom or "not said"),
        told("- Error: {error}", error=cluster.signature or "none is named"),
        told("- Products in the report: {counts}", counts=listed(evidence.products, space.lines)),
        told("- Topics in the report: {counts}", counts=listed(evidence.topics, space.lines)),
        told("- Why these cases are one problem: {words}", words=cluster.words),
    ]
    return [together(facts)]


def _source(problem: Problem, space: Space) -> list[Scrubbed]:
    return [compose(f"{problem.declared.source} Cases opened on {problem.day.words}.")]


def _priority(problem: Problem, space: Space) -> list[Scrubbed]:
    proposal = compose("This is a proposal. What the board says counts.")
    return [told("{why}.", why=problem.proposal.why), proposal]


def _counts(problem: Problem, space: Space) -> list[Scrubbed]:
    cluster, zone = problem.cluster, problem.day.zone
    today = problem.days[problem.day.date]
    cases, people = counted(today.cases, "case"), different(today.people)
    first, last = when(cluster.first_seen, zone), when(cluster.last_seen, zone)
    last_days = [problem.day.date - timedelta(days=back) for back in range(WEEK - 1, -1, -1)]
    # A day that was never pulled is no day without cases.
    rows = [(day_words(each), problem.days[each]) for each in last_days if each in problem.days]
    told_of = f"{cases} of {people} on this day, the first opened on {first}, the last on {last}."
    in_all = sum(each.cases for each in problem.days.values())
    return [compose(told_of), table(rows), compose(f"In all: {counted(in_all, 'case')}.")]


def _trend(problem: Problem, space: Space) -> list[Scrubbed]:
    if problem.cluster.alert:
        return [told("{alert}", alert=sentence(problem.cluster.alert))]
    return [compose("It is not trending.")]


def _descriptions(problem: Problem, space: Space) -> list[Scrubbed]:
    shown, quotes = problem.quotes.texts[: space.quotes], problem.quotes
    longer = problem.evidence.too_long
    out = taken_out(shown)
    notes = [
        f"Taken out: {out}." if out else "",
        _left_out(quotes.unclean, "something personal could be left in what they say"),
        _left_out(longer, "too long to be quoted"),
        _left_out(len(quotes.texts) - len(shown), "this text would be too long"),
        "" if shown else "None is quoted; the cases hold them.",
    ]
    return [*shown, *(compose(each) for each in notes if each)]


def _left_out(count: int, why: str) -> str:
    return f"{counted(count, 'description')} left out: {why}." if count else ""


def _devices(problem: Problem, space: Space) -> list[Scrubbed]:
    named = {kind: counts for kind, counts in problem.evidence.mentions.items() if counts}
    if not named:
        return [compose("None was named.")]
    lines = [
        told(f"- {kind}: {{counts}}", counts=listed(counts, space.lines)) for kind, counts in named.items()
    ]
    return [together(lines)]


def _errors(problem: Problem, space: Space) -> list[Scrubbed]:
    return [_told_or(problem.evidence.errors, "No error text was read out.", space)]


def _reproduce(problem: Problem, space: Space) -> list[Scrubbed]:
    pages = {page_of(path): count for path, count in problem.evidence.pages.items()}
    steps = compose("What callers did stands in the descriptions, as far as they told it.")
    return [_told_or(pages, "No page is named.", space, "Pages: "), steps]


def _workaround(problem: Problem, space: Space) -> list[Scrubbed]:
    denied = problem.evidence.denied
    said = f"{counted(denied, 'case')} say{'s' if denied == 1 else ''} that there is none." if denied else ""
    known = {each.replace(" ..", " …"): count for each, count in problem.evidence.workarounds.items()}
    found = _told_or(known, "None is known.", space)
    return [found, *([compose(said)] if said else [])]


def _cases(problem: Problem, space: Space) -> list[Scrubbed]:
    return [told("{numbers}.", numbers=case_numbers(problem.cluster.cases, space.numbers))]


def _near(problem: Problem, space: Space) -> list[Scrubbed]:
    if not problem.near:
        return [compose("None was found.")]
    shown = problem.near[: space.lines]
    left = len(problem.near) - len(shown)
    lines = [told("- {name}: {words}", name=name, words=words) for name, words in shown]
    return [together([*lines, *([compose("- and {count} more", count=left)] if left else [])])]


def _owner(problem: Problem, space: Space) -> list[Scrubbed]:
    role = f" To ask there: {problem.owner.role}." if problem.owner.role else ""
    return [compose(f"{problem.owner.team}.{role}")]


def _clocks(problem: Problem, space: Space) -> list[Scrubbed]:
    if not problem.clocks:
        return [compose("Nothing is due.")]
    zone = problem.day.zone
    return [together(compose(f"- {name}: {when(moment, zone)}") for name, moment in problem.clocks)]


# Each gives paragraphs: they are counted before they are put together.
SECTION: Mapping[str, Callable[[Problem, Space], list[Scrubbed]]] = {
    "problem": _problem,
    "source": _source,
    "priority": _priority,
    "counts": _counts,
    "trend": _trend,
    "descriptions": _descriptions,
    "devices": _devices,
    "errors": _errors,
    "reproduce": _reproduce,
    "workaround": _workaround,
    "cases": _cases,
    "near": _near,
    "owner": _owner,
    "clocks": _clocks,
}


def table(rows: Sequence[tuple[str, DayCount]]) -> Scrubbed:
    """Counts by day. A number needs no gate; the days are ours."""
    lines = [f"| {name} | {count.cases:,} | {people_in(count)} |" for name, count in rows]
    return compose("\n".join(["| Day | Cases | Different people |", "| --- | ---: | ---: |", *lines]))


def _told_or(counts: Mapping[str, int], otherwise: str, space: Space, before: str = "") -> Scrubbed:
    if not counts:
        return compose(otherwise)
    return told(f"{before}{{counts}}.", counts=listed(counts, space.lines))
