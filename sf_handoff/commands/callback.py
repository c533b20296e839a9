"""`callback`: ask for a call back, and note the tries."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from sf_handoff.commands.deliver import show
from sf_handoff.commands.shown import find_in_env, moment_option
from sf_handoff.commands.talk import PERSON, json_option, option, status_code

if TYPE_CHECKING:
    from sf_handoff.calls.follow_ups import FollowUp

EASTERN = ZoneInfo("America/New_York")


@click.group()
def callback() -> None:
    """Ask for a call back, and note how often it was tried."""


@callback.command()
@click.argument("handoff_id")
@option("--number", help="Where to call; without it, the number on file.")
@moment_option("--from", "Not before then (ET).", "not_before", required=True, zone=EASTERN)
@moment_option("--until", "Not after then (ET).", "not_after", required=True, zone=EASTERN)
@json_option
@click.pass_context
def ask(
    context: click.Context,
    handoff_id: str,
    number: str | None,
    not_before: datetime,
    not_after: datetime,
    json: bool,
) -> None:
    """Make an open Task for the queue, within a window. A person has one: asking again moves it."""
    from sf_handoff import Connector

    wanted = find_in_env(handoff_id)
    with Connector.from_env() as connector:
        told = connector.request_callback(wanted, number=number, not_before=not_before, not_after=not_after)
    end(context, told, json=json)


@callback.command()
@click.argument("handoff_id")
@option("--reached/--not-reached", required=True, help="Whether somebody answered.")
@json_option
@click.pass_context
def tried(context: click.Context, handoff_id: str, reached: bool, json: bool) -> None:
    """Count a try to call back. Reached, or tried three times, the Task is completed."""
    from sf_handoff import Connector

    wanted = find_in_env(handoff_id)
    with Connector.from_env() as connector:
        told = connector.record_callback(wanted, reached=reached)
    end(context, told, json=json)


def end(context: click.Context, told: FollowUp, *, json: bool) -> None:
    """Shows what became of a follow-up, and ends with its exit code."""
    show(told, json=json)
    context.exit(PERSON if told.code == "WRONG_PERSON" else status_code(told.status))
