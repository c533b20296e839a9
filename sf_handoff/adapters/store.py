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
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import SQLAlchemyError

from sf_handoff.adapters import engines, rows
from sf_handoff.adapters.seal import Seal, keyed_hash
from sf_handoff.adapters.tables import calls, codes, events, handoffs, meta
from sf_handoff.calls.states import Status
from sf_handoff.errors import InvalidHandoff, NotKept, Problem
from sf_handoff.ports import BoundCall, FoundCode, NewHandoff, Row, Settlement

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
        engine = engines.open_engine(url)
        try:
            return cls(engine, seal, clock)
        except Exception:
            engine.dispose()
            raise

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
            return self._opened(tx, found, fresh=found.nonce == nonce)

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
        found = self._read(rows.filtered((), None, (handoff_id,)))
        return rows.opened(self._seal, *found[0]) if found else None

    def rows(
        self, *, states: Sequence[Status] = (), since: datetime | None = None, ids: Sequence[str] = ()
    ) -> list[Row]:
        """The rows that fit every filter given, oldest first.

        One that was tampered with has no payload, and the code `TAMPERED`.
        """
        found = self._read(rows.filtered(states, since, ids))
        return [rows.readable(self._seal, *each) for each in found]

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

        A row that another worker holds is never taken, nor one that is `kept`. One that was tampered with
        is parked instead, so that it holds up no other.
        """
        now = self._now()
        free = handoffs.c.due <= now
        if waiting_too:
            free = free | handoffs.c.token.is_(None)
        query = rows.filtered(states, since, ids).where(free, handoffs.c.state != Status.KEPT.value)
        with self._transaction() as tx:
            found = tx.execute(query.limit(limit).with_for_update(skip_locked=True)).all()
            leased = [self._leased(tx, each, now + lease.total_seconds()) for each in found]
        return [row for row in leased if row]

    def settle(self, row: Row, settlement: Settlement) -> Row:
        """Records what became of an attempt. A row whose lease went to another stays as that one left it."""
        now = self._now()
        waits = settlement.retry_in.total_seconds() if settlement.retry_in else 0.0
        settled = settlement.state is not Status.DUE
        changes = {
            "state": settlement.state.value,
            "due": now + waits,
            "token": None,
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
        # A row that nobody holds has no token: no lease, no match.
        held = (handoffs.c.handoff_id == row.handoff_id) & (handoffs.c.token == (row.token or ""))
        with self._transaction() as tx:
            mine = tx.execute(update(handoffs).where(held).values(changes)).rowcount == 1
            if mine and settled:
                self._log(tx, settlement.state, row.handoff_id, {"code": settlement.code})
            return self._there(tx, row.handoff_id)

    def new_episode(self, row: Row) -> Row:
        """Takes a tap out of an episode whose Case agents are done with; it becomes the first of its own."""
        alone = {"case_key": row.handoff_id, "case_id": None, "case_number": None, "episode_over": False}
        with self._transaction() as tx:
            rows.end_episode(tx, row.case_key)
            tx.execute(update(handoffs).where(handoffs.c.handoff_id == row.handoff_id).values(alone))
            return self._there(tx, row.handoff_id)

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
            sealed = self._seal.close(code.encode(), rows.place(handoff_id, "code"))
            tx.execute(update(handoffs).where(handoffs.c.handoff_id == handoff_id).values(dial_code=sealed))
            return True

    def find_code(self, code: str) -> FoundCode | None:
        query = select(codes).where(codes.c.code_hash == self._hash("code", code))
        with self._transaction() as tx:
            found = tx.execute(query).one_or_none()
        return FoundCode(found.handoff_id, rows.moment(found.expires_at), found.used_by) if found else None

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
        found = self._read(select(handoffs).where(mine).order_by(handoffs.c.occurred_at.desc()))
        return [rows.opened(self._seal, *each) for each in found]

    def bound_call(self, call_key: str) -> BoundCall | None:
        with self._transaction() as tx:
            found = tx.execute(select(calls).where(calls.c.call_key == call_key)).one_or_none()
        return BoundCall(found.handoff_id, found.matched_by, rows.moment(found.bound_at)) if found else None

    def bind_call(self, call_key: str, handoff_id: str | None, matched_by: str | None) -> None:
        values = {
            "call_key": call_key,
            "handoff_id": handoff_id,
            "matched_by": matched_by,
            "bound_at": self._now(),
        }
        unmatched = (calls.c.call_key == call_key) & calls.c.matched_by.is_(None)
        with self._transaction() as tx:
            tx.execute(engines.insert_if_absent(tx, calls).values(values))
            tx.execute(update(calls).where(unmatched).values(handoff_id=handoff_id, matched_by=matched_by))

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
            "code": new.code,
            "message": new.message,
            "digest": digest,
            "nonce": nonce,
            "case_key": rows.first_tap(tx, episode, new) or new.handoff_id,
            "episode": episode,
            "phone": self._hash("phone", new.phone) if new.phone else None,
            "occurred_at": new.occurred_at.timestamp(),
            "expires_at": new.expires_at.timestamp(),
            "kept_at": now,
            "settled_at": None if sending else now,
            "payload": self._seal.close(new.payload, rows.place(new.handoff_id, "payload")),
        }

    def _leased(self, tx: Connection, found: Any, until: float) -> Row | None:
        before = rows.readable(self._seal, found, self._episode(tx, found))
        if not before.payload:
            self._park(tx, before)
            return None
        changes: dict[str, Any] = {
            "due": until,
            "token": secrets.token_hex(16),
            "attempts": found.attempts + 1,
            "state": Status.DUE.value,
        }
        tx.execute(update(handoffs).where(handoffs.c.handoff_id == found.handoff_id).values(changes))
        return replace(before, state=Status.DUE, token=changes["token"], attempts=changes["attempts"])

    def _park(self, tx: Connection, row: Row) -> None:
        changes = {"state": Status.PARKED.value, "token": None, "settled_at": self._now()}
        told = {"code": row.code, "message": row.message}
        tx.execute(update(handoffs).where(handoffs.c.handoff_id == row.handoff_id).values(changes | told))
        self._log(tx, Status.PARKED, row.handoff_id, {"code": row.code})

    def _one(self, tx: Connection, handoff_id: str) -> Any:
        return tx.execute(select(handoffs).where(handoffs.c.handoff_id == handoff_id)).one_or_none()

    def _there(self, tx: Connection, handoff_id: str) -> Row:
        found = self._one(tx, handoff_id)
        if found is None:
            raise NotKept("The store lost the row while it was sent.", code="NOT_KEPT")
        return self._opened(tx, found)

    def _opened(self, tx: Connection, found: Any, *, fresh: bool = False) -> Row:
        return rows.opened(self._seal, found, self._episode(tx, found), fresh=fresh)

    def _episode(self, tx: Connection, found: Any) -> Sequence[Any]:
        return tx.execute(rows.taps((found.case_key,))).all()

    def _read(self, query: Any) -> list[tuple[Any, list[Any]]]:
        """What the query finds, each with the taps of its episode; to be opened when others may go on."""
        episodes = query.with_only_columns(handoffs.c.case_key).order_by(None)
        of_case: dict[str, list[Any]] = defaultdict(list)
        with self._transaction() as tx:
            found = tx.execute(query).all()
            for tap in tx.execute(rows.taps(episodes)):
                of_case[tap.case_key].append(tap)
        return [(each, of_case[each.case_key]) for each in found]

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
        failure: NotKept | None = None
        try:
            with self._engine.begin() as tx:
                yield tx
        except SQLAlchemyError as error:
            failure = engines.not_kept(error)
        if failure:
            try:
                raise failure
            finally:
                # The `with` that this ends is still handling the database's error, and would chain it.
                failure.__context__ = None


def _hash_key(tx: Connection, seal: Seal) -> bytes:
    """The key of all keyed hashes: made once a store, sealed in it, shared by every host that uses it."""
    place = rows.place("meta", "hash key")
    made = seal.close(secrets.token_bytes(32), place)
    tx.execute(engines.insert_if_absent(tx, meta).values(name="hash key", value=made))
    kept: bytes = tx.execute(select(meta.c.value).where(meta.c.name == "hash key")).scalar_one()
    return seal.open(kept, place)
