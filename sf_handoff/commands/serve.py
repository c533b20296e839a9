"""`serve`: the embedded org on loopback, for other programs."""

from __future__ import annotations

import os
import signal
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.commands.talk import data, json_option, option, say

if TYPE_CHECKING:
    from sf_handoff.embedded import Embedded


@click.command()
@option("--port", type=click.IntRange(0, 65534), default=0, show_default=True,
        help="Port for plain HTTP; TLS is on the next one. 0 takes free ones.")  # fmt: skip
@option("--env", "env_file", type=click.Path(dir_okay=False, path_type=Path),
        help="Write the settings that reach it to this file once it is ready.")  # fmt: skip
@json_option
def serve(port: int, env_file: Path | None, json: bool) -> None:
    """Run the embedded org on loopback until Ctrl-C. Its records are invented, and stay beside the store."""
    from sf_handoff.adapters.assembly import EMBEDDED_FOLDER, start_embedded
    from sf_handoff.adapters.settings import read_settings
    from sf_handoff.mapping import load

    settings = read_settings(org="embedded")
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    if env_file and not env_file.parent.is_dir():
        raise click.BadParameter("the folder of this file is not there.", param_hint="--env")
    if port:
        check_free(port)
    with start_embedded(settings.folder / EMBEDDED_FOLDER, load(settings.mappings), port=port) as org:
        lines = environment(org)
        if env_file:
            write_whole(env_file, "".join(f"{name}={value}\n" for name, value in lines.items()))
        if json:
            data(lines)
        else:
            click.echo(f"HTTP   {org.http}\nHTTPS  {org.https}\nCA     {org.ca_file}")
            say("This is the embedded org: its records are invented. Ctrl-C ends it.")
        done.wait()


def environment(org: Embedded) -> dict[str, Any]:
    """The settings of the connector that reach this org, and the addresses for other clients."""
    return {
        "SF_HANDOFF_ORG": org.https,
        "SF_HANDOFF_AUTH": "jwt",
        "SF_HANDOFF_CLIENT_ID": org.client_id,
        "SF_HANDOFF_USERNAME": org.username,
        "SF_HANDOFF_PRIVATE_KEY_FILE": str(org.private_key_file),
        "SF_HANDOFF_AUDIENCE": org.audience,
        "SF_HANDOFF_CA_FILE": str(org.ca_file),
        "SF_HANDOFF_ALLOWED_HOSTS": "127.0.0.1",
        "SF_HANDOFF_DIAL_CODES": "true",
        "SF_HANDOFF_REPORT_ID": org.report_id,
        "EMBEDDED_HTTP": org.http,
        "EMBEDDED_HTTPS": org.https,
        "EMBEDDED_CA_FILE": str(org.ca_file),
        "EMBEDDED_ACCESS_TOKEN": org.access_token(),
        "EMBEDDED_CONTROL": org.control,
        **tracker_environment(org),
    }


def tracker_environment(org: Embedded) -> dict[str, Any]:
    """Where the tracker beside the org is, for other clients. Its TLS certificate is the org's."""
    tracker = org.tracker
    return {
        "EMBEDDED_GITHUB": tracker.github,
        "EMBEDDED_GITHUB_TOKEN": tracker.github_token,
        "EMBEDDED_GITHUB_REPO": tracker.repository,
        "EMBEDDED_ZENHUB": tracker.zenhub,
        "EMBEDDED_ZENHUB_TOKEN": tracker.zenhub_token,
        "EMBEDDED_ZENHUB_WORKSPACE": tracker.workspace_id,
    }


def check_free(port: int) -> None:
    """Raises where somebody listens on the port or on the one for TLS behind it."""
    for each in (port, port + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", each))
            except OSError:
                taken = True
            else:
                taken = False
        if taken:
            raise click.BadParameter(
                f"port {each} is taken; the plain port and the next one are needed.", param_hint="--port"
            )


def write_whole(path: Path, text: str) -> None:
    """Writes a file for its owner alone that others see whole or not at all."""
    made = path.with_name(f".{path.name}.{os.getpid()}")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    made.replace(path)
