"""Notices in the store: how far telling each customer has come. Subject and text are sealed, then purged."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from sf_handoff.adapters import engines, rows
from sf_handoff.adapters.books import Books
from sf_handoff.adapters.tables import mass_notices, notice_attempts, notices
from sf_handoff.adapters.turns import take_turn
from sf_handoff.calls.batch import chunks
from sf_handoff.reports.notices.kept import OPEN, KeptMass, KeptNotice
from sf_handoff.reports.notices.mass import Audience, MassDraft
from sf_handoff.reports.notices.rendering import Rendered
from sf_handoff.reports.notices.values import (
    Attempt,
    Means,
    Notice,
    NoticeState,
    Outcome,
    Reached,
    Route,
    Waiting,
)

TELLING = "telling"  # who changes notices sees what everybody before has made of them
_SOME = 500  # ids in one statement


class Notices(Books):
    """What is told to whom about resolved tickets."""

    def notices(
        self,
        *,
        ids: Sequence[str] = (),
        ticket_id: str | None = None,
        ticket: int | None = None,
        states: Sequence[NoticeState] = (),
        unwritten: bool = False,
    ) -> list[KeptNotice]:
        """Those that fit every filter given, by ticket, turn and case number. `unwritten` are those of which
        Salesforce has not what it should have."""
        query = select(notices)
        if ids:
            query = query.where(notices.c.notice_id.in_(ids))
        if ticket_id is not None:
            query = query.where(notices.c.ticket_id == ticket_id)
        if ticket is not None:
            query = query.where(notices.c.ticket == ticket)
        if states:
            query = query.where(notices.c.state.in_([each.value for each in states]))
        if unwritten:
            query = query.where(notices.c.written.is_(None) | (notices.c.written != notices.c.stamp))
        order = (notices.c.ticket, notices.c.turn, notices.c.case_number, notices.c.notice_id)
        with self._transaction(patient=True) as tx:
            return self._kept_notices(tx, query.order_by(*order))

    def change_notices(
        self, ids: Sequence[str], change: Callable[[str, KeptNotice | None], KeptNotice | None]
    ) -> list[KeptNotice]:
        """Those that `change` wants to be kept otherwise, as they are kept now."""

        def work(tx: Connection) -> list[KeptNotice]:
            take_turn(tx, TELLING)
            known: dict[str, KeptNotice] = {}
            for some in chunks(ids, _SOME):
                query = select(notices).where(notices.c.notice_id.in_(some))
                known |= {each.notice_id: each for each in self._kept_notices(tx, query)}
            wanted = ((each, change(each, known.get(each))) for each in dict.fromkeys(ids))
            changed = [new for key, new in wanted if new is not None and new != known.get(key)]
            self._keep_notices(tx, changed)
            return changed

        return self._surely(work, patient=True)

    def masses(self) -> list[KeptMass]:
        """By ticket."""
        with self._transaction() as tx:
            found = tx.execute(select(mass_notices).order_by(mass_notices.c.ticket)).all()
        return [self._mass(each) for each in found]

    def change_mass(
        self, mass_id: str, change: Callable[[KeptMass | None], KeptMass | None]
    ) -> KeptMass | None:
        """What is kept now; what `change` gives None for is not kept any more."""

        def work(tx: Connection) -> KeptMass | None:
            take_turn(tx, TELLING)
            mine = mass_notices.c.mass_id == mass_id
            found = tx.execute(select(mass_notices).where(mine)).first()
            new = change(self._mass(found) if found else None)
            tx.execute(mass_notices.delete().where(mine))
            if new:
                tx.execute(mass_notices.insert().values(**self._of_mass(new)))
            return new

        return self._surely(work)

    def purge_notices(self, settled: timedelta) -> int:
        """Empties the texts of those that were settled longer ago than that; how many. What became of them
        stays."""
        open_ones = [each.value for each in OPEN]
        with self._transaction(patient=True) as tx:
            take_turn(tx, TELLING)
            old = notices.c.settled_at < self._now(tx) - settled.total_seconds()
            full = old & ~notices.c.purged & notices.c.state.not_in(open_ones)
            purged = tx.execute(update(notices).where(full).values(sealed=None, purged=True)).rowcount
        engines.truncate_log(self._engine)
        return int(purged)

    # Inside

    def _keep_notices(self, tx: Connection, changed: Sequence[KeptNotice]) -> None:
        for some in chunks(changed, _SOME):
            ids = [each.notice_id for each in some]
            for table in (notices, notice_attempts):
                tx.execute(table.delete().where(table.c.notice_id.in_(ids)))
            tx.execute(notices.insert(), [self._of_notice(each) for each in some])
            attempts = [row for each in some for row in _of_attempts(each)]
            if attempts:
                tx.execute(notice_attempts.insert(), attempts)

    def _kept_notices(self, tx: Connection, query: Any) -> list[KeptNotice]:
        found = tx.execute(query).all()
        tried: dict[str, list[Any]] = defaultdict(list)
        for some in chunks([each.notice_id for each in found], _SOME):
            of = select(notice_attempts).where(notice_attempts.c.notice_id.in_(some))
            for each in tx.execute(of.order_by(notice_attempts.c.number)):
                tried[each.notice_id].append(each)
        return [self._notice(each, tried[each.notice_id]) for each in found]

    def _notice(self, found: Any, tried: Sequence[Any]) -> KeptNotice:
        subject, body = self._text(found.notice_id, found.sealed) if found.sealed else ("", "")
        notice = Notice(
            notice_id=found.notice_id,
            ticket=found.ticket,
            case_number=found.case_number,
            case_id=found.case_id,
            route=Route(found.route),
            state=NoticeState(found.state),
            outcome=Outcome(found.outcome),
            template=found.template,
            subject=subject,
            body=body,
            digest=found.digest,
            chosen=found.chosen,
            attempts=tuple(
                Attempt(Means(each.means), rows.moment(each.at), Reached(each.outcome)) for each in tried
            ),
            reason=found.reason,
        )
        return KeptNotice(
            notice=notice,
            ticket_id=found.ticket_id,
            turn=found.turn,
            waiting=_waiting(found),
            recorded_by=tuple(each.recorded_by for each in tried),
            approved_at=_moment(found.approved_at),
            settled_at=_moment(found.settled_at),
            **{name: getattr(found, name) for name in _AS_IT_IS},
        )

    def _of_notice(self, kept: KeptNotice) -> dict[str, Any]:
        notice = kept.notice
        plain = ("notice_id", "ticket", "case_number", "case_id", "template", "digest", "chosen", "reason")
        return {
            **{name: getattr(notice, name) for name in plain},
            "ticket_id": kept.ticket_id,
            "turn": kept.turn,
            "stamp": kept.stamp,
            "email_there": kept.waiting.email_there,
            "phone_there": kept.waiting.phone_there,
            "route": notice.route.value,
            "state": notice.state.value,
            "outcome": notice.outcome.value,
            "sealed": self._sealed(kept.notice_id, notice.subject, notice.body) if notice.body else None,
            "approved_at": _seconds(kept.approved_at),
            "settled_at": _seconds(kept.settled_at),
            **{name: getattr(kept, name) for name in _AS_IT_IS},
        }

    def _mass(self, found: Any) -> KeptMass:
        texts = self._text(found.mass_id, found.sealed)
        banner, mail = Rendered(*texts[:3]), Rendered(*texts[3:])
        draft = MassDraft(
            found.mass_id, found.ticket, Audience(found.people, found.by_email), banner, mail,
            approved=found.approved_at is not None,
        )  # fmt: skip
        approved_at = _moment(found.approved_at)
        return KeptMass(draft, found.ticket_id, found.turn, approved_at, found.approved_by)

    def _of_mass(self, kept: KeptMass) -> dict[str, Any]:
        draft = kept.draft
        texts = [
            text for each in (draft.banner, draft.mail) for text in (each.template, each.subject, each.body)
        ]
        return {
            "mass_id": draft.mass_id,
            "ticket_id": kept.ticket_id,
            "turn": kept.turn,
            "ticket": draft.ticket,
            "people": draft.audience.people,
            "by_email": draft.audience.by_email,
            "sealed": self._sealed(draft.mass_id, *texts),
            "approved_at": _seconds(kept.approved_at),
            "approved_by": kept.approved_by,
        }

    def _sealed(self, key: str, *texts: str) -> bytes:
        return self._seal.close(json.dumps(texts).encode(), rows.place(key, "text"))

    def _text(self, key: str, sealed: bytes) -> tuple[str, ...]:
        return tuple(json.loads(self._seal.open(sealed, rows.place(key, "text"))))


# Kept under the names that they have as values.
_AS_IT_IS = (
    "product", "approved_by", "decided_by", "written", "code", "task_id", "task_open", "exported", "reopened",
    "purged",
)  # fmt: skip


def _waiting(found: Any) -> Waiting:
    return Waiting(
        found.case_number,
        found.case_id,
        email_there=found.email_there,
        phone_there=found.phone_there,
    )


def _of_attempts(kept: KeptNotice) -> list[dict[str, Any]]:
    tried = zip(kept.notice.attempts, kept.recorded_by, strict=True)
    return [
        {
            "notice_id": kept.notice_id,
            "number": number,
            "means": each.means.value,
            "at": each.at.timestamp(),
            "outcome": each.outcome.value,
            "recorded_by": by,
        }
        for number, (each, by) in enumerate(tried)
    ]


def _moment(seconds: float | None) -> Any:
    return None if seconds is None else rows.moment(seconds)


def _seconds(moment: Any) -> float | None:
    return None if moment is None else float(moment.timestamp())
