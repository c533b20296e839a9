"""The day as a workbook for the lead: what to decide, the clusters, what is parked, what to know, all cases.

The cases to decide on come sorted, so those rows wait on disk until all have been read.
https://xlsxwriter.readthedocs.io/workbook.html
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from sf_handoff.adapters.report_files.cells import Found, value_of
from sf_handoff.adapters.report_files.extra import report_extra
from sf_handoff.adapters.report_files.sheet import Book, Cell, Column, Link, Look, Table, on_paper
from sf_handoff.adapters.report_files.spool import Spool
from sf_handoff.calls.why import explained
from sf_handoff.ports import Row
from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.columns import Kind, ReportColumn
from sf_handoff.reports.decisions import Decision, NoticeDecision, ParkedDecision, proposal
from sf_handoff.reports.notices.grade import reading
from sf_handoff.reports.notices.kept import KeptNotice
from sf_handoff.reports.page.headline import name_of
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.triage import Flag
from sf_handoff.worktime import day_words, moment_words

EASTERN = "America/New_York"
DECIDE, CLUSTERS, PARKED, ABOUT, ALL = "Decide", "Clusters", "Parked", "About", "All cases"
NOTICES = "Notices"
CASE_NUMBER, DECISION, REASON, HANDOFF = "Case number", "Decision", "Reason", "Handoff"
NOTICE = "Notice"
TOLD = ("subject", "notes")  # what the case says stands beside what the rules say of it
PRINTED = 9  # columns of what is to be decided, up to the subject: the notes stay on the screen
_WIDTHS = {Kind.LONG_TEXT: 70, Kind.MOMENT: 17, Kind.DATE: 12, Kind.FLAG: 9, Kind.NUMBER: 11, Kind.ID: 21}
_OURS = {title.casefold() for title in (CASE_NUMBER, DECISION, REASON, HANDOFF, NOTICE)}
_HOW = (
    "Decide: start with the rows that have crisis words under Look first: open those in Salesforce now.",
    "Then choose under Decision, and say why under Reason: forward (to Insights & Analytics, as a technical "
    "problem), resolve here (the caller needs an explanation), not ours (another center's). "
    "An empty Decision means: not decided yet.",
    "Proposed is what the rules suggest. Nothing is decided by it.",
    "Clusters: the cases that are the same problem. They want the same decision.",
    "Parked: choose send again or discard for what Salesforce refused.",
    "Notices, where there are any: what customers would be told. Choose approve, hold or no outreach.",
    "You may sort, filter, hide and move columns, and add sheets of your own. "
    "Keep the titles of the columns.",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class About:
    """What the workbook says beside the rows. `case_url` is the address of a Case in Lightning, by its Id."""

    day: date
    made_at: datetime
    case_url: Callable[[str], str | None]
    parked: Sequence[Row] = ()
    notices: Sequence[KeptNotice] = ()
    notes: Sequence[str] = ()
    zone: str = EASTERN

    @property
    def zone_words(self) -> str:
        return "ET" if self.zone == EASTERN else self.zone


def write_xlsx(file: BinaryIO, rows: Iterable[ReportRow], found: Found, about: About) -> None:
    """XlsxWriter keeps the rows of a sheet in files too: they lie in a folder that only we can open."""
    with report_extra():
        import xlsxwriter  # type: ignore[import-untyped]

    with tempfile.TemporaryDirectory(prefix="sf-handoff-") as folder, _plain_errors():
        options = {"constant_memory": True, "tmpdir": folder}
        with xlsxwriter.Workbook(file, options) as workbook, Spool[ReportRow](Path(folder)) as spool:
            workbook.set_properties(
                {"created": about.made_at.replace(tzinfo=None), "title": found.report.title}
            )
            _fill(Book(workbook, ZoneInfo(about.zone)), rows, found, about, spool)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """A full disk is an OSError here too; XlsxWriter puts it into an error of its own."""
    from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

    failed: OSError | None = None
    try:
        yield
    except FileCreateError as error:
        failed = error.args[0]
    if failed:
        raise failed


def _fill(book: Book, rows: Iterable[ReportRow], found: Found, about: About, spool: Spool[ReportRow]) -> None:
    decide = Table(book, DECIDE, tuple(_to_decide(found, about)), printed=PRINTED)
    clusters = Table(book, CLUSTERS, _clusters(about))
    parked = Table(book, PARKED, _parked(about))
    notices = Table(book, NOTICES, _notices()) if about.notices else None
    sheet = book.workbook.add_worksheet(ABOUT)
    everything = Table(book, ALL, tuple(_all(found, about)))
    for row in rows:
        everything.add(row)
        flag = found.flags.get(row.case_number)
        if flag:
            spool.add(_first(row, flag, found), row)
    for row in spool.sorted():
        decide.add(row)
    for cluster in found.clusters:
        clusters.add(cluster)
    for each in about.parked:
        parked.add(each)
    for draft in about.notices:
        if notices:
            notices.add(draft)
    tables: dict[str, Table[Any]] = {
        "Cases": everything,
        "To decide": decide,
        "Clusters": clusters,
        "Parked handoffs": parked,
        **({"Notices to approve": notices} if notices else {}),
    }
    counts = {name: table.close() for name, table in tables.items()}
    _tell(book, sheet, _said(found, about, counts, book.cut))


def _first(row: ReportRow, flag: Flag, found: Found) -> tuple[bool, int, str, datetime, str]:
    """Crisis words first, then the highest tier; a cluster's cases stay together."""
    cluster = found.cluster_of.get(row.case_number)
    return (
        not flag.crisis,
        -flag.tier,
        cluster.fingerprint if cluster else "~",
        row.opened_at,
        row.case_number,
    )


def _to_decide(found: Found, about: About) -> Iterator[Column[ReportRow]]:
    def flag(row: ReportRow) -> Flag:
        return found.flags[row.case_number]

    def cluster(row: ReportRow) -> str | None:
        held = found.cluster_of.get(row.case_number)
        return f"{len(held.cases)} cases. {name_of(held)}" if held and len(held.cases) > 1 else None

    yield Column(CASE_NUMBER, lambda row: _link(row, about))
    yield Column("Look first", lambda row: "crisis words" if flag(row).crisis else None, width=12)
    yield Column("Tier", lambda row: _tier(flag(row)), width=6)
    yield Column("Proposed", lambda row: proposal(flag(row)), width=12)
    yield Column(DECISION, lambda row: None, width=14, choices=tuple(Decision), to_fill=True)
    yield Column(REASON, lambda row: None, width=28, to_fill=True)
    yield Column("Why", lambda row: "; ".join(flag(row).deciding) or None, width=40, wrapped=True)
    yield Column("Same problem", cluster, width=26, wrapped=True)
    by_name = {each.name: _plain(each, about) for each in found.columns}
    yield from (by_name.pop(each) for each in TOLD if each in by_name)
    yield Column("Mis-tagged", lambda row: flag(row).mistagged, width=30, wrapped=True)
    yield from (column for name, column in by_name.items() if name not in ("case_number", "case_id"))
    yield Column("Rules", lambda row: ", ".join(flag(row).rules), width=24, wrapped=True)


def _all(found: Found, about: About) -> Iterator[Column[ReportRow]]:
    for each in found.columns:
        by_number = each.name == "case_number"
        yield Column(CASE_NUMBER, lambda row: _link(row, about)) if by_number else _plain(each, about)

    def flag(row: ReportRow) -> Flag | None:
        return found.flags.get(row.case_number)

    yield Column("Notes cut", lambda row: row.cut, width=9)
    yield Column("Tier", lambda row: _tier(held) if (held := flag(row)) else None, width=6)
    yield Column("Rules", lambda row: ", ".join(held.rules) if (held := flag(row)) else None, width=24)
    yield Column(
        "Cluster",
        lambda row: held.fingerprint if (held := found.cluster_of.get(row.case_number)) else None,
        width=24,
    )


def _tier(flag: Flag) -> int | None:
    """Crisis words alone say nothing of the site."""
    return flag.tier if flag.rules else None


def _plain(column: ReportColumn, about: About) -> Column[ReportRow]:
    zone = f" ({about.zone_words})" if column.kind is Kind.MOMENT else ""
    title = column.label or column.name.replace("_", " ").capitalize()
    if title.casefold() in _OURS:
        title = f"{title} (org)"  # or what stands there would be read as a person's decision
    return Column(
        f"{title}{zone}",
        lambda row: value_of(row, column),
        width=40 if column.name == "subject" else _WIDTHS.get(column.kind, 18),
        wrapped=column.kind is Kind.LONG_TEXT or column.name == "subject",
    )


def _link(row: ReportRow, about: About) -> Cell:
    url = about.case_url(row.case_id)
    return Link(row.case_number, url) if url else row.case_number


def _clusters(about: About) -> tuple[Column[Cluster], ...]:
    zone = about.zone_words
    return (
        Column("Product", lambda each: each.product, width=20),
        Column("Page", lambda each: each.page, width=26),
        Column("What happens", lambda each: each.symptom, width=22),
        Column("Error", lambda each: each.signature, width=26),
        Column("Cases", lambda each: len(each.cases), width=8),
        Column("People", lambda each: each.people, width=8),
        Column("Tier", lambda each: each.tier, width=6),
        Column("Trend", lambda each: each.alert, width=30, wrapped=True),
        Column(f"First seen ({zone})", lambda each: each.first_seen, width=17),
        Column(f"Last seen ({zone})", lambda each: each.last_seen, width=17),
        Column("Why they belong together", lambda each: each.words, width=50, wrapped=True),
        Column("Case numbers", lambda each: ", ".join(each.cases), width=60, wrapped=True),
        Column("Fingerprint", lambda each: each.fingerprint, width=24),
    )


def _parked(about: About) -> tuple[Column[Row], ...]:
    return (
        Column(HANDOFF, lambda row: row.handoff_id, width=38),
        Column("Case", lambda row: row.case_number),
        Column(f"Since ({about.zone_words})", lambda row: row.settled_at or row.kept_at, width=17),
        Column("Code", lambda row: row.code, width=30),
        Column("What it means", lambda row: explained(row.code or "")[0], width=50, wrapped=True),
        Column("What to do", lambda row: explained(row.code or "")[1], width=50, wrapped=True),
        Column(DECISION, lambda row: None, width=16, choices=tuple(ParkedDecision), to_fill=True),
        Column(REASON, lambda row: None, width=30, to_fill=True),
    )


def _notices() -> tuple[Column[KeptNotice], ...]:
    """Whoever approves a text has it before them: its digest stands in the last column."""
    return (
        Column("Case", lambda each: each.notice.case_number),
        Column("Ticket", lambda each: each.notice.ticket, width=8),
        Column("Outcome", lambda each: each.notice.outcome.replace("_", " "), width=14),
        Column("Who tells", lambda each: each.notice.route.replace("_", " "), width=16),
        Column("Text", lambda each: f"{each.notice.subject}\n\n{each.notice.body}", width=70, wrapped=True),
        Column("To read", lambda each: str(reading(each.notice.body)), width=18, wrapped=True),
        Column(DECISION, lambda each: None, width=14, choices=tuple(NoticeDecision), to_fill=True),
        Column(REASON, lambda each: None, width=28, to_fill=True),
        Column(NOTICE, lambda each: f"{each.notice_id}/{each.notice.digest}", width=20),
    )


def _said(
    found: Found, about: About, counts: dict[str, int], too_long: Sequence[str]
) -> Iterator[tuple[str, str | int]]:
    yield "Day", f"{about.day:%A}, {day_words(about.day)}"
    yield "Made", moment_words(about.made_at, about.zone, about.zone_words)
    yield "Times", f"{about.zone_words} ({about.zone})"
    yield from counts.items()
    yield from (("How to use it", each) for each in _HOW)
    yield from (("Noted", each) for each in about.notes)
    yield from (("Cut, whole in the CSV", each) for each in too_long)


def _tell(book: Book, sheet: Any, said: Iterable[tuple[str, str | int]]) -> None:
    on_paper(sheet)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    for at, (name, value) in enumerate(said):
        sheet.write_string(at, 0, name, book.looks[Look.PLAIN])
        if isinstance(value, int):
            sheet.write_number(at, 1, value, book.looks[Look.LEFT])
        else:
            sheet.write_string(at, 1, book.text(value, ABOUT), book.looks[Look.WRAPPED])
