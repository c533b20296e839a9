"""What the month proves in the end: the org's records, the tracker's issues and what staff did, side by side.

From our own tables come the cases that a ticket counted, which are checked against its tally on the tracker,
and the drafts that nobody has approved, which stand nowhere else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from benchmarks.month_center import Center, Done
from benchmarks.month_nights import Nights
from benchmarks.month_staff import Ended, Insights
from benchmarks.month_world import World
from sf_handoff.adapters.assembly import open_store
from sf_handoff.reports.answers import Answered
from sf_handoff.reports.history import DayCounts
from sf_handoff.reports.marker import markers_in
from sf_handoff.reports.notices.kept import KeptNotice
from sf_handoff.reports.notices.notice import REFUSED
from sf_handoff.reports.notices.values import NoticeState
from sf_handoff.reports.tickets import Ticket, TicketCase

DECISIVE = {
    "reached": "told",
    "refused": "no_outreach",
    "still_broken": "still_broken",
    "left out": "no_outreach",
}
TRIES = ("no_answer", "bounced")
ROW = re.compile(r"^\| (\w+ \d+, \d{4}) \| (\d+) \| (\d+) \|$", re.MULTILINE)
SAME_PERSON = re.compile(r"The same person (?:is told with|hears of it for) case (\d+)\.")
TELL = "Tell the customer what came of ticket "
FLAGS = {"has died": "Deceased__c", "has opted out": "No_Outreach__c"}


@dataclass
class Tables:
    """What our store says."""

    tickets: list[Ticket]
    cases: dict[str, list[TicketCase]]
    answered: Mapping[str, Answered]
    notices: dict[str, KeptNotice]
    days: list[DayCounts]
    done: set[date]


def tables(world: World) -> Tables:
    dates = world.asked.dates
    with closing(open_store(world.settings, world.clock)) as store:
        tickets = store.tickets()
        return Tables(
            tickets,
            {each.ticket_id: store.cases(each.ticket_id) for each in tickets},
            store.answered(),
            {each.notice_id: each for each in store.notices()},
            store.days(dates[0], dates[-1] + timedelta(days=1)),
            store.days_done(dates[0]),
        )


@dataclass
class Books:
    """`lost`, `doubled`, `leaked` and `untrue` name what is wrong; empty if all is well."""

    world: World
    nights: Nights
    insights: Insights
    center: Center
    ours: Tables
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    stands: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    tickets: Counter[str] = field(default_factory=Counter)

    def balance(self) -> bool:
        for each in self.ours.tickets:
            self._ticket(each)
        self._told_twice()
        self._tried_after_refusing()
        self._markers()
        self._tallies()
        self._days()
        self._fixed()
        self._personal()
        self.untrue += self.nights.bugs
        return not (self.lost or self.doubled or self.leaked or self.untrue)

    # What there is

    @cached_property
    def cases(self) -> dict[str, Any]:
        return {each["Id"]: each for each in self.world.org.records("Case")}

    @cached_property
    def by_number(self) -> dict[str, Any]:
        return {each["CaseNumber"]: each for each in self.cases.values()}

    @cached_property
    def people(self) -> dict[str, Any]:
        return {each["Id"]: each for each in self.world.org.records("Contact")}

    @cached_property
    def tasks(self) -> dict[tuple[str, int], list[Any]]:
        """By Case and ticket."""
        found = defaultdict(list)
        for each in self.world.org.records("Task"):
            if str(each["Subject"]).startswith(TELL):
                found[each["WhatId"], int(each["Subject"].removeprefix(TELL))].append(each)
        return found

    @cached_property
    def issues(self) -> dict[int, Any]:
        return {each["number"]: each for each in self.world.org.tracker.issues}

    @cached_property
    def log(self) -> dict[tuple[str, int, str], list[Done]]:
        """What staff did, by ticket, turn and case."""
        found = defaultdict(list)
        for each in self.center.log:
            found[each.ticket_id, each.turn, each.case_id].append(each)
        return found

    # Tickets

    def _ticket(self, ticket: Ticket) -> None:
        number, answered = ticket.number or 0, self.ours.answered.get(ticket.ticket_id, Answered())
        cases = self.ours.cases[ticket.ticket_id]
        ended = self._ended(number)
        if ticket.number is None:
            self.lost += [f"{ticket.ticket_id}: was never filed"]
        elif number in self.insights.away and not answered.held:
            self._waits(f"its ticket is gone ({self.insights.away[number]})", cases)
        elif ended is None:
            self._waits("its ticket is open", cases)
        elif answered.held:
            self.tickets[f"resolved ({answered.held.kind})"] += 1
            self.tickets["told to everybody"] += answered.told_at is not None
            for each in cases:
                self._case(ticket, answered.turn, each)
        elif not self._due(ended):
            self._waits("its ticket is closed without words for customers", cases)
        elif "still does not work" in answered.why:
            self._waits("its ticket could not be opened again", cases)
        else:
            self.lost.append(f"#{number}: answered on {ended.answered}, and nobody is told")

    def _ended(self, number: int) -> Ended | None:
        """What staff did to it last, if it is still so."""
        ends, issue = self.insights.ended.get(number), self.issues.get(number)
        blocked = issue and self.world.maps.labels.blocked.name in issue["labels"]
        return ends[-1] if ends and (issue is None or issue["state"] == "closed" or blocked) else None

    def _due(self, ended: Ended) -> bool:
        """Whether a night has looked at it since there are words for customers."""
        if ended.canonical:
            other = self._ended(ended.canonical)
            return other is not None and self._due(other)
        synced = self.nights.synced
        return ended.answered is not None and bool(synced) and synced[-1] >= ended.answered

    def _waits(self, why: str, cases: list[TicketCase]) -> None:
        self.stands[f"waiting: {why}"] += len(cases)

    # Cases

    def _case(self, ticket: Ticket, turn: int, case: TicketCase) -> None:
        """In exactly one of what may become of it, by the Case itself and by what staff did."""
        name, record = f"case {case.case_number} of #{ticket.number}", self.cases[case.case_id]
        did = self.log[ticket.ticket_id, turn, case.case_id]
        says = record["Handoff_Answer__c"] if record["Handoff_Ticket__c"] == ticket.number else None
        expected = self._expected(did)
        drafts = [
            each
            for each in self.ours.notices.values()
            if (each.ticket_id, each.turn, each.notice.case_id) == (ticket.ticket_id, turn, case.case_id)
        ]
        if any(each.notice.state is NoticeState.DRAFT for each in drafts) and expected is None:
            self.stands["waiting for approval"] += 1  # the Case says what came of an earlier turn, if any
        elif expected is None and (says in (None, "waiting") or not drafts):
            self.lost.append(f"{name}: in nobody's hands")
        elif expected is None and says == "no_outreach":
            self.stands["no outreach"] += 1
            self._reason(name, record)
        elif says != expected:
            self.lost.append(f"{name}: staff has it as {expected}, and the Case says {says}")
        else:
            self.stands[str(expected).replace("_", " ")] += 1
            self._told(name, record, ticket, did, str(expected))

    def _expected(self, did: list[Done]) -> str | None:
        """Where staff's work has brought it; None where they have done nothing about it."""
        decisive = [DECISIVE[each.what] for each in did if each.what in DECISIVE]
        if decisive:
            return decisive[-1]
        if not any(each.what == "approved" for each in did):
            return None
        kept = self.ours.notices[did[-1].notice_id]
        tries = [each for each in did if each.what in TRIES]
        bounced = any(each.what == "bounced" for each in tries)
        over = len(tries) == 3 or (bounced and not kept.waiting.phone_there)
        return "exhausted" if over else self._may_be_left_out(kept)

    def _may_be_left_out(self, kept: KeptNotice) -> str:
        """Who was approved may turn out to be told with another case of theirs."""
        listed = kept.notice.state is NoticeState.NO_OUTREACH and SAME_PERSON.match(kept.notice.reason or "")
        return "no_outreach" if listed else "to_tell"

    def _told(self, name: str, record: Any, ticket: Ticket, did: list[Done], state: str) -> None:
        tasks = [
            each
            for each in self.tasks[record["Id"], ticket.number or 0]
            if each["Handoff_Id__c"] == did[0].notice_id
        ]
        if state == "no_outreach":
            self.reasons[str(record["Handoff_Answer_Reason__c"])] += 1
        elif len(tasks) != 1:
            self.lost.append(f"{name}: {len(tasks)} Tasks for one notice")
        elif (tasks[0]["Status"] == "Completed") is (state == "to_tell"):
            self.untrue.append(f"{name}: {state}, and its Task is {tasks[0]['Status']}")
        if state == "told":
            self.routes[record["Handoff_Answer_Route__c"]] += 1

    def _reason(self, name: str, record: Any) -> None:
        """A reason that is there, and true."""
        reason = str(record["Handoff_Answer_Reason__c"] or "")
        person = self.people.get(record["ContactId"], {})
        found = SAME_PERSON.match(reason)
        if reason == REFUSED and self._refused(record):
            self.reasons["refused before"] += 1
            return
        self.reasons["the same person is told with another case" if found else reason] += 1
        if self._left_out(record):
            return
        if found:
            other = self.by_number.get(found[1], {})
            same = record["ContactId"] and other.get("ContactId") == record["ContactId"]
            if not same or other.get("Handoff_Ticket__c") not in (record["Handoff_Ticket__c"], None):
                self.untrue.append(f"{name}: told with a case of somebody else")
            return
        for words, flag in FLAGS.items():
            if words in reason:
                if not person.get(flag):
                    self.untrue.append(f"{name}: {reason}")
                return
        email = person.get("Email") and not person.get("HasOptedOutOfEmail")
        phone = person.get("Phone") and not person.get("DoNotCall")
        if "no email address" not in reason or email or phone:
            self.untrue.append(f"{name}: left out because: {reason or 'nothing'}")

    def _refused(self, record: Any) -> bool:
        """Whether this customer has refused to be contacted, about whatever ticket."""
        return any(
            each.what == "refused"
            and (self.cases[each.case_id]["ContactId"] or each.case_id)
            == (record["ContactId"] or record["Id"])
            for each in self.center.log
        )

    def _left_out(self, record: Any) -> bool:
        """Whether a lead has decided so, in whatever turn: that holds until it is taken back."""
        return any(
            (each.what, each.case_id, each.ticket) == ("left out", record["Id"], record["Handoff_Ticket__c"])
            for each in self.center.log
        )

    # Twice

    def _told_twice(self) -> None:
        told: Counter[tuple[str, int, str]] = Counter()
        for each in self.center.log:
            if each.what == "reached":
                person = self.cases[each.case_id]["ContactId"] or each.case_id
                told[each.ticket_id, each.turn, person] += 1
        self.doubled += [
            f"{key[0]} turn {key[1]}: somebody told {n} times" for key, n in told.items() if n > 1
        ]
        keys = Counter(each["Handoff_Id__c"] for found in self.tasks.values() for each in found)
        self.doubled += [f"Task {key}: {n} times" for key, n in keys.items() if key and n > 1]
        for (case_id, number), found in self.tasks.items():
            turns = {each.turn for each in self.center.log
                     if (each.case_id, each.ticket, each.what) == (case_id, number, "approved")}  # fmt: skip
            if len(found) > len(turns):
                self.doubled.append(f"#{number}: {len(found)} Tasks on a Case, approved {len(turns)} times")

    def _tried_after_refusing(self) -> None:
        """Who does not want to hear of a ticket hears nothing of its later turns."""
        refused: set[tuple[str, str]] = set()
        for each in self.center.log:
            who = (each.ticket_id, self.cases[each.case_id]["ContactId"] or each.case_id)
            if who in refused:
                self.untrue.append(f"case {each.case_number} of #{each.ticket}: {each.what}, and had refused")
            if each.what == "refused":
                refused.add(who)

    def _markers(self) -> None:
        login = self.world.org.tracker.login
        ours = [each for each in self.issues.values() if each["author"] == login]
        tokens = Counter(token.token for each in ours for token in markers_in(each["body"]))
        self.doubled += [f"marker {token[:9]}: on {n} issues" for token, n in tokens.items() if n > 1]
        created = self.nights.wire.created
        self.doubled += [f"marker {token[:9]}: created {n} times" for token, n in created.items() if n > 1]
        self.lost += [f"marker {each.marker[:9]}: not created" for each in self.ours.tickets
                      if each.marker not in created]  # fmt: skip

    # Counts

    def _tallies(self) -> None:
        for ticket in self.ours.tickets:
            issue = self.issues.get(ticket.number or 0)
            if issue is None or issue["locked"]:
                continue
            texts = [body for by, body in issue["comments"] if by == self.world.org.tracker.login
                     and any(each.token == ticket.marker for each in markers_in(body))]  # fmt: skip
            if len(texts) != 1:
                self.doubled.append(f"#{ticket.number}: {len(texts)} tally comments")
                continue
            said = {datetime.strptime(day, "%B %d, %Y").date(): int(cases)  # noqa: DTZ007
                    for day, cases, _ in ROW.findall(texts[0])}  # fmt: skip
            made = {day: count.cases for day, count in ticket.days.items()}
            missing = made.keys() - said.keys()
            if said != {day: made[day] for day in made if day not in missing}:
                self.untrue.append(f"#{ticket.number}: its tally says other counts than were made")
            if missing and issue["state"] == "open":
                self.lost.append(f"#{ticket.number}: its tally lacks {len(missing)} days")
            if sum(made.values()) != len(self.ours.cases[ticket.ticket_id]):
                self.lost.append(f"#{ticket.number}: it counts other cases than are to be told")

    def _days(self) -> None:
        """Each report day once, and each of its problems' cases on a ticket of that problem."""
        for day in self.world.asked.dates:
            times = self.nights.done[day]
            if times != 1 or day not in self.ours.done:
                (self.doubled if times > 1 else self.lost).append(f"{day}: reported {times} times")
        by_problem: dict[str, list[Ticket]] = defaultdict(list)
        for ticket in self.ours.tickets:
            by_problem[ticket.fingerprint].append(ticket)
        for counts in self.ours.days:
            for problem, cases in counts.clusters.items():
                held = [
                    each.days[counts.date].cases for each in by_problem[problem] if counts.date in each.days
                ]
                if held and sum(held) != cases:
                    self.lost.append(f"{problem} on {counts.date}: {cases} cases, {sum(held)} on tickets")

    # Words

    def _fixed(self) -> None:
        """Who was told of what was not mended must not have read that it was."""
        notices = self.world.maps.notices
        assert notices
        for notice_id, text in self.center.texts.items():
            kept = self.ours.notices[notice_id]
            kind = self._kind(kept)
            if kind != "completed" and any(each in text.casefold() for each in notices.fixed_words):
                self.untrue.append(f"#{kept.notice.ticket}: told of {kind} as if it were fixed")

    def _kind(self, kept: KeptNotice) -> str:
        """What staff did to the ticket in the turn of the notice; of a duplicate, to the other one."""
        ends = self.insights.ended[kept.notice.ticket]
        end = ends[min(kept.turn, len(ends)) - 1]
        return self.insights.ended[end.canonical][-1].kind if end.canonical else end.kind

    def _personal(self) -> None:
        shown = dict(self._shown())
        for text in sorted(self.world.personal):
            wanted = text.casefold()
            for where, said in shown.items():
                if wanted in said and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", said):
                    self.leaked.append(f"{text!r} in {where}")

    def _shown(self) -> Iterator[tuple[str, str]]:
        yield "what was sent to the tracker", _joined(self.nights.wire.texts)
        for number, each in self.issues.items():
            said = [each["title"], each["body"], *(body for _, body in each["comments"])]
            yield f"issue #{number}", _joined(said)
        yield "what the nights said and logged", _joined(self.nights.said)
        yield "an export", _joined(self.center.exported)
        yield "a notice", _joined(self.center.texts.values())


def _joined(texts: Iterable[str]) -> str:
    return "\n".join(texts).casefold()
