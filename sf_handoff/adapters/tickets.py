"""The ledger of tickets in the store: each step of filing before and after it is done; no word of any case.

A ticket's id is made of its fingerprint and generation, so two runs that intend the same one have one row.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, update

from sf_handoff.adapters import rows
from sf_handoff.adapters.books import Books
from sf_handoff.adapters.tables import decisions, ticket_cases, ticket_days, ticket_steps, tickets
from sf_handoff.adapters.turns import take_turn
from sf_handoff.redaction import Scrubbed
from sf_handoff.reports.decisions import Decided, Decision
from sf_handoff.reports.tickets import (
    DayCount,
    Moved,
    Place,
    Priority,
    State,
    Step,
    StepRecord,
    StepState,
    Ticket,
    TicketCase,
    TrackedIssue,
)

INTEND = "intend"  # a turn: two runs intend one ticket once


class Tickets(Books):
    """What was filed, and what is being filed."""

    def marker(self, fingerprint: str, generation: int) -> str:
        """The token of a ticket in its issue's text. Nobody without the store can make one."""
        return f"sfh{self._hash('marker', f'{fingerprint} {generation}')[:32]}"

    def tickets(self, *, fingerprints: Sequence[str] = (), open_only: bool = False) -> list[Ticket]:
        """By fingerprint and generation."""
        query = select(tickets).order_by(tickets.c.fingerprint, tickets.c.generation)
        if fingerprints:
            query = query.where(tickets.c.fingerprint.in_(fingerprints))
        if open_only:
            query = query.where(tickets.c.state == State.OPEN.value)
        with self._transaction(patient=True) as tx:
            return self._tickets(tx, query)

    def ticket(self, ticket_id: str) -> Ticket | None:
        with self._transaction() as tx:
            return next(iter(self._tickets(tx, _one(ticket_id))), None)

    # What is being filed

    def intend(
        self,
        fingerprint: str,
        *,
        generation: int,
        day: date,
        title: Scrubbed,
        repository: str,
        steps: Sequence[Step],
        priority: Priority | None,
        labels: Sequence[str],
        follows: int | None = None,
        summary: bool = False,
    ) -> Ticket:
        """The ticket that is to be filed. One that was intended before stays as it is."""
        ticket_id = f"{fingerprint}/{generation}"
        values = {
            "fingerprint": fingerprint,
            "generation": generation,
            "day": day.isoformat(),
            "title": title.text,
            "repository": repository,
            "state": State.OPEN.value,
            "priority": priority and priority.value,
            "labels": json.dumps(list(labels)),
            "follows": follows,
            "summary": summary,
        }

        def work(tx: Connection) -> Ticket:
            take_turn(tx, INTEND)
            if tx.execute(_one(ticket_id)).first() is None:
                now = self._now(tx)
                tx.execute(tickets.insert().values(ticket_id=ticket_id, intended_at=now, **values))
                _put(tx, ticket_id, steps, StepState.TO_DO, now)
            return self._known_ticket(tx, ticket_id)

        return self._surely(work)

    def begin(self, ticket_id: str, step: Step) -> Ticket:
        """Before the step."""

        def work(tx: Connection) -> Ticket:
            _put(tx, ticket_id, (step,), StepState.BEGUN, self._now(tx))
            return self._known_ticket(tx, ticket_id)

        return self._surely(work)

    def done(
        self,
        ticket_id: str,
        step: Step,
        *,
        issue: TrackedIssue | None = None,
        place: Place | None = None,
        tally_id: int | None = None,
    ) -> Ticket:
        """After the step, with what came back."""

        def work(tx: Connection) -> Ticket:
            _put(tx, ticket_id, (step,), StepState.DONE, self._now(tx))
            if issue:
                _change(tx, ticket_id, **_of_issue(issue))
            if place:
                _change(tx, ticket_id, board_column=place.column)
            if tally_id is not None:
                _change(tx, ticket_id, tally_id=tally_id)
            return self._known_ticket(tx, ticket_id)

        return self._surely(work)

    def not_done(self, ticket_id: str, step: Step, code: str) -> Ticket:
        def work(tx: Connection) -> Ticket:
            _put(tx, ticket_id, (step,), StepState.FAILED, self._now(tx), code)
            return self._known_ticket(tx, ticket_id)

        return self._surely(work)

    def again(self, ticket_id: str, steps: Sequence[Step], *, priority: Priority | None = None) -> Ticket:
        """These steps are to be done, whatever was done of them."""

        def work(tx: Connection) -> Ticket:
            if priority:
                _change(tx, ticket_id, priority=priority.value)
            _put(tx, ticket_id, steps, StepState.TO_DO, self._now(tx))
            return self._known_ticket(tx, ticket_id)

        return self._surely(work)

    # What it counts

    def count(
        self,
        ticket_id: str,
        day: date,
        cases: Sequence[TicketCase],
        people: int,
        steps: Sequence[Step] = (),
    ) -> Ticket:
        """The ticket's cases of a day, in place of those that were counted before.

        Where that changes something, `steps` are to be done again.
        """

        def work(tx: Connection) -> Ticket:
            kept = self._known_ticket(tx, ticket_id).days.get(day)
            new = DayCount(len(set(cases)), people)
            if kept != new or _cases(tx, ticket_id, day) != set(cases):
                _recount(tx, ticket_id, day, new, cases)
                _put(tx, ticket_id, steps, StepState.TO_DO, self._now(tx))
            return self._known_ticket(tx, ticket_id)

        return self._surely(work)

    def counted(self, day: date) -> Mapping[str, frozenset[TicketCase]]:
        """The cases of a day, by the ticket that counts them."""
        found: dict[str, set[TicketCase]] = defaultdict(set)
        with self._transaction(patient=True) as tx:
            for each in tx.execute(select(ticket_cases).where(ticket_cases.c.day == day.isoformat())):
                found[each.ticket_id].add(TicketCase(each.case_number, each.case_id))
        return {ticket_id: frozenset(cases) for ticket_id, cases in found.items()}

    def cases(self, ticket_id: str) -> list[TicketCase]:
        """All that it counts, of every day, each once."""
        with self._transaction() as tx:
            return sorted(_cases(tx, ticket_id), key=lambda each: (each.case_number, each.case_id))

    def seen(self, ticket_id: str, found: TrackedIssue | Moved | None, place: Place | None = None) -> Ticket:
        """What the tracker shows of it now; None for an issue that is gone."""
        shown = {"board_column": place.column} if place else {}

        def work(tx: Connection) -> Ticket:
            _change(tx, ticket_id, **_as_seen(found), **shown)
            return self._known_ticket(tx, ticket_id)

        return self._surely(work)

    # What people decided

    def decide(self, decisions: Mapping[str, Decided], *, day: date, by: str) -> None:
        """What somebody decided of a day's cases, by case number; what was decided before gives way."""

        def work(tx: Connection) -> None:
            now = self._now(tx)
            for case_number, decided in decisions.items():
                self._decide(tx, day.isoformat(), case_number, decided, by, now)

        self._surely(work)

    def decided(self, day: date) -> Mapping[str, Decided]:
        """What was decided of a day's cases, by case number."""
        query = select(decisions).where(decisions.c.day == day.isoformat()).order_by(decisions.c.case_number)
        with self._transaction() as tx:
            found = tx.execute(query).all()
        return {each.case_number: Decided(Decision(each.decision), self._why(each)) for each in found}

    def _decide(
        self, tx: Connection, day: str, case_number: str, decided: Decided, by: str, now: float
    ) -> None:
        place = _reason_place(day, case_number)
        reason = self._seal.close(decided.reason.encode(), place) if decided.reason else None
        key = (decisions.c.day == day) & (decisions.c.case_number == case_number)
        tx.execute(decisions.delete().where(key))
        tx.execute(
            decisions.insert().values(
                day=day, case_number=case_number, decision=decided.decision.value, decided_by=by,
                decided_at=now, reason=reason,
            )
        )  # fmt: skip

    def _why(self, found: Any) -> str:
        if not found.reason:
            return ""
        return self._seal.open(found.reason, _reason_place(found.day, found.case_number)).decode()

    # Reading

    def _known_ticket(self, tx: Connection, ticket_id: str) -> Ticket:
        (found,) = self._tickets(tx, _one(ticket_id))
        return found

    def _tickets(self, tx: Connection, query: Any) -> list[Ticket]:
        ids = query.with_only_columns(tickets.c.ticket_id).order_by(None)
        steps: dict[str, dict[Step, StepRecord]] = defaultdict(dict)
        for each in tx.execute(select(ticket_steps).where(ticket_steps.c.ticket_id.in_(ids))):
            record = StepRecord(StepState(each.state), rows.moment(each.at), each.code)
            steps[each.ticket_id][Step(each.step)] = record
        days: dict[str, dict[date, DayCount]] = defaultdict(dict)
        of_days = select(ticket_days).where(ticket_days.c.ticket_id.in_(ids)).order_by(ticket_days.c.day)
        for each in tx.execute(of_days):
            days[each.ticket_id][date.fromisoformat(each.day)] = DayCount(each.cases, each.people)
        return [self._ticket(each, steps[each.ticket_id], days[each.ticket_id]) for each in tx.execute(query)]

    def _ticket(self, found: Any, steps: Mapping[Step, StepRecord], days: Mapping[date, DayCount]) -> Ticket:
        return Ticket(
            ticket_id=found.ticket_id,
            fingerprint=found.fingerprint,
            generation=found.generation,
            marker=self.marker(found.fingerprint, found.generation),
            title=found.title,
            repository=found.repository,
            intended_at=rows.moment(found.intended_at),
            day=date.fromisoformat(found.day),
            number=found.number,
            url=found.url,
            opened_at=_moment(found.opened_at),
            state=State(found.state),
            state_reason=found.state_reason,
            closed_at=_moment(found.closed_at),
            column=found.board_column,
            priority=Priority(found.priority) if found.priority else None,
            labels=tuple(json.loads(found.labels)),
            tally_id=found.tally_id,
            follows=found.follows,
            summary=found.summary,
            steps={step: steps[step] for step in Step if step in steps},
            days=days,
        )


def _one(ticket_id: str) -> Any:
    return select(tickets).where(tickets.c.ticket_id == ticket_id)


def _change(tx: Connection, ticket_id: str, **values: Any) -> None:
    tx.execute(update(tickets).where(tickets.c.ticket_id == ticket_id).values(**values))


def _put(
    tx: Connection,
    ticket_id: str,
    steps: Sequence[Step],
    state: StepState,
    at: float,
    code: str | None = None,
) -> None:
    names = [step.value for step in steps]
    here = (ticket_steps.c.ticket_id == ticket_id) & ticket_steps.c.step.in_(names)
    tx.execute(ticket_steps.delete().where(here))
    values = {"ticket_id": ticket_id, "state": state.value, "at": at, "code": code}
    if names:
        tx.execute(ticket_steps.insert(), [{"step": name, **values} for name in names])


def _cases(tx: Connection, ticket_id: str, day: date | None = None) -> set[TicketCase]:
    query = select(ticket_cases).where(ticket_cases.c.ticket_id == ticket_id)
    if day:
        query = query.where(ticket_cases.c.day == day.isoformat())
    return {TicketCase(each.case_number, each.case_id) for each in tx.execute(query)}


def _recount(tx: Connection, ticket_id: str, day: date, new: DayCount, cases: Sequence[TicketCase]) -> None:
    key = {"ticket_id": ticket_id, "day": day.isoformat()}
    for table in (ticket_cases, ticket_days):
        mine = (table.c.ticket_id == key["ticket_id"]) & (table.c.day == key["day"])
        tx.execute(table.delete().where(mine))
    tx.execute(ticket_days.insert().values(**key, cases=new.cases, people=new.people))
    of_day = [
        {**key, "case_number": each.case_number, "case_id": each.case_id} for each in dict.fromkeys(cases)
    ]
    if of_day:
        tx.execute(ticket_cases.insert(), of_day)


def _of_issue(issue: TrackedIssue) -> dict[str, Any]:
    return {
        "number": issue.number,
        "url": issue.url,
        "opened_at": issue.created_at.timestamp(),
        **_as_seen(issue),
    }


def _as_seen(found: TrackedIssue | Moved | None) -> dict[str, Any]:
    if found is None:
        return {"state": State.GONE.value}
    if isinstance(found, Moved):
        return {"state": State.MOVED.value, "url": found.url}
    closed_at = found.closed_at.timestamp() if found.closed_at else None
    return {"state": found.state.value, "state_reason": found.state_reason, "closed_at": closed_at}


def _moment(seconds: float | None) -> Any:
    return None if seconds is None else rows.moment(seconds)


def _reason_place(day: str, case_number: str) -> str:
    return rows.place(f"decision {day} {case_number}", "reason")
