"""`outbox`: what is kept, what is still to be sent, and sending it again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.calls.states import Status
from sf_handoff.commands.deliver import show as show_receipt
from sf_handoff.commands.talk import DONE, LATER, data, json_option, option, progress, say, status_code, worst

if TYPE_CHECKING:
    from sf_handoff.calls.receipt import Receipt
    from sf_handoff.ports import Row

STATES = [state.value for state in Status]
since_option = option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    help="Kept since then (UTC).",
)


@click.group()
def outbox() -> None:
    """See what is kept, and send it again."""


@outbox.command("list")
@option("--status", type=click.Choice(STATES), multiple=True, help="Only these states.")
@since_option
@json_option
def list_rows(status: tuple[str, ...], since: datetime | None, json: bool) -> None:
    """List the handoffs that the store holds, oldest tap first."""
    from sf_handoff import Connector

    with Connector.from_env() as connector:
        rows = connector.outbox(states=_states(status), since=_utc(since))
    for row in rows:
        if json:
            data(record(row))
        else:
            click.echo(_line(row))
    if not json:
        say(_counted(rows))


@outbox.command()
@click.argument("handoff_id")
@json_option
def show(handoff_id: str, json: bool) -> None:
    """Show one handoff: what became of it, why, and what to do."""
    from sf_handoff import Connector

    with Connector.from_env() as connector:
        rows = connector.outbox(ids=(handoff_id.lower(),))
    if not rows:
        raise click.BadParameter("the store holds no handoff with this id. See: sf-handoff outbox list")
    if json:
        data(record(rows[0]), pretty=True)
    else:
        click.echo(
            "\n".join(f"{name:12} {value}" for name, value in record(rows[0]).items() if value is not None)
        )
        click.echo(f"{'next':12} {_ADVICE[rows[0].state]}")


@outbox.command()
@option("--id", "ids", multiple=True, help="Only this handoff; may be given several times.")
@since_option
@option("--status", type=click.Choice(["due", "parked"]), default="due", show_default=True,
        help="What to send again.")  # fmt: skip
@option("--limit", type=click.IntRange(min=1), help="At most so many.")
@option("--dry-run", is_flag=True, help="Only say what would be sent.")
@json_option
@click.pass_context
def resync(
    context: click.Context,
    ids: tuple[str, ...],
    since: datetime | None,
    status: str,
    limit: int | None,
    dry_run: bool,
    json: bool,
) -> None:
    """Send again what is due; with --status parked, what was refused and has been mended since.

    Exits with 75 while anything is still due, with 1 if something is parked.
    """
    from sf_handoff import Connector

    wanted: dict[str, Any] = {
        "ids": [each.lower() for each in ids],
        "since": _utc(since),
        "states": _states((status,)),
    }
    with Connector.from_env() as connector:
        waiting = connector.outbox(**wanted)[:limit]
        if dry_run:
            _would_send(waiting, json=json)
            return
        with progress(len(waiting), "Sending") as bar:

            def sent(receipt: Receipt) -> None:
                bar.update(1)
                show_receipt(receipt, json=json)

            receipts = connector.resync(limit, **wanted, progress=sent)
        left = connector.outbox(states=(Status.DUE,))
    say(f"{len(receipts)} sent again; {len(left)} still due.")
    context.exit(worst([LATER if left else DONE, *(status_code(receipt.status) for receipt in receipts)]))


_ADVICE = {
    Status.DUE: "It is sent again by: sf-handoff outbox resync",
    Status.PARKED: "Mend the cause, then: sf-handoff outbox resync --status parked --id ID",
    Status.DELIVERED: "Nothing to do.",
    Status.KEPT: "Nothing to do: by policy nothing of it is written to Salesforce.",
}


def record(row: Row) -> dict[str, Any]:
    """An outbox row as it is published; nothing in it is personal."""
    return {
        "handoff_id": row.handoff_id,
        "state": row.state.value,
        "attempts": row.attempts,
        "next_at": _iso(row.next_at),
        "code": row.code,
        "message": row.message,
        "case_id": row.case_id,
        "task_id": row.task_id,
        "kept_at": _iso(row.kept_at),
        "settled_at": _iso(row.settled_at),
    }


def _would_send(rows: list[Row], *, json: bool) -> None:
    for row in rows:
        if json:
            data(record(row))
        else:
            click.echo(_line(row))
    say(f"{len(rows)} would be sent again; nothing was sent.")


def _line(row: Row) -> str:
    why = f"  {row.code}: {row.message}" if row.code else ""
    return f"{row.state.value:9}  {row.handoff_id}  kept {row.kept_at:%Y-%m-%d %H:%M} UTC{why}"


def _counted(rows: list[Row]) -> str:
    counted = {state: sum(row.state is state for row in rows) for state in Status}
    return (
        ", ".join(f"{number} {state.value}" for state, number in counted.items() if number)
        or "The store is empty."
    )


def _states(names: tuple[str, ...]) -> tuple[Status, ...]:
    return tuple(Status(name) for name in names)


def _utc(moment: datetime | None) -> datetime | None:
    from datetime import UTC

    return moment.replace(tzinfo=UTC) if moment else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
