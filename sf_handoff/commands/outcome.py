"""`outcome`: how a call went."""

from __future__ import annotations

import click

from sf_handoff.commands.callback import end
from sf_handoff.commands.shown import find_in_env
from sf_handoff.commands.talk import json_option, option

REASONS = ("confirmed", "other_reason", "wrong_person", "third_party", "not_useful")


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
    end(context, told, json=json)
