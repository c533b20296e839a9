"""Flow 2 from the org to the files: a day as a whole in each of them, or no file; its counts kept once."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sf_handoff import pull as pulls
from sf_handoff.adapters import whole_file
from sf_handoff.adapters.assembly import case_address, open_store
from sf_handoff.adapters.report_files.read import read_jsonl
from sf_handoff.adapters.report_files.write import write_day
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.store import SqlStore
from sf_handoff.commands.sample import load_day
from sf_handoff.daily import FORMATS, Daily, JudgedDay
from sf_handoff.embedded import Fault
from sf_handoff.embedded.org import stamp
from sf_handoff.errors import HandoffError, Misconfigured, Unavailable
from sf_handoff.pull_intake import Source
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.history import DayCounts
from sf_handoff.reports.sample_day import sample_day
from sf_handoff.retry import Call
from tests.flow.reporting import DAY, NOW, Stage, staged
from tests.flow.test_report_pull import Described, Sabotaged, total_off, whole_day

ORG = "https://example.my.salesforce.com"
FILES = [f"whh-2026-11-19.{ending}" for ending in ("csv", "html", "jsonl", "xlsx")]
Answer = dict[str, Any]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("daily")) as stage:
        yield stage


@pytest.fixture
def stage(running: Stage) -> Iterator[Stage]:
    """The module's org, empty again."""
    running.clear()
    running.org.faults.clear()
    yield running
    running.org.faults.clear()


@pytest.fixture
def books(tmp_path: Path) -> Iterator[SqlStore]:
    settings = Settings(org=ORG, store=f"sqlite:///{tmp_path / 'store' / 'store.sqlite3'}")
    with closing(open_store(settings, lambda: NOW)) as store:
        yield store


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def daily(stage: Stage, books: SqlStore, **changes: Any) -> Daily:
    return Daily(
        puller=stage.pull(**changes),
        books=books,
        mappings=stage.mappings,
        write=partial(write_day, made_at=NOW, case_url=partial(case_address, ORG)),
    )


def run(
    stage: Stage, books: SqlStore, out: Path, name: str = "The day", day: ReportDay = DAY, **changes: Any
) -> JudgedDay:
    report_id = stage.report_id(name) if name else ""
    judged, files = daily(stage, books, **changes).run(day, report_id, out)
    assert sorted(files) == sorted(out / f"whh-{day.date}{each.suffix}" for each in files)
    assert len(files) == len(FORMATS)
    return judged


def refused(stage: Stage, books: SqlStore, out: Path, name: str = "The day", **changes: Any) -> HandoffError:
    with pytest.raises(HandoffError) as caught:
        run(stage, books, out, name, **changes)
    return caught.value


def there(out: Path) -> list[str]:
    return sorted(each.name for each in out.iterdir()) if out.exists() else []


def codes(judged: JudgedDay) -> list[str]:
    """Of what was found; `!` before what needs a person."""
    return sorted(f"{'!' * each.needs_a_person}{each.code}" for each in judged.findings)


def kept(books: SqlStore) -> list[DayCounts]:
    return books.days(date(2026, 1, 1), date(2027, 1, 1))


# What the files have in them


def in_csv(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [each["case_number"] for each in csv.DictReader(file)]


def in_jsonl(path: Path) -> list[str]:
    return [json.loads(line)["case_number"] for line in path.read_text("ascii").splitlines()]


def in_workbook(path: Path) -> list[str]:
    with closing(openpyxl.load_workbook(path, read_only=True)) as book:
        return [str(line[0]) for line in book["All cases"].iter_rows(min_row=2, max_col=1, values_only=True)]


def on_page(path: Path) -> int:
    (found,) = re.findall(r'<dt>Cases</dt><dd class="number">([\d,]+)</dd>', path.read_text("utf-8"))
    return int(found.replace(",", ""))


def check_files(stage: Stage, out: Path, number: int) -> None:
    """Each file has the org's cases, each of them once."""
    cases = sorted(each["CaseNumber"] for each in stage.org.records("Case"))
    assert len(cases) == number
    assert there(out) == FILES
    for read, name in ((in_csv, FILES[0]), (in_jsonl, FILES[2]), (in_workbook, FILES[3])):
        assert sorted(read(out / name)) == cases, name
    assert on_page(out / FILES[1]) == number


@pytest.mark.parametrize("name", ["The day", "By status", ""])
@pytest.mark.parametrize("number", [7, 0, 2001])
def test_every_file_has_every_row_of_the_org(
    stage: Stage, books: SqlStore, out: Path, number: int, name: str
) -> None:
    stage.fill(number, Status="New", Description="The page is blank on VA.gov", Case_Category__c="Concern")
    judged = run(stage, books, out, name)
    check_files(stage, out, number)
    assert judged.pull.source is (Source.REPORT if name else Source.QUERY)
    assert [(each.date, each.rows) for each in kept(books)] == [(DAY.date, number)]
    assert not judged.needs_a_person


@pytest.mark.parametrize("name", ["The day", ""])
def test_twelve_thousand_rows(
    stage: Stage, books: SqlStore, out: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulls, "BULK_FROM", 12_000)
    stage.fill(12_000, Status="New")
    judged = run(stage, books, out, name)
    check_files(stage, out, 12_000)
    assert judged.pull.source is (Source.REPORT if name else Source.BULK)


def test_of_the_formats_those_that_are_asked_for(stage: Stage, books: SqlStore, out: Path) -> None:
    stage.fill(3)
    _, files = daily(stage, books).run(DAY, "", out, ("json", "csv"))
    assert [each.name for each in files] == [FILES[2], FILES[0]]
    assert there(out) == [FILES[0], FILES[2]]


def test_the_same_day_twice_is_the_same_day(stage: Stage, books: SqlStore, out: Path) -> None:
    """R07: pulled again, nothing is there twice."""
    stage.fill(7, Description="Error MOBL_502 on the claim status page of VA.gov")
    run(stage, books, out)
    before = {name: (out / name).read_bytes() for name in FILES}
    run(stage, books, out)
    assert {name: (out / name).read_bytes() for name in FILES} == before
    check_files(stage, out, 7)
    (counts,) = kept(books)
    assert (counts.rows, list(counts.clusters.values())) == (7, [7])


def test_a_day_that_has_changed_replaces_its_files_and_its_counts(
    stage: Stage, books: SqlStore, out: Path
) -> None:
    for number in (7, 2):
        stage.fill(number)
        run(stage, books, out)
    check_files(stage, out, 9)
    assert [each.rows for each in kept(books)] == [9]


def test_only_the_owner_may_read_the_files(stage: Stage, books: SqlStore, out: Path) -> None:
    run(stage, books, out)
    assert {(out / name).stat().st_mode & 0o777 for name in FILES} == {0o600}


def test_a_look_keeps_nothing_and_writes_nothing(stage: Stage, books: SqlStore, tmp_path: Path) -> None:
    stage.fill(7)
    before = sorted(tmp_path.rglob("*"))
    judged = daily(stage, books).look(DAY, stage.report_id(), compared=True)
    assert (judged.triaged.rows, len(judged.comparisons)) == (7, 3)
    assert sorted(tmp_path.rglob("*")) == before
    assert kept(books) == []


# Days


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25)])
@pytest.mark.parametrize("name", ["The day", ""])
def test_a_day_on_which_clocks_change_has_all_its_hours(
    stage: Stage, books: SqlStore, out: Path, name: str, day: date, hours: int
) -> None:
    """R03: a case an hour; each is in the files of one day."""
    days = [ReportDay(day + timedelta(days=by)) for by in (-1, 0, 1)]
    opened = [each.start + timedelta(hours=at) for each in days for at in range(each.hours)]
    for moment in opened:
        stage.org.create("Case", Subject="One an hour", CreatedDate=f"{moment:%Y-%m-%dT%H:%M:%S}.000+0000")
    found = []
    for each in days:
        run(stage, books, out, name, each)
        found.append(in_csv(out / f"whh-{each.date}.csv"))
    assert [len(numbers) for numbers in found] == [24, hours, 24]
    assert len({number for numbers in found for number in numbers}) == len(opened)
    assert [each.rows for each in kept(books)] == [24, hours, 24]


def after(books: SqlStore, counts: Mapping[date, int]) -> None:
    for day, rows in counts.items():
        books.keep_day(DayCounts(day, rows))


WORKING = [date(2026, 11, 12), date(2026, 11, 13), date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)]


@pytest.mark.parametrize(
    ("earlier", "strange"),
    [
        (dict.fromkeys(WORKING, 180), True),
        (dict.fromkeys(WORKING[1:], 180), False),
        ({**dict.fromkeys(WORKING, 180), WORKING[2]: 0}, False),
        # A holiday (November 11) and a weekend without cases change nothing, and with some neither.
        ({**dict.fromkeys(WORKING, 180), date(2026, 11, 14): 0, date(2026, 11, 15): 0}, True),
        ({**dict.fromkeys(WORKING[1:], 180), date(2026, 11, 11): 9, date(2026, 11, 14): 9}, False),
        ({}, False),
    ],
)
def test_no_rows_after_five_working_days_that_had_some_need_a_person(
    stage: Stage, books: SqlStore, out: Path, earlier: dict[date, int], strange: bool
) -> None:
    """R05: a day without rows is a success; after five working days that all had some, somebody looks."""
    after(books, earlier)
    judged = run(stage, books, out)
    check_files(stage, out, 0)
    assert codes(judged) == (["!NO_ROWS_UNUSUAL", "NO_ROWS"] if strange else ["NO_ROWS"])
    assert judged.needs_a_person is strange
    page = (out / FILES[1]).read_text("utf-8")
    assert ("after five working days" in page) is strange
    assert "No case was opened on Thursday, November 19, 2026 (ET)." in page


def test_rows_after_five_working_days_are_nothing_strange(stage: Stage, books: SqlStore, out: Path) -> None:
    after(books, dict.fromkeys(WORKING, 180))
    stage.fill(1)
    assert codes(run(stage, books, out)) == []


def edited(stage: Stage, case_id: str, notes: str) -> None:
    """By an agent, in the morning after the day; past the API, which has a clock of its own."""
    with stage.org._org.database.transaction():
        stage.org._org.database.execute(
            'UPDATE "Case" SET Description = ?, LastModifiedDate = ? WHERE Id = ?',
            notes,
            stamp(DAY.end + timedelta(hours=9)),
            case_id,
        )


def test_a_day_read_again_after_somebody_edited_it_says_so(stage: Stage, books: SqlStore, out: Path) -> None:
    stage.fill(3, Description="Before")
    assert codes(run(stage, books, out)) == []
    edited(stage, stage.org.records("Case")[0]["Id"], "After")
    judged = run(stage, books, out)
    assert (codes(judged), judged.needs_a_person) == (["LATE_EDITS"], False)
    words = "1 case was edited after the day"
    assert words in (out / FILES[1]).read_text("utf-8")
    notes = sorted(str(each.notes) for each in read_jsonl(out / FILES[2], stage.mappings.report))
    assert notes == ["After", "Before", "Before"]
    with closing(openpyxl.load_workbook(out / FILES[3])) as book:
        assert any(words in str(line[1]) for line in book["About"].iter_rows(values_only=True))


def test_what_trends_is_seen_against_the_days_before(stage: Stage, books: SqlStore, out: Path) -> None:
    days = [ReportDay(DAY.date - timedelta(days=by)) for by in (2, 1, 0)]
    found = []
    for each in days:
        stage.fill(2, each, Description="Error MOBL_502 on the claim status page of VA.gov")
        found.append(run(stage, books, out, day=each))
    assert [[cluster.alert for cluster in each.triaged.clusters] for each in found[:2]] == [[None], [None]]
    (cluster,) = found[2].triaged.clusters
    assert (cluster.alert or "").startswith("6 cases in")
    assert {flag.tier for flag in found[2].triaged.flags} == {3}


def test_days_that_lie_weeks_apart_are_no_trend(stage: Stage, books: SqlStore, out: Path) -> None:
    """What was not pulled was no day with none, but it is a day."""
    for by, cases in ((25, 4), (0, 1)):
        each = ReportDay(DAY.date - timedelta(days=by))
        stage.fill(cases, each, Description="Error MOBL_502 on the claim status page of VA.gov")
        judged = run(stage, books, out, day=each)
    assert [cluster.alert for cluster in judged.triaged.clusters] == [None]


# A sabotaged org: no file that looks complete, and no counts


def renamed(described: Answer) -> Answer:
    details = described["reportMetadata"]["detailColumns"]
    details[details.index("DESCRIPTION")] = "Case.Notes__c"
    info = described["reportExtendedMetadata"]["detailColumnInfo"]
    info["Case.Notes__c"] = info.pop("DESCRIPTION")
    return described


def failing(answer: Answer) -> Answer:
    if not whole_day(answer):
        raise Unavailable("canary", code="CANARY")
    return answer


def half(answer: Answer) -> Answer:
    answer["factMap"]["T!T"]["rows"] = answer["factMap"]["T!T"]["rows"][::2]
    return answer


SABOTAGE: dict[str, tuple[int, type[HandoffError], str, Callable[[Stage], Sabotaged]]] = {
    "allData is false for ever": (
        7, Misconfigured, "INCOMPLETE", lambda stage: Sabotaged(stage, lambda answer: {**answer, "allData": False})),
    "a column is renamed": (
        7, Misconfigured, "RENAMED_COLUMN", lambda stage: Sabotaged(stage, described=renamed)),
    "a total is too high": (7, Unavailable, "INCOMPLETE", lambda stage: Sabotaged(stage, total_off(1))),
    "a total is too low": (7, Unavailable, "INCOMPLETE", lambda stage: Sabotaged(stage, total_off(-1))),
    "the grand total is too high": (
        2001, Unavailable, "INCOMPLETE", lambda stage: Sabotaged(stage, total_off(1, whole_day))),
    "the grand total is too low": (
        2001, Unavailable, "INCOMPLETE", lambda stage: Sabotaged(stage, total_off(-1, whole_day))),
    "a slice fails": (2001, Unavailable, "CANARY", lambda stage: Sabotaged(stage, failing)),
    "rows are missing": (7, Unavailable, "INCOMPLETE", lambda stage: Sabotaged(stage, half)),
    "the report is a matrix": (
        7, Misconfigured, "REPORT_FORMAT", lambda stage: Described(stage, reportFormat="MATRIX")),
}  # fmt: skip


@pytest.mark.parametrize("what", SABOTAGE)
def test_a_sabotaged_org_leaves_no_file(stage: Stage, books: SqlStore, out: Path, what: str) -> None:
    """R06 and R08: nothing is written, and nothing kept, of a day that is not known to be whole."""
    number, kind, code, sabotaged = SABOTAGE[what]
    stage.fill(number, Description="canary")
    error = refused(stage, books, out, reports=sabotaged(stage))
    assert (type(error), error.code) == (kind, code)
    assert (there(out), kept(books)) == ([], [])


def test_a_sabotaged_org_leaves_the_files_of_the_run_before(stage: Stage, books: SqlStore, out: Path) -> None:
    stage.fill(7)
    run(stage, books, out)
    before = {name: (out / name).read_bytes() for name in FILES}
    stage.fill(1)
    refused(stage, books, out, reports=Sabotaged(stage, total_off(1)))
    assert {name: (out / name).read_bytes() for name in there(out)} == before
    assert [each.rows for each in kept(books)] == [7]


@pytest.mark.parametrize(
    ("name", "path"),
    [("The day", r"/analytics/reports/00O\w+$"), ("", r"/query"), ("By status", r"/describe")],
)
@pytest.mark.parametrize("kind", ["truncate", "unavailable", "html"])
def test_answers_that_break_off_or_never_come_leave_no_file(
    stage: Stage, books: SqlStore, out: Path, name: str, path: str, kind: Any
) -> None:
    stage.fill(7)
    stage.org.faults.add(Fault(path, kind, times=None))
    assert isinstance(refused(stage, books, out, name), Unavailable)
    assert (there(out), kept(books)) == ([], [])


def test_a_query_whose_second_page_never_comes_leaves_no_file(
    stage: Stage, books: SqlStore, out: Path
) -> None:
    stage.fill(2001)
    stage.org.faults.add(Fault(r"/query/\w", "truncate", times=None))
    assert isinstance(refused(stage, books, out, ""), Unavailable)
    assert (there(out), kept(books)) == ([], [])


def test_a_run_that_never_ends_leaves_no_file(stage: Stage, books: SqlStore, out: Path) -> None:
    """R09: the wait has an end, there is one new run, and then an error."""

    class Endless(Sabotaged):
        made = 0

        def __init__(self) -> None:
            super().__init__(stage)
            self._later = True

        def _posted(self, path: str, changes: Mapping[str, Any], call: Call, *more: Any) -> Mapping[str, Any]:
            self.made += 1
            stage.org.faults.add(Fault("/instances/", "answer", method="GET", times=None, status=200,
                                       body={"attributes": {"status": "Running"}}))  # fmt: skip
            return super()._posted(path, changes, call, *more)

    stage.fill(7)
    endless = Endless()
    error = refused(stage, books, out, reports=endless)
    assert (type(error), error.code, endless.made) == (Unavailable, "RUN_TIMEOUT", 2)
    assert (there(out), kept(books)) == ([], [])


def test_what_goes_wrong_while_the_last_file_is_written_leaves_none(
    stage: Stage, books: SqlStore, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, or a bug: the files of a day get their names together."""
    from sf_handoff.adapters.report_files import write

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    stage.fill(7)
    monkeypatch.setattr(write, "write_page", full)
    error = refused(stage, books, out)
    assert (type(error), error.code) == (Misconfigured, "NOT_WRITTEN")
    assert (there(out), kept(books)) == ([], [])


def test_a_disk_that_is_full_when_the_file_is_synced(
    stage: Stage, books: SqlStore, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    usual = whole_file._synced

    def late(handle: Any) -> None:
        synced.append(str(handle.name))
        if len(synced) == len(FORMATS):
            raise OSError(28, "No space left on device")
        usual(handle)

    stage.fill(7)
    monkeypatch.setattr(whole_file, "_synced", late)
    assert refused(stage, books, out).code == "NOT_WRITTEN"
    assert (there(out), kept(books)) == ([], [])


def test_an_out_folder_that_cannot_be_one(stage: Stage, books: SqlStore, tmp_path: Path) -> None:
    stage.fill(7)
    (tmp_path / "file").write_bytes(b"")
    error = refused(stage, books, tmp_path / "file" / "out")
    assert (type(error), error.code) == (Misconfigured, "NOT_WRITTEN")
    assert kept(books) == []


# What must not get out


def store_files(books: SqlStore, tmp_path: Path) -> bytes:
    books.close()
    return b"".join(each.read_bytes() for each in (tmp_path / "store").iterdir() if each.name != "store.key")


def test_nothing_personal_is_on_the_page_or_in_the_store(
    stage: Stage, books: SqlStore, out: Path, tmp_path: Path
) -> None:
    load_day(stage.org, stage.mappings, DAY.date, 600, seed=3, outage=True)
    run(stage, books, out)
    cases = sample_day(DAY.date, 600, 3, outage=True)
    personal = {text for case in cases for text in case.truth.personal if len(text) > 3}
    assert len(personal) > 100
    page = (out / FILES[1]).read_text("utf-8").lower()
    assert sorted(text for text in personal if text.lower() in page) == []
    stored = store_files(books, tmp_path)
    assert b"v1-" in stored
    assert sorted(text for text in personal if text.encode() in stored) == []


def test_a_product_that_somebody_typed_is_not_on_the_page_nor_in_the_store(
    stage: Stage, books: SqlStore, out: Path, tmp_path: Path
) -> None:
    """A picklist may be unrestricted, and a column of the map free text: then it may name a person."""
    stage.fill(3, Subject="T3 sign in", Description="VA.gov error 502")
    with stage.org._org.database.transaction():
        stage.org._org.database.execute(
            "UPDATE \"Case\" SET Product__c = 'Jesse Gray', Case_Category__c = 'of Mr Gray', Sub_Topic__c = 'Gray'"
        )
    run(stage, books, out)
    assert "Gray" not in (out / FILES[1]).read_text("utf-8")
    assert "Gray" in (out / FILES[0]).read_text("utf-8")
    (counts,) = kept(books)
    assert (counts.by_category, counts.by_product) == ({"another value": 3}, {"another value": 3})
    assert b"Gray" not in store_files(books, tmp_path)


def test_our_own_handoff_cases_are_counted_and_never_flagged(
    stage: Stage, books: SqlStore, out: Path
) -> None:
    own = stage.org.records("RecordType")[0]
    assert own["DeveloperName"] in stage.mappings.report.own_record_types
    stage.fill(3, RecordTypeId=own["Id"], Description="VA.gov error MOBL_502")
    stage.fill(2, Description="VA.gov error MOBL_502")
    judged = run(stage, books, out)
    assert (judged.triaged.rows, judged.triaged.own, len(judged.triaged.flags)) == (5, 3, 2)


def test_without_one_of_the_rule_sets_there_is_less_to_compare(
    stage: Stage, books: SqlStore, out: Path
) -> None:
    triage = stage.mappings.triage
    fewer = replace(triage, rule_sets=tuple(each for each in triage.rule_sets if each.name != "T3"))
    other = replace(stage, mappings=replace(stage.mappings, triage=fewer))
    judged = run(other, books, out)
    assert [(each.a, each.b) for each in judged.comparisons] == [
        ("2019 report 1", "2019 report 2"),
        ("2019", "ours"),
    ]


def test_a_sunday_without_rows_is_nothing_strange(stage: Stage, books: SqlStore, out: Path) -> None:
    """R05"""
    after(books, dict.fromkeys(WORKING, 180))
    judged = run(stage, books, out, day=ReportDay(date(2026, 11, 22)))
    assert (codes(judged)[-1], judged.needs_a_person) == ("NO_ROWS", False)
