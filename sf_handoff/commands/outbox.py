"""`outbox`: what is kept, what became of it, sending it again, giving it up, emptying what is old."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from sf_handoff.calls.reason import LONGEST, SHORTEST, unfit
from sf_handoff.calls.states import Status
from sf_handoff.commands.resync import resync
from sf_handoff.commands.shown import (
    code_option,
    counted,
    find,
    line,
    moment_option,
    opened_store,
    page,
    paused,
    record,
)
from sf_handoff.commands.talk import data, json_option, on_terminal, option, say
from sf_handoff.errors import Unavailable
from sf_handoff.ports import SALESFORCE

if TYPE_CHECKING:
    from sf_handoff.ports import Row


@click.group()
def outbox() -> None:
    """See what is kept, send it again, give it up, empty what is old."""


outbox.add_command(resync)


@outbox.command("list")
@option("--status", type=click.Choice([state.value for state in Status]), multiple=True,
        help="Only these states.")  # fmt: skip
@code_option
@moment_option("--since", "Kept since then (UTC).")
@moment_option("--until", "Kept before then (UTC).")
@option("--limit", type=click.IntRange(min=1), help="At most so many.")
@json_option
def list_rows(
    status: tuple[str, ...],
    codes: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    json: bool,
) -> None:
    """List the handoffs that the store holds, oldest tap first. Needs no sign-in to Salesforce."""
    with opened_store() as store:
        rows = store.rows(states=tuple(map(Status, status)), codes=codes, since=since)
        closed = store.closed(SALESFORCE)
    fitting = [row for row in rows if until is None or row.kept_at < until]
    for row in fitting[:limit]:
        if json:
            data(record(row))
        else:
            click.echo(line(row))
    filtered = status or codes or since or until
    say(counted(fitting) or ("No handoff fits." if filtered else "The store is empty."))
    if closed:
        say(paused(closed))


@outbox.command()
@click.argument("handoff_id")
@json_option
def show(handoff_id: str, json: bool) -> None:
    """Show one handoff: what became of it, why, and what to do.

    The first 8 characters of its id are enough, where no other handoff has the same.
    """
    with opened_store() as store:
        row = find(store, handoff_id)
    _tell(row, json=json)


@outbox.command()
@click.argument("handoff_id")
@option("--why", required=True, metavar="TEXT",
        help=f"The reason, {SHORTEST} to {LONGEST} characters. It stays in clear: name no person, number or "
        "address.")  # fmt: skip
@option("--yes", is_flag=True, help="Do not ask.")
@json_option
def discard(handoff_id: str, why: str, yes: bool, json: bool) -> None:
    """Give a handoff up for good: it is never sent. It stays listed, as kept, with the reason.

    Refused for what is delivered, and for what is being sent at this moment (75).
    """
    problem = unfit(why)
    if problem:
        raise click.BadParameter(problem, param_hint="--why")
    with opened_store() as store:
        row = find(store, handoff_id)
        _check_free(row)
        if not yes and on_terminal():
            say(page(row))
            click.confirm("Give it up for good?", err=True, abort=True)
        if not store.discard(row.handoff_id, why.strip()):
            _check_free(find(store, row.handoff_id))
        row = find(store, row.handoff_id)
    _tell(row, json=json)


@outbox.command()
@option("--dry-run", is_flag=True, help="Only say what would be emptied.")
@json_option
def purge(dry_run: bool, json: bool) -> None:
    """Empty what was settled long ago; its id and its outcome stay, so that it is never sent twice.

    The settings KEEP_DELIVERED_DAYS and KEEP_PARKED_DAYS say how long ago. What is due is never emptied.
    """
    from sf_handoff.adapters.settings import read_settings

    settings = read_settings()
    with opened_store() as store:
        kept = settings.keep_for
        number = store.purge(delivered=kept.delivered, parked=kept.parked, dry_run=dry_run)
    days = {
        "keep_delivered_days": settings.keep_delivered_days,
        "keep_parked_days": settings.keep_parked_days,
    }
    if json:
        data({"emptied": number, "dry_run": dry_run, **days}, pretty=True)
        return
    did = "would be emptied; nothing was" if dry_run else "emptied"
    click.echo(
        f"{number} handoff{'' if number == 1 else 's'} {did}: delivered or set aside more than "
        f"{settings.keep_delivered_days} days ago, or parked more than {settings.keep_parked_days} days ago."
    )


def _tell(row: Row, *, json: bool) -> None:
    if json:
        data(record(row), pretty=True)
    else:
        click.echo(page(row))


def _check_free(row: Row) -> None:
    """Raises where a row cannot be given up any more, or not now."""
    if row.state in (Status.DELIVERED, Status.KEPT):
        said = "it is delivered; what is in Salesforce stays there" if row.state is Status.DELIVERED else (
            f"it was set aside before ({row.code})"
        )  # fmt: skip
        raise click.BadParameter(f"{said}. There is nothing to give up.", param_hint="HANDOFF_ID")
    if row.state is Status.DUE and row.token:
        raise Unavailable("This handoff is being sent at this moment; it may be delivered.", code="UNDER_WAY")
