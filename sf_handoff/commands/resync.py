"""`outbox resync`: sends again what waits, and says what became of it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.calls.states import Status
from sf_handoff.calls.why import explained
from sf_handoff.commands.deliver import show as show_receipt
from sf_handoff.commands.shown import (
    code_option,
    find,
    is_empty,
    line,
    moment_option,
    opened_store,
    paused,
    record,
)
from sf_handoff.commands.talk import (
    DONE,
    INTERRUPTED,
    LATER,
    data,
    json_option,
    option,
    progress,
    say,
    status_code,
    stoppable,
    worst,
)
from sf_handoff.errors import Misconfigured

if TYPE_CHECKING:
    from sf_handoff.calls.receipt import Sent
    from sf_handoff.connector import Connector
    from sf_handoff.ports import Row


@click.command()
@option("--id", "ids", multiple=True, help="Only this handoff; may be given several times.")
@moment_option("--since", "Kept since then (UTC).")
@option("--status", type=click.Choice(["due", "parked"]), default="due", show_default=True,
        help="What to send again.")  # fmt: skip
@code_option
@option("--limit", type=click.IntRange(min=1), help="At most so many.")
@option("--in-flight", type=click.IntRange(1, 8), default=1, show_default=True, metavar="K",
        help="So many calls at once: more calls, less time.")  # fmt: skip
@option("--now", is_flag=True, help="Try although nothing is to be sent for a while.")
@option("--dry-run", is_flag=True, help="Only say what would be sent. Needs no sign-in to Salesforce.")
@json_option
@click.pass_context
def resync(
    context: click.Context,
    ids: tuple[str, ...],
    since: datetime | None,
    status: str,
    codes: tuple[str, ...],
    limit: int | None,
    in_flight: int,
    now: bool,
    dry_run: bool,
    json: bool,
) -> None:
    """Send again what is due; with --status parked, what was refused and has been mended since.

    Exits with 75 while anything is still due, with 1 if something is parked. Ctrl-C or SIGTERM (exit 0) ends
    it within seconds: what is under way ends, or is given back. Nothing is lost, and nothing doubled.
    """
    wanted: dict[str, Any] = {"since": since, "states": (Status(status),), "codes": codes}
    with opened_store() as store:
        wanted["ids"] = [find(store, each).handoff_id for each in ids]
        waiting = [row for row in store.rows(**wanted) if not is_empty(row)][:limit]
    if dry_run:
        _would_send(waiting, json=json)
    else:
        how = {"limit": limit, "in_flight": in_flight, "insist": now}
        context.exit(_send(len(waiting), wanted | how, json=json))


def _send(number: int, wanted: dict[str, Any], *, json: bool) -> int:
    """Sends, tells what became of it, and returns the exit code."""
    from sf_handoff import Connector

    receipts: list[Sent] = []
    with Connector.from_env() as connector, stoppable() as stop:
        trouble: Misconfigured | None = None
        with progress(number, "Sending") as bar:

            def sent(receipt: Sent) -> None:
                receipts.append(receipt)
                bar.update(1)
                show_receipt(receipt, json=json)

            try:
                connector.resync(**wanted, progress=sent, stop=stop.asked)
            except Misconfigured as error:
                trouble = error
        left = len(connector.outbox(states=(Status.DUE,)))
        for words in _summary(receipts, left, connector, stopped=stop.asked()):
            say(words)
        if trouble:
            raise trouble
    if stop.asked():
        return DONE if stop.by == signal.SIGTERM else INTERRUPTED
    return worst([LATER if left else DONE, *(status_code(receipt.status) for receipt in receipts)])


def _summary(receipts: list[Sent], left: int, connector: Connector, *, stopped: bool) -> Iterator[str]:
    became = {state: sum(receipt.status == state for receipt in receipts) for state in Status}
    parked, delivered = became[Status.PARKED], became[Status.DELIVERED]
    yield f"{delivered} delivered, {parked} parked; {left} still due."
    if stopped:
        yield "Stopped as asked. What was not sent stays due: sf-handoff outbox resync"
    if parked:
        yield "Why they are parked, and what to do: sf-handoff outbox list --status parked"
    closed = connector.paused()
    due = [receipt.code for receipt in receipts if receipt.status == Status.DUE and receipt.code]
    if closed:
        yield paused(closed)
    elif due:
        meaning, todo = explained(due[-1])
        yield f"The last one is still due because {meaning} ({due[-1]}). {todo}"
    elif left and not stopped:
        yield "Others may be at work on what is still due. Try again: sf-handoff outbox resync"


def _would_send(rows: list[Row], *, json: bool) -> None:
    for row in rows:
        if json:
            data(record(row))
        else:
            click.echo(line(row))
    say(f"{len(rows)} would be sent again; nothing was sent.")
