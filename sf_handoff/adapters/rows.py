"""The outbox's rows as the store hands them out: found, opened, and seen with the taps of their episode."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, select, update

from sf_handoff.adapters.seal import TAMPERED, Seal
from sf_handoff.adapters.tables import handoffs
from sf_handoff.calls.follow_ups import Kind
from sf_handoff.calls.states import Linked, Status
from sf_handoff.errors import Misconfigured
from sf_handoff.ports import Row, Settlement

EPISODE = timedelta(hours=24)
# A time that was set in the future by more than this was set by a clock that has been put back since.
CLOCK_SLACK = 60.0


def filtered(
    states: Sequence[Status], since: datetime | None, ids: Sequence[str], codes: Sequence[str] = ()
) -> Any:
    """A query for the rows that fit every filter given, oldest tap first."""
    query = select(handoffs).order_by(handoffs.c.occurred_at, handoffs.c.handoff_id)
    if states:
        query = query.where(handoffs.c.state.in_([state.value for state in states]))
    if since:
        query = query.where(handoffs.c.kept_at >= since.timestamp())
    if ids:
        query = query.where(handoffs.c.handoff_id.in_(ids))
    if codes:
        query = query.where(handoffs.c.code.in_(codes))
    return query


def taps(case_keys: Any) -> Any:
    """A query for what a row must know of the taps of its episode, itself among them, and of their calls and
    callbacks."""
    wanted = ("case_key", "handoff_id", "kind", "parent", "case_id", "case_number", "task_id", "occurred_at")
    known = handoffs.c.kind.in_((Kind.TAP.value, Kind.CALLED.value, Kind.CALLBACK.value))
    return select(*(handoffs.c[name] for name in wanted)).where(handoffs.c.case_key.in_(case_keys), known)


def tokens(ids: Sequence[str]) -> Any:
    """A query for who holds these rows, always in the same order."""
    held = select(handoffs.c.handoff_id, handoffs.c.token).where(handoffs.c.handoff_id.in_(ids))
    return held.order_by(handoffs.c.handoff_id)


def held(found: Any) -> dict[str, str | None]:
    """The tokens that such a query found, by row."""
    return {each.handoff_id: each.token for each in found}


def first_tap(tx: Connection, episode: str | None, occurred_at: datetime, handoff_id: str) -> str | None:
    """The first tap of the open episode that this tap belongs to, if there is one."""
    if episode is None:
        return None
    at, span = occurred_at.timestamp(), EPISODE.total_seconds()
    firsts = (
        select(handoffs.c.handoff_id)
        .where(
            handoffs.c.episode == episode,
            handoffs.c.case_key == handoffs.c.handoff_id,
            handoffs.c.episode_over.is_(False),
            handoffs.c.occurred_at.between(at - span, at + span),
            handoffs.c.state != Status.KEPT.value,
            handoffs.c.handoff_id != handoff_id,
        )
        .order_by(handoffs.c.occurred_at.desc())
        .limit(1)
    )
    return tx.execute(firsts).scalar()


def earlier_tap_under_way(now: float) -> Any:
    """A condition: an earlier tap of the row's episode is being sent, and its Case may be on its way."""
    earlier = handoffs.alias("earlier")
    return exists(
        select(earlier.c.handoff_id).where(
            earlier.c.case_key == handoffs.c.case_key,
            earlier.c.occurred_at < handoffs.c.occurred_at,
            earlier.c.state == Status.DUE.value,
            earlier.c.token.is_not(None),
            earlier.c.due > now,
            earlier.c.due_set_at <= now + CLOCK_SLACK,
        )
    )


def end_episode(tx: Connection, case_key: str) -> None:
    tx.execute(update(handoffs).where(handoffs.c.case_key == case_key).values(episode_over=True))


def readable(seal: Seal, found: Any, episode: Sequence[Any]) -> Row:
    """The row; one that was tampered with comes without payload, and with the code `TAMPERED`."""
    try:
        return opened(seal, found, episode)
    except Misconfigured as error:
        if error.code != TAMPERED:
            raise
    row = opened(None, found, episode)
    return replace(row, code=TAMPERED, message="What is stored of it was changed; it cannot be read.")


def opened(seal: Seal | None, found: Any, episode: Sequence[Any], *, fresh: bool = False) -> Row:
    """The row with its payload and code as they were kept; without a seal, empty."""
    taps = [each for each in episode if each.kind == Kind.TAP]
    others = [tap for tap in taps if tap.handoff_id != found.handoff_id]

    def plain(column: str, value: bytes | None) -> bytes:
        return seal.open(value, place(found.handoff_id, column)) if seal and value else b""

    return Row(
        handoff_id=found.handoff_id,
        state=Status(found.state),
        payload=plain("payload", found.payload),
        attempts=found.attempts,
        next_at=moment(found.due) if found.state == Status.DUE else None,
        code=found.code,
        message=found.message,
        case_key=found.case_key,
        case_id=next((tap.case_id for tap in (found, *others) if tap.case_id), None),
        case_number=next((tap.case_number for tap in (found, *others) if tap.case_number), None),
        case_done=found.case_id is not None,
        task_id=found.task_id,
        contact_linked=Linked(found.contact_linked) if found.contact_linked else None,
        api_calls=found.api_calls,
        notes=tuple(json.loads(found.notes)),
        taps=len(taps),
        newest=all(tap.occurred_at <= found.occurred_at for tap in others),
        occurred_at=moment(found.occurred_at),
        expires_at=moment(found.expires_at),
        kept_at=moment(found.kept_at),
        settled_at=moment(found.settled_at) if found.settled_at is not None else None,
        dial_code=plain("code", found.dial_code).decode() or None,
        token=found.token,
        fresh=fresh,
        kind=Kind(found.kind),
        parent=found.parent,
        called=any(each.kind == Kind.CALLED and each.parent == found.handoff_id for each in episode),
        task_ids=tuple(tap.task_id for tap in taps if tap.task_id),
        callback_task_ids=tuple(
            each.task_id
            for each in episode
            if each.kind == Kind.CALLBACK and each.parent == found.handoff_id and each.task_id
        ),
        undone=found.undone,
    )


def settled(row: Row, settlement: Settlement, now: float) -> dict[str, Any]:
    """What a settlement changes in its row."""
    waits = settlement.retry_in.total_seconds() if settlement.retry_in else 0.0
    return {
        "state": settlement.state.value,
        "due": now + waits,
        "due_set_at": now,
        "token": None,
        "takes": 0,
        "attempts": row.attempts + (1 if settlement.counted else 0),
        "code": settlement.code,
        "message": settlement.message,
        "notes": json.dumps(settlement.notes),
        "settled_at": None if settlement.state is Status.DUE else now,
        "case_id": settlement.case_id,
        "case_number": settlement.case_number,
        "task_id": settlement.task_id,
        "contact_linked": settlement.contact_linked,
        "api_calls": row.api_calls + settlement.api_calls,
    }


def place(row: str, column: str) -> str:
    """What a sealed value is bound to."""
    return f"{row}/{column}"


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
