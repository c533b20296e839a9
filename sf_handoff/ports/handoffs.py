"""What flow 1, and the reading of reports, need from outside; with the values that pass through."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sf_handoff.calls.binding import Binding
from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.calls.evidence import Lookups
from sf_handoff.calls.follow_ups import Event, Kind
from sf_handoff.calls.signed import SignedCall, SignedHandoff, TokenUse
from sf_handoff.calls.states import Linked, Status
from sf_handoff.calls.sweep import Pick, Picks, State, Unanswered, Uncalled
from sf_handoff.mapping import Json
from sf_handoff.reports.cells import Plain
from sf_handoff.reports.reading import Kept
from sf_handoff.retry import Call


@dataclass(frozen=True)
class NewHandoff:
    """A handoff on its way into the store. `payload` is sealed there; `person`, `about` and `phone` are
    only ever stored as keyed hashes, to find an episode or a caller again."""

    handoff_id: str
    payload: bytes = field(repr=False)
    state: Status
    code: str | None
    message: str | None
    occurred_at: datetime
    expires_at: datetime
    person: str | None = field(repr=False)
    about: str = field(repr=False)
    phone: str | None = field(repr=False)
    screen: str = ""


@dataclass(frozen=True)
class Row:
    """A kept handoff as the store knows it. `token` is the lease of whoever may send it now.

    `case_id` and `task_ids` speak of its episode, `case_done` and `task_id` of what this tap has written
    itself. `newest` is false when its episode has had a later tap; `called`: a call was matched to it. What
    follows a tap is a row of another `kind`, with the tap's id as its `parent`. `undone`: the call had
    reached the wrong person, and nothing of it is to be written any more.
    """

    handoff_id: str
    state: Status
    payload: bytes = field(repr=False)
    attempts: int
    next_at: datetime | None
    code: str | None
    message: str | None
    case_key: str
    case_id: str | None
    case_number: str | None
    case_done: bool
    task_id: str | None
    contact_linked: Linked | None
    api_calls: int
    notes: tuple[str, ...]
    taps: int
    newest: bool
    occurred_at: datetime
    expires_at: datetime
    kept_at: datetime
    settled_at: datetime | None
    dial_code: str | None = field(repr=False)
    token: str | None = None
    fresh: bool = False
    kind: Kind = Kind.TAP
    parent: str | None = None
    called: bool = False
    task_ids: tuple[str, ...] = ()
    callback_task_ids: tuple[str, ...] = ()
    undone: bool = False


@dataclass(frozen=True)
class Settlement:
    """What became of one attempt. A row that stays due is tried again after `retry_in`.

    `counted` is false where the attempt says nothing about this row: the org was away, the sign-in refused.
    """

    state: Status
    code: str | None = None
    message: str | None = None
    case_id: str | None = None
    case_number: str | None = None
    task_id: str | None = None
    contact_linked: Linked | None = None
    api_calls: int = 0
    notes: tuple[str, ...] = ()
    retry_in: timedelta | None = None
    counted: bool = True


@dataclass(frozen=True)
class Telling:
    """An event that depends on what was told before: made from the rows of `kinds` that followed the tap, or
    with `by_person` any tap of its person, newest first, while nobody else can tell anything."""

    make: Callable[[Sequence[Row]], Event]
    kinds: tuple[Kind, ...]
    by_person: bool = False


@dataclass(frozen=True)
class Waiting:
    """A row that may be sent again, with its episode; nothing of it is opened."""

    handoff_id: str
    case_key: str
    kind: Kind


@dataclass(frozen=True)
class Entry:
    """Leave to send. `probing`: as the one who tries whether the destination is back."""

    fails: int
    probing: bool = False


@dataclass(frozen=True)
class KeepFor:
    """How long what is in a row is kept after it was settled; `kept` rows go with the delivered ones."""

    delivered: timedelta = timedelta(days=30)
    parked: timedelta = timedelta(days=90)


@dataclass(frozen=True)
class Closed:
    """Nothing is to be sent until then, and why."""

    reason: str
    until: datetime


@dataclass(frozen=True)
class StoreSeen:
    """A store looked at from outside: its schema `version` (None: it is not made yet), the one that this
    release has `known`, and whether there is a key, which then opens it."""

    version: int | None
    known: int
    has_key: bool


# The gate's name of where handoffs go.
SALESFORCE = "salesforce"


class Store(Protocol):
    """Keeps handoffs until they are settled. Raises NotKept; InvalidHandoff (`KEY_CONFLICT`, `REPLAY`)."""

    def keep(self, new: NewHandoff, *, lease: timedelta, use: TokenUse | None = None) -> Row: ...
    def derive_id(self, content: bytes) -> str: ...
    def share(self, of: str) -> float: ...
    def row(self, handoff_id: str) -> Row | None: ...
    def rows(
        self,
        *,
        states: Sequence[Status] = (),
        since: datetime | None = None,
        ids: Sequence[str] = (),
        codes: Sequence[str] = (),
    ) -> list[Row]: ...
    def waiting(
        self,
        *,
        states: Sequence[Status],
        since: datetime | None,
        ids: Sequence[str],
        codes: Sequence[str] = (),
    ) -> list[Waiting]: ...
    def take(
        self,
        *,
        limit: int,
        lease: timedelta,
        ids: Sequence[str] = (),
        states: Sequence[Status] = (Status.DUE,),
        since: datetime | None = None,
        waiting_too: bool = False,
    ) -> list[Row]: ...
    def beat(self, held: Sequence[Row], lease: timedelta) -> bool: ...
    def settle(self, row: Row, settlement: Settlement) -> Row: ...
    def settle_all(self, settled: Sequence[tuple[Row, Settlement]]) -> list[Row]: ...
    def new_episode(self, row: Row) -> Row: ...
    def follow(self, handoff_id: str, event: Event | Telling, *, lease: timedelta | None) -> Row: ...
    def held_back(self, ids: Sequence[str]) -> set[str]: ...
    def followed(self, handoff_id: str, *kinds: Kind, by_person: bool = False) -> list[Row]: ...
    def taps(self, screen: str, since: datetime) -> int: ...
    def reserve_code(self, handoff_id: str, code: str, *, expires_at: datetime) -> bool: ...
    def latch_number(self, handoff_id: str, pool: Sequence[str], *, until: datetime) -> str | None: ...
    def answer(
        self, call_key: str, at: datetime, bind: Callable[[Lookups], Binding]
    ) -> tuple[Binding, Row | None]: ...
    def enter(self, destination: str, *, probe_for: timedelta, insists: bool = False) -> Entry | Closed: ...
    def closed(self, destination: str) -> Closed | None: ...
    def failed(self, destination: str, *, probing: bool) -> int: ...
    def close_gate(self, destination: str, reason: str, wait: timedelta) -> None: ...
    def open_gate(self, destination: str) -> None: ...
    def discard(self, handoff_id: str, why: str) -> bool: ...
    def purge(self, *, delivered: timedelta, parked: timedelta, dry_run: bool = False) -> int: ...
    def event(self, kind: str, handoff_id: str | None = None, **detail: str | int | bool | None) -> None: ...
    def close(self) -> None: ...


class SweepStore(Store, Protocol):
    """Remembers what the sweep has found and done, by the keys of Cases. Raises NotKept."""

    def uncalled(self, before: datetime, *, after: str, limit: int) -> list[Uncalled]: ...
    def swept(self, case_keys: Sequence[str], state: State) -> None: ...
    def outdated(self, before: datetime, *, after: str, limit: int) -> list[str]: ...
    def emptied(self, case_keys: Sequence[str]) -> None: ...
    def picked_until(self) -> datetime | None: ...
    def read_picks_until(self, moment: datetime) -> None: ...
    def keep_picks(self, picks: Sequence[Pick]) -> Picks: ...
    def unanswered(self, before: datetime) -> list[Unanswered]: ...
    def forget_swept(self) -> None: ...


class Tokens(Protocol):
    """Verifies signed handoffs and calls. Raises InvalidHandoff (`BAD_TOKEN`, or for its payload)."""

    def read(self, token: str | bytes, now: datetime) -> SignedHandoff: ...
    def read_call(self, token: str | bytes, now: datetime) -> SignedCall: ...


class Salesforce(Protocol):
    """Carries Composite requests and Bulk jobs. Raises Unavailable, Uncertain, Exhausted, Misconfigured or
    Rejected when the call as a whole did not go through; what became of each record is in the answer."""

    def composite(self, request: CompositeRequest, call: Call) -> tuple[Part, ...]: ...
    def bulk_insert(
        self,
        sobject: str,
        records: Sequence[dict[str, Json]],
        key: str,
        call: Call,
        alive: Callable[[], None],
    ) -> dict[str, dict[str, Json]]: ...
    def close(self) -> None: ...


class Reports(Protocol):
    """Runs saved reports. Raises what Salesforce does, and Exhausted where the hour's runs are used up."""

    def describe(self, report_id: str, call: Call) -> Mapping[str, Any]: ...
    def plan(self, runs: int, call: Call) -> None: ...
    def run(self, report_id: str, changes: Mapping[str, Any], call: Call) -> Mapping[str, Any]: ...


class Records(Protocol):
    """Reads records by SOQL, a page in memory at a time. Raises what Salesforce does."""

    def describe(self, sobject: str, call: Call) -> Mapping[str, Any]: ...
    def count(self, soql: str, call: Call) -> int: ...
    def pages(self, soql: str, call: Call) -> Generator[Mapping[str, Any], None, None]: ...
    def bulk(
        self, soql: str, call: Call, alive: Callable[[], None]
    ) -> Generator[Mapping[str, str], None, None]: ...


class Spool(Protocol):
    """Keeps the rows of one pull outside of memory, in the order of their opening, each case once."""

    def __len__(self) -> int: ...
    def add(self, kept: Kept) -> bool: ...
    def rows(self) -> Iterator[tuple[tuple[Plain, ...], bool]]: ...
    def doubtful(self, after: str, most: int) -> list[tuple[str, str, tuple[Plain, ...]]]: ...
    def put(self, case_id: str, values: Sequence[Plain]) -> None: ...
    def cut(self, case_id: str) -> None: ...
    def same_numbers(self, most: int) -> tuple[int, list[str]]: ...
    def close(self) -> None: ...
