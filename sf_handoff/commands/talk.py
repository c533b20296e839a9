"""How commands talk: exit codes, data on stdout, progress on a terminal's stderr."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import click

from sf_handoff.errors import HandoffError, InvalidHandoff, Misconfigured, Unavailable

DONE, PERSON, USAGE, LATER = 0, 1, 2, 75
# As a shell tells that a signal ended a program: 128 and the signal's number.
INTERRUPTED, CLOSED_PIPE = 130, 141
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
    """A progress bar on stderr's terminal, and nothing in a pipe. Where the records go to the terminal too,
    they tell how far it is."""
    both = sys.stderr.isatty() and sys.stdout.isatty()
    if both and length > 1:
        say(f"{label} {length} …")
    hidden = length < 2 or both or not sys.stderr.isatty()
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    """Says on a terminal how many have come, where nobody knows how many there will be; nothing in a pipe."""
    tells = sys.stderr.isatty()
    yield lambda number: click.echo(f"\r{number} {what}", nl=False, err=True) if tells else None
    if tells:
        say("")


def on_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty()


@dataclass
class Stop:
    """Which signal asked the program to stop, if one did."""

    by: int | None = None

    def asked(self) -> bool:
        return self.by is not None


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Notes SIGTERM and Ctrl-C for the work to look at. The second one ends the program at once."""
    stop = Stop()

    def noted(number: int, frame: object) -> None:
        stop.by = number
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, noted) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def hush() -> None:
    """Sends what is still to be printed nowhere: whoever read it has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            os.dup2(nowhere, stream.fileno())


def leave(code: int) -> NoReturn:
    """Ends the program. A thread that still waits for an answer that nobody needs does not hold it up."""
    if any(thread.name.startswith("resync") for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
