"""Tickets as they would be filed: what they look like, which are made, and that all comes through the gate."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from sf_handoff.mapping import MappingSet, bundled
from sf_handoff.redaction import NOBODY, People, Scrubbed, Unclean, scrub
from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.decisions import Decision
from sf_handoff.reports.drafts import Beside, Drafted, drafts_of, filed, in_order
from sf_handoff.reports.evidence import Evidence, Quote, evidence_of
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.sample_day import sample_day
from sf_handoff.reports.ticket_later import reopened_text, summary_of, tally_text
from sf_handoff.reports.ticket_words import BODY, ROOM, TITLE, taken_out
from sf_handoff.reports.tickets import DayCount, Priority, Ticket, TicketCase, TicketDraft
from sf_handoff.reports.triage import Triage
from sf_handoff.reports.triaged import TriagedDay, triage_day
from tests.reports.labelled import Labelled, row

GITHUB = import_module("cmarkgfm")  # GitHub's own renderer; it has no types
MAPS = bundled()
TRIAGE = Triage(MAPS.triage, MAPS.report.own_record_types)
DAY = ReportDay(date(2026, 11, 20))
DUE = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
NOTES = (
    "claim status page does not load, error 502. When he clicks on the claim it spins. Chrome 119 on Windows 11",
    "cannot open claim status, error 502 on her iPhone 14, iOS 17.5. It works on her computer.",
    "claim status does not load, error 502, www.va.gov/track-claims/your-claims",
    "claim status page does not load",
)


def rows_of(
    *notes: str, product: str | None = "Claim status", first: int = 1, **values: object
) -> list[ReportRow]:
    cases = (Labelled("T VA.gov", each, product=product) for each in notes)
    return [row(case, number, **values) for number, case in enumerate(cases, first)]


def drafted(
    rows: list[ReportRow],
    maps: MappingSet = MAPS,
    history: Mapping[str, Mapping[date, DayCount]] | None = None,
    people: Mapping[str, People] | None = None,
    **decisions: Decision,
) -> Drafted:
    decided = {f"{int(number[1:]):08d}": each for number, each in decisions.items()}
    before = [DAY.date - timedelta(days=back) for back in range(6, 0, -1)]
    earlier = {
        each: [days[day].cases if day in days else 0 for day in before]
        for each, days in (history or {}).items()
    }
    triaged = triage_day(rows, TRIAGE, earlier, decided)
    known = {each.case_id: NOBODY for each in rows} if people is None else people
    beside = Beside(
        DAY, known, history or {}, lambda priority: (("First triage", DUE), (f"Answer, {priority}", DUE))
    )
    return drafts_of(triaged, evidence_of(rows, triaged.clusters, maps), beside, maps)


def only(found: Drafted) -> TicketDraft:
    (draft,) = found.drafts
    return draft


def readable(text: Scrubbed) -> str:
    """Without what keeps text from being markup: signs that nobody sees, escapes, entities."""
    seen = re.sub("[\u200b-\u200d\u2060-\u2064\ufeff]", "", html.unescape(text.text))
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", seen)


def cases_of(draft: TicketDraft) -> list[str]:
    return [each.case_number for each in draft.cases]


def tickets(**changes: object) -> MappingSet:
    return replace(MAPS, tickets=replace(MAPS.tickets, **changes))  # type: ignore[arg-type]


# What a ticket looks like

TICKET = """\
## What happens

- Product: Claim status
- What fails: does not open
- Error: error_502
- Products in the report: Claim status (4 cases)
- Topics in the report: Claim status not loading (4 cases)
- Why these cases are one problem: in common: Claim status, error_502; 1 of 4 name no error, and fail the same way

## Where it comes from

Calls to the White House VA Hotline, from the daily report of its cases in Salesforce. Cases opened on Friday, \
November 20, 2026 (ET).

## Proposed priority

High: 11 reports in all (10 or more), from at least 7 different people; a workaround is known \
(“works on … computer”); it cannot be used at all (4 of 4 reports of this day).

This is a proposal. What the board says counts.

## How many

4 cases of 4 different people on this day, the first opened on Friday, November 20, 2026 at 8:01 a.m. ET, the \
last on Friday, November 20, 2026 at 8:04 a.m. ET.

| Day | Cases | Different people |
| --- | ---: | ---: |
| November 19, 2026 | 7 | 7 |
| November 20, 2026 | 4 | 4 |

In all: 11 cases.

## Trend

11 cases in 7 days, 4 of them today; from 5 on it is a trend.

## As it was described

SF 00000001:

```
claim status page does not load, error 502. When he clicks on the claim it spins. Chrome 119 on Windows 11
```

SF 00000002:

```
cannot open claim status, error 502 on her iPhone 14, iOS 17.5. It works on her computer.
```

## Devices, systems and builds

- Devices: iPhone 14 (1 case)
- Systems: Windows 11 (1 case), iOS 17.5 (1 case)
- Browsers: Chrome 119 (1 case)

## Error texts

error_502 (3 cases).

## How to reproduce it

Pages: va.gov/track-claims (1 case).

What callers did stands in the descriptions, as far as they told it.

## Workaround

works on … computer (1 case).

## Cases in Salesforce

SF 00000001, SF 00000002, SF 00000003, SF 00000004.

## May be the same problem

None was found.

## Owner

Claims and appeals. To ask there: the team's product manager.

## Due

- First triage: Monday, November 23, 2026 at 10:30 a.m. ET
- Answer, high: Monday, November 23, 2026 at 10:30 a.m. ET

---

Written by the handoff connector of the contact center. Personal data was taken out, and must not be added. \
Who needs more of a case asks the contact center by its number, in encrypted VA e-mail."""


@pytest.fixture(scope="module")
def ticket() -> TicketDraft:
    """The ticket above: a problem of two days, of which two descriptions are quoted."""
    rows = rows_of(*NOTES, topic="Claim status not loading")
    fingerprint = triage_day(rows, TRIAGE).clusters[0].fingerprint
    history = {fingerprint: {date(2026, 11, 19): DayCount(7, 7)}}
    return only(drafted(rows, tickets(quotes=2), history))


def test_a_whole_ticket(ticket: TicketDraft) -> None:
    assert readable(ticket.title) == "[Tier 3:High] Claim status: does not open (error_502)"
    assert readable(ticket.body) == TICKET


class Page(HTMLParser):
    """The elements of a rendered text, and its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.add(tag)
        if tag == "h2":
            self.headings.append("")

    def handle_data(self, data: str) -> None:
        if self.get_starttag_text() == "<h2>" and data.strip():
            self.headings[-1] = data


def rendered(text: Scrubbed) -> Page:
    page = Page()
    page.feed(
        GITHUB.github_flavored_markdown_to_html(text.text, options=GITHUB.cmark.Options.CMARK_OPT_UNSAFE)
    )
    return page


def test_github_shows_its_headings_its_table_its_quotes_and_no_link(ticket: TicketDraft) -> None:
    page = rendered(ticket.body)
    assert page.headings == [each.heading for each in MAPS.tickets.sections]
    assert {"table", "pre", "code", "ul", "hr"} <= page.elements
    assert page.elements.isdisjoint({"a", "img", "input", "h1", "h3", "script"})


# The stories


def test_story_48_same_product_and_same_error_are_one_ticket_with_its_cases() -> None:
    rows = rows_of(*NOTES) + rows_of("letters page errors, RX-139", product="Letters", first=11)
    second, first = drafted(rows).drafts
    assert cases_of(first) == ["00000001", "00000002", "00000003", "00000004"]
    assert first.cases[0] == TicketCase("00000001", "500000000000001AAA")
    assert first.people == 4
    assert "SF 00000001, SF 00000002, SF 00000003, SF 00000004." in readable(first.body)
    assert cases_of(second) == ["00000011"]


def test_story_49_title_labels_body_owner_and_what_was_taken_out(
    ticket: TicketDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ticket.labels == (
        "sf-handoff",
        "contact center",
        "analytics-insights",
        "tier-3",
        "claim-status-tool",
        "vsa-claims-appeals",
        "workaround",
    )
    assert ticket.owner == "Claims and appeals"
    assert readable(ticket.title).startswith("[Tier 3:High] Claim status")
    assert {type(ticket.title), type(ticket.body)} == {Scrubbed}
    monkeypatch.setattr("sf_handoff.reports.ticket_sections.taken_out", lambda texts: f"{len(texts)} names")
    assert "Taken out: 3 names." in readable(only(drafted(rows_of(*NOTES))).body)


def test_story_52_a_trend_is_told_and_makes_a_ticket() -> None:
    page = "claim status page does not load"
    assert drafted(rows_of(*[page] * 4)).drafts == ()
    draft = only(drafted(rows_of(*[page] * 5)))
    assert draft.alert == "5 cases in 7 days, 5 of them today; from 5 on it is a trend"
    assert f"## Trend\n\n{draft.alert}." in readable(draft.body)
    urgent = only(drafted(rows_of(*[page] * 10)))
    assert urgent.priority is Priority.URGENT
    assert "10 cases in a day; from 10 on it is urgent." in readable(urgent.body)


def test_story_53_the_owner_is_a_team_and_a_role_and_triage_where_nobody_is_known() -> None:
    draft = only(drafted(rows_of("sign in page errors, error 109", product="Sign in")))
    assert draft.owner == MAPS.owners.triage.team
    assert MAPS.owners.triage.label.name in draft.labels
    assert "To ask there: whoever has triage this week." in readable(draft.body)


@pytest.mark.parametrize(
    "said",
    [
        "Calls to the White House VA Hotline",  # source
        "Friday, November 20, 2026",  # date
        "High: 11 reports in all (10 or more)",  # priority
        "error 502. When he clicks on the claim it spins.",  # as stated, with the steps
        "Claim status not loading (4 cases)",  # topic
        "| November 20, 2026 | 4 | 4 |",  # count
        "iPhone 14 (1 case)",  # device
        "iOS 17.5 (1 case)",  # system
        "error_502 (3 cases)",  # error text
        "Pages: va.gov/track-claims (1 case).",  # where to reproduce it
        "works on … computer (1 case)",  # workaround
    ],
)
def test_story_56_the_body_contains(ticket: TicketDraft, said: str) -> None:
    assert said in readable(ticket.body)


def test_story_56_and_nothing_else_of_the_row() -> None:
    said: dict[str, Any] = {
        "status": "Zebra",
        "origin": "Zebra",
        "category": "Zebra",
        "topic": "Zebra",
        "person": "Zebra",
    }
    rows = rows_of(*NOTES[:2], extras={"zebra": "Zebra"}, record_type="Zebra", **said)
    draft = only(drafted(rows))
    assert "zebra" not in f"{draft}".lower()


# Which are filed


def test_tier_2_and_what_is_vague_are_left_and_it_is_said_why() -> None:
    vague = [row(Labelled("T3 VA.gov", "VA.gov is acting up, no details"), 9)]
    found = drafted(rows_of("letters page does not load", product="Letters") + vague)
    assert found.drafts == ()
    assert {each.why for each in found.left} == {
        "Tier 2: follow-up questions come first",
        "too little is known to say that its cases are one problem",
    }


def test_what_a_person_forwarded_is_filed_whatever_the_rules_say() -> None:
    rows = rows_of("letters page does not load", product="Letters")
    assert drafted(rows).drafts == ()
    assert only(drafted(rows, c1=Decision.FORWARD)).labels[3] == "tier-3"
    vague = rows_of("VA.gov is acting up, no details", "VA.gov is acting up, no details", product=None)
    draft = only(drafted(vague, c2=Decision.FORWARD))
    assert cases_of(draft) == ["00000002"]


def test_where_people_decide_what_nobody_forwarded_is_left() -> None:
    found = drafted(rows_of(*NOTES), tickets(decided_by="people"))
    assert (found.drafts, [each.why for each in found.left]) == ((), ["nobody forwarded it"])
    assert only(drafted(rows_of(*NOTES), tickets(decided_by="people"), c3=Decision.FORWARD)).people == 4


def test_the_most_urgent_come_first_then_the_biggest() -> None:
    rows = rows_of(*["letters page errors, RX-139"] * 2, product="Letters")
    rows += rows_of(*["sign in page errors, error 109"] * 10, product="Sign in", first=21)
    rows += rows_of(*["appeals page errors, error 503"] * 3, product="Appeals", first=41)
    found = drafted(rows)
    assert [(each.priority, len(each.cases)) for each in found.drafts] == [
        (Priority.URGENT, 10), (Priority.MEDIUM, 3), (Priority.MEDIUM, 2),
    ]  # fmt: skip
    assert in_order(found.drafts[::-1]) == list(found.drafts)


# The gate


def without_evil(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that takes one word out, and cannot judge another."""

    def gate(text: str, people: People = NOBODY, *, strict: bool = False) -> Scrubbed:
        if "UNSURE" in text:
            raise Unclean("It cannot be told.", kinds=("name", "phone"))
        for each in ("EVIL", *people.names):
            text = text.replace(each, "gone")
        return scrub(text)

    monkeypatch.setattr("sf_handoff.reports.ticket_words.scrub", gate)
    monkeypatch.setattr("sf_handoff.reports.drafts.scrub", gate)


EVIL = Cluster(
    fingerprint="v1-0123456789abcdef", product="EVIL product", page="/EVIL", signature="EVIL error", symptom="EVIL symptom",
    cases=("EVIL1",), people=1, first_seen=DUE, last_seen=DUE, words="EVIL words", alert="EVIL alert", tier=3,
)  # fmt: skip


def of_cluster(cluster: Cluster, evidence: Evidence, maps: MappingSet = MAPS) -> Drafted:
    triaged = TriagedDay(1, 0, (), (cluster,))
    known = {each.case.case_id: NOBODY for each in evidence.quotes}
    return drafts_of(
        triaged, {cluster.fingerprint: evidence}, Beside(DAY, known, {}, lambda priority: ()), maps
    )


def evil_evidence(*notes: str) -> Evidence:
    counts = {"EVIL count": 1}
    cases = [TicketCase(f"EVIL{number}", f"500EVIL{number}") for number in range(len(notes))]
    return Evidence(
        cases=tuple(cases), quotes=tuple(Quote(case, note) for case, note in zip(cases, notes, strict=True)),
        products=counts, topics=counts, mentions={"Devices": counts}, errors=counts, pages=counts, workarounds=counts,
    )  # fmt: skip


def test_all_that_comes_from_a_row_comes_through_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    without_evil(monkeypatch)
    draft = only(of_cluster(EVIL, evil_evidence("EVIL note", "another EVIL")))
    assert "EVIL" not in draft.title.text + draft.body.text
    assert {"gone note", "another gone", "gone product", "SF gone1"} <= set(
        re.findall(r"gone note|another gone|gone product|SF gone1", draft.body.text)
    )
    summary = summary_of([draft], DAY, MAPS)
    assert "EVIL" not in summary.title.text + summary.body.text


def test_without_quotes_nothing_personal_of_a_day_is_in_any_ticket() -> None:
    cases = list(sample_day(DAY.date, 1500, 7, outage=True))
    found = drafted([each.row for each in cases], tickets(quotes=0))
    shown = " ".join(f"{each.title} {each.body} {each.labels} {each.why}" for each in found.drafts).lower()
    personal = {text.lower() for case in cases for text in case.truth.personal if len(text) > 3}
    assert len(found.drafts) > 5 and len(personal) > 100
    assert sorted(text for text in personal if text in shown) == []


def test_a_quote_that_cannot_be_cleaned_makes_room_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    without_evil(monkeypatch)
    found = of_cluster(EVIL, evil_evidence("UNSURE one", "two", "UNSURE three", "four", "five", "six"))
    body = only(found).body.text
    assert all(f"\n{each}\n" in body for each in ("two", "four", "five"))
    assert "six" not in body
    assert "2 descriptions left out: something personal could be left in what they say." in readable(
        only(found).body
    )


def test_where_none_can_be_cleaned_the_ticket_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    without_evil(monkeypatch)
    body = readable(only(of_cluster(EVIL, evil_evidence("UNSURE one"))).body)
    assert "None is quoted; the cases hold them." in body
    assert "1 description left out: something personal could be left" in body
    assert "```" not in body


def test_a_ticket_that_cannot_be_cleaned_is_held_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    without_evil(monkeypatch)
    found = of_cluster(replace(EVIL, product="UNSURE"), evil_evidence("one"))
    assert found.drafts == ()
    (held,) = found.held
    assert (held.cases, held.kinds) == (("EVIL1",), ("name", "phone"))
    assert held.why == "something personal (name, phone) could be left in its text"


def test_names_of_all_who_are_quoted_are_taken_out_of_every_quote(monkeypatch: pytest.MonkeyPatch) -> None:
    without_evil(monkeypatch)
    rows = rows_of("claim status, error 502, for Zoe", "claim status, error 502 again, Zoe's brother Abe")
    people = {rows[0].case_id: People.of(["Zoe"]), rows[1].case_id: People.of(["Abe"])}
    body = only(drafted(rows, people=people)).body.text
    assert "Zoe" not in body and "Abe" not in body
    assert "gone's brother gone" in body


def test_without_the_names_in_its_case_nothing_is_quoted() -> None:
    rows = rows_of(*NOTES[:2])
    draft = only(drafted(rows, people={rows[1].case_id: NOBODY}))
    assert "her iPhone" in readable(draft.body) and "When he clicks" not in readable(draft.body)
    assert "1 description left out: something personal could be left" in readable(draft.body)
    assert "When he clicks" in readable(only(drafted(rows, tickets(names=()), people={})).body)


def test_what_was_taken_out_is_told_by_kind_and_number() -> None:
    names = SimpleNamespace(taken={"name": 2, "phone": 1, "address": 2})
    more = SimpleNamespace(taken={"name": 1, "something new": 1})
    assert taken_out([names, more]) == "2 addresses, 3 names, 1 phone number, 1 other id"  # type: ignore[list-item]
    assert taken_out([]) == ""


# Limits


def short(monkeypatch: pytest.MonkeyPatch) -> int:
    """As if GitHub took less: the same in less time. How long a body may be."""
    for module in ("ticket_text", "ticket_later"):
        monkeypatch.setattr(f"sf_handoff.reports.{module}.BODY", 10_000)
    return 10_000 - ROOM


def test_the_limits_are_githubs_with_room_for_a_marker() -> None:
    assert (TITLE, BODY) == (256, 65_536)
    assert ROOM >= 1_000


def test_what_is_too_long_is_left_out_in_whole_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    most = short(monkeypatch)
    words = " ".join(["claim status page spins \N{GRINNING FACE}"] * 100)
    rows = rows_of(*[f"error 502, {words} {number}" for number in range(8)])
    draft = only(drafted(rows, tickets(quotes=8)))
    assert most - 4_000 < len(draft.body.text) <= most
    shown = draft.body.text.count("\n```\n\n")
    assert 0 < shown < 8
    assert f"{8 - shown} descriptions left out: this text would be too long." in readable(draft.body)
    assert rendered(draft.body).headings == [each.heading for each in MAPS.tickets.sections]


def test_case_numbers_go_after_quotes_and_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    short(monkeypatch)
    cluster = replace(EVIL, cases=tuple(f"{number:08d}" for number in range(1_000)))
    evidence = replace(evil_evidence("error 502 it spins"), cases=())
    body = readable(only(of_cluster(cluster, evidence, tickets(case_numbers=1_000))).body)
    numbers = re.findall(r"SF (\d+)\b", body.split("## Cases in Salesforce")[1])
    assert len(numbers) == 500 and {len(each) for each in numbers} == {8}
    assert "and 500 more cases." in body
    assert "1 description left out: this text would be too long." in body


def test_as_many_case_numbers_as_the_map_says() -> None:
    body = readable(only(drafted(rows_of(*NOTES), tickets(case_numbers=2))).body)
    assert "SF 00000001, SF 00000002, and 2 more cases." in body


def test_what_fits_with_nothing_in_it_is_held() -> None:
    found = of_cluster(EVIL, evil_evidence("one"), tickets(footer="never " * 11_000))
    assert [each.why for each in found.held] == ["The text is too long, whatever is left out of it."]
    found = of_cluster(EVIL, evil_evidence("one"), tickets(title="never " * 60))
    assert [each.why for each in found.held] == ["The title is too long, whatever is left out of it."]


@pytest.mark.parametrize("letter", ["x", "\N{GRINNING FACE}"])
def test_a_title_has_256_characters_at_most_and_no_cut_word(letter: str) -> None:
    word = letter * 9
    cluster = replace(EVIL, product=" ".join([word] * 30), symptom=" ".join([word] * 30))
    title = readable(only(of_cluster(cluster, evil_evidence("one"))).title)
    assert TITLE - 2 * len(word) < len(title) <= TITLE
    assert set(title.partition("] ")[2].replace(":", "").rstrip("…").split()) == {word}
    assert title.endswith("…")


def test_only_clusters_that_are_filed_need_evidence() -> None:
    rows = rows_of(*NOTES) + rows_of("letters page does not load", product="Letters", first=11)
    triaged = triage_day(rows, TRIAGE)
    to_file = filed(triaged, MAPS.tickets)
    assert len(to_file) == 1 < len(triaged.clusters)
    known = {each.case_id: NOBODY for each in rows}
    found = drafts_of(
        triaged, evidence_of(rows, to_file, MAPS), Beside(DAY, known, {}, lambda priority: ()), MAPS
    )
    assert len(found.drafts) == 1
    assert "Nothing is due." in readable(only(found).body)


# Later


def a_ticket(days: int, cases: int = 2, priority: Priority | None = None) -> Ticket:
    counts = {DAY.date - timedelta(days=back): DayCount(cases, 1) for back in range(days)}
    return Ticket(
        ticket_id="t1", fingerprint="v1-0", generation=1, marker="m", title="t", repository="r", intended_at=DUE,
        priority=priority, days=counts,
    )  # fmt: skip


def test_a_tally_counts_days_oldest_first_and_in_all() -> None:
    text = readable(tally_text(a_ticket(2), MAPS.tickets))
    assert text == (
        "## Reports so far\n\n"
        "In all: 4 cases on 2 days. Somebody who called on several days is counted on each of them.\n\n"
        "| Day | Cases | Different people |\n| --- | ---: | ---: |\n"
        "| November 19, 2026 | 2 | 1 |\n| November 20, 2026 | 2 | 1 |"
    )


def test_a_tally_has_the_last_sixty_days_and_says_so() -> None:
    text = readable(tally_text(a_ticket(61), MAPS.tickets))
    assert text.count("| 2 | 1 |") == 60
    assert "| November 20, 2026 |" in text and "| September 21, 2026 |" not in text
    assert "In all: 122 cases on 61 days." in text
    assert "The table has the last 60 days; 1 before them are left out." in text


def test_a_tally_says_when_the_counts_speak_for_a_higher_priority() -> None:
    said = "By these counts it is High now: 12 reports in all (10 or more). What the board says counts."
    assert said in readable(tally_text(a_ticket(6, priority=Priority.MEDIUM), MAPS.tickets))
    assert said not in readable(tally_text(a_ticket(6, priority=Priority.HIGH), MAPS.tickets))
    assert "By these counts" not in readable(tally_text(a_ticket(4), MAPS.tickets))


def test_what_comes_back_is_said() -> None:
    assert readable(reopened_text(DayCount(4, 3), DAY)) == (
        "It is back: 4 cases from 3 different people on Friday, November 20, 2026 (ET). The ticket is open again."
    )


def test_a_summary_lists_what_got_no_ticket_of_its_own() -> None:
    over = drafted(
        rows_of(*NOTES) + rows_of(*["sign in page errors, error 109"] * 10, product="Sign in", first=21)
    ).drafts
    summary = summary_of(over, DAY, MAPS)
    assert readable(summary.title) == "2 more problems of November 20, 2026"
    assert summary.fingerprint == "summary-2026-11-20"
    assert summary.labels == ("sf-handoff", "contact center", "analytics-insights", "daily-summary", "triage")
    assert (summary.priority, len(summary.cases), summary.people) == (Priority.URGENT, 14, 14)
    assert (
        "- [Tier 3:Urgent] Sign in: does not open (error_109): 10 cases from 10 different people\n"
        "- [Tier 3:Low] Claim status: does not open (error_502): 4 cases from 4 different people\n"
    ) in readable(summary.body)
    assert readable(summary.body).endswith(MAPS.tickets.footer)


def test_a_summary_of_very_many_ends_where_there_is_no_more_room(monkeypatch: pytest.MonkeyPatch) -> None:
    most = short(monkeypatch)
    draft = only(of_cluster(replace(EVIL, product="word " * 30), evil_evidence("one")))
    body = summary_of([draft] * 100, DAY, MAPS).body
    assert len(body.text) <= most
    left = re.search(r"- and (\d+) more, with fewer cases", readable(body))
    assert left and int(left[1]) + readable(body).count("- [Tier 3:") == 100
