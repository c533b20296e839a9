"""What came of each ticket in the store, turn by turn; the words for customers are sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from sf_handoff.adapters import rows
from sf_handoff.adapters.books import Books
from sf_handoff.adapters.tables import notices, ticket_cases, ticket_looks, ticket_resolutions
from sf_handoff.adapters.turns import take_turn
from sf_handoff.reports.answers import Answered
from sf_handoff.reports.notices.values import CustomerText, Outcome, Resolution

RESOLVE = "resolve"  # a turn: two runs that resolve one ticket begin one turn of it
_OF = ticket_resolutions.c
_HOLDS = _OF.ended_at.is_(None)


class Resolved(Books):
    """Answers, until those who wait for them are told."""

    def resolve(self, ticket_id: str, resolution: Resolution, *, turn: int) -> None:
        """Keeps it for that turn, in place of what was there. Nothing changes once somebody was told, nor in
        a turn that is over, nor in one that cannot begin yet."""

        def work(tx: Connection) -> None:
            take_turn(tx, RESOLVE)
            last = _last(tx, ticket_id)
            if last is None or last.ended_at is not None:
                if turn == (last.turn if last else 0) + 1:
                    values = self._of_resolution(ticket_id, turn, resolution)
                    tx.execute(ticket_resolutions.insert().values(**values, resolved_at=self._now(tx)))
            elif turn == last.turn and last.told_at is None and self._resolution(last) != resolution:
                mine = (_OF.ticket_id == ticket_id) & (_OF.turn == turn)
                values = self._of_resolution(ticket_id, turn, resolution)
                tx.execute(update(ticket_resolutions).where(mine).values(**values))

        self._surely(work)

    def resolution(self, ticket_id: str) -> tuple[int, Resolution] | None:
        """The turn, and what holds in it; None while the ticket has no answer."""
        with self._transaction() as tx:
            found = _last(tx, ticket_id)
        if found is None or found.ended_at is not None:
            return None
        return found.turn, self._resolution(found)

    def resolved(self) -> list[tuple[str, int, Resolution]]:
        """What holds, of tickets whose callers were not told yet, or that counted others since."""
        open_ones = _OF.told_at.is_(None) | _OF.ticket_id.in_(_waiting())
        query = select(ticket_resolutions).where(_HOLDS, open_ones).order_by(_OF.ticket_id)
        with self._transaction(patient=True) as tx:
            found = tx.execute(query).all()
        return [(each.ticket_id, each.turn, self._resolution(each)) for each in found]

    def unresolve(self, ticket_id: str, why: str, *, since: datetime | None = None) -> None:
        """Ends the turn, if one is on."""
        mine = (_OF.ticket_id == ticket_id) & _HOLDS

        def work(tx: Connection) -> None:
            ended = {"ended_at": self._now(tx), "why": why, "since": since.timestamp() if since else None}
            tx.execute(update(ticket_resolutions).where(mine).values(**ended))

        self._surely(work)

    def told(self, ticket_id: str, at: datetime) -> None:
        """Everybody who waits for what holds was told; the first time counts."""
        mine = (_OF.ticket_id == ticket_id) & _HOLDS & _OF.told_at.is_(None)

        def work(tx: Connection) -> None:
            tx.execute(update(ticket_resolutions).where(mine).values(told_at=at.timestamp()))

        self._surely(work)

    def told_at(self, ticket_ids: Sequence[str]) -> Mapping[str, datetime]:
        """When all were told of what holds, for those tickets where they were."""
        done = _OF.told_at.is_not(None) & _OF.ticket_id.not_in(_waiting())
        query = select(_OF.ticket_id, _OF.told_at).where(_HOLDS, done)
        with self._transaction() as tx:
            found = tx.execute(query.where(_OF.ticket_id.in_(ticket_ids)))
            return {ticket_id: rows.moment(at) for ticket_id, at in found}

    def reopened_at(self, ticket_ids: Sequence[str]) -> Mapping[str, datetime]:
        """From when the clocks of a ticket run anew, for those that were opened again after an answer."""
        ended = select(_OF.ticket_id, func.max(_OF.ended_at)).where(_OF.since.is_not(None))
        query = ended.where(_OF.ticket_id.in_(ticket_ids)).group_by(_OF.ticket_id)
        with self._transaction() as tx:
            return {ticket_id: rows.moment(at) for ticket_id, at in tx.execute(query)}

    def answered(self, ticket_ids: Sequence[str] | None = None) -> Mapping[str, Answered]:
        """What is kept of each ticket's answer, by its id; of all tickets unless some are named."""
        turns, looks = select(ticket_resolutions).order_by(_OF.turn), select(ticket_looks)
        if ticket_ids is not None:
            turns = turns.where(_OF.ticket_id.in_(ticket_ids))
            looks = looks.where(ticket_looks.c.ticket_id.in_(ticket_ids))
        with self._transaction(patient=True) as tx:
            of_turns, of_looks = tx.execute(turns).all(), tx.execute(looks).all()
        by_ticket: dict[str, list[Row[Any]]] = {each.ticket_id: [] for each in (*of_looks, *of_turns)}
        for turn in of_turns:
            by_ticket[turn.ticket_id].append(turn)
        seen = {each.ticket_id: each for each in of_looks}
        return {each: self._answered(turns, seen.get(each)) for each, turns in by_ticket.items()}

    def looked(self, ticket_id: str, updated_at: datetime | None, said: str | None = None) -> None:
        """How new the issue was when its comments were read, and the code of what was said of it once."""
        values = {"updated_at": updated_at.timestamp() if updated_at else None, "said": said}

        def work(tx: Connection) -> None:
            tx.execute(ticket_looks.delete().where(ticket_looks.c.ticket_id == ticket_id))
            tx.execute(ticket_looks.insert().values(ticket_id=ticket_id, **values))

        self._surely(work)

    def _answered(self, turns: Sequence[Row[Any]], look: Row[Any] | None) -> Answered:
        """Of a ticket with these turns, in their order."""
        last = turns[-1] if turns else None
        holds = last is not None and last.ended_at is None
        return Answered(
            turn=last.turn if last else 0,
            held=self._resolution(last) if last and holds else None,
            told_at=_moment(last.told_at) if last and holds else None,
            since=_moment(max((each.since for each in turns if each.since is not None), default=None)),
            ended_at=_moment(last.ended_at) if last else None,
            why=last.why if last else "",
            follows=last.follows if last else None,
            looked=_moment(look.updated_at) if look else None,
            said=look.said if look else None,
        )

    def _of_resolution(self, ticket_id: str, turn: int, kept: Resolution) -> dict[str, Any]:
        return {
            "ticket_id": ticket_id,
            "turn": turn,
            "kind": kept.kind.value,
            "number": kept.ticket,
            "closed_at": kept.closed_at.timestamp() if kept.closed_at else None,
            "follows": kept.follows,
            "text": self._seal.close(kept.text.text.encode(), _place(ticket_id, turn)),
            "role": kept.text.role,
            "written_at": kept.text.written_at.timestamp(),
            "edited": kept.text.edited,
        }

    def _resolution(self, found: Any) -> Resolution:
        words = self._seal.open(found.text, _place(found.ticket_id, found.turn)).decode()
        return Resolution(
            kind=Outcome(found.kind),
            text=CustomerText(words, found.role, rows.moment(found.written_at), found.edited),
            ticket=found.number,
            closed_at=_moment(found.closed_at),
            follows=found.follows,
        )


def _last(tx: Connection, ticket_id: str) -> Row[Any] | None:
    query = select(ticket_resolutions).where(_OF.ticket_id == ticket_id).order_by(_OF.turn.desc()).limit(1)
    return tx.execute(query).first()


def _waiting() -> Select[Any]:
    """The tickets with a case that has no notice in the turn that holds, or none that is settled. What was
    told to the others is not touched: so a turn stays told when its ticket counts more callers."""
    cases = select(_OF.ticket_id, ticket_cases.c.case_id).where(
        _HOLDS, ticket_cases.c.ticket_id == _OF.ticket_id
    )
    this_turn = (notices.c.ticket_id == _OF.ticket_id) & (notices.c.turn == _OF.turn)
    settled = select(_OF.ticket_id, notices.c.case_id).where(
        _HOLDS, this_turn, notices.c.settled_at.is_not(None)
    )
    return select(cases.except_(settled).subquery().c.ticket_id)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else rows.moment(seconds)


def _place(ticket_id: str, turn: int) -> str:
    return rows.place(f"resolution {ticket_id} {turn}", "text")
