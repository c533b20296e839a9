"""What follows a tap, in the outbox: kept beside it, and sent after it."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, insert, select, update

from sf_handoff.adapters import rows
from sf_handoff.adapters.outbox import Outbox, undone
from sf_handoff.adapters.tables import calls, codes, handoffs, pool_numbers
from sf_handoff.adapters.turns import take_turn
from sf_handoff.calls.binding import Binding
from sf_handoff.calls.follow_ups import (
    INCIDENT,
    WRONG_PERSON,
    Called,
    Event,
    Kind,
    Outcome,
    canonical,
    essence,
    is_wrong_person,
)
from sf_handoff.calls.numbers import Caller, CallerNumber
from sf_handoff.calls.states import Status
from sf_handoff.errors import InvalidHandoff, Problem
from sf_handoff.ports import Row, Telling

_MOMENT = 0.001
_NOBODY = "\x01"  # no call has such a key
_UNKNOWN = Binding(level=0, reasons=(), tried=(), caller=Caller(CallerNumber.ABSENT))


class FollowUps(Outbox):
    """A follow-up is a row like a tap, with a kind and a parent: leased, settled and retried the same way."""

    def follow(self, handoff_id: str, event: Event | Telling, *, lease: timedelta | None) -> Row:
        """Keeps what followed a tap, leased to the caller (None: nobody), or returns the row that is there.

        What was told before is told once: the last of its kind, or, of matched calls, any. Of a tap that is
        not written to Salesforce nothing that follows is either. Raises InvalidHandoff (`UNKNOWN_HANDOFF`).
        """
        nonce = secrets.token_hex(16)
        return self._surely(lambda tx: self._follow(tx, handoff_id, event, nonce, lease))

    def held_back(self, ids: Sequence[str]) -> set[str]:
        """Which of these follow-ups must wait, since one that was told before them is still to be sent.

        So do an outcome behind one of the same tap, and callbacks and tries behind those of the same person.
        """
        earlier = handoffs.alias("earlier")
        callbacks = (Kind.CALLBACK.value, Kind.CALLBACK_TRIED.value)
        of_tap = (earlier.c.parent == handoffs.c.parent) & (earlier.c.kind == handoffs.c.kind)
        of_person = (earlier.c.parent == handoffs.c.parent) | (earlier.c.person == handoffs.c.person)
        behind = exists(
            select(earlier.c.handoff_id).where(
                earlier.c.state == Status.DUE.value,
                earlier.c.kind != Kind.CALLED.value,
                earlier.c.parent.is_not(None),
                earlier.c.handoff_id.not_in(ids),
                earlier.c.occurred_at < handoffs.c.occurred_at,
                of_tap | (of_person & earlier.c.kind.in_(callbacks) & handoffs.c.kind.in_(callbacks)),
            )
        )
        query = select(handoffs.c.handoff_id).where(handoffs.c.handoff_id.in_(ids), behind)
        with self._transaction() as tx:
            return set(tx.execute(query).scalars())

    def followed(self, handoff_id: str, *kinds: Kind, by_person: bool = False) -> list[Row]:
        """What of these kinds followed this tap, newest first; `by_person`: or another tap of the person."""
        with self._transaction() as tx:
            tap = self._one(tx, handoff_id)
            return self._before(tx, tap, kinds, by_person=by_person) if tap is not None else []

    def taps(self, screen: str, since: datetime) -> int:
        """How many taps on this screen were kept since then."""
        mine = (handoffs.c.kind == Kind.TAP.value) & (handoffs.c.screen == screen)
        query = select(func.count()).where(mine, handoffs.c.kept_at >= since.timestamp())
        with self._transaction() as tx:
            return int(tx.execute(query).scalar_one())

    # Inside

    def _follow(
        self, tx: Connection, handoff_id: str, event: Event | Telling, nonce: str, lease: timedelta | None
    ) -> Row:
        tap = self._one(tx, handoff_id)
        if tap is None or tap.kind != Kind.TAP:
            raise InvalidHandoff(
                "handoff_id: no handoff is kept under this id.",
                code="UNKNOWN_HANDOFF",
                problems=(Problem("handoff_id", "the id of a handoff that was kept"),),
            )
        take_turn(tx, tap.person or handoff_id)
        tap = self._one(tx, handoff_id)  # as whoever had the turn before has left it
        if isinstance(event, Telling):
            event = event.make(self._before(tx, tap, event.kinds, by_person=event.by_person))
        digest = self._hash("body", essence(event).decode())
        told = tx.execute(_newest_first(event.kind).where(handoffs.c.parent == handoff_id)).all()
        for each in told if isinstance(event, Called) else told[:1]:
            if each.digest == digest:
                return self._opened(tx, each, fresh=each.nonce == nonce and lease is not None)
        values = self._following(tx, tap, event, digest, nonce, lease)
        tx.execute(insert(handoffs).values(values))
        self._noted(tx, handoff_id, event, values["handoff_id"])
        return self._opened(tx, self._one(tx, values["handoff_id"]), fresh=lease is not None)

    def _before(self, tx: Connection, tap: Any, kinds: Sequence[Kind], *, by_person: bool) -> list[Row]:
        query = _newest_first(*kinds).where(_whose(tap, by_person=by_person))
        found = self._read_in(tx, query.where(handoffs.c.purged_at.is_(None)))
        readable = (rows.readable(self._seal, *each) for each in found)
        return [row for row in readable if row.payload]

    def _following(
        self, tx: Connection, tap: Any, event: Event, digest: str, nonce: str, lease: timedelta | None
    ) -> dict[str, Any]:
        now, own_id = self._now(tx), str(uuid.uuid4())
        family = (handoffs.c.handoff_id == tap.handoff_id) | (handoffs.c.parent == tap.handoff_id)
        last = tx.execute(select(func.max(handoffs.c.occurred_at)).where(family)).scalar_one()
        wrong = is_wrong_person(event)
        in_org = tap.state != Status.KEPT or tap.case_id is not None
        sending = in_org and (isinstance(event, Outcome) or not tap.undone)
        code, message = (None, None) if sending else (tap.code, tap.message)
        return {
            "handoff_id": own_id,
            "kind": event.kind.value,
            "parent": tap.handoff_id,
            "state": Status.DUE.value if sending else Status.KEPT.value,
            "due": now + lease.total_seconds() if sending and lease else now,
            "due_set_at": now,
            "token": nonce if sending and lease else None,
            "takes": 1 if sending and lease else 0,
            "code": WRONG_PERSON if wrong else code,
            "message": INCIDENT if wrong else message,
            "digest": digest,
            "nonce": nonce,
            "case_key": tap.case_key,
            "person": tap.person,
            "screen": tap.screen,
            # After all that came before it, or two of the same moment might be sent in the wrong order.
            "occurred_at": max(event.at.timestamp(), last + _MOMENT),
            "expires_at": tap.expires_at,
            "kept_at": now,
            "settled_at": None if sending else now,
            "payload": self._seal.close(canonical(event), rows.place(own_id, "payload")),
        }

    def _noted(self, tx: Connection, handoff_id: str, event: Event, own_id: str) -> None:
        """Counts it; a call that reached the wrong person is taken from the handoff in the same moment."""
        counted = event.model_dump(
            mode="json", include={"reason", "level", "matched_by", "reached", "attempts"}
        )
        self._log(tx, event.kind, handoff_id, counted)
        if is_wrong_person(event):
            self._undo_matches(tx, handoff_id)
            self._undo_rows(tx, handoff_id, own_id)
            self._log(tx, "privacy_incident", handoff_id, {})

    def _undo_matches(self, tx: Connection, handoff_id: str) -> None:
        """No call is matched to the handoff any more, and none can be: by code, by pool, by caller number."""
        for given in (codes, pool_numbers):
            tx.execute(update(given).where(given.c.handoff_id == handoff_id).values(used_by=_NOBODY))
        bound = select(calls).where(calls.c.handoff_id == handoff_id).with_for_update()
        for _ in range(2):  # a leg that was being answered is there once its parent is free
            for call in tx.execute(bound).all():
                before = Binding.from_kept(json.loads(call.answer)) if call.answer else _UNKNOWN
                answer = json.dumps(before.undone.to_keep())
                unbound = {"handoff_id": None, "matched_by": None, "answer": answer}
                tx.execute(update(calls).where(calls.c.call_key == call.call_key).values(unbound))

    def _undo_rows(self, tx: Connection, handoff_id: str, own_id: str) -> None:
        """What of the tap is not under way is not sent any more; what is, is not sent again."""
        now = self._now(tx)
        tap, parent = handoffs.c.handoff_id == handoff_id, handoffs.c.parent == handoff_id
        tx.execute(update(handoffs).where(tap).values(undone=True, phone=None))
        callbacks = handoffs.c.kind.in_((Kind.CALLBACK.value, Kind.CALLBACK_TRIED.value))
        tx.execute(update(handoffs).where(parent & callbacks).values(person=None))
        waiting = handoffs.c.state.in_((Status.DUE.value, Status.PARKED.value))
        nobodys = handoffs.c.token.is_(None) | (handoffs.c.due <= now)
        family = (tap | parent) & (handoffs.c.handoff_id != own_id)
        tx.execute(update(handoffs).where(family & waiting & nobodys).values(undone(now)))


def _whose(tap: Any, *, by_person: bool) -> Any:
    mine = handoffs.c.parent == tap.handoff_id
    return mine | (handoffs.c.person == tap.person) if by_person and tap.person else mine


def _newest_first(*kinds: Kind) -> Any:
    mine = select(handoffs).where(handoffs.c.kind.in_([each.value for each in kinds]))
    return mine.order_by(handoffs.c.kept_at.desc(), handoffs.c.handoff_id)
