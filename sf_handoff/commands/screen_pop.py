"""`screen-pop`: what the agent would see for a call, in the shape that a desktop takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from sf_handoff.commands.talk import data, json_option, option, say

if TYPE_CHECKING:
    from sf_handoff.calls.pop import ScreenPop
    from sf_handoff.calls.shapes.desktop import Desktop

SHAPES = ("text", "json", "html", "open-cti", "connect", "voice-call", "url")
NOTHING = "Nothing opens by itself for this call. The agent sees: "


@click.command("screen-pop")
@option("--call-key", required=True, help="The telephony vendor's id of the call.")
@option("--digits", help="What the caller's phone dialled after the number.")
@option("--from", "from_number", help="The number that the call came from.")
@option("--to", "to_number", help="The number that was called.")
@option("--attestation", type=click.Choice(["A", "B", "C"]), help="STIR/SHAKEN attestation.")
@option("--token", help="The signed token of a call from inside the app.")
@option("--handoff-ref", help="The handoff that the call names without a signature; shown, never used.")
@option("--parent-call-key", help="The vendor's id of the call that this is a transferred leg of.")
@option("--as", "shape", type=click.Choice(SHAPES), default="text", show_default=True)
@json_option
def screen_pop(
    call_key: str,
    digits: str | None,
    from_number: str | None,
    to_number: str | None,
    attestation: str | None,
    token: str | None,
    handoff_ref: str | None,
    parent_call_key: str | None,
    shape: str,
    json: bool,
) -> None:
    """Show what the agent would see when this call arrives. The same call key gets the same answer."""
    from sf_handoff import Connector, IncomingCall
    from sf_handoff.adapters.settings import read_settings
    from sf_handoff.mapping import load

    call = IncomingCall(
        call_key, from_number, to_number, digits, attestation, token, handoff_ref, parent_call_key
    )
    with Connector.from_env() as connector:
        pop = connector.screen_pop(call)
    show(pop, "json" if json else shape, load(read_settings().mappings).pop.desktop)


def show(pop: ScreenPop, shape: str, desktop: Desktop) -> None:
    """The pop on stdout; where a shape has nothing to open, null or no line, and words on stderr."""
    shaped = in_shape(pop, shape, desktop)
    if shaped is None:
        say(NOTHING + pop.assurance.words)
    if isinstance(shaped, str):
        click.echo(shaped.rstrip("\n"))
    elif shape != "url":
        data(shaped, pretty=True)


def in_shape(pop: ScreenPop, shape: str, desktop: Desktop) -> object:
    """What a desktop takes: text, or what is to be written as JSON."""
    from sf_handoff.calls.shapes.connect import connect
    from sf_handoff.calls.shapes.lightning_url import lightning_url
    from sf_handoff.calls.shapes.open_cti import open_cti
    from sf_handoff.calls.shapes.page import page
    from sf_handoff.calls.shapes.voice_call import voice_call

    shapes: dict[str, Callable[[], object]] = {
        "text": lambda: in_words(pop),
        "json": lambda: pop.model_dump(mode="json"),
        "html": lambda: page(pop),
        "open-cti": lambda: open_cti(pop, desktop),
        "connect": lambda: connect(pop),
        "voice-call": lambda: voice_call(pop, desktop),
        "url": lambda: lightning_url(pop),
    }
    return shapes[shape]()


def in_words(pop: ScreenPop) -> str:
    """The pop for a terminal."""
    from sf_handoff.calls.shapes.text import text

    return text(pop)
