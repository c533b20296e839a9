"""Writes a judged day in the formats that are asked for: all of the files, or none."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from sf_handoff.adapters.report_files.cells import Found
from sf_handoff.adapters.report_files.csv import write_csv
from sf_handoff.adapters.report_files.html import write_page
from sf_handoff.adapters.report_files.jsonl import write_jsonl
from sf_handoff.adapters.report_files.xlsx import About, write_xlsx
from sf_handoff.adapters.whole_file import write_together
from sf_handoff.reports.page.day_page import DayPage

if TYPE_CHECKING:
    from sf_handoff.daily import JudgedDay
    from sf_handoff.reports.listing import ListedTicket

Tickets: TypeAlias = "tuple[ListedTicket, ...] | None"
ENDINGS = {"csv": "csv", "xlsx": "xlsx", "html": "html", "json": "jsonl"}


def write_day(
    day: JudgedDay,
    out: Path,
    formats: Collection[str],
    *,
    made_at: datetime,
    case_url: Callable[[str], str | None],
    tickets: Tickets = None,
) -> tuple[Path, ...]:
    """The files, named after the day. Those of an earlier run give way once all of them are written.

    `tickets` are the open ones, for the page; None where they are not known.
    """
    found = Found(day.pull.report, day.triaged.by_case, day.triaged.clusters)
    writers: dict[str, Callable[[BinaryIO], None]] = {
        "csv": lambda file: write_csv(file, day.pull.rows(), found),
        "json": lambda file: write_jsonl(file, day.pull.rows(), found),
        "xlsx": lambda file: write_xlsx(file, day.pull.rows(), found, _about(day, made_at, case_url)),
        "html": lambda file: write_page(file, page_of(day, made_at, case_url, tickets)),
    }
    files = {path_of(out, day.pull.day.date, name): writers[name] for name in formats}
    write_together(tuple(files.items()))
    return tuple(files)


def _about(day: JudgedDay, made_at: datetime, case_url: Callable[[str], str | None]) -> About:
    return About(
        day=day.pull.day.date,
        made_at=made_at,
        case_url=case_url,
        parked=day.parked,
        notices=day.notices,
        notes=[each.words for each in day.findings],
        zone=day.pull.day.zone,
    )


def path_of(out: Path, day: date, name: str) -> Path:
    return out / f"whh-{day}.{ENDINGS[name]}"


def write_page_again(page: DayPage, out: Path) -> Path:
    """In the place of the day's page, whose rows are gone."""
    path = path_of(out, page.counts.date, "html")
    write_together(((path, lambda file: write_page(file, page)),))
    return path


def page_of(
    day: JudgedDay, made_at: datetime, case_url: Callable[[str], str | None], tickets: Tickets = None
) -> DayPage:
    return DayPage(
        title=day.pull.report.title,
        counts=day.counts,
        made_at=made_at,
        history=day.history,
        clusters=day.triaged.clusters,
        to_decide=len(day.triaged.flags),
        crisis=day.triaged.crisis,
        tickets=tickets,
        comparisons=day.comparisons,
        funnel=day.funnel,
        mistagged=dict(day.triaged.training),
        problems=tuple(each.words for each in day.findings if each.needs_a_person),
        notes=tuple(each.words for each in day.findings if not each.needs_a_person),
        links=_links(day, case_url),
        timezone=day.pull.day.zone,
    )


def _links(day: JudgedDay, case_url: Callable[[str], str | None]) -> dict[str, str]:
    """The addresses of the cases that the page names."""
    flagged = day.triaged.by_case
    found = (
        (row.case_number, case_url(row.case_id)) for row in day.pull.rows() if row.case_number in flagged
    )
    return {number: url for number, url in found if url}
