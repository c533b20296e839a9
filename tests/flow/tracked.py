"""A tracker in memory with faults at chosen calls, days' drafts, and processes that die at a chosen point."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

from sf_handoff.adapters.store import SqlStore
from sf_handoff.errors import Misconfigured, Rejected, Unavailable, Uncertain
from sf_handoff.filing import Filed, Filing
from sf_handoff.redaction import Scrubbed, scrub
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.plan import Plan, Texts
from sf_handoff.reports.ticket_map import Label, LabelMap, TicketMap
from sf_handoff.reports.tickets import (
    Comment,
    Moved,
    Place,
    Priority,
    State,
    Ticket,
    TicketCase,
    TicketDraft,
    TrackedIssue,
    TrackerFacts,
)
from tests.conftest import Clock

T = TypeVar("T")
Call = Callable[[], Any]
Fault = Callable[[Call], Any]
US, STAFF = "handoff-connector", "avery-analyst"
HERE = "example-agency/hotline-issues"
NEW, BACK = "New Issues", "In Progress"
COLUMNS = ("Inbox", NEW, BACK, "Done")
NAMES = {
    Priority.LOW: "Low priority",
    Priority.MEDIUM: "Medium priority",
    Priority.HIGH: "High priority",
    Priority.URGENT: "Urgent",
}
LABELS = LabelMap(
    ours=Label("handoff-connector"),
    always=(Label("Contact Center"),),
    tiers={},
    products={},
    blocked=Label("blocked"),
    workaround=Label("workaround"),
    summary=Label("summary"),
    column=NEW,
    reopened_column=BACK,
    priorities=NAMES,
    priority_labels={each: Label(f"priority: {each}") for each in Priority},
    estimates={Priority.URGENT: 5.0},
)
EVERY = frozenset(
    {"handoff-connector", "Contact Center", "tier-3", "summary", *(f"priority: {each}" for each in Priority)}
)
DAY = ReportDay(date(2026, 11, 19))


def ticket_map(**changes: Any) -> TicketMap:
    """A map of which only `changes` matter."""
    wanted = [each.name for each in fields(TicketMap) if each.default is each.default_factory is MISSING]
    return TicketMap(**{name: () if name == "sections" else "" for name in wanted} | changes)


def fingerprint(number: int) -> str:
    return f"v1-{number:016x}"


def draft(number: int = 1, cases: int = 2, *, day: ReportDay = DAY, **changes: Any) -> TicketDraft:
    """A problem of a day; each of its cases is from somebody else."""
    made = TicketDraft(
        fingerprint=fingerprint(number),
        title=scrub(f"Problem {number}"),
        body=scrub(f"Claim status {number} does not open."),
        labels=("Contact Center", "tier-3"),
        owner="triage",
        priority=Priority.MEDIUM,
        why="2 cases",
        cases=tuple(TicketCase(f"{number:03}{day.date.day:02}{each:03}", f"500{number:03}{day.date.day:02}{each:07}AAA") for each in range(cases)),
        people=cases,
        first_seen=day.start + timedelta(hours=9),
        last_seen=day.start + timedelta(hours=17),
    )  # fmt: skip
    return replace(made, **changes)


def tally(ticket: Ticket) -> Scrubbed:
    days = [f"{day}: {count.cases} cases, {count.people} people" for day, count in ticket.days.items()]
    return scrub("\n".join(days))


def summary(day: ReportDay, over: Sequence[TicketDraft]) -> TicketDraft:
    return TicketDraft(
        fingerprint=f"summary-{day.date}",
        title=scrub(f"{len(over)} more problems"),
        body=scrub("\n".join(each.title.text for each in over)),
        labels=("Contact Center", "summary"),
        owner="triage",
        priority=Priority.LOW,
        why="",
        cases=tuple(case for each in over for case in each.cases),
        people=sum(each.people for each in over),
        first_seen=min(each.first_seen for each in over),
        last_seen=max(each.last_seen for each in over),
    )


TEXTS = Texts(tally, summary)

# Faults


def lost(call: Call) -> Any:
    """It is done, and the answer does not arrive."""
    call()
    raise Uncertain("no answer")


def lost_before(call: Call) -> Any:
    """It was never done, and nobody can tell."""
    raise Uncertain("no answer")


def away(call: Call) -> Any:
    raise Unavailable("away")


def limited(seconds: float) -> Fault:
    def fault(call: Call) -> Any:
        raise Unavailable("wait", code="RATE_LIMIT", retry_after=seconds)

    return fault


def refused(code: str, *names: str) -> Fault:
    def fault(call: Call) -> Any:
        raise Rejected("refused", code=code, fields=names)

    return fault


def fine(call: Call) -> Any:
    return call()


@dataclass
class Tracked:
    """The port `Tracker`. `log` has every call, with what it was about."""

    clock: Clock
    has: TrackerFacts = field(
        default_factory=lambda: TrackerFacts(
            HERE, private=True, may_push=True, login=US, labels=EVERY, board=True, columns=COLUMNS,
            priorities=tuple(NAMES.values()),
        )
    )  # fmt: skip
    log: list[tuple[str, Any]] = field(default_factory=list)
    issues: dict[int, TrackedIssue] = field(default_factory=dict)
    board: dict[int, Place] = field(default_factory=dict)
    moved: dict[int, str] = field(default_factory=dict)
    said: dict[int, list[Comment]] = field(default_factory=lambda: defaultdict(list))
    hidden: dict[int, datetime] = field(default_factory=dict)
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    lock: threading.RLock = field(default_factory=threading.RLock)
    comment_ids: int = 900

    # What tests do

    def fault(self, name: str, *faults: Fault) -> None:
        """The next calls of that name go wrong in these ways."""
        self.faults[name].extend(faults)

    def slow(self, seconds: float, then: Fault = fine) -> Fault:
        """What is created shows in lists only later."""

        def fault(call: Call) -> Any:
            def hidden() -> TrackedIssue:
                made: TrackedIssue = call()
                self.hidden[made.number] = self.clock.now + timedelta(seconds=seconds)
                return made

            return then(hidden)

        return fault

    def count(self, name: str) -> int:
        return sum(called == name for called, _ in self.log)

    def close_it(self, number: int, reason: str | None = "completed", at: datetime | None = None) -> None:
        """As staff does."""
        self.change(
            number, state=State.CLOSED, state_reason=reason, closed_at=at or self.clock.now, closed_by=STAFF
        )

    def change(self, number: int, **changes: Any) -> None:
        self.issues[number] = replace(self.issues[number], updated_at=self.clock.now, **changes)

    def say(self, number: int, author: str, body: str) -> Comment:
        self.comment_ids += 1
        made = Comment(self.comment_ids, author, body, self.clock.now, self.clock.now)
        self.said[number].append(made)
        return made

    def make(self, author: str, title: str, body: str, labels: Sequence[str] = ()) -> TrackedIssue:
        number = len(self.issues) + len(self.moved) + 1
        now = self.clock.now
        made = TrackedIssue(
            number,
            title,
            body,
            State.OPEN,
            author,
            now,
            now,
            f"https://tracker.test/{number}",
            labels=tuple(labels),
        )
        self.issues[number] = made
        self.board[number] = Place(self.has.columns[0] if self.has.columns else None)
        return made

    # The port

    def facts(self) -> TrackerFacts:
        return self._do("facts", None, lambda: self.has)

    def labelled(self, label: str, *, open_only: bool = False) -> list[TrackedIssue]:
        return self._do("labelled", label, lambda: [each for each in self._shown() if label in each.labels])

    def made_by_us(self, since: datetime) -> list[TrackedIssue]:
        def made() -> list[TrackedIssue]:
            return [each for each in self._shown() if each.author == US and each.created_at >= since]

        return self._do("made_by_us", since, made)

    def issue(self, number: int) -> TrackedIssue | Moved | None:
        def found() -> TrackedIssue | Moved | None:
            if number in self.moved:
                return Moved(self.moved[number])
            return self.issues.get(number)

        return self._do("issue", number, found)

    def places(self, numbers: Sequence[int]) -> dict[int, Place]:
        return self._do(
            "places", numbers, lambda: {each: self.board[each] for each in numbers if each in self.board}
        )

    def comments(self, number: int) -> list[Comment]:
        return self._do("comments", number, lambda: list(self.said[number]))

    def create(self, title: Scrubbed, body: Scrubbed, labels: Sequence[str]) -> TrackedIssue:
        def made() -> TrackedIssue:
            assert all(label in self.has.labels for label in labels)
            return self.make(US, title.text, body.text, labels)

        return self._do("create", title.text, made)

    def reopen(self, number: int) -> TrackedIssue:
        def opened() -> TrackedIssue:
            self.change(number, state=State.OPEN, state_reason="reopened", closed_at=None, closed_by=None)
            return self.issues[number]

        return self._do("reopen", number, opened)

    def add_labels(self, number: int, labels: Sequence[str]) -> tuple[str, ...]:
        def added() -> tuple[str, ...]:
            if not all(label in self.has.labels for label in labels):
                raise Rejected("no such label", code="INVALID", fields=("labels",))
            self.change(number, labels=tuple(dict.fromkeys((*self.issues[number].labels, *labels))))
            return self.issues[number].labels

        return self._do("add_labels", (number, tuple(labels)), added)

    def remove_label(self, number: int, label: str) -> None:
        raise AssertionError("nobody asks for it")

    def place(self, number: int, column: str) -> Place:
        def placed() -> Place:
            if column not in self.has.columns:
                raise Misconfigured("no such column", code="COLUMN")
            return self._stand(number, column=column)

        return self._do("place", (number, column), placed)

    def prioritise(self, number: int, priority: str) -> Place:
        return self._do("prioritise", (number, priority), lambda: self._stand(number, priority=priority))

    def estimate(self, number: int, points: float) -> Place:
        return self._do("estimate", (number, points), lambda: self._stand(number, estimate=points))

    def comment(self, number: int, text: Scrubbed) -> Comment:
        def written() -> Comment:
            if self.issues[number].locked:
                raise Rejected("locked", code="LOCKED")
            return self.say(number, US, text.text)

        return self._do("comment", number, written)

    def change_comment(self, comment_id: int, text: Scrubbed) -> Comment:
        def changed() -> Comment:
            for said in self.said.values():
                for index, each in enumerate(said):
                    if each.comment_id == comment_id:
                        said[index] = replace(each, body=text.text, updated_at=self.clock.now)
                        return said[index]
            raise Rejected("gone", code="GONE")

        return self._do("change_comment", comment_id, changed)

    def close(self) -> None:
        pass

    def _do(self, name: str, about: Any, call: Callable[[], T]) -> T:
        with self.lock:
            self.log.append((name, about))
            faults = self.faults[name]
            return cast("T", faults.popleft()(call)) if faults else call()

    def _shown(self) -> list[TrackedIssue]:
        return [
            each
            for each in self.issues.values()
            if self.hidden.get(each.number, self.clock.now) <= self.clock.now
        ]

    def _stand(self, number: int, **changes: Any) -> Place:
        self.board[number] = replace(self.board[number], **changes)
        return self.board[number]


class Killed(BaseException):
    """The process is no more."""


class Life:
    """A process that dies at its nth point, just before or just after a call, and does nothing more."""

    def __init__(self, points: int) -> None:
        self.left, self.dead = points, False

    def point(self) -> None:
        self.dead = self.dead or not self.left
        if self.dead:
            raise Killed
        self.left -= 1

    def of(self, port: T) -> T:
        return cast("T", _Mortal(port, self))


class _Mortal:
    def __init__(self, port: Any, life: Life) -> None:
        self._port, self._life = port, life

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)

        def mortal(*args: Any, **named: Any) -> Any:
            self._life.point()
            answer = call(*args, **named)
            self._life.point()
            return answer

        return mortal


@dataclass
class Desk:
    """A tracker, a ledger and a clock; `slept` are the waits."""

    tracker: Tracked
    store: SqlStore
    clock: Clock
    map: TicketMap = field(default_factory=ticket_map)
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.forward(seconds=seconds)

    def filing(self, life: Life | None = None, **changes: Any) -> Filing:
        tracker, ledger = (life.of(each) if life else each for each in (self.tracker, self.store))
        return Filing(
            cast("Any", tracker), cast("Any", ledger), map=self.map, labels=LABELS, texts=TEXTS, clock=self.clock, sleep=self.sleep,
            **changes,
        )  # fmt: skip

    def plan(self, *drafts: TicketDraft, day: ReportDay = DAY, **named: Any) -> Plan:
        return self.filing().plan(drafts, day, **named)

    def file(self, *drafts: TicketDraft, day: ReportDay = DAY, life: Life | None = None) -> Filed:
        filing = self.filing(life)
        return filing.run(filing.plan(drafts, day))

    def ticket(self, number: int = 1, generation: int = 1) -> Ticket:
        found = self.store.ticket(f"{fingerprint(number)}/{generation}")
        assert found
        return found

    def codes(self, filed: Filed | Plan) -> list[str]:
        return [each.code for each in filed.findings]
