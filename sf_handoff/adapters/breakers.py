"""Guesses at codes that hit nothing, counted by the minute in the store that all hosts share."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, update

from sf_handoff.adapters import engines
from sf_handoff.adapters.tables import misses
from sf_handoff.adapters.turns import GUESS, take_turn
from sf_handoff.calls.breakers import MOST_OF_ONE, WINDOW, Misses

_ALL = "all"
_MINUTE = 60.0


def counted(tx: Connection, caller: str | None, now: float) -> Misses:
    """The misses of the window; `caller` is the keyed hash of a number. Nobody else guesses meanwhile."""
    take_turn(tx, GUESS)
    who = _who(caller)
    query = (
        select(misses.c.who, func.sum(misses.c.misses))
        .where(misses.c.who.in_(who), misses.c.minute >= _first(now))
        .group_by(misses.c.who)
    )
    found: dict[str, int] = {each: int(number) for each, number in tx.execute(query)}
    return Misses(found.get(caller or "", 0), found.get(_ALL, 0))


def count(tx: Connection, caller: str | None, now: float) -> Misses:
    """One more miss; what the window counts now. What is over is forgotten, and whose numbers it was.

    Once a caller's own breaker is open its misses count for nobody else: one number must not close codes for
    all, and it can hit only codes of its own number any more.
    """
    forget(tx, now)
    alone = caller is not None and counted(tx, caller, now).of_caller >= MOST_OF_ONE
    minute, who = int(now // _MINUTE), [caller] if alone else _who(caller)
    values = [{"who": each, "minute": minute, "misses": 0} for each in who]
    tx.execute(engines.insert_if_absent(tx, misses), values)
    mine = misses.c.who.in_(who) & (misses.c.minute == minute)
    tx.execute(update(misses).where(mine).values(misses=misses.c.misses + 1))
    found = counted(tx, caller, now)
    return Misses(found.of_caller, 0) if alone else found


def forget(tx: Connection, now: float) -> None:
    tx.execute(misses.delete().where(misses.c.minute < _first(now)))


def _first(now: float) -> int:
    """The first minute that counts: a window always holds ten whole minutes, and the one that has begun."""
    return int((now - WINDOW.total_seconds()) // _MINUTE)


def _who(caller: str | None) -> list[str]:
    return [_ALL, caller] if caller else [_ALL]
