"""What a night brings, chore by chore: outbox, sweep, report, triage, issues, sync, notices, page.

The day is pulled once. What later chores need of it is gathered while its rows are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sf_handoff.answers import Synced
from sf_handoff.calls.states import Status
from sf_handoff.connector import Connector
from sf_handoff.daily import Daily, JudgedDay
from sf_handoff.errors import HandoffError, Unavailable
from sf_handoff.nightly import Chore, Told
from sf_handoff.reports.checks import Finding, named
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.listing import ListedTicket
from sf_handoff.reports.notices.values import NoticeState
from sf_handoff.reports.page.day_page import DayPage
from sf_handoff.reports.page.headline import counted, name_of
from sf_handoff.reports.triaged import TriagedDay
from sf_handoff.sweep import Sweep, Swept
from sf_handoff.telling import Prepared, Telling, Wrote
from sf_handoff.ticketing import Gathered, Planned, Ticketing

_MOST_NAMED = 5
NO_TRACKER = "No tracker is set: no tickets are filed from here."


@dataclass(frozen=True)
class OfDay:
    """What is kept of a pulled day until the night is over. `lost` is why no ticket can be drafted of it."""

    judged: JudgedDay
    page: DayPage
    gathered: Gathered | None = None
    lost: HandoffError | None = None


@dataclass(frozen=True, kw_only=True)
class NightWork:
    """The chores. What needs a tracker is None where none is set.

    `page_of` makes a day's page while its rows are there, `write_page` writes it once more.
    """

    connector: Connector
    sweep: Sweep
    daily: Daily
    report_id: str
    out: Path
    clock: Callable[[], datetime]
    ticketing: Ticketing | None
    sync: Callable[[], Synced] | None
    telling: Telling | None
    keep_texts: timedelta
    page_of: Callable[[JudgedDay], DayPage]
    open_tickets: Callable[[], tuple[ListedTicket, ...] | None]
    write_page: Callable[[DayPage, Path], Path]
    days: dict[date, OfDay] = field(default_factory=dict)

    def chores(self) -> tuple[Chore, ...]:
        return (
            Chore("outbox", self._outbox),
            Chore("sweep", self._sweep),
            Chore("report", self._report, daily=True),
            Chore("triage", self._triage, needs=("report",), daily=True),
            Chore("issues", self._issues, needs=("triage",), daily=True),
            Chore("sync", self._sync),
            Chore("notices", self._notices, needs=("sync",)),
            Chore("page", self._pages),
        )

    def _outbox(self, day: ReportDay) -> Told:
        sent = self.connector.resync()
        emptied = self.connector.purge()
        left = len(self.connector.outbox(states=(Status.DUE,)))
        if left:
            raise Unavailable(
                f"{counted(left, 'handoff')} still due. See: sf-handoff outbox list", code="DUE"
            )
        delivered = sum(each.status is Status.DELIVERED for each in sent)
        parked = len(self.connector.outbox(states=(Status.PARKED,)))
        needs = (
            (f"{counted(parked, 'handoff')} parked: sf-handoff outbox list --status parked",)
            if parked
            else ()
        )
        words = f"{delivered} delivered, none is due any more; {emptied} emptied, whose time was over."
        return Told(words, needs, {"delivered": delivered, "parked": parked, "emptied": emptied})

    def _sweep(self, day: ReportDay) -> Told:
        swept = self.sweep.run(self.clock())
        if swept.stopped:
            raise swept.stopped
        return Told(_swept_words(swept), tuple(_swept_needs(swept)), dict(swept.counts))

    def _report(self, day: ReportDay) -> Told:
        with self.daily.opened(day, self.report_id, compared=True) as judged:
            files = self.daily.finished(judged, self.out)
            self.days[day.date] = self._gathered(judged)
        pull = judged.pull
        after = f"{counted(pull.calls, 'API call')}; {counted(len(files), 'file')}"
        words = f"{counted(pull.count, 'case')}, all of them, after {after}."
        return Told(words, _needs(judged.findings), {"rows": pull.count, "api_calls": pull.calls})

    def _gathered(self, judged: JudgedDay) -> OfDay:
        """The report stands, whatever becomes of its tickets."""
        page = self.page_of(judged)
        if self.ticketing is None:
            return OfDay(judged, page)
        try:
            return OfDay(judged, page, self.ticketing.gather(judged))
        except HandoffError as error:
            return OfDay(judged, page, lost=error)

    def _triage(self, day: ReportDay) -> Told:
        triaged = self.days[day.date].judged.triaged
        counts = {
            "flagged": len(triaged.flags),
            "technical": triaged.technical,
            "problems": len(triaged.clusters),
        }
        return Told(triage_words(triaged), tuple(_crisis(triaged)), counts)

    def _issues(self, day: ReportDay) -> Told:
        kept = self.days[day.date]
        if self.ticketing is None:
            return Told(NO_TRACKER)
        if kept.lost:
            raise kept.lost
        assert kept.gathered is not None
        planned = self.ticketing.plan(kept.gathered)
        filed = self.ticketing.file(planned)
        if filed.unavailable:
            raise Unavailable(filed.unavailable, code="TRACKER")
        does: dict[str, int] = {}
        for each in planned.plan.actions:
            does[each.does.value] = does.get(each.does.value, 0) + 1
        said = ", ".join(f"{number} {name}" for name, number in sorted(does.items()))
        return Told(f"{said or 'nothing to file'}.", (*held(planned), *_needs(filed.findings)), does)

    def _sync(self, day: ReportDay) -> Told:
        if self.sync is None:
            return Told(NO_TRACKER)
        synced = self.sync()
        return Told(synced_words(synced), _needs(synced.findings), {"seen": synced.seen})

    def _notices(self, day: ReportDay) -> Told:
        """Drafts, writes what was approved, and notes which tickets everybody was told of."""
        if self.telling is None:
            return Told(NO_TRACKER)
        prepared = self.telling.prepare()
        reopened = self.telling.reopen_broken()
        wrote = self.telling.write()
        told = self.telling.settle()
        self.telling.purge(self.keep_texts)
        if wrote.stopped:
            raise wrote.stopped
        needs = [*_needs(prepared.findings), *_notice_needs(prepared, wrote)]
        calls = counted(prepared.api_calls + wrote.api_calls, "API call")
        everybody = f"{counted(len(told), 'ticket')} told to everybody"
        words = f"{counted(len(wrote.done), 'notice')} written, {everybody}; {calls}."
        counts = {"written": len(wrote.done), "told": len(told), "reopened": reopened}
        return Told(words, tuple(needs), counts | {str(name): each for name, each in prepared.counts.items()})

    def _pages(self, day: ReportDay) -> Told:
        """The pages of this night's days, with what is open now; and what of it is overdue."""
        tickets, now = self.open_tickets(), self.clock()
        for kept in self.days.values():
            self.write_page(replace(kept.page, tickets=tickets, made_at=now), self.out)
        words = f"{counted(len(self.days), 'page')} written again."
        if tickets is None:
            return Told(words)
        late = [each for each in tickets if each.overdue(now)]
        counts = {"open": len(tickets), "overdue": len(late)}
        words = f"{words} {counted(len(tickets), 'ticket')} open, {len(late)} overdue."
        return Told(words, tuple(_overdue(late, now)), counts)


def synced_words(synced: Synced) -> str:
    said = f"{counted(synced.seen, 'ticket')} looked at, {len(synced.resolved)} resolved now"
    more = [
        f"{len(found)} {words}"
        for found, words in (
            (synced.unresolved, "closed without what callers can be told"),
            (synced.reopened, "open again"),
            (synced.gone, "gone or moved"),
        )
        if found
    ]
    return f"{', '.join((said, *more))}."


def _overdue(late: Sequence[ListedTicket], now: datetime) -> Iterable[str]:
    """What presses most, dates set by law first; the whole list has its own command."""
    for ticket in late[:_MOST_NAMED]:
        clock = next(each for each in ticket.running if each.overdue(now))
        yield f"#{ticket.number} {clock.words(now)}"
    if len(late) > _MOST_NAMED:
        yield f"{len(late) - _MOST_NAMED} more are overdue: sf-handoff issues list"


def _notice_needs(prepared: Prepared, wrote: Wrote) -> Iterable[str]:
    drafts = prepared.counts.get(NoticeState.DRAFT.value, 0)
    if drafts:
        yield f"{counted(drafts, 'notice')} to approve: sf-handoff notices list --state draft"
    for notice_id, code in sorted(wrote.parked.items()):
        yield f"Notice {notice_id[:8]} could not be written ({code}): sf-handoff notices show {notice_id[:8]}"


def triage_words(triaged: TriagedDay) -> str:
    trending = [name_of(each) for each in triaged.clusters if each.alert]
    said = f" Trending: {'; '.join(trending)}." if trending else ""
    return (
        f"{len(triaged.flags)} to decide on, {triaged.technical} of them technical: "
        f"{counted(len(triaged.clusters), 'problem')}.{said}"
    )


def held(planned: Planned) -> tuple[str, ...]:
    """Problems that are no ticket before somebody has looked."""
    return tuple(
        f"Not filed: {each.why}. Look at {named(len(each.cases), each.cases)}."
        for each in planned.drafted.held
    )


def _crisis(triaged: TriagedDay) -> Iterable[str]:
    if triaged.crisis:
        first = named(len(triaged.crisis), triaged.crisis)
        yield f"Look at these first, there are crisis words in them: {first}."


def _needs(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(each.words for each in findings if each.needs_a_person)


def _swept_words(swept: Swept) -> str:
    counts = swept.counts
    return (
        f"{counts['no_call']} closed that no call came for, {counts['outcomes']} outcomes read back, "
        f"{counts['emptied']} emptied of old context; {counted(swept.api_calls, 'API call')}."
    )


def _swept_needs(swept: Swept) -> Iterable[str]:
    if swept.listed:
        first = ", ".join(each.case_number or each.handoff_id for each in swept.listed[:5])
        yield f"{counted(len(swept.listed), 'call')} without an outcome for two working days: {first}."
    if swept.counts["wrong_person"]:
        yield "A call had reached the wrong person: sf-handoff outbox list --code WRONG_PERSON"
    for each in swept.findings:
        yield f"{each.handoff_id}: its Case could not be brought up to date ({each.code})."
