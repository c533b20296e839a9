"""`nightly`: what cron runs, unattended: outbox, sweep, report, triage, issues, sync, notices."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.commands.report import date_option
from sf_handoff.commands.talk import DONE, LATER, PERSON, USAGE, data, json_option, option, say, worst
from sf_handoff.reports.nights import Ended

if TYPE_CHECKING:
    from sf_handoff.reports.nights import Result, Run


@click.command()
@date_option("Only this report day; without it, yesterday and the days that were missed")
@option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), show_default="here",
        help="The folder that the day's files go to.")  # fmt: skip
@json_option
@click.pass_context
def nightly(context: click.Context, day: datetime | None, out: Path, json: bool) -> None:
    """Do all that a night brings, in order. Safe to run twice, and for a past day; two never run at once.

    A step that fails stops only those that need it. Exits with 1 where something needs a person, with 75
    where the other side was away: the next run makes up for it.
    """
    from sf_handoff.adapters.opening import open_nightly
    from sf_handoff.adapters.settings import read_settings

    with open_nightly(read_settings(), out) as night:
        run = night.run(day.date() if day else None, tell=(lambda result: None) if json else _told)
    if run is None:
        say("Another run is at work. Nothing was done.")
        return
    if json:
        data(record(run), pretty=True)
    else:
        click.echo("\n".join(closing_words(run)))
    context.exit(code_of(run))


def code_of(run: Run) -> int:
    """The exit code that a run stands for."""
    codes = [PERSON if run.needs_a_person else DONE]
    for each in run.steps:
        if each.ended is Ended.LATER:
            codes.append(LATER)
        elif each.ended is Ended.FAILED:
            codes.append(USAGE if each.setup else PERSON)
    return worst(codes)


def _told(result: Result) -> None:
    click.echo(line(result))


def line(result: Result) -> str:
    """`report 2026-11-19   done     120 cases, all of them.`"""
    name = f"{result.chore} {result.day}" if result.day else result.chore
    code = f" ({result.code})" if result.code else ""
    return f"{name:<20} {result.ended.value:<8} {result.words}{code}"


def closing_words(run: Run) -> list[str]:
    lines = [f"The run before ({run.died}) did not come to its end; this one took it up."] if run.died else []
    if run.needs_a_person:
        lines += ["", "Needs a person:", *(f"  {each}" for each in run.needs_a_person)]
    return lines or ["Nothing needs a person."]


def record(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "date": f"{run.day}",
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "steps": [
            {
                "step": each.chore,
                "date": f"{each.day}" if each.day else None,
                "ended": each.ended.value,
                "words": each.words,
                "code": each.code,
                "needs_a_person": list(each.needs_a_person),
                "counts": dict(each.counts),
            }
            for each in run.steps
        ],
        "skipped": [f"{day}" for day in run.skipped],
        "died": run.died,
        "needs_a_person": list(run.needs_a_person),
    }
