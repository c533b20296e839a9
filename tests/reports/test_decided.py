"""What people decided in the workbook goes before the rules."""

from __future__ import annotations

import pytest

from sf_handoff.mapping import bundled
from sf_handoff.reports.decisions import Decision
from sf_handoff.reports.triage import Triage
from sf_handoff.reports.triaged import TriagedDay, triage_day
from tests.reports.labelled import Labelled, row

TRIAGE = Triage(bundled().triage, bundled().report.own_record_types)
PAGE = "claim status page does not load"
ASKED = "asks where on va.gov to find claim status, showed him"
VAGUE = "VA.gov is acting up, no details"
CASES = [
    Labelled("T VA.gov", PAGE, product="Claim status"),
    Labelled("T VA.gov", PAGE, product="Claim status"),
    Labelled("NT VA.gov", ASKED),
    Labelled("T VA.gov", VAGUE),
    Labelled("T VA.gov", VAGUE),
    Labelled("Parking", "no place to park at the clinic", category="Concern"),
]


def day(*, people_decide: bool = False, **decisions: Decision) -> TriagedDay:
    """`c3=FORWARD` decides on the third case."""
    decided = {f"{int(number[1:]):08d}": each for number, each in decisions.items()}
    rows = [row(case, number) for number, case in enumerate(CASES, 1)]
    return triage_day(rows, TRIAGE, None, decided, people_decide=people_decide)


def clusters(found: TriagedDay) -> set[tuple[str, ...]]:
    return {tuple(str(int(number)) for number in each.cases) for each in found.clusters}


def test_without_decisions_the_rules_stand() -> None:
    assert day() == triage_day([row(case, number) for number, case in enumerate(CASES, 1)], TRIAGE)
    assert clusters(day()) == {("1", "2"), ("4", "5")}
    assert day().forwarded == frozenset()


@pytest.mark.parametrize(("decision", "tier"), [(Decision.RESOLVE_HERE, 1), (Decision.NOT_OURS, 0)])
def test_what_is_not_forwarded_leaves_its_cluster(decision: Decision, tier: int) -> None:
    found = day(c1=decision)
    assert clusters(found) == {("2",), ("4", "5")}
    flag = found.by_case["00000001"]
    assert (flag.tier, flag.technical, flag.rules[0]) == (tier, False, "decided")
    assert flag.why[0] == f"decided by a person: {decision}"
    assert flag.why[1:] == day().by_case["00000001"].why


def test_forwarding_adds_a_case_that_the_rules_took_for_a_question() -> None:
    assert not day().by_case["00000003"].technical
    found = day(c3=Decision.FORWARD)
    flag = found.by_case["00000003"]
    assert (flag.tier, flag.why[0]) == (3, "decided by a person: forward")
    assert any("3" in each for each in clusters(found))
    assert found.forwarded == {"00000003"}


def test_a_forwarded_case_goes_where_its_sign_belongs() -> None:
    found = day(c1=Decision.FORWARD)
    assert clusters(found) == clusters(day())
    now, before = (
        next(each for each in some.clusters if "00000001" in each.cases) for some in (found, day())
    )
    assert (now.tier, before.tier) == (3, 2)
    assert now.fingerprint == before.fingerprint


def test_of_which_too_little_is_known_it_is_a_problem_of_its_own() -> None:
    found = day(c4=Decision.FORWARD)
    assert clusters(found) == {("1", "2"), ("4",), ("5",)}
    alone, other = (next(each for each in found.clusters if each.cases == (f"{at:08d}",)) for at in (4, 5))
    assert alone.vague and other.vague
    assert alone.fingerprint != other.fingerprint
    assert (
        alone.fingerprint
        == next(
            each
            for each in day(c4=Decision.FORWARD, c5=Decision.FORWARD).clusters
            if each.cases == alone.cases
        ).fingerprint
    )
    assert other.fingerprint in {each.fingerprint for each in day().clusters}


def test_forwarding_reaches_a_case_in_which_nothing_was_found() -> None:
    assert "00000006" not in day().by_case
    found = day(c6=Decision.FORWARD)
    assert found.by_case["00000006"].rules == ("decided",)
    assert ("6",) in clusters(found)
    assert "00000006" not in day(c6=Decision.NOT_OURS).by_case


def test_where_people_decide_only_what_they_forwarded_is_clustered() -> None:
    assert clusters(day(people_decide=True)) == set()
    assert clusters(day(people_decide=True, c2=Decision.FORWARD, c5=Decision.NOT_OURS)) == {("2",)}
    assert day(people_decide=True).technical == day().technical


def test_a_crisis_stays_first_whatever_was_decided() -> None:
    rows = [row(Labelled("Hello", "he wants to die")), row(CASES[0], 2)]
    found = triage_day(rows, TRIAGE, None, {"00000001": Decision.NOT_OURS})
    assert found.crisis == ("00000001",)
    assert found.flags[0].why == ("decided by a person: not ours",)
