"""Flow 1, in order: what services import.

payload → Handoff → kept → one Composite call → Receipt, with the dial plan
call → binding → screen pop
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sf_handoff.afterwards import Afterwards
from sf_handoff.answering import Answering
from sf_handoff.batches import Batches
from sf_handoff.calls.binding import IncomingCall
from sf_handoff.calls.dial import dial_plan, expires_at
from sf_handoff.calls.follow_ups import FollowUp, Kind
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.numbers import e164
from sf_handoff.calls.policy import Decision, KeptOnly, decide
from sf_handoff.calls.pop import ScreenPop
from sf_handoff.calls.ramps import Ramps
from sf_handoff.calls.reason import unfit
from sf_handoff.calls.receipt import Receipt, Sent
from sf_handoff.calls.signed import TokenUse
from sf_handoff.calls.states import Status
from sf_handoff.calls.told import Window
from sf_handoff.delivery import Attempt, Delivery, lease
from sf_handoff.dialling import Dialling
from sf_handoff.errors import InvalidHandoff, Misconfigured
from sf_handoff.follow_ups import FollowUps
from sf_handoff.following import Following, told
from sf_handoff.gate import Gate
from sf_handoff.in_time import POP_SECONDS, InTime
from sf_handoff.ports import (
    SALESFORCE,
    Closed,
    KeepFor,
    NewHandoff,
    Row,
    Salesforce,
    Store,
    Tokens,
)
from sf_handoff.resync import Resync
from sf_handoff.retry import ONLINE, OVERNIGHT, RetryPolicy
from sf_handoff.sender import Sender
from sf_handoff.worktime import midnight

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet

_log = logging.getLogger("sf_handoff")
_KEEP_FOR = KeepFor()
_GLANCE = 0.05  # seconds between looks at a row that another thread or process is sending


def utc_now() -> datetime:
    return datetime.now(UTC)


class Connector:
    """Hands taps over to Salesforce and tells calls who is calling. One Connector serves many threads.

    `case_url` turns a Case's Id into the address that an agent's browser opens. A screen pop is told within
    `pop_seconds`. Without `send_after_pop` what a call changes on its Case waits for `resync`: for hosts that
    stop a program between its answers.
    """

    def __init__(
        self,
        *,
        salesforce: Salesforce,
        store: Store,
        mappings: MappingSet,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        codes: bool = False,
        hold_out: float = 0.0,
        keep_for: KeepFor = _KEEP_FOR,
        tokens: Tokens | None = None,
        send_after_pop: bool = True,
        case_url: Callable[[str], str | None] = lambda case_id: None,
        pop_seconds: float = POP_SECONDS,
    ) -> None:
        self._salesforce, self._store, self._mappings = salesforce, store, mappings
        self._clock, self._sleep, self._hold_out = clock, sleep, hold_out
        self._keep_for, self._tokens = keep_for, tokens
        self._dialling = Dialling(store, mappings, clock, codes=codes)
        self._answering = Answering(store, mappings, clock, case_url, tokens)
        self._in_time = InTime(self._pop, store, mappings, clock, pop_seconds)
        sender = Sender(salesforce, Gate(store, SALESFORCE))
        self._delivery = Delivery(sender, store, mappings, clock, sleep)
        self._follow_ups = FollowUps(sender, store, mappings, clock)
        batches = Batches(sender, store, mappings, clock, sleep)
        self._resync = Resync(store, self._delivery, batches, self._follow_ups)
        self._afterwards = Afterwards(self._send_soon)
        soon = self._afterwards.put if send_after_pop else None
        self._following = Following(store, mappings, clock, self._send, soon)

    @classmethod
    def from_env(cls, **changes: Any) -> Connector:
        """A Connector from the settings in the environment (`SF_HANDOFF_…`); `changes` override them.

        Raises Misconfigured, naming the setting that is missing or wrong.
        """
        from sf_handoff.adapters.assembly import open_connector

        return open_connector(**changes)

    def __enter__(self) -> Connector:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives back connections, and stops the embedded org if this Connector started it."""
        self._in_time.close()
        self._afterwards.close()
        self._salesforce.close()
        self._store.close()

    # Handing off

    def hand_off(self, payload: Handoff | Mapping[str, Any] | str | bytes) -> Receipt:
        """Keeps a handoff (`handoff/1`), tries to deliver it within three seconds, and says how to call.

        Raises InvalidHandoff for a broken payload and NotKept when the store could not take it; in every
        other case there is a Receipt, and what it says was kept will be delivered or shown to a person.
        """
        return self._hand_off(Handoff.parse(payload))

    def hand_off_signed(self, token: str | bytes) -> Receipt:
        """Verifies a signed handoff (a JWS, `typ: handoff+jwt`), and only then does the same as `hand_off`.

        The same token gives the same receipt until it is over. Raises InvalidHandoff with the code
        `BAD_TOKEN`, or `REPLAY` where another token has its `jti`; and Misconfigured without TOKEN_KEYS.
        """
        if self._tokens is None:
            raise Misconfigured(
                "TOKEN_KEYS, TOKEN_ISSUER and TOKEN_AUDIENCE are not set, and signed handoffs need them."
            )
        try:
            signed = self._tokens.read(token, self._clock())
            return self._hand_off(signed.handoff, signed.use)
        except InvalidHandoff as error:
            _log.info("A signed handoff was refused (%s): %s", error.code, error.message)
            raise

    def resync(
        self,
        limit: int | None = None,
        *,
        ids: Sequence[str] = (),
        since: datetime | None = None,
        states: Sequence[Status] = (Status.DUE,),
        codes: Sequence[str] = (),
        in_flight: int = 1,
        insist: bool = False,
        progress: Callable[[Sent], None] = lambda receipt: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> tuple[Sent, ...]:
        """Sends again what is due (or, asked for, parked), oldest first; returns what became of each.

        Many go in few calls; with `in_flight` above 1 in less time and more calls. `insist` tries although
        nothing is to be sent to Salesforce for a while. Stops at the first sign that Salesforce is away; the
        rest stays due. Raises Misconfigured when every further one would fail the same way. Once `stop` says
        so nothing more is taken, and what is under way ends or is given back within seconds.
        """
        settled = {Status.DELIVERED, Status.KEPT} & set(states)
        if settled:
            raise Misconfigured(f"states: nothing to send again of what is {', '.join(sorted(settled))}.")
        receipts: list[Sent] = []
        rows = self._resync.run(
            replace(OVERNIGHT, insists=insist),
            states=states,
            since=since,
            ids=ids,
            codes=codes,
            limit=limit,
            in_flight=in_flight,
            stop=stop,
        )
        with contextlib.closing(rows):
            for row in rows:
                receipts.append(self._told(row))
                progress(receipts[-1])
        return tuple(receipts)

    def outbox(
        self,
        *,
        states: Sequence[Status] = (),
        since: datetime | None = None,
        ids: Sequence[str] = (),
        codes: Sequence[str] = (),
    ) -> list[Row]:
        """What the store holds, oldest tap first."""
        return self._store.rows(states=states, since=since, ids=ids, codes=codes)

    def paused(self) -> Closed | None:
        """Why nothing is sent to Salesforce for now, and until when; None where nothing stands in the way."""
        return self._store.closed(SALESFORCE)

    def discard(self, handoff_id: str, why: str) -> bool:
        """Gives a handoff up for good; False where it is settled already or being sent.

        Raises Misconfigured where `why` gives no reason, or looks as if it named a person.
        """
        problem = unfit(why)
        if problem:
            raise Misconfigured(f"why: {problem}", code="REASON")
        return self._store.discard(handoff_id, why.strip())

    def purge(self, *, dry_run: bool = False) -> int:
        """Empties what was settled long enough ago; how many rows that were, or would be."""
        kept = self._keep_for
        return self._store.purge(delivered=kept.delivered, parked=kept.parked, dry_run=dry_run)

    # Answering calls

    def screen_pop(self, call: IncomingCall) -> ScreenPop:
        """What the agent sees for this call. Needs no call to Salesforce.

        The same call key gets the same answer; a code works for one call only. While the store does not
        answer, or not in time, the pop says that it could not check, which is not the same as "no record":
        ask again with the same call key.
        """
        return self._in_time.pop(call)

    # What follows

    def record_outcome(self, handoff_id: str, *, reason: str, call_key: str | None = None) -> FollowUp:
        """Writes to the Case how the call went.

        `reason` is confirmed, other_reason, wrong_person, third_party or not_useful.
        An outcome that an agent has picked on the Case stays, but for `wrong_person`: then the match of the
        call is undone, the code is spent, person and context come off the Case, and the result says that it
        is a privacy incident. Raises InvalidHandoff for an unknown reason or id, and NotKept.
        """
        return self._following.outcome(handoff_id, reason, call_key)

    def request_callback(
        self, handoff_id: str, *, number: str | None = None, not_before: datetime, not_after: datetime
    ) -> FollowUp:
        """Asks for a callback within a window: an open Task for the queue of the tap's ramp.

        A person has one open callback: asking again moves it. Without `number` it is the one on file. Raises
        InvalidHandoff where the number, the window or the line does not allow it, and NotKept.
        """
        return self._following.callback(handoff_id, Window(number, not_before, not_after))

    def record_callback(self, handoff_id: str, *, reached: bool) -> FollowUp:
        """Counts a try to call back. Reached, or tried three times, its Task is completed.

        Raises InvalidHandoff (`NO_CALLBACK`) where none is open, and NotKept.
        """
        return self._following.callback_tried(handoff_id, reached)

    # Inside: answering calls, and what follows

    def _pop(self, call: IncomingCall) -> ScreenPop:
        pop = self._following.with_callback(self._answering.pop(call))
        self._following.called(pop)
        return pop

    def _send_soon(self, ids: Sequence[str]) -> None:
        for _ in self._resync.run(ONLINE, ids=ids):
            pass

    # Inside: handing off

    def _hand_off(self, handoff: Handoff, use: TokenUse | None = None) -> Receipt:
        handoff_id = handoff.handoff_id or self._store.derive_id(handoff.canonical())
        decision = self._decide(handoff)
        row = self._keep(handoff_id, decision, use)
        row, pooled = self._dialling.prepared(row, decision)
        return self._receipt(self._send(row), decision.handoff, pooled)

    def _decide(self, handoff: Handoff) -> Decision:
        key = handoff.person_key
        held_out = bool(self._hold_out and key and self._store.share(key) < self._hold_out)
        ramps = self._mappings.ramps
        return decide(handoff, ramps, held_out=held_out, over_ceiling=self._over_ceiling(handoff, ramps))

    def _over_ceiling(self, handoff: Handoff, ramps: Ramps) -> bool:
        """Whether this screen has had its taps for the day. What was kept before stays as it was."""
        most, now = ramps.ramp(handoff.screen).daily_ceiling, self._clock()
        return most is not None and self._store.taps(handoff.screen, midnight(now)) >= most

    def _keep(self, handoff_id: str, decision: Decision, use: TokenUse | None = None) -> Row:
        handoff, why = decision.handoff.model_copy(update={"handoff_id": handoff_id}), decision.kept_only
        person = handoff.veteran
        phone = e164(person.phone) if person and person.phone else None
        new = NewHandoff(
            handoff_id=handoff_id,
            payload=handoff.canonical(),
            state=Status.KEPT if why else Status.DUE,
            code=why.name if why else None,
            message=why.value if why else None,
            occurred_at=handoff.occurred_at,
            expires_at=expires_at(handoff, self._mappings.ramps.ramp(handoff.screen), self._clock()),
            person=handoff.person_key,
            about=handoff.about,
            phone=phone if why is not KeptOnly.HELD_OUT else None,
            screen=handoff.screen,
        )
        return self._store.keep(new, lease=lease(ONLINE), use=use)

    def _send(self, row: Row) -> Row:
        """Delivers a fresh row; for one that somebody else is sending, waits for what becomes of it."""
        if row.fresh and row.state is Status.DUE:
            return self._attempt(row, ONLINE).row
        waited = 0.0
        while row.state is Status.DUE and waited < ONLINE.total:
            taken = self._take(row, ONLINE, (Status.DUE,))
            if taken is not None:
                return taken.row
            self._sleep(_GLANCE)
            waited += _GLANCE
            row = self._store.row(row.handoff_id) or row
        return row

    def _take(self, row: Row, policy: RetryPolicy, states: Sequence[Status]) -> Attempt | None:
        """An attempt for the row, unless another worker holds it."""
        taken = self._store.take(
            limit=1, lease=lease(policy), ids=(row.handoff_id,), states=states, waiting_too=True
        )
        return self._attempt(taken[0], policy) if taken else None

    def _attempt(self, row: Row, policy: RetryPolicy) -> Attempt:
        if row.kind is Kind.TAP:
            return self._delivery.attempt(row, policy)
        return self._follow_ups.attempt([row], policy)[0]

    def _told(self, row: Row) -> Sent:
        if row.kind is Kind.TAP:
            return self._receipt(row, Handoff.from_kept(row.payload))
        return told(row)

    def _receipt(self, row: Row, handoff: Handoff, pooled: str | None = None) -> Receipt:
        ramps = self._mappings.ramps
        notes = list(row.notes)
        if ramps.ramp(handoff.screen) is ramps.unlisted:
            notes.append("screen: not listed in mappings/ramps.py; the general ramp was used")
        if row.settled_at and row.state is Status.DELIVERED and row.settled_at > row.expires_at:
            notes.append("delivered after its time: written as history, for no queue")
        return Receipt(
            handoff_id=row.handoff_id,
            status=row.state,
            case_id=row.case_id,
            case_number=row.case_number,
            task_id=row.task_id,
            contact_linked=row.contact_linked,
            api_calls=row.api_calls,
            code=row.code,
            message=row.message,
            notes=tuple(notes),
            dial=dial_plan(
                handoff,
                ramps,
                code=row.dial_code,
                now=self._clock(),
                expires_at=row.expires_at,
                pooled=pooled,
            ),
        )
