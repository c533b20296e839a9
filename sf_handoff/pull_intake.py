"""What a pull takes in and hands out: rows on their way into the spool, counted, and the day they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import TracebackType

from sf_handoff.errors import Unavailable
from sf_handoff.ports import Spool
from sf_handoff.pull_slices import incomplete
from sf_handoff.reports import checks
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.columns import ReportMap
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.reading import Kept, edited_after, row_of
from sf_handoff.reports.rows import ReportRow
from sf_handoff.retry import Call

# Progress is told after so many rows.
STEP = 500


class Source(StrEnum):
    REPORT = "report"
    QUERY = "query"
    BULK = "bulk query"


class Pull:
    """A day's rows, complete and counted, in the order of their opening; to be closed after use.

    `count` is the number of cases, `calls` of requests to the org. `rows` may be read more than once.
    """

    def __init__(
        self,
        day: ReportDay,
        report: ReportMap,
        source: Source,
        spool: Spool,
        calls: int,
        findings: tuple[Finding, ...],
    ) -> None:
        self.day, self.report, self.source, self.calls = day, report, source, calls
        self.findings, self.count, self._spool = findings, len(spool), spool

    def __enter__(self) -> Pull:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def rows(self) -> Iterator[ReportRow]:
        for values, cut in self._spool.rows():
            yield row_of(self.report, values, cut=cut)

    @property
    def notes(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if not each.needs_a_person)

    @property
    def problems(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.needs_a_person)

    @property
    def needs_a_person(self) -> bool:
        return bool(self.problems)

    def close(self) -> None:
        self._spool.close()


@dataclass
class Intake:
    """Rows on their way into the spool, and what is counted of them."""

    day: ReportDay
    report: ReportMap
    spool: Spool
    progress: Callable[[int], None]
    call: Call
    read: int = 0
    late: int = 0
    repeated: int = 0
    numbers: list[str] = field(default_factory=list)
    unreadable: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def take(self, kept: Kept) -> None:
        if not self.day.holds(datetime.fromisoformat(kept.opened_at)):
            raise Unavailable(
                "A row is not of the day that was asked for. Nothing was kept.", code="NOT_OF_DAY"
            )
        self.read += 1
        if self.spool.add(kept):
            self.late += edited_after(self.report, kept, self.day.end)
        else:
            self.repeated += 1
            self.numbers += [kept.case_number] if len(self.numbers) < checks.MOST_NAMED else []
        if self.read % STEP == 0:
            self.progress(self.read)

    def note(self, *findings: Finding) -> None:
        self.findings += findings

    def check(self, before: int, again: Callable[[], int]) -> None:
        """The rows against the count from before, and where they differ, against one from now."""
        if self.read == before:
            return
        after = again()
        if not min(before, after) <= self.read <= max(before, after):
            raise incomplete(before, self.read)
        self.note(checks.moved(before, self.read, after))

    def conclude(self, now: datetime) -> tuple[Finding, ...]:
        """All there is to say, in a fixed order."""
        same, numbers = self.spool.same_numbers(checks.MOST_NAMED)
        counted = [
            (checks.no_rows(self.day), self.read == 0),
            (checks.not_over(self.day), now < self.day.end),
            (checks.repeated(self.repeated, self.numbers), self.repeated),
            (checks.same_number(same, numbers), same),
            (checks.late_edits(self.late), self.late),
        ]
        self.note(*(finding for finding, there in counted if there))
        self.note(*(checks.unreadable(*each) for each in sorted(self.unreadable.items())))
        self.progress(self.read)
        return tuple(self.findings)
