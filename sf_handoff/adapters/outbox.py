"""The outbox: handoffs are kept here before anything is sent, and stay until they are settled.

A row that is taken carries a fresh token; only who holds it may settle the row, so that a worker that was
away too long cannot overwrite what another one found. Whoever dies gives the row back when the lease ends;
a row that nobody survives three times is parked.
"""

from __future__ import annotations

import secrets
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from sf_handoff.adapters import engines, rows
from sf_handoff.adapters.books import Books
from sf_handoff.adapters.replays import use_token
from sf_handoff.adapters.tables import handoffs
from sf_handoff.adapters.turns import TAKE, take_turn
from sf_handoff.calls.follow_ups import NOT_SENT, UNDONE, Kind
from sf_handoff.calls.signed import TokenUse
from sf_handoff.calls.states import Status
from sf_handoff.errors import InvalidHandoff, NotKept, Problem
from sf_handoff.ports import NewHandoff, Row, Settlement, Waiting

MOST_TAKES = 3


class Outbox(Books):
    """Keeps handoffs, leases them to workers, and notes what became of them."""

    def keep(self, new: NewHandoff, *, lease: timedelta, use: TokenUse | None = None) -> Row:
        """Keeps a handoff, leased to the caller for its first attempt, or returns the row that is there.

        `use` is of the token that brought it, if one did. Raises InvalidHandoff: `KEY_CONFLICT` where the id
        is taken by another body, `REPLAY` where the token's `jti` is by another token.
        """
        nonce = secrets.token_hex(16)
        return self._surely(lambda tx: self._keep(tx, new, nonce, lease, use))

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
        self,
        *,
        states: Sequence[Status] = (),
        since: datetime | None = None,
        ids: Sequence[str] = (),
        codes: Sequence[str] = (),
    ) -> list[Row]:
        """The rows that fit every filter given, oldest first.

        One that was tampered with has no payload, and the code `TAMPERED`.
        """
        found = self._read(rows.filtered(states, since, ids, codes), patient=True)
        return [rows.readable(self._seal, *each) for each in found]

    def waiting(
        self,
        *,
        states: Sequence[Status],
        since: datetime | None,
        ids: Sequence[str],
        codes: Sequence[str] = (),
    ) -> list[Waiting]:
        """The rows that fit, oldest first."""
        query = rows.filtered(states, since, ids, codes).where(handoffs.c.purged_at.is_(None))
        wanted = (handoffs.c.handoff_id, handoffs.c.case_key, handoffs.c.kind)
        with self._transaction(patient=True) as tx:
            found = tx.execute(query.with_only_columns(*wanted)).all()
        return [Waiting(each.handoff_id, each.case_key, Kind(each.kind)) for each in found]

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

        A row that another worker holds is never taken, nor one that is `kept`. One that was tampered with,
        or that its takers did not survive, is parked instead, so that it holds up no other.
        """
        with self._transaction(patient=limit > 1) as tx:
            take_turn(tx, TAKE)
            now = self._now(tx)
            free = [handoffs.c.due <= now, handoffs.c.due_set_at > now + rows.CLOCK_SLACK]
            if waiting_too:
                free.append(handoffs.c.token.is_(None))
            query = rows.filtered(states, since, ids).where(
                or_(*free),
                handoffs.c.state != Status.KEPT.value,
                handoffs.c.purged_at.is_(None),
                ~rows.earlier_tap_under_way(now),
            )
            found = tx.execute(query.limit(limit).with_for_update(skip_locked=True)).all()
            return self._leased(tx, found, now, now + lease.total_seconds())

    def beat(self, held: Sequence[Row], lease: timedelta) -> bool:
        """Prolongs the leases of rows that their holder is still at work on; whether all are still theirs."""
        mine = (handoffs.c.handoff_id == bindparam("held_id")) & (handoffs.c.token == bindparam("held_token"))
        holders = [{"held_id": row.handoff_id, "held_token": row.token or ""} for row in held]
        with self._transaction(patient=True) as tx:
            now = self._now(tx)
            until = {"due": now + lease.total_seconds(), "due_set_at": now}
            if holders:
                tx.execute(update(handoffs).where(mine).values(until), holders)
            ids = [row.handoff_id for row in held]
            there = rows.held(tx.execute(rows.tokens(ids)))
        return all(there.get(row.handoff_id) == row.token for row in held)

    def settle(self, row: Row, settlement: Settlement) -> Row:
        """Records what became of an attempt. A row whose lease went to another stays as that one left it."""
        return self.settle_all([(row, settlement)])[0]

    def settle_all(self, settled: Sequence[tuple[Row, Settlement]]) -> list[Row]:
        """`settle` for many rows in one transaction: all of it is noted, or nothing."""
        if not settled:
            return []
        many = len(settled) > 1
        found = self._surely(lambda tx: self._settle_in(tx, settled), has_reserve=True, patient=many)
        self._reserve.make()
        by_id = {each.handoff_id: rows.opened(self._seal, each, taps) for each, taps in found}
        if any(row.handoff_id not in by_id for row, _ in settled):
            raise NotKept("The store lost a row while it was sent.", code="NOT_KEPT")
        return [by_id[row.handoff_id] for row, _ in settled]

    def new_episode(self, row: Row) -> Row:
        """Takes a tap out of an episode whose Case agents are done with, into the next one or one of its own.

        Raises NotKept for who does not hold the row any more: another may have brought it to its old Case.
        """
        held = (handoffs.c.handoff_id == row.handoff_id) & (handoffs.c.token == (row.token or ""))
        with self._transaction() as tx:
            rows.end_episode(tx, row.case_key)
            found = tx.execute(select(handoffs).where(held).with_for_update()).one_or_none()
            if found is None:
                raise NotKept("Another worker has taken the handoff.", code="LEASE_LOST")
            take_turn(tx, found.episode or row.handoff_id)
            first = rows.first_tap(tx, found.episode, row.occurred_at, row.handoff_id) or row.handoff_id
            anew = {"case_key": first, "case_id": None, "case_number": None, "episode_over": False}
            tx.execute(update(handoffs).where(held).values(anew))
            tx.execute(update(handoffs).where(handoffs.c.parent == row.handoff_id).values(case_key=first))
            return self._opened(tx, self._one(tx, row.handoff_id))

    # Inside

    def _keep(
        self, tx: Connection, new: NewHandoff, nonce: str, lease: timedelta, use: TokenUse | None
    ) -> Row:
        if use:
            self._use(tx, use, new.handoff_id)
        digest = self._hash("body", new.payload.decode())
        unknown = self._one(tx, new.handoff_id) is None
        if unknown:
            values = self._values(tx, new, digest, nonce, lease)
            tx.execute(engines.insert_if_absent(tx, handoffs).values(values))
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
        fresh = found.nonce == nonce
        if fresh and unknown:
            self._log(tx, "tap", new.handoff_id, {"screen": new.screen, "kept_only": new.code})
        return self._opened(tx, found, fresh=fresh)

    def _use(self, tx: Connection, use: TokenUse, handoff_id: str) -> None:
        use_token(
            tx,
            jti_hash=self._hash("jti", use.jti),
            digest=self._hash("token", use.signed),
            handoff_id=handoff_id,
            until=use.until.timestamp(),
        )

    def _values(
        self, tx: Connection, new: NewHandoff, digest: str, nonce: str, lease: timedelta
    ) -> dict[str, object]:
        now = self._now(tx)
        sending = new.state is Status.DUE
        episode = self._hash("episode", f"{new.person}\0{new.about}") if new.person else None
        first = None
        if episode and sending:
            take_turn(tx, episode)  # two taps at once must not both be the first
            first = rows.first_tap(tx, episode, new.occurred_at, new.handoff_id)
        return {
            "handoff_id": new.handoff_id,
            "state": new.state.value,
            "due": now + lease.total_seconds() if sending else now,
            "due_set_at": now,
            "token": nonce if sending else None,
            "takes": 1 if sending else 0,
            "code": new.code,
            "message": new.message,
            "digest": digest,
            "nonce": nonce,
            "case_key": first or new.handoff_id,
            "episode": episode,
            "person": self._hash("person", new.person) if new.person else None,
            "phone": self._hash("phone", new.phone) if new.phone else None,
            "screen": new.screen,
            "occurred_at": new.occurred_at.timestamp(),
            "expires_at": new.expires_at.timestamp(),
            "kept_at": now,
            "settled_at": None if sending else now,
            "payload": self._seal.close(new.payload, rows.place(new.handoff_id, "payload")),
        }

    def _leased(self, tx: Connection, found: Sequence[Any], now: float, until: float) -> list[Row]:
        token, leased = secrets.token_hex(16), []
        episodes = self._episodes(tx, [each.case_key for each in found])
        for each in found:
            row = rows.readable(self._seal, each, episodes[each.case_key])
            if each.undone and row.kind is Kind.TAP:
                tx.execute(
                    update(handoffs).where(handoffs.c.handoff_id == row.handoff_id).values(undone(now))
                )
                continue
            if each.takes >= MOST_TAKES:
                row = replace(row, code="CRASH_LOOP", message=_CRASH_LOOP)
            if not row.payload or each.takes >= MOST_TAKES:
                self._park(tx, row, now)
            else:
                leased.append(replace(row, state=Status.DUE, token=token))
        changes = {
            "due": until,
            "due_set_at": now,
            "token": token,
            "takes": handoffs.c.takes + 1,
            "state": Status.DUE.value,
        }
        if leased:
            taken = update(handoffs).where(handoffs.c.handoff_id == bindparam("taken")).values(changes)
            tx.execute(taken, [{"taken": row.handoff_id} for row in leased])
        return leased

    def _settle_in(
        self, tx: Connection, settled: Sequence[tuple[Row, Settlement]]
    ) -> list[tuple[Any, list[Any]]]:
        """A few statements for any number of rows. One that nobody holds has no token: no lease, no match."""
        now, ids = self._now(tx), [row.handoff_id for row, _ in settled]
        # Always in the same order, or two workers could each wait for a row that the other has locked.
        held = rows.held(tx.execute(rows.tokens(ids).with_for_update()))
        mine = [each for each in settled if each[0].token and held.get(each[0].handoff_id) == each[0].token]
        if mine:
            changes = [rows.settled(*each, now) for each in mine]
            values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changes[0]}
            row_of = handoffs.c.handoff_id == bindparam("settled_id")
            tx.execute(
                update(handoffs).where(row_of).values(values),
                [
                    {"settled_id": row.handoff_id, **{f"new_{name}": value for name, value in change.items()}}
                    for (row, _), change in zip(mine, changes, strict=True)
                ],
            )
        over = [(row, each) for row, each in mine if each.state is not Status.DUE]
        self._log_all(tx, [(each.state, row.handoff_id, {"code": each.code}) for row, each in over])
        return self._read_in(tx, rows.filtered((), None, ids))

    def _park(self, tx: Connection, row: Row, now: float) -> None:
        changes = {"state": Status.PARKED.value, "token": None, "takes": 0, "settled_at": now}
        told = {"code": row.code, "message": row.message}
        tx.execute(update(handoffs).where(handoffs.c.handoff_id == row.handoff_id).values(changes | told))
        self._log(tx, Status.PARKED, row.handoff_id, {"code": row.code})

    def _one(self, tx: Connection, handoff_id: str) -> Any:
        return tx.execute(select(handoffs).where(handoffs.c.handoff_id == handoff_id)).one_or_none()

    def _opened(self, tx: Connection, found: Any, *, fresh: bool = False) -> Row:
        taps = self._episodes(tx, [found.case_key])[found.case_key]
        return rows.opened(self._seal, found, taps, fresh=fresh)

    def _read(self, query: Any, *, patient: bool = False) -> list[tuple[Any, list[Any]]]:
        """What the query finds, each with the taps of its episode; to be opened when others may go on."""
        with self._transaction(patient=patient) as tx:
            return self._read_in(tx, query)

    def _read_in(self, tx: Connection, query: Any) -> list[tuple[Any, list[Any]]]:
        found = tx.execute(query).all()
        of_case = self._episodes(tx, query.with_only_columns(handoffs.c.case_key).order_by(None))
        return [(each, of_case[each.case_key]) for each in found]

    def _episodes(self, tx: Connection, case_keys: Any) -> dict[str, list[Any]]:
        """What a row must know of the taps of its episode, for every episode named."""
        of_case: dict[str, list[Any]] = defaultdict(list)
        for tap in tx.execute(rows.taps(case_keys)):
            of_case[tap.case_key].append(tap)
        return of_case


def undone(now: float) -> dict[str, Any]:
    """What becomes of a row that was still to be sent, once its call turns out to be another person's."""
    set_aside = {"state": Status.KEPT.value, "token": None, "takes": 0, "settled_at": now}
    return {**set_aside, "code": UNDONE, "message": NOT_SENT}


_CRASH_LOOP = (
    "Whoever took it did not live to say what became of it, three times. Find out why, then send it again."
)
