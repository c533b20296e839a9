"""`sample`: invented input to try things with."""

from __future__ import annotations

import click

from sf_handoff.commands.talk import data, option


@click.group()
def sample() -> None:
    """Invented input, of the real shape."""


@sample.command()
@option("--id", "handoff_id", help="The handoff's id; a new one without this.")
def handoff(handoff_id: str | None) -> None:
    """Print an invented handoff, tapped just now."""
    import uuid

    from sf_handoff.calls.samples import sample_handoff
    from sf_handoff.connector import utc_now

    data(sample_handoff(at=utc_now(), handoff_id=handoff_id or str(uuid.uuid4())), pretty=True)
