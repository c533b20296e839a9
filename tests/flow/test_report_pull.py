"""A day of the report, pulled from the embedded org: every row once, or a loud error and nothing kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sf_handoff import pull as pulls
from sf_handoff.adapters.assembly import LateEmbedded
from sf_handoff.adapters.opening import report_pull
from sf_handoff.adapters.report_runs import ReportRuns
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.spool import Spool
from sf_handoff.embedded import Fault
from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, Unavailable
from sf_handoff.mapping import MappingSet
from sf_handoff.pull_intake import Source
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.rows import ReportRow
from sf_handoff.retry import Call
from tests.flow.reporting import DAY, Stage, fill, staged, with_fields

LONG = "The caller read the letter aloud.\r\n" * 20
BY_REPORT = ("The day", "By status", "Some")
Answer = dict[str, Any]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("reports")) as stage:
        yield stage


@pytest.fixture
def stage(running: Stage) -> Iterator[Stage]:
    """The module's org, empty again."""
    running.clear()
    running.org.faults.clear()
    yield running
    running.org.faults.clear()


def pulled(stage: Stage, name: str = "The day", day: ReportDay = DAY, **changes: Any) -> list[ReportRow]:
    with stage.pull(**changes).pull(day, stage.report_id(name) if name else "") as found:
        rows = list(found.rows())
        assert len(rows) == found.count
        assert list(found.rows()) == rows
        return rows


def findings(stage: Stage, name: str = "The day", day: ReportDay = DAY, **changes: Any) -> dict[str, str]:
    """The words by code; `!` before the codes that need a person."""
    with stage.pull(**changes).pull(day, stage.report_id(name) if name else "") as found:
        assert found.needs_a_person == bool(found.problems)
        assert set(found.notes) | set(found.problems) == set(found.findings)
        return {f"{'!' * each.needs_a_person}{each.code}": each.words for each in found.findings}


class Spools:
    """Spools that remember whether they were closed."""

    def __init__(self) -> None:
        self.open: list[Spool] = []

    def __call__(self) -> Spool:
        made = Spool()
        usual = made.close

        def close() -> None:
            self.open.remove(made)
            usual()

        made.close = close  # type: ignore[method-assign]
        self.open.append(made)
        return made


def refused(stage: Stage, name: str = "The day", **changes: Any) -> HandoffError:
    """The error, after which nothing is kept."""
    spools = Spools()
    with pytest.raises(HandoffError) as caught:
        stage.pull(spool=spools, **changes).pull(DAY, stage.report_id(name) if name else "")
    assert spools.open == []
    return caught.value


# Every row, once


@pytest.mark.parametrize("name", [*BY_REPORT, ""])
@pytest.mark.parametrize("number", [0, 7, 2000, 2001])
def test_every_row_of_the_day_once(stage: Stage, number: int, name: str) -> None:
    """R08"""
    stage.fill(number, Status="New", Origin="Phone", Description="The page is blank")
    rows = pulled(stage, name)
    kept = {each["Id"]: each["CaseNumber"] for each in stage.org.records("Case")}
    assert len(rows) == number
    assert {each.case_id: each.case_number for each in rows} == kept
    assert [each.opened_at for each in rows] == sorted(each.opened_at for each in rows)
    assert all(each.notes == "The page is blank" and each.status == "New" for each in rows)


@pytest.mark.parametrize("name", ["The day", ""])
def test_twelve_thousand_rows(stage: Stage, name: str) -> None:
    stage.fill(9_000, Status="New")
    # Half an hour in which cases come in fast: its windows are narrower than the day's.
    noon = DAY.start + timedelta(hours=12)
    fill(stage.org, [noon + timedelta(seconds=at * 0.6) for at in range(3_000)], {"Origin": "Web"})
    rows = pulled(stage, name)
    assert len({each.case_id for each in rows}) == len(rows) == 12_000


def test_from_so_many_rows_on_the_query_is_a_bulk_query(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_type = stage.org.records("RecordType")[0]["Id"]
    stage.fill(2001, Description=LONG, Status="New", RecordTypeId=record_type)
    by_query = pulled(stage, "")
    assert by_query[0].record_type == "App_Handoff"
    monkeypatch.setattr(pulls, "BULK_FROM", 2001)
    with stage.pull().pull(DAY) as found:
        assert found.source is Source.BULK
        assert list(found.rows()) == by_query


def test_the_report_and_the_query_give_the_same_rows(stage: Stage) -> None:
    stage.fill(20, Description=LONG, Status="New", Origin="Web", Case_Category__c="Concern")
    record_type = stage.org.records("RecordType")[0]["Id"]
    stage.fill(20, RecordTypeId=record_type, Subject=None, Sub_Topic__c="Letters")
    assert pulled(stage, "The day") == pulled(stage, "By status") == pulled(stage, "")


def test_calls_are_counted_as_the_org_counts_them(stage: Stage) -> None:
    stage.fill(2001, Description=LONG)
    for name, at_most in (("The day", 9), ("", 4)):
        before = stage.org.api_calls
        with stage.pull().pull(DAY, stage.report_id(name) if name else "") as found:
            assert found.calls == stage.org.api_calls - before <= at_most


def test_progress_is_told(stage: Stage) -> None:
    told: list[int] = []
    stage.fill(1200)
    pulled(stage, progress=told.append)
    assert told == [500, 1000, 1200]


# The day


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)])
@pytest.mark.parametrize("name", ["The day", ""])
def test_days_on_which_clocks_change(stage: Stage, day: date, name: str) -> None:
    """R03: each case belongs to exactly one day."""
    days = [ReportDay(day + timedelta(days=by)) for by in (-1, 0, 1)]
    for each in days:
        stage.fill(3, each)
    found = [pulled(stage, name, each) for each in days]
    assert [len(rows) for rows in found] == [3, 3, 3]
    assert len({row.case_id for rows in found for row in rows}) == 9


def test_the_running_users_own_yesterday_does_not_matter(stage: Stage) -> None:
    saved = ReportRuns(stage.salesforce, stage.naps.append).describe(stage.report_id(), Call())
    dates = {**saved["reportMetadata"]["standardDateFilter"], "durationValue": "YESTERDAY"}
    stage.fill(3)
    assert len(pulled(stage, reports=Described(stage, standardDateFilter=dates))) == 3


def test_a_date_filter_on_another_column_is_set_aside_and_said(stage: Stage) -> None:
    dates = {"column": "LAST_UPDATE", "durationValue": "YESTERDAY", "startDate": None, "endDate": None}
    assert "LAST_UPDATE" in findings(stage, reports=Described(stage, standardDateFilter=dates))["DATE_FILTER"]


def test_a_day_that_is_not_over_is_said(stage: Stage) -> None:
    assert "NOT_OVER" in findings(stage, clock=lambda: DAY.end - timedelta(seconds=1))
    assert "NOT_OVER" not in findings(stage, clock=lambda: DAY.end)


# What is said of rows


def test_no_rows_are_fine_and_said(stage: Stage) -> None:
    """R05"""
    assert findings(stage) == {"NO_ROWS": "No case was opened on Thursday, November 19, 2026 (ET)."}


def test_cases_that_were_edited_after_the_day_are_said(stage: Stage) -> None:
    stage.fill(3)
    stage.org.update("Case", stage.org.records("Case")[0]["Id"], Status="Working")
    words = findings(stage)["LATE_EDITS"]
    assert words.startswith("1 case was edited after the day's end")


@pytest.mark.parametrize("name", ["The day", "By status"])
def test_texts_that_the_report_cut_are_read_whole(stage: Stage, name: str) -> None:
    stage.fill(2, Description=LONG)
    stage.fill(3, Description="x" * 255)
    rows = pulled(stage, name)
    assert [each.notes for each in rows].count(LONG.replace("\r\n", "\n")) == 2
    assert not any(each.cut for each in rows)
    assert findings(stage, name)["CUT_TEXTS"].startswith("2 cases were cut by the report")


def test_a_text_whose_record_cannot_be_read_is_said_to_be_cut(stage: Stage) -> None:
    stage.fill(3, Description=LONG)
    lost = stage.org.records("Case")[0]

    class Losing:
        def composite(self, *given: Any) -> Any:
            parts: Any = stage.salesforce.composite(*given)
            for part in parts:
                part.body["records"] = [each for each in part.body["records"] if each["Id"] != lost["Id"]]
            return parts

    words = findings(stage, salesforce=Losing())["!LOST_TEXTS"]
    assert lost["CaseNumber"] in words
    assert [each.cut for each in pulled(stage, salesforce=Losing())].count(True) == 1


def test_a_case_that_stands_in_the_report_twice_is_kept_once_and_a_person_looks(stage: Stage) -> None:
    """R07: the row; issues are told apart by their fingerprints."""
    stage.fill(3)

    def doubled(answer: Answer) -> Answer:
        fact = answer["factMap"]["T!T"]
        fact["rows"].append(fact["rows"][0])
        fact["aggregates"][0]["value"] += 1
        return answer

    number = stage.org.records("Case")[0]["CaseNumber"]
    assert number in findings(stage, reports=Sabotaged(stage, doubled))["!REPEATED_ROWS"]
    assert len(pulled(stage, reports=Sabotaged(stage, doubled))) == 3


def test_two_cases_with_one_number_are_both_kept_and_a_person_looks(stage: Stage) -> None:
    stage.fill(2)
    with stage.org._org.database.transaction():
        stage.org._org.database.execute("UPDATE \"Case\" SET CaseNumber = '00000001'")
    assert ": 00000001. " in findings(stage)["!SAME_NUMBER"]
    assert len(pulled(stage)) == 2


def test_an_unreadable_cell_is_left_empty_and_a_person_looks(stage: Stage) -> None:
    stage.fill(2)

    def odd(answer: Answer) -> Answer:
        at = answer["reportMetadata"]["detailColumns"].index("LAST_UPDATE")
        answer["factMap"]["T!T"]["rows"][0]["dataCells"][at]["value"] = "11/19/2026"
        return answer

    assert "LAST_UPDATE" in findings(stage, reports=Sabotaged(stage, odd))["!UNREADABLE_CELLS"]


# Columns


def test_columns_in_another_order_are_the_same_columns(stage: Stage) -> None:
    """R06"""
    stage.fill(3, Description="Notes", Status="New")

    def turned(answer: Answer) -> Answer:
        answer["reportMetadata"]["detailColumns"].reverse()
        for row in answer["factMap"]["T!T"]["rows"]:
            row["dataCells"].reverse()
        return answer

    assert pulled(stage, reports=Sabotaged(stage, turned)) == pulled(stage)


def test_a_required_column_that_is_missing_is_named_before_anything_is_run(stage: Stage) -> None:
    """R06"""
    error = refused(stage, "Without notes")
    assert isinstance(error, Misconfigured)
    assert (error.code, error.fields) == ("MISSING_COLUMN", ("DESCRIPTION",))
    assert "POST" not in stage.org.requests[-1]


def test_a_renamed_column_is_named_with_its_new_name(stage: Stage) -> None:
    """R06"""

    def renamed(described: Answer) -> Answer:
        details = described["reportMetadata"]["detailColumns"]
        details[details.index("DESCRIPTION")] = "Case.Notes__c"
        info = described["reportExtendedMetadata"]["detailColumnInfo"]
        info["Case.Notes__c"] = info.pop("DESCRIPTION")
        return described

    error = refused(stage, reports=Sabotaged(stage, described=renamed))
    assert error.code == "RENAMED_COLUMN"
    assert "DESCRIPTION (is called Case.Notes__c now)" in error.message


def test_a_column_that_goes_missing_between_describe_and_run_is_an_error(stage: Stage) -> None:
    stage.fill(2)

    def without(answer: Answer) -> Answer:
        details = answer["reportMetadata"]["detailColumns"]
        details[details.index("SUBJECT")] = "OTHER"
        return answer

    assert refused(stage, reports=Sabotaged(stage, without)).code == "BAD_ANSWER"


def test_surplus_columns_are_noted(stage: Stage) -> None:
    report = stage.mappings.report
    fewer = replace(report, columns=tuple(each for each in report.columns if each.name != "topic"))
    assert "Case.Sub_Topic__c" in findings(stage, report=fewer)["SURPLUS_COLUMNS"]


def test_a_field_that_the_org_lacks_is_missing_from_the_query_too(stage: Stage) -> None:
    report = stage.mappings.report
    odd = tuple(
        replace(each, field="Nowhere__c", column="Case.Nowhere__c") if each.name == "topic" else each
        for each in report.columns
    )
    stage.fill(2, Sub_Topic__c="Letters")
    changed = replace(report, columns=odd)
    assert "Nowhere__c" in findings(stage, "", report=changed)["MISSING_OPTIONAL"]
    assert [each.topic for each in pulled(stage, "", report=changed)] == [None, None]
    required = tuple(replace(each, required=True) for each in odd)
    assert refused(stage, "", report=replace(report, columns=required)).code == "MISSING_COLUMN"


@pytest.mark.parametrize(("name", "said"), [("A matrix", "a matrix"), ("Joined", "a joined report")])
def test_other_formats_are_refused_by_name(stage: Stage, name: str, said: str) -> None:
    assert said in refused(stage, name).message


def test_a_report_that_is_not_there(stage: Stage) -> None:
    with pytest.raises(Misconfigured) as caught:
        stage.pull().pull(DAY, "00OEO0000009999")
    assert caught.value.code == "NO_REPORT"


def test_the_condition_of_the_map_is_in_the_query(stage: Stage) -> None:
    stage.fill(2, Origin="Web")
    stage.fill(3, Origin="Phone")
    report = replace(stage.mappings.report, where="Origin = 'Web' OR Origin = 'Email'")
    assert len(pulled(stage, "", report=report)) == 2


# All rows or a loud error: a sabotaged org never gives rows that look complete


class Sabotaged(ReportRuns):
    """Runs whose answers go through `change`, and describes through `described`."""

    def __init__(
        self,
        stage: Stage,
        change: Callable[[Answer], Answer] = lambda answer: answer,
        described: Callable[[Answer], Answer] = lambda answer: answer,
    ) -> None:
        super().__init__(stage.salesforce, stage.naps.append)
        self._change, self._described = change, described
        self.ran = 0

    def describe(self, report_id: str, call: Call) -> Answer:
        return self._described(dict(super().describe(report_id, call)))

    def run(self, report_id: str, changes: Mapping[str, Any], call: Call) -> Answer:
        self.ran += 1
        return self._change(dict(super().run(report_id, changes, call)))


class Described(Sabotaged):
    """Runs of a report whose saved metadata are others."""

    def __init__(self, stage: Stage, **saved: Any) -> None:
        def changed(described: Answer) -> Answer:
            return {**described, "reportMetadata": {**described["reportMetadata"], **saved}}

        super().__init__(stage, described=changed)


def total_off(by: int, only: Callable[[Answer], bool] = lambda answer: True) -> Callable[[Answer], Answer]:
    def change(answer: Answer) -> Answer:
        if only(answer):
            answer["factMap"]["T!T"]["aggregates"][0]["value"] += by
        return answer

    return change


def whole_day(answer: Answer) -> bool:
    return any(
        each["value"] == "2026-11-20T05:00:00Z" for each in answer["reportMetadata"]["reportFilters"]
    ) and (any(each["value"] == "2026-11-19T05:00:00Z" for each in answer["reportMetadata"]["reportFilters"]))


@pytest.mark.parametrize("name", ["The day", "By status"])
@pytest.mark.parametrize("by", [1, -1])
def test_a_total_that_is_off_by_one(stage: Stage, name: str, by: int) -> None:
    stage.fill(7)
    error = refused(stage, name, reports=Sabotaged(stage, total_off(by)))
    assert isinstance(error, Unavailable)
    assert error.code == "INCOMPLETE"
    assert f"counts {7 + by}, and 7 were read" in error.message


@pytest.mark.parametrize("by", [1, -1])
def test_a_grand_total_that_is_off_by_one_from_its_slices(stage: Stage, by: int) -> None:
    stage.fill(2001)
    assert refused(stage, reports=Sabotaged(stage, total_off(by, whole_day))).code == "INCOMPLETE"


def test_a_slice_that_is_off_by_one(stage: Stage) -> None:
    stage.fill(2001)
    sabotaged = Sabotaged(stage, total_off(1, lambda answer: not whole_day(answer)))
    assert refused(stage, reports=sabotaged).code == "INCOMPLETE"


def test_all_data_false_is_never_accepted(stage: Stage) -> None:
    """R08"""
    stage.fill(7)
    sabotaged = Sabotaged(stage, lambda answer: {**answer, "allData": False})
    error = refused(stage, reports=sabotaged)
    assert isinstance(error, Misconfigured)
    assert error.code == "INCOMPLETE"
    assert "unset REPORT_ID" in error.message
    assert sabotaged.ran < 60


def test_all_data_false_for_a_while_is_sliced_until_it_is_complete(stage: Stage) -> None:
    stage.fill(300)

    def short_of(answer: Answer) -> Answer:
        return {**answer, "allData": len(answer["factMap"]["T!T"]["rows"]) <= 100}

    assert len(pulled(stage, reports=Sabotaged(stage, short_of))) == 300


def test_too_many_rows_in_one_minute(stage: Stage) -> None:
    """R08"""
    at = DAY.start + timedelta(hours=9, seconds=1)
    fill(stage.org, [at] * 2001, {})
    error = refused(stage)
    assert isinstance(error, Misconfigured)
    assert error.code == "INCOMPLETE"
    assert "2026-11-19T14:00:00Z to 2026-11-19T14:01:00Z" in error.message
    assert len(pulled(stage, "")) == 2001


def test_a_slice_that_fails(stage: Stage) -> None:
    stage.fill(2001)

    def failing(answer: Answer) -> Answer:
        if not whole_day(answer):
            raise Unavailable("canary", code="CANARY")
        return answer

    assert refused(stage, reports=Sabotaged(stage, failing)).code == "CANARY"


def test_a_slice_whose_answer_breaks_off_is_run_again(stage: Stage) -> None:
    stage.fill(2001)
    stage.org.faults.add(Fault(r"/analytics/reports/00O\w+$", "truncate", times=2))
    assert len(pulled(stage)) == 2001


def test_the_org_that_is_away_leaves_nothing(stage: Stage) -> None:
    stage.fill(2001)
    stage.org.faults.add(Fault(r"/analytics/reports/00O\w+$", "unavailable", times=None))
    assert isinstance(refused(stage), Unavailable)


def test_sub_counts_that_do_not_add_up_need_a_person(stage: Stage) -> None:
    stage.fill(4, Status="New", Origin="Web")

    def off(answer: Answer) -> Answer:
        answer["factMap"]["0!T"]["aggregates"][0]["value"] += 1
        return answer

    words = findings(stage, "By status", reports=Sabotaged(stage, off))
    assert "do not add up" in words["!SUB_COUNTS"]


def test_an_org_that_does_not_heed_the_filters_is_not_believed(stage: Stage) -> None:
    stage.fill(3)

    def deaf(answer: Answer) -> Answer:
        return {**answer, "reportMetadata": {**answer["reportMetadata"], "reportFilters": []}}

    assert refused(stage, reports=Sabotaged(stage, deaf)).code == "REPORT_FILTERS"


def test_rows_from_outside_of_the_window_are_not_believed(stage: Stage) -> None:
    stage.fill(3)

    def strayed(answer: Answer) -> Answer:
        at = answer["reportMetadata"]["detailColumns"].index("CREATED_DATE")
        answer["factMap"]["T!T"]["rows"][0]["dataCells"][at]["value"] = "2026-11-20T05:00:00Z"
        return answer

    assert refused(stage, reports=Sabotaged(stage, strayed)).code == "REPORT_FILTERS"


def test_rows_that_arrive_during_the_pull_are_said(stage: Stage) -> None:
    stage.fill(2001)

    class Arriving(Sabotaged):
        def run(self, report_id: str, changes: Mapping[str, Any], call: Call) -> Answer:
            answer = super().run(report_id, changes, call)
            if self.ran == 1:
                fill(stage.org, [DAY.start + timedelta(hours=3)], {})
            return answer

    words = findings(stage, reports=Arriving(stage))["!ROWS_MOVED"]
    assert "2001 before, 2002 read, 2002 after" in words


@pytest.mark.parametrize("counts", [(7, 8), (8, 8), (6, 6)])
def test_a_query_that_gives_more_or_fewer_rows_than_it_counts(stage: Stage, counts: tuple[int, int]) -> None:
    from sf_handoff.adapters.report_rows import RecordRows

    stage.fill(7)
    said = list(counts)

    class Counting(RecordRows):
        def count(self, soql: str, call: Call) -> int:
            super().count(soql, call)
            return said.pop(0)

    records = Counting(stage.salesforce, stage.naps.append)
    if counts == (7, 8):
        assert "!ROWS_MOVED" not in findings(stage, "", records=records)
    else:
        assert refused(stage, "", records=records).code == "INCOMPLETE"


# What an hour allows


def used(stage: Stage, kind: str, runs: int) -> None:
    from sf_handoff.embedded.org import stamp

    now = stamp(datetime.now(UTC))
    with stage.org._org.database.transaction():
        for _ in range(runs):
            stage.org._org.database.execute("INSERT INTO _report_runs VALUES (?, ?)", kind, now)


def test_an_hour_without_runs_at_once_is_pulled_later(stage: Stage) -> None:
    stage.fill(2001, Description=LONG)
    used(stage, "HourlySyncReportRuns", 500)
    assert len(pulled(stage)) == 2001
    assert any("/instances/" in each for each in stage.org.requests)


def test_an_hour_with_too_few_runs_is_seen_before_the_slices_begin(stage: Stage) -> None:
    stage.fill(2001)
    used(stage, "HourlySyncReportRuns", 499)
    used(stage, "HourlyAsyncReportRuns", 1199)
    error = refused(stage)
    assert isinstance(error, Exhausted)
    assert error.code == "REPORT_RUNS"


def test_no_value_of_a_row_stands_in_what_is_said(stage: Stage) -> None:
    stage.fill(3, Description="canary " * 60, Subject="canary")
    said = findings(stage, reports=Sabotaged(stage))
    error = refused(stage, reports=Sabotaged(stage, total_off(1)))
    assert "canary" not in f"{said}{error}"


def test_the_embedded_org_that_starts_when_it_is_needed(tmp_path: Path, mappings: MappingSet) -> None:
    settings = Settings(org="embedded", store=f"sqlite:///{tmp_path / 'store' / 'store.sqlite3'}")
    late = LateEmbedded(settings, with_fields(mappings))
    with closing(late), report_pull(late, mappings.report).pull(DAY) as found:
        assert [each.code for each in found.findings] == ["NO_ROWS"]
