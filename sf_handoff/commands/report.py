"""`report`: one day of the WHH report as files that people like to open; what the rules see in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.commands.talk import DONE, PERSON, Command, counting, data, json_option, option, say

if TYPE_CHECKING:
    from sf_handoff.daily import JudgedDay
    from sf_handoff.mapping import MappingSet
    from sf_handoff.reports.clusters import Cluster
    from sf_handoff.reports.compare import Comparison
    from sf_handoff.reports.day import ReportDay
    from sf_handoff.reports.rows import ReportRow
    from sf_handoff.reports.triage import Flag
    from sf_handoff.reports.triaged import TriagedDay

FORMATS = ("csv", "xlsx", "html", "json")


class Formats(click.ParamType):  # type: ignore[type-arg]
    """Names of formats, with commas between them."""

    name = "FORMATS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple):
            return value
        wanted = tuple(dict.fromkeys(each.strip() for each in value.split(",")))
        if not wanted or not set(wanted) <= set(FORMATS):
            self.fail(f"give one or more of {', '.join(FORMATS)}, with commas between them.", param, ctx)
        return wanted


def date_option(words: str) -> Callable[[Command], Command]:
    days = click.DateTime(["%Y-%m-%d"])
    return option("--date", "day", type=days, metavar="DATE", help=f"{words} (Eastern time).")


@click.group()
def report() -> None:
    """One day of the WHH report: as files, and what the rules see in it."""


@report.command()
@date_option("The day; without it, yesterday")
@option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), show_default="here",
        help="The folder that the files go to.")  # fmt: skip
@option("--format", "formats", type=Formats(), default=FORMATS, show_default=",".join(FORMATS),
        help="Which files.")  # fmt: skip
@json_option
@click.pass_context
def pull(
    context: click.Context, day: datetime | None, out: Path, formats: tuple[str, ...], json: bool
) -> None:
    """Pull a day, all of it or none, and write its files; the same day again replaces them.

    Exits with 1 where something in it needs a person; the page and the workbook say what.
    """
    from sf_handoff.adapters.opening import open_daily
    from sf_handoff.adapters.settings import read_settings

    settings = read_settings()
    with counting("rows") as progress, open_daily(settings, progress=progress) as (daily, report_id):
        judged, files = daily.run(report_day(day, settings.timezone), report_id, out, formats)
    if json:
        data(summary(judged, files), pretty=True)
    else:
        click.echo("\n".join(in_words(judged, files)))
    context.exit(PERSON if judged.needs_a_person else DONE)


@report.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@date_option("Pull this day; without FILE and without it, yesterday")
@option("--compare", "comparing", is_flag=True, help="What one set of rules catches and another misses.")
@json_option
def triage(file: Path | None, day: datetime | None, comparing: bool, json: bool) -> None:
    """Show which cases are flagged, by which rules, and which of them are the same problem. Sends nothing.

    FILE is a day as `report pull --format json` wrote it.
    """
    from sf_handoff.adapters.settings import read_settings
    from sf_handoff.mapping import load

    if file and day:
        raise click.UsageError("Give FILE or --date, not both.")
    settings = read_settings()
    if file:
        judged, compared = of_file(file, load(settings.mappings), comparing=comparing)
    else:
        judged, compared = of_day(report_day(day, settings.timezone), settings, comparing=comparing)
    tell(judged, compared, json=json)


def of_file(
    file: Path, mappings: MappingSet, *, comparing: bool
) -> tuple[TriagedDay, tuple[Comparison, ...]]:
    """The rules over the rows of a file; without the weeks before it nothing can be trending."""
    from sf_handoff.adapters.report_files.read import read_jsonl
    from sf_handoff.daily import compared
    from sf_handoff.reports.triage import Triage
    from sf_handoff.reports.triaged import triage_day

    def rows() -> Iterator[ReportRow]:
        return read_jsonl(file, mappings.report)

    rules = Triage(mappings.triage, mappings.report.own_record_types)
    return triage_day(rows(), rules), compared(rows, rules) if comparing else ()


def of_day(day: ReportDay, settings: Any, *, comparing: bool) -> tuple[TriagedDay, tuple[Comparison, ...]]:
    from sf_handoff.adapters.opening import open_daily

    with counting("rows") as progress, open_daily(settings, progress=progress) as (daily, report_id):
        judged = daily.look(day, report_id, compared=comparing)
    for each in judged.findings:
        say(each.words)
    return judged.triaged, judged.comparisons


def report_day(day: datetime | None, zone: str) -> ReportDay:
    from sf_handoff.connector import utc_now
    from sf_handoff.reports.day import ReportDay

    return ReportDay(day.date(), zone) if day else ReportDay.before(utc_now(), zone)


# What is told


def summary(judged: JudgedDay, files: Iterable[Path]) -> dict[str, Any]:
    triaged, pull = judged.triaged, judged.pull
    return {
        "date": f"{pull.day.date}",
        "rows": pull.count,
        "source": pull.source.value,
        "api_calls": pull.calls,
        "flagged": len(triaged.flags),
        "technical": triaged.technical,
        "crisis": len(triaged.crisis),
        "clusters": len(triaged.clusters),
        "findings": [
            {"code": each.code, "words": each.words, "needs_a_person": each.needs_a_person}
            for each in judged.findings
        ],
        "files": [str(path) for path in files],
    }


def in_words(judged: JudgedDay, files: Iterable[Path]) -> Iterator[str]:
    from sf_handoff.reports.checks import named
    from sf_handoff.reports.page.headline import name_of

    triaged, pull = judged.triaged, judged.pull
    calls = "1 API call" if pull.calls == 1 else f"{pull.calls} API calls"
    yield f"{pull.day.words}: {pull.count} cases, all of them, after {calls}."
    if triaged.crisis:
        first = named(len(triaged.crisis), triaged.crisis)
        yield f"Look at these first, there are crisis words in them: {first}."
    problems = len(triaged.clusters)
    yield (
        f"{len(triaged.flags)} to decide on, {triaged.technical} of them technical: "
        f"{'1 problem' if problems == 1 else f'{problems} problems'}."
    )
    yield from (f"Trending: {name_of(each)}, {each.alert}." for each in triaged.clusters if each.alert)
    yield from (f"{'Look: ' if each.needs_a_person else ''}{each.words}" for each in judged.findings)
    yield from (str(path) for path in files)


def tell(triaged: TriagedDay, compared: Iterable[Comparison], *, json: bool) -> None:
    for flag in triaged.flags:
        data(flag_record(flag)) if json else click.echo(flag_line(flag))
    for cluster in triaged.clusters:
        data(cluster_record(cluster)) if json else click.echo(cluster_line(cluster))
    for each in compared:
        data(comparison_record(each)) if json else click.echo("\n".join(comparison_lines(each)))
    flagged = f"{len(triaged.flags)} flagged, {triaged.technical} technical"
    say(f"{triaged.rows} cases, {flagged}; nothing was sent.")


def flag_line(flag: Flag) -> str:
    """`00001001  Tier 3  an error code is quoted: mobl_502`"""
    first = ("look at it first: there are crisis words in it",) if flag.crisis else ()
    said = "; ".join(filter(None, (*first, flag.mistagged, *flag.deciding)))
    return f"{flag.case_number}  {'Crisis' if flag.crisis else f'Tier {flag.tier}'}  {said}"


def cluster_line(cluster: Cluster) -> str:
    size = "1 case" if len(cluster.cases) == 1 else f"{len(cluster.cases)} cases"
    people = "1 person" if cluster.people == 1 else f"{cluster.people} people"
    alert = f"; trending: {cluster.alert}" if cluster.alert else ""
    near = "".join(f"\n    near {each.fingerprint}: {each.words}" for each in cluster.near)
    return f"{cluster.fingerprint}  {size} of {people}; {cluster.words}{alert}{near}"


def comparison_lines(each: Comparison) -> Iterator[str]:
    yield each.words
    for name, only in ((each.a, each.only_a), (each.b, each.only_b)):
        yield from (f"    only {name}: {one.case_number}  {one.why[0]}" for one in only)


def flag_record(flag: Flag) -> dict[str, Any]:
    return {
        "case_number": flag.case_number,
        "tier": flag.tier,
        "rules": list(flag.rules),
        "why": list(flag.why),
        "crisis": flag.crisis,
        "mistagged": flag.mistagged,
    }


def cluster_record(cluster: Cluster) -> dict[str, Any]:
    return {
        "fingerprint": cluster.fingerprint,
        "product": cluster.product,
        "page": cluster.page,
        "signature": cluster.signature,
        "symptom": cluster.symptom,
        "cases": list(cluster.cases),
        "people": cluster.people,
        "first_seen": cluster.first_seen.isoformat(),
        "last_seen": cluster.last_seen.isoformat(),
        "tier": cluster.tier,
        "alert": cluster.alert,
        "words": cluster.words,
        "near": [{"fingerprint": each.fingerprint, "words": each.words} for each in cluster.near],
    }


def comparison_record(each: Comparison) -> dict[str, Any]:
    return {
        "a": each.a,
        "b": each.b,
        "rows": each.rows,
        "both": each.both,
        "only_a": [one.case_number for one in each.only_a],
        "only_b": [one.case_number for one in each.only_b],
    }
