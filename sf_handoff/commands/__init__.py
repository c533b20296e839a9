"""What people type: `sf-handoff`. Each command is one library call and some printing.

Data goes to stdout, talk to stderr. Exit codes: 0 done; 1 done, but something needs a person; 2 wrong
usage, payload or configuration; 75 not now, try again later. `main` is the only place that turns an
error into words and a code.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import click

import sf_handoff
from sf_handoff.commands import (
    callback,
    deliver,
    demo,
    doctor,
    issues,
    nightly,
    notices,
    outbox,
    outcome,
    report,
    sample,
    screen_pop,
    serve,
)
from sf_handoff.commands.talk import (
    CLOSED_PIPE,
    DONE,
    INTERRUPTED,
    LATER,
    PERSON,
    USAGE,
    exit_code,
    hush,
    leave,
)
from sf_handoff.errors import HandoffError, InvalidHandoff, Misconfigured, Unavailable

# What is wrong with a file that staff gave, and with no handoff.
FILES = ("ROWS", "DECISIONS")
__all__ = ["DONE", "LATER", "PERSON", "USAGE", "cli", "main"]


class Commands(click.Group):
    """The commands. One whose reader has gone, as in `| head`, ends quietly, as a shell expects it to."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            hush()
        raise click.exceptions.Exit(CLOSED_PIPE)


@click.group(
    cls=Commands, context_settings={"auto_envvar_prefix": "SF_HANDOFF", "help_option_names": ["-h", "--help"]}
)
@click.version_option(sf_handoff.__version__, prog_name="sf-handoff")
def cli() -> None:
    """Hand a Veteran over from the VA mobile app to a call-center agent.

    Try it on an embedded Salesforce org: sf-handoff demo
    """


for command in (
    demo.demo,
    serve.serve,
    sample.sample,
    deliver.deliver,
    screen_pop.screen_pop,
    callback.callback,
    outcome.outcome,
    outbox.outbox,
    report.report,
    issues.issues,
    nightly.nightly,
    doctor.doctor,
    notices.notices,
):
    cli.add_command(command)


def main(args: list[str] | None = None) -> None:
    """Runs a command and exits with its code."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger("sf_handoff").addHandler(handler)
    code = DONE
    try:
        code = cli.main(args, standalone_mode=False) or DONE
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        click.echo("Stopped.", err=True)
        code = INTERRUPTED
    except HandoffError as error:
        click.echo(in_words(error), err=True)
        code = exit_code(error)
    leave(code)


def in_words(error: HandoffError) -> str:
    """An error as staff should read it."""
    if isinstance(error, InvalidHandoff):
        what = "file" if error.code in FILES else "handoff"
        return f"The {what} is not valid. {error.message}"
    if isinstance(error, Misconfigured):
        return f"Something is not set up: {error.message}"
    if isinstance(error, Unavailable):
        return f"Not now: {error.message} Try again later."
    return error.message
