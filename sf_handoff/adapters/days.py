"""Days in the store: the counts of each report day, and what became of its taps; no word of any case."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from sf_handoff.adapters.books import Books
from sf_handoff.adapters.tables import events, handoffs, report_days
from sf_handoff.calls.follow_ups import Kind, Reason
from sf_handoff.calls.states import Status
from sf_handoff.reports.history import DayCounts


class Days(Books):
    """What is told of days, for trends."""

    def keep_day(self, counts: DayCounts) -> None:
        """The counts of a day; those of an earlier pull of the same day give way."""
        values = {
            "rows": counts.rows,
            "technical": counts.technical,
            "counts": json.dumps(
                {
                    "by_category": counts.by_category,
                    "by_product": counts.by_product,
                    "by_tier": counts.by_tier,
                    "clusters": counts.clusters,
                }
            ),
        }
        with self._transaction() as tx:
            tx.execute(report_days.delete().where(report_days.c.day == counts.date.isoformat()))
            tx.execute(
                report_days.insert().values(day=counts.date.isoformat(), **values, made_at=self._now(tx))
            )

    def days(self, first: date, before: date) -> list[DayCounts]:
        """The kept days from `first` on and before `before`, oldest first."""
        query = (
            select(report_days)
            .where(report_days.c.day >= first.isoformat(), report_days.c.day < before.isoformat())
            .order_by(report_days.c.day)
        )
        with self._transaction() as tx:
            return [_counts(each) for each in tx.execute(query)]

    def funnel(self, start: datetime, end: datetime) -> dict[str, Mapping[str, int]]:
        """What became of the taps of these hours, by screen of the app."""
        with self._transaction() as tx:
            return _funnel(tx, start.timestamp(), end.timestamp(), self._now(tx))


def _counts(found: Any) -> DayCounts:
    kept = json.loads(found.counts)
    return DayCounts(
        date=date.fromisoformat(found.day),
        rows=found.rows,
        by_category=kept["by_category"],
        by_product=kept["by_product"],
        by_tier={int(tier): count for tier, count in kept["by_tier"].items()},
        technical=found.technical,
        clusters=kept["clusters"],
    )


def _funnel(tx: Connection, start: float, end: float, now: float) -> dict[str, Mapping[str, int]]:
    wanted = ("handoff_id", "kind", "parent", "screen", "state", "expires_at", "settled_at")
    when = handoffs.c.occurred_at
    within = (when >= start) & (when < end) & (handoffs.c.kind == Kind.TAP.value)
    taps = tx.execute(select(*(handoffs.c[name] for name in wanted)).where(within)).all()
    ids = select(handoffs.c.handoff_id).where(within)
    called_ones = select(handoffs.c.parent).where(
        handoffs.c.kind == Kind.CALLED.value, handoffs.c.parent.in_(ids)
    )
    called = set(tx.execute(called_ones).scalars())
    told = (
        select(events.c.handoff_id, events.c.detail)
        .where(events.c.kind == Kind.OUTCOME.value, events.c.handoff_id.in_(ids))
        .order_by(events.c.id)  # the last one that was told counts
    )
    outcomes = {each.handoff_id: json.loads(each.detail)["reason"] for each in tx.execute(told)}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for tap in taps:
        bound = tap.handoff_id in called
        late = tap.state == Status.DELIVERED and not bound and tap.settled_at > tap.expires_at
        found[tap.screen].update(
            {
                "taps": 1,
                "delivered": tap.state == Status.DELIVERED,
                "bound": bound,
                "confirmed": outcomes.get(tap.handoff_id) == Reason.CONFIRMED,
                "no_call": not bound and not late and tap.expires_at < now,
                "late": late,
                "parked": tap.state == Status.PARKED,
            }
        )
    return dict(found)
