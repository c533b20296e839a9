"""`issues`: the tickets at Insights and Analytics: which are open, and by when what is due."""

from __future__ import annotations

from contextlib import ExitStack, closing
from datetime import datetime
from typing import TYPE_CHECKING

import click

from sf_handoff.commands.talk import DONE, LATER, data, json_option, option, say

if TYPE_CHECKING:
    from sf_handoff.adapters.settings import Settings
    from sf_handoff.mapping import MappingSet
    from sf_handoff.ticket_list import Listing


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


def found(settings: Settings, mappings: MappingSet, *, closed_too: bool) -> Listing:
    from sf_handoff.adapters.assembly import open_store, open_tracker, reached
    from sf_handoff.ticket_list import open_tickets

    with ExitStack() as opened:
        ledger = opened.enter_context(closing(open_store(settings)))
        tracker = opened.enter_context(closing(open_tracker(reached(opened, settings, mappings))))
        return open_tickets(ledger, tracker, mappings.clocks, mappings.labels, closed_too=closed_too)


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
