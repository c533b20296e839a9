"""The sweep's requests and judgements, without an org."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.calls.follow_ups import Reason
from sf_handoff.calls.sweep import Judged, Pick, SweepMap, judge, working_days_after
from sf_handoff.calls.sweep_calls import Rewritten, misfit, picks, read_picks, rewrites, rewritten
from sf_handoff.errors import Misconfigured, Unavailable, Uncertain
from sf_handoff.mapping import Json, MappingSet

CONFIRMED, OTHER, WRONG = Reason.CONFIRMED, Reason.OTHER_REASON, Reason.WRONG_PERSON
LOCKED = {"success": False, "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "", "fields": []}]}
REFUSED = {"success": False, "errors": [{"statusCode": "STRING_TOO_LONG", "message": "", "fields": []}]}
SETUP = {"success": False, "errors": [{"statusCode": "INVALID_FIELD", "message": "", "fields": []}]}
DONE = {"success": True, "id": "500000000000001AAA", "errors": []}
HALTED: list[Json] = [{"errorCode": "PROCESSING_HALTED", "message": "Invalid reference specified."}]


@pytest.fixture
def sweep(mappings: MappingSet) -> SweepMap:
    assert mappings.sweep
    return mappings.sweep


def soql(request: CompositeRequest, at: int = 0) -> str:
    return unquote(request.subrequests[at].path.removeprefix("query?q="))


def answer(*keys: str) -> Part:
    records: list[Json] = [{"Id": f"500{key}", "Handoff_Id__c": key} for key in keys]
    return Part("fitting_0", 200, {"done": True, "totalSize": len(keys), "records": records})


def read(mappings: MappingSet, keys: str, found: str, body: Any, status: int = 200) -> Rewritten:
    """What became of one-letter Cases, of which `found` fitted, in the order in which they were found."""
    return rewritten([list(keys)], mappings.case, [answer(*found), Part("records_0", status, body)])


# Changing


def test_four_hundred_go_in_a_call_each_named_by_its_place(mappings: MappingSet, sweep: SweepMap) -> None:
    keys = [f"k{number:04}" for number in range(1_000)]
    calls = list(rewrites(keys, mappings.case, sweep.no_call))
    assert [[len(part) for part in group] for group, _ in calls] == [[200, 200], [200, 200], [200]]
    assert sorted(key for group, _ in calls for part in group for key in part) == keys
    group, request = calls[0]
    assert [each.reference_id for each in request.subrequests] == [
        "fitting_0", "records_0", "fitting_1", "records_1",
    ]  # fmt: skip
    assert all(f"'{key}'" in soql(request, 2) for key in group[1])
    assert soql(request, 2).endswith(f" AND {sweep.no_call.when}")
    second: Any = request.subrequests[3].body
    assert [each["Id"] for each in second["records"]] == [
        f"@{{fitting_1.records[{place}].Id}}" for place in range(200)
    ]
    assert second["allOrNone"] is False
    assert second["records"][0]["Handoff_State__c"] == "no_call"
    assert request.subrequests[3].headers == {"Sforce-Auto-Assign": "FALSE"}


def test_results_stand_in_the_order_in_which_the_cases_were_found(mappings: MappingSet) -> None:
    told = read(mappings, "abc", "cab", [DONE, REFUSED, LOCKED])
    assert (told.done, told.again, told.unfit) == (["c"], ["b"], [])
    assert {key: each.code for key, each in told.refused.items()} == {
        "a": "STRING_TOO_LONG", "b": "UNABLE_TO_LOCK_ROW",
    }  # fmt: skip


def test_where_one_does_not_fit_the_others_go_again(mappings: MappingSet) -> None:
    told = read(mappings, "abc", "ca", HALTED, 400)
    assert (told.done, told.again, told.unfit, told.refused) == ([], ["c", "a"], ["b"], {})


def test_a_collection_that_was_refused_as_a_whole(mappings: MappingSet) -> None:
    told = read(mappings, "ab", "ab", [{"errorCode": "SERVER_UNAVAILABLE", "message": ""}], 503)
    assert (told.done, told.again) == ([], ["a", "b"])


def test_other_results_than_were_asked_for_are_no_answer(mappings: MappingSet) -> None:
    with pytest.raises(Uncertain):
        read(mappings, "ab", "ab", [DONE])


def test_a_question_that_was_refused_is_no_answer(mappings: MappingSet) -> None:
    refused = Part("fitting_0", 400, [{"errorCode": "QUERY_TIMEOUT", "message": ""}])
    with pytest.raises(Unavailable):
        rewritten([["a"]], mappings.case, [refused, Part("records_0", 400, HALTED)])


@pytest.mark.parametrize(
    ("found", "body", "wrong"),
    [
        ("ab", [SETUP, SETUP], True),
        ("ab", [SETUP, DONE], False),
        ("ab", [SETUP, REFUSED], False),
        ("ab", [SETUP, LOCKED], False),
        ("a", HALTED, False),
    ],
)
def test_the_set_up_is_wrong_where_every_case_is_refused_for_it(
    mappings: MappingSet, found: str, body: Any, wrong: bool
) -> None:
    problem = misfit(read(mappings, "ab", found, body))
    assert isinstance(problem, Misconfigured) is wrong


def test_what_is_emptied_is_what_the_app_had_shown(sweep: SweepMap) -> None:
    values = sweep.emptied.values
    assert {"SuppliedName", "SuppliedPhone", "Handoff_Claim_Id__c", "Handoff_Errors__c"} <= set(values)
    assert {each for each in values.values() if each is not None} == {False}
    assert not {"ContactId", "Handoff_State__c", "Status", "Handoff_Id__c", "Handoff_Taps__c"} & set(values)


# Outcomes


def test_outcomes_are_read_from_a_moment_and_behind_an_id(mappings: MappingSet, sweep: SweepMap) -> None:
    since = datetime(2026, 11, 20, 10, 4, tzinfo=UTC)
    first, later = picks(mappings.case, sweep, None), picks(mappings.case, sweep, since, "500A")
    assert "SystemModstamp >" not in soql(first) and "Id > " not in soql(first)
    assert "AND SystemModstamp >= 2026-11-20T10:04:00Z AND Id > '500A' ORDER BY Id LIMIT 2000" in soql(later)


def page(mappings: MappingSet, sweep: SweepMap, *picked: str, done: bool = True) -> tuple[list[Pick], bool]:
    when = "2026-11-20T15:04:30.000+0000"
    found: list[Json] = [
        {"Id": f"500{at}", "Handoff_Id__c": "k", "Handoff_Outcome__c": each, "SystemModstamp": when}
        for at, each in enumerate(picked)
    ]
    return read_picks(mappings.case, sweep, [Part("picks", 200, {"done": done, "records": found})])


def test_a_pick_is_read_with_its_time(mappings: MappingSet, sweep: SweepMap) -> None:
    (one, other), more = page(mappings, sweep, "confirmed", "anything")
    assert (one.case_key, one.case_id, one.reason) == ("k", "5000", CONFIRMED)
    assert one.changed_at == datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC)
    assert (other.reason, more) == (None, False)


@pytest.mark.parametrize(
    ("number", "done", "more"),
    [(3, False, True), (2_000, True, True), (1_999, True, False), (0, False, False)],
)
def test_behind_a_page_that_is_full_or_was_cut_short_there_may_be_more(
    mappings: MappingSet, sweep: SweepMap, number: int, done: bool, more: bool
) -> None:
    assert page(mappings, sweep, *["confirmed"] * number, done=done)[1] is more


@pytest.mark.parametrize(
    ("pick", "known", "judged"),
    [
        (CONFIRMED, [], Judged.NEW),
        (CONFIRMED, [(1.0, "confirmed")], Judged.KNOWN),
        (CONFIRMED, [(1.0, "confirmed"), (2.0, "other_reason")], Judged.NEW),
        (CONFIRMED, [(2.0, "confirmed"), (1.0, "other_reason")], Judged.KNOWN),
        (WRONG, [(1.0, "confirmed")], Judged.WRONG_PERSON),
        (WRONG, [(1.0, "wrong_person")], Judged.KNOWN),
        (OTHER, [(1.0, "wrong_person")], Judged.NEW),
        (None, [(1.0, "confirmed")], Judged.UNKNOWN),
        (None, [(1.0, "unknown")], Judged.KNOWN),
        (CONFIRMED, [(1.0, "unknown")], Judged.NEW),
    ],
)
def test_what_an_outcome_on_a_case_is_to_us(
    pick: Reason | None, known: list[tuple[float, str]], judged: Judged
) -> None:
    assert judge(pick, known, pending=False) is judged
    assert judge(pick, known, pending=True) is Judged.WAITS


# Working days


@pytest.mark.parametrize(
    ("called", "due"),
    [
        ("2026-11-16T15:00-05:00", "2026-11-18T15:00-05:00"),
        ("2026-11-20T15:00-05:00", "2026-11-24T15:00-05:00"),  # a weekend between
        ("2026-11-21T15:00-05:00", "2026-11-25T00:00-05:00"),  # on a Saturday time stands still
        ("2026-11-25T15:00-05:00", "2026-11-30T15:00-05:00"),  # Thanksgiving, and a weekend
        ("2026-10-30T15:00-04:00", "2026-11-03T15:00-05:00"),  # the clocks are put back
        ("2026-11-17T02:00+00:00", "2026-11-18T21:00-05:00"),  # still Monday in Washington
    ],
)
def test_two_working_days_later(called: str, due: str) -> None:
    assert working_days_after(datetime.fromisoformat(called), 2) == datetime.fromisoformat(due)


def test_a_day_is_not_over_before_its_time() -> None:
    called = datetime(2026, 11, 16, 15, tzinfo=UTC)
    assert working_days_after(called, 2) - called == timedelta(days=2)


def test_a_map_may_ask_for_another_condition(mappings: MappingSet, sweep: SweepMap) -> None:
    ours = replace(sweep.no_call, when="IsClosed = false")
    ((_, request),) = rewrites(["k"], mappings.case, ours)
    assert soql(request).endswith("IN ('k') AND IsClosed = false")
