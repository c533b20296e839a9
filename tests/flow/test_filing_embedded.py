"""Filing a day on the embedded tracker, by HTTP: three times, killed at each step in turn, never doubled.

Z01, Z03, Z04, R02 and the like are the rows of the fault matrix that a test answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from sf_handoff.adapters.assembly import embedded_settings, open_tracker, start_embedded
from sf_handoff.adapters.seal import Seal
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.store import SqlStore
from sf_handoff.embedded import Embedded, Fault
from sf_handoff.errors import Misconfigured
from sf_handoff.filing import Filed, Filing
from sf_handoff.mapping import MappingSet
from sf_handoff.ports import Ledger, Tracker
from sf_handoff.redaction import scrub
from sf_handoff.reports.label_check import missing
from sf_handoff.reports.plan import Does, Texts
from sf_handoff.reports.ticket_later import summary_of, tally_text
from sf_handoff.reports.tickets import Priority, TicketDraft
from tests.conftest import Clock
from tests.flow.tracked import DAY, draft

CREATES = re.compile(r"POST /github/api/v3/repos/[^/]+/[^/]+/issues$")
COMMENTS = re.compile(r"POST /github/api/v3/repos/.*/issues/\d+/comments$")

# What a run does; after what it only looks at, it may as well have died before. (test_filing.py has every call.)
STEPS = {"intend", "begin", "create", "place", "prioritise", "estimate", "comment", "done"}


class Killed(BaseException):
    """As SIGKILL ends a process: nothing catches it, nothing is tidied up."""


class Deadly:
    """A side whose `at`-th call is the last thing that the process did: it took effect, and nobody heard."""

    def __init__(self, other: object, calls: list[str], at: int) -> None:
        self._other, self._calls, self._at = other, calls, at

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._other, name)
        if not callable(found):
            return found

        def call(*args: Any, **more: Any) -> Any:
            given = found(*args, **more)
            if name not in STEPS:
                return given
            self._calls.append(name)
            if len(self._calls) == self._at:
                raise Killed
            return given

        return call


@dataclass
class Stage:
    """A running tracker, and who files to it. `naps` are the sleeps."""

    org: Embedded
    maps: MappingSet
    settings: Settings
    clock: Clock
    folder: Path
    naps: list[float]

    def file(
        self,
        drafts: list[TicketDraft],
        *,
        calls: list[str] | None = None,
        die_at: int = 0,
        store: str = "store",
    ) -> Filed:
        """One run, as a process makes it: with a store and a tracker of its own."""
        seal = Seal("k", {"k": bytes(32)})
        calls = [] if calls is None else calls
        with (
            closing(SqlStore.open(f"sqlite:///{self.folder / store}.sqlite3", seal, self.clock)) as ledger,
            closing(open_tracker(self.settings, sleep=self.nap, clock=self.seconds)) as tracker,
        ):
            filing = Filing(
                cast("Tracker", Deadly(tracker, calls, die_at)),
                cast("Ledger", Deadly(ledger, calls, die_at)),
                map=self.maps.tickets,
                labels=self.maps.labels,
                texts=self.texts,
                clock=self.clock,
                sleep=self.nap,
            )
            return filing.run(filing.plan(drafts, DAY, missing=self.missing))

    def nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.clock.forward(seconds=seconds)

    def seconds(self) -> float:
        return self.clock.now.timestamp()

    @property
    def missing(self) -> Callable[[Any], list[str]]:
        return lambda facts: [each.words for each in missing(self.maps, facts)]

    @property
    def texts(self) -> Texts:
        maps = self.maps
        return Texts(
            tally=lambda ticket: tally_text(ticket, maps.tickets),
            summary=lambda day, over: summary_of(over, day, maps),
        )

    def creates(self) -> int:
        return sum(bool(CREATES.match(each)) for each in self.org.requests)

    def shown(self) -> list[Mapping[str, Any]]:
        return [
            {**each, "comments": len(each["comments"]), "body": "", "labels": sorted(each["labels"])}
            for each in self.org.tracker.issues
        ]


def drafts(maps: MappingSet, after: int = 0) -> list[TicketDraft]:
    labels = tuple(each.name for each in (maps.labels.ours, *maps.labels.always, maps.labels.tiers[3]))
    return [
        replace(draft(after + 1, 12), labels=labels, priority=Priority.URGENT),
        replace(draft(after + 2, 3), labels=labels, priority=Priority.MEDIUM),
    ]


@pytest.fixture
def stage(tmp_path: Path, mappings: MappingSet, clock: Clock) -> Iterator[Stage]:
    with start_embedded(tmp_path / "org", mappings, clock=clock) as org:
        settings = embedded_settings(Settings(org="embedded"), org)
        yield Stage(org, mappings, settings, clock, tmp_path, [])


def test_r02_the_same_day_three_times_is_one_issue_each_in_its_place(stage: Stage) -> None:
    for _ in range(3):
        filed = stage.file(drafts(stage.maps))
        assert not filed.needs_a_person
        assert filed.unavailable is None
    assert [(each["pipeline"], each["priority"], each["comments"]) for each in stage.shown()] == [
        ("New Issues", "Urgent", 1),
        ("New Issues", "Medium priority", 1),
    ]
    assert stage.creates() == 2
    assert all("sf-handoff" in each["labels"] for each in stage.org.tracker.issues)


def test_r02_killed_at_each_step_in_turn_nothing_is_doubled(stage: Stage) -> None:
    """After each thing that it does in the tracker or notes in the ledger."""
    whole: list[str] = []
    stage.file(drafts(stage.maps)[:1], calls=whole)
    assert set(whole) == STEPS
    (wanted,) = ({**each, "number": 0, "title": ""} for each in stage.shown())
    for at, step in enumerate(whole, start=1):
        files = partial(stage.file, drafts(stage.maps, 10 * at)[:1], store=f"store-{at}")
        seen = len(stage.org.requests)
        with pytest.raises(Killed):
            files(die_at=at)
        stage.clock.forward(minutes=11)
        for _ in range(2):
            assert files().unavailable is None
        made = stage.shown()[at:]
        assert [{**each, "number": 0, "title": ""} for each in made] == [wanted], step
        sent = stage.org.requests[seen:]
        assert [sum(bool(pattern.match(each)) for each in sent) for pattern in (CREATES, COMMENTS)] == [
            1,
            1,
        ], step


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "truncate", "html"])
def test_z01_an_answer_that_is_lost_makes_no_second_issue(stage: Stage, kind: Any) -> None:
    """The issue is there, or it is not, and nobody can tell by the answer."""
    stage.org.faults.add(Fault(r"/repos/[^/]+/[^/]+/issues$", kind, method="POST"))
    before = stage.clock.now
    assert stage.file(drafts(stage.maps)).unavailable is None
    assert stage.clock.now - before <= timedelta(minutes=5)
    assert len(stage.org.tracker.issues) == 2
    assert [each["comments"] for each in stage.shown()] == [1, 1]
    assert stage.file(drafts(stage.maps)).unavailable is None
    assert len(stage.org.tracker.issues) == 2


def test_z03_what_staff_took_away_is_said_before_anything_is_written(stage: Stage) -> None:
    stage.org.tracker.delete_label("tier-3")
    with pytest.raises(Misconfigured, match="tier-3"):
        stage.file(drafts(stage.maps))
    assert stage.org.tracker.issues == []


def test_z03_a_column_renamed_in_between_is_said_with_what_is_near(stage: Stage) -> None:
    stage.org.tracker.rename_pipeline("New Issues", "New issues (triage)")
    with pytest.raises(Misconfigured, match=r"New Issues.*New issues \(triage\)"):
        stage.file(drafts(stage.maps))
    assert stage.creates() == 0


def test_z04_a_secondary_limit_is_waited_out(stage: Stage) -> None:
    stage.org.tracker.rules = replace(stage.org.tracker.rules, contents_a_minute=2, retry_after=31)
    assert stage.file(drafts(stage.maps)).unavailable is None
    assert any(31 <= each < 40 for each in stage.naps)
    assert len(stage.org.tracker.issues) == 2
    assert [each["comments"] for each in stage.shown()] == [1, 1]


@pytest.mark.parametrize("what", ["transfer", "delete", "lock", "not planned"])
def test_z06_what_staff_did_is_respected(stage: Stage, what: str) -> None:
    stage.file(drafts(stage.maps))
    tracker = stage.org.tracker
    if what == "transfer":
        tracker.transfer(1, "example-agency/elsewhere")
    elif what == "delete":
        tracker.delete(1)
    elif what == "lock":
        tracker.lock(1)
    else:
        tracker.close(1, "not_planned")
    first, second = drafts(stage.maps)
    stage.file([replace(first, cases=(*first.cases, *draft(3, 2).cases)), second])
    assert stage.creates() == 2
    if what == "not planned":
        assert tracker.issue(1)["state"] == "closed"


def test_it_is_back_within_two_weeks_and_the_ticket_is_opened_again(stage: Stage) -> None:
    stage.clock.now = DAY.start - timedelta(days=9)
    early = replace(
        draft(1, 12, day=replace(DAY, date=DAY.date - timedelta(days=10))),
        labels=drafts(stage.maps)[0].labels,
    )
    seal = Seal("k", {"k": bytes(32)})
    with (
        closing(SqlStore.open(f"sqlite:///{stage.folder / 'store'}.sqlite3", seal, stage.clock)) as ledger,
        closing(open_tracker(stage.settings, sleep=stage.nap, clock=stage.seconds)) as tracker,
    ):
        filing = Filing(
            tracker, ledger, map=stage.maps.tickets, labels=stage.maps.labels, texts=stage.texts,
            clock=stage.clock, sleep=stage.nap,
        )  # fmt: skip
        filing.run(filing.plan([early], replace(DAY, date=DAY.date - timedelta(days=10))))
    stage.org.tracker.close(1, "completed")
    stage.clock.now = DAY.end + timedelta(hours=5)
    stage.file(drafts(stage.maps)[:1])
    issue = stage.org.tracker.issue(1)
    assert (issue["state"], issue["pipeline"]) == ("open", stage.maps.labels.reopened_column)
    assert stage.creates() == 1


def test_the_plan_shows_everything_and_sends_nothing(stage: Stage) -> None:
    seal = Seal("k", {"k": bytes(32)})
    with (
        closing(SqlStore.open(f"sqlite:///{stage.folder / 'store'}.sqlite3", seal, stage.clock)) as ledger,
        closing(open_tracker(stage.settings, sleep=stage.nap, clock=stage.seconds)) as tracker,
    ):
        filing = Filing(
            tracker, ledger, map=stage.maps.tickets, labels=stage.maps.labels, texts=stage.texts,
            clock=stage.clock, sleep=stage.nap,
        )  # fmt: skip
        planned = filing.plan(drafts(stage.maps), DAY, missing=stage.missing, role=scrub("a lead"))
    assert [each.does for each in planned.actions] == [Does.CREATE, Does.CREATE]
    assert "Claim status 1 does not open" in planned.actions[0].words
    assert [each for each in stage.org.requests if not each.startswith("GET") and "/github/" in each] == []
