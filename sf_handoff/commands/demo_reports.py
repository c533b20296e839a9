"""The second half of `demo`: the day's report, a ticket, its resolution, and everybody who is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sf_handoff.commands import report
from sf_handoff.commands.filed import first_line
from sf_handoff.commands.noticed import page

if TYPE_CHECKING:
    from sf_handoff.adapters.opening import Opened
    from sf_handoff.adapters.settings import Settings
    from sf_handoff.daily import JudgedDay
    from sf_handoff.embedded import Embedded
    from sf_handoff.reports.day import ReportDay
    from sf_handoff.reports.notices.kept import KeptNotice
    from sf_handoff.ticketing import Planned

ANALYST, LEAD = "avery-analyst", "005000000000001AAA"
ANSWER = """## For customers

You can see the status of your claim again. A page of VA.gov had stopped loading for some people, and we have
repaired it. You don't have to do anything.
"""


class ReportStory:
    """Tells flow 2, chapter by chapter. `heading` begins one."""

    def __init__(
        self,
        tell: Callable[[str], Any],
        heading: Callable[..., None],
        now: Callable[[], datetime],
        out: Path | None,
    ) -> None:
        self._tell, self._heading, self._now, self._out = tell, heading, now, out

    def tell(self, settings: Settings, org: Embedded) -> None:
        from sf_handoff.adapters.opening import open_sides
        from sf_handoff.errors import Misconfigured
        from sf_handoff.reports.day import ReportDay

        day = ReportDay.before(self._now(), settings.timezone)
        missing = ""
        try:
            with open_sides(settings, self._now) as sides:
                planned = self._report(sides, org, day)
                number = self._ticket(sides, org, planned)
                self._resolved(sides, org, number)
                self._told(sides, org)
        except Misconfigured as error:
            missing = str(error)
        if missing:
            self._tell(f"Left out here. {missing}")

    def _report(self, sides: Opened, org: Embedded, day: ReportDay) -> Planned:
        from sf_handoff.commands.sample import load_day

        self._heading(
            "The day's report",
            "Agents have written up yesterday's calls. Something broke on VA.gov, and nobody was told.",
            "`sf-handoff report pull` fetches all of them, judges them by declared rules, and groups them:",
        )
        load_day(org, sides.mappings, day.date, 120, seed=3, outage=True)
        daily, ticketing = sides.daily(), sides.ticketing()
        with daily.opened(day, sides.settings.report_id, compared=False) as judged:
            self._judged(judged, daily.finished(judged, self._out) if self._out else ())
            return ticketing.plan(ticketing.gather(judged))

    def _judged(self, judged: JudgedDay, files: Iterable[Path]) -> None:
        triaged = judged.triaged
        self._tell("\n".join(report.in_words(judged, files)))
        self._tell("\nTwo of them, and why, and the largest problem:")
        lines = {flag.deciding: report.flag_line(flag) for flag in triaged.flags if flag.technical}
        said = (*list(lines.values())[:2], *map(report.cluster_line, triaged.clusters[:1]))
        self._tell("\n".join(said))
        if not self._out:
            self._tell(
                "\nWith --out FOLDER: a page for the meeting, a workbook to decide in, CSV, JSON Lines."
            )

    def _ticket(self, sides: Opened, org: Embedded, planned: Planned) -> int:
        self._heading(
            "One ticket per problem",
            "Insights & Analytics get each problem once, with evidence and without a word about a person.",
            "`sf-handoff issues file` prints the plan; `--yes` files it. Filed twice, it is there once:",
        )
        ticketing = sides.ticketing()
        for _ in range(2):
            ticketing.file(planned)
            planned = ticketing.plan(planned.gathered)
        self._tell("\n".join(first_line(each) for each in planned.plan.actions))
        biggest = max(planned.plan.actions, key=lambda each: len(each.draft.cases) if each.draft else 0)
        number = biggest.number or 0
        issue = org.tracker.issue(number)
        self._tell(
            f"\nOn the board: #{number} in {issue['pipeline']}, {issue['priority']}, labelled "
            f"{', '.join(issue['labels'])}. In it, of what agents wrote:\n"
        )
        self._tell(_quotes(issue["body"]))
        return number

    def _resolved(self, sides: Opened, org: Embedded, number: int) -> None:
        self._heading(
            "It is resolved",
            "Insights & Analytics close the ticket, and write what customers may be told.",
            "`sf-handoff issues sync` reads it back, and `nightly` drafts a notice for everybody who waits:",
        )
        org.tracker.comment(number, ANSWER, by=ANALYST)
        org.tracker.close(number, by=ANALYST)
        synced = sides.sync().run()
        prepared = sides.telling().prepare()
        waiting = sides.store.notices(ticket=number)
        routes = Counter(str(each.notice.route).replace("_", " ") for each in waiting)
        self._tell(
            f"{len(synced.resolved)} ticket resolved; {len(waiting)} cases wait, after {prepared.api_calls} "
            "API call:"
        )
        self._tell("\n".join(f"  {count:4}  {route}" for route, count in sorted(routes.items())))
        reasons = Counter(each.notice.reason for each in waiting if each.notice.reason)
        self._tell("\n".join(f"        {count} of them: {_brief(why)}" for why, count in _few(reasons)))

    def _told(self, sides: Opened, org: Embedded) -> None:
        self._heading(
            "Everybody hears of it",
            "Nothing is told before a person has approved the text. This is one of the drafts:",
        )
        telling = sides.telling()
        drafts = [each for each in sides.store.notices() if each.notice.state == "draft"]
        self._tell(page(drafts[0], sides.mappings.notices))
        telling.approve({each.notice_id: each.notice.digest for each in drafts}, LEAD)
        wrote = telling.write()
        self._tell(
            f"\nApproved by a lead: {len(drafts)} notices. Written to Cases and agents' Tasks with "
            f"{wrote.api_calls} API calls. One of the Tasks:"
        )
        self._tell(_task(org, sides.store.notices(ids=(drafts[0].notice_id,))[0]))
        self._tell(
            "\nAgents note their attempts with `sf-handoff notices record`. The ticket leaves the open list\n"
            "once everybody was told, or is listed with the reason. `sf-handoff nightly` does all of it."
        )


def _quotes(body: str) -> str:
    """What stands between the fences of an issue's text."""
    return "\n".join(f"  “{each.strip()}”" for each in body.split("```")[1:4:2])


def _few(reasons: Counter[str]) -> list[tuple[str, int]]:
    """Reasons by their beginning: the rest may name a case."""
    found = Counter[str]()
    for why, count in reasons.items():
        found[_brief(why)] += count
    return found.most_common(4)


def _brief(why: str) -> str:
    return why.partition(" for case")[0].rstrip(".")


def _task(org: Embedded, notice: KeptNotice) -> str:
    task = next(each for each in org.records("Task") if each["Id"] == notice.task_id)
    return f"  {task['Subject']}  ({task['Status']}, on Case {notice.notice.case_number})"
