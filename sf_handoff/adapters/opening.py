"""Puts flow 2 together from the settings: report days, tickets, answers, nights."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from sf_handoff.adapters.assembly import LateEmbedded, case_address, open_salesforce, open_store, reached
from sf_handoff.adapters.report_rows import RecordRows
from sf_handoff.adapters.report_runs import ReportRuns
from sf_handoff.adapters.salesforce import SalesforceOrg
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.spool import Spool
from sf_handoff.connector import utc_now
from sf_handoff.daily import Daily, JudgedDay
from sf_handoff.mapping import load
from sf_handoff.pull import ReportPull
from sf_handoff.reports.columns import ReportMap


def report_pull(
    salesforce: SalesforceOrg | LateEmbedded,
    report: ReportMap,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
    progress: Callable[[int], None] = lambda rows: None,
) -> ReportPull:
    """What pulls days of the report from this org."""
    return ReportPull(
        reports=ReportRuns(salesforce, sleep),
        records=RecordRows(salesforce, sleep),
        salesforce=salesforce,
        spool=Spool,
        report=report,
        clock=clock,
        progress=progress,
    )


@contextmanager
def open_daily(
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    progress: Callable[[int], None] = lambda rows: None,
) -> Iterator[tuple[Daily, str]]:
    """What runs report days, and the Id of the saved report; with `ORG=embedded` on the embedded org."""
    mappings = load(settings.mappings)
    with ExitStack() as opened:
        settings = reached(opened, settings, mappings)
        salesforce = opened.enter_context(closing(open_salesforce(settings)))
        books = opened.enter_context(closing(open_store(settings, clock)))
        daily = Daily(
            puller=report_pull(salesforce, mappings.report, clock, progress=progress),
            books=books,
            mappings=mappings,
            write=partial(write_files, clock, settings.org),
        )
        yield daily, settings.report_id


def write_files(
    clock: Callable[[], datetime], org: str, day: JudgedDay, out: Path, formats: Collection[str]
) -> tuple[Path, ...]:
    """Imported here: only who writes files needs what draws and fills them."""
    from sf_handoff.adapters.report_files.write import write_day

    address = partial(case_address, org)
    return write_day(day, out, formats, made_at=clock(), case_url=address)
