"""Flow 2, in order: one day's report, from the org to what a lead opens.

report day → rows, all of them → flags and clusters → counts, kept → CSV, JSON Lines, workbook, page
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sf_handoff.calls.states import Status
from sf_handoff.ports import DayBooks, Row
from sf_handoff.pull import ReportPull
from sf_handoff.pull_intake import Pull
from sf_handoff.reports import checks
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.compare import Comparison, compare
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.history import WINDOW, DayCounts, Tally
from sf_handoff.reports.notices.kept import KeptNotice
from sf_handoff.reports.notices.values import NoticeState
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.triage import Triage
from sf_handoff.reports.triaged import TriagedDay, earlier_counts, triage_day
from sf_handoff.worktime import federal_holiday

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet

# Whose disagreement is shown: the two reports of 2019, and each generation's rules beside ours.
COMPARED = (("2019 report 1", "2019 report 2"), ("2019", "ours"), ("T3", "ours"))
FORMATS = ("csv", "xlsx", "html", "json")
_WORKING_DAYS = 5


@dataclass(frozen=True)
class JudgedDay:
    """A day, complete and judged, with what stands beside it on the page.

    `earlier` has the counts of the days before, by fingerprint.
    """

    pull: Pull
    triaged: TriagedDay
    counts: DayCounts
    history: tuple[DayCounts, ...]
    comparisons: tuple[Comparison, ...]
    findings: tuple[Finding, ...]
    parked: tuple[Row, ...]
    funnel: Mapping[str, Mapping[str, int]]
    earlier: Mapping[str, Sequence[int]] = field(default_factory=dict)
    notices: tuple[KeptNotice, ...] = ()

    @property
    def needs_a_person(self) -> bool:
        return any(each.needs_a_person for each in self.findings)


class Daily:
    """Runs report days. A day that cannot be had as a whole raises, and leaves no file."""

    def __init__(
        self,
        *,
        puller: ReportPull,
        books: DayBooks,
        mappings: MappingSet,
        write: Callable[[JudgedDay, Path, Collection[str]], tuple[Path, ...]],
    ) -> None:
        self._puller, self._books, self._mappings, self._write = puller, books, mappings, write

    def run(
        self, day: ReportDay, report_id: str, out: Path, formats: Collection[str] = FORMATS
    ) -> tuple[JudgedDay, tuple[Path, ...]]:
        """Pulls the day, keeps its counts, and writes it to the folder `out` in each of `formats`.

        Safe to run again for the same day. Raises as ReportPull does, before any file is written.
        """
        with self.opened(day, report_id, compared="html" in formats) as judged:
            return judged, self.finished(judged, out, formats)

    def look(self, day: ReportDay, report_id: str, *, compared: bool) -> JudgedDay:
        """The day judged, and nothing of it kept or written; its `pull` has no rows any more."""
        with self.opened(day, report_id, compared=compared) as judged:
            return judged

    @contextmanager
    def opened(self, day: ReportDay, report_id: str, *, compared: bool) -> Iterator[JudgedDay]:
        """The day judged, whose rows can be read until the block ends."""
        with self._puller.pull(day, report_id) as pull:
            yield self._judged(pull, comparing=compared)

    def finished(self, judged: JudgedDay, out: Path, formats: Collection[str] = FORMATS) -> tuple[Path, ...]:
        """Writes the files of an opened day, then keeps its counts."""
        files = self._write(judged, out, formats)
        self._books.keep_day(judged.counts)
        return files

    def _judged(self, pull: Pull, *, comparing: bool) -> JudgedDay:
        """What the rules make of the day's rows, against the four weeks before."""
        day, maps = pull.day, self._mappings
        tally, triage = Tally(maps.report), Triage(maps.triage, maps.report.own_record_types)
        history = tuple(self._books.days(day.date - timedelta(days=WINDOW), day.date))
        kept = {each.date: each.clusters for each in history}
        before = (day.date - timedelta(days=back) for back in range(WINDOW, 0, -1))
        earlier = earlier_counts(kept.get(each, {}) for each in before)
        triaged = triage_day(tally.counting(pull.rows()), triage, earlier)
        counts = tally.counts(day.date, triaged.flags, triaged.clusters)
        return JudgedDay(
            pull=pull,
            triaged=triaged,
            counts=counts,
            history=history,
            comparisons=compared(pull.rows, triage) if comparing else (),
            findings=(*pull.findings, *_unusual(counts, history)),
            parked=tuple(self._books.rows(states=(Status.PARKED,))),
            funnel=self._books.funnel(day.start, day.end),
            earlier=earlier,
            notices=tuple(self._books.notices(states=(NoticeState.DRAFT,))),
        )


def compared(rows: Callable[[], Iterator[ReportRow]], triage: Triage) -> tuple[Comparison, ...]:
    """What one set of rules catches and another misses, for the pairs that the map has."""
    known = {each.name for each in triage.map.rule_sets}
    pairs = [(a, b) for a, b in COMPARED if {a, b} <= known]
    sets = triage.map.rule_set
    return tuple(compare(rows(), sets(a), sets(b), triage) for a, b in pairs)


def _unusual(counts: DayCounts, history: Sequence[DayCounts]) -> tuple[Finding, ...]:
    """A day without rows is nothing strange by itself; after five working days that all had some, it is."""
    last = [each for each in history if _is_working_day(each.date)][-_WORKING_DAYS:]
    strange = len(last) == _WORKING_DAYS and all(each.rows for each in last)
    if counts.rows or not _is_working_day(counts.date):
        return ()
    return (checks.no_rows_at_last(),) if strange else ()


def _is_working_day(day: date) -> bool:
    return day.weekday() < 5 and not federal_holiday(day)
