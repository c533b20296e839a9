"""`report pull` and `report triage` as people and cron run them: what they say, what they leave, how they end."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.adapters import assembly, opening, whole_file
from sf_handoff.adapters.assembly import open_store, start_embedded
from sf_handoff.adapters.report_runs import ReportRuns
from sf_handoff.adapters.settings import read_settings
from sf_handoff.commands.sample import load_day
from sf_handoff.commands.serve import environment
from sf_handoff.embedded import Embedded
from sf_handoff.errors import Unavailable
from sf_handoff.mapping import MappingSet, bundled
from sf_handoff.reports.history import DayCounts
from sf_handoff.reports.sample_day import sample_day
from sf_handoff.retry import Call
from tests.commands.test_commands import run
from tests.commands.test_outbox import Ran, sf

OUTAGE, SMALL, LONG, LARGE = "2026-11-18", "2026-11-17", "2026-11-01", "2026-11-10"
ROWS = {OUTAGE: 300, SMALL: 7, LONG: 60, LARGE: 2001}
EMPTY = "2026-11-05"
ENDINGS = ["csv", "html", "jsonl", "xlsx"]
Answer = dict[str, Any]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    maps = bundled()
    with start_embedded(tmp_path_factory.mktemp("org"), maps) as org:
        for day, rows in ROWS.items():
            load_day(org, maps, date.fromisoformat(day), rows, outage=day == OUTAGE)
        yield org


@dataclass
class At:
    """What the clock of the commands says."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    from sf_handoff import connector

    clock = At(datetime(2026, 11, 19, 12, tzinfo=UTC))
    monkeypatch.setattr(connector, "utc_now", clock)
    monkeypatch.setattr(opening, "open_daily", partial(opening.open_daily, clock=clock))
    return clock


@pytest.fixture(autouse=True)
def there(running: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of somebody who pulls by the report's Id; nobody sleeps."""
    settings = environment(running) | {
        "SF_HANDOFF_STORE": f"sqlite:///{tmp_path / 'store' / 'store.sqlite3'}"
    }
    for name, value in settings.items():
        if name.startswith("SF_HANDOFF_"):
            monkeypatch.setenv(name, value)
    awake = partial(assembly.open_salesforce, sleep=lambda seconds: None)
    monkeypatch.setattr(opening, "open_salesforce", awake)


def pull(*more: str, day: str = SMALL) -> Ran:
    return sf("report", "pull", "--date", day, "--out", "out", *more)


def files(folder: str = "out") -> list[str]:
    return sorted(each.name for each in Path(folder).iterdir()) if Path(folder).exists() else []


def of(day: str, *endings: str) -> list[str]:
    return [f"whh-{day}.{ending}" for ending in endings or ENDINGS]


def counted() -> dict[str, int]:
    """The days whose counts are kept."""
    with closing(open_store(read_settings())) as books:
        found = books.days(date(2026, 1, 1), date(2027, 1, 1))
    return {f"{each.date}": each.rows for each in found}


def lines(path: str) -> int:
    return len(Path(path).read_text("utf-8").splitlines())


# pull


def test_pull_says_what_there_is_and_where() -> None:
    ran = pull(day=OUTAGE)
    said = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(
        r"Wednesday, November 18, 2026 \(ET\): 300 cases, all of them, after \d+ API calls\.", said[0]
    )
    assert re.match(r"Look at these first, there are crisis words in them: \d{8}", said[1])
    assert re.fullmatch(r"\d+ to decide on, \d+ of them technical: \d+ problems\.", said[2])
    assert said[-4:] == [f"out/{name}" for name in (of(OUTAGE, "csv", "xlsx", "html", "jsonl"))]
    assert files() == of(OUTAGE)
    assert lines(f"out/whh-{OUTAGE}.jsonl") == 300
    assert counted() == {OUTAGE: 300}


@pytest.mark.parametrize("by_report", [True, False])
@pytest.mark.parametrize(("day", "rows"), [(SMALL, 7), (LONG, 60), (LARGE, 2001), (EMPTY, 0)])
def test_all_rows_of_a_day(monkeypatch: pytest.MonkeyPatch, day: str, rows: int, by_report: bool) -> None:
    if not by_report:
        monkeypatch.delenv("SF_HANDOFF_REPORT_ID")
    ran = pull("--json", day=day)
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert (said["rows"], said["source"]) == (rows, "report" if by_report else "query")
    assert lines(f"out/whh-{day}.jsonl") == rows
    assert files() == of(day)
    assert counted() == {day: rows}


def test_pull_as_json() -> None:
    said = json.loads(pull("--json", day=OUTAGE).out)
    assert list(said) == [
        "date", "rows", "source", "api_calls", "flagged", "technical", "crisis", "clusters", "findings", "files",
    ]  # fmt: skip
    assert (said["date"], said["rows"], said["source"]) == (OUTAGE, 300, "report")
    assert said["files"] == [f"out/{name}" for name in of(OUTAGE, "csv", "xlsx", "html", "jsonl")]
    assert 15 <= said["technical"] <= said["flagged"]
    assert {each["code"]: each["needs_a_person"] for each in said["findings"]} == {
        "CUT_TEXTS": False,
        "LATE_EDITS": False,
    }
    assert list(said["findings"][0]) == ["code", "words", "needs_a_person"]


def test_a_long_day_is_called_one() -> None:
    """R03"""
    assert pull(day=LONG).out.startswith("Sunday, November 1, 2026 (ET, 25 hours): 60 cases, all of them")


@pytest.mark.parametrize(
    ("now", "yesterday"),
    [
        ("2026-11-19T12:00:00Z", "2026-11-18"),
        ("2026-11-19T04:59:59Z", "2026-11-17"),  # in Washington it is still the 18th
        ("2026-11-19T05:00:00Z", "2026-11-18"),
        ("2026-11-02T04:30:00Z", "2026-10-31"),  # the second to last half hour of 25
        ("2026-11-02T05:00:00Z", "2026-11-01"),
        ("2026-03-09T03:59:59Z", "2026-03-07"),
        ("2026-03-09T04:00:00Z", "2026-03-08"),
    ],
)
def test_without_a_date_it_is_yesterday_in_washington(at: At, now: str, yesterday: str) -> None:
    """R03"""
    at.now = datetime.fromisoformat(now)
    ran = sf("report", "pull", "--out", "out", "--format", "json", "--json")
    assert json.loads(ran.out)["date"] == yesterday
    assert files() == of(yesterday, "jsonl")


def test_the_zone_is_a_setting(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    at.now = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
    monkeypatch.setenv("SF_HANDOFF_TIMEZONE", "Pacific/Honolulu")
    ran = sf("report", "pull", "--format", "csv")
    assert ran.out.startswith("Tuesday, November 17, 2026 (Pacific/Honolulu): ")


@pytest.mark.parametrize(
    ("given", "endings"),
    [
        ("csv", ["csv"]),
        ("json", ["jsonl"]),
        ("html,csv", ["csv", "html"]),
        (" xlsx , json ", ["jsonl", "xlsx"]),
        ("csv,csv", ["csv"]),
        ("csv,xlsx,html,json", ENDINGS),
    ],
)
def test_formats(given: str, endings: list[str]) -> None:
    assert pull("--format", given).code == 0
    assert files() == of(SMALL, *endings)


@pytest.mark.parametrize("given", ["", ",", "csv,", "pdf", "csv,pdf", "CSV", "csv xlsx"])
def test_other_formats_are_wrong_usage(given: str) -> None:
    ran = pull("--format", given)
    assert ran.code == 2
    assert "give one or more of csv, xlsx, html, json" in ran.err
    assert (files(), counted()) == ([], {})


@pytest.mark.parametrize("given", ["yesterday", "11/18/2026", "2026-13-01", ""])
def test_other_dates_are_wrong_usage(given: str) -> None:
    assert (pull(day=given).code, files()) == (2, [])


def test_options_come_from_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SF_HANDOFF_REPORT_PULL_FORMATS", "csv")
    monkeypatch.setenv("SF_HANDOFF_REPORT_PULL_OUT", "elsewhere")
    assert sf("report", "pull", "--date", SMALL).code == 0
    assert files("elsewhere") == of(SMALL, "csv")


def test_a_day_that_is_not_over_says_so_and_is_no_error(at: At) -> None:
    at.now = datetime(2026, 11, 17, 23, tzinfo=UTC)
    ran = pull("--format", "html")
    assert (ran.code, "is not over: more rows will come" in ran.out) == (0, True)


def test_the_same_day_twice() -> None:
    """R07"""
    said = [pull("--json").out for _ in range(2)]
    assert said[0] == said[1]
    assert (lines(f"out/whh-{SMALL}.jsonl"), counted()) == (7, {SMALL: 7})


def test_a_finding_that_needs_a_person_ends_with_1() -> None:
    """R05"""
    with closing(open_store(read_settings())) as books:
        for by in range(1, 15):
            books.keep_day(DayCounts(date.fromisoformat(EMPTY) - timedelta(days=by), 100))
    ran = pull(day=EMPTY)
    assert ran.code == 1
    assert "No case at all, after five working days that all had some." in ran.out
    assert files() == of(EMPTY)
    assert json.loads(pull("--json", day=EMPTY).out)["findings"][1] == {
        "code": "NO_ROWS_UNUSUAL",
        "words": "No case at all, after five working days that all had some. Is the report as it was?",
        "needs_a_person": True,
    }


# A sabotaged org


class Sabotaged(ReportRuns):
    def describe(self, report_id: str, call: Call) -> Mapping[str, Any]:
        return self.described(dict(super().describe(report_id, call)))

    def run(self, report_id: str, changes: Mapping[str, Any], call: Call) -> Mapping[str, Any]:
        return self.answered(dict(super().run(report_id, changes, call)))

    def described(self, answer: Answer) -> Answer:
        return answer

    def answered(self, answer: Answer) -> Answer:
        return answer


class NeverAll(Sabotaged):
    def answered(self, answer: Answer) -> Answer:
        return {**answer, "allData": False}


class Renamed(Sabotaged):
    def described(self, answer: Answer) -> Answer:
        return json.loads(json.dumps(answer).replace('"DESCRIPTION"', '"Case.Notes__c"'))  # type: ignore[no-any-return]


class OffByOne(Sabotaged):
    def answered(self, answer: Answer) -> Answer:
        answer["factMap"]["T!T"]["aggregates"][0]["value"] += 1
        return answer


class FailingSlice(Sabotaged):
    """The whole day comes, cut off; its slices do not."""

    def answered(self, answer: Answer) -> Answer:
        if answer["allData"]:
            raise Unavailable("The slice did not come.", code="CANARY")
        return answer


class Doubled(Sabotaged):
    def answered(self, answer: Answer) -> Answer:
        fact = answer["factMap"]["T!T"]
        fact["rows"].append(fact["rows"][0])
        return OffByOne.answered(self, answer)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sabotaged", "day", "code", "words"),
    [
        (NeverAll, SMALL, 2, "Not all rows are there"),
        (Renamed, SMALL, 2, "DESCRIPTION (is called Case.Notes__c now)"),
        (OffByOne, SMALL, 75, "the report counts 8, and 7 were read"),
        (FailingSlice, LARGE, 75, "The slice did not come."),
    ],
)
@pytest.mark.parametrize("command", ["pull", "triage"])
def test_a_sabotaged_org_leaves_no_file_and_a_code(
    monkeypatch: pytest.MonkeyPatch, command: str, sabotaged: type[Sabotaged], day: str, code: int, words: str
) -> None:
    """R06 and R08"""
    monkeypatch.setattr(opening, "ReportRuns", sabotaged)
    ran = pull(day=day) if command == "pull" else sf("report", "triage", "--date", day)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert (files(), counted()) == ([], {})


def test_a_case_that_comes_twice_is_written_once_and_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """R07"""
    monkeypatch.setattr(opening, "ReportRuns", Doubled)
    ran = pull()
    assert ran.code == 1
    assert "1 case was in the source more than once, and kept once" in ran.out
    assert lines(f"out/whh-{SMALL}.jsonl") == 7


def test_an_org_that_is_away_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SF_HANDOFF_ORG", "https://127.0.0.1:9")
    ran = pull()
    assert (ran.code, ran.out, files(), counted()) == (75, "", [], {})


def test_a_report_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SF_HANDOFF_REPORT_ID", "00O000000000001AAA")
    ran = pull()
    assert (ran.code, files()) == (2, [])
    assert ran.err.startswith("REPORT_ID: there is no such report")


def test_a_full_disk_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = whole_file._opened

    def opened(path: Path) -> tuple[int, str]:
        number, name = usual(path)
        if path.suffix != ".html":
            return number, name
        os.close(number)
        return os.open("/dev/full", os.O_RDWR), name

    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    monkeypatch.setattr(whole_file, "_opened", opened)
    ran = pull()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"out/whh-{SMALL}.html: could not be written: No space left on device."
    assert (files(), counted()) == ([], {})


def test_an_out_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    below = sf("report", "pull", "--date", SMALL, "--out", "file/below")
    assert (below.code, "could not be written: Not a directory" in below.err) == (2, True)
    assert sf("report", "pull", "--date", SMALL, "--out", "file").code == 2
    assert counted() == {}


# triage


def records(ran: Ran, key: str) -> list[dict[str, Any]]:
    return [each for each in ran.records if key in each]


def test_triage_of_a_file_says_what_triage_of_the_day_says() -> None:
    pull("--format", "json", day=OUTAGE)
    file, day = f"out/whh-{OUTAGE}.jsonl", OUTAGE
    for more in ((), ("--json",), ("--compare",), ("--compare", "--json")):
        of_file, of_day = sf("report", "triage", file, *more), sf("report", "triage", "--date", day, *more)
        assert (of_file.code, of_day.code) == (0, 0)
        assert of_file.out == of_day.out
        assert of_file.err in of_day.err
        assert of_file.err.endswith("technical; nothing was sent.\n")


def test_triage_keeps_nothing() -> None:
    sf("report", "triage", "--date", OUTAGE)
    assert (files(), counted()) == ([], {})


def test_triage_flags_what_the_files_flag() -> None:
    pull("--format", "json", day=OUTAGE)
    ran = sf("report", "triage", f"out/whh-{OUTAGE}.jsonl", "--json")
    written = [json.loads(line) for line in Path(f"out/whh-{OUTAGE}.jsonl").read_text().splitlines()]
    flags = {each["case_number"]: each for each in records(ran, "case_number")}
    assert set(flags) == {each["case_number"] for each in written if each["tier"] is not None}
    for each in written:
        if each["case_number"] in flags:
            assert {name: each[name] for name in flags[each["case_number"]]} == flags[each["case_number"]]
    clusters = records(ran, "fingerprint")
    assert {number: each["fingerprint"] for each in clusters for number in each["cases"]} == {
        each["case_number"]: each["cluster"] for each in written if each["cluster"]
    }


def test_the_outage_is_one_cluster_and_crisis_words_come_first() -> None:
    ran = sf("report", "triage", "--date", OUTAGE, "--json")
    flags, clusters = records(ran, "case_number"), records(ran, "fingerprint")
    assert [each["crisis"] for each in flags] == sorted((each["crisis"] for each in flags), reverse=True)
    assert flags[0]["crisis"]
    assert clusters[0]["alert"] and len(clusters[0]["cases"]) >= 10
    assert list(clusters[0]) == [
        "fingerprint", "product", "page", "signature", "symptom", "cases", "people", "first_seen", "last_seen", "tier",
        "alert", "words", "near",
    ]  # fmt: skip
    words = sf("report", "triage", "--date", OUTAGE).out
    assert f"{clusters[0]['fingerprint']}  {len(clusters[0]['cases'])} cases of " in words


def test_compare_lists_what_each_set_of_rules_misses() -> None:
    ran = sf("report", "triage", "--date", OUTAGE, "--compare", "--json")
    compared = records(ran, "only_a")
    assert [(each["a"], each["b"]) for each in compared] == [
        ("2019 report 1", "2019 report 2"), ("2019", "ours"), ("T3", "ours"),
    ]  # fmt: skip
    assert len({each["rows"] for each in compared}) == 1  # without our own handoffs
    assert compared[1]["only_b"]
    words = sf("report", "triage", "--date", OUTAGE, "--compare").out
    assert f"only ours: {compared[1]['only_b'][0]}" in words


def test_triage_wants_a_file_or_a_day() -> None:
    pull("--format", "json")
    file = f"out/whh-{SMALL}.jsonl"
    assert sf("report", "triage", file, "--date", SMALL).code == 2
    assert sf("report", "triage", "out/nowhere.jsonl").code == 2
    assert sf("report", "triage", "out").code == 2


def test_triage_of_a_file_asks_no_org(monkeypatch: pytest.MonkeyPatch) -> None:
    pull("--format", "json")
    monkeypatch.delenv("SF_HANDOFF_ORG")
    assert sf("report", "triage", f"out/whh-{SMALL}.jsonl").code == 0


def test_a_file_that_is_no_day_is_named_by_line_and_column() -> None:
    pull("--format", "json")
    path = Path(f"out/whh-{SMALL}.jsonl")
    path.write_text(path.read_text() + '{"case_id": "x", "case_number": "1", "opened_at": "canary"}\n')
    ran = sf("report", "triage", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "line 8, opened_at: expected a moment with a time zone."


def test_a_workbook_is_no_file_for_triage() -> None:
    pull("--format", "xlsx")
    ran = sf("report", "triage", f"out/whh-{SMALL}.xlsx")
    assert (ran.code, ran.err.startswith("line 1: expected a JSON object")) == (2, True)


# What must not get out


def test_nothing_personal_is_said_shown_or_kept(tmp_path: Path) -> None:
    said = [
        pull(day=OUTAGE),
        pull("--json", day=OUTAGE),
        *(
            sf("report", "triage", *source, "--compare", *more)
            for source in (("--date", OUTAGE), (f"out/whh-{OUTAGE}.jsonl",))
            for more in ((), ("--json",))
        ),
    ]
    assert [each.code for each in said] == [0] * 6
    stored = [each.read_bytes() for each in (tmp_path / "store").iterdir() if each.name != "store.key"]
    shown = "\n".join(
        (
            *(f"{each.out}\n{each.err}" for each in said),
            Path(f"out/whh-{OUTAGE}.html").read_text("utf-8"),
            *(each.decode("latin-1") for each in stored),
        )
    ).lower()
    cases = sample_day(date.fromisoformat(OUTAGE), 300, 1, outage=True)
    personal = {text.lower() for case in cases for text in case.truth.personal if len(text) > 3}
    assert len(personal) > 50
    assert sorted(text for text in personal if text in shown) == []


# As a process, on the org that comes with it


def test_from_an_invented_day_to_its_files(tmp_path: Path, mappings: MappingSet) -> None:
    home = tmp_path / "home"
    ask: Callable[..., Any] = partial(run, home, SF_HANDOFF_ORG="embedded")
    loaded = ask("sample", "day", "--date", OUTAGE, "--rows", "40", "--outage", "--json")
    pulled = ask("report", "pull", "--date", OUTAGE, "--out", "out", "--json")
    assert (loaded.returncode, pulled.returncode) == (0, 0), loaded.stderr + pulled.stderr
    assert len(pulled.stderr.splitlines()) == 1  # a key was made for the store
    assert json.loads(pulled.stdout)["rows"] == json.loads(loaded.stdout)["rows"] == 40
    assert files(str(home / "out")) == of(OUTAGE)
    judged = ask("report", "triage", f"out/whh-{OUTAGE}.jsonl", "--json")
    assert judged.returncode == 0
    assert judged.stderr == f"40 cases, {json.loads(pulled.stdout)['flagged']} flagged, " + (
        f"{json.loads(pulled.stdout)['technical']} technical; nothing was sent.\n"
    )
    wrong = ask("report", "triage", "--date", "2026-11-18", "x.jsonl")
    assert wrong.returncode == 2
