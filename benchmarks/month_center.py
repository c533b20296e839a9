"""The contact center each morning: approves, chooses, decides in the workbook, tries, exports mails."""

from __future__ import annotations

import json
import random
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from benchmarks.month_world import World, at
from sf_handoff.adapters.assembly import open_store
from sf_handoff.adapters.notice_mails import write_mails
from sf_handoff.adapters.opening import open_telling
from sf_handoff.adapters.report_files.decisions import read_notice_decisions
from sf_handoff.reports.decisions import NoticeDecision
from sf_handoff.reports.notices.attempts import next_attempt
from sf_handoff.reports.notices.kept import KeptNotice
from sf_handoff.reports.notices.values import Means, NoticeState, Reached
from sf_handoff.telling import Telling

BY = "005000000000001AAA"
MORNING = 4.0  # hours after midnight in Washington, when the night is over
APPROVED, TRIED, CAME_BACK = 85, 80, 1  # of a hundred
WENT = {
    Reached.REACHED: 56,
    Reached.NO_ANSWER: 28,
    Reached.BOUNCED: 9,
    Reached.REFUSED: 6,
    Reached.STILL_BROKEN: 1,
}
LEFT_FOR_THE_WORKBOOK = 4  # the morning on which nothing is approved


@dataclass(frozen=True)
class Done:
    """One thing that was done with a notice."""

    day: date
    what: str
    notice_id: str
    ticket_id: str
    ticket: int
    turn: int
    case_id: str
    case_number: str


@dataclass
class Center:
    """`log` is what they did by notice, `texts` what was approved or exported."""

    world: World
    chance: random.Random
    log: list[Done] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    exported: list[str] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)
    _forced: list[Reached] = field(
        default_factory=lambda: [Reached.STILL_BROKEN, Reached.REFUSED, Reached.BOUNCED]
    )
    _mornings: int = 0

    def morning(self, day: date) -> None:
        """After the night that followed `day`."""
        self.world.clock.to(at(day, 24 + MORNING))
        store = open_store(self.world.settings, self.world.clock)
        with closing(store), open_telling(self.world.settings, self.world.clock) as telling:
            kept = sorted(
                store.notices(), key=lambda each: (each.ticket_id, each.turn, each.notice.case_number)
            )
            drafts = [each for each in kept if each.notice.state is NoticeState.DRAFT]
            self._mornings += bool(drafts)
            if self._mornings == LEFT_FOR_THE_WORKBOOK and drafts:
                self.did["mornings on which drafts were left"] += 1
            else:
                self._decide(telling, day, drafts)
            self._try(telling, day, [each for each in kept if each.notice.state is NoticeState.APPROVED])
            self._come_back(telling, day, [each for each in kept if each.notice.state is NoticeState.TOLD])
            self._export(telling, day)

    def _note(self, day: date, what: str, kept: KeptNotice) -> None:
        notice = kept.notice
        self.did[what] += 1
        self.log.append(Done(day, what, kept.notice_id, kept.ticket_id, notice.ticket, kept.turn,
                             notice.case_id, notice.case_number))  # fmt: skip

    # Approval

    def _decide(self, telling: Telling, day: date, drafts: list[KeptNotice]) -> None:
        if self.did["mornings on which drafts were left"] and not self.did["decided in the workbook"]:
            drafts = self._workbook(telling, day, drafts)
        if drafts and not self.did["another template"]:
            self.did["another template"] += 1
            drafts[0] = telling.choose(drafts[0].notice_id, "still looking", {})
        chosen = [each for each in drafts if self.chance.randrange(100) < APPROVED]
        self._approve(telling, day, chosen)

    def _approve(self, telling: Telling, day: date, chosen: list[KeptNotice]) -> None:
        done = telling.approve({each.notice_id: each.notice.digest for each in chosen}, BY)
        self.did["approvals refused"] += len(done.refused)
        for each in chosen:
            if each.notice_id not in done.refused:
                self.texts[each.notice_id] = f"{each.notice.subject}\n{each.notice.body}"
                self._note(day, "approved", each)

    def _workbook(self, telling: Telling, day: date, drafts: list[KeptNotice]) -> list[KeptNotice]:
        """The last night's workbook has the drafts of the night before: one is not to be told."""
        import openpyxl

        by_id = {each.notice_id: each for each in drafts}
        path = self.world.folder / "out" / f"whh-{day}.xlsx"
        book = openpyxl.load_workbook(path) if path.exists() else None
        if book is None or "Notices" not in book.sheetnames:
            return drafts
        sheet: Any = book["Notices"]
        titles = [str(cell.value) for cell in sheet[1]]
        rows = [dict(zip(titles, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
        rows[0]["Decision"].value, rows[0]["Reason"].value = "no outreach", "Told by another office"
        for cells in rows[1:2]:
            cells["Decision"].value = "approve"
        book.save(self.world.folder / "decided.xlsx")
        decided = read_notice_decisions(self.world.folder / "decided.xlsx")
        for key, each in decided.items():
            if key not in by_id:
                continue
            if each.decision is NoticeDecision.APPROVE:
                self._approve(telling, day, [by_id[key]])
            elif not telling.leave_out([key], each.reason, BY).refused:
                self._note(day, "left out", by_id[key])
            self.did["decided in the workbook"] += 1
        return [each for each in drafts if each.notice_id not in decided]

    # Attempts

    def _try(self, telling: Telling, day: date, approved: list[KeptNotice]) -> None:
        notices = self.world.maps.notices
        assert notices
        for each in approved:
            following = next_attempt(each.notice.attempts, each.waiting, notices.attempts)
            if following.means and self.chance.randrange(100) < TRIED:
                went = self._went(following.means)
                mended = went is Reached.STILL_BROKEN and each.notice.ticket in self.world.mended
                self._record(telling, day, each, Reached.REACHED if mended else went, following.means)

    def _went(self, means: Means) -> Reached:
        if self._forced and (means is Means.EMAIL or self._forced[-1] is not Reached.BOUNCED):
            return self._forced.pop()
        went = self.chance.choices(list(WENT), list(WENT.values()))[0]
        return Reached.NO_ANSWER if means is Means.PHONE and went is Reached.BOUNCED else went

    def _record(self, telling: Telling, day: date, kept: KeptNotice, went: Reached, means: Means) -> None:
        telling.record(kept.notice_id, went, means, self.world.clock(), BY)
        self._note(day, went.value, kept)

    def _come_back(self, telling: Telling, day: date, told: list[KeptNotice]) -> None:
        """Somebody who was told calls again."""
        for each in told:
            recent = each.settled_at and (self.world.clock.now - each.settled_at).days < 4
            if (
                recent
                and each.notice.ticket not in self.world.mended
                and self.chance.randrange(100) < CAME_BACK
            ):
                self._record(telling, day, each, Reached.STILL_BROKEN, Means.PHONE)

    def _export(self, telling: Telling, day: date) -> None:
        mails = telling.mails()
        if mails:
            path = self.world.folder / f"mails-{day}.json"
            write_mails(path, mails, "json", lambda: telling.exported(mails))
            self.exported.append(path.read_text())
            self.did["mails exported"] += len(json.loads(path.read_text()))
