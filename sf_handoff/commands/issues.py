"""`issues`: the tickets at Insights and Analytics: which are open, and by when what is due."""

from __future__ import annotations

from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.commands.filed import made, show_plan, written
from sf_handoff.commands.report import date_option, report_day
from sf_handoff.commands.talk import DONE, LATER, PERSON, counting, data, json_option, option, say

if TYPE_CHECKING:
    from sf_handoff.adapters.settings import Settings
    from sf_handoff.answers import Synced
    from sf_handoff.filing import Filed
    from sf_handoff.mapping import MappingSet
    from sf_handoff.ticket_list import Listing
    from sf_handoff.ticketing import Decisions, Planned


@click.group()
def issues() -> None:
    """The tickets at Insights and Analytics."""


@issues.command("list")
@option("--all", "closed_too", is_flag=True, help="Also those that are closed, and everybody was told.")
@json_option
@click.pass_context
def listed(context: click.Context, closed_too: bool, json: bool) -> None:
    """List open tickets and their clocks: dates set by law first, then what is overdue longest.

    A ticket stays on the list until those who wait for an answer were told. Where the tracker is away, what
    was known last is listed, and the command exits with 75.
    """
    from sf_handoff.adapters.settings import read_settings
    from sf_handoff.connector import utc_now
    from sf_handoff.mapping import load

    settings = read_settings()
    mappings = load(settings.mappings)
    listing = found(settings, mappings, closed_too=closed_too)
    tell(listing, utc_now(), json=json)
    context.exit(LATER if listing.away else DONE)


@issues.command("file")
@date_option("The day; without it, yesterday")
@option("--decisions", "workbook", type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The day's workbook: what people decided in it overrides the rules.")  # fmt: skip
@option("--by", metavar="ACCOUNT", help="The Id of the account that decided; kept, and shown to nobody.")
@option("--role", default="a contact-center lead", show_default=True,
        help="As whom it decided: this stands on the tickets.")  # fmt: skip
@option("--yes", is_flag=True, help="File; without it nothing is sent.")
@option("--out", type=click.Path(file_okay=False, path_type=Path),
        help="Also keep what is, or would be, sent in a new file in this folder.")  # fmt: skip
@json_option
@click.pass_context
def file_tickets(
    context: click.Context,
    day: datetime | None,
    workbook: Path | None,
    by: str | None,
    role: str,
    yes: bool,
    out: Path | None,
    json: bool,
) -> None:
    """Plan the day's tickets, and with --yes file them: one for each problem, never twice.

    Without --yes it shows all that would be sent. Exits with 1 where a person must look at something, with 75
    where the tracker was away: what is left is done by the next run.
    """
    from sf_handoff.adapters.opening import open_sides
    from sf_handoff.adapters.settings import read_settings
    from sf_handoff.connector import utc_now

    settings = read_settings()
    decisions = decided(workbook, by, role)
    with counting("rows") as progress, open_sides(settings) as sides:
        ticketing, report_day_ = sides.ticketing(), report_day(day, settings.timezone)
        with sides.daily(progress).opened(report_day_, sides.settings.report_id, compared=False) as judged:
            gathered = ticketing.gather(judged, decisions)
        planned = ticketing.plan(gathered)
        if out:
            made(out)
        filed = ticketing.file(planned) if yes else None
    if out:
        say(f"{written(planned, out, utc_now(), filed=yes)}")
    show_plan(planned, filed, json=json)
    context.exit(code_of(planned, filed))


@issues.command()
@option("--hinted", is_flag=True, help="Only those that GitHub's webhooks told of.")
@json_option
@click.pass_context
def sync(context: click.Context, hinted: bool, json: bool) -> None:
    """Read tickets back: which are closed, how, and with which words for customers.

    Exits with 1 where one is closed and nobody can be told yet: it says what is missing, and who can give it.
    """
    from sf_handoff.adapters.opening import open_sides
    from sf_handoff.adapters.settings import read_settings
    from sf_handoff.night_work import synced_words

    with open_sides(read_settings()) as sides:
        numbers = set(sides.store.hinted()) if hinted else None
        synced = sides.sync().run(numbers)
    if json:
        data(synced_record(synced), pretty=True)
    else:
        click.echo(synced_words(synced))
    for each in synced.findings:
        say(f"{'Look: ' if each.needs_a_person else ''}{each.words}")
    context.exit(PERSON if synced.needs_a_person else DONE)


def synced_record(synced: Synced) -> dict[str, Any]:
    return {
        "seen": synced.seen,
        "resolved": list(synced.resolved),
        "unresolved": {ticket: each.reason for ticket, each in synced.unresolved.items()},
        "reopened": list(synced.reopened),
        "gone": list(synced.gone),
        "findings": [{"code": each.code, "words": each.words} for each in synced.findings],
    }


def decided(workbook: Path | None, by: str | None, role: str) -> Decisions:
    """What people decided in the workbook. Raises InvalidHandoff for one that cannot be read."""
    from sf_handoff.ticketing import NONE_DECIDED, Decisions

    if workbook is None:
        return NONE_DECIDED
    if not by:
        raise click.UsageError("--decisions needs --by: whose decisions they are, by the account's Id.")
    from sf_handoff.adapters.report_files.decisions import read_decisions

    return Decisions(read_decisions(workbook), by, role)


def code_of(planned: Planned, filed: Filed | None) -> int:
    if filed and filed.unavailable:
        return LATER
    needs_a_person = planned.needs_a_person or (filed is not None and filed.needs_a_person)
    return PERSON if needs_a_person else DONE


def found(settings: Settings, mappings: MappingSet, *, closed_too: bool) -> Listing:
    from sf_handoff.adapters.assembly import open_store, open_tracker, reached
    from sf_handoff.ticket_list import open_tickets

    with ExitStack() as opened:
        ledger = opened.enter_context(closing(open_store(settings)))
        tracker = opened.enter_context(closing(open_tracker(reached(opened, settings, mappings))))
        ids = [each.ticket_id for each in ledger.tickets()]
        return open_tickets(
            ledger, tracker, mappings.clocks, mappings.labels,
            told=ledger.told_at(ids), reopened=ledger.reopened_at(ids), closed_too=closed_too,
        )  # fmt: skip


def tell(listing: Listing, now: datetime, *, json: bool) -> None:
    from sf_handoff.reports.listing import line, record

    for each in listing.tickets:
        if json:
            data(record(each, now))
        else:
            click.echo(line(each, now))
    number, overdue = len(listing.tickets), sum(each.overdue(now) for each in listing.tickets)
    counted = f"{number} {'ticket' if number == 1 else 'tickets'}, {overdue} overdue."
    say(counted if number else "No ticket is open.")
    for note in listing.notes:
        say(note)
    if listing.away:
        say(listing.away.message)
