"""How commands talk: exit codes, data on stdout, progress on a terminal's stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from sf_handoff.errors import HandoffError, InvalidHandoff, Misconfigured, Unavailable

DONE, PERSON, USAGE, LATER = 0, 1, 2, 75
_WORST_FIRST = (USAGE, LATER, PERSON, DONE)

Command = TypeVar("Command", bound=Callable[..., Any])


def option(*names: str, **settings: Any) -> Callable[[Command], Command]:
    """An option that can also be given in the environment; --help says how."""
    return click.option(*names, show_envvar=True, **settings)


json_option = option(
    "--json", is_flag=True, help="Print JSON: lists one record a line, single things as a document."
)


def worst(codes: Iterable[int]) -> int:
    """The exit code of several outcomes: 2 before 75 before 1 before 0."""
    return min(codes, key=_WORST_FIRST.index, default=DONE)


def exit_code(error: HandoffError) -> int:
    if isinstance(error, InvalidHandoff | Misconfigured):
        return USAGE
    return LATER if isinstance(error, Unavailable) else PERSON


def status_code(status: str) -> int:
    """The exit code that one handoff's state stands for."""
    return {"due": LATER, "parked": PERSON}.get(status, DONE)


def data(record: Any, *, pretty: bool = False) -> None:
    """One record as JSON on stdout: a line of its own, or a document to read."""
    click.echo(json.dumps(record, ensure_ascii=False, indent=2 if pretty else None))


def say(text: str) -> None:
    """Talk, on stderr."""
    click.echo(text, err=True)


def progress(length: int, label: str) -> Any:
    """A progress bar on stderr's terminal, and nothing in a pipe."""
    return click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=length < 2 or not sys.stderr.isatty()
    )
