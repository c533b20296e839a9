"""`screen-pop`: what the agent would see for a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sf_handoff.commands.talk import data, json_option, option

if TYPE_CHECKING:
    from sf_handoff.calls.pop import ScreenPop


@click.command("screen-pop")
@option("--call-key", required=True, help="The telephony vendor's id of the call.")
@option("--digits", help="What the caller's phone dialled after the number.")
@option("--from", "from_number", help="The number that the call came from.")
@option("--to", "to_number", help="The number that was called.")
@option("--attestation", type=click.Choice(["A", "B", "C"]), help="STIR/SHAKEN attestation.")
@option("--as", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
@json_option
def screen_pop(
    call_key: str,
    digits: str | None,
    from_number: str | None,
    to_number: str | None,
    attestation: str | None,
    shape: str,
    json: bool,
) -> None:
    """Show what the agent would see when this call arrives. The same call key gets the same answer."""
    from sf_handoff import Connector, IncomingCall

    call = IncomingCall(call_key, from_number, to_number, digits, attestation)
    with Connector.from_env() as connector:
        pop = connector.screen_pop(call)
    if json or shape == "json":
        data(pop.model_dump(mode="json"), pretty=True)
    else:
        click.echo(in_words(pop))


def in_words(pop: ScreenPop) -> str:
    """The pop as text. First three lines: who and how sure, what they saw and when, what to ask."""
    who = pop.caller.display if pop.caller and pop.caller.display else "Unknown caller"
    lines = [
        f"WHO    {who} (level {pop.assurance.level} of 5). {pop.assurance.words}",
        f"SAW    {_saw(pop)}",
        f"ASK    {pop.opening_question}",
        "",
        *(f"why    {reason}" for reason in pop.assurance.reasons),
        *(f"check  {what}" for what in pop.assurance.must_still_verify),
        *(f"care   {warning}" for warning in pop.warnings),
        *(f"note   {note}" for note in pop.notes),
    ]
    if pop.case:
        lines.append(f"case   {pop.case.number or pop.case.id}")
    return "\n".join(lines)


def _saw(pop: ScreenPop) -> str:
    if pop.context is None:
        return "No context for this call."
    said = [pop.context.reason]
    claim = pop.context.claim
    if claim:
        said.append(claim.title)
        step = f"step {claim.step} of {claim.steps}: " if claim.step else ""
        said.append(f"{step}{claim.heading or 'status not shown'}")
    if pop.freshness:
        said.append(pop.freshness.words)
    return " ".join(f"{part[:1].upper()}{part[1:].rstrip('.')}." for part in said)
