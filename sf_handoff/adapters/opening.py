"""Puts flow 2 together from the settings: report days, tickets, answers, nights."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path

from sf_handoff.adapters.assembly import (
    LateEmbedded,
    case_address,
    open_salesforce,
    open_store,
    open_tracker,
    reached,
)
from sf_handoff.adapters.report_rows import RecordRows
from sf_handoff.adapters.report_runs import ReportRuns
from sf_handoff.adapters.salesforce import SalesforceOrg
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.spool import Spool
from sf_handoff.adapters.store import SqlStore
from sf_handoff.answers import Sync
from sf_handoff.answers_reopening import Reopened, Reopening
from sf_handoff.connector import Connector, utc_now
from sf_handoff.daily import Daily, JudgedDay
from sf_handoff.errors import HandoffError, Misconfigured
from sf_handoff.filing import Filing
from sf_handoff.mapping import MappingSet, load
from sf_handoff.night_work import NightWork
from sf_handoff.nightly import Nightly
from sf_handoff.ports import Salesforce, Tracker
from sf_handoff.pull import ReportPull
from sf_handoff.reports.clocks import clocks_at
from sf_handoff.reports.columns import ReportMap
from sf_handoff.reports.listing import ListedTicket
from sf_handoff.reports.page.day_page import DayPage
from sf_handoff.reports.plan import Texts
from sf_handoff.reports.ticket_later import summary_of, tally_text
from sf_handoff.sweep import Sweep
from sf_handoff.telling import Telling
from sf_handoff.ticket_list import open_tickets
from sf_handoff.ticketing import Ticketing
from sf_handoff.webhooks import Webhooks


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


@dataclass(frozen=True)
class Opened:
    """The sides of flow 2, open until their block ends. `settings` are those by which they are reached."""

    settings: Settings
    mappings: MappingSet
    salesforce: SalesforceOrg
    store: SqlStore
    clock: Callable[[], datetime]
    stack: ExitStack
    sleep: Callable[[float], None] = time.sleep

    @cached_property
    def tracker(self) -> Tracker:
        """Opened when it is first asked for: a report needs none. Raises Misconfigured."""
        return self.stack.enter_context(closing(open_tracker(self.settings, self.sleep)))

    @property
    def connector(self) -> Connector:
        """For the outbox. It is closed with its sides, which it shares."""
        return Connector(
            salesforce=self.salesforce,
            store=self.store,
            mappings=self.mappings,
            clock=self.clock,
            codes=self.settings.codes,
            hold_out=self.settings.hold_out,
            keep_for=self.settings.keep_for,
            send_after_pop=False,
        )

    def sweep(self) -> Sweep:
        return Sweep(
            salesforce=self.salesforce,
            store=self.store,
            mappings=self.mappings,
            clock=self.clock,
            context=timedelta(days=self.settings.crm_context_days),
        )

    def sync(self) -> Sync:
        maps = self.mappings
        if maps.notices is None:
            raise Misconfigured("MAPPINGS: the maps have no `notices`.")
        return Sync(
            self.tracker,
            self.store,
            self.store,
            self.store,
            labels=maps.labels,
            marks=maps.notices.marks,
            authors=self.settings.authors,
            sleep=self.sleep,
        )

    def reopen(self, ticket_id: str, case_number: str) -> Reopened:
        """Opens a ticket again, for a customer who says that it still does not work."""
        maps = self.mappings
        reopening = Reopening(
            self.tracker,
            self.store,
            self.store,
            labels=maps.labels,
            returns=maps.tickets.returns,
            clock=self.clock,
            sleep=self.sleep,
        )
        return reopening.reopen(ticket_id, case_number)

    def telling(self) -> Telling:
        return Telling(
            salesforce=self.salesforce,
            store=self.store,
            ledger=self.store,
            resolutions=self.store,
            maps=self.mappings,
            clock=self.clock,
            reopen=self.reopen if self.settings.tracks else None,
        )

    def open_tickets(self) -> tuple[ListedTicket, ...] | None:
        """For the day's page; None where there is no tracker, or the ledger can't be asked."""
        if not self.settings.tracks:
            return None
        maps = self.mappings
        with suppress(HandoffError):
            ids = [each.ticket_id for each in self.store.tickets()]
            told, reopened = self.store.told_at(ids), self.store.reopened_at(ids)
            return open_tickets(
                self.store, self.tracker, maps.clocks, maps.labels, told=told, reopened=reopened
            ).tickets
        return None

    def page_of(self, day: JudgedDay) -> DayPage:
        """The page of a day whose rows are still there, without its tickets."""
        from sf_handoff.adapters.report_files.write import page_of

        return page_of(day, self.clock(), partial(case_address, self.settings.org))

    def write_page(self, page: DayPage, out: Path) -> Path:
        """In the place of the day's page."""
        from sf_handoff.adapters.report_files.write import write_page_again

        return write_page_again(page, out)

    def write_files(self, day: JudgedDay, out: Path, formats: Collection[str]) -> tuple[Path, ...]:
        """Imported here: only who writes files needs what draws and fills them."""
        from sf_handoff.adapters.report_files.write import write_day

        tickets = self.open_tickets() if "html" in formats else None
        address = partial(case_address, self.settings.org)
        return write_day(day, out, formats, made_at=self.clock(), case_url=address, tickets=tickets)

    def daily(self, progress: Callable[[int], None] = lambda rows: None) -> Daily:
        return Daily(
            puller=report_pull(self.salesforce, self.mappings.report, self.clock, self.sleep, progress),
            books=self.store,
            mappings=self.mappings,
            write=self.write_files,
        )

    def filing(self) -> Filing:
        maps = self.mappings
        texts = Texts(
            tally=lambda ticket: tally_text(ticket, maps.tickets),
            summary=lambda day, over: summary_of(over, day, maps),
        )
        return Filing(
            self.tracker,
            self.store,
            map=maps.tickets,
            labels=maps.labels,
            texts=texts,
            clock=self.clock,
            sleep=self.sleep,
        )

    def ticketing(self) -> Ticketing:
        maps = self.mappings
        return Ticketing(
            filing=self.filing,
            ledger=self.store,
            salesforce=self.salesforce,
            mappings=maps,
            clocks=lambda priority, start: [
                (each.name, each.due) for each in clocks_at(start, priority, maps.clocks)
            ],
            clock=self.clock,
        )


@contextmanager
def open_sides(
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Opened]:
    """Salesforce, the store and, when it is needed, the tracker; with `ORG=embedded` the embedded ones."""
    mappings = load(settings.mappings)
    with ExitStack() as stack:
        settings = reached(stack, settings, mappings)
        salesforce = stack.enter_context(closing(open_salesforce(settings, sleep=sleep)))
        store = stack.enter_context(closing(open_store(settings, clock)))
        yield Opened(settings, mappings, salesforce, store, clock, stack, sleep)


@contextmanager
def open_daily(
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    progress: Callable[[int], None] = lambda rows: None,
) -> Iterator[tuple[Daily, str]]:
    """What runs report days, and the Id of the saved report."""
    with open_sides(settings, clock) as sides:
        yield sides.daily(progress), sides.settings.report_id


@contextmanager
def open_webhooks(settings: Settings) -> Iterator[Webhooks]:
    """What takes GitHub's webhooks, for a service to mount. Raises Misconfigured."""
    with closing(open_store(settings)) as store:
        yield Webhooks(settings.webhook_secret.get_secret_value(), settings.github_repo, store)


@contextmanager
def open_telling(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Iterator[Telling]:
    """What tells customers of resolved tickets. Nobody signs in before something is to be read or written;
    where it still does not work, the night opens the ticket again."""
    mappings = load(settings.mappings)
    with ExitStack() as opened:
        late: Salesforce = (
            LateEmbedded(settings, mappings) if settings.embedded else open_salesforce(settings)
        )
        opened.callback(late.close)
        store = opened.enter_context(closing(open_store(settings, clock)))
        yield Telling(
            salesforce=late,
            store=store,
            ledger=store,
            resolutions=store,
            maps=mappings,
            clock=clock,
        )


@contextmanager
def open_nightly(
    settings: Settings,
    out: Path,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Nightly]:
    """What cron runs. The day's files go to the folder `out`."""
    with open_sides(settings, clock, sleep) as sides:
        tracked = bool(sides.settings.tracks)
        work = NightWork(
            connector=sides.connector,
            sweep=sides.sweep(),
            daily=sides.daily(),
            report_id=sides.settings.report_id,
            out=out,
            clock=clock,
            ticketing=sides.ticketing() if tracked else None,
            # Opened by its chore: a tracker that is set up wrongly stops only what needs one.
            sync=(lambda: sides.sync().run()) if tracked else None,
            telling=sides.telling() if tracked else None,
            keep_texts=settings.keep_for.delivered,
            page_of=sides.page_of,
            open_tickets=sides.open_tickets,
            write_page=sides.write_page,
        )
        run_id = f"night-{clock():%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        yield Nightly(work.chores(), sides.store, clock, sides.settings.timezone, run_id)
