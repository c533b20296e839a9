"""`deliver`: hands payloads over, one receipt line each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import click

from sf_handoff.commands.talk import USAGE, data, json_option, option, say, status_code, worst
from sf_handoff.errors import HandoffError, InvalidHandoff

if TYPE_CHECKING:
    from sf_handoff.calls.receipt import Sent


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.File("rb"), metavar="FILE...")
@option("--signed", is_flag=True, help="The files hold tokens of signed handoffs, one a line.")
@json_option
@click.pass_context
def deliver(context: click.Context, files: tuple[BinaryIO, ...], signed: bool, json: bool) -> None:
    """Hand over the handoffs in FILE (- is stdin): a JSON document, or JSON Lines.

    Prints a receipt line for each. Exits with 2 if one was not valid, else 75 if one is still due, else 1
    if one is parked.
    """
    from sf_handoff import Connector

    codes = []
    with Connector.from_env() as connector:
        hand_off = connector.hand_off_signed if signed else connector.hand_off
        for where, handoff in tokens(files) if signed else payloads(files):
            try:
                receipt = hand_off(handoff)
            except InvalidHandoff as error:
                say(f"{where}: {error.message}")
                codes.append(USAGE)
                continue
            except HandoffError as error:
                say(f"{where}: not kept. {error.message}")
                raise
            show(receipt, json=json)
            codes.append(status_code(receipt.status))
    context.exit(worst(codes))


def payloads(files: tuple[BinaryIO, ...]) -> Iterator[tuple[str, bytes]]:
    """Each payload as it stands in its file, with its place: a file is one JSON document, or JSON Lines."""
    for file in files:
        name, content = getattr(file, "name", "-"), file.read()
        lines = numbered(content)
        if len(lines) < 2 or _is_json(content) or not any(_is_json(line) for _, line in lines):
            yield name, content
        else:
            yield from ((f"{name}, line {number}", line) for number, line in lines)


def tokens(files: tuple[BinaryIO, ...]) -> Iterator[tuple[str, bytes]]:
    """Each line that is not blank, with its place."""
    for file in files:
        name = getattr(file, "name", "-")
        yield from ((f"{name}, line {number}", line.strip()) for number, line in numbered(file.read()))


def numbered(content: bytes) -> list[tuple[int, bytes]]:
    return [(number, line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def show(receipt: Sent, *, json: bool) -> None:
    if json:
        data(receipt.model_dump(mode="json"))
    else:
        click.echo(in_words(receipt))


def in_words(receipt: Sent) -> str:
    """One line: what became of it, where to find it, how to call."""
    from sf_handoff.calls.receipt import Receipt

    case = f"Case {receipt.case_number or receipt.case_id}" if receipt.case_id else None
    task = f"Task {receipt.task_id}" if receipt.task_id else None
    person = {"none": "no such person in the org", "ambiguous": "several persons in the org"}
    tap = receipt if isinstance(receipt, Receipt) else None
    said = (
        f"{receipt.status:9}  {receipt.handoff_id}",
        None if isinstance(receipt, Receipt) else receipt.kind.words,
        case,
        task,
        person.get(tap.contact_linked or "") if tap else None,
        f"{receipt.api_calls} API call{'' if receipt.api_calls == 1 else 's'}",
        tap.dial.link if tap else None,
        receipt.message,
        *receipt.notes,
    )
    return "  ".join(filter(None, said))
