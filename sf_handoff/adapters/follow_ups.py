"""What follows a tap, in the outbox: kept beside it, and sent after it."""

from __future__ import annotations

import json
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from sf_handoff.adapters import rows
from sf_handoff.adapters.outbox import Outbox
from sf_handoff.adapters.tables import calls, codes, handoffs, pool_numbers
from sf_handoff.adapters.turns import take_turn
from sf_handoff.calls.binding import Binding
from sf_handoff.calls.follow_ups import Called, Event, Kind, Outcome, Reason, canonical, essence
from sf_handoff.calls.states import Status
from sf_handoff.errors import InvalidHandoff, Problem
from sf_handoff.ports import Row

_MOMENT = 0.001


class FollowUps(Outbox):
    """A follow-up is a row like a tap, with a kind and a parent: leased, settled and retried the same way."""

    def follow(self, handoff_id: str, event: Event, *, lease: timedelta | None) -> Row:
        """Keeps what followed a tap, leased to the caller (None: nobody), or returns the row that is there.

        What was told before is told once: the last of its kind, or, of matched calls, any. Of a tap that is
        not written to Salesforce nothing that follows is either. Raises InvalidHandoff (`UNKNOWN_HANDOFF`).
        """
        nonce = secrets.token_hex(16)
        return self._surely(lambda tx: self._follow(tx, handoff_id, event, nonce, lease))

    def followed(self, handoff_id: str, *kinds: Kind, by_person: bool = False) -> list[Row]:
        """What of these kinds followed this tap, newest first; `by_person`: or another tap of the person."""
        whose = handoffs.c.parent == handoff_id
        if by_person:
            person = select(handoffs.c.person).where(handoffs.c.handoff_id == handoff_id).scalar_subquery()
            whose = whose | (handoffs.c.person == person)
        found = self._read(_newest_first(*kinds).where(whose, handoffs.c.purged_at.is_(None)))
        return [rows.opened(self._seal, *each) for each in found]

    def taps(self, screen: str, since: datetime) -> int:
        """How many taps on this screen were kept since then."""
        mine = (handoffs.c.kind == Kind.TAP.value) & (handoffs.c.screen == screen)
        query = select(func.count()).where(mine, handoffs.c.kept_at >= since.timestamp())
        with self._transaction() as tx:
            return int(tx.execute(query).scalar_one())

    # Inside

    def _follow(
        self, tx: Connection, handoff_id: str, event: Event, nonce: str, lease: timedelta | None
    ) -> Row:
        take_turn(tx, handoff_id)
        tap = self._one(tx, handoff_id)
        if tap is None or tap.kind != Kind.TAP:
            raise InvalidHandoff(
                "handoff_id: no handoff is kept under this id.",
                code="UNKNOWN_HANDOFF",
                problems=(Problem("handoff_id", "the id of a handoff that was kept"),),
            )
        digest = self._hash("body", essence(event).decode())
        told = tx.execute(_newest_first(event.kind).where(handoffs.c.parent == handoff_id)).all()
        for each in told if isinstance(event, Called) else told[:1]:
            if each.digest == digest:
                return self._opened(tx, each, fresh=each.nonce == nonce and lease is not None)
        values = self._following(tx, tap, event, digest, nonce, lease)
        tx.execute(insert(handoffs).values(values))
        self._noted(tx, handoff_id, event)
        return self._opened(tx, self._one(tx, values["handoff_id"]), fresh=lease is not None)

    def _following(
        self, tx: Connection, tap: Any, event: Event, digest: str, nonce: str, lease: timedelta | None
    ) -> dict[str, Any]:
        now, own_id = self._now(tx), str(uuid.uuid4())
        family = (handoffs.c.handoff_id == tap.handoff_id) | (handoffs.c.parent == tap.handoff_id)
        last = tx.execute(select(func.max(handoffs.c.occurred_at)).where(family)).scalar_one()
        sending = tap.state != Status.KEPT
        return {
            "handoff_id": own_id,
            "kind": event.kind.value,
            "parent": tap.handoff_id,
            "state": Status.DUE.value if sending else Status.KEPT.value,
            "due": now + lease.total_seconds() if sending and lease else now,
            "due_set_at": now,
            "token": nonce if sending and lease else None,
            "takes": 1 if sending and lease else 0,
            "code": None if sending else tap.code,
            "message": None if sending else tap.message,
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

    def _noted(self, tx: Connection, handoff_id: str, event: Event) -> None:
        """Counts it; a call that reached the wrong person is taken from the handoff in the same moment."""
        counted = event.model_dump(
            mode="json", include={"reason", "level", "matched_by", "reached", "attempts"}
        )
        self._log(tx, event.kind, handoff_id, counted)
        if not isinstance(event, Outcome) or event.reason is not Reason.WRONG_PERSON:
            return
        self._undo(tx, handoff_id)
        self._log(tx, "privacy_incident", handoff_id, {})

    def _undo(self, tx: Connection, handoff_id: str) -> None:
        """No call is matched to the handoff any more, and none can be: by code, by pool, by caller number."""
        bound = tx.execute(select(calls).where(calls.c.handoff_id == handoff_id)).all()
        for call in bound:
            answer = json.dumps(Binding.from_kept(json.loads(call.answer)).undone.to_keep())
            undone = {"handoff_id": None, "matched_by": None, "answer": answer}
            tx.execute(update(calls).where(calls.c.call_key == call.call_key).values(undone))
        nobodys = {"used_by": Reason.WRONG_PERSON.value}
        for given in (codes, pool_numbers):
            tx.execute(update(given).where(given.c.handoff_id == handoff_id).values(nobodys))
        tx.execute(update(handoffs).where(handoffs.c.handoff_id == handoff_id).values(phone=None))


def _newest_first(*kinds: Kind) -> Any:
    mine = select(handoffs).where(handoffs.c.kind.in_([each.value for each in kinds]))
    return mine.order_by(handoffs.c.kept_at.desc(), handoffs.c.handoff_id)
