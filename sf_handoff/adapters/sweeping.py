"""What the nightly sweep asks the store, and what is remembered of it, by Case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, exists, func, select, update

from sf_handoff.adapters import engines, rows
from sf_handoff.adapters.books import Books
from sf_handoff.adapters.tables import handoffs, meta, swept
from sf_handoff.adapters.turns import take_turn
from sf_handoff.calls.batch import chunks
from sf_handoff.calls.follow_ups import Kind, Outcome, read_event
from sf_handoff.calls.states import Status
from sf_handoff.calls.sweep import Judged, Pick, Picks, State, Unanswered, Uncalled, judge
from sf_handoff.errors import Misconfigured, Rejected

SWEEP = "sweep"  # two sweeps that remember at once must not count an outcome twice, or lock each other out
_PICKED_UNTIL = "outcomes read until"
_TAP = handoffs.c.kind == Kind.TAP.value
_SOME = 1_000  # keys in one statement


class Sweeping(Books):
    """Every question is about Cases, by the key of their first tap."""

    def uncalled(self, before: datetime, *, after: str, limit: int) -> list[Uncalled]:
        """The Cases all of whose taps were over `before`, that nothing has followed or is under way to, and
        that were not swept; `limit` of them behind the key `after`, in their order."""
        other = handoffs.alias("other")
        in_use = (
            (other.c.kind != Kind.TAP.value)
            | (other.c.state == Status.DUE.value)
            | (other.c.expires_at > before.timestamp())
        )
        used = exists(select(other.c.handoff_id).where(other.c.case_key == handoffs.c.case_key, in_use))
        known = exists(select(swept.c.case_key).where(swept.c.case_key == handoffs.c.case_key, _settled()))
        # Positive where every tap that has come to the Case was settled after its time.
        lateness = case((handoffs.c.case_id.is_not(None), handoffs.c.settled_at - handoffs.c.expires_at))
        query = (
            select(handoffs.c.case_key, func.min(lateness).label("lateness"))
            .where(_TAP, handoffs.c.case_key > after, ~used, ~known)
            .group_by(handoffs.c.case_key)
            .having(func.max(handoffs.c.case_id).is_not(None))
            .order_by(handoffs.c.case_key)
            .limit(limit)
        )
        with self._transaction(patient=True) as tx:
            return [Uncalled(each.case_key, (each.lateness or 0) > 0) for each in tx.execute(query)]

    def swept(self, case_keys: Sequence[str], state: State) -> None:
        """Remembers what was found of these Cases, so that they are not asked for again."""
        last_tap = select(func.max(handoffs.c.occurred_at)).where(
            _TAP, handoffs.c.case_key == swept.c.case_key
        )
        with self._transaction(patient=True) as tx:
            now = self._now(tx)
            self._remember(
                tx,
                case_keys,
                {"state": state.value, "swept_at": now, "tapped_at": last_tap.scalar_subquery()},
            )

    def outdated(self, before: datetime, *, after: str, limit: int) -> list[str]:
        """The Cases without a call that were last tapped `before`, and whose context still stands."""
        bare = (State.NO_CALL.value, State.LATE.value)
        query = (
            select(swept.c.case_key)
            .where(swept.c.state.in_(bare), swept.c.emptied_at.is_(None))
            .where(swept.c.tapped_at <= before.timestamp(), swept.c.case_key > after)
            .order_by(swept.c.case_key)
            .limit(limit)
        )
        with self._transaction(patient=True) as tx:
            return list(tx.execute(query).scalars())

    def emptied(self, case_keys: Sequence[str]) -> None:
        with self._transaction(patient=True) as tx:
            self._remember(tx, case_keys, {"emptied_at": self._now(tx)})

    def forget_swept(self) -> None:
        """Forgets Cases of whose taps nothing is known any more, unless their context still stands."""
        known = exists(select(handoffs.c.handoff_id).where(handoffs.c.case_key == swept.c.case_key))
        over = swept.c.state.is_(None) | (swept.c.state == State.LEFT.value) | swept.c.emptied_at.is_not(None)
        with self._transaction(patient=True) as tx:
            tx.execute(swept.delete().where(over, ~known))

    # Outcomes

    def picked_until(self) -> datetime | None:
        """Up to when outcomes were read, by the org's clock."""
        with self._transaction() as tx:
            found = tx.execute(select(meta.c.value).where(meta.c.name == _PICKED_UNTIL)).scalar()
        return rows.moment(float(found)) if found else None

    def read_picks_until(self, moment: datetime) -> None:
        value = str(moment.timestamp()).encode()
        with self._transaction() as tx:
            tx.execute(engines.insert_if_absent(tx, meta).values(name=_PICKED_UNTIL, value=value))
            tx.execute(update(meta).where(meta.c.name == _PICKED_UNTIL).values(value=value))

    def keep_picks(self, picks: Sequence[Pick]) -> Picks:
        """Counts each outcome that agents have picked once, as the outcome of the tap whose call it was.

        A `wrong` one is for the caller to act on, and is known once that was told. Cases of which the store
        knows nothing are passed over.
        """
        with self._transaction(patient=True) as tx:
            take_turn(tx, SWEEP)
            keys = [pick.case_key for pick in picks]
            families, read = _families(tx, keys), _read_before(tx, keys)
            judged = {
                pick: self._judged(pick, families[pick.case_key], read.get(pick.case_key))
                for pick in picks
                if pick.case_key in families
            }
            self._note(tx, judged, families)
        having = {each: [pick for pick, found in judged.items() if found is each] for each in Judged}
        wrong = (_called(families[pick.case_key]) for pick in having[Judged.WRONG_PERSON])
        return Picks(
            new=len(having[Judged.NEW]),
            wrong=tuple(tap for taps in wrong for tap in taps),
            unknown=tuple(pick.case_key for pick in having[Judged.UNKNOWN]),
            waits=bool(having[Judged.WAITS]),
        )

    def unanswered(self, before: datetime) -> list[Unanswered]:
        """The Cases that were last called `before` and have no outcome, the longest first; until their calls
        are purged."""
        other = handoffs.alias("other")
        told = exists(
            select(other.c.handoff_id).where(
                other.c.case_key == handoffs.c.case_key, other.c.kind == Kind.OUTCOME.value
            )
        )
        picked = exists(
            select(swept.c.case_key).where(
                swept.c.case_key == handoffs.c.case_key, swept.c.outcome.is_not(None)
            )
        )
        query = (
            select(handoffs.c.case_key)
            .where(handoffs.c.kind == Kind.CALLED.value, handoffs.c.purged_at.is_(None), ~told, ~picked)
            .group_by(handoffs.c.case_key)
            .having(func.max(handoffs.c.occurred_at) <= before.timestamp())
        )
        with self._transaction(patient=True) as tx:
            families = _families(tx, list(tx.execute(query).scalars()))
        found = [_unanswered(family) for family in families.values()]
        return sorted((each for each in found if each), key=lambda each: each.since)

    # Inside

    def _remember(self, tx: Connection, case_keys: Sequence[str], values: Mapping[str, Any]) -> None:
        take_turn(tx, SWEEP)
        for keys in chunks(case_keys, _SOME):
            tx.execute(engines.insert_if_absent(tx, swept), [{"case_key": key} for key in keys])
            tx.execute(update(swept).where(swept.c.case_key.in_(keys)).values(values))

    def _judged(self, pick: Pick, family: Sequence[Any], read: Any) -> Judged:
        outcomes = [each for each in family if each.kind == Kind.OUTCOME]
        pending = any(each.state == Status.DUE for each in outcomes)
        sent = (each for each in outcomes if each.state == Status.DELIVERED)
        known = [(each.settled_at, reason) for each in sent if (reason := self._reason(each))]
        if read is not None:
            known.append((read.outcome_at, read.outcome))
        return judge(pick.reason, known, pending=pending)

    def _reason(self, outcome: Any) -> str | None:
        """What was told, where it can be read; what was emptied since was read from its Case before."""
        with suppress(Misconfigured, Rejected):
            event = read_event(self._seal.open(outcome.payload, rows.place(outcome.handoff_id, "payload")))
            return event.reason.value if isinstance(event, Outcome) else None
        return None

    def _note(
        self, tx: Connection, judged: Mapping[Pick, Judged], families: Mapping[str, Sequence[Any]]
    ) -> None:
        """A wrong person's is noted when it is read again: it must not be known before it was told."""
        new = [pick for pick, found in judged.items() if found is Judged.NEW]
        counted = [(_called(families[pick.case_key])[0], pick.reason) for pick in new]
        self._log_all(
            tx, [(Kind.OUTCOME, tap, {"reason": reason, "source": "agent"}) for tap, reason in counted]
        )
        by_value: dict[str, list[str]] = defaultdict(list)
        for pick, found in judged.items():
            if found in (Judged.NEW, Judged.KNOWN, Judged.UNKNOWN):
                by_value[pick.reason or Judged.UNKNOWN].append(pick.case_key)
        for value, keys in by_value.items():
            self._remember(tx, keys, {"outcome": value, "outcome_at": self._now(tx)})


def _settled() -> Any:
    return swept.c.state.is_not(None) | swept.c.outcome.is_not(None)


def _families(tx: Connection, case_keys: Sequence[str]) -> dict[str, list[Any]]:
    """The taps of each Case and what followed them, oldest first."""
    families: dict[str, list[Any]] = defaultdict(list)
    for keys in chunks(case_keys, _SOME):
        query = select(handoffs).where(handoffs.c.case_key.in_(keys))
        for each in tx.execute(query.order_by(handoffs.c.occurred_at, handoffs.c.handoff_id)):
            families[each.case_key].append(each)
    return dict(families)


def _read_before(tx: Connection, case_keys: Sequence[str]) -> dict[str, Any]:
    """What stood on the Cases when they were last read."""
    found: dict[str, Any] = {}
    for keys in chunks(case_keys, _SOME):
        query = select(swept).where(swept.c.case_key.in_(keys), swept.c.outcome.is_not(None))
        found |= {each.case_key: each for each in tx.execute(query)}
    return found


def _called(family: Sequence[Any]) -> list[str]:
    """The taps whose calls were matched, the last call first; else the first tap."""
    called = [each.parent for each in family if each.kind == Kind.CALLED]
    return list(dict.fromkeys(reversed(called))) or [family[0].case_key]


def _unanswered(family: Sequence[Any]) -> Unanswered | None:
    """None where no Case is known yet."""
    last = [each for each in family if each.kind == Kind.CALLED][-1]
    cases = [each for each in family if each.kind == Kind.TAP and each.case_id]
    if not cases:
        return None
    number = next((each.case_number for each in cases if each.case_number), None)
    return Unanswered(last.parent, cases[0].case_id, number, rows.moment(last.occurred_at))
