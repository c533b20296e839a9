"""`issues file`, `issues sync`, `nightly` and `notices` as staff and cron run them, on the embedded org and tracker."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from sf_handoff.adapters.assembly import EMBEDDED_FOLDER, start_embedded
from sf_handoff.adapters.settings import read_settings
from sf_handoff.commands.sample import load_day
from sf_handoff.embedded import Embedded
from sf_handoff.mapping import MappingSet
from sf_handoff.reports.sample_day import sample_day
from tests.commands.test_outbox import Ran, sf

DAY = "2025-11-20"
LEAD = "005000000000001AAA"
STAFF = "avery-analyst"
Looking = Callable[[], Iterator[Embedded]]


@pytest.fixture(autouse=True)
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's machine with the embedded org, in which a day with an outage lies."""
    monkeypatch.setenv("SF_HANDOFF_ORG", "embedded")
    monkeypatch.setenv("SF_HANDOFF_STORE", f"sqlite:///{tmp_path / 'data' / 'store.sqlite3'}")
    monkeypatch.setenv("SF_HANDOFF_ANSWER_AUTHORS", STAFF)


@pytest.fixture
def behind(there: None, mappings: MappingSet) -> Iterator[Embedded]:
    """The same org and tracker, in the test's hand; the commands run their own over the same files."""
    with start_embedded(read_settings().folder / EMBEDDED_FOLDER, mappings) as org:
        load_day(org, mappings, date.fromisoformat(DAY), 60, seed=3, outage=True)
        yield org


def filed(*more: str) -> Ran:
    return sf("issues", "file", "--date", DAY, *more)


def test_story_49_without_yes_it_shows_all_and_sends_nothing(behind: Embedded) -> None:
    ran = filed()
    assert ran.code == 0
    assert ran.out.startswith("create: [Tier 3:Urgent] Claim status: does not open (error_502)")
    for said in (
        "labels: sf-handoff",
        "column: New Issues",
        "priority: Urgent",
        "## What happens",
        "Taken out: ",
    ):
        assert said in ran.out
    assert "1 action planned; nothing was sent. To file: --yes" in ran.err
    assert behind.tracker.issues == []
    (record, left) = filed("--json").records
    assert (record["does"], record["cases"], record["priority"]) == ("create", 40, "urgent")
    assert record["taken_out"]
    assert left["does"] == "left"


def test_story_49_the_plan_shows_the_issue_that_is_there(behind: Embedded) -> None:
    filed("--yes")
    ran = filed()
    assert ran.out.startswith("nothing #1: ")
    assert "Nothing is to be done." in ran.err


def test_filed_twice_it_is_there_once(behind: Embedded) -> None:
    assert [filed("--yes").code for _ in range(2)] == [0, 0]
    (issue,) = behind.tracker.issues
    assert (issue["pipeline"], issue["priority"], len(issue["comments"])) == ("New Issues", "Urgent", 1)


def test_story_58_what_is_sent_is_kept_to_be_read_only_and_names_nobody(
    behind: Embedded, tmp_path: Path
) -> None:
    filed("--yes", "--out", str(tmp_path / "audit"))
    (kept,) = (tmp_path / "audit").iterdir()
    assert kept.name.startswith(f"tickets-{DAY}-filed-")
    assert kept.stat().st_mode & 0o777 == 0o400
    records = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    assert records[0]["body"] == behind.tracker.issue(1)["body"]
    personal = {
        said
        for case in sample_day(date.fromisoformat(DAY), 60, 3, outage=True)
        for said in case.truth.personal
    }
    assert len(personal) > 40
    assert {said for said in personal if said in kept.read_text("utf-8")} == set()


def test_story_55_a_label_that_is_spelled_otherwise_is_an_error_before_anything_is_written(
    behind: Embedded,
) -> None:
    behind.tracker.delete_label("contact center")
    ran = filed("--yes")
    assert ran.code == 2
    assert "label 'contact center'" in ran.err
    assert behind.tracker.issues == []


# What people decide


def workbook(path: Path, decisions: dict[str, str]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Case number", "Decision", "Reason"])
    for number, decision in decisions.items():
        sheet.append([number, decision, "as discussed with Jesse Gray"])
    book.save(path)
    return path


def test_decisions_override_the_rules_and_hold_for_later_runs(behind: Embedded, tmp_path: Path) -> None:
    first, second = (record for record in filed("--json").records)
    assert second["does"] == "left"
    others = [f"{number:08d}" for number in range(1005, 1052)]
    chosen = workbook(tmp_path / "day.xlsx", dict.fromkeys(others, "not ours") | {"00001002": "not ours"})
    assert "--by" in filed("--decisions", str(chosen)).err
    ran = filed("--decisions", str(chosen), "--by", LEAD, "--yes", "--json")
    assert [record["does"] for record in ran.records if record["does"] == "create"] == []
    assert filed("--yes").code == 0
    assert behind.tracker.issues == []
    assert first["cases"] == 40


def test_a_ticket_whose_cases_were_all_taken_out_counts_none(behind: Embedded, tmp_path: Path) -> None:
    filed("--yes")
    others = [f"{number:08d}" for number in range(1001, 1061)]
    chosen = workbook(tmp_path / "day.xlsx", dict.fromkeys(others, "not ours"))
    for does in ("tally", None):
        ran = filed("--decisions", str(chosen), "--by", LEAD, "--yes", "--json")
        assert next((each["does"] for each in ran.records if each.get("number") == 1), None) == does
    (said,) = behind.tracker.issues[0]["comments"]
    assert "In all: 0 cases" in str(said)


def test_a_case_that_was_forwarded_is_filed_and_the_ticket_says_by_which_role(
    behind: Embedded, tmp_path: Path
) -> None:
    left = next(each["fingerprint"] for each in filed("--json").records if each["does"] == "left")
    flags = [
        each for each in sf("report", "triage", "--date", DAY, "--json").records if "case_number" in each
    ]
    clusters = [each for each in sf("report", "triage", "--date", DAY, "--json").records if "cases" in each]
    (number,) = next(each["cases"] for each in clusters if each["fingerprint"] == left)
    assert number in {each["case_number"] for each in flags}
    chosen = workbook(tmp_path / "day.xlsx", {number: "forward"})
    assert filed("--decisions", str(chosen), "--by", LEAD, "--yes").code == 0
    bodies = [each["body"] for each in behind.tracker.issues]
    assert len(bodies) == 2
    (forwarded,) = [each for each in bodies if "Forwarded by: a contact" in each]
    assert LEAD not in "".join(bodies)
    assert "Jesse" not in "".join(bodies)
    assert number in forwarded


def test_decisions_on_cases_that_the_day_does_not_have(behind: Embedded, tmp_path: Path) -> None:
    """Some: they are said, and not kept. All of them: it is the workbook of another day."""
    chosen = workbook(tmp_path / "day.xlsx", {"09999999": "forward", "00001005": "not ours"})
    ran = filed("--decisions", str(chosen), "--by", LEAD, "--yes")
    assert ran.code == 1
    assert "not among the day's cases: 09999999" in ran.out
    assert filed("--yes").code == 0
    ran = filed(
        "--decisions", str(workbook(tmp_path / "x.xlsx", {"09999999": "forward"})), "--by", LEAD, "--yes"
    )
    assert ran.code == 2
    assert "workbook of another day" in ran.err


def test_a_folder_that_cannot_be_made_is_said_before_anything_is_filed(
    behind: Embedded, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    ran = filed("--yes", "--out", str(tmp_path / "file" / "audit"))
    assert ran.code == 2
    assert "Nothing was filed" in ran.err
    assert behind.tracker.issues == []


# Answers


def test_from_the_ticket_to_the_task(behind: Embedded, tmp_path: Path) -> None:
    """Story 59 to 64 in one: closed, read back, drafted, approved, written, recorded."""
    filed("--yes")
    tracker = behind.tracker
    tracker.close(1, by=STAFF)
    ran = sf("issues", "sync")
    assert ran.code == 1
    assert "#1 is closed, and its callers can't be told yet" in ran.err
    tracker.comment(1, "## For customers\n\nYou can see your claims again.", by=STAFF)
    assert sf("issues", "sync").out == "1 ticket looked at, 1 resolved now.\n"
    night = sf("nightly", "--date", DAY, "--out", str(tmp_path / "out"))
    assert night.code == 1
    assert "to approve: sf-handoff notices list --state draft" in night.out
    drafts = sf("notices", "list", "--state", "draft", "--json").records
    assert len(drafts) > 20
    assert sf("notices", "approve", "--ticket", "1", "--by", LEAD, "--yes").code == 0
    tasks = [each for each in behind.records("Task") if each["Handoff_Id__c"] == drafts[0]["notice_id"]]
    assert len(tasks) == 1
    assert sf("notices", "approve", "--ticket", "1", "--by", LEAD, "--yes").code in {0, 2}
    for each in drafts:
        assert sf("notices", "record", each["notice_id"], "--outcome", "reached", "--by", "phone").code == 0
    after = sf("nightly", "--date", DAY, "--out", str(tmp_path / "out"), "--json")
    told = {each["step"]: each for each in json.loads(after.out)["steps"]}["notices"]
    assert told["counts"]["told"] == 1
    assert sf("issues", "list").err.startswith("No ticket is open.")
    done = {each["Handoff_Id__c"]: each["Status"] for each in behind.records("Task")}
    assert {done[each["notice_id"]] for each in drafts} == {"Completed"}


def test_a_tracker_that_is_set_up_wrongly_stops_only_what_needs_one(
    behind: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SF_HANDOFF_TRACKER", "github")
    ran = sf("nightly", "--date", DAY, "--out", str(tmp_path / "out"), "--json")
    assert ran.code == 2
    steps = {each["step"]: each for each in json.loads(ran.out)["steps"]}
    assert {name: each["ended"] for name, each in steps.items()} == {
        "outbox": "done",
        "sweep": "done",
        "report": "done",
        "triage": "done",
        "issues": "failed",
        "sync": "failed",
        "notices": "skipped",
        "page": "done",
    }
    assert "GITHUB_REPO" in steps["issues"]["words"]
    assert (tmp_path / "out" / f"whh-{DAY}.html").exists()
