"""`benchmarks/month.py` in short: its books balance, and would not if a case were forgotten or a ticket doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from unittest.mock import patch

import pytest

from benchmarks.month import report, run
from benchmarks.month_books import Books
from benchmarks.month_nights import GITHUB, KILLED, MISSED, SALESFORCE, TWICE
from benchmarks.month_world import Asked
from sf_handoff.adapters.github import GitHubTracker
from sf_handoff.adapters.zenhub import ZenHubTracker
from sf_handoff.calls.shapes.markup import Markup
from sf_handoff.redaction import Scrubbed
from sf_handoff.reports.notices.values import Routed
from sf_handoff.reports.notices.who_waits import routed
from sf_handoff.reports.tickets import TrackedIssue

LONG, SHORT = Asked(seed=7, days=19, rows=90), Asked(seed=7, days=4)


@pytest.fixture(autouse=True, scope="module")
def no_charts() -> Iterator[None]:
    """Drawing them is half of a night's time, and other tests'."""
    with patch("sf_handoff.adapters.report_files.html.draw", lambda chart: Markup("")):
        yield


@pytest.fixture(scope="module")
def books(no_charts: None) -> Iterator[Books]:
    for found in run(LONG):
        found.balance()
        yield found


def test_every_caller_of_every_resolved_ticket_is_told_once_or_listed(books: Books) -> None:
    """Stories 59, 60, 61, 62, 66; nothing lost, doubled, leaked, or said that is not so."""
    assert (books.lost, books.doubled, books.leaked, books.untrue) == ([], [], [], [])
    assert report(books)[-1] == "lost 0 doubled 0 leaked 0 untrue 0"
    stands = books.stands
    assert all(stands[each] for each in ("told", "exhausted", "no outreach", "waiting for approval"))
    assert len(books.world.personal) > 50


def test_each_report_day_is_made_once_whatever_the_nights_were_like(books: Books) -> None:
    """R01, R02, R04"""
    did = books.nights.did
    assert did[MISSED] == 3
    assert all(did[each] for each in (SALESFORCE, GITHUB, KILLED, TWICE))
    assert did["processes killed"] == 3
    assert did["second runs that left at once"] == 1
    assert books.nights.counts["days made up for"] == 5
    assert set(books.nights.done.values()) == {1}
    assert sorted(books.nights.done) == LONG.dates


def test_each_kind_of_thing_has_happened(books: Books) -> None:
    insights, center = books.insights.did, books.center.did
    ends = ("complete", "silent", "not planned", "closed as a duplicate", "blocked", "workaround", "lock",
            "delete", "transfer", "titles edited")  # fmt: skip
    assert [each for each in ends if not insights[each]] == []
    acts = ("another template", "decided in the workbook", "mails exported", "reached", "no_answer", "bounced",
            "refused", "still_broken", "left out")  # fmt: skip
    assert [each for each in acts if not center[each]] == []
    assert books.nights.counts["issues reopen"] > 0
    assert [each.follows for each in books.ours.tickets if each.follows]  # back after more than 14 days


def test_a_telling_that_forgets_a_case_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(*args: Any) -> Iterator[Routed]:
        yield from list(routed(*args))[1:]

    monkeypatch.setattr("sf_handoff.telling_prepare.routed", forgetful)
    for found in run(SHORT):
        assert not found.balance()
        assert found.lost
        assert all(re.fullmatch(r"case \d+ of #\d+: in nobody's hands", each) for each in found.lost)


def test_a_filing_that_creates_twice_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    create = GitHubTracker.create

    def twice(self: Any, title: Scrubbed, body: Scrubbed, labels: Sequence[str]) -> TrackedIssue:
        create(self, title, body, labels)
        return create(self, title, body, labels)

    monkeypatch.setattr(GitHubTracker, "create", twice)
    assert "create" not in vars(ZenHubTracker)
    for found in run(SHORT):
        assert not found.balance()
        assert any("created 2 times" in each for each in found.doubled)
