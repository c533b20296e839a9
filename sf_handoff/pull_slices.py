"""All rows of one day of a saved report: one run, or runs over windows of time that are each complete.

A run that is cut off is not used but for what it counts. Windows are worked off newest first, a narrower one
before its neighbours, so that a report which can never be complete is found out after a dozen runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sf_handoff.errors import Misconfigured, Unavailable, Uncertain
from sf_handoff.ports import Reports
from sf_handoff.reports.columns import ReportColumn, ReportMap
from sf_handoff.reports.reading import Kept, Reader
from sf_handoff.reports.runs import ReportRun, checked
from sf_handoff.reports.slices import MOST_ROWS, Window, heeded, narrowed
from sf_handoff.retry import Call, RetryPolicy

# Each holds an answer of 2,000 rows in memory; an org lets 20 run at once.
AT_ONCE = 4
# Of the 500 in an hour, for one pull.
MOST_RUNS = 400
# Cases do not come evenly: so many runs for each that is planned.
UNEVEN = 1.5


@dataclass(frozen=True)
class Piece:
    """What one run gave: all rows of its window, or none where it was cut off. `total` is its own count."""

    window: Window
    total: int
    cut_off: bool
    adds_up: bool
    rows: tuple[Kept, ...]
    unreadable: Counter[str]
    requests: int


@dataclass
class SlicedReport:
    """One saved report, read through the columns that were found in it."""

    runs: Reports
    report_id: str
    saved: Mapping[str, Any]
    report: ReportMap
    columns: Sequence[ReportColumn]
    policy: RetryPolicy

    def piece(self, window: Window) -> Piece:
        """The window in one run, cut off or not."""
        call = Call(self.policy)
        changes = narrowed(self.saved, self.report.column("opened_at").column, window)
        run = checked(self.runs.run(self.report_id, changes, call))
        if not heeded(changes, run.metadata):
            raise _not_heeded()
        if not run.names.issuperset(each.column for each in self.columns):
            raise Uncertain("The report has changed while it was pulled. Pull it again.", code="BAD_ANSWER")
        reader = Reader(self.report, self.columns)
        rows = () if run.cut_off else self._rows(run, window, reader)
        return Piece(window, run.total, run.cut_off, run.adds_up, rows, reader.unreadable, call.requests)

    def pieces(self, window: Window, total: int, call: Call) -> Generator[Piece, None, None]:
        """The window in parts that are each complete, in any order. Raises Misconfigured where a minute is
        still too much."""
        todo = list(window.parts(total))
        self.runs.plan(int(len(todo) * UNEVEN), call)
        begun = 0
        running: set[Future[Piece]] = set()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while todo or running:
                while todo and len(running) < AT_ONCE:
                    running.add(pool.submit(self.piece, todo.pop()))
                    begun += 1
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for piece in (each.result() for each in done):
                    if piece.cut_off:
                        todo += _narrower(piece, begun)
                    yield piece

    def _rows(self, run: ReportRun, window: Window, reader: Reader) -> tuple[Kept, ...]:
        rows = tuple(reader.from_cells(each) for each in run.rows())
        if not all(window.start <= datetime.fromisoformat(each.opened_at) < window.end for each in rows):
            raise _not_heeded()
        if len(rows) != run.total:
            raise incomplete(run.total, len(rows))
        return rows


def incomplete(total: int, read: int) -> Unavailable:
    return Unavailable(
        f"Not all rows are there: the report counts {total:,}, and {read:,} were read. Nothing was kept.",
        code="INCOMPLETE",
    )


def _narrower(piece: Piece, begun: int) -> tuple[Window, ...]:
    parts = piece.window.parts(piece.total)
    if not parts:
        raise Misconfigured(
            f"Not all rows are there: the report shows at most {MOST_ROWS:,}, and the one minute from "
            f"{piece.window.words} has more. Pull by query instead: unset REPORT_ID.",
            code="INCOMPLETE",
        )
    if begun + len(parts) > MOST_RUNS:
        raise Misconfigured(
            f"Not all rows are there after {begun} runs of the report. Pull by query instead: unset "
            "REPORT_ID.",
            code="INCOMPLETE",
        )
    return parts


def _not_heeded() -> Misconfigured:
    return Misconfigured(
        "The report did not go by the filters for the day that it was run with. Pull by query instead: unset "
        "REPORT_ID.",
        code="REPORT_FILTERS",
    )
