"""`notices` as staff use it: what is listed, shown, approved, recorded, exported; and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sf_handoff.adapters import assembly
from sf_handoff.adapters.assembly import open_store, start_embedded
from sf_handoff.adapters.report_files.xlsx import write_xlsx
from sf_handoff.adapters.settings import read_settings
from sf_handoff.adapters.store import SqlStore
from sf_handoff.commands import notices as notices_command
from sf_handoff.commands.serve import environment
from sf_handoff.embedded import Embedded, Fault
from sf_handoff.errors import InvalidHandoff
from sf_handoff.mapping import bundled
from sf_handoff.reports.decisions import NoticeDecided, NoticeDecision
from sf_handoff.reports.notices.values import NoticeState, Outcome
from sf_handoff.reports.tickets import TicketCase
from tests.adapters.report_files.rows import about, found, rows
from tests.commands.test_outbox import Ran, sf
from tests.conftest import Clock
from tests.flow.waiting import BY, Answers, Stage

REFUSED = "FIELD_CUSTOM_VALIDATION_EXCEPTION"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with start_embedded(tmp_path_factory.mktemp("org"), bundled()) as org:
        yield org


@pytest.fixture
def stage(
    running: Embedded, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """Three people wait for a resolved ticket: one told by the hotline, one who has died."""
    settings = environment(running) | {
        "SF_HANDOFF_STORE": f"sqlite:///{tmp_path / 'store' / 'store.sqlite3'}",
        "SF_HANDOFF_ACTOR": BY,
    }
    for name, value in settings.items():
        if name.startswith("SF_HANDOFF_"):
            monkeypatch.setenv(name, value)
    awake = partial(assembly.open_salesforce, sleep=lambda seconds: None)
    monkeypatch.setattr(assembly, "open_salesforce", awake)
    answers = Answers()
    for name in ("resolution", "resolved", "told"):
        monkeypatch.setattr(SqlStore, name, of_store(getattr(answers, name)), raising=False)
    with (
        closing(open_store(read_settings())) as store,
        closing(assembly.open_salesforce(read_settings())) as salesforce,
    ):
        made = Stage(running, salesforce, store, clock, bundled(), answers)
        made.case(made.person())
        made.case(made.person(), Origin="Phone")
        made.case(made.person(Deceased__c=True))
        made.resolve()
        made.telling().prepare()
        yield made
    running.faults.clear()


def of_store(ask: Callable[..., Any]) -> Callable[..., Any]:
    """As a method of the store."""
    return lambda store, *given: ask(*given)


def cases(stage: Stage) -> list[TicketCase]:
    (found,) = stage.ledger.tallied.values()
    return found


def ids(stage: Stage) -> list[str]:
    return [stage.kept(each).notice_id for each in cases(stage)]


# list and show


def test_list_says_who_is_told_and_how_far_that_is(stage: Stage) -> None:
    ran = sf("notices", "list")
    first, second, third = ran.out.splitlines()
    assert (
        first
        == f"draft         {ids(stage)[0][:8]}  SF {cases(stage)[0].case_number}  ticket 12  contact center"
    )
    assert "whh agent" in second
    assert "The customer has died." in third
    assert (ran.code, ran.err) == (0, "2 draft, 1 no outreach\n")


def test_list_json_has_the_keys_of_the_contract(stage: Stage) -> None:
    ran = sf("notices", "list", "--state", "no_outreach", "--json")
    (only,) = ran.records
    assert only == {
        "notice_id": ids(stage)[2],
        "ticket": 12,
        "case_number": cases(stage)[2].case_number,
        "route": "no_outreach",
        "state": "no_outreach",
        "attempts": [],
        "reason": "The customer has died.",
    }
    assert sf("notices", "list", "--ticket", "13").err == "There is no notice.\n"


def test_list_and_show_need_no_sign_in(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: Any, **more: Any) -> Any:
        raise AssertionError("signed in")

    monkeypatch.setattr(assembly, "open_salesforce", refused)
    assert sf("notices", "list").code == 0
    assert sf("notices", "show", ids(stage)[0]).code == 0


def test_show_has_the_whole_text_and_how_hard_it_is_to_read(stage: Stage) -> None:
    ran = sf("notices", "show", ids(stage)[0][:8])
    assert stage.kept(cases(stage)[0]).notice.body in ran.out
    assert "To read    grade" in ran.out
    assert "Next       Attempt 1 of 3: email." in ran.out
    assert sf("notices", "show", "00000000").code == 2


# approve


def test_in_a_pipe_nothing_is_approved_without_yes(stage: Stage) -> None:
    ran = sf("notices", "approve", "--ticket", "12")
    assert ran.code == 2
    assert "give --yes" in ran.err
    assert stage.tasks() == []


def test_approved_is_written_at_once(stage: Stage) -> None:
    ran = sf("notices", "approve", "--ticket", "12", "--yes")
    assert ran.code == 0, ran.err
    assert "2 decided." in ran.err
    assert "3 written to Salesforce, 0 refused" in ran.err
    assert [stage.on_case(each) for each in cases(stage)] == ["to_tell", "to_tell", "no_outreach"]
    assert len(stage.tasks()) == 2
    assert stage.kept(cases(stage)[0]).approved_by == BY


def test_later_leaves_writing_to_the_night(stage: Stage) -> None:
    assert sf("notices", "approve", ids(stage)[0], "--yes", "--later").code == 0
    assert stage.tasks() == []
    assert sf("notices", "write").code == 0
    assert len(stage.tasks()) == 1


def test_on_a_terminal_the_texts_are_shown_and_somebody_is_asked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices_command, "on_terminal", lambda: True)
    asked = sf_given("n\n", "notices", "approve", "--ticket", "12")
    assert asked.code == 1
    assert "Claims load again." in asked.err
    assert "Approve these 2 notices?" in asked.err
    assert stage.kept(cases(stage)[0]).notice.state is NoticeState.DRAFT
    assert sf_given("y\n", "notices", "approve", "--ticket", "12").code == 0
    assert stage.kept(cases(stage)[0]).notice.state is NoticeState.APPROVED


def sf_given(given: str, *args: str) -> Ran:
    return sf(*args, given=given)


def test_nobody_approves_without_an_account(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SF_HANDOFF_ACTOR")
    assert sf("notices", "approve", "--ticket", "12", "--yes").code == 2
    assert sf("notices", "approve", "--ticket", "12", "--yes", "--by", BY).code == 0


def test_what_cannot_be_approved_needs_a_person(stage: Stage) -> None:
    ran = sf("notices", "approve", *ids(stage), "--yes")
    assert ran.code == 1
    assert "is no outreach" in ran.err
    assert len(stage.tasks()) == 2


def test_what_salesforce_refuses_is_said(stage: Stage) -> None:
    stage.org.faults.add(Fault("", "row", sobject="Task", code=REFUSED))
    ran = sf("notices", "approve", "--ticket", "12", "--yes")
    assert ran.code == 1
    assert REFUSED in ran.err
    assert REFUSED in sf("notices", "list").out
    assert sf("notices", "write").code == 0
    assert sf("notices", "write", "--again").code == 0
    assert len(stage.tasks()) == 2


def test_ids_or_a_ticket_or_decisions(stage: Stage) -> None:
    assert sf("notices", "approve", "--yes").code == 2
    assert sf("notices", "approve", ids(stage)[0], "--ticket", "12", "--yes").code == 2


# withdraw, hold, choose, record


def test_withdrawn_stays_listed_with_the_reason_until_it_is_held(stage: Stage) -> None:
    sf("notices", "approve", "--ticket", "12", "--yes")
    assert sf("notices", "withdraw", ids(stage)[0], "--why", "Told by another office").code == 0
    assert stage.on_case(cases(stage)[0]) == "no_outreach"
    assert stage.kept(cases(stage)[0]).notice.reason == "Told by another office"
    assert sf("notices", "withdraw", ids(stage)[1], "--why", "call +1 503 555 0142").code == 2
    assert sf("notices", "hold", ids(stage)[0]).code == 0
    assert stage.kept(cases(stage)[0]).notice.state is NoticeState.DRAFT


def test_choose_takes_values_that_only_staff_know(stage: Stage) -> None:
    assert sf("notices", "choose", ids(stage)[0], "not VA.gov").code == 1
    ran = sf("notices", "choose", ids(stage)[0], "not VA.gov", "--set", "office=hotline", "--json")
    assert json.loads(ran.out)["state"] == "draft"
    assert "855-948-2311" in stage.kept(cases(stage)[0]).notice.body


def test_attempts_are_recorded_until_it_is_over(stage: Stage) -> None:
    sf("notices", "approve", "--ticket", "12", "--yes")
    first = ids(stage)[0]
    for by, minute in (("email", 1), ("email", 2), ("phone", 3)):
        ran = sf(
            "notices",
            "record",
            first,
            "--outcome",
            "no_answer",
            "--by",
            by,
            "--at",
            f"2026-11-20T09:0{minute}",
        )
        assert ran.code == 0, ran.err
    assert ran.out.startswith("exhausted")
    kept = stage.kept(cases(stage)[0])
    assert f"{kept.notice.attempts[0].at:%H:%M}" == "14:01"
    assert kept.recorded_by == (BY,) * 3
    again = sf("notices", "record", first, "--outcome", "bounced", "--by", "email")
    assert (again.code, "is exhausted" in again.err) == (1, True)


def test_still_broken_is_left_to_the_night_where_nobody_can_open_the_ticket(stage: Stage) -> None:
    sf("notices", "approve", "--ticket", "12", "--yes", "--later")
    ran = sf("notices", "record", ids(stage)[0], "--outcome", "still_broken", "--by", "phone")
    assert (ran.code, "opens its ticket" in ran.err) == (0, True)
    assert (stage.telling().reopen_broken(), len(stage.reopened)) == (1, 1)


# export


def test_an_earlier_export_is_not_replaced(stage: Stage, tmp_path: Path) -> None:
    sf("notices", "approve", "--ticket", "12", "--yes")
    out = tmp_path / "mails.csv"
    out.write_text("of yesterday")
    ran = sf("notices", "export", str(out))
    assert (ran.code, out.read_text()) == (2, "of yesterday")
    assert "exists" in ran.err
    assert stage.kept(cases(stage)[0]).exported is None


@pytest.mark.parametrize(
    ("kind", "text", "warned"),
    [
        (Outcome.NOT_PLANNED, "It is Fixed now.", True),
        (Outcome.BLOCKED, "We wait for a partner.", False),
        (Outcome.COMPLETED, "It is fixed now.", False),
    ],
)
def test_words_that_say_fixed_of_what_is_not_are_pointed_out_and_refuse_nothing(
    stage: Stage, kind: Outcome, text: str, warned: bool
) -> None:
    stage.resolve(kind, text=text)
    stage.telling().prepare()
    words = 'says "fixed", and it is not'
    assert (words in sf("notices", "show", ids(stage)[0]).out) is warned
    ran = sf("notices", "approve", "--ticket", "12", "--yes", "--later")
    assert (ran.code, words in ran.err.lower()) == (0, warned)
    assert stage.kept(cases(stage)[0]).notice.state is NoticeState.APPROVED


def test_export_is_once_and_again_is_the_same(stage: Stage, tmp_path: Path) -> None:
    sf("notices", "approve", "--ticket", "12", "--yes")
    out, again = tmp_path / "mails.csv", tmp_path / "again.csv"
    ran = sf("notices", "export", str(out))
    assert (ran.code, ran.out) == (0, f"{out}\n")
    assert "1 mail was exported" in ran.err
    assert sf("notices", "export", str(again)).out == ""
    assert not again.exists()
    sf("notices", "export", str(again), "--again")
    assert again.read_bytes() == out.read_bytes()
    assert b"example.com" not in out.read_bytes()


# The workbook


def workbook(stage: Stage, path: Path, work: Callable[[dict[str, Any], str], None]) -> Path:
    """A day's workbook after a lead's work on its Notices sheet: `work` gets the cells of each row."""
    with path.open("wb") as file:
        drafts = stage.store.notices(states=(NoticeState.DRAFT,))
        write_xlsx(file, rows(2), found(), about(notices=drafts))
    book = openpyxl.load_workbook(path)
    sheet = book["Notices"]
    titles = [str(cell.value) for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        cells = dict(zip(titles, row, strict=True))
        work(cells, str(cells["Case"].value))
    book.save(path)
    return path


def test_the_days_workbook_has_the_drafts(stage: Stage, tmp_path: Path) -> None:
    day = ("--date", "2026-11-12", "--format", "xlsx", "--out", str(tmp_path))
    sf("report", "pull", *day)
    sheet = openpyxl.load_workbook(tmp_path / "whh-2026-11-12.xlsx")["Notices"]
    assert sheet.max_row == 3
    sf("notices", "approve", "--ticket", "12", "--yes", "--later")
    sf("report", "pull", *day)
    assert "Notices" not in openpyxl.load_workbook(tmp_path / "whh-2026-11-12.xlsx").sheetnames


def test_a_lead_decides_in_the_workbook(stage: Stage, tmp_path: Path) -> None:
    first, second, _ = cases(stage)

    def work(cells: dict[str, Any], number: str) -> None:
        cells["Decision"].value = "approve" if number == first.case_number else "no outreach"
        cells["Reason"].value = None if number == first.case_number else "Told by another office"

    path = workbook(stage, tmp_path / "day.xlsx", work)
    ran = sf("notices", "approve", "--decisions", str(path))
    assert ran.code == 0, ran.err
    assert stage.kept(first).notice.state is NoticeState.APPROVED
    left = stage.kept(second).notice
    assert (left.state, left.reason) == (NoticeState.NO_OUTREACH, "Told by another office")


def test_a_text_that_changed_since_the_workbook_was_made_is_not_approved(
    stage: Stage, tmp_path: Path
) -> None:
    path = workbook(stage, tmp_path / "day.xlsx", lambda cells, number: set_to(cells, "approve"))
    stage.resolve(text="Claims load since Monday.")
    stage.telling().prepare()
    ran = sf("notices", "approve", "--decisions", str(path))
    assert (ran.code, "another one than was shown" in ran.err) == (1, True)
    assert stage.tasks() == []


def set_to(cells: dict[str, Any], decision: str) -> None:
    cells["Decision"].value = decision


def test_hold_takes_an_approval_back(stage: Stage, tmp_path: Path) -> None:
    path = workbook(stage, tmp_path / "day.xlsx", lambda cells, number: set_to(cells, "hold"))
    sf("notices", "approve", "--ticket", "12", "--yes", "--later")
    assert sf("notices", "approve", "--decisions", str(path), "--later").code == 0
    assert stage.kept(cases(stage)[0]).notice.state is NoticeState.DRAFT


def test_the_sheet_holds_the_text_and_gives_the_decision_back(stage: Stage, tmp_path: Path) -> None:
    from sf_handoff.adapters.report_files.decisions import read_notice_decisions

    seen: list[str] = []

    def work(cells: dict[str, Any], number: str) -> None:
        seen.append(str(cells["Text"].value))
        cells["Decision"].value = "Approve"

    path = workbook(stage, tmp_path / "day.xlsx", work)
    drafts = stage.store.notices(states=(NoticeState.DRAFT,))
    assert seen == [f"{each.notice.subject}\n\n{each.notice.body}" for each in drafts]
    assert read_notice_decisions(path) == {
        each.notice_id: NoticeDecided(NoticeDecision.APPROVE, "", each.notice.digest) for each in drafts
    }
    workbook(stage, path, lambda cells, number: set_to(cells, "perhaps"))
    with pytest.raises(InvalidHandoff, match="one of approve, hold, no outreach"):
        read_notice_decisions(path)


def test_story_64_a_draft_to_everybody_is_listed_shown_and_approved(stage: Stage) -> None:
    few = replace(stage.maps.notices, mass_from=2)
    stage.telling(maps=replace(stage.maps, notices=few)).prepare()
    assert "Ticket 12: to everybody, a draft" in sf("notices", "list").err
    mass_id = stage.store.masses()[0].draft.mass_id
    shown = sf("notices", "show", mass_id[:8])
    assert "3 people wait; 2 of them may be written to." in shown.out
    assert shown.out.count("Claims load again.") == 2
    assert sf("notices", "approve", mass_id[:8], "--yes").code == 0
    assert stage.store.masses()[0].approved_by == BY
    assert "to everybody, approved" in sf("notices", "list").err
