"""Which rows the filters of a report leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.reporting import ALL, HIGH, SHORT, Reports, filtered
from tests.embedded.world import Api, an_org, refusal

# In New York: Friday, half past eleven at night. In UTC it is Saturday already.
NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
SEEN = "Case.Seen_At__c"


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    folder = tmp_path_factory.mktemp("org")
    with an_org(folder, assignment_rule=False, reports=ALL, clock=lambda: NOW) as org:
        long = "x" * 300 + " at VA.gov"
        org.create("Case", Subject="a", Priority="High", Taps__c=2, Seen_At__c="2026-11-01T03:59:59Z",
                   Filed__c="2026-10-31", Description=long)  # fmt: skip
        org.create("Case", Subject="b, c", Priority="Low", Taps__c=10, Seen_At__c="2026-11-01T04:00:00Z",
                   Filed__c="2026-11-01", TTY__c=True)  # fmt: skip
        org.create("Case", Subject="it's \\ 100%", Priority="High", Seen_At__c="2026-11-02T04:59:59Z")
        org.create("Case", Subject="1000_", Seen_At__c="2026-11-02T05:00:00Z")
        org.create("Case", Seen_At__c="2026-11-20T23:00:00Z")
        yield org


@pytest.fixture(scope="module")
def reports(api: Api) -> Reports:
    return Reports(api)


A, B, C, D, NONE = "a", "b, c", "it's \\ 100%", "1000_", "-"
EVERYTHING = [A, B, C, D, NONE]


@pytest.mark.parametrize(("column", "operator", "value", "expected"), [
    ("SUBJECT", "equals", "A", [A]),
    ("SUBJECT", "equals", 'a,"b, c"', [A, B]),
    ("SUBJECT", "equals", "a, 1000_", [A, D]),
    ("SUBJECT", "notEqual", 'a,"b, c"', [C, D, NONE]),
    ("SUBJECT", "equals", "", [NONE]),
    ("SUBJECT", "equals", None, [NONE]),
    ("SUBJECT", "notEqual", "", [A, B, C, D]),
    ("SUBJECT", "contains", "100", [C, D]),
    ("SUBJECT", "contains", "0_", [D]),
    ("SUBJECT", "contains", "%", [C]),
    ("SUBJECT", "contains", "'s \\ 1", [C]),
    ("SUBJECT", "contains", "a,c", [A, B]),
    ("SUBJECT", "notContain", "a,c", [C, D, NONE]),
    ("SUBJECT", "startsWith", "IT,1", [C, D]),
    ("SUBJECT", "lessThan", "b", [A, D]),
    ("PRIORITY", "equals", "High", [A, C]),
    ("PRIORITY", "notEqual", "High", [B, D, NONE]),
    ("DESCRIPTION", "contains", "va.gov", [A]),
    ("DESCRIPTION", "notContain", "va.gov", [B, C, D, NONE]),
    ("Case.TTY__c", "equals", "True", [B]),
    ("Case.TTY__c", "notEqual", "1", [A, C, D, NONE]),
    ("Case.Taps__c", "equals", "2, 10", [A, B]),
    ("Case.Taps__c", "greaterThan", "2", [B]),
    ("Case.Taps__c", "greaterOrEqual", "2.0", [A, B]),
    ("Case.Taps__c", "equals", "", [C, D, NONE]),
    ("Case.Filed__c", "equals", "2026-11-01", [B]),
    ("Case.Filed__c", "lessThan", "2026-11-01", [A]),
    ("Case.Filed__c", "lessOrEqual", "2026-11-01T12:00:00Z", [A, B]),
    ("Case.Filed__c", "equals", "", [C, D, NONE]),
    # The first of November had 25 hours in New York.
    (SEEN, "equals", "2026-11-01", [B, C]),
    (SEEN, "notEqual", "2026-11-01", [A, D, NONE]),
    (SEEN, "lessThan", "2026-11-01", [A]),
    (SEEN, "lessOrEqual", "2026-11-01", [A, B, C]),
    (SEEN, "greaterThan", "2026-11-01", [D, NONE]),
    (SEEN, "greaterOrEqual", "2026-11-01", [B, C, D, NONE]),
    (SEEN, "greaterOrEqual", "2026-11-02T04:59:59Z", [C, D, NONE]),
    (SEEN, "lessThan", "2026-11-02T00:00:00-05:00", [A, B, C]),
    (SEEN, "lessThan", "2026-11-02T00:00:00", [A, B, C]),
    (SEEN, "equals", "TODAY", [NONE]),
    (SEEN, "greaterOrEqual", "THIS_DAY", [NONE]),
    (SEEN, "equals", "last_month", [A]),
    (SEEN, "equals", "LAST_N_DAYS:19", [B, C, D, NONE]),
    (SEEN, "equals", "LAST_7_DAYS,2026-10-31", [A, NONE]),
])  # fmt: skip
def test_a_filter(
    reports: Reports, column: str, operator: str, value: str | None, expected: list[str]
) -> None:
    assert reports.column(SHORT, **filtered(column, operator, value)) == expected


@pytest.mark.parametrize(("dates", "expected"), [
    ({"durationValue": "CUSTOM", "startDate": "2026-11-01", "endDate": "2026-11-01"}, [B, C]),
    ({"durationValue": "CUSTOM", "startDate": "2026-11-02T00:00:00", "endDate": None}, [D, NONE]),
    ({"durationValue": "CUSTOM", "startDate": None, "endDate": "2026-10-31"}, [A]),
    ({"startDate": "2026-11-02"}, [D, NONE]),
    ({"durationValue": "TODAY"}, [NONE]),
    ({"durationValue": "THIS_DAY"}, [NONE]),
    ({"durationValue": "YESTERDAY"}, []),
    ({"durationValue": "LAST_MONTH"}, [A]),
    ({"durationValue": "LAST_N_DAYS:7"}, [NONE]),
    ({"durationValue": "CUSTOM"}, EVERYTHING),
])  # fmt: skip
def test_the_standard_date_filter(reports: Reports, dates: dict[str, Any], expected: list[str]) -> None:
    assert reports.column(SHORT, standardDateFilter={"column": SEEN, **dates}) == expected


def test_the_windows_of_a_day_hold_its_rows_once(reports: Reports) -> None:
    """As a client slices a report that is too long."""
    marks = ["2026-11-01T00:00:00-04:00", "2026-11-01T12:00:00-05:00", "2026-11-02T00:00:00-05:00"]
    slices = [
        reports.column(SHORT, reportFilters=[
            {"column": SEEN, "operator": "greaterOrEqual", "value": first},
            {"column": SEEN, "operator": "lessThan", "value": after},
        ])
        for first, after in pairwise(marks)
    ]  # fmt: skip
    assert slices == [[B], [C]]


THREE = [
    {"column": "PRIORITY", "operator": "equals", "value": "High"},
    {"column": "SUBJECT", "operator": "contains", "value": "100"},
    {"column": "Case.TTY__c", "operator": "equals", "value": "true"},
]


@pytest.mark.parametrize(("logic", "expected"), [
    (None, []),
    ("1 AND 2 AND 3", []),
    ("1 OR 2 OR 3", [A, B, C, D]),
    ("(1 AND 2) or 3", [B, C]),
    ("1 AND (NOT (2 OR 3))", [A]),
    ("(1 AND NOT 2) OR (3 AND NOT 1)", [A, B]),
])  # fmt: skip
def test_filter_logic(reports: Reports, logic: str | None, expected: list[str]) -> None:
    assert reports.column(SHORT, reportFilters=THREE, reportBooleanFilter=logic) == expected


@pytest.mark.parametrize("logic", [
    "1 AND 2", "1 AND 2 AND 3 AND 4", "1 AND 2 OR 3", "1 AND (2 OR 3", "1 2 3", "1 AND 2 AND 3 LIMIT 1",
    "1 AND 2 AND Id", "0 AND 1 AND 2 AND 3", "1 AND 2 AND 3 AND " + "9" * 5000, "((((((((((((((((1)) AND 2 AND 3",
])  # fmt: skip
def test_logic_that_says_nothing(reports: Reports, logic: str) -> None:
    answer = reports.answer(SHORT, reportFilters=THREE, reportBooleanFilter=logic)
    assert refusal(answer) == (400, "BAD_REQUEST", "The filter logic is invalid.")


def test_saved_filters_hold_until_they_are_changed(reports: Reports) -> None:
    assert reports.column(HIGH) == [A, C]
    assert reports.column(HIGH, reportFilters=[], reportBooleanFilter=None) == EVERYTHING


def test_ten_thousand_ids_that_were_seen(reports: Reports) -> None:
    seen = ",".join(f'"{number:08}"' for number in range(20_000, 30_000))
    assert reports.column(SHORT, **filtered("CASE_NUMBER", "notEqual", seen)) == EVERYTHING
