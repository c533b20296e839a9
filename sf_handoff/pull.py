"""Flow 2 begins: one day of the report, all of it or a loud error.

saved report → runs, sliced where they are cut off ↘
                                                     rows → counted, whole texts → Pull
declared report → SOQL pages, or a Bulk query ↗
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

from sf_handoff.calls.composite import CompositeRequest
from sf_handoff.calls.lookups import rows_of
from sf_handoff.connector import utc_now
from sf_handoff.errors import Misconfigured, Rejected
from sf_handoff.ports import Records, Reports, Salesforce, Spool
from sf_handoff.pull_intake import Intake, Pull, Source
from sf_handoff.pull_slices import Piece, SlicedReport
from sf_handoff.reports import checks, headings, texts
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.columns import ReportMap
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.headings import Headings
from sf_handoff.reports.reading import Reader
from sf_handoff.reports.slices import Window
from sf_handoff.retry import OVERNIGHT, Call, Expected, RetryPolicy

# From so many rows on a Bulk query: fewer calls, and the org takes its time.
BULK_FROM = 50_000


class ReportPull:
    """Pulls days of the report that `report` declares.

    `progress` is told now and then how many rows have been read.
    """

    def __init__(
        self,
        *,
        reports: Reports,
        records: Records,
        salesforce: Salesforce,
        spool: Callable[[], Spool],
        report: ReportMap,
        clock: Callable[[], datetime] = utc_now,
        progress: Callable[[int], None] = lambda rows: None,
        policy: RetryPolicy = OVERNIGHT,
    ) -> None:
        self._reports, self._records, self._salesforce = reports, records, salesforce
        self._spool, self._report, self._clock = spool, report, clock
        self._progress, self._policy = progress, policy

    def pull(self, day: ReportDay, report_id: str = "") -> Pull:
        """All rows of the day, by the saved report of this Id, else by the declared query.

        Raises Misconfigured (a column is missing, the format is not read, a minute has too many rows),
        Unavailable (`INCOMPLETE`: the counts do not agree), Exhausted; then nothing was kept.
        """
        spool = self._spool()
        try:
            intake = Intake(day, self._report, spool, self._progress, Call(self._policy))
            source = self._by_report(intake, report_id) if report_id else self._by_query(intake)
            findings = intake.conclude(self._clock())
        except BaseException:
            spool.close()
            raise
        return Pull(day, self._report, source, spool, intake.call.requests, findings)

    # By a saved report

    def _by_report(self, intake: Intake, report_id: str) -> Source:
        described = self._described(report_id, intake.call)
        found, saved = headings.of_report(described, self._report), described["reportMetadata"]
        intake.note(*found.findings, *self._date_filter(saved))
        sliced = SlicedReport(self._reports, report_id, saved, self._report, found.columns, self._policy)
        day = Window(intake.day.start, intake.day.end)
        first = sliced.piece(day)
        self._into(intake, first)
        if first.cut_off:
            self._slices(intake, sliced, day, first.total)
        self._whole_texts(intake, found)
        return Source.REPORT

    def _slices(self, intake: Intake, sliced: SlicedReport, day: Window, total: int) -> None:
        with closing(sliced.pieces(day, total, intake.call)) as pieces:
            for piece in pieces:
                self._into(intake, piece)

        def again() -> int:
            counted = sliced.piece(day)
            intake.call.requests += counted.requests
            return counted.total

        intake.check(total, again)

    def _into(self, intake: Intake, piece: Piece) -> None:
        intake.call.requests += piece.requests
        intake.unreadable += piece.unreadable
        if not piece.adds_up and not piece.cut_off and checks.sub_counts() not in intake.findings:
            intake.note(checks.sub_counts())
        for kept in piece.rows:
            intake.take(kept)

    def _described(self, report_id: str, call: Call) -> Mapping[str, Any]:
        try:
            return self._reports.describe(report_id, call)
        except (Rejected, Misconfigured) as error:
            if error.code != "NOT_FOUND":
                raise
        raise Misconfigured(
            "REPORT_ID: there is no such report, or the user may not see it.", code="NO_REPORT"
        )

    def _date_filter(self, saved: Mapping[str, Any]) -> list[Finding]:
        dates = saved.get("standardDateFilter") or {}
        used = dates.get("startDate") or (dates.get("durationValue") or "CUSTOM") != "CUSTOM"
        other = dates.get("column") != self._report.column("opened_at").column
        return [checks.date_filter(str(dates.get("column")))] if used and other else []

    def _whole_texts(self, intake: Intake, found: Headings) -> None:
        """Reads the texts again that the report may have cut, a thousand rows a call."""
        after, cut, lost = "", 0, list[str]()
        while some := intake.spool.doubtful(after, texts.A_CALL):
            after = some[-1][0]
            request = texts.asked(self._report.sobject, found.columns, [case_id for case_id, _, _ in some])
            records = self._texts(request, intake.call)
            for case_id, number, values in some:
                if case_id not in records:
                    intake.spool.cut(case_id)
                    lost.append(number)
                    continue
                whole, was_cut = texts.completed(self._report, values, records[case_id])
                intake.spool.put(case_id, whole)
                cut += was_cut
        intake.note(*([checks.cut_texts(cut)] if cut else []))
        intake.note(*([checks.lost_texts(len(lost), lost)] if lost else []))

    def _texts(self, request: CompositeRequest, account: Call) -> dict[str, Mapping[str, Any]]:
        call = Call(self._policy, expected=Expected.ROWS)
        try:
            parts = self._salesforce.composite(request, call)
        finally:
            account.requests += call.requests
        return {str(each["Id"]): each for each in rows_of(parts)}

    # By query

    def _by_query(self, intake: Intake) -> Source:
        report, call = self._report, intake.call
        found = headings.of_sobject(self._records.describe(report.sobject, call), report)
        intake.note(*found.findings)
        where = self._where(intake.day)
        counting = f"SELECT COUNT() FROM {report.sobject} WHERE {where}"  # noqa: S608
        names = ", ".join(each.field for each in found.columns)
        soql = f"SELECT {names} FROM {report.sobject} WHERE {where}"  # noqa: S608
        before = self._records.count(counting, call)
        source = Source.BULK if before >= BULK_FROM else Source.QUERY
        reader = Reader(report, found.columns)
        with closing(self._found(source, soql, intake)) as records:
            for record in records:
                intake.take(reader.from_record(record))
        intake.unreadable += reader.unreadable
        intake.check(before, lambda: self._records.count(counting, call))
        return source

    def _found(self, source: Source, soql: str, intake: Intake) -> Generator[Mapping[str, Any], None, None]:
        if source is Source.QUERY:
            return self._records.pages(soql, intake.call)
        return self._records.bulk(soql, intake.call, lambda: self._progress(intake.read))

    def _where(self, day: ReportDay) -> str:
        own = f" AND ({self._report.where})" if self._report.where else ""
        return day.where(self._report.column("opened_at").field) + own
