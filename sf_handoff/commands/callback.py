"""`callback`: ask for a call back, and note the tries; `outcome`: how a call went."""

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
REASONS = ("confirmed", "other_reason", "wrong_person", "third_party", "not_useful")


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
    _end(context, told, json=json)


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
    _end(context, told, json=json)


@click.command()
@click.argument("handoff_id")
@click.argument("reason", type=click.Choice(REASONS))
@option("--call-key", help="The telephony vendor's id of the call.")
@json_option
@click.pass_context
def outcome(context: click.Context, handoff_id: str, reason: str, call_key: str | None, json: bool) -> None:
    """Write to the Case how the call went. What an agent has picked there stays.

    With wrong_person the match of the call is undone, the code is spent, and the person and what the app had
    shown come off the Case: a privacy incident (exit 1). They are listed by:
    sf-handoff outbox list --code WRONG_PERSON
    """
    from sf_handoff import Connector

    wanted = find_in_env(handoff_id)
    with Connector.from_env() as connector:
        told = connector.record_outcome(wanted, reason=reason, call_key=call_key)
    _end(context, told, json=json)


def _end(context: click.Context, told: FollowUp, *, json: bool) -> None:
    show(told, json=json)
    context.exit(PERSON if told.code == "WRONG_PERSON" else status_code(told.status))
