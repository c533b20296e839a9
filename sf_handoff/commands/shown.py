"""The outbox's rows as staff read them: a line, a page in words, a record; and the way to find one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.calls.states import Status
from sf_handoff.calls.why import NOTHING, WAIT, explained
from sf_handoff.commands.talk import Command, option

if TYPE_CHECKING:
    from sf_handoff.adapters.store import SqlStore
    from sf_handoff.ports import Closed, Row

_SHORTEST_PREFIX = 8


def moment_option(
    name: str, words: str, *names: str, required: bool = False, zone: tzinfo = UTC
) -> Callable[[Command], Command]:
    """A moment, in `zone`."""
    return option(
        name,
        *names,
        type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
        callback=lambda context, param, typed: typed.replace(tzinfo=zone) if typed else None,
        metavar="DATE[THH:MM]",
        required=required,
        help=words,
    )


code_option = option(
    "--code",
    "codes",
    multiple=True,
    metavar="CODE",
    callback=lambda context, param, typed: tuple({form for each in typed for form in (each, each.upper())}),
    help="Only these reasons, as TIMEOUT; may be given several times.",
)


def opened_store() -> closing[SqlStore]:
    """The store alone, for what needs no sign-in to Salesforce."""
    from sf_handoff.adapters.assembly import open_store
    from sf_handoff.adapters.settings import read_settings

    return closing(open_store(read_settings()))


def find(store: SqlStore, typed: str) -> Row:
    """The row with this id, or the only one whose id begins so."""
    wanted = typed.strip().lower()
    found = store.rows(ids=(wanted,))
    if not found and len(wanted) >= _SHORTEST_PREFIX:
        found = [row for row in store.rows() if row.handoff_id.startswith(wanted)]
    if len(found) > 1:
        raise click.BadParameter(f"{len(found)} handoffs have an id that begins so. Type more of it.")
    if not found:
        raise click.BadParameter("the store holds no handoff with this id. See: sf-handoff outbox list")
    return found[0]


def find_in_env(typed: str) -> str:
    """The id of the handoff in the store of the settings; what followed it stands for its tap."""
    with opened_store() as store:
        row = find(store, typed)
    return row.parent or row.handoff_id


def record(row: Row) -> dict[str, Any]:
    """An outbox row as it is published, and of what followed a tap also which; nothing in it is personal."""
    return {
        "handoff_id": row.handoff_id,
        "state": row.state.value,
        "attempts": row.attempts,
        "next_at": _iso(row.next_at),
        "code": row.code,
        "message": row.message,
        "case_id": row.case_id,
        "task_id": row.task_id,
        "kept_at": _iso(row.kept_at),
        "settled_at": _iso(row.settled_at),
        **({"kind": row.kind.value, "parent": row.parent} if row.parent else {}),
    }


def line(row: Row) -> str:
    """One line. How often it was tried matters while it is not settled."""
    open_still = row.state in (Status.DUE, Status.PARKED)
    parts = [
        f"{row.state.value:9}  {row.handoff_id}  kept {_said(row.kept_at)}",
        "" if row.parent is None else f"{row.kind.words}, after {row.parent[:8]}",
        f"tried {row.attempts}x" if open_still else "",
        f"{row.code}: {row.message}" if row.code else "",
    ]
    return "  ".join(filter(None, parts))


def page(row: Row) -> str:
    """What happened, why, and what to do."""
    told = {
        "Handoff": row.parent or row.handoff_id,
        "Followed by": f"{row.kind.words} ({row.handoff_id})" if row.parent else "",
        "State": f"{row.state.value}: {(_FOLLOW_UP if row.parent else _STATE)[row.state]}",
        "What happened": " ".join(_story(row)),
        "Why": _reason(row),
        "In Salesforce": ", ".join(_records(row)),
        "What to do": _todo(row),
    }
    return "\n".join(f"{name:14} {words}" for name, words in told.items() if words)


def counted(rows: list[Row]) -> str:
    counts = {state: sum(row.state is state for row in rows) for state in Status}
    return ", ".join(f"{number} {state.value}" for state, number in counts.items() if number)


def paused(closed: Closed) -> str:
    """That nothing is sent for now: why, until when, what to do."""
    meaning, todo = explained(closed.reason)
    until = f"{closed.until:%Y-%m-%d %H:%M:%S} UTC"
    return (
        f"Nothing is sent to Salesforce before {until}, because {meaning} ({closed.reason}). "
        f"{todo}\nTo try it earlier: sf-handoff outbox resync --now"
    )


_STATE = {
    Status.DELIVERED: "its Case and Task are in Salesforce",
    Status.DUE: "it is kept, and to be sent",
    Status.PARKED: "it is not sent any more by itself; a person must look",
    Status.KEPT: "nothing of it is written to Salesforce",
}

_FOLLOW_UP = _STATE | {Status.DELIVERED: "it is in Salesforce"}


def _story(row: Row) -> Iterator[str]:
    times = "once" if row.attempts == 1 else f"{row.attempts} times"
    tried = f" and was tried {times}" if row.attempts else ""
    yield f"It was kept on {_said(row.kept_at)}{tried}."
    if row.settled_at:
        yield f"It was {_SETTLED[row.state]} on {_said(row.settled_at)}."
    elif row.token:
        yield f"It is being sent at this moment; if that breaks off, it is free on {_said(row.next_at)}."
    elif row.next_at:
        yield f"It may be sent again from {_said(row.next_at)} on."
    if is_empty(row):
        yield "What it held was emptied when its time was over."


_SETTLED = {Status.DELIVERED: "delivered", Status.PARKED: "parked", Status.KEPT: "set aside", Status.DUE: ""}


def is_empty(row: Row) -> bool:
    """Whether it was purged: then only its id and its outcome are left."""
    return not row.payload and row.code != "TAMPERED"


def _reason(row: Row) -> str:
    if not row.code:
        return ""
    message = "" if row.message in (None, explained(row.code)[0] + ".") else f" {row.message}"
    return f"{row.code}: {explained(row.code)[0]}.{message}"


def _records(row: Row) -> Iterator[str]:
    if row.case_id:
        yield f"Case {row.case_number or row.case_id}"
    if row.task_id:
        yield f"Task {row.task_id}"


def _todo(row: Row) -> str:
    if row.state in (Status.DELIVERED, Status.KEPT):
        return NOTHING
    todo = explained(row.code)[1] if row.code else "Send it: sf-handoff outbox resync --id ID"
    if row.state is Status.PARKED and todo.endswith(WAIT):
        todo = "Mend the cause, then send it again: sf-handoff outbox resync --status parked --id ID"
    return re.sub(r"\bID\b", row.handoff_id, todo)


def _said(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
