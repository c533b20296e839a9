"""Resolved tickets and the people who wait for them: an org with their Cases, and doubles of what is beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.embedded import Embedded
from sf_handoff.mapping import Json
from sf_handoff.ports import Ledger, NoticeStore, Salesforce
from sf_handoff.reports.notices.kept import KeptNotice
from sf_handoff.reports.notices.values import (
    CustomerText,
    Notice,
    NoticeState,
    Outcome,
    Resolution,
    Route,
    Waiting,
)
from sf_handoff.reports.tickets import TicketCase
from sf_handoff.retry import Call
from sf_handoff.telling import Telling
from tests.conftest import Clock
from tests.flow.backlog import Send, as_it_is, meddling
from tests.reports.notices.made import FRIDAY

TICKET, NUMBER = "v1-0123456789abcdef/1", 12
TEXT = "Claims load again."
BY = "005000000000001AAA"


def resolution(kind: Outcome = Outcome.COMPLETED, text: str = TEXT, number: int = NUMBER) -> Resolution:
    return Resolution(kind, CustomerText(text, "Insights & Analytics", FRIDAY), number, FRIDAY)


@dataclass
class Answers:
    """What came of tickets, as the real one keeps it."""

    turns: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    holds: dict[str, Resolution] = field(default_factory=dict)
    over: dict[str, datetime] = field(default_factory=dict)

    def resolve(self, ticket_id: str, resolution: Resolution, *, turn: int) -> None:
        self.turns[ticket_id], self.holds[ticket_id] = turn, resolution

    def resolution(self, ticket_id: str) -> tuple[int, Resolution] | None:
        return (self.turns[ticket_id], self.holds[ticket_id]) if ticket_id in self.holds else None

    def resolved(self) -> list[tuple[str, int, Resolution]]:
        return [(key, self.turns[key], found) for key, found in self.holds.items() if key not in self.over]

    def unresolve(self, ticket_id: str, why: str) -> None:
        self.holds.pop(ticket_id, None)
        self.over.pop(ticket_id, None)

    def told(self, ticket_id: str, at: datetime) -> None:
        self.over[ticket_id] = at

    def told_at(self, ticket_ids: Sequence[str]) -> Mapping[str, datetime]:
        return {key: at for key, at in self.over.items() if key in ticket_ids}


@dataclass
class Counted:
    """The ledger's cases."""

    tallied: dict[str, list[TicketCase]] = field(default_factory=lambda: defaultdict(list))

    def cases(self, ticket_id: str) -> list[TicketCase]:
        return self.tallied[ticket_id]


@dataclass
class Stage:
    """Everything that a Telling stands on. `reopened` are the tickets that it asked to open again."""

    org: Embedded
    salesforce: Salesforce
    store: NoticeStore
    clock: Clock
    maps: Any
    answers: Answers = field(default_factory=Answers)
    ledger: Counted = field(default_factory=Counted)
    reopened: list[tuple[str, str]] = field(default_factory=list)

    def telling(self, **changes: Any) -> Telling:
        made: dict[str, Any] = {
            "salesforce": self.salesforce,
            "store": self.store,
            "ledger": cast("Ledger", self.ledger),
            "resolutions": self.answers,
            "maps": self.maps,
            "clock": self.clock,
            "reopen": lambda ticket_id, case: self.reopened.append((ticket_id, case)),
        }
        return Telling(**(made | changes))

    def person(self, **fields: Any) -> str:
        known = {"LastName": "Gray", "Email": "jesse.gray@example.com", "Phone": "+15035550142"}
        return self.org.create("Contact", **(known | fields))

    def case(self, person: str | None, ticket_id: str = TICKET, **fields: Any) -> TicketCase:
        """A Case of the report that its ticket counts."""
        known = {"Origin": "Web", "Subject": "Claims do not load", "Product__c": "Claim status"}
        case_id = self.org.create("Case", ContactId=person, **(known | fields))
        counted = TicketCase(str(self.record("Case", case_id)["CaseNumber"]), case_id)
        self.ledger.tallied[ticket_id].append(counted)
        return counted

    def callers(self, number: int, **fields: Any) -> list[TicketCase]:
        return [self.case(self.person(), **fields) for _ in range(number)]

    def resolve(
        self, kind: Outcome = Outcome.COMPLETED, turn: int = 1, text: str = TEXT, ticket_id: str = TICKET
    ) -> None:
        self.answers.resolve(ticket_id, resolution(kind, text), turn=turn)

    def record(self, sobject: str, record_id: str) -> dict[str, Any]:
        return next(each for each in self.org.records(sobject) if each["Id"] == record_id)

    def kept(self, case: TicketCase, turn: int = 1) -> KeptNotice:
        (found,) = (
            each for each in self.store.notices() if (each.notice.case_id, each.turn) == (case.case_id, turn)
        )
        return found

    def on_case(self, case: TicketCase) -> str | None:
        said: str | None = self.record("Case", case.case_id)["Handoff_Answer__c"]
        return said

    def tasks(self) -> list[dict[str, Any]]:
        """Those of this stage's Cases."""
        ours = {each.case_id for some in self.ledger.tallied.values() for each in some}
        return [each for each in self.org.records("Task") if each["WhatId"] in ours]

    def approve(self, *cases: TicketCase) -> None:
        """What stands there, as somebody would who looked at it."""
        drafts = [self.kept(each) for each in cases] or self.store.notices()
        shown = {each.notice_id: each.notice.digest for each in drafts if each.notice.body}
        assert not self.telling().approve(shown, BY).refused

    def hour(self) -> datetime:
        """An hour later."""
        self.clock.forward(seconds=timedelta(hours=1).seconds)
        return self.clock.now


@contextmanager
def meddled(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[int, CompositeRequest, Send], tuple[Part, ...]] = as_it_is,
) -> Iterator[list[list[str]]]:
    """Every Composite goes through `change`, as `meddling` has it."""
    there: Any = SimpleNamespace(_salesforce=stage.salesforce)
    with meddling(there, monkeypatch, change) as seen:
        yield seen


def keep_approved(stage: Stage, number: int) -> None:
    """So many approved notices, each of another case."""
    made = {
        f"{each:040d}": Notice(
            f"{each:040d}", NUMBER, f"{each:08d}", f"500000000{each:06d}AAA", Route.CONTACT_CENTER,
            NoticeState.APPROVED, Outcome.COMPLETED, "resolved", "Subject", "Body", f"{each:064d}",
        )
        for each in range(number)
    }  # fmt: skip
    stage.resolve()
    stage.store.change_notices(
        list(made),
        lambda key, kept: kept or KeptNotice(made[key], TICKET, 1, Waiting("", "", email_there=True)),
    )


@dataclass
class SaysYes:
    """An org that takes everything, and has every queue."""

    asked: list[CompositeRequest] = field(default_factory=list)

    def composite(self, request: CompositeRequest, call: Call) -> tuple[Part, ...]:
        call.requests += 1
        self.asked.append(request)
        return tuple(Part(each.reference_id, 200, self._answer(each.body)) for each in request.subrequests)

    def _answer(self, body: Any) -> Json:
        if body is None:
            names = ("Contact_Center_Answers", "WHH_Answers")
            found: list[Json] = [
                {"attributes": {"type": "Group"}, "Id": f"00G{each}", "DeveloperName": each} for each in names
            ]
            return {"done": True, "records": found}
        return [{"success": True, "id": "00T000000000001AAA", "errors": []} for _ in body["records"]]
