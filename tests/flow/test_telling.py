"""Resolved tickets: who waits, who is told by whom, what is written to Salesforce, and when it is over."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.adapters.assembly import embedded_settings, open_salesforce, start_embedded
from sf_handoff.adapters.salesforce import SalesforceOrg
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.store import SqlStore
from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.embedded import Embedded, Fault
from sf_handoff.errors import Misconfigured, Rejected, Unavailable
from sf_handoff.mapping import MappingSet
from sf_handoff.reports.notices.notice import CHANGED
from sf_handoff.reports.notices.notice import REFUSED as REFUSED_BY_CUSTOMER
from sf_handoff.reports.notices.routes import TOLD_ALREADY
from sf_handoff.reports.notices.values import Means, NoticeState, Outcome, Reached, Route
from sf_handoff.reports.notices.who_waits import GONE
from sf_handoff.telling import NO_OUTREACH
from tests.adapters.stored import SEAL
from tests.conftest import Clock
from tests.flow.backlog import Send
from tests.flow.waiting import BY, NUMBER, TICKET, SaysYes, Stage, keep_approved, meddled, resolution

REFUSED = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
EMAIL, PHONE = Means.EMAIL, Means.PHONE


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, mappings: MappingSet) -> Iterator[Embedded]:
    with start_embedded(tmp_path_factory.mktemp("org"), mappings) as org:
        yield org


@pytest.fixture(scope="module")
def salesforce(running: Embedded) -> Iterator[SalesforceOrg]:
    settings = embedded_settings(Settings(org="embedded"), running)
    with closing(open_salesforce(settings, sleep=lambda seconds: None)) as opened:
        yield opened


@pytest.fixture
def stage(
    running: Embedded, salesforce: SalesforceOrg, clock: Clock, mappings: MappingSet, tmp_path: Path
) -> Iterator[Stage]:
    """One org for all, in which each test has Cases of its own; and a store of its own."""
    with closing(SqlStore.open(f"sqlite:///{tmp_path / 'store.sqlite3'}", SEAL, clock)) as store:
        yield Stage(running, salesforce, store, clock, mappings)
    running.faults.clear()


def states(stage: Stage) -> list[tuple[NoticeState, Route]]:
    return [(each.notice.state, each.notice.route) for each in stage.store.notices()]


def record(stage: Stage, case: Any, outcome: Reached, means: Means = EMAIL) -> None:
    stage.telling().record(stage.kept(case).notice_id, outcome, means, stage.hour(), BY)


# Who waits


def test_story_59_every_linked_case_is_listed_with_who_tells_its_caller(stage: Stage) -> None:
    stage.case(stage.person(), Origin="Web")
    stage.case(stage.person(), Origin="Phone")
    stage.resolve()
    found = stage.telling().prepare()
    assert states(stage) == [
        (NoticeState.DRAFT, Route.CONTACT_CENTER),
        (NoticeState.DRAFT, Route.WHH_AGENT),
    ]
    assert (found.counts, found.findings) == ({NoticeState.DRAFT: 2}, ())


def test_an_open_ticket_tells_nobody(stage: Stage) -> None:
    stage.callers(2)
    assert stage.telling().prepare().api_calls == 0
    assert stage.store.notices() == []


@pytest.mark.parametrize(
    ("person", "case", "reason"),
    [
        ({"Deceased__c": True}, {}, "The customer has died."),
        ({"No_Outreach__c": True}, {}, "The customer has opted out of being contacted."),
        (
            {"HasOptedOutOfEmail": True, "DoNotCall": True},
            {},
            "There is no email address and no phone number.",
        ),
        (
            {"HasOptedOutOfEmail": True, "Phone": None},
            {"SuppliedEmail": "j@example.com"},
            "There is no email address and no phone number.",
        ),
        ({"Email": None, "Phone": None}, {}, "There is no email address and no phone number."),
    ],
)
def test_story_66_who_must_not_or_cannot_be_reached_is_listed_with_the_reason(
    stage: Stage, person: dict[str, Any], case: dict[str, Any], reason: str
) -> None:
    listed = stage.case(stage.person(**person), **case)
    stage.resolve()
    stage.telling().prepare()
    notice = stage.kept(listed).notice
    assert (notice.state, notice.reason, notice.body) == (NoticeState.NO_OUTREACH, reason, "")
    stage.telling().write()
    written = stage.record("Case", listed.case_id)
    assert (written["Handoff_Answer__c"], written["Handoff_Answer_Reason__c"]) == ("no_outreach", reason)
    assert (stage.tasks(), stage.telling().settle()) == ([], (TICKET,))


def test_without_a_contact_the_case_says_how_to_reach_the_customer(stage: Stage) -> None:
    case = stage.case(None, SuppliedPhone="+15035550142")
    stage.resolve()
    stage.telling().prepare()
    kept = stage.kept(case)
    assert (kept.notice.state, kept.waiting.email_there, kept.waiting.phone_there) == (
        NoticeState.DRAFT, False, True,
    )  # fmt: skip


def test_a_person_with_several_cases_is_told_once(stage: Stage) -> None:
    person = stage.person()
    first, second = stage.case(person), stage.case(person)
    stage.resolve()
    stage.telling().prepare()
    assert stage.kept(first).notice.state is NoticeState.DRAFT
    other = stage.kept(second).notice
    assert other.state is NoticeState.NO_OUTREACH
    assert first.case_number in (other.reason or "")


@pytest.mark.parametrize("outcome", [None, Reached.REACHED, Reached.REFUSED])
def test_a_case_that_is_counted_later_does_not_tell_its_person_again(
    stage: Stage, outcome: Reached | None
) -> None:
    """Even where it comes before the one that they were told with."""
    person = stage.person()
    earlier, later = stage.case(person), stage.case(person)
    stage.ledger.tallied[TICKET] = [later]
    stage.resolve()
    stage.telling().prepare()
    stage.approve(later)
    if outcome:
        record(stage, later, outcome)
    stage.ledger.tallied[TICKET] = [earlier, later]
    stage.telling().prepare()
    assert stage.kept(earlier).notice.state is NoticeState.NO_OUTREACH
    assert later.case_number in (stage.kept(earlier).notice.reason or "")
    before = stage.store.notices()
    stage.telling().prepare()
    assert stage.store.notices() == before


def test_deleted_cases_are_listed_with_the_reason_and_never_written(stage: Stage) -> None:
    there, gone = stage.callers(2)
    delete(stage, gone.case_id)
    stage.resolve()
    found = stage.telling().prepare()
    assert [each.code for each in found.findings] == ["NOT_SEEN"]
    assert "1 of 2 cases" in found.findings[0].words
    notice = stage.kept(gone).notice
    assert (notice.state, notice.reason) == (NoticeState.NO_OUTREACH, GONE)
    assert stage.kept(there).notice.state is NoticeState.DRAFT
    assert stage.telling().write().done == ()


def test_a_ticket_none_of_whose_cases_can_be_seen_is_left_to_a_person(stage: Stage) -> None:
    """A permission may be missing: nobody is listed as unreachable for that, and the ticket is not told."""
    for each in stage.callers(2):
        delete(stage, each.case_id)
    stage.resolve()
    (finding,) = stage.telling().prepare().findings
    assert finding.needs_a_person
    assert (stage.store.notices(), stage.telling().settle()) == ([], ())


def delete(stage: Stage, case_id: str) -> None:
    database = stage.org._org.database
    with database.transaction():
        sobject = stage.org._org.schema.get("Case")
        assert sobject
        database.execute(f"DELETE FROM \"{sobject.name}\" WHERE Id = '{case_id}'")


def test_what_is_kept_of_how_to_reach_somebody_is_yes_or_no(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    said = repr(stage.kept(case))
    assert "example.com" not in said
    assert "5550142" not in said
    assert "example.com" not in caplog.text


def test_a_thousand_waiting_callers_are_asked_for_in_two_calls(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = stage.callers(3)
    with meddled(stage, monkeypatch) as seen:
        stage.ledger.tallied[TICKET] = [
            *cases,
            *(dataclasses.replace(cases[0], case_id=f"500000000000{each:03d}AAA") for each in range(997)),
        ]
        stage.resolve()
        assert stage.telling().prepare().api_calls == 2
    assert seen == [[f"query_{each}" for each in range(5)]] * 2


# Drafts and approval


def test_the_text_is_the_customers_words_in_the_proposed_template(stage: Stage) -> None:
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    notice = stage.kept(case).notice
    assert notice.template == "resolved"
    assert "Claims load again." in notice.body
    assert "checking your claim status online" in notice.body
    assert case.case_number in notice.body


def test_nothing_is_written_before_somebody_approved_it(stage: Stage) -> None:
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    wrote = stage.telling().write()
    assert (wrote.done, wrote.api_calls) == ((), 0)
    assert (stage.on_case(case), stage.tasks()) == (None, [])


def test_what_was_approved_is_what_is_sent(stage: Stage) -> None:
    """Another text has to be shown and approved again."""
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    shown = stage.kept(case)
    stage.resolve(text="Claims load again since Monday.")
    stage.telling().prepare()
    decided = stage.telling().approve({shown.notice_id: shown.notice.digest}, BY)
    assert (decided.done, decided.refused[shown.notice_id].code) == ((), "CHANGED")
    stage.approve(case)
    stage.resolve(text="Claims load.")
    stage.telling().prepare()
    assert (stage.kept(case).notice.state, stage.kept(case).notice.reason) == (NoticeState.DRAFT, CHANGED)


def test_an_approval_says_who_and_when_and_is_not_overwritten(stage: Stage) -> None:
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    stage.approve(case)
    at = stage.clock.now
    stage.hour()
    kept = stage.kept(case)
    stage.telling().approve({kept.notice_id: kept.notice.digest}, "005000000000002AAA")
    assert (stage.kept(case).approved_by, stage.kept(case).approved_at) == (BY, at)


def test_one_that_is_refused_does_not_stop_the_others(stage: Stage) -> None:
    cases = stage.callers(2)
    stage.resolve()
    stage.telling().prepare()
    first, second = (stage.kept(each) for each in cases)
    decided = stage.telling().approve(
        {first.notice_id: "another", second.notice_id: second.notice.digest, "nothing": ""}, BY
    )
    assert decided.done == (second.notice_id,)
    assert {key: each.code for key, each in decided.refused.items()} == {
        first.notice_id: "CHANGED", "nothing": "NO_NOTICE",
    }  # fmt: skip


def test_story_63_staff_choose_another_template_and_what_is_empty_is_refused(stage: Stage) -> None:
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    stage.approve(case)
    notice_id = stage.kept(case).notice_id
    with pytest.raises(Rejected, match="nothing was given for office"):
        stage.telling().choose(notice_id, "not VA.gov", {})
    chosen = stage.telling().choose(notice_id, "not VA.gov", {"office": "benefits"})
    assert chosen.notice.state is NoticeState.DRAFT
    assert "800-827-1000" in chosen.notice.body
    stage.telling().prepare()
    assert stage.kept(case).notice.template == "not VA.gov"


def test_a_template_that_says_fixed_is_not_for_what_is_not(stage: Stage) -> None:
    case = stage.case(stage.person())
    stage.resolve(Outcome.NOT_PLANNED)
    stage.telling().prepare()
    with pytest.raises(Rejected, match="says that the problem is over"):
        stage.telling().choose(stage.kept(case).notice_id, "resolved", {})


def test_a_customers_decision_of_a_lead_outlives_the_night_until_it_is_taken_back(stage: Stage) -> None:
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    notice_id = stage.kept(case).notice_id
    stage.telling().leave_out([notice_id], "", BY)
    stage.telling().prepare()
    assert (stage.kept(case).notice.state, stage.kept(case).notice.reason) == (
        NoticeState.NO_OUTREACH, NO_OUTREACH,
    )  # fmt: skip
    stage.telling().hold([notice_id])
    assert stage.kept(case).notice.state is NoticeState.DRAFT
    assert stage.telling().settle() == ()


def test_a_text_that_cannot_be_rendered_is_said_once_a_ticket_and_costs_the_others_nothing(
    stage: Stage,
) -> None:
    first, second = stage.callers(2)
    stage.case(stage.person(), "t-2")
    stage.resolve(text=" ")
    stage.resolve(ticket_id="t-2")
    (finding,) = stage.telling().prepare().findings
    assert (finding.code, finding.needs_a_person) == ("EMPTY", True)
    assert f"Ticket {NUMBER}" in finding.words
    assert [each.ticket_id for each in stage.store.notices()] == ["t-2"]
    assert {first.case_number, second.case_number} & set(finding.words.split()) == set()


# Everybody


def test_story_64_above_the_threshold_a_banner_and_a_mail_are_drafted_for_approval(stage: Stage) -> None:
    stage.maps = dataclasses.replace(stage.maps, notices=dataclasses.replace(stage.maps.notices, mass_from=3))
    stage.callers(3)
    stage.resolve()
    assert stage.telling().prepare().counts["mass"] == 1
    (mass,) = stage.store.masses()
    assert mass.draft.audience.words == "3 people wait; 3 of them may be written to."
    assert "Claims load again." in mass.draft.banner.body
    with pytest.raises(Rejected):
        stage.telling().approve_mass(mass.draft.mass_id, "another", BY)
    stage.telling().approve_mass(mass.draft.mass_id, mass.draft.digest, BY)
    stage.telling().prepare()
    (approved,) = stage.store.masses()
    assert (approved.draft.approved, approved.approved_by) == (True, BY)
    stage.resolve(text="Claims load since Monday.")
    stage.telling().prepare()
    assert not stage.store.masses()[0].draft.approved
    assert stage.tasks() == []


def test_for_fewer_there_is_no_draft_to_everybody(stage: Stage) -> None:
    stage.callers(3)
    stage.resolve()
    stage.telling().prepare()
    assert stage.store.masses() == []


# Salesforce


def test_approved_ones_are_written_to_the_case_and_a_task_for_the_agents(stage: Stage) -> None:
    case = stage.case(stage.person(), Origin="Phone")
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    assert stage.telling().write().done == (stage.kept(case).notice_id,)
    written = stage.record("Case", case.case_id)
    assert {name: written[name] for name in written if name.startswith("Handoff_Answer") or "Ticket" in name} == {
        "Handoff_Ticket__c": 12.0,
        "Handoff_Answer__c": "to_tell",
        "Handoff_Answer_Outcome__c": "completed",
        "Handoff_Answer_Route__c": "whh_agent",
        "Handoff_Answer_Reason__c": None,
        "Handoff_Answer_Tries__c": 0.0,
        "Handoff_Answered_At__c": None,
    }  # fmt: skip
    (task,) = stage.tasks()
    assert (task["Handoff_Id__c"], task["WhatId"]) == (stage.kept(case).notice_id, case.case_id)
    assert (task["Status"], task["ActivityDate"]) == ("Not Started", "2026-11-20")
    assert stage.kept(case).notice.body in task["Description"]
    assert stage.record("Group", task["OwnerId"])["DeveloperName"] == "WHH_Answers"


def test_a_thousand_are_written_in_three_calls(stage: Stage) -> None:
    """One for the names of the queues, one for 1,000 Cases, one for 1,000 Tasks."""
    keep_approved(stage, 1000)
    yes = SaysYes()
    wrote = stage.telling(salesforce=yes).write()
    assert (len(wrote.done), [len(each.subrequests) for each in yes.asked]) == (1000, [1, 5, 5])
    keep_approved(stage, 1001)
    assert [len(each.subrequests) for each in yes.asked[3:]] == []
    assert len(stage.telling(salesforce=yes).write().done) == 1


def test_writing_again_writes_nothing(stage: Stage) -> None:
    stage.callers(2)
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    stage.telling().write()
    assert stage.telling().write().api_calls == 0


@pytest.mark.parametrize("dies_at", range(1, 4))
@pytest.mark.parametrize("before", [True, False])
def test_killed_anywhere_the_next_one_ends_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, dies_at: int, before: bool
) -> None:
    stage.callers(2)
    stage.resolve()
    stage.telling().prepare()
    stage.approve()

    def dying(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        if number == dies_at:
            if not before:
                send()
            raise KeyboardInterrupt
        return send()

    with meddled(stage, monkeypatch, dying), pytest.raises(KeyboardInterrupt):
        stage.telling().write()
    assert len(stage.telling().write().done) == 2
    assert [each["Status"] for each in stage.tasks()] == ["Not Started"] * 2
    assert {stage.on_case(each) for each in stage.ledger.tallied[TICKET]} == {"to_tell"}
    assert stage.telling().write().api_calls == 0


def test_a_task_that_an_agent_has_begun_stays_begun(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the run that made it was killed before it could note that."""
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    stage.approve()

    def dying(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        answer = send()
        if number == 3:
            raise KeyboardInterrupt
        return answer

    with meddled(stage, monkeypatch, dying), pytest.raises(KeyboardInterrupt):
        stage.telling().write()
    stage.org.update("Task", stage.tasks()[0]["Id"], Status="In Progress")
    stage.telling().write()
    assert [each["Status"] for each in stage.tasks()] == ["In Progress"]
    assert stage.kept(case).task_id == stage.tasks()[0]["Id"]


@pytest.mark.parametrize("sobject", ["Case", "Task"])
def test_one_that_is_refused_is_parked_and_stops_no_other(stage: Stage, sobject: str) -> None:
    stage.callers(3)
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    stage.org.faults.add(Fault("", "row", sobject=sobject, code=REFUSED, times=1))
    wrote = stage.telling().write()
    assert (len(wrote.done), list(wrote.parked.values())) == (2, [REFUSED])
    assert stage.telling().write().api_calls == 0
    again = stage.telling().write(again=True)
    assert (len(again.done), len(stage.tasks())) == (1, 3)


def test_a_deleted_case_parks_its_notice(stage: Stage) -> None:
    gone, there = stage.callers(2)
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    delete(stage, gone.case_id)
    wrote = stage.telling().write()
    assert list(wrote.parked) == [stage.kept(gone).notice_id]
    assert wrote.done == (stage.kept(there).notice_id,)


def test_a_locked_record_is_for_the_next_time(stage: Stage) -> None:
    stage.callers(2)
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    stage.org.faults.add(Fault("", "row", sobject="Case", code="UNABLE_TO_LOCK_ROW", times=1))
    wrote = stage.telling().write()
    assert (len(wrote.done), len(wrote.later), wrote.parked) == (1, 1, {})
    assert len(stage.telling().write().done) == 1


def test_where_salesforce_is_away_it_says_so_and_nothing_is_lost(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.callers(1)
    stage.resolve()
    stage.telling().prepare()
    stage.approve()

    def away(number: int, request: CompositeRequest, send: Send) -> tuple[Part, ...]:
        raise Unavailable("Salesforce is away.", code="LOCKED")

    with meddled(stage, monkeypatch, away):
        assert isinstance(stage.telling().write().stopped, Unavailable)
    stage.store.open_gate("salesforce")
    assert len(stage.telling().write().done) == 1


def test_a_queue_that_the_org_does_not_have_stops_it_before_anything_is_written(stage: Stage) -> None:
    queues = {Route.CONTACT_CENTER: "No_Such_Queue", Route.WHH_AGENT: "No_Such_Queue"}
    stage.maps = dataclasses.replace(
        stage.maps, answers=dataclasses.replace(stage.maps.answers, queues=queues)
    )
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    stopped = stage.telling().write().stopped
    assert isinstance(stopped, Misconfigured)
    assert "No_Such_Queue" in stopped.message
    assert stage.on_case(case) is None


def test_a_case_of_two_tickets_is_written_for_one_after_the_other(stage: Stage) -> None:
    case = stage.case(stage.person())
    stage.ledger.tallied["t-2"].append(case)
    stage.resolve()
    stage.resolve(ticket_id="t-2")
    stage.telling().prepare()
    stage.approve()
    assert len(stage.telling().write().done) == 2
    assert len(stage.tasks()) == 2


# Attempts


def told(stage: Stage) -> Any:
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    stage.telling().write()
    return case


def test_story_61_email_email_phone_and_then_it_is_exhausted(stage: Stage) -> None:
    case = told(stage)
    for means in (EMAIL, EMAIL, PHONE):
        record(stage, case, Reached.NO_ANSWER, means)
    kept = stage.kept(case)
    assert kept.notice.state is NoticeState.EXHAUSTED
    assert [each.means for each in kept.notice.attempts] == [EMAIL, EMAIL, PHONE]
    assert kept.recorded_by == (BY, BY, BY)
    stage.telling().write()
    assert (stage.on_case(case), stage.tasks()[0]["Status"]) == ("exhausted", "Completed")
    assert stage.record("Case", case.case_id)["Handoff_Answer_Tries__c"] == 3
    assert stage.telling().settle() == (TICKET,)


def test_the_task_tells_what_was_tried(stage: Stage) -> None:
    case = told(stage)
    record(stage, case, Reached.BOUNCED)
    stage.telling().write()
    (task,) = stage.tasks()
    assert (task["Status"], "came back" in task["Description"]) == ("Not Started", True)


def test_who_was_reached_is_told_and_the_task_is_done(stage: Stage) -> None:
    case = told(stage)
    assert stage.telling().settle() == ()
    record(stage, case, Reached.REACHED)
    stage.telling().write()
    written = stage.record("Case", case.case_id)
    assert (written["Handoff_Answer__c"], stage.tasks()[0]["Status"]) == ("told", "Completed")
    assert written["Handoff_Answered_At__c"].startswith("2026-11-20T16:04:30")
    assert stage.telling().settle() == (TICKET,)
    assert stage.answers.over == {TICKET: stage.clock.now}


def test_an_attempt_told_twice_counts_once_and_none_is_in_the_future(stage: Stage) -> None:
    case = told(stage)
    at, notice_id = stage.hour(), stage.kept(case).notice_id
    for _ in range(2):
        stage.telling().record(notice_id, Reached.NO_ANSWER, EMAIL, at, BY)
    assert len(stage.kept(case).notice.attempts) == len(stage.kept(case).recorded_by) == 1
    with pytest.raises(Rejected, match="future"):
        stage.telling().record(notice_id, Reached.NO_ANSWER, EMAIL, at + timedelta(seconds=1), BY)


def test_a_draft_takes_no_attempt(stage: Stage) -> None:
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    with pytest.raises(Rejected, match="is draft"):
        record(stage, case, Reached.REACHED)


@pytest.mark.parametrize(("status", "after"), [("Closed", "Working"), ("Escalated", "Escalated")])
def test_story_62_still_broken_reopens_ticket_and_case(stage: Stage, status: str, after: str) -> None:
    """A Case that agents have open stays where they have it."""
    case = told(stage)
    stage.org.update("Case", case.case_id, Status=status)
    record(stage, case, Reached.STILL_BROKEN)
    assert stage.kept(case).notice.state is NoticeState.STILL_BROKEN
    assert stage.reopened == [(TICKET, case.case_number)]
    stage.telling().write()
    written = stage.record("Case", case.case_id)
    assert (written["Status"], written["Handoff_Answer__c"]) == (after, "still_broken")
    stage.telling().reopen_broken()
    assert len(stage.reopened) == 1
    assert stage.telling().settle() == ()


def test_a_ticket_that_could_not_be_opened_again_is_opened_the_next_time(stage: Stage) -> None:
    case = told(stage)

    def away(ticket_id: str, number: str) -> None:
        raise Unavailable("The tracker is away.")

    telling = stage.telling(reopen=away)
    at = stage.hour()
    with pytest.raises(Unavailable):
        telling.record(stage.kept(case).notice_id, Reached.STILL_BROKEN, PHONE, at, BY)
    assert stage.kept(case).notice.state is NoticeState.STILL_BROKEN
    assert stage.telling().reopen_broken() == 1
    assert stage.reopened == [(TICKET, case.case_number)]


def test_a_case_that_was_opened_again_is_not_opened_twice(stage: Stage) -> None:
    case = told(stage)
    stage.org.update("Case", case.case_id, Status="Closed")
    record(stage, case, Reached.STILL_BROKEN)
    stage.telling().write()
    stage.org.update("Case", case.case_id, Status="Closed")
    stage.telling().write()
    assert stage.record("Case", case.case_id)["Status"] == "Closed"


def test_story_62_what_cant_be_mended_is_told_and_never_called_fixed(stage: Stage) -> None:
    case = stage.case(stage.person())
    stage.resolve(Outcome.BLOCKED)
    stage.telling().prepare()
    assert "fixed" not in stage.kept(case).notice.body
    stage.approve()
    record(stage, case, Reached.REACHED)
    assert stage.telling().settle() == (TICKET,)


def test_a_store_that_was_restored_tells_nobody_again_whose_task_is_done(
    stage: Stage, tmp_path: Path
) -> None:
    """Neither by another case of theirs; whose Task is open is told."""
    person = stage.person()
    case, same_person = stage.case(person), stage.case(person)
    other = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    stage.telling().write()
    record(stage, case, Reached.REACHED)
    stage.telling().write()
    with closing(SqlStore.open(f"sqlite:///{tmp_path / 'older.sqlite3'}", SEAL, stage.clock)) as older:
        stage.store = older
        for _ in range(2):
            stage.telling().prepare()
            assert [stage.kept(each).notice.reason for each in (case, same_person, other)] == [
                TOLD_ALREADY,
                TOLD_ALREADY,
                None,
            ]


def test_a_draft_of_a_restored_store_is_not_told_again_either(stage: Stage, tmp_path: Path) -> None:
    case = stage.case(stage.person())
    stage.resolve()
    stage.telling().prepare()
    with closing(SqlStore.open(f"sqlite:///{tmp_path / 'older.sqlite3'}", SEAL, stage.clock)) as older:
        newer, stage.store = stage.store, older
        stage.telling().prepare()
        stage.store = newer
        stage.approve()
        stage.telling().write()
        record(stage, case, Reached.REACHED)
        stage.telling().write()
        stage.store = older
        stage.telling().prepare()
        assert stage.kept(case).notice.reason == TOLD_ALREADY


# Opened again


def test_what_was_not_told_is_taken_back_when_the_ticket_is_opened_again(stage: Stage) -> None:
    first, second = stage.callers(2)
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    stage.telling().write()
    record(stage, first, Reached.REACHED)
    stage.answers.unresolve(TICKET, "it came back")
    assert stage.telling().prepare().withdrawn == 1
    assert [stage.kept(each).notice.state for each in (first, second)] == [
        NoticeState.TOLD, NoticeState.WITHDRAWN,
    ]  # fmt: skip
    stage.telling().write()
    assert [each["Status"] for each in stage.tasks()] == ["Completed", "Completed"]
    assert stage.on_case(second) == "waiting"


def test_resolved_once_more_everybody_is_told_again(stage: Stage) -> None:
    case = told(stage)
    record(stage, case, Reached.REACHED)
    stage.answers.unresolve(TICKET, "it came back")
    stage.telling().prepare()
    stage.resolve(turn=2)
    stage.telling().prepare()
    assert stage.kept(case, 2).notice.state is NoticeState.DRAFT
    assert stage.telling().settle() == ()


def test_nothing_is_approved_written_or_exported_of_a_ticket_that_is_open_again(stage: Stage) -> None:
    """Though nobody has looked since."""
    first, second = stage.callers(2)
    stage.resolve()
    stage.telling().prepare()
    stage.approve(first)
    stage.answers.unresolve(TICKET, "it came back")
    draft = stage.kept(second)
    refused = stage.telling().approve({draft.notice_id: draft.notice.digest}, BY).refused
    assert refused[draft.notice_id].code == "REOPENED"
    assert stage.telling().mails() == []
    assert (stage.telling().write().done, stage.on_case(first)) == ((), None)


def test_who_opts_out_after_the_approval_is_not_told(stage: Stage) -> None:
    person = stage.person()
    case = stage.case(person)
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    stage.telling().write()
    stage.org.update("Contact", person, No_Outreach__c=True)
    stage.telling().prepare()
    stage.telling().write()
    assert (stage.on_case(case), stage.tasks()[0]["Status"]) == ("no_outreach", "Completed")
    stage.org.update("Contact", person, No_Outreach__c=False)
    stage.telling().prepare()
    stage.approve()
    stage.telling().write()
    assert (stage.on_case(case), stage.tasks()[0]["Status"]) == ("to_tell", "Not Started")


def test_story_60_a_ticket_is_told_only_when_every_caller_was_or_is_listed(stage: Stage) -> None:
    first, second = stage.callers(2)
    stage.case(stage.person(Deceased__c=True))
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    record(stage, first, Reached.REACHED)
    assert stage.telling().settle() == ()
    record(stage, second, Reached.REFUSED)
    assert stage.telling().settle() == (TICKET,)
    assert stage.telling().settle() == ()


def test_texts_are_emptied_once_they_are_old_and_the_task_keeps_its_own(stage: Stage) -> None:
    case = told(stage)
    record(stage, case, Reached.REACHED)
    stage.telling().write()
    before = stage.tasks()[0]["Description"]
    stage.clock.forward(days=31)
    assert stage.telling().purge(timedelta(days=30)) == 1
    assert (stage.kept(case).notice.body, stage.kept(case).purged) == ("", True)
    record(stage, case, Reached.STILL_BROKEN)
    stage.telling().write()
    assert stage.tasks()[0]["Description"] == before
    assert stage.on_case(case) == "still_broken"


def again(stage: Stage, turn: int = 2) -> None:
    """Opened again, and resolved once more."""
    stage.answers.unresolve(TICKET, "it came back")
    stage.telling().prepare()
    stage.resolve(turn=turn)
    stage.telling().prepare()


def test_who_refused_or_was_left_out_by_a_lead_stays_so_when_it_is_resolved_once_more(stage: Stage) -> None:
    refused, left, other = stage.callers(3)
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    record(stage, refused, Reached.REFUSED, PHONE)
    stage.telling().leave_out([stage.kept(left).notice_id], "Told by another office.", BY)
    again(stage)
    stage.telling().prepare()
    assert [(found.notice.state, found.notice.reason) for each in (refused, left, other)
            for found in [stage.kept(each, 2)]] == [
        (NoticeState.NO_OUTREACH, REFUSED_BY_CUSTOMER), (NoticeState.NO_OUTREACH, "Told by another office."),
        (NoticeState.DRAFT, None),
    ]  # fmt: skip
    assert not stage.telling().hold([stage.kept(left, 2).notice_id]).refused
    stage.telling().prepare()
    assert stage.kept(left, 2).notice.state is NoticeState.DRAFT


def test_who_refused_is_not_contacted_about_another_ticket_either(stage: Stage) -> None:
    person = stage.person()
    refused, later = stage.case(person), stage.case(person, "t-2")
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    record(stage, refused, Reached.REFUSED, PHONE)
    stage.resolve(ticket_id="t-2")
    stage.telling().prepare()
    found = stage.kept(later).notice
    assert (found.state, found.reason) == (NoticeState.NO_OUTREACH, REFUSED_BY_CUSTOMER)


@pytest.mark.parametrize("before", [True, False])
def test_who_waits_for_a_ticket_and_its_duplicate_hears_of_it_once(stage: Stage, before: bool) -> None:
    """Whether the other ticket was told before, or is resolved with it; the duplicate comes first by its id."""
    person = stage.person()
    theirs, own = stage.case(person), stage.case(person, "a-duplicate")
    alone = stage.case(stage.person(), "a-duplicate")
    if before:
        stage.resolve()
        stage.telling().prepare()
        stage.approve()
        record(stage, theirs, Reached.REACHED)
        assert stage.telling().settle() == (TICKET,)
    found = dataclasses.replace(resolution(number=NUMBER + 1), follows=NUMBER)
    stage.answers.resolve("a-duplicate", found, turn=1)
    if not before:
        stage.resolve()
    for _ in range(2):
        stage.telling().prepare()
        listed = stage.kept(own).notice
        words = f"The same person hears of it for case {theirs.case_number}."
        assert (listed.state, listed.reason) == (NoticeState.NO_OUTREACH, words)
        assert stage.kept(alone).notice.state is NoticeState.DRAFT
        assert stage.kept(theirs).notice.state is (NoticeState.TOLD if before else NoticeState.DRAFT)


def test_who_was_told_of_a_duplicate_is_not_told_of_the_other_ticket(stage: Stage) -> None:
    person = stage.person()
    told_with = stage.case(person, "a-duplicate")
    found = dataclasses.replace(resolution(number=NUMBER + 1), follows=NUMBER)
    stage.answers.resolve("a-duplicate", found, turn=1)
    stage.telling().prepare()
    stage.approve()
    theirs = stage.case(person)
    stage.resolve()
    stage.telling().prepare()
    assert stage.kept(told_with).notice.state is NoticeState.APPROVED
    assert told_with.case_number in (stage.kept(theirs).notice.reason or "")


@pytest.mark.parametrize("both", [True, False])
def test_who_has_had_a_text_goes_on_with_it_when_the_ticket_becomes_a_duplicate(
    stage: Stage, both: bool
) -> None:
    person = stage.person()
    theirs, own = stage.case(person), stage.case(person, "a-duplicate")
    stage.answers.resolve("a-duplicate", resolution(number=NUMBER + 1), turn=1)
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    stage.telling().exported([each for each in stage.telling().mails() if both or each == stage.kept(own)])
    found = dataclasses.replace(resolution(number=NUMBER + 1), follows=NUMBER)
    stage.answers.resolve("a-duplicate", found, turn=1)
    for _ in range(2):
        stage.telling().prepare()
        assert stage.kept(own).notice.state is NoticeState.APPROVED
        assert (stage.kept(theirs).notice.state is NoticeState.APPROVED) is both


def test_a_case_that_is_not_counted_any_more_is_taken_back_until_it_is(stage: Stage) -> None:
    first, second = stage.callers(2)
    stage.resolve()
    stage.telling().prepare()
    stage.approve()
    stage.ledger.tallied[TICKET] = [second]
    stage.telling().prepare()
    assert [stage.kept(each).notice.state for each in (first, second)] == [
        NoticeState.WITHDRAWN, NoticeState.APPROVED,
    ]  # fmt: skip
    stage.ledger.tallied[TICKET] = [first, second]
    stage.telling().prepare()
    assert stage.kept(first).notice.state is NoticeState.DRAFT


# Mails


def test_a_text_that_was_exported_stays_as_long_as_it_is_true(stage: Stage) -> None:
    case = told(stage)
    stage.telling().exported(stage.telling().mails())
    stage.resolve(text="Reworded.")
    stage.telling().prepare()
    assert stage.kept(case).notice.state is NoticeState.APPROVED
    assert stage.telling().mails() == []
    stage.resolve(Outcome.NOT_PLANNED)
    stage.telling().prepare()
    assert (stage.kept(case).notice.state, stage.kept(case).notice.reason) == (NoticeState.DRAFT, CHANGED)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Reached.REFUSED, NoticeState.NO_OUTREACH), (Reached.STILL_BROKEN, NoticeState.STILL_BROKEN)],
)
def test_who_had_the_mail_before_it_was_taken_back_may_still_answer(
    stage: Stage, outcome: Reached, state: NoticeState
) -> None:
    case = told(stage)
    other = stage.case(stage.person(), Origin="Phone")
    stage.telling().prepare()
    stage.telling().exported(stage.telling().mails())
    stage.answers.unresolve(TICKET, "it came back")
    stage.telling().prepare()
    with pytest.raises(Rejected, match="is withdrawn"):
        record(stage, other, outcome)
    with pytest.raises(Rejected, match="is withdrawn"):
        record(stage, case, Reached.NO_ANSWER)
    record(stage, case, outcome)
    assert stage.kept(case).notice.state is state


def test_a_mail_is_exported_once_an_attempt(stage: Stage) -> None:
    case = told(stage)
    stage.case(stage.person(), Origin="Phone")
    stage.case(stage.person(Email=None))
    stage.telling().prepare()
    stage.approve()
    (mail,) = stage.telling().mails()
    assert mail.notice.case_id == case.case_id
    stage.telling().exported([mail])
    assert (stage.telling().mails(), len(stage.telling().mails(again=True))) == ([], 1)
    record(stage, case, Reached.NO_ANSWER)
    assert len(stage.telling().mails()) == 1
    record(stage, case, Reached.NO_ANSWER)
    assert stage.telling().mails() == []


def test_one_that_changed_while_it_was_exported_is_not_noted(stage: Stage) -> None:
    case = told(stage)
    mails = stage.telling().mails()
    record(stage, case, Reached.REACHED)
    with pytest.raises(Rejected, match="changed"):
        stage.telling().exported(mails)


def test_without_the_maps_it_says_so(stage: Stage, mappings: MappingSet) -> None:
    with pytest.raises(Misconfigured, match="answers"):
        stage.telling(maps=dataclasses.replace(mappings, answers=None))
