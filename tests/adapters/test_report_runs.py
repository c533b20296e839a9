"""Report runs against a scripted server: at once, later, and everything that can go wrong on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.adapters.report_runs import ReportRuns
from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, Rejected, Unavailable
from sf_handoff.retry import OVERNIGHT, Call
from tests.scripted import Reply, Scripted, Step, Time, error, org_on, scripted, transport

REPORT, INSTANCE = "00OEO0000000001YAA", "0LGEO0000000001YAA"
CHANGES: dict[str, Any] = {"reportFilters": []}
DONE: dict[str, Any] = {"factMap": {}, "attributes": {"status": "Success"}}
REFUSED = error(403, "FORBIDDEN", "You can't run more than 500 reports synchronously every 60 minutes.")
GONE = Reply(204, b"")


def told(status: str) -> Reply:
    return Reply(200, {"id": INSTANCE, "status": status, "attributes": {"status": status}})


def limits(now: int, later: int) -> Reply:
    kinds = {"HourlySyncReportRuns": now, "HourlyAsyncReportRuns": later}
    return Reply(200, {name: {"Max": 500, "Remaining": left} for name, left in kinds.items()})


def ran(tmp_path: Path, *script: Step, time: Time | None = None) -> tuple[Any, Call, Scripted]:
    call = Call(OVERNIGHT)
    with scripted(*script) as server, transport(tmp_path) as made:
        runs = ReportRuns(org_on(made, server), (time or Time()).sleep)
        found = runs.run(REPORT, CHANGES, call)
    return found, call, server


def paths(server: Scripted) -> list[str]:
    return [f"{each.method} {each.path.rpartition('v66.0/')[2]}" for each in server.seen]


def test_a_run_at_once_sends_what_it_changes_and_saves_nothing(tmp_path: Path) -> None:
    found, call, server = ran(tmp_path, Reply(200, DONE))
    assert found == DONE
    assert paths(server) == [f"POST analytics/reports/{REPORT}?includeDetails=true"]
    assert json.loads(server.seen[0].body) == {"reportMetadata": CHANGES}
    assert call.requests == 1


def test_a_run_whose_answer_was_lost_is_run_again(tmp_path: Path) -> None:
    found, _, server = ran(tmp_path, error(500, "UNKNOWN_EXCEPTION"), Reply(200, DONE))
    assert found == DONE
    assert len(server.seen) == 2


def test_when_the_hour_has_no_more_runs_at_once_they_are_run_later(tmp_path: Path) -> None:
    found, call, server = ran(
        tmp_path, REFUSED, limits(0, 1200), told("New"), told("Running"), Reply(200, DONE), GONE
    )
    assert found == DONE
    below = f"analytics/reports/{REPORT}"
    assert paths(server) == [
        f"POST {below}?includeDetails=true",
        "GET limits",
        f"POST {below}/instances?includeDetails=true",
        f"GET {below}/instances/{INSTANCE}",
        f"GET {below}/instances/{INSTANCE}",
        f"DELETE {below}/instances/{INSTANCE}",
    ]
    assert call.requests == 6


def test_what_a_user_may_not_do_is_not_taken_for_a_full_hour(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refused:
        ran(tmp_path, REFUSED, limits(400, 1200))
    assert refused.value.code == "FORBIDDEN"


def test_where_the_limits_are_hidden_the_refusal_decides(tmp_path: Path) -> None:
    hidden = error(403, "INSUFFICIENT_ACCESS")
    found, _, _ = ran(tmp_path, REFUSED, hidden, told("New"), Reply(200, DONE), GONE)
    assert found == DONE


def test_no_more_runs_of_either_kind_is_exhausted(tmp_path: Path) -> None:
    with pytest.raises(Exhausted) as refused:
        ran(tmp_path, REFUSED, limits(0, 0), REFUSED, limits(0, 0))
    assert (refused.value.code, refused.value.retry_after) == ("REPORT_RUNS", 3600)
    assert "REPORT_ID" in refused.value.message


LATER = (REFUSED, limits(0, 1200))


@pytest.mark.parametrize(
    ("looks", "code"),
    [
        ([told("Error")], "RUN_FAILED"),
        ([error(404, "NOT_FOUND")], "RUN_GONE"),
    ],
)
def test_a_run_that_failed_is_run_once_more(tmp_path: Path, looks: list[Reply], code: str) -> None:
    """R09"""
    found, _, server = ran(tmp_path, *LATER, told("New"), *looks, GONE, told("New"), Reply(200, DONE), GONE)
    assert found == DONE
    assert sum(each.startswith("POST") for each in paths(server)) == 3

    with pytest.raises(Unavailable) as refused:
        ran(tmp_path, *LATER, *[told("New"), *looks, GONE] * 2)
    assert refused.value.code == code


def test_a_run_that_never_ends_is_given_up_twice_and_in_time(tmp_path: Path) -> None:
    """R09"""
    time = Time()

    def endless(seen: Any) -> Reply:
        return GONE if seen.method == "DELETE" else told("Running")

    with pytest.raises(Unavailable) as refused:
        ran(tmp_path, *LATER, *[endless] * 400, time=time)
    assert refused.value.code == "RUN_TIMEOUT"
    assert 1800 <= sum(time.naps) < 1825
    assert max(time.naps) == 10.0


def plan(tmp_path: Path, runs: int, *script: Step) -> ReportRuns:
    with scripted(*script) as server, transport(tmp_path) as made:
        planned = ReportRuns(org_on(made, server), Time().sleep)
        planned.plan(runs, Call(OVERNIGHT))
        return planned


@pytest.mark.parametrize(("runs", "later"), [(40, False), (41, True)])
def test_the_hours_runs_are_planned_ahead(tmp_path: Path, runs: int, later: bool) -> None:
    assert plan(tmp_path, runs, limits(40, 1200))._later is later


def test_a_plan_that_no_hour_has_room_for_is_exhausted(tmp_path: Path) -> None:
    with pytest.raises(Exhausted, match="about 41 runs"):
        plan(tmp_path, 41, limits(40, 40))


def test_a_user_who_may_not_see_the_limits_goes_ahead(tmp_path: Path) -> None:
    assert plan(tmp_path, 5000, error(403, "INSUFFICIENT_ACCESS"))._later is False


@pytest.mark.parametrize("given", ["", "00O", "../limits", "00OEO0000000001YA?", "00OEO0000000001YAA\n"])
def test_only_an_id_stands_in_the_address(tmp_path: Path, given: str) -> None:
    with scripted() as server, transport(tmp_path) as made:
        runs = ReportRuns(org_on(made, server), Time().sleep)
        with pytest.raises(Misconfigured, match="REPORT_ID"):
            runs.run(given, {}, Call(OVERNIGHT))
        assert server.seen == []


@pytest.mark.parametrize(
    ("reply", "kind"), [(Reply(200, [1]), Unavailable), (error(404, "NOT_FOUND"), Rejected)]
)
def test_other_answers_are_what_they_are(tmp_path: Path, reply: Reply, kind: type[HandoffError]) -> None:
    with pytest.raises(kind):
        ran(tmp_path, reply)
