"""The store: handoffs are kept here before anything is sent, and stay until they are settled.

Four states, the same words for staff, receipts and the table:

    due        kept, and to be sent; `due` says when it may be taken next (a lease moves it on)
    delivered  its Case and Task are in Salesforce
    parked     Salesforce refused it for good; a person must look
    kept       by policy nothing of it is written to Salesforce

A row that is taken carries a fresh token; only who holds it may settle the row, so that a worker that was
away too long cannot overwrite what another one found. Whoever dies gives the row back when the lease ends.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import SQLAlchemyError

from sf_handoff.adapters import engines
from sf_handoff.adapters.seal import Seal, keyed_hash
from sf_handoff.adapters.tables import calls, codes, events, handoffs, meta
from sf_handoff.calls.receipt import Status
from sf_handoff.calls.tap import Linked
from sf_handoff.errors import HandoffError, InvalidHandoff, NotKept, Problem
from sf_handoff.ports import BoundCall, FoundCode, NewHandoff, Row, Settlement

EPISODE = timedelta(hours=24)
QUARANTINE = timedelta(hours=24)


class SqlStore:
    """The store on a SQLite file or a PostgreSQL database. Safe to share between threads."""

    def __init__(self, engine: Engine, seal: Seal, clock: Callable[[], datetime]) -> None:
        self._engine, self._seal, self._clock = engine, seal, clock
        with self._transaction() as tx:
            self._hash_key = _hash_key(tx, seal)

    @classmethod
    def open(cls, url: str, seal: Seal, clock: Callable[[], datetime]) -> SqlStore:
        """Opens the store at a database URL, making its tables on first use."""
        return cls(engines.open_engine(url), seal, clock)

    def close(self) -> None:
        self._engine.dispose()

    # Keeping

    def keep(self, new: NewHandoff, *, lease: timedelta) -> Row:
        """Keeps a handoff, leased to the caller for its first attempt, or returns the row that is there.

        Raises InvalidHandoff (`KEY_CONFLICT`) where the id is taken by another body.
        """
        digest, nonce = self._hash("body", new.payload.decode()), secrets.token_hex(16)
        with self._transaction() as tx:
            tx.execute(
                engines.insert_if_absent(tx, handoffs).values(self._values(tx, new, digest, nonce, lease))
            )
            found = self._one(tx, new.handoff_id)
            if found is None:
                raise NotKept("The store did not keep the handoff.", code="NOT_KEPT")
            if found.digest != digest:
                raise InvalidHandoff(
                    "handoff_id: another handoff was kept under this id. Use a new id for each tap.",
                    code="KEY_CONFLICT",
                    problems=(Problem("handoff_id", "an id that no other handoff has"),),
                )
            # Not the insert's row count: some drivers do not tell it. The nonce says whose row it is.
            return self._row(tx, found, fresh=found.nonce == nonce)

    def derive_id(self, content: bytes) -> str:
        """An id for a payload that brought none: the same for the same content, and telling nothing of it.

        A UUID of version 8 (RFC 9562) from a keyed hash.
        """
        digest = bytearray.fromhex(self._hash("handoff id", content.decode()))[:16]
        digest[6] = digest[6] & 0x0F | 0x80
        digest[8] = digest[8] & 0x3F | 0x80
        return str(uuid.UUID(bytes=bytes(digest)))

    def share(self, of: str) -> float:
        """A number from 0 to 1 that is always the same for the same text, for an even split into arms."""
        return int(self._hash("share", of)[:12], 16) / 16**12

    # Reading

    def row(self, handoff_id: str) -> Row | None:
        with self._transaction() as tx:
            found = self._one(tx, handoff_id)
            return self._row(tx, found) if found else None

    def rows(
        self, *, states: Sequence[Status] = (), since: datetime | None = None, ids: Sequence[str] = ()
    ) -> list[Row]:
        """The rows that fit every filter given, oldest first."""
        query = _filtered(states, since, ids).order_by(handoffs.c.occurred_at, handoffs.c.handoff_id)
        with self._transaction() as tx:
            return [self._row(tx, found) for found in tx.execute(query)]

    # Taking and settling

    def take(
        self,
        *,
        limit: int,
        lease: timedelta,
        ids: Sequence[str] = (),
        states: Sequence[Status] = (Status.DUE,),
        since: datetime | None = None,
        waiting_too: bool = False,
    ) -> list[Row]:
        """Leases up to `limit` rows, oldest tap first. `waiting_too` takes those whose time has not come.

        A row that another worker holds is never taken.
        """
        now = self._now()
        query = _filtered(states, since, ids).order_by(handoffs.c.occurred_at, handoffs.c.handoff_id)
        free = handoffs.c.due <= now
        if waiting_too:
            free = free | handoffs.c.token.is_(None)
        with self._transaction() as tx:
            found = tx.execute(query.where(free).limit(limit).with_for_update(skip_locked=True)).all()
            return [self._leased(tx, each, now + lease.total_seconds()) for each in found]

    def settle(self, row: Row, settlement: Settlement) -> Row:
        """Records what became of an attempt. A row whose lease went to another stays as that one left it."""
        now = self._now()
        waits = settlement.retry_in.total_seconds() if settlement.retry_in else 0.0
        settled = settlement.state is not Status.DUE
        changes = {
            "state": settlement.state.value,
            "due": now + waits,
            "token": None,
            "unsure": settlement.unsure,
            "code": settlement.code,
            "message": settlement.message,
            "notes": json.dumps(settlement.notes),
            "settled_at": now if settled else None,
            "case_id": settlement.case_id,
            "case_number": settlement.case_number,
            "task_id": settlement.task_id,
            "contact_linked": settlement.contact_linked,
            "api_calls": row.api_calls + settlement.api_calls,
        }
        held = (handoffs.c.handoff_id == row.handoff_id) & (handoffs.c.token == row.token)
        with self._transaction() as tx:
            tx.execute(update(handoffs).where(held).values(changes))
            if settlement.case_over:
                _end_episode(tx, row.case_key)
            if settled:
                self._log(tx, settlement.state, row.handoff_id, {"code": settlement.code})
            found = self._one(tx, row.handoff_id)
            if found is None:
                raise NotKept("The store lost the row while it was sent.", code="NOT_KEPT")
            return self._row(tx, found)

    def new_episode(self, row: Row) -> Row:
        """Takes a tap out of an episode whose Case agents are done with; it becomes the first of its own."""
        alone = {"case_key": row.handoff_id, "case_id": None, "case_number": None}
        with self._transaction() as tx:
            _end_episode(tx, row.case_key)
            tx.execute(update(handoffs).where(handoffs.c.handoff_id == row.handoff_id).values(alone))
            found = self._one(tx, row.handoff_id)
            if found is None:
                raise NotKept("The store lost the row while it was sent.", code="NOT_KEPT")
            return self._row(tx, found)

    # Codes and calls

    def reserve_code(self, handoff_id: str, code: str, *, expires_at: datetime) -> bool:
        """Gives `code` to the handoff; False where it is taken or in quarantine."""
        hashed, now = self._hash("code", code), self._now()
        values = {
            "code_hash": hashed,
            "handoff_id": handoff_id,
            "expires_at": expires_at.timestamp(),
            "free_at": expires_at.timestamp() + QUARANTINE.total_seconds(),
        }
        with self._transaction() as tx:
            tx.execute(codes.delete().where((codes.c.code_hash == hashed) & (codes.c.free_at < now)))
            tx.execute(engines.insert_if_absent(tx, codes).values(values))
            owner = tx.execute(select(codes.c.handoff_id).where(codes.c.code_hash == hashed)).scalar_one()
            if owner != handoff_id:
                return False
            sealed = self._seal.close(code.encode(), _place(handoff_id, "code"))
            tx.execute(update(handoffs).where(handoffs.c.handoff_id == handoff_id).values(dial_code=sealed))
            return True

    def find_code(self, code: str) -> FoundCode | None:
        query = select(codes).where(codes.c.code_hash == self._hash("code", code))
        with self._transaction() as tx:
            found = tx.execute(query).one_or_none()
        return FoundCode(found.handoff_id, _moment(found.expires_at), found.used_by) if found else None

    def use_code(self, code: str, call_key: str) -> bool:
        """Spends the code on a call; False where another call has spent it. The same call may ask again."""
        mine = codes.c.code_hash == self._hash("code", code)
        with self._transaction() as tx:
            tx.execute(update(codes).where(mine & codes.c.used_by.is_(None)).values(used_by=call_key))
            return tx.execute(select(codes.c.used_by).where(mine)).scalar() == call_key

    def recent_taps(self, phone: str, *, since: datetime) -> list[Row]:
        """The taps since then by people with this number (E.164), newest first."""
        mine = (handoffs.c.phone == self._hash("phone", phone)) & (
            handoffs.c.occurred_at >= since.timestamp()
        )
        with self._transaction() as tx:
            found = tx.execute(select(handoffs).where(mine).order_by(handoffs.c.occurred_at.desc())).all()
            return [self._row(tx, each) for each in found]

    def bound_call(self, call_key: str) -> BoundCall | None:
        with self._transaction() as tx:
            found = tx.execute(select(calls).where(calls.c.call_key == call_key)).one_or_none()
        return BoundCall(found.handoff_id, found.matched_by, _moment(found.bound_at)) if found else None

    def bind_call(self, call_key: str, handoff_id: str | None, matched_by: str | None) -> None:
        values = {
            "call_key": call_key,
            "handoff_id": handoff_id,
            "matched_by": matched_by,
            "bound_at": self._now(),
        }
        with self._transaction() as tx:
            tx.execute(engines.insert_if_absent(tx, calls).values(values))

    def event(self, kind: str, handoff_id: str | None = None, **detail: str | int | bool | None) -> None:
        """Notes that something happened, for the counts. `detail` must hold nothing personal."""
        with self._transaction() as tx:
            self._log(tx, kind, handoff_id, detail)

    # Inside

    def _values(
        self, tx: Connection, new: NewHandoff, digest: str, nonce: str, lease: timedelta
    ) -> dict[str, object]:
        now = self._now()
        sending = new.state is Status.DUE
        episode = self._hash("episode", f"{new.person}\0{new.about}") if new.person else None
        return {
            "handoff_id": new.handoff_id,
            "state": new.state.value,
            "due": now + lease.total_seconds() if sending else now,
            "token": nonce if sending else None,
            "attempts": 1 if sending else 0,
            # From here on a crash leaves open whether the first attempt was carried out.
            "unsure": sending,
            "code": new.code,
            "message": new.message,
            "digest": digest,
            "nonce": nonce,
            "case_key": _first_tap(tx, episode, new) or new.handoff_id,
            "episode": episode,
            "phone": self._hash("phone", new.phone) if new.phone else None,
            "occurred_at": new.occurred_at.timestamp(),
            "expires_at": new.expires_at.timestamp(),
            "kept_at": now,
            "settled_at": None if sending else now,
            "payload": self._seal.close(new.payload, _place(new.handoff_id, "payload")),
        }

    def _leased(self, tx: Connection, found: Any, until: float) -> Row:
        changes: dict[str, Any] = {
            "due": until,
            "token": secrets.token_hex(16),
            "attempts": found.attempts + 1,
            "unsure": True,
            "state": Status.DUE.value,
        }
        before = self._row(tx, found)
        tx.execute(update(handoffs).where(handoffs.c.handoff_id == found.handoff_id).values(changes))
        return replace(before, state=Status.DUE, token=changes["token"], attempts=changes["attempts"])

    def _one(self, tx: Connection, handoff_id: str) -> Any:
        return tx.execute(select(handoffs).where(handoffs.c.handoff_id == handoff_id)).one_or_none()

    def _row(self, tx: Connection, found: Any, *, fresh: bool = False) -> Row:
        taps = tx.execute(_taps(found.case_key)).all()
        others = [tap for tap in taps if tap.handoff_id != found.handoff_id]
        opened = None
        if found.dial_code:
            opened = self._seal.open(found.dial_code, _place(found.handoff_id, "code")).decode()
        return Row(
            handoff_id=found.handoff_id,
            state=Status(found.state),
            payload=self._seal.open(found.payload, _place(found.handoff_id, "payload")),
            attempts=found.attempts,
            next_at=_moment(found.due) if found.state == Status.DUE else None,
            code=found.code,
            message=found.message,
            case_key=found.case_key,
            case_id=next((tap.case_id for tap in (found, *others) if tap.case_id), None),
            case_number=next((tap.case_number for tap in (found, *others) if tap.case_number), None),
            case_unsure=any(tap.unsure for tap in others),
            case_done=found.case_id is not None,
            task_id=found.task_id,
            unsure=found.unsure and not fresh,
            contact_linked=Linked(found.contact_linked) if found.contact_linked else None,
            api_calls=found.api_calls,
            notes=tuple(json.loads(found.notes)),
            taps=len(taps),
            newest=all(tap.occurred_at <= found.occurred_at for tap in others),
            occurred_at=_moment(found.occurred_at),
            expires_at=_moment(found.expires_at),
            kept_at=_moment(found.kept_at),
            settled_at=_moment(found.settled_at) if found.settled_at is not None else None,
            dial_code=opened,
            token=found.token,
            fresh=fresh,
        )

    def _log(
        self, tx: Connection, kind: str, handoff_id: str | None, detail: dict[str, str | int | bool | None]
    ) -> None:
        said = json.dumps({name: value for name, value in detail.items() if value is not None})
        tx.execute(events.insert().values(at=self._now(), kind=kind, handoff_id=handoff_id, detail=said))

    def _hash(self, kind: str, text: str) -> str:
        return keyed_hash(self._hash_key, kind, text)

    def _now(self) -> float:
        return self._clock().timestamp()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """One transaction, all or nothing. What the database says stays here: it may quote a row."""
        failure: str | None = None
        try:
            with self._engine.begin() as tx:
                yield tx
        except HandoffError:
            raise
        except SQLAlchemyError as error:
            failure = type(error).__name__
        if failure:
            raise NotKept(f"The store did not answer ({failure}). Nothing was sent.", code="STORE")


def _first_tap(tx: Connection, episode: str | None, new: NewHandoff) -> str | None:
    """The first tap of the open episode that this tap belongs to, if there is one."""
    if episode is None or new.state is not Status.DUE:
        return None
    at, span = new.occurred_at.timestamp(), EPISODE.total_seconds()
    firsts = (
        select(handoffs.c.handoff_id)
        .where(
            handoffs.c.episode == episode,
            handoffs.c.case_key == handoffs.c.handoff_id,
            handoffs.c.episode_over.is_(False),
            handoffs.c.occurred_at.between(at - span, at + span),
            handoffs.c.state != Status.KEPT.value,
            handoffs.c.handoff_id != new.handoff_id,
        )
        .order_by(handoffs.c.occurred_at.desc())
        .limit(1)
    )
    return tx.execute(firsts).scalar()


def _end_episode(tx: Connection, case_key: str) -> None:
    tx.execute(update(handoffs).where(handoffs.c.case_key == case_key).values(episode_over=True))


def _taps(case_key: str) -> Any:
    wanted = ("handoff_id", "case_id", "case_number", "unsure", "occurred_at")
    return select(*(handoffs.c[name] for name in wanted)).where(handoffs.c.case_key == case_key)


def _filtered(states: Sequence[Status], since: datetime | None, ids: Sequence[str]) -> Any:
    query = select(handoffs)
    if states:
        query = query.where(handoffs.c.state.in_([state.value for state in states]))
    if since:
        query = query.where(handoffs.c.kept_at >= since.timestamp())
    if ids:
        query = query.where(handoffs.c.handoff_id.in_(ids))
    return query


def _hash_key(tx: Connection, seal: Seal) -> bytes:
    """The key of all keyed hashes: made once a store, sealed in it, shared by every host that uses it."""
    place = _place("meta", "hash key")
    made = seal.close(secrets.token_bytes(32), place)
    tx.execute(engines.insert_if_absent(tx, meta).values(name="hash key", value=made))
    kept: bytes = tx.execute(select(meta.c.value).where(meta.c.name == "hash key")).scalar_one()
    return seal.open(kept, place)


def _place(row: str, column: str) -> str:
    return f"{row}/{column}"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
