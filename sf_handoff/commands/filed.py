"""A plan of tickets, and what became of it, as people read it, as programs do, and as a file for an audit."""

from __future__ import annotations

import json as jsons
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.commands.talk import data, say
from sf_handoff.errors import Misconfigured

if TYPE_CHECKING:
    from sf_handoff.filing import Filed
    from sf_handoff.reports.plan import Action
    from sf_handoff.ticketing import Planned

RULE = "─" * 72


def show_plan(planned: Planned, filed: Filed | None, *, json: bool) -> None:
    """Each action with every text that is sent, then what a person must look at."""
    if json:
        for each in records(planned):
            data(each)
    else:
        for action in planned.plan.actions:
            click.echo(f"{action.words}\n{RULE}" if action.acts and filed is None else first_line(action))
        for line in beside(planned):
            click.echo(line)
    for finding in (filed or planned.plan).findings:
        say(f"{'Look: ' if finding.needs_a_person else ''}{finding.words}")
    say(closing(planned, filed))


def first_line(action: Action) -> str:
    where = f" #{action.number}" if action.number else ""
    return f"{action.does}{where}: {action.title} ({action.why})"


def beside(planned: Planned) -> Iterator[str]:
    """What is not filed, and why."""
    drafted = planned.drafted
    for each in drafted.held:
        yield f"held: {each.fingerprint}: {each.why}; look at {', '.join(each.cases[:5])}"
    for left in drafted.left:
        yield f"left: {left.fingerprint}: {left.why}"
    strangers = planned.gathered.strangers
    if strangers:
        yield f"Decided on, and not among the day's cases: {', '.join(strangers[:5])}"


def closing(planned: Planned, filed: Filed | None) -> str:
    acting = sum(each.acts for each in planned.plan.actions)
    many = "1 action" if acting == 1 else f"{acting} actions"
    if filed is None:
        return f"{many} planned; nothing was sent. To file: --yes" if acting else "Nothing is to be done."
    if filed.unavailable:
        return f"Not now: {filed.unavailable} What is left is done by the next run."
    return f"{many} done." if acting else "Everything is filed already."


def records(planned: Planned) -> Iterator[dict[str, Any]]:
    for each in planned.plan.actions:
        yield record(each)
    for held in planned.drafted.held:
        yield {"does": "held", "fingerprint": held.fingerprint, "why": held.why, "cases": list(held.cases)}
    for left in planned.drafted.left:
        yield {"does": "left", "fingerprint": left.fingerprint, "why": left.why}


def record(action: Action) -> dict[str, Any]:
    draft = action.draft
    return {
        "does": action.does.value,
        "fingerprint": action.marker.fingerprint,
        "number": action.number,
        "why": action.why,
        "title": action.title,
        "labels": list(action.labels),
        "column": action.place.column,
        "priority": draft.priority.value if draft else None,
        "priority_why": draft.why if draft else None,
        "owner": draft.owner if draft else None,
        "cases": len(draft.cases) if draft else None,
        "people": draft.people if draft else None,
        "steps": [each.value for each in action.steps],
        "taken_out": dict(draft.body.taken) if draft else {},
        "body": action.body.text if action.body else None,
        "tally": action.tally.text if action.tally else None,
    }


def made(out: Path) -> None:
    """The folder for the file, before anything is filed. Raises Misconfigured."""
    problem = ""
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        problem = "" if os.access(out, os.W_OK) else "it cannot be written to"
    except OSError as error:
        problem = error.strerror or type(error).__name__
    if problem:
        raise Misconfigured(f"--out: the folder cannot be used: {problem}. Nothing was filed.")


def written(planned: Planned, out: Path, at: datetime, *, filed: bool) -> Path:
    """The file of what is, or would be, sent; a new one each time, that can be read only.

    Raises Misconfigured.
    """
    kind = "filed" if filed else "planned"
    path = out / f"tickets-{planned.gathered.day.date}-{kind}-{at:%Y%m%dT%H%M%S}.jsonl"
    lines = "".join(jsons.dumps(each, ensure_ascii=False) + "\n" for each in records(planned))
    problem = ""
    try:
        new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o400)
        with os.fdopen(new, "w", encoding="utf-8") as file:
            file.write(lines)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    if problem:
        raise Misconfigured(f"--out: the file was not written: {problem}. What was filed is filed.")
    return path
