"""Calls in the store: what is looked up, spent and noted for one is a single transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from sf_handoff.adapters import breakers, engines, rows
from sf_handoff.adapters.outbox import Outbox
from sf_handoff.adapters.tables import calls, codes, handoffs, pool_numbers, tokens
from sf_handoff.calls.binding import Binding, Candidate
from sf_handoff.calls.breakers import TRIES, Misses
from sf_handoff.calls.evidence import KnownCode, Lookups, RecentTap, Try
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.policy import KeptOnly
from sf_handoff.calls.signed import SignedCall
from sf_handoff.ports import Row

LATE = timedelta(hours=24)
LONGEST_KEY = 120


class Calls(Outbox):
    """Answers are kept: the same call key gets the same one."""

    def answer(
        self, call_key: str, at: datetime, bind: Callable[[Lookups], Binding]
    ) -> tuple[Binding, Row | None]:
        """What `bind` makes of a call that came `at` this time, kept; and the row of its handoff, if any."""

        call_key = self._shortened(call_key)

        def work(tx: Connection) -> tuple[Binding, list[tuple[Any, list[Any]]]]:
            books = _CallBooks(self, tx, call_key, at)
            binding = bind(books)
            books.keep(binding)
            ids = (binding.handoff_id,) if binding.handoff_id else ()
            return binding, self._read_in(tx, rows.filtered((), None, ids)) if ids else []

        binding, found = self._surely(work)
        return binding, rows.opened(self._seal, *found[0]) if found else None

    def _shortened(self, call_key: str) -> str:
        """A key that is longer than its column goes by its hash."""
        return call_key if len(call_key) <= LONGEST_KEY else self._hash("call key", call_key)


class _CallBooks:
    """The store as the methods of the ladder see it, for one call, while others wait."""

    def __init__(self, store: Calls, tx: Connection, call_key: str, at: datetime) -> None:
        self._store, self._tx, self._call_key = store, tx, call_key
        mine = calls.c.call_key == call_key
        new = {"call_key": call_key, "bound_at": at.timestamp()}
        tx.execute(engines.insert_if_absent(tx, calls).values(new))
        self._mine = tx.execute(select(calls).where(mine).with_for_update()).one()
        self._tried: list[str] = json.loads(self._mine.tried)

    @property
    def at(self) -> datetime:
        return rows.moment(self._mine.bound_at)

    @property
    def earlier(self) -> Binding | None:
        return _binding(self._mine.answer)

    def answer_of(self, call_key: str) -> Binding | None:
        call_key = self._store._shortened(call_key)
        # Nobody may undo the parent's match before this leg has its own.
        found = select(calls.c.answer).where(calls.c.call_key == call_key).with_for_update()
        return _binding(self._tx.execute(found).scalar())

    def candidate(self, handoff_id: str) -> Candidate | None:
        found = self._tx.execute(select(handoffs).where(handoffs.c.handoff_id == handoff_id)).one_or_none()
        if found is None or not found.payload or found.undone or found.code == KeptOnly.HELD_OUT.name:
            return None
        return self._opened(found)

    def tried(self, digits: str) -> Try:
        hashed = self._store._hash("try", digits)
        if hashed in self._tried:
            return Try.AGAIN
        if len(self._tried) >= TRIES:
            return Try.TOO_MANY
        self._tried.append(hashed)
        return Try.NEW

    def code(self, code: str) -> KnownCode | None:
        found = self._tx.execute(select(codes).where(self._is(code))).one_or_none()
        return KnownCode(found.handoff_id, rows.moment(found.expires_at), found.used_by) if found else None

    def spend_code(self, code: str) -> bool:
        unspent = self._is(code) & codes.c.used_by.is_(None)
        self._tx.execute(update(codes).where(unspent).values(used_by=self._call_key))
        spent_by = select(codes.c.used_by).where(self._is(code))
        return bool(self._tx.execute(spent_by).scalar() == self._call_key)

    def misses(self, number: str | None) -> Misses:
        return breakers.counted(self._tx, self._caller(number), self._now())

    def missed(self, number: str | None) -> None:
        counted = breakers.count(self._tx, self._caller(number), self._now())
        for which in counted.just_opened:
            self.note("breaker_opened", breaker=which)

    def spend_token(self, token: SignedCall) -> bool:
        hashed = self._store._hash("call jti", token.jti)
        mine = {"handoff_id": token.handoff_id, "digest": self._store._hash("call", self._call_key)}
        values = {"jti_hash": hashed, "until": token.until.timestamp(), **mine}
        self._tx.execute(engines.insert_if_absent(self._tx, tokens).values(values))
        used = select(tokens.c.handoff_id, tokens.c.digest).where(tokens.c.jti_hash == hashed)
        return self._tx.execute(used).one()._asdict() == mine

    def latched(self, number: str) -> str | None:
        free = pool_numbers.c.used_by.is_(None) & (pool_numbers.c.until > self._mine.bound_at)
        own = pool_numbers.c.used_by == self._call_key
        query = select(pool_numbers.c.handoff_id).where(pool_numbers.c.number == number, or_(free, own))
        return self._tx.execute(query.with_for_update()).scalar()

    def release(self, number: str) -> None:
        mine = pool_numbers.c.number == number
        self._tx.execute(update(pool_numbers).where(mine).values(used_by=self._call_key))

    def taps(self, number: str) -> tuple[RecentTap, ...]:
        """The taps of the last day, and those whose time is not over; the oldest first."""
        at = self._mine.bound_at
        recent = or_(handoffs.c.occurred_at >= at - LATE.total_seconds(), handoffs.c.expires_at >= at)
        mine = and_(handoffs.c.phone == self._store._hash("phone", number), handoffs.c.occurred_at <= at)
        query = select(handoffs).where(mine, recent).order_by(handoffs.c.occurred_at)
        found = (self._tap(each) for each in self._tx.execute(query))
        return tuple(tap for tap in found if tap)

    def note(self, kind: str, handoff_id: str | None = None, **detail: str | int | bool | None) -> None:
        self._store._log(self._tx, kind, handoff_id, detail)

    def keep(self, binding: Binding) -> None:
        """The answer of a call that has opened something is not written again."""
        changes = {
            "handoff_id": binding.handoff_id,
            "matched_by": binding.matched_by if binding.opens else None,
            "answer": json.dumps(binding.to_keep()),
            "tried": json.dumps(self._tried),
        }
        if any(getattr(self._mine, name) != value for name, value in changes.items()):
            self._tx.execute(update(calls).where(calls.c.call_key == self._call_key).values(changes))

    # Inside

    def _now(self) -> float:
        return self._store._now(self._tx)

    def _is(self, code: str) -> Any:
        return codes.c.code_hash == self._store._hash("code", code)

    def _caller(self, number: str | None) -> str | None:
        return self._store._hash("guesses of", number) if number else None

    def _tap(self, found: Any) -> RecentTap | None:
        candidate = self._opened(found)
        if candidate is None:
            return None
        person = candidate.handoff.person_key or found.case_key
        return RecentTap(candidate, person, rows.moment(found.expires_at))

    def _opened(self, found: Any) -> Candidate | None:
        """None for one that was tampered with: it must cost no other call its answer."""
        row = rows.readable(self._store._seal, found, ())
        return Candidate(found.handoff_id, Handoff.from_kept(row.payload)) if row.payload else None


def _binding(kept: str | None) -> Binding | None:
    return Binding.from_kept(json.loads(kept)) if kept else None
